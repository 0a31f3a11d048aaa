//! Readings in brackets that some mirrors leave behind characters (貿(mào)易), as a converter of their script put them.

use super::language::is_han;

/// Fewer of them are a text's own: it teaches how a word is read.
const FEWEST: usize = 3;
/// Letters of the longest syllable.
const LONGEST: usize = 6;

/// The text without such readings, where it is full of them.
pub(super) fn without_readings(text: String) -> String {
    let found = readings(&text);
    if found.len() < FEWEST {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    let mut from = 0;
    for (start, end) in found {
        clean.push_str(&text[from..start]);
        from = end;
    }
    clean.push_str(&text[from..]);
    clean
}

/// The places of syllables with a tone mark in brackets directly behind a Han character.
fn readings(text: &str) -> Vec<(usize, usize)> {
    text.match_indices('(')
        .filter(|(at, _)| text[..*at].chars().next_back().is_some_and(is_han))
        .filter_map(|(at, _)| {
            let inside: String = text[at + 1..].chars().take(LONGEST + 1).take_while(|c| *c != ')').collect();
            let letter = |c: char| c.is_ascii_lowercase() || is_toned(c);
            let reading = inside.chars().all(letter) && inside.chars().any(is_toned);
            let end = at + 1 + inside.len();
            (reading && text[end..].starts_with(')')).then_some((at, end + 1))
        })
        .collect()
}

fn is_toned(c: char) -> bool {
    "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_go_where_a_text_is_full_of_them() {
        let damaged = "貿(mào)易統(tǒng)計顯示,進(jìn)出口(含轉口)增長(5%)";
        assert_eq!(without_readings(damaged.to_owned()), "貿易統計顯示,進出口(含轉口)增長(5%)");
        let lesson = "「行」(háng)是行(xíng)業";
        assert_eq!(without_readings(lesson.to_owned()), lesson);
    }
}
