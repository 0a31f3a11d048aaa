//! Whom and what a clause speaks of: partners, reporting economies, product classes.

use bellwether_model::figure::Flow;
use bellwether_model::place::Area;

use super::bind::{Binder, between, ending, words_of};
use super::chinese::CHINESE;
use super::frame::ZoneKind;
use super::item::{Item, ItemKind, Side};
use super::lexicon::{Role, aligned_char, ends_with, starts_with};
use super::number::is_statistic;
use super::phrases::PHRASES;
use super::token::Break;
use crate::text::NumeralKind;

impl Binder<'_> {
    pub(super) fn partners(&mut self, at: usize, areas: &[Area], side: Side) {
        let items = self.items;
        // `and that with Vietnam to $14.4 billion`: the same of another partner.
        let before = ending(between(self.setting.text, self.start, items[at].span.start)).trim_end();
        let before = before.trim_end_matches(" the");
        let those = ["that with", "those with", "that to", "those to", "that from", "those from"];
        if !self.setting.chinese && self.frame.numbers > 0 && those.iter().any(|words| before.ends_with(words)) {
            if self.zone.as_ref().is_some_and(|zone| zone.numbers > 0) {
                self.close_zone();
            }
            self.open();
            self.frame.partners.clear();
        }
        let groups = &items[at].groups;
        // 前三大市場占比為美國32%: in a list of markets the economy before the number is the part, not the whole.
        let counted = side == Side::Market
            && self.items.get(at + 1).is_some_and(|next| {
                matches!(next.kind, ItemKind::Number(_)) && next.span.start == self.items[at].span.end
            });
        if self.share_is_open() && !counted || self.cause == Some(self.clause) {
            return;
        }
        // 中國為越南最大進口來源地: whose source it is stands behind the one that is the source.
        let home = self.frame.area.as_ref().or(self.carry.area.as_ref());
        let own = side == Side::Market && areas.len() == 1 && areas.first() == home;
        if self.setting.chinese && own && self.partner_clause == Some(self.clause) {
            return;
        }
        // 最大訂單來源的美國，1月接單金額
        let opens = between(self.setting.text, self.items[at].span.end, usize::MAX).starts_with(['，', '則', '则']);
        if side == Side::Topic || self.setting.orders && side == Side::Market && opens {
            self.topic = areas.to_vec();
        }
        if side == Side::Topic {
            return;
        }
        if side == Side::Rival {
            // Only shares of one whole are set against each other; of rates, the other is another economy's.
            let Some((_, true)) = self.share else { return };
            if groups.len() > 1 {
                return;
            }
            self.share = Some((self.clause, false));
            self.zone = None;
        }
        // `Orders for export from Taiwan`
        let for_export = at > 0 && words_of(self, at - 1).ends_with(" for export");
        let exports = self.frame.flows.last().is_some_and(|word| word.flow == Flow::Exports || for_export);
        if !self.setting.chinese
            && side == Side::From
            && exports
            && at > 0
            && matches!(self.items[at - 1].kind, ItemKind::Flow(_))
        {
            self.frame.area = areas.first().cloned();
            return;
        }
        if self.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Compare) && !self.setting.chinese {
            return;
        }
        if !self.setting.chinese && side != Side::Next && self.frame.numbers > 0 && !self.begins_something(at) {
            return self.partner_behind_number(at, areas, side);
        }
        if self.frame.numbers > 0 {
            self.open();
            let before = between(self.setting.text, self.start, self.items[at].span.start).trim_end();
            let before = before.trim_end_matches("the").trim_end();
            // `those to China` are the goods that were spoken of.
            if !["those to", "those from"].iter().any(|words| before.ends_with(words)) {
                self.frame.goods.clear();
            }
            self.zone = None;
        }
        let part = self.setting.chinese && self.after_part && self.goods_clause != Some(self.clause);
        if std::mem::take(&mut self.stale) || part && self.frame.numbers == 0 {
            self.frame.goods.clear();
        }
        if self.setting.chinese && self.tells_most_of_a_change() {
            // What drove the change stands between; the classes are those of the last numbers.
            let last = self.found.iter().rev().find(|c| c.zone.is_none() && c.left.is_none());
            self.frame.goods = last.map(|last| last.frame.goods.clone()).unwrap_or_default();
        }
        let clause = between(self.setting.text, self.clause_start, self.items[at].span.start);
        self.partner_of_cause = self.setting.chinese && CHINESE.because.begin(clause.trim_start());
        // `to some major destinations, in particular Malaysia`
        self.frame.other &= self.unnamed != Some(self.frame.id);
        self.frame.partners = areas.to_vec();
        self.frame.groups.clear();
        if groups.len() > 1 && groups.len() < areas.len() {
            self.frame.groups.clone_from(groups);
        }
        self.named_groups = groups.len();
        self.partner_clause = Some(self.clause);
        if areas.len() > 1 && self.is_list_of_names(at) {
            self.listed.extend(groups.iter().cloned());
        } else if !self.listed.contains(&areas.to_vec()) {
            self.listed.push(areas.to_vec());
        }
    }

    /// 以接自美國增64.3億美元、東協增17.3億美元較多: the partners that did most of the change of what was spoken of.
    fn tells_most_of_a_change(&self) -> bool {
        /// Characters of such a clause; a longer one is a list, and is not looked through at each of its names.
        const LONGEST: usize = 80;
        let clause = between(self.setting.text, self.clause_start, usize::MAX).trim_start();
        if !clause.starts_with('以') {
            return false;
        }
        let mut ends = clause.char_indices().take(LONGEST).filter(|(_, c)| matches!(c, '，' | '；' | '。' | '\n'));
        let end = match ends.next() {
            Some((end, _)) => end,
            None if clause.chars().nth(LONGEST).is_none() => clause.len(),
            None => return false,
        };
        let clause = &clause[..end];
        self.setting.lexicon.superlatives.iter().any(|word| ends_with(clause, word))
    }

    /// 東協連續五年是第一大貿易夥伴，進出口6.99兆元: the economy that the clause before calls a partner is the other side.
    pub(super) fn take_partner_named_before(&mut self, at: usize) {
        if !self.setting.chinese || self.partner_clause == Some(self.clause) {
            return;
        }
        let Some((partners, home)) = self.partners_named_before(at) else { return };
        self.frame.respective = partners.len() > 1;
        self.frame.partners = partners;
        self.frame.groups.clear();
        self.frame.area = home;
        self.subject = None;
        self.partner_clause = Some(self.clause);
    }

    /// That economy, or those of 東協、歐盟分別為前兩大貿易夥伴, and the one whose partner it is.
    fn partners_named_before(&self, at: usize) -> Option<(Vec<Area>, Option<Area>)> {
        let idle = |item: &&Item| matches!(item.kind, ItemKind::Period(_));
        let mut before = self.items[..at].iter().rev().skip_while(idle);
        let comma = before.next().is_some_and(|item| matches!(item.kind, ItemKind::Break(Break::Clause)));
        let market = before.next().is_some_and(|item| {
            let partner = CHINESE.partners.end(&self.setting.text[item.span.clone()]);
            matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Market)) && partner
        });
        if !(comma && market) {
            return None;
        }
        let clause = before
            .take_while(|item| !matches!(item.kind, ItemKind::Break(Break::Clause | Break::Part) | ItemKind::Flow(_)));
        let (mut named, mut one_by_one) = (Vec::new(), false);
        for item in clause {
            match &item.kind {
                ItemKind::Subject(area) => named.push(vec![area.clone()]),
                ItemKind::Partners(areas, _) => named.push(areas.clone()),
                ItemKind::Word(term) => one_by_one |= term.is(Role::Respective),
                _ => {}
            }
        }
        let known = &self.carry.area;
        match named.as_slice() {
            [partners] if partners.len() == 1 || one_by_one => {
                (known.as_ref() != partners.first()).then(|| (partners.clone(), known.clone()))
            }
            [home, partners] if home.len() == 1 && (partners.len() == 1 || one_by_one) => {
                Some((partners.clone(), home.first().cloned()))
            }
            _ => None,
        }
    }

    /// 歐盟為第二大貿易夥伴，雙邊貿易總值為: the economy that the sentence named is the other side.
    pub(super) fn other_side(&mut self, at: usize) {
        let home = self.frame.area.as_ref().or(self.carry.area.as_ref());
        let named = self.items[..at].iter().rev().find_map(|item| match &item.kind {
            ItemKind::Subject(area) if Some(area) != home => Some(area.clone()),
            _ => None,
        });
        if self.frame.partners.is_empty() && self.setting.chinese {
            // 自中國大陸進口811億美元。兩岸貿易順差695億美元: the partner of the sentence before, where it spoke of one.
            let before = &self.carry.frame;
            let one = self.found.is_empty() && before.groups.len() < 2 && !before.respective;
            let partners = named.map(|area| vec![area]).or_else(|| one.then(|| before.partners.clone()));
            self.frame.partners = partners.unwrap_or_default();
            self.partner_clause = Some(self.clause);
        }
    }

    /// Whether several economies stand as names of a list (美國、日本), and not as one group (陸港).
    pub(super) fn is_list_of_names(&self, at: usize) -> bool {
        between(self.setting.text, self.items[at].span.start, self.items[at].span.end).contains(['、', '丶', ','])
    }

    /// Whether a flow or a word of rising follows before the clause ends: an English partner behind a number otherwise
    /// only trails it.
    pub(super) fn begins_something(&self, at: usize) -> bool {
        if self.items.get(at + 1).is_some_and(|next| {
            matches!(next.kind, ItemKind::Number(_)) && next.span.start <= self.items[at].span.end + 1
        }) {
            return true;
        }
        // `but fell to France (-2.4%)`
        if let [Item { kind: ItemKind::Break(Break::Open), .. }, Item { kind: ItemKind::Number(_), .. }, ..] =
            &self.items[at + 1..]
        {
            return true;
        }
        // `rose by 1.7 percent and to the European Union by 3.4 percent`
        if let [Item { kind: ItemKind::Word(by), .. }, Item { kind: ItemKind::Number(_), .. }, ..] =
            &self.items[at + 1..]
            && by.is(Role::Change)
        {
            return true;
        }
        let rest = self.items[at + 1..].iter();
        rest.take_while(|item| !matches!(item.kind, ItemKind::Break(_))).any(|item| match &item.kind {
            ItemKind::Flow(_) | ItemKind::Direction(_) => true,
            ItemKind::Word(term) => term.is(Role::Share),
            _ => false,
        })
    }

    pub(super) fn subject(&mut self, at: usize, area: &Area) {
        if self.share_is_open() || self.zone.is_some() || self.cause == Some(self.clause) {
            return;
        }
        // 受美中貿易衝突影響: no economy of a cause is whose trade the next clause tells.
        let clause = between(self.setting.text, self.clause_start, self.items[at].span.start).trim_start();
        if self.setting.chinese && CHINESE.because.begin(clause) && self.tells_no_number(at) {
            return;
        }
        // `In the Philippines, the trade gap stood at`: the economy of the sentence.
        let opening = between(self.setting.text, self.start, self.items[at].span.start).trim();
        let comma = matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Break(Break::Clause)));
        if comma && matches!(opening, "In" | "In the") {
            self.frame.area = Some(area.clone());
            return;
        }
        let other = self.carry.area.as_ref().is_some_and(|home| home != area);
        if self.setting.orders && other && self.opens_clause(at) && self.goes_on_as_topic(at) {
            self.topic = vec![area.clone()];
            if self.frame.numbers > 0 {
                self.open();
                self.frame.partners.clear();
            }
        }
        // 對美國減26.5%，歐洲減34.5%: a list of partners goes on without its cue.
        let part = at
            .checked_sub(1)
            .is_some_and(|before| matches!(&self.items[before].kind, ItemKind::Word(term) if term.is(Role::Including)));
        let listed = self.setting.chinese && !self.frame.partners.is_empty() && (self.frame.numbers > 0 || part);
        let moves = self.items.get(at + 1).is_some_and(|next| {
            let gap = between(self.setting.text, self.items[at].span.end, next.span.start);
            let led = matches!(gap, "" | "則" | "则" | "也" | "亦" | "更" | "卻" | "却" | "仍");
            let level = matches!(&next.kind, ItemKind::Word(term) if term.is(Role::Level))
                && matches!(self.items.get(at + 2).map(|item| &item.kind), Some(ItemKind::Number(_)));
            matches!(next.kind, ItemKind::Direction(_)) && led || level && !gap.is_empty() && led
        });
        // `with Vietnam up 26.8 per cent, India 27.9 per cent`
        let counts = self.items.get(at + 1).is_some_and(|next| {
            matches!(next.kind, ItemKind::Number(_)) && next.span.start <= self.items[at].span.end + 1
        });
        let row = !self.setting.chinese
            && PHRASES.leads_to_next(
                &ending(between(self.setting.text, self.start, self.items[at].span.start)).to_ascii_lowercase(),
            )
            && self.number_with(at);
        let goes_on =
            !self.setting.chinese && (counts || row) && !self.frame.partners.is_empty() && self.frame.numbers > 0;
        // 從印度及韓國進口，印度增加16.3%: one of those that the list before named.
        let one_of = self.setting.chinese && self.frame.partners.len() > 1 && self.frame.partners.contains(area);
        // 來自美國164.5億美元；歐洲96.5億美元
        let ordered = listed && self.setting.orders && other && counts;
        if (listed || one_of) && moves || goes_on || ordered || self.lists_sides {
            return self.partners(at, std::slice::from_ref(area), Side::To);
        }
        // `core inflation in Japan`: the economy of an indicator may stand behind it.
        let before = at.checked_sub(1).map(|before| &self.items[before]);
        if let Some(Item { kind: ItemKind::Flow(word), span, .. }) = before
            && !word.flow.is_trade()
            && matches!(between(self.setting.text, span.end, self.items[at].span.start).trim(), "in" | "for" | "in the")
        {
            self.frame.area = Some(area.clone());
        }
        if self.is_beside_others(at, area) {
            return;
        }
        self.subject = Some((area.clone(), self.clause));
    }

    /// Whether no number stands behind an item in its clause.
    fn tells_no_number(&self, at: usize) -> bool {
        let within = |item: &&Item| !matches!(item.kind, ItemKind::Break(Break::Clause | Break::Part));
        !self.items[at..].iter().take_while(within).any(is_statistic)
    }

    /// 南韓負1.3%、日本負1.5%: an economy with a number directly behind it, where no partner is spoken of, tells of its own
    /// trade in a sentence that sets economies side by side. Elsewhere its number may be of either, and is left out.
    fn is_beside_others(&mut self, at: usize, area: &Area) -> bool {
        let told = !self.frame.flows.is_empty() && self.frame.flows.iter().all(|word| word.flow != Flow::Orders);
        let plain = self.setting.chinese && self.setting.lexicon.family.is_none() && self.brackets.is_empty();
        if !plain || !told || !self.frame.partners.is_empty() || self.share.is_some() {
            return false;
        }
        let counts = self.items.get(at + 1).is_some_and(|next| {
            let gap = between(self.setting.text, self.items[at].span.end, next.span.start);
            let moves = match next.kind {
                ItemKind::Number(_) => is_statistic(next),
                ItemKind::Direction(_) => self.items.get(at + 2).is_some_and(is_statistic),
                _ => false,
            };
            moves && matches!(gap, "" | "則" | "则" | "也" | "亦" | "更" | "卻" | "却" | "仍")
        });
        let own = self.frame.area.as_ref().or(self.carry.area.as_ref()) == Some(area);
        if !counts || own && !self.frame.other {
            return false;
        }
        let end = self.items.last().map_or(self.start, |item| item.span.end);
        let beside = CHINESE.side_by_side.stand_in(between(self.setting.text, self.start, end));
        if self.frame.numbers > 0 || self.frame.other {
            self.open();
        }
        self.frame.goods.clear();
        self.frame.area = Some(area.clone());
        self.frame.other = !beside && !own;
        true
    }

    pub(super) fn goods(&mut self, at: usize, names: &[String]) {
        if self.setting.chinese {
            self.named_goods = names.to_vec();
        }
        let together = self.told_together(at, names);
        let names = together.as_deref().unwrap_or(names);
        if self.share_is_open() || self.cause == Some(self.clause) {
            return;
        }
        let text = self.setting.text;
        let span = &self.items[at].span;
        if let Some(last) = self.found.last_mut()
            && last.leads
            && last.clause == self.clause
            && between(text, last.numeral.span.end, span.start).ends_with(" in ")
        {
            last.frame.goods = names.to_vec();
            self.open();
            self.frame.goods = names.to_vec();
            // The amount behind belongs to the same product class.
            self.frame.numbers = 1;
            return;
        }
        if self.goods_behind_flow(at, names) || !self.goods_are_subject(at) || self.leads_a_change(at) {
            return;
        }
        if self.frame.numbers > 0 {
            self.open();
            self.zone = None;
        }
        if std::mem::take(&mut self.stale) {
            self.frame.partners.clear();
        }
        if self.after_part {
            self.frame.partners.clear();
        }
        self.frame.other = self.not_in_goods;
        self.frame.counted = false;
        self.frame.goods = names.to_vec();
        self.goods_clause = Some(self.clause);
        let idle = |c| ['」', '则', '也', '亦', '更', '仍', '均', '都', '虽', '却', '业'].contains(&aligned_char(c));
        let behind = between(text, span.end, usize::MAX).trim_start_matches(idle);
        if self.setting.chinese && self.setting.lexicon.cause_behind.iter().any(|word| starts_with(behind, word)) {
            // What is told of the cause stands between; the flow behind it goes on with the class.
            (self.cause, self.flow_seen) = (Some(self.clause), false);
        }
    }

    /// 以資訊通信產品成長最多: what did most of a change, told without a number.
    fn leads_a_change(&self, at: usize) -> bool {
        let behind = self.items[at + 1..]
            .iter()
            .find(|item| !matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Neutral)));
        let Some(Item { kind: ItemKind::Direction(_), span, .. }) = behind else { return false };
        let rest = between(self.setting.text, span.end, usize::MAX);
        self.setting.chinese && self.setting.lexicon.superlatives.iter().any(|word| starts_with(rest, word))
    }

    /// Whether product classes are what the next numbers speak of, and not a cause or an example.
    pub(super) fn goods_are_subject(&self, at: usize) -> bool {
        let text = self.setting.text;
        let span = &self.items[at].span;
        let next = self.items[at + 1..].iter().find(|item| {
            !matches!(item.kind, ItemKind::Period(_) | ItemKind::Break(Break::Clause | Break::List) | ItemKind::Partners(..))
                && !matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Respective) || term.is(Role::Level) || term.is(Role::ListAnd) || term.is(Role::PlainGoods) || !self.setting.chinese && (term.is(Role::Forecast) || term.is(Role::Modal)))
        });
        let Some(next) = next else { return false };
        let mut gap = between(text, span.end, next.span.start).to_owned();
        for item in self.items[at + 1..].iter().take_while(|item| item.span.start < next.span.start) {
            gap = gap.replacen(&text[item.span.clone()], "", 1);
        }
        if self.setting.chinese {
            let kind = ["類", "类", "產品", "产品", "商品", "製品", "制品"].iter().any(|end| gap.trim().ends_with(end));
            let longest = if gap.starts_with('等') {
                12
            } else if kind {
                8
            } else {
                4
            };
            let short = gap.trim().chars().count() <= longest;
            let flow = matches!(next.kind, ItemKind::Flow(_));
            let moves =
                matches!(next.kind, ItemKind::Direction(_) | ItemKind::Number(_)) && !self.frame.flows.is_empty();
            let direct = matches!(gap.trim(), "" | "產品" | "产品" | "則" | "则" | "也" | "亦" | "更" | "均" | "都")
                || gap.starts_with('等');
            // 在汽車貿易的帶動下: what drives the trade is not the trade.
            let cause = between(text, self.start, span.start).trim_end().ends_with(['在', '受', '因']);
            if !cause && short && (flow || moves && direct) && !gap.contains(['。']) {
                return true;
            }
            // 光學器材結束連18黑，轉為成長2.6%: what opens a clause and goes on like a subject.
            let first =
                self.items[at + 1..].iter().find(|item| is_statistic(item) || matches!(item.kind, ItemKind::Flow(_)));
            let flow = first.is_some_and(|item| matches!(item.kind, ItemKind::Flow(_)));
            return self.goes_on_as_topic(at) && self.opens_clause(at) && (flow || !self.frame.flows.is_empty());
        }
        let before = ending(between(text, self.start, span.start).trim_end()).to_ascii_lowercase();
        let of_flow = (before.ends_with(" of") || before.ends_with(" for"))
            && self.items[..at]
                .iter()
                .rev()
                .find(|item| !matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Level)))
                .is_some_and(|item| matches!(item.kind, ItemKind::Flow(_)) && item.span.end + 5 >= span.start);
        let cause = [
            " by",
            " for",
            " in",
            " on",
            " with",
            " of",
            " strong",
            " including",
            " like",
            " as",
            " amid",
            " from",
            " to",
            "demand for",
        ];
        let direct = matches!(gap.trim(), "" | "is" | "are");
        // `followed by transport equipment with a 25 percent slump`
        if PHRASES.leads_to_next(&before) && !self.frame_is_fresh() && self.number_with(at) {
            return true;
        }
        // `while those of petrochemicals dropped`
        if ["those of", "that of", "those for"].iter().any(|words| before.ends_with(words)) {
            // `and those for information products 12.6 percent`
            let row = matches!(&next.kind, ItemKind::Number(number) if number.kind == NumeralKind::Percent)
                && !self.found.is_empty();
            return direct && (matches!(next.kind, ItemKind::Direction(_)) || row);
        }
        if self.goes_on_in_row(at) {
            return true;
        }
        // `Cars: +25.3% to $5.14 billion; steel: +5.2%`
        if gap.trim() == ":"
            && matches!(next.kind, ItemKind::Number(_))
            && self.carry.one_flow
            && !self.frame_is_fresh()
        {
            return true;
        }
        // `on liquefied natural gas while exports advanced`: another clause begins with the flow.
        let words = between(text, span.end, next.span.start);
        let apart = words.split_whitespace().any(|word| PHRASES.joins_clauses(word));
        let flow = matches!(next.kind, ItemKind::Flow(_)) && !apart && gap.split_whitespace().count() <= 3;
        let moves = matches!(next.kind, ItemKind::Direction(_)) && direct && !self.frame_is_fresh();
        let with = before.ends_with(" with") && moves;
        // `with auto exports falling`: what stands directly before a flow is what flows.
        let attached = flow && direct;
        of_flow
            || with
            || attached
            || (!cause.iter().any(|word| before.ends_with(word)) && (flow || moves || self.is_topic(at, &before)))
    }

    /// Whether a number follows directly behind a name or behind `with a`, `at` or a word of rising.
    fn number_with(&self, at: usize) -> bool {
        let mut end = self.items[at].span.end;
        for item in self.items[at + 1..].iter().take(4) {
            let gap = between(self.setting.text, end, item.span.start).trim();
            if !matches!(gap, "" | "a" | "an" | "with" | "with a" | "with an" | "at" | "'s" | "its") {
                return false;
            }
            match &item.kind {
                ItemKind::Number(_) => return true,
                ItemKind::Direction(_) => {}
                ItemKind::Word(term) if term.is(Role::PartnerWith) || term.is(Role::Level) || term.is(Role::Change) => {
                }
                ItemKind::Break(Break::Open | Break::Clause) => {}
                _ => return false,
            }
            end = item.span.end;
        }
        false
    }

    /// Whether what stands behind an item goes on as behind a subject (光學器材結束連18黑, 東協地區則).
    fn goes_on_as_topic(&self, at: usize) -> bool {
        let behind = between(self.setting.text, self.items[at].span.end, usize::MAX);
        let mut behind = behind.trim_start_matches(['」', '業', '业']);
        for kind in ["地区", "市场", "国家"] {
            if starts_with(behind, kind) {
                behind = &behind[kind.len()..];
            }
        }
        self.setting.lexicon.topic_behind.iter().any(|word| starts_with(behind, word))
    }

    /// Whether nothing stands between the last comma and an item but an opening quotation mark or a word that leads over.
    fn opens_clause(&self, at: usize) -> bool {
        let neutral = |item: &&Item| matches!(&item.kind, ItemKind::Word(term) if term.is(Role::Neutral));
        let from = match self.items[..at].iter().rev().find(|item| !neutral(item)) {
            Some(before) if matches!(before.kind, ItemKind::Break(Break::Clause | Break::Part)) => before.span.end,
            Some(before) if matches!(&before.kind, ItemKind::Word(term) if term.is(Role::Including)) => before.span.end,
            Some(_) => return false,
            None => self.start,
        };
        let before = between(self.setting.text, from, self.items[at].span.start).trim_start().trim_end_matches('「');
        before.is_empty() || CHINESE.turns.are(before)
    }

    /// `semiconductors drove the rise, with exports reaching`: a product class that opens the sentence is what the flow
    /// behind the comma speaks of.
    pub(super) fn is_topic(&self, at: usize, before: &str) -> bool {
        let opens = before.is_empty() || before.ends_with(',');
        let mut rest = self.items[at + 1..]
            .iter()
            .skip_while(|item| !matches!(item.kind, ItemKind::Flow(_) | ItemKind::Number(_)));
        let flow_first = rest.next().is_some_and(|item| matches!(item.kind, ItemKind::Flow(_)));
        opens
            && self.found.is_empty()
            && flow_first
            && !self.items[..at].iter().any(|item| matches!(item.kind, ItemKind::Flow(_)))
    }

    pub(super) fn frame_is_fresh(&self) -> bool {
        self.frame.flows.is_empty()
    }
}
