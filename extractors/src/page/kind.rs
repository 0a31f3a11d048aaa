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
/// The name of the authority stands in so many lines at the beginning.
const LETTERHEAD: usize = 8;
/// Longest such line, in characters.
const LONGEST_LETTERHEAD: usize = 160;
/// Longest title of an act, in characters.
const LONGEST_TITLE: usize = 250;
/// Measures that a page has at least which lists them with their days.
const BRIEFING_LABELS: usize = 3;
/// Longest label of a line, in characters.
const LONGEST_LABEL: usize = 6;
/// A signature stands in so many blocks at the end: annexes and marks of the page follow it.
const SIGNATURE: usize = 24;

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
    let labels = draft.pieces.iter().filter_map(Piece::words).filter(|words| rules().briefing_label.is_match(words));
    if labels.count() >= BRIEFING_LABELS {
        return DocumentKind::Briefing;
    }
    if table::tenths(&draft.pieces) >= TABLE_TENTHS {
        return DocumentKind::StatisticsPage;
    }
    DocumentKind::News
}

/// Whether a page is the announcement of an authority: by its title, by the head that such texts have, by the words that
/// enact something, or by what it does and who signs.
fn announces(draft: &Draft) -> bool {
    let titled = |words: &str| rules().policy.is_match(words) || in_their_manner(words);
    let opening: Vec<&str> = opening(draft).collect();
    let title = opening.first();
    if title.is_some_and(|title| titled(title)) || opening.iter().any(|line| heads_announcement(line)) {
        return true;
    }
    let paper = opening.iter().any(|line| rules().paper.is_match(line.trim()));
    let headed = opening.iter().take(LETTERHEAD).any(|line| names_an_authority(line))
        || paper && opening.iter().any(|line| is_short(line) && rules().policy_actor.is_match(line));
    // A release of an authority has a dateline as a report has.
    let released = headed && paper;
    if !released && opening.iter().any(|line| rules().policy_newsroom.is_match(line)) {
        return false;
    }
    // Below the name of the office or the path to the page the first line may be a title in their manner.
    if opening.iter().find(|line| !is_bare(line)).is_some_and(|line| in_their_manner(line)) {
        return true;
    }
    let deed = title.is_some_and(|title| rules().policy_deed.is_match(title))
        || opening.iter().any(|line| is_short(line) && tells_deed(line));
    let mut text = draft.pieces.iter().take(BODY).filter_map(Piece::words);
    deed && (headed || is_signed(draft)) || text.any(|words| rules().policy_body.is_match(words.trim_start()))
}

/// Whether a line can be a title: no sentence.
fn is_short(line: &str) -> bool {
    line.chars().count() <= LONGEST_TITLE && !line.trim_end().ends_with(['。', '.', ';', '；'])
}

/// Whether a title is one as authorities write them, and does not tell of such a title.
fn in_their_manner(title: &str) -> bool {
    rules().policy_title.is_match(title.trim()) && !rules().policy_told.is_match(title)
}

/// The title and the first lines. Where nothing is set apart as the title, the first line may be one.
fn opening(draft: &Draft) -> impl Iterator<Item = &str> {
    let title = Some(draft.title.as_str()).filter(|title| !title.is_empty());
    title.into_iter().chain(draft.pieces.iter().take(HEAD).filter_map(Piece::words))
}

/// Whether a short line says what an authority does, and is no label, day or number.
pub(super) fn tells_deed(line: &str) -> bool {
    let line = line.trim();
    let labelled = || rules().policy_head.is_match(line) || rules().policy_number.is_match(line) || is_label(line);
    (rules().policy_deed.is_match(line) || in_their_manner(line)) && !is_bare(line) && !labelled()
}

/// Whether a line begins with a label of Chinese characters (附件：如主旨).
fn is_label(line: &str) -> bool {
    line.split_once(['：', ':']).is_some_and(|(label, _)| !label.is_ascii() && label.chars().count() <= LONGEST_LABEL)
}

