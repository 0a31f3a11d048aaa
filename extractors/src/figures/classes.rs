//! Lists of product classes, in the words of the document.

use std::ops::Range;

use super::item::{Item, ItemKind, Reader};
use super::lexicon::{Lexicon, Role, aligned, ends_with};
use super::phrases::PHRASES;
use super::token::{Break, Kind, Token};
use crate::text::NumeralKind;

impl Reader<'_> {
    /// `orders for base metal products fell`: a product class that the rules do not know.
    pub(super) fn unknown_goods(&mut self, start: usize) {
        if self.lexicon.family.is_some() {
            // The parts of an indicator are those that its family names.
            return;
        }
        let first = self.at + self.tokens[self.at..].iter().take_while(|token| token.span.start < start).count();
        let inside = |token: &&Token| token.is(Role::ListAnd) || token.term().is_some_and(|term| term.goods);
        let end = first + self.tokens[first..].iter().take_while(inside).count();
        // `and those for information products 12.6 percent`
        let rate = |token: &Token| matches!(&token.kind, Kind::Numeral(number) if number.kind == NumeralKind::Percent);
        let moves = |token: &&Token| {
            let words = || self.text.get(start..token.span.start).unwrap_or_default().trim_end();
            token.term().is_some_and(|term| term.direction.is_some()) || rate(token) && PHRASES.ends_in_goods(words())
        };
        // `exports of manufactured goods in July 2018 increased`
        let period = self.tokens.get(end).filter(|token| matches!(token.kind, Kind::Period(_)));
        let Some(verb) = self.tokens.get(end + usize::from(period.is_some())).filter(moves) else { return };
        let name = self.text.get(start..period.unwrap_or(verb).span.start).unwrap_or_default().trim_end();
        let name = if period.is_some() {
            let part = [" in", " for", " during", " over"].iter().find_map(|word| name.strip_suffix(word));
            let Some(part) = part.or_else(|| verb.span.start.eq(&start).then_some(name)) else { return };
            part.trim_end()
        } else {
            name
        };
        let known = first < end
            && self.tokens[first].span.start == start
            && self.tokens[end - 1].span.end == start + name.len();
        let plain = self.lexicon.is_plain(&name.to_ascii_lowercase()) || name.starts_with("the ");
        if !known && !plain && is_name(name, self.lexicon) {
            self.at = end;
            self.push(start..start + name.len(), ItemKind::Goods(vec![name.to_owned()]));
        }
    }

    /// `Passenger cars fell`, `and farm and fishing products gained`: a class that the rules know in part or by its last noun, as
    /// the whole subject of a clause. Returns whether it was read.
    pub(super) fn goods_as_subject(&mut self) -> bool {
        if self.lexicon.family.is_some() || !self.begins_clause() {
            return false;
        }
        let inside = |token: &&Token| token.is(Role::ListAnd) || token.term().is_some_and(|term| term.goods);
        let end = self.at + self.tokens[self.at..].iter().take_while(inside).count();
        let moves = |token: &&Token| token.term().is_some_and(|term| term.direction.is_some());
        let Some(verb) = self.tokens.get(end).filter(moves) else { return false };
        let from = self.at.checked_sub(1).map_or(self.start, |before| self.tokens[before].span.end);
        let Some(words) = self.text.get(from..verb.span.start) else { return false };
        let words = words.trim_end();
        let mut names: Vec<Range<usize>> = Vec::new();
        let mut at = from;
        for part in words.split(" and ") {
            let Some(name) = PHRASES.name_of_subject(part) else { return false };
            let until = at + part.trim_end().len();
            names.push(until - name.len()..until);
            at += part.len() + " and ".len();
        }
        let (Some(first), Some(last)) = (names.first(), names.last()) else { return false };
        let goods = |token: &&Token| token.term().is_some_and(|term| term.goods);
        let known =
            |name: &Range<usize>| self.tokens[self.at..end].iter().filter(goods).any(|token| token.span == *name);
        let complete = |name: &Range<usize>| {
            let mut goods = self.tokens[self.at..end].iter().filter(goods);
            goods.any(|token| token.span.end == name.end) || PHRASES.ends_in_goods(&self.text[name.clone()])
        };
        let opening = self.text[first.clone()].split(' ').next().unwrap_or_default().to_ascii_lowercase();
        if names.iter().all(known) || !complete(last) || self.lexicon.is_plain(&opening) {
            return false;
        }
        let span = first.start..last.end;
        // `farm and fishing products` is one class, `passenger cars and farm products` are two.
        let names = if names.iter().all(complete) { names } else { vec![span.clone()] };
        let names = names.into_iter().map(|name| self.text[name].to_owned()).collect();
        self.at = end;
        self.push(span, ItemKind::Goods(names));
        true
    }

    /// Whether the next token is the first of a clause: of the sentence, behind a comma, or behind a number and `and`.
    fn begins_clause(&self) -> bool {
        match self.items.as_slice() {
            [] => true,
            [.., Item { kind: ItemKind::Break(kind), .. }] => matches!(kind, Break::Clause | Break::Part),
            [.., number, Item { kind: ItemKind::Word(term), .. }] => {
                term.is(Role::ListAnd) && matches!(number.kind, ItemKind::Number(_))
            }
            _ => false,
        }
    }

    /// A list of product classes.
    pub(super) fn goods(&mut self) {
        let tokens = self.tokens;
        let is_goods = |token: &Token| token.term().is_some_and(|term| term.goods);
        let first = self.at;
        let mut last = first;
        let name = |token: &Token| {
            let words = &self.text[token.span.clone()];
            let gloss = words.ends_with([')', '）']).then(|| words.rfind(['(', '（'])).flatten();
            let latin = gloss.filter(|open| words[*open..].chars().nth(1).is_some_and(|c| c.is_ascii_alphabetic()));
            words[..latin.unwrap_or(words.len())].to_owned()
        };
        let mut names = vec![name(&tokens[first])];
        let mut start = tokens[first].span.start;
        // `Non-oil re-exports`
        let before = self.text.get(..start).unwrap_or_default();
        if let Some(non) = ["non-", "Non-"].iter().find(|non| before.ends_with(**non)) {
            names[0].insert_str(0, non);
            start -= non.len();
        }
        if let Some(short) = self.shortened_before(first) {
            self.items.pop();
            names.insert(0, self.text[short.clone()].to_owned());
            start = short.start;
            if let Some((from, before)) = self.list_before(start) {
                names.splice(0..0, before);
                start = from;
            }
        }
        while let (Some(join), Some(next)) = (tokens.get(last + 1), tokens.get(last + 2)) {
            let joins = matches!(join.kind, Kind::Break(Break::List)) || join.is(Role::ListAnd);
            let near = tokens[last].span.end + 1 >= join.span.start && join.span.end + 1 >= next.span.start;
            if !(joins && near && is_goods(next)) {
                break;
            }
            last += 2;
            names.push(name(next));
        }
        self.at = last + 1;
        // 機械產品: the name in the lexicon is shorter than the document's.
        let mut end = tokens[last].span.end;
        let behind = self.text.get(end..).unwrap_or_default();
        if let Some(ending) =
            ["產品", "产品", "製品", "制品", "貨品", "货品"].iter().find(|word| behind.starts_with(**word))
        {
            end += ending.len();
            if let Some(name) = names.last_mut() {
                name.push_str(ending);
            }
            while tokens.get(self.at).is_some_and(|token| token.span.start < end) {
                self.at += 1;
            }
        }
        if let Some(quoted) = self.quoted(start..end) {
            names = vec![self.text[quoted.clone()].to_owned()];
            (start, end) = (quoted.start, quoted.end + '」'.len_utf8());
            while tokens.get(self.at).is_some_and(|token| token.span.start < end) {
                self.at += 1;
            }
        }
        if let Some((next, listed)) = self.list_behind(last) {
            end = tokens[next].span.start;
            names.extend(listed);
            self.at = next;
        }
        self.push(start..end, ItemKind::Goods(names));
    }

    /// The name in quotation marks around a product class (「電動機械、儀器和用具及零件」).
    pub(super) fn quoted(&self, inside: Range<usize>) -> Option<Range<usize>> {
        /// Characters that such a name has at most on each side of what is known of it.
        const LONGEST: usize = 24;
        let mark = |c: char| matches!(c, '「' | '」' | '。' | '\n' | '（' | '）');
        let before = self.text.get(..inside.start)?;
        let (open, c) = before.char_indices().rev().take(LONGEST).find(|(_, c)| mark(*c))?;
        let behind = self.text.get(inside.end..)?;
        let (close, d) = behind.char_indices().take(LONGEST).find(|(_, c)| mark(*c))?;
        (c == '「' && d == '」').then(|| open + c.len_utf8()..inside.end + close)
    }

    /// The product class whose name breaks off before the joint of a list that begins here (電子及資通產品).
    pub(super) fn shortened_before(&self, first: usize) -> Option<Range<usize>> {
        let joint = self.tokens.get(first.checked_sub(1)?)?;
        let joins = matches!(joint.kind, Kind::Break(Break::List)) || joint.is(Role::ListAnd);
        let taken = self.items.last().is_some_and(|item| item.span == joint.span);
        if !joins || !taken || joint.span.end != self.tokens[first].span.start {
            return None;
        }
        let before = self.text.get(..joint.span.start)?;
        let short = self.lexicon.shortened_goods.iter().find(|short| ends_with(before, short))?;
        Some(joint.span.start - short.len()..joint.span.start)
    }

    /// The product classes that a list has named before the member that begins here (資訊通信、電子、精密儀器); they are taken
    /// back from the items.
    pub(super) fn list_before(&mut self, start: usize) -> Option<(usize, Vec<String>)> {
        let [.., goods, joint] = self.items.as_slice() else { return None };
        let joins = matches!(joint.kind, ItemKind::Break(Break::List))
            || matches!(&joint.kind, ItemKind::Word(term) if term.is(Role::ListAnd));
        let ItemKind::Goods(names) = &goods.kind else { return None };
        if !joins || joint.span.end != start || goods.span.end != joint.span.start {
            return None;
        }
        let before = (goods.span.start, names.clone());
        self.items.truncate(self.items.len() - 2);
        Some(before)
    }

    /// `Integrated circuits, PCs and disk media products grew`: the members of a list that the rules do not know, up to
    /// the word of rising or falling, with that word's place among the tokens.
    pub(super) fn list_behind(&self, last: usize) -> Option<(usize, Vec<String>)> {
        let idle = |token: &&Token| {
            matches!(token.kind, Kind::Break(Break::Clause))
                || token.is(Role::ListAnd)
                || token.term().is_some_and(|t| t.goods)
        };
        let next = last + 1 + self.tokens[last + 1..].iter().take_while(idle).count();
        let verb = self.tokens.get(next).filter(|token| token.term().is_some_and(|term| term.direction.is_some()))?;
        let list = self.text.get(self.tokens[last].span.end..verb.span.start)?;
        let list = list.strip_prefix(", ").or_else(|| list.strip_prefix(" and "))?.trim_end();
        let names: Vec<&str> = list
            .split(", ")
            .flat_map(|part| part.split(" and "))
            .map(|name| name.trim_start_matches("and ").trim())
            .collect();
        let joined = list.contains(" and ") || names.len() == 1 && !list.contains(',');
        (joined && names.iter().all(|name| is_name(name, self.lexicon)))
            .then(|| (next, names.iter().map(|name| (*name).to_owned()).collect()))
    }
}

