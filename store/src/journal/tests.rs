//! What a scan makes of journals that were cut, flipped, mixed up or compressed.

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::{Journal, prefix, scan, segment};
use crate::disk::SystemDisk;
use crate::{OpenError, Position};

const NO_ROTATION: u64 = u64::MAX;

/// The payloads of a journal, or what is wrong with it.
fn payloads(directory: &Path) -> Result<Vec<(Position, String)>, OpenError> {
    let mut payloads = Vec::new();
    scan(directory, &mut |record| {
        payloads.push((record.position, String::from_utf8(record.payload.to_vec()).unwrap()));
        Ok(())
    })?;
    Ok(payloads)
}

fn open(directory: &Path, segment_bytes: u64) -> Journal {
    let found = scan(directory, &mut |_| Ok(())).unwrap();
    Journal::open(Arc::new(SystemDisk), directory, &found, segment_bytes).unwrap()
}

fn texts(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("record {n} {}", "x".repeat(n * 7 % 40))).collect()
}

/// A journal of so many records, each in a group of its own.
fn journal(count: usize, segment_bytes: u64) -> TempDir {
    let folder = TempDir::new().unwrap();
    let mut journal = open(folder.path(), segment_bytes);
    for text in texts(count) {
        journal.append(&[text.as_bytes()]).unwrap();
    }
    folder
}

fn expected(count: usize) -> Vec<(Position, String)> {
    (1..).zip(texts(count)).collect()
}

fn offsets(count: usize) -> Vec<usize> {
    let mut ends = vec![super::record::HEAD_BYTES];
    for text in texts(count) {
        ends.push(ends.last().unwrap() + super::record::HEADER_BYTES + text.len());
    }
    ends
}

fn promised(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("promised")
}

#[test]
fn groups_are_read_back_in_order() {
    let folder = TempDir::new().unwrap();
    let mut journal = open(folder.path(), NO_ROTATION);
    assert_eq!(journal.append(&[b"a", b"b"]).unwrap(), 1);
    assert_eq!(journal.append(&[b""]).unwrap(), 3);
    drop(journal);
    assert_eq!(open(folder.path(), NO_ROTATION).append(&[b"d"]).unwrap(), 4);
    let read: Vec<String> = payloads(folder.path()).unwrap().into_iter().map(|(_, text)| text).collect();
    assert_eq!(read, ["a", "b", "", "d"]);
}

#[test]
fn a_torn_end_is_cut_wherever_it_tears() {
    let folder = journal(4, NO_ROTATION);
    let path = segment::plain_path(folder.path(), 1);
    let whole = std::fs::read(&path).unwrap();
    let ends = offsets(4);
    assert_eq!(*ends.last().unwrap(), whole.len());
    for promise in [true, false] {
        for length in 0..=whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            if !promise {
                let _ = std::fs::remove_file(promised(&folder));
            }
            let left = ends.iter().filter(|&&end| end <= length).count().saturating_sub(1);
            assert_eq!(payloads(folder.path()).unwrap(), expected(left), "cut to {length} bytes");
            let mut journal = open(folder.path(), NO_ROTATION);
            assert_eq!(journal.append(&[b"after"]).unwrap(), left as u64 + 1, "cut to {length} bytes");
            drop(journal);
            assert_eq!(payloads(folder.path()).unwrap().len(), left + 1);
        }
    }
}

#[test]
fn unwritten_zeros_behind_the_end_are_torn() {
    let folder = journal(2, NO_ROTATION);
    let path = segment::plain_path(folder.path(), 1);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend([0; 700]);
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(payloads(folder.path()).unwrap(), expected(2));
    drop(open(folder.path(), NO_ROTATION));
    assert_eq!(std::fs::read(&path).unwrap().len(), bytes.len() - 700);
}

#[test]
fn a_flipped_byte_is_named() {
    let folder = journal(4, NO_ROTATION);
    let path = segment::plain_path(folder.path(), 1);
    let whole = std::fs::read(&path).unwrap();
    let ends = offsets(4);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        std::fs::write(&path, &bytes).unwrap();
        let start = ends.iter().rev().find(|&&end| end <= at).copied().unwrap_or(0);
        match payloads(folder.path()) {
            Err(OpenError::Damaged { at: named, path: named_path, .. }) => {
                assert_eq!((named, &named_path), (start as u64, &path), "byte {at}");
            }
            other => panic!("byte {at} was flipped, and the scan says {other:?}"),
        }
    }
}

