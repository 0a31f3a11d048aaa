//! Statistics of trade in goods: tokens of a document bound to figures.
//!
//! Words, numerals and periods become tokens (`token`); lists of economies and product classes are put together
//! (`item`); one pass over each sentence binds its numbers (`bind`, `number`); what the sentence leaves open comes
//! from the document, or the number is left out (`finish`); tables are read by their headings (`table`); each fact
//! is kept once (`merge`). Nothing here knows how a page looks or where it came from.

mod against;
mod asides;
mod bind;
mod bracket;
mod breaks;
mod chinese;
mod classes;
mod context;
mod covers;
mod describe;
mod english;
mod expect;
pub(crate) mod family;
mod finder;
mod finish;
mod fiscal;
mod flow;
mod frame;
mod goes_on;
mod item;
mod label;
mod led_by;
mod lexicon;
mod measure;
mod mechanism;
mod merge;
mod no_trade;
mod notes;
mod number;
mod number_first;
mod office;
mod period;
mod phrases;
mod respective;
mod rows;
mod short_names;
mod study;
mod subject;
mod table;
mod term;
mod token;
mod told;
mod trace;
mod unknown;
mod until_day;
mod volume;
mod weak;
mod when;
mod zone;

use std::cell::LazyCell;
use std::ops::Range;

use bellwether_model::document::{Block, BlockRole, Document};
use bellwether_model::evidence::CharacterIndex;
use bellwether_model::figure::{Figure, Flow, Measure, Status};
use bellwether_model::period::Period;
use bellwether_model::place::Area;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::text::PeriodExpression;

use bind::{Bound, Setting};
use finish::Whole;
use frame::{Carry, Frame};
use item::{Item, ItemKind};
use lexicon::{FAMILIES, LEXICON, Lexicon, RateBase, Role};
pub use mechanism::Mechanism;
use merge::{Merged, Read};
use notes::Notes;
pub(crate) use study::{Bound as BoundWords, Decision, Study};
use token::{Break, Kind, Token};

/// All figures of a document, each fact once, in order. `area` is what an article means that names no economy.
#[must_use]
pub fn read(document: &Document, reference: Option<Date>, area: Option<&Area>) -> Vec<Figure> {
    study(document, reference, area, false, None).figures
}

/// The figures that are read where one mechanism is left out: what it is worth is the difference.
#[must_use]
pub fn read_without(
    document: &Document,
    reference: Option<Date>,
    area: Option<&Area>,
    left_out: Option<Mechanism>,
) -> Vec<Figure> {
    study(document, reference, area, false, left_out).figures
}

/// Reads a document; `explain` keeps each decision and the words that were understood.
pub(crate) fn study(
    document: &Document,
    reference: Option<Date>,
    area: Option<&Area>,
    explain: bool,
    left_out: Option<Mechanism>,
) -> Study {
    let trade = crate::rules::current().reads(crate::rules::TRADE).then_some(&*LEXICON);
    let folded = LazyCell::new(|| lexicon::aligned(&document.text));
    let speaking = FAMILIES.iter().filter(|family| family.speaks(&folded, &document.text));
    let mut studies = trade
        .into_iter()
        .chain(speaking)
        .map(|lexicon| study_by(lexicon, document, reference, area, explain, left_out));
    let first = studies.next().unwrap_or_default();
    studies.fold(first, Study::and)
}

