//! What a number measures, and its sign, from the words around it in its clause.

use bellwether_model::figure::Flow;
use rust_decimal::Decimal;

use super::against::{is_share_of_other, reason_against};
use super::bind::{Binder, between, ending};
use super::chinese::CHINESE;
use super::family::LevelUnit;
use super::frame::{Candidate, Reading, ZoneKind};
use super::item::{Item, ItemKind};
use super::lexicon::{RateBase, Role, Shape, aligned};
use super::phrases::PHRASES;
use super::token::Break;
use crate::text::{Numeral, NumeralKind};

/// Why a rate is left out that a count of tonnes or pieces stands beside.
pub(super) const OF_QUANTITIES: &str = "a rate of quantities";

/// Takes a number with a copy of what is being spoken of.
pub(super) fn number(binder: &mut Binder<'_>, at: usize, numeral: &Numeral) {
    let grown = grown_by_multiple(binder, at, numeral);
    let numeral = grown.as_ref().unwrap_or(numeral);
    let reached = reached_amount(binder, numeral);
    let scaled = scaled_amount(binder, numeral);
    let numeral = reached.as_ref().or(scaled.as_ref()).unwrap_or(numeral);
    let percent = match numeral.kind {
        NumeralKind::Percent => true,
        NumeralKind::Money(_) | NumeralKind::Number { scaled: true } => false,
        NumeralKind::PercentagePoints | NumeralKind::Multiple => {
            binder.motion.used = true;
            return;
        }
        NumeralKind::Number { scaled: false } | NumeralKind::Count if is_index_level(binder, at, numeral) => false,
        NumeralKind::Count if binder.setting.chinese => return binder.quantity(at, numeral),
        NumeralKind::Count => return counts_quantity(binder, at, numeral),
        NumeralKind::Number { scaled: false } => return,
    };
    if percent && extends_range(binder, at, numeral) {
        return;
    }
    let mut leads = false;
    let (reading, sign) = if percent {
        let share = is_share(binder, at);
        let sign = if share { None } else { rate_sign(binder, at, numeral, &mut leads) };
        (if share { Reading::Share } else { Reading::Rate }, sign)
    } else {
        let change = reached.is_none() && is_change(binder, at, numeral);
        (if change { Reading::Change } else { Reading::Level }, binder.motion.moved.or(binder.motion.shift))
    };
    let of_a_whole = reading == Reading::Rate
        && binder.setting.text[numeral.span.end..].trim_start().starts_with("of ")
        && binder.zone.is_none();
    let unbased = binder.setting.chinese
        && reading == Reading::Change
        && binder.frame.base.is_none()
        && !is_beside_its_rate(binder, at, numeral);
    let against = reason_against(binder, at, numeral);
    let several = binder.setting.chinese
        && reading == Reading::Share
        && binder.frame.partners.len() < 2
        && CHINESE.of_several.stand_in(between(binder.setting.text, binder.clause_start, numeral.span.start));
    let size = reading == Reading::Level
        && !binder.setting.chinese
        && numeral.high.is_none()
        && binder.setting.text[numeral.span.end..].starts_with(" to ")
        && is_size_of_change(binder, numeral);
    let against = against.or(size.then_some("the size of a change, told with what it came to"));
    let against = against.or(several.then_some("a share of several together"));
    let of_other = !binder.setting.chinese && reading == Reading::Share && is_share_of_other(binder, at);
    let left = against
        .or(of_other.then_some("a part of another total"))
        .or(of_a_whole.then_some("a part of another total"))
        .or_else(|| unbased.then_some("a change against a period that stays open"));
    let id = binder.frame.id;
    let clause = binder.clause;
    let place = binder
        .found
        .iter()
        .filter(|c| c.frame.id == id && c.clause == clause && (c.numeral.kind == NumeralKind::Percent) == percent)
        .count();
    if reading == Reading::Rate && left.is_none() {
        binder.motion.used = true;
        if binder.zone.is_none() {
            binder.last_sign = sign.or(binder.last_sign);
        }
    }
    if reading == Reading::Share
        && let Some(share) = &mut binder.share
    {
        share.1 = true;
    }
    let mut frame = binder.frame.clone();
    if reading == Reading::Rate {
        frame.base = base_beside(binder, at).or(frame.base);
    }
    // 全年上看7,000億美元: the hedge itself looks ahead.
    let ahead = binder.setting.chinese && CHINESE.looks_ahead.begin(&binder.setting.text[numeral.span.clone()]);
    frame.forecast |= ahead;
    // 可望達6,400億美元，年增逾三成
    binder.frame.forecast |= ahead && CHINESE.will_be.begin(&binder.setting.text[numeral.span.clone()]);
    binder.found.push(Candidate {
        numeral: numeral.clone(),
        frame,
        zone: binder.zone.clone().or_else(|| binder.expected_behind(numeral)),
        clause,
        reading,
        sign,
        trailing: None,
        place,
        left,
        leads,
        based: false,
        awaits_flow: false,
    });
    match &mut binder.zone {
        Some(zone) => zone.numbers += 1,
        None => binder.frame.numbers += 1,
    }
}

