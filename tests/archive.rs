//! The archive: what is removed and what never is, what is told of it, and what is written as WARC.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use bellwether::archive;
use bellwether::clock::{Clock as _, SharedClock, SteppedClock};
use bellwether::events::{self, ReplayChange, ReplayMode};
use bellwether::export::Warc;
use bellwether::settings::{ArchiveSettings, SourceSettings};
use bellwether_model::id::{ContentHash, SourceId};
use bellwether_model::snapshot::{Removal, RemovalReason, Snapshot};
use bellwether_model::source::{ResourceRole, SourceKind};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::archive::Archive;
use bellwether_store::{Change, Store, Transaction};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

const FACT: &str = "財政部9日公布，2025年12月出口624.8億美元，年增43.4%。";
const DAY: SignedDuration = SignedDuration::from_hours(24);

struct House {
    folder: TempDir,
    store: Store,
    archive: Archive,
    clock: Arc<SteppedClock>,
    sources: Vec<SourceSettings>,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = url("https://press.example/");
        Self {
            store: Store::open(&folder.path().join("data/store")).unwrap(),
            archive: Archive::open(&folder.path().join("data/archive")).unwrap(),
            clock: Arc::new(SteppedClock::at("2026-01-09T12:00:00Z".parse().unwrap())),
            sources: vec![SourceSettings::new(SourceId::new("press"), SourceKind::Page, url)],
            folder,
        }
    }

    /// An answer comes and is read.
    fn read(&self, path: &str, words: &str) -> Snapshot {
        let snapshot = self.fetch(path, ResourceRole::Document, page(words).as_bytes());
        let clock: SharedClock = self.clock.clone();
        events::read_all(&self.sources, &self.store, &self.archive, &clock, true).unwrap();
        snapshot
    }

    fn fetch(&self, path: &str, role: ResourceRole, body: &[u8]) -> Snapshot {
        self.clock.step(SignedDuration::from_mins(1));
        let (now, url) = (self.clock.now(), url(&format!("https://press.example/{path}")));
        let content = self.archive.put(body).unwrap();
        let snapshot = Snapshot {
            id: Snapshot::name(&url, now, &content),
            source: SourceId::new("press"),
            url: url.clone(),
            final_url: url,
            role,
            fetched: now,
            status: 200,
            content_type: Some("text/html; charset=utf-8".to_owned()),
            headers: vec![
                ("content-type".to_owned(), "text/html; charset=utf-8".to_owned()),
                ("content-encoding".to_owned(), "gzip".to_owned()),
                ("content-length".to_owned(), "77".to_owned()),
                ("x-words".to_owned(), "年增\r\nWARC-Type: forged".to_owned()),
            ],
            content: content.clone(),
            body_bytes: body.len() as u64,
            hint: None,
        };
        self.commit(Change::Snapshot(Box::new(snapshot.clone())));
        self.archive.settled(&content);
        snapshot
    }

    fn commit(&self, change: Change) {
        self.store.commit(Transaction { at: self.clock.now(), changes: vec![change] }).unwrap();
    }

    fn sweep(&self, settings: &ArchiveSettings, dry_run: bool) -> archive::Swept {
        archive::sweep(settings, &self.store, &self.archive, self.clock.now(), dry_run).unwrap()
    }

    fn verify(&self) -> archive::Verification {
        archive::verify(&self.store, &self.archive, &mut |_| {}).unwrap()
    }

    fn holds(&self, snapshot: &Snapshot) -> bool {
        self.archive.get(&snapshot.content).is_ok()
    }

    /// Takes the bytes of an answer away without a note of it.
    fn lose(&self, snapshot: &Snapshot) {
        let sweep = self.archive.sweep().unwrap().unwrap();
        let body = self.archive.bodies().unwrap().into_iter().find(|body| body.content == snapshot.content).unwrap();
        assert!(sweep.remove(&body).unwrap());
        sweep.finish().unwrap();
    }

    /// Flips a byte behind the header of a body, which ends with its hash and two checksums.
    fn damage(&self, snapshot: &Snapshot) {
        let folder = self.folder.path().join("data/archive/packs");
        let hash = Sha256::digest(self.archive.get(&snapshot.content).unwrap());
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mut bytes = std::fs::read(&path).unwrap();
            if path.extension().unwrap() == "pack"
                && let Some(at) = bytes.windows(hash.len()).position(|window| window == hash.as_slice())
            {
                bytes[at + hash.len() + 12] ^= 1;
                std::fs::write(path, bytes).unwrap();
            }
        }
    }
}

