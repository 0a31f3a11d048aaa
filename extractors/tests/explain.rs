//! What `explain` tells: which words gave a number what, and why one was left out. The texts are our own.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use bellwether_extractors::explain::{Binding, ExplainedNumber, Explanation, Origin};
use bellwether_extractors::{PageContext, explain};
use bellwether_model::document::DocumentKind;
use bellwether_model::place::Area;

fn explained(text: &str, context: &PageContext) -> Explanation {
    let explanation = explain(text.as_bytes(), context);
    let characters: Vec<char> = explanation.document.text.chars().collect();
    let numbers = explanation.sentences.iter().flat_map(|sentence| &sentence.numbers);
    for number in numbers.chain(explanation.tables.iter().flat_map(|table| &table.cells)) {
        for words in number.bound.iter().filter_map(|bound| bound.words.as_ref()) {
            let there: String = characters[words.start..words.end].iter().collect();
            assert_eq!(there.trim(), words.text, "every span points at its words");
        }
    }
    explanation
}

fn article(paragraphs: &[&str]) -> Explanation {
    let body: String = paragraphs.iter().map(|paragraph| format!("<p>{paragraph}</p>")).collect();
    let page = format!("<html><body><article>{body}</article></body></html>");
    let context = PageContext {
        content_type: Some("text/html".to_owned()),
        kind: Some(DocumentKind::News),
        published: Some("2024-03-08".to_owned()),
        ..PageContext::default()
    };
    explained(&page, &context)
}

fn number<'a>(explanation: &'a Explanation, words: &str) -> &'a ExplainedNumber {
    let mut numbers = explanation.sentences.iter().flat_map(|sentence| &sentence.numbers);
    numbers.find(|number| number.words.text == words).unwrap_or_else(|| panic!("no number {words}"))
}

/// `what value from words` of each binding.
fn lines(bound: &[Binding]) -> Vec<String> {
    bound
        .iter()
        .map(|one| {
            let words = one.words.as_ref().map_or("-", |words| words.text.as_str());
            format!("{} {} {:?} {words}", one.what, one.value, one.from)
        })
        .collect()
}

#[test]
fn each_property_has_the_words_that_gave_it() {
    let explanation =
        article(&["財政部8日公布，2月出口318.4億美元，年增1.3%，進口240.1億美元，年減17.8%。", "對歐洲出口年減5.2%。"]);
    assert_eq!(
        lines(&number(&explanation, "17.8%").bound),
        [
            "economy TW Sentence 財政部",
            "flow imports Sentence 進口",
            "period 2024-02 Sentence 2月",
            "measure yoy Clause 年減",
            "sign - Clause 年減",
            "status actual Rule -",
            "unit percent Number 17.8%",
        ]
    );
    let europe = number(&explanation, "5.2%");
    let lines = lines(&europe.bound);
    assert!(lines.contains(&"partner EUROPE Clause 歐洲".to_owned()), "{lines:?}");
    assert!(lines.contains(&"period 2024-02 Lead 2月".to_owned()), "{lines:?}");
    assert!(lines.contains(&"economy TW Lead 財政部".to_owned()), "{lines:?}");
}

#[test]
fn a_forecast_names_its_word_and_who_expects() {
    let explanation = article(&["財政部預估3月出口年增率介於7%至10%。"]);
    let bound = lines(&number(&explanation, "7%至10%").bound);
    assert!(bound.iter().any(|line| line.starts_with("status forecast Clause ")), "{bound:?}");
    assert!(bound.contains(&"forecaster 財政部 Clause 財政部".to_owned()), "{bound:?}");
}

#[test]
fn what_is_left_out_has_a_reason() {
    let explanation = article(&[
        "Taiwan's exports in February rose 1.3% from a year earlier, 2.1 percentage points less than hoped.",
        "The company said its exports rose 40% in the quarter.",
    ]);
    assert_eq!(
        number(&explanation, "2.1 percentage points").left_out.as_deref(),
        Some("percentage points are no rate")
    );
    let company = number(&explanation, "40%");
    assert_eq!(company.left_out.as_deref(), Some("counts something that is no trade in goods"));
    assert!(lines(&company.bound).iter().any(|line| line.starts_with("left out")), "{:?}", company.bound);
}

