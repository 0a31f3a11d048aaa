//! Phrases of English that are longer than the words of the lexicon: `rules/english.toml`.

use std::sync::LazyLock;

use bellwether_model::figure::Flow;
use serde::Deserialize;

use super::lexicon::{LEXICON, RateBase};

/// What `rules/english.toml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Phrases {
    goes_on: Vec<String>,
    measured: Vec<String>,
    rank: Vec<String>,
    partner_adjective: Vec<String>,
    members: Vec<String>,
    rate_of_year: Vec<String>,
    rate_of_month: Vec<String>,
    rate_adjective: Vec<String>,
    about_partner: Vec<String>,
    sequel: Vec<String>,
    next_in_row: Vec<String>,
    economy_noun: Vec<String>,
    no_name: Vec<String>,
    company_name: Vec<String>,
    being: Vec<String>,
    superlative: Vec<String>,
    market_noun: Vec<String>,
    source_noun: Vec<String>,
    amounts_to: Vec<String>,
    led_by: Vec<String>,
    outdoing: Vec<String>,
    goods_noun: Vec<String>,
    result: Vec<String>,
    revised: Vec<String>,
    unchanged: Vec<String>,
    joins_clauses: Vec<String>,
    way_of_counting: Vec<String>,
    not_traded: Vec<String>,
    set_apart: Vec<String>,
    setting_apart: Vec<String>,
    unnamed_article: Vec<String>,
    unnamed_noun: Vec<String>,
    revising: Vec<String>,
}

/// The phrases that ship with the program, and the user's.
pub(super) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| crate::rules::read("english"));

impl Phrases {
    /// Whether a sentence that opens so goes on about the figure before it.
    pub(super) fn goes_on(&self, opening: &str) -> bool {
        begins(&self.goes_on, opening)
    }

    /// Whether a paragraph that opens so sets the figure before it beside another (The reading missed the 2 percent …).
    pub(super) fn measures_again(&self, opening: &str) -> bool {
        let verb = |rest: &str| begins(&self.measured, rest.trim_start());
        self.goes_on
            .iter()
            .any(|phrase| opening.strip_prefix(phrase.as_str()).is_some_and(|rest| rest.starts_with(' ') && verb(rest)))
    }

    /// Whether these words, before a year, say what a figure was the first or the highest of.
    pub(super) fn ranks(&self, words: &str) -> bool {
        begins(&self.rank, words)
    }

    /// Whether nothing but an article or words of praise stand between a cue and an economy.
    pub(super) fn leads_to_partner(&self, gap: &str) -> bool {
        let known = |word: &str| {
            let word = word.to_ascii_lowercase();
            let word = word.trim_end_matches("'s").trim_end_matches("’s");
            let members = word.split_once('-').is_some_and(|(count, rest)| {
                count.bytes().all(|byte| byte.is_ascii_digit()) && self.members.iter().any(|known| known == rest)
            });
            let count = word.len() < 4 && word.bytes().all(|byte| byte.is_ascii_digit());
            members || count || self.partner_adjective.iter().any(|known| known == word)
        };
        gap.len() < 60 && gap.split_whitespace().all(known)
    }

    /// What the words between a rate and its noun say of what it is counted against: `Some(None)`, where they say nothing
    /// of it, and `None`, where they are no such words.
    pub(super) fn base_between(&self, words: &str) -> Option<Option<RateBase>> {
        const MOST_WORDS: usize = 3;
        let mut base = None;
        for (place, word) in words.split_whitespace().enumerate() {
            let lower = word.to_ascii_lowercase();
            if let Some(named) = self.base_of(&lower) {
                base = Some(named);
            } else if place >= MOST_WORDS || !self.rate_adjective.contains(&lower) {
                return None;
            }
        }
        Some(base)
    }

    /// The base that one word directly behind a rate names.
    pub(super) fn base_of(&self, word: &str) -> Option<RateBase> {
        let named = |list: &[String]| list.iter().any(|known| known == word);
        let year = named(&self.rate_of_year).then_some(RateBase::Year);
        year.or_else(|| named(&self.rate_of_month).then_some(RateBase::Month))
    }

    /// Whether a word behind `in` says how something is counted.
    pub(super) fn is_way_of_counting(&self, word: &str) -> bool {
        self.way_of_counting.iter().any(|known| known == word)
    }

