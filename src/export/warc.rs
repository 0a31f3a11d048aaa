//! Archived answers as WARC 1.1 (ISO 28500:2017, <https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/>).
//! Pure: a snapshot and its bytes in, the bytes of records out.
//!
//! The archive keeps bodies decoded. Header lines that speak of the bytes on the wire (`content-encoding`,
//! `transfer-encoding`, a `content-length` of other bytes) therefore stand under `x-archive-orig-`, and the length is that
//! of the body as it is written. Names of records are made from those of snapshots, so that two exports of one answer
//! are one record.

use std::collections::HashMap;
use std::io::Write as _;

use bellwether_model::id::ContentHash;
use bellwether_model::snapshot::Snapshot;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The profile of a record that repeats the payload of another (WARC 1.1, 6.7.2).
const SAME_PAYLOAD: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
/// Header lines of bytes on the wire.
const OF_THE_WIRE: [&str; 3] = ["content-encoding", "transfer-encoding", "content-length"];

/// Writes the records of one file. Remembers which payloads stand in it.
pub struct Warc {
    gzip: bool,
    written: HashMap<ContentHash, Written>,
}

/// Where a payload stands.
struct Written {
    id: String,
    url: String,
    at: Timestamp,
}

/// A record before it is written.
struct Record {
    fields: Vec<(&'static str, String)>,
    block: Vec<u8>,
}

impl Warc {
    /// A file without records. `gzip`: each record is a gzip member of its own, so that one can be read without the
    /// others (WARC 1.1, annex D).
    #[must_use]
    pub fn new(gzip: bool) -> Self {
        Self { gzip, written: HashMap::new() }
    }

    /// The first record: who made the file. `contact`: as in the User-Agent.
    #[must_use]
    pub fn information(&self, file: &str, contact: Option<&str>, at: Timestamp) -> Vec<u8> {
        let version = env!("CARGO_PKG_VERSION");
        let mut block = format!("software: bellwether/{version}\r\nformat: WARC File Format 1.1\r\n");
        block.push_str(
            "conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
        );
        block.push_str("robots: obey\r\n");
        if let Some(contact) = contact {
            block.push_str(&format!("operator: {}\r\n", one_line(contact)));
        }
        self.written(&Record {
            fields: vec![
                ("WARC-Type", "warcinfo".to_owned()),
                ("WARC-Record-ID", record_id("warcinfo", &[file, &at.to_string()])),
                ("WARC-Date", at.to_string()),
                ("WARC-Filename", one_line(file)),
                ("Content-Type", "application/warc-fields".to_owned()),
            ],
            block: block.into_bytes(),
        })
    }

    /// The records of one answer: the answer itself, or that it repeats one that stands in the file already; and, where
    /// a redirect led to it, from where.
    #[must_use]
    pub fn answer(&mut self, snapshot: &Snapshot, body: &[u8]) -> Vec<u8> {
        let id = record_id("answer", &[snapshot.id.as_str()]);
        // A local document was no answer of a server: it has no header lines.
        let is_http = !snapshot.headers.is_empty();
        let mut fields = vec![
            ("WARC-Record-ID", id.clone()),
            ("WARC-Target-URI", snapshot.final_url.to_string()),
            ("WARC-Date", snapshot.fetched.to_string()),
            ("WARC-Payload-Digest", digest(body)),
        ];
        let record = match self.written.get(&snapshot.content).filter(|_| is_http) {
            Some(first) => {
                fields.extend([
                    ("WARC-Type", "revisit".to_owned()),
                    ("WARC-Profile", SAME_PAYLOAD.to_owned()),
                    ("WARC-Refers-To", first.id.clone()),
                    ("WARC-Refers-To-Target-URI", first.url.clone()),
                    ("WARC-Refers-To-Date", first.at.to_string()),
                    ("Content-Type", "application/http; msgtype=response".to_owned()),
                ]);
                Record { fields, block: head(snapshot, body.len()) }
            }
            None if is_http => {
                fields.extend([
                    ("WARC-Type", "response".to_owned()),
                    ("Content-Type", "application/http; msgtype=response".to_owned()),
                ]);
                let mut block = head(snapshot, body.len());
                block.extend_from_slice(body);
                Record { fields, block }
            }
            None => {
                let content_type = snapshot.content_type.as_deref().unwrap_or("application/octet-stream");
                fields.extend([("WARC-Type", "resource".to_owned()), ("Content-Type", one_line(content_type))]);
                Record { fields, block: body.to_vec() }
            }
        };
        let mut bytes = self.written(&record);
        if snapshot.url != snapshot.final_url {
            bytes.extend(self.written(&Record {
                fields: vec![
                    ("WARC-Type", "metadata".to_owned()),
                    ("WARC-Record-ID", record_id("via", &[snapshot.id.as_str()])),
                    ("WARC-Target-URI", snapshot.final_url.to_string()),
                    ("WARC-Date", snapshot.fetched.to_string()),
                    ("WARC-Concurrent-To", id.clone()),
                    ("Content-Type", "application/warc-fields".to_owned()),
                ],
                block: format!("via: {}\r\n", snapshot.url).into_bytes(),
            }));
        }
        if is_http {
            let url = snapshot.final_url.to_string();
            let first = Written { id, url, at: snapshot.fetched };
            self.written.entry(snapshot.content.clone()).or_insert(first);
        }
        bytes
    }

