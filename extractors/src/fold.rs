//! Text made comparable: Traditional to Simplified characters, full width to half width, one character for one.
//!
//! What changes: Han characters become the Simplified ones, each by itself; the full-width forms of ASCII (`！` to
//! `～`, so also `，`, `：`, `；`, `（`, `％`) become ASCII; ideographic, no-break and other typographic spaces become a
//! space; full-width currency signs become the plain ones. `。`, `、`, quotation marks and dashes stay as they are.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

/// The Han characters that have a Simplified form: CJK extension A and the unified ideographs.
const FIRST_HAN: u32 = 0x3400;
const LAST_HAN: u32 = 0x9FFF;

/// What each Han character of the basic plane becomes, by its distance from [`FIRST_HAN`].
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(simplified);

/// The folded, lower-case forms of all characters of the basic plane.
static LOWER: LazyLock<Forms> = LazyLock::new(|| Forms::new(|c| fold_char(c).to_ascii_lowercase()));

/// The same, but where they are shorter than the character: there it stays as it is.
static ALIGNED: LazyLock<Forms> =
    LazyLock::new(|| Forms::new(|c| Some(LOWER.of(c)).filter(|folded| folded.len_utf8() == c.len_utf8()).unwrap_or(c)));

/// One look at a table for each character of a text, whatever its script.
pub(crate) struct Forms(Vec<u16>);

impl Forms {
    fn new(form: impl Fn(char) -> char) -> Self {
        let code = |code: u16| char::from_u32(u32::from(code)).map_or(code, |c| u16::try_from(form(c)).unwrap_or(code));
        Self((0..=u16::MAX).map(code).collect())
    }

    /// The form of a character; those outside of the basic plane are their own.
    pub(crate) fn of(&self, c: char) -> char {
        self.0.get(c as usize).and_then(|&code| char::from_u32(u32::from(code))).unwrap_or(c)
    }
}

/// Folded, lower-case forms, one for each character.
pub(crate) fn lower() -> &'static Forms {
    &LOWER
}

/// Folded, lower-case forms that are as long in UTF-8 as the characters themselves.
pub(crate) fn aligned() -> &'static Forms {
    &ALIGNED
}

/// Folds a text character by character, so that the n-th character of the result is the n-th of the original.
/// Case is kept. Byte offsets differ where a full-width character becomes an ASCII one.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    text.chars().map(fold_char).collect()
}

/// A key under which two spellings of one name agree: folded, lower case, letters and digits only.
#[must_use]
pub fn key(text: &str) -> String {
    text.chars().map(fold_char).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Folds one character.
pub(crate) fn fold_char(c: char) -> char {
    let code = u32::from(c);
    match code {
        0..0x80 => c,
        FIRST_HAN..=LAST_HAN => SIMPLIFIED.get((code - FIRST_HAN) as usize).copied().unwrap_or(c),
        0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        0xA0 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => ' ',
        0xFFE0 => '¢',
        0xFFE1 => '£',
        0xFFE5 => '¥',
        0xFFE6 => '₩',
        _ => c,
    }
}

/// Asks the converter once for all characters, a line each, so that no phrase of its dictionaries can match.
fn simplified() -> Vec<char> {
    let all: Vec<char> = (FIRST_HAN..=LAST_HAN).filter_map(char::from_u32).collect();
    let Ok(converter) = OpenCC::from_config(BuiltinConfig::T2s) else {
        // The dictionaries are part of the binary; without them characters stay as they are.
        return all;
    };
    let lines: String = all.iter().flat_map(|&c| [c, '\n']).collect();
    let converted = converter.convert(&lines);
    let mut forms: Vec<char> = all;
    for (form, line) in forms.iter_mut().zip(converted.lines()) {
        let mut characters = line.chars();
        // A form outside of the basic plane is one that no text uses: the original is the better key.
        if let (Some(simple), None) = (characters.next(), characters.next())
            && u32::from(simple) <= 0xFFFF
        {
            *form = simple;
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_scripts_and_widths_agree() {
        for (given, folded) in [
            ("財政部統計處長蔡美娜", "财政部统计处长蔡美娜"),
            ("１２月出口年增４３．４％，約", "12月出口年增43.4%,约"),
            ("臺灣　對美", "台湾 对美"),
            ("後年、乾貨。「發展」", "后年、干货。「发展」"),
            ("兩岸ＥＣＦＡ", "两岸ECFA"),
            ("plain ASCII stays", "plain ASCII stays"),
        ] {
            assert_eq!(fold(given), folded);
        }
    }

    #[test]
    fn keys_ignore_case_spaces_and_marks() {
        assert_eq!(key("Ministry of Finance (R.O.C.)"), "ministryoffinanceroc");
        assert_eq!(key("財政部 統計處"), key("财政部统计处"));
    }

    proptest! {
        #[test]
        fn one_character_for_one(text in "\\PC{0,40}") {
            let folded = fold(&text);
            prop_assert_eq!(folded.chars().count(), text.chars().count());
            prop_assert_eq!(fold(&folded.clone()), folded);
        }
    }
}
