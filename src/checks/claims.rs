//! What documents claim of figures (records, streaks, first times) against the series, as far as it is known.
//!
//! A claim is contradicted only by values that cannot be rounded or revised into it; a series that does not reach far enough says
//! nothing.

use std::collections::BTreeMap;

use bellwether_model::claim::{Among, Claim, Of, Said, Span};
use bellwether_model::figure::{Flow, Measure};
use bellwether_model::id::{EventId, SourceId};
use bellwether_model::period::Period;
use bellwether_model::reading::Interval;
use bellwether_model::watch::RecordEnd;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::book::{Book, Known, Series, UNSEEN_REVISION};
use super::{Check, Finding, Names, finding, words};
use crate::describe;
use crate::view::EventView;

/// Earlier values that must be known before a claim about all there ever were counts as looked at.
const ENOUGH: usize = 12;
/// The same where one value of each year is compared.
const ENOUGH_YEARS: usize = 3;
/// Figures that are told of a finding beside the one of which something is claimed.
const TOLD: usize = 3;

/// What the series says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Values of the series speak against it.
    Contradicted,
    /// All that it speaks of is known, or as much as can be asked for, and nothing speaks against it.
    NotContradicted,
    /// Too little of the series is known.
    SeriesTooShort,
}

/// One claim of one document, and what the series says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// What the series says.
    pub verdict: Verdict,
    /// The claim, with its words.
    #[serde(flatten)]
    pub claim: Claim,
    /// The event of whose figure it is claimed.
    pub event: EventId,
    /// The figure, in one line.
    pub figure: String,
    /// Why, in one line.
    pub why: String,
    /// The source of the document that makes it.
    pub source: SourceId,
    /// The address of that document.
    pub url: String,
}

/// Every claim of every figure, those that are contradicted first.
#[must_use]
pub fn claims(events: &[EventView], names: &Names) -> Vec<Judged> {
    let book = Book::of(events, names);
    let mut judged = Vec::new();
    for (series, figures) in book.all() {
        for known in figures.values() {
            for mention in &known.view.mentions {
                for claim in &mention.claims {
                    let Look { verdict, why, .. } = look(&book, series, known, &claim.said);
                    judged.push(Judged {
                        verdict,
                        claim: claim.clone(),
                        event: known.view.event.id.clone(),
                        figure: format!("{}: {}", describe::about(known.figure), describe::value(known.figure)),
                        why,
                        source: mention.source.clone(),
                        url: mention.url.clone(),
                    });
                }
            }
        }
    }
    judged.sort_by(|a, b| (a.verdict, &a.figure, &a.url).cmp(&(b.verdict, &b.figure, &b.url)));
    judged
}

/// The claims that the series contradicts, each once however many documents make it.
pub(super) fn check(book: &Book<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (series, figures) in book.all() {
        for known in figures.values() {
            let mut seen: Vec<&Said> = Vec::new();
            for claim in known.view.mentions.iter().flat_map(|mention| &mention.claims) {
                if seen.contains(&&claim.said) {
                    continue;
                }
                seen.push(&claim.said);
                let look = look(book, series, known, &claim.said);
                if look.verdict == Verdict::Contradicted {
                    let why = format!("“{}” is said of it, and {}", claim.evidence.text, look.why);
                    let against = look.against.into_iter().take(TOLD);
                    let figures: Vec<&Known<'_>> = std::iter::once(known).chain(against).collect();
                    found.push(finding(Check::Claim, &why, None, &figures));
                }
            }
        }
    }
    found
}

/// What came of looking at a claim.
struct Look<'a, 'b> {
    verdict: Verdict,
    why: String,
    /// What speaks against it.
    against: Vec<&'b Known<'a>>,
}

impl Look<'_, '_> {
    fn of(verdict: Verdict, why: impl Into<String>) -> Self {
        Self { verdict, why: why.into(), against: Vec::new() }
    }
}

