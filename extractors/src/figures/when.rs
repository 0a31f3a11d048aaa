//! Periods of a sentence: stated before its numbers, behind them, or inside a comparison.

use bellwether_model::figure::Flow;
use bellwether_model::period::Period;
use jiff::civil::Date;

use super::bind::{Binder, between, words_of};
use super::chinese::CHINESE;
use super::frame::{Candidate, Zone, ZoneKind};
use super::item::{Item, ItemKind};
use super::lexicon::{RateBase, Role, Term};
use super::number::is_statistic;
use super::period;
use super::phrases::PHRASES;
use super::token::Break;
use crate::text::{PeriodExpression, SamePeriod};

impl Binder<'_> {
    pub(super) fn period(&mut self, at: usize, expression: PeriodExpression) {
        if matches!(expression, PeriodExpression::Day(_)) || self.share_is_open() {
            return;
        }
        if self.is_since(at) {
            self.since = period::main(self.setting.reference, self.carry.anchor, expression, false);
            return;
        }
        if self.is_streak(at, expression) || self.compares_with(at, expression) {
            return;
        }
        if self.is_when_it_was_expected(at, expression) {
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
        if self.period_in_bracket(at, expression)
            || self.base_behind(at, expression)
            || self.period_in_zone(at, expression)
            || self.period_of_base(at, expression)
        {
            return;
        }
        self.state_period(at, expression);
    }

    /// `the first increase this year`, 今年以來首度轉正: what is said of a figure, and no period of one.
    fn is_streak(&self, at: usize, expression: PeriodExpression) -> bool {
        let year = matches!(expression, PeriodExpression::Fixed(Period::Year(_)));
        if self.setting.chinese {
            let so_far = year || expression == PeriodExpression::Same(SamePeriod::YearToDate);
            return so_far && CHINESE.firsts.begin(between(self.setting.text, self.items[at].span.end, usize::MAX));
        }
        if !year {
            return false;
        }
        let from = self.items[..at].iter().rev().find(|item| matches!(item.kind, ItemKind::Break(_)));
        let from = from.map_or(self.start, |item| item.span.end);
        let numbers = self.items[..at]
            .iter()
            .any(|item| item.span.start >= from && matches!(item.kind, ItemKind::Number(_) | ItemKind::Flow(_)));
        let words = between(self.setting.text, from, self.items[at].span.start).trim_start();
        !numbers && PHRASES.ranks(words)
    }

    /// 若與9月相比，出口月增6.7%: the period names the base of the rates, not the one in question.
    fn compares_with(&mut self, at: usize, expression: PeriodExpression) -> bool {
        let span = &self.items[at].span;
        let before = between(self.setting.text, self.start, span.start).trim_end();
        let behind = between(self.setting.text, span.end, usize::MAX).trim_start();
        let with = CHINESE.set_with.end(before);
        // 占比20%，與6月相同: the same was said of an earlier period.
        if with && self.setting.chinese && CHINESE.alike.begin(behind) {
            self.zone = None;
            return true;
        }
        let clause = between(self.setting.text, self.clause_start, span.start)
            .trim_start_matches(['而', '但', '若', '如', '則', '则']);
        let opened = CHINESE.set_with.begin(clause.trim_start());
        let set_against = (with || opened && self.setting.chinese) && CHINESE.set_against.begin(behind);
        if !set_against {
            return false;
        }
        let main = self.frame.period.or(self.carry.anchor);
        let base = period::base_of(self.setting.reference, main, expression);
        self.zone = None;
        self.set_base(base.unwrap_or(RateBase::Other));
        true
    }

    /// A period in a bracket behind a number is that number's (1,269億（2025全年）).
    pub(super) fn period_in_bracket(&mut self, at: usize, expression: PeriodExpression) -> bool {
        let Some(before) = at.checked_sub(1).map(|before| &self.items[before]) else { return false };
        let opened = matches!(before.kind, ItemKind::Break(Break::Open));
        // （民國七十一年是負1.7%）: the bracket has a number of its own.
        let inside = self.items[at + 1..].iter().take_while(|item| !matches!(item.kind, ItemKind::Break(Break::Close)));
        if opened && self.setting.chinese && inside.into_iter().any(is_statistic) {
            return false;
        }
        let Some(last) = self.found.last_mut().filter(|last| opened && last.numeral.span.end + 4 >= before.span.start)
        else {
            return false;
        };
        last.trailing = Some(expression);
        let anchor = last.frame.period.or(self.carry.anchor);
        self.frame.period = period::main(self.setting.reference, anchor, expression, false);
        true
    }

    /// The year or the month before is no period to speak of, but the base of a rate, or of a comparison.
    pub(super) fn period_of_base(&mut self, at: usize, expression: PeriodExpression) -> bool {
        if !matches!(expression, PeriodExpression::YearEarlier | PeriodExpression::Previous) {
            return false;
        }
        if self.opens_with_earlier(at, expression) || self.told_of_earlier(at, expression) {
            return true;
        }
        if self.setting.chinese {
            let told = !self.found.is_empty() && self.tells_of_before(at);
            let kind = if told { ZoneKind::Compare } else { ZoneKind::Base };
            let period = Some(expression);
            self.zone = Some(Zone { period, ..Zone::new(kind) });
        } else if expression == PeriodExpression::YearEarlier {
            self.set_base(RateBase::Year);
        }
        true
    }

    /// 進口增長6.6%，上月為下降0.6%; 出口下降3.3%，而前一個月同比下降9.2%: what the month before came to, and not the base of a
    /// rate: the clause begins with it, and the rate has a base of its own, or stands behind a word like 為 or directly behind.
    fn tells_of_before(&self, at: usize) -> bool {
        let clause = between(self.setting.text, self.clause_start, self.items[at].span.start).trim();
        let opens = matches!(clause, "" | "而" | "但" | "惟");
        let behind = between(self.setting.text, self.items[at].span.end, usize::MAX);
        let verb = ["為", "为", "則", "则", "是", "曾"].iter().any(|word| behind.starts_with(word));
        let own_base = self.items[at + 1..]
            .iter()
            .take_while(|item| !matches!(item.kind, ItemKind::Break(_) | ItemKind::Number(_) | ItemKind::Flow(_)))
            .any(|item| match &item.kind {
                ItemKind::Direction(word) => word.base == Some(RateBase::Year),
                ItemKind::Word(term) => term.is(Role::Yoy),
                _ => false,
            });
        // 下滑2.3%，市場預估減2%，前月增0.3%
        let bare = self.items.get(at + 1).is_some_and(|next| {
            let adjacent = next.span.start == self.items[at].span.end;
            adjacent && matches!(&next.kind, ItemKind::Direction(word) if word.base.is_none())
        });
        opens && (verb || own_base || bare)
    }

    /// Takes a period as the one that the sentence speaks of: of the numbers before it in English where they have
    /// none, else of those that follow.
    pub(super) fn state_period(&mut self, at: usize, expression: PeriodExpression) {
        if self.is_of_a_cause(at) {
            return;
        }
        let forecast = |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Forecast));
        // `In the second half, sales are forecast to fall`: a period before the comma belongs to the clause behind it.
        let comma = matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Break(Break::Clause)));
        let clause = if comma { at + 2 } else { at };
        let ahead = self.frame.forecast
            || self.items[clause..]
                .iter()
                .take_while(|item| !matches!(item.kind, ItemKind::Break(Break::Clause | Break::Part)))
                .take_while(|item| !comma || !is_statistic(item))
                .any(forecast);
        let expected = if self.frame.forecast { self.carry.forecast_anchor } else { None };
        let anchor = self.frame.period.or(expected).or(self.carry.anchor);
        let resolved = period::main(self.setting.reference, anchor, expression, ahead);
        if self.is_same_month(at, anchor, resolved) {
            return;
        }
        if self.owns_next_number(at) {
            self.zone = Some(Zone { period: Some(expression), ..Zone::new(ZoneKind::Compare) });
            return;
        }
        if self.trails_again(self.items[at].span.start) {
            if let Some(last) = self.found.last_mut() {
                last.trailing = Some(expression);
            }
        } else if !self.setting.chinese && self.trails(self.items[at].span.start) {
            self.trailed = true;
            let id = self.frame.id;
            let waits = |c: &&mut Candidate| c.frame.id == id && c.frame.period.is_none() && c.zone.is_none();
            for candidate in self.found.iter_mut().filter(waits) {
                candidate.trailing.get_or_insert(expression);
            }
        } else if self.is_aside(at, anchor, resolved) {
            let period = Some(expression);
            let kind = ZoneKind::Compare;
            self.zone = Some(Zone { period, ..Zone::new(kind) });
            return;
        } else if self.frame.numbers > 0 {
            self.open();
        }
        self.frame.period = resolved;
        let written = between(self.setting.text, self.items[at].span.start, self.items[at].span.end);
        self.frame.periods_listed = written.contains(['、', '及', '和', '與', '与']);
    }

    /// `plunged 20.6 percent, deepening April's slight 0.2 percent fall`: behind a number, that of another period.
    fn owns_next_number(&self, at: usize) -> bool {
        let span = &self.items[at].span;
        let Some(next) = self.items.get(at + 1).filter(|next| is_statistic(next)) else { return false };
        let gap = between(self.setting.text, span.end, next.span.start);
        let owned = gap.starts_with("'s ") || gap.starts_with("’s ");
        let noun = self.items.get(at + 2).is_some_and(|item| matches!(item.kind, ItemKind::Direction(_)));
        !self.setting.chinese && self.frame.numbers > 0 && owned && noun && gap.split_whitespace().count() <= 3
    }

    /// 主計總處去年11月預估, 較去年11月預測下修: the month in which somebody looked ahead, and no period of figures.
    fn is_when_it_was_expected(&self, at: usize, expression: PeriodExpression) -> bool {
        let ahead = self.items.get(at + 1).is_some_and(|next| {
            let looks = |term: &Term| term.is(Role::Forecast) || term.is(Role::Expected);
            let gap = between(self.setting.text, self.items[at].span.end, next.span.start);
            matches!(&next.kind, ItemKind::Word(term) if looks(term))
                && matches!(gap, "" | "的" | "時" | "时" | "所" | "公布的")
        });
        let led = at.checked_sub(1).is_some_and(|before| match &self.items[before].kind {
            ItemKind::Word(term) => {
                let compares = [Role::CompareBase, Role::Compare, Role::Yoy].iter().any(|role| term.is(*role));
                term.institution || compares
            }
            _ => false,
        });
        let led = led || CHINESE.set_with.end(between(self.setting.text, self.start, self.items[at].span.start));
        let month = period::main(self.setting.reference, self.carry.anchor, expression, false);
        let over = matches!(month, Some(Period::Month(..)))
            && month.zip(self.setting.reference).is_some_and(|(month, day)| month.end() < day);
        self.setting.chinese && ahead && led && over
    }

    /// 隨著6月實施復甦計劃，出口按月增長16%: the period of a cause that tells of no trade.
    fn is_of_a_cause(&self, at: usize) -> bool {
        let clause = between(self.setting.text, self.clause_start, self.items[at].span.start).trim_start();
        let within = |item: &&Item| !matches!(item.kind, ItemKind::Break(Break::Clause | Break::Part));
        let told = |item: &Item| matches!(item.kind, ItemKind::Flow(_)) || is_statistic(item);
        let from = self.items[..at].iter().rposition(|item| !within(&item)).map_or(0, |last| last + 1);
        let ends = self.items[at..].iter().any(|item| !within(&item));
        self.setting.chinese
            && ends
            && CHINESE.because.begin(clause)
            && !self.items[from..].iter().take_while(within).any(told)
    }

    /// 本月 where the text speaks of the first days of that month: it goes on to speak of these days.
    fn is_same_month(&self, at: usize, anchor: Option<Period>, named: Option<Period>) -> bool {
        let (Some(Period::Days(from, to)), Some(Period::Month(year, month))) = (anchor, named) else { return false };
        let within = |day: Date| (day.year(), day.month().unsigned_abs()) == (year, month);
        self.setting.chinese
            && within(from)
            && within(to)
            && words_of(self, at).starts_with(['本', '当', '當', '该', '該'])
    }

    /// 出口增長4.2%，8月則跌0.1%: an earlier month whose number follows without a flow of its own is only set beside.
    fn is_aside(&self, at: usize, anchor: Option<Period>, named: Option<Period>) -> bool {
        let (Some(named @ Period::Month(..)), Some(main)) = (named, anchor) else { return false };
        let earlier = named.end() < main.start();
        let reported = self.found.last().is_some_and(|last| last.frame.id == self.frame.id && last.left.is_none());
        if !self.setting.chinese || !earlier || !reported {
            return false;
        }
        matches!(self.told_behind(at), Some(ItemKind::Number(_)))
    }

    /// What is told behind an item: a direction, a word for the level and a balance only say how the number goes.
    pub(super) fn told_behind(&self, at: usize) -> Option<&ItemKind> {
        let told = self.items[at + 1..].iter().find(|item| match &item.kind {
            ItemKind::Direction(_) => false,
            ItemKind::Word(term) => !term.is(Role::Level),
            ItemKind::Flow(word) => word.flow != Flow::Balance,
            _ => true,
        });
        told.map(|item| &item.kind)
    }

    /// `the previous year` in a comparison counts from the period in question, not from publication.
    pub(super) fn relative(&self, at: usize, expression: PeriodExpression) -> PeriodExpression {
        let words = self.setting.text[self.items[at].span.clone()].to_lowercase();
        let previous =
            ["previous", "prior", "preceding", "before", "earlier", "ago"].iter().any(|word| words.contains(word));
        let year_before = ["前一年", "上一年"].iter().any(|word| words.starts_with(word));
        // 10月出口增長3%，上月增長5%: the month before the one in question, and not the one before publication.
        let month_before = ["上月", "上個月", "上个月", "上一個月", "上一个月"].contains(&words.as_str());
        match expression {
            PeriodExpression::Fixed(named @ Period::Month(..)) if month_before && self.is_told_of(at, named) => {
                PeriodExpression::Previous
            }
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

    /// Whether the sentence has given a figure of this period, and goes on to a number without a flow of its own.
    fn is_told_of(&self, at: usize, period: Period) -> bool {
        let next =
            self.items[at + 1..].iter().find(|item| matches!(item.kind, ItemKind::Flow(_) | ItemKind::Number(_)));
        let number = next.is_some_and(|item| matches!(item.kind, ItemKind::Number(_)));
        let given = self.found.iter().any(|c| c.zone.is_none() && c.left.is_none());
        given && number && self.frame.period.or(self.carry.anchor) == Some(period)
    }

    /// Whether a period stands behind the numbers of its frame: they have none of their own yet.
    pub(super) fn trails(&self, start: usize) -> bool {
        let Some(last) = self.found.last() else { return false };
        let gap = between(self.setting.text, last.numeral.span.end, start);
        last.frame.id == self.frame.id && last.frame.period.is_none() && gap.len() < 60
    }

    /// `fall 10.2 percent this year and rebound 3.3 percent in 2020`: where one period stood behind its number, the next
    /// does too.
    fn trails_again(&self, start: usize) -> bool {
        let Some(last) = self.found.last() else { return false };
        let gap = between(self.setting.text, last.numeral.span.end, start);
        self.trailed
            && last.zone.is_none()
            && last.trailing.is_none()
            && matches!(gap.trim(), "in" | "for" | "during" | "")
    }

    /// A period inside a comparison belongs to its number, before or behind it.
    pub(super) fn period_in_zone(&mut self, at: usize, expression: PeriodExpression) -> bool {
        let behind = between(self.setting.text, self.items[at].span.end, usize::MAX);
        let owns = behind.starts_with("'s ") || behind.starts_with("’s ");
        let Some(zone) = &mut self.zone else { return false };
        if owns && zone.numbers > 0 && !self.setting.chinese {
            // `versus an expected fall of 12.4 percent and March's 0.9 percent drop`
            *zone = Zone { period: Some(expression), ..Zone::new(ZoneKind::Compare) };
            return true;
        }
        if zone.kind == ZoneKind::Expect {
            return self.period_behind_expectation(expression);
        }
        if zone.numbers > 0 {
            // `154.55 billion yen (1.40 billion dollars) in December`: what was left out waits for none.
            let open = |c: &&mut Candidate| c.left.is_none() && c.zone.as_ref().is_some_and(|z| z.period.is_none());
            let waiting = self.found.iter_mut().rev().find(open);
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

    /// `forecasts of 99.0 billion and 99.05 billion in June`: a number with an earlier period of its own was no
    /// expectation, but what came then.
    pub(super) fn period_behind_expectation(&mut self, expression: PeriodExpression) -> bool {
        let main = self.frame.period.or(self.carry.anchor);
        let named = period::main(self.setting.reference, main, expression, false);
        let earlier = main.zip(named).is_some_and(|(main, named)| named.end() < main.start());
        let id = self.frame.id;
        let Some(last) = self.found.last_mut().filter(|_| !self.setting.chinese) else { return false };
        let Some(zone) = last.zone.as_mut().filter(|zone| zone.kind == ZoneKind::Expect) else { return false };
        if earlier {
            zone.kind = ZoneKind::Compare;
        } else if last.frame.id != id || last.trailing.is_some() {
            return false;
        }
        last.trailing = Some(expression);
        true
    }

    /// Whether the period is where a streak began or an old record stood.
    pub(super) fn is_since(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| &self.items[before]);
        let since = before.is_some_and(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::SinceBefore)));
        // 創1979年有可比數據以來最大: words may stand between, but nothing that is counted.
        let reach = self.items[at].span.end + if self.setting.chinese { 36 } else { 3 };
        let behind = self.items[at + 1..]
            .iter()
            .take_while(|item| item.span.start <= reach && matches!(item.kind, ItemKind::Word(_)))
            .any(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::SinceAfter)));
        since || behind
    }
}
