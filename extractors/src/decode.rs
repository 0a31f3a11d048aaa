//! Bytes to text: BOM, `Content-Type`, `<meta>` or XML declaration, detector, in that order.

use crate::PageContext;
use crate::problem::Problem;

/// Text of a body, with the encoding that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// WHATWG name of the encoding.
    pub encoding: &'static str,
    /// What stood out.
    pub problems: Vec<Problem>,
}

/// Decodes a body. A declared charset counts only where the body decodes in it without error.
#[must_use]
pub fn decode(bytes: &[u8], context: &PageContext) -> Decoded {
    todo!("{} {:?}", bytes.len(), context)
}
