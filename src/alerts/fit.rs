//! A message in the room that a receiver gives it: whole lines as long as they fit, the link always. Pure.

use super::message::Message;

/// What a receiver counts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    /// Unicode characters.
    Characters,
    /// UTF-16 code units.
    Utf16,
    /// Bytes of UTF-8.
    Bytes,
}

/// How much a receiver takes, and what it must be spared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) most: usize,
    pub(super) unit: Unit,
    /// Makes a line of plain text into one of the receiver's.
    pub(super) escape: fn(&str) -> String,
}

/// Text that needs no escaping.
pub(super) fn plain(text: &str) -> String {
    text.to_owned()
}

/// The five signs of HTML and XML.
pub(super) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() && c != '\n' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

impl Room {
    fn size(&self, text: &str) -> usize {
        match self.unit {
            Unit::Characters => text.chars().count(),
            Unit::Utf16 => text.encode_utf16().count(),
            Unit::Bytes => text.len(),
        }
    }

    /// The message as text: first line, further lines, link. Lines that do not fit are left out, which the text says.
    pub(super) fn fit(&self, message: &Message) -> String {
        let link = message.link.as_deref().filter(|link| self.size(link) * 2 <= self.most);
        let tail = link.map(|link| format!("\n{link}")).unwrap_or_default();
        let cut = format!("\n{}", (self.escape)(&message.cut));
        let room = self.most.saturating_sub(self.size(&tail));
        let first = self.line(&message.first, room);
        let whole = first.whole;
        let mut text = first.text;
        let mut left_out = !whole;
        for line in &message.lines {
            let line = format!("\n{}", (self.escape)(line));
            let reserve = if link.is_some() { self.size(&cut) } else { 0 };
            if left_out || self.size(&text) + self.size(&line) + reserve > room {
                left_out = true;
                break;
            }
            text.push_str(&line);
        }
        if left_out && link.is_some() && self.size(&text) + self.size(&cut) <= room {
            text.push_str(&cut);
        }
        text + &tail
    }

    /// One line, cut at the end of a sentence where that keeps most of it, else anywhere.
    pub(super) fn line(&self, line: &str, room: usize) -> Cut {
        let whole = (self.escape)(line);
        if self.size(&whole) <= room {
            return Cut { text: whole, whole: true };
        }
        let ends: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
        let with_dots = |end: usize| (self.escape)(&line[..end]) + "…";
        let fits = ends.partition_point(|&end| self.size(&with_dots(end)) <= room);
        let end = fits.checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or(0);
        let kept = &line[..end];
        let sentence = kept.char_indices().rev().find(|&(at, c)| is_end(c, &kept[at + c.len_utf8()..]));
        match sentence {
            Some((at, c)) if (at + c.len_utf8()) * 3 >= end * 2 => {
                Cut { text: (self.escape)(&line[..at + c.len_utf8()]), whole: false }
            }
            _ if room == 0 => Cut { text: String::new(), whole: false },
            _ => Cut { text: with_dots(end), whole: false },
        }
    }
}

/// A line and whether all of it is there.
pub(super) struct Cut {
    pub(super) text: String,
    pub(super) whole: bool,
}

/// Whether a character ends a sentence. A point does before a space only: it also stands in numbers.
fn is_end(c: char, behind: &str) -> bool {
    matches!(c, '。' | '！' | '？' | '；') || (matches!(c, '.' | '!' | '?' | ';') && behind.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(first: &str, lines: &[&str], link: Option<&str>) -> Message {
        Message {
            title: "統計".into(),
            first: first.into(),
            lines: lines.iter().map(|&line| line.to_owned()).collect(),
            link: link.map(ToOwned::to_owned),
            cut: "（其餘見連結）".into(),
        }
    }

    fn room(most: usize, unit: Unit) -> Room {
        Room { most, unit, escape: plain }
    }

    #[test]
    fn what_fits_is_whole() {
        let told = message("一二三。", &["四", "五"], Some("https://a.example/"));
        assert_eq!(room(100, Unit::Characters).fit(&told), "一二三。\n四\n五\nhttps://a.example/");
    }

    #[test]
    fn lines_that_do_not_fit_are_left_out_and_the_link_says_where_they_are() {
        let told = message("一二三。", &["四四四四四四", "五五五五五五五五五五五五"], Some("https://a.example/"));
        assert_eq!(room(41, Unit::Characters).fit(&told), "一二三。\n四四四四四四\n（其餘見連結）\nhttps://a.example/");
    }

    #[test]
    fn a_first_line_that_is_too_long_ends_with_a_sentence() {
        let told = message("出口創新高。進口也增加。順差擴大，分析師認為", &[], None);
        assert_eq!(room(16, Unit::Characters).fit(&told), "出口創新高。進口也增加。");
        let told = message("出口創新高，進口也增加，順差擴大，分析師認為", &[], None);
        assert_eq!(room(10, Unit::Characters).fit(&told), "出口創新高，進口也…");
        let told = message("up 43.4 percent on the year before and more", &[], None);
        assert_eq!(room(12, Unit::Characters).fit(&told), "up 43.4 per…");
    }

    #[test]
    fn escaping_counts() {
        let escaped = Room { most: 12, unit: Unit::Characters, escape: html };
        assert_eq!(escaped.fit(&message("<<<<<<", &[], None)), "&lt;&lt;…");
    }

    proptest! {
        #[test]
        fn no_text_is_longer_than_its_room(
            first in "\\PC{0,60}", line in "[a-z。<&]{0,40}", link in proptest::option::of("https://[a-z]{1,9}/"),
            most in 4usize..90, unit in 0usize..3, hard in any::<bool>(),
        ) {
            let unit = [Unit::Characters, Unit::Utf16, Unit::Bytes][unit];
            let room = Room { most, unit, escape: if hard { html } else { plain } };
            let told = room.fit(&message(&first, &[&line, &line], link.as_deref()));
            prop_assert!(room.size(&told) <= most, "{} of {most}: {told}", room.size(&told));
        }
    }
}
