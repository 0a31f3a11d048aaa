//! Pages of PTT: the article in `#main-content`, one `.push` a comment.

use std::sync::LazyLock;

use bellwether_model::document::{Comment, Link};
use bellwether_model::web::CanonicalUrl;
use jiff::tz::TimeZone;
use scraper::{ElementRef, Html, Node, Selector};

use super::css::Css;
use super::draft::Draft;
use super::ptt::{self, Header};
use super::spacing::collapse;

macro_rules! selector {
    ($name:ident, $css:literal) => {
        static $name: LazyLock<Selector> = LazyLock::new(|| Selector::parse($css).expect("a fixed selector"));
    };
}
static MAIN: LazyLock<Css> = LazyLock::new(|| Css::parse("#main-content").expect("a fixed selector"));
static PUSH: LazyLock<Css> = LazyLock::new(|| Css::parse("#main-content .push").expect("a fixed selector"));
selector!(META_LINE, ".article-metaline, .article-metaline-right");
selector!(META_TAG, ".article-meta-tag");
selector!(META_VALUE, ".article-meta-value");
selector!(TAG, ".push-tag");
selector!(USER, ".push-userid");
selector!(CONTENT, ".push-content");
selector!(TIME, ".push-ipdatetime");
selector!(LINK, "a[href]");
selector!(TITLE, "meta[property='og:title']");
selector!(CANONICAL, "link[rel='canonical']");

/// Reads a page of an article. `None`: it is none.
pub(crate) fn read(html: &Html, zone: Option<&TimeZone>) -> Option<Draft> {
    let main = MAIN.select(html).next().filter(|main| is_board(html, *main))?;
    let mut text = String::new();
    let mut links = Vec::new();
    body_text(main, &mut text, &mut links);
    let (found, rest) = split_header(main, &text);
    let header = Header {
        title: if found.title.is_empty() {
            attribute(html, &TITLE, "content").map(|title| collapse(&title)).unwrap_or_default()
        } else {
            found.title
        },
        ..found
    };
    let (body, _) = ptt::cut_body(rest);
    let comments = PUSH.select(html).filter_map(comment).collect();
    let mut draft = ptt::draft(&header, body, Some(comments), zone);
    draft.canonical = attribute(html, &CANONICAL, "href").or_else(|| own_address(&text));
    draft.links = links
        .into_iter()
        .filter(|href: &String| body.contains(href.as_str()))
        .filter_map(|href| Some(Link { url: CanonicalUrl::parse(&href).ok()?, text: href, published: None }))
        .collect();
    Some(draft)
}

/// Whether the page has the parts of the board's software.
fn is_board(html: &Html, main: ElementRef<'_>) -> bool {
    main.select(&META_LINE).next().is_some()
        || PUSH.select(html).next().is_some()
        || main.value().attr("class").is_some_and(|class| class.contains("bbs-screen"))
}

fn attribute(html: &Html, selector: &Selector, name: &str) -> Option<String> {
    html.select(selector).find_map(|element| element.value().attr(name)).map(str::to_owned)
}

/// The text of the article, header lines, comments and shown pictures left out, with the addresses of its links.
fn body_text(element: ElementRef<'_>, text: &mut String, links: &mut Vec<String>) {
    for child in element.children() {
        match child.value() {
            Node::Text(words) => text.push_str(words),
            Node::Element(_) => {
                let Some(child) = ElementRef::wrap(child) else { continue };
                let class = child.value().attr("class").unwrap_or_default();
                let left_out = class
                    .split_whitespace()
                    .any(|name| matches!(name, "article-metaline" | "article-metaline-right" | "push" | "richcontent"));
                if left_out || child.value().name() == "script" {
                    continue;
                }
                if LINK.matches(&child) {
                    links.extend(child.value().attr("href").map(str::to_owned));
                }
                body_text(child, text, links);
            }
            _ => {}
        }
    }
}

/// The header from its elements, or from the first lines of old posts whose header is part of the text.
fn split_header<'a>(main: ElementRef<'_>, text: &'a str) -> (Header, &'a str) {
    let mut header = Header::default();
    for line in main.select(&META_LINE) {
        let words = |selector: &Selector| {
            line.select(selector).next().map(|element| collapse(&element.text().collect::<String>()))
        };
        let (Some(tag), Some(value)) = (words(&META_TAG), words(&META_VALUE)) else { continue };
        set(&mut header, &tag, &value);
    }
    if header != Header::default() {
        return (header, text);
    }
    // A picture of characters may stand above the header.
    let mut at = 0;
    let mut before = 0;
    let lines: Vec<&str> = text.split_inclusive('\n').take(PICTURE_LINES).collect();
    for pair in lines.windows(2) {
        if pair[0].trim_start().starts_with("作者") && pair[1].trim_start().starts_with("標題") {
            at = before;
            break;
        }
        before += pair[0].len();
    }
    for line in text[at..].split_inclusive('\n').take(HEADER_LINES) {
        let words = line.trim();
        let Some((tag, value)) = words.split_once([':', '：', ' ']) else {
            if words.is_empty() || words.chars().all(|c| c == '─' || c == '-') {
                at += line.len();
                continue;
            }
            break;
        };
        if !set(&mut header, tag.trim(), value.trim_start_matches([':', '：', ' ']).trim()) {
            break;
        }
        at += line.len();
    }
    (header, &text[at..])
}

