//! Tells of each number of a sentence which words gave it what, for `explain` alone.

use std::ops::Range;

use bellwether_model::figure::{Amount, Figure, Flow, Measure, Status, Unit};
use bellwether_model::period::Period;
use bellwether_model::place::Area;

use super::bind::Bound as BoundSentence;
use super::context;
use super::frame::{Candidate, Carry, Reading, ZoneKind};
use super::item::{HOME, Item, ItemKind};
use super::lexicon::{RateBase, Role};
use super::notes::{LeftBehind, Memory, Places};
use super::study::{Bound, Decision};
use super::token::{Break, Token};
use super::trace::{Origins, Part, Watch, is_expectation};
use crate::explain::Origin;
use crate::text::NumeralKind;

/// One sentence as it was bound.
pub(super) struct Teller<'a> {
    pub(super) text: &'a str,
    pub(super) sentence: &'a Range<usize>,
    pub(super) items: &'a [Item],
    pub(super) bound: &'a BoundSentence,
    pub(super) watch: &'a Watch,
    pub(super) places: &'a Places,
    pub(super) memory: &'a Memory,
    /// What was inherited.
    pub(super) carry: &'a Carry,
}

impl Teller<'_> {
    /// What became of each number, those that bind nothing included.
    pub(super) fn decisions(&self, results: &[(Range<usize>, Result<Figure, String>)]) -> Vec<Decision> {
        let mut decisions: Vec<Decision> = results
            .iter()
            .enumerate()
            .map(|(at, (number, outcome))| Decision {
                number: number.clone(),
                cell: None,
                outcome: outcome.clone(),
                bound: self.bounds(at, outcome.as_ref().ok()),
            })
            .collect();
        for item in self.items {
            let ItemKind::Number(numeral) = &item.kind else { continue };
            if results.iter().any(|(number, _)| number.start < item.span.end && item.span.start < number.end) {
                continue;
            }
            decisions.push(Decision {
                number: item.span.clone(),
                cell: None,
                outcome: Err(why_unbound(&numeral.kind).to_owned()),
                bound: Vec::new(),
            });
        }
        decisions.sort_by_key(|decision| decision.number.start);
        decisions
    }

    fn bounds(&self, at: usize, figure: Option<&Figure>) -> Vec<Bound> {
        let candidate = &self.bound.numbers[at];
        let origins = &self.watch.numbers[at].origins;
        let (frame, carry) = (&candidate.frame, self.carry);
        let mut all = Vec::new();
        let mut put = |what, value: Option<String>, words: Option<Range<usize>>| {
            if let Some(value) = value {
                all.push(Bound { what, value, from: self.from(candidate, words.as_ref()), words });
            }
        };
        let area = figure.map(|figure| &figure.area).or(frame.area.as_ref()).or(carry.area.as_ref());
        let of_document = self.places.economy.as_ref().filter(|bound| area.is_some_and(|a| bound.value == a.as_str()));
        let inherited = || self.memory.area.clone().or_else(|| of_document.and_then(|bound| bound.words.clone()));
        let area_words = origins.get(&Part::Area).cloned().or_else(inherited);
        put("economy", area.map(ToString::to_string), area_words.clone());
        let flow = figure.map(|figure| figure.flow).or_else(|| frame.flows.first().map(|word| word.flow));
        let flow_words = self.flow_words(flow, origins, candidate);
        put("flow", flow.map(|flow| flow.code().to_owned()), flow_words.clone());
        let named = (!frame.partners.is_empty())
            .then(|| frame.partners.iter().map(ToString::to_string).collect::<Vec<_>>().join("+"));
        let partner = figure.map_or(named, |figure| figure.partner.as_ref().map(ToString::to_string));
        put("partner", partner, origins.get(&Part::Partner).cloned());
        let product = figure.map_or_else(|| frame.goods.first().cloned(), |figure| figure.product.clone());
        put("product", product, origins.get(&Part::Product).cloned());
        let (period, words) = self.period(at, origins);
        put("period", figure.map(|figure| figure.period).or(period).map(|period| period.to_string()), words);
        let (measure, words) = self.measure(candidate, figure, origins);
        put("measure", Some(measure), words);
        if let Some((sign, words)) = self.sign(candidate, figure, flow, flow_words) {
            put("sign", Some(sign.to_owned()), words);
        }
        let status = figure.map_or(
            if frame.forecast || is_expectation(candidate) { Status::Forecast } else { Status::Actual },
            |figure| figure.status,
        );
        let zone = origins.get(&Part::Zone).filter(|_| is_expectation(candidate));
        let words = zone.or(origins.get(&Part::Forecast)).cloned().filter(|_| status == Status::Forecast);
        put("status", Some(format!("{status:?}").to_lowercase()), words);
        let forecaster = figure.and_then(|figure| figure.forecaster.clone());
        let words = forecaster.as_ref().and_then(|name| self.forecaster(name, origins));
        put("forecaster", forecaster, words);
        let (unit, words) = self.unit(candidate, figure);
        put("unit", unit, words);
        let basis = figure.map_or(frame.basis.as_ref(), |figure| figure.basis.as_ref());
        put("basis", basis.map(|basis| basis.as_str().to_owned()), origins.get(&Part::Basis).cloned());
        if candidate.left.is_some() {
            let words = origins.get(&Part::Left).or(origins.get(&Part::Other)).cloned();
            put("left out", words.as_ref().map(|words| self.text[words.clone()].to_owned()), words);
        }
        // An economy that no words of the text gave is the one of the source's settings.
        if area_words.is_none()
            && let (Some(bound), Some(economy)) = (of_document, all.iter_mut().find(|bound| bound.what == "economy"))
        {
            economy.from = bound.from;
        }
        all
    }

    /// The nearest word for the flow, where a list names several; else what the binder saw.
    fn flow_words(&self, flow: Option<Flow>, origins: &Origins, candidate: &Candidate) -> Option<Range<usize>> {
        let seen = origins.get(&Part::Flow).cloned();
        if candidate.frame.flows.len() < 2 {
            return seen;
        }
        let named = |item: &&Item| matches!(&item.kind, ItemKind::Flow(word) if Some(word.flow) == flow);
        let before = self.items.iter().take_while(|item| item.span.start < candidate.numeral.span.start);
        before.filter(named).last().map(|item| item.span.clone()).or(seen)
    }

    fn period(&self, at: usize, origins: &Origins) -> (Option<Period>, Option<Range<usize>>) {
        let candidate = &self.bound.numbers[at];
        let word = |part| origins.get(&part).cloned();
        if let Some(zone) = candidate.zone.as_ref().filter(|zone| zone.kind != ZoneKind::Expect) {
            let own = word(Part::Trailing).or_else(|| zone.period.and_then(|_| word(Part::ZonePeriod)));
            return (None, own.or_else(|| word(Part::Period)).or_else(|| self.memory.anchor.clone()));
        }
        if candidate.trailing.is_some() {
            return (None, word(Part::Trailing));
        }
        if candidate.frame.period.is_some() {
            return (candidate.frame.period, word(Part::Period).or_else(|| self.memory.anchor.clone()));
        }
        let mut numbers = self.bound.numbers.iter().zip(&self.watch.numbers);
        let shared = numbers.find(|(other, _)| {
            other.frame.id == candidate.frame.id && other.zone.is_none() && other.trailing.is_some()
        });
        if let Some((_, watched)) = shared {
            return (None, watched.origins.get(&Part::Trailing).cloned());
        }
        match self.carry.forecast_anchor.filter(|_| candidate.frame.forecast) {
            Some(period) => (Some(period), self.memory.forecast_anchor.clone()),
            None => (self.carry.anchor, self.memory.anchor.clone()),
        }
    }

    fn measure(
        &self,
        candidate: &Candidate,
        figure: Option<&Figure>,
        origins: &Origins,
    ) -> (String, Option<Range<usize>>) {
        let number = candidate.numeral.span.clone();
        let before = |role: Role| {
            let items = self.items.iter().take_while(|item| item.span.start < number.start);
            items.filter(|item| is_word(item, role)).last().map(|item| item.span.clone())
        };
        let read = match candidate.reading {
            Reading::Level => Measure::Level,
            Reading::Share => Measure::Share,
            Reading::Change => Measure::YoyChange,
            Reading::Rate if candidate.frame.base == Some(RateBase::Month) => Measure::Mom,
            Reading::Rate => Measure::Yoy,
        };
        let words = match candidate.reading {
            Reading::Level => Some(number),
            Reading::Share => before(Role::Share),
            Reading::Rate | Reading::Change => origins.get(&Part::Base).cloned(),
        };
        (figure.map_or(read, |figure| figure.measure).code().to_owned(), words)
    }

    fn sign(
        &self,
        candidate: &Candidate,
        figure: Option<&Figure>,
        flow: Option<Flow>,
        flow_words: Option<Range<usize>>,
    ) -> Option<(&'static str, Option<Range<usize>>)> {
        let number = &candidate.numeral.span;
        let level = candidate.reading == Reading::Level;
        if candidate.reading == Reading::Share || level && flow != Some(Flow::Balance) {
            return None;
        }
        let negative = match figure.map(|figure| figure.amount) {
            Some(Amount::Value { value: amount } | Amount::Range { low: amount, .. }) => amount.0.is_sign_negative(),
            None => candidate.sign? < 0,
        };
        let sign = if negative { "-" } else { "+" };
        if candidate.numeral.signed {
            return Some((sign, Some(number.clone())));
        }
        if level {
            return Some((sign, flow_words));
        }
        let agrees = |item: &&Item| matches!(&item.kind, ItemKind::Direction(word) if (word.sign < 0) == negative);
        let before = || self.items.iter().rev().filter(|item| item.span.start < number.start).find(agrees);
        let behind = || self.items.iter().filter(|item| item.span.start >= number.end).find(agrees);
        let item = if candidate.leads { behind().or_else(before) } else { before().or_else(behind) };
        Some((sign, item.map(|item| item.span.clone())))
    }

    fn unit(&self, candidate: &Candidate, figure: Option<&Figure>) -> (Option<String>, Option<Range<usize>>) {
        let number = Some(candidate.numeral.span.clone());
        let unit = figure.map(|figure| figure.unit.clone());
        match &candidate.numeral.kind {
            NumeralKind::Percent => (Some(Unit::percent().0.to_string()), number),
            NumeralKind::Money(own) => (Some(unit.unwrap_or_else(|| own.clone()).0.to_string()), number),
            _ => {
                let beside = self.bound.numbers.iter().find(|c| matches!(c.numeral.kind, NumeralKind::Money(_)));
                let words = beside.map(|c| c.numeral.span.clone()).or_else(|| self.memory.currency.clone());
                (unit.map(|unit| unit.0.to_string()), words)
            }
        }
    }

    fn forecaster(&self, name: &str, origins: &Origins) -> Option<Range<usize>> {
        let here = || {
            let sentence = self.text.get(self.sentence.clone())?;
            let from = self.sentence.start + sentence.find(name)?;
            Some(from..from + name.len())
        };
        origins.get(&Part::Forecaster).cloned().or_else(here).or_else(|| self.memory.forecaster.clone())
    }

    /// How near to a number words stand.
    fn from(&self, candidate: &Candidate, words: Option<&Range<usize>>) -> Origin {
        let Some(words) = words else { return Origin::Rule };
        let places = self.places;
        let inside = |outer: &Range<usize>| outer.start <= words.start && words.end <= outer.end;
        if inside(&candidate.numeral.span) {
            Origin::Number
        } else if inside(self.sentence) {
            let ends = |item: &&Item| matches!(item.kind, ItemKind::Break(Break::Clause | Break::Part));
            let clause = self.items.iter().take_while(|item| item.span.start < words.start).filter(ends).count();
            if clause == candidate.clause { Origin::Clause } else { Origin::Sentence }
        } else if inside(&places.block) {
            Origin::Paragraph
        } else if places.title.as_ref().is_some_and(inside) {
            Origin::Title
        } else if words.end <= places.lead_end {
            Origin::Lead
        } else {
            Origin::Document
        }
    }

    /// What the sentences behind may go back to.
    pub(super) fn left_behind(&self, decisions: &[Decision]) -> LeftBehind {
        let period = |item: &&Item| matches!(item.kind, ItemKind::Period(_));
        let money = |c: &&Candidate| matches!(c.numeral.kind, NumeralKind::Money(_)) && c.left.is_none();
        let gave = decisions.iter().rfind(|decision| decision.outcome.is_ok()).and_then(|decision| {
            self.bound.numbers.iter().position(|candidate| candidate.numeral.span == decision.number)
        });
        LeftBehind {
            before: self.carry.clone(),
            last_period: self.items.iter().rev().find(period).map(|item| item.span.clone()),
            currency: self.bound.numbers.iter().rev().find(money).map(|candidate| candidate.numeral.span.clone()),
            origins: self.watch.origins.clone(),
            frame: gave.map_or_else(|| self.watch.origins.clone(), |at| self.watch.numbers[at].origins.clone()),
            forecaster: self.carry_forecaster(),
        }
    }

    fn carry_forecaster(&self) -> Option<Range<usize>> {
        let name = self.bound.last.forecaster.as_ref()?;
        self.forecaster(name, &self.watch.origins)
    }
}

