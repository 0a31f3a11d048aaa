//! A tree of elements to pieces of text, in the order of the page.
//!
//! Which part of a page is its article is not decided here; what is handed in is read whole, without what never is
//! text (scripts, forms, hidden elements).

use bellwether_model::document::BlockRole;
use scraper::{ElementRef, Node};

use super::draft::Piece;
use super::grid;
use super::lines::{self, with_role};
use super::picture::{is_caption, is_picture};
use super::spacing::collapse;

/// A piece with how much of it is links: lists of links are furniture.
#[derive(Debug, Clone)]
pub(crate) struct Walked {
    /// The piece.
    pub(crate) piece: Piece,
    /// Characters of its words that stand in links.
    pub(crate) link_characters: usize,
    /// Characters of its words.
    pub(crate) characters: usize,
}

/// A link with the words that stand in front of it in its paragraph.
#[derive(Debug, Clone)]
pub(crate) struct Anchor {
    /// As written.
    pub(crate) href: String,
    /// Its words.
    pub(crate) text: String,
    /// The words of the same paragraph in front of it.
    pub(crate) before: String,
}

/// What a part of a page holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    /// Pieces in order.
    pub(crate) pieces: Vec<Walked>,
    /// Links in order.
    pub(crate) anchors: Vec<Anchor>,
}

impl Content {
    /// Characters of words outside links: the measure of how much there is to read.
    pub(crate) fn reading(&self) -> usize {
        self.pieces.iter().map(|walked| walked.characters.saturating_sub(walked.link_characters)).sum()
    }
}

/// Reads everything inside an element. `skip` says of further elements that they are no text.
pub(crate) fn content(root: ElementRef<'_>, skip: &dyn Fn(ElementRef<'_>) -> bool) -> Content {
    let mut walker = Walker {
        skip,
        content: Content::default(),
        run: Run::default(),
        role: BlockRole::Paragraph,
        level: 0,
        in_link: false,
        flushes: 0,
    };
    walker.children(root);
    walker.flush();
    walker.content
}

/// A heading with more characters is a paragraph in large or small print.
const LONGEST_HEADING: usize = 60;

/// Bytes in front of a link that may name it.
const LABEL: usize = 256;

/// Words of a paragraph that is being read.
#[derive(Debug, Default)]
struct Run {
    text: String,
    link_characters: usize,
}

struct Walker<'a> {
    skip: &'a dyn Fn(ElementRef<'_>) -> bool,
    content: Content,
    run: Run,
    role: BlockRole,
    level: u8,
    in_link: bool,
    /// How often a paragraph was ended: what was noted of an earlier run is void then.
    flushes: usize,
}

