//! Values as bytes: JSON, and where it is long, compressed with the words that all values share.
//!
//! sled copies whole nodes when it changes them; small values are what makes it fast.

use std::cell::RefCell;
use std::io;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::get_frame_content_size;

use super::Trouble;
use super::keys::View;
use crate::Position;

/// First byte of a value: JSON as it is.
const PLAIN: u8 = 1;
/// First byte of a value: JSON, compressed with [`DICTIONARY`].
const COMPRESSED: u8 = 2;
/// First byte of a value that says since when it holds: the record's position (8), seconds (8), nanoseconds (4), then the value.
const DATED: u8 = 3;
/// First byte of a count that says since when it holds: like [`DATED`], then the count (4).
const COUNT: u8 = 4;
/// Bytes before the value in a dated one.
const DATED_BYTES: usize = 21;
/// Shorter values gain nothing.
const SHORT: usize = 64;
/// A length beyond it is damage, and must not become an allocation.
const LONGEST: usize = 256 << 20;
/// On a page's worth of JSON, higher levels gain a few percent and cost several times as much. Below 1 values are written and read
/// in a fraction of the time, but fifty thousand resources then take 200 MiB more (`.ci/scale.py`), which is more than there is.
const LEVEL: i32 = 1;

/// JSON of the shapes that the views hold. Another text is another format: see the test.
const DICTIONARY: &[u8] = include_bytes!("dictionary.txt");

static ENCODER: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
static DECODER: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    static COMPRESSOR: RefCell<io::Result<Compressor<'static>>> =
        RefCell::new(Compressor::with_prepared_dictionary(&ENCODER));
    static DECOMPRESSOR: RefCell<io::Result<Decompressor<'static>>> =
        RefCell::new(Decompressor::with_prepared_dictionary(&DECODER));
}

/// A value as bytes.
pub(super) fn encode(value: &impl Serialize) -> Vec<u8> {
    let json = serde_json::to_vec(value).expect("what the model holds can be written as JSON");
    let compressed = (json.len() >= SHORT).then(|| {
        COMPRESSOR.with_borrow_mut(|compressor| compressor.as_mut().ok().and_then(|c| c.compress(&json).ok()))
    });
    let (tag, bytes) = match compressed.flatten() {
        Some(bytes) if bytes.len() < json.len() => (COMPRESSED, bytes),
        _ => (PLAIN, json),
    };
    let mut value = Vec::with_capacity(bytes.len() + 1);
    value.push(tag);
    value.extend(bytes);
    value
}

/// Since when a value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since {
    /// The record that put it.
    pub(super) position: Position,
    /// The time of that record.
    pub(super) at: Timestamp,
}

/// A value as bytes that say since when it holds.
pub(super) fn encode_dated(value: &impl Serialize, since: Since) -> Vec<u8> {
    let mut bytes = head(DATED, since);
    bytes.extend(encode(value));
    bytes
}

/// A count as bytes that say since when it holds.
pub(super) fn encode_count(count: u32, since: Since) -> Vec<u8> {
    let mut bytes = head(COUNT, since);
    bytes.extend(count.to_le_bytes());
    bytes
}

/// What stands before a dated value.
fn head(tag: u8, since: Since) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(DATED_BYTES);
    bytes.push(tag);
    bytes.extend(since.position.to_le_bytes());
    bytes.extend(since.at.as_second().to_le_bytes());
    bytes.extend(since.at.subsec_nanosecond().to_le_bytes());
    bytes
}

/// The count of a value; `None`: it is another one.
pub(super) fn count(bytes: &[u8]) -> Option<u32> {
    let count = bytes.get(DATED_BYTES..).filter(|_| bytes[0] == COUNT)?;
    Some(u32::from_le_bytes(count.try_into().ok()?))
}

/// Since when a value holds; `None`: it does not say.
pub(super) fn since(bytes: &[u8]) -> Option<Since> {
    let head = bytes.get(..DATED_BYTES).filter(|head| matches!(head[0], DATED | COUNT))?;
    let seconds = i64::from_le_bytes(head[9..17].try_into().expect("eight bytes"));
    let nanoseconds = i32::from_le_bytes(head[17..21].try_into().expect("four bytes"));
    let position = Position::from_le_bytes(head[1..9].try_into().expect("eight bytes"));
    Some(Since { position, at: Timestamp::new(seconds, nanoseconds).ok()? })
}

