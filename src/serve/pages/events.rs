//! The list of events with its filter, and the page of one event with everything that is known of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use bellwether_model::event::{EventChange, Fact, FactKind, Mention, Vintage};
use bellwether_model::figure::Figure;
use bellwether_model::id::{DocumentId, EventId};
use bellwether_store::ReadError;

use super::{FlagRow, Page, ROWS, Status, page, status};
use crate::serve::App;
use crate::serve::cards::{self, Card, Languages, Mark, Quote, minute};
use crate::serve::problem::Problem;
use crate::serve::query;
use crate::view::wording::{self, DisplayLanguage::En};
use crate::view::{self, EventDetail, EventView, amounts};

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
    const STATES: [&'static str; 5] = ["new", "revised", "disputed", "held", "withdrawn"];
}

pub(in crate::serve) async fn events(State(app): State<Arc<App>>, uri: Uri) -> Page {
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
            let number = amounts::number(figure, En);
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

pub(in crate::serve) async fn event(State(app): State<Arc<App>>, Path(id): Path<String>) -> Page {
    let name = EventId::new(id.clone());
    let shown =
        app.read(move |app| view::event(&app.store, &name)?.map(|detail| event_page(app, detail)).transpose()).await?;
    page(&shown.ok_or_else(|| Problem::missing("event", &id))?)
}

fn event_page(app: &App, detail: EventDetail) -> Result<EventPage, ReadError> {
    let EventDetail { view, changes, flags } = detail;
    let figure = match &view.event.fact {
        Fact::Figure(figure) => Some(figure),
        _ => None,
    };
    let mut languages = Languages { store: &app.store, known: BTreeMap::new() };
    let mut mentions = Vec::new();
    for mention in &view.mentions {
        let document = view.documents.iter().find(|document| document.id == mention.document);
        mentions.push(mention_row(&mut languages, mention, figure, document)?);
    }
    let vintage = |vintage: &Vintage| {
        let value = figure.map(|figure| amounts::amount(figure, &vintage.amount, En)).unwrap_or_default();
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
        changes: changes
            .iter()
            .map(|entry| (minute(entry.at), change_words(&entry.change, figure, &view.mentions)))
            .collect(),
        flags: FlagRow::all(app, flags)?,
        card: cards::of(&app.store, std::slice::from_ref(&view))?.pop(),
    })
}

fn mention_row(
    languages: &mut Languages<'_>,
    mention: &Mention,
    figure: Option<&Figure>,
    document: Option<&view::DocumentView>,
) -> Result<MentionRow, ReadError> {
    let says = figure.zip(mention.amount.as_ref()).map(|(figure, amount)| amounts::amount(figure, amount, En));
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

/// One row of the change log in words; documents go by source and title where they still carry the event.
fn change_words(change: &EventChange, figure: Option<&Figure>, mentions: &[Mention]) -> String {
    let amount =
        |amount| figure.map_or_else(|| "another value".to_owned(), |figure| amounts::amount(figure, amount, En));
    let by = |document: &DocumentId| match mentions.iter().find(|mention| mention.document == *document) {
        Some(mention) => format!("{} ({})", mention.source, mention.title),
        None => format!("a document that no longer carries it ({document})"),
    };
    match change {
        EventChange::New { document } => format!("first report, by {}", by(document)),
        EventChange::Merged { document } => format!("a further report, by {}", by(document)),
        EventChange::Revised { document, old, new } => {
            format!("revised from {} to {}, by {}", amount(old), amount(new), by(document))
        }
        EventChange::Disputed { document, said } => format!("disputed: {} says {}", by(document), amount(said)),
        EventChange::Settled { document } => format!("settled without a change, by {}", by(document)),
        EventChange::Held { document } => {
            format!("held, since it stands out from its series: first report, by {}", by(document))
        }
        EventChange::Read { document } => format!("read, by {}", by(document)),
        EventChange::Withdrawn => "withdrawn: no document carries it any more".to_owned(),
        EventChange::Overdue => "expected by now, and not there".to_owned(),
        EventChange::Arrived => "came after all".to_owned(),
    }
}
