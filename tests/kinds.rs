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

/// A site of pages by path, which can be changed while it runs; everything else is not there.
fn pages(pages: &support::Pages) -> Site {
    Site::of_pages(pages)
}

fn count(site: &Site, path: &str) -> usize {
    site.paths().iter().filter(|asked| *asked == path).count()
}

fn article(title: &str, words: &str) -> String {
    format!(
        "<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{words}</p></article></body></html>"
    )
}

#[test]
fn an_index_of_sitemaps_is_followed_and_only_what_changed_is_fetched() {
    let shown = support::Pages::default();
    let site = pages(&shown);
    let at = |path: &str| format!("http://{}{path}", site.address);
    let index = |day: &str| {
        format!(
            "<sitemapindex><sitemap><loc>{}</loc><lastmod>{day}</lastmod></sitemap></sitemapindex>",
            at("/news.xml")
        )
    };
    let urls = |days: &[(&str, &str)]| {
        let urls: String = days
            .iter()
            .map(|(path, day)| format!("<url><loc>{}</loc><lastmod>{day}</lastmod></url>", at(path)))
            .collect();
        format!("<urlset>{urls}</urlset>")
    };
    shown.put("/sitemap.xml", index("2026-01-01"));
    shown.put(
        "/news.xml",
        urls(&[("/a.html", "2026-01-01"), ("/old.html", "2001-01-01"), ("/x/y/x/y/x.html", "2026-01-01")]),
    );
    shown.put("/a.html", article("First", "words"));
    let home = home(
        &site,
        "[[source]]\nid = \"map\"\nkind = \"sitemap\"\nurl = \"{site}/sitemap.xml\"\nfollow = { within = \"5000d\" }\n",
    );
    let once = |home: &Home| {
        let output = home.run(&["crawl"]);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{}", text(&output.stderr));
    };
    once(&home);
    assert_eq!((count(&site, "/news.xml"), count(&site, "/a.html")), (1, 1), "{:?}", site.paths());
    assert_eq!((count(&site, "/old.html"), count(&site, "/x/y/x/y/x.html")), (0, 0), "{:?}", site.paths());
}

#[test]
fn a_listing_is_read_page_by_page_while_all_is_new() {
    let shown = support::Pages::default();
    let site = pages(&shown);
    let list = |first: u32, next: u32| {
        let links: String = (first..first + 3)
            .map(|n| format!("<li><a href=/n/{n}.html>A title that is long enough {n}</a></li>"))
            .collect();
        format!("<main><ul>{links}</ul></main><a class=older href=/list-{next}.html>earlier</a>")
    };
    for (page, first) in [(1, 1), (2, 11), (3, 21), (4, 31)] {
        shown.put(&format!("/list-{page}.html"), list(first, page + 1));
    }
    let source = "[[source]]\nid = \"list\"\nkind = \"listing\"\nurl = \"{site}/list-1.html\"\nlinks = \"li\"\nnext = \"a.older\"\npages = 3\n";
    let home = home(&site, source);
    let _pages_are_missing = home.run(&["crawl", "--all"]);
    let asked = [1, 2, 3, 4].map(|page| count(&site, &format!("/list-{page}.html")));
    assert_eq!(asked, [1, 1, 1, 0], "{:?}", site.paths());
    assert_eq!(count(&site, "/n/22.html"), 1);
}

#[test]
fn an_entry_with_the_whole_text_is_read_without_its_page() {
    let shown = support::Pages::default();
    let site = pages(&shown);
    let words = "<p>財政部8日公布，去年12月出口624.8億美元，年增43.4%，連續26個月正成長，創歷年單月次高，主要受惠於人工智慧與高效能運算需求強勁。</p>".to_string()
        + &"<p>官員表示，展望未來，全球經濟維持溫和成長，科技產品需求仍在，惟主要國家貿易政策與地緣政治風險仍需留意，將持續觀察國際情勢的變化與影響。</p>".repeat(9);
    let feed = |number: &str| {
        format!(
            "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>t</title><item><title>出口創新高</title>\
             <link>http://{}/1.html</link><pubDate>Thu, 08 Jan 2026 16:00:00 +0800</pubDate><content:encoded><![CDATA[{}]]></content:encoded></item></channel></rss>",
            site.address,
            words.replace("624.8", number)
        )
    };
    shown.put("/feed.xml", feed("624.8"));
    let home = home(
        &site,
        "[[source]]\nid = \"feed\"\nkind = \"feed\"\nurl = \"{site}/feed.xml\"\narea = \"TW\"\ntimezone = \"Asia/Taipei\"\n",
    );
    crawl(&home);
    let levels = |home: &Home| {
        figures(home).into_iter().filter(|line| line.contains("2025-12") && !line.contains("43.4")).collect::<Vec<_>>()
    };
    assert_eq!(levels(&home), ["TW exports all 2025-12 62480000000 new"]);
    assert_eq!(count(&site, "/1.html"), 0, "the page need not be fetched");
    // An article that is corrected is a correction, not a second fact.
    shown.put("/feed.xml", feed("625.8"));
    crawl(&home);
    assert_eq!(levels(&home), ["TW exports all 2025-12 62580000000 revised"]);
}