fn url(text: &str) -> CanonicalUrl {
    CanonicalUrl::parse(text).unwrap()
}

fn page(words: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh\"><head><meta charset=\"utf-8\"><title>出口統計</title>\
         <meta property=\"article:published_time\" content=\"2026-01-09T16:00:00+08:00\"></head>\
         <body><article><h1>出口統計</h1><p>{words}</p></article></body></html>"
    )
}

fn days(days: u64) -> ArchiveSettings {
    ArchiveSettings { keep: Some(Duration::from_secs(days * 86_400)), max_bytes: None }
}

fn bytes(limit: u64) -> ArchiveSettings {
    ArchiveSettings { keep: None, max_bytes: Some(limit) }
}

#[test]
fn what_events_cite_outlives_what_they_do_not() {
    let house = House::new();
    let cited = house.read("cited", FACT);
    let idle = house.read("idle", "今天天氣很好，沒有任何統計數字。");
    let feed = house.fetch("feed", ResourceRole::Feed, b"<rss></rss>");
    house.commit(Change::Read(feed.id.clone()));
    let unread = house.fetch("unread", ResourceRole::Document, b"nobody has read this yet");
    house.clock.step(DAY * 401);
    let young = house.fetch("young", ResourceRole::Document, b"this has just come");
    house.commit(Change::Read(young.id.clone()));

    let would = house.sweep(&days(400), true);
    assert_eq!(would.removed.len(), 2);
    assert!(house.holds(&idle) && house.holds(&feed), "a dry run removes nothing");
    let swept = house.sweep(&days(400), false);
    assert_eq!(swept, would);
    assert!(swept.removed.iter().all(|body| body.reason == Some(RemovalReason::Age)));
    let held = [&cited, &idle, &feed, &unread, &young].map(|snapshot| house.holds(snapshot));
    assert_eq!(held, [true, false, false, true, true]);

    let removal = house.store.removal(&idle.content).unwrap().unwrap();
    assert_eq!((removal.reason, removal.at), (RemovalReason::Age, house.clock.now()));
    let stats = house.store.stats().unwrap();
    assert_eq!(stats.bodies_removed, 2);
    assert_eq!(stats.bytes_removed, swept.removed.iter().map(|body| body.bytes).sum::<u64>());
    assert_eq!(house.archive.usage().unwrap().bodies, 3);
    assert!(house.sweep(&days(400), false).removed.is_empty(), "a second sweep finds nothing more");
    assert_eq!(house.store.verify().unwrap(), [""; 0]);
}

#[test]
fn a_size_limit_takes_what_is_cited_last_and_says_so() {
    let house = House::new();
    let cited = house.read("cited", FACT);
    let idle = house.read("idle", "今天天氣很好，沒有任何統計數字。");
    let all = house.archive.usage().unwrap().bytes;
    assert!(house.sweep(&bytes(all), false).removed.is_empty());
    let one = house.sweep(&bytes(all - 1), false);
    assert_eq!((one.removed.len(), one.removed[0].reason), (1, Some(RemovalReason::Size)));
    assert!(house.holds(&cited) && !house.holds(&idle), "the cited one is older and stays");
    let last = house.sweep(&bytes(1), false);
    assert_eq!((last.removed.len(), last.removed[0].reason), (1, Some(RemovalReason::SizeThoughCited)));
    assert_eq!((last.kept_bytes, last.over_bytes), (0, 0));
}

#[test]
fn the_answer_in_which_an_earlier_value_stood_is_kept_too() {
    let house = House::new();
    let first = house.read("table", FACT);
    house.clock.step(DAY);
    let second = house.read("table", &FACT.replace("624.8", "625.1"));
    house.clock.step(DAY);
    let silent = house.read("table", "統計表格維護中，請稍後再試。");
    house.clock.step(DAY);
    let third = house.read("table", &FACT.replace("624.8", "625.3"));
    house.clock.step(DAY * 500);
    house.sweep(&days(400), false);
    let held = [&first, &second, &silent, &third].map(|snapshot| house.holds(snapshot));
    assert_eq!(held, [true, true, false, true], "three vintages, and an answer that said nothing");
}