/// Reads a document by the words of trade, or by those of one family of indicators.
fn study_by(
    lexicon: &'static Lexicon,
    document: &Document,
    reference: Option<Date>,
    area: Option<&Area>,
    explain: bool,
    left_out: Option<Mechanism>,
) -> Study {
    let text = document.text.as_str();
    let chinese = context::is_chinese(document);
    let mut tokens = token::tokens(text, reference, lexicon);
    mechanism::drop_tokens(left_out, text, &mut tokens);
    let home = context::home(document, &tokens);
    let index = CharacterIndex::new(text);
    let sentences = sentences(text);
    let product = context::product(&sentences, &tokens, chinese);
    let dollars = finish::dollars(text, &tokens);
    let whole = Whole { document, index: &index, reference, chinese, product, dollars, lexicon };
    let prose = outside_tables(document, &sentences);
    let economy = context::economy(text, &tokens, &prose, &home, lexicon)
        .or_else(|| area.cloned())
        .or_else(|| context::shown(document, lexicon))
        .filter(|_| left_out != Some(Mechanism::EconomyOfDocument));
    let orders = context::speaks_of_orders(text, &sentences, &tokens);
    let setting = Setting { text, chinese, reference, lexicon, orders, left_out };
    let economy_words = economy.as_ref().filter(|_| explain).map(|economy| told::economy(economy, &tokens, &prose));
    let mut reader = Reader {
        whole: &whole,
        setting,
        tokens: &tokens,
        home,
        economy: economy.clone(),
        notes: explain.then(|| Notes::new(document, economy_words.clone(), &prose)),
        read: Vec::new(),
        of_quantities: Vec::new(),
        cut: false,
        section: context::sections_period(document, &tokens, reference),
    };
    let mut carry = Carry {
        area: economy.clone(),
        lead_base: context::lead_base(text, &sentences, &tokens),
        lead_flow: context::lead_flow(&sentences, &tokens, chinese),
        opens_with_balance: context::opens_with_balance(&sentences, &tokens),
        wider: context::is_wider(&sentences, &tokens),
        ..Carry::default()
    };
    mechanism::forget(left_out, &mut carry);
    for (at, block) in document.blocks.iter().enumerate() {
        reader.block(at, block, &sentences, &mut carry);
    }
    let Reader { mut read, of_quantities, notes, cut, .. } = reader;
    let tables = match lexicon.family {
        None if left_out != Some(Mechanism::Tables) => table::read(&whole, economy.as_ref(), explain, &mut read),
        _ => Vec::new(),
    };
    read.sort_by_key(|one| one.figure.evidence.start);
    let sentences = notes.map(|notes| notes.sentences).unwrap_or_default();
    let Merged { figures, left } = merge::merge(read, &of_quantities, left_out);
    Study { figures, left, economy: economy_words, sentences, tables, cut }
}

/// The sentences that stand in no table: the partners in its cells are not what a document is about.
fn outside_tables(document: &Document, sentences: &[Range<usize>]) -> Vec<Range<usize>> {
    let tables: Vec<&Range<usize>> =
        document.blocks.iter().filter(|block| block.role == BlockRole::Table).map(|block| &block.span).collect();
    let in_table = |sentence: &Range<usize>| {
        let next = tables.partition_point(|table| table.end <= sentence.start);
        tables.get(next).is_some_and(|table| table.start <= sentence.start)
    };
    sentences.iter().filter(|sentence| !in_table(sentence)).cloned().collect()
}

/// Sentences, also where a crawler glued them (`government.With`).
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut result = Vec::new();
    for sentence in crate::text::sentences(text) {
        let mut start = sentence.start;
        let bytes = text.as_bytes();
        for at in sentence.start + 1..sentence.end.saturating_sub(2) {
            let glued = bytes[at] == b'.'
                && bytes[at - 1].is_ascii_lowercase()
                && bytes[at + 1].is_ascii_uppercase()
                && bytes[at + 2].is_ascii_lowercase();
            if glued {
                result.push(start..at + 1);
                start = at + 1;
            }
        }
        result.push(start..sentence.end);
    }
    result
}

/// Bytes of the longest sentence that is read at once, so that reading stays linear.
const LONGEST_SENTENCE: usize = 16_384;

/// Tokens of the fullest sentence that is read at once, for the same reason.
const MOST_TOKENS: usize = 512;

/// A sentence and what stands in it.
type Told<'a> = (&'a Range<usize>, &'a [Item]);

struct Reader<'a> {
    whole: &'a Whole<'a>,
    setting: Setting<'a>,
    tokens: &'a [Token],
    home: Area,
    economy: Option<Area>,
    /// What `explain` wants to know.
    notes: Option<Notes>,
    read: Vec<Read>,
    /// The rates that the body tells of quantities, without their signs: what a title tells of the same is no rate of money.
    of_quantities: Vec<(Flow, Decimal)>,
    /// Whether a sentence was too long to be read at once.
    cut: bool,
    /// The period that the document as a whole speaks of, to which a new section returns.
    section: Option<Period>,
}

