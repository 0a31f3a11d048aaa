//! Parts of a condition that look beyond the event: its reports, its series, and what other conditions say.

use bellwether_model::event::{Fact, Mention};
use bellwether_model::figure::{Amount, Figure, Flow, Measure, Status};
use bellwether_model::source::Trust;

use super::condition::{Verdict, judge};
use super::plan_tests::{Earlier, condition, figure, mention, row};

/// What a condition says of a figure of Taiwan's exports in 2025-12; `yes: …` or `no: …`.
fn verdict(when: &str, figure: &Figure, earlier: &Earlier) -> String {
    let Ok(verdict) = judge(&condition(when), &row(Fact::Figure(figure.clone())), earlier);
    match verdict {
        Verdict::Met(clauses) => format!("yes: {}", clauses.join(", ")),
        Verdict::Unmet(why) => format!("no: {why}"),
    }
}

/// Figures of other periods, `2025-11 64` or `2025-12 58..60 forecast`.
fn series(measure: Measure, values: &[&str]) -> Earlier {
    let series = values.iter().map(|text| {
        let words: Vec<&str> = text.split(' ').collect();
        let forecast = words.get(2) == Some(&"forecast");
        Figure {
            period: words[0].parse().expect("a period"),
            status: if forecast { Status::Forecast } else { Status::Actual },
            forecaster: forecast.then(|| "財政部".to_owned()),
            ..figure(measure, words[1])
        }
    });
    Earlier { series: series.collect(), ..Earlier::default() }
}

#[test]
fn conditions_are_combined() {
    let rate = figure(Measure::Yoy, "43.4");
    let say = |when: &str| verdict(when, &rate, &Earlier::default());
    assert_eq!(say("area = \"TW\"\nany = [{ above = 50 }, { above = 40 }]"), "yes: above 40%");
    assert_eq!(
        say("any = [{ above = 50 }, { area = \"KR\" }]"),
        "no: the value is +43.4% on a year before; the economy is TW"
    );
    assert_eq!(say("all = [{ above = 40 }, { flow = \"exports\" }, { below = 50 }]"), "yes: above 40%, below 50%");
    assert_eq!(say("all = [{ above = 40 }, { flow = \"imports\" }]"), "no: the flow is exports");
    assert_eq!(say("area = \"TW\"\nnot = { above = 40 }"), "no: it is above 40%");
    assert_eq!(say("area = \"TW\"\nnot = { any = [{ above = 50 }, { flow = \"imports\" }] }"), "yes: ");
}

#[test]
fn words_count_as_near_within_their_stretch_only() {
    let level = figure(Measure::Level, "62480000000");
    // 12月出口624.8億美元,年增43.4%
    let say = |near: &str| verdict(&format!("near = {near}"), &level, &Earlier::default());
    assert_eq!(say("{ words = [\"出口\", \"亿美元\"], within = 10 }"), "yes: ");
    assert_eq!(
        say("{ words = [\"出口\", \"億美元\"], within = 9 }"),
        "no: its words do not hold within 9 characters: 出口, 億美元"
    );
    assert!(say("{ words = [\"出口\", \"關稅\"], within = 100 }").starts_with("no"));
}

#[test]
fn sites_are_counted_once_and_only_where_they_agree() {
    let said = |url: &str, text: &str, trust: Trust, agrees: bool| Mention {
        url: url.to_owned(),
        trust,
        agrees,
        ..mention(text)
    };
    let mentions = vec![
        said("https://www.wire.example/1", "12月出口624.8億美元。", Trust::Press, true),
        said("https://wire.example/2", "十二月出口達624.8億美元。", Trust::Press, true),
        said("https://paper.example/3", "去年12月出口值624.8億美元。", Trust::Press, true),
        // Copies, one of them in the other script.
        said("https://mirror.example/5", "12月出口624.8亿美元", Trust::Press, true),
        said("https://portal.example/6", "去年12月出口值 624.8億美元。", Trust::Press, true),
        said("https://office.example/4", "12月出口六百億美元。", Trust::Official, false),
    ];
    let earlier = Earlier { mentions, ..Earlier::default() };
    let level = figure(Measure::Level, "62480000000");
    assert_eq!(verdict("outlets = 2", &level, &earlier), "yes: on 2 sites");
    assert_eq!(verdict("outlets = 3", &level, &earlier), "no: on 2 sites");
    assert_eq!(verdict("trust = \"press\"", &level, &earlier), "yes: ");
    assert!(verdict("trust = \"official\"", &level, &earlier).starts_with("no"));
}

