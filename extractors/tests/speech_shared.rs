//! Officials and policy actions of the labelled documents, scored against floors.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking and tells what it skipped")]

use std::path::PathBuf;

use bellwether_extractors::{PageContext, page, policy, statements};
use bellwether_model::document::DocumentKind;
use bellwether_model::policy::PolicyAction;
use serde_json::Value;

/// The corpus, or `None` with a printed line where it is absent.
fn corpus() -> Option<PathBuf> {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent()?.to_owned();
    let corpus = workspace.join("../shared/corpus");
    if corpus.join("dev.jsonl").is_file() {
        return Some(corpus);
    }
    println!("skipped: no labelled documents at ../shared/corpus");
    None
}

fn lines(path: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What was met, missed and given without being asked for.
#[derive(Debug, Default)]
struct Tally {
    met: usize,
    missed: usize,
    extra: usize,
}

impl Tally {
    #[expect(clippy::cast_precision_loss, reason = "counts of a small corpus")]
    fn f1(&self) -> f64 {
        2.0 * self.met as f64 / (2 * self.met + self.missed + self.extra).max(1) as f64
    }
}

/// The label's document, read as `extract` reads it.
fn read(
    corpus: &std::path::Path,
    label: &Value,
    manifest: &[Value],
) -> (bellwether_model::document::Document, Option<jiff::civil::Date>) {
    let row = manifest.iter().find(|row| row["id"] == label["id"]).unwrap();
    let text = |name: &str| row[name].as_str().map(ToOwned::to_owned);
    let context = PageContext {
        url: text("url"),
        content_type: text("content_type"),
        kind: row.get("kind").and_then(|kind| serde_json::from_value::<DocumentKind>(kind.clone()).ok()),
        published: text("published"),
        ..PageContext::default()
    };
    let bytes = std::fs::read(corpus.join(row["path"].as_str().unwrap())).unwrap();
    let (document, _) = page::read(&bytes, &context);
    let reference = document.published.map(|time| time.date());
    (document, reference)
}

fn words(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The comparison of the corpus: equal, contained, or six tenths of the pairs of letters shared.
fn same_words(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    if one == other || !one.is_empty() && !other.is_empty() && (one.contains(&other) || other.contains(&one)) {
        return true;
    }
    let pairs =
        |text: &str| -> std::collections::BTreeSet<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let (a, b) = (pairs(&one), pairs(&other));
    !a.is_empty() && !b.is_empty() && 10 * 2 * a.intersection(&b).count() >= 6 * (a.len() + b.len())
}

#[test]
fn officials_of_the_labelled_documents() {
    let Some(corpus) = corpus() else { return };
    let manifest = lines(&corpus.join("manifest.jsonl"));
    let (mut names, mut titles, mut counts) = (Tally::default(), 0, 0);
    for label in lines(&corpus.join("dev.jsonl")) {
        let (document, _) = read(&corpus, &label, &manifest);
        let mut found = statements::read(&document);
        for official in label["officials"].as_array().unwrap() {
            let name = official["name"].as_str().unwrap();
            let Some(at) = found.iter().position(|f| words(&f.name) == words(name)) else {
                println!("missed: {} {official}", label["id"]);
                names.missed += 1;
                continue;
            };
            let got = found.remove(at);
            names.met += 1;
            let title = same_words(official["title"].as_str().unwrap(), got.title.as_deref().unwrap_or_default());
            titles += usize::from(title);
            let count = usize::try_from(official["quotes"].as_u64().unwrap()).unwrap();
            counts += usize::from(got.quotes.abs_diff(count) <= 1);
            if !title || got.quotes.abs_diff(count) > 1 {
                println!("differs: {} {official}: {:?} {} quotes", label["id"], got.title, got.quotes);
            }
        }
        names.extra += found.len();
        for extra in found {
            println!(
                "not in the labels: {} {} {:?} {:?} {:?}",
                label["id"], extra.name, extra.title, extra.org, extra.statements
            );
        }
    }
    println!("officials {names:?} F1 {:.3}; {titles} titles and {counts} counts right", names.f1());
    assert!(names.f1() >= 0.95, "{names:?}");
    assert!(titles + 1 >= names.met && counts + 1 >= names.met, "{titles} titles, {counts} counts of {}", names.met);
}

#[test]
fn policy_actions_of_the_labelled_documents() {
    let Some(corpus) = corpus() else { return };
    let manifest = lines(&corpus.join("manifest.jsonl"));
    let (mut actions, mut days, mut right) = (Tally::default(), 0, 0);
    for label in lines(&corpus.join("dev.jsonl")) {
        let (document, reference) = read(&corpus, &label, &manifest);
        let mut found = policy::read(&document, reference);
        for action in label["policy"].as_array().unwrap() {
            let Some(at) = found.iter().position(|f| same_policy(action, f)) else {
                println!("missed: {} {action}", label["id"]);
                actions.missed += 1;
                continue;
            };
            let got = found.remove(at);
            actions.met += 1;
            for (field, day) in [("announced", got.announced), ("effective", got.effective), ("expires", got.expires)] {
                if let Some(wanted) = action[field].as_str() {
                    days += 1;
                    right += usize::from(day.map(|d| d.to_string()).as_deref() == Some(wanted));
                    if day.map(|d| d.to_string()).as_deref() != Some(wanted) {
                        println!("differs: {} {field} {wanted}: {got:?}", label["id"]);
                    }
                }
            }
        }
        actions.extra += found.len();
        for extra in found {
            println!("not in the labels: {} {extra:?}", label["id"]);
        }
    }
    println!("policy actions {actions:?} F1 {:.3}; {right} of {days} days right", actions.f1());
    assert!(actions.f1() >= 0.95, "{actions:?}");
    assert!(20 * right >= 19 * days, "{right} of {days} days");
}

fn same_policy(label: &Value, got: &PolicyAction) -> bool {
    if let Some(number) = label["number"].as_str() {
        return got.number.as_deref() == Some(number);
    }
    let announced = label["announced"].as_str();
    same_words(label["subject"].as_str().unwrap(), &got.subject)
        && announced.is_none_or(|day| got.announced.map(|d| d.to_string()).as_deref() == Some(day))
}

/// Real announcements: number, issuer and days against what a person read.
#[test]
fn real_announcements() {
    let Some(corpus) = corpus() else { return };
    let sites = corpus.join("../sites");
    let Ok(text) = std::fs::read_to_string(sites.join("expected/policy.json")) else {
        println!("skipped: no ../shared/sites/expected/policy.json");
        return;
    };
    let expected: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
    let (mut right, mut all) = (0, 0);
    for (path, wanted) in expected.iter().filter(|(path, _)| path.contains("/official/")) {
        let bytes = std::fs::read(sites.join(path)).unwrap();
        let context = PageContext { kind: Some(DocumentKind::Policy), ..PageContext::default() };
        let (document, _) = page::read(&bytes, &context);
        let got = policy::read(&document, document.published.map(|time| time.date()));
        let got = got.first();
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
        let number = wanted["number_in_file"].as_str().or(wanted["number"].as_str()).map(plain_number);
        let checks = [
            ("number", number, got.and_then(|a| a.number.clone())),
            ("date", wanted["date"].as_str().map(str::to_owned), got.and_then(|a| day(a.announced))),
            ("effective", wanted["effective"].as_str().map(str::to_owned), got.and_then(|a| day(a.effective))),
        ];
        for (field, want, have) in checks {
            all += 1;
            right += usize::from(want == have);
            if want != have {
                println!("differs: {path} {field}: {want:?}, read {have:?}");
            }
        }
        let issuer = wanted["issuer"].as_str().unwrap();
        let read = got.and_then(|a| a.issuer.as_deref()).unwrap_or_default();
        all += 1;
        right += usize::from(same_words(issuer, read));
        if !same_words(issuer, read) {
            println!("differs: {path} issuer: {issuer}, read {read}");
        }
    }
    println!("real announcements: {right} of {all} right");
    assert!(20 * right >= 19 * all, "{right} of {all}");
}

/// `商务部公告2025年第51号` as the reader writes it.
fn plain_number(text: &str) -> String {
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    numbers.join("-")
}
