//! Which words gave a number what: watches the binder at work, for `explain` alone.
//!
//! It takes no part in the binding. After each item it looks at what has changed, and which words name what is there
//! now; what was there before the sentence has the words of the sentence from which it was inherited.

use std::collections::BTreeMap;
use std::ops::Range;

use bellwether_model::place::Area;

use super::bind::Binder;
use super::frame::{Candidate, Carry, Frame, Zone, ZoneKind};
use super::item::{Item, ItemKind};
use super::lexicon::Role;

/// What can be given by words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Area,
    Flow,
    Partner,
    Product,
    Period,
    Base,
    Basis,
    Forecast,
    Forecaster,
    Other,
    /// What opened the comparison or expectation in which a number stands.
    Zone,
    /// The period inside it.
    ZonePeriod,
    /// The period behind a number.
    Trailing,
    /// What made a number no figure.
    Left,
}

/// The bytes of the words that gave each part.
pub(super) type Origins = BTreeMap<Part, Range<usize>>;

/// The values of the parts, as text to compare.
type Values = BTreeMap<Part, String>;

/// Watches the binding of one sentence.
#[derive(Debug, Default)]
pub(super) struct Watch {
    values: Values,
    /// Which words gave what is spoken of.
    pub(super) origins: Origins,
    /// Every value that was seen, with its words: brackets and ellipses take up what was spoken of before.
    history: Vec<(Part, String, Range<usize>)>,
    /// Of each number of the sentence, in order.
    pub(super) numbers: Vec<Watched>,
}

/// What was seen of one number.
#[derive(Debug, Clone, Default)]
pub(super) struct Watched {
    values: Values,
    /// Which words gave what it speaks of.
    pub(super) origins: Origins,
}

impl Watch {
    /// `before`: the words of what the last sentence spoke of.
    pub(super) fn new(carry: &Carry, before: &Origins) -> Self {
        let values = of_frame(&carry.frame);
        let known = values.into_iter().filter_map(|(part, value)| Some((part, value, before.get(&part)?.clone())));
        Self { history: known.collect(), ..Self::default() }
    }

    /// Looks at what the item at `at` has changed.
    pub(super) fn see(&mut self, at: usize, binder: &Binder<'_>) {
        let mut now = of_frame(&binder.frame);
        of_zone(binder.zone.as_ref(), &mut now);
        let frame = binder.frame.clone();
        let (mut values, origins) = (std::mem::take(&mut self.values), std::mem::take(&mut self.origins));
        // A word for the base of a rate says it anew for the rates behind it.
        if binder.items.get(at).is_some_and(says_base) {
            values.remove(&Part::Base);
        }
        self.origins = self.changed(&values, &now, origins, at, binder, &frame);
        self.values = now;
        for (place, candidate) in binder.found.iter().enumerate() {
            let now = of_candidate(candidate);
            let known = match self.numbers.get_mut(place) {
                Some(known) => std::mem::take(known),
                None => {
                    self.numbers.push(Watched::default());
                    Watched { values: self.values.clone(), origins: self.origins.clone() }
                }
            };
            let origins = self.changed(&known.values, &now, known.origins, at, binder, &candidate.frame);
            self.numbers[place] = Watched { values: now, origins };
        }
    }

    fn changed(
        &mut self,
        before: &Values,
        now: &Values,
        mut origins: Origins,
        at: usize,
        binder: &Binder<'_>,
        frame: &Frame,
    ) -> Origins {
        origins.retain(|part, _| now.contains_key(part));
        for (part, value) in now {
            if before.get(part) == Some(value) {
                continue;
            }
            if let Some(words) = self.words(*part, value, at, binder, frame) {
                self.history.push((*part, value.clone(), words.clone()));
                origins.insert(*part, words);
            }
        }
        origins
    }

    /// The words that gave a part its value: of the item in hand where it names it, else of where the value stood
    /// before, else of the nearest item before that names it.
    fn words(&self, part: Part, value: &str, at: usize, binder: &Binder<'_>, frame: &Frame) -> Option<Range<usize>> {
        let item = binder.items.get(at)?;
        let names = |item: &&Item| names(part, item, frame, binder.setting.text);
        if names(&item) {
            return Some(item.span.clone());
        }
        let known =
            || self.history.iter().rev().find(|(p, v, _)| *p == part && v == value).map(|known| known.2.clone());
        let before = || binder.items[..at].iter().rev().find(names).map(|item| item.span.clone());
        let named_goods = || {
            let goods = frame.goods.first().filter(|_| part == Part::Product)?;
            let from = binder.setting.text.get(binder.start..item.span.end)?.rfind(goods.as_str())? + binder.start;
            Some(from..from + goods.len())
        };
        known().or_else(before).or_else(named_goods).or_else(|| (part != Part::Left).then(|| item.span.clone()))
    }
}

