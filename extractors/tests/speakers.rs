//! Who speaks in reports of newsrooms in many countries, with which office: officials, and others with an office.
//!
//! The texts are written for this test, a file a kind of office in `speakers/`: the text, then one line
//! `= name / title / organisation / sentences` for each official and one line `~ name / title` for each other speaker.

mod texts;

use std::collections::BTreeSet;

use bellwether_extractors::{page, statements};

/// A text with the speakers whom it names.
#[derive(Default)]
struct Case {
    text: String,
    expected: BTreeSet<String>,
}

fn cases(file: &str) -> Vec<Case> {
    let content = texts::content(&format!("speakers/{file}"));
    let mut cases: Vec<Case> = Vec::new();
    let mut labels = true;
    for line in content.lines().filter(|line| !line.trim().is_empty()) {
        let label = line.starts_with("= ") || line.starts_with("~ ");
        if !label && labels {
            cases.push(Case::default());
        }
        labels = label;
        let case = cases.last_mut().expect("a text stands before its labels");
        if label {
            case.expected.insert(line.to_owned());
        } else {
            case.text.push_str(line);
            case.text.push('\n');
        }
    }
    cases
}

fn found(text: &str) -> BTreeSet<String> {
    let words = |words: &Option<String>| words.clone().unwrap_or_else(|| "-".to_owned());
    let speakers = statements::speakers(&page::plain(text, None));
    let officials = speakers.officials.iter().map(|person| {
        format!("= {} / {} / {} / {}", person.name, words(&person.title), words(&person.org), person.quotes)
    });
    let others = speakers.others.iter().map(|person| format!("~ {} / {}", person.name, words(&person.title)));
    officials.chain(others).collect()
}

/// Asserts that each text of a file names exactly its speakers.
#[track_caller]
fn assert_file(file: &str) {
    let mut wrong = String::new();
    for case in cases(file) {
        let found = found(&case.text);
        wrong.push_str(&texts::differences(&case.text, &case.expected, &found));
    }
    assert!(wrong.is_empty(), "{file}\n{wrong}");
}

#[test]
fn offices_in_english() {
    assert_file("english.txt");
}

#[test]
fn offices_in_chinese() {
    assert_file("chinese.txt");
}
