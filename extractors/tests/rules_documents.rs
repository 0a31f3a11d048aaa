//! `docs/RULES.md` names every key of every rules file, and its examples are rules without mistakes.

use std::path::Path;

use bellwether_extractors::rules::{RuleSet, UserFile};

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/RULES.md");
    std::fs::read_to_string(path).expect("the document can be read")
}

#[test]
fn every_key_is_documented_under_its_file() {
    let document = document();
    let sections: Vec<(&str, &str)> =
        document.split("\n## ").skip(1).filter_map(|section| section.split_once('\n')).collect();
    let mut missing = Vec::new();
    // Keys that are words themselves (`letters` of a policy) are data.
    for (file, key) in RuleSet::keys().into_iter().filter(|(_, key)| key.is_ascii()) {
        let heading = if file == "families" { file.clone() } else { format!("{file}.toml") };
        let section = sections.iter().find(|(name, _)| name.trim() == heading).map(|(_, text)| *text);
        if !section.is_some_and(|text| text.contains(&format!("`{key}`"))) {
            missing.push(format!("{heading}: `{key}`"));
        }
    }
    assert!(missing.is_empty(), "docs/RULES.md does not name {missing:#?}");
}

#[test]
fn the_examples_are_without_mistakes() {
    let document = document();
    let examples: Vec<&str> = document.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() > 12, "an example for each kind of file");
    for example in examples {
        let name = example.lines().next().and_then(|line| line.strip_prefix("# ")).expect("an example names its file");
        let file = UserFile { name: name.to_owned(), shown: name.to_owned(), text: example.to_owned() };
        if let Err(mistakes) = RuleSet::read(&[file]) {
            panic!("{mistakes:#?}");
        }
    }
}
