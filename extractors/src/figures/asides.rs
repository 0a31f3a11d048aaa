//! Asides of English sentences that stand between marks which else end a clause. They become brackets; it binds nothing.

use crate::text::NumeralKind;

use super::item::{Item, ItemKind};
use super::token::Break;

/// Words with which an aside between commas begins that explains the subject before it.
const ARTICLES: &[&str] = &["a ", "an ", "the ", "its ", "their "];

/// Makes brackets of the marks around asides.
pub(super) fn open(text: &str, items: &mut [Item]) {
    between_commas(text, items);
    between_dashes(text, items);
}

/// `shipments to China – the largest partner – fell`: what stands between two dashes of an English sentence is an aside, as
/// in brackets.
fn between_dashes(text: &str, items: &mut [Item]) {
    let dash = |item: &Item| {
        matches!(item.kind, ItemKind::Break(Break::Clause))
            && ["–", "—", "-"].contains(&&text[item.span.clone()])
            && text[..item.span.start].chars().next_back().is_some_and(|c| c.is_ascii())
    };
    let places: Vec<usize> = (0..items.len()).filter(|at| dash(&items[*at])).collect();
    if let [open, close] = places[..]
        && text[items[open].span.clone()] == text[items[close].span.clone()]
    {
        items[open].kind = ItemKind::Break(Break::Open);
        items[close].kind = ItemKind::Break(Break::Close);
    }
}

/// `Automobile exports, the second-largest category, fell 13.6 percent`: so is what explains a subject between commas, where it
/// holds no number of its own or is a clause of its own.
fn between_commas(text: &str, items: &mut [Item]) {
    let comma = |item: &Item| matches!(item.kind, ItemKind::Break(Break::Clause)) && text[item.span.clone()] == *",";
    for at in 1..items.len() {
        let Some(close) = (at + 1..items.len()).find(|next| matches!(items[*next].kind, ItemKind::Break(_))) else {
            break;
        };
        if comma(&items[at]) && comma(&items[close]) && explains(text, items, at, close) {
            items[at].kind = ItemKind::Break(Break::Open);
            items[close].kind = ItemKind::Break(Break::Close);
        }
    }
}

/// Whether what stands between these two marks explains the subject before them, of which the words behind go on to tell.
fn explains(text: &str, items: &[Item], open: usize, close: usize) -> bool {
    let inside = text.get(items[open].span.end..items[close].span.start).unwrap_or_default().trim_start();
    let count = |kind: &NumeralKind| matches!(kind, NumeralKind::Count | NumeralKind::Number { scaled: false });
    let number = |item: &Item| matches!(&item.kind, ItemKind::Number(numeral) if !count(&numeral.kind));
    let goes_on = items.get(close + 1).is_some_and(|next| {
        let gap = text.get(items[close].span.end..next.span.start);
        matches!(next.kind, ItemKind::Direction(_)) && gap == Some(" ")
    });
    let subject = matches!(items[open - 1].kind, ItemKind::Flow(_) | ItemKind::Partners(..) | ItemKind::Goods(_));
    let article = ARTICLES.iter().any(|article| inside.starts_with(article));
    // `Electronics, which made up 35.5 percent of exports, rose`: its numbers are its own.
    let relative = ["which ", "who "].iter().any(|word| inside.starts_with(word));
    goes_on && subject && (relative || article && !items[open + 1..close].iter().any(number))
}
