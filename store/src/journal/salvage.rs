//! Reads what is left of a journal that may be damaged anywhere: every record that is whole, in order, and where some are not.
//!
//! Changes nothing on disk. What follows a damaged place is found by its checksums, so that a flipped byte costs one record and a
//! frame of a compressed segment that cannot be read costs those in it.

use std::path::Path;

use super::promise;
use super::record::{self, Fault, HeadFault, Record, Records};
use super::scan::is_torn;
use super::segment::{self, Gap, Segment};
use crate::{OpenError, Position};

/// A place that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damage(pub(crate) String);

impl Damage {
    fn of(segment: &Segment, at: usize, what: &str) -> Self {
        Self(format!("`{}` at byte {at}: {what}", segment.path.display()))
    }

    fn of_missing(from: Position, next: Position) -> Self {
        Self(format!("the records from {from} to {} are missing", next - 1))
    }
}

/// Hands on all whole records until `take` says `false`. What is damaged; empty: nothing is.
///
/// # Errors
/// The folder cannot be listed, or was written by a newer program.
pub(crate) fn salvage(directory: &Path, take: &mut dyn FnMut(Record<'_>) -> bool) -> Result<Vec<Damage>, OpenError> {
    let segments = segment::list(directory)?.segments;
    let promise = promise::read(directory);
    let mut damage = Vec::new();
    let mut next = 1;
    for (index, segment) in segments.iter().enumerate() {
        if segment.first > next {
            damage.push(Damage::of_missing(next, segment.first));
        }
        let (bytes, gaps) = match segment.salvage() {
            Ok(read) => read,
            Err(failure) => {
                damage.push(Damage::of(segment, 0, &format!("cannot {}: {}", failure.action, failure.cause)));
                continue;
            }
        };
        let is_open = index + 1 == segments.len() && !segment.compressed;
        if is_open && bytes.len() < record::HEAD_BYTES {
            continue;
        }
        match record::read_head(&bytes) {
            Ok(_) => {}
            Err(HeadFault::Newer(found)) => {
                return Err(OpenError::Newer { path: directory.to_owned(), found, known: record::FORMAT });
            }
            // The frame in which it stood is named below.
            Err(_) if gaps.first() == Some(&Gap(0)) => {}
            Err(HeadFault::Short) => damage.push(Damage::of(segment, 0, "it is shorter than its head")),
            Err(HeadFault::Wrong(what)) => damage.push(Damage::of(segment, 0, what)),
        }
        damage.extend(gaps.iter().map(|Gap(at)| Damage::of(segment, *at, "a compressed frame cannot be read")));
        let mut records = Records::new(&bytes, segment.first);
        while let Some(record) = records.next() {
            let fault = match record {
                Ok(record) if take(record) => continue,
                Ok(_) => return Ok(damage),
                Err(fault) => fault,
            };
            let (at, lost) = (records.end, records.next);
            let goes_on = records.resume();
            // What a gap has torn is named already.
            let is_named = !gaps.is_empty();
            if is_named || (!goes_on && is_open && is_torn(segment, &bytes, at, promise, lost)) {
                continue;
            }
            damage.push(Damage::of(
                segment,
                at,
                match fault {
                    Fault::CutOff => "it ends inside of a record",
                    Fault::Wrong(what) => what,
                },
            ));
        }
        next = records.next.max(segment.first);
    }
    if let Some(promise) = promise.filter(|promise| segments.last().is_none_or(|last| last.first < promise.segment)) {
        damage.push(Damage(format!("the segment that begins with record {} is missing", promise.segment)));
    }
    Ok(damage)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::disk::SystemDisk;
    use crate::journal::{Found, Journal};

    /// Records that are written at once.
    const GROUP: usize = 5;

    /// A record that tells its number, as long as others are, so that frames hold several.
    fn payload(number: u64) -> Vec<u8> {
        format!(
            "{{\"number\":{number},\"words\":\"{}\"}}",
            "exports rose. ".repeat(usize::try_from(number % 40).unwrap())
        )
        .into_bytes()
    }

    /// A closed journal of so many records in segments of so many bytes.
    fn journal(records: u64, segment_bytes: u64) -> TempDir {
        let folder = TempDir::new().unwrap();
        let nothing = Found { next: 1, ..Found::default() };
        let mut journal = Journal::open(Arc::new(SystemDisk), folder.path(), &nothing, segment_bytes).unwrap();
        let payloads: Vec<Vec<u8>> = (1..=records).map(payload).collect();
        for group in payloads.chunks(GROUP) {
            journal.append(&group.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
        }
        folder
    }

    fn read(folder: &Path) -> (Vec<u64>, Vec<Damage>) {
        let mut numbers = Vec::new();
        let damage = salvage(folder, &mut |record| {
            let value: serde_json::Value = serde_json::from_slice(record.payload).unwrap();
            assert_eq!(value["number"].as_u64(), Some(record.position), "a record is not taken for its neighbour");
            numbers.push(record.position);
            true
        });
        (numbers, damage.unwrap())
    }

    fn segments(folder: &Path) -> Vec<PathBuf> {
        segment::list(folder).unwrap().segments.into_iter().map(|segment| segment.path).collect()
    }

    #[test]
    fn a_whole_journal_is_read_whole_and_a_missing_segment_is_named() {
        let folder = journal(60, 4_000);
        assert_eq!(read(folder.path()), ((1..=60).collect(), vec![]));
        let second = segment::list(folder.path()).unwrap().segments[1].clone();
        let third = segment::list(folder.path()).unwrap().segments[2].clone();
        std::fs::remove_file(&second.path).unwrap();
        let (numbers, damage) = read(folder.path());
        assert_eq!(numbers, (1..second.first).chain(third.first..=60).collect::<Vec<_>>());
        assert_eq!(damage, [Damage::of_missing(second.first, third.first)]);
    }

    #[test]
    fn a_frame_that_cannot_be_read_costs_its_own_records() {
        let folder = journal(9_000, 3 << 20);
        let first = segment::list(folder.path()).unwrap().segments[0].clone();
        assert_eq!(first.first, 1);
        let plain = first.read().unwrap().bytes;
        let mut file = segment::compress(&plain).unwrap();
        let frames = plain.len().div_ceil(1 << 20);
        assert!(frames >= 2, "{frames}");
        file[200] ^= 0x55;
        std::fs::remove_file(&first.path).unwrap();
        let path = segment::compressed_path(folder.path(), 1);
        std::fs::write(&path, file).unwrap();
        let (numbers, damage) = read(folder.path());
        assert!(numbers.len() > 4_000 && numbers.len() < 9_000, "{}", numbers.len());
        assert_eq!(numbers.last(), Some(&9_000));
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(damage, [Damage(format!("`{}` at byte 0: a compressed frame cannot be read", path.display()))]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_flipped_byte_costs_one_record(at in any::<prop::sample::Index>(), which in any::<prop::sample::Index>()) {
            let folder = journal(40, 3_000);
            let plain: Vec<PathBuf> = segments(folder.path())
                .into_iter()
                .filter(|path| path.extension().is_some_and(|extension| extension == "journal"))
                .collect();
            let path = which.get(&plain);
            let mut bytes = std::fs::read(path).unwrap();
            let place = at.index(bytes.len());
            bytes[place] ^= 0x10;
            std::fs::write(path, bytes).unwrap();
            let (numbers, damage) = read(folder.path());
            prop_assert!(numbers.len() >= 39, "{numbers:?}");
            prop_assert_eq!(damage.len(), 1, "{:?}", damage);
        }
    }
}