/// 年增1.3倍: behind a word of rising, by how many times something grew, which is a rate of 130 percent. What it rose to
/// (增至1.3倍), or fell by, and multiples in English, which count the whole, are none.
fn grown_by_multiple(binder: &Binder<'_>, at: usize, numeral: &Numeral) -> Option<Numeral> {
    let before = at.checked_sub(1).map(|before| &binder.items[before])?;
    let rises = matches!(before.kind, ItemKind::Direction(word) if word.shape == Shape::Move && word.sign > 0);
    let adjacent = before.span.end == numeral.span.start && !arrives(binder, at);
    let whole = |value: Decimal| value * Decimal::ONE_HUNDRED;
    (binder.setting.chinese && numeral.kind == NumeralKind::Multiple && rises && adjacent).then(|| Numeral {
        low: whole(numeral.low),
        high: numeral.high.map(whole),
        step: whole(numeral.step),
        kind: NumeralKind::Percent,
        ..numeral.clone()
    })
}

/// `jumped 26.5 percent to 5,493.9 tonnes`: the rate before is one of quantities.
fn counts_quantity(binder: &mut Binder<'_>, at: usize, numeral: &Numeral) {
    let text = binder.setting.text;
    let words = between(text, numeral.span.start, numeral.span.end);
    let quantity = binder.setting.lexicon.find(&aligned(words), words).any(|(_, term)| term.is(Role::Quantity));
    if !quantity || binder.setting.chinese {
        return;
    }
    // `exported 172,000 vehicles in April, up 7.8 percent`
    let direct = |item: &Item| matches!(item.kind, ItemKind::Flow(_)) && item.span.end + 2 >= numeral.span.start;
    // `container imports totaled 2.3 million TEUs, down 8.4 percent`
    let level = |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Level));
    let reached = at.checked_sub(2).is_some_and(|flow| {
        matches!(binder.items[flow].kind, ItemKind::Flow(_) | ItemKind::Goods(_))
            && level(&binder.items[flow + 1])
            && binder.items[flow + 1].span.end + 2 >= numeral.span.start
    });
    binder.frame.counted |= reached || at.checked_sub(1).is_some_and(|before| direct(&binder.items[before]));
    if !arrives(binder, at) {
        return;
    }
    let (id, clause) = (binder.frame.id, binder.clause);
    // `rose to 2 million tonnes, up 3 percent`
    let valued = binder.found.iter().any(|c| c.frame.id == id && c.reading == Reading::Level);
    binder.frame.counted |= !valued;
    if let Some(last) = binder.found.last_mut()
        && last.frame.id == id
        && last.clause == clause
        && last.reading == Reading::Rate
        && last.zone.is_none()
    {
        last.left = Some(OF_QUANTITIES);
    }
}

/// 減少23億元或7.4%, 增加4.8億美元（+5.4%）: the change in money and the rate are one, and the text counts its rates against the year before.
fn is_beside_its_rate(binder: &Binder<'_>, at: usize, numeral: &Numeral) -> bool {
    let by_year = binder.carry.base.or(binder.carry.lead_base) == Some(RateBase::Year);
    let open = |item: &Item| matches!(item.kind, ItemKind::Break(Break::Open));
    let next = at + 1 + usize::from(binder.items.get(at + 1).is_some_and(open));
    let Some(Item { kind: ItemKind::Number(rate), span, .. }) = binder.items.get(next) else { return false };
    let joined = matches!(between(binder.setting.text, numeral.span.end, span.start).trim(), "或" | "（" | "(");
    by_year && joined && rate.kind == NumeralKind::Percent
}

