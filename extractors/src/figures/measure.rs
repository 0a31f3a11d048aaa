//! What a number measures, and against what it is counted, where its own clause leaves that open.

use bellwether_model::figure::Measure;
use bellwether_model::period::Period;
use bellwether_model::place::Area;

use super::period;

use super::family::{Indicator, LevelUnit};
use super::finish::Finisher;
use super::frame::{Candidate, Reading, ZoneKind};
use super::lexicon::{FlowWord, RateBase};
use super::number::is_expected;

impl Finisher<'_> {
    pub(super) fn measure(
        &self,
        at: usize,
        main: Option<Period>,
        area: &Area,
        headline: bool,
    ) -> Result<Measure, &'static str> {
        let candidate = self.candidate;
        let base = candidate.frame.base.or_else(|| self.base_from_comparison(at, main));
        let base = base.or_else(|| self.base_of_sentence(at));
        match candidate.reading {
            Reading::Level => Ok(Measure::Level),
            Reading::Share => Ok(Measure::Share),
            Reading::Change => match base {
                // Without a base of its own, it was taken as one with a yearly rate.
                None if self.whole.chinese => Ok(Measure::YoyChange),
                Some(RateBase::Year) => Ok(Measure::YoyChange),
                _ => Err("a change against a period that stays open"),
            },
            Reading::Rate => match base {
                Some(RateBase::Year) => Ok(Measure::Yoy),
                Some(RateBase::Month) => Ok(Measure::Mom),
                Some(RateBase::Other) => Err("a rate for which there is no measure"),
                // What was expected of a rate is counted as the rate was.
                None if is_expected(candidate) && self.base_of_flow().is_some() => {
                    Ok(if self.base_of_flow() == Some(RateBase::Month) { Measure::Mom } else { Measure::Yoy })
                }
                // A sum since January is set against that of the year before.
                None if !self.whole.chinese && main.is_some_and(is_sum) => Ok(Measure::Yoy),
                // American releases speak of the month before without saying so.
                None if !self.whole.chinese && self.carry.lead_base == Some(RateBase::Month) => {
                    // A text that counts from month to month goes on so until its paragraph says otherwise, and with all
                    // partners and goods until the text does.
                    match self.carry.base.or(self.carry.last_base.filter(|_| headline)) {
                        Some(RateBase::Month) => Ok(Measure::Mom),
                        Some(RateBase::Year) if self.carry.base.is_some() => Ok(Measure::Yoy),
                        _ => Err("a rate against a period that stays open"),
                    }
                }
                // Nor does a paragraph change over without a word that has turned to another base; only what it tells of
                // partners and classes goes back to the base of the text.
                None if !self.whole.chinese && self.carry.base == Some(RateBase::Other) => {
                    Err("a rate against a period that stays open")
                }
                None if !self.whole.chinese
                    && self.carry.base == Some(RateBase::Month)
                    && (headline || self.carry.lead_base != Some(RateBase::Year)) =>
                {
                    Err("a rate against a period that stays open")
                }
                // Where the text has counted a balance against the month before, it counts its sides so too.
                None if self.whole.lexicon.customs(area).counts_by_month(self.whole.chinese)
                    && headline
                    && self.counts_by_month() =>
                {
                    Ok(Measure::Mom)
                }
                None if self.whole.lexicon.customs(area).counts_by_month(self.whole.chinese)
                    && matches!(main, Some(Period::Month(..))) =>
                {
                    Err("a rate against a period that stays open")
                }
                None => Ok(Measure::Yoy),
            },
        }
    }

    /// The month of a rate from month to month: beside a sum since January, its last one.
    pub(super) fn month_of(period: Period) -> Result<Period, &'static str> {
        match period {
            Period::Month(..) | Period::Days(..) => Ok(period),
            Period::Year(_) => Err("a rate for which there is no measure"),
            sum => {
                let (start, end) = (sum.start(), sum.end());
                let month = u8::try_from(end.month()).unwrap_or(1);
                let since_january = start.month() == 1 && start.year() == end.year();
                if since_january {
                    Ok(Period::Month(end.year(), month))
                } else {
                    Err("a rate for which there is no measure")
                }
            }
        }
    }

    /// Against what the document counts the rates of this flow, all partners and all goods.
    pub(super) fn base_of_flow(&self) -> Option<RateBase> {
        let flow = self.candidate.frame.flows.first()?.flow;
        self.carry.bases.iter().find(|(known, _)| *known == flow).map(|(_, base)| *base)
    }

    /// `Exports fell 10.8 percent to 60.4 billion from 67.7 billion in March, imports 3.5 percent`: a rate without a base goes on
    /// with that of the one before it in its sentence, which a comparison with the month before has told.
    fn base_of_sentence(&self, at: usize) -> Option<RateBase> {
        if self.whole.chinese || self.candidate.zone.is_some() || self.candidate.reading != Reading::Rate {
            return None;
        }
        let rate = |c: &&Candidate| c.reading == Reading::Rate && c.zone.is_none() && c.left.is_none();
        let (before, other) = self.candidates[..at].iter().enumerate().rev().find(|(_, c)| rate(c))?;
        let one = Finisher { candidate: other, ..*self };
        let base = other.frame.base.is_none().then(|| one.base_from_comparison(before, one.main_period())).flatten();
        base.filter(|base| *base == RateBase::Month)
    }

    /// Whether the text has told rates of all partners and goods, and counted each against the month before.
    fn counts_by_month(&self) -> bool {
        let bases = &self.carry.bases;
        !bases.is_empty() && bases.iter().all(|(_, base)| *base == RateBase::Month)
    }

    /// What a number of an indicator measures: what the words around it say, else what its family says of a rate alone.
    pub(super) fn measure_of_indicator(
        &self,
        at: usize,
        main: Option<Period>,
        area: &Area,
        word: &FlowWord,
        indicator: &Indicator,
    ) -> Result<Measure, &'static str> {
        let candidate = self.candidate;
        let compared = || if candidate.frame.reached { None } else { self.base_from_comparison(at, main) };
        let base = candidate.frame.base.or_else(compared);
        let month = matches!(main, Some(Period::Month(..)));
        let measure = match (candidate.reading, base) {
            (Reading::Level, _) => Measure::Level,
            (Reading::Rate, Some(RateBase::Year)) => Measure::Yoy,
            (Reading::Rate, Some(RateBase::Month)) => Measure::Mom,
            (Reading::Rate, None) if indicator.level == Some(LevelUnit::Percent) && candidate.sign.is_none() => {
                Measure::Level
            }
            (Reading::Rate, None) if word.rate => Measure::Yoy,
            (Reading::Rate, None) if month && indicator.open.iter().any(|code| code == area.as_str()) => {
                return Err("a rate against a period that stays open");
            }
            // After a rate against the month before, one without a base may go on with either.
            (Reading::Rate, None) if self.carry.frame.base == Some(RateBase::Month) => {
                return Err("a rate against a period that stays open");
            }
            (Reading::Rate, None) => indicator.bare.ok_or("a rate against a period that stays open")?,
            (Reading::Change, Some(RateBase::Year)) => Measure::YoyChange,
            (Reading::Share, _) => Measure::Share,
            (Reading::Rate | Reading::Change, _) => return Err("a rate for which there is no measure"),
        };
        indicator.measures.contains(&measure).then_some(measure).ok_or("a measure that the indicator has not")
    }

    /// `fell 1.37 pct to 3.58 billion in February from 3.63 billion in January`: the comparison tells the base.
    pub(super) fn base_from_comparison(&self, at: usize, main: Option<Period>) -> Option<RateBase> {
        if self.candidate.zone.is_some() {
            return None;
        }
        let frame = self.candidate.frame.id;
        let other = self.candidates[at + 1..]
            .iter()
            .take_while(|other| other.frame.id == frame && other.clause == self.candidate.clause)
            .find(|other| other.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Base))?;
        let Some(expression) = other.trailing.or(other.zone.as_ref().and_then(|zone| zone.period)) else {
            // `fell 2.8 percent to 20.5 billion from 21.1 billion`, behind a sentence that has named the other period.
            let before = self.carry.compared.first().copied();
            return before
                .filter(|_| !self.whole.chinese && other.reading == Reading::Level)
                .and_then(|before| period::between(main?, before));
        };
        period::base_of(self.whole.reference, main, expression)
    }
}

/// Whether a period is a sum of several months since January.
fn is_sum(period: Period) -> bool {
    let (start, end) = (period.start(), period.end());
    start.month() == 1 && start.year() == end.year() && end.month() > 1 && !matches!(period, Period::Quarter(..))
}