/// Lines in which the header of an old post is looked for.
const PICTURE_LINES: usize = 80;
/// Lines that the header of an old post has at the most.
const HEADER_LINES: usize = 6;

/// Sets a field of the header; false: the tag is none of its.
fn set(header: &mut Header, tag: &str, value: &str) -> bool {
    match tag {
        "作者" => {
            // Old posts name the board on the same line: `作者: somebody (nick) 看板: Board`.
            let (author, board) = value.split_once("看板").or_else(|| value.split_once("站內")).unwrap_or((value, ""));
            header.author = author.split([' ', '(', '（']).next().unwrap_or_default().to_owned();
            let board = board.trim_start_matches([':', '：', ' ']).trim();
            if !board.is_empty() {
                header.board = board.to_owned();
            }
        }
        "看板" | "站內" => header.board = value.to_owned(),
        "標題" => header.title = value.to_owned(),
        "時間" => header.time = value.to_owned(),
        _ => return false,
    }
    true
}

fn comment(push: ElementRef<'_>) -> Option<Comment> {
    let words = |selector: &Selector| push.select(selector).next().map(|element| element.text().collect::<String>());
    // The board's note that a file is too long is a row without a tag.
    let tag = words(&TAG)?;
    Some(Comment {
        reaction: ptt::reaction(&tag),
        author: words(&USER).map(|user| collapse(&user)).unwrap_or_default(),
        text: words(&CONTENT).map(|text| text.trim_start_matches([':', '：']).trim().to_owned()).unwrap_or_default(),
        time: words(&TIME).map(|time| collapse(&time)).filter(|time| !time.is_empty()),
    })
}

/// The address in the line `※ 文章網址:`.
fn own_address(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("※ 文章網址:")?;
    rest.split_whitespace().next().filter(|address| address.starts_with("http")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::draft::Piece;
    use bellwether_model::document::Reaction;

    const PAGE: &str = "<html><body><div id=\"main-content\" class=\"bbs-screen bbs-content\">\
        <div class=\"article-metaline\"><span class=\"article-meta-tag\">作者</span><span class=\"article-meta-value\">somebody (某人)</span></div>\
        <div class=\"article-metaline-right\"><span class=\"article-meta-tag\">看板</span><span class=\"article-meta-value\">Stock</span></div>\
        <div class=\"article-metaline\"><span class=\"article-meta-tag\">標題</span><span class=\"article-meta-value\">[新聞] 出口</span></div>\
        <div class=\"article-metaline\"><span class=\"article-meta-tag\">時間</span><span class=\"article-meta-value\">Tue Aug 18 19:52:49 2015</span></div>\n\
        內文第一行\n<a href=\"https://news.example.tw/1\">https://news.example.tw/1</a>\n--\nsig\n\
        <span class=\"f2\">※ 發信站: 批踢踢實業坊(ptt.cc), 來自: 1.2.3.4\n</span><span class=\"f2\">※ 文章網址: <a href=\"https://www.ptt.cc/bbs/Stock/M.1.A.1.html\">https://www.ptt.cc/bbs/Stock/M.1.A.1.html</a>\n</span>\
        <div class=\"push\"><span class=\"hl push-tag\">推 </span><span class=\"push-userid\">reader</span><span class=\"push-content\">: 好</span><span class=\"push-ipdatetime\"> 08/18 19:54\n</span></div>\
        <div class=\"push\"><span class=\"f1 push-tag\">噓 </span><span class=\"push-userid\">other</span><span class=\"push-content\">: 壞</span><span class=\"push-ipdatetime\"> 08/18 19:55\n</span></div>\
        <div class=\"push center warning-box\">檔案過大！</div></div></body></html>";

    #[test]
    fn an_article_page_is_read() {
        let draft = read(&Html::parse_document(PAGE), None).expect("a post");
        assert_eq!((draft.title.as_str(), draft.authors[0].as_str()), ("[新聞] 出口", "somebody"));
        assert_eq!(draft.publisher.as_deref(), Some("PTT Stock"));
        assert_eq!(draft.canonical.as_deref(), Some("https://www.ptt.cc/bbs/Stock/M.1.A.1.html"));
        let words: Vec<&str> = draft.pieces.iter().filter_map(Piece::words).collect();
        assert_eq!(words, ["內文第一行", "https://news.example.tw/1", "sig"]);
        let comments = draft.comments.expect("comments");
        assert_eq!(comments.len(), 2);
        assert_eq!((comments[0].reaction, comments[0].text.as_str()), (Reaction::Push, "好"));
        assert_eq!(draft.links.len(), 1);
    }

    #[test]
    fn the_header_of_an_old_post_stands_in_its_text() {
        let page = "<div id=main-content class=\"bbs-screen\">作者: somebody (某 人) 看板: Board\n標題: [名人] 題目\n時間: Wed Aug 10 15:03:16 2005\n\n內文\n\n※ 發信站: x\n</div>";
        let draft = read(&Html::parse_document(page), None).expect("a post");
        assert_eq!(
            (draft.title.as_str(), draft.authors[0].as_str(), draft.publisher.as_deref()),
            ("[名人] 題目", "somebody", Some("PTT Board"))
        );
        assert_eq!(draft.pieces, [Piece::paragraph("內文")]);
    }

    #[test]
    fn other_pages_are_none() {
        assert!(read(&Html::parse_document("<div id=main-content><p>article"), None).is_none());
    }
}
