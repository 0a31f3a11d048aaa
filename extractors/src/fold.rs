//! Text made comparable: Traditional to Simplified characters, full width to half width, one character for one.

/// Folds a text character by character, so that the n-th character of the result is the n-th of the original.
/// Case is kept. Byte offsets differ where a full-width character becomes an ASCII one.
#[must_use]
pub fn fold(text: &str) -> String {
    todo!("{text}")
}

/// A key under which two spellings of one name agree: folded, lower case, letters and digits only.
#[must_use]
pub fn key(text: &str) -> String {
    todo!("{text}")
}
