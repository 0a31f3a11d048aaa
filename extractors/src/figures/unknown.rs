//! Words that no rule knows, where they stand as what a number speaks of: a product class that no list has, or
//! something that is no trade at all. Such a number is never the economy's as a whole.

use super::bind::{Binder, between};
use super::item::{Item, ItemKind};
use super::lexicon::{LEXICON, Role, aligned};
use super::mechanism::Mechanism;
use super::number::is_statistic;
use super::phrases::PHRASES;
use super::token::Break;
use crate::text::NumeralKind;

/// Fewer characters are no name, more are no phrase.
const NAME: std::ops::RangeInclusive<usize> = 2..=14;

impl Binder<'_> {
    /// A phrase without a word for a flow that fills a clause up to its number or its word of rising: 其中，飛機類增長5%.
    /// Of trade alone: the parts of an indicator are those that its family names.
    pub(super) fn unknown_subject(&mut self, at: usize) {
        let number = matches!(self.items[at].kind, ItemKind::Number(_));
        let open = !self.frame.other && !self.is_in_bracket() && !self.takes_none();
        if !self.setting.chinese && number && open && self.setting.lexicon.family.is_none() {
            return self.unknown_name_of_row(at);
        }
        let listed = self.setting.chinese && self.is_behind_listed_number(at);
        let spoken = self.goods_clause == Some(self.clause) && !listed
            || self.frame.other
            || self.is_in_bracket()
            || self.takes_none();
        let flows = self.frame.flows.is_empty() && self.carry.frame.flows.is_empty();
        if self.setting.lexicon.family.is_some() || spoken || flows {
            return;
        }
        if !self.setting.chinese {
            return self.unknown_english_subject(at);
        }
        let items = self.items;
        // 橡膠同比增長: what the rate is counted against is no part of the name.
        let based =
            |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Yoy) || term.is(Role::Mom));
        let first = items[..at].iter().rposition(|item| !based(item)).map_or(0, |last| last + 1);
        let part = |item: &Item| match &item.kind {
            ItemKind::Goods(_) | ItemKind::Break(Break::List) => true,
            ItemKind::Word(term) => term.is(Role::ListAnd) || term.is(Role::Neutral),
            _ => false,
        };
        // 服裝及帽類1.03萬億元: a known class may be a part of the name.
        let Some(before) = items[..first].iter().rev().find(|item| !part(item)) else { return };
        let phrase = between(self.setting.text, before.span.end, items[first].span.start);
        let begins = match &before.kind {
            ItemKind::Break(kind) => matches!(kind, Break::Clause | Break::Part),
            ItemKind::Word(term) => term.is(Role::Including) || phrase.starts_with('的'),
            ItemKind::Flow(_) => self.frame.numbers == 0 && names_goods(own_words(phrase)),
            // 資通產品年減13.2%、電子年增4.6%
            ItemKind::Number(_) => phrase.starts_with('、'),
            _ => phrase.starts_with('的'),
        };
        let phrase = own_words(phrase);
        // 以資訊通信產品成長最多 tells what did most of a change.
        if !begins || phrase.starts_with('以') || !is_name(phrase) {
            return;
        }
        let classes = !self.frame.goods.is_empty() || self.found.is_empty() && !self.carry.frame.goods.is_empty();
        if self.frame.numbers > 0 {
            self.open();
            self.zone = None;
        }
        self.frame.counted = false;
        // 通過鐵路進入市場的水果 is a part of what its name says.
        let whole =
            matches!(before.kind, ItemKind::Break(_) | ItemKind::Flow(_) | ItemKind::Number(_)) || is_including(before);
        if whole && (classes || names_goods(phrase)) {
            self.frame.goods = vec![phrase.to_owned()];
            self.goods_clause = Some(self.clause);
        } else {
            self.frame.other = true;
        }
    }

    /// `while optical devices gained 13 percent`, `and metals were up 5 percent`: a name that no rule knows, which opens a
    /// clause directly before its word of rising, behind a number of something else. In a row of product classes it is
    /// the next; elsewhere it may be anything.
    fn unknown_english_subject(&mut self, at: usize) {
        let ItemKind::Direction(_) = self.items[at].kind else { return };
        let number = match &self.items[at + 1..] {
            [Item { kind: ItemKind::Number(_), .. }, ..] => true,
            [Item { kind: ItemKind::Word(by), .. }, Item { kind: ItemKind::Number(_), .. }, ..] => by.is(Role::Change),
            _ => false,
        };
        if !number || self.frame.numbers == 0 {
            return;
        }
        let text = self.setting.text;
        let level = |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Level));
        let leads = |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::ListAnd) || term.is(Role::PartnerWith));
        let ahead =
            |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Forecast) || term.is(Role::Modal));
        let mut last = at;
        while last > 0 && (level(&self.items[last - 1]) || ahead(&self.items[last - 1])) {
            last -= 1;
        }
        let end = self.items[last].span.start;
        let Some(mut before) = last.checked_sub(1) else { return };
        let mut start = self.items[before].span.end;
        let mut led = false;
        if leads(&self.items[before]) && before > 0 {
            led = true;
            before -= 1;
        }
        let opens = matches!(self.items[before].kind, ItemKind::Break(Break::Clause | Break::Part))
            || led && matches!(self.items[before].kind, ItemKind::Number(_));
        if !opens {
            return;
        }
        start = start.max(self.clause_start);
        let words = between(text, start, end).trim_end();
        let words = [" are", " is", " were", " was"].iter().fold(words, |words, verb| words.trim_end_matches(verb));
        let Some(name) = PHRASES.name_of_subject(words) else { return };
        let classes = !self.frame.goods.is_empty();
        self.open();
        self.zone = None;
        self.frame.counted = false;
        if classes {
            self.frame.goods = vec![name.to_owned()];
            self.goods_clause = Some(self.clause);
        } else {
            self.frame.other = true;
        }
    }

    /// `machinery fell 2.2 percent and furs 11.5 percent`: a name that no rule knows, between two rates of a row, its own directly
    /// behind it.
    fn unknown_name_of_row(&mut self, at: usize) {
        let percent = |item: &Item| matches!(&item.kind, ItemKind::Number(n) if n.kind == NumeralKind::Percent);
        let joins = |item: &Item| match &item.kind {
            ItemKind::Break(kind) => matches!(kind, Break::Clause | Break::List),
            ItemKind::Word(term) => term.is(Role::ListAnd),
            _ => false,
        };
        // `and aircraft parts 9 percent`: a known class may be a part of the name.
        let goods = at.checked_sub(1).is_some_and(|last| matches!(self.items[last].kind, ItemKind::Goods(_)));
        let end = at - usize::from(goods);
        let joint = self.items[..end].iter().rev().take_while(|item| joins(item)).count();
        let Some(before) = end.checked_sub(joint + 1).map(|before| &self.items[before]) else { return };
        if goods && between(self.setting.text, self.items[end].span.end, self.items[at].span.start).trim().is_empty() {
            return;
        }
        let Some(last) = end.checked_sub(1).map(|last| &self.items[last]) else { return };
        let told =
            self.found.last().is_some_and(|last| last.numeral.span.end == before.span.end && last.zone.is_none());
        if joint == 0 || self.zone.is_some() || !(percent(before) && percent(&self.items[at]) && told) {
            return;
        }
        let words = between(self.setting.text, last.span.end, self.items[at].span.start);
        let name = PHRASES.name_of_subject(words.trim().trim_start_matches("and ")).map(str::to_owned);
        let Some(name) = name.filter(|_| !words.trim().is_empty()) else { return };
        let classes = !self.frame.goods.is_empty();
        self.open();
        if classes {
            self.frame.goods = vec![name];
            self.goods_clause = Some(self.clause);
        } else {
            self.frame.other = true;
        }
    }

    /// 資通產品年減13.2%、電子年增4.6%: whether a list goes on between the last number and a word of rising.
    fn is_behind_listed_number(&self, at: usize) -> bool {
        matches!(
            at.checked_sub(2).and_then(|from| self.items.get(from..at)),
            Some([Item { kind: ItemKind::Number(_), .. }, Item { kind: ItemKind::Break(Break::List), .. }])
        )
    }

    fn takes_none(&self) -> bool {
        self.setting.left_out == Some(Mechanism::UnknownClasses)
    }

    pub(super) fn is_in_bracket(&self) -> bool {
        !self.brackets.is_empty()
    }

    /// 電子信息、高端裝備、儀器儀表出口分別: the names of a list that no rule knows, before its flow, or behind it where the
    /// flow came first (出口的紡織機械、紡織原料分別).
    pub(super) fn unknown_list(&mut self, at: usize) {
        let frame = &self.frame;
        let known = frame.flows.len() > 1 || frame.partners.len() > 1 || frame.goods.len() > 1;
        if known
            || frame.flows.is_empty()
            || !self.setting.chinese
            || self.setting.lexicon.family.is_some()
            || self.takes_none()
        {
            return;
        }
        let opens = |kind: &ItemKind| match kind {
            ItemKind::Break(kind) => *kind != Break::List,
            ItemKind::Word(term) => term.is(Role::Including),
            ItemKind::Number(_) | ItemKind::Period(_) => true,
            _ => false,
        };
        let first = self.items[..at].iter().rposition(|item| opens(&item.kind));
        let start = first.map_or(self.start, |first| self.items[first].span.end);
        let inside = first.map_or(0, |first| first + 1)..at;
        let flow = self.items[inside.clone()].iter().rposition(|item| matches!(item.kind, ItemKind::Flow(_)));
        let flow = flow.map(|flow| inside.start + flow);
        let named = |item: &Item| {
            matches!(
                item.kind,
                ItemKind::Partners(..) | ItemKind::Subject(_) | ItemKind::Direction(_) | ItemKind::Flow(_)
            )
        };
        let text = self.setting.text;
        let end = self.items[at].span.start;
        let mut names = Vec::new();
        if let Some(flow) = flow {
            names = list(between(text, self.items[flow].span.end, end));
        }
        if names.is_empty() {
            let until = flow.unwrap_or(at);
            if self.items[inside.start..until].iter().any(named) {
                return;
            }
            names = list(between(text, start, self.items[until].span.start));
        }
        if names.is_empty() {
            return;
        }
        // 個人電腦、二極體及電晶體、消費電子分別衰退: a joint may stand inside of a name.
        let within = |item: &&Item| !matches!(item.kind, ItemKind::Break(Break::Clause | Break::Part));
        let numbers = self.items[at..].iter().take_while(within).filter(|item| is_statistic(item)).count();
        if numbers != names.len() {
            let until = flow.unwrap_or(at);
            let marked = marked_list(between(text, start, self.items[until].span.start));
            if marked.len() == numbers {
                names = marked;
            }
        }
        if !names.is_empty() {
            self.frame.goods = names;
            self.goods_clause = Some(self.clause);
        }
    }
}

