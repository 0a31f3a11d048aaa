//! Settings that are ready to use: what `config` makes of the files and rooms are given.
//!
//! Nothing here is optional that has a default, and nothing names a file.

mod channel;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bellwether_model::id::SourceId;
use bellwether_model::place::Area;
use bellwether_model::rows::RowMapping;
use bellwether_model::source::{SourceKind, Trust};
use bellwether_model::watch::WatchItem;
use bellwether_model::web::CanonicalUrl;
pub use channel::{ChannelKind, ChannelSettings, EmailSettings, FeedForm, Flood, MailSecurity, MessageLanguage};
use regex::Regex;

use crate::calendar::Calendar;
use crate::routing::Routing;

/// Everything `sources.toml` and `watchlist.toml` say.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The crawler's manners and limits.
    pub crawler: CrawlerSettings,
    /// Where the dashboard listens.
    pub serve: ServeSettings,
    /// What is followed.
    pub sources: Vec<SourceSettings>,
    /// What is flagged.
    pub watch: Vec<WatchItem>,
    /// Who is told.
    pub channels: Vec<ChannelSettings>,
    /// Exact `address:port` pairs of receivers that may be reached although they are not global.
    pub alerts_allow_private: Vec<SocketAddr>,
    /// Who is told of what, and when.
    pub routing: Routing,
    /// File of the silences; it need not be there.
    pub silences: PathBuf,
    /// File of what people have done with flags; it need not be there.
    pub flags: PathBuf,
    /// Where the store is.
    pub store: StorePlace,
    /// How a store on a server is shared.
    pub sharing: SharingSettings,
    /// Folder of the archive. A store on a server keeps it there.
    pub archive: PathBuf,
    /// How long what is in it is kept.
    pub keep: ArchiveSettings,
}

/// Where a store is.
#[derive(Clone, PartialEq, Eq)]
pub enum StorePlace {
    /// In this folder.
    Folder(PathBuf),
    /// On a PostgreSQL server, by its address, which may hold a password.
    Server(String),
}

impl StorePlace {
    /// A place as people write it: the address of a server, or a folder.
    #[must_use]
    pub fn named(text: &str) -> Self {
        if text.contains("://") { Self::Server(text.to_owned()) } else { Self::Folder(text.into()) }
    }
}

impl std::fmt::Debug for StorePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => folder.fmt(f),
            Self::Server(_) => f.write_str("a server"),
        }
    }
}

/// How a store on a server is shared.
#[derive(Clone, PartialEq, Eq)]
pub struct SharingSettings {
    /// Folder of this machine for views, which can be thrown away at any time.
    pub cache: PathBuf,
    /// So long a process that died, or is cut off from the server, keeps its hosts and what only one at a time may do.
    pub lease: Duration,
    /// The password, where the address has none.
    pub password: Option<String>,
}

impl SharingSettings {
    /// How long a lease lasts where nothing is said.
    pub const LEASE: Duration = Duration::from_secs(15);
    /// A lease is renewed three times in its life, over a network.
    pub const SHORTEST_LEASE: Duration = Duration::from_secs(1);

    /// With this folder for views, and a password where there is one.
    #[must_use]
    pub fn new(cache: PathBuf, password: Option<String>) -> Self {
        Self { cache, lease: Self::LEASE, password }
    }
}

impl std::fmt::Debug for SharingSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharingSettings")
            .field("cache", &self.cache)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

/// What delivery needs to know.
#[derive(Debug, Clone, Default)]
pub struct AlertSettings {
    /// Who is told.
    pub channels: Vec<ChannelSettings>,
    /// Exact `address:port` pairs of receivers that may be reached although they are not global.
    pub allow_private: Vec<SocketAddr>,
    /// Routes, of which delivery knows how long their groups wait.
    pub routing: Routing,
    /// File of the silences. `None`: there are none.
    pub silences: Option<PathBuf>,
}

impl Settings {
    /// These, where `asked` with all that sources hold at the first look as news.
    #[must_use]
    pub fn with_backlog_as_news(mut self, asked: bool) -> Self {
        for source in self.sources.iter_mut().filter(|_| asked) {
            source.backlog = Backlog::News;
        }
        self
    }

    /// What delivery needs to know.
    #[must_use]
    pub fn alerts(&self) -> AlertSettings {
        AlertSettings {
            channels: self.channels.clone(),
            allow_private: self.alerts_allow_private.clone(),
            routing: self.routing.clone(),
            silences: Some(self.silences.clone()),
        }
    }