#[test]
fn pages_in_the_place_of_others_are_not_read() {
    let shown = support::Pages::default();
    let site = pages(&shown);
    let links: String =
        (0..3).map(|n| format!("<li><a href=/{n}.html>A title that is long enough {n}</a></li>")).collect();
    shown.put("/list.html", format!("<main>{links}</main>"));
    shown.put("/0.html", article("Page not found", "去年12月出口624.8億美元"));
    shown.put("/1.html", article("Sign in", "去年12月出口624.8億美元<input type=\"password\">"));
    shown.put("/2.html", article("出口創新高", "財政部公布去年12月出口624.8億美元。"));
    let home = home(
        &site,
        "[[source]]\nid = \"list\"\nkind = \"listing\"\nurl = \"{site}/list.html\"\nlinks = \"li\"\narea = \"TW\"\n",
    );
    let output = home.run(&["crawl", "--all"]);
    let told = text(&output.stderr);
    assert!(told.contains("asks to sign in") && told.contains("says that it is not there"), "{told}");
    let mentions: Vec<String> = home.events().iter().map(|event| event["mentions"].to_string()).collect();
    assert!(
        mentions.iter().all(|mention| mention.contains("/2.html") && !mention.contains("/1.html")),
        "{mentions:#?}"
    );
}

#[test]
fn what_can_be_followed_of_a_site_is_found_and_written() {
    let shown = support::Pages::default();
    let site = pages(&shown);
    shown.put(
        "/index.html",
        "<title>Gazette</title><link rel=alternate type=application/rss+xml href=/rss.xml title=News><p>hello",
    );
    shown.put("/rss.xml", "<rss version=\"2.0\"><channel><title>The Gazette</title><item><title>a</title><link>/1</link></item></channel></rss>");
    shown.put("/robots.txt", format!("User-agent: *\nAllow: /\nSitemap: http://{}/map.xml\n", site.address));
    shown.put("/map.xml", format!("<urlset><url><loc>http://{}/1.html</loc></url></urlset>", site.address));
    let home = home(&site, "# kept as it is\n[[source]]\nid = \"old\"\nkind = \"page\"\nurl = \"{site}/old\"\n");
    let url = format!("http://{}/index.html", site.address);
    let output = home.run(&["sources", "add", &url]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let blocks = text(&output.stdout);
    assert!(
        blocks.contains("# The Gazette, 1 entries\n[[source]]\nid = \"127-0-0-1-rss-xml\"\nkind = \"feed\"\n"),
        "{blocks}"
    );
    assert!(blocks.contains("kind = \"sitemap\"\n"), "{blocks}");
    assert_eq!(home.rows(&["sources", "list", "--format", "jsonl"], 0).len(), 1, "nothing is written unasked");
    assert_eq!(home.run(&["sources", "add", &url, "--write"]).status.code(), Some(0));
    assert_eq!(home.rows(&["sources", "list", "--format", "jsonl"], 0).len(), 3);
    assert!(std::fs::read_to_string(home.path().join("sources.toml")).unwrap().contains("# kept as it is\n"));
    let again = home.run(&["sources", "add", &url]);
    assert!(again.stdout.is_empty() && text(&again.stderr).contains("followed already"));
    let nothing = home.run(&["sources", "add", &format!("http://{}/nothing", site.address)]);
    assert_eq!(nothing.status.code(), Some(1), "{}", text(&nothing.stderr));
}

#[test]
fn lists_of_other_programs_are_taken_over() {
    let home = Home::new("[crawler]\ncontact = \"mailto:a@example.org\"\n", "");
    let opml = home.path().join("feeds.opml");
    std::fs::write(&opml, "<opml><body><outline text=\"A\" xmlUrl=\"https://a.example/rss\"/></body></opml>").unwrap();
    let yaml = home.path().join("urls.yaml");
    std::fs::write(&yaml, "name: Customs\nurl: https://customs.example/news\n---\nname: clock\ncommand: date\n")
        .unwrap();
    assert_eq!(home.run(&["sources", "import", opml.to_str().unwrap(), "--write"]).status.code(), Some(0));
    let output = home.run(&["sources", "import", yaml.to_str().unwrap(), "--write"]);
    assert_eq!(output.status.code(), Some(1), "a job was left out: {}", text(&output.stderr));
    let listed: Vec<String> =
        home.rows(&["sources", "list", "--format", "jsonl"], 0).iter().map(|row| row["id"].to_string()).collect();
    assert_eq!(listed, ["\"a-example-rss\"", "\"customs-example-news\""]);
    let refused = home.run(&["sources", "import", home.path().join("none").to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn what_an_api_would_yield_is_shown_step_by_step() {
    let site = Site::answering(|path, headers, _| months(500)(path, headers));
    let home = home(&site, MONTHS);
    let output = home.run(&["sources", "try", "ministry"]);
    let shown = text(&output.stdout);
    for line in ["rows      2 with the columns", "figure    ", "next      http://", "exports: 500; month: 2025-12"] {
        assert!(shown.contains(line), "no `{line}`: {shown}{}", text(&output.stderr));
    }
    assert!(!shown.contains(&std::env::var("PATH").unwrap()));
    assert!(!home.path().join("data").exists(), "nothing is stored");
}
