//! Economies and groups of them, as codes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// An economy: ISO 3166-1 alpha-2 (`TW`), or a group's code (`EU`, `ASEAN`, `ASIA`, `AFRICA`, `BRI`, `WORLD`).
/// Its code is shared: reading copies it with every clause.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Area(pub Arc<str>);

impl Area {
    /// Wraps a code that is already upper case.
    pub fn new(code: impl AsRef<str>) -> Self {
        Self(code.as_ref().into())
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Area {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The other side of the trade: one area, or several joined with `+` in alphabetical order (`CN+HK`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Partner(pub String);

impl Partner {
    /// The partner made of these areas, in alphabetical order, each once. `None` where there are none.
    #[must_use]
    pub fn of(areas: &[Area]) -> Option<Self> {
        let mut codes: Vec<&str> = areas.iter().map(Area::as_str).collect();
        codes.sort_unstable();
        codes.dedup();
        (!codes.is_empty()).then(|| Self(codes.join("+")))
    }

    /// The codes joined with `+`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Partner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partners_are_ordered_and_counted_once() {
        let areas = ["US", "CN", "HK", "CN"].map(Area::new);
        assert_eq!(Partner::of(&areas).expect("a partner").as_str(), "CN+HK+US");
        assert_eq!(Partner::of(&[]), None);
    }
}
