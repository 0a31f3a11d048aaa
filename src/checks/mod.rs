//! What does not fit among the figures of the store: arithmetic that figures of one subject must obey. Pure.
//!
//! A number stands for everything that it could have been rounded from. What one document says is compared to the
//! digit; between documents a number stands for all its vintages, and an unseen revision is allowed for as well. Figures of low confidence and facts that no document carries any more are not looked at.

mod book;
mod claims;
mod forecasts;
mod identities;
mod parts;
mod periods;
mod rates;
mod scale;
#[cfg(test)]
mod testing;

use bellwether_model::figure::Figure;
use bellwether_model::id::{EventId, SourceId};
use bellwether_model::number::Number;
use bellwether_model::reading::Interval;
use serde::{Deserialize, Serialize};

use self::book::{Book, Known};
pub use self::claims::{Judged, Verdict, claims};
use crate::describe;
use crate::view::{EventView, best_mention};

/// How words become names that agree over scripts and wordings; the same that make the names of events.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// The name of a product class.
    pub product_class: fn(&str) -> String,
    /// The name of an organisation.
    pub organisation: fn(&str) -> String,
}

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Exports minus imports against the balance.
    Balance,
    /// Exports plus imports against total trade.
    Total,
    /// A rate on a year before against the two amounts.
    YearOnYear,
    /// A rate on the month before against the two amounts.
    MonthOnMonth,
    /// A change in money against the two amounts.
    ChangeInMoney,
    /// A share against the part and the whole.
    Share,
    /// A part against a smaller whole: one partner against all, one month against its year.
    PartAboveWhole,
    /// Months, quarters and cumulative sums against the period that they make up.
    Sum,
    /// One amount, to the digit, for two periods of which one holds the other.
    SameAmount,
    /// A value of a period that was not over when it was published.
    PeriodNotOver,
    /// The range of a forecast in money against its range as a rate.
    ForecastRange,
    /// A value that stands out from its series by a power of ten, or as that of another coverage.
    ScaleBreak,
    /// A record, a streak or a first time of which a document speaks, against the series.
    Claim,
}

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What was compared.
    pub check: Check,
    /// What does not fit, in one line for people.
    pub summary: String,
    /// Whether they are the numbers of one document, so that no revision between two documents can be the cause.
    pub within_document: bool,
    /// What the other figures leave room for; `None`: the check compares no number with a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Bounds>,
    /// The figures, the one that stands out first.
    pub figures: Vec<Part>,
}

/// From `low` to `high`, both included; money in full units, rates in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Lower end.
    pub low: Number,
    /// Upper end.
    pub high: Number,
}

/// One figure of a finding, with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The event.
    pub event: EventId,
    /// The figure as shown, with the words that prove it.
    pub figure: Figure,
    /// The source of the document that proves it best.
    pub source: Option<SourceId>,
    /// The address of that document.
    pub url: Option<String>,
}

/// Everything that does not fit among events, sorted by check and subject.
#[must_use]
pub fn findings(events: &[EventView], names: &Names) -> Vec<Finding> {
    let book = Book::of(events, names);
    let mut found = identities::check(&book);
    found.extend(rates::check(&book));
    found.extend(parts::check(&book));
    found.extend(periods::check(&book));
    found.extend(forecasts::check(&book));
    found.extend(scale::check(&book));
    found.extend(claims::check(&book));
    found.sort_by(|a, b| (a.check, &a.summary).cmp(&(b.check, &b.summary)));
    found
}

/// Compares figures, the one that stands out first, in every sight of them, and makes a finding of the first in which
/// they do not fit. `expected`: what the others leave room for, and how it comes about; `None`: they say nothing.
fn compare(
    check: Check,
    figures: &[&Known<'_>],
    expected: impl Fn(&[Interval]) -> Option<(Interval, String)>,
) -> Option<Finding> {
    book::sights(figures).into_iter().find_map(|sight| {
        let (first, rest) = sight.stated.split_first()?;
        let (range, why) = expected(rest)?;
        (!range.overlaps(*first))
            .then(|| Finding { within_document: sight.within_document, ..finding(check, &why, Some(range), figures) })
    })
}

/// A finding of these figures, the one that stands out first.
fn finding(check: Check, why: &str, expected: Option<Interval>, figures: &[&Known<'_>]) -> Finding {
    let lead =
        figures.first().map(|known| format!("{}: {}", describe::about(known.figure), describe::value(known.figure)));
    Finding {
        check,
        summary: format!("{}, but {why}", lead.unwrap_or_default()),
        within_document: book::share_document(figures),
        expected: expected.map(|Interval { low, high }| Bounds { low: Number(low), high: Number(high) }),
        figures: figures.iter().map(|known| part(known)).collect(),
    }
}

fn part(known: &Known<'_>) -> Part {
    let mention = best_mention(&known.view.mentions);
    Part {
        event: known.view.event.id.clone(),
        figure: known.figure.clone(),
        source: mention.map(|mention| mention.source.clone()),
        url: mention.map(|mention| mention.url.clone()),
    }
}

/// A range in words: `19.3 billion USD to 19.5 billion USD`.
fn words(range: Interval, unit: &str) -> String {
    let round = |value: rust_decimal::Decimal| {
        let digits = if unit == "percent" { value.round_dp(2) } else { value.round_sf(6).unwrap_or(value) };
        describe::number(Number(digits), unit)
    };
    let (low, high) = (round(range.low), round(range.high));
    if low == high { low } else { format!("{low} to {high}") }
}
