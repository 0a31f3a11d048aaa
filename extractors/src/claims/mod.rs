//! What a text says of a figure's place in its series: records, streaks, first times. Bound to the figures of their sentence; none
//! of them is a figure. Patterns and words are data in `rules/claims.toml`.

mod find;
mod rules;

use std::ops::Range;

use bellwether_model::claim::{Among, Claim, Of, Said};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::{Figure, Measure};
use jiff::civil::Date;

use find::Found;
pub(crate) use rules::pattern;

/// Bytes of the longest sentence that is looked at.
const LONGEST_SENTENCE: usize = 4_096;
/// Claims of one sentence at the most.
const MOST_CLAIMS: usize = 16;
/// Characters between a claim and its figure at the most.
const FARTHEST: usize = 60;

/// Adds to the figures of a document what its text claims of them. `reference`: the day from which relative periods count.
pub(crate) fn attach(text: &str, reference: Option<Date>, figures: &mut [Figure]) {
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by_key(|place| figures[*place].evidence.start);
    let mut next = order.into_iter().peekable();
    let (mut byte, mut characters) = (0, 0);
    for sentence in crate::text::sentences(text) {
        characters += text[byte..sentence.start].chars().count();
        let words = &text[sentence.clone()];
        let end = characters + words.chars().count();
        let from = characters;
        (byte, characters) = (sentence.end, end);
        let mut told = Vec::new();
        while let Some(place) = next.next_if(|place| figures[*place].evidence.start < end) {
            if figures[place].evidence.start >= from && figures[place].evidence.end <= end {
                told.push(place);
            }
        }
        if !told.is_empty() && words.len() <= LONGEST_SENTENCE {
            of_sentence(words, from, reference, figures, &told);
        }
    }
}

/// The claims of one sentence, which begins `from` characters into its text; `told`: its figures by their place in the text.
fn of_sentence(words: &str, from: usize, reference: Option<Date>, figures: &mut [Figure], told: &[usize]) {
    let folded = aligned(words);
    for found in find::all(words, &folded, reference).into_iter().take(MOST_CLAIMS) {
        let place = |byte: usize| from + folded[..byte].chars().count();
        let span = place(found.span.start)..place(found.span.end);
        let part = part_of(&folded, found.span.start);
        let part = place(part.start)..place(part.end);
        let Some((figure, nearest)) = owner(&found, &span, &part, figures, told) else { continue };
        let (said, figure) = weighed(found.said, figure, nearest, figures);
        let text = words[found.span.clone()].trim().to_owned();
        let claim = Claim { said, evidence: Evidence { text, start: span.start, end: span.end } };
        let claims = &mut figures[figure].claims;
        if claims.iter().all(|known| known.said != claim.said) {
            claims.push(claim);
        }
    }
}

/// A claim that names neither amount nor rate, behind a rate: the highest there ever was is an amount, the highest in so many
/// months may be either. The second: the figure of which it then is.
fn weighed(said: Said, owner: usize, nearest: usize, figures: &[Figure]) -> (Said, usize) {
    match said {
        Said::Record { end, of: Of::Value, rank, among: among @ (Among::Within { .. } | Among::Since { .. }) }
            if !figures[nearest].measure.is_money() =>
        {
            (Said::Record { end, of: Of::Either, rank, among }, nearest)
        }
        said => (said, owner),
    }
}

/// The figure of which something is claimed, and the nearest one: of those in the same part of the sentence the nearest before the claim, else the
/// nearest behind it; of the flow and partner of that one, the one that is counted as the claim counts.
fn owner(
    found: &Found,
    span: &Range<usize>,
    part: &Range<usize>,
    figures: &[Figure],
    told: &[usize],
) -> Option<(usize, usize)> {
    let inside = told.iter().copied().filter(|place| {
        let figure = &figures[*place];
        part.contains(&figure.evidence.start) && !figure.status.is_forecast()
    });
    let mut inside: Vec<usize> = inside.collect();
    let is_before = |place: &usize| figures[*place].evidence.start < span.end;
    inside.sort_by_key(|place| figures[*place].evidence.start);
    let nearest =
        inside.iter().rev().find(|place| is_before(place)).or(inside.iter().find(|place| !is_before(place)))?;
    let near = &figures[*nearest];
    let distance = if is_before(nearest) {
        span.start.saturating_sub(near.evidence.end)
    } else {
        near.evidence.start.saturating_sub(span.end)
    };
    if distance > FARTHEST {
        return None;
    }
    let alike = |place: &&usize| {
        let other = &figures[**place];
        (&other.area, other.flow, &other.partner, &other.product, other.period)
            == (&near.area, near.flow, &near.partner, &near.product, near.period)
    };
    let wanted = |place: &&usize| counts_so(&found.said, figures[**place].measure);
    Some((*inside.iter().filter(alike).find(wanted).unwrap_or(nearest), *nearest))
}

/// Whether a claim is about figures that are counted so.
fn counts_so(said: &Said, measure: Measure) -> bool {
    match said {
        Said::Record { of: Of::Value, .. } | Said::FirstAbove { .. } => measure == Measure::Level,
        Said::Record { of: Of::Growth | Of::Either, .. } | Said::Streak { .. } => measure == Measure::Yoy,
    }
}

/// The part of a sentence around a place: to the next semicolon on either side, or the next space between Chinese words, by
/// which headlines part what they tell.
fn part_of(folded: &str, place: usize) -> Range<usize> {
    let is_wide = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
    let ends = |(at, c): (usize, char)| match c {
        ';' | '；' | '\n' | '\u{3000}' => true,
        ' ' => is_wide(folded[..at].chars().next_back()) && is_wide(folded[at + 1..].chars().next()),
        _ => false,
    };
    let start = folded[..place].char_indices().rev().find(|found| ends(*found));
    let start = start.map_or(0, |(at, c)| at + c.len_utf8());
    let end = folded[place..].char_indices().map(|(at, c)| (place + at, c)).find(|found| ends(*found));
    start..end.map_or(folded.len(), |(at, _)| at)
}

/// A text in Simplified characters and small letters, each character as long as before.
fn aligned(text: &str) -> String {
    let forms = crate::fold::aligned();
    text.chars().map(|c| if c.is_ascii() { c.to_ascii_lowercase() } else { forms.of(c) }).collect()
}
