//! Durations as people write them: `"90s"`, `"10m"`, `"1h 30m"`.

use std::time::Duration;

use jiff::SignedDuration;

/// A duration that is not negative.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let refused = || format!("`{text}` is no duration; write one like \"500ms\", \"90s\", \"10m\" or \"24h\"");
    let signed: SignedDuration = text.parse().map_err(|_| refused())?;
    Duration::try_from(signed).map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, milliseconds) in
            [("2s", 2_000), ("10m", 600_000), ("500ms", 500), ("1h 30m", 5_400_000), ("24h", 86_400_000)]
        {
            assert_eq!(parse(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "5", "-2s", "soon", "1 fortnight"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
