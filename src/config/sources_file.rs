//! `sources.toml`: what is followed, and the crawler's manners.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bellwether_extractors::{listing, rows};
use bellwether_model::id::SourceId;
use bellwether_model::place::Area;
use bellwether_model::rows::RowMapping;
use bellwether_model::source::{SourceKind, Trust};
use bellwether_model::web::CanonicalUrl;
use regex::Regex;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use schemars::JsonSchema;
use serde::Deserialize;

use super::calendars::{self, CalendarTable, Calendars, HolidaysTable};
use super::error::ConfigError;
use super::{Environment, address, duration, fill, size};
use crate::calendar::Calendar;
use crate::settings::{
    ArchiveSettings, Backlog, CrawlerSettings, HostGroup, RulesSettings, ServeSettings, Settings, SharingSettings,
    SourceSettings, StorePlace,
};

/// What `sources.toml` may say.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SourcesFile {
    /// The crawler's manners and places.
    crawler: CrawlerTable,
    /// How long answers are kept.
    archive: ArchiveTable,
    /// Where the dashboard and the API listen.
    serve: ServeTable,
    /// The words by which documents are read.
    rules: RulesTable,
    /// Hosts that share one limit.
    group: Vec<GroupTable>,
    /// Days that are not worked on.
    holidays: Vec<HolidaysTable>,
    /// When releases come.
    calendar: Vec<CalendarTable>,
    /// What is followed.
    source: Vec<SourceTable>,
}

/// `[[group]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GroupTable {
    /// Its name.
    id: String,
    /// Names of hosts that share one limit; `*.example.org` stands for all names below `example.org`.
    hosts: Vec<String>,
    /// From the end of an answer of one of them to the next request to any of them. Default: the `gap` of `[crawler]`,
    /// and never shorter than that.
    gap: Option<String>,
    /// Requests in flight to all of them together. Default 1.
    connections: Option<usize>,
}

/// `[rules]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RulesTable {
    /// Folder of rules that are laid over the shipped ones, relative to this file. Default: none. Read once, when the
    /// program starts.
    directory: Option<String>,
    /// Families of indicators that are read, by their codes. Default `["trade"]`.
    families: Option<Vec<String>>,
}

/// The words by which documents are read, as far as the file says. A file without a table for them says nothing,
/// whatever else is wrong with it.
pub(super) fn rules(text: &str, path: &Path, directory: &Path) -> Result<RulesSettings, ConfigError> {
    if !text.contains("rules") {
        return Ok(RulesSettings::default());
    }
    let file: SourcesFile = toml::from_str(text).map_err(|cause| ConfigError::toml(path, text, &cause))?;
    let RulesTable { directory: folder, families } = file.rules;
    Ok(RulesSettings { directory: folder.map(|folder| directory.join(folder)), families })
}

/// `[crawler]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct CrawlerTable {
    /// Where a site owner reaches you (`mailto:` or a page); goes into `User-Agent`. Required to crawl anything but loopback.
    contact: Option<String>,
    /// From the end of an answer to the next request to that host. Default `"2s"`; a longer Crawl-delay wins.
    gap: Option<String>,
    /// Requests in flight to one host. Default 1.
    connections_per_host: Option<usize>,
    /// Requests in flight in all. Default 64.
    concurrency: Option<usize>,
    /// Folder of the store, relative to this file, or the address of one on a PostgreSQL server that several processes share:
    /// `postgres://USER@HOST/DATABASE`. `${NAME}` is filled from the environment. Default `data/store`.
    store: Option<String>,
    /// Folder of the archive, relative to this file. A store on a server keeps it there. Default `data/archive`.
    archive: Option<String>,
    /// What stands there when a source is first looked at, and pages older than its being followed: `silent` (default) reads
    /// and flags them and alerts nobody, `news` alerts of them too.
    backlog: Backlog,
    /// How long before the first look a page may have been published that is news all the same. Default `"1h"`.
    fresh: Option<String>,
    /// Folder for views of a store on a server, relative to this file; it can be thrown away at any time. Default `data/cache`.
    cache: Option<String>,
    /// How long a process that died keeps its hosts, and what only one at a time may do, of a store on a server. Default `"15s"`.
    lease: Option<String>,
    /// Exact `address:port` pairs that may be fetched although they are not global. Opens nothing else.
    allow_private: Vec<String>,
    /// Files with certificates (PEM) of authorities that are trusted besides those of this machine, relative to this
    /// file: for sites whose authority browsers do not know. Default: none.
    certificates: Vec<String>,
}

