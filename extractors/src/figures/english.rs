//! What English says behind a number or around it: partners, bases and scales that come late.

use bellwether_model::figure::Flow;
use bellwether_model::period::Period;
use bellwether_model::place::Area;

use super::bind::{Binder, between, ending};
use super::frame::Candidate;
use super::item::{ItemKind, Side};
use super::lexicon::Role;
use super::period;
use crate::text::{NumeralKind, PeriodExpression};

impl Binder<'_> {
    /// `exports could rise`: a modal verb looks ahead; `could have risen` is about what did not happen.
    pub(super) fn modal(&mut self, at: usize) {
        let text = self.setting.text;
        let end = self.items[at].span.end;
        let behind = between(text, end, usize::MAX).trim_start();
        if behind.starts_with("have ") {
            self.open();
            self.frame.other = true;
            return;
        }
        let Some(next) = self.items.get(at + 1) else { return };
        let moves = matches!(next.kind, ItemKind::Direction(_))
            || matches!(&next.kind, ItemKind::Word(term) if term.is(Role::Level));
        if moves && between(text, end, next.span.start).split_whitespace().count() <= 1 {
            self.frame.forecast = true;
        }
    }

    /// `exported goods worth 72 billion euros to China`: a partner directly behind the numbers of a clause, on the side
    /// where the flow has it, is theirs.
    pub(super) fn partner_behind_number(&mut self, at: usize, areas: &[Area], side: Side) {
        let (id, clause) = (self.frame.id, self.clause);
        let Some(flow) = self.frame.flows.last().filter(|_| self.zone.is_none()) else { return };
        let fits = match side {
            Side::To => flow.flow == Flow::Exports,
            Side::From => flow.flow == Flow::Imports,
            Side::With => matches!(flow.flow, Flow::Balance | Flow::Total),
            Side::Market | Side::Topic | Side::Rival => false,
        };
        let claimed = self.unclaimed;
        let near = self.found.last().is_some_and(|last| {
            let gap = between(self.setting.text, last.numeral.span.end, self.items[at].span.start);
            last.frame.id == id && last.clause == clause && gap.len() < 40 && gap.split_whitespace().count() <= 5
        });
        let open = self.frame.partners.is_empty() || claimed > 0;
        if !(fits && near && open) {
            return;
        }
        let theirs = self
            .found
            .iter_mut()
            .enumerate()
            .filter(|(place, c)| *place >= claimed && c.frame.id == id && c.clause == clause && c.zone.is_none());
        for (_, candidate) in theirs {
            candidate.frame.partners = areas.to_vec();
        }
        self.unclaimed = self.found.len();
        self.frame.partners = areas.to_vec();
    }

    /// `rose 4 percent in volume terms`: rates that are none of value.
    pub(super) fn volume(&mut self, start: usize) {
        let clause = self.clause;
        let behind = self.found.last().is_some_and(|last| last.clause == clause && last.numeral.span.end <= start);
        if !behind {
            self.not_in_goods = true;
            return;
        }
        for candidate in self.found.iter_mut().filter(|c| c.clause == clause && c.numeral.kind == NumeralKind::Percent)
        {
            candidate.left = Some("a rate of quantities");
        }
    }

    /// `imported from there`: the partner of which this sentence, or the one before, has spoken.
    pub(super) fn same_partner(&mut self) {
        if self.frame.partners.is_empty() {
            self.frame.partners.clone_from(&self.carry.frame.partners);
        }
        if self.frame.partners.is_empty() {
            self.frame.bilateral = true;
        }
        let (id, clause, partners) = (self.frame.id, self.clause, &self.frame.partners);
        let theirs = |c: &&mut Candidate| c.frame.id == id && c.clause == clause && c.frame.partners.is_empty();
        for candidate in self.found.iter_mut().filter(theirs) {
            candidate.frame.partners.clone_from(partners);
            candidate.frame.bilateral |= partners.is_empty();
        }
    }

    /// `down 0.5 percent on July 2025`, `comparing May 2025 with May 2024`: the period against which rates are counted.
    pub(super) fn base_behind(&mut self, at: usize, expression: PeriodExpression) -> bool {
        if self.setting.chinese || self.zone.is_some() {
            return false;
        }
        let text = self.setting.text;
        let start = self.items[at].span.start;
        let before = ending(between(text, self.start, start).trim_end()).to_ascii_lowercase();
        let before = before.trim_end_matches(" the");
        let on = before.ends_with(" on") || before.ends_with(" over");
        let rate = self.found.last().is_some_and(|last| {
            let gap = between(text, last.numeral.span.end, start);
            last.numeral.kind == NumeralKind::Percent && last.clause == self.clause && gap.len() < 24
        });
        let with = before.ends_with(" with") || before.ends_with(" to");
        let comparing = with
            && self.found.is_empty()
            && self.items[..at]
                .iter()
                .any(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Comparing)));
        if !(on && rate || comparing) {
            return false;
        }
        let main = self.candidate_period().or(self.frame.period).or(self.carry.anchor);
        let Some(base) = period::base_of(self.setting.reference, main, expression) else { return false };
        self.set_base(base);
        true
    }

    /// The period of the number before.
    fn candidate_period(&self) -> Option<Period> {
        let last = self.found.last()?;
        match last.trailing {
            Some(expression) => {
                period::main(self.setting.reference, last.frame.period.or(self.carry.anchor), expression, false)
            }
            None => last.frame.period,
        }
    }
}
