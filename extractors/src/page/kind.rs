//! What a document is: its form says so, or its title, or how much of it is tables.

use bellwether_model::document::{BlockRole, DocumentKind};

use super::draft::{Draft, Piece};
use super::rules::rules;
use super::table;
use crate::fold::fold;
use crate::names::organisations::organisations;

/// A page of which at least this share (in tenths) of the characters stands in tables is a page of statistics.
const TABLE_TENTHS: usize = 5;
/// The first blocks say what a document is.
const OPENING: usize = 3;
/// The head of an announcement stands in so many blocks.
const HEAD: usize = 12;
/// The words by which an act enacts something stand in so many blocks.
const BODY: usize = 400;

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
    if announces(draft) {
        return DocumentKind::Policy;
    }
    if table::tenths(&draft.pieces) >= TABLE_TENTHS {
        return DocumentKind::StatisticsPage;
    }
    DocumentKind::News
}

/// Whether a page is the announcement of an authority: by its title, or by the head that such texts have.
fn announces(draft: &Draft) -> bool {
    let in_their_manner =
        |words: &str| rules().policy_title.is_match(words.trim()) && !rules().policy_told.is_match(words);
    let titled = |words: &str| rules().policy.is_match(words) || in_their_manner(words);
    let mut opening = draft.pieces.iter().take(HEAD).filter_map(Piece::words);
    // Where nothing is set apart as the title, the first block may be one.
    let title = if draft.title.is_empty() { draft.pieces.first().and_then(Piece::words) } else { Some(&*draft.title) };
    if title.is_some_and(|title| titled(title) || heads_announcement(title)) || opening.any(heads_announcement) {
        return true;
    }
    let mut text = draft.pieces.iter().take(BODY).filter_map(Piece::words);
    let mut lines = draft.pieces.iter().take(HEAD).filter_map(Piece::words);
    let mut letterhead = draft.pieces.iter().take(OPENING).filter_map(Piece::words);
    let deed = title.is_some_and(|title| rules().policy_deed.is_match(title));
    let enacts = text.any(|words| rules().policy_body.is_match(words.trim_start()));
    (enacts || deed && letterhead.any(names_an_authority)) && !lines.any(|line| rules().policy_newsroom.is_match(line))
}

/// Whether a line is an authority's name and nothing else: Ministry of Trade, Industry and Resources.
fn names_an_authority(line: &str) -> bool {
    let line: Vec<char> = fold(line).trim().chars().collect();
    let listed = organisations().listed.at(&line, 0);
    listed.is_some_and(|(length, organisation)| organisation.official && length == line.len())
}

/// Whether a line stands in the head of announcements: their number, their issuer's label.
pub(super) fn heads_announcement(line: &str) -> bool {
    let line = line.trim();
    rules().policy_number.is_match(line) || rules().policy_head.is_match(line)
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
        for (title, head, kind) in [
            ("某部关于延长某项措施期限的通知", "各有关单位：", DocumentKind::Policy),
            ("调整若干商品暂定税率", "税委会公告2031年第12号", DocumentKind::Policy),
            ("调整若干商品暂定税率", "发改价格〔2031〕9号", DocumentKind::Policy),
            ("某某管理条例", "国务院令第812号", DocumentKind::Policy),
            ("經濟部公告", "發文字號：貿服字第1200000001號", DocumentKind::Policy),
            ("Revisions to the Entity List", "A notice by the bureau.", DocumentKind::Policy),
            ("Certain fasteners", "AGENCY: Office of Something, Department of Something.", DocumentKind::Policy),
            (
                "Commission Implementing Regulation (EU) 2031/15 of 5 January 2031",
                "THE COMMISSION,",
                DocumentKind::Policy,
            ),
            ("國務院發布關於穩定外貿的意見", "外貿增速放緩。", DocumentKind::News),
            ("财政部解读关于调整税率的通知", "7月进口增长。", DocumentKind::News),
            ("Council decision puts talks on hold", "Exports fell.", DocumentKind::News),
            ("Executive Order 14999 rattles exporters", "Exports rose.", DocumentKind::News),
            ("Exporters brace", "Executive Order 14999 imposes new duties, lawyers said.", DocumentKind::News),
            ("Exporters brace", "Federal Register notices show a rise in cases.", DocumentKind::News),
            ("Executive Order 14999 of May 2, 2031", "By the authority vested in me.", DocumentKind::Policy),
            ("国家发展改革委关于调整若干措施的通知", "各有关单位：", DocumentKind::Policy),
            ("商務部表示將關注關稅的影響", "商務部發言人今天說，公告2031年第12號已經生效。", DocumentKind::News),
            (
                "Ministry adds firms to a list",
                "The agency said on Monday that its action was final.",
                DocumentKind::News,
            ),
        ] {
            let draft = Draft { title: title.into(), pieces: vec![Piece::paragraph(head)], ..Draft::default() };
            assert_eq!(of(&draft, None), kind, "{title}: {head}");
        }
        assert_eq!(of(&titled("簡報"), Some(DocumentKind::Forum)), DocumentKind::Forum);
        let rows = vec![vec![Cell::new("一月"), Cell::new("3,801.7")]; 3];
        let tables = Draft { pieces: vec![Piece::Table(Grid { header_rows: 0, rows })], ..Draft::default() };
        assert_eq!(of(&tables, None), DocumentKind::StatisticsPage);
    }
}