#[test]
fn removed_is_not_lost() {
    let house = House::new();
    let idle = house.read("idle", "今天天氣很好，沒有任何統計數字。");
    let lost = house.read("lost", FACT);
    let damaged = house.read("damaged", &FACT.replace("12月", "11月"));
    house.clock.step(DAY * 401);
    house.sweep(&days(400), false);
    assert_eq!((house.verify().whole, house.verify().removed, house.verify().damage.len()), (2, 1, 0));
    house.lose(&lost);
    house.damage(&damaged);
    let verification = house.verify();
    let found: BTreeMap<&ContentHash, bool> =
        verification.damage.iter().map(|damage| (&damage.content, damage.is_missing)).collect();
    assert_eq!(found, BTreeMap::from([(&lost.content, true), (&damaged.content, false)]));

    let clock: SharedClock = house.clock.clone();
    let told = events::replay(&house.sources, &house.store, &house.archive, &clock, ReplayMode::DryRun, &mut |_, _| {})
        .unwrap();
    let of =
        |change| told.rows.iter().filter(|row| row.change == change).map(|row| row.url.as_str()).collect::<Vec<_>>();
    assert_eq!(of(ReplayChange::Removed), [idle.final_url.as_str()]);
    assert_eq!(of(ReplayChange::Missing), [lost.final_url.as_str(), damaged.final_url.as_str()]);
}

#[test]
fn a_kill_between_note_and_removal_harms_nothing() {
    let house = House::new();
    let idle = house.read("idle", "今天天氣很好，沒有任何統計數字。");
    house.clock.step(DAY * 401);
    // Noted, and then the power went.
    let noted = Removal {
        content: idle.content.clone(),
        at: house.clock.now(),
        bytes: house.archive.usage().unwrap().bytes,
        reason: RemovalReason::Age,
    };
    house.commit(Change::Removal(noted));
    assert_eq!((house.verify().whole, house.verify().removed), (1, 0), "what is still there is still good");
    assert_eq!(house.sweep(&days(400), false).removed.len(), 1);
    assert_eq!((house.verify().whole, house.verify().removed), (0, 1));
    assert_eq!(house.store.stats().unwrap().bodies_removed, 1, "noted twice, counted once");
}

#[test]
fn what_comes_again_is_there_again() {
    let house = House::new();
    let words = "今天天氣很好，沒有任何統計數字。";
    let idle = house.read("idle", words);
    house.clock.step(DAY * 401);
    house.sweep(&days(400), false);
    let again = house.read("idle-again", words);
    assert_eq!(again.content, idle.content);
    assert_eq!((house.store.removal(&idle.content).unwrap(), house.store.stats().unwrap().bodies_removed), (None, 0));
    assert_eq!(house.verify().whole, 1);
    house.lose(&again);
    assert_eq!(house.verify().damage.len(), 1, "no longer excused by the old note");
}

#[test]
fn a_body_that_no_record_names_goes_and_one_in_hand_stays() {
    let house = House::new();
    let orphan = house.archive.put(b"the commit behind it failed").unwrap();
    house.archive.settled(&orphan);
    let in_hand = house.archive.put(b"about to be committed").unwrap();
    let swept = house.sweep(&ArchiveSettings::default(), false);
    assert_eq!(swept.removed.iter().map(|body| (&body.content, body.reason)).collect::<Vec<_>>(), [(&orphan, None)]);
    assert!(house.archive.get(&in_hand).is_ok());
    assert_eq!(house.store.stats().unwrap().bodies_removed, 0);
}

/// A reader of WARC files of its own: it shares no code with the writer.
mod reader {
    use super::*;

    pub(super) struct Record {
        pub(super) fields: Vec<(String, String)>,
        pub(super) block: Vec<u8>,
    }

    impl Record {
        pub(super) fn field(&self, name: &str) -> &str {
            let mut found = self.fields.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
            let value = found.next().map_or("", |(_, value)| value.as_str());
            assert!(found.next().is_none(), "{name} is there twice");
            value
        }

