//! What a document says once for all its sentences: its script, the economy whose trade it is.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use bellwether_model::document::{BlockRole, Document, Language};
use bellwether_model::figure::Flow;
use bellwether_model::period::Period;
use bellwether_model::place::Area;
use jiff::civil::Date;
use regex::Regex;

use super::finish::PARTS;
use super::item::{self, ItemKind};
use super::lexicon::{FlowWord, Lexicon, RateBase, Role};
use super::period;
use super::phrases::PHRASES;
use super::token::{self, Break, Kind, Token};
use crate::text::PeriodExpression;

/// Sentences of the title and the lead, which say what a document is about.
pub(super) const LEAD_SENTENCES: usize = 6;

/// Characters by which it is seen whether a text is Chinese.
const HEAD: usize = 400;

/// Whether numerals and periods are read as Chinese: the language says so, or Han characters stand in the text.
pub(super) fn is_chinese(document: &Document) -> bool {
    document.language.map_or_else(
        || {
            let han = document.text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
            han * 10 > document.text.chars().count()
        },
        Language::is_chinese,
    )
}

/// What 我國 means: the economy of the offices that are named, else the one whose script it is.
pub(super) fn home(document: &Document, tokens: &[Token]) -> Area {
    let whole = |area: &Area| !PARTS.contains(&area.as_str());
    let agency = tokens.iter().find_map(|token| token.term()?.agency.clone().filter(whole));
    agency
        .or_else(|| shared_office(tokens))
        .unwrap_or_else(|| Area::new(if document.language == Some(Language::ChineseTraditional) { "TW" } else { "CN" }))
}

/// The economy that sentences mean which name none: the subject of the title or lead next to a flow, else the economy
/// of the office that publishes, else the first economy of the title, else the one named as a subject most often.
pub(super) fn economy(
    text: &str,
    tokens: &[Token],
    sentences: &[Range<usize>],
    home: &Area,
    lexicon: &Lexicon,
) -> Option<Area> {
    let han = text.chars().take(HEAD).any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let mut any = None;
    let mut agency = None;
    // The economies that stand as subjects before a flow, the first one first.
    let mut told: Vec<Area> = Vec::new();
    for sentence in sentences.iter().take(LEAD_SENTENCES) {
        let inside = inside(tokens, sentence);
        let items = item::items(text, sentence.start, inside, home, lexicon);
        let mut subject: Option<Area> = None;
        for (at, item) in items.iter().enumerate() {
            match &item.kind {
                ItemKind::Subject(area) if area.as_str() != PARTS[1] => {
                    subject = Some(area.clone());
                    // 其中越南升46.7%: what moves by itself is a market rather than whose trade it is.
                    if !(han && moves_by_itself(&items, at)) {
                        any.get_or_insert_with(|| area.clone());
                    }
                }
                // Before a word for orders may stand who placed them.
                ItemKind::Flow(word) if word.flow == Flow::Orders && agency.is_some() => {}
                ItemKind::Flow(_) => told.extend(subject.take()),
                ItemKind::Break(Break::Clause | Break::Part) => subject = None,
                ItemKind::Word(term) => {
                    if let Some(area) = &term.agency {
                        agency.get_or_insert_with(|| area.clone());
                    }
                }
                _ => {}
            }
        }
    }
    // One that is told of once may only be set beside the economy whose office publishes (超車南韓).
    let times = |area: &Area| told.iter().filter(|other| *other == area).count();
    let beside = |area: &Area| han && agency.as_ref().is_some_and(|own| times(area) < 2 || times(area) <= times(own));
    let first = told.first().cloned().filter(|area| !beside(area));
    let any = first.clone().or(any.filter(|_| agency.is_none()));
    let agency = agency.filter(|_| first.is_none());
    let shared = || tokens.iter().find_map(|token| token.term()?.shared_agency.clone());
    agency
        .or(any)
        .or_else(|| only_office(tokens))
        .or_else(shared)
        .or_else(|| most_named(text, tokens, sentences, home, lexicon))
}

