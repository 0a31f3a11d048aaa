//! Lists whose members are told one by one: 分別, respectively, and the classes or flows that were named before them.

use super::bind::{Binder, between};
use super::chinese::CHINESE;
use super::item::ItemKind;
use super::lexicon::{Role, Term, aligned_char};
use super::number::is_statistic;
use super::token::Break;
use crate::text::NumeralKind;

impl Binder<'_> {
    /// 三者分別: the shares of all that the sentence named before.
    pub(super) fn respective(&mut self, at: usize) {
        let share = self.share.is_some_and(|(clause, done)| clause == self.clause && !done);
        if share && self.listed.len() > 1 && self.partner_clause != Some(self.clause) {
            self.open();
            self.frame.groups.clone_from(&self.listed);
        }
        if let Some(names) = self.those_named_last() {
            self.frame.goods = names;
            self.goods_clause = Some(self.clause);
            return;
        }
        // 出口增5.4%，進口增3%，10月分別增長15.6%和21.4%
        if let Some(flows) = self.two_flows_before(self.found.len()).filter(|_| self.tells_two_rates(at)) {
            self.open();
            self.zone = None;
            self.frame.flows = flows.to_vec();
            return;
        }
        // 電子及資通產品接單續強，10月接單分別年增35.9%及28.4%: the list stands in the clause before.
        let frame = &self.frame;
        let no_list =
            frame.flows.len() < 2 && frame.partners.len() < 2 && frame.groups.is_empty() && frame.goods.is_empty();
        if self.setting.chinese && no_list && frame.numbers == 0 && self.dropped.len() > 1 {
            self.frame.goods = std::mem::take(&mut self.dropped);
        }
    }

    /// Whether two rates follow these words in the clause, and nothing else, of a Chinese frame that names no list.
    fn tells_two_rates(&self, at: usize) -> bool {
        let frame = &self.frame;
        let list =
            frame.flows.len() > 1 || frame.partners.len() > 1 || frame.goods.len() > 1 || !frame.groups.is_empty();
        let clause = self.items[at + 1..]
            .iter()
            .take_while(|item| !matches!(item.kind, ItemKind::Break(Break::Clause | Break::Part)));
        let ahead =
            |term: &Term| [Role::Expected, Role::ExpectedIdle, Role::Compare].into_iter().any(|role| term.is(role));
        let (mut rates, mut others) = (0, false);
        for item in clause {
            match &item.kind {
                ItemKind::Number(number) => rates += usize::from(number.kind == NumeralKind::Percent),
                ItemKind::Direction(_) | ItemKind::Break(_) => {}
                // What was expected of both is given to them when the sentence has been read.
                ItemKind::Word(term) => others |= ahead(term),
                _ => others = true,
            }
        }
        self.setting.chinese && !list && rates == 2 && !others
    }

    /// 這三類產品分別下降: as many classes as were named last.
    fn those_named_last(&self) -> Option<Vec<String>> {
        const COUNTS: [char; 7] = ['兩', '三', '四', '五', '六', '七', '八'];
        let clause = between(self.setting.text, self.clause_start, self.items.last()?.span.end);
        let frame = &self.frame;
        if !self.setting.chinese || frame.goods.len() > 1 || frame.partners.len() > 1 || self.named_goods.len() < 2 {
            return None;
        }
        let (_, behind) = CHINESE.those_classes.part_first(clause)?;
        let mut characters = behind.chars();
        let count = characters.next()?;
        let count = match COUNTS.iter().position(|known| aligned_char(*known) == aligned_char(count)) {
            Some(place) => place + 2,
            None if count == '二' => 2,
            None => usize::try_from(count.to_digit(10)?).ok()?,
        };
        let counted = count == self.named_goods.len() && CHINESE.classes.begin(characters.as_str());
        counted.then(|| self.named_goods.clone())
    }

    /// 機械及電機設備年減6.4%: one number directly behind two classes is that of both together.
    pub(super) fn told_together(&self, at: usize, names: &[String]) -> Option<Vec<String>> {
        let text = self.setting.text;
        let span = self.items[at].span.clone();
        let words = text.get(span.clone())?;
        let [direction, number, rest @ ..] = self.items.get(at + 1..)? else { return None };
        let rate = matches!(direction.kind, ItemKind::Direction(_)) && is_statistic(number);
        let adjacent = direction.span.start == span.end && number.span.start == direction.span.end;
        let closed = rest.first().is_none_or(|next| matches!(next.kind, ItemKind::Break(kind) if kind != Break::List));
        let pair = self.setting.chinese && names.len() == 2 && !words.contains(['、', '丶']);
        (pair && rate && adjacent && closed).then(|| vec![words.to_owned()])
    }
}