/// The files with further certificates. A file that names none is not looked at twice.
pub(super) fn certificate_files(text: &str, path: &Path, directory: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    if !text.contains("certificates") {
        return Ok(Vec::new());
    }
    let file: SourcesFile = toml::from_str(text).map_err(|cause| ConfigError::toml(path, text, &cause))?;
    Ok(file.crawler.certificates.iter().map(|file| directory.join(file)).collect())
}

/// The certificates (DER) of a file.
pub(super) fn certificates(pem: &[u8], file: &Path, path: &Path) -> Result<Vec<Vec<u8>>, ConfigError> {
    let wrong = |message: String| {
        ConfigError::value(path, "[crawler] certificates", format!("`{}`: {message}", file.display()))
            .with_hint("a certificate in PEM begins with a line -----BEGIN CERTIFICATE-----")
    };
    let found: Result<Vec<Vec<u8>>, _> =
        CertificateDer::pem_slice_iter(pem).map(|found| found.map(|certificate| certificate.to_vec())).collect();
    match found {
        Ok(certificates) if certificates.is_empty() => Err(wrong("holds no certificate".to_owned())),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(wrong(error.to_string())),
    }
}

/// `[archive]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ArchiveTable {
    /// How long the bytes of an answer are kept that no event cites, as `"400d"`. Default: for ever. What events cite stays.
    keep: Option<String>,
    /// How large the archive may be, as `"50GiB"`. Default: as large as it gets. The oldest go first, what events cite last.
    max_bytes: Option<String>,
}

/// `[serve]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ServeTable {
    /// Address and port. Default `127.0.0.1:8787`; any address but loopback needs a token.
    listen: Option<String>,
    /// Token asked of every reader. `${NAME}` is filled from the environment.
    token: Option<String>,
}

/// `[[source]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SourceTable {
    /// Its name: letters, digits, `-` and `_`.
    id: String,
    /// feed, listing, sitemap, forum, page or api.
    kind: SourceKind,
    /// Forum engine, such as `ptt` or `discourse`. Required where `kind` is `forum`.
    engine: Option<String>,
    /// Where it starts. `${NAME}` is filled from the environment.
    url: String,
    /// official, press or forum: decides whether a different value is a revision, a disagreement or a misquote.
    /// Default: `forum` for forums, else `press`.
    trust: Option<Trust>,
    /// ISO code of the economy that an article means which names none.
    area: Option<String>,
    /// IANA zone in which it writes its times, as `Asia/Taipei`. Default: UTC.
    timezone: Option<String>,
    /// Which of its links are followed. Default: all.
    follow: Option<FollowTable>,
    /// CSS selector of the links of a listing. Default: the links of the page's main part.
    links: Option<String>,
    /// CSS selector of the link to the page that continues a listing. Default: what says so itself (`rel="next"`).
    next: Option<String>,
    /// Pages of a listing or board that are read in one pass, while all that they show is new. Default 5.
    pages: Option<u16>,
    /// How the rows of an API are asked for and read. Only where `kind` is `api`.
    api: Option<RowMapping>,
    /// How often it is looked at to begin with. Default `"15m"`. What changes often is looked at more often, what does
    /// not, less often, between `fastest` and `slowest`.
    every: Option<String>,
    /// Between two looks at the least, outside of release windows. Default: a quarter of `every`, at least a minute.
    fastest: Option<String>,
    /// Between two looks at the most. Default: four times `every`.
    slowest: Option<String>,
    /// The `id` of the calendar of its releases: it is looked at often around them, and one that does not come is told.
    calendar: Option<String>,
    /// How long it may bring nothing new before that is told. Default: for ever.
    silent_after: Option<String>,
    /// What stands there when it is first looked at: `silent` or `news`. Default: as `[crawler]` says.
    backlog: Option<Backlog>,
    /// Headers sent with each request to its origin. `${NAME}` is filled from the environment.
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