/// Whether a word of rising or a number stands directly behind an item.
fn moves_by_itself(items: &[item::Item], at: usize) -> bool {
    items.get(at + 1).is_some_and(|next| {
        next.span.start == items[at].span.end && matches!(next.kind, ItemKind::Direction(_) | ItemKind::Number(_))
    })
}

/// The economy of an office whose name others have too, where the text names that economy or none.
fn shared_office(tokens: &[Token]) -> Option<Area> {
    let area = tokens.iter().find_map(|token| token.term()?.shared_agency.clone())?;
    let mut named = tokens.iter().flat_map(Token::areas).filter(|named| named.as_str() != item::HOME).peekable();
    (named.peek().is_none() || named.any(|named| *named == area)).then_some(area)
}

/// The economy of the offices that a text names, where it is one.
fn only_office(tokens: &[Token]) -> Option<Area> {
    let mut offices = tokens.iter().filter_map(|token| token.term()?.agency.clone());
    let first = offices.next()?;
    offices.all(|office| office == first).then_some(first)
}

/// The economy that a document shows without naming it: that of the office that publishes it, or of the place after
/// which its publisher is called, else Taiwan where months
/// and quarters have years of the Republic, which no other calendar in Chinese has.
pub(super) fn shown(document: &Document, lexicon: &'static Lexicon) -> Option<Area> {
    static YEARS_OF_THE_REPUBLIC: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^0-9])(?:民國)?1\d\d\s?年\s?(?:1[0-2]|[1-9])\s?月").expect("a fixed pattern")
    });
    let publisher = document.publisher.as_deref().unwrap_or_default();
    let office = token::tokens(publisher, None, lexicon).into_iter().find_map(|token| token.term()?.agency.clone());
    // `the nation's exports` in the Taipei Times
    let place = || {
        let named = token::tokens(publisher, None, lexicon);
        let mut areas = named.iter().flat_map(Token::areas).filter(|area| area.as_str().len() == 2);
        let first = areas.next()?.clone();
        areas.all(|area| *area == first).then_some(first)
    };
    office.or_else(place).or_else(|| {
        let shown =
            document.language == Some(Language::ChineseTraditional) && YEARS_OF_THE_REPUBLIC.is_match(&document.text);
        shown.then(|| Area::new("TW"))
    })
}

fn most_named(
    text: &str,
    tokens: &[Token],
    sentences: &[Range<usize>],
    home: &Area,
    lexicon: &Lexicon,
) -> Option<Area> {
    let mut count: HashMap<Area, usize> = HashMap::new();
    for sentence in sentences {
        for item in item::items(text, sentence.start, inside(tokens, sentence), home, lexicon) {
            if let ItemKind::Subject(area) = item.kind
                && !PARTS.contains(&area.as_str())
            {
                *count.entry(area).or_default() += 1;
            }
        }
    }
    count.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0))).map(|(area, _)| area)
}

/// Whether the title or lead speaks of export orders, so that orders alone are export orders.
pub(super) fn speaks_of_orders(text: &str, sentences: &[Range<usize>], tokens: &[Token]) -> bool {
    let end = sentences.get(LEAD_SENTENCES.min(sentences.len().saturating_sub(1))).map_or(text.len(), |s| s.end);
    tokens.iter().take_while(|token| token.span.start < end).any(|token| {
        token.term().and_then(|term| term.flow.as_ref()).is_some_and(|word| word.flow == Flow::Orders && !word.weak)
    })
}

/// Tokens of the title and the lead.
fn lead<'a>(sentences: &[Range<usize>], tokens: &'a [Token]) -> impl Iterator<Item = &'a Token> {
    let end = sentences.get(LEAD_SENTENCES - 1).or(sentences.last()).map_or(0, |sentence| sentence.end);
    tokens.iter().take_while(move |token| token.span.start < end)
}

