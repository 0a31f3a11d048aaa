//! Releases and reports in the styles of offices and newsrooms over the years, with every figure that an analyst takes.
//!
//! The texts are written for this test, a file a source in `figure_styles/`: `# day of publication`, the text, and one
//! line `= figure` for each fact, in any order.

mod figure_lines;
mod texts;

use std::collections::BTreeSet;
use std::path::Path;

use bellwether_extractors::figures::Mechanism;
use rust_decimal::Decimal;

/// A text with what it states.
struct Case {
    published: String,
    text: String,
    expected: BTreeSet<String>,
}

fn cases(file: &str) -> Vec<Case> {
    let content = texts::content(&format!("figure_styles/{file}"));
    let mut cases: Vec<Case> = Vec::new();
    for line in content.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(published) = line.strip_prefix("# ") {
            let published = published.to_owned();
            cases.push(Case { published, text: String::new(), expected: BTreeSet::new() });
            continue;
        }
        let case = cases.last_mut().expect("a day of publication stands first");
        match line.strip_prefix("= ") {
            Some(figure) => {
                case.expected.insert(written_out(figure));
            }
            None => {
                case.text.push_str(line);
                case.text.push('\n');
            }
        }
    }
    cases
}

/// A figure with its numbers in full, without powers of ten and closing zeros.
fn written_out(figure: &str) -> String {
    let number =
        |word: &str| word.parse().or_else(|_| Decimal::from_scientific(word)).map(|n| n.normalize().to_string());
    let word = |word: &str| match word.split_once("..") {
        Some((low, high)) => match (number(low), number(high)) {
            (Ok(low), Ok(high)) => format!("{low}..{high}"),
            _ => word.to_owned(),
        },
        None => number(word).unwrap_or_else(|_| word.to_owned()),
    };
    figure.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Asserts that each text of a file gives exactly its figures.
#[track_caller]
fn assert_file(file: &str) {
    let (mut wrong, mut right, mut of) = (String::new(), 0, 0);
    for case in cases(file) {
        let found: BTreeSet<String> =
            figure_lines::figures(&case.text, &case.published).lines().map(written_out).collect();
        right += found.intersection(&case.expected).count();
        of += case.expected.len();
        wrong.push_str(&texts::differences(&case.text, &case.expected, &found));
    }
    assert!(wrong.is_empty(), "{file}: {right} of {of} right\n{wrong}");
}

#[test]
fn taiwan() {
    assert_file("taiwan.txt");
}

#[test]
fn phrases_of_taiwan_and_hong_kong() {
    assert_file("taiwan_phrases.txt");
}

#[test]
fn economies_abroad_in_chinese() {
    assert_file("abroad.txt");
}

#[test]
fn china() {
    assert_file("china.txt");
}

#[test]
fn korea() {
    assert_file("korea.txt");
}

#[test]
fn japan() {
    assert_file("japan.txt");
}

#[test]
fn hong_kong_and_singapore() {
    assert_file("cities.txt");
}

#[test]
fn america() {
    assert_file("america.txt");
}

#[test]
fn other_economies() {
    assert_file("world.txt");
}

#[test]
fn rows_of_classes_and_partners() {
    assert_file("rows.txt");
}

#[test]
fn newswires() {
    assert_file("newswire.txt");
}

#[test]
fn what_is_no_trade_in_goods() {
    assert_file("nothing.txt");
}

#[test]
fn mainland_china_in_its_own_press() {
    assert_file("mainland.txt");
}

#[test]
fn pages_that_mirrors_damaged() {
    assert_file("damaged.txt");
}

/// Leaves out one mechanism at a time: what is worth nothing in all texts is either not needed or not tested.
/// `docs/ABLATION.md` has the numbers that it prints.
#[test]
#[expect(clippy::print_stdout, reason = "the numbers are for the person who runs the test")]
fn every_mechanism_is_needed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/figure_styles");
    let files = std::fs::read_dir(folder).expect("the texts can be listed");
    let names = files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
    let cases: Vec<Case> = names.flat_map(|name| cases(&name)).collect();
    let mut idle = Vec::new();
    for mechanism in Mechanism::ALL {
        let (mut lost, mut gained) = (0, 0);
        for case in &cases {
            let lines = figure_lines::figures_without(&case.text, &case.published, Some(mechanism));
            let found: BTreeSet<String> = lines.lines().map(written_out).collect();
            lost += case.expected.difference(&found).count();
            gained += found.difference(&case.expected).count();
        }
        println!("{}: {lost} lost, {gained} wrongly gained", mechanism.name());
        // These texts have no tables, and each tells a fact once.
        let elsewhere = [Mechanism::Tables, Mechanism::Merging, Mechanism::Contradictions].contains(&mechanism);
        if (lost, gained) == (0, 0) && !elsewhere {
            idle.push(mechanism);
        }
    }
    assert!(idle.is_empty(), "no text needs {idle:?}");
}

#[test]
fn chinese_sentences_that_turn_to_another_partner_class_or_forecaster() {
    assert_file("turns.txt");
}

#[test]
fn english_clauses_attached_to_a_class_or_a_partner() {
    assert_file("attached.txt");
}

#[test]
fn a_title_of_which_the_body_speaks_in_tonnes_tells_no_rate_of_money() {
    let body = "China's imports grew 14.3 percent in September. Soybean imports dropped 13.5 percent to";
    let title = "China's soybean imports drop 13.5% in September";
    let lines = |rest: &str| figure_lines::figures(&format!("{title}\n\n{body} {rest}\n"), "2018-10-22");
    assert!(!lines("8.01 million tonnes.").contains("13.5"), "{}", lines("8.01 million tonnes."));
    assert!(lines("$3.4 billion.").contains("13.5"), "{}", lines("$3.4 billion."));
}

#[test]
fn points_of_a_list_go_on_with_the_flow_of_the_point_before() {
    use bellwether_model::document::{Block, BlockRole};
    let points =
        ["韓國4月半導體出口年增17.2%", "石油製品年減6.1%", "對中國出口年增3.9%", "對越南年增2.5%", "日本經濟成長1.1%"];
    let mut text = String::new();
    let mut blocks = Vec::new();
    for point in points {
        let start = text.len();
        text.push_str(point);
        blocks.push(Block { role: BlockRole::ListItem, span: start..text.len(), level: 0, table: None });
        text.push('\n');
    }
    let lines = figure_lines::print(&figure_lines::document(text, blocks, Vec::new()), "2025-05-01", None);
    let expected = [
        "KR exports of 半導體 yoy 17.2 percent 2025-04 actual",
        "KR exports of 石油製品 yoy -6.1 percent 2025-04 actual",
        "KR exports with CN yoy 3.9 percent 2025-04 actual",
        "KR exports with VN yoy 2.5 percent 2025-04 actual",
    ];
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
}
