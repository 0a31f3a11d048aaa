//! Each kind of source from outside: the real binary against a site on loopback, judged by what the site saw and what
//! came of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod support;

use std::sync::{Arc, Mutex};

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use support::{Home, Site, text};

/// The parameters of a request.
fn parameters(headers: &HeaderMap) -> Vec<(String, String)> {
    let query = headers["test-query"].to_str().unwrap();
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn parameter(headers: &HeaderMap, name: &str) -> Option<String> {
    parameters(headers).into_iter().find(|(own, _)| own == name).map(|(_, value)| value)
}

/// A configuration with one source of this site. `{site}` in it is the site's address.
fn home(site: &Site, source: &str) -> Home {
    let crawler = format!(
        "[crawler]\ngap = \"1ms\"\nallow_private = [\"{}\"]\n\n[serve]\nlisten = \"127.0.0.1:0\"\n",
        site.address
    );
    Home::new(&format!("{crawler}{}", source.replace("{site}", &format!("http://{}", site.address))), "")
}

/// One pass over everything; the binary must end with 0.
fn crawl(home: &Home) {
    let output = home.run(&["crawl", "--all"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

fn figures(home: &Home) -> Vec<String> {
    let mut lines: Vec<String> = home
        .events()
        .iter()
        .map(|event| {
            let figure = &event["figure"];
            let partner = figure["partner"].as_str().unwrap_or("all");
            format!(
                "{} {} {partner} {} {} {}",
                figure["area"].as_str().unwrap(),
                figure["flow"].as_str().unwrap(),
                figure["period"].as_str().unwrap(),
                figure["value"],
                event["state"].as_str().unwrap()
            )
        })
        .collect();
    lines.sort();
    lines
}

const MONTHS: &str = r#"
[[source]]
id = "ministry"
kind = "api"
url = "{site}/data?series=trade&key=${PATH}"
trust = "official"
area = "TW"

[source.api]
rows = "/rows"
published = "/updated"

[source.api.next]
page = "page"
size = 2

[[source.api.figure]]
columns = "^(?<flow>exports|imports)$"
flow = "{flow}"
period = "{month}"
scale = "million"
"#;

/// Twelve months on pages of two, the newest first; the key must be right.
fn months(exports_of_first: i64) -> impl Fn(&str, &HeaderMap) -> Response {
    move |path, headers| {
        if path == "/robots.txt" {
            return StatusCode::NOT_FOUND.into_response();
        }
        if parameter(headers, "key") != std::env::var("PATH").ok() {
            return StatusCode::FORBIDDEN.into_response();
        }
        let page: usize = parameter(headers, "page").map_or(1, |page| page.parse().unwrap());
        let all: Vec<Value> = (0..5)
            .map(|back| json!({"month": format!("2025-{:02}", 12 - back), "exports": exports_of_first - back, "imports": 10 + back}))
            .collect();
        let rows: Vec<&Value> = all.iter().skip((page - 1) * 2).take(2).collect();
        (
            [(header::CONTENT_TYPE, "application/json")],
            json!({"updated": "2026-01-09T08:00:00Z", "rows": rows}).to_string(),
        )
            .into_response()
    }
}

#[test]
fn an_api_is_read_over_its_pages_and_its_key_stays_secret() {
    let newest = Arc::new(Mutex::new(500));
    let shown = Arc::clone(&newest);
    let site = Site::answering(move |path, headers, _| months(*shown.lock().unwrap())(path, headers));
    let home = home(&site, MONTHS);
    crawl(&home);
    let found = figures(&home);
    assert_eq!(found.len(), 10, "{found:#?}");
    assert!(found.contains(&"TW exports all 2025-12 500000000 new".to_owned()), "{found:#?}");
    assert!(found.contains(&"TW imports all 2025-08 14000000 new".to_owned()), "{found:#?}");
    // The last page is not full, so no fourth one is asked for.
    assert_eq!(site.paths().iter().filter(|path| *path == "/data").count(), 3);

    let event = home.events().into_iter().find(|event| event["figure"]["period"] == "2025-12").unwrap();
    let mention = &event["mentions"][0];
    assert!(mention["evidence"].to_string().contains("month: 2025-12"), "{mention}");
    assert!(mention["url"].as_str().unwrap().ends_with("/data?series=trade"), "{mention}");

    // A number that the agency corrects is a new vintage of the same event.
    *newest.lock().unwrap() = 501;
    crawl(&home);
    let found = figures(&home);
    assert_eq!(found.len(), 10, "{found:#?}");
    assert!(found.contains(&"TW exports all 2025-12 501000000 revised".to_owned()), "{found:#?}");
    let event = home
        .events()
        .into_iter()
        .find(|event| event["figure"]["period"] == "2025-12" && event["figure"]["flow"] == "exports")
        .unwrap();
    assert_eq!(event["vintages"].as_array().unwrap().len(), 2, "{event}");

    let key = std::env::var("PATH").unwrap();
    for file in walk(home.path()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(key.len()).any(|window| window == key.as_bytes()), "{}", file.display());
    }
    let told = home.run(&["--log", "debug", "crawl", "--all"]);
    assert!(!text(&told.stderr).contains(&key));
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn an_api_that_wants_a_body_is_asked_with_post() {
    let site = Site::answering(|path, headers, body| {
        if path == "/robots.txt" {
            return StatusCode::NOT_FOUND.into_response();
        }
        if headers["test-method"] != "POST" || headers[header::CONTENT_TYPE] != "application/json" {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        }
        let asked: Value = serde_json::from_slice(body).unwrap();
        let (rows, after) = match asked["after"].as_str().unwrap() {
            "" => (json!([["TWN", "202512", "7.5"], ["TWN", "202511", ".."]]), json!("x\"2")),
            "x\"2" => (json!([["USA", "202512", "8"]]), Value::Null),
            other => panic!("{other}"),
        };
        (
            [(header::CONTENT_TYPE, "application/json")],
            json!({"names": ["who", "when", "what"], "data": rows, "after": after}).to_string(),
        )
            .into_response()
    });
    let home = home(
        &site,
        r#"
[[source]]
id = "poster"
kind = "api"
url = "{site}/query"
trust = "official"

[source.api]
body = '{"what": "exports", "after": "{after}"}'
rows = "/data"
columns = "/names"

[source.api.next]
cursor = "/after"
parameter = "after"

[[source.api.figure]]
value = "{what}"
area = "{who}"
flow = "exports"
period = "{when}"
unit = "億美元"
"#,
    );
    crawl(&home);
    assert_eq!(figures(&home), ["TW exports all 2025-12 750000000 new", "US exports all 2025-12 800000000 new"]);
}

#[test]
fn the_examples_of_the_guide_can_be_loaded() {
    let guide = include_str!("../docs/APIS.md");
    let blocks: String = guide.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    let blocks = blocks.replace("${DATA_KEY}", "${PATH}");
    assert!(blocks.matches("[[source]]").count() >= 3);
    let home = Home::new(&format!("[crawler]\ncontact = \"mailto:a@example.org\"\n{blocks}"), "");
    assert_eq!(home.rows(&["sources", "list", "--format", "jsonl"], 0).len(), blocks.matches("[[source]]").count());
}

#[test]
fn a_source_that_cannot_be_meant_is_refused_with_its_place() {
    for (source, said) in [
        ("kind = \"listing\"\nlinks = \"li[\"", "source `x`: links: `li[` is no CSS selector"),
        ("kind = \"listing\"\nnext = \">>\"", "source `x`: next: `>>` is no CSS selector"),
        ("kind = \"listing\"\npages = 0", "source `x`: pages: must be at least 1"),
        ("kind = \"feed\"\nfollow = { within = \"soon\" }", "source `x`: follow.within"),
        ("kind = \"feed\"\n[source.api]\n", "only a source of kind `api`"),
        ("kind = \"api\"\n[source.api]\n", "source `x`: api: it says of no figure what the columns mean"),
        (
            "kind = \"api\"\n[source.api]\n[[source.api.figure]]\nvalue = \"{v}\"\nflow = \"sold\"\nperiod = \"{p}\"",
            "flow: `sold` is not known",
        ),
        ("kind = \"api\"\n[source.api]\nrow = \"/x\"", "unknown field `row`"),
    ] {
        let home = Home::new(&format!("[[source]]\nid = \"x\"\nurl = \"http://127.0.0.1/\"\n{source}"), "");
        let output = home.run(&["sources", "list"]);
        assert_eq!(output.status.code(), Some(2), "{source}");
        assert!(text(&output.stderr).contains(said), "{source}: {}", text(&output.stderr));
    }
}
