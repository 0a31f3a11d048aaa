//! What is followed, and the resources it consists of.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{ContentHash, SourceId};
use crate::rhythm::Rhythm;
use crate::snapshot::LinkHint;
use crate::web::CanonicalUrl;

/// What kind of thing a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A page of links to articles.
    Listing,
    /// A sitemap.
    Sitemap,
    /// A forum board.
    Forum,
    /// One page that changes.
    Page,
    /// A JSON or CSV API.
    Api,
}

/// How far a source is believed. Decides whether a different value is a revision, a disagreement or a misquote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// Readers of a forum.
    Forum,
    /// News media.
    Press,
    /// The publishing agency itself.
    Official,
}

/// What a resource is to its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResourceRole {
    /// A feed, read for its entries.
    Feed,
    /// A page, sitemap or board index, read for its links.
    Listing,
    /// A further page of a listing, sitemap or board, read for its links when the page before it asks for it.
    Part,
    /// An answer of an API, read for its rows.
    Rows,
    /// A page, read as a document.
    Document,
}

impl ResourceRole {
    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Listing => "listing",
            Self::Part => "part",
            Self::Rows => "rows",
            Self::Document => "document",
        }
    }

    /// Whether it is looked at again and again by itself: articles are looked at a few times, further pages when they
    /// are asked for.
    #[must_use]
    pub fn recurs(self) -> bool {
        matches!(self, Self::Feed | Self::Listing | Self::Rows)
    }
}

/// One URL that is fetched again and again or once, with its validators and schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its canonical address, by which it is known.
    pub url: CanonicalUrl,
    /// The source it belongs to; the first one that found it.
    pub source: SourceId,
    /// What it is to its source.
    pub role: ResourceRole,
    /// When it was found.
    pub found: Timestamp,
    /// When it is to be fetched next; `None`: never again by itself (an article that was read, a page that is gone).
    pub due: Option<Timestamp>,
    /// What the link said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<LinkHint>,
    /// The last visit; `None`: not yet visited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
    /// `ETag` of the last full answer, verbatim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified` of the last full answer, verbatim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// The address that gave these two, where it is another one, to which this one was redirected; they are sent there and
    /// nowhere else. `None`: this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validated: Option<CanonicalUrl>,
    /// Body of the last full answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<ContentHash>,
    /// Failures in a row.
    #[serde(default)]
    pub failures: u32,
    /// How often it was seen to change, where it is looked at again and again.
    #[serde(default, skip_serializing_if = "Rhythm::is_unknown")]
    pub rhythm: Rhythm,
    /// Seconds for which its publisher asks not to be asked again (the `ttl` of a feed); 0: nothing is asked.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub ttl: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Resource {
    /// A resource that was found now, is due at once and was never visited.
    #[must_use]
    pub fn new(url: CanonicalUrl, source: SourceId, role: ResourceRole, found: Timestamp) -> Self {
        Self {
            url,
            source,
            role,
            found,
            due: Some(found),
            hint: None,
            visit: None,
            etag: None,
            last_modified: None,
            validated: None,
            content: None,
            failures: 0,
            rhythm: Rhythm::default(),
            ttl: 0,
        }
    }
}

/// One attempt to fetch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// When the answer had ended, or the attempt failed.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: VisitOutcome,
    /// Milliseconds from the request to the last byte of the answer; `None`: there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u32>,
}

/// What came of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum VisitOutcome {
    /// A body that was archived.
    Fetched {
        /// HTTP status.
        status: u16,
    },
    /// 304, or the same body as before.
    Unchanged,
    /// robots.txt forbids it, or could not be had.
    Refused {
        /// The rule or the reason, for people.
        reason: String,
    },
    /// The server said no, or nothing.
    Failed {
        /// HTTP status, where there was one.
        status: Option<u16>,
        /// The reason, for people.
        reason: String,
    },
    /// 404 or 410.
    Gone {
        /// HTTP status.
        status: u16,
    },
}

/// What is remembered of a host (scheme, name and port), so that manners hold over a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// `scheme://name:port`, the port left out where it is the scheme's own.
    pub origin: String,
    /// End of the last answer.
    pub last_request: Option<Timestamp>,
    /// Not to be asked before this time (Retry-After, backoff).
    pub backoff_until: Option<Timestamp>,
    /// Server errors in a row.
    pub failures: u32,
    /// What robots.txt said.
    pub robots: Option<Robots>,
}

/// One answer to the question for robots.txt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Robots {
    /// When it was asked for.
    pub fetched: Timestamp,
    /// When it must be asked for again (RFC 9309, 2.4: at most 24 hours).
    pub expires: Timestamp,
    /// What came.
    pub answer: RobotsAnswer,
}

/// What came of the question for robots.txt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum RobotsAnswer {
    /// A file; its text, cut at the size limit.
    Rules {
        /// The text.
        text: String,
    },
    /// 4xx but 429: everything is allowed (RFC 9309, 2.3.1.3).
    Open,
    /// 5xx, 429 or no answer: nothing is allowed (RFC 9309, 2.3.1.4).
    Closed {
        /// The reason, for people.
        reason: String,
    },
}

/// Whether a source is well. See `docs/OPERATIONS.md` for what leads to which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// Not yet fetched.
    New,
    /// It answers and gives what it should.
    Healthy,
    /// It answers, but takes very long.
    Slow,
    /// It answers, and has had nothing new for far longer than usual.
    Silent,
    /// It does not answer, or nothing is found in what it answers.
    Failing,
    /// robots.txt forbids it, or the server refuses us.
    Blocked,
    /// Its address is gone.
    Gone,
}

impl Health {
    /// All states, the best first.
    pub const ALL: [Self; 7] =
        [Self::New, Self::Healthy, Self::Slow, Self::Silent, Self::Failing, Self::Blocked, Self::Gone];

    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Healthy => "healthy",
            Self::Slow => "slow",
            Self::Silent => "silent",
            Self::Failing => "failing",
            Self::Blocked => "blocked",
            Self::Gone => "gone",
        }
    }

    /// Whether a person should look at it.
    #[must_use]
    pub fn is_ill(self) -> bool {
        !matches!(self, Self::New | Self::Healthy)
    }
}