    /// Whether words behind a class begin with what is done with it at home.
    pub(super) fn names_no_trade(&self, words: &str) -> bool {
        let first = words.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        self.not_traded.iter().any(|known| known == first)
    }

    /// Whether a clause begins with a verb of what comes of the one before.
    pub(super) fn tells_result(&self, clause: &str) -> bool {
        self.result.iter().any(|verb| clause.strip_prefix(verb.as_str()).is_some_and(|rest| rest.starts_with(' ')))
    }

    /// Whether words end in one that says that a rate stayed what it was.
    pub(super) fn says_unchanged(&self, before: &str) -> bool {
        let before = before.trim_end();
        self.unchanged.iter().any(|words| before.ends_with(words.as_str()))
    }

    /// Whether a word joins one clause to another.
    pub(super) fn joins_clauses(&self, word: &str) -> bool {
        self.joins_clauses.iter().any(|known| known == word)
    }

    /// Whether a sentence tells that a figure was revised.
    pub(super) fn tells_revision(&self, sentence: &str) -> bool {
        self.revised.iter().any(|word| sentence.contains(word.as_str()))
    }

    /// Whether a name ends in a noun for goods of a kind.
    pub(super) fn ends_in_goods(&self, name: &str) -> bool {
        let last = name.rsplit(' ').next().unwrap_or_default();
        self.goods_noun.iter().any(|noun| noun == last)
    }

    /// Whether the words that open a paragraph's sentence turn to the trade with the economy behind them.
    pub(super) fn turns_to_partner(&self, opening: &str) -> bool {
        let opening = opening.trim_end().trim_end_matches("the").trim_end();
        self.about_partner.iter().any(|phrase| phrase == opening)
    }

    /// Whether a comparison with this word tells only what came before.
    pub(super) fn is_sequel(&self, word: &str) -> bool {
        self.sequel.iter().any(|known| known.eq_ignore_ascii_case(word))
    }

