//! The tokens of a text: words, numerals, periods and breaks, in order, none overlapping.

use std::ops::Range;

use bellwether_model::period::Period;
use bellwether_model::place::Area;
use jiff::civil::Date;

use super::breaks::breaks;
use super::fiscal;
use super::lexicon::{Lexicon, Role, Term, aligned};
use super::short_names::with_short_names;
use crate::text::{self, Numeral, PeriodExpression};

/// A piece of text with a meaning.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// Bytes of the text.
    pub(super) span: Range<usize>,
    /// What it is.
    pub(super) kind: Kind,
}

/// What a token is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A word of the lexicon.
    Word(&'static Term),
    /// One character that stands for an economy (對美).
    Short(Area),
    /// A number with all that belongs to it.
    Numeral(Numeral),
    /// A period.
    Period(PeriodExpression),
    /// Punctuation.
    Break(Break),
}

/// How strongly punctuation parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    /// 、
    List,
    /// A comma, a dash or a wide space.
    Clause,
    /// A semicolon.
    Part,
    /// A colon.
    Colon,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
}

impl Token {
    /// The word, where it is one.
    pub(super) fn term(&self) -> Option<&'static Term> {
        match self.kind {
            Kind::Word(term) => Some(term),
            _ => None,
        }
    }

    /// Whether it is a word that may do this.
    pub(super) fn is(&self, role: Role) -> bool {
        self.term().is_some_and(|term| term.is(role))
    }

    /// The economies it names.
    pub(super) fn areas(&self) -> &[Area] {
        match &self.kind {
            Kind::Word(term) => &term.areas,
            Kind::Short(area) => std::slice::from_ref(area),
            _ => &[],
        }
    }
}

/// All tokens of a text.
pub(super) fn tokens(original: &str, reference: Option<Date>, lexicon: &'static Lexicon) -> Vec<Token> {
    let folded = aligned(original);
    let (numerals, periods) = text::tokens(original, reference);
    let taken: Vec<Range<usize>> = periods.iter().map(|mention| mention.span.clone()).collect();
    let periods =
        periods.into_iter().map(|mention| Token { span: mention.span, kind: Kind::Period(mention.expression) });
    let numerals = numerals
        .into_iter()
        .filter(|numeral| !overlaps(&taken, &numeral.span))
        .map(|numeral| Token { span: numeral.span.clone(), kind: Kind::Numeral(numeral) });
    let mut found = in_order(periods, numerals);
    join_months(original, &mut found);
    join_days(&folded, &mut found);
    super::until_day::join(&folded, reference, &mut found);
    read_short_years(&folded, reference, &mut found);
    join_base_years(&folded, reference, &mut found);
    fiscal::join_years(&folded, &mut found);
    fiscal::resolve_parts(&folded, reference, &mut found);
    join_days_of_month(&folded, &mut found);
    join_ended_quarters(&folded, reference, &mut found);
    let words = words(original, &folded, &mut found, lexicon);
    let breaks = breaks(original, &found, &words);
    let words = in_order(words.into_iter(), breaks.into_iter());
    let mut found = in_order(found.into_iter(), words.into_iter());
    absorb_glosses(original, &mut found);
    super::office::join(&folded, &mut found, lexicon);
    with_short_names(&folded, &mut found, lexicon);
    found
}

/// Two rows of tokens, each in order, as one; of two that begin together the first row's comes first.
pub(super) fn in_order(first: impl Iterator<Item = Token>, second: impl Iterator<Item = Token>) -> Vec<Token> {
    let (mut first, mut second) = (first.peekable(), second.peekable());
    let mut tokens = Vec::with_capacity(first.size_hint().0 + second.size_hint().0);
    while let (Some(one), Some(other)) = (first.peek(), second.peek()) {
        let next = if one.span.start <= other.span.start { first.next() } else { second.next() };
        tokens.extend(next);
    }
    tokens.extend(first);
    tokens.extend(second);
    tokens
}