impl Reader<'_> {
    fn block(&mut self, at: usize, block: &Block, sentences: &[Range<usize>], carry: &mut Carry) {
        let before = carry.anchor;
        match block.role {
            BlockRole::Table => return,
            BlockRole::Caption => {
                if let Some(notes) = &mut self.notes {
                    notes.left_out(at, &block.span, "words under a picture give no figures");
                }
                return;
            }
            BlockRole::Title | BlockRole::ListItem => {}
            BlockRole::Heading | BlockRole::Paragraph | BlockRole::Note => {
                carry.area.clone_from(&self.economy);
                carry.anchor = self.section.or_else(|| {
                    // `The June surplus was 11.4 billion.` tells of one number; the paragraph behind goes on with the text.
                    let back = |now: &Period| carry.lead.is_some_and(|lead| now.end() < lead.start());
                    let lead = carry.lead.filter(|_| carry.anchor.is_some_and(|now| back(&now)));
                    // 2月出口下降0.1%。1月增長16.7%。 In Chinese, where such a paragraph began with the month of the text.
                    let lead = lead.filter(|lead| !self.setting.chinese || carry.opened == Some(*lead));
                    let aside = carry.lead.filter(|_| std::mem::take(&mut carry.alone));
                    aside.or(lead).or_else(|| period::of_new_paragraph(carry.anchor, carry.lead))
                });
            }
        }
        // （三）基本金屬、機械分別年減34.8%、13.5%: a point of a list goes on with the flow of the point before; so does a
        // paragraph that sets its figure beside another (The reading missed the 5 percent …).
        let words = self.setting.text.get(block.span.clone()).unwrap_or_default();
        carry.opened = None;
        carry.paragraph_gave = carry.gave && block.role == BlockRole::Paragraph;
        carry.gave &= if self.setting.chinese {
            let is_point = block.role == BlockRole::ListItem || opens_with_number(words);
            is_point && !(carry.frame.goods.is_empty() && carry.frame.partners.is_empty())
        } else {
            block.role == BlockRole::Paragraph && carry.one_flow && phrases::PHRASES.measures_again(words)
        };
        (carry.spoke, carry.summed) = (false, false);
        carry.named_goods.clear();
        carry.base = None;
        carry.topic.clear();
        carry.with.clear();
        if let Some(notes) = &mut self.notes {
            notes.begin(at, block, before, carry);
        }
        let title = matches!(block.role, BlockRole::Title | BlockRole::Heading);
        let from = sentences.partition_point(|sentence| sentence.end <= block.span.start);
        for sentence in sentences[from..].iter().take_while(|sentence| sentence.start < block.span.end) {
            let sentence = sentence.start.max(block.span.start)..sentence.end.min(block.span.end);
            self.sentence(&sentence, title, carry);
        }
    }

    /// Reads a sentence, in pieces where it is too long to be read at once.
    fn sentence(&mut self, sentence: &Range<usize>, title: bool, carry: &mut Carry) {
        let mut start = sentence.start;
        while start < sentence.end {
            let from = self.tokens.partition_point(|token| token.span.start < start);
            let until = self.tokens.partition_point(|token| token.span.start < sentence.end);
            let full = self.tokens[from..until].get(MOST_TOKENS).map_or(sentence.end, |token| token.span.start);
            let limit = full.min(start.saturating_add(LONGEST_SENTENCE));
            let end = if limit < sentence.end { self.end_of_clause(from, start, limit) } else { sentence.end };
            self.cut |= end < sentence.end;
            self.piece(&(start..end), title, carry);
            start = end;
        }
    }

    /// The place behind the last mark between clauses that lies before a limit, else behind the last character before it.
    fn end_of_clause(&self, from: usize, start: usize, limit: usize) -> usize {
        let text = self.setting.text;
        let until = self.tokens.partition_point(|token| token.span.end <= limit).max(from);
        let clause = self.tokens[from..until]
            .iter()
            .rev()
            .find(|token| matches!(token.kind, Kind::Break(Break::Clause | Break::Part)));
        let end = clause.map_or(limit, |token| token.span.end);
        (end..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len()).max(start + 1)
    }

    fn piece(&mut self, sentence: &Range<usize>, title: bool, carry: &mut Carry) {
        let from = self.tokens.partition_point(|token| token.span.start < sentence.start);
        let until = self.tokens.partition_point(|token| token.span.start < sentence.end);
        let tokens = &self.tokens[from..until];
        let mut items = item::items(self.setting.text, sentence.start, tokens, &self.home, self.setting.lexicon);
        if let Some(area) = label::read(self.setting.text, sentence.start, &mut items) {
            carry.area = Some(area);
        }
        if self.setting.chinese {
            label::read_partners(&mut items);
        }
        if !self.setting.chinese
            && let Some(partners) = english::turns_to(self.setting.text, sentence.start, &items)
        {
            carry.with = partners;
        }
        if !self.setting.chinese && english::tells_what_was_expected_of_all(self.setting.text, sentence, &items) {
            carry.frame.partners.clear();
            // A class that the flow's own name has is what such news are about (non-oil domestic exports).
            if carry.frame.flows.first().is_none_or(|flow| flow.product.is_none()) {
                carry.frame.goods.clear();
            }
        }
        let mut inherited = self.notes.as_ref().map(|notes| notes.inherited(carry));
        let watch = inherited.as_mut().map(|inherited| &mut inherited.watch);
        let bound = bind::bind(self.setting, sentence.start, &items, carry, watch);
        let results = finish::finish(self.whole, carry, sentence, &bound.numbers);
        carry.company = bind::is_of_company(self.setting, sentence.start, carry);
        let told = self.notes.as_ref().zip(inherited).map(|(notes, inherited)| {
            notes.told(self.setting.text, sentence, (&items, tokens), &bound, inherited, &results)
        });
        let (mut gave, mut first) = (None, None);
        for ((_, outcome), candidate) in results.into_iter().zip(&bound.numbers) {
            let Ok(figure) = outcome else {
                if candidate.left == Some(number::OF_QUANTITIES) && !title {
                    let flow = candidate.frame.flows.first().map(|flow| flow.flow);
                    self.of_quantities.extend(flow.map(|flow| (flow, candidate.numeral.low.abs())));
                }
                continue;
            };
            if candidate.zone.is_none() {
                remember_base(carry, &figure);
                let past = figure.status != Status::Forecast && !self.is_background(figure.period);
                first = first.or(past.then_some(figure.period));
                carry.sides = std::mem::take(&mut carry.sides).and(&figure, &candidate.frame.partners);
                gave = Some((figure.period, figure.status, candidate.frame.clone()));
            }
            let goods_alone = candidate.frame.flows.iter().any(|flow| flow.goods_alone);
            self.read.push(Read { figure, title, goods_alone });
        }
        carry.alone |= !self.setting.chinese && gave.is_some() && rows::tells_by_the_way(self.setting.text, &items);
        carry.told = gave.as_ref().map(|(period, ..)| *period).or(carry.told);
        // `swung to a deficit from a surplus of 830 million in February`: the text goes on with what the sentence began with.
        if let (Some((period, ..)), Some(first)) = (&mut gave, first.filter(|_| !self.setting.chinese))
            && period.end() < first.start()
        {
            *period = first;
        }
        // The first of its figures is what a lead is about; the last may be set against it.
        carry.lead = carry.lead.or(first);
        carry.opened = carry.opened.or(first);
        self.remember(carry, (sentence, &items), bound, gave, title);
        mechanism::forget(self.setting.left_out, carry);
        if let (Some(notes), Some(told)) = (&mut self.notes, told) {
            notes.keep(told, carry);
        }
    }

    /// What the next sentence may inherit.
    fn remember(
        &self,
        carry: &mut Carry,
        (sentence, items): Told<'_>,
        bound: Bound,
        gave: Option<(Period, Status, Frame)>,
        title: bool,
    ) {
        let one_flow = bound.speaks_of_one_flow();
        carry.base = bound.base().or(carry.base);
        carry.last_base = bound.base().or(carry.last_base);
        carry.lead_base = carry.lead_base.or(carry.base);
        carry.wider |= items.iter().any(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Wider)));
        let Bound { last, stated, topic, named_goods, .. } = bound;
        if !topic.is_empty() {
            carry.topic = topic;
        }
        if last.forecaster.is_some() {
            carry.forecaster.clone_from(&last.forecaster);
        }
        let speaks_of_trade = items
            .iter()
            .any(|item| matches!(&item.kind, ItemKind::Flow(word) if !word.weak || word.flow.is_trade() && word.flow != Flow::Orders));
        carry.gave = gave.is_some();
        carry.spoke = speaks_of_trade && !last.other;
        carry.named_goods = named_goods;
        carry.one_flow = one_flow;
        // 八月份出口下降4.5%，九月份下降10.6%: the text goes on with the later one.
        let told = gave.as_ref().filter(|(_, status, _)| *status != Status::Forecast);
        let later = told.map(|(period, ..)| *period);
        if let Some((period, status, frame)) = gave.clone() {
            if status == Status::Forecast {
                carry.forecast_anchor = Some(period);
                if carry.anchor.is_none() {
                    carry.anchor = Some(period);
                }
            } else if !self.is_background(period)
                && !self.looks_back((sentence, items), period, carry.anchor)
                && !is_year_gone_by(period, carry.lead)
            {
                carry.anchor = Some(period);
                let words = self.setting.text.get(sentence.clone()).unwrap_or_default();
                carry.summed = self.setting.chinese && chinese::CHINESE.sums.stand_in(words);
            }
            carry.area = frame.area.clone().or_else(|| carry.area.clone());
            carry.frame = frame;
        } else if speaks_of_trade && !last.other {
            carry.area = spoken_of(&last).or_else(|| carry.area.clone());
            carry.frame = Frame { numbers: 0, ..last.clone() };
        }
        if !speaks_of_trade && !carry.gave {
            carry.frame.partners.clear();
            carry.frame.goods.clear();
        }
        let looks_back = |period: &Period| self.looks_back((sentence, items), *period, carry.anchor);
        let stated = stated.filter(|period| {
            !self.is_background(*period)
                && !looks_back(period)
                && !is_year_gone_by(*period, carry.lead)
                && later.is_none_or(|later| period.end() >= later.start())
        });
        // 2024年，我国对160多个国家实现进出口增长, and a title like 日本1月貿易統計: it gives no figure, but the period of those
        // that follow.
        let opens = title || matches!(items.first(), Some(Item { kind: ItemKind::Period(_), .. }));
        let stated = stated.or(last.period.filter(|_| self.setting.chinese && opens && gave.is_none()));
        // `全年數據顯示：` states the period of the list behind it.
        let announced = last.period.filter(|_| announces(items));
        let stated = stated.or(announced);
        if (speaks_of_trade || announced.is_some()) && !last.forecast && stated.is_some() {
            carry.anchor = stated;
        }
        // `The deficit in goods and services widened in May`: it gives no figure, but the month of those that follow.
        let wider = |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::OtherFlow));
        // `German exports fell in September`: so does a lead that tells of trade without a number.
        let lead = speaks_of_trade && !looks_ahead(items) && !self.setting.chinese && !last.forecast && gave.is_none();
        // 日本1月貿易統計: so does a title that names no flow.
        let words = self.setting.text.get(sentence.clone()).unwrap_or_default();
        let heads = title && self.setting.chinese && chinese::CHINESE.statistics.stand_in(words);
        if carry.anchor.is_none() && (lead || heads || items.iter().any(wider)) {
            carry.anchor = last.period.filter(|period| !self.is_background(*period));
        }
        carry.lead = carry.lead.or(carry.anchor);
    }

    /// `In February the balance had been 21.4 billion`: an earlier period that is only set beside the one in question.
    fn looks_back(&self, (sentence, items): Told<'_>, period: Period, anchor: Option<Period>) -> bool {
        let earlier = anchor.is_some_and(|anchor| period.start() < anchor.start());
        let words = self.setting.text.get(sentence.clone()).unwrap_or_default();
        let opens = items.first().is_some_and(|item| {
            matches!(item.kind, ItemKind::Period(PeriodExpression::Previous | PeriodExpression::YearEarlier))
        });
        // `This was followed by a 2.9 percent rise in August.`
        let goes_on = phrases::PHRASES.goes_on(words);
        // `April's growth was 12.4 percent.`
        let owned =
            matches!(items, [Item { kind: ItemKind::Period(_), .. }, Item { kind: ItemKind::Direction(_), .. }, ..]);
        // `Data for February was revised to show a gap of 49.3 billion`
        let revised = phrases::PHRASES.tells_revision(words);
        let revised_in_chinese = self.setting.chinese && chinese::CHINESE.revised.stand_in(words);
        let set_beside = opens || goes_on || owned || revised || words.contains(" had ");
        earlier && (revised_in_chinese || !self.setting.chinese && set_beside)
    }

    /// Whether a period lies so far back that it is an old record, and not what the document is about.
    fn is_background(&self, period: Period) -> bool {
        const MONTHS_BACK: i32 = 20;
        self.setting.reference.is_some_and(|day| {
            let end = period.end();
            let months = i32::from(day.year() - end.year()) * 12 + i32::from(day.month()) - i32::from(end.month());
            months > MONTHS_BACK
        })
    }
}

