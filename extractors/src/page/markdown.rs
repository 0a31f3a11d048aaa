//! Markdown to a draft: front matter, title, and the lines in which generators note whence a text came.

use std::borrow::Cow;
use std::sync::LazyLock;

use bellwether_model::document::{BlockRole, DocumentKind, Link};
use jiff::tz::TimeZone;
use regex::Regex;

use super::draft::{Draft, Piece};
use super::front_matter::{self, FrontMatter};
use super::markdown_blocks::blocks;
use super::rules::rules;
use super::spacing::collapse;
use super::title::fold;
use super::{byline, dates, meta, original};

const TITLE: [&str; 2] = ["title", "headline"];
const PUBLISHED: [&str; 10] = [
    "published_at",
    "published_date",
    "published",
    "pubdate",
    "publishdate",
    "date_published",
    "date",
    "datetime",
    "created",
    "published time",
];
const UPDATED: [&str; 5] = ["updated_at", "updated", "modified", "lastmod", "last_modified"];
const AUTHOR: [&str; 4] = ["author", "authors", "byline", "reporter"];
const PUBLISHER: [&str; 4] = ["publisher", "source_name", "media", "site_name"];
const ADDRESS: [&str; 7] = ["url", "source_url", "original_url", "link", "permalink", "source", "url source"];
const SECTION: [&str; 4] = ["article_section", "parent", "category", "layout"];
const NUMBER: [&str; 3] = ["document_id", "document_number", "doc_number"];
const LANGUAGE: [&str; 3] = ["lang", "language", "locale"];

/// Reads a Markdown text.
pub(crate) fn read(text: &str, zone: Option<&TimeZone>) -> Draft {
    let (matter, body) = front_matter::split(text);
    let mut draft = of_front_matter(&matter, zone);
    let body = if front_matter::is_labelled(text) { without_navigation(body) } else { Cow::Borrowed(body) };
    let body = &*with_fields_listed(&body);
    let (mut pieces, links) = blocks(body);
    take_address(&mut pieces, &mut draft);
    take_title(&mut pieces, &mut draft.title);
    take_notes(&mut pieces, &mut draft, zone);
    take_first_line(&mut pieces, &mut draft, zone);
    if draft.authors.is_empty() {
        let opening = pieces.iter().take(BYLINES).filter_map(Piece::words);
        draft.authors = opening.map(byline::in_text).find(|names| !names.is_empty()).unwrap_or_default();
    }
    draft.cites = cites(&pieces, &links, &draft, body).or(draft.cites);
    draft.links = links;
    drop_notes(&mut pieces, &draft);
    draft.pieces = pieces;
    draft
}

fn of_front_matter(matter: &FrontMatter, zone: Option<&TimeZone>) -> Draft {
    let time = |keys: &[&str]| matter.get(keys).and_then(|field| dates::parse(field, zone));
    Draft {
        title: matter.get(&TITLE).map(|title| collapse(&meta::unescape(title))).unwrap_or_default(),
        published: time(&PUBLISHED),
        updated: time(&UPDATED),
        authors: matter.all(&AUTHOR).iter().flat_map(|field| byline::of_field(field, &[])).collect(),
        publisher: matter.get(&PUBLISHER).map(str::to_owned),
        cites: matter.get(&ADDRESS).filter(|address| address.starts_with("http")).map(str::to_owned),
        language: matter.get(&LANGUAGE).map(str::to_owned),
        kind: kind(matter),
        ..Draft::default()
    }
}

/// The kind that the fields tell: the section of a briefing, the number of an announcement.
fn kind(matter: &FrontMatter) -> Option<DocumentKind> {
    let briefing = matter.get(&SECTION).filter(|section| rules().briefing.is_match(section));
    let numbered = matter.get(&NUMBER).is_some_and(|number| rules().policy.is_match(number));
    let named = matter.get(&SECTION).is_some_and(|section| rules().policy_field.is_match(section.trim()));
    briefing.map(|_| DocumentKind::Briefing).or((numbered || named).then_some(DocumentKind::Policy))
}

/// Blocks at the beginning in which a byline is looked for.
const BYLINES: usize = 4;