#[test]
fn sites_that_have_it_from_one_source_are_one() {
    let said = |url: &str, text: &str, cites: Option<&str>| Mention {
        url: url.to_owned(),
        cites: cites.map(str::to_owned),
        ..mention(text)
    };
    let level = figure(Measure::Level, "62480000000");
    let sites = |mentions: Vec<Mention>| {
        let earlier = Earlier { mentions, ..Earlier::default() };
        verdict("outlets = 2", &level, &earlier)
    };
    let agency = "https://www.agency.example/news/77";
    let paper = said("https://paper.example/1", "出口達624.8億美元，創新高。", Some(agency));
    assert_eq!(sites(vec![paper.clone(), said(agency, "12月出口624.8億美元。", None)]), "no: on 1 sites");
    // Two that repeat the agency in their own words, which nobody read.
    let portal = said("https://portal.example/9", "上月出口是624.8億美元。", Some("https://agency.example/news/78"));
    assert_eq!(sites(vec![paper.clone(), portal.clone()]), "no: on 1 sites");
    // A repost of the repost.
    let board = said("https://board.example/5", "[新聞] 出口624.8億", Some("https://portal.example/9"));
    assert_eq!(sites(vec![paper.clone(), board, portal]), "no: on 1 sites");
    let other = said("https://daily.example/2", "財政部說出口624.8億美元。", Some("https://wire.example/3"));
    assert_eq!(sites(vec![paper, other]), "yes: on 2 sites");
}

#[test]
fn names_under_one_registered_domain_are_one_site() {
    let level = figure(Measure::Level, "62480000000");
    // Each in other words, so that only the addresses can say that they are one.
    let sites = |addresses: &[&str]| {
        let told = addresses.iter().zip(1..).map(|(url, number)| Mention {
            url: (*url).to_owned(),
            ..mention(&format!("出口624.8億美元，第{number}種說法。"))
        });
        let earlier = Earlier { mentions: told.collect(), ..Earlier::default() };
        verdict("outlets = 2", &level, &earlier)
    };
    for one in [
        ["https://news.wire.com/1", "https://m.wire.com/2"],
        ["https://tw.news.wire.com.tw/1", "https://www.wire.com.tw/2"],
        ["https://Finance.Wire.com.cn:8443/1", "https://wire.com.cn./2"],
        ["https://新聞.example.tw/1", "https://xn--efv53x.example.tw/2"],
        ["http://[2001:db8::1]/1", "http://[2001:db8:0::1]:80/2"],
        ["http://localhost/1", "http://localhost/2"],
    ] {
        assert_eq!(sites(&one), "no: on 1 sites", "{one:?}");
    }
    for two in [
        ["https://wire.com/1", "https://wire.com.tw/2"],
        ["https://mof.gov.tw/1", "https://trade.gov.tw/2"],
        ["https://ann.github.io/1", "https://bob.github.io/2"],
        ["https://ann.blogspot.com/1", "https://bob.blogspot.com/2"],
        ["http://192.0.2.1/1", "http://198.51.2.1/2"],
        ["http://192.0.2.1:8001/1", "http://192.0.2.1:8002/2"],
    ] {
        assert_eq!(sites(&two), "yes: on 2 sites", "{two:?}");
    }
}

