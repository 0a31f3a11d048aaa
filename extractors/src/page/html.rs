//! A page of markup to a draft: what its head says, and its article without what stands around it.

use std::collections::HashSet;
use std::sync::LazyLock;

use bellwether_model::document::{BlockRole, DocumentKind, Link};
use bellwether_model::web::CanonicalUrl;
use jiff::tz::TimeZone;
use scraper::{ElementRef, Html};

use super::css::Css;
use super::draft::{Draft, Piece};
use super::furniture;
use super::layout;
use super::markup;
use super::meta::{self, Meta};
use super::opening;
use super::original;
use super::rules::{PageRules, rules};
use super::structured::Posting;
use super::title::fold;
use super::walk::{self, Content};
use super::{around, byline, dates, forum, ptt_page};

/// Characters of reading that make a part of a page its article; less is a stub or furniture.
pub(super) const ENOUGH: usize = 80;
/// Blocks at the beginning in which a byline, a dateline or the title is looked for.
const OPENING: usize = 4;
/// The general reader's answer is believed where it has at least this share (in tenths) of a page's reading, or ENOUGH.
const FAIR_TENTHS: usize = 3;

/// Reads a page. `cut` tells that its markup had to be cut.
pub(crate) fn read(text: &str, url: Option<&str>, zone: Option<&TimeZone>) -> (Draft, bool) {
    let (markup, cut) = markup::tame(text);
    let html = Html::parse_document(&markup);
    if let Some(draft) = ptt_page::read(&html, zone) {
        return (draft, cut);
    }
    let mut meta = meta::read(&html, url, zone);
    let address = meta.canonical.clone().filter(|own| own.starts_with("http")).or_else(|| url.map(str::to_owned));
    if let Some((thread, content)) = forum::thread(&html, zone) {
        let links = links(&content, address.as_deref().or(url));
        let title = Some(thread.title.clone()).filter(|title| !title.is_empty()).unwrap_or(meta.title);
        let draft = Draft { title, canonical: meta.canonical, language: meta.language, links, ..thread };
        return (draft, cut);
    }
    if let Some(posting) = meta.posting.take() {
        return (posted(meta, posting), cut);
    }
    let content = article(&html, &markup, address.as_deref().or(url));
    let mut draft = Draft {
        title: meta.title,
        published: meta.published,
        updated: meta.updated,
        authors: meta.authors,
        publisher: meta.publisher,
        canonical: meta.canonical,
        language: meta.language,
        ..Draft::default()
    };
    fill(&mut draft, content, address.as_deref().or(url), zone);
    opening::mark(&html, &mut draft.pieces);
    let whole = walk::content(html.root_element(), &|_| false);
    if draft.cites.is_none() {
        draft.cites = original::among(&whole.anchors, &draft.title, url);
    }
    around::read(&mut draft, &whole, zone);
    if draft.authors.is_empty() {
        draft.authors = meta::marked_authors(&html, draft.publisher.as_deref());
    }
    (draft, cut)
}

/// The thread that a page of a forum holds as data.
fn posted(meta: Meta, posting: Posting) -> Draft {
    let comments = posting.comments.into_iter().map(|(author, time, text)| forum::comment(author, text, time));
    Draft {
        title: meta.title,
        published: meta.published,
        updated: meta.updated,
        authors: meta.authors,
        publisher: meta.publisher,
        canonical: meta.canonical,
        language: meta.language,
        kind: Some(DocumentKind::Forum),
        pieces: posting.text.lines().filter(|line| !line.trim().is_empty()).map(Piece::paragraph).collect(),
        comments: Some(comments.collect()),
        ..Draft::default()
    }
}

/// Reads a piece of markup that is all text: the content of a feed's entry, a block inside Markdown.
pub(crate) fn fragment(text: &str, url: Option<&str>, zone: Option<&TimeZone>) -> Draft {
    let (markup, _) = markup::tame(text);
    let html = Html::parse_fragment(&markup);
    let mut draft = Draft::default();
    let site = url.and_then(|url| rules().site(url));
    let body = site.and_then(|site| selected(site.body.select(&html), &|element| site.drops(element)));
    let body = body.or_else(|| container(&html)).unwrap_or_else(|| walk::content(html.root_element(), &|_| false));
    fill(&mut draft, body, url, zone);
    draft
}