#[test]
fn the_economy_of_the_settings_is_named_as_theirs() {
    let text = "Exports rose 4.1% from a year earlier in February 2024.";
    let mut context = PageContext { content_type: Some("text/plain".to_owned()), ..PageContext::default() };
    let without = explained(text, &context);
    assert!(without.document.economy.is_none() && !without.document.relevant);
    assert!(without.document.why.contains("whose trade it is stays open"), "{}", without.document.why);
    context.area = Some(Area::new("SG"));
    let with = explained(text, &context);
    assert_eq!(with.document.economy.as_ref().unwrap().from, Origin::Source);
    assert_eq!(lines(&number(&with, "4.1%").bound)[0], "economy SG Source -");
}

#[test]
fn a_fact_told_twice_says_where_it_was_kept() {
    let explanation = article(&[
        "Japan's exports grew 7% in January from a year earlier.",
        "Exports rose 7.2% in January from a year earlier, Japan's ministry said.",
    ]);
    let rough = number(&explanation, "7%");
    assert_eq!(rough.kept_at.as_ref().map(|words| words.text.as_str()), Some("7.2%"));
    assert!(number(&explanation, "7.2%").kept_at.is_none());
}

#[test]
fn cells_name_row_column_and_caption() {
    let context = PageContext {
        content_type: Some("text/markdown".to_owned()),
        published: Some("2024-03-08".to_owned()),
        ..PageContext::default()
    };
    let explanation = explained(
        "# 臺灣2024年2月出口\n\n表1 出口（單位：億美元）\n\n| 國家 | 金額 | 年增率(%) | 名次 |\n|---|---|---|---|\n| 美國 | 71.0 | 80.4 | 1 |\n| 亞特蘭提斯 | 2.0 | 1.0 | 2 |\n",
        &context,
    );
    let table = &explanation.tables[0];
    let rate = table.cells.iter().find(|cell| cell.words.text == "80.4").unwrap();
    assert_eq!(rate.cell, Some((1, 2)));
    let bound = lines(&rate.bound);
    assert!(bound.contains(&"partner US Row 美國".to_owned()), "{bound:?}");
    assert!(bound.contains(&"measure yoy Column 年增率(%)".to_owned()), "{bound:?}");
    assert!(table.columns[3].left_out.is_some());
    let unknown = table.rows.iter().find(|row| row.cells[0] == "亞特蘭提斯").unwrap();
    assert_eq!(unknown.left_out.as_deref(), Some("a word of its name is in no list"));
}

#[test]
fn people_are_told_with_verb_and_reason() {
    let explanation = article(&["財政部統計處長林秀蘭表示，接單動能回溫。", "證券分析師周國棟指出，庫存已去化。"]);
    let [official, analyst] = explanation.people.as_slice() else { panic!("{:?}", explanation.people) };
    assert!(official.taken && official.said[0].verb.as_deref() == Some("表示"));
    assert_eq!(official.introduced.as_ref().unwrap().text, "財政部統計處長林秀蘭");
    assert!(!analyst.taken);
    assert_eq!(analyst.why, "the title is no office of an authority");
}

#[test]
fn policy_actions_are_told_with_their_words() {
    let page = "<html><body><article><h1>商务部公告2031年第17号 公布对相关物项实施出口管制的决定</h1>\
        <p>根据有关法律，决定对相关物项实施出口管制。</p><p>本公告自2031年5月1日起正式实施。</p><p>商务部</p><p>2031年4月4日</p></article></body></html>";
    let context = PageContext {
        content_type: Some("text/html".to_owned()),
        kind: Some(DocumentKind::Policy),
        ..PageContext::default()
    };
    let explanation = explained(page, &context);
    let [one] = explanation.policy.actions.as_slice() else { panic!("{:?}", explanation.policy) };
    let bound = lines(&one.bound);
    assert!(
        bound.iter().any(|line| line.starts_with("number 2031-17 Document ") && line.contains("第17号")),
        "{bound:?}"
    );
    assert!(
        bound.iter().any(|line| line.starts_with("effective 2031-05-01 Document ") && line.contains("5月1日")),
        "{bound:?}"
    );
    let news = article(&["The ministry announced new rules."]);
    assert!(news.policy.why.starts_with("neither an announcement"));
    assert_eq!(news.document.why, "no sentence and no table holds a number");
}
