//! What a line must hold to have a date in it: most lines have a number, and few a date, so that few patterns are tried.

/// What a text holds of that without which a pattern cannot match: most lines have a number, and few a date.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Signs {
    pub(super) digit: bool,
    /// 19 or 20 and two digits.
    year: bool,
    /// A mark between the parts of a date in digits.
    separator: bool,
    /// A colon, as between hours and minutes.
    clock: bool,
    /// 年 or its Korean form.
    marked: bool,
    /// Three letters with which the name of a month begins.
    month: bool,
    /// Digits enough for a whole date.
    row: bool,
    /// A character beyond ASCII, of which some are letters of ASCII in another form.
    wide: bool,
}

impl Signs {
    pub(super) fn of(text: &str) -> Self {
        const DIGITS_OF_A_DATE: usize = 8;
        let bytes = text.as_bytes();
        let mut signs = Self::default();
        let mut digits = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            match byte {
                b'0'..=b'9' => {
                    signs.digit = true;
                    signs.row |= digits >= DIGITS_OF_A_DATE;
                    let century = matches!(bytes.get(at..at + 2), Some(b"19" | b"20"));
                    let decade = || bytes.get(at + 2..at + 4).is_some_and(|two| two.iter().all(u8::is_ascii_digit));
                    signs.year |= century && decade();
                }
                b'-' | b'/' | b'.' => signs.separator = true,
                // The wide colon begins with this byte.
                b':' | 0xEF => signs.clock = true,
                // 年, 년
                0xE5 => signs.marked |= bytes[at..].starts_with("年".as_bytes()),
                0xEB => signs.marked |= bytes[at..].starts_with("년".as_bytes()),
                // ſ and the Kelvin sign are letters in another form, ä stands in a month's name.
                0xC3 | 0xC5 | 0xE2 => signs.wide = true,
                _ if !signs.month && byte.is_ascii_alphabetic() => signs.month = begins_month(&bytes[at..]),
                _ => {}
            }
        }
        signs
    }

    /// Which of the patterns of dates may match, in their order.
    pub(super) fn fitting(self) -> [bool; 15] {
        let named = self.month || self.wide;
        [
            self.year && self.separator,
            self.year && self.marked,
            self.marked,
            self.marked,
            self.separator,
            self.year && self.separator,
            self.year && named,
            named,
            self.year && named,
            self.year && named,
            self.year && self.separator,
            self.year && self.clock && named,
            self.year && self.clock && named,
            self.year && self.clock && self.separator,
            self.row,
        ]
    }
}

/// Whether letters begin as the name of a month does, in English or German.
fn begins_month(letters: &[u8]) -> bool {
    let Some(&[first, second, third]) = letters.first_chunk() else { return false };
    matches!(
        &[first, second, third].map(|letter| letter.to_ascii_lowercase()),
        b"jan"
            | b"feb"
            | b"mar"
            | b"mrz"
            | b"apr"
            | b"may"
            | b"mai"
            | b"jun"
            | b"jul"
            | b"aug"
            | b"sep"
            | b"oct"
            | b"okt"
            | b"nov"
            | b"dec"
            | b"dez"
    )
}
