//! The whole line through the real binary: pages on loopback in, events, flags and alerts out; again; corrected; killed.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};
use support::{Home, Pages, Site, shared, sources_of_pages, text};

/// The figure with this identity, if there is exactly one.
fn figure<'a>(events: &'a [Value], wanted: &Value) -> Option<&'a Value> {
    let matches =
        |event: &&Value| wanted.as_object().unwrap().iter().all(|(key, value)| same(&event["figure"][key], value));
    let found: Vec<&Value> = events.iter().filter(|event| event["kind"] == "figure").filter(matches).collect();
    (found.len() == 1).then(|| found[0])
}

fn same(found: &Value, wanted: &Value) -> bool {
    match (found.as_f64(), wanted.as_f64()) {
        (Some(found), Some(wanted)) => (found - wanted).abs() <= wanted.abs() * 1e-9,
        _ => found == wanted,
    }
}

const SEEDS: &[(&str, &str, &str)] = &[
    ("annual", "/seed-000-tw-2025-annual.html", "area = \"TW\""),
    ("forum", "/seed-001-tw-2023-11-ptt.txt", "area = \"TW\"\ntrust = \"forum\""),
    ("briefing-7", "/seed-002-briefing-2026-w07.md", ""),
    ("table", "/seed-003-us-2026-01-table.md", "area = \"US\""),
    ("briefing-6", "/seed-004-briefing-2026-w06.md", ""),
];

#[test]
fn seed_documents_become_events_once() {
    let Some(shared) = shared() else { return };
    let pages = Pages::default();
    for (_, path, _) in SEEDS {
        pages.put(path, std::fs::read(shared.join("corpus/texts").join(&path[1..])).unwrap());
    }
    let site = Site::of_pages(&pages);
    let home = Home::new(&sources_of_pages(&site, SEEDS), "[[channel]]\nid = \"log\"\nkind = \"log\"\n");
    let crawled = home.run(&["crawl", "--all"]);
    assert_eq!(crawled.status.code(), Some(0), "{}", text(&crawled.stderr));
    let events = home.events();

    let tw = |more: Value| merged(json!({"area": "TW", "partner": null, "product": null}), more);
    let us = |more: Value| merged(json!({"area": "US", "product": null, "period": "2026-01"}), more);
    for wanted in [
        tw(json!({"flow": "exports", "period": "2025", "measure": "level", "value": 640.75e9, "unit": "USD"})),
        tw(json!({"flow": "exports", "period": "2025", "measure": "yoy", "value": 34.9})),
        tw(json!({"flow": "exports", "period": "2025-12", "measure": "level", "value": 62.48e9})),
        tw(json!({"flow": "exports", "period": "2025-12", "measure": "yoy", "value": 43.4})),
        tw(
            json!({"flow": "exports", "period": "2026-01", "measure": "level", "status": "forecast", "low": 58.1e9, "high": 60.4e9}),
        ),
        tw(
            json!({"flow": "exports", "period": "2026-01", "measure": "yoy", "status": "forecast", "low": 50, "high": 56}),
        ),
        tw(json!({"flow": "exports", "period": "2023-11", "measure": "level", "value": 37.47e9})),
        tw(json!({"flow": "exports", "period": "2023-11", "measure": "yoy", "value": 3.8})),
        tw(json!({"flow": "imports", "period": "2023-11", "measure": "level", "value": 27.67e9})),
        tw(json!({"flow": "imports", "period": "2023-11", "measure": "yoy", "value": -14.8})),
        tw(json!({"flow": "balance", "period": "2023-01/2023-11", "measure": "level", "value": 69.46e9})),
        tw(
            json!({"flow": "exports", "period": "2023-12", "measure": "level", "status": "forecast", "low": 37.2e9, "high": 38.2e9}),
        ),
        tw(
            json!({"flow": "exports", "period": "2023-12", "measure": "yoy", "status": "forecast", "low": 4, "high": 7}),
        ),
        us(json!({"flow": "exports", "partner": null, "measure": "level", "value": 186.39e9})),
        us(json!({"flow": "exports", "partner": null, "measure": "yoy", "value": 13.65})),
        us(json!({"flow": "imports", "partner": null, "measure": "level", "value": 260.54e9})),
        us(json!({"flow": "imports", "partner": null, "measure": "yoy", "value": -17.89})),
        us(json!({"flow": "total", "partner": null, "measure": "level", "value": 446.92e9})),
        us(json!({"flow": "total", "partner": null, "measure": "yoy", "value": -7.14})),
        us(json!({"flow": "balance", "partner": null, "measure": "level", "value": -74.15e9})),
        us(json!({"flow": "balance", "partner": null, "measure": "yoy", "value": -51.63})),
        us(json!({"flow": "total", "partner": "TW", "measure": "level", "value": 26.61e9})),
        us(json!({"flow": "total", "partner": "TW", "measure": "yoy", "value": 84.3})),
        us(json!({"flow": "exports", "partner": "TW", "measure": "level", "value": 4.91e9})),
        us(json!({"flow": "exports", "partner": "TW", "measure": "yoy", "value": 45.97})),
        us(json!({"flow": "imports", "partner": "TW", "measure": "level", "value": 21.69e9})),
        us(json!({"flow": "imports", "partner": "TW", "measure": "yoy", "value": 95.96})),
        us(json!({"flow": "balance", "partner": "TW", "measure": "level", "value": -16.78e9})),
        us(json!({"flow": "balance", "partner": "TW", "measure": "yoy", "value": 117.81})),
    ] {
        let Some(event) = figure(&events, &wanted) else { panic!("missing, or more than once: {wanted}") };
        assert!(!event["mentions"][0]["evidence"]["text"].as_str().unwrap().is_empty(), "{wanted} has evidence");
    }
    let speaker = |event: &&Value| {
        event["statement"]["name"] == "蔡美娜"
            && event["statement"]["org"].as_str().is_some_and(|org| org.starts_with('財') || org.starts_with('财'))
    };
    assert!(events.iter().filter(speaker).count() >= 5, "statements of the head of statistics");
    let november = figure(&events, &tw(json!({"flow": "exports", "period": "2023-11", "measure": "level"}))).unwrap();
    let post = &november["documents"][0];
    let counts = &post["comments"];
    assert_eq!(counts["push"].as_u64().unwrap() - counts["boo"].as_u64().unwrap(), 11, "{post}");
    assert!(
        counts["neutral"].as_u64().unwrap() > 0 && post["cites"].as_str().unwrap().contains("cna.com.tw"),
        "{post}"
    );
    let shown = home.run(&["events", "show", november["id"].as_str().unwrap(), "--format", "table"]);
    assert!(
        text(&shown.stdout).contains("comments: ") && text(&shown.stdout).contains("cites https://"),
        "{}",
        text(&shown.stdout)
    );
    let shown = home.run(&["events", "show", events[0]["id"].as_str().unwrap(), "--format", "table"]);
    assert!(text(&shown.stdout).contains("characters"), "{}", text(&shown.stdout));

    // The same again: nothing new, nothing changed, nobody told.
    let again = home.run(&["crawl", "--all"]);
    assert!(text(&again.stderr).contains("0 fetched, 5 unchanged"), "{}", text(&again.stderr));
    assert_eq!(home.events(), events);
}

