//! Announcements of many authorities with every number, day, reference and part that an analyst takes from them.
//!
//! The texts are written for this test, a file a region in `announcements/`: `=== kind day of the page`, the text, `---`, and one line for
//! each action: `number | subject | announced | effective | expires | partner | kind`; below it `> does what number` for each
//! act to which it refers and `+ part | effective | expires` for each part that has days of its own. `unstated -`: nobody says what
//! kind of page it is and of which day, as with pages that a crawler finds.

mod texts;

use std::collections::BTreeSet;

use bellwether_extractors::{PageContext, page, policy};
use bellwether_model::document::DocumentKind;
use bellwether_model::policy::PolicyAction;

/// A page with the lines of what it announces.
struct Case {
    kind: Option<DocumentKind>,
    published: Option<String>,
    text: String,
    expected: BTreeSet<String>,
}

fn cases(file: &str) -> Vec<Case> {
    let content = texts::content(&format!("announcements/{file}"));
    let mut cases: Vec<Case> = Vec::new();
    let (mut labels, mut action) = (false, String::new());
    for line in content.lines() {
        if let Some((kind, published)) = line.strip_prefix("=== ").and_then(|head| head.split_once(' ')) {
            let kind = match kind {
                "briefing" => Some(DocumentKind::Briefing),
                "policy" => Some(DocumentKind::Policy),
                _ => None,
            };
            let published = Some(published.to_owned()).filter(|day| day != "-");
            cases.push(Case { kind, published, text: String::new(), expected: BTreeSet::new() });
            labels = false;
        } else if line == "---" {
            labels = true;
        } else if let Some(case) = cases.last_mut() {
            if !labels {
                case.text.push_str(line);
                case.text.push('\n');
            } else if line.starts_with(['>', '+']) {
                case.expected.insert(format!("{action} {line}"));
            } else if !line.is_empty() {
                action = line.split(" | ").next().unwrap_or_default().to_owned();
                case.expected.insert(line.to_owned());
            }
        }
    }
    cases
}

/// The lines of an action, in the form of the files.
fn lines(action: &PolicyAction) -> Vec<String> {
    let words = |words: Option<&str>| words.unwrap_or("-").to_owned();
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let number = words(action.number.as_deref());
    let fields = [
        number.clone(),
        action.subject.clone(),
        day(action.announced),
        day(action.effective),
        day(action.expires),
        words(action.partner.as_ref().map(|partner| partner.as_str())),
        words(action.kind.as_deref()),
    ];
    let references = action.refers.iter().map(|act| format!("{number} > {} {}", act.action, act.number));
    let parts = action.parts.iter();
    let parts =
        parts.map(|part| format!("{number} + {} | {} | {}", part.subject, day(part.effective), day(part.expires)));
    [fields.join(" | ")].into_iter().chain(references).chain(parts).collect()
}

/// Asserts that each page of a file announces exactly its actions.
#[track_caller]
fn assert_file(file: &str) {
    let mut wrong = String::new();
    for case in cases(file) {
        let context = PageContext {
            kind: case.kind,
            published: case.published.clone(),
            content_type: Some("text/markdown; charset=utf-8".to_owned()),
            ..PageContext::default()
        };
        let (document, _) = page::read(case.text.as_bytes(), &context);
        let actions = policy::read(&document, document.published.map(|time| time.date()));
        let found: BTreeSet<String> = actions.iter().flat_map(lines).collect();
        wrong.push_str(&texts::differences(&case.text, &case.expected, &found));
    }
    assert!(wrong.is_empty(), "{file}\n{wrong}");
}

#[test]
fn mainland() {
    assert_file("mainland.txt");
}

#[test]
fn taiwan_and_hong_kong() {
    assert_file("taiwan.txt");
}

#[test]
fn pages_of_which_nobody_says_what_they_are() {
    assert_file("unstated.txt");
}

#[test]
fn registers_releases_and_digests() {
    assert_file("releases.txt");
}

#[test]
fn america_europe_and_asia() {
    assert_file("abroad.txt");
}
