//! Tokens of one sentence put together: lists of economies with the cue before them, lists of product classes.

use std::ops::Range;

use bellwether_model::figure::Flow;
use bellwether_model::place::Area;
use rust_decimal::Decimal;

use super::bind::ending;
use super::chinese::CHINESE;
use super::lexicon::{DirectionWord, FlowWord, Lexicon, Role, Shape, Term};
use super::phrases::PHRASES;
use super::token::{Break, Kind, Token};
use crate::text::{Numeral, NumeralKind, PeriodExpression};

/// A piece of a sentence as the binder sees it.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Bytes of the text.
    pub(super) span: Range<usize>,
    /// What it is.
    pub(super) kind: ItemKind,
    /// Of a list of economies, its members: each is one economy or several that count as one (陸港、東協).
    pub(super) groups: Vec<Vec<Area>>,
}

/// What a piece is.
#[derive(Debug, Clone)]
pub(super) enum ItemKind {
    /// The other side of a trade.
    Partners(Vec<Area>, Side),
    /// An economy that may be the one whose trade it is.
    Subject(Area),
    /// Product classes, in the document's words.
    Goods(Vec<String>),
    /// A direction of trade.
    Flow(FlowWord),
    /// Rising or falling.
    Direction(DirectionWord),
    /// A number.
    Number(Numeral),
    /// A period.
    Period(PeriodExpression),
    /// Punctuation.
    Break(Break),
    /// Any other word.
    Word(&'static Term),
}

/// On which side of the trade a partner stands, as the cue before it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Goods go there.
    To,
    /// Goods come from there.
    From,
    /// Trade with it.
    With,
    /// A market of a list.
    Market,
    /// What opens a clause and is spoken of behind its comma (至於中國大陸及香港，).
    Topic,
    /// One that another is set against (超越陸港的25.9%).
    Rival,
    /// The next of a row (followed by Japan with $2.5 billion, and the Union at $1.2 billion).
    Next,
}

/// The code under which the rules keep 我國.
pub(super) const HOME: &str = "HOME";

/// The items of the sentence that begins at byte `start` of the text. `home` is the economy that calls itself ours.
pub(super) fn items(text: &str, start: usize, tokens: &[Token], home: &Area, lexicon: &Lexicon) -> Vec<Item> {
    let mut reader = Reader {
        text,
        start,
        tokens,
        home,
        lexicon,
        at: 0,
        market: false,
        partnered: false,
        row: false,
        items: Vec::new(),
    };
    while reader.at < tokens.len() {
        reader.step();
    }
    read_added(text, &mut reader.items);
    read_more_than(text, &mut reader.items);
    join_numbers(text, &mut reader.items);
    scale_lists(text, &mut reader.items);
    super::asides::open(text, &mut reader.items);
    reader.items
}

/// `those to Vietnam added 17.6 percent`: before a percentage the word tells of a rise; elsewhere somebody adds words.
fn read_added(text: &str, items: &mut Vec<Item>) {
    const WORDS: [&str; 3] = ["added ", "adding ", "tacked on "];
    let mut at = 0;
    while at < items.len() {
        let percent = matches!(&items[at].kind, ItemKind::Number(numeral) if numeral.kind == NumeralKind::Percent);
        let (start, floor) = (items[at].span.start, at.checked_sub(1).map_or(0, |before| items[before].span.end));
        let before = text.get(floor..start).unwrap_or_default();
        if let Some(word) = WORDS.iter().find(|word| percent && before.ends_with(**word)) {
            let kind = ItemKind::Direction(DirectionWord { sign: 1, shape: Shape::Move, base: None });
            items.insert(at, Item { span: start - word.len()..start - 1, kind, groups: Vec::new() });
            at += 1;
        }
        at += 1;
    }
}