/// The words of the lexicon, where numerals and periods leave room for them or give way.
pub(super) fn words(original: &str, folded: &str, found: &mut Vec<Token>, lexicon: &'static Lexicon) -> Vec<Token> {
    let mut words = Vec::new();
    let mut given_way = vec![false; found.len()];
    let mut from = 0;
    let mut hits = lexicon.find(folded, original).peekable();
    while let Some((span, term)) = hits.next() {
        if !term.areas.is_empty() && names_currency(&folded[span.end..]) {
            continue;
        }
        if let Some(token) = word_of_goods(original, folded, &span, term, lexicon) {
            words.push(token);
            continue;
        }
        // Words come in order, as the tokens do.
        from += found[from..].iter().take_while(|token| token.span.end <= span.start).count();
        let until = from + found[from..].iter().take_while(|token| token.span.start < span.end).count();
        if from + 1 == until && trim_hedge(original, &span, term, &mut found[from]) || from >= until {
            words.push(Token { span, kind: Kind::Word(term) });
            continue;
        }
        if found[from..until].iter().all(|token| gives_way(original, &span, term, token)) {
            given_way[from..until].fill(true);
            words.push(Token { span, kind: Kind::Word(term) });
            continue;
        }
        // 接單月增: a period in which one word ends and the next begins is none.
        let parted = |token: &Token, next: &Range<usize>| {
            matches!(token.kind, Kind::Period(_))
                && span.start < token.span.start
                && next.start == span.end
                && token.span.end < next.end
        };
        if from + 1 == until && (given_way[from] || hits.peek().is_some_and(|(next, _)| parted(&found[from], next))) {
            given_way[from] = true;
            words.push(Token { span, kind: Kind::Word(term) });
            continue;
        }
        // 同月增加: 月增 runs out of a period, and hides the word behind it.
        let end = found[until - 1].span.end;
        if found[from].span.start < span.start
            && end < span.end
            && let Some(until) =
                folded[end..].char_indices().nth(8).map_or(Some(folded.len()), |(at, _)| Some(end + at))
            && let Some((hidden, term)) = lexicon.find(&folded[end..until], &original[end..until]).next()
            && hidden.start == 0
        {
            words.push(Token { span: end..end + hidden.end, kind: Kind::Word(term) });
        }
    }
    words.dedup_by(|behind, before| behind.span.start < before.span.end);
    let mut gone = given_way.into_iter();
    found.retain(|_| !gone.next().unwrap_or(false));
    words
}

/// 對台商品逆差, 進口商品247億美元: the words that hold 商品 where another word would take a part of it, or more.
fn word_of_goods(
    original: &str,
    folded: &str,
    span: &Range<usize>,
    term: &Term,
    lexicon: &'static Lexicon,
) -> Option<Token> {
    const LONGEST: usize = 8;
    if term.areas.is_empty() && !term.none {
        return None;
    }
    let goods = aligned("商品");
    let kind = &goods[..goods.chars().next()?.len_utf8()];
    let (word, behind) = (&folded[span.clone()], &folded[span.end..]);
    let found = |from: usize, until: usize| {
        let (hidden, term) = lexicon.find(&folded[from..until], &original[from..until]).next()?;
        (hidden.start == 0).then(|| Token { span: from..from + hidden.end, kind: Kind::Word(term) })
    };
    if !term.areas.is_empty() && word.ends_with(kind) && behind.starts_with(&goods[kind.len()..]) {
        let from = span.end - kind.len();
        let until = folded[from..].char_indices().nth(LONGEST).map_or(folded.len(), |(at, _)| from + at);
        return found(from, until);
    }
    let counted = behind.starts_with(|c: char| c.is_ascii_digit());
    let named = term.none && counted && word.ends_with(goods.as_str());
    named.then(|| found(span.start, span.end - goods.len())).flatten()
}

/// Whether the name of an economy before these words is part of a currency's (US$, U.S. dollars).
fn names_currency(behind: &str) -> bool {
    behind.starts_with(['$', '＄']) || behind.trim_start().starts_with("dollar")
}