fn of_frame(frame: &Frame) -> Values {
    let mut values = Values::new();
    let mut put = |part, value: Option<String>| {
        if let Some(value) = value {
            values.insert(part, value);
        }
    };
    let list = |areas: &[Area]| (!areas.is_empty()).then(|| format!("{areas:?}"));
    put(Part::Area, frame.area.as_ref().map(ToString::to_string));
    put(Part::Flow, (!frame.flows.is_empty()).then(|| format!("{:?}", frame.flows)));
    put(Part::Partner, list(&frame.partners));
    put(Part::Product, (!frame.goods.is_empty()).then(|| frame.goods.join("、")));
    put(Part::Period, frame.period.map(|period| period.to_string()));
    put(Part::Base, frame.base.map(|base| format!("{base:?}")));
    put(Part::Basis, frame.basis.as_ref().map(|basis| basis.as_str().to_owned()));
    put(Part::Forecast, frame.forecast.then(String::new));
    put(Part::Forecaster, frame.forecaster.clone());
    put(Part::Other, frame.other.then(String::new));
    values
}

fn of_zone(zone: Option<&Zone>, values: &mut Values) {
    let Some(zone) = zone else { return };
    values.insert(Part::Zone, format!("{:?}", zone.kind));
    if let Some(period) = &zone.period {
        values.insert(Part::ZonePeriod, format!("{period:?}"));
    }
}

fn of_candidate(candidate: &Candidate) -> Values {
    let mut values = of_frame(&candidate.frame);
    of_zone(candidate.zone.as_ref(), &mut values);
    if let Some(trailing) = &candidate.trailing {
        values.insert(Part::Trailing, format!("{trailing:?}"));
    }
    if let Some(left) = candidate.left {
        values.insert(Part::Left, left.to_owned());
    }
    values
}

/// Whether an item names what a frame holds.
fn names(part: Part, item: &Item, frame: &Frame, text: &str) -> bool {
    let role = |roles: &[Role]| matches!(&item.kind, ItemKind::Word(term) if roles.iter().any(|role| term.is(*role)));
    match (part, &item.kind) {
        (Part::Area, ItemKind::Subject(area)) => frame.area.as_ref() == Some(area),
        (Part::Area, ItemKind::Partners(areas, _)) => frame.area.as_ref().is_some_and(|area| areas.contains(area)),
        (Part::Flow, ItemKind::Flow(word)) => frame.flows.last().is_some_and(|flow| flow.flow == word.flow),
        (Part::Partner, ItemKind::Partners(areas, _)) => areas.iter().any(|area| frame.partners.contains(area)),
        (Part::Partner, ItemKind::Subject(area)) => frame.partners.contains(area),
        (Part::Product, ItemKind::Goods(names)) => names.iter().any(|name| frame.goods.contains(name)),
        (Part::Product, ItemKind::Flow(word)) => word.product.as_ref().is_some_and(|name| frame.goods.contains(name)),
        (Part::Period | Part::ZonePeriod | Part::Trailing, ItemKind::Period(_)) => true,
        (Part::Base, ItemKind::Period(_)) => true,
        (Part::Base, _) => says_base(item),
        (Part::Basis, _) => role(&[Role::BasisUsd, Role::BasisCny, Role::BasisTwd, Role::BasisJpy, Role::BasisKrw]),
        (Part::Forecast, _) => role(&[Role::Forecast, Role::Expected]),
        (Part::Forecaster, _) => {
            let words = text.get(item.span.clone()).unwrap_or_default();
            frame.forecaster.as_deref().is_some_and(|name| name == words)
        }
        (Part::Other, _) => role(&[Role::OtherSubject, Role::OtherFlow, Role::Company, Role::NationalAccounts]),
        (Part::Zone, _) => role(&[
            Role::Compare,
            Role::ValueBefore,
            Role::ValueExpected,
            Role::CompareBase,
            Role::Expected,
            Role::ExpectedIdle,
            Role::Forecast,
        ]),
        (Part::Left, _) => role(&[Role::ThresholdAfter, Role::ThresholdBefore, Role::Ratio, Role::OtherSubject]),
        _ => false,
    }
}

fn says_base(item: &Item) -> bool {
    match &item.kind {
        ItemKind::Direction(word) => word.base.is_some(),
        ItemKind::Word(term) => [Role::Yoy, Role::Mom, Role::OtherBasis].iter().any(|role| term.is(*role)),
        _ => false,
    }
}

/// Whether a number stands in an expectation.
pub(super) fn is_expectation(candidate: &Candidate) -> bool {
    candidate.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Expect)
}