    /// The name in the words between the beginning of a clause and its verb: without a conjunction and an article, and of
    /// words that may name a class of goods. `None`: they are a pronoun, adverbs, or a clause of their own.
    pub(super) fn name_of_subject<'t>(&self, words: &'t str) -> Option<&'t str> {
        const MOST_WORDS: usize = 5;
        let mut name = words.trim();
        while let Some((first, rest)) = name.split_once(' ')
            && self.no_name.contains(&first.to_ascii_lowercase())
        {
            name = rest.trim_start();
        }
        let mut inside = name.split(' ');
        let letters = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '&' | '/'));
        let good = inside.all(|word| {
            let lower = word.to_ascii_lowercase();
            // structures of ships
            lower == "of"
                || letters(word)
                    && !word.ends_with("ly")
                    && !self.no_name.contains(&lower)
                    && !LEXICON.is_clause_word(&lower)
        });
        let plain = LEXICON.is_plain(&name.to_ascii_lowercase());
        (name.len() > 2 && good && !plain && name.split(' ').count() <= MOST_WORDS).then_some(name)
    }

    /// Whether a sentence opens with the name of a company.
    pub(super) fn names_company(&self, opening: &str) -> bool {
        self.company_name
            .iter()
            .any(|name| opening.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with([' ', ',', '\'', '’'])))
    }

    /// Which direction of trade it has that is called so with words of rank (was the largest export market with), where
    /// nothing else stands before its amount.
    pub(super) fn called_partner(&self, words: &str) -> Option<Flow> {
        const MOST_WORDS: usize = 14;
        let lower = words.trim().to_ascii_lowercase();
        if lower.split(' ').count() > MOST_WORDS || lower.contains([';', '.']) {
            return None;
        }
        let is = self.being.iter().find_map(|verb| lower.strip_prefix(verb.as_str()))?;
        let ranked = self.superlative.iter().any(|rank| is.contains(&format!(" {rank} ")));
        let leads = self.amounts_to.iter().any(|word| is.ends_with(&format!(" {word}")));
        let named = |names: &[String]| names.iter().any(|name| is.contains(&format!(" {name}")));
        if !ranked || !leads {
            return None;
        }
        match (named(&self.source_noun), named(&self.market_noun)) {
            (true, _) => Some(Flow::Imports),
            (false, true) => Some(Flow::Exports),
            _ => None,
        }
    }

    /// Whether these words, in lower case, end in ones that lead to what did most of a change (led by).
    pub(super) fn tells_most(&self, before: &str) -> bool {
        let before = before.trim_end().trim_end_matches("the").trim_end();
        self.led_by.iter().any(|phrase| before.ends_with(phrase.as_str()))
    }

    /// Whether the words behind `to` or `from` tell of another side without naming it: countries or markets that are known
    /// by no name (all other destinations), or a name that no rule knows. `named`: an economy is named among them, which
    /// then is only set apart (other ASEAN countries).
    pub(super) fn leaves_unnamed(&self, words: &str, named: bool) -> bool {
        const MOST_WORDS: usize = 6;
        let listed = |list: &[String], word: &str| list.iter().any(|known| known.eq_ignore_ascii_case(word));
        let bare = words.split_whitespace().skip_while(|word| listed(&self.unnamed_article, word));
        let words: Vec<&str> = bare.collect();
        let Some((first, last)) = words.first().zip(words.last()) else { return false };
        if words.len() > MOST_WORDS {
            return false;
        }
        // `Exports to Japan's biggest trading partner, China`: its name follows.
        if *last == "partner" {
            return false;
        }
        // `non-EU members`
        let begins = |known: &String| {
            known.ends_with('-') && first.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known))
        };
        let apart = listed(&self.set_apart, first) || self.set_apart.iter().any(begins);
        if named {
            // `countries other than the United States`
            return apart || words.iter().any(|word| listed(&self.setting_apart, word));
        }
        let name = first.starts_with(|c: char| c.is_ascii_uppercase())
            && words
                .iter()
                .all(|word| word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’' | '&')));
        listed(&self.unnamed_noun, last) || apart || name
    }

    /// Whether words behind an economy call it a market, a source or a partner by its rank (replaced China as the top
    /// destination).
    pub(super) fn ranks_partner(&self, words: &str) -> bool {
        let lower = words.to_ascii_lowercase();
        let ranked = self.superlative.iter().any(|rank| lower.contains(&format!(" {rank} ")));
        let nouns = || self.market_noun.iter().chain(&self.source_noun);
        ranked && (nouns().any(|noun| lower.contains(&format!(" {noun}"))) || lower.contains(" partner"))
    }

    /// What stands behind the words that lead to what did most of a change, where they are among these.
    pub(super) fn behind_led_by<'t>(&self, words: &'t str) -> &'t str {
        let ends = self.led_by.iter().filter_map(|phrase| words.find(phrase.as_str()).map(|at| at + phrase.len()));
        ends.max().map_or(words, |end| &words[end..])
    }

    /// Whether these words, in lower case, end in a verb that sets what came above or below the number behind.
    pub(super) fn outdoes(&self, before: &str) -> bool {
        let before = before.trim_end();
        let before = [" the", " a", " an"].iter().find_map(|article| before.strip_suffix(article)).unwrap_or(before);
        self.outdoing.iter().any(|verb| before.ends_with(verb.as_str()))
    }

    /// Whether a word says that a forecast was made anew.
    pub(super) fn revises(&self, word: &str) -> bool {
        self.revising.iter().any(|known| known == word)
    }

    /// Whether one of the first words names an economy by its rank.
    pub(super) fn ranks_economy(&self, behind: &str) -> bool {
        const WORDS: usize = 4;
        let noun = |word: &str| self.economy_noun.iter().any(|known| known == word.trim_end_matches([',', '.', ';']));
        behind.split(' ').take(WORDS).any(noun)
    }

    /// Whether these words, in lower case, end in ones that lead to the next of a row.
    pub(super) fn leads_to_next(&self, before: &str) -> bool {
        let before = before.trim_end().trim_end_matches("the").trim_end();
        self.next_in_row.iter().any(|phrase| before.ends_with(phrase.as_str()))
    }
}

/// Whether a text begins with one of these phrases, as whole words.
fn begins(phrases: &[String], text: &str) -> bool {
    phrases.iter().any(|phrase| text.strip_prefix(phrase.as_str()).is_some_and(|rest| rest.starts_with(' ')))
}