/// Puts an article's content into its draft: pieces without furniture, links, and what the text says of itself.
fn fill(draft: &mut Draft, content: Content, url: Option<&str>, zone: Option<&TimeZone>) {
    draft.cites = original::among(&content.anchors, &draft.title, url);
    draft.links = links(&content, url);
    // Korean papers sign at the end, in lines that are no text.
    let signatures: Vec<String> = content
        .pieces
        .iter()
        .rev()
        .take(OPENING)
        .filter_map(|walked| walked.piece.words().map(str::to_owned))
        .collect();
    // Printed fields are no text, but say when.
    let is_field = |words: &&str| words.chars().count() <= LONGEST_FIELD && rules().field.is_match(words);
    let fields: Vec<&str> =
        content.pieces.iter().filter_map(|walked| walked.piece.words()).filter(is_field).take(MOST_FIELDS).collect();
    let printed = dates::find(&fields.join("\n"), zone);
    let mut pieces = furniture::clear(content.pieces);
    drop_title(&mut pieces, &mut draft.title);
    let opening: Vec<&str> = pieces.iter().take(OPENING).filter_map(Piece::words).collect();
    if draft.published.is_none() {
        draft.published = printed.or_else(|| opening.iter().find_map(|words| dates::find(words, zone)));
    }
    if draft.authors.is_empty() {
        let signed = opening.iter().copied().chain(signatures.iter().map(String::as_str));
        draft.authors = signed.map(byline::in_text).find(|names| !names.is_empty()).unwrap_or_default();
    }
    drop_dateline(&mut pieces, zone);
    draft.pieces = pieces;
}

/// Characters of a printed field, and how many of them one page has.
const LONGEST_FIELD: usize = 100;
const MOST_FIELDS: usize = 12;

/// Takes lines out of the beginning that say nothing but when and by whom: they are fields of the document.
fn drop_dateline(pieces: &mut Vec<Piece>, zone: Option<&TimeZone>) {
    const LONGEST: usize = 50;
    const LONGEST_BYLINE: usize = 80;
    let is_dateline = |piece: &Piece| {
        let Piece::Text { role: BlockRole::Paragraph | BlockRole::ListItem, text, .. } = piece else { return false };
        // A byline in brackets opens the first paragraph.
        let is_sentence = text.contains(['。', '！', '？', '!', '【']) || text.ends_with('.');
        let length = text.chars().count();
        let is_date = length <= LONGEST && dates::find(text, zone).is_some();
        !is_sentence && (is_date || length <= LONGEST_BYLINE && !byline::in_text(text).is_empty())
    };
    let mut place = 0;
    pieces.retain(|piece| {
        place += 1;
        place > OPENING || !is_dateline(piece)
    });
}

/// Takes the title out of the body; where the head had none, the first heading is the title.
fn drop_title(pieces: &mut Vec<Piece>, title: &mut String) {
    let place = pieces.iter().take(OPENING).position(|piece| {
        let Piece::Text { text, level, .. } = piece else { return false };
        let (line, known) = (fold(text), fold(title));
        if title.is_empty() {
            (1..=3).contains(level)
        } else {
            says_title(&line, &known) || says_more(&line, &known, *level)
        }
    });
    if let Some(place) = place
        && let Piece::Text { text, level, .. } = pieces.remove(place)
        && (title.is_empty() || fold(&text) != fold(title) && !says_more(&fold(&text), &fold(title), level))
    {
        *title = text;
    }
}

/// Whether a line says the title, or most of one that also names its site. Both are folded.
fn says_title(line: &str, title: &str) -> bool {
    let (part, whole) = (line.chars().count(), title.chars().count());
    line == title || (part >= 10 && part * 10 >= whole * 6 && (title.ends_with(line) || title.starts_with(line)))
}

/// Whether a heading says the title and, in front of it or behind it, a word on its subject; a number there tells of
/// something else, such as the year of a table.
fn says_more(line: &str, title: &str, level: u8) -> bool {
    const SHORTEST: usize = 8;
    let more = line.strip_suffix(title).or_else(|| line.strip_prefix(title));
    (1..=2).contains(&level)
        && title.chars().count() >= SHORTEST
        && more.is_some_and(|more| !more.is_empty() && !more.contains(char::is_numeric))
}