/// Whether words may name a product class that the rules do not know: few of them, and none that makes a clause.
pub(super) fn is_name(words: &str, lexicon: &Lexicon) -> bool {
    const MOST_WORDS: usize = 6;
    words.len() > 2
        && words.split(' ').count() <= MOST_WORDS
        && words.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '&' | '/'))
        && !words.split(' ').any(|word| lexicon.is_clause_word(&word.to_ascii_lowercase()))
}

/// The product class that stands directly before a flow without being in the lexicon: a phrase by its ending in
/// Chinese, an adjective that begins a clause in English.
pub(super) fn goods_before(
    text: &str,
    from: usize,
    flow: usize,
    chinese: bool,
    lexicon: &Lexicon,
) -> Option<Range<usize>> {
    let gap = text.get(from..flow)?;
    if chinese {
        let phrase = gap.trim_end_matches(['的', '之', ' ']);
        let start = phrase
            .char_indices()
            .rev()
            .take_while(|(_, c)| ('\u{4e00}'..='\u{9fff}').contains(c) || c.is_ascii_alphanumeric())
            .take(12)
            .last()?
            .0;
        let start = phrase[start..].rfind(['的', '之']).map_or(start, |at| start + at + '的'.len_utf8());
        let words = aligned(&phrase[start..]);
        let general = |plain: &String| {
            words
                .strip_suffix(plain.as_str())
                .is_some_and(|before| lexicon.quantifiers.iter().any(|word| before == word))
        };
        if lexicon.plain_endings.iter().any(general) {
            return None;
        }
        let ends = lexicon.goods_endings.iter().any(|ending| words.ends_with(ending.as_str()));
        let good = ends && words.chars().count() >= 2 && !lexicon.is_plain(&words);
        return good.then_some(from + start..from + phrase.len());
    }
    let words = gap.trim_end();
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '\'';
    let start = words.char_indices().rev().find(|(_, c)| !is_letter(*c)).map_or(0, |(at, c)| at + c.len_utf8());
    let word = &words[start..];
    if word.starts_with('-') {
        // The end of a compound with what stands before: U.S.-bound exports.
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let lead = words[..start].trim();
    let opens = lead.is_empty() || ["as", "while", "and", "but", "whereas"].contains(&lead);
    let plain = lower.len() < 3
        || lexicon.is_plain(&lower)
        || lower.ends_with("ed")
        || lower.ends_with('\'')
        || lower.ends_with("'s");
    (opens && !plain && lower.chars().all(|c| c.is_ascii_alphabetic() || c == '-'))
        .then(|| from + start..from + words.len())
}
