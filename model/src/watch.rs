//! Standing questions of the watch list, and the events that answer them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::event::FactKind;
use crate::evidence::Evidence;
use crate::figure::{Flow, Measure};
use crate::id::{ChannelId, DocumentId, EventId, FlagId, ReleaseId, SourceId, WatchId, digest_name};
use crate::number::Number;
use crate::period::Period;
use crate::place::{Area, Partner};
use crate::source::Trust;

/// One item of the watch list, ready to use.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchItem {
    /// Its name.
    pub id: WatchId,
    /// Title for people.
    pub title: String,
    /// Kind of risk, in the user's words.
    pub risk: Option<String>,
    /// What to look at, in the user's words.
    pub indicator: Option<String>,
    /// How often it is looked at, in the user's words.
    pub frequency: Option<String>,
    /// Who answers for it, in the user's words.
    pub owner: Option<String>,
    /// What else there is to know of it, in the user's words.
    pub note: Option<String>,
    /// Whether it rests on a guess of the user and not on what is known.
    pub speculation: bool,
    /// The day on which somebody wants to look at it again.
    pub next_check: Option<Date>,
    /// The last day on which it flags; `None`: it goes on.
    pub expires: Option<Date>,
    /// How many days before a policy action comes into force or ends its channels are reminded.
    pub remind: Vec<u16>,
    /// How much it matters.
    pub priority: Priority,
    /// When it is met.
    pub when: Condition,
    /// Who is told; empty: it is flagged, nobody is told.
    pub channels: Vec<ChannelId>,
}

impl WatchItem {
    /// An item of which no more is said than this.
    #[must_use]
    pub fn new(id: WatchId, title: impl Into<String>, when: Condition) -> Self {
        Self {
            id,
            title: title.into(),
            risk: None,
            indicator: None,
            frequency: None,
            owner: None,
            note: None,
            speculation: false,
            next_check: None,
            expires: None,
            remind: Vec::new(),
            priority: Priority::default(),
            when,
            channels: Vec::new(),
        }
    }

    /// Whether its last day is over at a time, by Coordinated Universal Time.
    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|last| now.to_zoned(TimeZone::UTC).date() > last)
    }
}

/// How much an item matters: routes tell alerts apart by it, and telephones are louder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// It can wait.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Wake somebody.
    High,
}

impl Priority {
    /// Its name in files and labels.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// When an item is met. All parts that are given must hold; one that is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// The reporting economy (`TW`).
    pub area: Option<Area>,
    /// The partner (`US`, `CN+HK`); `all` asks for figures over all partners.
    pub partner: Option<Partner>,
    /// Words of which the product class must hold one, in either Chinese script; `all` asks for figures over all goods.
    pub product: Vec<String>,
    /// Direction of trade.
    pub flow: Option<Flow>,
    /// Measure.
    pub measure: Option<Measure>,
    /// Period of reference.
    pub period: Option<Period>,
    /// How the fact stands.
    pub status: Option<WatchStatus>,
    /// The value, or the upper bound of a range, lies above this.
    pub above: Option<Number>,
    /// The value, or the lower bound of a range, lies below this.
    pub below: Option<Number>,
    /// The words of the fact's evidence, or of a document of which no fact is met, hold one of these, in either Chinese script.
    pub words: Vec<String>,
    /// Kind of fact, or another thing than a fact.
    pub kind: Option<SubjectKind>,
    /// A policy action of which these hold.
    pub policy: Option<PolicyCondition>,
    /// A statement by this person, by name in either Chinese script.
    pub speaker: Option<String>,
    /// Words that stand near to each other in the fact's evidence, or in a document of which no fact is met, in either Chinese
    /// script.
    pub near: Option<Near>,
    /// A source that is believed at least so far gives the value shown.
    pub trust: Option<Trust>,
    /// At least so many sites give the value shown, each counted once.
    pub outlets: Option<u32>,
    /// How far the value is from the one before it in its series.
    pub moved: Option<Moved>,
    /// The value is the highest or lowest of its series.
    pub record: Option<Record>,
    /// The value goes on with what the values before it did.
    pub streak: Option<Streak>,
    /// The value lies outside of what somebody expected of it.
    pub missed: Option<Missed>,
    /// Something of this kind is overdue: a release that has not come, a source that has nothing new.
    pub overdue: Option<Absent>,
    /// Every one of these holds.
    pub all: Vec<Condition>,
    /// At least one of these holds.
    pub any: Vec<Condition>,
    /// This does not hold.
    pub not: Option<Box<Condition>>,
}

