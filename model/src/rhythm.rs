//! How often a resource changes, as far as looking at it could tell.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What the looks at a resource came to, older ones counting less. Counts are in thousandths of a look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rhythm {
    /// Looks.
    #[serde(default)]
    pub looks: u32,
    /// Looks that found it changed.
    #[serde(default)]
    pub changes: u32,
    /// Seconds between these looks in all.
    #[serde(default)]
    pub seconds: u64,
    /// When a change was seen last; `None`: never. The first look finds nothing changed, since there is nothing to
    /// compare with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Timestamp>,
}

impl Rhythm {
    /// Whether nothing was learned yet.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}
