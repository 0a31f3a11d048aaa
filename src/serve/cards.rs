//! Events as the pages show them: words, numbers, marks and the sentences that prove them. Pure but for reading the store.

use std::collections::BTreeMap;

use bellwether_model::document::{CommentCounts, Language};
use bellwether_model::event::{Event, EventState, Fact, Mention};
use bellwether_model::figure::Confidence;
use bellwether_model::id::DocumentId;
use bellwether_model::source::Trust;
use bellwether_model::web::CanonicalUrl;
use bellwether_store::{ReadError, Store};
use jiff::Timestamp;

use crate::view::wording::{self, DisplayLanguage::En};
use crate::view::{self, EventView, amounts, areas, groups};

/// A word that limits a fact, with the class that colours it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) words: String,
}

/// One number with a link to its event.
pub(super) struct Number {
    pub(super) text: String,
    pub(super) href: String,
    pub(super) marks: Vec<Mark>,
}

/// Words of a document that prove a fact.
pub(super) struct Quote {
    pub(super) text: String,
    /// BCP 47 tag of the words; empty: unknown.
    pub(super) language: &'static str,
    pub(super) title: String,
    /// Where it can be read; `None`: the address is none that a reader may be led to.
    pub(super) href: Option<String>,
    pub(super) source: String,
    pub(super) trust: &'static str,
    pub(super) published: Option<String>,
}