/// What a condition can be met by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SubjectKind {
    /// A statistic.
    Figure,
    /// Words of an official.
    Statement,
    /// A policy action.
    Policy,
    /// A document, by its words.
    Document,
    /// Something that has not come.
    Overdue,
}

impl From<FactKind> for SubjectKind {
    fn from(kind: FactKind) -> Self {
        match kind {
            FactKind::Figure => Self::Figure,
            FactKind::Statement => Self::Statement,
            FactKind::Policy => Self::Policy,
        }
    }
}

/// What has not come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Absent {
    /// The source that was expected to bring it. Default: any.
    #[schemars(with = "Option<String>")]
    pub source: Option<SourceId>,
    /// The calendar by which it was expected. Default: any.
    pub calendar: Option<String>,
    /// What was expected. Default: either.
    pub of: Option<Absence>,
}

/// What can be awaited of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Absence {
    /// A release of its calendar.
    Release,
    /// Anything new.
    News,
}

/// Words near to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// All of these, in either Chinese script.
    pub words: Vec<String>,
    /// In a stretch of at most so many characters.
    pub within: usize,
}

/// The change of a value against the one before it in its series: in percent of it for amounts, in points for rates and
/// shares. One of the two must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Moved {
    /// It is larger by more than this.
    pub up: Option<Number>,
    /// It is smaller by more than this.
    pub down: Option<Number>,
}

/// The highest or lowest value of a series, among those that the store holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Which end.
    pub end: RecordEnd,
    /// Earlier values that the store must hold before one is called a record. Default 11.
    #[serde(default = "Record::enough")]
    pub among: usize,
}

impl Record {
    /// With eleven values before it, a month is the highest or lowest of a year.
    fn enough() -> usize {
        11
    }
}

/// An end of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RecordEnd {
    /// The highest.
    High,
    /// The lowest.
    Low,
}

/// Values in a row, the newest among them, without a gap between their periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Streak {
    /// What each of them does.
    pub of: Run,
    /// How many they are at the least.
    pub at_least: usize,
}

/// What a value of a streak does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Run {
    /// It is above zero.
    Positive,
    /// It is below zero.
    Negative,
    /// It is larger than the one before.
    Rising,
    /// It is smaller than the one before.
    Falling,
}

/// A forecast that was not met.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Missed {
    /// On which side of what was expected the value lies. Default: either.
    pub side: Option<Side>,
    /// How far outside at the least: in percent of the nearest bound for amounts, in points for rates and shares.
    /// Default 0.
    pub by: Number,
}

/// A side of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Above its upper bound.
    Above,
    /// Below its lower bound.
    Below,
}

/// What a policy action must be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyCondition {
    /// Words in the issuer's name, in either Chinese script.
    pub issuer: Option<String>,
    /// Its number (`2025-62`).
    pub number: Option<String>,
    /// The economy at which it aims.
    pub partner: Option<Partner>,
    /// Instrument (`export_control`) or kind of act (`enforcement_action`).
    pub category: Option<String>,
    /// Words of which the subject must hold one, in either Chinese script.
    pub subject: Vec<String>,
}

/// How a fact must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WatchStatus {
    /// It has happened.
    Actual,
    /// Somebody expects it.
    Forecast,
    /// Its value changed.
    Revised,
    /// Reports differ.
    Disputed,
    /// A report gives another value, and the source of the value shown is believed over it.
    Misquoted,
}

/// One event that answers an item of the watch list. The same fact at the same value flags an item once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Its name.
    pub id: FlagId,
    /// The item.
    pub watch: WatchId,
    /// The item's title when it was flagged.
    pub title: String,
    /// The event; the document itself where its words were flagged, or what is overdue.
    pub event: EventId,
    /// The event's release.
    pub release: Option<ReleaseId>,
    /// When.
    pub at: Timestamp,
    /// Why, in one line for people.
    pub reason: String,
    /// The document that brought it; `None`: something did not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
    /// Its address; empty: there is none.
    pub url: String,
    /// The words that prove it.
    pub evidence: Evidence,
    /// When what was overdue came after all, so that nothing more needs to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Timestamp>,
}

impl Flag {
    /// The name of the flag of an item on an event; `what` is the value that was flagged, so that a revision flags again.
    #[must_use]
    pub fn name(watch: &WatchId, event: &EventId, what: &str) -> FlagId {
        FlagId(digest_name("flag", &[watch.as_str(), event.as_str(), what]))
    }
}