/// The first heading is the title where the front matter has none; where it has the same one, it is not said twice.
fn take_title(pieces: &mut Vec<Piece>, title: &mut String) {
    const OPENING: usize = 3;
    let place = pieces
        .iter()
        .take(OPENING)
        .position(|piece| matches!(piece, Piece::Text { role: BlockRole::Heading, text, .. } if title.is_empty() || fold(text) == fold(title)));
    if let Some(place) = place
        && let Piece::Text { text, .. } = pieces.remove(place)
        && title.is_empty()
    {
        *title = text;
    }
}

/// An address alone in the first line is that of the original.
fn take_address(pieces: &mut Vec<Piece>, draft: &mut Draft) {
    if let Some(address) = pieces.first().and_then(Piece::words).filter(|words| is_address(words)) {
        draft.cites.get_or_insert_with(|| address.to_owned());
        pieces.remove(0);
    }
}

/// Where there is neither front matter nor heading, the first line is the title, and a line below it may hold the time.
fn take_first_line(pieces: &mut Vec<Piece>, draft: &mut Draft, zone: Option<&TimeZone>) {
    const OPENING: usize = 6;
    /// Lines at the beginning in which the title of an act may stand.
    const LETTERHEAD: usize = 10;
    // Below the names of offices the title is the line that says what they do; where none does, the first line is it.
    let words = |place: usize| pieces.get(place).and_then(Piece::words).unwrap_or_default();
    let below = Some(words(0)).filter(|first| super::kind::is_letterhead(first));
    let place = below.and_then(|_| (1..LETTERHEAD).find(|place| super::kind::tells_deed(words(*place))));
    let place = place.filter(|place| is_title(words(*place)) && pieces.len() > place + 1).unwrap_or_default();
    let first = words(place);
    if draft.title.is_empty() && pieces.len() > 1 && !first.is_empty() && is_title(first) {
        draft.title = first.to_owned();
        pieces.remove(place);
    }
    let lines =
        pieces.iter().take(OPENING).filter_map(Piece::words).filter(|words| words.chars().count() <= LONGEST_TITLE);
    draft.published =
        draft.published.or_else(|| lines.filter(|words| is_dateline(words)).find_map(|words| dates::find(words, zone)));
}

/// Longest line that can be a title, in characters; in English twice as many.
const LONGEST_TITLE: usize = 120;

fn is_title(line: &str) -> bool {
    let longest = if line.is_ascii() { 2 * LONGEST_TITLE } else { LONGEST_TITLE };
    line.chars().count() <= longest && !line.ends_with(['。', '.', '，', ':', '：'])
}

/// Whether a date in a short line can be that of the page: not in one that tells from when a measure is in force.
fn is_dateline(words: &str) -> bool {
    /// Words and characters of a line with a date that may end with a full stop.
    const LONGEST_DATELINE: usize = 8;
    const LONGEST_LINE: usize = 40;
    // A sentence tells of days, but is none.
    let long = words.split_whitespace().count() > LONGEST_DATELINE || words.chars().count() > LONGEST_LINE;
    let sentence = words.ends_with(['.', '。']) && long;
    !words.contains('，') && !sentence && !dates::tells_force(words)
}

fn is_address(words: &str) -> bool {
    words.starts_with("http") && !words.contains(char::is_whitespace)
}

/// Fields in bold below the title, one a line (`**URL:** …`), as items of a list: Markdown would join them into a paragraph.
fn with_fields_listed(body: &str) -> Cow<'_, str> {
    /// Lines at the beginning that may be such fields.
    const LINES: usize = 24;
    static FIELD: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^\*\*[^*:：]{1,24}(?:[:：]\*\*|\*\*\s*[:：])").expect("a fixed pattern"));
    if !body.lines().take(LINES).any(|line| FIELD.is_match(line)) {
        return Cow::Borrowed(body);
    }
    let mut listed = String::with_capacity(body.len() + 2 * LINES);
    for (number, line) in body.split_inclusive('\n').enumerate() {
        if number < LINES && FIELD.is_match(line) {
            listed.push_str("- ");
        }
        listed.push_str(line);
    }
    Cow::Owned(listed)
}

/// What a page reader made of a page, without the lines that are nothing but links and pictures: its menus.
fn without_navigation(body: &str) -> Cow<'_, str> {
    static LINKS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"!?\[(?:!\[[^\]\n]*\]\([^)\n]*\)|[^\[\]\n])*\]\([^)\n]*\)").expect("a fixed pattern")
    });
    let is_text = |line: &&str| !line.contains("](") || LINKS.replace_all(line, "").chars().any(char::is_alphanumeric);
    Cow::Owned(body.split_inclusive('\n').map(|line| if is_text(&line) { line } else { "\n" }).collect())
}