/// 較去年同期多34億美元: between the year before and a number, by how much there was more or less.
fn read_more_than(text: &str, items: &mut Vec<Item>) {
    let mut at = 1;
    while at < items.len() {
        let (end, start) = (items[at - 1].span.end, items[at].span.start);
        let base = match &items[at - 1].kind {
            ItemKind::Word(term) => term.is(Role::Yoy),
            ItemKind::Period(expression) => *expression == PeriodExpression::YearEarlier,
            _ => false,
        };
        let sign = match text.get(end..start) {
            Some("多" | "多出" | "多了") => Some(1),
            Some("少" | "少了") => Some(-1),
            _ => None,
        };
        if let (true, ItemKind::Number(_), Some(sign)) = (base, &items[at].kind, sign) {
            let kind = ItemKind::Direction(DirectionWord { sign, shape: Shape::Move, base: None });
            items.insert(at, Item { span: end..start, kind, groups: Vec::new() });
            at += 1;
        }
        at += 1;
    }
}

/// `20.4 percent, 13.4 percent and 22.8 percent`: a comma between two numbers of one kind joins a list.
fn join_numbers(text: &str, items: &mut [Item]) {
    let kind = |item: &Item| match &item.kind {
        ItemKind::Number(numeral) => Some(matches!(numeral.kind, NumeralKind::Percent)),
        _ => None,
    };
    for at in 1..items.len().saturating_sub(1) {
        let comma = matches!(items[at].kind, ItemKind::Break(Break::Clause)) && text[items[at].span.clone()] == *",";
        let mut next = at + 1;
        if matches!(&items[next].kind, ItemKind::Word(term) if term.is(Role::ListAnd)) {
            next += 1;
        }
        let alike = kind(&items[at - 1]).is_some() && items.get(next).map(&kind) == Some(kind(&items[at - 1]));
        let near =
            |from: usize, to: usize| text.get(items[from].span.end..items[to].span.start).is_some_and(is_article);
        if comma && alike && near(at - 1, at) && near(next - 1, next) {
            items[at].kind = ItemKind::Break(Break::List);
        }
    }
}

/// 4.74、4.5和1.97萬億元: the scale and the currency of the last amount are those of the whole list.
fn scale_lists(text: &str, items: &mut [Item]) {
    let joint = |item: &Item| match &item.kind {
        ItemKind::Break(kind) => *kind == Break::List,
        ItemKind::Word(term) => term.is(Role::ListAnd),
        _ => false,
    };
    for last in 2..items.len() {
        let ItemKind::Number(amount) = &items[last].kind else { continue };
        if !matches!(amount.kind, NumeralKind::Money(_)) || amount.high.is_some() || !joint(&items[last - 1]) {
            continue;
        }
        let written = &text[items[last].span.clone()];
        let digits = written.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let Some(printed) = written[..digits].parse::<Decimal>().ok().filter(|printed| !printed.is_zero()) else {
            continue;
        };
        let (factor, kind) = (amount.low / printed, amount.kind.clone());
        let mut first = last;
        while let Some([number, mark]) = first.checked_sub(2).and_then(|from| items.get(from..first)) {
            let bare = matches!(&number.kind, ItemKind::Number(n) if n.kind == NumeralKind::Number { scaled: false } && n.low.scale() > 0);
            if !(bare && joint(mark) && number.span.end == mark.span.start && mark.span.end == items[first].span.start)
            {
                break;
            }
            first -= 2;
        }
        for item in items[first..last].iter_mut() {
            if let ItemKind::Number(number) = &mut item.kind {
                (number.low, number.step) = (number.low * factor, number.step * factor);
                number.kind = kind.clone();
            }
        }
    }
}

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// Where the sentence begins.
    pub(super) start: usize,
    pub(super) tokens: &'a [Token],
    /// What 我國 means.
    pub(super) home: &'a Area,
    pub(super) lexicon: &'a Lexicon,
    pub(super) at: usize,
    /// Whether economies from here on are markets of a list.
    pub(super) market: bool,
    /// Whether a partner was named, and whether others follow it in a row.
    pub(super) partnered: bool,
    pub(super) row: bool,
    pub(super) items: Vec<Item>,
}