#[test]
fn a_flipped_byte_before_the_last_record_is_named_without_a_promise() {
    let folder = journal(4, NO_ROTATION);
    let path = segment::plain_path(folder.path(), 1);
    let whole = std::fs::read(&path).unwrap();
    std::fs::remove_file(promised(&folder)).unwrap();
    let ends = offsets(4);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        std::fs::write(&path, &bytes).unwrap();
        let read = payloads(folder.path());
        if at < ends[3] {
            assert!(matches!(read, Err(OpenError::Damaged { .. })), "byte {at}: {read:?}");
        } else {
            assert_eq!(read.unwrap(), expected(3), "the last record may be one that was never promised");
        }
    }
}

#[test]
fn closed_segments_are_compressed_and_read_back() {
    let folder = journal(60, 200);
    let names = file_names(&folder);
    assert!(names.iter().filter(|name| name.ends_with(".zst")).count() > 3, "{names:?}");
    assert_eq!(names.iter().filter(|name| name.ends_with(".journal")).count(), 1, "{names:?}");
    assert_eq!(payloads(folder.path()).unwrap(), expected(60));
    assert_eq!(open(folder.path(), 200).append(&[b"next"]).unwrap(), 61);
}

#[test]
fn a_flipped_byte_in_a_closed_segment_is_named() {
    let folder = journal(20, 200);
    let path = segment::compressed_path(folder.path(), 1);
    let whole = std::fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        std::fs::write(&path, &bytes).unwrap();
        match payloads(folder.path()) {
            Err(OpenError::Damaged { path: named, .. }) => assert_eq!(named, path, "byte {at}"),
            // Some bits of a frame's head mean nothing to a reader; what was read is then still right.
            other => assert_eq!(other.unwrap(), expected(20), "byte {at}"),
        }
    }
}

#[test]
fn a_missing_or_shortened_segment_is_named() {
    let folder = journal(20, 200);
    let path = segment::compressed_path(folder.path(), 1);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert!(matches!(payloads(folder.path()), Err(OpenError::Damaged { .. })));
    std::fs::remove_file(&path).unwrap();
    let missing = payloads(folder.path()).unwrap_err();
    assert!(missing.to_string().contains("the records from 1 to"), "{missing}");
}

#[test]
fn an_interrupted_compression_is_taken_up_again() {
    let folder = journal(20, 200);
    let compressed = segment::compressed_path(folder.path(), 1);
    let plain = segment::plain_path(folder.path(), 1);
    let bytes = segment::decompress(&std::fs::read(&compressed).unwrap()).bytes;
    // Died before the plain file was removed.
    std::fs::write(&plain, &bytes).unwrap();
    assert_eq!(payloads(folder.path()).unwrap(), expected(20));
    drop(open(folder.path(), 200));
    assert!(!plain.exists());
    // Died before the compressed file had its name.
    std::fs::write(&plain, &bytes).unwrap();
    let unfinished = folder.path().join(format!("{:020}{}", 1, segment::UNFINISHED));
    std::fs::rename(&compressed, &unfinished).unwrap();
    assert_eq!(payloads(folder.path()).unwrap(), expected(20));
    drop(open(folder.path(), 200));
    assert!(!plain.exists() && !unfinished.exists() && compressed.exists());
    assert_eq!(payloads(folder.path()).unwrap(), expected(20));
}

/// Writes another version into the head of a segment.
fn set_format(path: &Path, format: u8) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[8] = format;
    let checksum = crc32fast::hash(&bytes[..20]);
    bytes[20..24].copy_from_slice(&checksum.to_le_bytes());
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn segments_of_a_newer_program_are_refused() {
    let folder = journal(1, NO_ROTATION);
    set_format(&segment::plain_path(folder.path(), 1), 3);
    assert!(matches!(payloads(folder.path()), Err(OpenError::Newer { found: 3, known: 2, .. })));
}