/// Whether an item is a number that a figure may give.
pub(super) fn is_statistic(item: &Item) -> bool {
    let ItemKind::Number(numeral) = &item.kind else { return false };
    matches!(numeral.kind, NumeralKind::Percent | NumeralKind::Money(_) | NumeralKind::Number { scaled: true })
}

/// `a decrease in the deficit of $8.8 billion to $147.0 billion`: two amounts so far apart, behind a word of rising or
/// falling, are no range but the change and what it led to.
fn reached_amount(binder: &Binder<'_>, numeral: &Numeral) -> Option<Numeral> {
    /// The widest range of which somebody would speak.
    const WIDEST: Decimal = Decimal::from_parts(25, 0, 0, false, 1);
    let high = numeral.high.filter(|_| numeral.kind != NumeralKind::Percent)?;
    let motion = binder.motion;
    let moved = (motion.moved.is_some() || motion.shift.is_some()) && motion.clause == binder.clause && !motion.used;
    let apart = high > numeral.low * WIDEST && numeral.low > Decimal::ZERO;
    // `expanded by 13 billion to 19 billion`: what stands behind `by` is the change, however large.
    let by = binder.setting.text.get(..numeral.span.start).is_some_and(|before| before.ends_with(" by "));
    let size = moved && is_size_of_change(binder, numeral);
    (moved && (apart || by || size) && !binder.setting.chinese).then(|| Numeral {
        low: high,
        high: None,
        ..numeral.clone()
    })
}

/// `a decrease in the goods deficit of $75.2 billion to $87.4 billion`: behind a noun of change and what changed, the first
/// amount is its size.
fn is_size_of_change(binder: &Binder<'_>, numeral: &Numeral) -> bool {
    const NOUNS: [&str; 12] = [
        "decrease",
        "increase",
        "decline",
        "drop",
        "fall",
        "rise",
        "gain",
        "jump",
        "reduction",
        "improvement",
        "widening",
        "narrowing",
    ];
    let before = between(binder.setting.text, binder.clause_start, numeral.span.start).trim_end();
    let Some(what) = before.strip_suffix(" of") else { return false };
    let what = what.rsplit(" reflected ").next().unwrap_or(what);
    NOUNS.iter().any(|noun| {
        what.rfind(noun).is_some_and(|at| what[at + noun.len()..].trim_start_matches('s').starts_with(" in "))
    })
}

/// `deficits were recorded, in billions of dollars, with Mexico ($17.9)`: amounts whose scale the sentence states once.
fn scaled_amount(binder: &Binder<'_>, numeral: &Numeral) -> Option<Numeral> {
    let factor = Decimal::from(10_u64.pow(binder.scale.min(12)));
    let bare = binder.scale > 0 && matches!(numeral.kind, NumeralKind::Money(_)) && numeral.step <= Decimal::ONE;
    bare.then(|| Numeral {
        low: numeral.low * factor,
        high: numeral.high.map(|high| high * factor),
        step: numeral.step * factor,
        ..numeral.clone()
    })
}

/// `年減20.9%至17.1%`: a second percentage directly behind the first makes a range of it.
fn extends_range(binder: &mut Binder<'_>, at: usize, numeral: &Numeral) -> bool {
    let crossed = crosses_zero(binder, at);
    let Some(last) = binder.found.last_mut() else { return false };
    if let Some(first) = crossed {
        (last.numeral.low, last.numeral.high) = (last.numeral.low * Decimal::from(first), Some(numeral.low));
        (last.numeral.signed, last.numeral.span.end) = (true, numeral.span.end);
        return true;
    }
    let joins = at >= 2
        && matches!(&binder.items[at - 2].kind, ItemKind::Number(first) if first.span == last.numeral.span)
        && matches!(&binder.items[at - 1].kind, ItemKind::Word(term) if term.is(Role::Arrival));
    let crosses = at >= 3
        && matches!(&binder.items[at - 3].kind, ItemKind::Number(first) if first.span == last.numeral.span)
        && matches!(&binder.items[at - 2].kind, ItemKind::Word(term) if term.is(Role::Arrival))
        && (!binder.setting.chinese || binder.items[at - 2].span.start == last.numeral.span.end)
        && last.reading == Reading::Rate;
    let between = binder.setting.text.get(last.numeral.span.end..numeral.span.start).unwrap_or_default();
    let bare = binder.setting.chinese || matches!(between.trim(), "to up" | "to down");
    if let ItemKind::Direction(word) = binder.items[at - usize::from(at > 0)].kind
        && crosses
        && bare
        && let Some(sign) = last.sign.filter(|sign| *sign <= word.sign)
    {
        if sign == word.sign {
            // 預估年減5.3%到年減1.1%: what came of a change is no range.
            let ends = last.frame.forecast && last.zone.is_none();
            return ends && make_range(last, numeral);
        }
        // 衰退2.5%至成長0.5%之間, `down 1.1 percent to up 4.1 percent`
        (last.numeral.low, last.numeral.high) = (last.numeral.low * Decimal::from(sign), Some(numeral.low));
        (last.numeral.signed, last.numeral.span.end) = (true, numeral.span.end);
        return true;
    }
    // 負1.1%到正4.1%
    let between = between.trim().trim_end_matches('正');
    if !joins || last.numeral.kind != NumeralKind::Percent || !matches!(between, "至" | "到" | "to") {
        return false;
    }
    make_range(last, numeral)
}

