//! Rising and falling, comparisons, expectations: what a number inside them means for the others.

use bellwether_model::figure::Flow;
use bellwether_model::period::Period;

use super::bind::{Binder, between};
use super::chinese::CHINESE;
use super::frame::{Candidate, Motion, Reading, Zone, ZoneKind};
use super::item::{Item, ItemKind};
use super::lexicon::{DirectionWord, RateBase, Role, Shape, Term};
use super::period;
use super::phrases::PHRASES;
use super::token::Break;
use crate::text::{NumeralKind, PeriodExpression};

impl Binder<'_> {
    pub(super) fn direction(&mut self, at: usize, word: DirectionWord) {
        let end = self.items[at].span.end;
        let led = |last: &Candidate| last.leads && last.numeral.span.end + 16 >= self.items[at].span.start;
        if self.found.last().is_some_and(led)
            && matches!(self.items[at - 1].kind, ItemKind::Number(_) | ItemKind::Word(_))
        {
            return;
        }
        if self.tells_of_another_period(at, word) {
            return;
        }
        self.end_base_of_rate(at);
        if let Some(base) = word.base {
            self.count_against(base);
        }
        // 5,892億美元增加463億美元: what was expected has been said; the word begins something new.
        let said = |zone: &mut Zone| zone.kind == ZoneKind::Expect && zone.numbers > 0;
        let behind_number = at > 0 && matches!(self.items[at - 1].kind, ItemKind::Number(_));
        let adjacent = behind_number && self.items[at - 1].span.end == self.items[at].span.start;
        if self.setting.chinese && adjacent && self.zone.take_if(said).is_some() {
            self.frame.base = Some(RateBase::Other);
        }
        let family = self.setting.lexicon.family.is_some();
        let points = self.counts_points(at);
        if let Some(zone) = &mut self.zone {
            // 由上月上漲0.1%轉為下降0.2%: of an indicator, the rate of the month before, with its own word.
            // `picking up from growth of 17.3 percent`; `from the second-largest economy rose` is another thing.
            let opener = at.checked_sub(1).map(|before| &self.items[before]);
            let noun = !self.setting.chinese
                && zone.origin
                && zone.period.is_none()
                && opener.is_some_and(|item| {
                    let gap = between(self.setting.text, item.span.end, self.items[at].span.start);
                    matches!(&item.kind, ItemKind::Word(term) if term.is(Role::CompareBase))
                        && gap.split_whitespace().count() <= 2
                });
            let base_of_rate =
                zone.kind == ZoneKind::Base && !(family && zone.origin && zone.period.is_some()) && !noun;
            if zone.numbers == 0 && !base_of_rate {
                zone.sign = Some(word.sign);
                return;
            }
            if zone.kind != ZoneKind::Expect {
                let dated = !self.setting.chinese && self.found.last().is_some_and(|last| last.trailing.is_some());
                // 2月逆差由30億美元縮小至12億美元: what it came to is that of the month, whenever it began.
                let of_month = self.setting.chinese && matches!(self.frame.period, Some(Period::Month(..)));
                let open = zone.origin && zone.numbers > 0 && zone.period.is_none() && !dated && !of_month;
                self.unmoored = open && !self.frame.forecast;
                let balance = self.frame.flows.iter().any(|flow| flow.flow == Flow::Balance);
                let of_a_rate = self.motion.rate.is_some() && self.motion.clause == self.clause
                    || word.shape == Shape::Shift && !balance
                    || points;
                if of_a_rate && zone.numbers == 0 {
                    // 增幅較10月放緩 compares two rates; it does not say how a rate is counted.
                    self.zone = None;
                } else {
                    self.close_zone();
                }
            }
        }
        if self.motion.used || self.motion.clause != self.clause {
            self.motion = Motion { clause: self.clause, ..Motion::default() };
        }
        match word.shape {
            Shape::Move => self.motion.moved = Some(word.sign),
            Shape::Rate => self.motion.rate = Some(word.sign),
            Shape::Shift => self.motion.shift = Some(word.sign),
        }
        self.motion.end = end;
    }

    /// `down 0.8% from July but up 17.7% from a year ago`: the period of a comparison without a number is the base of the
    /// rate before it.
    pub(super) fn end_base_of_rate(&mut self, at: usize) {
        let over = self.zone.as_ref().is_some_and(|zone| {
            zone.kind != ZoneKind::Expect && zone.numbers == 0 && zone.period.is_some() && zone.sign.is_none()
        });
        let turns = at.checked_sub(1).is_some_and(|before| {
            let gap = between(self.setting.text, self.items[before].span.end, self.items[at].span.start);
            let gap = gap.trim().trim_start_matches(',').trim_start();
            ["but", "and", "while", "though", "although", "yet"].iter().any(|word| gap.starts_with(word))
                || matches!(&self.items[before].kind, ItemKind::Word(term) if term.is(Role::ListAnd))
        });
        let rate = self.found.last().is_some_and(|c| c.reading == Reading::Rate && c.clause == self.clause);
        if !self.setting.chinese && over && turns && rate {
            self.close_zone();
        }
    }

    /// 從九月的年增8.3%大縮水: a yearly rate of the period that is set beside the one in question.
    fn tells_of_another_period(&mut self, at: usize, word: DirectionWord) -> bool {
        let of_period = at.checked_sub(1).is_some_and(|before| {
            let end = self.items[before].span.end;
            matches!(self.items[before].kind, ItemKind::Period(_))
                && between(self.setting.text, end, self.items[at].span.start).starts_with('的')
        });
        let main = self.frame.period.or(self.carry.anchor);
        let Some(zone) = self.zone.as_mut().filter(|zone| zone.kind == ZoneKind::Base && zone.numbers == 0) else {
            return false;
        };
        let base = zone.period.and_then(|period| period::base_of(self.setting.reference, main, period));
        let other = self.setting.chinese
            && self.setting.lexicon.family.is_none()
            && (word.base == Some(RateBase::Year) || zone.origin && of_period)
            && base == Some(RateBase::Month);
        if other {
            (zone.kind, zone.sign) = (ZoneKind::Compare, Some(word.sign));
            self.frame.base = word.base.or(self.frame.base);
        }
        other
    }

    /// Sets against what rates are counted, also for the rates of this clause that came before.
    pub(super) fn set_base(&mut self, base: RateBase) {
        self.count_against(base);
        let (id, clause) = (self.frame.id, self.clause);
        if !self.setting.chinese && self.set_base_in_bracket(base) {
            return;
        }
        // 月減9.5%、年減13.1%: each rate of a Chinese clause has its word before it.
        let chinese = self.setting.chinese;
        let here = |c: &Candidate| c.frame.id == id && c.clause == clause;
        // `up 2.6% month-on-month and 14.5% year-on-year`: what stands behind a rate is said of it, and of those before it
        // of which nothing was said.
        let several = !chinese && self.found.iter().any(|c| here(c) && c.reading == Reading::Rate && !c.based);
        let open = |c: &&mut Candidate| here(c) && !(chinese && c.frame.base.is_some()) && !(several && c.based);
        for candidate in self.found.iter_mut().filter(open) {
            candidate.frame.base = Some(base);
            candidate.based = true;
        }
        // `exports were down 0.5 percent and imports were up 1.3 percent from a month earlier`
        if !self.setting.chinese {
            let open = |c: &&mut Candidate| c.clause == clause && c.zone.is_none() && c.frame.base.is_none();
            for candidate in self.found.iter_mut().filter(open) {
                candidate.frame.base = Some(base);
            }
        }
    }

    /// `fell 1.3% (-2.7% y/y)`: the rate outside of the bracket is counted against the other period, the month before.
    fn set_base_in_bracket(&mut self, base: RateBase) -> bool {
        let Some(first) = self.brackets.last().map(|aside| aside.found) else { return false };
        let of_month = matches!(self.frame.period.or(self.carry.anchor), Some(Period::Month(..)));
        let Some((outside, inside)) = self.found.split_at_mut_checked(first) else { return false };
        let clause = self.clause;
        let rate = |c: &&mut Candidate| {
            c.clause == clause && c.reading == Reading::Rate && c.zone.is_none() && c.frame.base.is_none()
        };
        let mut told = false;
        for candidate in inside.iter_mut().filter(rate) {
            candidate.frame.base = Some(base);
            told = true;
        }
        if base == RateBase::Year
            && told
            && let Some(before) = outside.last_mut().into_iter().find(rate)
        {
            before.frame.base = Some(if of_month { RateBase::Month } else { RateBase::Other });
        }
        told
    }

    /// 較上月回落0.1個百分點, 降幅比上月收窄: words that set two rates against each other, not what a rate is counted against.
    pub(super) fn compares_rates(&self, at: usize) -> bool {
        // `0.3 percent, unchanged from the previous month`: two rates are alike, and neither is counted against the other.
        let unchanged = PHRASES.says_unchanged(between(self.setting.text, self.start, self.items[at].span.start));
        if unchanged || self.counts_points(at) {
            return true;
        }
        at.checked_sub(1).map(|before| &self.items[before]).is_some_and(|before| {
            let rate = matches!(before.kind, ItemKind::Direction(word) if word.shape == Shape::Rate);
            rate && before.span.end == self.items[at].span.start
        })
    }

    /// Whether the next number of the clause counts percentage points.
    fn counts_points(&self, at: usize) -> bool {
        let next = self.items[at + 1..]
            .iter()
            .find(|item| matches!(item.kind, ItemKind::Number(_) | ItemKind::Break(Break::Clause | Break::Part)));
        let points = |item: &Item| matches!(&item.kind, ItemKind::Number(n) if n.kind == NumeralKind::PercentagePoints);
        self.setting.chinese && next.is_some_and(points)
    }

    /// Sets against what the rates behind are counted: 月減10.9%、年增14.9% are two rates.
    fn count_against(&mut self, base: RateBase) {
        if self
            .zone
            .as_ref()
            .is_some_and(|zone| zone.numbers == 0 && zone.period.is_none() && zone.kind == ZoneKind::Base)
        {
            self.zone = None;
        }
        self.frame.base = Some(base);
    }

    /// Ends a comparison. One that held no number named the base of a rate.
    pub(super) fn close_zone(&mut self) {
        let Some(zone) = self.zone.take() else { return };
        let (ZoneKind::Base | ZoneKind::Compare, 0, Some(expression)) = (zone.kind, zone.numbers, zone.period) else {
            return;
        };
        // `1.9% in May, unchanged from April` sets one rate against another; `after a spurt in April` counts no rate.
        if self.frame.reached || zone.sequel {
            return;
        }
        self.go_back_to_lead(expression);
        let main = self.frame.period.or(self.carry.anchor);
        match expression {
            PeriodExpression::Months(..)
            | PeriodExpression::Days { .. }
            | PeriodExpression::Fixed(Period::Months(..) | Period::Days(..))
                if zone.kind == ZoneKind::Base =>
            {
                self.frame.period = period::main(self.setting.reference, main, expression, self.frame.forecast);
            }
            _ => {
                let base = period::base_of(self.setting.reference, main, expression);
                // 扭轉了10月下滑的趨勢: what was turned round says nothing of the base.
                let turned = self.setting.chinese && zone.kind == ZoneKind::Compare && base == Some(RateBase::Month);
                if let Some(base) = base.filter(|base| !turned && (*base != RateBase::Other || !zone.origin)) {
                    self.set_base(base);
                }
            }
        }
    }

    /// `Exports to the United States were down 7.9% compared with June`, behind a sentence about June: what is compared with
    /// it is the period of which the text tells.
    fn go_back_to_lead(&mut self, expression: PeriodExpression) {
        let named = period::main(self.setting.reference, self.carry.anchor, expression, false);
        let inherited = self.frame.period.is_none() && named.is_some() && named == self.carry.anchor;
        let Some(lead) = self.carry.lead.filter(|lead| named.is_some_and(|named| lead.start() > named.start())) else {
            return;
        };
        if self.setting.chinese || !inherited {
            return;
        }
        let (id, clause) = (self.frame.id, self.clause);
        let theirs = |c: &&mut Candidate| c.frame.id == id && c.clause == clause && c.frame.period.is_none();
        for candidate in self.found.iter_mut().filter(theirs) {
            candidate.frame.period = Some(lead);
        }
        self.frame.period = Some(lead);
    }

    /// Words that open a comparison, an expectation or a forecast.
    pub(super) fn zone_word(&mut self, at: usize, term: &'static Term) {
        let zone = |kind| Some(Zone::new(kind));
        let text = self.setting.text;
        let name = &text[self.items[at].span.clone()];
        let idle = term.is(Role::ExpectedIdle) && text[self.items[at].span.end..].starts_with('的');
        let next_is_number =
            matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Number(_) | ItemKind::Direction(_)));
        let reported = !self.found.is_empty() && next_is_number;
        if self.labels_expected(at, term) {
            self.zone = zone(ZoneKind::Expect);
            return;
        }
        if self.revises_forecast(at) {
            self.frame.forecast = true;
            return;
        }
        if term.is(Role::ExpectedNoun) {
            if self.is_expected_noun(at) {
                self.zone = Some(Zone { forecaster: self.pollster(at), ..Zone::new(ZoneKind::Expect) });
            } else {
                // `better than the 22 percent decline expected`
                self.was_expected(at, term);
            }
            return;
        }
        if self.was_expected(at, term) {
            return;
        }
        if self.is_revised(at, term) {
            return;
        }
        let looks_ahead = term.is(Role::Forecast) || self.setting.chinese && term.is(Role::Expected);
        let foreseen = looks_ahead && self.is_beside_what_came(at);
        if idle || foreseen || term.is(Role::Expected) && (reported || self.expects_number(name)) {
            // 較原先預測增加5%: the change of an expectation.
            let changed = matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Direction(_)));
            if self.setting.chinese && changed && self.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Base) {
                self.frame.base = Some(RateBase::Other);
            }
            let mut opened = zone(ZoneKind::Expect);
            if let Some(zone) = &mut opened {
                let lower = name.to_lowercase();
                let market = [("市場", "市場"), ("市场", "市场"), ("market", "market")];
                zone.forecaster =
                    market.iter().find(|(word, _)| lower.contains(word)).map(|(_, who)| (*who).to_owned());
                // 優於財政部原先預估的15%: the office directly before.
                zone.forecaster =
                    zone.forecaster.take().or_else(|| self.office_before(at)).or_else(|| self.pollster(at));
                zone.forecaster = zone.forecaster.take().or_else(|| self.office_of_clause(at));
            }
            self.zone = opened;
        } else if term.is(Role::Forecast) || term.is(Role::Expected) {
            self.frame.forecast = true;
            if let Some(name) = self.institution_before(at) {
                self.frame.forecaster = Some(name);
            }
        } else if term.is(Role::ValueBefore)
            || term.is(Role::Compare)
            || matches!(self.items.get(at.wrapping_sub(1)).map(|item| &item.kind), Some(ItemKind::Number(_)))
                && name.ends_with(" than")
        {
            self.close_zone();
            self.zone = Some(Zone { sequel: PHRASES.is_sequel(name), ..Zone::new(ZoneKind::Compare) });
            if term.is(Role::ValueBefore) {
                self.zone = self.zone.take().map(|zone| Zone { period: Some(PeriodExpression::Previous), ..zone });
            }
        } else if term.is(Role::CompareBase)
            && (self.is_viewpoint(at) || self.names_origin(at) || self.is_source(at) || self.sets_side_by_side(at))
        {
            // It opens no comparison.
        } else if term.is(Role::CompareBase) {
            self.close_zone();
            self.zone = zone(ZoneKind::Base);
            if let Some(zone) = &mut self.zone {
                let before = between(self.setting.text, self.start, self.items[at].span.start);
                zone.sequel = PHRASES.says_unchanged(before);
                zone.origin = matches!(name, "自" | "從" | "从" | "由") || name.eq_ignore_ascii_case("from");
            }
        } else if term.is(Role::Arrival)
            && self.zone.as_ref().is_some_and(|zone| {
                // `fell 2.4 percent from September 2021 to 32.5 billion`
                let base_of_rate = !self.setting.chinese && zone.period.is_some();
                zone.kind == ZoneKind::Base && (zone.numbers > 0 || base_of_rate)
            })
        {
            self.close_zone();
        }
    }

    /// `Exports from the second-largest economy were 4.9 percent higher`: behind its flow, the word names whose trade it is.
    fn names_origin(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| &self.items[before]);
        !self.setting.chinese
            && before.is_some_and(|item| {
                matches!(item.kind, ItemKind::Flow(_)) && item.span.end + 1 == self.items[at].span.start
            })
    }

    /// 從地區分布來看: the side from which something is looked at.
    fn is_viewpoint(&self, at: usize) -> bool {
        let behind = between(self.setting.text, self.items[at].span.end, usize::MAX);
        let clause = behind.split(['，', ',', '。', '；', '\n']).next().unwrap_or_default().trim_end();
        self.setting.chinese && clause.chars().count() <= 24 && CHINESE.viewpoint.end(clause)
    }

    /// `Key figures from China's trade report for April`: whose they are.
    fn is_source(&self, at: usize) -> bool {
        let next = self.items.get(at + 1).is_some_and(|next| matches!(next.kind, ItemKind::Subject(_)));
        !self.setting.chinese && self.frame_is_fresh() && self.found.is_empty() && next
    }

    /// `(est. -1.2%; prior -2.2%)`: a label in a bracket behind a number, of what it was expected to be.
    fn labels_expected(&self, at: usize, term: &Term) -> bool {
        !self.setting.chinese && term.is(Role::ValueExpected) && self.is_in_bracket() && !self.found.is_empty() && {
            let next = self.items.get(at + 1);
            next.is_some_and(|next| matches!(next.kind, ItemKind::Number(_)))
        }
    }

    /// 相較全球主要國家去年出口: all of them are told of.
    fn sets_side_by_side(&self, at: usize) -> bool {
        let behind = between(self.setting.text, self.items[at].span.end, usize::MAX);
        self.setting.chinese && CHINESE.side_by_side.begin(behind)
    }
}
