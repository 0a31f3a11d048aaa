//! The words of trade: `rules/*.toml` as one automaton over folded text.
//!
//! Knows words and what each may do; which of its meanings counts in a sentence is the binder's business.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use bellwether_model::figure::{Flow, Unit};
use bellwether_model::place::Area;
use serde::Deserialize;

use super::family::{self, Family, FamilyFile};
use super::finder::Finder;
use super::item::HOME;
pub(crate) use super::term::Role;
pub(super) use super::term::{DirectionWord, FlowWord, RateBase, Shape, Term};
use crate::fold;
use crate::hash::QuickMap;

/// All words.
pub(super) struct Lexicon {
    finder: Finder,
    terms: Vec<Term>,
    /// Single characters that stand for an economy behind a cue or in a pair.
    pub(super) short: QuickMap<char, Area>,
    customs: QuickMap<Area, Customs>,
    /// Folded endings of product classes.
    pub(super) goods_endings: Vec<String>,
    /// Folded endings of the names of banks and institutes.
    pub(super) institution_endings: Vec<String>,
    /// Folded words that make an office of the name of its economy.
    pub(super) office_endings: Vec<String>,
    /// Folded words by which an office is the source of what follows.
    pub(super) publishes: Vec<String>,
    /// Where among the terms the offices of each economy stand.
    offices: HashMap<Area, usize>,
    /// Folded characters of small words: a phrase that holds one is no name.
    pub(super) adverbial: HashSet<char>,
    /// Measures of goods by weight or volume, in both scripts.
    pub(super) weights: Vec<String>,
    /// Measures of goods by the piece.
    pub(super) pieces: Vec<String>,
    /// Words that stand directly behind a product class of which a clause goes on to speak.
    pub(super) topic_behind: Vec<String>,
    /// Words that begin the cause of what a product class did.
    pub(super) cause_behind: Vec<String>,
    /// Product classes by the first part of their name, in a list of which the last is written out (電子及資通產品).
    pub(super) shortened_goods: Vec<String>,
    /// Words behind which a product class is told to have done most of a change (成長最多).
    pub(super) superlatives: Vec<String>,
    /// Words for goods of every kind, and the words that make no class of them (大部分商品).
    pub(super) plain_endings: Vec<String>,
    pub(super) quantifiers: Vec<String>,
    plain_goods: HashSet<String>,
    clause_words: HashSet<String>,
    /// The family whose indicators are its flows; `None`: trade in goods.
    pub(super) family: Option<Family>,
}

/// The words that ship with the program.
pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::build(None));

/// The words of each family of indicators that is read beside trade.
pub(super) static FAMILIES: LazyLock<Vec<Lexicon>> =
    LazyLock::new(|| crate::rules::families().into_iter().map(|file| Lexicon::build(Some(file))).collect());

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreasFile {
    area: Vec<AreaEntry>,
    agency: Vec<AgencyEntry>,
    institution_endings: Vec<String>,
    office_endings: Vec<String>,
    publishes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaEntry {
    code: String,
    names: Vec<String>,
    #[serde(default)]
    short: Vec<char>,
    #[serde(default)]
    customs: Customs,
}

/// How an economy counts where a text does not say it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Customs {
    /// Its own currency.
    pub(super) currency: Option<Unit>,
    /// Whether 元 alone means it, in tables too.
    pub(super) yuan: bool,
    /// Whether $ alone means it.
    pub(super) dollar: bool,
    /// In texts of these languages, a rate of a month that names no base may be against the month before.
    pub(super) monthly_rates: Vec<String>,
}

