//! Binds the numbers of one sentence to what is spoken of: one pass from left to right over its items.
//!
//! A frame holds what is being spoken of; words fill it, numbers take a copy of it. A word that begins something new
//! after a number opens a new frame, which inherits what the grammar lets it inherit. Comparisons and expectations are
//! zones inside a frame. What stands behind a number (in January, from a year earlier) is written into the copies.

use bellwether_model::figure::{Flow, Unit};
use bellwether_model::period::Period;
use bellwether_model::place::Area;
use jiff::civil::Date;

use super::frame::{Candidate, Carry, Frame, Motion, Reading, Zone, ZoneKind};
use super::item::{Item, ItemKind, Side, goods_before};
use super::lexicon::{DirectionWord, FlowWord, RateBase, Role, Shape, Term};
use super::number;
use super::period;
use super::token::Break;
use crate::text::PeriodExpression;

/// What the binder knows of the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    /// The whole text.
    pub(super) text: &'a str,
    /// Whether it is Chinese.
    pub(super) chinese: bool,
    /// Day of publication.
    pub(super) reference: Option<Date>,
    /// Whether orders without a word for export are export orders.
    pub(super) orders: bool,
}

/// The numbers of one sentence, bound as far as the sentence tells.
pub(super) fn bind(setting: Setting<'_>, start: usize, items: &[Item], carry: &Carry) -> Bound {
    let mut binder = Binder::new(setting, start, items, carry);
    for at in 0..items.len() {
        binder.item(at);
    }
    binder.close_zone();
    Bound { numbers: binder.found, last: binder.frame, stated: binder.stated }
}

/// What one sentence gave.
pub(super) struct Bound {
    /// Its numbers.
    pub(super) numbers: Vec<Candidate>,
    /// What was spoken of last.
    pub(super) last: Frame,
    /// The period of which it speaks, with figures or without.
    pub(super) stated: Option<Period>,
}

pub(super) struct Binder<'a> {
    pub(super) setting: Setting<'a>,
    start: usize,
    pub(super) items: &'a [Item],
    carry: &'a Carry,
    pub(super) frame: Frame,
    pub(super) zone: Option<Zone>,
    pub(super) motion: Motion,
    pub(super) clause: usize,
    pub(super) found: Vec<Candidate>,
    /// The economy last named as a subject, and its clause.
    subject: Option<(Area, usize)>,
    /// The economies of the sentence's lists of markets.
    listed: Vec<Vec<Area>>,
    /// A share is spoken of: the clause of its cue, and whether its number came.
    pub(super) share: Option<(usize, bool)>,
    /// Sign of the last rate, for clauses that leave the word out.
    pub(super) last_sign: Option<i8>,
    /// Frames put aside at an opening bracket.
    brackets: Vec<(Frame, Motion, Option<(usize, bool)>)>,
    /// Whether the bracket stands behind an economy of a list.
    pub(super) market_bracket: bool,
    /// Whether the frame's flow, partner and product were set before a comma without a number so far.
    stale: bool,
    /// Whether the frame's flow was named in this frame.
    flow_seen: bool,
    after_part: bool,
    next_id: usize,
    other_end: Option<usize>,
    /// Whether the next amount ends a growth whose beginning has no period (從1000億增加到2000億).
    pub(super) unmoored: bool,
    /// The clause that sets a balance against another total (相當於進口的10%).
    pub(super) ratio: Option<usize>,
    /// The old record behind `since`.
    since: Option<Period>,
    /// The period that stands directly before a flow: the sentence speaks of it, with figures or without.
    stated: Option<Period>,
}

impl<'a> Binder<'a> {
    fn new(setting: Setting<'a>, start: usize, items: &'a [Item], carry: &'a Carry) -> Self {
        let frame = Frame { basis: None, ..Frame::default() };
        let mut binder = Self {
            setting,
            start,
            items,
            carry,
            frame,
            zone: None,
            motion: Motion::default(),
            clause: 0,
            found: Vec::new(),
            subject: None,
            listed: Vec::new(),
            share: None,
            last_sign: None,
            brackets: Vec::new(),
            market_bracket: false,
            stale: false,
            flow_seen: false,
            unmoored: false,
            ratio: None,
            since: None,
            stated: None,
            after_part: false,
            next_id: 0,
            other_end: None,
        };
        binder.continue_from_before();
        binder
    }

