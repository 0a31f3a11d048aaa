//! Language and script of a text: scripts are counted first, the statistical detector answers only where they do not.
//!
//! The detector and the conversion tables are built at first use, so that a program that reads nothing starts at once.

use std::sync::LazyLock;

use bellwether_model::document::Language;
use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use lingua::{LanguageDetector, LanguageDetectorBuilder};
use serde::Deserialize;

use crate::hash::CharSet;

/// Characters of a text that are looked at; more do not change the answer.
const SAMPLE: usize = 4000;
/// A Han character says about as much as this many Latin letters.
const LETTERS_A_HAN_CHARACTER: usize = 3;
/// One kana among this many Han characters makes a text Japanese: Chinese texts quote a name at the most.
const HAN_A_KANA: usize = 10;

static DETECTOR: LazyLock<LanguageDetector> = LazyLock::new(|| {
    LanguageDetectorBuilder::from_languages(&[lingua::Language::English, lingua::Language::German]).build()
});
/// The Han characters of the basic plane that a conversion to the Simplified script changes.
static TRADITIONAL: LazyLock<CharSet> = LazyLock::new(|| changed_by(BuiltinConfig::T2s));
/// Those that a conversion to the Traditional script changes.
static SIMPLIFIED: LazyLock<CharSet> = LazyLock::new(|| changed_by(BuiltinConfig::S2t));

/// The language of a text. `declared` is the tag that its page declares: it decides where the text is too short to
/// tell, and says of a Latin text that it is in a language that is not read here. `None`: not known.
pub(crate) fn detect(text: &str, declared: Option<&str>) -> Option<Language> {
    let scripts = Scripts::count(text);
    let letters = scripts.han * LETTERS_A_HAN_CHARACTER + scripts.kana + scripts.hangul * 2 + scripts.latin;
    if letters == 0 {
        return declared.and_then(declared_language);
    }
    if scripts.hangul * 2 > scripts.latin.max(scripts.han) && scripts.hangul > scripts.kana {
        return Some(Language::Korean);
    }
    if scripts.kana * HAN_A_KANA > scripts.han && scripts.kana * 2 > scripts.latin {
        return Some(Language::Japanese);
    }
    if scripts.han * LETTERS_A_HAN_CHARACTER > scripts.latin {
        return Some(chinese_script(text, declared));
    }
    latin_language(text, declared)
}

fn latin_language(text: &str, declared: Option<&str>) -> Option<Language> {
    if let Some(tag) = declared {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_lowercase();
        match primary.as_str() {
            "en" | "de" | "zh" | "ja" | "ko" | "" => {}
            // A page in French is neither English nor German, whatever the detector thinks nearer.
            other if other.len() == 2 => return None,
            _ => {}
        }
    }
    let sample: String = text.chars().take(SAMPLE).collect();
    if is_plainly_english(&sample) {
        return Some(Language::English);
    }
    match DETECTOR.detect_language_of(sample) {
        Some(lingua::Language::German) => Some(Language::German),
        Some(_) => Some(Language::English),
        None => declared.and_then(declared_language),
    }
}

/// Words of which every English text of some length is full and a German one holds none, and the other way round.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommonWords {
    english: Vec<String>,
    german: Vec<String>,
}

static COMMON: LazyLock<CommonWords> = LazyLock::new(|| crate::rules::read("languages"));

/// Whether the common words of a text leave no doubt, so that the detector, which looks at each row of five letters,
/// need not be asked.
fn is_plainly_english(sample: &str) -> bool {
    /// Common words of one language for each that may be one of the other: a quotation, a name.
    const TIMES: usize = 20;
    const FEWEST: usize = 10;
    let (mut english, mut german) = (0, 0);
    for word in sample.split(|c: char| !c.is_alphanumeric()).filter(|word| (2..=4).contains(&word.len())) {
        let is = |known: &String| known.eq_ignore_ascii_case(word);
        if COMMON.english.iter().any(is) {
            english += 1;
        } else if COMMON.german.iter().any(is) {
            german += 1;
        }
    }
    english >= FEWEST && english > german * TIMES
}

