//! English rows: members that go on with the verb of the first, rates in brackets behind names, and other sides of a trade
//! that a text leaves unnamed.

use bellwether_model::figure::Flow;
use rust_decimal::Decimal;

use super::bind::{Binder, between, ending, words_of};
use super::frame::{Candidate, Reading, Sides, ZoneKind};
use super::item::{Item, ItemKind, Side};
use super::lexicon::{FlowWord, Role, Term};
use super::number::is_statistic;
use super::phrases::PHRASES;
use super::token::Break;
use crate::text::NumeralKind;

impl Binder<'_> {
    /// `steel fell 8.7 percent, auto parts 1.7 percent and oil 22 percent`: a class of a row, its rate directly behind it,
    /// that goes on with the verb of the class before.
    pub(super) fn goes_on_in_row(&self, at: usize) -> bool {
        let joins = at.checked_sub(1).is_some_and(|before| joins(&self.items[before]));
        let rate = |item: &Item| matches!(&item.kind, ItemKind::Number(n) if n.kind == NumeralKind::Percent);
        let counts = self.items.get(at + 1).is_some_and(|next| {
            let gap = between(self.setting.text, self.items[at].span.end, next.span.start);
            rate(next) && matches!(gap, " " | " by ")
        });
        let row = self.found.last().is_some_and(|last| {
            let told = last.reading == Reading::Rate && last.zone.is_none() && last.left.is_none();
            told && !last.frame.goods.is_empty() && last.frame.id == self.frame.id
        });
        !self.setting.chinese && joins && counts && row
    }

    /// `Semiconductors rose 1.8 percent, cars 27.1 percent.` behind a paragraph of figures: a class that moves by a rate of its
    /// own, and no direction of trade in its sentence, is told of the flow with which the text began.
    pub(super) fn opens_with_moving_goods(&self) -> bool {
        let behind = self.carry.paragraph_gave || self.carry.gave;
        let balance = self.carry.frame.flows.iter().all(|word| word.flow == Flow::Balance);
        let mut items = self.items.iter().skip_while(|item| {
            let by = matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Change));
            by || matches!(item.kind, ItemKind::Break(Break::Clause))
        });
        let goods = items.next().is_some_and(|item| matches!(item.kind, ItemKind::Goods(_)));
        let moves = items.next().is_some_and(|item| matches!(item.kind, ItemKind::Direction(_)));
        let rate =
            matches!(items.next().map(|item| &item.kind), Some(ItemKind::Number(n)) if n.kind == NumeralKind::Percent);
        let company = self.carry.company || self.of_company;
        let lead = self.carry.lead_flow.is_some_and(|flow| matches!(flow, Flow::Exports | Flow::Imports));
        let (goods, told) =
            (goods && moves && rate, behind && (balance || self.carry.paragraph_gave && !self.carry.gave));
        !self.setting.chinese && lead && goods && told && !company
    }

    /// `It rose`, `In the first nine months they came to`: a pronoun, perhaps behind a period, that points back.
    pub(super) fn opens_with_pronoun(&self) -> bool {
        let opening = between(self.setting.text, self.start, usize::MAX);
        // `It expects orders to rise`: it is somebody.
        let somebody = self.items.first().is_some_and(|first| {
            let ahead = |term: &Term| term.is(Role::Forecast) || term.is(Role::Expected) || term.is(Role::ExpectedNoun);
            let pronoun = between(self.setting.text, self.start, first.span.start).trim();
            matches!(&first.kind, ItemKind::Word(term) if ahead(term)) && matches!(pronoun, "It" | "They")
        });
        if !somebody && PHRASES.goes_on(opening) {
            return true;
        }
        let [Item { kind: ItemKind::Period(_), span, .. }, rest @ ..] = self.items else { return false };
        let text = self.setting.text;
        let before = between(text, self.start, span.start).trim();
        // `April's growth was 12.4 per cent.`
        let noun = rest.first().filter(|next| matches!(next.kind, ItemKind::Direction(_)));
        let of_period = noun.is_some_and(|noun| matches!(between(text, span.end, noun.span.start), "'s " | "’s "))
            && before.is_empty();
        let leads = ["in", "in the", "for", "for the", "during", "during the", "over", "over the"];
        let leads = leads.iter().any(|word| before.eq_ignore_ascii_case(word));
        let told = rest.iter().find(|item| !matches!(item.kind, ItemKind::Break(_)));
        let told = told.filter(|item| match &item.kind {
            ItemKind::Direction(_) => true,
            ItemKind::Word(term) => term.is(Role::Level),
            _ => false,
        });
        let pronoun = told.is_some_and(|verb| {
            let words = between(text, span.end, verb.span.start).trim_start_matches([',', ' ']).trim_end();
            matches!(words, "it" | "they" | "the figure" | "the amount" | "the total" | "the value")
        });
        !self.setting.chinese && (of_period || leads && pronoun)
    }

    /// `in particular "power-generating machinery and equipment" (by $42.4 billion or 23.3%)`: the class in quotation marks
    /// before the bracket of its change.
    pub(super) fn quoted_class(&self, at: usize) -> Option<Vec<String>> {
        const LONGEST: usize = 160;
        let text = self.setting.text;
        let before = between(text, self.start, self.items[at].span.start).trim_end();
        let inside = before.strip_suffix(['"', '”'])?;
        let (from, mark) = inside.char_indices().rev().take(LONGEST).find(|(_, c)| matches!(c, '"' | '“'))?;
        let name = &inside[from + mark.len_utf8()..];
        let counts = self.items[at + 1..].iter().take(2).any(is_statistic);
        let trade = self.frame.flows.first().is_some_and(|flow| flow.flow.is_trade());
        (!self.setting.chinese && counts && trade && name.len() > 2).then(|| vec![name.to_owned()])
    }

    /// `cars, trucks and buses rose by 8.1%, 2.7% and 8.2% respectively`: the names before the verb, known or not, where they
    /// are as many as the rates, and the ones that are known are not.
    pub(super) fn names_of_respective(&mut self) {
        let (Some(last), false) = (self.found.last(), self.setting.chinese) else { return };
        let (id, clause) = (last.frame.id, last.clause);
        let theirs = |c: &Candidate| c.frame.id == id && c.clause == clause && c.reading == Reading::Rate;
        let count = self.found.iter().filter(|c| theirs(c)).count();
        let frame = &last.frame;
        let open = frame.partners.is_empty() && frame.flows.len() == 1 && !frame.goods.is_empty();
        let first = self.found.iter().find(|c| theirs(c)).map_or(0, |c| c.numeral.span.start);
        let verb =
            self.items.iter().rev().find(|item| matches!(item.kind, ItemKind::Direction(_)) && item.span.start < first);
        let Some(verb) = verb.filter(|_| open && count > 1 && frame.goods.len() != count) else { return };
        let words = between(self.setting.text, self.start, verb.span.start).trim();
        let names: Vec<&str> = words.split(", ").flat_map(|part| part.split(" and ")).map(str::trim).collect();
        let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
        if names.len() != count || !names.iter().all(|name| PHRASES.name_of_subject(name) == Some(name)) {
            return;
        }
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        for candidate in self.found.iter_mut().filter(|c| theirs(c)) {
            candidate.frame.goods.clone_from(&names);
        }
    }

    /// `The United States became the top destination, with shipments up 78 percent`: an economy that the clause before calls a
    /// market or a source by its rank is the other side of the flow behind the comma.
    pub(super) fn partner_by_rank(&mut self, at: usize) {
        let text = self.setting.text;
        let with = between(text, self.clause_start, self.items[at].span.start).trim();
        let led = matches!(with, "with" | "with its" | "with total" | "where" | "as");
        let (Some(own), true, true) = (&self.carry.area, led, self.frame.partners.is_empty()) else { return };
        let named = self.items[..at].iter().find_map(|item| match &item.kind {
            ItemKind::Subject(area) if area != own => Some((area, item.span.end)),
            _ => None,
        });
        let Some((area, end)) = named.filter(|_| !self.setting.chinese) else { return };
        if PHRASES.ranks_partner(between(text, end, self.clause_start)) {
            self.frame.partners = vec![area.clone()];
            self.frame.area = None;
            self.subject = None;
            self.partner_clause = Some(self.clause);
        }
    }

    /// `sales rose to Germany (3.1%)`: goods sold to another economy are exports.
    pub(super) fn sold_abroad(&mut self, at: usize) -> bool {
        if self.setting.chinese || self.carry.area.is_none() {
            return false;
        }
        let flow = match words_of(self, at).as_str() {
            "sales" => Flow::Exports,
            "purchases" => Flow::Imports,
            _ => return false,
        };
        let side = if flow == Flow::Exports { Side::To } else { Side::From };
        let mut behind = self.items[at + 1..].iter();
        let idle = |item: &&Item| match &item.kind {
            ItemKind::Direction(_) => true,
            ItemKind::Word(term) => term.is(Role::Level),
            _ => false,
        };
        let next = behind.by_ref().find(|item| !idle(item));
        let near = next.is_some_and(|next| {
            let words = between(self.setting.text, self.items[at].span.end, next.span.start);
            words.split_whitespace().count() <= 4
                && matches!(&next.kind, ItemKind::Partners(_, named) if *named == side)
        });
        if near {
            self.flow(at, FlowWord::unnamed(flow));
        }
        near
    }

    /// `those to all other destinations`, `exports to Ruritania`: the other side is none that is known, and what follows is
    /// not told of all of them. `at`: the cue, or a flow that ends in one (shipments to).
    pub(super) fn unnamed_partner(&mut self, at: usize) {
        if self.setting.chinese || self.setting.lexicon.family.is_some() || !self.leads_to_side(at) {
            return;
        }
        let text = self.setting.text;
        let start = self.items[at].span.end;
        let counts = |item: &&Item| match &item.kind {
            ItemKind::Number(numeral) => numeral.kind != NumeralKind::Count,
            ItemKind::Direction(_) | ItemKind::Break(_) | ItemKind::Period(_) => true,
            // `a range of smaller buyers`
            ItemKind::Word(term) if term.is(Role::Level) => &text[item.span.clone()] != "of",
            ItemKind::Word(term) => term.is(Role::Share) || term.is(Role::ListAnd),
            _ => false,
        };
        let end = self.items[at + 1..].iter().find(counts).map_or(usize::MAX, |item| item.span.start);
        let behind = between(text, start, usize::MAX).trim_start();
        let rest = ["the rest of the world", "rest of the world"].iter().find(|words| behind.starts_with(**words));
        let words = rest.copied().unwrap_or_else(|| between(text, start, end).trim());
        let names = |item: &Item| matches!(item.kind, ItemKind::Partners(..) | ItemKind::Subject(_));
        let named = self.items[at + 1..].iter().take_while(|item| item.span.start < end).any(names);
        // `trade in goods with the rest of the world` is all of it, unless a part was told of before.
        let told_of_one = !self.frame.partners.is_empty()
            || self.items[..at].iter().any(|item| matches!(item.kind, ItemKind::Partners(..)));
        let whole = rest.is_some() && !told_of_one;
        if whole || !PHRASES.leaves_unnamed(words, named) {
            return;
        }
        if self.frame.numbers > 0 {
            self.open();
        }
        self.frame.partners.clear();
        self.frame.other = true;
        self.unnamed = Some(self.frame.id);
    }

    /// Whether a word leads to another side: it ends a flow or stands behind one, behind `those`, or joins another side to
    /// the one that was told of (and to the rest of the world).
    fn leads_to_side(&self, at: usize) -> bool {
        let text = self.setting.text;
        let words = words_of(self, at);
        if let ItemKind::Flow(_) = self.items[at].kind {
            return words.ends_with(" to") || words.ends_with(" from");
        }
        let Some(previous) = at.checked_sub(1).map(|previous| &self.items[previous]) else { return false };
        let before = between(text, self.start, self.items[at].span.start).trim_end();
        let adjacent = previous.span.end == before.len() + self.start;
        if let (ItemKind::Flow(flow), true) = (&previous.kind, adjacent) {
            // `Exports from the second-largest economy` names whose trade it is.
            return (words == "from") != (flow.flow == Flow::Exports);
        }
        let those = ["those", "Those", "that", "shipments", "sales"].iter().any(|word| before.ends_with(word));
        let joined = adjacent && joins(previous) && !self.frame.partners.is_empty() && self.frame.numbers > 0;
        those && self.speaks_of_trade() || joined
    }

    /// Whether the sentence, or the one before, speaks of trade to which `those` may point back.
    fn speaks_of_trade(&self) -> bool {
        !self.frame.flows.is_empty() || !self.carry.frame.flows.is_empty()
    }

    /// `The Union remained its largest partner, with bilateral trade up 9.4 percent`: the other side is the economy that the
    /// sentence named; where it named none, or several, it stays open.
    pub(super) fn two_sided(&mut self, at: usize) {
        if self.setting.chinese {
            return;
        }
        let words = words_of(self, at);
        if !["bilateral", "two-way"].iter().any(|word| words.starts_with(word)) {
            return;
        }
        self.frame.bilateral = true;
        let home = self.frame.area.as_ref().or(self.carry.area.as_ref());
        let mut named = self.items[..at].iter().filter_map(|item| match &item.kind {
            ItemKind::Subject(area) if Some(area) != home => Some(area),
            _ => None,
        });
        if let (Some(area), None, true) = (named.next(), named.next(), self.frame.partners.is_empty()) {
            self.frame.partners = vec![area.clone()];
            self.partner_clause = Some(self.clause);
        }
    }

    /// `The resulting surplus of 3.6 billion`: the balance of what the sentence before told, with its partner.
    pub(super) fn results(&mut self, at: usize, word: &FlowWord) {
        let before = between(self.setting.text, self.start, self.items[at].span.start).trim_end();
        let resulting = before.ends_with("resulting") || before.ends_with("Resulting");
        let named = !self.frame.partners.is_empty() || !self.found.is_empty();
        if !self.setting.chinese && resulting && word.flow == Flow::Balance && !named {
            self.frame.partners.clone_from(&self.carry.frame.partners);
            self.frame.area.clone_from(&self.carry.frame.area);
        }
    }

    /// `For the first half, the surplus reached $133.8 billion`, in a text that has told of trade both ways with one economy alone.
    pub(super) fn balance_with_one(&mut self, at: usize, word: &FlowWord) {
        let Sides::One(partners, flows) = &self.carry.sides else { return };
        let both_ways = flows.contains(&Flow::Exports) && flows.contains(&Flow::Imports);
        let before = between(self.setting.text, self.start, self.items[at].span.start).trim_end();
        let the = before.ends_with(" the") || matches!(before, "The" | "the");
        let named = |item: &Item| matches!(item.kind, ItemKind::Subject(_) | ItemKind::Partners(..));
        if !self.setting.chinese && the && both_ways && word.flow == Flow::Balance && !self.items.iter().any(named) {
            self.frame.partners.clone_from(partners);
        }
    }

    /// `Imports were seen falling 10.3%, bringing the deficit to 1.3 trillion yen`: what comes of something expected is so too.
    pub(super) fn expected_result(&mut self, at: usize) {
        let clause = between(self.setting.text, self.clause_start, self.items[at].span.start).trim_start();
        let Some(last) = self.found.last().filter(|_| !self.setting.chinese && PHRASES.tells_result(clause)) else {
            return;
        };
        // `jumped 38.6%, versus the 34.4% expected, resulting in a deficit of`: what came is told beside it.
        let came = |c: &&Candidate| c.frame.id == last.frame.id && c.zone.is_none();
        let last = self.found.iter().find(came).unwrap_or(last);
        let zone = last.zone.as_ref().filter(|zone| zone.kind == ZoneKind::Expect);
        if last.frame.forecast || zone.is_some() {
            let forecaster = zone.and_then(|zone| zone.forecaster.clone()).or_else(|| last.frame.forecaster.clone());
            self.frame.forecast = true;
            self.frame.forecaster = self.frame.forecaster.take().or(forecaster);
        }
    }

    /// `led by a 90.5% surge in energy purchases`: the change of something that is no trade, or not known to be, told beside it.
    pub(super) fn leave_what_led(&mut self) {
        if self.setting.chinese {
            return;
        }
        let text = self.setting.text;
        let (items, mut from) = (self.items, 0);
        // `a 14.2% fall`, also where a decline before it gave the sign.
        let noun = |c: &Candidate| {
            let before = ending(text.get(..c.numeral.span.start).unwrap_or_default());
            c.leads || [" a ", " an ", " the "].iter().any(|article| before.ends_with(article))
        };
        for candidate in self.found.iter_mut().filter(|c| c.reading == Reading::Rate && noun(c)) {
            from += items[from..].iter().take_while(|item| item.span.start < candidate.numeral.span.end).count();
            let [Item { kind: ItemKind::Direction(_), span, .. }, rest @ ..] = &items[from..] else { continue };
            let behind = between(text, span.end, usize::MAX);
            let Some(of) = behind.strip_prefix(" in ") else { continue };
            let bare = ["the ", "its ", "their "].iter().find_map(|article| of.strip_prefix(article)).unwrap_or(of);
            let start = span.end + behind.len() - bare.len();
            let first = bare.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let known = rest.first().is_some_and(|next| {
                // `in overall exports`, `in non-oil exports`
                let near = between(text, start, next.span.start).split_whitespace().count() <= 2;
                let told = !matches!(next.kind, ItemKind::Word(_) | ItemKind::Break(_) | ItemKind::Direction(_));
                // `a 14.2% fall in car sales`
                let sold = matches!(next.kind, ItemKind::Goods(_))
                    && PHRASES.names_no_trade(between(text, next.span.end, usize::MAX).trim_start());
                near && told && !sold
            });
            if !known
                && !first.is_empty()
                && !PHRASES.is_way_of_counting(first)
                && first.starts_with(|c: char| c.is_ascii_lowercase())
            {
                candidate.left = candidate.left.or(Some("the change of something else, told beside it"));
            }
        }
    }

    /// `over the four-month period`: the months of which the text has just told.
    pub(super) fn told_months(&mut self, at: usize) -> bool {
        let ItemKind::Number(numeral) = &self.items[at].kind else { return false };
        let span = &self.items[at].span;
        let months = self.setting.text[span.clone()].ends_with("-month");
        let period = between(self.setting.text, span.end, usize::MAX).starts_with(" period");
        if self.setting.chinese || !months || !period {
            return false;
        }
        let told = self.carry.told.filter(|told| {
            let (start, end) = (told.start(), told.end());
            let months = i32::from(end.year() - start.year()) * 12 + i32::from(end.month() - start.month()) + 1;
            numeral.low == Decimal::from(months)
        });
        let clause = self.clause;
        for candidate in self.found.iter_mut().filter(|c| c.clause == clause && c.zone.is_none()) {
            match told {
                Some(_) => candidate.frame.period = told,
                None => candidate.left = Some("its period stays open"),
            }
        }
        self.frame.period = told.or(self.frame.period);
        true
    }
}

/// Whether an item joins members of a row.
pub(super) fn joins(item: &Item) -> bool {
    match &item.kind {
        ItemKind::Break(kind) => matches!(kind, Break::Clause | Break::List | Break::Part),
        ItemKind::Word(term) => term.is(Role::ListAnd),
        _ => false,
    }
}

/// Whether a sentence opens with a period that stands by itself beside that of the text (In December alone, …).
pub(super) fn tells_by_the_way(text: &str, items: &[Item]) -> bool {
    let Some(Item { kind: ItemKind::Period(_), span, .. }) = items.first() else { return false };
    text.get(span.end..).is_some_and(|behind| behind.starts_with(" alone"))
}
