//! The bytes of one answer, as kept in the archive.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{ContentHash, SnapshotId, SourceId, digest_name};
use crate::source::ResourceRole;
use crate::web::CanonicalUrl;

/// What is known of one archived answer. The body itself lies in the archive under `content`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its name.
    pub id: SnapshotId,
    /// The source that asked for it.
    pub source: SourceId,
    /// The resource that was asked for.
    pub url: CanonicalUrl,
    /// Where the answer came from after redirects.
    pub final_url: CanonicalUrl,
    /// What the resource is to its source.
    pub role: ResourceRole,
    /// When the last byte had arrived.
    pub fetched: Timestamp,
    /// HTTP status; 200 for local documents.
    pub status: u16,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// Response headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Hash of the decoded body.
    pub content: ContentHash,
    /// Decoded bytes.
    pub body_bytes: u64,
    /// What the link that led here said of it; used only where the page itself does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<LinkHint>,
}

/// What a feed entry or listing row said of the page it links.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkHint {
    /// Title in the feed or listing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Publication time: RFC 3339, or a date `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// How many pages lie between it and its source's own address: 0 for what that address names itself.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub depth: u16,
    /// It stood there when the page that names it was looked at for the first time, which was then. `None`: it came later, or
    /// was found by a version that did not ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_look: Option<Timestamp>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands on a reference")]
fn is_zero(depth: &u16) -> bool {
    *depth == 0
}

/// A body that was taken out of the archive on purpose. The snapshots that name it stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// Its hash.
    pub content: ContentHash,
    /// When it was decided.
    pub at: Timestamp,
    /// Bytes on disk that it freed.
    pub bytes: u64,
    /// Why.
    pub reason: RemovalReason,
}

/// Why a body was taken out of the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovalReason {
    /// Older than bodies are kept, and no event cites it.
    Age,
    /// The archive was larger than it may be, and no event cites it.
    Size,
    /// The archive was larger than it may be even without all that no event cites.
    SizeThoughCited,
}

impl RemovalReason {
    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Size => "size",
            Self::SizeThoughCited => "size_though_cited",
        }
    }
}

impl Snapshot {
    /// A document that came from its own address, as it is: a local one, or an answer of which nothing else is known.
    #[must_use]
    pub fn of_document(
        source: SourceId,
        url: CanonicalUrl,
        fetched: Timestamp,
        content: ContentHash,
        body_bytes: u64,
    ) -> Self {
        Self {
            id: Self::name(&url, fetched, &content),
            source,
            final_url: url.clone(),
            url,
            role: ResourceRole::Document,
            fetched,
            status: 200,
            content_type: None,
            headers: Vec::new(),
            content,
            body_bytes,
            hint: None,
        }
    }

    /// The name of an answer: the same URL, time and body give the same name.
    #[must_use]
    pub fn name(url: &CanonicalUrl, fetched: Timestamp, content: &ContentHash) -> SnapshotId {
        SnapshotId(digest_name("snap", &[url.as_str(), &fetched.to_string(), content.as_str()]))
    }
}
