//! The period that a number covers: stated in its sentence, or held from before.

use bellwether_model::period::Period;

use super::period;

use super::chinese::CHINESE;
use super::finish::Finisher;
use super::frame::{Candidate, ZoneKind};
use super::number::is_expected;
use crate::text::PeriodExpression;

impl Finisher<'_> {
    /// The period in question: stated behind the number, before it, behind another number of its frame, or before.
    pub(super) fn main_period(&self) -> Option<Period> {
        let frame = &self.candidate.frame;
        let anchor = frame
            .period
            .or(if frame.forecast { self.carry.forecast_anchor } else { None })
            .or_else(|| self.month_behind_the_sum())
            .or(self.carry.anchor);
        // `had expected a rise of 5 percent in March and 6 percent in April`
        if self.candidate.zone.as_ref().is_none_or(|zone| zone.kind == ZoneKind::Expect)
            && let Some(trailing) = self.candidate.trailing
        {
            return period::main(self.whole.reference, anchor, trailing, frame.forecast);
        }
        if frame.period.is_some() {
            return frame.period;
        }
        let of_frame = || self.candidates.iter().filter(|other| other.frame.id == frame.id);
        let expected = |one: &Candidate| one.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Expect);
        // `were expected to grow 12 percent this year to about 45 billion`
        let alike = of_frame().filter(|other| expected(self.candidate) && expected(other));
        let shared = alike.chain(of_frame().filter(|other| other.zone.is_none())).find_map(|other| other.trailing);
        match shared {
            Some(trailing) => period::main(self.whole.reference, anchor, trailing, frame.forecast),
            None => anchor,
        }
    }

    /// 累計1至10月接單4612億美元。電子產品年增4.6%: behind the sum since January, which a text about its last month adds, a
    /// sentence about a class or a partner goes back to the month.
    pub(super) fn month_behind_the_sum(&self) -> Option<Period> {
        let (lead, sum) = (self.carry.lead?, self.carry.anchor?);
        let frame = &self.candidate.frame;
        let part = !frame.goods.is_empty() || !frame.partners.is_empty();
        let same_end = lead.end() == sum.end() && lead.start() > sum.start() && sum.start().month() == 1;
        let opening = &self.whole.document.text[self.sentence.clone()];
        let goes_on = CHINESE.goes_on.begin(opening.trim_start());
        let month = matches!(lead, Period::Month(..) | Period::Days(..));
        (self.whole.chinese && self.carry.summed && part && same_end && month && !goes_on).then_some(lead)
    }

    /// 第一、二季分別增長3%和5%: of several months or quarters whose numbers follow one by one, the one in its place.
    pub(super) fn own_part(&self, period: Period) -> Period {
        let frame = &self.candidate.frame;
        let listed = frame.flows.len().max(frame.partners.len()).max(frame.goods.len()) > 1;
        let (year, from, to) = (period.start().year(), period.start().month(), period.end().month());
        let days = matches!(period, Period::Days(..));
        let (Ok(from), Ok(to)) = (u8::try_from(from), u8::try_from(to)) else { return period };
        if !frame.respective || !frame.periods_listed || listed || days || period.end().year() != year {
            return period;
        }
        let (place, count) = self.place_among_numbers();
        let (Ok(place), Ok(count)) = (u8::try_from(place), u8::try_from(count)) else { return period };
        match to - from + 1 {
            months if count > 1 && months == count => Period::Month(year, from + place),
            months if count > 1 && months == count * 3 && from % 3 == 1 => Period::Quarter(year, from / 3 + 1 + place),
            _ => period,
        }
    }

    /// What is forecast without a period of its own is not the past month of which the text spoke before.
    pub(super) fn foresees_the_past(&self) -> bool {
        let frame = &self.candidate.frame;
        let own =
            frame.period.is_some() || self.candidates.iter().any(|c| c.frame.id == frame.id && c.trailing.is_some());
        let expected = is_expected(self.candidate) || self.carry.forecast_anchor.is_some();
        let inherited = frame.forecast && !own && !expected && !self.whole.chinese;
        let past = self.carry.anchor.zip(self.whole.reference).is_some_and(|(period, day)| period.end() < day);
        inherited && past
    }

    /// A text that is about a sum since January and has come to its last month: figures by partner or product that name
    /// no period may be of either.
    pub(super) fn inherits_one_of_two_periods(&self) -> bool {
        let candidate = self.candidate;
        let inherited = candidate.frame.period.is_none() && candidate.trailing.is_none() && candidate.zone.is_none();
        let (Some(Period::Month(year, month)), Some(lead)) = (self.carry.anchor, self.carry.lead) else { return false };
        let sum = !matches!(lead, Period::Month(..) | Period::Days(..));
        let (start, end) = (lead.start(), lead.end());
        inherited && sum && start.month() == 1 && (end.year(), end.month().unsigned_abs()) == (year, month)
    }

    /// `exports would rise to 39 billion from 34.7 billion last year and imports to 34 billion from 30.5 billion`: what a
    /// forecast is set beside, as the one before it in the sentence was.
    fn compared_alike(&self) -> Option<PeriodExpression> {
        let origin = |c: &&Candidate| c.zone.as_ref().is_some_and(|zone| zone.origin) && c.frame.forecast;
        if self.whole.chinese || !origin(&self.candidate) {
            return None;
        }
        let before = self.candidates.iter().take_while(|c| c.numeral.span != self.candidate.numeral.span);
        let dated = before.filter(origin).filter(|c| c.reading == self.candidate.reading);
        dated.filter_map(|c| c.trailing.or(c.zone.as_ref()?.period)).last()
    }

    pub(super) fn period(&self, main: Option<Period>, place_in_comparison: usize) -> Result<Period, &'static str> {
        let open = "its period stays open";
        if self.foresees_the_past() {
            return Err("the period of a forecast stays open");
        }
        let Some(zone) = &self.candidate.zone else { return main.ok_or(open) };
        if zone.kind == ZoneKind::Expect {
            return main.ok_or(open);
        }
        match self.candidate.trailing.or(zone.period).or_else(|| self.compared_alike()) {
            Some(expression) => period::compared(self.whole.reference, main, expression).ok_or(open),
            // A forecast that is revised (由4%下調至3%) speaks of one period twice.
            None if self.candidate.frame.forecast && zone.origin => main.ok_or(open),
            // The year before a year needs no naming.
            None if zone.origin && self.candidate.frame.numbers > 0 && matches!(main, Some(Period::Year(_))) => {
                main.and_then(|year| year.year_earlier()).ok_or(open)
            }
            // A second list of comparisons has the periods of the first (against 383 mln and 283 mln).
            None => {
                self.carry.compared.get(place_in_comparison).copied().ok_or("the period of a comparison stays open")
            }
        }
    }
}
