//! Binds the numbers of one sentence to what is spoken of: one pass from left to right over its items.
//!
//! A frame holds what is being spoken of; words fill it, numbers take a copy of it. A word that begins something new
//! after a number opens a new frame, which inherits what the grammar lets it inherit. Comparisons and expectations are
//! zones inside a frame. What stands behind a number (in January, from a year earlier) is written into the copies.

use bellwether_model::figure::Unit;
use bellwether_model::period::Period;
use bellwether_model::place::Area;
use jiff::civil::Date;

use super::chinese::CHINESE;
use super::frame::{Candidate, Carry, Frame, Motion, Reading, Zone, ZoneKind};
use super::item::{Item, ItemKind};
use super::lexicon::{Lexicon, RateBase, Role, Term};
use super::mechanism::Mechanism;
use super::number;
use super::phrases::PHRASES;
use super::token::Break;
use super::trace::Watch;

/// What the binder knows of the document.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    /// The whole text.
    pub(super) text: &'a str,
    /// Whether it is Chinese.
    pub(super) chinese: bool,
    /// Day of publication.
    pub(super) reference: Option<Date>,
    /// The words by which the document is read.
    pub(super) lexicon: &'static Lexicon,
    /// Whether orders without a word for export are export orders.
    pub(super) orders: bool,
    /// What is left out, where its worth is measured.
    pub(super) left_out: Option<Mechanism>,
}

/// The numbers of one sentence, bound as far as the sentence tells.
pub(super) fn bind(
    setting: Setting<'_>,
    start: usize,
    items: &[Item],
    carry: &Carry,
    mut watch: Option<&mut Watch>,
) -> Bound {
    let mut binder = Binder::new(setting, start, items, carry);
    for at in 0..items.len() {
        binder.item(at);
        if let Some(watch) = watch.as_deref_mut() {
            watch.see(at, &binder);
        }
    }
    binder.close_zone();
    binder.expected_of_both();
    binder.leave_what_led();
    if let Some(watch) = watch {
        watch.see(items.len().saturating_sub(1), &binder);
    }
    Bound {
        numbers: binder.found,
        last: binder.frame,
        stated: binder.stated,
        topic: binder.topic,
        named_goods: binder.named_goods,
    }
}

/// What one sentence gave.
pub(super) struct Bound {
    /// Its numbers.
    pub(super) numbers: Vec<Candidate>,
    /// What was spoken of last.
    pub(super) last: Frame,
    /// The period of which it speaks, with figures or without.
    pub(super) stated: Option<Period>,
    /// The economies that open it as those that placed orders.
    pub(super) topic: Vec<Area>,
    /// The product classes that were named last, here or before.
    pub(super) named_goods: Vec<String>,
}

impl Bound {
    /// Against what its last rate is counted, where the sentence says so; beside a rate from month to month, the yearly
    /// one is what others go on with.
    pub(super) fn base(&self) -> Option<RateBase> {
        let rates = self.numbers.iter().filter(|c| c.reading == Reading::Rate && c.zone.is_none());
        let mut bases = rates.rev().filter_map(|c| c.frame.base);
        let last = bases.next()?;
        Some(if bases.any(|base| base == RateBase::Year) { RateBase::Year } else { last })
    }

    /// Whether all its numbers outside of comparisons speak of one direction of trade.
    pub(super) fn speaks_of_one_flow(&self) -> bool {
        let mut flows = self.numbers.iter().filter(|c| c.zone.is_none()).filter_map(|c| c.frame.flows.first());
        let first = flows.next();
        first.is_some() && flows.all(|flow| Some(flow.flow) == first.map(|first| first.flow))
    }
}

/// What was spoken of where a bracket opened; it is taken up again where the bracket closes.
pub(super) struct Aside {
    pub(super) frame: Frame,
    pub(super) motion: Motion,
    pub(super) share: Option<(usize, bool)>,
    pub(super) subject: Option<(Area, usize)>,
    /// How many numbers stood before it.
    pub(super) found: usize,
}