/// `follow = { … }`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FollowTable {
    /// Regular expression that a link's title must match. Default: any.
    title: Option<String>,
    /// Only links that are dated within this time before they are found, as `"30d"`. Links without a date are followed.
    within: Option<String>,
}

pub(super) fn settings(
    text: &str,
    path: &Path,
    directory: &Path,
    environment: Environment<'_>,
) -> Result<Settings, ConfigError> {
    let file: SourcesFile = toml::from_str(text).map_err(|cause| ConfigError::toml(path, text, &cause))?;
    let store = fill::fill(file.crawler.store.as_deref().unwrap_or("data/store"), environment)
        .map_err(|message| ConfigError::value(path, "[crawler] store", message))?;
    let store = match StorePlace::named(&store) {
        StorePlace::Folder(folder) => StorePlace::Folder(directory.join(folder)),
        server @ StorePlace::Server(_) => server,
    };
    let sharing = sharing(&file.crawler, path, directory, environment)?;
    let archive = directory.join(file.crawler.archive.as_deref().unwrap_or("data/archive"));
    let calendars = calendars::settings(file.holidays, file.calendar, path, directory)?;
    let fresh = match &file.crawler.fresh {
        Some(fresh) => age(fresh).map_err(|message| ConfigError::value(path, "[crawler] fresh", message))?,
        None => SourceSettings::FRESH,
    };
    let mut names = BTreeSet::new();
    let mut addresses: BTreeMap<String, SourceId> = BTreeMap::new();
    let mut sources = Vec::with_capacity(file.source.len());
    for table in file.source {
        let backlog = table.backlog.unwrap_or(file.crawler.backlog);
        let source = SourceSettings { backlog, fresh, ..source(table, path, environment, &calendars)? };
        if !names.insert(source.id.clone()) {
            return Err(ConfigError::value(path, &format!("source `{}`", source.id), "a second source has this id"));
        }
        if let Some(first) = addresses.insert(source.url.to_string(), source.id.clone()) {
            let message =
                format!("`{}` is the address of source `{first}` too; an address is followed once", source.url);
            return Err(ConfigError::value(path, &format!("source `{}`: url", source.id), message)
                .with_hint("make one source of the two"));
        }
        sources.push(source);
    }
    Ok(Settings {
        crawler: crawler(file.crawler, file.group, path)?,
        keep: archive_settings(&file.archive, path)?,
        serve: serve(file.serve, path, environment)?,
        sources,
        watch: Vec::new(),
        channels: Vec::new(),
        alerts_allow_private: Vec::new(),
        routing: crate::routing::Routing::default(),
        silences: directory.join(super::SILENCES),
        flags: directory.join(super::FLAGS),
        store,
        sharing,
        archive,
    })
}

fn sharing(
    table: &CrawlerTable,
    path: &Path,
    directory: &Path,
    environment: Environment<'_>,
) -> Result<SharingSettings, ConfigError> {
    let wrong = |message: String| ConfigError::value(path, "[crawler] lease", message);
    let lease = table.lease.as_deref().map(duration::parse).transpose().map_err(wrong)?;
    let lease = lease.unwrap_or(SharingSettings::LEASE);
    if lease < SharingSettings::SHORTEST_LEASE {
        return Err(wrong(format!("{} ms is too short to be renewed over a network", lease.as_millis()))
            .with_hint("write lease = \"15s\", or leave it out"));
    }
    let cache = directory.join(table.cache.as_deref().unwrap_or("data/cache"));
    Ok(SharingSettings { lease, ..SharingSettings::new(cache, environment("PGPASSWORD")) })
}