/// `Source URL: …`, `Date: …`: a field that a generator writes as an item of a list.
static NOTE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?P<key>source url|source|url|link|date|published|publisher|author|fetched|crawled at|retrieved|category|confidence|來源|来源|日期|發布日期|发布日期|產出時間|生成時間|發布時間|发布时间|發佈時間|generated|作者|網址|网址|擷取時間)\s*[:：]\s*(?P<value>.*)$")
        .expect("a fixed pattern")
});
/// Blocks at the beginning that may be such fields.
const NOTES: usize = 14;

/// Takes the fields that stand between title and text into the draft.
fn take_notes(pieces: &mut Vec<Piece>, draft: &mut Draft, zone: Option<&TimeZone>) {
    let mut taken = Vec::new();
    for (place, piece) in pieces.iter().enumerate().take(NOTES) {
        let Piece::Text { role, text, .. } = piece else { break };
        if *role == BlockRole::Heading {
            break;
        }
        let Some(found) = NOTE.captures(text).filter(|_| *role == BlockRole::ListItem || text.chars().count() < 80)
        else {
            continue;
        };
        let value = found["value"].trim();
        match found["key"].to_lowercase().as_str() {
            "date" | "published" | "generated" | "日期" | "發布日期" | "发布日期" | "產出時間" | "生成時間"
            | "發布時間" | "发布时间" | "發佈時間" => {
                draft.published = draft.published.or_else(|| dates::parse(value, zone));
            }
            "source url" | "url" | "link" | "網址" | "网址" if value.starts_with("http") => {
                draft.cites.get_or_insert_with(|| value.to_owned());
            }
            "source" | "publisher" | "來源" | "来源" if !value.is_empty() => {
                draft.published = draft.published.or_else(|| dates::find(value, zone));
                draft.publisher.get_or_insert_with(|| {
                    value.split(' ').next().filter(|_| !value.is_ascii()).unwrap_or(value).to_owned()
                });
            }
            "category" if rules().policy_field.is_match(value.trim_matches('`')) => {
                draft.kind.get_or_insert(DocumentKind::Policy);
            }
            "author" | "作者" if draft.authors.is_empty() => draft.authors = byline::of_field(value, &[]),
            _ => {}
        }
        taken.push(place);
    }
    let mut place = 0;
    pieces.retain(|_| {
        place += 1;
        !taken.contains(&(place - 1))
    });
}

/// The address of the original: one that is labelled so, or the link that stands alone at the end.
fn cites(pieces: &[Piece], links: &[Link], draft: &Draft, body: &str) -> Option<String> {
    let stands_alone = |words: &str| links.iter().rev().find(|link| link.text == words);
    let labelled = links.iter().find(|link| rules().original.is_match(&link.text));
    let last = pieces.last().and_then(Piece::words);
    labelled
        .map(|link| link.url.as_str().to_owned())
        .or_else(|| original::in_text(body))
        .filter(|_| draft.cites.is_none())
        .or_else(|| draft.cites.clone())
        .or_else(|| last.and_then(stands_alone).map(|link| link.url.as_str().to_owned()))
}

/// Drops lines that note whence the text came, and links that stand alone at the end.
fn drop_notes(pieces: &mut Vec<Piece>, draft: &Draft) {
    pieces.retain(|piece| piece.words().is_none_or(|words| !rules().drop.is_match(words) && !is_address(words)));
    while let Some(words) = pieces.last().and_then(Piece::words) {
        let is_link = draft.links.iter().any(|link| link.text == words);
        let is_label = rules().original.is_match(words) || is_link || NOTE.is_match(words);
        if draft.cites.is_none() || words.chars().count() > LONGEST_LABEL || !is_label {
            break;
        }
        pieces.pop();
    }
    // A line under the title that repeats publisher and time.
    let repeats = pieces.first().and_then(Piece::words).is_some_and(|words| {
        words.contains('|') && draft.publisher.as_deref().is_some_and(|publisher| words.starts_with(publisher))
    });
    if repeats {
        pieces.remove(0);
    }
}