/// What said whose trade a document is about: an economy or an office of the lead, else one of the text, else the
/// settings of the source.
pub(super) fn economy(economy: &Area, tokens: &[Token], sentences: &[Range<usize>]) -> Bound {
    let lead = sentences.get(..context::LEAD_SENTENCES.min(sentences.len())).and_then(<[_]>::last);
    let lead_end = lead.map_or(0, |sentence| sentence.end);
    let in_prose = |token: &&Token| {
        let next = sentences.partition_point(|sentence| sentence.end <= token.span.start);
        sentences.get(next).is_some_and(|sentence| sentence.start <= token.span.start)
    };
    let names = |token: &&Token| token.areas().contains(economy);
    let office = |token: &&Token| token.term().is_some_and(|term| term.agency.as_ref() == Some(economy));
    let ours = |token: &&Token| token.areas().iter().any(|area| area.as_str() == HOME);
    let prose: Vec<&Token> = tokens.iter().filter(in_prose).collect();
    let lead: Vec<&Token> = prose.iter().copied().take_while(|token| token.span.start < lead_end).collect();
    let first = |tokens: &[&Token]| {
        let find = |fits: &dyn Fn(&&Token) -> bool| tokens.iter().copied().find(|token| fits(token));
        find(&names).or_else(|| find(&office)).or_else(|| find(&ours)).map(|token| token.span.clone())
    };
    let (from, words) = match (first(&lead), first(&prose)) {
        (Some(words), _) => (Origin::Lead, Some(words)),
        (None, Some(words)) => (Origin::Document, Some(words)),
        (None, None) => (Origin::Source, None),
    };
    Bound { what: "economy", value: economy.to_string(), from, words }
}

fn is_word(item: &Item, role: Role) -> bool {
    matches!(&item.kind, ItemKind::Word(term) if term.is(role))
}

/// Why a number was not looked at.
fn why_unbound(kind: &NumeralKind) -> &'static str {
    match kind {
        NumeralKind::PercentagePoints => "percentage points are no rate",
        NumeralKind::Multiple => "a multiple is no rate",
        NumeralKind::Count => "counts something that is no money",
        NumeralKind::Number { .. } => "a number without percent, currency or scale",
        NumeralKind::Percent | NumeralKind::Money(_) => "part of a range, or stands where nothing is counted",
    }
}
