//! Posts of PTT, the bulletin board: header, body, readers' comments. Shared by pages and by posts saved as text.
//!
//! The body ends at the line of the posting host (`※ 發信站`), else at `※ 編輯`, else at the first comment.

use std::sync::LazyLock;

use bellwether_model::document::{BlockRole, Comment, DocumentKind, PageTime, Reaction};
use jiff::tz::TimeZone;
use regex::Regex;

use super::draft::{Draft, Piece};
use super::spacing::{collapse, unwrap_lines};
use super::{dates, lines, original, table};

/// What the first lines of a post say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Header {
    /// Name of the account.
    pub(crate) author: String,
    /// Board.
    pub(crate) board: String,
    /// Title with its class in brackets.
    pub(crate) title: String,
    /// Time as C's `ctime` prints it, in Taipei.
    pub(crate) time: String,
}

static COMMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<tag>推|噓|→)\s*(?P<author>[A-Za-z][A-Za-z0-9]{1,12})\s*[:：]\s*(?P<text>.*?)\s*(?P<time>(?:[0-9.]{7,15}\s+)?[0-9]{2}/[0-9]{2}(?:\s+[0-9]{2}:[0-9]{2})?)?\s*$")
        .expect("a fixed pattern")
});

/// Whether a text is a post that was saved as text.
pub(crate) fn is_post(text: &str) -> bool {
    header(text).is_some()
}

/// Reads a post that was saved as text. `None`: it is none.
pub(crate) fn read_text(text: &str, zone: Option<&TimeZone>) -> Option<Draft> {
    let (header, rest) = header(text)?;
    let (body, signed) = cut_body(rest);
    let comments: Vec<Comment> = rest.lines().filter_map(|line| comment(line.trim())).collect();
    let comments = (!comments.is_empty() || signed).then_some(comments);
    Some(draft(&header, body, comments, zone))
}

/// The draft of a post.
pub(crate) fn draft(header: &Header, body: &str, comments: Option<Vec<Comment>>, zone: Option<&TimeZone>) -> Draft {
    Draft {
        title: header.title.clone(),
        published: time(&header.time, zone),
        authors: if header.author.is_empty() { Vec::new() } else { vec![header.author.clone()] },
        publisher: Some(if header.board.is_empty() { "PTT".to_owned() } else { format!("PTT {}", header.board) }),
        cites: original::in_text(body),
        kind: Some(DocumentKind::Forum),
        pieces: pieces(body),
        comments,
        ..Draft::default()
    }
}

/// The board writes Taipei time and no zone.
pub(crate) fn time(field: &str, zone: Option<&TimeZone>) -> Option<PageTime> {
    let taipei = TimeZone::fixed(jiff::tz::offset(8));
    dates::parse(field, Some(zone.unwrap_or(&taipei)))
}

/// The header in front of a text, and what follows it. Copies of pages run its fields together without blanks.
fn header(text: &str) -> Option<(Header, &str)> {
    static HEADER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^\s*作者\s*[:：]?\s*(?P<author>[A-Za-z][A-Za-z0-9]{1,12})\s*(?:[(（](?P<nick>[^\n]*?)[)）])?\s*(?:看板|站內)\s*[:：]?\s*(?P<board>[A-Za-z0-9_-]+)\s*標題\s*[:：]?\s*(?P<title>[^\n]*?)\s*時間\s*[:：]?\s*(?P<time>[A-Z][a-z]{2} [A-Z][a-z]{2}\s+[0-9]{1,2} [0-9:]{8} [0-9]{4})",
        )
        .expect("a fixed pattern")
    });
    let found = HEADER.captures(text)?;
    let header = Header {
        author: found["author"].to_owned(),
        board: found["board"].to_owned(),
        title: collapse(&found["title"]),
        time: found["time"].to_owned(),
    };
    Some((header, &text[found.get(0)?.end()..]))
}

/// The body without signature lines and what follows, and whether the line of the posting host was there.
pub(crate) fn cut_body(text: &str) -> (&str, bool) {
    let mut edited = None;
    let mut commented = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim_start();
        if words.starts_with("※ 發信站") {
            return (strip_dashes(&text[..at]), true);
        }
        if words.starts_with("※ 編輯") {
            edited.get_or_insert(at);
        }
        if COMMENT.is_match(words.trim_end()) {
            commented.get_or_insert(at);
        }
        at += line.len();
    }
    let end = edited.or(commented).unwrap_or(text.len());
    (strip_dashes(&text[..end]), edited.is_some())
}

/// A body without lone `--` lines at its end.
fn strip_dashes(body: &str) -> &str {
    let mut body = body.trim_end();
    while let Some(rest) = body.strip_suffix("--").filter(|rest| rest.is_empty() || rest.ends_with('\n')) {
        body = rest.trim_end();
    }
    body
}

/// Reads one line as a comment.
pub(crate) fn comment(line: &str) -> Option<Comment> {
    let found = COMMENT.captures(line)?;
    Some(Comment {
        reaction: reaction(&found["tag"]),
        author: found["author"].to_owned(),
        text: found["text"].trim().to_owned(),
        time: found.name("time").map(|time| collapse(time.as_str())),
    })
}

