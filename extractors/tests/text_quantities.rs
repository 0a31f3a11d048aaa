//! General quantities against the Recognizers-Text specifications, where they are at hand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use bellwether_extractors::text::quantities;
use bellwether_model::number::Number;
use bellwether_model::quantity::{Quantity, QuantityKind};
use jiff::civil::Date;
use serde_json::Value;

/// What must be reached of each language and kind; raised as the reader learns more.
const FLOORS: &[(&str, f64)] = &[
    ("all", 0.97),
    ("en date", 0.97),
    ("en money", 0.94),
    ("en number", 0.96),
    ("en percent", 0.9),
    ("en period", 0.97),
    ("en range", 0.97),
    ("zh date", 0.97),
    ("zh money", 0.88),
    ("zh number", 0.97),
    ("zh percent", 0.97),
    ("zh period", 0.97),
    ("zh range", 0.93),
];

fn kind(name: &str) -> QuantityKind {
    serde_json::from_value(Value::from(name)).expect("a kind of the specifications")
}

/// A number to nine decimals, as the scorer compares them.
fn rounded(text: &str) -> String {
    let plain = text.trim_end_matches('%').replace(',', "");
    plain.parse::<f64>().map_or_else(|_| text.to_owned(), |number| format!("{:.9}", number))
}

fn given_number(number: Option<Number>) -> String {
    number.map(|number| rounded(&number.to_string())).unwrap_or_default()
}

/// The values that a case asks for, in the scorer's form.
fn wanted(case: &Value) -> Vec<String> {
    let kind = case["kind"].as_str().unwrap_or_default();
    let expected = case["expected"].as_array().cloned().unwrap_or_default();
    expected.iter().map(|entry| value_wanted(kind, entry)).collect()
}

fn value_wanted(kind: &str, entry: &Value) -> String {
    let value = entry["value"].as_str().unwrap_or_default();
    match kind {
        "range" => {
            let inner = value.trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
            let (low, high) = inner.split_once(',').unwrap_or((inner, ""));
            let side = |text: &str| if text.is_empty() { String::new() } else { rounded(text) };
            format!("{}..{}", side(low), side(high))
        }
        "money" => format!("{} {}", rounded(value), entry["currency"].as_str().unwrap_or("*")),
        "date" | "period" => {
            let past = &entry["past"];
            let first = past["date"].as_str().or(past["startDate"].as_str()).unwrap_or_default();
            format!("{first} {}", past["endDate"].as_str().unwrap_or("*"))
        }
        _ => rounded(value),
    }
}

fn value_given(quantity: &Quantity) -> String {
    match quantity.kind {
        QuantityKind::Range => format!("{}..{}", given_number(quantity.low), given_number(quantity.high)),
        QuantityKind::Money => {
            format!("{} {}", given_number(quantity.value), quantity.unit.as_deref().unwrap_or_default())
        }
        QuantityKind::Date | QuantityKind::Period => {
            let day = |day: &Option<String>| day.clone().unwrap_or_default();
            format!("{} {}", day(&quantity.start_date), day(&quantity.end_date))
        }
        QuantityKind::Number | QuantityKind::Percent => given_number(quantity.value),
    }
}

/// Whether both are the same; `*` leaves the second word open.
fn same(wanted: &[String], given: &[String]) -> bool {
    wanted.len() == given.len()
        && wanted.iter().zip(given).all(|(want, have)| match want.strip_suffix('*') {
            Some(first) => have.starts_with(first),
            None => want == have,
        })
}

#[test]
#[expect(clippy::print_stdout, reason = "a skip and the rates are for the reader of the test's output")]
fn recognizers_specifications() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs/recognizers.jsonl");
    let Ok(specs) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is absent", path.display());
        return;
    };
    let mut right: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut missed = String::new();
    for line in specs.lines().filter(|line| !line.trim().is_empty()) {
        let case: Value = serde_json::from_str(line).expect("a line of the specifications");
        let text = case["input"].as_str().expect("an input");
        let language = case["lang"].as_str().expect("a language");
        let reference: Option<Date> = case["reference"].as_str().and_then(|day| day.get(..10)?.parse().ok());
        let asked = kind(case["kind"].as_str().expect("a kind"));
        let found = quantities(text, language, reference);
        let given: Vec<String> = found.iter().filter(|found| found.kind == asked).map(value_given).collect();
        let passes = same(&wanted(&case), &given);
        for group in ["all".to_owned(), format!("{language} {}", case["kind"].as_str().unwrap_or_default())] {
            let (passed, total) = right.entry(group).or_default();
            (*passed, *total) = (*passed + usize::from(passes), *total + 1);
        }
        if !passes {
            let _ = writeln!(missed, "{} {text}: wanted {:?} got {given:?}", case["id"], wanted(&case));
        }
    }
    for (group, (passed, total)) in &right {
        println!("{group}: {passed} of {total}");
    }
    if std::env::var_os("BELLWETHER_SHOW_MISSES").is_some() {
        println!("{missed}");
    }
    for (group, floor) in FLOORS {
        let (passed, total) = right[*group];
        let rate = passed as f64 / total as f64;
        assert!(rate >= *floor, "{group}: {passed} of {total} is below {floor}");
    }
}