fn look<'a, 'b>(book: &'b Book<'a>, series: &Series, known: &'b Known<'a>, said: &Said) -> Look<'a, 'b> {
    let period = known.figure.period;
    match said {
        Said::Record { end, of, rank, among } => {
            let look = |measure| match beside(book, series, period, measure, None) {
                Some((figures, own)) => record(figures, own, *end, usize::from(*rank), *among),
                None => Look::of(Verdict::SeriesTooShort, "its own value is not known"),
            };
            match of {
                Of::Value => look(Measure::Level),
                Of::Growth => look(Measure::Yoy),
                Of::Either => both(look(Measure::Level), look(Measure::Yoy)),
            }
        }
        Said::Streak { growing, count, each } => streak(book, series, period, *growing, (i32::from(*count), *each)),
        Said::FirstAbove { amount, currency } => {
            match beside(book, series, period, Measure::Level, Some(currency.as_str())) {
                Some((figures, own)) => first_above(figures, own, amount.0),
                None => Look::of(Verdict::SeriesTooShort, "its own value is not known in that currency"),
            }
        }
    }
}

/// What is said of one of two, nobody knows which: it is contradicted where both are.
fn both<'a, 'b>(value: Look<'a, 'b>, growth: Look<'a, 'b>) -> Look<'a, 'b> {
    match (value.verdict, growth.verdict) {
        (Verdict::Contradicted, Verdict::Contradicted) | (Verdict::NotContradicted, _) => value,
        (_, Verdict::NotContradicted) => growth,
        (Verdict::SeriesTooShort, _) => value,
        _ => growth,
    }
}

type Figures<'a, 'b> = &'b BTreeMap<Period, Known<'a>>;

/// The series of the same subject that is counted so, and its value of this period.
fn beside<'a, 'b>(
    book: &'b Book<'a>,
    series: &Series,
    period: Period,
    measure: Measure,
    currency: Option<&str>,
) -> Option<(Figures<'a, 'b>, &'b Known<'a>)> {
    let of = |series: &Series| book.get(series).and_then(|figures| Some((figures, figures.get(&period)?)));
    if series.measure == measure && currency.is_none_or(|currency| currency == series.currency) {
        return of(series);
    }
    let alike = book.all().map(|(other, _)| other).filter(|other| {
        (&other.subject, other.flow, other.measure) == (&series.subject, series.flow, measure)
            && currency.is_none_or(|currency| currency == other.currency)
    });
    alike.filter_map(of).next()
}

/// The values of periods as long as this one that lie before it.
fn before<'a, 'b>(figures: Figures<'a, 'b>, own: &Known<'_>) -> Vec<&'b Known<'a>> {
    let period = own.figure.period;
    let days = |period: &Period| (period.end() - period.start()).get_days();
    let alike = |other: &Period| {
        std::mem::discriminant(other) == std::mem::discriminant(&period) && (days(other) - days(&period)).abs() <= 3
    };
    figures.iter().filter(|(other, _)| alike(other) && other.end() < period.start()).map(|(_, known)| known).collect()
}

/// What a value may be by now: amounts are revised unseen.
fn loosely(known: &Known<'_>) -> Interval {
    if known.figure.measure == Measure::Level { known.stated.widened(UNSEEN_REVISION) } else { known.stated }
}