fn links(content: &Content, url: Option<&str>) -> Vec<Link> {
    let base = url.and_then(|url| CanonicalUrl::parse(url).ok());
    let absolute = |href: &str| match &base {
        Some(base) => base.join(href).ok(),
        None => CanonicalUrl::parse(href).ok(),
    };
    let link =
        |anchor: &walk::Anchor| Some(Link { url: absolute(&anchor.href)?, text: anchor.text.clone(), published: None });
    content.anchors.iter().filter_map(link).collect()
}

/// The part of a page that is its article: by the rule of its site, in a place where content systems keep it, in the
/// cell with the prose where tables lay out the page, by the general reader, or the whole page.
fn article(html: &Html, markup: &str, url: Option<&str>) -> Content {
    let rules = rules();
    if let Some(content) = url
        .and_then(|url| rules.site(url))
        .and_then(|site| selected(site.body.select(html), &|element| site.drops(element) || rules.skips(element)))
    {
        return content;
    }
    if let Some(content) = container(html) {
        return content;
    }
    if let Some(content) = layout::article(html, &|element| rules.skips(element)) {
        return content;
    }
    let whole = walk::content(html.root_element(), &|element| rules.skips(element));
    let Some(general) = general(markup, url, rules) else { return whole };
    let tables = |content: &Content| content.pieces.iter().any(|walked| matches!(walked.piece, Piece::Table(_)));
    if let Some(described) = described(html, &general, rules) {
        return described;
    }
    let fair = general.reading() >= ENOUGH || general.reading() * 10 >= whole.reading() * FAIR_TENTHS;
    // The general reader drops tables; a page that is mostly tables is read whole.
    if fair && (tables(&general) || !mostly_tables(&whole)) { general } else { whole }
}

/// Letters at the beginning of a page's description that tell where its text begins.
const DESCRIPTION: usize = 24;
/// Letters of a paragraph that is looked at for them, at the most.
const LONGEST_PARAGRAPH: usize = 400;

/// The element around the paragraph with which the page describes itself, where the general reader took another part
/// of the page. `None`: it took the right one, or the page does not say.
fn described(html: &Html, general: &Content, rules: &PageRules) -> Option<Content> {
    static PARAGRAPHS: LazyLock<Css> = LazyLock::new(|| Css::parse("p").expect("a fixed selector"));
    let description: String = fold(&meta::description(html)?).chars().take(DESCRIPTION).collect();
    let says = |words: &str| fold(words).contains(&description);
    if description.chars().count() < DESCRIPTION
        || general.pieces.iter().filter_map(|walked| walked.piece.words()).any(says)
    {
        return None;
    }
    let begins = |element: &ElementRef<'_>| {
        let words: String = element.text().flat_map(str::chars).take(LONGEST_PARAGRAPH).collect();
        fold(&words).starts_with(&description)
    };
    let around = PARAGRAPHS.select(html).find(begins)?.parent().and_then(ElementRef::wrap)?;
    let content = walk::content(around, &|element| rules.skips(element));
    (content.reading() >= ENOUGH && !mostly_links(&content)).then_some(content)
}

fn mostly_tables(content: &Content) -> bool {
    let all: usize = content.pieces.iter().map(|walked| walked.characters).sum();
    let tables: usize = content
        .pieces
        .iter()
        .filter(|walked| matches!(walked.piece, Piece::Table(_)))
        .map(|walked| walked.characters)
        .sum();
    tables * 2 > all
}

/// The content of these elements, those inside each other once. `None`: they hold hardly anything.
fn selected<'a>(
    elements: impl Iterator<Item = ElementRef<'a>>,
    skip: &dyn Fn(ElementRef<'_>) -> bool,
) -> Option<Content> {
    joined(outermost(elements).into_iter().map(|element| walk::content(element, skip)))
}

/// These elements without those inside another one.
fn outermost<'a>(elements: impl Iterator<Item = ElementRef<'a>>) -> Vec<ElementRef<'a>> {
    let mut taken = HashSet::new();
    let mut found = Vec::new();
    for element in elements {
        if !element.ancestors().any(|ancestor| taken.contains(&ancestor.id())) {
            taken.insert(element.id());
            found.push(element);
        }
    }
    found
}