impl Walker<'_> {
    fn children(&mut self, element: ElementRef<'_>) {
        for child in element.children() {
            match child.value() {
                Node::Text(text) => {
                    self.run.text.push_str(text);
                    if self.in_link {
                        self.run.link_characters += text.chars().count();
                    }
                }
                Node::Element(_) => {
                    if let Some(element) = ElementRef::wrap(child) {
                        self.element(element);
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: ElementRef<'_>) {
        if is_no_text(element) || (self.skip)(element) {
            return;
        }
        match element.value().name() {
            "br" | "hr" => self.line_break(),
            "a" => self.anchor(element),
            "table" => self.table(element),
            "pre" => self.preformatted(element),
            name @ ("h1" | "h2" | "h3" | "h4" | "h5" | "h6") => {
                self.block(element, BlockRole::Heading, name.as_bytes()[1] - b'0');
            }
            "li" | "dd" => self.block(element, BlockRole::ListItem, 0),
            "figure" if is_picture(element) => self.block(element, BlockRole::Caption, 0),
            "figcaption" => self.block(element, BlockRole::Caption, 0),
            name if is_block(name) && is_caption(element) => self.block(element, BlockRole::Caption, 0),
            "blockquote" => self.block(element, BlockRole::Note, 0),
            "td" | "th" => {
                self.flush();
                self.children(element);
                self.flush();
            }
            "tr" => {
                self.flush();
                self.row(element);
            }
            name if is_block(name) => {
                self.flush();
                self.children(element);
                self.flush();
            }
            _ => self.children(element),
        }
    }

    /// Reads an element whose words have a role; a role inside a list item or a quotation wins over theirs.
    fn block(&mut self, element: ElementRef<'_>, role: BlockRole, level: u8) {
        self.flush();
        let outer = (self.role, self.level);
        (self.role, self.level) = (role, level);
        self.children(element);
        self.flush();
        (self.role, self.level) = outer;
    }

    /// A line break ends a paragraph, but not a heading.
    fn line_break(&mut self) {
        if self.role == BlockRole::Heading {
            self.run.text.push(' ');
        } else {
            self.flush();
        }
    }

    fn anchor(&mut self, element: ElementRef<'_>) {
        let (start, flushes) = (self.run.text.len(), self.flushes);
        let outer = std::mem::replace(&mut self.in_link, true);
        self.children(element);
        self.in_link = outer;
        let Some(href) = element.value().attr("href") else { return };
        let whole = self.flushes == flushes;
        let (before, inside) = if whole { self.run.text.split_at(start) } else { ("", "") };
        let before = &before[before.ceil_char_boundary(before.len().saturating_sub(LABEL))..];
        let text = if whole { collapse(inside) } else { collapse(&element.text().collect::<String>()) };
        self.content.anchors.push(Anchor { href: href.trim().to_owned(), text, before: collapse(before) });
    }

    fn table(&mut self, element: ElementRef<'_>) {
        self.flush();
        match grid::read(element, self.skip) {
            Some((caption, grid)) => {
                if let Some(caption) = caption {
                    self.push(Piece::text(BlockRole::Caption, caption), 0);
                }
                self.push(Piece::Table(grid), 0);
            }
            None => {
                self.children(element);
                self.flush();
            }
        }
    }

    /// A row that lays out a page: a heading cell and what it names stand in one line, as a field of the page does.
    fn row(&mut self, row: ElementRef<'_>) {
        let cells: Vec<ElementRef<'_>> = row.child_elements().collect();
        let names = |cell: ElementRef<'_>, next: ElementRef<'_>| {
            cell.value().name() == "th"
                && next.value().name() == "td"
                && is_short(cell, LONGEST_LABEL)
                && is_short(next, LONGEST_VALUE)
                && next
                    .descendent_elements()
                    .skip(1)
                    .all(|inside| inside.value().name() != "br" && !is_block(inside.value().name()))
        };
        let mut at = 0;
        while let Some(&cell) = cells.get(at) {
            if let Some(&next) = cells.get(at + 1)
                && names(cell, next)
                && !is_no_text(cell)
            {
                self.flush();
                self.children(cell);
                if !self.run.text.trim_end().ends_with([':', '：']) {
                    self.run.text.push('：');
                }
                self.children(next);
                self.flush();
                at += 2;
            } else {
                self.element(cell);
                at += 1;
            }
        }
        self.flush();
    }

    /// Text whose line breaks are its author's: an aligned table, or a paragraph a line.
    fn preformatted(&mut self, element: ElementRef<'_>) {
        self.flush();
        let text: String = element.text().collect();
        for piece in lines::pieces(&text) {
            self.push(piece, 0);
        }
    }

    /// Ends the paragraph that is being read.
    fn flush(&mut self) {
        self.flushes += 1;
        let run = std::mem::take(&mut self.run);
        let text = collapse(&run.text);
        if !text.is_empty() {
            let long = self.role == BlockRole::Heading && text.chars().count() > LONGEST_HEADING;
            let piece = if long || self.role == BlockRole::Paragraph {
                with_role(text)
            } else {
                Piece::Text { role: self.role, level: self.level, text }
            };
            self.push(piece, run.link_characters);
        }
    }

    fn push(&mut self, piece: Piece, link_characters: usize) {
        let characters = match &piece {
            Piece::Text { text, .. } => text.chars().count(),
            Piece::Table(grid) => grid.rows.iter().flatten().map(|cell| cell.text.chars().count()).sum(),
        };
        self.content.pieces.push(Walked { piece, link_characters: link_characters.min(characters), characters });
    }
}

/// Characters of a cell that names a field of a page.
const LONGEST_LABEL: usize = 12;
/// Characters of the field's value.
const LONGEST_VALUE: usize = 120;

/// Whether an element has some words, and no more than so many characters.
fn is_short(element: ElementRef<'_>, longest: usize) -> bool {
    let mut characters = element.text().flat_map(str::chars).filter(|c| !c.is_whitespace());
    characters.next().is_some() && characters.nth(longest).is_none()
}

/// Elements that hold no text of the page.
pub(crate) fn is_no_text(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let by_name = matches!(
        value.name(),
        "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "math"
            | "iframe"
            | "object"
            | "embed"
            | "canvas"
            | "audio"
            | "video"
            | "form"
            | "button"
            | "select"
            | "input"
            | "textarea"
            | "nav"
            | "head"
            | "dialog"
    );
    by_name && !is_wrapping_form(element)
        || is_control_label(element)
        || is_bare_ruby(element)
        || is_bare_time(element)
        || value.attr("hidden").is_some()
        || value.attr("style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
            style.to_ascii_lowercase().contains("display:none")
        })
}

/// A label belongs to a control; pages also mark the names of printed fields so.
fn is_control_label(element: ElementRef<'_>) -> bool {
    element.value().name() == "label"
        && (element.value().attr("for").is_some()
            || element
                .descendent_elements()
                .any(|inside| matches!(inside.value().name(), "input" | "select" | "textarea")))
}

/// A reading above a character that has no brackets of its own would run into the text.
fn is_bare_ruby(element: ElementRef<'_>) -> bool {
    element.value().name() == "rt"
        && !element
            .parent()
            .and_then(ElementRef::wrap)
            .is_some_and(|ruby| ruby.child_elements().any(|child| child.value().name() == "rp"))
}

/// A time that stands by itself is a field of the page, one inside a sentence belongs to it.
fn is_bare_time(element: ElementRef<'_>) -> bool {
    let parent = element.parent().and_then(ElementRef::wrap);
    element.value().name() == "time"
        && parent.is_some_and(|parent| {
            matches!(parent.value().name(), "article" | "main" | "div" | "section" | "header" | "body")
        })
}

/// Old pages wrap the whole body into one form.
fn is_wrapping_form(element: ElementRef<'_>) -> bool {
    const LONG: usize = 400;
    element.value().name() == "form" && element.text().map(str::len).sum::<usize>() > LONG
}

/// Elements that begin and end a paragraph.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "main"
            | "header"
            | "footer"
            | "aside"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "figure"
            | "details"
            | "summary"
            | "address"
            | "center"
            | "fieldset"
            | "form"
            | "tr"
            | "tbody"
            | "thead"
            | "tfoot"
            | "caption"
            | "body"
            | "html"
            | "hgroup"
            | "menu"
            | "picture"
    )
}
