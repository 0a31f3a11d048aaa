//! What English says behind a number or around it: partners, bases and scales that come late.

use std::ops::Range;

use bellwether_model::figure::Flow;
use bellwether_model::period::Period;
use bellwether_model::place::Area;

use super::bind::{Binder, between, ending, words_of};
use super::frame::{Candidate, Reading, Zone, ZoneKind};
use super::item::{Item, ItemKind, Side};
use super::lexicon::{FlowWord, Role};
use super::number::OF_QUANTITIES;
use super::period;
use super::phrases::PHRASES;
use super::token::Break;
use crate::text::{NumeralKind, PeriodExpression, SamePeriod};

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
        if self.setting.chinese {
            self.frame.forecast |= self.looks_ahead(at);
            return;
        }
        let Some(next) = self.items.get(at + 1) else { return };
        let moves = matches!(next.kind, ItemKind::Direction(_))
            || matches!(&next.kind, ItemKind::Word(term) if term.is(Role::Level));
        if moves && between(text, end, next.span.start).split_whitespace().count() <= 1 {
            self.frame.forecast = true;
        }
    }

    /// 將較上年衰退5.8%: a word of rising or falling and its number follow in the clause, with few other words between.
    fn looks_ahead(&self, at: usize) -> bool {
        const FEW: usize = 8;
        let clause = self.items[at + 1..].iter().take_while(|item| !matches!(item.kind, ItemKind::Break(_)));
        let mut end = self.items[at].span.end;
        let (mut moves, mut others) = (false, 0);
        for item in clause {
            others += between(self.setting.text, end, item.span.start).chars().count();
            end = item.span.end;
            match &item.kind {
                ItemKind::Direction(_) => moves = true,
                ItemKind::Word(term) => moves |= term.is(Role::Level),
                ItemKind::Number(_) => return moves && others <= FEW,
                _ => {}
            }
        }
        false
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
            Side::Market | Side::Topic | Side::Rival | Side::Next => false,
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
            candidate.left = Some(OF_QUANTITIES);
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
        // `rose 4 percent over the period` names no base.
        let same = matches!(expression, PeriodExpression::Same(SamePeriod::Period));
        if self.setting.chinese || self.zone.is_some() || same {
            return false;
        }
        let text = self.setting.text;
        let start = self.items[at].span.start;
        let before = ending(between(text, self.start, start).trim_end()).to_ascii_lowercase();
        let before = before.trim_end_matches(" the");
        let on = before.ends_with(" on") || before.ends_with(" over");
        let rate = self.found.last().is_some_and(|last| {
            let gap = between(text, last.numeral.span.end, start);
            // `on a seasonally adjusted basis over April`
            let near = gap.len() < 24 || gap.len() < 64 && gap.contains(" basis ");
            last.numeral.kind == NumeralKind::Percent && last.clause == self.clause && near
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

    /// `compared with $31.6 billion over the same period last year`: what tells a base behind a rate is the period of an
    /// amount that a comparison holds.
    pub(super) fn amount_of_year_earlier(&mut self) -> bool {
        let compared = self.zone.as_ref().is_some_and(|zone| zone.kind != ZoneKind::Expect && zone.period.is_none());
        if self.setting.chinese || !compared {
            return false;
        }
        let clause = self.clause;
        let Some(last) = self.found.last_mut().filter(|last| {
            last.zone.is_some() && last.clause == clause && last.reading == Reading::Level && last.trailing.is_none()
        }) else {
            return false;
        };
        last.trailing = Some(PeriodExpression::YearEarlier);
        true
    }

    /// `total trade, exports, imports and the trade surplus grew by 8.4, 9.6, 7.2 and 38.3 percent respectively`: whether a
    /// flow goes on with a list of flows, each with its own number.
    pub(super) fn is_listed_flow(&self, at: usize) -> bool {
        let is_flow = |item: &Item| matches!(item.kind, ItemKind::Flow(_));
        let joint = |item: &Item| match &item.kind {
            ItemKind::Break(kind) => matches!(kind, Break::Clause | Break::List),
            ItemKind::Word(term) => term.is(Role::ListAnd),
            _ => false,
        };
        let respective = |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Respective));
        let joints = self.items[..at].iter().rev().take_while(|item| joint(item)).count();
        let before = at.checked_sub(joints + 1).map(|before| &self.items[before]);
        let near = before.is_some_and(|item| {
            is_flow(item) && between(self.setting.text, item.span.end, self.items[at].span.start).len() <= 12
        });
        !self.setting.chinese && joints > 0 && near && self.items[at..].iter().any(respective)
    }

    /// `Malaysia's trade expanded by 6.1 percent`: trade that rises or falls, behind the name of whose it is.
    pub(super) fn trade_moves(&self, at: usize) -> bool {
        let text = self.setting.text;
        let before = ending(between(text, self.start, self.items[at].span.start)).trim_end().to_ascii_lowercase();
        let owned = ["'s", "’s", " its"].iter().any(|word| before.ends_with(word)) || before == "its";
        let mut behind = self.items[at + 1..].iter();
        let idle = |item: &&Item| match &item.kind {
            ItemKind::Number(numeral) => numeral.kind == NumeralKind::Count,
            ItemKind::Period(_) | ItemKind::Word(_) => true,
            _ => false,
        };
        let moves = behind.find(|item| !idle(item));
        let near = moves.is_some_and(|item| {
            matches!(item.kind, ItemKind::Direction(_))
                && !between(text, self.items[at].span.end, item.span.start).contains([',', '.', ';'])
        });
        !self.setting.chinese && owned && near && words_of(self, at) == "trade"
    }

    /// `For the second quarter, trade grew 3.1 percent`: the bare word, where the text has told of total trade before.
    pub(super) fn trade_alone(&self, at: usize) -> bool {
        let before = between(self.setting.text, self.start, self.items[at].span.start).trim_end();
        let moves = self.items.get(at + 1).is_some_and(|next| match &next.kind {
            ItemKind::Direction(_) => true,
            // `trade totalled 2.6 trillion`
            ItemKind::Word(term) => term.is(Role::Level) && next.span.start == self.items[at].span.end + 1,
            _ => false,
        });
        let told = self.carry.bases.iter().any(|(flow, _)| *flow == Flow::Total);
        let opens = before.is_empty() || before.ends_with(',');
        !self.setting.chinese && told && moves && opens && words_of(self, at) == "trade"
    }

    /// `434.5 billion yen in surplus`: words behind an amount tell which side of the balance it is.
    pub(super) fn side_of_balance(&mut self, at: usize, word: &FlowWord) -> bool {
        let start = self.items[at].span.start;
        let text = self.setting.text;
        let Some(last) = self.found.last_mut().filter(|last| last.reading == Reading::Level) else { return false };
        let in_it = between(text, last.numeral.span.end, start).trim() == "in";
        let balance = last.frame.flows.first().is_none_or(|flow| flow.flow == Flow::Balance);
        if self.setting.chinese || !in_it || !balance || word.flow != Flow::Balance || word.sign.is_none() {
            return false;
        }
        last.frame.flows = vec![word.clone()];
        if self.frame.flows.is_empty() {
            self.frame.flows = vec![word.clone()];
        }
        true
    }

    /// Gives a flow the partner to whose trade the paragraph has turned, where its sentence names no economy and no
    /// total.
    pub(super) fn take_partner_of_paragraph(&mut self, at: usize, word: &FlowWord) {
        if self.carry.with.is_empty() || !self.frame.partners.is_empty() || word.flow == Flow::Orders {
            return;
        }
        let named = |item: &Item| matches!(item.kind, ItemKind::Subject(_) | ItemKind::Partners(..));
        let before = ending(between(self.setting.text, self.start, self.items[at].span.start)).to_ascii_lowercase();
        let whole = ["total", "overall", "global", "all"].iter().any(|word| before.trim_end().ends_with(word));
        let whole = whole || words_of(self, at).starts_with("total");
        let opened = self.items.iter().any(named);
        let turned = turns_to(self.setting.text, self.start, self.items).is_some();
        if (!opened || turned) && !whole {
            self.frame.partners.clone_from(&self.carry.with);
        }
    }

    /// `In the previous month, exports were 34.5 billion`: a sentence that opens with an earlier period tells of it.
    pub(super) fn opens_with_earlier(&mut self, at: usize, expression: PeriodExpression) -> bool {
        let opening = between(self.setting.text, self.start, self.items[at].span.start).trim();
        let behind = between(self.setting.text, self.items[at].span.end, usize::MAX);
        let opens = matches!(opening, "" | "In" | "For" | "During" | "In the" | "For the" | "Earlier, in");
        if self.setting.chinese || !opens || !behind.starts_with(',') {
            return false;
        }
        let main = self.carry.anchor;
        let Some(period) = period::compared(self.setting.reference, main, expression) else { return false };
        self.frame.period = Some(period);
        true
    }

    /// `which jumped 12.7 percent in the previous month`: a rate or an amount of the period before, told beside the one in
    /// question.
    pub(super) fn told_of_earlier(&mut self, at: usize, expression: PeriodExpression) -> bool {
        let text = self.setting.text;
        let start = self.items[at].span.start;
        let clause = self.clause;
        let Some(last) = self.found.last_mut().filter(|last| last.clause == clause && last.zone.is_none()) else {
            return false;
        };
        let gap = between(text, last.numeral.span.end, start).trim();
        let inside = matches!(gap, "in" | "in the" | "during" | "during the" | "for" | "for the" | "the");
        if self.setting.chinese || !inside || last.trailing.is_some() {
            return false;
        }
        last.zone = Some(Zone { period: Some(expression), numbers: 1, ..Zone::new(ZoneKind::Compare) });
        self.frame.numbers = self.frame.numbers.saturating_sub(1);
        true
    }

    /// `a 7.2 percent increase in shipments of mineral products`: the class behind the flow behind the number.
    pub(super) fn goods_behind_flow(&mut self, at: usize, names: &[String]) -> bool {
        let text = self.setting.text;
        let span = &self.items[at].span;
        let flow = self.items[..at].iter().rev().take(2).find(|item| matches!(item.kind, ItemKind::Flow(_)));
        let Some(flow) = flow else { return false };
        let of = matches!(between(text, flow.span.end, span.start).trim(), "of" | "of the");
        let clause = self.clause;
        let behind = flow.span.start;
        let Some(last) = self.found.last_mut().filter(|last| {
            let near = between(text, last.numeral.span.end, behind).len() < 40;
            last.leads
                && last.clause == clause
                && last.numeral.span.end <= behind
                && near
                && last.frame.goods.is_empty()
        }) else {
            return false;
        };
        if self.setting.chinese || !of {
            return false;
        }
        last.frame.goods = names.to_vec();
        self.frame.goods = names.to_vec();
        true
    }

    /// `China was the biggest supplier with $117.9 billion`: an economy that is called a market or a source by its rank is the
    /// other side of the amount behind. Returns whether it is.
    pub(super) fn largest_partner(&mut self, at: usize, area: &Area) -> bool {
        if self.setting.chinese || self.carry.area.as_ref().is_none_or(|own| own == area) {
            return false;
        }
        let text = self.setting.text;
        let mut commas = 0;
        // `was the largest buyer, taking in $70.91 billion`
        let amount = self.items[at + 1..].iter().take_while(|item| {
            commas += usize::from(matches!(item.kind, ItemKind::Break(_)));
            commas < 2
        });
        let amount = amount.into_iter().find(|item| matches!(item.kind, ItemKind::Number(_)));
        let Some(words) = amount.map(|item| between(text, self.items[at].span.end, item.span.start)) else {
            return false;
        };
        let Some(flow) = PHRASES.called_partner(words) else { return false };
        if self.frame.numbers > 0 || !self.frame.flows.is_empty() {
            self.open();
        }
        self.frame.flows = vec![FlowWord::unnamed(flow)];
        self.frame.partners = vec![area.clone()];
        self.frame.goods.clear();
        self.market_clause = Some(self.clause);
        // Such a rank goes on with what was told last: the sum of the year so far, where that was.
        let period = |item: &Item| matches!(item.kind, ItemKind::Period(_));
        if self.frame.period.is_none() && !self.items.iter().any(period) {
            self.frame.period = self.carry.told;
        }
        true
    }

    /// `raised its forecast for growth in 2025 to 2 percent, from 1 percent`: somebody looks ahead anew; nothing is set beside it.
    pub(super) fn revises_forecast(&self, at: usize) -> bool {
        const WORDS_BACK: usize = 6;
        let before = between(self.setting.text, self.start, self.items[at].span.start);
        let name = between(self.setting.text, self.items[at].span.start, self.items[at].span.end).to_ascii_lowercase();
        let foresees =
            ["forecast", "projection", "estimate", "outlook", "prediction"].iter().any(|word| name.starts_with(word));
        !self.setting.chinese
            && foresees
            && before
                .split_whitespace()
                .rev()
                .take(WORDS_BACK)
                .take_while(|word| !(word.ends_with(',') && word.starts_with(char::is_uppercase)))
                .any(|word| PHRASES.revises(word.trim_end_matches(',')))
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

/// Whether a sentence tells what somebody had expected without saying of what (Economists polled by an agency had expected a
/// 3 percent gain): of all trade, whatever part of it stood before. One that points back speaks of what it points to.
pub(super) fn tells_what_was_expected_of_all(text: &str, sentence: &Range<usize>, items: &[Item]) -> bool {
    let expects = |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Expected) || term.is(Role::Pollster) || term.is(Role::Forecast));
    let names = |item: &Item| {
        matches!(item.kind, ItemKind::Flow(_) | ItemKind::Partners(..) | ItemKind::Goods(_) | ItemKind::Subject(_))
    };
    let words = text.get(sentence.clone()).unwrap_or_default().trim_start().to_ascii_lowercase();
    let points_back =
        ["that ", "this ", "it ", "these ", "those ", "they ", "which "].iter().any(|word| words.starts_with(word));
    !points_back && items.iter().any(expects) && !items.iter().any(names)
}

/// The partners to whose trade with the economy a sentence turns (In trade with the United States, …; As for China, …).
pub(super) fn turns_to(text: &str, start: usize, items: &[Item]) -> Option<Vec<Area>> {
    let at = items.iter().position(|item| matches!(item.kind, ItemKind::Subject(_) | ItemKind::Partners(..)))?;
    let item = &items[at];
    let comma = matches!(items.get(at + 1)?.kind, ItemKind::Break(Break::Clause));
    if !comma || !PHRASES.turns_to_partner(text.get(start..item.span.start)?) {
        return None;
    }
    match &item.kind {
        ItemKind::Subject(area) => Some(vec![area.clone()]),
        ItemKind::Partners(areas, _) => Some(areas.clone()),
        _ => None,
    }
}