/// A value of a view.
pub(super) fn decode<T: DeserializeOwned>(view: View, bytes: &[u8]) -> Result<T, Trouble> {
    let damaged = |what: String| Trouble(format!("a value of view `{}` cannot be read: {what}", view.name()));
    let read = |json: &[u8]| serde_json::from_slice(json).map_err(|cause| damaged(cause.to_string()));
    match bytes.split_first() {
        Some((&PLAIN, json)) => read(json),
        Some((&COMPRESSED, frame)) => read(&decompress(frame).map_err(damaged)?),
        Some((&DATED, _)) if bytes.len() > DATED_BYTES => decode(view, &bytes[DATED_BYTES..]),
        Some((format, _)) => Err(damaged(format!("it has format {format}"))),
        None => Err(damaged("it is empty".into())),
    }
}

fn decompress(frame: &[u8]) -> Result<Vec<u8>, String> {
    let length = get_frame_content_size(frame).ok().flatten().and_then(|length| usize::try_from(length).ok());
    let length = length.filter(|length| *length <= LONGEST).ok_or("its length is damaged")?;
    DECOMPRESSOR.with_borrow_mut(|decompressor| match decompressor {
        Ok(decompressor) => decompressor.decompress(frame, length).map_err(|cause| cause.to_string()),
        Err(cause) => Err(cause.to_string()),
    })
}

/// Whether two values say the same: a newer compressor may write the same JSON in other bytes.
pub(super) fn same(left: &[u8], right: &[u8]) -> bool {
    let dates = (since(left), since(right));
    let plain = |bytes: &[u8]| match bare(bytes).split_first() {
        Some((&COMPRESSED, frame)) => decompress(frame).ok(),
        Some((&PLAIN, json)) => Some(json.to_vec()),
        _ => None,
    };
    left == right || dates.0 == dates.1 && plain(left).is_some_and(|left| plain(right) == Some(left))
}

/// A value without its date.
fn bare(bytes: &[u8]) -> &[u8] {
    if since(bytes).is_some() { &bytes[DATED_BYTES..] } else { bytes }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn values_come_back(text in "\\PC{0,300}", number in any::<u64>()) {
            let value = (text, number);
            let bytes = encode(&value);
            prop_assert_eq!(decode::<(String, u64)>(View::Flag, &bytes).unwrap(), value);
            prop_assert!(same(&bytes, &bytes));
        }
    }

    #[test]
    fn a_dated_value_is_read_like_any_other() {
        for (position, seconds, nanoseconds) in
            [(1, 0, 0), (u64::MAX, -62_135_596_800, 5), (7, 253_402_207_200, 999_999_999)]
        {
            let since_then = Since { position, at: Timestamp::new(seconds, nanoseconds).unwrap() };
            let bytes = encode_dated(&"出口", since_then);
            assert_eq!(
                (since(&bytes), decode::<String>(View::Event, &bytes).unwrap()),
                (Some(since_then), "出口".into())
            );
            assert!(same(&bytes, &bytes) && !same(&bytes, &encode(&"出口")));
            assert!(decode::<String>(View::Event, &bytes[..DATED_BYTES]).is_err());
        }
        assert_eq!(since(&encode(&"出口")), None);
        let since_then = Since { position: 5, at: Timestamp::UNIX_EPOCH };
        let bytes = encode_count(7, since_then);
        assert_eq!((count(&bytes), since(&bytes)), (Some(7), Some(since_then)));
        assert_eq!(count(&encode_dated(&7, since_then)), None);
    }

    #[test]
    fn shared_words_are_not_written_again() {
        let json: serde_json::Value = serde_json::from_str(
            r#"{"id":"alert-1","kind":"figure.revised","channel":"desk","created":"2026-01-09T08:00:00Z","subject":"ev-1",
            "summary":"出口 62.48e9 USD","data":"{}","delivery":{"state":"waiting","due":"2026-01-09T08:00:00Z","attempts":0}}"#,
        )
        .unwrap();
        let plain = serde_json::to_vec(&json).unwrap().len();
        assert!(encode(&json).len() * 2 < plain);
    }

    #[test]
    fn damage_is_no_panic() {
        let bytes = encode(&"the same words again, the same words again, the same words again, and a few more");
        assert_eq!(bytes[0], COMPRESSED);
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x11;
            // It may be read as something else, since values carry no checksum of their own; sled's pages do.
            let _ = decode::<String>(View::Flag, &flipped);
            assert!(decode::<String>(View::Flag, &bytes[..at]).is_err());
        }
    }

    #[test]
    fn the_dictionary_is_that_of_this_format() {
        assert_eq!(
            crc32fast::hash(DICTIONARY),
            0x4a1b_397a,
            "a changed dictionary needs a new first byte for its values"
        );
    }
}
