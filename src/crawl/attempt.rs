//! One attempt to fetch a source's address, kept nowhere: what `sources try` shows. A door.

use std::sync::Arc;

use bellwether_model::source::{RobotsAnswer, SourceKind};
use bellwether_model::web::CanonicalUrl;
use hyper::header::CONTENT_TYPE;
use jiff::Timestamp;

use super::client::{Client, source_headers};
use super::fetch::{Fetch, FetchOutcome, Fetcher, Order, header};
use super::groups::Groups;
use super::hosts::Hosts;
use super::request::Carried;
use super::robots::{PRODUCT_TOKEN, Rules};
use super::visit::header_lines;
use crate::clock::SharedClock;
use crate::settings::{CrawlerSettings, SourceSettings};
use crate::shutdown;

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct FetchedPage {
    /// Where the answer came from after redirects.
    pub final_url: CanonicalUrl,
    /// The redirects that led there, in order.
    pub hops: Vec<Hop>,
    /// HTTP status.
    pub status: u16,
    /// Header lines, names in lower case, without cookies.
    pub headers: Vec<(String, String)>,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// Decoded body; empty for another status than 200 and 203.
    pub body: Vec<u8>,
    /// The body is longer than the limit of the settings and was cut: a crawl would not keep it.
    pub is_cut: bool,
    /// When the answer had ended.
    pub fetched: Timestamp,
    /// What robots.txt of each host said, the last hop's last.
    pub robots: Vec<RobotsView>,
}

/// A redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// HTTP status.
    pub status: u16,
    /// Where it leads.
    pub to: String,
}

/// What robots.txt of one host said.
#[derive(Debug, Clone, PartialEq)]
pub struct RobotsView {
    /// `scheme://name:port`.
    pub origin: String,
    /// The answer; for rules: those that address this program.
    pub answer: RobotsAnswer,
    /// Seconds between requests that the site owner asks for.
    pub crawl_delay: Option<f64>,
}

/// An attempt that brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum TryFetchError {
    /// The HTTP client or the headers of the source cannot be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
    /// robots.txt forbids it or could not be had.
    #[error("cannot fetch `{url}`: {reason}")]
    Refused {
        /// The address.
        url: CanonicalUrl,
        /// The rule or the reason; names the host.
        reason: String,
    },
    /// No answer that can be used.
    #[error("cannot fetch `{url}`: {reason}")]
    Failed {
        /// The address.
        url: CanonicalUrl,
        /// Status of the last answer, where there was one.
        status: Option<u16>,
        /// The reason; names the host.
        reason: String,
    },
}

/// Fetches addresses, a few, with all manners, and keeps nothing.
pub struct Prober<'s> {
    settings: &'s CrawlerSettings,
    fetcher: Fetcher,
    /// Held to the end: dropping it would ask us to stop.
    _never_asked: shutdown::ShutdownSender,
}

impl<'s> Prober<'s> {
    /// Sets one up. Hosts that it asks twice get their pause in between.
    ///
    /// # Errors
    /// The HTTP client cannot be set up.
    pub fn new(settings: &'s CrawlerSettings, clock: SharedClock) -> Result<Self, TryFetchError> {
        let (never_asked, shutdown) = shutdown::channel();
        let fetcher = Fetcher {
            client: Client::new(settings).map_err(TryFetchError::Client)?,
            hosts: Hosts::new(settings, Arc::new(Groups::new(&settings.groups)), None, Arc::clone(&clock), shutdown),
            clock,
            redirects: settings.redirects,
        };
        Ok(Self { settings, fetcher, _never_asked: never_asked })
    }

    /// Fetches a source's address once.
    ///
    /// # Errors
    /// See [`TryFetchError`]. An answer of whatever status is none.
    pub async fn fetch(&self, source: &SourceSettings) -> Result<FetchedPage, TryFetchError> {
        fetch(&self.fetcher, self.settings, source).await
    }
}

/// Fetches a source's address once, with all manners, and keeps nothing.
///
/// # Errors
/// See [`TryFetchError`]. An answer of whatever status is none.
pub async fn try_fetch(
    settings: &CrawlerSettings,
    source: &SourceSettings,
    clock: SharedClock,
) -> Result<FetchedPage, TryFetchError> {
    Prober::new(settings, clock)?.fetch(source).await
}

async fn fetch(
    fetcher: &Fetcher,
    settings: &CrawlerSettings,
    source: &SourceSettings,
) -> Result<FetchedPage, TryFetchError> {
    let headers = source_headers(&source.headers).map_err(TryFetchError::Client)?;
    let url = source.url.clone();
    let limit = match source.kind {
        SourceKind::Sitemap => settings.sitemap_bytes,
        SourceKind::Feed | SourceKind::Api => settings.feed_bytes,
        SourceKind::Listing | SourceKind::Forum | SourceKind::Page => settings.page_bytes,
    };
    let carried = Carried::of(source, &url);
    let order = Order {
        url: &url,
        source_headers: &headers,
        source_origin: &url.origin(),
        body: carried.body(),
        validated: &url.url(),
        carried: &carried,
        etag: None,
        last_modified: None,
        limit,
    };
    let failed = |status, reason: &str| TryFetchError::Failed { url: url.clone(), status, reason: reason.to_owned() };
    let fetch = fetcher.fetch(&order, None).await.map_err(|error| failed(None, &error.to_string()))?;
    let robots = robots_views(&fetch);
    match fetch.outcome {
        FetchOutcome::Answered { answer, url: final_url } => Ok(FetchedPage {
            final_url: CanonicalUrl::parse(final_url.as_str()).unwrap_or_else(|_| url.clone()),
            hops: fetch.hops.iter().map(|(status, to)| Hop { status: *status, to: to.to_string() }).collect(),
            status: answer.status,
            headers: header_lines(&answer),
            content_type: header(&answer, CONTENT_TYPE).map(str::to_owned),
            is_cut: answer.is_cut,
            body: answer.body,
            fetched: fetch.ended,
            robots,
        }),
        FetchOutcome::Refused { reason, .. } => Err(TryFetchError::Refused { url: url.clone(), reason }),
        FetchOutcome::Failed { status, reason } => Err(failed(status, &reason)),
        FetchOutcome::Postponed(_) => Err(failed(None, "the host asks to be left alone for now")),
        FetchOutcome::Stopped => Err(failed(None, "the program ends")),
    }
}

fn robots_views(fetch: &Fetch) -> Vec<RobotsView> {
    let views = fetch.lanes.iter().filter_map(|lane| {
        let answer = lane.host().robots?.answer;
        let crawl_delay = match &answer {
            RobotsAnswer::Rules { text } => Rules::parse(text.as_bytes(), PRODUCT_TOKEN).crawl_delay,
            RobotsAnswer::Open | RobotsAnswer::Closed { .. } => None,
        };
        Some(RobotsView {
            origin: lane.origin().to_owned(),
            answer,
            crawl_delay: crawl_delay.map(|delay| delay.as_secs_f64()),
        })
    });
    views.collect()
}
