//! What a document is: its form says so, or its title, or how much of it is tables.

use bellwether_model::document::{BlockRole, DocumentKind};

use super::draft::{Draft, Piece};
use super::rules::rules;
use super::table;

/// A page of which at least this share (in tenths) of the characters stands in tables is a page of statistics.
const TABLE_TENTHS: usize = 5;
/// The first blocks say what a document is.
const OPENING: usize = 3;

/// Decides the kind of a draft. What the source or the page's form says comes first.
pub(crate) fn of(draft: &Draft, stated: Option<DocumentKind>) -> DocumentKind {
    if let Some(kind) = stated.or(draft.kind) {
        return kind;
    }
    let headings = draft.pieces.iter().take(OPENING).filter_map(|piece| match piece {
        Piece::Text { role: BlockRole::Heading, text, .. } => Some(text.as_str()),
        _ => None,
    });
    if std::iter::once(draft.title.as_str()).chain(headings).any(|words| rules().briefing.is_match(words)) {
        return DocumentKind::Briefing;
    }
    if rules().policy.is_match(&draft.title) {
        return DocumentKind::Policy;
    }
    if table::tenths(&draft.pieces) >= TABLE_TENTHS {
        return DocumentKind::StatisticsPage;
    }
    DocumentKind::News
}

#[cfg(test)]
mod tests {
    use super::super::draft::{Cell, Grid};
    use super::*;

    fn titled(title: &str) -> Draft {
        Draft { title: title.into(), pieces: vec![Piece::paragraph("text")], ..Draft::default() }
    }

    #[test]
    fn titles_and_tables_tell_the_kind() {
        let cases = [
            ("貿易動態簡報 — 2026 年第 06 週", DocumentKind::Briefing),
            ("商務部公告2025年第62號 公布某決定", DocumentKind::Policy),
            ("某部新闻发言人就某事答记者问", DocumentKind::Policy),
            ("11月出口年增3.8%", DocumentKind::News),
        ];
        for (title, kind) in cases {
            assert_eq!(of(&titled(title), None), kind, "{title}");
        }
        assert_eq!(of(&titled("簡報"), Some(DocumentKind::Forum)), DocumentKind::Forum);
        let rows = vec![vec![Cell::new("一月"), Cell::new("3,801.7")]; 3];
        let tables = Draft { pieces: vec![Piece::Table(Grid { header_rows: 0, rows })], ..Draft::default() };
        assert_eq!(of(&tables, None), DocumentKind::StatisticsPage);
    }
}
