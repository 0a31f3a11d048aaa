//! Rising and falling, comparisons, expectations: what a number inside them means for the others.

use bellwether_model::figure::Flow;
use bellwether_model::period::Period;

use super::bind::{Binder, between, ending};
use super::chinese::CHINESE;
use super::frame::{Candidate, Motion, Reading, Zone, ZoneKind};
use super::item::{Item, ItemKind};
use super::lexicon::{DirectionWord, RateBase, Role, Shape, Term, aligned};
use super::period;
use super::phrases::PHRASES;
use super::token::Break;
use crate::text::{Numeral, NumeralKind, PeriodExpression};

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
                self.unmoored = zone.origin && zone.numbers > 0 && zone.period.is_none() && !self.frame.forecast;
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
        let open = |c: &&mut Candidate| c.frame.id == id && c.clause == clause && !(chinese && c.frame.base.is_some());
        for candidate in self.found.iter_mut().filter(open) {
            candidate.frame.base = Some(base);
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
        if self.counts_points(at) {
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

    /// Words that open a comparison, an expectation or a forecast.
    pub(super) fn zone_word(&mut self, at: usize, term: &'static Term) {
        let zone = |kind| Some(Zone::new(kind));
        let text = self.setting.text;
        let name = &text[self.items[at].span.clone()];
        let idle = term.is(Role::ExpectedIdle) && text[self.items[at].span.end..].starts_with('的');
        let next_is_number =
            matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Number(_) | ItemKind::Direction(_)));
        let reported = !self.found.is_empty() && next_is_number;
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
        } else if term.is(Role::Compare)
            || matches!(self.items.get(at.wrapping_sub(1)).map(|item| &item.kind), Some(ItemKind::Number(_)))
                && name.ends_with(" than")
        {
            self.close_zone();
            self.zone = Some(Zone { sequel: PHRASES.is_sequel(name), ..Zone::new(ZoneKind::Compare) });
            if name == "前值" {
                self.zone = self.zone.take().map(|zone| Zone { period: Some(PeriodExpression::Previous), ..zone });
            }
        } else if term.is(Role::CompareBase)
            && (self.is_viewpoint(at) || self.names_origin(at) || self.sets_side_by_side(at))
        {
            // It opens no comparison.
        } else if term.is(Role::CompareBase) {
            self.close_zone();
            self.zone = zone(ZoneKind::Base);
            if let Some(zone) = &mut self.zone {
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

    /// `an expected fall of 12.4 percent`, `the expected surplus was`: what was expected, where it stands directly before
    /// what moved; `rose more than expected` tells no number.
    fn is_expected_noun(&self, at: usize) -> bool {
        let text = self.setting.text;
        let end = self.items[at].span.end;
        let Some(next) = self.items.get(at + 1) else { return false };
        let noun = matches!(next.kind, ItemKind::Direction(_) | ItemKind::Flow(_) | ItemKind::Number(_));
        let adjacent = between(text, end, next.span.start) == " ";
        let before = ending(between(text, self.start, self.items[at].span.start)).trim_end();
        noun && adjacent
            && !["than", "as", "than-", "was", "were", "is", "are", "had", "have"]
                .iter()
                .any(|word| before.ends_with(word))
    }

    /// 從地區分布來看: the side from which something is looked at.
    fn is_viewpoint(&self, at: usize) -> bool {
        let behind = between(self.setting.text, self.items[at].span.end, usize::MAX);
        let clause = behind.split(['，', ',', '。', '；', '\n']).next().unwrap_or_default().trim_end();
        self.setting.chinese && clause.chars().count() <= 24 && CHINESE.viewpoint.end(clause)
    }

    /// 相較全球主要國家去年出口: all of them are told of.
    fn sets_side_by_side(&self, at: usize) -> bool {
        let behind = between(self.setting.text, self.items[at].span.end, usize::MAX);
        self.setting.chinese && CHINESE.side_by_side.begin(behind)
    }

    /// 市場預期出口增長13%，進口增長10.4%: a sentence that has told nothing but expectations, the last one behind a flow of
    /// its own, goes on with them.
    pub(super) fn expects_more(&self) -> bool {
        let expected = |c: &Candidate| c.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Expect);
        let word = self.items.iter().position(
            |item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Expected) || term.is(Role::Forecast)),
        );
        let flow = word.is_some_and(|word| {
            self.items[word..].iter().any(|item| {
                matches!(item.kind, ItemKind::Flow(_))
                    && self.found.first().is_some_and(|first| item.span.end <= first.numeral.span.start)
            })
        });
        self.setting.chinese && flow && !self.found.is_empty() && self.found.iter().all(expected)
    }

    /// Whether an expectation is compared with, rather than announced: it is the market's, follows a comparison, or
    /// its number stands directly behind.
    pub(super) fn expects_number(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let compared = self.zone.as_ref().is_some_and(|zone| zone.kind != ZoneKind::Expect);
        let of_market =
            ["市場", "市场", "原先", "原本", "分析", "經濟", "经济", "中值", "外界", "調查", "调查", "路透", "彭博"]
                .iter()
                .any(|word| lower.contains(word))
                || !self.setting.chinese;
        compared || of_market || lower.ends_with('的')
    }

    /// `missing the 5.0 percent growth expected in a poll`: the number of a comparison turns out to be an expectation.
    fn was_expected(&mut self, at: usize, term: &Term) -> bool {
        let ahead = [Role::Forecast, Role::Expected, Role::ExpectedNoun].iter().any(|role| term.is(*role));
        if self.setting.chinese || !ahead {
            return false;
        }
        let start = self.items[at].span.start;
        let text = self.setting.text;
        let clause = self.clause;
        let pollster = self.pollster(at);
        let Some(last) = self.found.last_mut().filter(|last| last.clause == clause && last.trailing.is_none()) else {
            return false;
        };
        let close = between(text, last.numeral.span.end, start).split_whitespace().count() <= 4;
        let Some(zone) = last.zone.as_mut().filter(|zone| zone.period.is_none() && close) else { return false };
        if zone.kind == ZoneKind::Expect {
            // `the 5.8 percent drop tipped in a survey`: words behind those of an expectation tell whose it was.
            let tells = zone.forecaster.is_none() && pollster.is_some();
            zone.forecaster = zone.forecaster.take().or(pollster);
            return tells;
        }
        zone.kind = ZoneKind::Expect;
        zone.forecaster = zone.forecaster.take().or(pollster);
        if let Some(open) = &mut self.zone {
            open.kind = ZoneKind::Expect;
        }
        true
    }

    /// `A $52.5 billion deficit had been expected`: words behind a number, in its clause, tell that it was an expectation.
    pub(super) fn expected_behind(&self, numeral: &Numeral) -> Option<Zone> {
        const REACH: usize = 60;
        let behind = between(self.setting.text, numeral.span.end, usize::MAX);
        // Most texts hold no such words, and many no letter of them.
        if !behind.as_bytes()[..behind.len().min(REACH)].contains(&b'h') {
            return None;
        }
        let end = behind.char_indices().map(|(at, _)| at).take_while(|at| *at <= REACH).last()?;
        let clause = behind[..end].split([',', ';', '.', '\n']).next()?;
        let verb = clause.find(" had been ")? + " had been ".len();
        let expected = ["expected", "forecast", "predicted", "anticipated", "projected", "estimated"];
        let alone = !clause[..verb].contains(|c: char| c.is_ascii_digit());
        let tells = expected.iter().any(|word| clause[verb..].starts_with(word));
        let from = numeral.span.end + verb;
        let at = self.items.iter().position(|item| item.span.end > from);
        (alone && tells).then(|| Zone {
            numbers: 1,
            forecaster: at.and_then(|at| self.pollster(at)),
            ..Zone::new(ZoneKind::Expect)
        })
    }

    /// 較8月預測數5,892億美元增加463億美元: a forecast set beside an earlier one of the same period; changes between the
    /// two are none of the statistic.
    fn is_revised(&mut self, at: usize, term: &Term) -> bool {
        let looks_ahead = term.is(Role::Forecast) || term.is(Role::Expected);
        if !self.setting.chinese || !self.frame.forecast || !looks_ahead {
            return false;
        }
        let forecaster = self.frame.forecaster.clone();
        let Some(zone) = self.zone.as_mut().filter(|zone| zone.kind != ZoneKind::Expect && zone.numbers == 0) else {
            return false;
        };
        (zone.kind, zone.period, zone.forecaster) = (ZoneKind::Expect, None, forecaster);
        // 較8月預測增加5%: what follows is the change itself.
        if matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Direction(_))) {
            self.frame.base = Some(RateBase::Other);
        }
        true
    }

    /// 優於預估的2%, 年增16.8%，預估為13%: a word of looking ahead inside a comparison, or directly before a number of the
    /// kind that was just reported, tells what had been expected.
    fn is_beside_what_came(&self, at: usize) -> bool {
        let name = between(self.setting.text, self.items[at].span.start, self.items[at].span.end).to_ascii_lowercase();
        let noun = ["forecast", "project", "predict", "estimat"].iter().any(|word| name.starts_with(word));
        if !self.setting.chinese && !noun {
            return false;
        }
        if self.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Compare && zone.numbers == 0) {
            return true;
        }
        // 較主計總處預測高出158億美元
        let base =
            |zone: &Zone| zone.kind == ZoneKind::Base && zone.numbers == 0 && zone.period.is_none() && !zone.origin;
        if self.setting.chinese && self.zone.as_ref().is_some_and(base) && !self.frame.forecast {
            return true;
        }
        if !self.setting.chinese {
            return false;
        }
        let next = self.items[at + 1..].iter().find(|item| match &item.kind {
            ItemKind::Direction(_) => false,
            ItemKind::Word(term) => !term.is(Role::Level),
            ItemKind::Flow(word) => word.flow != Flow::Balance,
            _ => true,
        });
        let Some(ItemKind::Number(numeral)) = next.map(|item| &item.kind) else { return false };
        let percent = |numeral: &Numeral| numeral.kind == NumeralKind::Percent;
        self.found.last().is_some_and(|last| {
            !last.frame.forecast && last.left.is_none() && percent(&last.numeral) == percent(numeral)
        })
    }

    /// The newsroom whose poll is spoken of next to a word of looking ahead.
    fn pollster(&self, at: usize) -> Option<String> {
        let text = self.setting.text;
        let near = |item: &&Item| {
            item.span.end + 40 >= self.items[at].span.start && item.span.start <= self.items[at].span.end + 40
        };
        let name = between(text, self.items[at].span.start, self.items[at].span.end);
        let asks =
            |word: &&str| self.setting.lexicon.find(&aligned(word), word).any(|(_, term)| term.is(Role::Pollster));
        if self.setting.chinese {
            return self.chinese_pollster(at, name);
        }
        if let Some(inside) = name.split(' ').find(asks) {
            return Some(inside.to_owned());
        }
        let polls = ["poll", "survey", "compiled by"];
        let around = |item: &Item| {
            let before = between(text, item.span.start.saturating_sub(12).max(self.start), item.span.start);
            let behind = between(text, item.span.end, item.span.end + 14);
            polls.iter().any(|word| before.contains(word) || behind.contains(word))
        };
        self.items
            .iter()
            .filter(near)
            .find(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Pollster)) && around(item))
            .map(|item| text[item.span.clone()].to_owned())
    }

    /// 路透調查中預測的3%, 優於彭博社先前預估的4%: the newsroom with which the words begin, or which stands before them.
    fn chinese_pollster(&self, at: usize, name: &str) -> Option<String> {
        const REACH: usize = 48;
        if let Some(inside) = self.setting.lexicon.begins_with(name, |term| term.is(Role::Pollster)) {
            return Some(name[..inside].to_owned());
        }
        let start = self.items[at].span.start;
        let before = self.items[..at].iter().rev().take_while(|item| item.span.end + REACH >= start);
        let word = |item: &&Item| matches!(item.kind, ItemKind::Word(_));
        before.into_iter().filter(word).find_map(|item| {
            let words = &self.setting.text[item.span.clone()];
            let inside = self.setting.lexicon.begins_with(words, |term| term.is(Role::Pollster))?;
            Some(words[..inside].to_owned())
        })
    }

    /// 路透綜合逾30家機構預估中值: a newsroom that has asked who looks ahead.
    pub(super) fn asks(&mut self, at: usize) {
        const CHARACTERS: usize = 16;
        let span = self.items[at].span.clone();
        let behind = between(self.setting.text, span.end, usize::MAX);
        let near = behind.char_indices().nth(CHARACTERS).map_or(behind, |(end, _)| &behind[..end]);
        if self.setting.chinese && CHINESE.polls.stand_in(near) {
            self.frame.forecaster = Some(self.setting.text[span].to_owned());
        }
    }

    /// The office named directly before a place.
    fn office_before(&self, at: usize) -> Option<String> {
        let item = &self.items[at.checked_sub(1)?];
        let adjacent = item.span.end == self.items[at].span.start;
        let office = matches!(&item.kind, ItemKind::Word(term) if term.institution) && adjacent;
        office.then(|| self.setting.text[item.span.clone()].to_owned())
    }

    /// 財政部也更悲觀預估: the office that the clause names.
    fn office_of_clause(&self, at: usize) -> Option<String> {
        let office = |item: &&Item| {
            item.span.start >= self.clause_start && matches!(&item.kind, ItemKind::Word(term) if term.institution)
        };
        let named = self.items[..at].iter().rfind(office)?;
        self.setting.chinese.then(|| self.setting.text[named.span.clone()].to_owned())
    }

    /// The bank or institute that opens the clause of a word of looking ahead, by the ending of its name
    /// (某某銀行首席經濟學家預估).
    fn institution_before(&self, at: usize) -> Option<String> {
        const LONGEST: usize = 24;
        let before = self.setting.text.get(self.start..self.items[at].span.start)?;
        let han = |c: &(usize, char)| ('\u{4e00}'..='\u{9fff}').contains(&c.1);
        let start = before.char_indices().rev().take_while(han).take(LONGEST).last()?.0;
        let opens = before[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let folded = aligned(&before[start..]);
        let endings = self.setting.lexicon.institution_endings.iter();
        let end = endings.filter_map(|ending| folded.find(ending.as_str()).map(|from| from + ending.len())).min()?;
        opens.then(|| before[start..start + end].to_owned())
    }
}