/// Against what the title and lead count their first rates, where a word says so.
pub(super) fn lead_base(text: &str, sentences: &[Range<usize>], tokens: &[Token]) -> Option<RateBase> {
    let unchanged = |token: &&Token| PHRASES.says_unchanged(text.get(..token.span.start).unwrap_or_default());
    lead(sentences, tokens).filter(|token| !unchanged(token)).find_map(|token| {
        // `from a high base a year ago`
        if matches!(token.kind, Kind::Period(PeriodExpression::YearEarlier)) {
            return Some(RateBase::Year);
        }
        let term = token.term()?;
        let stated = term.direction.and_then(|word| word.base);
        let year = term.is(Role::Yoy).then_some(RateBase::Year);
        let month = term.is(Role::Mom).then_some(RateBase::Month);
        stated.or(year).or(month)
    })
}

/// The product class of which a text is about: the first flow of its title or lead names it by itself (NODX).
pub(super) fn product(sentences: &[Range<usize>], tokens: &[Token], chinese: bool) -> Option<String> {
    let mut flows = lead(sentences, tokens).filter_map(|token| token.term()?.flow.as_ref());
    let strong = |word: &&FlowWord| !word.weak;
    let word = flows.find(strong)?.clone();
    if chinese { word.in_chinese().product } else { word.product }
}

/// The direction of trade that opens the text: that of the first sentence that names any, where it names no other; of a
/// Chinese text, in which a lead tells of several at once, that of its first line.
pub(super) fn lead_flow(sentences: &[Range<usize>], tokens: &[Token], chinese: bool) -> Option<Flow> {
    let flows = |sentence: &Range<usize>| {
        let strong = |token: &Token| {
            let word = token.term()?.flow.as_ref().filter(|word| !word.weak)?;
            Some(word.flow)
        };
        inside(tokens, sentence).iter().filter_map(strong).collect::<Vec<_>>()
    };
    let reach = if chinese { 1 } else { LEAD_SENTENCES };
    let first = sentences.iter().take(reach).map(flows).find(|flows| !flows.is_empty())?;
    first.iter().all(|flow| *flow == first[0]).then_some(first[0])
}

/// Whether a balance is the first direction of trade that the title or lead names.
pub(super) fn opens_with_balance(sentences: &[Range<usize>], tokens: &[Token]) -> bool {
    let mut flows = lead(sentences, tokens).filter_map(|token| token.term()?.flow.as_ref());
    flows.find(|word| !word.weak).is_some_and(|word| word.flow == Flow::Balance)
}

/// Whether the title or lead speaks of trade in goods and services together.
pub(super) fn is_wider(sentences: &[Range<usize>], tokens: &[Token]) -> bool {
    lead(sentences, tokens).any(|token| token.is(Role::Wider))
}

fn inside<'a>(tokens: &'a [Token], span: &Range<usize>) -> &'a [Token] {
    let from = tokens.partition_point(|token| token.span.start < span.start);
    let until = tokens.partition_point(|token| token.span.start < span.end);
    &tokens[from..until]
}

/// The period of which a document with sections says that its figures are the sums (2023-2024 年度彙總), for
/// paragraphs that name none. `None`: it has no sections or says no such thing, so that a period holds until another.
pub(super) fn sections_period(document: &Document, tokens: &[Token], reference: Option<Date>) -> Option<Period> {
    const SECTIONS: usize = 3;
    if document.blocks.iter().filter(|block| block.role == BlockRole::Heading).count() < SECTIONS {
        return None;
    }
    let sums = ["年度彙總", "年度汇总", "彙總", "汇总", "累計", "累计", "合計", "合计", "totals", "aggregate"];
    tokens.iter().find_map(|token| {
        let Kind::Period(expression @ PeriodExpression::Fixed(_)) = token.kind else { return None };
        let period = period::main(reference, None, expression, false)?;
        let behind = document.text[token.span.end..].trim_start_matches([' ', '年', '度']);
        let sums = sums.iter().any(|word| behind.starts_with(word));
        (sums && matches!(period, Period::Months(..) | Period::Year(_))).then_some(period)
    })
}
