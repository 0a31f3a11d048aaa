//! What the words at the head of a row or column, or around a table, say on their own.

use std::ops::Range;
use std::sync::LazyLock;

use bellwether_model::figure::{Flow, Measure, Status, Unit};
use bellwether_model::place::Area;
use regex::Regex;
use rust_decimal::Decimal;

use super::super::lexicon::{LEXICON, RateBase, Role, Shape, Term, aligned};
use super::super::token::{self, Kind};
use super::cell::without_marks;
use super::unit::unit_of;
use super::vocabulary::{Sense, VOCABULARY};
use super::when::{self, When};
use crate::text::NumeralKind;

/// Bytes of a heading that is read; what is longer is no heading.
const LONGEST_PHRASE: usize = 400;

/// What some words say.
#[derive(Debug, Clone, Default)]
pub(super) struct Says {
    /// Directions of trade, each once; of a balance its sign.
    pub(super) flows: Vec<(Flow, Option<i8>)>,
    /// Economies, in order.
    pub(super) areas: Vec<Area>,
    /// Everything that the table parts.
    pub(super) all: bool,
    /// All partners.
    pub(super) world: bool,
    /// A product class, in the document's words.
    pub(super) goods: Option<String>,
    /// The product class that a word for a flow names too (NODX).
    pub(super) flow_product: Option<String>,
    /// Periods.
    pub(super) when: When,
    /// What is counted, where words say more than a level.
    pub(super) share: bool,
    pub(super) yoy: bool,
    pub(super) mom: bool,
    pub(super) change: bool,
    /// Whether numbers are percentages or money.
    pub(super) counted: Option<Counted>,
    /// Currency and scale.
    pub(super) unit: Option<(Unit, Decimal)>,
    /// How final it is.
    pub(super) status: Option<Status>,
    /// Whether it counts what is no trade in goods, or in a way that no figure holds.
    pub(super) other: bool,
    /// Whether a part of it is known to no list.
    pub(super) unknown: bool,
    /// Names of product classes that the lexicon knows, as written.
    pub(super) goods_words: Vec<String>,
    /// Senses of the words of tables.
    pub(super) senses: Vec<Sense>,
    /// Whether anything stands here at all.
    pub(super) words: bool,
}

/// What numbers count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Percent,
    Money,
}

/// Numbering before a name.
static NUMBERING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\s\u{3000}•·‧\-–—└├─*＊]*(?:[（(](?:\d{1,2}|[一二三四五六七八九十]{1,3}|[ivxIVX]{1,4}|[A-Za-z])[)）]|(?:[一二三四五六七八九十]{1,3}|[IVX]{1,4}|[A-Z])[、.．)）]|\d{1,2}[、)）]|\d{1,2}[.．]\s|[①-⑳])?\s*(?:其中\s?[：:，,]?|of which\s?[:,]?|other than\s?)?\s*")
        .expect("a fixed pattern")
});

/// A name without the numbering before it and the marks behind it.
pub(super) fn label(words: &str) -> (&str, Option<Status>) {
    let (words, status) = without_marks(words);
    let start = NUMBERING.find(words).map_or(0, |found| found.end());
    // U.S.A. is no item U.
    let abbreviated = words[start..].chars().nth(1) == Some('.') && words[..start].ends_with('.');
    if start == words.len() || abbreviated { (words, status) } else { (&words[start..], status) }
}

/// Reads words. `chinese`: years of the Republic may be meant. `goods`: a name that no list knows is a product class.
pub(super) fn read(words: &str, chinese: bool, goods: bool) -> Says {
    let closed = without_letter_spacing(words);
    let (label, status) = label(closed.as_deref().unwrap_or(words));
    if label.is_empty() || label.len() > LONGEST_PHRASE {
        return Says { unknown: !label.is_empty(), words: !label.is_empty(), ..Says::default() };
    }
    let mut says = Says { status, words: true, ..Says::default() };
    if let Some(found) = when::of_cell(label, chinese) {
        says.when = found;
        return says;
    }
    let mut reader = PhraseReader { label, covered: vec![false; label.len()], goods: Vec::new(), says };
    if let Some((unit, scale, span)) = unit_of(label) {
        reader.says.unit = Some((unit, scale));
        reader.covered[span].fill(true);
    }
    reader.words();
    reader.finish(goods)
}

