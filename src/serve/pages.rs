//! The pages: what each reads from the store and the template that shows it. Plain HTML, made here, without script.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use bellwether_model::alert::{Alert, Delivery};
use bellwether_model::event::{EventChange, Fact, FactKind, Mention, Vintage};
use bellwether_model::figure::Figure;
use bellwether_model::id::EventId;
use bellwether_model::source::Health;
use bellwether_model::watch::Flag;
use bellwether_store::{EventFilter, ReadError};
use jiff::{SignedDuration, Timestamp};

use super::cards::{self, Card, Languages, Mark, Quote};
use super::problem::Problem;
use super::query::{self, Parts};
use super::{App, guard};
use crate::report::{self, ReportFormat, Week};
use crate::view::wording::{self, DisplayLanguage::En};
use crate::view::{self, EventDetail, EventView, SourceView, areas};

/// Releases on the first page.
const RELEASES: usize = 8;
/// Statements and policy actions on the first page.
const LATEST: usize = 6;
/// Rows of a list; the API gives all.
const ROWS: usize = 200;
/// Figures of parts (partners, products) shown below the headline figures of one release.
const PARTS: usize = 60;
/// Without a visit for so long the pages say that nothing is being followed.
const STALE: SignedDuration = SignedDuration::from_hours(24);

type Page = Result<Response, Problem>;

/// How fresh what is shown is, and what stands out.
pub(super) struct Status {
    last_visit: Option<Timestamp>,
    stale: Option<String>,
    troubled: usize,
    sources: usize,
    events: u64,
    waiting: u64,
    gave_up: u64,
    week: String,
}

fn status(app: &App, sources: &[SourceView], now: Timestamp) -> Result<Status, ReadError> {
    let stats = app.store.stats()?;
    let last_visit = sources.iter().filter_map(|source| source.last_visit).max();
    let stale = match last_visit {
        Some(at) if now.duration_since(at) > STALE => Some(format!(
            "Nothing has been fetched since {} ({}): either no crawler is running over this store or every source is \
             failing. What is shown is as of then.",
            minute(at),
            ago(at, now)
        )),
        Some(_) => None,
        None if sources.is_empty() => Some("No source is configured: see sources.toml.".to_owned()),
        None => Some(format!(
            "No source has been visited yet; this page has been up since {} ({}).",
            minute(app.started),
            ago(app.started, now)
        )),
    };
    let troubled = sources.iter().filter(|source| !matches!(source.health, Health::Healthy | Health::New)).count();
    Ok(Status {
        last_visit,
        stale,
        troubled,
        sources: sources.len(),
        events: stats.events,
        waiting: stats.alerts_waiting,
        gave_up: stats.alerts_gave_up,
        week: Week::of(view::utc_day(now)).to_string(),
    })
}

