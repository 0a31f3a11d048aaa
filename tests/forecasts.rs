//! The book of forecasts through the real binary: a range that an article gives meets the value of the next month.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use serde_json::{Value, json};
use support::{Home, Pages, Site, sources_of_pages, text};

fn article(title: &str, day: &str, words: &str) -> String {
    format!(
        "<html lang=\"zh-Hant\"><head><title>{title}</title>\
         <meta property=\"article:published_time\" content=\"{day}T16:00:00+08:00\"></head><body><article>\
         <h1>{title}</h1><p>{words}</p><p>本頁由測試程式撰寫，數字僅供測試之用。</p></article></body></html>"
    )
}

#[test]
fn forecasts_meet_their_outcomes() {
    let pages = Pages::default();
    pages.put(
        "/december.html",
        article(
            "12月出口統計",
            "2026-01-09",
            "財政部今天公布2025年12月海關進出口統計，出口624.8億美元，年增43.4%。\
             財政部預估2026年1月出口可達581億至604億美元，年增50%至56%。",
        ),
    );
    pages.put(
        "/january.html",
        article("1月出口統計", "2026-02-07", "財政部今天公布2026年1月海關進出口統計，出口657.7億美元，年增55.2%。"),
    );
    let site = Site::of_pages(&pages);
    let official = "area = \"TW\"\ntrust = \"official\"";
    let sources = sources_of_pages(&site, &[("one", "/december.html", official), ("two", "/january.html", official)]);
    let home = Home::new(&sources, "");
    assert_eq!(home.run(&["crawl", "--all"]).status.code(), Some(0));

    let book = home.rows(&["events", "forecasts", "--area", "TW"], 0);
    let of = |measure: &str| -> &Value {
        let found: Vec<&Value> = book.iter().filter(|entry| entry["forecast"]["measure"] == measure).collect();
        assert_eq!(found.len(), 1, "{book:#?}");
        found[0]
    };
    let level = of("level");
    assert_eq!((&level["outcome"], &level["by"]), (&json!("above"), &json!(5_370_000_000_i64)), "{level}");
    assert_eq!(level["actual"]["value"], json!(65_770_000_000_i64));
    assert_eq!((&of("yoy")["outcome"], &of("yoy")["by"]), (&json!("inside"), &json!(0)));

    let records = home.rows(&["events", "forecasts", "--records"], 0);
    let told: Vec<(&str, u64, u64)> = records
        .iter()
        .map(|record| {
            let count = |name: &str| record[name].as_u64().unwrap();
            (record["measure"].as_str().unwrap(), count("inside"), count("above"))
        })
        .collect();
    assert_eq!(told, [("level", 0, 1), ("yoy", 1, 0)]);
    let page = text(&home.run(&["events", "forecasts", "--format", "table"]).stdout);
    assert!(page.contains("above by") && page.contains("1 of 1 inside"), "{page}");

    let before = home.rows(&["events", "forecasts", "--as-of", "2020-01-01T00:00:00Z"], 0);
    assert_eq!(before, Vec::<Value>::new());
}