#[test]
fn a_value_moves_against_the_period_before() {
    let level = figure(Measure::Level, "62500000000");
    let earlier = series(Measure::Level, &["2025-10 61800000000", "2025-11 50000000000", "2025 600000000000"]);
    assert_eq!(verdict("moved = { up = 20 }", &level, &earlier), "yes: up 25% on 2025-11");
    assert_eq!(verdict("moved = { up = 30, down = 1 }", &level, &earlier), "no: up 25% on 2025-11");
    let gap = series(Measure::Level, &["2025-10 61800000000"]);
    assert!(verdict("moved = { up = 1 }", &level, &gap).starts_with("no: the store holds no value"));
    // Rates move by points.
    let rates = series(Measure::Yoy, &["2025-11 56"]);
    assert_eq!(
        verdict("moved = { down = 10 }", &figure(Measure::Yoy, "43.4"), &rates),
        "yes: down 12.6 points on 2025-11"
    );
}

#[test]
fn a_record_needs_enough_values_before_it() {
    let level = figure(Measure::Level, "62500000000");
    let earlier = series(Measure::Level, &["2025-09 54200000000", "2025-10 61800000000", "2026-01 70000000000"]);
    assert_eq!(verdict("record = { end = \"high\", among = 2 }", &level, &earlier), "yes: the highest of 3 values");
    assert_eq!(
        verdict("record = { end = \"high\" }", &level, &earlier),
        "no: the store holds 2 earlier values, of 11 that are wanted"
    );
    assert_eq!(
        verdict("record = { end = \"low\", among = 2 }", &level, &earlier),
        "no: it is not the lowest: 2025-09 was 54.2 billion USD"
    );
}

#[test]
fn a_streak_ends_at_a_gap() {
    let rate = figure(Measure::Yoy, "43.4");
    let earlier = series(Measure::Yoy, &["2025-08 34.1", "2025-09 33.8", "2025-10 49.7", "2025-11 56"]);
    assert_eq!(verdict("streak = { of = \"positive\", at_least = 5 }", &rate, &earlier), "yes: 5 in a row above zero");
    assert_eq!(verdict("streak = { of = \"rising\", at_least = 1 }", &rate, &earlier), "no: 0 in a row rising");
    let gap = series(Measure::Yoy, &["2025-08 34.1", "2025-09 33.8", "2025-11 56"]);
    assert_eq!(verdict("streak = { of = \"positive\", at_least = 3 }", &rate, &gap), "no: 2 in a row above zero");
    let turned = series(Measure::Yoy, &["2025-10 49.7", "2025-11 -1"]);
    assert_eq!(verdict("streak = { of = \"positive\", at_least = 2 }", &rate, &turned), "no: 1 in a row above zero");
}

#[test]
fn a_forecast_is_missed_by_so_much() {
    let level = figure(Measure::Level, "66000000000");
    let earlier = series(Measure::Level, &["2025-12 58000000000..60000000000 forecast"]);
    let expected = "what 財政部 expected: 58 billion USD to 60 billion USD";
    assert_eq!(verdict("missed = {}", &level, &earlier), format!("yes: 10% above {expected}"));
    assert_eq!(verdict("missed = { by = 12 }", &level, &earlier), format!("no: 10% above {expected}"));
    assert_eq!(verdict("missed = { side = \"below\" }", &level, &earlier), format!("no: 10% above {expected}"));
    let inside = figure(Measure::Level, "59000000000");
    assert_eq!(verdict("missed = {}", &inside, &earlier), format!("no: inside of {expected}"));
    assert_eq!(verdict("missed = {}", &inside, &Earlier::default()), "no: the store holds no forecast of it");
    let forecast = Figure { status: Status::Forecast, ..level };
    assert_eq!(verdict("missed = {}", &forecast, &earlier), "no: it is a forecast, and has no series");
}

#[test]
fn what_is_no_figure_has_no_series() {
    let orders =
        Figure { flow: Flow::Orders, amount: Amount::Value { value: 1.into() }, ..figure(Measure::Level, "1") };
    assert!(verdict("record = { end = \"high\", among = 0 }", &orders, &Earlier::default()).starts_with("yes"));
}
