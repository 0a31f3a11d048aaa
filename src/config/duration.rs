//! Durations as people write them: `"90s"`, `"10m"`, `"1h 30m"`.

use std::time::Duration;

use jiff::{SignedDuration, SpanRelativeTo};

/// A duration of days or weeks as well, for what is kept for long: a day is 24 hours.
pub(super) fn parse_long(text: &str) -> Result<Duration, String> {
    let refused = || format!("`{text}` is no duration; write one like \"90d\", \"52w\" or \"36h\"");
    let span: jiff::Span = text.parse().map_err(|_| refused())?;
    let signed = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| refused())?;
    Duration::try_from(signed).map_err(|_| refused())
}

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
            assert!(parse_long(text).is_err(), "{text}");
        }
        for (text, hours) in [("400d", 9600), ("2w", 336), ("1w 1d 1h", 193), ("36h", 36)] {
            assert_eq!(parse_long(text), Ok(Duration::from_secs(hours * 3600)), "{text}");
        }
        assert!(parse_long("3 months").is_err(), "months differ");
    }
}