/// Whether a numeral or period inside a longer word is part of that word: a name that holds a numeral is a name
/// (一帶一路, G7), and 較上年同月 names the base of a rate, not a period of figures.
fn gives_way(original: &str, span: &Range<usize>, term: &Term, token: &Token) -> bool {
    let held = span.start <= token.span.start && token.span.end <= span.end && token.span != *span;
    let base_of_rate = term.is(Role::Yoy) || term.is(Role::Mom) || term.is(Role::OtherBasis);
    held && match token.kind {
        Kind::Numeral(_) => true,
        Kind::Period(_) => base_of_rate && !original[span.end..].starts_with('的'),
        _ => false,
    }
}

/// 出超694億 is a surplus of 694, not more than 694: the flow takes the hedge from the numeral.
fn trim_hedge(original: &str, span: &Range<usize>, term: &Term, token: &mut Token) -> bool {
    let Kind::Numeral(numeral) = &mut token.kind else { return false };
    let shared = original.get(numeral.span.start..span.end).unwrap_or_default();
    let trims = term.flow.is_some()
        && !shared.is_empty()
        && !shared.contains(|c: char| c.is_ascii_digit())
        && span.start < numeral.span.start
        && span.end < numeral.span.end;
    if trims {
        numeral.span.start = span.end;
        // 出超逾40億: what is left of 超逾 says the same.
        if !original[span.end..].starts_with(['逾', '過', '过']) {
            numeral.hedge = None;
        }
        token.span.start = span.end;
    }
    trims
}

/// `January and February`, 1月及2月: two months in a row are one period.
fn join_months(original: &str, found: &mut Vec<Token>) {
    let mut at = 0;
    while at + 1 < found.len() {
        let joined = match (&found[at].kind, &found[at + 1].kind) {
            (Kind::Period(PeriodExpression::Month(first)), Kind::Period(PeriodExpression::Month(second)))
                if *second == first + 1 =>
            {
                let gap = original[found[at].span.end..found[at + 1].span.start].trim();
                matches!(gap, "and" | "及" | "和" | "與" | "与" | "-" | "–").then_some((*first, *second))
            }
            // 第一季度、第二季度
            (Kind::Period(PeriodExpression::Quarter(first)), Kind::Period(PeriodExpression::Quarter(second)))
                if *second == first + 1 =>
            {
                let gap = original[found[at].span.end..found[at + 1].span.start].trim();
                matches!(gap, "、" | "及" | "和" | "與" | "与").then_some((first * 3 - 2, second * 3))
            }
            // 第一季度、第二季度和第三季度
            (Kind::Period(PeriodExpression::Months(first, last)), Kind::Period(PeriodExpression::Quarter(next)))
                if *last == next * 3 - 3 =>
            {
                let gap = original[found[at].span.end..found[at + 1].span.start].trim();
                matches!(gap, "、" | "及" | "和" | "與" | "与").then_some((*first, next * 3))
            }
            _ => None,
        };
        let Some((first, second)) = joined else {
            at += 1;
            continue;
        };
        let behind = found.remove(at + 1);
        found[at] = Token {
            span: found[at].span.start..behind.span.end,
            kind: Kind::Period(PeriodExpression::Months(first, second)),
        };
    }
}

