//! What could not be read, and where.

use std::fmt;

/// Something a reader could not read. The rest of the page was read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What and why, for people.
    pub message: String,
    /// Byte of the answer's body at which it stands, where that is known.
    pub at: Option<usize>,
}

impl Problem {
    /// A problem of the page as a whole.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), at: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "{} (byte {at})", self.message),
            None => f.write_str(&self.message),
        }
    }
}
