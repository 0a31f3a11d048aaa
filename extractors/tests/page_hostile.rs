//! Readers of outside bytes on bytes that nobody meant: they give something, in time, and never panic.

use bellwether_extractors::listing::ListingRules;
use bellwether_extractors::{PageContext, decode, feed, listing, page};
use proptest::prelude::*;

const TYPES: [&str; 6] =
    ["text/html", "text/html; charset=big5", "text/plain", "text/markdown", "application/rss+xml", "application/json"];

/// Reads bytes in every way and checks what every document promises.
fn read_every_way(bytes: &[u8]) {
    for content_type in TYPES {
        let context = PageContext {
            content_type: Some(content_type.to_owned()),
            url: Some("https://www.example.com.tw/2026/01/09/a.html".to_owned()),
            ..PageContext::default()
        };
        let (document, _) = page::read(bytes, &context);
        let mut end = 0;
        for block in &document.blocks {
            assert!(block.span.start >= end && document.text.get(block.span.clone()).is_some(), "{block:?}");
            end = block.span.end;
        }
        for cell in document.tables.iter().flat_map(|table| table.rows.iter().flatten()) {
            assert!(document.text.get(cell.clone()).is_some(), "{cell:?}");
        }
        for table in &document.tables {
            assert!(table.header_rows <= table.rows.len());
            assert!(table.rows.iter().all(|row| row.len() == table.rows[0].len()));
        }
        assert!(decode::decode(bytes, &context).text.len() <= bytes.len() * 4);
        assert!(feed::read(bytes, &context).entries.len() <= bytes.len());
        assert!(listing::read(bytes, &context, &ListingRules::default()).links.len() <= bytes.len());
    }
}

/// A page that holds something of everything.
const PAGE: &str = "<!DOCTYPE html><html lang=\"zh-TW\"><head><meta charset=\"utf-8\"><title>出口創新高 - 某報</title>\
    <script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\"headline\":\"出口創新高\",\"datePublished\":\"2026-01-09T10:00:00+08:00\"}</script></head>\
    <body><h1>出口創新高</h1><p>（某社記者張大同台北9日電）財政部9日公布，十二月出口511.6億美元，年增21.7%。</p>\
    <table><caption>表一</caption><tr><th rowspan=2>國家<th colspan=2>出口<tr><th>金額<th>年增<tr><td>美國<td>2,047.5<td>8.27%</table>\
    <pre>Month   Exports   Imports\nJan     3,801.7   9,455.1\nFeb     3,962.4   9,870.3</pre><ruby>漢<rt>かん</rt></ruby>\
    <div id=\"main-content\" class=\"bbs-screen\">作者: someone (某) 看板: Stock\n標題: [新聞] 出口\n時間: Fri Jan  9 20:08:40 2026\n\n內文\n※ 發信站: x\n\
    <div class=\"push\"><span class=\"push-tag\">推 </span><span class=\"push-userid\">a</span></div></div></body></html>";

const MARKDOWN: &str = "---\ntitle: \"出口\"\ndate: 2026-01-09\n---\n\n# 出口\n\n- **Source**: x\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n排名\t國家\n\t全球\n1\t日本\n\n<p>x</p>\n";

const FEED: &str = "<?xml version=\"1.0\" encoding=\"big5\"?><rss><channel><title>某報</title><item><title><![CDATA[出口]]></title><link>http://a.example/1</link><pubDate>Fri, 09 Jan 2026 10:00:00 +0800</pubDate></item></channel></rss>";

#[test]
fn cut_off_pages_are_read_as_far_as_they_go() {
    for page in [PAGE, MARKDOWN, FEED] {
        for end in (0..page.len()).step_by(23) {
            read_every_way(&page.as_bytes()[..end]);
        }
    }
}

#[test]
fn ten_megabytes_in_one_line_are_cut_and_said_so() {
    let line = "出口年增21.7%，".repeat(10 * 1024 * 1024 / "出口年增21.7%，".len());
    let context = PageContext { content_type: Some("text/plain".to_owned()), ..PageContext::default() };
    let (document, problems) = page::read(line.as_bytes(), &context);
    // The title is read once more in front of the text.
    assert!((1 << 20..=2 << 20).contains(&document.text.len()), "{}", document.text.len());
    assert!(problems.iter().any(|problem| problem.message.contains("cut")), "{problems:?}");
}

#[test]
fn markup_made_to_be_slow_is_read() {
    for part in [
        "<div>",
        "<b><p>",
        "<table><tr><td>",
        "<a href=x>",
        "<font size=1><p>",
        "<ul><li>",
        "<i a b c d e f>",
        "<!--",
        "<script>",
        "&amp",
        "<td rowspan=1000 colspan=100>",
    ] {
        let page = part.repeat(20_000);
        let context = PageContext { content_type: Some("text/html".to_owned()), ..PageContext::default() };
        let (document, _) = page::read(page.as_bytes(), &context);
        assert!(document.text.len() <= page.len() * 4, "{part}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_every_way(&bytes);
    }

    #[test]
    fn pages_with_changed_bytes_are_read(at in 0..PAGE.len(), with in proptest::collection::vec(any::<u8>(), 0..8)) {
        let mut bytes = PAGE.as_bytes().to_vec();
        let end = (at + with.len()).min(bytes.len());
        bytes.splice(at..end, with);
        read_every_way(&bytes);
    }

    #[test]
    fn any_text_is_read(text in "(\\PC|[\n\t|#<>&;\\-]){0,200}") {
        read_every_way(text.as_bytes());
    }
}
