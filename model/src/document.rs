//! A snapshot understood: title, dates, authors, text in blocks, tables, comments.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::evidence::{CharacterIndex, Evidence};
use crate::id::{DocumentId, SnapshotId, SourceId};
use crate::source::Trust;
use crate::web::CanonicalUrl;

/// Written language, with the script where Chinese has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Chinese in Traditional characters.
    #[serde(rename = "zh-Hant")]
    ChineseTraditional,
    /// Chinese in Simplified characters.
    #[serde(rename = "zh-Hans")]
    ChineseSimplified,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Japanese.
    #[serde(rename = "ja")]
    Japanese,
    /// Korean.
    #[serde(rename = "ko")]
    Korean,
    /// German.
    #[serde(rename = "de")]
    German,
}

impl Language {
    /// BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::ChineseTraditional => "zh-Hant",
            Self::ChineseSimplified => "zh-Hans",
            Self::English => "en",
            Self::Japanese => "ja",
            Self::Korean => "ko",
            Self::German => "de",
        }
    }

    /// Whether it is Chinese in either script.
    #[must_use]
    pub fn is_chinese(self) -> bool {
        matches!(self, Self::ChineseTraditional | Self::ChineseSimplified)
    }
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// An article of a news medium.
    News,
    /// A post of a forum.
    Forum,
    /// An announcement of an authority.
    Policy,
    /// Tables of statistics.
    StatisticsPage,
    /// A report that sums up others.
    Briefing,
}

/// A time as a page gives it: a day, perhaps a time of day, perhaps a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PageTime {
    /// Day and time of day as printed, in the page's own zone; midnight where only a day is given.
    pub local: DateTime,
    /// Whether a time of day is given.
    pub has_time: bool,
    /// The instant; `None` where the page has no zone and none is known for the source.
    pub instant: Option<Timestamp>,
}

impl PageTime {
    /// A day without a time of day.
    #[must_use]
    pub fn day(date: Date) -> Self {
        Self { local: date.to_datetime(jiff::civil::Time::midnight()), has_time: false, instant: None }
    }

    /// The day as printed.
    #[must_use]
    pub fn date(&self) -> Date {
        self.local.date()
    }
}

/// What a block of text is on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockRole {
    /// The title; at most one, the first block.
    Title,
    /// A heading inside the text.
    Heading,
    /// A paragraph.
    Paragraph,
    /// An item of a list.
    ListItem,
    /// Words under a picture.
    Caption,
    /// A note, a source line or a quotation set apart.
    Note,
    /// A whole table; its cells are in [`Document::tables`].
    Table,
}

/// A piece of the document's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub role: BlockRole,
    /// Bytes of [`Document::text`].
    pub span: Range<usize>,
    /// Level of a heading (1 to 6), 0 elsewhere.
    pub level: u8,
    /// Index into [`Document::tables`] for a table.
    pub table: Option<usize>,
}

/// One table, row by row. Spanned cells are repeated, so that each row has a cell in each column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Words above the table that name it (`表一：…`, a `caption`), as bytes of [`Document::text`].
    pub caption: Option<Range<usize>>,
    /// Further words near the table that say its unit (`單位：億美元`).
    pub notes: Vec<Range<usize>>,
    /// How many of the first rows are headings.
    pub header_rows: usize,
    /// Cells, each as bytes of [`Document::text`]; empty cells have an empty span.
    pub rows: Vec<Vec<Range<usize>>>,
}

/// How readers judged a post with a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reaction {
    /// 推
    Push,
    /// 噓
    Boo,
    /// →, or a comment without a vote
    Neutral,
}

/// One reader's comment below a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// For or against.
    pub reaction: Reaction,
    /// Name of the account.
    pub author: String,
    /// The words.
    pub text: String,
    /// Time as printed.
    pub time: Option<String>,
}

/// A link out of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where it leads.
    pub url: CanonicalUrl,
    /// Its words.
    pub text: String,
    /// Publication time that stands with it: RFC 3339 or a date.
    pub published: Option<String>,
}

/// A page understood. All facts point into `text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The title without the site's name; empty where there is none.
    pub title: String,
    /// When it was published.
    pub published: Option<PageTime>,
    /// When it was changed last.
    pub updated: Option<PageTime>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The medium or agency.
    pub publisher: Option<String>,
    /// Language and script.
    pub language: Option<Language>,
    /// What it is.
    pub kind: DocumentKind,
    /// Where it was read.
    pub url: Option<String>,
    /// The address that the page calls its own.
    pub canonical: Option<String>,
    /// The address of the original that a post or mirror carries.
    pub cites: Option<String>,
    /// The text of all blocks, in order, each ended by a line break; without comments and page furniture.
    pub text: String,
    /// The pieces of the text.
    pub blocks: Vec<Block>,
    /// Tables of the text.
    pub tables: Vec<Table>,
    /// Readers' comments; `None`: not a forum post.
    pub comments: Option<Vec<Comment>>,
    /// Links of the body, in order.
    pub links: Vec<Link>,
}

impl Document {
    /// Evidence of bytes of the text: the words of `sentence`, the place of `fact`.
    #[must_use]
    pub fn evidence(&self, index: &CharacterIndex, sentence: Range<usize>, fact: Range<usize>) -> Evidence {
        let place = index.span(&self.text, fact);
        Evidence {
            text: self.text.get(sentence).unwrap_or_default().trim().to_owned(),
            start: place.start,
            end: place.end,
        }
    }

    /// Pushes minus boos; `None` where there are no comments to count.
    #[must_use]
    pub fn score(&self) -> Option<i64> {
        let count = |comments: &[Comment], r: Reaction| comments.iter().filter(|c| c.reaction == r).count();
        self.comments.as_deref().map(|comments| {
            let votes = [Reaction::Push, Reaction::Boo].map(|r| i64::try_from(count(comments, r)).unwrap_or(i64::MAX));
            votes[0] - votes[1]
        })
    }
}

/// What the store keeps of a document; its text can be made again from the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRecord {
    /// Its name.
    pub id: DocumentId,
    /// The answer it was last read from.
    pub snapshot: SnapshotId,
    /// Source that found it.
    pub source: SourceId,
    /// How far the source is believed.
    pub trust: Trust,
    /// Its address.
    pub url: CanonicalUrl,
    /// Title.
    pub title: String,
    /// Publication time as the page gives it.
    pub published: Option<PageTime>,
    /// Author names.
    pub authors: Vec<String>,
    /// Medium.
    pub publisher: Option<String>,
    /// Language.
    pub language: Option<Language>,
    /// What it is.
    pub kind: DocumentKind,
    /// Address of the original it carries.
    pub cites: Option<String>,
    /// How many readers' comments: pushes, boos, neutral; `None`: not a forum post.
    pub comments: Option<CommentCounts>,
    /// Characters of its text.
    pub body_chars: u64,
    /// When it was first read.
    pub first_read: Timestamp,
    /// When it was last read.
    pub last_read: Timestamp,
    /// Version of the rules that read it.
    pub rules: u32,
    /// What could not be read.
    pub problems: Vec<String>,
}

/// Readers' comments, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentCounts {
    /// 推
    pub push: u32,
    /// 噓
    pub boo: u32,
    /// →
    pub neutral: u32,
}