/// The digits with which a text begins, and what follows them.
fn digits_and_rest(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// 2月1日至10日, 2月前10天: the first days of a month, of which early customs figures speak.
fn join_days(folded: &str, found: &mut Vec<Token>) {
    for at in 0..found.len().saturating_sub(1) {
        let (digits, rest) = digits_and_rest(&folded[found[at + 1].span.clone()]);
        let Ok(to) = digits.parse::<u8>() else { continue };
        if !matches!(rest, "天" | "日") || !(2..=31).contains(&to) {
            continue;
        }
        let gap = folded[found[at].span.end..found[at + 1].span.start].trim();
        let joined = match &found[at].kind {
            Kind::Period(PeriodExpression::Month(month)) if matches!(gap, "前" | "首" | "头" | "的前" | "的首") => {
                Some((*month, 1))
            }
            Kind::Period(PeriodExpression::Day(Some(day))) if matches!(gap, "至" | "到" | "-" | "~" | "—") => {
                u8::try_from(day.month()).ok().zip(u8::try_from(day.day()).ok()).filter(|(_, from)| *from < to)
            }
            _ => None,
        };
        if let Some((month, from)) = joined {
            let end = found[at + 1].span.end;
            let kind = Kind::Period(PeriodExpression::Days { month: Some(month), from, to });
            found[at] = Token { span: found[at].span.start..end, kind };
            found[at + 1].span = end..end;
        }
    }
    found.retain(|token| !token.span.is_empty());
}

/// `the first 20 days of the month`, `of this month`: the days say all that the month behind them would.
fn join_days_of_month(folded: &str, found: &mut Vec<Token>) {
    for at in 0..found.len().saturating_sub(1) {
        let Kind::Period(PeriodExpression::Days { month: None, from, to }) = found[at].kind else { continue };
        let gap = folded.get(found[at].span.end..found[at + 1].span.start).map(str::trim);
        let month = match found[at + 1].kind {
            Kind::Period(PeriodExpression::Same(text::SamePeriod::Month)) => None,
            Kind::Period(PeriodExpression::Fixed(Period::Month(_, month))) => Some(month),
            _ => continue,
        };
        if gap != Some("of") {
            continue;
        }
        let end = found[at + 1].span.end;
        let kind = Kind::Period(PeriodExpression::Days { month, from, to });
        found[at] = Token { span: found[at].span.start..end, kind };
        found[at + 1].span = end..end;
    }
    found.retain(|token| !token.span.is_empty());
}

/// `the quarter ended last month`, `the quarter to June`: the three months that end so.
fn join_ended_quarters(folded: &str, reference: Option<Date>, found: &mut Vec<Token>) {
    for at in 0..found.len().saturating_sub(1) {
        let quarter = matches!(found[at].kind, Kind::Period(PeriodExpression::Same(text::SamePeriod::Quarter)));
        let Kind::Period(expression) = found[at + 1].kind else { continue };
        let gap = folded.get(found[at].span.end..found[at + 1].span.start).map(str::trim);
        let ends =
            matches!(gap, Some("ended" | "ending" | "to" | "ended in" | "that ended" | "that ended in" | "through"));
        let Some(Period::Month(year, month)) = super::period::main(reference, None, expression, false) else {
            continue;
        };
        if !quarter || !ends || month % 3 != 0 {
            continue;
        }
        let end = found[at + 1].span.end;
        let kind = Kind::Period(PeriodExpression::Fixed(Period::Quarter(year, month / 3)));
        found[at] = Token { span: found[at].span.start..end, kind };
        found[at + 1].span = end..end;
    }
    found.retain(|token| !token.span.is_empty());
}

/// 110年出口: a year of the republic's calendar directly before what is counted in it; elsewhere 110年 are 110 years.
fn read_short_years(folded: &str, reference: Option<Date>, found: &mut [Token]) {
    /// The year of the common calendar before the republic's first.
    const BEFORE_REPUBLIC: i16 = 1911;
    let Some(day) = reference else { return };
    let counted = ["出口", "進口", "對", "貿易", "外銷", "海關", "出超", "入超", "我國", "整體", "商品"].map(aligned);
    for token in found.iter_mut().filter(|token| matches!(token.kind, Kind::Numeral(_))) {
        let Some(written) = folded[token.span.clone()].strip_suffix('年') else { continue };
        let digits: String = written.chars().filter_map(text::digit).collect();
        let whole = digits.len() == written.chars().count() && digits.len() < 4;
        let Some(year) = digits.parse::<i16>().ok().filter(|_| whole) else { continue };
        let year = year + BEFORE_REPUBLIC;
        let recent = (day.year() - 20..=day.year() + 1).contains(&year);
        // 一一四年 counts no years, and 較113年增加 is measured against one.
        let han = digits.len() == 3 && digits != written;
        let behind = &folded[token.span.end..];
        let base = folded[..token.span.start].ends_with(['較', '较', '比', '與', '与', '和'])
            && ["增", "減", "减", "成長", "成长", "衰退", "相", "下滑", "多", "少"]
                .iter()
                .any(|word| behind.starts_with(word));
        // 105年全年, 114年，: three digits count no years but where words say so.
        let spans = behind.starts_with(['来', '前', '后', '以', '间', '期', '内', '历', '老', '史', '度'])
            || folded[..token.span.start].ends_with(['近', '逾', '达', '约', '过', '去', '满', '有', '每']);
        let named = digits.len() == 3 && digits == written && !spans;
        if recent && (han || base || named || counted.iter().any(|word| behind.starts_with(word.as_str()))) {
            token.kind = Kind::Period(PeriodExpression::Fixed(Period::Year(year)));
        }
    }
}

/// 較100年同月, 比2019年同期: a year and what lies in it are one base of a rate. The year before the last one that can be
/// reported is the year earlier; any other stays what it is.
fn join_base_years(folded: &str, reference: Option<Date>, found: &mut Vec<Token>) {
    /// The year of the republic's calendar before its first.
    const BEFORE_REPUBLIC: i16 = 1911;
    let Some(day) = reference else { return };
    for at in 0..found.len() {
        let (digits, rest) = digits_and_rest(&folded[found[at].span.clone()]);
        let (Ok(year), "年" | "") = (digits.parse::<i16>(), rest) else { continue };
        if rest.is_empty() && !(1990..2100).contains(&year) {
            continue;
        }
        let behind = &folded[found[at].span.end..];
        let Some(same) = ["同月", "同期", "同季", "同月份"].iter().rev().find(|same| behind.starts_with(**same))
        else {
            continue;
        };
        let year = if year < 200 { year + BEFORE_REPUBLIC } else { year };
        // Figures of December and of a whole year come out in the next one.
        let latest = if day.month() <= 2 { 2 } else { 1 };
        let kind = if (day.year() - latest..day.year()).contains(&year) {
            PeriodExpression::YearEarlier
        } else {
            PeriodExpression::Fixed(Period::Year(year))
        };
        let end = found[at].span.end + same.len();
        found[at] = Token { span: found[at].span.start..end, kind: Kind::Period(kind) };
        for inside in found[at + 1..].iter_mut().take_while(|token| token.span.start < end) {
            inside.span = end..end;
        }
    }
    found.retain(|token| !token.span.is_empty());
}

/// 東南亞國協（ASEAN）、歐盟; 集成電路(IC)和: a name in Latin letters in a bracket behind an economy or a product class is the
/// same once more.
fn absorb_glosses(original: &str, found: &mut Vec<Token>) {
    const LONGEST: usize = 32;
    let mut until = 0;
    for at in 0..found.len() {
        let start = found[at].span.end;
        let named = !found[at].areas().is_empty() || found[at].term().is_some_and(|term| term.goods);
        let Some(inside) = original.get(start..).and_then(|rest| rest.strip_prefix(['(', '（'])) else { continue };
        let gloss: &str = &inside[..inside.find([')', '）']).unwrap_or(0)];
        let latin = |c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | '-' | '&' | '.' | '/');
        if !named || start < until || gloss.is_empty() || gloss.len() > LONGEST || !gloss.chars().all(latin) {
            continue;
        }
        let open = original[start..].chars().next().map_or(0, char::len_utf8);
        let close = inside[gloss.len()..].chars().next().map_or(0, char::len_utf8);
        until = start + open + gloss.len() + close;
        found[at].span.end = until;
        for inside in found[at + 1..].iter_mut().take_while(|token| token.span.start < until) {
            inside.span = until..until;
        }
    }
    found.retain(|token| !token.span.is_empty());
}

/// Whether a span meets one of these sorted ones.
fn overlaps(sorted: &[Range<usize>], span: &Range<usize>) -> bool {
    let at = sorted.partition_point(|other| other.end <= span.start);
    sorted.get(at).is_some_and(|other| other.start < span.end)
}