/// The reader of one sentence: what is being spoken of, and the numbers found so far.
pub(super) struct Binder<'a> {
    pub(super) setting: Setting<'a>,
    pub(super) start: usize,
    pub(super) items: &'a [Item],
    pub(super) carry: &'a Carry,
    pub(super) frame: Frame,
    pub(super) zone: Option<Zone>,
    pub(super) motion: Motion,
    pub(super) clause: usize,
    pub(super) found: Vec<Candidate>,
    /// The economy last named as a subject, and its clause.
    pub(super) subject: Option<(Area, usize)>,
    /// The economies of the sentence's lists of markets.
    pub(super) listed: Vec<Vec<Area>>,
    /// The clause that names an economy as a market or source.
    pub(super) market_clause: Option<usize>,
    /// Whether the clause that named the partners tells a cause.
    pub(super) partner_of_cause: bool,
    /// The clause in which the partners were named.
    pub(super) partner_clause: Option<usize>,
    /// The clause in which the product classes were named.
    pub(super) goods_clause: Option<usize>,
    /// A share is spoken of: the clause of its cue, and whether its number came.
    pub(super) share: Option<(usize, bool)>,
    /// Sign of the last rate, for clauses that leave the word out.
    pub(super) last_sign: Option<i8>,
    /// Frames put aside at an opening bracket.
    pub(super) brackets: Vec<Aside>,
    /// Whether the bracket stands behind an economy of a list.
    pub(super) market_bracket: bool,
    /// Whether what the sentence began to tell as expected goes on behind a comma.
    pub(super) expecting: bool,
    /// The first number of a list whose members carry their rates in brackets.
    pub(super) pending: Option<usize>,
    /// Whether the frame's flow, partner and product were set before a comma without a number so far.
    pub(super) stale: bool,
    /// Whether the frame's flow was named in this frame.
    pub(super) flow_seen: bool,
    pub(super) after_part: bool,
    pub(super) next_id: usize,
    pub(super) other_end: Option<usize>,
    /// Whether the next amount ends a growth whose beginning has no period (從1000億增加到2000億).
    pub(super) unmoored: bool,
    /// Whether the sentence speaks of a company, or of the accounts of the nation: its trade is none in goods.
    pub(super) not_in_goods: bool,
    /// Whether that is a company.
    pub(super) of_company: bool,
    /// The clause that sets a balance against another total (相當於進口的10%).
    pub(super) ratio: Option<usize>,
    /// Whether a period stood behind its numbers in this sentence.
    pub(super) trailed: bool,
    /// The old record behind `since`.
    pub(super) since: Option<Period>,
    /// How many partners the last list names, each of one economy or of several that count as one.
    pub(super) named_groups: usize,
    /// Whether 其中 turned to a part of what the sentence spoke of.
    pub(super) aside: bool,
    /// Whether the clause before turned to one partner of several.
    pub(super) leads_over: bool,
    /// Where the clause begins.
    pub(super) clause_start: usize,
    /// Product classes that a flow of the clause behind did not take over.
    pub(super) dropped: Vec<String>,
    /// The economies that open the sentence and that its orders come from.
    pub(super) topic: Vec<Area>,
    /// The product classes that were named last, whatever was said of them.
    pub(super) named_goods: Vec<String>,
    /// The clause in which words tell the cause of what a product class did.
    pub(super) cause: Option<usize>,
    /// Whether the sentence tells what would have to happen.
    pub(super) conditional: bool,
    /// The period that stands directly before a flow: the sentence speaks of it, with figures or without.
    pub(super) stated: Option<Period>,
    /// Where in `found` the numbers begin that a partner behind them may still claim.
    pub(super) unclaimed: usize,
    /// Whether the sentence measures how far exports and imports lie apart.
    pub(super) gap: bool,
    /// The frame that tells of another side which the text leaves unnamed.
    pub(super) unnamed: Option<usize>,
    /// Whether the sentence lists sides of the trade of which the one before spoke, each with its rate in a bracket.
    pub(super) lists_sides: bool,
    /// Whether goods and services have been spoken of together.
    pub(super) wider: bool,
    /// Powers of ten that the sentence states once for all its amounts (in billions of dollars).
    pub(super) scale: u32,
}