    fn written(&self, record: &Record) -> Vec<u8> {
        let bytes = record.bytes();
        if !self.gzip {
            return bytes;
        }
        let mut member = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::default());
        member.write_all(&bytes).and_then(|()| member.finish()).expect("a vector takes everything")
    }
}

impl Record {
    fn bytes(&self) -> Vec<u8> {
        let mut text = String::from("WARC/1.1\r\n");
        for (name, value) in &self.fields {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let length = self.block.len();
        text.push_str(&format!("WARC-Block-Digest: {}\r\nContent-Length: {length}\r\n\r\n", digest(&self.block)));
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.block);
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes
    }
}

/// Status line and header lines of an answer, with the empty line behind them.
fn head(snapshot: &Snapshot, body_bytes: usize) -> Vec<u8> {
    let reason = match snapshot.status {
        200 => "OK",
        203 => "Non-Authoritative Information",
        _ => "",
    };
    let mut text = format!("HTTP/1.1 {} {reason}\r\n", snapshot.status);
    let length = body_bytes.to_string();
    for (name, value) in &snapshot.headers {
        let (name, value) = (one_line(name), one_line(value));
        if name.eq_ignore_ascii_case("content-length") && value == length {
            continue;
        }
        let of_the_wire = OF_THE_WIRE.iter().any(|wire| name.eq_ignore_ascii_case(wire));
        text.push_str(&format!("{}{name}: {value}\r\n", if of_the_wire { "x-archive-orig-" } else { "" }));
    }
    text.push_str(&format!("content-length: {length}\r\n\r\n"));
    text.into_bytes()
}

/// A value cannot end its line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A name that is the same for the same parts: a UUID of version 8 (RFC 9562, 5.8) of their SHA-256.
fn record_id(kind: &str, parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in [kind].iter().chain(parts) {
        hasher.update(part.as_bytes());
        hasher.update([0xff]);
    }
    let mut bytes: Vec<u8> = hasher.finalize()[..16].to_vec();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::from("<urn:uuid:");
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text.push('>');
    text
}

/// `sha256:` and the digest in base32, as readers of WARC files expect it.
fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", base32(&Sha256::digest(bytes)))
}

/// RFC 4648, section 6, with padding.
fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for group in bytes.chunks(5) {
        let mut bits = [0; 8];
        bits[3..3 + group.len()].copy_from_slice(group);
        let bits = u64::from_be_bytes(bits);
        let letters = (group.len() * 8).div_ceil(5);
        for place in 0..8 {
            let letter = (bits >> (35 - 5 * place)) & 31;
            text.push(if place < letters {
                char::from(LETTERS[usize::try_from(letter).expect("five bits")])
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_the_standard() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY======"),
            ("fo", "MZXQ===="),
            ("foo", "MZXW6==="),
            ("foob", "MZXW6YQ="),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI======"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn names_of_records_are_uuids_of_version_8() {
        let name = record_id("answer", &["snap-1"]);
        assert_eq!(name, record_id("answer", &["snap-1"]));
        assert_ne!(name, record_id("via", &["snap-1"]));
        let bare = name.strip_prefix("<urn:uuid:").and_then(|name| name.strip_suffix('>')).expect("a urn");
        let parts: Vec<&str> = bare.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(parts[2].starts_with('8') && parts[3].starts_with(['8', '9', 'a', 'b']), "{name}");
    }
}
