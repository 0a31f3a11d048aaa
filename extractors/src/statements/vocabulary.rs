//! The words by which people, offices and speech are known, from `rules/titles.toml` and `rules/speech.toml`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::fold::fold;
use crate::names::words::Words;

/// What a title proves of its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Class {
    /// An office of state or parliament.
    State,
    /// An office inside an authority.
    Office,
    /// Used by authorities and others alike.
    Shared,
    /// What somebody is; no office.
    Profession,
}

/// Everything the readers of both languages look up.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// Titles in Chinese.
    pub(super) chinese_titles: Words<Class>,
    /// Titles in English, lower case.
    pub(super) english_titles: Words<Class>,
    /// Words of portfolios and divisions, lower case.
    pub(super) portfolio: HashSet<String>,
    /// Chinese words of speech.
    pub(super) chinese: ChineseSpeech,
    /// English words of speech.
    pub(super) english: EnglishSpeech,
    /// Surnames of one character.
    pub(super) surnames: HashSet<char>,
    /// Surnames of two characters, and the common double ones.
    pub(super) compound_surnames: Words<()>,
    /// Japanese surnames, behind which a given name of up to three characters stands.
    pub(super) japanese_surnames: Words<()>,
    /// Characters by which names of other languages are written.
    pub(super) transliteration: HashSet<char>,
}

/// See `rules/speech.toml` for what each list is.
#[derive(Debug)]
pub(super) struct ChineseSpeech {
    pub(super) verbs: Words<()>,
    pub(super) not_verbs: Words<()>,
    pub(super) followers: Words<()>,
    pub(super) adverbs: Words<()>,
    /// Verbs of questions.
    pub(super) asks: Words<()>,
    pub(super) continuations: Words<()>,
    pub(super) pronouns: Words<()>,
    pub(super) temporal: Words<()>,
    pub(super) anonymous: Words<()>,
    pub(super) former: Words<()>,
    pub(super) ranks: Words<()>,
    pub(super) objects: Words<()>,
    pub(super) not_names: Words<()>,
    /// Characters that hold clauses together: no division's name has them.
    pub(super) particles: HashSet<char>,
}

/// See `rules/speech.toml` for what each list is.
#[derive(Debug)]
pub(super) struct EnglishSpeech {
    pub(super) verbs: HashSet<String>,
    pub(super) inverting: HashSet<String>,
    pub(super) adverbs: HashSet<String>,
    pub(super) pronouns: HashSet<String>,
    pub(super) anonymous: HashSet<String>,
    pub(super) former: HashSet<String>,
    pub(super) passive: HashSet<String>,
    pub(super) auxiliaries: HashSet<String>,
    pub(super) honorifics: HashSet<String>,
    pub(super) not_names: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TitlesFile {
    chinese: TitleRows,
    english: TitleRows,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TitleRows {
    state: Vec<String>,
    office: Vec<String>,
    shared: Vec<String>,
    profession: Vec<String>,
    #[serde(default)]
    portfolio: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpeechFile {
    chinese: ChineseRows,
    english: EnglishRows,
    surnames: SurnameRows,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChineseRows {
    verbs: Vec<String>,
    not_verbs: Vec<String>,
    followers: Vec<String>,
    adverbs: Vec<String>,
    asks: Vec<String>,
    continuations: Vec<String>,
    pronouns: Vec<String>,
    temporal: Vec<String>,
    anonymous: Vec<String>,
    former: Vec<String>,
    ranks: Vec<String>,
    objects: Vec<String>,
    not_names: Vec<String>,
    particles: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnglishRows {
    verbs: HashSet<String>,
    inverting: HashSet<String>,
    adverbs: HashSet<String>,
    pronouns: HashSet<String>,
    anonymous: HashSet<String>,
    former: HashSet<String>,
    passive: HashSet<String>,
    auxiliaries: HashSet<String>,
    honorifics: HashSet<String>,
    not_names: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SurnameRows {
    single: String,
    compound: Vec<String>,
    japanese: Vec<String>,
    transliteration: String,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let titles: TitlesFile = crate::rules::read("titles");
    let speech: SpeechFile = crate::rules::read("speech");
    Vocabulary {
        chinese_titles: title_words(&titles.chinese),
        english_titles: title_words(&titles.english),
        portfolio: titles.english.portfolio,
        chinese: chinese_speech(&speech.chinese),
        english: english_speech(speech.english),
        surnames: characters(&speech.surnames.single),
        compound_surnames: plain(&speech.surnames.compound),
        japanese_surnames: plain(&speech.surnames.japanese),
        transliteration: characters(&speech.surnames.transliteration),
    }
});

/// The vocabulary, read once.
pub(super) fn vocabulary() -> &'static Vocabulary {
    &VOCABULARY
}

fn title_words(rows: &TitleRows) -> Words<Class> {
    let classes = [
        (&rows.state, Class::State),
        (&rows.office, Class::Office),
        (&rows.shared, Class::Shared),
        (&rows.profession, Class::Profession),
    ];
    Words::new(classes.into_iter().flat_map(|(words, class)| words.iter().map(move |word| (word.as_str(), class))))
}

fn plain(words: &[String]) -> Words<()> {
    Words::new(words.iter().map(|word| (word.as_str(), ())))
}

fn characters(text: &str) -> HashSet<char> {
    fold(text).chars().collect()
}

fn chinese_speech(rows: &ChineseRows) -> ChineseSpeech {
    ChineseSpeech {
        verbs: plain(&rows.verbs),
        not_verbs: plain(&rows.not_verbs),
        followers: plain(&rows.followers),
        adverbs: plain(&rows.adverbs),
        asks: plain(&rows.asks),
        continuations: plain(&rows.continuations),
        pronouns: plain(&rows.pronouns),
        temporal: plain(&rows.temporal),
        anonymous: plain(&rows.anonymous),
        former: plain(&rows.former),
        ranks: plain(&rows.ranks),
        objects: plain(&rows.objects),
        not_names: plain(&rows.not_names),
        particles: characters(&rows.particles),
    }
}

fn english_speech(rows: EnglishRows) -> EnglishSpeech {
    EnglishSpeech {
        verbs: rows.verbs,
        inverting: rows.inverting,
        adverbs: rows.adverbs,
        pronouns: rows.pronouns,
        anonymous: rows.anonymous,
        former: rows.former,
        passive: rows.passive,
        auxiliaries: rows.auxiliaries,
        honorifics: rows.honorifics,
        not_names: rows.not_names,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_well_formed_and_know_the_usual_words() {
        let words = vocabulary();
        let at = |table: &Words<Class>, text: &str| {
            let text: Vec<char> = fold(text).chars().collect();
            table.at(&text, 0).map(|(_, class)| *class)
        };
        assert_eq!(at(&words.chinese_titles, "財政司司長"), Some(Class::State));
        assert_eq!(at(&words.chinese_titles, "副署长"), Some(Class::Office));
        assert_eq!(at(&words.chinese_titles, "总裁"), Some(Class::Shared));
        assert_eq!(at(&words.english_titles, "trade minister"), Some(Class::State));
        assert!(words.surnames.contains(&'蔡') && words.surnames.contains(&'陈'));
        assert!(words.english.verbs.contains("said"));
    }
}