fn merged(mut base: Value, more: Value) -> Value {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

const BEFORE: &str = "<html lang='zh-Hant'><head><meta charset='utf-8'><title>出口統計</title><meta property='article:published_time' content='2025-06-09T16:00:00+08:00'></head><body><article><h1>5月出口創新高</h1><p>財政部9日公布，2025年5月出口517.4億美元，年增38.6%；進口391.3億美元，年增25.0%。</p><p>本頁由測試程式撰寫，數字僅供測試之用，請勿引用於其他場合。</p></article></body></html>";

/// A receiver that refuses its first delivery and keeps the ids and bodies of the others.
fn receiver(taken: &Taken) -> Site {
    let taken = std::sync::Arc::clone(taken);
    Site::answering(move |_, headers, body| {
        let id = headers["webhook-id"].to_str().unwrap().to_owned();
        taken.lock().unwrap().push((id, serde_json::from_slice(body).unwrap()));
        StatusCode::NO_CONTENT.into_response()
    })
}

type Taken = std::sync::Arc<std::sync::Mutex<Vec<(String, Value)>>>;

fn watchlist(receiver: &Site) -> String {
    format!(
        "[alerts]\nallow_private = [\"{0}\"]\n\n[[channel]]\nid = \"desk\"\nkind = \"webhook\"\nurl = \"http://{0}/\"\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n\n\
         [[watch]]\nid = \"growth\"\ntitle = \"growth\"\nwhen = {{ area = \"TW\", flow = \"exports\", measure = \"yoy\", above = 30 }}\nchannels = [\"desk\"]\n",
        receiver.address
    )
}

#[test]
fn a_corrected_figure_is_a_vintage_and_a_revision_alert() {
    let pages = Pages::default();
    pages.put("/a.html", BEFORE);
    let (site, taken) = (Site::of_pages(&pages), Taken::default());
    let desk = receiver(&taken);
    let home = Home::new(
        &sources_of_pages(
            &site,
            &[("ministry", "/a.html", "area = \"TW\"\ntrust = \"official\"\ntimezone = \"Asia/Taipei\"")],
        ),
        &watchlist(&desk),
    );
    assert_eq!(home.run(&["crawl", "--all"]).status.code(), Some(0));
    pages.put("/a.html", BEFORE.replace("517.4億", "516.9億"));
    assert_eq!(home.run(&["crawl", "--all"]).status.code(), Some(0));

    let events = home.events();
    let exports = figure(
        &events,
        &json!({"area": "TW", "flow": "exports", "period": "2025-05", "measure": "level", "partner": null}),
    )
    .expect("one event");
    assert_eq!(exports["state"], "revised");
    let values: Vec<&Value> = exports["vintages"].as_array().unwrap().iter().map(|vintage| &vintage["value"]).collect();
    assert_eq!(values, [&json!(51_740_000_000_i64), &json!(51_690_000_000_i64)]);
    let taken = taken.lock().unwrap();
    let revision =
        taken.iter().find(|(_, body)| body["type"] == "figure.revised").expect("an alert tells of the revision");
    let data = revision.1["data"].to_string();
    assert!(data.contains("51740000000") && data.contains("51690000000"), "{data}");
}

#[test]
fn twenty_kills_lose_nothing_and_double_nothing() {
    let pages = Pages::default();
    let sources: Vec<(String, String)> =
        (1..=6).map(|month| (format!("page-{month}"), format!("/{month}.html"))).collect();
    for (month, (_, path)) in (1..=6).zip(&sources) {
        pages.put(
            path,
            BEFORE
                .replace("5月出口", &format!("{month}月出口"))
                .replace("2025年5月", &format!("2025年{month}月"))
                .replace("2025-06-09", "2025-09-09"),
        );
    }
    let (site, taken) = (Site::of_pages(&pages), Taken::default());
    let desk = receiver(&taken);
    let rows: Vec<(&str, &str, &str)> =
        sources.iter().map(|(id, path)| (id.as_str(), path.as_str(), "area = \"TW\"\ntrust = \"official\"")).collect();
    let toml = sources_of_pages(&site, &rows);

    let undisturbed = Home::new(&toml, &watchlist(&desk));
    assert_eq!(undisturbed.run(&["crawl", "--all"]).status.code(), Some(0));
    let wanted = without_times(&undisturbed.events());
    let wanted_alerts: BTreeSet<String> = taken.lock().unwrap().drain(..).map(|(id, _)| id).collect();
    assert!(!wanted_alerts.is_empty());

    // Five kills in each of four stores: before the store is open, while pages are fetched and read, while flags and
    // alerts are made, while alerts are delivered. How far the pass has come is told by its own narration.
    for home_number in 0..4 {
        let home = Home::new(&toml, &watchlist(&desk));
        for lines_until_kill in [0, 2 + home_number, 9 + 2 * home_number, 20 + 3 * home_number, 33 + 5 * home_number] {
            let mut child = home.start(&["crawl", "--all"]);
            let narration = BufReader::new(child.stderr.take().unwrap());
            narration.lines().take(lines_until_kill).for_each(drop);
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let last = home.run(&["crawl", "--all"]);
        assert_eq!(last.status.code(), Some(0), "{}", text(&last.stderr));
        assert_eq!(without_times(&home.events()), wanted);
        let told: BTreeSet<String> = taken.lock().unwrap().drain(..).map(|(id, _)| id).collect();
        assert_eq!(told, wanted_alerts, "the same alerts with the same ids, however often each was sent");
        assert_eq!(home.run(&["store", "verify"]).status.code(), Some(0));
    }
}

/// Events without what differs between two runs: times of reading.
fn without_times(events: &[Value]) -> Vec<Value> {
    let mut events = events.to_vec();
    for event in &mut events {
        for key in ["first_seen", "changed"] {
            assert!(event[key].is_string());
            event[key] = Value::Null;
        }
        for mention in event["mentions"].as_array_mut().unwrap() {
            mention["at"] = Value::Null;
        }
        for vintage in event["vintages"].as_array_mut().unwrap() {
            vintage["from"] = Value::Null;
        }
    }
    events
}