fn archive_settings(table: &ArchiveTable, path: &Path) -> Result<ArchiveSettings, ConfigError> {
    let wrong = |key: &'static str| move |message: String| ConfigError::value(path, key, message);
    let keep = table.keep.as_deref().map(duration::parse_long).transpose().map_err(wrong("[archive] keep"))?;
    let max_bytes = table.max_bytes.as_deref().map(size::parse).transpose().map_err(wrong("[archive] max_bytes"))?;
    if keep.is_some_and(|keep| keep.is_zero()) {
        return Err(wrong("[archive] keep")("must be longer than nothing".to_owned()));
    }
    Ok(ArchiveSettings { keep, max_bytes })
}

fn crawler(table: CrawlerTable, groups: Vec<GroupTable>, path: &Path) -> Result<CrawlerSettings, ConfigError> {
    let mut settings = CrawlerSettings::default();
    if let Some(contact) = &table.contact
        && (contact.trim().is_empty() || contact.chars().any(char::is_control))
    {
        return Err(ConfigError::value(
            path,
            "[crawler] contact",
            "write an address such as \"mailto:ops@example.org\"",
        ));
    }
    settings.contact = table.contact;
    if let Some(gap) = &table.gap {
        settings.gap = duration::parse(gap).map_err(|m| ConfigError::value(path, "[crawler] gap", m))?;
    }
    for (key, value, target) in [
        ("connections_per_host", table.connections_per_host, &mut settings.connections_per_host),
        ("concurrency", table.concurrency, &mut settings.concurrency),
    ] {
        match value {
            Some(0) => return Err(ConfigError::value(path, &format!("[crawler] {key}"), "must be at least 1")),
            Some(value) => *target = value,
            None => {}
        }
    }
    settings.allow_private = addresses(&table.allow_private, path, "[crawler] allow_private")?;
    settings.groups = groups.into_iter().map(|table| group(table, settings.gap, path)).collect::<Result<_, _>>()?;
    Ok(settings)
}

fn group(table: GroupTable, least: Duration, path: &Path) -> Result<HostGroup, ConfigError> {
    let wrong = |key: &str, message: String| ConfigError::value(path, &format!("group `{}`: {key}", table.id), message);
    if table.hosts.is_empty() {
        return Err(wrong("hosts", "names no host".to_owned()));
    }
    for host in &table.hosts {
        let name = host.strip_prefix("*.").unwrap_or(host);
        let is_name = url::Host::parse(name).is_ok() && !name.contains(['*', '/', ':']);
        if !is_name {
            return Err(wrong(
                "hosts",
                format!("`{host}` is no host; write a name like \"www.example.org\" or \"*.example.org\""),
            ));
        }
    }
    let gap = match &table.gap {
        Some(gap) => duration::parse(gap).map_err(|m| wrong("gap", m))?,
        None => least,
    };
    let connections = table.connections.unwrap_or(1);
    if connections == 0 {
        return Err(wrong("connections", "must be at least 1".to_owned()));
    }
    let hosts = table.hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
    Ok(HostGroup { id: table.id, hosts, gap: gap.max(least), connections })
}

/// Exact `address:port` pairs.
pub(super) fn addresses(texts: &[String], path: &Path, place: &str) -> Result<Vec<SocketAddr>, ConfigError> {
    let parse = |text: &String| {
        text.parse::<SocketAddr>().map_err(|_| {
            ConfigError::value(
                path,
                place,
                format!("`{text}` is no address with a port; write one like \"127.0.0.1:8000\""),
            )
        })
    };
    texts.iter().map(parse).collect()
}