/// Whether a block is numbered as a point of a list: （三）, (3), 三、, 3.
fn opens_with_number(words: &str) -> bool {
    let numeral = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let words = words.trim_start();
    let bracket = words.strip_prefix(['（', '(']);
    let behind = bracket.unwrap_or(words).trim_start_matches(numeral);
    let ends: &[char] = if bracket.is_some() { &['）', ')'] } else { &['、', '.', '．'] };
    words.starts_with(|c| numeral(c) || bracket.is_some()) && behind.len() < words.len() && behind.starts_with(ends)
}

/// Keeps against what the rates of a flow are counted, for an expectation of it that does not say so.
fn remember_base(carry: &mut Carry, figure: &Figure) {
    let base = match figure.measure {
        Measure::Yoy => RateBase::Year,
        Measure::Mom => RateBase::Month,
        _ => return,
    };
    if figure.headline {
        carry.bases.retain(|(flow, _)| *flow != figure.flow);
        carry.bases.push((figure.flow, base));
    }
}

/// Whether a sentence tells what is to come: a forecast that was beaten tells what came.
fn looks_ahead(items: &[Item]) -> bool {
    let role = |item: &Item, role| matches!(&item.kind, ItemKind::Word(term) if term.is(role));
    let beaten = |at: usize| at.checked_sub(1).is_some_and(|before| role(&items[before], Role::Compare));
    let mut items = items.iter().enumerate();
    items.any(|(at, item)| role(item, Role::Modal) || role(item, Role::Forecast) && !beaten(at))
}