/// The script of a Chinese text: the one of which more characters would change by a conversion to the other.
fn chinese_script(text: &str, declared: Option<&str>) -> Language {
    let (mut traditional, mut simplified) = (0, 0);
    // Rare characters outside of the basic plane are the same in both scripts, but for a handful that no text uses.
    for c in text.chars().filter(|c| is_han(*c)).take(SAMPLE).filter(|c| u32::from(*c) <= 0xFFFF) {
        traditional += usize::from(TRADITIONAL.may_hold(c));
        simplified += usize::from(SIMPLIFIED.may_hold(c));
    }
    match traditional.cmp(&simplified) {
        std::cmp::Ordering::Greater => Language::ChineseTraditional,
        std::cmp::Ordering::Less => Language::ChineseSimplified,
        std::cmp::Ordering::Equal => declared
            .and_then(declared_language)
            .filter(|language| language.is_chinese())
            .unwrap_or(Language::ChineseTraditional),
    }
}

/// Asks a converter once for all characters, a line each, so that no phrase of its dictionaries can match.
fn changed_by(conversion: BuiltinConfig) -> CharSet {
    let all = ('\u{3400}'..='\u{ffff}').filter(|c| is_han(*c));
    let lines: String = all.flat_map(|c| [c, '\n']).collect();
    // The dictionaries are part of the program; without them no character changes.
    let converted = OpenCC::from_config(conversion).map_or_else(|_| lines.clone(), |opencc| opencc.convert(&lines));
    let pairs = lines.lines().zip(converted.lines());
    pairs.filter(|(before, after)| before != after).filter_map(|(before, _)| before.chars().next()).collect()
}

/// The language of a BCP 47 tag as pages write it (`zh-TW`, `zh_cn`, `EN-us`).
fn declared_language(tag: &str) -> Option<Language> {
    let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    match primary {
        "zh" | "cmn" | "yue" => {
            let traditional = rest.iter().any(|part| matches!(*part, "hant" | "tw" | "hk" | "mo"));
            Some(if traditional { Language::ChineseTraditional } else { Language::ChineseSimplified })
        }
        "en" => Some(Language::English),
        "ja" => Some(Language::Japanese),
        "ko" => Some(Language::Korean),
        "de" => Some(Language::German),
        _ => None,
    }
}

/// How many characters of each script the beginning of a text holds.
#[derive(Debug, Default)]
struct Scripts {
    han: usize,
    kana: usize,
    hangul: usize,
    latin: usize,
}

impl Scripts {
    fn count(text: &str) -> Self {
        let mut scripts = Self::default();
        // Of Han characters it is known without the large tables that they are letters.
        let letter = |c: &char| matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphabetic();
        for c in text.chars().filter(letter).take(SAMPLE) {
            match c {
                '\u{3041}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => scripts.kana += 1,
                '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' => scripts.hangul += 1,
                _ if is_han(c) => scripts.han += 1,
                _ if c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c) => scripts.latin += 1,
                _ => {}
            }
        }
        scripts
    }
}

/// Whether a character is a Han character.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_languages_are_told_apart() {
        let cases = [
            ("財政部公布十二月出口統計，年增率創新高", Some(Language::ChineseTraditional)),
            ("财政部公布十二月出口统计，年增率创新高", Some(Language::ChineseSimplified)),
            ("台湾对美国出口增长，TSMC 与 NVIDIA 受惠", Some(Language::ChineseSimplified)),
            ("財務省が発表した貿易統計によると、輸出額は前年同月比で増えた", Some(Language::Japanese)),
            ("관세청에 따르면 이달 수출이 작년보다 늘었다", Some(Language::Korean)),
            ("Exports rose for the third month in a row, the ministry said", Some(Language::English)),
            ("Die Ausfuhren stiegen im Dezember gegenüber dem Vorjahr deutlich", Some(Language::German)),
            ("12,345.6 +7.8%", None),
            ("", None),
        ];
        for (text, language) in cases {
            assert_eq!(detect(text, None), language, "{text}");
        }
    }

    #[test]
    fn a_declared_tag_decides_where_the_text_does_not() {
        assert_eq!(detect("中山大人", Some("zh-TW")), Some(Language::ChineseTraditional));
        assert_eq!(detect("中山大人", Some("zh-CN")), Some(Language::ChineseSimplified));
        assert_eq!(detect("100", Some("ko")), Some(Language::Korean));
        assert_eq!(detect("Les exportations ont augmenté en décembre", Some("fr")), None);
    }
}