fn is_including(item: &Item) -> bool {
    matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Including))
}

/// The names of a list; empty where it is none.
fn list(phrase: &str) -> Vec<String> {
    let phrase = phrase.trim().trim_start_matches('的');
    let phrase = ["同比", "按年"].iter().fold(phrase, |phrase, base| phrase.trim_end_matches(base));
    let phrase = phrase.trim_end_matches(['等', '的']);
    let names: Vec<&str> = phrase.split(['、', '和', '及', '与', '與']).map(str::trim).collect();
    if names.len() < 2 || !names.iter().all(|name| is_han_phrase(name)) {
        return Vec::new();
    }
    names.into_iter().map(str::to_owned).collect()
}

/// The names of a list that only marks part; empty where it is none.
fn marked_list(phrase: &str) -> Vec<String> {
    let phrase = phrase.trim().trim_end_matches(['等', '的']);
    let names: Vec<&str> = phrase.split('、').map(str::trim).collect();
    if names.len() < 2 || !names.iter().all(|name| is_han_phrase(name)) {
        return Vec::new();
    }
    names.into_iter().map(str::to_owned).collect()
}

/// A phrase without what stands before its last 的, adverbs behind it and quotation marks.
fn own_words(phrase: &str) -> &str {
    let phrase = phrase.rsplit('的').next().unwrap_or(phrase).trim().trim_start_matches('、');
    let phrase = phrase.trim_end_matches(['则', '則', '也', '亦', '均', '都', '更', '还', '還']);
    phrase.trim_matches(['“', '”', '「', '」', '"'])
}

fn is_han_phrase(phrase: &str) -> bool {
    let letter = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c) || c.is_ascii_alphanumeric();
    NAME.contains(&phrase.chars().count()) && phrase.chars().all(letter) && !phrase.is_ascii()
}

/// Whether a phrase can be a name: none of the small words with which adverbs and verbs are written.
fn is_name(phrase: &str) -> bool {
    let folded = aligned(phrase);
    let verbal = folded.chars().any(|c| LEXICON.adverbial.contains(&c));
    is_han_phrase(phrase) && !LEXICON.is_plain(&folded) && (!verbal || names_goods(phrase))
}

/// Whether a phrase ends as product classes do.
pub(super) fn names_goods(phrase: &str) -> bool {
    let folded = aligned(phrase);
    LEXICON.goods_endings.iter().any(|ending| folded.ends_with(ending.as_str()) && ending.chars().count() > 1)
}
