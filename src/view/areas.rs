//! Names of economies for people, by code. Knows no document and no store.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::wording::DisplayLanguage;

/// English and Chinese name of each code, read from the table beside this file.
static NAMES: LazyLock<HashMap<&str, (&str, &str)>> = LazyLock::new(|| {
    include_str!("areas.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((columns.next()?, (columns.next()?, columns.next()?)))
        })
        .collect()
});

/// Economies that English names with the article.
const WITH_ARTICLE: &[&str] = &[
    "AE", "BQ", "BS", "CF", "CK", "DO", "EU", "FK", "FO", "GB", "GM", "IM", "KM", "KY", "MH", "MP", "MV", "NL", "PH",
    "SB", "SC", "TC", "US", "VG", "VI",
];

/// The name of one economy, or of several joined with `+` (`CN+HK`: 中國及香港). A code without a name stands for itself.
#[must_use]
pub fn name(code: &str, language: DisplayLanguage) -> String {
    let one = |code: &str| match (NAMES.get(code), language) {
        (Some((english, _)), DisplayLanguage::En) => (*english).to_owned(),
        (Some((_, chinese)), DisplayLanguage::ZhTw) => (*chinese).to_owned(),
        (None, _) => code.to_owned(),
    };
    join(&code.split('+').map(one).collect::<Vec<_>>(), language)
}

/// The name as it stands inside an English sentence (`the United States`); the same as [`name`] in Chinese.
#[must_use]
pub fn name_in_sentence(code: &str, language: DisplayLanguage) -> String {
    match language {
        DisplayLanguage::ZhTw => name(code, language),
        DisplayLanguage::En => {
            let one = |code: &str| {
                let article = if WITH_ARTICLE.contains(&code) { "the " } else { "" };
                format!("{article}{}", name(code, language))
            };
            join(&code.split('+').map(one).collect::<Vec<_>>(), language)
        }
    }
}

fn join(names: &[String], language: DisplayLanguage) -> String {
    let (comma, and) = match language {
        DisplayLanguage::ZhTw => ("、", "及"),
        DisplayLanguage::En => (", ", " and "),
    };
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{}{and}{last}", first.join(comma)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_has_a_code_and_two_names() {
        for line in include_str!("areas.tsv").lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 3, "{line}");
            assert!(columns.iter().all(|column| !column.is_empty()), "{line}");
        }
        assert!(NAMES.len() > 250);
    }

    #[test]
    fn joined_codes_are_joined_names() {
        assert_eq!(name("CN+HK", DisplayLanguage::ZhTw), "中國及香港");
        assert_eq!(name("CN+HK+US", DisplayLanguage::En), "China, Hong Kong and United States");
        assert_eq!(name_in_sentence("US", DisplayLanguage::En), "the United States");
        assert_eq!(name("QQ", DisplayLanguage::En), "QQ");
    }

    #[test]
    fn every_article_belongs_to_a_known_code() {
        assert!(WITH_ARTICLE.iter().all(|code| NAMES.contains_key(code)));
    }
}