/// Whether a period is a year that had ended when the one began that the document is about, or that one of the year before: it
/// is told for comparison.
fn is_year_gone_by(period: Period, lead: Option<Period>) -> bool {
    lead.is_some_and(|lead| {
        let ended = matches!(period, Period::Year(_)) && period.end() < lead.start();
        ended || lead.year_earlier() == Some(period)
    })
}

/// The economy, or the part of one, that the next sentence means too. Who trades or how (民營企業) holds for `其中` alone.
/// Nor does the world of `global trade disputes`.
fn spoken_of(frame: &Frame) -> Option<Area> {
    let named_by_flow = |area: &Area| frame.flows.iter().any(|word| word.area.as_ref() == Some(area));
    frame.area.clone().filter(|area| area.as_str() != finish::PARTS[1] && !named_by_flow(area))
}

/// Whether a sentence ends in a colon, or in a bracket that holds its period: it heads what follows.
fn announces(items: &[Item]) -> bool {
    match items {
        [.., open, period, close] if matches!(close.kind, ItemKind::Break(Break::Close)) => {
            matches!((&open.kind, &period.kind), (ItemKind::Break(Break::Open), ItemKind::Period(_)))
        }
        [.., last] => matches!(last.kind, ItemKind::Break(Break::Colon)),
        [] => false,
    }
}