fn joined(parts: impl Iterator<Item = Content>) -> Option<Content> {
    let mut content = Content::default();
    for part in parts {
        content.pieces.extend(part.pieces);
        content.anchors.extend(part.anchors);
    }
    (content.reading() > 0).then_some(content)
}

/// The content of the first known place that holds an article. Of several such elements those stand together that
/// stand beside the one that says most: the others are of other articles.
fn container(html: &Html) -> Option<Content> {
    let rules = rules();
    let places: Vec<ElementRef<'_>> = rules.any_container.select(html).collect();
    rules.containers.iter().find_map(|selector| {
        let found = places.iter().copied().filter(|element| selector.matches(*element));
        let parts = outermost(found).into_iter().map(|element| {
            (element.parent().map(|parent| parent.id()), walk::content(element, &|element| rules.skips(element)))
        });
        let parts: Vec<_> = parts.collect();
        let (place, _) = parts.iter().max_by_key(|(_, content)| content.reading())?;
        let beside = parts.iter().filter(|(parent, _)| parent == place).map(|(_, content)| content.clone());
        joined(beside).filter(|content| content.reading() >= ENOUGH && !mostly_links(content))
    })
}

/// Whether more than half of the words stand in links: teasers of other articles.
fn mostly_links(content: &Content) -> bool {
    content.reading() < content.pieces.iter().map(|walked| walked.link_characters).sum()
}

/// What the general reader takes for the article.
fn general(markup: &str, url: Option<&str>, rules: &PageRules) -> Option<Content> {
    let url = url.filter(|url| CanonicalUrl::parse(url).is_ok());
    let mut readability = dom_smoothie::Readability::new(markup, url, None).ok()?;
    let article = readability.parse().ok()?;
    let html = Html::parse_fragment(&article.content);
    Some(walk::content(html.root_element(), &|element| rules.skips(element)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(page: &str) -> Vec<String> {
        let (draft, _) = read(page, None, None);
        draft.pieces.iter().filter_map(Piece::words).map(str::to_owned).collect()
    }

    #[test]
    fn an_article_is_read_without_what_stands_around_it() {
        let paragraph =
            "財政部公布去年十二月出口統計，受惠於人工智慧需求，出口金額創下歷年單月新高，年增率連續多月為正。"
                .repeat(2);
        let page = format!(
            "<html><head><title>出口創新高 - 某報</title></head><body><nav><a href=/>首頁</a></nav><div class=main><h1>出口創新高</h1>\
             <p>{paragraph}</p><p>{paragraph}</p><h3>小標</h3><p>{paragraph}</p><p>責任編輯：某人</p></div>\
             <div class=related><li><a href=/2>別的新聞</a></li></div><footer>© 某報</footer></body></html>"
        );
        let found = body(&page);
        assert_eq!(found.iter().filter(|words| **words == paragraph).count(), 3, "{found:?}");
        assert!(
            !found.iter().any(|words| words.contains("責任編輯") || words.contains("別的新聞") || words.contains('©')),
            "{found:?}"
        );
        assert!(!found.contains(&"出口創新高".to_owned()), "{found:?}");
    }

    #[test]
    fn a_page_of_tables_keeps_them() {
        let page = "<html><body><h1>Trade</h1><table><caption>Table 1</caption><tr><th>Month<th>Exports<tr><td>Jan<td>3,801.7<tr><td>Feb<td>3,962.4</table></body></html>";
        let (draft, _) = read(page, None, None);
        assert!(draft.pieces.iter().any(|piece| matches!(piece, Piece::Table(_))), "{:?}", draft.pieces);
        assert!(draft.pieces.iter().any(|piece| matches!(piece, Piece::Text { role: BlockRole::Caption, .. })));
        assert_eq!(draft.title, "Trade");
    }

    #[test]
    fn deep_markup_is_read_on_a_small_stack() {
        let (draft, cut) = read(&format!("{}text", "<div>".repeat(100_000)), None, None);
        assert!(cut);
        assert!(draft.pieces.len() <= 1);
    }
}