/// Makes a range of a number and the one behind it.
fn make_range(last: &mut Candidate, numeral: &Numeral) -> bool {
    let (low, high) = (last.numeral.low.min(numeral.low), last.numeral.low.max(numeral.low));
    (last.numeral.low, last.numeral.high) = (low, Some(high));
    last.numeral.span.end = numeral.span.end;
    true
}

/// `from a contraction of 0.9 percent to growth of 2.9 percent`, `between a 0.9 percent fall and a 2.9 percent rise`: the sign
/// of the lower end, where two rates, the number before and this one, are the ends of a range with zero inside.
fn crosses_zero(binder: &Binder<'_>, at: usize) -> Option<i8> {
    let text = binder.setting.text;
    let rate = |c: &&Candidate| c.reading == Reading::Rate && c.zone.is_none() && c.numeral.high.is_none();
    let last = binder.found.last().filter(rate).filter(|c| c.clause == binder.clause && !binder.setting.chinese)?;
    let number = binder.items[..at].iter().rposition(|item| item.span == last.numeral.span)?;
    let moves = |item: &Item| matches!(item.kind, ItemKind::Direction(_));
    let plain = |from: usize, to: usize, known: &[&str]| {
        let inside = binder.items.iter().filter(|item| from <= item.span.start && item.span.end <= to && moves(item));
        let words = inside
            .fold(between(text, from, to).to_owned(), |words, item| words.replacen(&text[item.span.clone()], "", 1));
        words.split_whitespace().all(|word| known.contains(&word))
    };
    let opening = ["from ", "between "].iter().filter_map(|open| {
        let before = between(text, binder.start, last.numeral.span.start);
        before.rfind(open).map(|place| binder.start + place + open.len())
    });
    let opened = opening.max().is_some_and(|open| plain(open, last.numeral.span.start, &["a", "an", "of"]));
    let joined = plain(last.numeral.span.end, binder.items[at].span.start, &["to", "and", "a", "an", "of"]);
    let sign = match following(binder, at) {
        Some((sign, _)) if last.leads => Some(sign),
        _ => binder.items[number..at].iter().rev().find_map(|item| match item.kind {
            ItemKind::Direction(word) => Some(word.sign),
            _ => None,
        }),
    };
    last.sign.filter(|first| opened && joined && sign.is_some_and(|second| *first < second))
}

/// Whether a percentage is a part of a whole: a word says so in its clause, or said so before and this one has arrived
/// at a number without a rate of its own; or it stands behind an economy of a list of markets.
fn is_share(binder: &Binder<'_>, at: usize) -> bool {
    if binder.market_bracket {
        // `Malaysia (+62.2%)`: what has a sign is no part of a whole.
        let moves = matches!(binder.items.get(at.wrapping_sub(1)).map(|item| &item.kind), Some(ItemKind::Direction(_)));
        let signed = binder.setting.text[binder.items[at].span.clone()].starts_with(['+', '-', '−', '–']);
        // `rose to Germany (3.1%) and Belgium (0.8%)`: what the verb before the list tells of each of them.
        let motion = binder.motion;
        let told = binder.share.is_none() && motion.moved.is_some() && (motion.clause == binder.clause || !motion.used);
        return binder.setting.chinese || !signed && !moves && !told;
    }
    if !binder.setting.chinese && is_part_of_total(binder, at) {
        return true;
    }
    let Some((clause, done)) = binder.share else { return false };
    let arrived = arrives(binder, at);
    if clause == binder.clause {
        return !done || arrived || !moved_here(binder);
    }
    arrived && binder.motion.rate.is_none()
}