    /// Sources of public sites where no contact is given: they are not asked. A name other than `localhost` counts as
    /// public, whatever it resolves to.
    pub fn without_contact(&self) -> impl Iterator<Item = &SourceSettings> {
        let anonymous = self.crawler.contact.is_none();
        self.sources.iter().filter(move |source| anonymous && is_public(&source.url))
    }
}

fn is_public(url: &CanonicalUrl) -> bool {
    match url.url().host() {
        Some(url::Host::Ipv4(address)) => !address.is_loopback() && !address.is_private() && !address.is_link_local(),
        Some(url::Host::Ipv6(address)) => !address.is_loopback() && !address.is_unique_local(),
        Some(url::Host::Domain(name)) => name != "localhost" && !name.ends_with(".localhost"),
        None => false,
    }
}

/// The words by which documents are read. They hold for the whole process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RulesSettings {
    /// Folder of rules laid over the shipped ones.
    pub directory: Option<PathBuf>,
    /// Families of indicators that are read. `None`: the one of trade.
    pub families: Option<Vec<String>>,
}

/// The crawler's manners and limits.
#[derive(Debug, Clone)]
pub struct CrawlerSettings {
    /// Where a site owner reaches the operator; goes into `User-Agent`. `None`: only loopback may be crawled.
    pub contact: Option<String>,
    /// From the end of an answer to the next request to that host.
    pub gap: Duration,
    /// Requests in flight to one host.
    pub connections_per_host: usize,
    /// Requests in flight in all.
    pub concurrency: usize,
    /// Hosts that share one limit.
    pub groups: Vec<HostGroup>,
    /// Exact `address:port` pairs that may be fetched although they are not global.
    pub allow_private: Vec<SocketAddr>,
    /// Certificates (DER) of authorities that are trusted besides those of this machine.
    pub certificates: Vec<Vec<u8>>,
    /// To the first byte of an answer.
    pub first_byte_timeout: Duration,
    /// To its last byte.
    pub total_timeout: Duration,
    /// Redirects followed.
    pub redirects: usize,
    /// Decoded bytes of a page.
    pub page_bytes: usize,
    /// Decoded bytes of a feed.
    pub feed_bytes: usize,
    /// Decoded bytes of a sitemap: the protocol's own limit.
    pub sitemap_bytes: usize,
}

/// Hosts that share one limit, such as the sites of one provider: together they are asked no more than one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostGroup {
    /// Its name.
    pub id: String,
    /// Names of hosts, in lower case; `*.example.org` stands for all names below `example.org`.
    pub hosts: Vec<String>,
    /// From the end of an answer of one of them to the next request to any of them.
    pub gap: Duration,
    /// Requests in flight to all of them together.
    pub connections: usize,
}

impl CrawlerSettings {
    /// The shortest gap that a host other than this machine is given, whatever the operator says.
    pub const SHORTEST_GAP: Duration = Duration::from_secs(1);
    /// The most requests in flight to a host other than this machine.
    pub const MOST_CONNECTIONS: usize = 4;

    /// Gap and connections of an address's host. Only loopback takes what is written, so that manners can be left out
    /// where a site of one's own is tried or measured, and nowhere else.
    #[must_use]
    pub fn manners_at(&self, url: &url::Url) -> (Duration, usize) {
        if is_loopback(url) {
            return (self.gap, self.connections_per_host);
        }
        (self.gap.max(Self::SHORTEST_GAP), self.connections_per_host.min(Self::MOST_CONNECTIONS))
    }
}

/// Whether an address names this machine itself.
#[must_use]
pub fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

impl Default for CrawlerSettings {
    fn default() -> Self {
        Self {
            contact: None,
            gap: Duration::from_secs(2),
            connections_per_host: 1,
            concurrency: 64,
            groups: Vec::new(),
            allow_private: Vec::new(),
            certificates: Vec::new(),
            first_byte_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            redirects: 10,
            page_bytes: 8 << 20,
            feed_bytes: 16 << 20,
            sitemap_bytes: 50 << 20,
        }
    }
}

/// How long the bytes of answers are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveSettings {
    /// So long those that no event cites. `None`: for ever.
    pub keep: Option<Duration>,
    /// Bytes on disk that they may have in all. `None`: any number.
    pub max_bytes: Option<u64>,
}

impl ArchiveSettings {
    /// Whether anything is ever removed.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.keep.is_some() || self.max_bytes.is_some()
    }
}

/// Where the dashboard listens.
#[derive(Debug, Clone)]
pub struct ServeSettings {
    /// Address and port.
    pub listen: SocketAddr,
    /// Bearer token asked of every reader; required where `listen` is not loopback.
    pub token: Option<String>,
}

