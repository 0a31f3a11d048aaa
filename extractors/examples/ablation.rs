//! Reads documents once whole and once without each mechanism: a JSON line `{"without", "id", "figures"}` a reading.
//!
//! `ablation MANIFEST`; `.ci/ablation.py` runs it and compares what comes out with labels.

use std::io::Write as _;
use std::path::Path;

use bellwether_extractors::figures::{self, Mechanism};
use bellwether_extractors::{PageContext, page};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let manifest = std::env::args().nth(1).ok_or("usage: ablation MANIFEST")?;
    let manifest = Path::new(&manifest);
    let folder = manifest.parent().unwrap_or(Path::new("."));
    let mut out = std::io::stdout().lock();
    for line in std::fs::read_to_string(manifest)?.lines().filter(|line| !line.trim().is_empty()) {
        let entry: Value = serde_json::from_str(line)?;
        let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        let bytes = std::fs::read(folder.join(text("path").ok_or("an entry without a path")?))?;
        let context = PageContext {
            url: text("url"),
            content_type: text("content_type"),
            published: text("published"),
            ..PageContext::default()
        };
        let (document, _) = page::read(&bytes, &context);
        let reference = document.published.map(|time| time.date());
        for left_out in std::iter::once(None).chain(Mechanism::ALL.into_iter().map(Some)) {
            let figures = figures::read_without(&document, reference, None, left_out);
            let without = left_out.map(Mechanism::name);
            writeln!(out, "{}", json!({"without": without, "id": text("id"), "figures": figures}))?;
        }
    }
    Ok(())
}