/// 美　國, 總　　計: names of two or three characters are spaced out to fill a column. `None`: there is nothing to close.
fn without_letter_spacing(words: &str) -> Option<String> {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let letters: Vec<&str> = words.split_whitespace().collect();
    let spaced = (2..=5).contains(&letters.len())
        && letters.iter().all(|letter| letter.chars().count() == 1 && letter.chars().all(han));
    spaced.then(|| letters.concat())
}

struct PhraseReader<'a> {
    label: &'a str,
    /// Bytes that some list knows.
    covered: Vec<bool>,
    /// Where product classes stand.
    goods: Vec<Range<usize>>,
    says: Says,
}

impl PhraseReader<'_> {
    fn words(&mut self) {
        let folded = aligned(self.label);
        let tokens = token::tokens(self.label, None, &LEXICON);
        let senses: Vec<(Range<usize>, &[Sense])> = VOCABULARY.senses.find(&folded).collect();
        let within = |inner: &Range<usize>, outer: &Range<usize>| {
            outer.start <= inner.start && inner.end <= outer.end && inner.len() < outer.len()
        };
        // The longer word counts: 總額 in 貿易總額 is no sum, 出口 in 轉口貨 no flow.
        for (span, senses) in &senses {
            let held = tokens.iter().any(|token| token.term().is_some() && within(span, &token.span));
            if !held {
                senses.iter().for_each(|sense| self.sense(*sense));
                self.covered[span.clone()].fill(true);
            }
        }
        for token in &tokens {
            let held = token.term().is_some()
                && senses
                    .iter()
                    .any(|(span, senses)| within(&token.span, span) && !senses.contains(&Sense::GoodsCaptions));
            self.covered[token.span.clone()].fill(true);
            if held && !token.term().is_some_and(of_other_things) {
                continue;
            }
            self.says.areas.extend(token.areas().iter().cloned());
            match &token.kind {
                Kind::Word(term) => self.term(term, &token.span),
                Kind::Period(expression) => self.says.when.mention(*expression),
                Kind::Numeral(numeral) if numeral.kind == NumeralKind::PercentagePoints => self.says.other = true,
                _ => {}
            }
        }
        self.says.when.running |= ["累计", "cumulative", "year-to-date"].iter().any(|word| folded.contains(word));
        // 與上年同月比: what is set against an earlier period is a change, and not that period's number.
        if ["比", "较", "over", "versus", "vs", "against", "from"].iter().any(|word| folded.contains(word)) {
            self.says.yoy |= std::mem::take(&mut self.says.when.earlier);
            self.says.mom |= std::mem::take(&mut self.says.when.previous);
        }
        self.counted(&folded);
    }

    fn sense(&mut self, sense: Sense) {
        let says = &mut self.says;
        match sense {
            Sense::All => says.all = true,
            Sense::World => says.world = true,
            Sense::Change => says.change = true,
            Sense::YearChange => says.yoy = true,
            Sense::MonthChange => says.mom = true,
            Sense::Share => says.share = true,
            Sense::Balance => says.flow(Flow::Balance, None),
            Sense::Other => says.other = true,
            Sense::Current => says.when.current = true,
            Sense::Previous => says.when.previous = true,
            Sense::Forecast => says.status = Some(Status::Forecast),
            Sense::Preliminary => says.status = says.status.or(Some(Status::Preliminary)),
            Sense::Revised => says.status = says.status.or(Some(Status::Revised)),
            _ => {}
        }
        says.senses.push(sense);
    }

    fn term(&mut self, term: &'static Term, span: &Range<usize>) {
        let says = &mut self.says;
        if let Some(word) = &term.flow {
            if word.weak {
                says.other |= word.flow != Flow::Total;
            } else {
                says.flow(word.flow, word.sign);
            }
            if let Some(product) = &word.product {
                says.goods.get_or_insert_with(|| product.clone());
                says.flow_product.get_or_insert_with(|| product.clone());
            }
        }
        if term.none {
            says.of_goods_word(&aligned(&self.label[span.clone()]));
        }
        if term.goods {
            self.goods.push(span.clone());
        }
        says.share |= term.is(Role::Share);
        says.yoy |= term.is(Role::Yoy);
        says.mom |= term.is(Role::Mom);
        says.other |= term.is(Role::OtherBasis) || term.is(Role::Ratio) || of_other_things(term);
        if term.is(Role::Forecast) {
            says.status = Some(Status::Forecast);
        }
        if let Some(direction) = term.direction {
            match direction.base {
                Some(RateBase::Year) => says.yoy = true,
                Some(RateBase::Month) => says.mom = true,
                Some(RateBase::Other) => says.other = true,
                None => says.change |= matches!(direction.shape, Shape::Move | Shape::Rate),
            }
        }
    }

    /// Whether percent or money is counted: the sign decides before words do.
    fn counted(&mut self, folded: &str) {
        let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
        let percent = has(&["%", "％", "率", "百分比", "幅", "percent", "per cent", "pct", "rate of"]);
        let money = self.says.unit.is_some() || has(&["额", "金额", "值", "amount", "value"]);
        let rate = self.says.yoy || self.says.mom;
        let growth = has(&["growth", "成长", "增长", "yoy", "y/y", "同比", "环比", "年增", "月增"]);
        self.says.counted = if percent {
            Some(Counted::Percent)
        } else if money {
            Some(Counted::Money)
        } else {
            (growth && (rate || self.says.change)).then_some(Counted::Percent)
        };
    }

    fn finish(mut self, goods: bool) -> Says {
        let rest: Vec<(usize, char)> = self
            .label
            .char_indices()
            .filter(|(at, c)| !self.covered[*at] && c.is_alphabetic() && *c != '年' && *c != '月')
            .collect();
        let known = !self.goods.is_empty() || rest.last().is_some_and(|_| self.ends_like_goods());
        let rest_only = self.says.senses.contains(&Sense::Rest) && rest.is_empty() && self.goods.is_empty();
        let named = !rest.is_empty() || !self.goods.is_empty();
        let takes = named && (known || goods) && !self.says.other && (self.says.areas.is_empty() || goods && known);
        if takes {
            if self.says.flows.is_empty() && self.says.counted.is_none() {
                self.says.goods = Some(self.label.to_owned());
            } else {
                let start = rest.first().map(|(at, _)| *at).into_iter().chain(self.goods.iter().map(|g| g.start)).min();
                let ends = rest.last().map(|(at, c)| at + c.len_utf8()).into_iter();
                let end = ends.chain(self.goods.iter().map(|g| g.end)).max();
                self.says.goods = start.zip(end).map(|(start, end)| self.label[start..end].to_owned());
            }
            self.says.areas.clear();
        }
        self.says.goods_words = self.goods.iter().map(|span| self.label[span.clone()].to_owned()).collect();
        self.says.unknown = rest_only || named && !takes;
        self.says
    }

    fn ends_like_goods(&self) -> bool {
        let folded = aligned(self.label);
        let words = folded.split(['(', '（']).next().unwrap_or_default().trim();
        words.chars().count() >= 2 && LEXICON.goods_endings.iter().any(|ending| words.ends_with(ending.as_str()))
    }
}