/// `to $198.27 billion, or 30.9 percent of the total`: behind the amount of a partner or a class, what part of all it is.
fn is_part_of_total(binder: &Binder<'_>, at: usize) -> bool {
    const WHOLES: [&str; 6] = [
        " of the total",
        " of total exports",
        " of total imports",
        " of all exports",
        " of all imports",
        " of overall ",
    ];
    let behind = between(binder.setting.text, binder.items[at].span.end, usize::MAX);
    let part = !binder.frame.partners.is_empty() || !binder.frame.goods.is_empty();
    let or = between(binder.setting.text, binder.start, binder.items[at].span.start).trim_end().ends_with(" or");
    let amount = binder.found.last().is_some_and(|last| last.reading == Reading::Level && last.left.is_none());
    part && or && amount && WHOLES.iter().any(|whole| behind.starts_with(whole))
}

fn moved_here(binder: &Binder<'_>) -> bool {
    binder.motion.clause == binder.clause
        && !binder.motion.used
        && (binder.motion.moved.is_some() || binder.motion.rate.is_some())
}

/// Whether the word before says that the number is where something has come to (至, to).
fn arrives(binder: &Binder<'_>, at: usize) -> bool {
    let text = binder.setting.text;
    at.checked_sub(1).map(|before| &binder.items[before]).is_some_and(|item| {
        let word = &text[item.span.clone()];
        match &item.kind {
            ItemKind::Word(term) => term.is(Role::Arrival) || term.is(Role::Forecast) && word.ends_with(" to"),
            ItemKind::Direction(_) => {
                word.ends_with('至') || word.ends_with('到') || word.ends_with('为') || word.ends_with('為')
            }
            _ => false,
        }
    })
}

/// The sign of a rate.
fn rate_sign(binder: &mut Binder<'_>, at: usize, numeral: &Numeral, leads: &mut bool) -> Option<i8> {
    if numeral.signed {
        return Some(if numeral.low.is_sign_negative() { -1 } else { 1 });
    }
    if binder.setting.text[numeral.span.clone()].starts_with(['+', '＋']) {
        return Some(1);
    }
    if came_to_rate(binder, at) {
        binder.frame.reached = true;
        binder.motion.used = true;
        return Some(1);
    }
    if let Some(zone) = &binder.zone {
        let behind = following(binder, at);
        *leads = behind.is_some();
        let own = zone.sign.or(behind.map(|behind| behind.0));
        let fresh =
            (binder.motion.clause == binder.clause).then_some(binder.motion.rate.or(binder.motion.moved)).flatten();
        // 下降0.6%，前值為3%，預期為3.3%: beside the value before, falls have a sign of their own.
        let before = |item: &Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::ValueBefore));
        let printed = binder.items.iter().any(before);
        let fresh = fresh.filter(|_| binder.setting.chinese || !printed);
        // `had expected exports to rise 4.4 percent and imports 3.8 percent`: the verb of the flow before holds for the next.
        let row = binder.found.last().filter(|last| {
            let expected = last.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Expect);
            expected && last.clause == binder.clause && !binder.setting.chinese && zone.kind == ZoneKind::Expect
        });
        let row = row.and_then(|last| last.sign);
        return own.or(fresh).or(row).or(if printed { Some(1) } else { binder.last_sign });
    }
    if let Some(sign) = became_of_growth(binder, at) {
        return Some(sign);
    }
    let motion = binder.motion;
    let here = motion.clause == binder.clause || !motion.used;
    let balance = binder.frame.flows.iter().any(|word| word.flow == Flow::Balance);
    let shift = motion.shift.filter(|_| balance).or(motion.shift.filter(|_| arrives(binder, at)).map(|_| 1));
    // 出口年增33%，明年降至6.8%: it falls to a rate that is still one of growth.
    let came_down = binder.setting.chinese && motion.moved == Some(-1) && arrives(binder, at);
    let moved = motion.moved.map(|sign| if came_down { binder.last_sign.unwrap_or(1) } else { sign });
    let before = if here { motion.rate.or(moved).or(shift) } else { None };
    let behind = following(binder, at).map(|behind| behind.0);
    if behind.is_some() && (before.is_none() || motion.used) {
        *leads = true;
        return behind;
    }
    // `raised its export forecast to 2.5 percent`: what is forecast in percent is growth.
    let foreseen = !binder.setting.chinese && binder.frame.forecast && arrives(binder, at);
    before.or_else(|| ellipsis(binder)).or(foreseen.then_some(1))
}

