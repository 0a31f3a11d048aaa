//! The blocks of a Markdown text: headings, paragraphs, lists, quotations, tables, markup inside.

use std::sync::LazyLock;

use bellwether_model::document::{BlockRole, Link};
use bellwether_model::web::CanonicalUrl;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use regex::Regex;

use super::draft::{Cell, Grid, Piece};
use super::lines::{tab_table, with_role};
use super::spacing::{collapse, columns, is_wide};
use super::{html, table};

/// Pieces and links of a text, in order.
pub(crate) fn blocks(text: &str) -> (Vec<Piece>, Vec<Link>) {
    let mut reader = Reader::default();
    for segment in segments(text) {
        match segment {
            Segment::Markdown(text) => reader.markdown(&text),
            Segment::Table(grid) => reader.pieces.push(Piece::Table(grid)),
        }
    }
    (reader.pieces, reader.links)
}

/// A part of a text: Markdown, or lines with tabs, which Markdown would not read as a table.
enum Segment {
    Markdown(String),
    Table(Grid),
}

/// Splits a text, and drops what only steers a generator: attribute lists, template tags, tags of wrapping elements.
fn segments(text: &str) -> Vec<Segment> {
    static STEERING: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\s*(?:\{:.*\}|\{%.*%\}|\{\{.*\}\}|</?(?:div|section|article|details|summary|center|figure|aside|main)(?:\s[^<>]*)?>)\s*$")
            .expect("a fixed pattern")
    });
    let lines: Vec<&str> = text.lines().collect();
    let mut segments = Vec::new();
    let mut markdown = String::new();
    let mut at = 0;
    while at < lines.len() {
        if let Some((grid, length)) = tab_table(&lines[at..]) {
            segments.push(Segment::Markdown(std::mem::take(&mut markdown)));
            segments.push(Segment::Table(grid));
            at += length;
            continue;
        }
        if !STEERING.is_match(lines[at]) {
            markdown.push_str(lines[at]);
        }
        markdown.push('\n');
        at += 1;
    }
    segments.push(Segment::Markdown(markdown));
    segments
}

/// Pieces of one Markdown text after another.
#[derive(Default)]
struct Reader {
    pieces: Vec<Piece>,
    links: Vec<Link>,
    run: String,
    /// Where the last line of the run begins.
    line: usize,
    roles: Vec<(BlockRole, u8)>,
    raw: String,
    table: Option<Grid>,
    cell: Option<String>,
    link: Option<(String, usize)>,
    in_image: bool,
}

impl Reader {
    fn markdown(&mut self, text: &str) {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
        for event in Parser::new_ext(text, options) {
            self.event(event);
        }
        self.flush();
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.words(&text),
            Event::SoftBreak => self.soft_break(),
            Event::HardBreak => self.new_line(),
            Event::Html(markup) => self.raw.push_str(&markup),
            Event::InlineHtml(markup) if markup.to_ascii_lowercase().starts_with("<br") => self.new_line(),
            Event::Rule => self.flush(),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.open(BlockRole::Heading, depth(*level)),
            Tag::Item => self.open(BlockRole::ListItem, 0),
            Tag::BlockQuote(_) => self.open(BlockRole::Note, 0),
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::FootnoteDefinition(_) | Tag::List(_) => self.flush(),
            Tag::HtmlBlock => {
                self.flush();
                self.raw.clear();
            }
            Tag::Table(_) => {
                self.flush();
                self.table = Some(Grid::default());
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(grid) = &mut self.table {
                    grid.rows.push(Vec::new());
                }
            }
            Tag::TableCell => self.cell = Some(String::new()),
            Tag::Link { dest_url, .. } => self.link = Some((dest_url.to_string(), self.target().len())),
            Tag::Image { .. } => self.in_image = true,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.flush();
                self.roles.pop();
            }
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::FootnoteDefinition | TagEnd::List(_) => self.flush(),
            TagEnd::HtmlBlock => self.html_block(),
            TagEnd::TableCell => {
                let words = self.cell.take().unwrap_or_default();
                if let Some(row) = self.table.as_mut().and_then(|grid| grid.rows.last_mut()) {
                    row.push(Cell::new(collapse(&words)));
                }
            }
            TagEnd::Table => {
                if let Some(mut grid) = self.table.take() {
                    let width = grid.rows.iter().map(Vec::len).max().unwrap_or(0);
                    grid.rows.iter_mut().for_each(|row| row.resize_with(width, Cell::default));
                    grid.header_rows = table::header_rows(&grid).max(1).min(grid.rows.len());
                    self.pieces.push(Piece::Table(grid));
                }
            }
            TagEnd::Link => self.end_link(),
            TagEnd::Image => self.in_image = false,
            _ => {}
        }
    }

    fn open(&mut self, role: BlockRole, level: u8) {
        self.flush();
        self.roles.push((role, level));
    }

    /// Where words go: the cell of a table, or the paragraph.
    fn target(&mut self) -> &mut String {
        self.cell.as_mut().unwrap_or(&mut self.run)
    }

    fn words(&mut self, text: &str) {
        if !self.in_image {
            self.target().push_str(text);
        }
    }

    fn end_link(&mut self) {
        let Some((address, start)) = self.link.take() else { return };
        let text = collapse(self.target().get(start..).unwrap_or_default());
        if let Ok(url) = CanonicalUrl::parse(&address) {
            self.links.push(Link { url, text, published: None });
        }
    }

    /// A line break of the source: joins a wrapped line, ends one that its author ended.
    fn soft_break(&mut self) {
        const WRAPPED_COLUMNS: usize = 60;
        if self.cell.is_some() {
            self.words(" ");
            return;
        }
        let line = self.run.get(self.line..).unwrap_or_default().trim_end();
        let ended = line.ends_with(['。', '！', '？', '.', '!', '?', '；', ';', '：', ':', '」', '）', ')']);
        // Programs that wrap lines for Markdown hardly ever wrap Chinese; there a line that stops in the middle of a
        // sentence goes on, any other was ended.
        let stopped = line.chars().next_back().is_some_and(is_wide) && !line.ends_with(['，', '、']);
        if ended || stopped || columns(line) < WRAPPED_COLUMNS {
            self.new_line();
            return;
        }
        if !line.chars().next_back().is_some_and(is_wide) {
            self.run.push(' ');
        }
        self.line = self.run.len();
    }

    fn new_line(&mut self) {
        if self.cell.is_some() {
            self.words(" ");
        } else {
            self.end_run();
        }
    }

    fn html_block(&mut self) {
        let markup = std::mem::take(&mut self.raw);
        let draft = html::fragment(&markup, None, None);
        self.links.extend(draft.links);
        self.pieces.extend(draft.pieces);
    }

    fn flush(&mut self) {
        if self.table.is_none() {
            self.end_run();
        }
    }

    fn end_run(&mut self) {
        let words = collapse(&std::mem::take(&mut self.run));
        self.line = 0;
        if words.is_empty() {
            return;
        }
        let piece = match self.roles.last() {
            Some((role, level)) => Piece::Text { role: *role, level: *level, text: words },
            None => with_role(words),
        };
        self.pieces.push(piece);
    }
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
