//! The bytes of a pack: a head, then bodies, each behind its hash, its lengths and two checksums.
//!
//! Pure: bytes in, places of bodies and of damage out.
//!
//! ```text
//! pack    magic (8) | record*
//! record  magic (4) | length of what follows the header (4) | length of the body (4) | SHA-256 of the body (32)
//!         | checksum of the stored bytes (4) | checksum of all before (4) | the body, compressed by zstd
//! ```
//! Numbers are little-endian, checksums CRC-32. A record says all about itself, so that damage to one costs no other:
//! behind bytes that are none, the next record is found by its magic and the checksum of its header.

use bellwether_model::id::ContentHash;

/// First bytes of a pack; the digit is the version of what follows.
pub(super) const PACK_MAGIC: &[u8; 8] = b"bwpack1\n";
/// Bytes before the stored bytes of a body.
pub(super) const HEADER_BYTES: usize = 52;

const MAGIC: &[u8; 4] = b"BWbd";

/// The name of a body, as bytes.
pub(crate) type Hash = [u8; 32];

/// A hash as bytes. `None`: the text is no hash.
pub(crate) fn bytes_of(content: &ContentHash) -> Option<Hash> {
    let digits = content.as_str().as_bytes();
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut hash = [0; 32];
    if digits.len() != 2 * hash.len() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(digits.chunks(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(hash)
}

/// A hash as text.
pub(crate) fn text_of(hash: &Hash) -> ContentHash {
    let digits = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    ContentHash::new(digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect::<String>())
}

/// What the header of a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// The name of the body.
    pub(super) hash: Hash,
    /// Bytes behind the header.
    pub(super) stored: u32,
    /// Bytes of the body.
    pub(super) body: u32,
    checksum: u32,
}

impl Header {
    /// The header at the beginning of these bytes. `None`: there is none, or it is damaged.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let header = bytes.get(..HEADER_BYTES)?;
        let whole = &header[..4] == MAGIC && number(header, 48) == crc32fast::hash(&header[..48]);
        whole.then(|| Self {
            hash: header[12..44].try_into().expect("32 bytes"),
            stored: number(header, 4),
            body: number(header, 8),
            checksum: number(header, 44),
        })
    }

    /// Whether these are the stored bytes that were written behind it.
    pub(super) fn fits(&self, stored: &[u8]) -> bool {
        stored.len() == self.stored as usize && crc32fast::hash(stored) == self.checksum
    }

    /// Bytes of the whole record.
    pub(super) fn record_bytes(&self) -> usize {
        HEADER_BYTES + self.stored as usize
    }
}

/// A record. `None`: a body of 4 GiB, which no limit lets through.
pub(super) fn record(hash: &Hash, body: usize, stored: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + stored.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&u32::try_from(stored.len()).ok()?.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(body).ok()?.to_le_bytes());
    bytes.extend_from_slice(hash);
    bytes.extend_from_slice(&crc32fast::hash(stored).to_le_bytes());
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(stored);
    Some(bytes)
}

/// A record that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Its header.
    pub(super) header: Header,
    /// Offset of its first byte in the pack.
    pub(super) at: usize,
    /// Its stored bytes are those that were written.
    pub(super) is_whole: bool,
}

/// What a pack holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// Its records, in order.
    pub(super) found: Vec<Found>,
    /// Offsets at which bytes begin that are no record, with records behind them.
    pub(super) damage: Vec<usize>,
    /// Offset behind the last record: what follows was never written whole.
    pub(super) end: usize,
}

/// Reads a pack from its first byte.
pub(super) fn scan(bytes: &[u8]) -> Scan {
    let mut scan = Scan { end: PACK_MAGIC.len().min(bytes.len()), ..Scan::default() };
    let mut at = scan.end;
    while at < bytes.len() {
        if let Some((header, stored)) = whole_length(bytes, at) {
            if at > scan.end {
                scan.damage.push(scan.end);
            }
            scan.found.push(Found { header, at, is_whole: header.fits(stored) });
            at += header.record_bytes();
            scan.end = at;
        } else {
            let next = bytes[at + 1..].windows(MAGIC.len()).position(|window| window == MAGIC);
            at = next.map_or(bytes.len(), |next| at + 1 + next);
        }
    }
    scan
}

/// A header at an offset, with all the bytes that it speaks of.
fn whole_length(bytes: &[u8], at: usize) -> Option<(Header, &[u8])> {
    let header = Header::read(&bytes[at..])?;
    Some((header, bytes.get(at + HEADER_BYTES..at + header.record_bytes())?))
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(number: u8) -> Hash {
        [number; 32]
    }

    /// A pack of these bodies, and where each begins.
    fn pack(bodies: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
        let (mut bytes, mut starts) = (PACK_MAGIC.to_vec(), Vec::new());
        for (number, body) in bodies.iter().enumerate() {
            starts.push(bytes.len());
            bytes.extend(record(&name(u8::try_from(number).unwrap()), body.len(), body).unwrap());
        }
        (bytes, starts)
    }

    fn bodies() -> impl Strategy<Value = Vec<Vec<u8>>> {
        proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 1..8)
    }

    #[test]
    fn hashes_are_texts_and_bytes() {
        let content = ContentHash::of(b"body");
        assert_eq!(text_of(&bytes_of(&content).unwrap()), content);
        for text in ["", "../../../../secret", &"g".repeat(64), &"A".repeat(64), &"é".repeat(32)] {
            assert_eq!(bytes_of(&ContentHash::new(text)), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_found(bodies in bodies()) {
            let (bytes, starts) = pack(&bodies);
            let scan = scan(&bytes);
            prop_assert_eq!(scan.found.iter().map(|found| found.at).collect::<Vec<_>>(), starts);
            prop_assert!(scan.found.iter().all(|found| found.is_whole) && scan.damage.is_empty());
            prop_assert_eq!(scan.end, bytes.len());
        }

        #[test]
        fn a_torn_end_costs_the_last_records_alone(bodies in bodies(), part in 0.0_f64..1.0) {
            let (bytes, starts) = pack(&bodies);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a small length")]
            let length = (bytes.len() as f64 * part) as usize;
            let scan = scan(&bytes[..length]);
            let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
            let whole = ends.filter(|end| *end <= length).count();
            prop_assert_eq!(scan.found.len(), whole);
            prop_assert!(scan.damage.is_empty() && scan.end <= length);
        }

        #[test]
        fn a_flipped_byte_costs_its_record_alone(bodies in bodies(), at in any::<prop::sample::Index>()) {
            let (mut bytes, starts) = pack(&bodies);
            let at = PACK_MAGIC.len() + at.index(bytes.len() - PACK_MAGIC.len());
            bytes[at] ^= 0x40;
            let hit = starts.iter().rposition(|start| *start <= at).unwrap();
            let scan = scan(&bytes);
            let whole: Vec<u8> =
                scan.found.iter().filter(|found| found.is_whole).map(|found| found.header.hash[0]).collect();
            let expected: Vec<u8> = (0..starts.len()).filter(|n| *n != hit).map(|n| u8::try_from(n).unwrap()).collect();
            prop_assert_eq!(whole, expected);
        }
    }
}