impl<'a> Binder<'a> {
    fn new(setting: Setting<'a>, start: usize, items: &'a [Item], carry: &'a Carry) -> Self {
        let frame = Frame { basis: None, ..Frame::default() };
        let mut binder = Self {
            setting,
            start,
            items,
            carry,
            frame,
            zone: None,
            motion: Motion::default(),
            clause: 0,
            found: Vec::new(),
            subject: None,
            listed: Vec::new(),
            market_clause: None,
            partner_of_cause: false,
            partner_clause: None,
            goods_clause: None,
            share: None,
            last_sign: None,
            brackets: Vec::new(),
            market_bracket: false,
            pending: None,
            expecting: false,
            stale: false,
            flow_seen: false,
            unmoored: false,
            not_in_goods: is_not_in_goods(setting.text, items) || is_of_company(setting, start, carry),
            of_company: is_of_company(setting, start, carry),
            ratio: None,
            trailed: false,
            since: None,
            stated: None,
            named_groups: 0,
            aside: false,
            leads_over: false,
            clause_start: start,
            dropped: Vec::new(),
            topic: Vec::new(),
            named_goods: carry.named_goods.clone(),
            cause: None,
            conditional: false,
            after_part: false,
            next_id: 0,
            other_end: None,
            unclaimed: 0,
            gap: false,
            unnamed: None,
            lists_sides: false,
            wider: carry.wider,
            scale: 0,
        };
        binder.continue_from_before();
        binder
    }

    fn item(&mut self, at: usize) {
        let items = self.items;
        match &items[at].kind {
            // Only trade has another side: `from U.S. inflation` names the economy in question.
            ItemKind::Partners(areas, _) if self.setting.lexicon.family.is_some() => {
                // 同日: one character is too little without another side.
                let named = self.setting.text[items[at].span.clone()].chars().nth(1).is_some();
                if let ([area], true) = (areas.as_slice(), named) {
                    self.subject(at, area);
                }
            }
            ItemKind::Partners(areas, side) => self.partners(at, areas, *side),
            ItemKind::Subject(area) if self.largest_partner(at, area) => {}
            ItemKind::Subject(area) => self.subject(at, area),
            ItemKind::Goods(names) => self.goods(at, names),
            ItemKind::Flow(word) => self.flow(at, word.clone()),
            ItemKind::Direction(word) => {
                self.unknown_subject(at);
                self.direction_of_members(*word);
                self.direction(at, *word);
            }
            ItemKind::Number(_) if self.told_months(at) => {}
            ItemKind::Number(numeral) => {
                self.unknown_subject(at);
                self.end_base_of_rate(at);
                number::number(self, at, numeral);
            }
            ItemKind::Period(expression) => self.period(at, *expression),
            ItemKind::Break(kind) => self.punctuation(at, *kind),
            ItemKind::Word(term) => self.word(at, term),
        }
    }

    /// A new frame that speaks of the same until words say otherwise.
    pub(super) fn open(&mut self) {
        self.next_id += 1;
        self.frame.id = self.next_id;
        self.unclaimed = 0;
        self.frame.numbers = 0;
        self.frame.reached = false;
        self.frame.respective = false;
        self.frame.groups.clear();
        self.frame.other = false;
        self.frame.counted = false;
        self.stale = false;
        self.flow_seen = false;
    }

    /// Whether the number of a share is still to come: what stands between is the whole of which it is a part.
    pub(super) fn share_is_open(&self) -> bool {
        self.setting.chinese && self.share.is_some_and(|(clause, done)| clause == self.clause && !done)
    }