impl Customs {
    /// Whether its rates that name no base may be against the month before in a text of this language.
    pub(super) fn counts_by_month(&self, chinese: bool) -> bool {
        let language = if chinese { "zh" } else { "en" };
        self.monthly_rates.iter().any(|known| known == language)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgencyEntry {
    /// Absent: an institute, a bank or an office of several economies.
    area: Option<String>,
    /// Whether other economies have an office of this name.
    #[serde(default)]
    shared: bool,
    names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlowsFile {
    flow: Vec<FlowEntry>,
    none: Vec<NoneEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlowEntry {
    flow: Flow,
    sign: Option<i8>,
    #[serde(default)]
    weak: bool,
    product: Option<String>,
    chinese_product: Option<String>,
    area: Option<String>,
    cue: Option<Cue>,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Cue {
    To,
    From,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoneEntry {
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DirectionsFile {
    direction: Vec<DirectionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DirectionEntry {
    shape: Shape,
    sign: i8,
    #[serde(default)]
    yoy: bool,
    #[serde(default)]
    mom: bool,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodsFile {
    names: Vec<String>,
    endings: Vec<String>,
    adverbial: String,
    weights: Vec<String>,
    pieces: Vec<String>,
    shortened: Vec<String>,
    superlatives: Vec<String>,
    plain_endings: Vec<String>,
    quantifiers: Vec<String>,
}

/// Collects words before the automaton is built.
#[derive(Default)]
struct Builder {
    index: HashMap<String, usize>,
    words: Vec<String>,
    terms: Vec<Term>,
}

impl Builder {
    fn term(&mut self, word: &str) -> &mut Term {
        let capitals = word.chars().any(|c| c.is_ascii_uppercase()) && !word.chars().any(|c| c.is_ascii_lowercase());
        let folded = aligned(word);
        let at = *self.index.entry(folded.clone()).or_insert_with(|| {
            self.words.push(folded);
            self.terms.push(Term { capitals, ..Term::default() });
            self.terms.len() - 1
        });
        &mut self.terms[at]
    }
}

impl Lexicon {
    fn build(family: Option<FamilyFile>) -> Self {
        let areas: AreasFile = crate::rules::read("areas");
        let flows: FlowsFile = crate::rules::read("flows");
        let directions: DirectionsFile = crate::rules::read("directions");
        let goods: GoodsFile = crate::rules::read("goods");
        let mut cues: HashMap<Role, Vec<String>> = crate::rules::read("cues");
        let mut builder = Builder::default();
        let (short, customs) = add_areas(&mut builder, &areas);
        match &family {
            None => add_flows(&mut builder, &flows),
            Some(file) => {
                family::add_cues(file, &mut cues);
                for (area, name) in
                    file.agency.iter().flat_map(|row| row.names.iter().map(move |name| (&row.area, name)))
                {
                    let term = builder.term(name);
                    term.institution = true;
                    term.agency = Some(Area::new(area.clone()));
                }
            }
        }
        for entry in &directions.direction {
            let base = if entry.yoy { Some(RateBase::Year) } else { entry.mom.then_some(RateBase::Month) };
            for word in &entry.words {
                builder.term(word).direction = Some(DirectionWord { sign: entry.sign, shape: entry.shape, base });
            }
        }
        for word in goods.names.iter().filter(|_| family.is_none()) {
            builder.term(word).goods = true;
        }
        let listed = [Role::PlainGoods, Role::PlainGoodsEn, Role::ClauseWord, Role::TopicBehind, Role::CauseBehind];
        for (role, words) in cues.iter().filter(|(role, _)| !listed.contains(role)) {
            for word in words {
                builder.term(word).add_role(*role);
            }
        }
        if let Some(file) = &family {
            for word in flows.flow.iter().flat_map(|entry| &entry.words) {
                builder.term(word).add_role(Role::OtherSubject);
            }
            family::add_indicators(file, |word, flow| {
                let term = builder.term(word);
                // Its own words stop no reading, and are no other indicator's.
                (term.roles, term.role_bits, term.flow) = (Vec::new(), 0, Some(flow));
            });
        }
        let clause_words = cues.get(&Role::ClauseWord).into_iter().flatten().cloned().collect();
        let plain_roles = [Role::PlainGoods, Role::PlainGoodsEn];
        let plain_goods = plain_roles.iter().filter_map(|r| cues.get(r)).flatten().map(|word| aligned(word)).collect();
        let [topic_behind, cause_behind] = [Role::TopicBehind, Role::CauseBehind]
            .map(|role| cues.get(&role).into_iter().flatten().map(|word| aligned(word)).collect());
        let [shortened_goods, superlatives, plain_endings, quantifiers] =
            [&goods.shortened, &goods.superlatives, &goods.plain_endings, &goods.quantifiers]
                .map(|words| words.iter().map(|word| aligned(word)).collect());
        let finder = Finder::new(&builder.words);
        let goods_endings = goods.endings.iter().filter(|_| family.is_none()).map(|word| aligned(word)).collect();
        let [institution_endings, office_endings, publishes] =
            [&areas.institution_endings, &areas.office_endings, &areas.publishes]
                .map(|words| words.iter().map(|word| aligned(word)).collect());
        let offices = add_offices(&areas, &mut builder.terms);
        let adverbial = aligned(&goods.adverbial).chars().collect();
        Self {
            finder,
            terms: builder.terms,
            short,
            customs,
            goods_endings,
            institution_endings,
            office_endings,
            publishes,
            offices,
            adverbial,
            weights: goods.weights,
            pieces: goods.pieces,
            superlatives,
            plain_endings,
            quantifiers,
            plain_goods,
            clause_words,
            topic_behind,
            cause_behind,
            shortened_goods,
            family: family.map(Family::of),
        }
    }

    /// All words of an aligned text, the leftmost and longest ones.
    pub(super) fn find<'a>(
        &'static self,
        aligned: &'a str,
        original: &'a str,
    ) -> impl Iterator<Item = (Range<usize>, &'static Term)> + 'a {
        let fits = move |span: &Range<usize>, word: usize| {
            let capitals = !self.terms[word].capitals || in_capitals(&original[span.clone()]);
            capitals && whole_word(aligned, span)
        };
        self.finder.find(aligned, fits).map(|(span, word)| (span, &self.terms[word]))
    }

    /// How an economy counts where a text does not say it.
    pub(super) fn customs(&self, area: &Area) -> &Customs {
        static NONE: Customs = Customs { currency: None, yuan: false, dollar: false, monthly_rates: Vec::new() };
        self.customs.get(area).unwrap_or(&NONE)
    }

    /// What an office of an economy may do, by whatever name it is called.
    pub(super) fn office(&'static self, area: &Area) -> Option<&'static Term> {
        self.offices.get(area).map(|at| &self.terms[*at])
    }

    /// The economy with whose name words begin.
    pub(super) fn names_economy(&'static self, words: &str) -> Option<&'static Area> {
        let folded = aligned(words);
        // The whole may be one word of the lexicon; its beginning is then another.
        let ends: Vec<usize> = folded.char_indices().map(|(at, c)| at + c.len_utf8()).take(12).collect();
        let begins = |end: &usize| {
            let (span, term) = self.find(&folded[..*end], &words[..*end]).next()?;
            (span.start == 0 && term.areas.len() == 1).then(|| &term.areas[0])
        };
        ends.iter().find_map(begins)
    }

    /// Where the longest word ends with which words begin, and of which this is true.
    pub(super) fn begins_with(&'static self, words: &str, is: impl Fn(&Term) -> bool) -> Option<usize> {
        let folded = aligned(words);
        let ends: Vec<usize> = folded.char_indices().map(|(at, c)| at + c.len_utf8()).take(12).collect();
        let whole = |span: &Range<usize>, end: usize| span.start == 0 && span.end == end;
        let begins = |end: &usize| {
            self.find(&folded[..*end], &words[..*end]).next().is_some_and(|(span, term)| whole(&span, *end) && is(term))
        };
        ends.into_iter().rfind(begins)
    }

    /// Whether a word makes what stands around it a clause and no name.
    pub(super) fn is_clause_word(&self, lower: &str) -> bool {
        self.clause_words.contains(lower)
    }

    /// Whether a text names what this lexicon is about; only then is it worth reading by it.
    pub(super) fn speaks(&'static self, aligned: &str, original: &str) -> bool {
        self.find(aligned, original).any(|(_, term)| term.flow.as_ref().is_some_and(|flow| !flow.weak))
    }

    /// Whether a word before a flow says nothing of a product class.
    pub(super) fn is_plain(&self, aligned: &str) -> bool {
        self.plain_goods.contains(aligned)
    }
}

/// Adds an office of each economy that no word names by itself.
fn add_offices(areas: &AreasFile, terms: &mut Vec<Term>) -> HashMap<Area, usize> {
    let mut offices = HashMap::new();
    for code in areas.area.iter().map(|entry| &entry.code).filter(|code| !code.contains('+') && *code != HOME) {
        let area = Area::new(code.clone());
        offices.insert(area.clone(), terms.len());
        terms.push(Term { agency: Some(area), institution: true, ..Term::default() });
    }
    offices
}

/// Parts of words for flows by which they leave services out.
const GOODS: [&str; 8] = ["goods", "merchandise", "visible", "商品", "貨物", "貨品", "海關", "有形"];

/// Adds the names of economies and offices; gives the short names and how each economy counts.
fn add_areas(builder: &mut Builder, areas: &AreasFile) -> (QuickMap<char, Area>, QuickMap<Area, Customs>) {
    let mut short = QuickMap::default();
    let mut customs = QuickMap::default();
    for entry in &areas.area {
        let codes: Vec<Area> = entry.code.split('+').map(Area::new).collect();
        if let [code] = codes.as_slice() {
            customs.insert(code.clone(), entry.customs.clone());
        }
        for name in &entry.names {
            builder.term(name).areas.clone_from(&codes);
        }
        for c in entry.short.iter().flat_map(|c| aligned(&c.to_string()).chars().collect::<Vec<_>>()) {
            short.insert(c, codes[0].clone());
        }
    }
    for (entry, name) in areas.agency.iter().flat_map(|a| a.names.iter().map(move |n| (a, n))) {
        let term = builder.term(name);
        term.institution = true;
        let area = entry.area.clone().map(Area::new);
        if entry.shared {
            term.shared_agency = area;
        } else if area.is_some() {
            term.agency = area;
        }
    }
    (short, customs)
}

fn add_flows(builder: &mut Builder, flows: &FlowsFile) {
    for entry in &flows.flow {
        for word in &entry.words {
            let term = builder.term(word);
            term.flow = Some(FlowWord {
                flow: entry.flow,
                sign: entry.sign,
                weak: entry.weak,
                product: entry.product.clone(),
                chinese_product: entry.chinese_product.clone(),
                area: entry.area.clone().map(Area::new),
                goods_alone: GOODS.iter().any(|goods| word.contains(goods)),
                rate: false,
            });
            match entry.cue {
                Some(Cue::To) => term.add_role(Role::PartnerTo),
                Some(Cue::From) => term.add_role(Role::PartnerFrom),
                None => {}
            }
        }
    }
    for word in flows.none.iter().flat_map(|entry| &entry.words) {
        builder.term(word).none = true;
    }
}

/// The text folded and in lower case, each character as long as before: offsets into one are offsets into the other.
pub(super) fn aligned(text: &str) -> String {
    let forms = fold::aligned();
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let ascii = rest.bytes().take_while(u8::is_ascii).count();
        if ascii > 0 {
            let start = result.len();
            result.push_str(&rest[..ascii]);
            result[start..].make_ascii_lowercase();
            rest = &rest[ascii..];
        } else {
            result.push(forms.of(c));
            rest = &rest[c.len_utf8()..];
        }
    }
    result
}

/// A character as [`aligned`] makes it.
pub(super) fn aligned_char(original: char) -> char {
    fold::aligned().of(original)
}

/// Whether a text, aligned, starts with an aligned word: what stands behind may be the rest of a document.
pub(super) fn starts_with(text: &str, word: &str) -> bool {
    let mut characters = text.chars().map(aligned_char);
    word.chars().all(|c| characters.next() == Some(c))
}

/// Whether a text, aligned, ends with an aligned word.
pub(super) fn ends_with(text: &str, word: &str) -> bool {
    let mut characters = text.chars().rev().map(aligned_char);
    word.chars().rev().all(|c| characters.next() == Some(c))
}

/// Whether Latin letters or digits neither go on before nor behind a word that begins or ends in one.
pub(super) fn whole_word(text: &str, span: &Range<usize>) -> bool {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let word = &text[span.clone()];
    let before = text[..span.start].chars().next_back();
    let behind = text[span.end..].chars().next();
    !(latin(word.chars().next()) && latin(before) || latin(word.chars().next_back()) && latin(behind))
}

fn in_capitals(text: &str) -> bool {
    !text.chars().any(|c| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_load() {
        let lexicon = Lexicon::build(None);
        assert!(lexicon.terms.len() > 1_000);
    }

    #[test]
    fn words_are_found_in_both_scripts_and_whole() {
        let text = "中國對歐盟出口 / 对东盟进口 us exporters, the US, South Korea's";
        let folded = aligned(text);
        assert_eq!(folded.len(), text.len());
        let names: Vec<&str> = LEXICON
            .find(&folded, text)
            .filter(|(_, term)| !term.areas.is_empty() || term.flow.is_some())
            .map(|(span, _)| &text[span])
            .collect();
        assert_eq!(names, ["中國", "歐盟", "出口", "东盟", "进口", "US", "South Korea"]);
    }
}