fn record<'a, 'b>(
    figures: Figures<'a, 'b>,
    own: &Known<'_>,
    end: RecordEnd,
    rank: usize,
    among: Among,
) -> Look<'a, 'b> {
    let period = own.figure.period;
    let others = before(figures, own).into_iter();
    let (others, needed): (Vec<&Known<'_>>, usize) = match among {
        Among::All => (others.collect(), ENOUGH),
        Among::SamePart => {
            let same = |other: &&Known<'_>| other.figure.period.start().month() == period.start().month();
            (others.filter(same).collect(), ENOUGH_YEARS)
        }
        Among::Since { since } => {
            let between = steps(period, since.end());
            (others.filter(|other| other.figure.period.start() > since.end()).collect(), between)
        }
        Among::Within { count, each } => {
            let months = i32::from(count) * each.months();
            let Some(from) =
                jiff::Span::new().try_months(months).ok().and_then(|span| period.start().checked_sub(span).ok())
            else {
                return Look::of(Verdict::SeriesTooShort, "no calendar reaches so far");
            };
            (others.filter(|other| other.figure.period.start() > from).collect(), steps(period, from))
        }
    };
    let mine = loosely(own);
    // The largest deficit is the lowest balance.
    let is_deficit =
        own.figure.flow == Flow::Balance && own.figure.measure == Measure::Level && mine.high < Decimal::ZERO;
    let end = match end {
        RecordEnd::High if is_deficit => RecordEnd::Low,
        RecordEnd::Low if is_deficit => RecordEnd::High,
        end => end,
    };
    let beats = |other: &&&Known<'_>| match end {
        RecordEnd::High => other.stated.low > mine.high,
        RecordEnd::Low => other.stated.high < mine.low,
    };
    let against: Vec<&Known<'_>> = others.iter().filter(beats).copied().collect();
    if against.len() >= rank {
        let told: Vec<String> = against
            .iter()
            .take(TOLD)
            .map(|other| format!("{} has {}", other.figure.period, describe::value(other.figure)))
            .collect();
        return Look { verdict: Verdict::Contradicted, why: told.join(", "), against };
    }
    let known = format!("{} earlier values are known", others.len());
    let verdict = if others.len() >= needed.max(1) { Verdict::NotContradicted } else { Verdict::SeriesTooShort };
    Look::of(verdict, known)
}

/// How many periods as long as this one begin behind a day and end before this one begins.
fn steps(period: Period, behind: jiff::civil::Date) -> usize {
    let months = match period {
        Period::Month(..) => 1,
        Period::Quarter(..) => 3,
        Period::Half(..) => 6,
        Period::Year(_) | Period::Months(..) | Period::Days(..) => 12,
    };
    let mut count = 0;
    let mut at = period;
    while let Some(earlier) = at.shifted(-months).filter(|earlier| earlier.start() > behind) {
        (at, count) = (earlier, count + 1);
    }
    count
}

fn streak<'a, 'b>(
    book: &'b Book<'a>,
    series: &Series,
    period: Period,
    growing: bool,
    (count, each): (i32, Span),
) -> Look<'a, 'b> {
    let fits = match each {
        Span::Month => matches!(period, Period::Month(..)),
        Span::Quarter => matches!(period, Period::Quarter(..)),
        Span::Year => matches!(period, Period::Year(_)),
    };
    if !fits {
        return Look::of(Verdict::SeriesTooShort, "it counts other periods than that of the figure");
    }
    let mut known = 0;
    for back in 0..count {
        let Some(at) = period.shifted(-back * each.months()) else { break };
        let Some((rate, from)) = growth(book, series, at) else { continue };
        known += 1;
        if growing && rate.high < Decimal::ZERO || !growing && rate.low > Decimal::ZERO {
            let why = format!("that of {at} is {}", words(rate, "percent"));
            return Look { verdict: Verdict::Contradicted, why, against: vec![from] };
        }
    }
    let verdict = if known == count { Verdict::NotContradicted } else { Verdict::SeriesTooShort };
    Look::of(verdict, format!("the changes of {known} of {count} periods are known"))
}

/// The change of a period against the year before: as it is stated, else as the two amounts make it.
fn growth<'a, 'b>(book: &'b Book<'a>, series: &Series, period: Period) -> Option<(Interval, &'b Known<'a>)> {
    if let Some((_, own)) = beside(book, series, period, Measure::Yoy, None) {
        return Some((own.stated, own));
    }
    let (figures, now) = beside(book, series, period, Measure::Level, None)?;
    let then = figures.get(&period.year_earlier()?)?;
    let rate = loosely(now).percent_of(then.stated)?.minus(Interval::point(Decimal::ONE_HUNDRED));
    Some((rate, now))
}