    fn punctuation(&mut self, at: usize, kind: Break) {
        match kind {
            Break::List | Break::Colon => {}
            Break::Clause | Break::Part => {
                self.leave_cause(at);
                self.expecting = kind == Break::Clause && self.expects_more();
                if self
                    .zone
                    .as_ref()
                    .is_some_and(|zone| zone.kind == ZoneKind::Expect || zone.numbers > 0 || zone.period.is_some())
                {
                    self.close_zone();
                } else {
                    self.zone = None;
                }
                let said = between(self.setting.text, self.clause_start, self.items[at].span.start).trim_start();
                if ["繼", "继", "同時繼", "同时继"].iter().any(|word| said.starts_with(word))
                    && said.ends_with(['後', '后'])
                {
                    let clause = self.clause;
                    for candidate in self.found.iter_mut().filter(|candidate| candidate.clause == clause) {
                        candidate.awaits_flow = true;
                    }
                }
                // 尤其對陸港出口明顯萎縮，11月出口規模135.6億美元: the clause behind goes on with the same partner.
                self.leads_over = CHINESE.leads_over.begin(said) || self.names_the_largest(at);
                self.turn_to_name_before(at);
                self.clause_start = self.items[at].span.end;
                self.clause += 1;
                self.pending = None;
                self.stale = self.frame.numbers == 0 && self.flow_seen;
                if let Some(period) = self.since.take()
                    && self.setting.text[self.items[at].span.end..].trim_start().starts_with("when ")
                {
                    self.open();
                    self.frame.period = Some(period);
                }
                self.after_part |= kind == Break::Part;
                if kind == Break::Part {
                    (self.conditional, self.topic) = (false, Vec::new());
                }
            }
            Break::Open => self.open_bracket(at),
            Break::Close => self.close_bracket(at),
        }
    }

    fn word(&mut self, at: usize, term: &'static Term) {
        let span = self.items[at].span.clone();
        self.basis(term);
        for (role, base) in
            [(Role::Yoy, RateBase::Year), (Role::Mom, RateBase::Month), (Role::OtherBasis, RateBase::Other)]
        {
            if term.is(role) && !self.compares_rates(at) && !(base == RateBase::Year && self.amount_of_year_earlier()) {
                self.set_base(base);
            }
        }
        if term.is(Role::Ratio) {
            self.ratio = Some(self.clause);
        }
        for (role, scale) in [(Role::Millions, 6), (Role::Billions, 9)] {
            if term.is(role) {
                self.scale = scale;
            }
        }
        self.wider |= term.is(Role::Wider);
        self.gap |= term.is(Role::Gap);
        if term.is(Role::ThoseOf) && self.frame.numbers > 0 {
            // What follows is of another class than what came before, known or not; an economy (those for Vietnam) is told.
            self.open();
            let side = matches!(self.items.get(at + 1).map(|item| &item.kind), Some(ItemKind::Partners(..)));
            self.frame.other = !side;
        }
        if term.is(Role::Volume) {
            self.volume(span.start);
        }
        if term.is(Role::Anaphor) {
            self.same_partner();
        }
        if term.is(Role::Modal) {
            self.modal(at);
        }
        if term.is(Role::Respective) {
            self.respective(at);
            self.unknown_list(at);
            self.frame.respective = true;
            if !self.setting.chinese {
                self.names_of_respective();
                let id = self.frame.id;
                for candidate in self.found.iter_mut().filter(|c| c.frame.id == id) {
                    candidate.frame.respective = true;
                }
            }
        }
        if term.is(Role::Including) {
            self.including();
        }
        if term.is(Role::Together) && self.listed.len() > 1 {
            self.open();
            self.frame.partners = self.listed.concat();
        }
        if term.is(Role::Share) && !self.zone.as_ref().is_some_and(|zone| zone.kind == ZoneKind::Expect) {
            self.share = Some((self.clause, false));
            if !self.setting.chinese
                && let Some((area, _)) = self.subject.take()
            {
                self.frame.area = Some(area);
            }
        }
        if term.is(Role::Condition) {
            self.conditional = true;
        }
        if term.is(Role::Bilateral) {
            self.frame.bilateral = true;
            self.other_side(at);
        }
        if term.is(Role::ThresholdAfter)
            && let Some(last) = self.found.last_mut()
            && last.numeral.span.end + 1 >= span.start
            && (!self.setting.chinese || super::against::is_round(&last.numeral))
        {
            last.left = Some("a mark that was passed");
        }
        let account = self.setting.chinese && term.is(Role::NationalAccounts);
        if (term.is(Role::OtherSubject) || term.is(Role::OtherFlow) || account) && !self.sold_abroad(at) {
            self.other_subject(at, term.is(Role::OtherFlow));
        }
        if term.is(Role::PartnerTo) || term.is(Role::PartnerFrom) || term.is(Role::PartnerWith) {
            self.unnamed_partner(at);
        }
        if term.is(Role::Company) && !self.is_cause(span.start) {
            (self.not_in_goods, self.of_company) = (true, true);
        }
        self.zone_word(at, term);
        if term.is(Role::Pollster) {
            self.asks(at);
        }
        if term.institution {
            self.source(at, term);
            self.institution(self.setting.text[span].to_owned());
        }
    }