    /// A sentence without a word for a flow goes on with the last one's, where it begins like one that does.
    fn continue_from_before(&mut self) {
        let has_flow = self.items.iter().any(|item| matches!(&item.kind, ItemKind::Flow(word) if !word.weak));
        let markets = self.items.iter().any(|item| matches!(item.kind, ItemKind::Partners(_, Side::Market)));
        if has_flow || !(self.carry.gave || markets) {
            return;
        }
        let opening = between(self.setting.text, self.start, usize::MAX);
        let pronoun = ["It ", "That ", "This ", "They "].iter().any(|word| opening.starts_with(word));
        let continues = pronoun
            || self.items.iter().any(|item| match &item.kind {
                ItemKind::Partners(..) | ItemKind::Goods(_) => true,
                ItemKind::Word(term) => term.is(Role::Including) || term.is(Role::Yoy),
                ItemKind::Direction(word) => word.base == Some(RateBase::Year),
                _ => false,
            });
        if continues {
            self.frame.flows.clone_from(&self.carry.frame.flows);
            self.frame.area.clone_from(&self.carry.frame.area);
            if pronoun {
                self.frame.goods.clone_from(&self.carry.frame.goods);
                self.frame.partners.clone_from(&self.carry.frame.partners);
            }
        }
    }

    fn item(&mut self, at: usize) {
        let items = self.items;
        match &items[at].kind {
            ItemKind::Partners(areas, side) => self.partners(at, areas, *side),
            ItemKind::Subject(area) => self.subject(area),
            ItemKind::Goods(names) => self.goods(at, names),
            ItemKind::Flow(word) => self.flow(at, word.clone()),
            ItemKind::Direction(word) => self.direction(at, *word),
            ItemKind::Number(numeral) => number::number(self, at, numeral),
            ItemKind::Period(expression) => self.period(at, *expression),
            ItemKind::Break(kind) => self.punctuation(at, *kind),
            ItemKind::Word(term) => self.word(at, term),
        }
    }

    /// A new frame that speaks of the same until words say otherwise.
    fn open(&mut self) {
        self.next_id += 1;
        self.frame.id = self.next_id;
        self.frame.numbers = 0;
        self.frame.respective = false;
        self.frame.groups.clear();
        self.frame.other = false;
        self.stale = false;
        self.flow_seen = false;
    }

    /// Whether the number of a share is still to come: what stands between is the whole of which it is a part.
    fn share_is_open(&self) -> bool {
        self.setting.chinese && self.share.is_some_and(|(clause, done)| clause == self.clause && !done)
    }

