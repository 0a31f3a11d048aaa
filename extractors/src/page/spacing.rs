//! White space: how runs of it are read in markup, and which line breaks of a hard-wrapped text end a paragraph.

/// Runs of white space become one blank, or nothing where the source was wrapped between two characters of a script
/// that sets no blanks. The ideographic space is kept inside a line: it is printed.
pub(crate) fn collapse(text: &str) -> String {
    if is_collapsed(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().filter(|c| !is_invisible(*c)).peekable();
    while let Some(c) = characters.next() {
        if !is_blank(c) {
            out.push(c);
            continue;
        }
        let mut wrapped = c == '\n' || c == '\r';
        while let Some(next) = characters.next_if(|next| is_blank(*next)) {
            wrapped |= next == '\n' || next == '\r';
        }
        let (Some(before), Some(after)) = (out.chars().next_back(), characters.peek()) else { continue };
        if !(wrapped && is_wide(before) && is_wide(*after)) {
            out.push(' ');
        }
    }
    let end = out.trim_end().len();
    out.truncate(end);
    let start = out.len() - out.trim_start().len();
    out.drain(..start);
    out
}

/// Whether nothing is to be done: printed characters of ASCII and Han, and single blanks between them.
fn is_collapsed(text: &str) -> bool {
    let mut blank = true;
    let plain = text.chars().all(|c| {
        let before = std::mem::replace(&mut blank, c == ' ');
        c == ' ' && !before
            || matches!(c, '!'..='~' | '\u{4e00}'..='\u{9fff}' | '、' | '。' | '「' | '」' | '，' | '：' | '（' | '）')
    });
    plain && (!blank || text.is_empty())
}

/// White space that markup collapses. Control characters count as white space: nothing prints them.
fn is_blank(c: char) -> bool {
    (c.is_whitespace() && c != '\u{3000}') || c.is_control()
}

/// Characters without any width or meaning in a text: soft hyphen, zero-width space and joiners, byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Characters of scripts that set no blanks between words: Han, kana, full-width signs. Hangul does set them.
pub(crate) fn is_wide(c: char) -> bool {
    super::language::is_han(c)
        || matches!(c, '\u{3001}'..='\u{30ff}' | '\u{ff01}'..='\u{ff60}' | '\u{2014}' | '\u{2018}'..='\u{201d}' | '\u{2026}')
}

/// Width of a line in columns of a terminal: a Han character takes two.
pub(crate) fn columns(line: &str) -> usize {
    line.chars()
        .map(|c| if is_wide(c) || c == '\u{3000}' || ('\u{ac00}'..='\u{d7a3}').contains(&c) { 2 } else { 1 })
        .sum()
}

/// Lines at least this wide may have been wrapped by a program; shorter ones were ended by their author.
const WRAPPED_COLUMNS: usize = 48;
/// A wrapped line misses at most this many columns of the widest one: a long word was carried over.
const RAGGED_COLUMNS: usize = 14;
/// No program wraps lines as wide as this: where one stands, authors ended the lines.
const WIDEST_WRAP: usize = 132;

/// Paragraphs of consecutive lines: a line that is about as wide as the widest one continues in the next.
pub(crate) fn unwrap_lines(lines: &[&str]) -> Vec<String> {
    let widest = lines.iter().map(|line| columns(line.trim_end())).max().unwrap_or(0);
    let narrow = widest < WRAPPED_COLUMNS && is_narrow_prose(lines, widest);
    let mut paragraphs: Vec<String> = Vec::new();
    let mut continues = false;
    for line in lines {
        let words = line.trim_end();
        match paragraphs.last_mut() {
            Some(paragraph) if continues && !starts_anew(words) => append(paragraph, words.trim_start()),
            _ => paragraphs.push(words.trim().to_owned()),
        }
        let width = columns(words);
        continues = (WRAPPED_COLUMNS..WIDEST_WRAP).contains(&widest.min(width)) && width + RAGGED_COLUMNS >= widest
            || narrow && width + NARROW_RAGGED >= widest && words.chars().next_back().is_some_and(goes_on);
    }
    paragraphs
}

/// Narrower lines are wrapped prose where most of them are of one width, hold a mark between clauses, and end in none.
const NARROW_COLUMNS: usize = 24;
/// A line of narrow prose misses at most this many columns: no line begins with a mark, and numbers are carried over.
const NARROW_RAGGED: usize = 6;

/// Whether lines of Han that are narrower than programs wrap them are prose all the same, as on old mirrors.
fn is_narrow_prose(lines: &[&str], widest: usize) -> bool {
    let body = lines.len().saturating_sub(1);
    let full = |line: &&&str| columns(line.trim_end()) + NARROW_RAGGED >= widest;
    let marked = |line: &&&str| line.contains(['，', ',', '。', '、']);
    let open = |line: &&&str| line.trim_end().chars().next_back().is_some_and(goes_on);
    let most = |count: usize| count * 3 >= body * 2;
    widest >= NARROW_COLUMNS
        && body >= 3
        && lines.iter().any(|line| line.chars().any(is_wide))
        && most(lines.iter().filter(full).count())
        && most(lines.iter().filter(open).count())
        && lines.iter().filter(marked).count() * 2 >= body
}

/// Whether a line that ends in this character goes on in the next.
fn goes_on(c: char) -> bool {
    !matches!(c, '。' | '！' | '？' | '：' | '；' | '」' | '”' | ')' | '）' | '.' | ':' | '%' | '％')
}

/// Appends a continued line: with a blank, except between characters of scripts that set none.
pub(crate) fn append(paragraph: &mut String, words: &str) {
    if let (Some(before), Some(after)) = (paragraph.chars().next_back(), words.chars().next())
        && !(is_wide(before) && is_wide(after))
        && !(is_wide(before) && after.is_ascii_digit())
        && !(before.is_ascii_digit() && is_wide(after))
        && !(before == '.' && after.is_ascii_digit() && ends_in_point(paragraph))
    {
        paragraph.push(' ');
    }
    paragraph.push_str(words);
}

/// Whether a line of a script without blanks was wrapped behind the point of a number (2015.⏎6億).
fn ends_in_point(paragraph: &str) -> bool {
    let digits = paragraph.trim_end_matches('.').trim_end_matches(|c: char| c.is_ascii_digit() || c == ',');
    digits.len() + 1 < paragraph.len() && digits.chars().next_back().is_some_and(is_wide)
}

/// A line that is set in or begins like an item of a list starts a paragraph.
fn starts_anew(line: &str) -> bool {
    line.starts_with("    ")
        || line.starts_with("\u{3000}\u{3000}")
        || line.starts_with(['*', '•', '●', '■', '◆', '※', '>', '-'])
        || line.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_collapses_as_it_is_set() {
        let cases = [
            ("  a \n\t b ", "a b"),
            ("出口\n   成長", "出口成長"),
            ("出口 成長", "出口 成長"),
            ("出口　成長", "出口　成長"),
            ("　　出口", "出口"),
            ("수출\n증가", "수출 증가"),
            ("ex\u{ad}ports\u{200b}", "exports"),
            ("a\u{a0}b\u{5}", "a b"),
            ("\n", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(collapse(text), expected, "{text:?}");
        }
    }

    #[test]
    fn hard_wrapped_lines_become_paragraphs() {
        let text = "統計機關昨天說明上一季的貨品往來，各主要市場的需求都比預期來得穩定，其中亞\n洲市場最好。\n另一段。";
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            unwrap_lines(&lines),
            ["統計機關昨天說明上一季的貨品往來，各主要市場的需求都比預期來得穩定，其中亞洲市場最好。", "另一段。"]
        );
        let lines =
            ["Exports of the island rose sharply in the month, figures of", "customs show.", "    Imports fell."];
        assert_eq!(
            unwrap_lines(&lines),
            ["Exports of the island rose sharply in the month, figures of customs show.", "Imports fell."]
        );
        assert_eq!(unwrap_lines(&["一", "二"]), ["一", "二"]);
        let narrow = [
            "（本報記者20日電）統計機關今天公布2月",
            "貨品出口310.2億元,年增5.7%,連4個月正成",
            "長。",
            "儘管1月出口減少,不過2月適逢節日落點不",
            "同,工作日數較多,因此需求回升,後續仍要",
            "觀察。",
        ];
        assert_eq!(unwrap_lines(&narrow).len(), 2, "old mirrors wrap narrow lines");
        let rows =
            ["一月　　出口１００億元", "二月　　出口１１０億元", "三月　　出口１２０億元", "四月　　出口１３０億元"];
        assert_eq!(unwrap_lines(&rows).len(), 4, "rows of numbers are no prose");
        let torn = ["甲國統計機關今天公布上一季的外銷訂單金額，合計達到2015.", "6億元，較去年同期減少百分之三。"];
        assert!(unwrap_lines(&torn)[0].contains("2015.6億元"), "a number is carried over behind its point");
        let long = "各市場的出口都有成長，".repeat(8);
        assert_eq!(unwrap_lines(&[&long, &long]).len(), 2, "authors ended lines that no program wraps");
    }
}
