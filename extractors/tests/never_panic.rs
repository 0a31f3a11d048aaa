//! Readers of outside bytes on bytes that nobody would write: they must return, and what they return must hold together.
//! `PROPTEST_CASES` sets how long the hunt lasts.

use bellwether_extractors::listing::ListingRules;
use bellwether_extractors::{PageContext, extract, feed, fold, listing, text};
use proptest::collection::vec;
use proptest::prelude::*;

/// Pieces that the readers look for; mixed at random they reach deeper than random bytes.
const PIECES: &[&str] = &[
    "<html>",
    "<head>",
    "<meta charset='big5'>",
    "<title>",
    "</title>",
    "<article>",
    "</article>",
    "<p>",
    "</p>",
    "<table>",
    "<tr>",
    "<td colspan=3>",
    "<td>",
    "<th rowspan=99>",
    "</table>",
    "<div id='main-content'>",
    "<div class='push'>",
    "<script type='application/ld+json'>{\"datePublished\":",
    "</script>",
    "<!--",
    "-->",
    "<item>",
    "<pubDate>",
    "]]>",
    "---\n",
    "title: \"",
    "| a | b |\n",
    "|---|---|\n",
    "# ",
    "- ",
    "\n",
    "\n\n",
    "\t",
    " ",
    "　",
    "作者 ",
    "標題 ",
    "推 a: b 12/08 20:16\n",
    "→ a: b\n",
    "※ 發信站",
    "--\n",
    "出口",
    "進口",
    "进口",
    "出超",
    "入超",
    "年增",
    "年減",
    "同比下降",
    "占比重",
    "貿易總額",
    "外銷訂單",
    "exports",
    "imports",
    "trade deficit",
    " rose ",
    " fell ",
    "財政部",
    "统计处长蔡美娜表示，",
    "said Li Wei, minister",
    "預估",
    "forecast",
    "2025年12月",
    "去年12月",
    "114年",
    "前11月",
    "1至11月",
    "上半年",
    "last month",
    "first quarter of 2024",
    "January-November",
    "Feb. 30",
    "13月",
    "0年",
    "624.8億美元",
    "2兆736億元",
    "6,407.5",
    "581億到604億",
    "4%至7%之間",
    "百分之",
    "七成四",
    "1.3倍",
    "US$640.75 billion",
    "$",
    "%",
    "億",
    "-",
    "~",
    "(-8.6%)",
    "近",
    "99999999999999999999999999999999",
    "0.0000000000000000000000000000000001",
    "商务部公告2025年第57号",
    "自2025年11月8日起实施",
    "對美國",
    "中國",
    "美中",
    "、",
    "，",
    "。",
    "（",
    "）",
    "「",
    "」",
    "\u{feff}",
    "\u{0}",
    "𠀀",
    "é",
    "ß",
    "\u{202e}",
];

fn pieces() -> impl Strategy<Value = String> {
    vec((any::<prop::sample::Index>(), any::<char>(), 0..20_u8), 0..80).prop_map(|parts| {
        parts
            .into_iter()
            .map(|(piece, odd, dice)| if dice == 0 { odd.to_string() } else { (*piece.get(PIECES)).to_owned() })
            .collect()
    })
}

fn contexts() -> impl Strategy<Value = PageContext> {
    let kinds = [
        None,
        Some("text/html"),
        Some("text/markdown"),
        Some("text/plain; charset=gbk"),
        Some("application/rss+xml"),
        Some("application/json"),
        Some(";;;"),
    ];
    (prop::sample::select(kinds.to_vec()), any::<bool>()).prop_map(|(content_type, known)| PageContext {
        url: known.then(|| "https://www.example.com.tw/news/20260109/1.html".to_owned()),
        content_type: content_type.map(str::to_owned),
        fetched: known.then(|| "2026-01-10T00:00:00Z".parse().expect("a time")),
        ..PageContext::default()
    })
}

/// Reads bytes in every way, and checks that each fact points at words that are there.
fn read(bytes: &[u8], context: &PageContext) -> Result<(), TestCaseError> {
    let extraction = extract(bytes, context);
    let document = &extraction.document;
    let characters = document.text.chars().count();
    for block in &document.blocks {
        prop_assert!(document.text.get(block.span.clone()).is_some(), "a block lies on character boundaries");
    }
    for cell in document.tables.iter().flat_map(|table| table.rows.iter().flatten()) {
        prop_assert!(document.text.get(cell.clone()).is_some(), "a cell lies on character boundaries");
    }
    for figure in &extraction.figures {
        prop_assert!(
            figure.evidence.start < figure.evidence.end && figure.evidence.end <= characters,
            "{:?}",
            figure.evidence
        );
        prop_assert_eq!(figure.headline, figure.covers_everything());
    }
    for statement in extraction.officials.iter().flat_map(|official| &official.statements) {
        prop_assert!(statement.start <= statement.end && statement.end <= characters);
    }
    for action in &extraction.policy {
        prop_assert!(action.evidence.end <= characters);
    }
    let explained = bellwether_extractors::explain(bytes, context);
    prop_assert_eq!(explained.document.relevant, !extraction.figures.is_empty());
    for entry in feed::read(bytes, context).entries {
        prop_assert!(entry.id.as_deref() != Some(""), "an id that is not there is absent");
    }
    for rules in [ListingRules { engine: Some("ptt".to_owned()), ..ListingRules::default() }, ListingRules::default()] {
        let links = listing::read(bytes, context, &rules).links;
        let addresses: std::collections::HashSet<_> = links.iter().map(|link| &link.url).collect();
        prop_assert_eq!(addresses.len(), links.len(), "each address once");
    }
    Ok(())
}

proptest! {
    #[test]
    fn readers_never_panic_on_bytes(bytes in vec(any::<u8>(), 0..2000), context in contexts()) {
        read(&bytes, &context)?;
    }

    #[test]
    fn readers_never_panic_on_pieces(page in pieces(), context in contexts()) {
        read(page.as_bytes(), &context)?;
    }

    #[test]
    fn text_readers_never_panic(page in pieces(), chinese in any::<bool>()) {
        let language = if chinese { "zh" } else { "en" };
        let characters = page.chars().count();
        for quantity in text::quantities(&page, language, Some(jiff::civil::date(2026, 1, 9))) {
            prop_assert!(quantity.start < quantity.end && quantity.end <= characters, "{:?}", quantity);
        }
        prop_assert_eq!(fold::fold(&page).chars().count(), page.chars().count());
    }
}

#[test]
fn the_kept_corpus_is_read() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut files = 0;
    for folder in std::fs::read_dir(&corpus).expect("the kept corpus") {
        for file in std::fs::read_dir(folder.expect("a folder").path()).expect("a folder of one target") {
            let bytes = std::fs::read(file.expect("a file").path()).expect("a file");
            // The targets that read pages take what is known of the page from the first byte.
            for body in [&bytes[..], bytes.get(1..).unwrap_or_default()] {
                let outcome = read(body, &PageContext::default());
                assert!(outcome.is_ok(), "{outcome:?}");
            }
            files += 1;
        }
    }
    assert!(files > 0, "{} holds the corpus", corpus.display());
}
