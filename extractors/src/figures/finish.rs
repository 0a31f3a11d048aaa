//! From the numbers of a sentence to figures: what is still open is taken from the document, and what stays open
//! leaves the number out.

use std::collections::BTreeSet;
use std::ops::Range;

use bellwether_model::document::Document;
use bellwether_model::evidence::CharacterIndex;
use bellwether_model::figure::{Amount, Confidence, Figure, Flow, Measure, Precision, Status, Unit};
use bellwether_model::number::Number;
use bellwether_model::period::Period;
use bellwether_model::place::{Area, Partner};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::bind::ending;
use super::family::LevelUnit;
use super::frame::{Candidate, Carry, Reading, ZoneKind};
use super::lexicon::{FlowWord, Lexicon};
use super::number::is_expected;
use super::token::{Kind, Token};
use crate::text::NumeralKind;

/// What is known of the document while its sentences are read.
pub(super) struct Whole<'a> {
    /// The document.
    pub(super) document: &'a Document,
    /// Its characters.
    pub(super) index: &'a CharacterIndex,
    /// Day of publication.
    pub(super) reference: Option<Date>,
    /// Whether it is Chinese.
    pub(super) chinese: bool,
    /// The product class that the word for its flow names in the title or lead (NODX).
    pub(super) product: Option<String>,
    /// The dollars that it marks with letters before the sign (US$, HK$, Can$).
    pub(super) dollars: BTreeSet<Unit>,
    /// The words by which it is read.
    pub(super) lexicon: &'static Lexicon,
}

/// The dollars that a text marks with letters before the sign, each once.
pub(super) fn dollars(text: &str, tokens: &[Token]) -> BTreeSet<Unit> {
    let marked = |token: &Token| match &token.kind {
        Kind::Numeral(numeral) => match &numeral.kind {
            NumeralKind::Money(unit) => {
                let sign = text.get(token.span.clone())?.find('$')?;
                (sign > 0).then(|| unit.clone())
            }
            _ => None,
        },
        _ => None,
    };
    tokens.iter().filter_map(marked).collect()
}

/// The code under which numerals keep 元 alone: the currency of whoever speaks.
const LOCAL: &str = "LOCAL";

/// The unit of a level that is points of an index.
const INDEX: &str = "index";

/// The codes under which the rules keep parts of an economy (廣東) and of its trade (民營企業).
pub(super) const PARTS: [&str; 2] = ["REGION", "PART"];

/// The member of each list that a number speaks of.
struct Member {
    flow: FlowWord,
    partners: Vec<Area>,
    goods: Option<String>,
}

/// Figures of a sentence's numbers, each with its number's place; or why there is none.
pub(super) fn finish(
    whole: &Whole<'_>,
    carry: &mut Carry,
    sentence: &Range<usize>,
    candidates: &[Candidate],
) -> Vec<(Range<usize>, Result<Figure, String>)> {
    let mut results = Vec::with_capacity(candidates.len());
    let mut compared: Vec<Period> = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let one = Finisher { whole, carry, candidates, candidate, sentence };
        let unnamed = compared.len();
        let result = one.figure(at, unnamed);
        if candidate.zone.is_none() {
            compared.clear();
        }
        if let Ok(figure) = &result
            && candidate.zone.is_some()
            && figure.status == Status::Actual
        {
            compared.push(figure.period);
        }
        results.push((candidate.numeral.span.clone(), result.map_err(str::to_owned)));
        if compared.len() > carry.compared.len() || own_period(candidate) && !compared.is_empty() {
            carry.compared.clone_from(&compared);
        }
        if let NumeralKind::Money(unit) = &candidate.numeral.kind
            && candidate.left.is_none()
        {
            carry.currency = Some(unit.clone());
        }
    }
    results
}

/// Whether a number of a comparison has a period of its own.
fn own_period(candidate: &Candidate) -> bool {
    candidate.trailing.is_some() || candidate.zone.as_ref().is_some_and(|zone| zone.period.is_some())
}

