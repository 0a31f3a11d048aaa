//! Tests of content codings: each is read whole, cut at the limit to the byte, and named where it is wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

#[path = "../../tests/support/codings.rs"]
mod codings;

use std::io::Write as _;

use codings::{gzip, zlib};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;

use super::*;

fn bare_deflate(body: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// Brotli by hand (RFC 7932): a window of 16 bits, meta-blocks of up to 64 KiB of bytes as they are, an empty last one.
fn brotli(body: &[u8]) -> Vec<u8> {
    let mut bits: Vec<bool> = vec![false];
    let push =
        |bits: &mut Vec<bool>, value: usize, count: usize| bits.extend((0..count).map(|at| value >> at & 1 == 1));
    for block in body.chunks(1 << 16) {
        push(&mut bits, 0, 1);
        push(&mut bits, 0, 2);
        push(&mut bits, block.len() - 1, 16);
        push(&mut bits, 1, 1);
        while !bits.len().is_multiple_of(8) {
            bits.push(false);
        }
        for byte in block {
            push(&mut bits, usize::from(*byte), 8);
        }
    }
    push(&mut bits, 3, 2);
    bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |value, bit| value << 1 | u8::from(*bit))).collect()
}

fn zstandard(body: &[u8]) -> Vec<u8> {
    zstd::encode_all(body, 1).unwrap()
}

/// The body, in chunks of `step` bytes, and whether it was cut.
fn read(codings: &str, sent: &[u8], limit: usize, step: usize) -> Result<(Vec<u8>, bool), DecodeError> {
    let mut decoder = Decoder::new(codings, limit)?;
    for chunk in sent.chunks(step) {
        if decoder.take(chunk)? == Wanted::NoMore {
            return Ok((decoder.into_kept(), true));
        }
    }
    decoder.finish().map(|(body, wanted)| (body, wanted == Wanted::NoMore))
}

type Encode = fn(&[u8]) -> Vec<u8>;
const CODINGS: &[(&str, Encode)] = &[
    ("", <[u8]>::to_vec),
    ("identity", <[u8]>::to_vec),
    ("gzip", gzip),
    ("X-GZip", gzip),
    ("deflate", zlib),
    ("deflate", bare_deflate),
    ("br", brotli),
    ("zstd", zstandard),
];

#[test]
fn each_coding_is_read_whole_and_cut_to_the_byte() {
    let body: Vec<u8> =
        (0..300_000_u32).map(|at| u8::try_from(at % 251).unwrap() ^ u8::try_from(at >> 12).unwrap()).collect();
    for (name, encode) in CODINGS {
        let sent = encode(&body);
        for step in [1, 7, 4096, usize::MAX] {
            assert_eq!(read(name, &sent, body.len(), step), Ok((body.clone(), false)), "{name} {step}");
            let (kept, cut) = read(name, &sent, body.len() - 1, step).unwrap();
            assert!(cut && kept == body[..body.len() - 1], "{name} {step}");
        }
    }
}

#[test]
fn an_empty_body_needs_no_coding() {
    for (name, encode) in CODINGS {
        assert_eq!(read(name, b"", 10, 1), Ok((Vec::new(), false)), "{name}");
        assert_eq!(read(name, &encode(b""), 10, 1), Ok((Vec::new(), false)), "{name}");
    }
}

#[test]
fn what_ends_too_early_or_is_in_no_such_coding_is_named() {
    let body = b"the same sentence, the same sentence, the same sentence".repeat(50);
    for (name, encode) in &CODINGS[2..] {
        let sent = encode(&body);
        let error = read(name, &sent[..sent.len() / 2], 1 << 20, 16).unwrap_err();
        assert!(error.to_string().contains("ends too early"), "{name}: {error}");
    }
    for name in ["gzip", "deflate", "br", "zstd"] {
        let error = read(name, b"<html>plain after all</html>", 1 << 20, 5).unwrap_err().to_string();
        assert!(error.contains(&format!("`{name}`")), "{error}");
    }
    for name in ["compress", "gzip, gzip, gzip", "aes128gcm"] {
        assert_eq!(read(name, b"x", 10, 1), Err(DecodeError::Unknown(name.to_owned())));
    }
}

#[test]
fn two_codings_are_taken_off_in_the_right_order() {
    let body = b"twice".repeat(1000);
    assert_eq!(read("gzip, zstd", &zstandard(&gzip(&body)), 1 << 20, 11), Ok((body.clone(), false)));
    assert_eq!(read("br, identity, gzip", &gzip(&brotli(&body)), 1 << 20, 11), Ok((body, false)));
}

#[test]
fn bombs_stop_at_the_limit_however_they_are_laid_over_each_other() {
    let zeros = vec![0; 64 << 20];
    let limit = 1 << 20;
    for (name, sent) in [
        ("gzip", gzip(&zeros)),
        ("deflate", zlib(&zeros)),
        ("zstd", zstandard(&zeros)),
        ("gzip, gzip", gzip(&gzip(&zeros))),
        ("zstd, gzip", gzip(&zstandard(&zeros))),
    ] {
        let (kept, cut) = read(name, &sent, limit, 1024).unwrap();
        assert!(cut && kept == zeros[..limit], "{name}: {} bytes, cut: {cut}", kept.len());
    }
}

#[test]
fn a_window_larger_than_the_standard_allows_is_refused() {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(&vec![7; 1000]).unwrap();
    let sent = encoder.finish().unwrap();
    assert_eq!(read("zstd", &sent, 1 << 20, 64), Err(DecodeError::Wrong("zstd")));
}

#[test]
fn what_stands_behind_the_end_is_passed_over() {
    for (name, encode) in [("gzip", gzip as Encode), ("deflate", zlib), ("br", brotli)] {
        let sent = [encode(b"page"), b"\0\0\0 padding".to_vec()].concat();
        assert_eq!(read(name, &sent, 100, 3), Ok((b"page".to_vec(), false)), "{name}");
    }
}

proptest! {
    #[test]
    fn any_bytes_in_any_coding_are_read_or_refused(
        name in "(gzip|deflate|br|zstd|identity|x)(, ?(gzip|deflate|br|zstd))?",
        sent in proptest::collection::vec(any::<u8>(), 0..400),
        step in 1_usize..50,
    ) {
        if let Ok((body, _)) = read(&name, &sent, 1000, step) {
            prop_assert!(body.len() <= 1000);
        }
    }
}
