//! Each fact once: a figure stated twice in a document is kept where it is more precise.

use std::collections::{BTreeSet, HashMap};

use bellwether_model::figure::{Amount, Figure, Flow, Measure, Status, Unit};
use bellwether_model::period::Period;
use bellwether_model::place::{Area, Partner};
use rust_decimal::Decimal;

use super::mechanism::Mechanism;

/// A figure with where it was read.
#[derive(Debug, Clone)]
pub(super) struct Read {
    /// The figure.
    pub(super) figure: Figure,
    /// Whether it stands in the title: the body says the same more fully.
    pub(super) title: bool,
    /// Whether its words say that it is of goods alone (商品貿易逆差).
    pub(super) goods_alone: bool,
}

/// The figures of a document.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// Every fact once, in the order of the document.
    pub(super) figures: Vec<Figure>,
    /// What was read and does not go with the rest, with why it was left out.
    pub(super) left: Vec<(Figure, &'static str)>,
}

/// Every fact once. `of_quantities`: the rates that the body tells of quantities, without their signs.
pub(super) fn merge(mut read: Vec<Read>, of_quantities: &[(Flow, Decimal)], left_out: Option<Mechanism>) -> Merged {
    if left_out == Some(Mechanism::Merging) {
        return Merged { figures: read.into_iter().map(|one| one.figure).collect(), left: Vec::new() };
    }
    let mut left = leave_the_wider_out(&mut read);
    left.extend(leave_titles_of_quantities(&mut read, of_quantities));
    let told_otherwise = left_out != Some(Mechanism::Contradictions);
    use_abbreviations(&mut read);
    let mut kept: Vec<Read> = Vec::new();
    let mut places: HashMap<Key, Vec<usize>> = HashMap::new();
    for one in read {
        let alike = places.entry(key(&one.figure)).or_default();
        match alike.iter().copied().find(|at| same_fact(&kept[*at].figure, &one.figure)) {
            Some(at) => {
                let finer = step(&one.figure) < step(&kept[at].figure) || kept[at].title;
                if finer && !one.title {
                    kept[at] = one;
                } else if kept[at].figure.basis.is_none() {
                    kept[at].figure.basis.clone_from(&one.figure.basis);
                }
            }
            None if told_otherwise && alike.iter().any(|at| contradicts(&kept[*at], &one)) => {
                left.push((one.figure, "another number is told for the same before it"));
            }
            None => {
                alike.push(kept.len());
                kept.push(one);
            }
        }
    }
    let (title, body): (Vec<Read>, Vec<Read>) = kept.into_iter().partition(|read| read.title);
    let told_once = title.into_iter().filter(|read| !body.iter().any(|one| retold(&read.figure, &one.figure)));
    // What the title alone tells comes first, as it does in the document.
    let mut figures: Vec<Figure> = told_once.map(|read| read.figure).collect();
    figures.extend(body.into_iter().map(|read| read.figure));
    figures.sort_by_key(|figure| figure.evidence.start);
    Merged { figures, left }
}

/// Where a text sets a balance of goods apart from one of the same period that is another number, what it tells of all
/// trade without saying that it is of goods holds services too.
fn leave_the_wider_out(read: &mut Vec<Read>) -> Vec<(Figure, &'static str)> {
    /// Services never are so much of the trade that the one balance is this many times the other.
    const MOST_TIMES: i64 = 4;
    let balance = |one: &&Read| {
        let figure = &one.figure;
        (figure.flow, figure.measure, figure.status) == (Flow::Balance, Measure::Level, Status::Actual)
            && figure.headline
            && !one.title
    };
    let of_goods = read.iter().filter(balance).filter(|one| one.goods_alone);
    let apart = |one: &&Read| {
        let mut others = read.iter().filter(balance).filter(|other| !other.goods_alone);
        others.any(|other| {
            let (near, far) = (bounds(&one.figure).0.abs(), bounds(&other.figure).0.abs());
            let like = near.max(far) < near.min(far) * Decimal::from(MOST_TIMES);
            like && key(&other.figure) == key(&one.figure) && !same_fact(&other.figure, &one.figure)
        })
    };
    let areas: BTreeSet<Area> = of_goods.filter(apart).map(|one| one.figure.area.clone()).collect();
    let wider = |one: &mut Read| !one.goods_alone && one.figure.headline && areas.contains(&one.figure.area);
    let left = read.extract_if(.., wider);
    left.map(|one| (one.figure, "a balance of goods alone is told beside it: it holds services too")).collect()
}

