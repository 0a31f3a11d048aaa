//! The index of a closed pack: which of its bodies are still wanted, and where they lie.
//!
//! It is written when a pack is closed and when bodies are taken out of it; where it is missing or damaged, the pack is
//! read instead, and bodies that were taken out are there again until the next sweep finds them.
//!
//! ```text
//! magic (8) | length of the pack (8) | number of entries (4) | (hash (32) | offset (4) | bytes (4))* | checksum (4)
//! ```

use super::record::Hash;

const MAGIC: &[u8; 8] = b"bwindex1";
const HEAD_BYTES: usize = 20;
const ENTRY_BYTES: usize = 40;

/// A body in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name.
    pub(super) hash: Hash,
    /// Offset of its record.
    pub(super) at: u32,
    /// Bytes of its record.
    pub(super) bytes: u32,
}

/// An index as bytes.
pub(super) fn encode(pack_bytes: u64, entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD_BYTES + entries.len() * ENTRY_BYTES + 4);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&pack_bytes.to_le_bytes());
    let count = u32::try_from(entries.len()).expect("a pack is smaller than 4 GiB, and a record is not empty");
    bytes.extend_from_slice(&count.to_le_bytes());
    for entry in entries {
        bytes.extend_from_slice(&entry.hash);
        bytes.extend_from_slice(&entry.at.to_le_bytes());
        bytes.extend_from_slice(&entry.bytes.to_le_bytes());
    }
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The entries of an index. `None`: it is damaged, or of another pack than one of so many bytes.
pub(super) fn decode(bytes: &[u8], pack_bytes: u64) -> Option<Vec<Entry>> {
    let (index, checksum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    let head = index.get(..HEAD_BYTES)?;
    let count = u32::from_le_bytes(head[16..].try_into().ok()?);
    let fits = head[..8] == *MAGIC
        && head[8..16] == pack_bytes.to_le_bytes()
        && index.len() - HEAD_BYTES == count as usize * ENTRY_BYTES
        && checksum == crc32fast::hash(index).to_le_bytes();
    if !fits {
        return None;
    }
    let entry = |bytes: &[u8]| Entry {
        hash: bytes[..32].try_into().expect("32 bytes"),
        at: u32::from_le_bytes(bytes[32..36].try_into().expect("four bytes")),
        bytes: u32::from_le_bytes(bytes[36..].try_into().expect("four bytes")),
    };
    Some(index[HEAD_BYTES..].chunks_exact(ENTRY_BYTES).map(entry).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_comes_back_and_damage_is_noticed() {
        let entries: Vec<Entry> = (0_u8..3).map(|n| Entry { hash: [n; 32], at: n.into(), bytes: 7 }).collect();
        let bytes = encode(700, &entries);
        assert_eq!(decode(&bytes, 700), Some(entries));
        assert_eq!(decode(&bytes, 701), None, "of another pack");
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            assert_eq!((decode(&flipped, 700), decode(&bytes[..at], 700)), (None, None), "{at}");
        }
    }
}
