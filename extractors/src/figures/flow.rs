//! Directions of trade: which word counts, what a new one inherits, what is no trade in goods.

use bellwether_model::figure::Flow;
use bellwether_model::place::Area;

use super::bind::{Binder, between, words_of};
use super::chinese::CHINESE;
use super::classes::goods_before;
use super::finish::PARTS;
use super::frame::{Candidate, Zone, ZoneKind};
use super::item::{Item, ItemKind, Side};
use super::lexicon::{FlowWord, RateBase, Role, aligned};
use super::token::Break;

impl Binder<'_> {
    pub(super) fn flow(&mut self, at: usize, word: FlowWord) {
        let text = self.setting.text;
        let word = if self.setting.chinese { word.in_chinese() } else { word };
        let span = self.items[at].span.clone();
        if self.gap && matches!(word.flow, Flow::Exports | Flow::Imports) {
            // `the gap between exports and imports hit`: one deficit, named by its two sides.
            if self.frame.numbers == 0 {
                self.frame.flows = vec![FlowWord { flow: Flow::Balance, sign: Some(-1), ..word }];
                self.take_subject();
            }
            return;
        }
        if self.repeats_what_was_said(at, &word) {
            return;
        }
        let word = self.with_part_before(at, word);
        self.leave_the_wider_out(at, &word);
        self.partner_by_rank(at);
        self.both_sides(at);
        if self.share_is_open() || self.ratio == Some(self.clause) || !self.flow_counts(at, &word) {
            return;
        }
        if self.cause == Some(self.clause) {
            // 化學品因藥品接單成長，年增4.4%: the flow of the cause is at least of the kind that is spoken of.
            if self.frame.flows.is_empty() {
                self.frame.flows = vec![word];
            }
            return;
        }
        self.flow_of_members(&word);
        // 民間消費成長4.8%，商品出口成長5.5%: goods stay goods among the accounts of a nation.
        if self.setting.chinese && word.goods_alone && !self.of_company {
            // So does what the sentence goes on to tell of them.
            self.not_in_goods = false;
        }
        if self.is_other_subject(at) || self.not_in_goods || self.is_other_balance(at, &word) {
            self.open();
            self.frame.other = true;
            self.frame.flows = vec![word];
            if self.period_before(at) {
                self.stated = self.frame.period;
            }
            return;
        }
        if self.side_of_balance(at, &word) || self.flow_behind_number(at, &word) {
            return;
        }
        if self.flow_of_expectation(at, &word) {
            return;
        }
        let joined = at.checked_sub(2).is_some_and(|before| {
            let and = matches!(&self.items[at - 1].kind, ItemKind::Word(term) if term.is(Role::ListAnd))
                || matches!(self.items[at - 1].kind, ItemKind::Break(Break::List));
            and && matches!(self.items[before].kind, ItemKind::Flow(_)) && self.items[before].span.end + 6 >= span.start
        });
        if (joined || self.is_listed_flow(at)) && self.frame.numbers == 0 {
            self.frame.flows.push(word);
            return;
        }
        // `compared with a shortfall of 5.3 billion`: the other side of zero in the comparison.
        let compared = self.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Compare && zone.numbers == 0);
        if compared
            && word.flow == Flow::Balance
            && self.frame.numbers > 0
            && self.frame.flows.iter().all(|flow| flow.flow == Flow::Balance)
        {
            self.frame.flows = vec![word];
            return;
        }
        // `after shipments surged 154.9 percent in February`: what came before is told with a flow of its own.
        let sequel = |zone: &Zone| zone.sequel && !self.setting.chinese;
        if !self.zone.as_ref().is_some_and(|zone| zone.numbers == 0 && (zone.period.is_some() || sequel(zone))) {
            self.zone = None;
        }
        self.begin_flow(at, &word);
        if self.period_before(at) {
            self.stated = self.frame.period;
        }
        self.name_goods(at, &word, text);
        let clause = between(text, self.clause_start, span.start);
        if self.setting.chinese && self.topic.len() > 1 && CHINESE.those_partners.stand_in(clause) {
            // 對上述貿易夥伴進出口分別增長
            self.frame.partners.clone_from(&self.topic);
            self.partner_clause = Some(self.clause);
        }
        self.become_market(at);
        self.take_partner_named_before(at);
        self.go_on_with_balance(at, &word);
        self.take_subject();
        self.take_partner_of_paragraph(at, &word);
        self.two_sided(at);
        self.results(at, &word);
        self.balance_with_one(at, &word);
        self.expected_result(at);
        self.unnamed_partner(at);
        self.give_to_waiting();
        let behind = between(text, span.end, usize::MAX).trim_start_matches(['則', '则', '也', '亦', '仍', '雖', '虽']);
        if self.setting.chinese && ["受", "因", "由於", "由于"].iter().any(|cause| behind.starts_with(cause)) {
            self.cause = Some(self.clause);
        }
        if word.flow == Flow::Orders && self.frame.partners.is_empty() {
            self.frame.partners.clone_from(&self.topic);
        }
    }

    /// `China was the biggest supplier, with shipments worth $84.7 billion`, `a surplus in trade in goods`: the words before have
    /// said which way goods went, or that it is a balance.
    fn repeats_what_was_said(&self, at: usize, word: &FlowWord) -> bool {
        let ranked = word.weak && self.market_clause.is_some_and(|clause| clause + 1 >= self.clause);
        let of_balance = at.checked_sub(1).is_some_and(|before| {
            let gap = between(self.setting.text, self.items[before].span.end, self.items[at].span.start);
            matches!(&self.items[before].kind, ItemKind::Flow(before) if before.flow == Flow::Balance) && gap == " in "
        });
        !self.setting.chinese && (ranked || of_balance && word.flow == Flow::Total)
    }

    /// 日本是中國第五大貿易夥伴，雙邊貿易額1.01萬億元: both sides are meant, of which the sentence named one.
    fn both_sides(&mut self, at: usize) {
        let words = words_of(self, at);
        if self.setting.chinese && ["雙邊", "双边"].iter().any(|both| words.starts_with(both)) {
            self.frame.bilateral = true;
            self.other_side(at);
        }
    }

    /// A flow inside of what was expected. Returns whether it was one.
    fn flow_of_expectation(&mut self, at: usize, word: &FlowWord) -> bool {
        let text = self.setting.text;
        // `had expected exports to drop 6.3 percent and imports to fall 15 percent`
        let joins = at
            .checked_sub(1)
            .is_some_and(|before| matches!(&self.items[before].kind, ItemKind::Word(term) if term.is(Role::ListAnd)));
        if joins
            && !self.setting.chinese
            && let Some(mut zone) = self.zone.take_if(|zone| zone.kind == ZoneKind::Expect && zone.numbers > 0)
        {
            self.begin_flow(at, word);
            (zone.numbers, zone.sign) = (0, None);
            self.zone = Some(zone);
            self.name_goods(at, word, text);
            return true;
        }
        if std::mem::take(&mut self.expecting) {
            let last = self.found.last().and_then(|last| last.zone.clone());
            self.begin_flow(at, word);
            self.zone = last.map(|zone| Zone { numbers: 0, sign: None, period: None, ..zone });
            self.name_goods(at, word, text);
            return true;
        }
        if let Some(zone) = &self.zone
            && zone.kind == ZoneKind::Expect
            && zone.numbers == 0
        {
            if self.frame.numbers == 0 || self.frame.flows.is_empty() {
                self.frame.flows = vec![word.clone()];
            } else if let Some(last) = self.frame.flows.last_mut() {
                *last = word.clone();
            }
            if word.area.is_some() {
                self.frame.area.clone_from(&word.area);
            }
            return true;
        }
        false
    }

    /// 繼3月份錄得0.6%的跌幅後，4月份進口貨值: the flow behind is that of the clause before.
    fn give_to_waiting(&mut self) {
        let frame = &self.frame;
        for candidate in self.found.iter_mut().filter(|candidate| candidate.awaits_flow) {
            candidate.awaits_flow = false;
            (candidate.frame.flows, candidate.frame.area) = (frame.flows.clone(), frame.area.clone());
            (candidate.frame.partners, candidate.frame.goods) = (frame.partners.clone(), frame.goods.clone());
        }
    }

    /// `food inflation`, 能源CPI: the part of an indicator that stands directly before it.
    fn with_part_before(&self, at: usize, word: FlowWord) -> FlowWord {
        let before = at.checked_sub(1).and_then(|before| self.items.get(before));
        let Some(Item { kind: ItemKind::Flow(part), span, .. }) = before else { return word };
        let adjacent = between(self.setting.text, span.end, self.items[at].span.start).trim().is_empty();
        let names = adjacent && !word.flow.is_trade() && part.flow == word.flow && word.product.is_none();
        if names { FlowWord { product: part.product.clone(), ..word } } else { word }
    }

    /// 美國成為最大出超來源，達1501億美元: the economy that is said to be a source or market is the other side.
    fn become_market(&mut self, at: usize) {
        let word = words_of(self, at);
        let source = CHINESE.becomes_end.end(&word);
        let before = between(self.setting.text, self.clause_start, self.items[at].span.start);
        let becomes = CHINESE
            .becomes
            .part_last(before)
            .is_some_and(|(_, rest)| rest.chars().count() <= 12 && rest.contains(['最', '大', '國', '国', '主']));
        if self.setting.chinese && source && becomes && self.partner_clause == Some(self.clause) {
            self.market_clause = Some(self.clause);
        }
        let home = self.carry.area.clone();
        let named = self.items[..at].iter().find_map(|item| match &item.kind {
            ItemKind::Subject(area) if Some(area) != home.as_ref() => Some(area.clone()),
            _ => None,
        });
        if let Some(partner) =
            named.filter(|_| self.setting.chinese && source && becomes && self.frame.partners.is_empty())
        {
            self.frame.partners = vec![partner];
            self.frame.area = home;
            self.subject = None;
            self.partner_clause = Some(self.clause);
            self.market_clause = Some(self.clause);
        }
    }

    /// Whether a period stands before the flow with nothing but names and one comma between.
    pub(super) fn period_before(&self, at: usize) -> bool {
        let mut commas = 0;
        for item in self.items[..at].iter().rev() {
            match &item.kind {
                ItemKind::Period(_) => return true,
                ItemKind::Break(Break::Clause) if commas == 0 => commas += 1,
                ItemKind::Subject(_) | ItemKind::Partners(..) | ItemKind::Goods(_) => {}
                ItemKind::Word(_) => {}
                _ => return false,
            }
        }
        false
    }

    /// 進口2276億美元，同比增38.1%，環比增33%；順差138億美元，收窄31.3%: where rates of both kinds were told of the flow before, the
    /// next one's is again counted against the year before.
    fn count_by_year_again(&mut self) {
        let id = self.frame.id;
        let by_year = |c: &Candidate| c.frame.id == id && c.zone.is_none() && c.frame.base == Some(RateBase::Year);
        if self.setting.chinese && self.frame.base == Some(RateBase::Month) && self.found.iter().any(by_year) {
            self.frame.base = Some(RateBase::Year);
        }
    }

    /// 由於能源進口額大幅減少，6月出現430億日元順差: a cause that opens the sentence names no flow for a clause with one of its own.
    pub(super) fn leave_cause(&mut self, at: usize) {
        let clause = between(self.setting.text, self.clause_start, self.items[at].span.start).trim_start();
        let cause = self.setting.chinese && self.found.is_empty() && CHINESE.because.begin(clause);
        let next = self.items[at + 1..]
            .iter()
            .take_while(|item| !matches!(item.kind, ItemKind::Break(Break::Clause | Break::Part)));
        let own = |item: &Item| matches!(&item.kind, ItemKind::Flow(word) if !word.weak);
        if cause && next.into_iter().any(own) {
            self.frame.flows.clear();
        }
    }

    /// Opens a frame for a flow after a number, and drops what does not go over to it.
    pub(super) fn begin_flow(&mut self, at: usize, word: &FlowWord) {
        let same = self.frame.flows.first().is_some_and(|flow| flow.flow == word.flow);
        // `had forecast growth of 35 percent after shipments surged 155 percent`
        let expected = !self.setting.chinese
            && self.found.last().is_some_and(|last| last.frame.id == self.frame.id && last.zone.is_some());
        if self.frame.numbers > 0 || expected {
            self.count_by_year_again();
            self.open();
            // `re-exports rose 5.3 per cent and total trade 9.5 per cent`
            let all = !self.setting.chinese && word.flow == Flow::Total && words_of(self, at).starts_with("total");
            if self.names_partner_anew(at, word) || all {
                self.frame.goods.clear();
            }
        } else if self.stale {
            let clause = between(self.setting.text, self.clause_start, self.items[at].span.start).trim_start();
            if !(same && (self.leads_over || CHINESE.again.begin(clause))) {
                self.frame.partners.clear();
            }
            self.dropped = std::mem::take(&mut self.frame.goods);
            self.frame.respective = false;
        }
        // 受惠對中國出口大增37.2%，3月出口上升16.1%: the partner of a cause is not that of what it caused.
        if self.partner_of_cause && self.partner_clause != Some(self.clause) && self.period_before(at) {
            self.frame.partners.clear();
        }
        // 其中半導體設備進口減43%；第二季進口868.3億美元: with a period of its own the flow is all of it again.
        let whole = self.setting.chinese && self.aside && self.period_before(at);
        if self.after_part && (!same || whole) {
            // What the part before the semicolon spoke of does not go over to another flow.
            if self.partner_clause != Some(self.clause) && !self.is_bilateral_throughout() {
                self.frame.partners.clear();
            }
            if self.goods_clause != Some(self.clause) {
                self.frame.goods.clear();
            }
        }
        if self.frame.other {
            self.frame.other = false;
            self.frame.goods.clear();
        }
        self.frame.counted = false;
        self.stale = false;
        self.after_part = false;
        self.flow_seen = true;
        // The world of `global trade disputes` is not whose orders fell.
        if self.frame.flows.iter().any(|before| before.area.is_some() && before.area == self.frame.area) {
            self.frame.area = None;
        }
        // 港產品出口跌16.6%，進口跌6.6%: a class that the flow itself names is none of another flow.
        let own_class =
            |before: &FlowWord| before.product.is_some() && before.product.as_ref() == self.frame.goods.first();
        if !same && self.goods_clause != Some(self.clause) && self.frame.flows.first().is_some_and(own_class) {
            self.frame.goods.clear();
        }
        self.frame.flows = vec![word.clone()];
        self.frame.wider = self.wider && !word.goods_alone;
        if word.goods_alone {
            // What the sentence goes on to tell is of goods too.
            self.wider = false;
        }
        if word.area.is_some() {
            self.frame.area.clone_from(&word.area);
        }
    }

    /// `chip sales jumped 27 percent while exports to the Union fell 2 percent`: a flow that names whom it goes to is of all
    /// goods again, but for one that is told with what stands before (`, with exports to …`).
    fn names_partner_anew(&self, at: usize, word: &FlowWord) -> bool {
        let names = self.items.get(at + 1).is_some_and(|item| matches!(item.kind, ItemKind::Partners(..)));
        let told_with = at.checked_sub(1).is_some_and(|before| {
            matches!(&self.items[before].kind, ItemKind::Word(term) if term.is(Role::PartnerWith) || term.is(Role::Including))
        });
        !self.setting.chinese && !word.weak && names && !told_with
    }

    /// 逆差最大國家為越南，逆差金額190億美元: a clause that ends in the name of a market is about that one.
    pub(super) fn names_the_largest(&self, at: usize) -> bool {
        let Some([verb, market]) = at.checked_sub(2).and_then(|from| self.items.get(from..at)) else { return false };
        if self.market_clause == Some(self.clause) {
            return true;
        }
        let is = matches!(&verb.kind, ItemKind::Word(term) if term.is(Role::Level));
        self.setting.chinese && is && matches!(market.kind, ItemKind::Partners(_, Side::Market))
    }

    /// 對中國出口87億歐元；進口103億歐元: a sentence that has told of trade with one partner alone goes on with it.
    fn is_bilateral_throughout(&self) -> bool {
        let partners = &self.frame.partners;
        // （2）南韓2月出口: another economy has turned up.
        let other = self.subject.as_ref().is_some_and(|(area, _)| self.frame.area.as_ref() != Some(area));
        let told = || self.found.iter().filter(|c| c.zone.is_none());
        self.setting.chinese
            && !self.aside
            && !other
            && self.frame.goods.is_empty()
            && partners.len() == 1
            && told().count() > 0
            && told().all(|c| c.frame.partners == *partners && c.frame.goods.is_empty())
    }

    /// 美台貿易逆差擴大至1,269億美元。10月單月逆差174億美元: a bare word for a balance is the one of which the sentence before
    /// spoke.
    fn go_on_with_balance(&mut self, at: usize, word: &FlowWord) {
        let before = &self.carry.frame;
        let bilateral = before.flows.iter().all(|flow| flow.flow == Flow::Balance)
            && before.partners.len() == 1
            && before.goods.is_empty();
        let named =
            |item: &Item| matches!(item.kind, ItemKind::Subject(_) | ItemKind::Partners(..) | ItemKind::Flow(_));
        let bare = CHINESE.bare_balance.are(&self.setting.text[self.items[at].span.clone()]);
        if self.setting.chinese
            && self.carry.gave
            && bilateral
            && word.flow == Flow::Balance
            && bare
            && !self.items[..at].iter().any(named)
        {
            self.frame.partners.clone_from(&before.partners);
            self.frame.area.clone_from(&before.area);
        }
    }

    /// The product class that the flow word itself or the phrase before it names.
    pub(super) fn name_goods(&mut self, at: usize, word: &FlowWord, text: &str) {
        let named_here = at.checked_sub(1).is_some_and(|before| matches!(self.items[before].kind, ItemKind::Goods(_)));
        if named_here {
            self.name_kind_of_list(at, text);
            return;
        }
        let from = at.checked_sub(1).map_or(self.start, |before| self.items[before].span.end);
        let whole = ["整體", "整体", "全體", "全体", "總", "总"];
        let attached = self.partner_clause == Some(self.clause) || self.goods_clause == Some(self.clause);
        if !attached && whole.iter().any(|word| between(text, from, self.items[at].span.end).starts_with(word)) {
            self.frame.partners.clear();
            self.frame.goods.clear();
            self.topic.clear();
            return;
        }
        if let Some(span) =
            goods_before(text, from, self.items[at].span.start, self.setting.chinese, self.setting.lexicon)
        {
            self.frame.goods = vec![text[span].to_owned()];
        } else if let Some(product) = &word.product {
            self.frame.goods = vec![as_printed(&text[self.items[at].span.clone()], product)];
        }
    }

    /// 電動汽車、鋰電池等綠色產品出口: the kind of which a list gives examples is the class.
    fn name_kind_of_list(&mut self, at: usize, text: &str) {
        let Some(ItemKind::Goods(names)) = at.checked_sub(1).map(|before| &self.items[before].kind) else { return };
        let gap = between(text, self.items[at - 1].span.end, self.items[at].span.start);
        let Some(kind) = gap.strip_prefix('等').filter(|_| self.setting.chinese && names.len() > 1) else { return };
        let from = self.items[at].span.start - kind.len();
        let named = goods_before(text, from, self.items[at].span.start, true, self.setting.lexicon);
        if let Some(span) = named.filter(|span| span.start == from) {
            self.frame.goods = vec![text[span].to_owned()];
        }
    }

    /// The economy named before the flow in its clause is the one whose trade it is.
    pub(super) fn take_subject(&mut self) {
        if let Some((area, clause)) = &self.subject
            && (*clause == self.clause || self.is_part_before(area, *clause))
            && !self.frame.partners.contains(area)
        {
            // Orders come from an economy: 美國接單 are orders that the United States placed.
            let placed = self.frame.flows.iter().any(|flow| flow.flow == Flow::Orders)
                && self.carry.area.as_ref().is_some_and(|home| home != area);
            if placed {
                self.frame.partners = vec![area.clone()];
            } else {
                self.frame.area = Some(area.clone());
            }
            self.subject = None;
        }
    }

    /// 民營企業54.7萬家，進出口12.48萬億元: a part of an economy or of its trade stays the subject over one comma.
    fn is_part_before(&self, area: &Area, clause: usize) -> bool {
        PARTS.contains(&area.as_str()) && clause + 1 == self.clause
    }
}

/// The name of a class as the word that names it prints it: in its script.
fn as_printed(word: &str, name: &str) -> String {
    let folded = aligned(name);
    let from = aligned(word).find(folded.as_str());
    from.map_or_else(|| name.to_owned(), |from| word[from..from + folded.len()].to_owned())
}
