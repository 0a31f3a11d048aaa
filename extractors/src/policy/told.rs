//! Which words of a document gave a policy action what, for `explain` alone.

use std::ops::Range;

use bellwether_model::document::{Document, DocumentKind};
use bellwether_model::evidence::CharacterIndex;
use bellwether_model::policy::PolicyAction;
use jiff::civil::Date;

use super::dates;
use super::measure::{Days, force, span};
use super::number;
use super::passage::{Passage, passages};
use super::rules::Field;
use super::target::category;
use crate::fold::fold;

/// One property of an action and the words that say it.
pub(crate) struct GivenBy {
    /// What.
    pub(crate) what: &'static str,
    /// Its value.
    pub(crate) value: String,
    /// The words, as characters of the document; `None`: no words of it.
    pub(crate) words: Option<Range<usize>>,
    /// Whether they stand behind a label.
    pub(crate) labelled: bool,
}

/// How a document was read, and so why it gives as many actions.
pub(crate) fn why(document: &Document, actions: &[PolicyAction]) -> &'static str {
    match (document.kind, actions.is_empty()) {
        (DocumentKind::Policy, false) => "read as the announcement of an authority",
        (DocumentKind::Policy, true) => {
            "read as the announcement of an authority, but it names neither a number nor a day from which it is in force"
        }
        (DocumentKind::Briefing, false) => "read as a report that lists measures",
        (DocumentKind::Briefing, true) => "read as a report, but nothing in it has a number or a day and is a measure",
        (DocumentKind::News | DocumentKind::Forum | DocumentKind::StatisticsPage, _) => {
            "neither an announcement nor a report that lists measures: news tells of them in too many ways"
        }
    }
}

/// The words that say each property of an action, in the passages of the document that give the same value.
pub(crate) fn given_by(document: &Document, action: &PolicyAction, reference: Option<Date>) -> Vec<GivenBy> {
    let index = CharacterIndex::new(&document.text);
    let passages = passages(document, &index);
    let finder = Finder { passages: &passages, action, reference };
    let mut all = Vec::new();
    let mut put = |what, value: Option<String>, place: Option<Place>| {
        if let Some(value) = value {
            let labelled = place.as_ref().is_some_and(|place| place.labelled);
            all.push(GivenBy { what, value, words: place.map(|place| place.words), labelled });
        }
    };
    put("number", action.number.clone(), finder.number());
    put("issuer", action.issuer.clone(), action.issuer.as_ref().and_then(|issuer| finder.text(issuer)));
    put("subject", Some(action.subject.clone()), finder.text(&action.subject));
    let announced = action.announced;
    put("announced", announced.map(|day| day.to_string()), announced.and_then(|day| finder.announced(day)));
    let effective = action.effective;
    put("effective", effective.map(|day| day.to_string()), effective.and_then(|day| finder.in_force(day, false)));
    let expires = action.expires;
    put("expires", expires.map(|day| day.to_string()), expires.and_then(|day| finder.in_force(day, true)));
    put("partner", action.partner.as_ref().map(ToString::to_string), finder.text(&action.subject));
    put("category", action.category.clone(), finder.category());
    all
}

/// Passages of a document that are searched for words outside of an action's own, so that a long list stays quick.
const MOST_PASSAGES: usize = 400;

struct Place {
    words: Range<usize>,
    labelled: bool,
}

struct Finder<'a> {
    passages: &'a [Passage],
    action: &'a PolicyAction,
    reference: Option<Date>,
}

impl Finder<'_> {
    /// The passages, those nearest to the action's own words first.
    fn near(&self) -> impl Iterator<Item = &Passage> {
        let evidence = &self.action.evidence;
        let own = move |p: &&Passage| p.start < evidence.end && evidence.start < p.start + p.written.chars().count();
        self.passages.iter().filter(own).chain(self.passages.iter().take(MOST_PASSAGES))
    }

    fn text(&self, words: &str) -> Option<Place> {
        let folded = fold(words);
        self.near().find_map(|p| {
            let from = p.folded.find(&folded)?;
            Some(place(p, from..from + folded.len(), false))
        })
    }

    fn number(&self) -> Option<Place> {
        let wanted = self.action.number.as_ref()?;
        let labelled = self.near().find_map(|p| {
            let fields = p.fields().into_iter();
            let mut numbers = fields.filter(|(field, _)| *field == Field::Number);
            numbers.find_map(|(_, value)| {
                let found = number::bare(&p.folded[value.clone()])?;
                (found.number == *wanted).then(|| place(p, value, true))
            })
        });
        labelled.or_else(|| {
            self.near().find_map(|p| {
                let found = number::first(&p.folded).filter(|found| found.number == *wanted)?;
                Some(place(p, found.span, false))
            })
        })
    }

    fn announced(&self, day: Date) -> Option<Place> {
        let fields = [Field::Announced, Field::PageDay, Field::Source];
        let labelled = self.labelled(&fields, |text| dates::first(text, self.reference) == Some(day));
        labelled.or_else(|| {
            let says = |p: &&Passage| dates::first(&p.folded, self.reference) == Some(day);
            self.near().find(says).map(|p| place(p, 0..p.folded.len(), false))
        })
    }

    fn in_force(&self, day: Date, last: bool) -> Option<Place> {
        let fields = if last { [Field::Expires, Field::Effective] } else { [Field::Effective, Field::Effective] };
        let of = |force: super::measure::Force| if last { force.expires } else { force.effective };
        let labelled = self.labelled(&fields, |text| {
            of(span(text, self.reference)) == Some(day) || dates::first(text, self.reference) == Some(day)
        });
        labelled.or_else(|| {
            let says = |p: &&Passage| {
                of(force(&p.folded, Days { announced: self.action.announced, signed: None, reference: self.reference }))
                    == Some(day)
            };
            self.near().find(says).map(|p| place(p, 0..p.folded.len(), false))
        })
    }

    fn labelled(&self, fields: &[Field], says: impl Fn(&str) -> bool) -> Option<Place> {
        self.near().find_map(|p| {
            let mut values = p.fields().into_iter().filter(|(field, _)| fields.contains(field));
            values.find(|(_, value)| says(&p.folded[value.clone()])).map(|(_, value)| place(p, value, true))
        })
    }

    fn category(&self) -> Option<Place> {
        let wanted = self.action.category.as_ref()?;
        let says = |p: &&Passage| category(&[&p.folded]).as_ref() == Some(wanted);
        self.near().find(says).map(|p| place(p, 0..p.folded.len(), false))
    }
}

fn place(passage: &Passage, span: Range<usize>, labelled: bool) -> Place {
    let evidence = passage.evidence(span);
    Place { words: evidence.start..evidence.end, labelled }
}
