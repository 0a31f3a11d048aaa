//! Sizes as people write them: `"2MiB"`, `"500 GB"`.

/// Units and their bytes: powers of 1024 as IEC 80000-13 names them, powers of 1000 as SI does.
const UNITS: [(&str, u64); 9] = [
    ("b", 1),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
];

/// A number of bytes.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let refused = || format!("`{text}` is no size; write one like \"512MiB\", \"50GiB\" or \"2TB\"");
    let trimmed = text.trim();
    let digits = trimmed.find(|c: char| !c.is_ascii_digit()).unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let (_, bytes) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(refused)?;
    number.parse::<u64>().ok().and_then(|number| number.checked_mul(*bytes)).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, bytes) in
            [("2MiB", 2 << 20), ("50 GiB", 50 << 30), ("10kb", 10_000), ("0B", 0), ("1tb", 1_000_000_000_000)]
        {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
        for text in ["", "5", "-2MiB", "much", "1.5GiB", "99999999999TiB", "GiB"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