        /// Header lines and body of an HTTP answer.
        pub(super) fn http(&self) -> (String, &[u8]) {
            let end = self.block.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
            (String::from_utf8(self.block[..end].to_vec()).unwrap(), &self.block[end + 4..])
        }
    }

    /// Each gzip member is one record.
    pub(super) fn members(mut bytes: &[u8]) -> Vec<Record> {
        let mut records = Vec::new();
        while !bytes.is_empty() {
            let mut decoder = flate2::bufread::GzDecoder::new(bytes);
            let mut record = Vec::new();
            decoder.read_to_end(&mut record).unwrap();
            bytes = decoder.into_inner();
            let mut inside = plain(&record);
            assert_eq!(inside.len(), 1, "one record a member");
            records.append(&mut inside);
        }
        records
    }

    pub(super) fn plain(mut bytes: &[u8]) -> Vec<Record> {
        let mut records = Vec::new();
        while !bytes.is_empty() {
            let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
            let head = std::str::from_utf8(&bytes[..end]).unwrap();
            let mut lines = head.split("\r\n");
            assert_eq!(lines.next(), Some("WARC/1.1"));
            let fields: Vec<(String, String)> = lines
                .map(|line| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap())
                .collect();
            let mut record = Record { fields, block: Vec::new() };
            let length: usize = record.field("Content-Length").parse().unwrap();
            record.block = bytes[end + 4..end + 4 + length].to_vec();
            bytes = bytes[end + 4 + length..].strip_prefix(b"\r\n\r\n").unwrap();
            assert_digest(record.field("WARC-Block-Digest"), &record.block);
            for name in ["WARC-Type", "WARC-Record-ID", "WARC-Date"] {
                assert!(!record.field(name).is_empty(), "{name}");
            }
            let _at: Timestamp = record.field("WARC-Date").parse().unwrap();
            records.push(record);
        }
        records
    }