/// A title that tells the rate of which the body says that it is one of tonnes or pieces tells no rate of money.
fn leave_titles_of_quantities(read: &mut Vec<Read>, of_quantities: &[(Flow, Decimal)]) -> Vec<(Figure, &'static str)> {
    let rate = |one: &Read| (one.figure.flow, bounds(&one.figure).0.abs());
    let is_rate = |one: &Read| matches!(one.figure.measure, Measure::Yoy | Measure::Mom);
    let told: Vec<(Flow, Decimal)> = read.iter().filter(|one| is_rate(one) && !one.title).map(rate).collect();
    let of_quantity =
        |one: &mut Read| one.title && is_rate(one) && of_quantities.contains(&rate(one)) && !told.contains(&rate(one));
    let left = read.extract_if(.., of_quantity);
    left.map(|one| (one.figure, "the body tells it of quantities")).collect()
}

/// Gives a product class one name in the whole document where it is written out once and abbreviated elsewhere
/// (information and communications technology goods, ICT goods).
fn use_abbreviations(read: &mut [Read]) {
    let names: BTreeSet<String> = read.iter().filter_map(|one| one.figure.product.clone()).collect();
    let abbreviated = |name: &&String| name.split(' ').next().is_some_and(is_abbreviation);
    for short in names.iter().filter(abbreviated) {
        let letters = short.split(' ').next().unwrap_or_default().to_ascii_lowercase();
        for product in read.iter_mut().filter_map(|one| one.figure.product.as_mut()) {
            if initials(product).starts_with(&letters) {
                product.clone_from(short);
            }
        }
    }
}

fn is_abbreviation(word: &str) -> bool {
    word.len() >= 2 && word.chars().all(|c| c.is_ascii_uppercase())
}

/// First letters of the words that count, in lower case.
fn initials(name: &str) -> String {
    name.split_ascii_whitespace()
        .filter(|word| !matches!(*word, "and" | "of" | "the") && !is_abbreviation(word))
        .filter_map(|word| word.chars().next())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// What two statements of one fact share.
type Key = (Area, Flow, Option<Partner>, Option<String>, Period, Measure, Status, Unit);

fn key(figure: &Figure) -> Key {
    (
        figure.area.clone(),
        figure.flow,
        figure.partner.clone(),
        figure.product.clone(),
        figure.period,
        figure.measure,
        figure.status,
        figure.unit.clone(),
    )
}

/// Whether two statements with one key are one fact: their numbers agree within the coarser one's precision, and they
/// are not counted in two currencies.
fn same_fact(a: &Figure, b: &Figure) -> bool {
    // A sentence that gives two forecasts revises one (from 1 to 3 to between 1.5 and 3 per cent).
    let revised = a.status == Status::Forecast && a.evidence.text == b.evidence.text && bounds(a) != bounds(b);
    if revised {
        return false;
    }
    match (&a.basis, &b.basis) {
        (Some(a), Some(b)) if a != b => false,
        // Counted in another currency, a rate may come near: where one says of no currency, the numbers are the same.
        (Some(_), None) | (None, Some(_)) => bounds(a) == bounds(b),
        _ => agree(a, b),
    }
}

/// Whether a document that has told one number for a thing seems to tell another: the words around the second spoke of
/// something that was not understood. Forecasts may differ, and one sentence may count rates in two currencies; amounts
/// of one currency it counts once.
fn contradicts(kept: &Read, one: &Read) -> bool {
    let (first, second) = (&kept.figure, &one.figure);
    let two_rates = first.evidence.text == second.evidence.text && !first.measure.is_money();
    second.status == Status::Actual && !kept.title && !one.title && !two_rates && first.basis == second.basis
}

/// Whether a title tells a figure of the body with less said.
fn retold(title: &Figure, body: &Figure) -> bool {
    // A title leaves out that a rate is one from month to month.
    let measure = title.measure == body.measure || (title.measure, body.measure) == (Measure::Yoy, Measure::Mom);
    title.flow == body.flow && measure && title.unit == body.unit && agree(title, body)
}

fn agree(a: &Figure, b: &Figure) -> bool {
    let hedged = |figure: &Figure| figure.precision.is_some_and(|precision| precision.hedge.is_some());
    let steps = step(a).max(step(b));
    let (low_a, high_a) = bounds(a);
    let (low_b, high_b) = bounds(b);
    let near = |x: Decimal, y: Decimal| (x - y).abs() < steps;
    if step(a) == step(b) && !hedged(a) && !hedged(b) {
        return low_a == low_b && high_a == high_b;
    }
    near(low_a, low_b) && near(high_a, high_b)
}

fn step(figure: &Figure) -> Decimal {
    figure.precision.map_or(Decimal::ONE, |precision| precision.step.0)
}

fn bounds(figure: &Figure) -> (Decimal, Decimal) {
    match figure.amount {
        Amount::Value { value } => (value.0, value.0),
        Amount::Range { low, high } => (low.0, high.0),
    }
}