impl Default for ServeSettings {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8787)), token: None }
    }
}

/// One source.
#[derive(Debug, Clone)]
pub struct SourceSettings {
    /// Its name.
    pub id: SourceId,
    /// What kind of thing it is.
    pub kind: SourceKind,
    /// Forum engine (`ptt`).
    pub engine: Option<String>,
    /// Where it starts.
    pub url: CanonicalUrl,
    /// How far it is believed.
    pub trust: Trust,
    /// What an article means that names no economy.
    pub area: Option<Area>,
    /// IANA zone in which it writes its times.
    pub timezone: Option<String>,
    /// Only links whose title matches are followed; `None`: all.
    pub follow_title: Option<Regex>,
    /// Only links that are dated within this time before they are found; `None`: all. Links without a date count.
    pub follow_within: Option<Duration>,
    /// CSS selector of the links of a listing.
    pub links: Option<String>,
    /// CSS selector of the link to the page that continues a listing.
    pub next: Option<String>,
    /// Pages of a listing or board that are read in one pass, the first one counted.
    pub pages: u16,
    /// How the rows of an API are asked for and read.
    pub api: Option<Box<RowMapping>>,
    /// Parameters with secrets that are added to the address as a request is sent.
    pub secret_query: Secrets,
    /// How often it is looked at while nothing is known of how often it changes, and where it changes about as often.
    pub every: Duration,
    /// Between two looks at the least, outside of release windows; `None`: [`SourceSettings::fastest`].
    pub fastest: Option<Duration>,
    /// Between two looks at the most; `None`: [`SourceSettings::slowest`].
    pub slowest: Option<Duration>,
    /// When its releases come: it is looked at often then.
    pub calendar: Option<Arc<Calendar>>,
    /// How long it may bring nothing new before that is told; `None`: for ever.
    pub silent_after: Option<Duration>,
    /// What stands there when it is first looked at.
    pub backlog: Backlog,
    /// How long before that look something may have been published that is news all the same.
    pub fresh: Duration,
    /// Headers sent with each request to its origin, such as a cookie `over18=1`.
    pub headers: BTreeMap<String, String>,
}

/// What becomes of what a source holds when it is first looked at, and of pages that are older than its being followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Backlog {
    /// It is read and flagged; nobody is alerted.
    #[default]
    Silent,
    /// It is news like everything else.
    News,
}

impl SourceSettings {
    /// How long before the first look something may have been published that is news, where nothing is said.
    pub const FRESH: Duration = Duration::from_secs(3600);
    /// How often a source is looked at that does not say.
    pub const EVERY: Duration = Duration::from_secs(15 * 60);
    /// Pages of a listing that are read in one pass where nothing is said.
    pub const PAGES: u16 = 5;

    /// Looks are at least this far apart where nothing else is said, unless `every` itself is shorter.
    const FASTEST: Duration = Duration::from_secs(60);
    /// How much more often, or less often, than `every` a source is looked at where nothing else is said.
    const PACE: u32 = 4;

    /// Between two looks at the least, outside of release windows: a quarter of `every`, but no less than a minute,
    /// where the configuration says nothing.
    #[must_use]
    pub fn fastest(&self) -> Duration {
        let fastest = self.fastest.unwrap_or_else(|| (self.every / Self::PACE).max(Self::FASTEST));
        fastest.min(self.every)
    }

    /// Between two looks at the most: four times `every` where the configuration says nothing.
    #[must_use]
    pub fn slowest(&self) -> Duration {
        self.slowest.unwrap_or_else(|| self.every.saturating_mul(Self::PACE)).max(self.every)
    }

    /// A source of which no more is said than these.
    #[must_use]
    pub fn new(id: SourceId, kind: SourceKind, url: CanonicalUrl) -> Self {
        Self {
            id,
            kind,
            engine: None,
            url,
            trust: if kind == SourceKind::Forum { Trust::Forum } else { Trust::Press },
            area: None,
            timezone: None,
            follow_title: None,
            follow_within: None,
            links: None,
            next: None,
            pages: Self::PAGES,
            api: None,
            secret_query: Secrets::default(),
            every: Self::EVERY,
            fastest: None,
            slowest: None,
            calendar: None,
            silent_after: None,
            backlog: Backlog::default(),
            fresh: Self::FRESH,
            headers: BTreeMap::new(),
        }
    }
}

/// Names and values that must not be shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(pub Vec<(String, String)>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