    pub(super) fn assert_digest(told: &str, bytes: &[u8]) {
        let letters = told.strip_prefix("sha256:").unwrap().trim_end_matches('=');
        let bits: String =
            letters.chars().map(|c| format!("{:05b}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap())).collect();
        let digest: Vec<u8> =
            (0..32).map(|place| u8::from_str_radix(&bits[place * 8..place * 8 + 8], 2).unwrap()).collect();
        assert_eq!(digest, Sha256::digest(bytes).to_vec());
    }
}

#[test]
fn answers_are_records_that_another_reader_understands() {
    let house = House::new();
    let body = page(FACT);
    let first = house.fetch("a", ResourceRole::Document, body.as_bytes());
    let same = Snapshot {
        url: url("https://press.example/short"),
        ..house.fetch("b", ResourceRole::Document, body.as_bytes())
    };
    let local = Snapshot { headers: Vec::new(), ..house.fetch("local", ResourceRole::Document, b"\0\xff no text") };
    let mut warc = Warc::new(true);
    let mut file = warc.information("a.warc.gz", Some("mailto:desk@example.org"), house.clock.now());
    file.extend(warc.answer(&first, body.as_bytes()));
    file.extend(warc.answer(&same, body.as_bytes()));
    file.extend(warc.answer(&local, b"\0\xff no text"));

    let records = reader::members(&file);
    let types: Vec<&str> = records.iter().map(|record| record.field("WARC-Type")).collect();
    assert_eq!(types, ["warcinfo", "response", "revisit", "metadata", "resource"]);
    let told = String::from_utf8(records[0].block.clone()).unwrap();
    assert!(told.contains("software: bellwether/") && told.contains("operator: mailto:desk@example.org"), "{told}");

    let (head, payload) = records[1].http();
    assert_eq!(payload, body.as_bytes());
    reader::assert_digest(records[1].field("WARC-Payload-Digest"), payload);
    let lines: Vec<&str> = head.split("\r\n").collect();
    let length = format!("content-length: {}", body.len());
    assert_eq!(lines[0], "HTTP/1.1 200 OK");
    for line in ["x-archive-orig-content-encoding: gzip", "x-archive-orig-content-length: 77", length.as_str()] {
        assert!(lines.contains(&line), "{head}");
    }
    assert!(lines.contains(&"x-words: 年增  WARC-Type: forged"), "a value cannot end its line: {head}");
    assert_eq!(records[1].field("WARC-Target-URI"), "https://press.example/a");

    let revisit = &records[2];
    assert_eq!(revisit.field("WARC-Refers-To"), records[1].field("WARC-Record-ID"));
    assert_eq!(revisit.field("WARC-Refers-To-Date"), records[1].field("WARC-Date"));
    assert_eq!(revisit.field("WARC-Payload-Digest"), records[1].field("WARC-Payload-Digest"));
    assert!(revisit.field("WARC-Profile").ends_with("/revisit/identical-payload-digest"));
    assert!(revisit.http().1.is_empty(), "the body stands in the record that it refers to");
    assert_eq!(records[3].field("WARC-Concurrent-To"), revisit.field("WARC-Record-ID"));
    assert_eq!(records[3].block, b"via: https://press.example/short\r\n");
    assert_eq!(records[4].block, b"\0\xff no text");

    let mut again = Warc::new(false);
    let plain = reader::plain(&again.answer(&first, body.as_bytes()));
    assert_eq!(plain[0].fields, records[1].fields, "the same answer is the same record in every file");
}

#[test]
fn the_command_line_writes_prunes_and_verifies() {
    let house = House::new();
    house.read("cited", FACT);
    house.read("idle", "今天天氣很好，沒有任何統計數字。");
    let lost = house.read("lost", &FACT.replace("12月", "11月"));
    house.lose(&lost);
    let House { folder, store, archive, .. } = house;
    drop((store, archive));
    let configuration = "[archive]\nkeep = \"1d\"\nmax_bytes = \"1GiB\"\n[[source]]\nid = \"press\"\nkind = \"page\"\nurl = \"https://press.example/\"\n";
    std::fs::write(folder.path().join("sources.toml"), configuration).unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_bellwether"))
            .arg("--config")
            .arg(folder.path())
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    };
    let file = folder.path().join("answers.warc.gz");
    let (code, _, error) = run(&["export", "--format", "warc", "--output", file.to_str().unwrap()]);
    assert_eq!(code, 1, "{error}");
    assert!(
        error.contains("2 answers written") && error.contains("1 answers are left out: their bytes are missing"),
        "{error}"
    );
    assert_eq!(reader::members(&std::fs::read(&file).unwrap()).len(), 3);
    let (code, _, error) = run(&["export", "--format", "warc", "--area", "TW", "-o", file.to_str().unwrap()]);
    assert!(code == 2 && error.contains("`--area` is of events"), "{error}");

    let (code, text, _) = run(&["store", "verify"]);
    assert_eq!(code, 1);
    assert!(text.contains(&format!("the body `{}`", lost.content)) && text.contains("is missing"), "{text}");
    // The answers are of January 2026; whenever this runs, they are older than a day.
    let (code, text, error) = run(&["store", "prune", "--dry-run", "--format", "csv"]);
    assert!(code == 0 && error.contains("1 bodies"), "{error}");
    assert!(text.lines().nth(1).unwrap().ends_with(",age"), "{text}");
    assert_eq!(run(&["store", "prune"]).0, 0);
    let (_, text, _) = run(&["store", "verify"]);
    assert!(text.contains("1 archived bodies are whole, 1 missing or damaged, 1 removed by retention"), "{text}");
    let (_, text, _) = run(&["store", "stats", "--format", "jsonl"]);
    assert!(text.contains("\"bodies_removed\":1") && text.contains("\"archive_bodies\":1"), "{text}");

    let (code, text, error) = run(&["replay", "--dry-run", "--format", "json"]);
    assert_eq!(code, 1, "{error}");
    let rows: serde_json::Value = serde_json::from_str(&text).unwrap();
    let changes: Vec<&str> = rows.as_array().unwrap().iter().filter_map(|row| row["change"].as_str()).collect();
    assert_eq!(changes, ["removed", "missing"]);
    assert!(error.contains("1 documents read again: 0 facts would be gained, 0 lost, 0 changed"), "{error}");
    assert!(run(&["replay"]).2.contains("written; nobody is alerted"));
}
