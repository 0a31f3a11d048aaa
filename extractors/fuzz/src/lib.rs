//! What every reading promises, whatever the bytes are.

use bellwether_extractors::PageContext;
use bellwether_model::document::Document;
use bellwether_model::evidence::Evidence;
use jiff::civil::{Date, date};

/// The day from which relative dates count.
pub const DAY: Date = date(2026, 1, 9);

const TYPES: [Option<&str>; 8] = [
    None,
    Some("text/html"),
    Some("text/html; charset=big5"),
    Some("text/plain"),
    Some("text/plain; charset=gbk"),
    Some("text/markdown"),
    Some("application/rss+xml"),
    Some("application/json"),
];

/// Takes what is known of a page from the first byte, so that the fuzzer chooses it too.
#[must_use]
pub fn page(data: &[u8]) -> (PageContext, &[u8]) {
    let (&choice, bytes) = data.split_first().unwrap_or((&0, data));
    let known = choice & 0x80 != 0;
    let context = PageContext {
        content_type: TYPES[usize::from(choice) % TYPES.len()].map(str::to_owned),
        url: known.then(|| "https://www.example.com.tw/2026/01/09/a.html".to_owned()),
        fetched: known.then_some(jiff::Timestamp::UNIX_EPOCH),
        ..PageContext::default()
    };
    (context, bytes)
}

/// Blocks and cells lie in the text, on character boundaries, in order.
pub fn check_document(document: &Document) {
    let mut end = 0;
    for block in &document.blocks {
        assert!(block.span.start >= end && document.text.get(block.span.clone()).is_some(), "{block:?}");
        end = block.span.end;
    }
    for table in &document.tables {
        assert!(table.header_rows <= table.rows.len());
        for cell in table.rows.iter().flatten() {
            assert!(document.text.get(cell.clone()).is_some(), "{cell:?}");
        }
    }
}

/// Evidence points at words of the text.
pub fn check_evidence(evidence: &Evidence, characters: usize) {
    assert!(evidence.start < evidence.end && evidence.end <= characters, "{evidence:?}");
}