impl Says {
    fn flow(&mut self, flow: Flow, sign: Option<i8>) {
        match self.flows.iter_mut().find(|(known, _)| *known == flow) {
            // Surplus and deficit in one heading: the numbers have signs.
            Some((_, known)) => {
                if *known != sign {
                    *known = None;
                }
            }
            None => self.flows.push((flow, sign)),
        }
    }

    /// 出口商品, export items: no word for a flow in a sentence, but the head of a table of that flow.
    fn of_goods_word(&mut self, word: &str) {
        let goods = ["商品", "产品", "货品", "货物", "结构", "市场", "国家", "item", "items", "market", "markets"];
        if !goods.iter().any(|ending| word.ends_with(ending)) {
            return;
        }
        for (start, flow) in [
            ("进出口", Flow::Total),
            ("出口", Flow::Exports),
            ("进口", Flow::Imports),
            ("export", Flow::Exports),
            ("import", Flow::Imports),
        ] {
            if word.starts_with(start) {
                return self.flow(flow, None);
            }
        }
    }

    /// The direction of trade; `Err`: several are named.
    pub(super) fn one_flow(&self) -> Result<Option<(Flow, Option<i8>)>, &'static str> {
        match self.flows.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            _ => Err("several directions of trade are named"),
        }
    }

    /// Whether a measure is named.
    pub(super) fn measures(&self) -> bool {
        self.share || self.is_rate()
    }

    /// Whether a change is named.
    pub(super) fn is_rate(&self) -> bool {
        self.yoy || self.mom || self.change
    }

    /// What is counted; `percent`: the numbers themselves carry a percent sign.
    pub(super) fn measure(&self, percent: bool) -> Result<Measure, &'static str> {
        let counted = if percent { Some(Counted::Percent) } else { self.counted };
        match (self.share, self.is_rate()) {
            (true, true) => Err("a change of a share"),
            (true, false) => Ok(Measure::Share),
            (false, false) if counted == Some(Counted::Percent) => Err("percent of what stays open"),
            (false, false) => Ok(Measure::Level),
            (false, true) if self.yoy && self.mom => Err("a change against two periods"),
            (false, true) => match (counted, self.mom) {
                (Some(Counted::Percent), true) => Ok(Measure::Mom),
                (Some(Counted::Percent), false) => Ok(Measure::Yoy),
                (Some(Counted::Money), false) if self.yoy => Ok(Measure::YoyChange),
                (None, _) if self.yoy && self.unit.is_none() => Ok(Measure::Yoy),
                (None, true) => Ok(Measure::Mom),
                _ => Err("a change of which it stays open what it counts"),
            },
        }
    }

    /// Whether anything is said of what numbers mean.
    pub(super) fn says_something(&self) -> bool {
        !self.flows.is_empty()
            || !self.areas.is_empty()
            || self.all
            || self.world
            || self.goods.is_some()
            || !self.when.is_empty()
            || self.measures()
            || self.counted.is_some()
            || self.unit.is_some()
    }

    /// A change whose base the heading below it names: 當月比 over 上月 and 去年同月.
    pub(super) fn settled(mut self) -> Self {
        if self.change && !self.yoy && !self.mom && self.counted == Some(Counted::Percent) {
            self.yoy = std::mem::take(&mut self.when.earlier);
            self.mom = !self.yoy && std::mem::take(&mut self.when.previous);
        }
        self
    }

    /// What is said here, and above it where this leaves it open.
    pub(super) fn under(mut self, above: &Self) -> Self {
        if self.flows.is_empty() {
            self.flows.clone_from(&above.flows);
        } else if !above.flows.is_empty() && !above.flows.iter().any(|(flow, _)| *flow == Flow::Total) {
            for (flow, sign) in above.flows.clone() {
                if !self.flows.iter().any(|(known, _)| *known == flow) {
                    self.flows.push((flow, sign));
                }
            }
        }
        if self.areas.is_empty() && !self.world {
            self.areas.clone_from(&above.areas);
            self.world = above.world;
        }
        if self.goods.is_none() && !self.all {
            self.goods.clone_from(&above.goods);
        }
        self.all |= above.all && self.goods.is_none() && self.areas.is_empty();
        self.when = self.when.under(above.when);
        self.share |= above.share;
        self.yoy |= above.yoy;
        self.mom |= above.mom;
        self.change |= above.change;
        self.counted = self.counted.or(above.counted);
        self.unit = self.unit.take().or_else(|| above.unit.clone());
        self.status = self.status.or(above.status);
        self.other |= above.other;
        self.unknown |= above.unknown;
        self.senses.extend(above.senses.iter().copied());
        self.words |= above.words;
        self
    }
}

/// Whether a word says that a table counts no trade in goods: services, national accounts, prices, a company's sales.
fn of_other_things(term: &Term) -> bool {
    [Role::OtherSubject, Role::OtherFlow, Role::NationalAccounts, Role::Company].into_iter().any(|role| term.is(role))
}