fn serve(table: ServeTable, path: &Path, environment: Environment<'_>) -> Result<ServeSettings, ConfigError> {
    let mut settings = ServeSettings::default();
    if let Some(listen) = table.listen {
        settings.listen = addresses(&[listen], path, "[serve] listen")?[0];
    }
    if let Some(token) = table.token {
        let token = fill::fill(&token, environment).map_err(|m| ConfigError::value(path, "[serve] token", m))?;
        settings.token = (!token.is_empty()).then_some(token);
    }
    if !settings.listen.ip().is_loopback() && settings.token.is_none() {
        return Err(ConfigError::value(
            path,
            "[serve] listen",
            format!("`{}` can be reached by others and needs a token", settings.listen),
        )
        .with_hint("add token = \"${BELLWETHER_TOKEN}\", or listen on 127.0.0.1"));
    }
    Ok(settings)
}

fn source(
    table: SourceTable,
    path: &Path,
    environment: Environment<'_>,
    calendars: &Calendars,
) -> Result<SourceSettings, ConfigError> {
    let place = |key: &str| format!("source `{}`: {key}", table.id);
    let wrong = |key: &str, message: String| ConfigError::value(path, &place(key), message);
    if table.id.is_empty() || !table.id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        return Err(wrong("id", "an id is made of letters, digits, `-` and `_`".to_owned()));
    }
    let (url, secret_query) = address::filled(&table.url, environment).map_err(|m| wrong("url", m))?;
    if url::Url::parse(&url).is_ok_and(|url| !url.username().is_empty() || url.password().is_some()) {
        return Err(wrong("url", "a name and password in an address are not sent".to_owned())
            .with_hint("send them as a header: headers = { authorization = \"Basic ${CREDENTIALS}\" }"));
    }
    let url = CanonicalUrl::parse(&url).map_err(|m| wrong("url", m.to_string()))?;
    match (table.kind, table.engine.as_deref()) {
        (SourceKind::Forum, Some(engine)) if listing::engines().any(|known| known == engine) => {}
        (SourceKind::Forum, given) => {
            let given =
                given.map_or_else(|| "no engine is given".to_owned(), |engine| format!("`{engine}` is not known"));
            return Err(wrong(
                "engine",
                format!("{given}; engines: {}", listing::engines().collect::<Vec<_>>().join(", ")),
            ));
        }
        (_, Some(_)) => return Err(wrong("engine", "only a source of kind `forum` has an engine".to_owned())),
        (_, None) => {}
    }
    if let Some(zone) = &table.timezone {
        jiff::tz::TimeZone::get(zone).map_err(|cause| wrong("timezone", format!("`{zone}` is no zone: {cause}")))?;
    }
    if let Some(code) = &table.area
        && (code.len() < 2 || !code.chars().all(|c| c.is_ascii_uppercase()))
    {
        return Err(wrong("area", format!("`{code}` is no code of an economy; write one like \"TW\" or \"EU\"")));
    }
    let follow_title = match &table.follow {
        Some(FollowTable { title: Some(title), .. }) => {
            Some(Regex::new(title).map_err(|cause| wrong("follow.title", cause.to_string()))?)
        }
        _ => None,
    };
    let follow_within = match table.follow.as_ref().and_then(|follow| follow.within.as_deref()) {
        Some(within) => Some(age(within).map_err(|m| wrong("follow.within", m))?),
        None => None,
    };
    for (key, selector) in [("links", &table.links), ("next", &table.next)] {
        if let Some(selector) = selector {
            listing::check_selector(selector)
                .map_err(|cause| wrong(key, format!("`{selector}` is no CSS selector: {cause}")))?;
        }
    }
    if table.pages == Some(0) {
        return Err(wrong("pages", "must be at least 1".to_owned()));
    }
    let times = times(&table).map_err(|(key, message)| wrong(key, message))?;
    let api = match table.api {
        Some(_) if table.kind != SourceKind::Api => {
            return Err(wrong("api", "only a source of kind `api` has a table [source.api]".to_owned()));
        }
        Some(mapping) => Some(Box::new(filled_mapping(mapping, environment).map_err(|m| wrong("api", m))?)),
        None => None,
    };
    // Requests that differ in their bodies alone are different resources.
    let url = match api.as_ref().and_then(|api| api.body.as_ref()) {
        Some(body) => url.with_request(&address::short_name(body)),
        None => url,
    };
    let calendar = table
        .calendar
        .as_ref()
        .map(|id| calendar_of(id, calendars))
        .transpose()
        .map_err(|message| wrong("calendar", message).with_hint("add a [[calendar]] with this id"))?;
    let mut headers = BTreeMap::new();
    for (name, value) in &table.headers {
        let value = fill::fill(value, environment).map_err(|m| wrong("headers", m))?;
        let valid_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !valid_name || value.chars().any(char::is_control) {
            return Err(wrong("headers", format!("`{name}` is no header, or its value holds a line break")));
        }
        headers.insert(name.to_ascii_lowercase(), value);
    }
    let unsaid = SourceSettings::new(SourceId(table.id), table.kind, url);
    Ok(SourceSettings {
        engine: table.engine,
        trust: table.trust.unwrap_or(unsaid.trust),
        area: table.area.map(Area::new),
        timezone: table.timezone,
        follow_title,
        follow_within,
        links: table.links,
        next: table.next,
        pages: table.pages.unwrap_or(SourceSettings::PAGES),
        api,
        secret_query,
        every: times.every,
        fastest: times.fastest,
        slowest: times.slowest,
        calendar,
        silent_after: times.silent_after,
        headers,
        ..unsaid
    })
}