    fn partners(&mut self, at: usize, areas: &[Area], side: Side) {
        if self.share_is_open() {
            return;
        }
        let exports = self.frame.flows.last().is_some_and(|word| matches!(word.flow, Flow::Exports | Flow::Orders));
        if !self.setting.chinese && side == Side::From && exports && at > 0 && matches!(self.items[at - 1].kind, ItemKind::Flow(_)) {
            self.frame.area = areas.first().cloned();
            return;
        }
        if self.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Compare) && !self.setting.chinese {
            return;
        }
        if !self.setting.chinese && self.frame.numbers > 0 && !self.begins_something(at) {
            return;
        }
        if self.frame.numbers > 0 {
            self.open();
            self.frame.goods.clear();
            self.zone = None;
        }
        if std::mem::take(&mut self.stale) {
            self.frame.goods.clear();
        }
        self.frame.partners = areas.to_vec();
        if areas.len() > 1 && self.is_list_of_names(at) {
            self.listed.extend(areas.iter().map(|area| vec![area.clone()]));
        } else if !self.listed.contains(&areas.to_vec()) {
            self.listed.push(areas.to_vec());
        }
    }

    /// Whether several economies stand as names of a list (美國、日本), and not as one group (陸港).
    fn is_list_of_names(&self, at: usize) -> bool {
        between(self.setting.text, self.items[at].span.start, self.items[at].span.end).contains(['、', ','])
    }

    /// 三者分別: the shares of all that the sentence named before.
    fn respective(&mut self) {
        let share = self.share.is_some_and(|(clause, done)| clause == self.clause && !done);
        if share && self.listed.len() > 1 && self.frame.partners.len() < self.listed.len() {
            self.open();
            self.frame.groups.clone_from(&self.listed);
        }
    }

    /// Whether a flow or a word of rising follows before the clause ends: an English partner behind a number otherwise
    /// only trails it.
    fn begins_something(&self, at: usize) -> bool {
        let rest = self.items[at + 1..].iter();
        rest.take_while(|item| !matches!(item.kind, ItemKind::Break(_)))
            .any(|item| matches!(item.kind, ItemKind::Flow(_) | ItemKind::Direction(_)))
    }

    fn subject(&mut self, area: &Area) {
        if self.share_is_open() || self.zone.is_some() {
            return;
        }
        self.subject = Some((area.clone(), self.clause));
    }

    fn goods(&mut self, at: usize, names: &[String]) {
        if self.share_is_open() {
            return;
        }
        let text = self.setting.text;
        let span = &self.items[at].span;
        if let Some(last) = self.found.last_mut()
            && last.leads
            && between(text, last.numeral.span.end, span.start).ends_with(" in ")
        {
            last.frame.goods = names.to_vec();
            self.open();
            self.frame.goods = names.to_vec();
            // The amount behind belongs to the same product class.
            self.frame.numbers = 1;
            return;
        }
        if !self.goods_are_subject(at) {
            return;
        }
        if self.frame.numbers > 0 {
            self.open();
            self.zone = None;
        }
        if std::mem::take(&mut self.stale) {
            self.frame.partners.clear();
        }
        self.frame.other = false;
        self.frame.goods = names.to_vec();
    }

    /// Whether product classes are what the next numbers speak of, and not a cause or an example.
    fn goods_are_subject(&self, at: usize) -> bool {
        let text = self.setting.text;
        let span = &self.items[at].span;
        let next = self.items[at + 1..].iter().find(|item| {
            !matches!(item.kind, ItemKind::Period(_) | ItemKind::Break(Break::Clause | Break::List) | ItemKind::Partners(..))
                && !matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Respective) || term.is(Role::Level) || term.is(Role::ListAnd) || term.is(Role::PlainGoods))
        });
        let Some(next) = next else { return false };
        let mut gap = between(text, span.end, next.span.start).to_owned();
        for item in self.items[at + 1..].iter().take_while(|item| item.span.start < next.span.start) {
            gap = gap.replacen(&text[item.span.clone()], "", 1);
        }
        if self.setting.chinese {
            let short = gap.trim().chars().count() <= if gap.starts_with('等') { 12 } else { 4 };
            let flow = matches!(next.kind, ItemKind::Flow(_));
            let moves = matches!(next.kind, ItemKind::Direction(_) | ItemKind::Number(_)) && !self.frame.flows.is_empty();
            return short && (flow || moves) && !gap.contains(['。']);
        }
        let before = between(text, self.start, span.start).trim_end().to_ascii_lowercase();
        let of_flow = (before.ends_with(" of") || before.ends_with(" for"))
            && self.items[..at]
                .iter()
                .rev()
                .find(|item| !matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Level)))
                .is_some_and(|item| matches!(item.kind, ItemKind::Flow(_)) && item.span.end + 5 >= span.start);
        let cause = [" by", " for", " in", " on", " with", " of", " strong", " including", " like", " as", " amid", " from", " to", "demand for"];
        let direct = gap.trim().is_empty();
        let flow = matches!(next.kind, ItemKind::Flow(_)) && gap.split_whitespace().count() <= 3;
        let moves = matches!(next.kind, ItemKind::Direction(_)) && direct && !self.frame_is_fresh();
        let with = before.ends_with(" with") && moves;
        of_flow || with || (!cause.iter().any(|word| before.ends_with(word)) && (flow || moves || self.is_topic(at, &before)))
    }

    /// `semiconductors drove the rise, with exports reaching`: a product class that opens the sentence is what the flow
    /// behind the comma speaks of.
    fn is_topic(&self, at: usize, before: &str) -> bool {
        let opens = before.is_empty() || before.ends_with(',');
        let mut rest = self.items[at + 1..].iter().skip_while(|item| !matches!(item.kind, ItemKind::Flow(_) | ItemKind::Number(_)));
        let flow_first = rest.next().is_some_and(|item| matches!(item.kind, ItemKind::Flow(_)));
        opens && self.found.is_empty() && flow_first && !self.items[..at].iter().any(|item| matches!(item.kind, ItemKind::Flow(_)))
    }

    fn frame_is_fresh(&self) -> bool {
        self.frame.flows.is_empty()
    }

    fn flow(&mut self, at: usize, word: FlowWord) {
        let text = self.setting.text;
        let span = self.items[at].span.clone();
        if self.share_is_open() || self.ratio == Some(self.clause) || !self.flow_counts(at, &word) {
            return;
        }
        if self.is_other_subject(at) {
            self.open();
            self.frame.other = true;
            self.frame.flows = vec![word];
            if self.period_before(at) {
                self.stated = self.frame.period;
            }
            return;
        }
        if self.flow_behind_number(at, &word) {
            return;
        }
        if let Some(zone) = &self.zone
            && zone.kind == ZoneKind::Expect
            && zone.numbers == 0
        {
            if self.frame.numbers == 0 || self.frame.flows.is_empty() {
                self.frame.flows = vec![word];
            } else if let Some(last) = self.frame.flows.last_mut() {
                *last = word;
            }
            return;
        }
        let joined = at.checked_sub(2).is_some_and(|before| {
            let and = matches!(&self.items[at - 1].kind, ItemKind::Word(term) if term.is(Role::ListAnd))
                || matches!(self.items[at - 1].kind, ItemKind::Break(Break::List));
            and && matches!(self.items[before].kind, ItemKind::Flow(_)) && self.items[before].span.end + 6 >= span.start
        });
        if joined && self.frame.numbers == 0 {
            self.frame.flows.push(word);
            return;
        }
        if !self.zone.as_ref().is_some_and(|zone| zone.numbers == 0 && zone.period.is_some()) {
            self.zone = None;
        }
        self.begin_flow(&word);
        if self.period_before(at) {
            self.stated = self.frame.period;
        }
        self.name_goods(at, &word, text);
        self.take_subject(at);
    }

    /// Whether a period stands before the flow with nothing but names and one comma between.
    fn period_before(&self, at: usize) -> bool {
        let mut commas = 0;
        for item in self.items[..at].iter().rev() {
            match &item.kind {
                ItemKind::Period(_) => return true,
                ItemKind::Break(Break::Clause) if commas == 0 => commas += 1,
                ItemKind::Subject(_) | ItemKind::Partners(..) | ItemKind::Goods(_) => {}
                ItemKind::Word(_) => {}
                _ => return false,
            }
        }
        false
    }

    /// Opens a frame for a flow after a number, and drops what does not go over to it.
    fn begin_flow(&mut self, word: &FlowWord) {
        let same = self.frame.flows.first().is_some_and(|flow| flow.flow == word.flow);
        if self.frame.numbers > 0 {
            self.open();
            if self.after_part && !same {
                self.frame.partners.clear();
                self.frame.goods.clear();
            }
        } else if self.stale {
            self.frame.partners.clear();
            self.frame.goods.clear();
            self.frame.respective = false;
        }
        if self.frame.other {
            self.frame.other = false;
            self.frame.goods.clear();
        }
        self.stale = false;
        self.after_part = false;
        self.flow_seen = true;
        self.frame.flows = vec![word.clone()];
    }

    /// The product class that the flow word itself or the phrase before it names.
    fn name_goods(&mut self, at: usize, word: &FlowWord, text: &str) {
        let named_here = at.checked_sub(1).is_some_and(|before| matches!(self.items[before].kind, ItemKind::Goods(_)));
        if named_here {
            return;
        }
        if let Some(product) = &word.product {
            self.frame.goods = vec![product.clone()];
            return;
        }
        let from = at.checked_sub(1).map_or(self.start, |before| self.items[before].span.end);
        if let Some(span) = goods_before(text, from, self.items[at].span.start, self.setting.chinese) {
            self.frame.goods = vec![text[span].to_owned()];
        }
    }

    /// The economy named before the flow in its clause is the one whose trade it is.
    fn take_subject(&mut self, at: usize) {
        if let Some((area, clause)) = &self.subject
            && *clause == self.clause
            && !self.frame.partners.contains(area)
        {
            self.frame.area = Some(area.clone());
            self.subject = None;
        }
        let _ = at;
    }

    /// Weak words count only where stronger ones say that trade is spoken of.
    fn flow_counts(&self, at: usize, word: &FlowWord) -> bool {
        if !word.weak {
            return true;
        }
        match word.flow {
            Flow::Orders => self.setting.orders,
            Flow::Total => {
                let partner = matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Partners(..)));
                let flow_next = matches!(self.items.get(at + 1), Some(item) if matches!(item.kind, ItemKind::Flow(_)));
                !flow_next && (partner || self.share.is_some() || !self.frame.partners.is_empty())
            }
            _ => !self.frame.partners.is_empty() || !self.frame.goods.is_empty() || !self.frame_is_fresh(),
        }
    }

    /// Whether a word next to the flow makes it something else (服務貿易逆差, export prices).
    fn is_other_subject(&self, at: usize) -> bool {
        let span = &self.items[at].span;
        let before = self.other_end.is_some_and(|end| {
            let gap = between(self.setting.text, end.min(span.start), span.start);
            matches!(gap.trim(), "" | "的" | "收支" | "贸易" | "貿易" | "of")
        });
        let behind = self.items.get(at + 1).is_some_and(|next| {
            let gap = between(self.setting.text, span.end, next.span.start).trim();
            matches!(&next.kind, ItemKind::Word(term) if term.is(Role::OtherSubject)) && matches!(gap, "" | "on" | "in" | "of")
        });
        before || behind
    }

    /// A number before its flow: `a 5 percent rise in exports`, `20.1% of Japan's trade`.
    fn flow_behind_number(&mut self, at: usize, word: &FlowWord) -> bool {
        let text = self.setting.text;
        if self.setting.chinese {
            let start = self.items[at].span.start;
            let Some(last) = self.found.last_mut().filter(|last| last.numeral.span.end <= start) else { return false };
            let open_balance = last.frame.flows.iter().any(|flow| flow.flow == Flow::Balance && flow.sign.is_none());
            let gap = between(text, last.numeral.span.end, start);
            let named = (gap == "的" || gap.is_empty() && open_balance) && last.reading == Reading::Level;
            if named {
                last.frame.flows = vec![word.clone()];
                self.frame.flows = vec![word.clone()];
            }
            return named;
        }
        let (clause, span) = (self.clause, self.items[at].span.clone());
        let subject = self.subject.clone();
        let Some(last) = self.found.last_mut() else { return false };
        let gap = between(text, last.numeral.span.end, span.start).to_ascii_lowercase();
        let joined = gap.len() < 40 && (gap.contains(" in ") || gap.contains(" of ")) && last.clause == clause;
        if !joined || !(last.frame.flows.is_empty() || last.reading == Reading::Share) {
            return false;
        }
        if last.reading == Reading::Share {
            let before = last.frame.area.clone();
            if let Some((area, _)) = subject {
                last.frame.area = Some(area.clone());
                self.frame.area = Some(area);
            }
            if last.frame.partners.is_empty() {
                last.frame.partners = before.into_iter().collect();
            }
        }
        last.frame.flows = vec![word.clone()];
        self.frame.flows = vec![word.clone()];
        self.subject = None;
        true
    }

    fn direction(&mut self, at: usize, word: DirectionWord) {
        let end = self.items[at].span.end;
        let led = |last: &Candidate| last.leads && last.numeral.span.end + 16 >= self.items[at].span.start;
        if self.found.last().is_some_and(led) && matches!(self.items[at - 1].kind, ItemKind::Number(_) | ItemKind::Word(_)) {
            return;
        }
        if let Some(base) = word.base {
            self.set_base(base);
        }
        if let Some(zone) = &mut self.zone {
            let base_of_rate = zone.kind == ZoneKind::Base;
            if zone.numbers == 0 && !base_of_rate {
                zone.sign = Some(word.sign);
                return;
            }
            if zone.kind != ZoneKind::Expect {
                self.unmoored = zone.origin && zone.numbers > 0 && zone.period.is_none() && !self.frame.forecast;
                let balance = self.frame.flows.iter().any(|flow| flow.flow == Flow::Balance);
                let of_a_rate = self.motion.rate.is_some() && self.motion.clause == self.clause
                    || word.shape == Shape::Shift && !balance;
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

    /// Sets against what rates are counted, also for the rates of this clause that came before.
    fn set_base(&mut self, base: RateBase) {
        if self.zone.as_ref().is_some_and(|zone| zone.numbers == 0 && zone.period.is_none() && zone.kind == ZoneKind::Base) {
            self.zone = None;
        }
        self.frame.base = Some(base);
        let (id, clause) = (self.frame.id, self.clause);
        for candidate in self.found.iter_mut().filter(|c| c.frame.id == id && c.clause == clause) {
            candidate.frame.base = Some(base);
        }
    }

    /// Ends a comparison. One that held no number named the base of a rate.
    pub(super) fn close_zone(&mut self) {
        let Some(zone) = self.zone.take() else { return };
        let (ZoneKind::Base | ZoneKind::Compare, 0, Some(expression)) = (zone.kind, zone.numbers, zone.period) else { return };
        let main = self.frame.period.or(self.carry.anchor);
        match expression {
            PeriodExpression::Months(..) | PeriodExpression::Days { .. } if zone.kind == ZoneKind::Base => {
                self.frame.period = period::main(self.setting.reference, main, expression, self.frame.forecast);
            }
            _ => {
                let base = period::base_of(self.setting.reference, main, expression);
                if let Some(base) = base.filter(|base| *base != RateBase::Other || !zone.origin) {
                    self.set_base(base);
                }
            }
        }
    }

    fn period(&mut self, at: usize, expression: PeriodExpression) {
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
        let opened = at.checked_sub(1).is_some_and(|before| matches!(self.items[before].kind, ItemKind::Break(Break::Open)));
        if opened
            && let Some(last) = self.found.last_mut()
            && last.numeral.span.end + 4 >= self.items[at - 1].span.start
        {
            last.trailing = Some(expression);
            self.frame.period = period::main(self.setting.reference, last.frame.period.or(self.carry.anchor), expression, false);
            return;
        }
        if self.period_in_zone(expression) {
            return;
        }
        if matches!(expression, PeriodExpression::YearEarlier | PeriodExpression::Previous) {
            if self.setting.chinese {
                self.zone = Some(Zone { kind: ZoneKind::Base, period: Some(expression), numbers: 0, sign: None, forecaster: None, origin: false });
            } else if expression == PeriodExpression::YearEarlier {
                self.set_base(RateBase::Year);
            }
            return;
        }
        let ahead = self.frame.forecast
            || self.items[at..].iter().any(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Forecast)));
        let anchor = self.frame.period.or(if self.frame.forecast { self.carry.forecast_anchor.or(self.carry.anchor) } else { self.carry.anchor });
        let resolved = period::main(self.setting.reference, anchor, expression, ahead);
        if !self.setting.chinese && self.trails(span.start) {
            let id = self.frame.id;
            for candidate in self.found.iter_mut().filter(|c| c.frame.id == id && c.frame.period.is_none() && c.zone.is_none()) {
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
    fn relative(&self, at: usize, expression: PeriodExpression) -> PeriodExpression {
        let words = self.setting.text[self.items[at].span.clone()].to_lowercase();
        let previous = ["previous", "prior", "preceding", "before", "earlier", "ago"].iter().any(|word| words.contains(word));
        let year_before = ["前一年", "上一年"].iter().any(|word| words.starts_with(word));
        match expression {
            PeriodExpression::Fixed(Period::Year(_)) if year_before => PeriodExpression::YearEarlier,
            PeriodExpression::Fixed(Period::Year(_)) if previous && self.zone.is_some() => PeriodExpression::YearEarlier,
            PeriodExpression::Fixed(Period::Month(..)) if previous && self.zone.is_some() && words.contains("month") => PeriodExpression::Previous,
            _ => expression,
        }
    }

    /// Whether a period stands behind the numbers of its frame: they have none of their own yet.
    fn trails(&self, start: usize) -> bool {
        let Some(last) = self.found.last() else { return false };
        let gap = between(self.setting.text, last.numeral.span.end, start);
        last.frame.id == self.frame.id && last.frame.period.is_none() && gap.len() < 60
    }

    /// A period inside a comparison belongs to its number, before or behind it.
    fn period_in_zone(&mut self, expression: PeriodExpression) -> bool {
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
    fn is_since(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| &self.items[before]);
        let since = before.is_some_and(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::SinceBefore)));
        let behind = self.items.get(at + 1).is_some_and(|item| {
            matches!(&item.kind, ItemKind::Word(term) if term.is(Role::SinceAfter)) && item.span.start <= self.items[at].span.end + 3
        });
        since || behind
    }

    fn punctuation(&mut self, at: usize, kind: Break) {
        match kind {
            Break::List | Break::Colon => {}
            Break::Clause | Break::Part => {
                if self.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Expect || zone.numbers > 0 || zone.period.is_some()) {
                    self.close_zone();
                } else {
                    self.zone = None;
                }
                self.clause += 1;
                self.stale = self.frame.numbers == 0 && self.flow_seen;
                if let Some(period) = self.since.take() {
                    if self.setting.text[self.items[at].span.end..].trim_start().starts_with("when ") {
                        self.open();
                        self.frame.period = Some(period);
                    }
                }
                self.after_part |= kind == Break::Part;
            }
            Break::Open => {
                self.brackets.push((self.frame.clone(), self.motion, self.share));
                let area = at.checked_sub(1).and_then(|before| match &self.items[before].kind {
                    ItemKind::Partners(areas, Side::Market) => Some(areas.clone()),
                    _ => None,
                });
                self.market_bracket = area.is_some();
                if let Some(areas) = area {
                    self.open();
                    self.frame.partners = areas;
                }
            }
            Break::Close => {
                self.close_zone();
                self.market_bracket = false;
                if let Some((frame, motion, share)) = self.brackets.pop() {
                    self.next_id += 1;
                    self.frame = Frame { id: frame.id, ..frame };
                    (self.motion, self.share) = (motion, share);
                }
            }
        }
    }

    fn word(&mut self, at: usize, term: &'static Term) {
        let span = self.items[at].span.clone();
        self.basis(term);
        for (role, base) in [(Role::Yoy, RateBase::Year), (Role::Mom, RateBase::Month), (Role::OtherBasis, RateBase::Other)] {
            if term.is(role) {
                self.set_base(base);
            }
        }
        if term.is(Role::Ratio) {
            self.ratio = Some(self.clause);
        }
        if term.is(Role::Respective) {
            self.respective();
            self.frame.respective = true;
            if !self.setting.chinese {
                let id = self.frame.id;
                for candidate in self.found.iter_mut().filter(|c| c.frame.id == id) {
                    candidate.frame.respective = true;
                }
            }
        }
        if term.is(Role::Including) {
            self.including();
        }
        if term.is(Role::Together) && self.listed.len() > 1 {
            self.open();
            self.frame.partners = self.listed.concat();
        }
        if term.is(Role::Share) && !self.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Expect) {
            self.share = Some((self.clause, false));
            if !self.setting.chinese
                && let Some((area, _)) = self.subject.take()
            {
                self.frame.area = Some(area);
            }
        }
        if term.is(Role::Bilateral) {
            self.frame.bilateral = true;
        }
        if term.is(Role::ThresholdAfter)
            && let Some(last) = self.found.last_mut()
            && last.numeral.span.end + 1 >= span.start
        {
            last.left = Some("a mark that was passed");
        }
        if term.is(Role::OtherSubject) {
            self.other_subject(at);
        }
        self.zone_word(at, term);
        if let Some(area) = &term.agency {
            self.frame.forecaster = Some(self.setting.text[span].to_owned());
            let _ = area;
        }
    }

    fn basis(&mut self, term: &Term) {
        let codes = [(Role::BasisUsd, "USD"), (Role::BasisCny, "CNY"), (Role::BasisTwd, "TWD"), (Role::BasisJpy, "JPY"), (Role::BasisKrw, "KRW")];
        for (role, code) in codes {
            if term.is(role) {
                if self.frame.numbers > 0 {
                    self.open();
                }
                self.frame.basis = Some(Unit(code.to_owned()));
            }
        }
    }

    /// 其中: a part of what the sentence before, or this one, spoke of.
    fn including(&mut self) {
        if self.found.is_empty() {
            let before = &self.carry.frame;
            self.frame.area = before.area.clone();
            self.frame.partners.clone_from(&before.partners);
            if self.frame.flows.is_empty() {
                self.frame.flows.clone_from(&before.flows);
            }
            self.frame.basis.clone_from(&before.basis);
        } else {
            self.open();
        }
        self.stale = false;
    }

    /// A word for something that is no trade in goods: what follows is not ours until a flow is named.
    fn other_subject(&mut self, at: usize) {
        let span = self.items[at].span.clone();
        let text = self.setting.text;
        self.other_end = Some(span.end);
        if let Some(last) = self.found.last_mut()
            && last.numeral.span.end <= span.start
            && matches!(between(text, last.numeral.span.end, span.start).trim(), "" | "的")
        {
            last.left = Some("counts something that is no trade in goods");
            return;
        }
        let before = between(text, self.start, span.start).chars().rev().take(12).collect::<String>();
        let before: String = before.chars().rev().collect::<String>().to_lowercase();
        let cause = ["受", "因", "由于", "由於", "隨", "随", "帶動", "带动", "惠", "by ", "amid ", "despite ", "due to ", "on ", "of ", "for ", "in ", "as "];
        let attached = !self.frame.flows.is_empty() && cause.iter().any(|word| before.contains(word));
        if !attached {
            if self.frame.numbers > 0 {
                self.open();
            }
            self.frame.other = true;
        }
    }

    /// Words that open a comparison, an expectation or a forecast.
    fn zone_word(&mut self, at: usize, term: &'static Term) {
        let zone = |kind| Some(Zone { kind, period: None, numbers: 0, sign: None, forecaster: None, origin: false });
        let text = self.setting.text;
        let name = &text[self.items[at].span.clone()];
        let idle = term.is(Role::ExpectedIdle) && text[self.items[at].span.end..].starts_with('的');
        let next_is_number = matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Number(_) | ItemKind::Direction(_)));
        let reported = !self.found.is_empty() && next_is_number;
        if idle || term.is(Role::Expected) && (reported || self.expects_number(name)) {
            let mut opened = zone(ZoneKind::Expect);
            if let Some(zone) = &mut opened {
                let lower = name.to_lowercase();
                let market = [("市場", "市場"), ("市场", "市场"), ("market", "market")];
                zone.forecaster = market.iter().find(|(word, _)| lower.contains(word)).map(|(_, who)| (*who).to_owned());
            }
            self.zone = opened;
        } else if term.is(Role::Forecast) || term.is(Role::Expected) {
            self.frame.forecast = true;
        } else if term.is(Role::Compare) || matches!(self.items.get(at.wrapping_sub(1)).map(|item| &item.kind), Some(ItemKind::Number(_))) && name.ends_with(" than") {
            self.close_zone();
            self.zone = zone(ZoneKind::Compare);
            if name == "前值" {
                self.zone = self.zone.take().map(|zone| Zone { period: Some(PeriodExpression::Previous), ..zone });
            }
        } else if term.is(Role::CompareBase) {
            self.close_zone();
            self.zone = zone(ZoneKind::Base);
            if let Some(zone) = &mut self.zone {
                zone.origin = matches!(name, "自" | "從" | "从" | "由") || name.eq_ignore_ascii_case("from");
            }
        } else if term.is(Role::Arrival)
            && self.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Base && zone.numbers > 0)
        {
            self.close_zone();
        }
    }

    /// Whether an expectation is compared with, rather than announced: it is the market's, follows a comparison, or
    /// its number stands directly behind.
    fn expects_number(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let compared = self.zone.as_ref().is_some_and(|zone| zone.kind != ZoneKind::Expect);
        let of_market = ["市場", "市场", "原先", "原本", "分析", "經濟", "经济", "中值", "外界", "調查", "调查", "路透", "彭博"].iter().any(|word| lower.contains(word))
            || !self.setting.chinese;
        compared || of_market || lower.ends_with('的')
    }
}

/// The words of an item, in lower case.
fn words_of(binder: &Binder<'_>, at: usize) -> String {
    binder.setting.text[binder.items[at].span.clone()].to_lowercase()
}

/// The words between two places; empty where the second lies before the first.
fn between(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to.min(text.len())).unwrap_or_default()
}