#[test]
fn a_segment_of_an_earlier_program_is_read_and_not_gone_on_with() {
    let folder = journal(4, NO_ROTATION);
    set_format(&segment::plain_path(folder.path(), 1), 1);
    assert_eq!(payloads(folder.path()).unwrap(), expected(4));
    let mut journal = open(folder.path(), NO_ROTATION);
    assert_eq!(journal.append(&[texts(5)[4].as_bytes()]).unwrap(), 5);
    drop(journal);
    assert!(segment::plain_path(folder.path(), 5).exists());
    assert!(segment::compressed_path(folder.path(), 1).exists(), "it is closed, and compressed like any closed one");
    assert_eq!(payloads(folder.path()).unwrap(), expected(5));
}

#[test]
fn positions_that_were_skipped_stay_skipped() {
    for segment_bytes in [60, NO_ROTATION] {
        let folder = TempDir::new().unwrap();
        let mut journal = open(folder.path(), segment_bytes);
        assert_eq!(journal.append(&[b"a", b"b"]).unwrap(), 1);
        journal.skip_to(7).unwrap();
        journal.skip_to(7).unwrap();
        assert_eq!(journal.append(&[b"c"]).unwrap(), 7);
        journal.skip_to(9).unwrap();
        drop(journal);
        assert_eq!(open(folder.path(), segment_bytes).append(&[b"d"]).unwrap(), 9);
        let read: Vec<(Position, String)> = payloads(folder.path()).unwrap();
        let read: Vec<(Position, &str)> = read.iter().map(|(position, text)| (*position, text.as_str())).collect();
        assert_eq!(read, [(1, "a"), (2, "b"), (7, "c"), (9, "d")]);
    }
}

#[test]
fn of_a_journal_in_use_what_was_promised_is_read() {
    let folder = TempDir::new().unwrap();
    let mut journal = open(folder.path(), 200);
    let mut written = Vec::new();
    for (n, text) in texts(40).into_iter().enumerate() {
        written.push((journal.append(&[text.as_bytes()]).unwrap(), text));
        // Bytes of a group that is being written, and of one that failed, stand behind what was promised.
        let listing = segment::list(folder.path()).unwrap();
        let last = &listing.segments.last().unwrap().path;
        let whole = std::fs::read(last).unwrap();
        let mut torn = whole.clone();
        super::record::push(&mut torn, n as Position + 2, b"not promised");
        for bytes in [torn.clone(), torn[..torn.len() - 3].to_vec()] {
            std::fs::write(last, bytes).unwrap();
            let mut read = Vec::new();
            let next = prefix(folder.path(), &mut |record| {
                read.push((record.position, String::from_utf8(record.payload.to_vec()).unwrap()));
                Ok(())
            });
            assert_eq!(next.unwrap(), n as Position + 2);
            assert_eq!(read, written);
        }
        std::fs::write(last, whole).unwrap();
    }
}

#[test]
fn damage_to_what_was_promised_is_no_end() {
    let folder = journal(12, 200);
    let first = segment::list(folder.path()).unwrap().segments[0].path.clone();
    let mut bytes = std::fs::read(&first).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&first, &bytes).unwrap();
    assert!(matches!(prefix(folder.path(), &mut |_| Ok(())), Err(OpenError::Damaged { .. })));
    std::fs::remove_file(&first).unwrap();
    assert!(matches!(prefix(folder.path(), &mut |_| Ok(())), Err(OpenError::Damaged { .. })));
    std::fs::remove_file(promised(&folder)).unwrap();
    let Err(error) = prefix(folder.path(), &mut |_| Ok(())) else { panic!("it was read") };
    assert!(error.to_string().contains("end the process"), "{error}");
}

#[test]
fn frames_of_a_long_segment_are_read_one_by_one() {
    let bytes: Vec<u8> = (0..3_000_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let mut file = segment::compress(&bytes).unwrap();
    assert!(segment::decompress(&file).bytes == bytes);
    let middle = file.len() / 2;
    file[middle] ^= 1;
    let damaged_at = segment::decompress(&file).damaged_at.unwrap();
    assert!(damaged_at <= middle && middle - damaged_at < 1 << 21, "{damaged_at} names {middle}");
}

fn file_names(folder: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