/// The reaction of a tag; anything but 推 and 噓 takes no side.
pub(crate) fn reaction(tag: &str) -> Reaction {
    match tag.trim() {
        "推" => Reaction::Push,
        "噓" => Reaction::Boo,
        _ => Reaction::Neutral,
    }
}

/// Fields of the template of the class `[新聞]`; what stands under the first four says whence the news is.
static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:[0-9一二三四五六]{1,2}\s*[.、．]\s*)?(?P<name>原文標題|新聞標題|原文連結|新聞連結|新聞網址|網址連結|完整新聞連結(?:\s*[(（]或短網址[)）])?|發布時間|發佈時間|記者署名|完整新聞標題|完整新聞內文|媒體來源|新聞來源|原文內容|新聞內文|內文|心得/評論|心得／評論|心得|評論|備註)\s*[:：]\s*(?P<rest>.*)$")
        .expect("a fixed pattern")
});

/// Paragraphs of a body, its hard-wrapped lines joined. Fields of the news template that say whence the news is are
/// notes, headings of its parts are headings, so that nothing of the post is lost.
fn pieces(body: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut block: Vec<&str> = Vec::new();
    let mut in_notes = false;
    let flush = |block: &mut Vec<&str>, pieces: &mut Vec<Piece>, in_notes: bool| {
        if in_notes {
            pieces.extend(block.iter().map(|line| Piece::text(BlockRole::Note, collapse(line))));
        } else if block.iter().any(|line| line.contains('\t') || table::is_number(line)) {
            pieces.extend(lines::pieces(&block.join("\n")));
        } else {
            pieces.extend(unwrap_lines(block).into_iter().map(|words| lines::with_role(collapse(&words))));
        }
        block.clear();
    };
    for line in body.lines() {
        if let Some(field) = FIELD.captures(line) {
            flush(&mut block, &mut pieces, in_notes);
            let name = &field["name"];
            in_notes = !(name.ends_with("標題")
                || name.contains("內")
                || name.contains("心得")
                || name == "評論"
                || name == "備註");
            pieces.push(Piece::heading(2, collapse(&field[0][..field[0].len() - field["rest"].len()])));
            if !field["rest"].trim().is_empty() {
                block.push(field.name("rest").map_or("", |rest| rest.as_str()));
            }
        } else if line.trim().is_empty() || line.trim() == "--" {
            flush(&mut block, &mut pieces, in_notes);
        } else {
            block.push(line);
        }
    }
    flush(&mut block, &mut pieces, in_notes);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: &str = "作者somebody (某人 (二))看板Stock標題[新聞] 出口翻紅時間Fri Dec  8 20:08:40 2023\n原文標題：\n出口翻紅\n\n原文連結：\n\
        https://www.example.tw/news/1.aspx\n\n發布時間：\n2023/12/8 18:48\n\n原文內容：\n\
        （某社記者某某台北8日電）統計機關今天說明上個月的貨品往來比一般人想的還要好，各主要市場\n都有成長。\n\n心得/評論：\n很好。\n\n--\n\
        ※ 發信站: 批踢踢實業坊(ptt.cc), 來自: 1.2.3.4\n推 reader02 : 看好科技 12/08 20:16\n噓 another     : 不好 12/08 20:17\n→ another     : 續 12/08 20:18\n";

    #[test]
    fn a_saved_post_is_read() {
        let draft = read_text(POST, None).expect("a post");
        assert_eq!((draft.title.as_str(), draft.authors.as_slice()), ("[新聞] 出口翻紅", &["somebody".to_owned()][..]));
        assert_eq!(
            draft.published.and_then(|time| time.instant).map(|at| at.to_string()).as_deref(),
            Some("2023-12-08T12:08:40Z")
        );
        assert_eq!(draft.cites.as_deref(), Some("https://www.example.tw/news/1.aspx"));
        assert_eq!(draft.publisher.as_deref(), Some("PTT Stock"));
        let words: Vec<&str> = draft.pieces.iter().filter_map(Piece::words).collect();
        assert!(
            words.contains(
                &"（某社記者某某台北8日電）統計機關今天說明上個月的貨品往來比一般人想的還要好，各主要市場都有成長。"
            ),
            "{words:?}"
        );
        assert_eq!(words.last(), Some(&"很好。"));
        let comments = draft.comments.expect("comments");
        assert_eq!(
            comments.iter().map(|comment| comment.reaction).collect::<Vec<_>>(),
            [Reaction::Push, Reaction::Boo, Reaction::Neutral]
        );
        assert_eq!((comments[0].text.as_str(), comments[0].time.as_deref()), ("看好科技", Some("12/08 20:16")));
    }

    #[test]
    fn a_post_without_its_end_has_no_comments_to_count() {
        let text = "作者somebody (無)看板Stock標題[請益] 問題時間Fri Apr 11 16:28:47 2025\n內文。\n\n--\n";
        let draft = read_text(text, None).expect("a post");
        assert_eq!(draft.comments, None);
        assert_eq!(draft.pieces, [Piece::paragraph("內文。")]);
        assert!(read_text("作者說，出口成長。", None).is_none());
    }
}