pub(super) struct Finisher<'a> {
    pub(super) whole: &'a Whole<'a>,
    pub(super) carry: &'a Carry,
    pub(super) candidates: &'a [Candidate],
    pub(super) candidate: &'a Candidate,
    pub(super) sentence: &'a Range<usize>,
}

impl Finisher<'_> {
    fn figure(&self, at: usize, place_in_comparison: usize) -> Result<Figure, &'static str> {
        let candidate = self.candidate;
        if let Some(reason) = candidate.left {
            return Err(reason);
        }
        let mut member = self.member()?;
        let area =
            candidate.frame.area.clone().or_else(|| self.carry.area.clone()).ok_or("whose trade it is stays open")?;
        let mut partners = self.partners(&member, &area)?;
        if member.goods.is_none() && member.flow.flow == Flow::Exports && !partners.is_empty() {
            // Where the text is about one class, its markets are those of the class (NODX to China).
            member.goods.clone_from(&self.whole.product);
        }
        if std::iter::once(&area).chain(&partners).any(|area| PARTS.contains(&area.as_str())) {
            return Err("speaks of a part of an economy or of its trade");
        }
        if candidate.frame.wider && partners.is_empty() && member.goods.is_none() {
            // Behind the balance with a partner, what is told on is trade with that partner.
            let before = &self.carry.frame;
            let balance = before.flows.iter().any(|flow| flow.flow == Flow::Balance);
            if !(self.carry.gave && balance && !before.partners.is_empty()) {
                return Err("may hold services too");
            }
            partners.clone_from(&before.partners);
        }
        let main = self.main_period().map(|period| self.own_part(period));
        let period = self.period(main, place_in_comparison)?;
        let indicator = self.whole.lexicon.family.as_ref().and_then(|family| family.indicator(member.flow.flow));
        let measure = match indicator {
            Some(indicator) => self.measure_of_indicator(at, main, &area, &member.flow, indicator)?,
            None => self.measure(at, main, &area, partners.is_empty() && member.goods.is_none())?,
        };
        let period = if measure == Measure::Mom { Self::month_of(period)? } else { period };
        if measure == Measure::Share && partners.is_empty() && member.goods.is_none() {
            return Err("a share of what stays open");
        }
        let unit = match indicator {
            Some(indicator) if measure == Measure::Level && indicator.level == Some(LevelUnit::Index) => {
                Unit(INDEX.into())
            }
            _ => self.unit(&area)?,
        };
        let mut status = self.status(main, period);
        let over = self.whole.reference.is_none_or(|day| period.end() <= day);
        let goes_on = if self.whole.chinese { self.carry.gave } else { self.is_estimated() };
        if !over && goes_on && self.carry.frame.forecast {
            // 預測113年出口成長5.5%。第1季出口1,088億美元: what is to come goes on being expected.
            status = Status::Forecast;
        }
        if status == Status::Actual && !over {
            return Err("its period is not over, and nobody is said to expect it");
        }
        let (low, high) = self.values(&member.flow, measure)?;
        let amount = match high {
            Some(high) => Amount::Range { low: Number(low), high: Number(high) },
            None => Amount::Value { value: Number(low) },
        };
        let rate = matches!(measure, Measure::Yoy | Measure::Mom);
        let forecaster = self.forecaster(status);
        let hedge = candidate.numeral.hedge;
        let headline = partners.is_empty() && member.goods.is_none();
        let sure = hedge.is_none() && (headline || !self.inherits_one_of_two_periods());
        Ok(Figure {
            headline,
            area,
            flow: member.flow.flow,
            partner: Partner::of(&partners),
            product: member.goods,
            period,
            measure,
            status,
            amount,
            unit,
            basis: if rate { candidate.frame.basis.clone() } else { None },
            precision: Some(Precision { step: Number(candidate.numeral.step), hedge }),
            forecaster,
            evidence: self.whole.document.evidence(
                self.whole.index,
                self.sentence.clone(),
                candidate.numeral.span.clone(),
            ),
            claims: Vec::new(),
            rule: self.rule(measure),
            confidence: if sure { Confidence::High } else { Confidence::Low },
        })
    }

    /// `The surplus is estimated at $50.3 billion`, behind a sentence that looked ahead.
    fn is_estimated(&self) -> bool {
        let words = &self.whole.document.text[self.sentence.clone()];
        let ahead = [" estimated at ", " put at ", " seen at ", " pegged at ", " estimated to "];
        (self.carry.gave || self.carry.paragraph_gave) && ahead.iter().any(|word| words.contains(word))
    }

    /// The flow, partner and product class of this number: of a list with 分別, the member in its place.
    fn member(&self) -> Result<Member, &'static str> {
        let frame = &self.candidate.frame;
        let first = frame.flows.first().ok_or("no direction of trade is named")?;
        let partners = if frame.groups.is_empty() { frame.partners.len() } else { frame.groups.len() };
        let lists = [frame.flows.len(), partners, frame.goods.len()];
        let longest = lists.into_iter().max().unwrap_or(1);
        let mut member = Member { flow: first.clone(), partners: frame.partners.clone(), goods: self.goods_of(first) };
        let one_by_one = frame.respective || frame.flows.len() > 1 || frame.goods.len() > 1 || self.is_listed();
        let pair = self.flow_of_pair().is_some();
        let by_period = pair || self.main_period().is_some_and(|period| self.own_part(period) != period);
        if longest < 2 && frame.respective && !by_period && (self.place_among_numbers().1 > 1 && self.is_told_again()) {
            return Err("a list whose members stay open");
        }
        if longest < 2
            && let Some(flow) = self.flow_of_pair()
        {
            member.flow = flow;
            return Ok(member);
        }
        if longest < 2 || !one_by_one {
            return Ok(member);
        }
        let (place, count) = self.place_among_numbers();
        if count != longest {
            return Err("a list and its numbers do not match");
        }
        if frame.flows.len() == longest {
            member.flow = frame.flows[place].clone();
            if !member.flow.flow.is_trade() {
                member.goods.clone_from(&member.flow.product);
            }
        }
        if frame.groups.len() == longest {
            member.partners.clone_from(&frame.groups[place]);
        } else if frame.partners.len() == longest {
            member.partners = vec![frame.partners[place].clone()];
        }
        if frame.goods.len() == longest {
            member.goods = Some(frame.goods[place].clone());
        }
        Ok(member)
    }

    /// 出口6,407億美元、進口4,836億美元，年增率達34.9%及22.6%: two rates behind two amounts are those of the amounts' flows.
    fn flow_of_pair(&self) -> Option<FlowWord> {
        let one = self.candidate;
        let rates: Vec<&Candidate> =
            self.candidates.iter().filter(|c| c.clause == one.clause && c.zone.is_none() && c.left.is_none()).collect();
        let alike = rates.iter().all(|c| c.reading == Reading::Rate && c.frame.id == one.frame.id);
        if !self.whole.chinese || rates.len() != 2 || !alike || !(self.is_listed() || one.frame.respective) {
            return None;
        }
        let place = rates.iter().position(|c| c.numeral.span == one.numeral.span)?;
        let amounts: Vec<&Candidate> = self
            .candidates
            .iter()
            .filter(|c| c.clause < one.clause && c.zone.is_none() && c.reading == Reading::Level && c.left.is_none())
            .collect();
        let [first, second] = amounts.as_slice() else { return None };
        let flow = |c: &Candidate| c.frame.flows.first().filter(|_| c.frame.flows.len() == 1).cloned();
        let (flows, last) = ([flow(first)?, flow(second)?], flow(one)?);
        let whole = |c: &Candidate| c.frame.partners == one.frame.partners && c.frame.goods == one.frame.goods;
        let fits = flows[0].flow != flows[1].flow && last.flow == flows[1].flow && whole(first) && whole(second);
        fits.then(|| flows[place].clone())
    }

    /// Place of this number among those of its kind in its frame and clause, and how many they are.
    pub(super) fn place_among_numbers(&self) -> (usize, usize) {
        let percent = self.candidate.numeral.kind == NumeralKind::Percent;
        let alike = |c: &&Candidate| {
            c.frame.id == self.candidate.frame.id
                && c.clause == self.candidate.clause
                && (c.numeral.kind == NumeralKind::Percent) == percent
                && c.zone.is_none()
        };
        (self.candidate.place, self.candidates.iter().filter(alike).count())
    }

    /// Whether another number of the frame and clause measures the same.
    fn is_told_again(&self) -> bool {
        let one = self.candidate;
        self.candidates.iter().any(|other| {
            other.numeral.span != one.numeral.span
                && (other.frame.id, other.clause) == (one.frame.id, one.clause)
                && (other.reading, other.frame.base) == (one.reading, one.frame.base)
                && other.zone.is_none()
                && one.zone.is_none()
        })
    }

    /// The product class of a number, or the part of an indicator, which its own word names.
    fn goods_of(&self, flow: &FlowWord) -> Option<String> {
        if flow.flow.is_trade() { self.candidate.frame.goods.first().cloned() } else { flow.product.clone() }
    }

    /// Whether numbers of one kind follow each other as a list does (減少7.6%、3.0%).
    fn is_listed(&self) -> bool {
        let text = &self.whole.document.text;
        let alike = |a: &Candidate, b: &Candidate| {
            let gap = text.get(a.numeral.span.end..b.numeral.span.start).unwrap_or("?").trim();
            a.reading == b.reading
                && a.frame.id == b.frame.id
                && a.zone.is_none()
                && b.zone.is_none()
                && matches!(gap, "、" | "丶" | "和" | "及" | "與" | "与" | "," | "and" | ", and")
        };
        self.candidates.windows(2).any(|pair| {
            pair.iter().any(|one| one.numeral.span == self.candidate.numeral.span) && alike(&pair[0], &pair[1])
        })
    }

    fn partners(&self, member: &Member, area: &Area) -> Result<Vec<Area>, &'static str> {
        // Only trade has another side.
        if !member.flow.flow.is_trade() {
            return Ok(Vec::new());
        }
        let mut partners = member.partners.clone();
        if partners.iter().any(|partner| partner == area) {
            if partners.len() == 1 {
                return Err("an economy does not trade with itself");
            }
            partners.retain(|partner| partner != area);
        }
        if partners.is_empty() && self.candidate.frame.bilateral {
            return Err("both sides are meant, and one is not named");
        }
        Ok(partners)
    }

    pub(super) fn unit(&self, area: &Area) -> Result<Unit, &'static str> {
        match &self.candidate.numeral.kind {
            NumeralKind::Percent => Ok(Unit::percent()),
            NumeralKind::Money(unit) => Ok(self.native(unit, area, self.words(self.candidate))),
            _ => self
                .candidates
                .iter()
                .filter_map(|other| match &other.numeral.kind {
                    NumeralKind::Money(unit) => Some(self.native(unit, area, self.words(other))),
                    _ => None,
                })
                .next()
                .or_else(|| self.carry.currency.clone())
                .ok_or("its currency stays open"),
        }
    }

    pub(super) fn words(&self, candidate: &Candidate) -> &str {
        &self.whole.document.text[candidate.numeral.span.clone()]
    }

    /// 元 alone is the currency of the economy whose trade it is.
    fn native(&self, unit: &Unit, area: &Area, numeral_text: &str) -> Unit {
        let customs = self.whole.lexicon.customs(area);
        // Hong Kong counts its own trade in its own dollars, unless the text marks these (HK$) and leaves others without.
        let marked = customs.currency.as_ref().is_some_and(|own| self.whole.dollars.contains(own));
        let own_dollars = customs.dollar && numeral_text.starts_with('$') && !marked;
        if unit.as_str() != LOCAL && !own_dollars {
            return unit.clone();
        }
        customs.currency.clone().unwrap_or_else(|| Unit("CNY".into()))
    }

    fn status(&self, main: Option<Period>, period: Period) -> Status {
        if is_expected(self.candidate) {
            return Status::Forecast;
        }
        let earlier = main.is_some_and(|main| period.start() < main.start());
        let past = self.candidate.zone.is_some() && earlier;
        if self.candidate.frame.forecast && !past { Status::Forecast } else { Status::Actual }
    }

    /// `Trade balance: $96.18 billion (forecast $89.0 billion)`: a deficit behind a label has a sign of its own.
    fn is_labelled(&self) -> bool {
        let text = &self.whole.document.text;
        let label = |candidate: &Candidate| {
            let before = text.get(..candidate.numeral.span.start).unwrap_or_default();
            let words = before.trim_end_matches([' ', ':']);
            words.len() < before.len() && ending(words).to_ascii_lowercase().ends_with("trade balance")
        };
        let first = self.candidates.iter().find(|other| other.frame.id == self.candidate.frame.id);
        !self.whole.chinese && first.is_some_and(label)
    }

    fn values(&self, flow: &FlowWord, measure: Measure) -> Result<(Decimal, Option<Decimal>), &'static str> {
        let numeral = &self.candidate.numeral;
        let sign = match measure {
            Measure::Share => 1,
            Measure::Level if flow.flow == Flow::Balance => match flow.sign {
                Some(sign) => sign,
                None if numeral.signed || self.words(self.candidate).starts_with('+') || self.is_labelled() => 1,
                None => return Err("a surplus or a deficit stays open"),
            },
            Measure::Level => 1,
            // 通膨率2.1%: the name of a rate says that prices rose.
            Measure::Yoy | Measure::Mom if flow.rate => self.candidate.sign.unwrap_or(1),
            Measure::Yoy | Measure::Mom | Measure::YoyChange => {
                self.candidate.sign.ok_or("no word says whether it rose or fell")?
            }
        };
        if numeral.signed && (sign > 0 || numeral.low.is_sign_negative()) {
            return Ok((numeral.low, numeral.high));
        }
        let factor = Decimal::from(sign);
        Ok(match numeral.high {
            Some(high) if sign < 0 => (factor * high, Some(factor * numeral.low)),
            high => (factor * numeral.low, high),
        })
    }

    pub(super) fn forecaster(&self, status: Status) -> Option<String> {
        if status != Status::Forecast {
            return None;
        }
        let zone = self.candidate.zone.as_ref();
        if let Some(zone) = zone.filter(|zone| zone.kind == ZoneKind::Expect) {
            let beside_a_forecast = self.candidate.frame.forecaster.as_ref().filter(|_| self.candidate.frame.forecast);
            return zone.forecaster.clone().or_else(|| beside_a_forecast.cloned());
        }
        self.candidate.frame.forecaster.clone().or_else(|| self.carry.forecaster.clone())
    }

    /// The name under which `explain` shows how a figure was bound.
    fn rule(&self, measure: Measure) -> String {
        let zone = match self.candidate.zone.as_ref().map(|zone| zone.kind) {
            Some(ZoneKind::Expect) => ".expected",
            Some(_) => ".compared",
            None if self.candidate.frame.respective => ".listed",
            None => "",
        };
        let what = match measure {
            Measure::Level => "level",
            Measure::Yoy => "yoy",
            Measure::Mom => "mom",
            Measure::Share => "share",
            Measure::YoyChange => "change",
        };
        ["clause.", what, zone].concat()
    }
}