fn first_above<'a, 'b>(figures: Figures<'a, 'b>, own: &'b Known<'a>, amount: Decimal) -> Look<'a, 'b> {
    let others = before(figures, own);

    let against: Vec<&Known<'_>> = others.iter().copied().filter(|other| loosely(other).low > amount).collect();
    if let Some(first) = against.first() {
        let why = format!("{} has {} already", first.figure.period, describe::value(first.figure));
        return Look { verdict: Verdict::Contradicted, why, against };
    }
    if loosely(own).high < amount {
        return Look { verdict: Verdict::Contradicted, why: "it lies below that".to_owned(), against: Vec::new() };
    }
    let verdict = if others.len() >= ENOUGH { Verdict::NotContradicted } else { Verdict::SeriesTooShort };
    Look::of(verdict, format!("{} earlier values are known", others.len()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::claimed;
    use super::*;
    use bellwether_model::figure::Unit;

    const MONTHS: [&str; 13] = [
        "a TW exports 2024-11 level 41.1@0.1",
        "a TW exports 2024-12 level 43.6@0.1",
        "a TW exports 2025-01 level 38.7@0.1",
        "a TW exports 2025-02 level 41.3@0.1",
        "a TW exports 2025-03 level 49.6@0.1",
        "a TW exports 2025-04 level 48.7@0.1",
        "a TW exports 2025-05 level 51.7@0.1",
        "a TW exports 2025-06 level 53.3@0.1",
        "a TW exports 2025-07 level 56.7@0.1",
        "a TW exports 2025-08 level 58.5@0.1",
        "a TW exports 2025-09 level 54.2@0.1",
        "a TW exports 2025-10 level 61.8@0.1",
        "b TW exports 2025-11 level 64.0@0.1",
    ];

    fn december(value: &'static str, said: Said) -> (Verdict, usize) {
        let figures = [&MONTHS[..], &[value]].concat();
        let (verdict, findings) = claimed(&figures, said);
        (verdict, findings.iter().filter(|line| line.starts_with("claim")).count())
    }

    fn highest(rank: u8, among: Among) -> Said {
        Said::Record { end: RecordEnd::High, of: Of::Value, rank, among }
    }

    #[test]
    fn a_record_is_contradicted_by_a_value_that_was_higher() {
        use Verdict::{Contradicted, NotContradicted};
        let at = |value: &'static str, said| december(value, said);
        assert_eq!(at("c TW exports 2025-12 level 66.2@0.1", highest(1, Among::All)), (NotContradicted, 0));
        assert_eq!(at("c TW exports 2025-12 level 62.5@0.1", highest(1, Among::All)), (Contradicted, 1));
        assert_eq!(at("c TW exports 2025-12 level 62.5@0.1", highest(2, Among::All)), (NotContradicted, 0));
        // 64.0 may have been revised to 63.8 where nobody here saw it.
        assert_eq!(at("c TW exports 2025-12 level 63.8@0.1", highest(1, Among::All)), (NotContradicted, 0));
        let since = |text: &str| highest(1, Among::Since { since: text.parse().expect(text) });
        assert_eq!(at("c TW exports 2025-12 level 62.5@0.1", since("2025-11")), (Verdict::SeriesTooShort, 0));
        assert_eq!(at("c TW exports 2025-12 level 62.5@0.1", since("2025-10")), (Contradicted, 1));
        let lowest = |count| Said::Record {
            end: RecordEnd::Low,
            of: Of::Value,
            rank: 1,
            among: Among::Within { count, each: Span::Month },
        };
        assert_eq!(at("c TW exports 2025-12 level 50.0@0.1", lowest(8)), (NotContradicted, 0));
        assert_eq!(at("c TW exports 2025-12 level 50.0@0.1", lowest(10)), (Contradicted, 1));
    }

    #[test]
    fn what_may_be_said_of_value_or_rate_is_contradicted_by_both() {
        let either = Said::Record {
            end: RecordEnd::High,
            of: Of::Either,
            rank: 1,
            among: Among::Within { count: 3, each: Span::Month },
        };
        let rates = |last: &'static str| {
            let earlier = ["a TW exports 2025-10 yoy 49.7@0.1", "a TW exports 2025-11 yoy 56.0@0.1", last];
            claimed(&[&MONTHS[..], &["c TW exports 2025-12 level 62.5@0.1"], &earlier[..]].concat(), either.clone()).0
        };
        assert_eq!(rates("c TW exports 2025-12 yoy 43.4@0.1"), Verdict::Contradicted);
        assert_eq!(rates("c TW exports 2025-12 yoy 57.4@0.1"), Verdict::NotContradicted);
    }

    #[test]
    fn the_largest_deficit_is_the_lowest_balance() {
        let record = |last: &'static str| {
            claimed(
                &["a US balance 2025-10 level -52.8@0.1", "a US balance 2025-11 level -70.3@0.1", last],
                highest(1, Among::All),
            )
            .0
        };
        assert_eq!(record("b US balance 2025-12 level -60.1@0.1"), Verdict::Contradicted);
        assert_eq!(record("b US balance 2025-12 level -75.2@0.1"), Verdict::SeriesTooShort);
    }

    #[test]
    fn a_series_that_is_too_short_says_nothing() {
        let (verdict, _) = claimed(&[MONTHS[12], "c TW exports 2025-12 level 66.2@0.1"], highest(1, Among::All));
        assert_eq!(verdict, Verdict::SeriesTooShort);
        // One higher value is enough to contradict.
        let (verdict, _) = claimed(&[MONTHS[12], "c TW exports 2025-12 level 60.2@0.1"], highest(1, Among::All));
        assert_eq!(verdict, Verdict::Contradicted);
        let same = highest(1, Among::SamePart);
        assert_eq!(december("c TW exports 2025-12 level 62.5@0.1", same).0, Verdict::SeriesTooShort);
    }

    #[test]
    fn a_streak_is_contradicted_by_a_period_that_went_the_other_way() {
        let streak = |growing, count| Said::Streak { growing, count, each: Span::Month };
        let rates =
            ["a TW exports 2025-10 yoy -3.1@0.1", "a TW exports 2025-11 yoy 2.5@0.1", "b TW exports 2025-12 yoy 4@0.1"];
        let (verdict, findings) = claimed(&rates, streak(true, 3));
        assert_eq!((verdict, findings), (Verdict::Contradicted, vec!["claim TW exports 2025-12 + exports".to_owned()]));
        assert_eq!(claimed(&rates, streak(true, 2)).0, Verdict::NotContradicted);
        assert_eq!(claimed(&rates[1..], streak(true, 3)).0, Verdict::SeriesTooShort);
        // Where no rate is stated, the amounts of both years make it.
        assert_eq!(december("c TW exports 2025-12 level 62.5@0.1", streak(true, 2)).0, Verdict::NotContradicted);
        assert_eq!(december("c TW exports 2025-12 level 62.5@0.1", streak(false, 2)).0, Verdict::Contradicted);
    }

    #[test]
    fn a_first_time_is_contradicted_by_an_earlier_one() {
        let above = |billions: i64| Said::FirstAbove {
            amount: (billions * 1_000_000_000).into(),
            currency: Unit("USD".into()),
        };
        let december = |said| december("c TW exports 2025-12 level 66.2@0.1", said);
        assert_eq!(december(above(65)), (Verdict::NotContradicted, 0));
        assert_eq!(december(above(60)), (Verdict::Contradicted, 1));
        assert_eq!(december(above(70)), (Verdict::Contradicted, 1), "it lies below that itself");
    }
}