fn calendar_of(id: &str, calendars: &Calendars) -> Result<Arc<Calendar>, String> {
    calendars.get(id).cloned().ok_or_else(|| {
        let known = calendars.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { "none is there".to_owned() } else { known };
        format!("there is no calendar `{id}`; calendars: {known}")
    })
}

/// How often a source is looked at, and how long it may say nothing.
struct Times {
    every: Duration,
    fastest: Option<Duration>,
    slowest: Option<Duration>,
    silent_after: Option<Duration>,
}

/// The times of a source; an error names the key that is wrong.
fn times(table: &SourceTable) -> Result<Times, (&'static str, String)> {
    let time = |key: &'static str, text: &Option<String>| match text {
        Some(text) => match duration::parse(text).map_err(|message| (key, message))? {
            Duration::ZERO => Err((key, "must be longer than nothing".to_owned())),
            time => Ok(Some(time)),
        },
        None => Ok(None),
    };
    let every = time("every", &table.every)?.unwrap_or(SourceSettings::EVERY);
    let (fastest, slowest) = (time("fastest", &table.fastest)?, time("slowest", &table.slowest)?);
    if fastest.is_some_and(|fastest| fastest > every) {
        return Err(("fastest", format!("must be no longer than `every`, which is {every:?}")));
    }
    if slowest.is_some_and(|slowest| slowest < every) {
        return Err(("slowest", format!("must be no shorter than `every`, which is {every:?}")));
    }
    Ok(Times { every, fastest, slowest, silent_after: time("silent_after", &table.silent_after)? })
}

/// A length of time that may be given in days.
fn age(text: &str) -> Result<std::time::Duration, String> {
    let days = text.strip_suffix('d').and_then(|days| days.trim().parse::<u32>().ok());
    days.map_or_else(|| duration::parse(text), |days| Ok(std::time::Duration::from_secs(u64::from(days) * 24 * 3600)))
}

/// How rows are read, with its body filled from the environment and everything in it found to make sense.
fn filled_mapping(mut mapping: RowMapping, environment: Environment<'_>) -> Result<RowMapping, String> {
    rows::check(&mapping)?;
    if let Some(body) = &mut mapping.body {
        *body = fill::fill(body, environment)?;
    }
    Ok(mapping)
}