/// Whether a line says only who speaks, when, or in what kind of paper: no title.
fn is_bare(line: &str) -> bool {
    is_letterhead(line) || rules().day_line.is_match(line.trim())
}

/// Whether a line says only who speaks, or in what kind of paper: 財政部公告, Ministry of Trade, Press release.
pub(crate) fn is_letterhead(line: &str) -> bool {
    names_an_authority(line) || is_line(line) && rules().paper.is_match(line.trim())
}

/// Whether a line is the name of an authority and nothing else.
fn names_an_authority(line: &str) -> bool {
    let line = line.trim();
    let name = ["From:", "Issued by:"].iter().find_map(|label| line.strip_prefix(label)).unwrap_or(line).trim();
    let named = || rules().letterhead.is_match(name) && !rules().headline_verb.is_match(name);
    is_line(name) && (named() || names_authorities(name))
}

fn is_line(line: &str) -> bool {
    line.chars().count() <= LONGEST_LETTERHEAD
}

/// Whether a line is the names of authorities and nothing else: Ministry of Trade, Industry and Resources; 商务部 海关总署.
fn names_authorities(line: &str) -> bool {
    let line: Vec<char> = fold(line).chars().collect();
    let (mut at, mut found) = (0, false);
    while at < line.len() {
        if line[at].is_whitespace() || "、,/|-:".contains(line[at]) {
            at += 1;
            continue;
        }
        let economy = organisations().economies.at(&line, at).map_or(0, |(length, _)| length);
        let behind = (at + economy..line.len()).find(|&i| !line[i].is_whitespace()).unwrap_or(line.len());
        let Some((length, organisation)) = organisations().listed.at(&line, behind) else { break };
        found |= organisation.official;
        at = behind + length;
    }
    let rest: String = line[at..].iter().filter(|c| !c.is_whitespace()).collect();
    found && matches!(rest.as_str(), "" | "公告" | "令" | "函" | "通告" | "通知")
}

/// Whether the last lines are the names of authorities and a day, as those of an act are, or a government's
/// release shows itself as one.
fn is_signed(draft: &Draft) -> bool {
    let last: Vec<&str> = draft.pieces.iter().rev().filter_map(Piece::words).take(SIGNATURE).collect();
    let released = opening(draft).chain(last.iter().copied()).any(|line| rules().release_mark.is_match(line.trim()));
    released
        || last.windows(2).any(|pair| rules().day_line.is_match(pair[0].trim()) && names_authorities(pair[1].trim()))
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
        assert_eq!(of(&titled("Trade Policy Weekly: Week 11"), None), DocumentKind::Briefing);
        for (title, first, last, kind) in [
            (
                "Press release",
                "Commission imposes duties on lamps",
                "The duties apply from today.",
                DocumentKind::Policy,
            ),
            ("Ministry of Trade, Industry and Resources", "Amendment of the list", "It applies.", DocumentKind::Policy),
            ("部分地区家禽暂停进口", "某部今日（九月十五日）宣布，暂停进口。", "完", DocumentKind::Policy),
            ("Press release", "Exports rose in March", "The surplus widened.", DocumentKind::News),
            ("Press release", "Duties on lamps", "BERLIN, May 3 (Agency) - Duties were imposed.", DocumentKind::News),
        ] {
            let pieces = vec![Piece::paragraph(first), Piece::paragraph(last)];
            assert_eq!(of(&Draft { title: title.into(), pieces, ..Draft::default() }, None), kind, "{title}: {first}");
        }
        let signed = ["财政部", "2031年5月6日"].map(Piece::paragraph);
        let signed = Draft { title: "关税税率调整".into(), pieces: signed.into(), ..Draft::default() };
        assert_eq!(of(&signed, None), DocumentKind::Policy, "an authority and a day sign it");
        let rows = vec![vec![Cell::new("一月"), Cell::new("3,801.7")]; 3];
        let tables = Draft { pieces: vec![Piece::Table(Grid { header_rows: 0, rows })], ..Draft::default() };
        assert_eq!(of(&tables, None), DocumentKind::StatisticsPage);
    }
}