/// `2026-01-09 08:00 UTC`.
fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// How long ago, in the largest unit that fits.
fn ago(at: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins();
    let (count, unit) = match minutes {
        ..1 => return "just now".to_owned(),
        1..120 => (minutes, "minute"),
        120..2880 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

fn page(template: &impl Template) -> Page {
    template.render().map(|text| Html(text).into_response()).map_err(|_| Problem::bug())
}

struct ReleaseSection {
    id: String,
    title: String,
    published: Option<String>,
    first_seen: String,
    headline: Vec<Card>,
    parts: Vec<Card>,
    left_out: usize,
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index {
    status: Status,
    releases: Vec<ReleaseSection>,
    latest: Vec<Card>,
    flags: Vec<FlagRow>,
}

pub(super) async fn index(State(app): State<Arc<App>>, uri: Uri) -> Page {
    Parts::of(&uri, &[])?;
    let now = app.clock.now();
    let shown = app
        .read(move |app| {
            let sources = view::sources(&app.store, &app.settings.sources)?;
            let releases = view::releases(&app.store, RELEASES)?;
            let releases =
                releases.into_iter().map(|release| release_section(app, release)).collect::<Result<_, _>>()?;
            let mut latest = Vec::new();
            for kind in [FactKind::Policy, FactKind::Statement] {
                let filter = EventFilter { kind: Some(kind), ..EventFilter::default() };
                let (events, _) = view::newest_events(&app.store, &filter, LATEST)?;
                latest.extend(cards::of(&app.store, &events)?);
            }
            let flags = app.store.flags(None, LATEST)?.into_iter().map(FlagRow::of).collect();
            Ok(Index { status: status(app, &sources, now)?, releases, latest, flags })
        })
        .await?;
    page(&shown)
}

fn release_section(app: &App, release: view::ReleaseView) -> Result<ReleaseSection, ReadError> {
    let figures: Vec<EventView> = release.events.into_iter().filter(|view| view.kind == FactKind::Figure).collect();
    let cards = cards::of(&app.store, &figures)?;
    let (headline, mut parts): (Vec<Card>, Vec<Card>) = cards.into_iter().partition(|card| card.headline);
    let left_out = parts.len().saturating_sub(PARTS);
    parts.truncate(PARTS);
    let id = release.id.to_string();
    let title = match id.split_once('-') {
        Some((area, rest)) => format!("{}, {rest}", areas::name(area, En)),
        None => id.clone(),
    };
    Ok(ReleaseSection {
        id,
        title,
        published: release.published.map(|date| date.to_string()),
        first_seen: minute(release.first_seen),
        headline,
        parts,
        left_out,
    })
}

struct EventRow {
    href: String,
    subject: String,
    period: String,
    value: String,
    /// BCP 47 tag of the value where it is words of a document.
    language: &'static str,
    marks: Vec<Mark>,
    changed: String,
    documents: usize,
}

#[derive(Template)]
#[template(path = "events.html")]
struct Events {
    status: Status,
    filter: FilterForm,
    rows: Vec<EventRow>,
    count: usize,
}

/// What the form of the list shows as chosen.
struct FilterForm {
    area: String,
    partner: String,
    flow: String,
    kind: String,
    state: String,
    release: String,
}

impl FilterForm {
    const FLOWS: [&'static str; 5] = ["exports", "imports", "balance", "total", "orders"];
    const KINDS: [&'static str; 3] = ["figure", "statement", "policy"];
    const STATES: [&'static str; 4] = ["new", "revised", "disputed", "withdrawn"];
}

pub(super) async fn events(State(app): State<Arc<App>>, uri: Uri) -> Page {
    let (filter, _) = query::events(&uri)?;
    let parts = form_parts(&uri);
    let now = app.clock.now();
    let shown = app
        .read(move |app| {
            let sources = view::sources(&app.store, &app.settings.sources)?;
            let (events, count) = view::newest_events(&app.store, &filter, ROWS)?;
            let mut languages = Languages { store: &app.store, known: BTreeMap::new() };
            let rows = events.iter().map(|view| event_row(&mut languages, view)).collect::<Result<_, _>>()?;
            Ok(Events { status: status(app, &sources, now)?, filter: parts, rows, count })
        })
        .await?;
    page(&shown)
}

fn form_parts(uri: &Uri) -> FilterForm {
    let given: BTreeMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let part = |name: &str| given.get(name).cloned().unwrap_or_default();
    FilterForm {
        area: part("area"),
        partner: part("partner"),
        flow: part("flow"),
        kind: part("kind"),
        state: part("state"),
        release: part("release"),
    }
}

fn event_row(languages: &mut Languages<'_>, view: &EventView) -> Result<EventRow, ReadError> {
    let mut language = "";
    let mut marks: Vec<Mark> = Vec::new();
    let (subject, period, value) = match &view.event.fact {
        Fact::Figure(figure) => {
            marks.extend(wording::status(figure, En).map(|words| Mark { class: "forecast", words }));
            marks.extend(cards::figure_marks(view));
            let number = wording::number(figure, En);
            (wording::subject(figure, En), wording::period(&figure.period, En), number)
        }
        Fact::Statement(said) => (said.name.clone(), String::new(), said.text.clone()),
        Fact::Policy(action) => (
            action.issuer.clone().unwrap_or_else(|| "Policy action".to_owned()),
            action.announced.map(|date| wording::day(date, En)).unwrap_or_default(),
            action.subject.clone(),
        ),
    };
    if view.kind != FactKind::Figure {
        marks.extend(cards::state_mark(&view.event));
        if let Some(mention) = view.mentions.first() {
            language = languages.of(&mention.document)?;
        }
    }
    Ok(EventRow {
        href: cards::event_href(&view.event),
        subject,
        period,
        value,
        language,
        marks,
        changed: minute(view.event.changed),
        documents: view.mentions.len(),
    })
}

struct MentionRow {
    quote: Quote,
    says: Option<String>,
    agrees: bool,
    read: String,
    rule: String,
    publisher: Option<String>,
    comments: Option<String>,
    cites: Option<(String, Option<String>)>,
}

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage {
    id: String,
    card: Option<Card>,
    release: Option<String>,
    state: &'static str,
    first_seen: String,
    changed: String,
    /// Value, since when, source, address where it may be followed.
    vintages: Vec<(String, String, String, Option<String>)>,
    mentions: Vec<MentionRow>,
    changes: Vec<(String, String)>,
    flags: Vec<FlagRow>,
}

pub(super) async fn event(State(app): State<Arc<App>>, Path(id): Path<String>) -> Page {
    let name = EventId::new(id.clone());
    let shown =
        app.read(move |app| view::event(&app.store, &name)?.map(|detail| event_page(app, detail)).transpose()).await?;
    page(&shown.ok_or_else(|| Problem::missing("event", &id))?)
}

fn event_page(app: &App, detail: EventDetail) -> Result<EventPage, ReadError> {
    let EventDetail { view, changes, flags, documents } = detail;
    let figure = match &view.event.fact {
        Fact::Figure(figure) => Some(figure),
        _ => None,
    };
    let mut languages = Languages { store: &app.store, known: BTreeMap::new() };
    let mut mentions = Vec::new();
    for mention in &view.mentions {
        let document = documents.iter().find(|document| document.id == mention.document);
        mentions.push(mention_row(&mut languages, mention, figure, document)?);
    }
    let vintage = |vintage: &Vintage| {
        let value = figure.map(|figure| wording::amount(figure, &vintage.amount, En)).unwrap_or_default();
        (value, minute(vintage.from), vintage.source.to_string(), cards::safe_href(&vintage.url))
    };
    Ok(EventPage {
        id: view.event.id.to_string(),
        release: view.event.release.as_ref().map(ToString::to_string),
        state: wording::state_name(view.event.state, En),
        first_seen: minute(view.event.first_seen),
        changed: minute(view.event.changed),
        vintages: view.event.vintages.iter().map(vintage).collect(),
        mentions,
        changes: changes.iter().map(|entry| (minute(entry.at), change_words(&entry.change, figure))).collect(),
        flags: flags.into_iter().map(FlagRow::of).collect(),
        card: cards::of(&app.store, std::slice::from_ref(&view))?.pop(),
    })
}

fn mention_row(
    languages: &mut Languages<'_>,
    mention: &Mention,
    figure: Option<&Figure>,
    document: Option<&view::DocumentView>,
) -> Result<MentionRow, ReadError> {
    let says = figure.zip(mention.amount.as_ref()).map(|(figure, amount)| wording::amount(figure, amount, En));
    Ok(MentionRow {
        quote: cards::quote(languages, mention)?,
        says,
        agrees: mention.agrees,
        read: minute(mention.at),
        rule: mention.rule.clone(),
        publisher: document.and_then(|document| document.publisher.clone()),
        comments: document.and_then(|document| document.comments).map(cards::comments),
        cites: document.and_then(|document| document.cites.clone()).map(|url| {
            let href = cards::safe_href(&url);
            (url, href)
        }),
    })
}

fn change_words(change: &EventChange, figure: Option<&Figure>) -> String {
    let amount =
        |amount| figure.map_or_else(|| "another value".to_owned(), |figure| wording::amount(figure, amount, En));
    match change {
        EventChange::New { document } => format!("first report, by {document}"),
        EventChange::Merged { document } => format!("a further report, by {document}"),
        EventChange::Revised { document, old, new } => {
            format!("revised from {} to {}, by {document}", amount(old), amount(new))
        }
        EventChange::Disputed { document, said } => format!("disputed: {document} says {}", amount(said)),
        EventChange::Settled { document } => format!("settled without a change, by {document}"),
        EventChange::Withdrawn => "withdrawn: no document carries it any more".to_owned(),
    }
}

struct FlagRow {
    title: String,
    watch: String,
    reason: String,
    at: String,
    event: String,
    evidence: String,
    href: Option<String>,
}

impl FlagRow {
    fn of(flag: Flag) -> Self {
        Self {
            title: flag.title,
            watch: flag.watch.to_string(),
            reason: flag.reason,
            at: minute(flag.at),
            event: format!("/events/{}", flag.event),
            evidence: flag.evidence.text,
            href: cards::safe_href(&flag.url),
        }
    }
}

#[derive(Template)]
#[template(path = "flags.html")]
struct Flags {
    status: Status,
    rows: Vec<FlagRow>,
    /// Items of the watch list with the number of their flags among the rows.
    items: Vec<(String, Option<String>, usize)>,
    full: bool,
}

pub(super) async fn flags(State(app): State<Arc<App>>, uri: Uri) -> Page {
    Parts::of(&uri, &[])?;
    let now = app.clock.now();
    let shown = app
        .read(move |app| {
            let sources = view::sources(&app.store, &app.settings.sources)?;
            let flags = app.store.flags(None, ROWS)?;
            let count = |id| flags.iter().filter(|flag| flag.watch == id).count();
            let items = app.settings.watch.iter();
            let items = items.map(|item| (item.title.clone(), item.risk.clone(), count(item.id.clone()))).collect();
            let full = flags.len() == ROWS;
            let rows = flags.into_iter().map(FlagRow::of).collect();
            Ok(Flags { status: status(app, &sources, now)?, rows, items, full })
        })
        .await?;
    page(&shown)
}

struct SourceRow {
    view: SourceView,
    health: &'static str,
    class: &'static str,
    kind: String,
    trust: &'static str,
    href: Option<String>,
    last_visit: Option<String>,
    next_visit: Option<String>,
    overdue: Option<String>,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct Sources {
    status: Status,
    rows: Vec<SourceRow>,
}

/// So long a visit may be late before the page says so.
const OVERDUE: SignedDuration = SignedDuration::from_hours(1);

pub(super) async fn sources(State(app): State<Arc<App>>, uri: Uri) -> Page {
    Parts::of(&uri, &[])?;
    let now = app.clock.now();
    let shown = app
        .read(move |app| {
            let sources = view::sources(&app.store, &app.settings.sources)?;
            let status = status(app, &sources, now)?;
            Ok(Sources { status, rows: sources.into_iter().map(|source| source_row(source, now)).collect() })
        })
        .await?;
    page(&shown)
}

fn source_row(view: SourceView, now: Timestamp) -> SourceRow {
    let (health, class) = match view.health {
        Health::New => ("not yet visited", "plain"),
        Health::Healthy => ("healthy", "good"),
        Health::Failing => ("failing", "bad"),
        Health::Blocked => ("blocked by robots.txt", "bad"),
        Health::Gone => ("gone", "bad"),
    };
    let overdue = view.next_visit.filter(|due| now.duration_since(*due) > OVERDUE).map(|due| ago(due, now));
    SourceRow {
        health,
        class,
        kind: format!("{:?}", view.kind).to_lowercase(),
        trust: cards::trust_name(view.trust),
        href: cards::safe_href(&view.url),
        last_visit: view.last_visit.map(|at| format!("{} ({})", minute(at), ago(at, now))),
        next_visit: view.next_visit.map(minute),
        overdue,
        view,
    }
}

struct AlertRow {
    created: String,
    kind: &'static str,
    summary: String,
    channel: String,
    state: &'static str,
    class: &'static str,
    detail: String,
}

#[derive(Template)]
#[template(path = "alerts.html")]
struct Alerts {
    status: Status,
    rows: Vec<AlertRow>,
    full: bool,
}

pub(super) async fn alerts(State(app): State<Arc<App>>, uri: Uri) -> Page {
    Parts::of(&uri, &[])?;
    let now = app.clock.now();
    let shown = app
        .read(move |app| {
            let sources = view::sources(&app.store, &app.settings.sources)?;
            let alerts = app.store.alerts(ROWS)?;
            let full = alerts.len() == ROWS;
            let rows = alerts.into_iter().map(alert_row).collect();
            Ok(Alerts { status: status(app, &sources, now)?, rows, full })
        })
        .await?;
    page(&shown)
}

fn alert_row(alert: Alert) -> AlertRow {
    let (state, class, detail) = match &alert.delivery {
        Delivery::Waiting { due, attempts: 0, .. } => ("waiting", "plain", format!("first attempt {}", minute(*due))),
        Delivery::Waiting { due, attempts, last_error } => (
            "waiting",
            "unsure",
            format!(
                "{attempts} failed, next attempt {}{}",
                minute(*due),
                last_error.as_ref().map(|error| format!(": {error}")).unwrap_or_default()
            ),
        ),
        Delivery::Delivered { at, attempts } => {
            ("delivered", "good", format!("{}, at attempt {attempts}", minute(*at)))
        }
        Delivery::GaveUp { at, attempts, last_error } => {
            ("gave up", "bad", format!("{} after {attempts} attempts: {last_error}", minute(*at)))
        }
    };
    AlertRow {
        created: minute(alert.created),
        kind: alert.kind.name(),
        summary: alert.summary,
        channel: alert.channel.to_string(),
        state,
        class,
        detail,
    }
}

#[derive(Template)]
#[template(path = "report.html")]
struct Report {
    week: String,
    previous: String,
    next: String,
    language: &'static str,
    other_language: &'static str,
    title: String,
    body: String,
}

/// The report of the present week.
pub(super) async fn report_index(State(app): State<Arc<App>>) -> Response {
    redirect(&format!("/report/{}", Week::of(view::utc_day(app.clock.now()))))
}

pub(super) async fn report(State(app): State<Arc<App>>, Path(week): Path<String>, uri: Uri) -> Page {
    let week = query::week(&week)?;
    let parts = Parts::of(&uri, &["lang"])?;
    let (language, _) = query::report(&parts, ReportFormat::Html)?;
    let now = app.clock.now();
    let fragment = app.read(move |app| report::fragment(&app.store, &app.settings.watch, week, language, now)).await?;
    page(&Report {
        week: week.to_string(),
        previous: week.previous().to_string(),
        next: week.next().to_string(),
        language: language.tag(),
        other_language: language.pick("en", "zh-TW"),
        title: fragment.title,
        body: fragment.html,
    })
}

/// Puts the token into a cookie of the browser, so that it need not stand in addresses.
pub(super) async fn login(State(app): State<Arc<App>>, uri: Uri) -> Page {
    let parts = Parts::of(&uri, &["token"])?;
    let token = parts.text("token").unwrap_or_default();
    // Only visible ASCII can stand in a cookie; a token with other characters goes into the Authorization header.
    let fits = token.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'"' | b'\\'));
    if !fits || !app.gate.is_token(token) {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "this is not the token",
            "open /login?token=TOKEN with the token of the table [serve] of sources.toml",
        ));
    }
    let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict", guard::COOKIE);
    let mut response = redirect("/");
    response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_str(&cookie).map_err(|_| Problem::bug())?);
    Ok(response)
}

fn redirect(to: &str) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(location) = HeaderValue::from_str(to) {
        headers.insert(header::LOCATION, location);
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// The style sheet of all pages.
pub(super) async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "private, max-age=300")];
    (headers, view::STYLE).into_response()
}