impl Reader<'_> {
    fn step(&mut self) {
        let tokens = self.tokens;
        let token = &tokens[self.at];
        if !token.areas().is_empty() {
            return self.areas();
        }
        let leads = token.is(Role::ListAnd) || token.term().is_some_and(|term| term.goods || term.direction.is_some());
        if leads && self.goods_as_subject() {
            return;
        }
        if token.term().is_some_and(|term| term.goods) {
            return self.goods();
        }
        self.at += 1;
        match &token.kind {
            Kind::Numeral(numeral) => self.push(token.span.clone(), ItemKind::Number(numeral.clone())),
            Kind::Period(expression) => self.push(token.span.clone(), ItemKind::Period(*expression)),
            Kind::Break(kind) => self.push(token.span.clone(), ItemKind::Break(*kind)),
            Kind::Word(term) => self.word(token.span.clone(), term),
            Kind::Short(_) => {}
        }
    }

    pub(super) fn push(&mut self, span: Range<usize>, kind: ItemKind) {
        self.items.push(Item { span, kind, groups: Vec::new() });
    }

    fn push_list(&mut self, span: Range<usize>, groups: Vec<Vec<Area>>, side: Side) {
        self.partnered = true;
        self.items.push(Item { span, kind: ItemKind::Partners(groups.concat(), side), groups });
    }

    pub(super) fn word(&mut self, span: Range<usize>, term: &'static Term) {
        if term.is(Role::Market) {
            self.market = true;
        }
        if let Some(flow) = &term.flow {
            self.push(span.clone(), ItemKind::Flow(flow.clone()));
            if term.is(Role::Share) {
                self.push(span.clone(), ItemKind::Word(term));
            }
            let rest = self.text.get(span.end..).unwrap_or_default();
            if let Some(of) = [" of ", " for "].into_iter().find(|of| rest.starts_with(of)) {
                self.unknown_goods(span.end + of.len());
            }
        } else if let Some(direction) = term.direction {
            self.push(span, ItemKind::Direction(direction));
        } else if !term.only_labels() || self.number_behind(span.end) {
            self.push(span.clone(), ItemKind::Word(term));
            if term.is(Role::ThoseOf) {
                self.unknown_goods(span.end + 1);
            }
        }
    }

    /// Whether a number stands directly behind, or behind a colon or the verb `was`.
    fn number_behind(&self, end: usize) -> bool {
        let next = self.tokens[self.at..].iter().take(3).find(|token| matches!(token.kind, Kind::Numeral(_)));
        let between = next.and_then(|next| self.text.get(end..next.span.start));
        between.is_some_and(|words| matches!(words.trim(), "" | ":" | "：" | "為" | "为" | "是" | "was"))
    }

    /// A list of economies, with the cue before it.
    pub(super) fn areas(&mut self) {
        let first = self.at;
        let mut groups: Vec<Vec<Area>> = vec![Vec::new()];
        let mut joined_with = false;
        let mut last = first;
        loop {
            let named = self.tokens[last].areas().iter();
            let named = named.map(|area| if area.as_str() == HOME { self.home.clone() } else { area.clone() });
            groups.last_mut().expect("there is always a group").extend(named);
            let Some((next, with)) = self.next_of_list(last) else { break };
            joined_with |= with;
            if next > last + 1 {
                groups.push(Vec::new());
            }
            last = next;
        }
        self.at = last + 1;
        let span = self.tokens[first].span.start..self.tokens[last].span.end;
        if self.ranks_an_economy(span.end) {
            return;
        }
        let mut areas = groups.concat();
        let two_tokens = last > first;
        if self.is_next_in_row(first, last) {
            self.row = true;
            return self.push_list(span, groups, Side::Next);
        }
        if self.is_rival(first, last) {
            return self.push_list(span, groups, Side::Rival);
        }
        if let Some(side) = self.cue_before(first).filter(|side| !(self.market && *side == Side::With)) {
            return self.push_list(span, groups, side);
        }
        // `As for the European Union, Japan booked a deficit`: a comma alone makes no list of two.
        let comma = self.tokens.get(first + 1).filter(|token| matches!(token.kind, Kind::Break(Break::Clause)));
        if let Some(comma) = comma.filter(|_| last == first + 2 && !self.market)
            && let [area] = groups[0].as_slice()
            && self.text[comma.span.clone()] == *","
        {
            self.at = first + 1;
            return self.push(self.tokens[first].span.clone(), ItemKind::Subject(area.clone()));
        }
        let pair = two_tokens
            && areas.len() == 2
            && (joined_with || self.tokens[first].span.end == self.tokens[last].span.start);
        if pair && !self.market {
            let [subject, partner] = [areas[0].clone(), areas[1].clone()];
            self.push(self.tokens[first].span.clone(), ItemKind::Subject(subject));
            return self.push(self.tokens[last].span.clone(), ItemKind::Partners(vec![partner], Side::With));
        }
        if self.market {
            return self.push_list(span, groups, Side::Market);
        }
        if self.is_ranked(first, last) {
            return self.push_list(span, groups, Side::Market);
        }
        let opens = self.opens_clause(span.start);
        let behind = self.text.get(span.end..).unwrap_or_default();
        // `U.S.-bound exports`
        if behind.starts_with("-bound ") {
            return self.push_list(span, groups, Side::To);
        }
        if opens && self.is_moving_market(last) {
            return self.push_list(span, groups, Side::Market);
        }
        // 在歐元區之內的出口
        if CHINESE.within.begin(behind) && self.text.get(..span.start).is_some_and(|before| before.ends_with('在')) {
            return self.push_list(span, groups, Side::To);
        }
        if areas.len() == 1 {
            return self.push(span, ItemKind::Subject(areas.remove(0)));
        }
        // 陸港出口116.1億美元: two that one word names have no trade of their own.
        let next = self.tokens.get(last + 1).filter(|next| next.span.start == span.end);
        let told = next.is_some_and(|next| match &next.kind {
            Kind::Word(term) => term.flow.is_some() || term.direction.is_some(),
            Kind::Numeral(_) => true,
            _ => false,
        });
        if opens && !two_tokens && told {
            return self.push_list(span, groups, Side::To);
        }
        // 歐洲及東協則為91.2億及80.4億美元, 歐洲、東協則分別為
        let idle = |next: &&Token| next.is(Role::Level) || next.is(Role::Respective);
        let counted = self.tokens[last + 1..].iter().find(|next| !idle(next)).is_some_and(|next| {
            let gap = self.text.get(span.end..next.span.start).unwrap_or_default();
            matches!(next.kind, Kind::Numeral(_)) && gap.chars().count() <= 4 && !gap.contains('，')
        });
        if opens && counted && behind.starts_with(['則', '则', '為', '为', '是', '分']) {
            return self.push_list(span, groups, Side::To);
        }
        if opens && behind.starts_with(['，', '則', '则', '方', '部', '地', '市', '為', '为', '是', '分']) {
            self.push_list(span, groups, Side::Topic);
        }
    }

    /// Whether nothing stands between the end of the last clause and a place but a word that leads over.
    pub(super) fn opens_clause(&self, start: usize) -> bool {
        let before = self.text.get(..start).unwrap_or_default();
        let before = CHINESE.turns.strip_end(before).unwrap_or(before).trim_end_matches(' ');
        before.is_empty() || before.ends_with(['。', '，', '；', '\n', '：', ';', ','])
    }

    /// 陸港市場就年減35.8億美元: a market that rises or falls is a partner.
    fn is_moving_market(&self, last: usize) -> bool {
        let Some(next) = self.tokens.iter().skip(last + 1).find(|token| !token.is(Role::Market)) else { return false };
        let gap = self.text.get(self.tokens[last].span.end..next.span.start).unwrap_or_default();
        let gap = gap.trim_end_matches(['就', '則', '则', '也', '亦', '仍', '更', '續']);
        let market = matches!(gap, "市場" | "市场" | "地區" | "地区");
        market && next.term().is_some_and(|term| term.direction.is_some())
    }

    /// `Asia's fourth-largest economy` names another one.
    fn ranks_an_economy(&self, end: usize) -> bool {
        let behind = self.text.get(end..).unwrap_or_default();
        let rest = behind.strip_prefix("'s ").or_else(|| behind.strip_prefix("’s "));
        rest.is_some_and(|rest| PHRASES.ranks_economy(rest))
    }

    /// `followed by Japan with $2.5 billion, and the Union at $1.2 billion`: whether economies, each with an amount, follow a
    /// partner in a row.
    fn is_next_in_row(&self, first: usize, last: usize) -> bool {
        let before = self.text.get(..self.tokens[first].span.start).unwrap_or_default();
        let before = ending(before).to_ascii_lowercase();
        let joined = before.trim_end().trim_end_matches("the").trim_end();
        let goes_on = joined.ends_with(" and") || joined.ends_with(',');
        let mut behind = self.tokens[last + 1..].iter();
        let leads = behind.next().is_some_and(|next| next.is(Role::Level) || next.is(Role::PartnerWith));
        let amount = matches!(behind.next().map(|next| &next.kind), Some(Kind::Numeral(n)) if matches!(n.kind, NumeralKind::Money(_)));
        self.partnered && (PHRASES.leads_to_next(&before) || self.row && goes_on) && leads && amount
    }

    /// 以美國161.1億美元居首，其次為陸港104.9億美元: markets in the order of their size, each with its amount directly behind.
    fn is_ranked(&self, first: usize, last: usize) -> bool {
        let before = self.text.get(..self.tokens[first].span.start).unwrap_or_default();
        let money = |next: &Token| match &next.kind {
            Kind::Numeral(number) => !matches!(number.kind, NumeralKind::Percent | NumeralKind::Count),
            _ => false,
        };
        let next = self.tokens.get(last + 1).filter(|next| next.span.start == self.tokens[last].span.end);
        CHINESE.ranks.end(before) && next.is_some_and(money)
    }

    /// Whether a word that sets one against another stands before economies, and their number directly behind.
    fn is_rival(&self, first: usize, last: usize) -> bool {
        let to = first.checked_sub(1).filter(|before| {
            self.tokens[*before].is(Role::PartnerTo) && self.tokens[*before].span.end == self.tokens[first].span.start
        });
        let first = to.unwrap_or(first);
        let against = first.checked_sub(1).is_some_and(|before| {
            let cue = &self.tokens[before];
            (cue.is(Role::Compare) || cue.is(Role::ThresholdBefore)) && cue.span.end == self.tokens[first].span.start
        });
        // 其次為中國大陸及香港的18.4%
        let before = self.text.get(..self.tokens[first].span.start).unwrap_or_default();
        let next_in_row = ["其次為", "其次是", "其次为", "次為", "次为"].iter().any(|word| before.ends_with(word));
        let number = self.tokens.get(last + 1).is_some_and(|next| {
            let gap = self.text.get(self.tokens[last].span.end..next.span.start);
            matches!(next.kind, Kind::Numeral(_)) && gap.is_some_and(|gap| matches!(gap.trim(), "的" | "之"))
        });
        (against || next_in_row) && number
    }

    /// The next economy of a list, and whether 與 or 和 joins it.
    fn next_of_list(&self, at: usize) -> Option<(usize, bool)> {
        let join = self.tokens.get(at + 1)?;
        if !join.areas().is_empty() && matches!(join.kind, Kind::Short(_)) {
            return (join.span.start == self.tokens[at].span.end).then_some((at + 1, false));
        }
        let mut next = at + 2;
        let comma = matches!(join.kind, Kind::Break(Break::Clause)) && self.text[join.span.clone()].starts_with(',');
        if !(matches!(join.kind, Kind::Break(Break::List)) || join.is(Role::ListAnd) || comma) {
            return None;
        }
        if comma && self.tokens.get(next).is_some_and(|token| token.is(Role::ListAnd)) {
            next += 1;
        }
        let member = self.tokens.get(next)?;
        let close = |from: usize, to: usize| self.text.get(from..to).is_some_and(is_article);
        // `In trade with the United States, Japan's surplus`
        let behind = self.text.get(member.span.end..).unwrap_or_default();
        if comma && (behind.starts_with("'s ") || behind.starts_with("’s ")) {
            return None;
        }
        let near = !member.areas().is_empty()
            && close(self.tokens[at].span.end, join.span.start)
            && close(self.tokens[next - 1].span.end, member.span.start);
        near.then(|| (next, join.is(Role::PartnerWith)))
    }

    /// The cue that stands directly before a token; it is taken back from the items where it is no flow.
    fn cue_before(&mut self, at: usize) -> Option<Side> {
        // `Key figures from China's trade report` are those of China's own trade.
        let behind = self.text.get(self.tokens[at].span.end..).unwrap_or_default();
        let owns = (behind.starts_with("'s ") || behind.starts_with("’s "))
            && self.tokens.get(at + 1).is_some_and(|next| {
                next.term().is_some_and(|term| term.flow.is_some()) && next.span.start <= self.tokens[at].span.end + 4
            });
        if owns {
            return None;
        }
        let mut before = at.checked_sub(1)?;
        // `to the larger 28-member European Union`, `to top trading partner China`: words of praise stand between.
        while before > 0 && is_praise(self.text, &self.tokens[before]) {
            before -= 1;
        }
        let cue = self.tokens.get(before)?;
        let gap = self.text.get(cue.span.end..self.tokens[at].span.start)?;
        if !(is_article(gap) || gap.starts_with(' ') && gap.is_ascii() && PHRASES.leads_to_partner(gap)) {
            return None;
        }
        let term = cue.term()?;
        // 出口英國減少13.4%: the flow itself leads to the market behind it.
        let flow = term.flow.as_ref().filter(|flow| flow.flow == Flow::Exports && !flow.weak);
        let verb = matches!(&self.text[cue.span.clone()], "出口" | "外銷" | "外销");
        if verb && flow.is_some() && gap.is_empty() && self.is_market_of_verb(at) {
            return Some(Side::To);
        }
        // `and those for Vietnam 41 percent`
        let those_for = term.is(Role::ThoseOf) && self.text[cue.span.clone()].ends_with(" for");
        let side = if term.is(Role::PartnerTo) || those_for {
            Side::To
        } else if term.is(Role::PartnerFrom) {
            Side::From
        } else if term.is(Role::PartnerWith) {
            Side::With
        } else {
            return None;
        };
        let end = cue.span.end;
        while self.items.last().is_some_and(|item| item.span.start >= end) {
            self.items.pop();
        }
        if self.items.last().is_some_and(|item| item.span == cue.span && matches!(item.kind, ItemKind::Word(_))) {
            self.items.pop();
        }
        Some(side)
    }

    /// Whether an economy directly behind 出口 is where goods go: what they did, or their value, follows.
    fn is_market_of_verb(&self, at: usize) -> bool {
        let behind = self.text.get(self.tokens[at].span.end..).unwrap_or_default();
        let moves = self.tokens.get(at + 1).is_some_and(|next| {
            next.span.start == self.tokens[at].span.end && next.term().is_some_and(|term| term.direction.is_some())
        });
        moves || behind.starts_with('的')
    }
}

/// Whether a token stands inside words of praise before an economy: a count of members, or a word for a market.
fn is_praise(text: &str, token: &Token) -> bool {
    let words = &text[token.span.clone()];
    let count = matches!(&token.kind, Kind::Numeral(numeral) if matches!(numeral.kind, NumeralKind::Count | NumeralKind::Number { scaled: false }));
    let word = matches!(&token.kind, Kind::Word(term) if !term.is(Role::PartnerTo) && !term.is(Role::PartnerFrom) && !term.is(Role::PartnerWith));
    (count || word)
        && words.is_ascii()
        && words.split('-').all(|part| !part.is_empty())
        && PHRASES.leads_to_partner(words)
        || count && words.bytes().all(|byte| byte.is_ascii_digit()) && text[token.span.end..].starts_with('-')
}

/// Whether nothing but an article stands between a cue and a name.
fn is_article(gap: &str) -> bool {
    let gap = gap.trim();
    matches!(gap, "" | "“" | "「" | "\"" | "*" | "**") || gap.eq_ignore_ascii_case("the")
}
