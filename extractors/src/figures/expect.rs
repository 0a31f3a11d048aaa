//! Words of looking ahead: what was expected, by whom, and what it is set beside.

use super::bind::{Binder, between, ending};
use super::chinese::CHINESE;
use super::frame::{Candidate, Reading, Zone, ZoneKind};
use super::item::{Item, ItemKind};
use super::lexicon::{FlowWord, RateBase, Role, Term, aligned};
use super::phrases::PHRASES;
use crate::text::{Numeral, NumeralKind};

impl Binder<'_> {
    /// `an expected fall of 12.4 percent`, `the expected surplus was`: what was expected, where it stands directly before
    /// what moved; `rose more than expected` tells no number.
    pub(super) fn is_expected_noun(&self, at: usize) -> bool {
        let text = self.setting.text;
        let end = self.items[at].span.end;
        let Some(next) = self.items.get(at + 1) else { return false };
        let noun = matches!(next.kind, ItemKind::Direction(_) | ItemKind::Flow(_) | ItemKind::Number(_));
        // `Analysts polled by a newsroom expected a rise of 8 percent`
        let told = between(text, self.start, self.items[at].span.start);
        let asked = ["polled", "surveyed", "Analysts", "Economists", "analysts", "economists"];
        let asked = noun && asked.iter().any(|word| told.contains(word));
        let gap = between(text, end, next.span.start);
        let adjacent = gap == " " || asked && matches!(gap, " a " | " an " | " the ");
        let before = ending(between(text, self.start, self.items[at].span.start)).trim_end();
        noun && adjacent
            && !["than", "as", "than-", "was", "were", "is", "are"].iter().any(|word| before.ends_with(word))
            && (asked || !["had", "have"].iter().any(|word| before.ends_with(word)))
    }

    /// 市場預期出口增長13%，進口增長10.4%: a sentence that has told nothing but expectations, the last one behind a flow of
    /// its own, goes on with them.
    pub(super) fn expects_more(&self) -> bool {
        let expected = |c: &Candidate| c.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Expect);
        let word = self.items.iter().position(
            |item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Expected) || term.is(Role::Forecast)),
        );
        let flow = word.is_some_and(|word| {
            self.items[word..].iter().any(|item| {
                matches!(item.kind, ItemKind::Flow(_))
                    && self.found.first().is_some_and(|first| item.span.end <= first.numeral.span.start)
            })
        });
        self.setting.chinese && flow && !self.found.is_empty() && self.found.iter().all(expected)
    }

    /// Whether an expectation is compared with, rather than announced: it is the market's, follows a comparison, or
    /// its number stands directly behind.
    pub(super) fn expects_number(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let compared = self.zone.as_ref().is_some_and(|zone| zone.kind != ZoneKind::Expect);
        let of_market =
            ["市場", "市场", "原先", "原本", "分析", "經濟", "经济", "中值", "外界", "調查", "调查", "路透", "彭博"]
                .iter()
                .any(|word| lower.contains(word))
                || !self.setting.chinese;
        compared || of_market || lower.ends_with('的')
    }

    /// `missing the 5.0 percent growth expected in a poll`: the number of a comparison turns out to be an expectation.
    pub(super) fn was_expected(&mut self, at: usize, term: &Term) -> bool {
        let ahead = [Role::Forecast, Role::Expected, Role::ExpectedNoun].iter().any(|role| term.is(*role));
        if self.setting.chinese || !ahead {
            return false;
        }
        let start = self.items[at].span.start;
        let text = self.setting.text;
        let clause = self.clause;
        let pollster = self.pollster(at);
        let Some(last) = self.found.last_mut().filter(|last| last.clause == clause && last.trailing.is_none()) else {
            return false;
        };
        let words = between(text, last.numeral.span.end, start).split_whitespace().count();
        let close = |zone: &&mut Zone| words <= if zone.kind == ZoneKind::Expect { 8 } else { 4 };
        let Some(zone) = last.zone.as_mut().filter(|zone| zone.period.is_none()).filter(close) else {
            return last.zone.is_none() && self.was_outdone(at);
        };
        if zone.kind == ZoneKind::Expect {
            // `the 5.8 percent drop tipped in a survey`: words behind those of an expectation tell whose it was.
            let tells = zone.forecaster.is_none() && pollster.is_some();
            zone.forecaster = zone.forecaster.take().or(pollster);
            return tells;
        }
        zone.kind = ZoneKind::Expect;
        zone.forecaster = zone.forecaster.take().or(pollster);
        if let Some(open) = &mut self.zone {
            open.kind = ZoneKind::Expect;
        }
        true
    }

    /// `topping the 6 percent increase tipped in a poll`: the number behind such a verb, of which words say that it was
    /// expected, is an expectation, though nothing else sets it beside what came.
    fn was_outdone(&mut self, at: usize) -> bool {
        let text = self.setting.text;
        let start = self.items[at].span.start;
        let pollster = self.pollster(at);
        let clause = self.clause;
        let Some(last) = self.found.last_mut().filter(|last| last.clause == clause && last.zone.is_none()) else {
            return false;
        };
        let near = between(text, last.numeral.span.end, start).split_whitespace().count() <= 4;
        let before = ending(between(text, self.start, last.numeral.span.start)).to_ascii_lowercase();
        if !near || !PHRASES.outdoes(&before) {
            return false;
        }
        last.zone = Some(Zone { numbers: 1, forecaster: pollster, ..Zone::new(ZoneKind::Expect) });
        self.frame.numbers = self.frame.numbers.saturating_sub(1);
        true
    }

    /// `A $52.5 billion deficit had been expected`: words behind a number, in its clause, tell that it was an expectation.
    pub(super) fn expected_behind(&self, numeral: &Numeral) -> Option<Zone> {
        const REACH: usize = 60;
        let behind = between(self.setting.text, numeral.span.end, usize::MAX);
        // Most texts hold no such words, and many no letter of them.
        if !behind.as_bytes()[..behind.len().min(REACH)].contains(&b'h') {
            return None;
        }
        let end = behind.char_indices().map(|(at, _)| at).take_while(|at| *at <= REACH).last()?;
        let clause = behind[..end].split([',', ';', '.', '\n']).next()?;
        let verb = clause.find(" had been ")? + " had been ".len();
        let expected = ["expected", "forecast", "predicted", "anticipated", "projected", "estimated"];
        let alone = !clause[..verb].contains(|c: char| c.is_ascii_digit());
        let tells = expected.iter().any(|word| clause[verb..].starts_with(word));
        let from = numeral.span.end + verb;
        let at = self.items.iter().position(|item| item.span.end > from);
        (alone && tells).then(|| Zone {
            numbers: 1,
            forecaster: at.and_then(|at| self.pollster(at)),
            ..Zone::new(ZoneKind::Expect)
        })
    }

    /// 較8月預測數5,892億美元增加463億美元: a forecast set beside an earlier one of the same period; changes between the
    /// two are none of the statistic.
    pub(super) fn is_revised(&mut self, at: usize, term: &Term) -> bool {
        let looks_ahead = term.is(Role::Forecast) || term.is(Role::Expected);
        if !self.setting.chinese || !self.frame.forecast || !looks_ahead {
            return false;
        }
        let forecaster = self.frame.forecaster.clone();
        let Some(zone) = self.zone.as_mut().filter(|zone| zone.kind != ZoneKind::Expect && zone.numbers == 0) else {
            return false;
        };
        (zone.kind, zone.period, zone.forecaster) = (ZoneKind::Expect, None, forecaster);
        // 較8月預測增加5%: what follows is the change itself.
        if matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Direction(_))) {
            self.frame.base = Some(RateBase::Other);
        }
        true
    }

    /// 優於預估的2%, 年增16.8%，預估為13%: a word of looking ahead inside a comparison, or directly before a number of the
    /// kind that was just reported, tells what had been expected.
    pub(super) fn is_beside_what_came(&self, at: usize) -> bool {
        let name = between(self.setting.text, self.items[at].span.start, self.items[at].span.end).to_ascii_lowercase();
        let noun = ["forecast", "project", "predict", "estimat"].iter().any(|word| name.starts_with(word));
        if !self.setting.chinese && !noun {
            return false;
        }
        if self.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Compare && zone.numbers == 0) {
            return true;
        }
        // 較主計總處預測高出158億美元
        let base =
            |zone: &Zone| zone.kind == ZoneKind::Base && zone.numbers == 0 && zone.period.is_none() && !zone.origin;
        if self.setting.chinese && self.zone.as_ref().is_some_and(base) && !self.frame.forecast {
            return true;
        }
        if !self.setting.chinese {
            return false;
        }
        let Some(ItemKind::Number(numeral)) = self.told_behind(at) else { return false };
        let percent = |numeral: &Numeral| numeral.kind == NumeralKind::Percent;
        self.found.last().is_some_and(|last| {
            !last.frame.forecast && last.left.is_none() && percent(&last.numeral) == percent(numeral)
        })
    }

    /// The newsroom whose poll is spoken of next to a word of looking ahead.
    pub(super) fn pollster(&self, at: usize) -> Option<String> {
        let text = self.setting.text;
        let near = |item: &&Item| {
            item.span.end + 40 >= self.items[at].span.start && item.span.start <= self.items[at].span.end + 40
        };
        let name = between(text, self.items[at].span.start, self.items[at].span.end);
        let asks =
            |word: &&str| self.setting.lexicon.find(&aligned(word), word).any(|(_, term)| term.is(Role::Pollster));
        if self.setting.chinese {
            return self.chinese_pollster(at, name);
        }
        if let Some(inside) = name.split(' ').find(asks) {
            return Some(inside.to_owned());
        }
        self.items
            .iter()
            .filter(near)
            .find(|item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Pollster)) && self.is_poll(item))
            .map(|item| text[item.span.clone()].to_owned())
    }

    /// Whether English words around a newsroom say that it has asked who looks ahead.
    fn is_poll(&self, newsroom: &Item) -> bool {
        let text = self.setting.text;
        let span = &newsroom.span;
        let before = between(text, text.floor_char_boundary(span.start.saturating_sub(12)).max(self.start), span.start);
        let behind = between(text, span.end, text.floor_char_boundary(span.end + 14));
        ["poll", "survey", "compiled by"].iter().any(|word| before.contains(word) || behind.contains(word))
    }

    /// 路透調查中預測的3%, 優於彭博社先前預估的4%: the newsroom with which the words begin, or which stands before them.
    pub(super) fn chinese_pollster(&self, at: usize, name: &str) -> Option<String> {
        const REACH: usize = 48;
        if let Some(inside) = self.setting.lexicon.begins_with(name, |term| term.is(Role::Pollster)) {
            return Some(name[..inside].to_owned());
        }
        let start = self.items[at].span.start;
        let before = self.items[..at].iter().rev().take_while(|item| item.span.end + REACH >= start);
        let word = |item: &&Item| matches!(item.kind, ItemKind::Word(_));
        before.into_iter().filter(word).find_map(|item| {
            let words = &self.setting.text[item.span.clone()];
            let inside = self.setting.lexicon.begins_with(words, |term| term.is(Role::Pollster))?;
            Some(words[..inside].to_owned())
        })
    }

    /// 路透綜合逾30家機構預估中值, `a Reuters poll showed`: a newsroom that has asked who looks ahead.
    pub(super) fn asks(&mut self, at: usize) {
        const CHARACTERS: usize = 16;
        let span = self.items[at].span.clone();
        let behind = between(self.setting.text, span.end, usize::MAX);
        let near = behind.char_indices().nth(CHARACTERS).map_or(behind, |(end, _)| &behind[..end]);
        let name = || Some(self.setting.text[span.clone()].to_owned());
        if self.setting.chinese {
            if CHINESE.polls.stand_in(near) {
                self.frame.forecaster = name();
            }
            return;
        }
        if !self.is_poll(&self.items[at]) {
            return;
        }
        for candidate in self.found.iter_mut().filter(|c| c.frame.forecast && c.frame.forecaster.is_none()) {
            candidate.frame.forecaster = name();
        }
        self.frame.forecaster = self.frame.forecaster.take().or_else(name);
    }

    /// 出口增5.4%，進口增3%，雙雙不及預期的10%和14.5%: two rates set beside those of two flows, in their order.
    pub(super) fn expected_of_both(&mut self) {
        let rate = |c: &Candidate| c.reading == Reading::Rate && c.left.is_none() && c.frame.flows.len() == 1;
        let text = self.setting.text;
        for second in 3..self.found.len() {
            let [.., first, next] = &self.found[..=second] else { continue };
            let kind = first.zone.as_ref().map(|zone| zone.kind);
            let beside = matches!(kind, Some(ZoneKind::Expect | ZoneKind::Compare))
                && next.zone.as_ref().map(|zone| zone.kind) == kind;
            let joint = between(text, first.numeral.span.end, next.numeral.span.start).trim();
            let joined = matches!(joint, "和" | "及" | "與" | "与" | "、" | "跟" | "and" | "以及");
            if !(beside && joined && rate(first) && rate(next) && first.frame.flows == next.frame.flows) {
                continue;
            }
            if let Some([one, last]) = self.two_flows_before(second - 1)
                && first.frame.flows.first() == Some(&last)
            {
                self.found[second - 1].frame.flows = vec![one];
                for place in [second - 1, second] {
                    self.found[place].frame.respective = false;
                }
            }
        }
    }

    /// The two flows whose rates the sentence has told before a number, where it is these two alone, of the same sides and
    /// classes.
    pub(super) fn two_flows_before(&self, end: usize) -> Option<[FlowWord; 2]> {
        let rate = |c: &&Candidate| c.reading == Reading::Rate && c.left.is_none() && c.zone.is_none();
        let mut told = self.found[..end].iter().rev().filter(rate);
        let (last, one) = (told.next()?, told.next()?);
        let ([first], [second]) = (one.frame.flows.as_slice(), last.frame.flows.as_slice()) else { return None };
        let alike = last.frame.goods == one.frame.goods && last.frame.partners == one.frame.partners;
        let only = told.all(|c| c.frame.flows == one.frame.flows || c.frame.flows == last.frame.flows);
        (alike && only && first.flow != second.flow).then(|| [first.clone(), second.clone()])
    }

    /// The office named directly before a place.
    pub(super) fn office_before(&self, at: usize) -> Option<String> {
        let item = &self.items[at.checked_sub(1)?];
        let adjacent = item.span.end == self.items[at].span.start;
        let office = matches!(&item.kind, ItemKind::Word(term) if term.institution) && adjacent;
        office.then(|| self.setting.text[item.span.clone()].to_owned())
    }

    /// 財政部也更悲觀預估: the office that the clause names.
    pub(super) fn office_of_clause(&self, at: usize) -> Option<String> {
        let office = |item: &&Item| {
            item.span.start >= self.clause_start && matches!(&item.kind, ItemKind::Word(term) if term.institution)
        };
        let named = self.items[..at].iter().rfind(office)?;
        self.setting.chinese.then(|| self.setting.text[named.span.clone()].to_owned())
    }

    /// The bank or institute that opens the clause of a word of looking ahead, by the ending of its name
    /// (某某銀行首席經濟學家預估).
    pub(super) fn institution_before(&self, at: usize) -> Option<String> {
        const LONGEST: usize = 24;
        let before = self.setting.text.get(self.start..self.items[at].span.start)?;
        let han = |c: &(usize, char)| ('\u{4e00}'..='\u{9fff}').contains(&c.1);
        let start = before.char_indices().rev().take_while(han).take(LONGEST).last()?.0;
        let opens = before[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let folded = aligned(&before[start..]);
        let endings = self.setting.lexicon.institution_endings.iter();
        let end = endings.filter_map(|ending| folded.find(ending.as_str()).map(|from| from + ending.len())).min()?;
        opens.then(|| before[start..start + end].to_owned())
    }
}
