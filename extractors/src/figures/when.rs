//! Periods of a sentence: stated before its numbers, behind them, or inside a comparison.

use bellwether_model::period::Period;

use super::bind::{Binder, between, words_of};
use super::frame::{Zone, ZoneKind};
use super::item::ItemKind;
use super::lexicon::{RateBase, Role};
use super::period;
use super::token::Break;
use crate::text::PeriodExpression;

impl Binder<'_> {
    pub(super) fn period(&mut self, at: usize, expression: PeriodExpression) {
        if matches!(expression, PeriodExpression::Day(_)) || self.share_is_open() {
            return;
        }
        if self.is_since(at) {
            self.since = period::main(self.setting.reference, self.carry.anchor, expression, false);
            return;
        }
        let expression = self.relative(at, expression);
        let expression = match expression {
            // `in the year to May` is a rate of May against May.
            PeriodExpression::Fixed(Period::Months(_, (year, month))) if words_of(self, at).contains("year to ") => {
                self.set_base(RateBase::Year);
                PeriodExpression::Fixed(Period::Month(year, month))
            }
            other => other,
        };
        let span = self.items[at].span.clone();
        let opened =
            at.checked_sub(1).is_some_and(|before| matches!(self.items[before].kind, ItemKind::Break(Break::Open)));
        if opened
            && let Some(last) = self.found.last_mut()
            && last.numeral.span.end + 4 >= self.items[at - 1].span.start
        {
            last.trailing = Some(expression);
            self.frame.period =
                period::main(self.setting.reference, last.frame.period.or(self.carry.anchor), expression, false);
            return;
        }
        if self.period_in_zone(expression) {
            return;
        }
        if matches!(expression, PeriodExpression::YearEarlier | PeriodExpression::Previous) {
            if self.setting.chinese {
                self.zone = Some(Zone {
                    kind: ZoneKind::Base,
                    period: Some(expression),
                    numbers: 0,
                    sign: None,
                    forecaster: None,
                    origin: false,
                });
            } else if expression == PeriodExpression::YearEarlier {
                self.set_base(RateBase::Year);
            }
            return;
        }
        let ahead = self.frame.forecast
            || self.items[at..]
                .iter()
                .any(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Forecast)));
        let anchor = self.frame.period.or(if self.frame.forecast {
            self.carry.forecast_anchor.or(self.carry.anchor)
        } else {
            self.carry.anchor
        });
        let resolved = period::main(self.setting.reference, anchor, expression, ahead);
        if !self.setting.chinese && self.trails(span.start) {
            let id = self.frame.id;
            for candidate in
                self.found.iter_mut().filter(|c| c.frame.id == id && c.frame.period.is_none() && c.zone.is_none())
            {
                candidate.trailing.get_or_insert(expression);
            }
            self.frame.period = resolved;
            return;
        }
        if self.frame.numbers > 0 {
            self.open();
        }
        self.frame.period = resolved;
    }

    /// `the previous year` in a comparison counts from the period in question, not from publication.
    pub(super) fn relative(&self, at: usize, expression: PeriodExpression) -> PeriodExpression {
        let words = self.setting.text[self.items[at].span.clone()].to_lowercase();
        let previous =
            ["previous", "prior", "preceding", "before", "earlier", "ago"].iter().any(|word| words.contains(word));
        let year_before = ["前一年", "上一年"].iter().any(|word| words.starts_with(word));
        match expression {
            PeriodExpression::Fixed(Period::Year(_)) if year_before => PeriodExpression::YearEarlier,
            PeriodExpression::Fixed(Period::Year(_)) if previous && self.zone.is_some() => {
                PeriodExpression::YearEarlier
            }
            PeriodExpression::Fixed(Period::Month(..))
                if previous && self.zone.is_some() && words.contains("month") =>
            {
                PeriodExpression::Previous
            }
            _ => expression,
        }
    }

    /// Whether a period stands behind the numbers of its frame: they have none of their own yet.
    pub(super) fn trails(&self, start: usize) -> bool {
        let Some(last) = self.found.last() else { return false };
        let gap = between(self.setting.text, last.numeral.span.end, start);
        last.frame.id == self.frame.id && last.frame.period.is_none() && gap.len() < 60
    }

    /// A period inside a comparison belongs to its number, before or behind it.
    pub(super) fn period_in_zone(&mut self, expression: PeriodExpression) -> bool {
        let Some(zone) = &mut self.zone else { return false };
        if zone.kind == ZoneKind::Expect {
            return false;
        }
        if zone.numbers > 0 {
            let waiting = self.found.iter_mut().rev().find(|c| c.zone.as_ref().is_some_and(|z| z.period.is_none()));
            if let Some(candidate) = waiting
                && candidate.trailing.is_none()
            {
                candidate.trailing = Some(expression);
                return true;
            }
        }
        zone.period = Some(expression);
        true
    }

    /// Whether the period is where a streak began or an old record stood.
    pub(super) fn is_since(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| &self.items[before]);
        let since = before.is_some_and(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::SinceBefore)));
        let behind = self.items.get(at + 1).is_some_and(|item| {
            matches!(&item.kind, ItemKind::Word(term) if term.is(Role::SinceAfter))
                && item.span.start <= self.items[at].span.end + 3
        });
        since || behind
    }
}
