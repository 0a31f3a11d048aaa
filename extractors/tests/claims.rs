//! What texts claim of their figures: records, streaks, first times. One helper, many small cases.

use bellwether_extractors::{PageContext, extract};
use bellwether_model::claim::{Among, Of, Said};
use bellwether_model::watch::RecordEnd;

/// The claims of a text, one line each: the figure of which something is claimed, and what.
fn claims(text: &str) -> Vec<String> {
    let page = format!("海關進出口統計\n\n{text}\n");
    let context = PageContext { published: Some("2026-01-09".to_owned()), ..PageContext::default() };
    let extraction = extract(page.as_bytes(), &context);
    let figures = extraction.figures.iter();
    let document: Vec<char> = extraction.document.text.chars().collect();
    figures
        .flat_map(|figure| figure.claims.iter().map(move |claim| (figure, claim)))
        .map(|(figure, claim)| {
            let place = claim.evidence.start..claim.evidence.end;
            assert_eq!(
                document[place].iter().collect::<String>().trim(),
                claim.evidence.text,
                "its place is its words'"
            );
            let partner = figure.partner.as_ref().map(|partner| format!(" {partner}")).unwrap_or_default();
            let about = format!("{}{partner} {} {}", figure.flow.code(), figure.measure.code(), figure.period);
            format!("{about}: {}", said(&claim.said))
        })
        .collect()
}

fn said(said: &Said) -> String {
    match said {
        Said::Record { end, of, rank, among } => {
            let end = if *end == RecordEnd::High { "highest" } else { "lowest" };
            let of = match of {
                Of::Value => "value",
                Of::Growth => "growth",
                Of::Either => "value or growth",
            };
            let rank = if *rank == 1 { String::new() } else { format!("{rank}. ") };
            let among = match among {
                Among::All => String::new(),
                Among::SamePart => " of the same month".to_owned(),
                Among::Since { since } => format!(" since {since}"),
                Among::Within { count, each } => format!(" in {count} {each:?}"),
            };
            format!("{rank}{end} {of}{among}")
        }
        Said::Streak { growing, count, each } => {
            format!("{} for {count} {each:?}", if *growing { "grows" } else { "shrinks" })
        }
        Said::FirstAbove { amount, currency } => format!("first above {amount} {}", currency.as_str()),
    }
}

#[test]
fn records_are_read_with_what_they_are_among() {
    let exports = "財政部9日公布，2025年12月出口624.8億美元，";
    for (words, expected) in [
        ("創歷年單月新高。", "exports level 2025-12: highest value"),
        ("為歷年單月次高。", "exports level 2025-12: 2. highest value"),
        ("創歷年同期新高。", "exports level 2025-12: highest value of the same month"),
        ("創近兩年新低。", "exports level 2025-12: lowest value in 2 Year"),
        ("寫下16個月來新高。", "exports level 2025-12: highest value in 16 Month"),
        ("創2011年以來新高。", "exports level 2025-12: highest value since 2011"),
        ("年增43.4%，創歷年單月新高。", "exports level 2025-12: highest value"),
        ("年增43.4%，創5個月以來新高。", "exports yoy 2025-12: highest value or growth in 5 Month"),
        ("年增43.4%，創5個月以來最快增速。", "exports yoy 2025-12: highest growth in 5 Month"),
        ("年減3.4%，創2011年以來最大跌幅。", "exports yoy 2025-12: lowest growth since 2011"),
    ] {
        assert_eq!(claims(&format!("{exports}{words}")), [expected], "{words}");
    }
    let simplified = "海关总署9日公布，2025年12月中国出口3357.8亿美元，创历史新高。";
    assert_eq!(claims(simplified), ["exports level 2025-12: highest value"]);
}

#[test]
fn streaks_and_first_times_are_read() {
    for (text, expected) in [
        (
            "財政部9日公布，2025年12月出口624.8億美元，年增43.4%，連續26個月正成長。",
            "exports yoy 2025-12: grows for 26 Month",
        ),
        (
            "財政部9日公布，2025年12月進口430.5億美元，年減4.9%，連續三個月衰退。",
            "imports yoy 2025-12: shrinks for 3 Month",
        ),
        (
            "財政部9日公布，2025年12月出口624.8億美元，首度突破600億美元。",
            "exports level 2025-12: first above 60000000000 USD",
        ),
        (
            "Taiwan's exports rose 43.4 percent from a year earlier in December 2025 for a sixth straight month.",
            "exports yoy 2025-12: grows for 6 Month",
        ),
    ] {
        assert_eq!(claims(text), [expected], "{text}");
    }
}

#[test]
fn english_records_are_read() {
    let exports = "Taiwan's exports were $62.48 billion in December 2025, ";
    for (words, expected) in [
        ("a record high.", None),
        ("hitting a record high.", Some("exports level 2025-12: highest value")),
        ("the highest since March 2011.", Some("exports level 2025-12: highest value since 2011-03")),
        ("the lowest in 16 months.", Some("exports level 2025-12: lowest value in 16 Month")),
        ("the highest on record.", Some("exports level 2025-12: highest value")),
    ] {
        let found = claims(&format!("{exports}{words}"));
        if let Some(expected) = expected {
            assert_eq!(found, [expected], "{words}");
        }
    }
}

#[test]
fn what_is_denied_expected_or_said_of_others_is_no_claim() {
    for text in [
        "財政部9日公布，2025年12月出口624.8億美元，未能創下歷年單月新高。",
        "財政部9日公布，2025年12月出口624.8億美元，為六國中最高。",
        "財政部9日公布，2025年12月出口624.8億美元 台股收盤創新高",
        "財政部9日公布，2025年12月出口624.8億美元，結束連續3個月衰退。",
        "財政部9日公布，2025年12月出口624.8億美元，年增43.4%，連續3個月成長放緩。",
        "財政部9日公布，2025年12月出口624.8億美元，明年可望創歷年新高。",
        "Taiwan's exports were $62.48 billion in December 2025, below the previous record high of $64.05 billion.",
        "Taiwan's exports were $62.48 billion in December 2025, ending three straight months of decline.",
    ] {
        assert_eq!(claims(text), [""; 0], "{text}");
    }
}

#[test]
fn a_claim_is_of_its_part_of_the_sentence() {
    let text = "財政部9日公布，2025年12月出口624.8億美元，年增43.4%，創歷年單月新高；進口430.5億美元，年增14.9%，為歷年單月次高。";
    assert_eq!(claims(text), ["exports level 2025-12: highest value", "imports level 2025-12: 2. highest value"]);
}