/// `growth in exports eased to 11.1 percent`: the number is what became of a rate that the clause names, and has its sign.
fn became_of_growth(binder: &Binder<'_>, at: usize) -> Option<i8> {
    let mut moves =
        binder.items[..at].iter().filter(|item| item.span.start >= binder.clause_start).filter_map(|item| {
            let ItemKind::Direction(word) = item.kind else { return None };
            Some((word.sign, &binder.setting.text[item.span.clone()]))
        });
    let (sign, noun) = moves.next().filter(|_| !binder.setting.chinese && arrives(binder, at))?;
    let noun = noun.to_ascii_lowercase();
    let named = ["growth", "expansion", "decline", "contraction"].iter().any(|word| noun.ends_with(word));
    (named && moves.next().is_some()).then_some(sign)
}

/// 降至2.1%, `eased to 2.1 percent`, 通膨率2.1%: of an indicator, the number is the rate to which it came, which has no
/// sign but its own; in a comparison with such a rate too.
fn came_to_rate(binder: &Binder<'_>, at: usize) -> bool {
    if binder.setting.lexicon.family.is_none() {
        return false;
    }
    match &binder.zone {
        Some(zone) => zone.sign.is_none() && binder.frame.reached,
        None => {
            let rate = binder.frame.flows.first().is_some_and(|word| word.rate);
            arrives(binder, at) || rate && !moved_here(binder)
        }
    }
}

/// Against what a rate is counted, where the words next to it say so (an annual 5 percent, 5 percent yearly, a 5 percent
/// annual rise).
fn base_beside(binder: &Binder<'_>, at: usize) -> Option<RateBase> {
    if binder.setting.chinese {
        return None;
    }
    let text = binder.setting.text;
    let span = &binder.items[at].span;
    let before = ending(between(text, binder.start, span.start)).split_whitespace().next_back();
    let behind = between(text, span.end, usize::MAX).split_whitespace().next();
    let adverb = behind.map(|word| word.trim_end_matches([',', '.', ';'])).filter(|word| word.ends_with("ly"));
    let named = before.and_then(|word| PHRASES.base_of(&word.to_ascii_lowercase()));
    named
        .or_else(|| following(binder, at).and_then(|behind| behind.1))
        .or_else(|| adverb.and_then(|word| PHRASES.base_of(&word.to_ascii_lowercase())))
}

/// A word of rising directly behind the number (a 5 percent increase, 5%的成長), and what stands between the two says of
/// what the rate is counted against.
fn following(binder: &Binder<'_>, at: usize) -> Option<(i8, Option<RateBase>)> {
    let items: &[Item] = binder.items;
    let end = items[at].span.end;
    let mut next = at + 1;
    if items
        .get(next)
        .is_some_and(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Yoy) || term.is(Role::Mom)))
    {
        next += 1;
    }
    let item = items.get(next)?;
    let from = if next == at + 1 { end } else { items[next - 1].span.end };
    let gap = binder.setting.text.get(from..item.span.start)?;
    let close = matches!(gap.trim(), "" | "的" | "-") && gap.len() <= 3;
    let between = if close || binder.setting.chinese { None } else { PHRASES.base_between(gap) };
    let (close, base) = (close || between.is_some(), between.flatten());
    match item.kind {
        ItemKind::Direction(word) if close && word.shape != Shape::Shift => {
            // `5% up from` is a rise of its own; `5% to` in the next clause is not met here. 錄得18%跌幅: a noun.
            let noun = word.shape == Shape::Rate && gap.is_empty();
            (!binder.setting.chinese || gap.contains('的') || noun).then_some((word.sign, base))
        }
        _ => None,
    }
}

