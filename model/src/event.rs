//! One fact of the world with all its mentions and vintages.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::claim::Claim;
use crate::evidence::Evidence;
use crate::figure::{Amount, Figure, Precision};
use crate::id::{DocumentId, EventId, ReleaseId, SourceId};
use crate::policy::PolicyAction;
use crate::source::Trust;

/// What kind of fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FactKind {
    /// A statistic.
    Figure,
    /// Words of an official.
    Statement,
    /// A policy action.
    Policy,
}

/// The fact itself. In JSON its kind is the name of its field: `"figure": {…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fact {
    /// A statistic; its `amount` is the value shown, the newest vintage.
    Figure(Figure),
    /// Words of an official.
    Statement(SpokenWords),
    /// A policy action.
    Policy(PolicyAction),
}

impl Fact {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> FactKind {
        match self {
            Self::Figure(_) => FactKind::Figure,
            Self::Statement(_) => FactKind::Statement,
            Self::Policy(_) => FactKind::Policy,
        }
    }
}

/// One statement of one official: the speaker and the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenWords {
    /// The speaker's name.
    pub name: String,
    /// Office.
    pub title: Option<String>,
    /// Organisation.
    pub org: Option<String>,
    /// The words.
    pub text: String,
    /// Whether they are quoted word by word.
    pub direct: bool,
    /// The words that prove it.
    pub evidence: Evidence,
}

/// How an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EventState {
    /// As first reported.
    New,
    /// A later value replaced the first.
    Revised,
    /// Reports differ, and no official source has settled it.
    Disputed,
    /// Its value stands out from its series as a misread unit or the number of another coverage does: it is kept, and not
    /// published before an official source says the same or a person releases it.
    Held,
    /// No document carries it any more.
    Withdrawn,
}

impl EventState {
    /// Whether people are told of it: it is neither held nor withdrawn.
    #[must_use]
    pub fn is_published(self) -> bool {
        !matches!(self, Self::Held | Self::Withdrawn)
    }
}

impl EventChange {
    /// Its name, as in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::New { .. } => "new",
            Self::Merged { .. } => "merged",
            Self::Revised { .. } => "revised",
            Self::Disputed { .. } => "disputed",
            Self::Settled { .. } => "settled",
            Self::Held { .. } => "held",
            Self::Withdrawn => "withdrawn",
            Self::Read { .. } => "read",
            Self::Overdue => "overdue",
            Self::Arrived => "arrived",
        }
    }
}

/// One fact with its history. Mentions are kept beside it, since there can be many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its name, a function of its content.
    pub id: EventId,
    /// The fact as shown.
    #[serde(flatten)]
    pub fact: Fact,
    /// How it stands.
    pub state: EventState,
    /// When it was first read anywhere.
    pub first_seen: Timestamp,
    /// When it last changed.
    pub changed: Timestamp,
    /// The release that brought it; `None`: no one release.
    pub release: Option<ReleaseId>,
    /// Its values in time, oldest first. Empty for statements and policy actions.
    pub vintages: Vec<Vintage>,
    /// How many mentions there are.
    pub mention_count: u32,
    /// Whether it became known from what stood there when a source was first looked at, so that nobody was alerted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub backlog: bool,
    /// Whether a document has taken back a value that it gave before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub corrected: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands on a reference")]
fn is_false(given: &bool) -> bool {
    !*given
}

/// The value of a figure as it was known from a time on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vintage {
    /// The value.
    #[serde(flatten)]
    pub amount: Amount,
    /// How exact it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// From when on it was known here.
    pub from: Timestamp,
    /// The source that gave it.
    pub source: SourceId,
    /// The address of the document that gave it.
    pub url: String,
    /// How far that source is believed.
    pub trust: Trust,
}

/// One place in one document that carries a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Source of the document.
    pub source: SourceId,
    /// The document.
    pub document: DocumentId,
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its publication time: RFC 3339, or a date where the page gives no more.
    pub published: Option<String>,
    /// When it was read.
    pub at: Timestamp,
    /// How far the source is believed.
    pub trust: Trust,
    /// What this document says, for figures.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// How exactly it says so; `None`: not known, or no figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// Whether it says the same as the event shows, within its precision.
    pub agrees: bool,
    /// The words that prove it.
    pub evidence: Evidence,
    /// The rule that took it.
    pub rule: String,
    /// What this document says of a figure's place in its series.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// The address of the original that this document says it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cites: Option<String>,
    /// Whether a figure was filled in from weak signs, or stood out from its series: it weighs less than any firm report.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unsure: bool,
    /// Whether this document says that its value corrects one that was given before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub restates: bool,
    /// Whether another document has taken back since what this one says: it then contradicts nobody. Of mentions that were read
    /// by versions that did not keep `taken_back`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub outdated: bool,
    /// What this document gave before and gives no more, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_back: Vec<TakenBack>,
    /// What this document says, for policy actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Box<PolicyAction>>,
    /// What this document says, for statements; `None` too where it was read by a version that did not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Box<Quote>>,
}

/// A value that a document gave before it was corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// The value.
    #[serde(flatten)]
    pub amount: Amount,
    /// How exact it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// When it was read there.
    pub read: Timestamp,
    /// When it was no longer read there.
    pub until: Timestamp,
}

/// Words of a person as one document gives them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Who spoke.
    pub name: String,
    /// The person's office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The person's organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The words.
    pub text: String,
    /// Whether they are quoted.
    pub direct: bool,
}

/// What happened to an event: one row of the change log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeEntry {
    /// When.
    pub at: Timestamp,
    /// To which event.
    pub event: EventId,
    /// Its release.
    pub release: Option<ReleaseId>,
    /// What.
    pub change: EventChange,
    /// Part of a backlog (an import, a replay): no alerts.
    #[serde(default)]
    pub silent: bool,
}

/// What can happen to an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum EventChange {
    /// First report.
    New {
        /// Who brought it.
        document: DocumentId,
    },
    /// A further report of the same fact.
    Merged {
        /// Who brought it.
        document: DocumentId,
    },
    /// The value shown changed.
    Revised {
        /// Who brought it.
        document: DocumentId,
        /// Before.
        old: Amount,
        /// Now.
        new: Amount,
    },
    /// A report differs and cannot be believed over the others.
    Disputed {
        /// Who brought it.
        document: DocumentId,
        /// What it says.
        said: Amount,
    },
    /// A disagreement was settled without a change of the value shown.
    Settled {
        /// Who settled it.
        document: DocumentId,
    },
    /// A first report whose value stands out from its series: nobody is told before it is confirmed.
    Held {
        /// Who brought it.
        document: DocumentId,
    },
    /// Of a document, by its own name: it was read, and no other row tells of it.
    Read {
        /// Which.
        document: DocumentId,
    },
    /// No document carries it any more.
    Withdrawn,
    /// Of what a source owes ([`crate::overdue`]): by now there should have been something.
    Overdue,
    /// Of what a source owes: something came after all.
    Arrived,
}
