//! The economy that stands before a colon where an item of a list begins (4. 日本：出口8.6兆日圓).

use bellwether_model::figure::Flow;
use bellwether_model::place::Area;

use super::finish::PARTS;
use super::item::{Item, ItemKind, Side};
use super::lexicon::Role;
use super::number::is_statistic;
use super::token::Break;

/// The economy whose trade an item of a list tells. Where the item speaks of no flow of its own, or of a share, the
/// economy is one of the partners that the list is about, and is made one.
pub(super) fn read(text: &str, start: usize, items: &mut [Item]) -> Option<Area> {
    let at = items.iter().position(|item| matches!(item.kind, ItemKind::Subject(_) | ItemKind::Partners(..)))?;
    let opens = text.get(start..items[at].span.start)?.chars().all(is_numbering);
    let colon = items.get(at + 1).is_some_and(|next| {
        matches!(next.kind, ItemKind::Break(Break::Colon)) && next.span.start <= items[at].span.end + 2
    });
    if !opens || !colon {
        return None;
    }
    let areas = match &items[at].kind {
        ItemKind::Subject(area) => vec![area.clone()],
        ItemKind::Partners(areas, Side::Market) => areas.clone(),
        _ => return None,
    };
    let flows =
        || items.iter().filter_map(|item| if let ItemKind::Flow(word) = &item.kind { Some(word) } else { None });
    let balance = flows().any(|word| word.flow == Flow::Balance);
    let share = items.iter().any(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Share)));
    let office = items.iter().any(|item| matches!(&item.kind, ItemKind::Word(term) if term.institution));
    let own = flows().any(|word| !word.weak) && (office || balance || !share);
    if own && areas.len() == 1 && !PARTS.contains(&areas[0].as_str()) {
        items[at].kind = ItemKind::Subject(areas[0].clone());
        return Some(areas[0].clone());
    }
    items[at].kind = ItemKind::Partners(areas, Side::Market);
    None
}

/// 分國別（出口同比）：美國-28.6%，歐盟+14.8%: behind a colon whose label names a flow, economies with a number each are the
/// partners of that flow.
pub(super) fn read_partners(items: &mut [Item]) {
    let Some(colon) = items.iter().position(|item| matches!(item.kind, ItemKind::Break(Break::Colon))) else { return };
    let (label, list) = items.split_at_mut(colon);
    let mut flows =
        label.iter().filter_map(|item| if let ItemKind::Flow(word) = &item.kind { Some(word) } else { None });
    let (Some(flow), None) = (flows.next(), flows.next()) else { return };
    let side = match flow.flow {
        Flow::Exports => Side::To,
        Flow::Imports => Side::From,
        _ => Side::With,
    };
    let named = |item: &Item| matches!(item.kind, ItemKind::Subject(_));
    if label.iter().any(|item| named(item) || is_statistic(item)) || !are_counted_one_by_one(&list[1..]) {
        return;
    }
    for item in list.iter_mut() {
        if let ItemKind::Subject(area) = &item.kind {
            item.kind = ItemKind::Partners(vec![area.clone()], side);
        }
    }
    // The flow in the bracket is that of the list, and no aside.
    for item in label.iter_mut().filter(|item| matches!(item.kind, ItemKind::Break(_))) {
        item.kind = ItemKind::Break(Break::List);
    }
}

/// Whether two economies or more stand there, each with its number, and no flow.
fn are_counted_one_by_one(list: &[Item]) -> bool {
    let counted = |at: usize| {
        let behind = list[at + 1..].iter().find(|item| !matches!(item.kind, ItemKind::Direction(_)));
        behind.is_some_and(is_statistic)
    };
    let named = |at: &usize| matches!(list[*at].kind, ItemKind::Subject(_));
    let economies = (0..list.len()).filter(named).count();
    economies > 1
        && (0..list.len()).filter(named).all(counted)
        && !list.iter().any(|item| matches!(item.kind, ItemKind::Flow(_)))
}

/// What may stand before the first word of an item: its number, a bullet, brackets.
fn is_numbering(c: char) -> bool {
    c.is_whitespace() || c.is_numeric() || !c.is_alphanumeric() || "一二三四五六七八九十".contains(c)
}
