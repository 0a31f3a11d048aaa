//! Signs, hedges and range words, from `rules/numbers.toml`.

use std::sync::LazyLock;

use bellwether_model::figure::Hedge;
use serde::Deserialize;

use crate::text::words::Words;

/// The lexicons of numerals.
pub(super) struct Lexicons {
    pub(super) minus: Words<()>,
    pub(super) hedges_before: Words<Option<Hedge>>,
    pub(super) hedges_after: Words<Hedge>,
    pub(super) over_inside: Words<()>,
    pub(super) joins: Words<()>,
    pub(super) pairs: Words<()>,
    pub(super) opens: Words<()>,
    pub(super) closes: Words<()>,
    pub(super) froms: Words<()>,
    pub(super) changes: Words<()>,
}

/// The lexicons, loaded once.
pub(super) static LEXICONS: LazyLock<Lexicons> = LazyLock::new(|| {
    let Rules { signs, hedges, ranges } = crate::rules::read("numbers");
    let plain = |words: Vec<String>| Words::new(words.into_iter().map(|word| (word, ())));
    let mean = |words: Vec<String>, hedge: Hedge| words.into_iter().map(move |word| (word, hedge));
    let before = mean(hedges.about_before, Hedge::About)
        .chain(mean(hedges.over_before, Hedge::Over))
        .chain(mean(hedges.under_before, Hedge::Under))
        .map(|(word, hedge)| (word, Some(hedge)));
    let after = mean(hedges.about_after, Hedge::About)
        .chain(mean(hedges.over_after, Hedge::Over))
        .chain(mean(hedges.under_after, Hedge::Under));
    Lexicons {
        minus: plain(signs.minus),
        hedges_before: Words::new(before.chain(hedges.none_before.into_iter().map(|word| (word, None)))),
        hedges_after: Words::new(after),
        over_inside: plain(hedges.over_inside),
        joins: plain(ranges.joins),
        pairs: plain(ranges.pairs),
        opens: plain(ranges.opens),
        closes: plain(ranges.closes),
        froms: plain(ranges.froms),
        changes: plain(ranges.changes),
    }
});

#[derive(Deserialize)]
struct Rules {
    signs: SignRules,
    hedges: HedgeRules,
    ranges: RangeRules,
}

#[derive(Deserialize)]
struct SignRules {
    minus: Vec<String>,
}

#[derive(Deserialize)]
struct HedgeRules {
    about_before: Vec<String>,
    over_before: Vec<String>,
    under_before: Vec<String>,
    none_before: Vec<String>,
    about_after: Vec<String>,
    over_after: Vec<String>,
    under_after: Vec<String>,
    over_inside: Vec<String>,
}

#[derive(Deserialize)]
struct RangeRules {
    joins: Vec<String>,
    pairs: Vec<String>,
    opens: Vec<String>,
    closes: Vec<String>,
    froms: Vec<String>,
    changes: Vec<String>,
}