/// Characters of a link or label that stands alone behind a text.
const LONGEST_LABEL: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Vec<String> {
        read(text, None)
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text { role, level, text } => format!("{role:?}{level} {text}"),
                Piece::Table(grid) => format!("Table#{} {}x{}", grid.header_rows, grid.rows.len(), grid.rows[0].len()),
            })
            .collect()
    }

    #[test]
    fn fields_in_bold_below_the_title_are_fields() {
        let head = "**Source:** A ministry\n**URL:** https://ministry.example/notices/a-long-address/of-a-notice-that-is-longer-than-a-line.html\n\
                    **Category:** `regulation_update`\n";
        let draft = read(&format!("# A title\n\n{head}\n---\n\nThe text of it **in bold**: and more.\n"), None);
        let address = "https://ministry.example/notices/a-long-address/of-a-notice-that-is-longer-than-a-line.html";
        assert_eq!(draft.cites.as_deref(), Some(address));
        assert_eq!((draft.kind, draft.publisher.as_deref()), (Some(DocumentKind::Policy), Some("A ministry")));
        assert_eq!(
            draft.pieces.iter().filter_map(Piece::words).collect::<Vec<_>>(),
            ["The text of it in bold: and more."]
        );
    }

    #[test]
    fn menus_of_a_page_reader_are_no_text() {
        let text = "Title: Exports rise\n\nURL Source: https://news.example/a\n\nMarkdown Content:\nExports rise\n===\n\n[Home](https://news.example/) | [Trade](https://news.example/t)\n\n* [![Image 1](https://news.example/i.png)](https://news.example/)\n\nExports rose by [a tenth](https://news.example/b) in May.\n";
        let draft = read(text, None);
        assert_eq!((draft.title.as_str(), draft.cites.as_deref()), ("Exports rise", Some("https://news.example/a")));
        assert_eq!(printed(text), ["Paragraph0 Exports rose by a tenth in May."]);
    }

    #[test]
    fn headings_lists_tables_and_inline_markup_are_read() {
        let text = "# Title\n\nA **bold** <span class=\"x\">USD 345 億</span> [link](https://example.org/).\n\n## Part\n{: .class}\n\n- one\n  - two\n\n\
            | a | b |\n|---|---|\n| 1 | 2 |\n{: .table}\n\n> 註：note\n\n<div class=\"k\" markdown=\"1\">\nInside **it**\n</div>\n\n{% include x.html %}\n";
        assert_eq!(
            printed(text),
            [
                "Paragraph0 A bold USD 345 億 link.",
                "Heading2 Part",
                "ListItem0 one",
                "ListItem0 two",
                "Table#1 2x2",
                "Note0 註：note",
                "Paragraph0 Inside it"
            ]
        );
    }

    #[test]
    fn lines_with_tabs_are_a_table_with_its_first_empty_cell() {
        let text = "## 統計\n\n表一：夥伴\n\n單位：億美元\n\n排名\t國家\t某月\n\t全球\t5,120.4\n1\t墨西哥\t812.6\n\n來源：某處\n";
        assert_eq!(printed(text), ["Caption0 表一：夥伴", "Note0 單位：億美元", "Table#1 3x3", "Note0 來源：某處"]);
    }

    #[test]
    fn notes_of_a_generator_become_fields() {
        let text = "# Announcement\n\n- **Source**: example.gov\n- **URL**: http://example.gov/1.html\n- **Date**: 2025-10-13\n- **Partner**: Freedonia (99)\n\n## Summary\n\nText.\n";
        let draft = read(text, None);
        assert_eq!(draft.title, "Announcement");
        assert_eq!(draft.published.map(|time| time.date().to_string()).as_deref(), Some("2025-10-13"));
        assert_eq!(draft.cites.as_deref(), Some("http://example.gov/1.html"));
        assert_eq!(draft.publisher.as_deref(), Some("example.gov"));
        assert_eq!(printed(text), ["ListItem0 Partner: Freedonia (99)", "Heading2 Summary", "Paragraph0 Text."]);
    }

    #[test]
    fn html_inside_markdown_is_read() {
        let text = "### 標題\n\n<p><strong>某網消息</strong>：第一段。</p><p>第二段。<br></p>\n\n[查看原文](https://tv.example.cn/1.shtml)\n";
        let draft = read(text, None);
        assert_eq!(draft.title, "標題");
        assert_eq!(draft.cites.as_deref(), Some("https://tv.example.cn/1.shtml"));
        assert_eq!(printed(text), ["Paragraph0 某網消息：第一段。", "Paragraph0 第二段。"]);
    }
}