    /// An office, a bank or an institute: it may look ahead in what follows, and in English in what it `said` before.
    fn institution(&mut self, name: String) {
        if !self.setting.chinese {
            let open = self.found.iter_mut().filter(|c| c.frame.forecast && c.frame.forecaster.is_none());
            for candidate in open {
                candidate.frame.forecaster = Some(name.clone());
            }
        }
        self.frame.forecaster = Some(name);
    }

    fn basis(&mut self, term: &Term) {
        let codes = [
            (Role::BasisUsd, "USD"),
            (Role::BasisCny, "CNY"),
            (Role::BasisTwd, "TWD"),
            (Role::BasisJpy, "JPY"),
            (Role::BasisKrw, "KRW"),
        ];
        for (role, code) in codes {
            if term.is(role) {
                let basis = Some(Unit(code.into()));
                if !self.setting.chinese {
                    // `grew 7 percent in dollar terms`: the words stand behind the number.
                    let id = self.frame.id;
                    for candidate in self.found.iter_mut().filter(|c| c.frame.id == id && c.zone.is_none()) {
                        candidate.frame.basis.clone_from(&basis);
                    }
                } else if self.frame.numbers > 0 {
                    self.open();
                }
                self.frame.basis = basis;
            }
        }
    }

    /// 其中: a part of what the sentence before, or this one, spoke of.
    fn including(&mut self) {
        if self.found.is_empty() {
            let before = &self.carry.frame;
            self.frame.area = before.area.clone();
            self.frame.partners.clone_from(&before.partners);
            if self.frame.flows.is_empty() {
                self.frame.flows.clone_from(&before.flows);
            }
            self.frame.basis.clone_from(&before.basis);
        } else {
            self.open();
            self.aside = true;
        }
        self.stale = false;
    }
}

/// Whether a sentence tells the accounts of a nation, in which services are counted too, or what `the company said`.
fn is_not_in_goods(text: &str, items: &[Item]) -> bool {
    items.iter().any(|item| {
        let ItemKind::Word(term) = &item.kind else { return false };
        let behind = between(text, item.span.end, usize::MAX).trim_start();
        let speaks = ["said", "told", "added", "says"].iter().any(|verb| behind.starts_with(verb));
        term.is(Role::NationalAccounts) || term.is(Role::Company) && speaks
    })
}

/// Whether an English sentence opens with the name of a company, or goes on about the one before that did.
pub(super) fn is_of_company(setting: Setting<'_>, start: usize, carry: &Carry) -> bool {
    let opening = between(setting.text, start, usize::MAX);
    !setting.chinese && (PHRASES.names_company(opening) || carry.company && opening.starts_with("Its "))
}

/// The words of an item, in lower case.
pub(super) fn words_of(binder: &Binder<'_>, at: usize) -> String {
    binder.setting.text[binder.items[at].span.clone()].to_lowercase()
}

/// The last words of a text: enough to see with which ones it ends.
pub(super) fn ending(text: &str) -> &str {
    const BYTES: usize = 32;
    &text[text.floor_char_boundary(text.len().saturating_sub(BYTES))..]
}

/// The words between two places; empty where the second lies before the first.
pub(super) fn between(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to.min(text.len())).unwrap_or_default()
}