/// `imports 24.4 pct`: a clause that names a new subject and leaves the word of rising out.
fn ellipsis(binder: &Binder<'_>) -> Option<i8> {
    let last = binder.found.iter().rev().find(|c| c.reading == Reading::Rate && c.zone.is_none())?;
    let new_subject = last.frame.id != binder.frame.id;
    let listed = binder.frame.respective || last.clause == binder.clause;
    (new_subject || listed).then_some(binder.last_sign).flatten()
}

/// Whether a plain number is the level of an index: it has decimals and stands where its indicator has come to.
fn is_index_level(binder: &Binder<'_>, at: usize, numeral: &Numeral) -> bool {
    /// Where indices of prices and output stand, whatever their base.
    const LEVELS: std::ops::Range<i64> = 10..2_000;
    let Some(family) = &binder.setting.lexicon.family else { return false };
    let index = binder.frame.flows.first().and_then(|word| family.indicator(word.flow));
    let counts = index.is_some_and(|indicator| indicator.level == Some(LevelUnit::Index));
    let decimals = numeral.low.scale() > 0;
    let range = Decimal::from(LEVELS.start)..Decimal::from(LEVELS.end);
    let reached = at.checked_sub(1).is_some_and(|before| {
        let item = &binder.items[before];
        let gap = between(binder.setting.text, item.span.end, numeral.span.start).trim();
        let near = gap.is_empty() || family.is_idle(gap);
        match &item.kind {
            ItemKind::Flow(word) => near && !word.rate,
            ItemKind::Word(term) => near && (term.is(Role::Level) || term.is(Role::Arrival)),
            ItemKind::Direction(_) => near && arrives(binder, at),
            _ => false,
        }
    });
    counts && decimals && numeral.high.is_none() && range.contains(&numeral.low) && reached
}

/// Whether a number of an indicator stands in a clause that names another thing, which may be a part of it (水果漲20%):
/// between the indicator, or the beginning of the clause, and the number are words that nobody knows.
pub(super) fn is_of_unknown_part(binder: &Binder<'_>, at: usize) -> bool {
    let Some(family) = &binder.setting.lexicon.family else { return false };
    let mut behind = binder.items[at].span.start;
    for item in binder.items[..at].iter().rev() {
        let gap = between(binder.setting.text, item.span.end, behind);
        if !family.is_idle(gap) {
            return true;
        }
        match &item.kind {
            ItemKind::Flow(_) => return false,
            ItemKind::Break(Break::Clause | Break::Part | Break::Colon) => return false,
            _ => behind = item.span.start,
        }
    }
    !family.is_idle(between(binder.setting.text, binder.start, behind))
}

/// Whether an amount of money is a change: a word of rising stands directly before it, and no word says that the
/// amount is what was reached.
fn is_change(binder: &Binder<'_>, at: usize, numeral: &Numeral) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &binder.items[before]) else { return false };
    let text = binder.setting.text;
    let gap = text.get(before.span.end..numeral.span.start).unwrap_or_default();
    let gap = gap.trim();
    match &before.kind {
        ItemKind::Direction(word) => {
            let reached = ["至", "到", "为", "為"].iter().any(|end| text[before.span.clone()].ends_with(end));
            let near = matches!(gap, "" | "了" | "by" | "近" | "約" | "约" | "逾" | "達" | "达") && !reached;
            near && !gap.starts_with(['達', '达']) && word.shape != Shape::Rate && binder.zone.is_none()
        }
        // 增加4.3億美元與4億美元
        ItemKind::Word(term) if term.is(Role::ListAnd) && at >= 2 => {
            let first = matches!(&binder.items[at - 2].kind, ItemKind::Number(_));
            first
                && gap.is_empty()
                && binder.found.last().is_some_and(|last| {
                    last.numeral.span == binder.items[at - 2].span && last.reading == Reading::Change
                })
        }
        ItemKind::Word(term) => {
            // `increases were registered in exports of machinery (by $48.4 billion or 22.7%)`
            let bracket = at >= 2 && matches!(binder.items[at - 2].kind, ItemKind::Break(Break::Open));
            term.is(Role::Change)
                && at >= 2
                && (matches!(binder.items[at - 2].kind, ItemKind::Direction(_))
                    || bracket && binder.motion.moved.is_some())
                && !term.is(Role::Level)
        }
        _ => false,
    }
}

/// Whether a zone's number is what was expected.
pub(super) fn is_expected(candidate: &Candidate) -> bool {
    candidate.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Expect)
}