/// One fact, or figures of one subject and period side by side.
pub(super) struct Card {
    pub(super) title: String,
    /// Second line: the period, or the office of a speaker.
    pub(super) detail: String,
    pub(super) numbers: Vec<Number>,
    /// Words of a statement or the subject of a policy action, in the document's language.
    pub(super) words: Option<(String, &'static str)>,
    pub(super) href: String,
    pub(super) marks: Vec<Mark>,
    pub(super) quotes: Vec<Quote>,
    /// Documents that carry it, in words.
    pub(super) reports: String,
    pub(super) headline: bool,
}

/// The cards of events, in their order, figures of one subject and period on one card.
pub(super) fn of(store: &Store, events: &[EventView]) -> Result<Vec<Card>, ReadError> {
    let mut languages = Languages { store, known: BTreeMap::new() };
    let mut cards = Vec::new();
    for group in groups::figures(events) {
        cards.push(figures(&mut languages, &group)?);
    }
    for view in events {
        if !matches!(view.event.fact, Fact::Figure(_)) {
            cards.push(words(&mut languages, view)?);
        }
    }
    Ok(cards)
}

fn figures(languages: &mut Languages<'_>, group: &groups::Group<'_>) -> Result<Card, ReadError> {
    let mut quotes: Vec<Quote> = Vec::new();
    let mut numbers = Vec::new();
    let mut documents: Vec<&DocumentId> = Vec::new();
    for (view, figure) in &group.events {
        numbers.push(Number {
            text: amounts::number(figure, En),
            href: event_href(&view.event),
            marks: figure_marks(view),
        });
        if let Some(mention) = view::best_mention(&view.mentions) {
            let quote = quote(languages, mention)?;
            if !quotes.iter().any(|known| known.text == quote.text) {
                quotes.push(quote);
            }
        }
        for mention in &view.mentions {
            if !documents.contains(&&mention.document) {
                documents.push(&mention.document);
            }
        }
    }
    let marks = wording::status(group.figure, En).map(|words| Mark { class: "forecast", words }).into_iter().collect();
    Ok(Card {
        title: wording::subject(group.figure, En),
        detail: wording::period(&group.figure.period, En),
        href: group.events.first().map(|(view, _)| event_href(&view.event)).unwrap_or_default(),
        numbers,
        words: None,
        marks,
        quotes,
        reports: documents_in_words(documents.len()),
        headline: group.figure.headline,
    })
}

fn words(languages: &mut Languages<'_>, view: &EventView) -> Result<Card, ReadError> {
    let best = view::best_mention(&view.mentions);
    let language = best.map(|mention| languages.of(&mention.document)).transpose()?.unwrap_or("");
    let (title, detail, said) = match &view.event.fact {
        Fact::Statement(said) => {
            let office: Vec<&str> = [said.org.as_deref(), said.title.as_deref()].into_iter().flatten().collect();
            let kind = if said.direct { "quoted word by word" } else { "reported words" };
            let detail = if office.is_empty() { kind.to_owned() } else { format!("{}; {kind}", office.join(" ")) };
            (said.name.clone(), detail, said.text.clone())
        }
        Fact::Policy(action) => {
            let issuer = action.issuer.clone().unwrap_or_else(|| "Policy action".to_owned());
            let title = match &action.number {
                Some(number) => format!("{issuer}, no. {number}"),
                None => issuer,
            };
            (title, policy_dates(action), action.subject.clone())
        }
        Fact::Figure(figure) => (wording::subject(figure, En), wording::period(&figure.period, En), String::new()),
    };
    Ok(Card {
        title,
        detail,
        numbers: Vec::new(),
        words: (!said.is_empty()).then_some((said, language)),
        href: event_href(&view.event),
        marks: state_mark(&view.event).into_iter().collect(),
        quotes: best.map(|mention| quote(languages, mention)).transpose()?.into_iter().collect(),
        reports: documents_in_words(view.mentions.len()),
        headline: true,
    })
}

fn policy_dates(action: &bellwether_model::policy::PolicyAction) -> String {
    let mut parts = Vec::new();
    for (word, date) in
        [("announced", action.announced), ("in force from", action.effective), ("until", action.expires)]
    {
        if let Some(date) = date {
            parts.push(format!("{word} {}", wording::day(date, En)));
        }
    }
    if let Some(partner) = &action.partner {
        parts.push(format!("aimed at {}", areas::name_in_sentence(partner.as_str(), En)));
    }
    if let Some(category) = &action.category {
        parts.push(category.replace('_', " "));
    }
    parts.join("; ")
}

/// Where an event's own page is. Names of events are made of letters, digits and hyphens.
pub(super) fn event_href(event: &Event) -> String {
    format!("/events/{}", event.id)
}

fn documents_in_words(count: usize) -> String {
    match count {
        0 => "carried by no document any more".to_owned(),
        1 => "one document".to_owned(),
        count => format!("{count} documents"),
    }
}

/// What a reader must know of a figure beside its number.
pub(super) fn figure_marks(view: &EventView) -> Vec<Mark> {
    let Fact::Figure(figure) = &view.event.fact else {
        return Vec::new();
    };
    let mut marks = Vec::new();
    match view.event.state {
        EventState::Revised => {
            let earlier = view.event.vintages.iter().rev().find(|vintage| vintage.amount != figure.amount);
            let words = earlier.map_or_else(
                || "revised".to_owned(),
                |vintage| format!("revised, was {}", amounts::amount(figure, &vintage.amount, En)),
            );
            marks.push(Mark { class: "revised", words });
        }
        EventState::Disputed => {
            let mut others: Vec<String> = view
                .mentions
                .iter()
                .filter(|mention| !mention.agrees)
                .filter_map(|mention| mention.amount.as_ref())
                .map(|amount| amounts::amount(figure, amount, En))
                .collect();
            others.dedup();
            let words = if others.is_empty() {
                "disputed".to_owned()
            } else {
                format!("disputed, elsewhere {}", others.join(" or "))
            };
            marks.push(Mark { class: "disputed", words });
        }
        EventState::Held => {
            let words = "held: it stands out from its series, and no official source has confirmed it".to_owned();
            marks.push(Mark { class: "held", words });
        }
        EventState::Withdrawn => marks.push(Mark { class: "withdrawn", words: "withdrawn".to_owned() }),
        EventState::New => {}
    }
    if figure.confidence == Confidence::Low && view.event.state != EventState::Held {
        marks.push(Mark { class: "unsure", words: "low confidence".to_owned() });
    }
    if !view.mentions.is_empty() && view.mentions.iter().all(|mention| mention.trust == Trust::Forum) {
        marks.push(Mark { class: "unsure", words: "forum only".to_owned() });
    }
    if let Some(basis) = &figure.basis {
        marks.push(Mark { class: "plain", words: format!("computed in {}", basis.as_str()) });
    }
    marks
}

/// The mark of an event that stands otherwise than first reported.
pub(super) fn state_mark(event: &Event) -> Option<Mark> {
    let class = match event.state {
        EventState::New => return None,
        EventState::Revised => "revised",
        EventState::Disputed => "disputed",
        EventState::Held => "held",
        EventState::Withdrawn => "withdrawn",
    };
    Some(Mark { class, words: wording::state_name(event.state, En).to_owned() })
}

/// The words of one mention and where they stand.
pub(super) fn quote(languages: &mut Languages<'_>, mention: &Mention) -> Result<Quote, ReadError> {
    Ok(Quote {
        text: mention.evidence.text.clone(),
        language: languages.of(&mention.document)?,
        title: if mention.title.is_empty() { mention.url.clone() } else { mention.title.clone() },
        href: safe_href(&mention.url),
        source: mention.source.to_string(),
        trust: trust_name(mention.trust),
        published: mention.published.as_deref().map(moment),
    })
}

/// A time as a page gives it: to the minute where it is an instant, else as it stands.
fn moment(text: &str) -> String {
    match text.parse::<Timestamp>() {
        Ok(at) => minute(at),
        Err(_) => text.to_owned(),
    }
}

/// `2026-01-09 08:00 UTC`.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// An address that a reader may be led to: http or https, in canonical form.
pub(super) fn safe_href(url: &str) -> Option<String> {
    CanonicalUrl::parse(url).ok().map(|url| url.to_string())
}

/// How far a source is believed, in one word.
pub(super) fn trust_name(trust: Trust) -> &'static str {
    match trust {
        Trust::Official => "official",
        Trust::Press => "press",
        Trust::Forum => "forum",
    }
}

/// Comments of a forum post in words.
pub(super) fn comments(counts: CommentCounts) -> String {
    format!("{} pushes, {} boos, {} neutral", counts.push, counts.boo, counts.neutral)
}

/// Looks up the language of documents, each once.
pub(super) struct Languages<'a> {
    pub(super) store: &'a Store,
    pub(super) known: BTreeMap<DocumentId, &'static str>,
}

impl Languages<'_> {
    /// The BCP 47 tag of a document's words; empty where it is not known.
    pub(super) fn of(&mut self, id: &DocumentId) -> Result<&'static str, ReadError> {
        if let Some(known) = self.known.get(id) {
            return Ok(known);
        }
        let tag = self.store.document(id)?.and_then(|record| record.language).map_or("", Language::tag);
        self.known.insert(id.clone(), tag);
        Ok(tag)
    }
}
