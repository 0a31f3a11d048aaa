//! How long the publisher of a feed asks not to be asked again.

use super::tokens::{Token, local, tokens};

/// No feed is left alone for longer on its own word: some say a month and change daily.
const LONGEST: u32 = 24 * 3600;
/// Tokens in which the words of a channel are looked for: they stand before its entries, or nearly so.
const LOOKED_AT: usize = 4_000;

/// Seconds between two looks, as far as the feed says. Inside entries nothing counts.
pub(super) fn ttl(text: &str) -> Option<u32> {
    if text.starts_with('{') {
        return None;
    }
    let (mut minutes, mut period, mut frequency) = (None, None, 1_u32);
    let mut open = "";
    let mut inside = false;
    for token in tokens(text).take(LOOKED_AT) {
        match token {
            Token::Start { name, empty: false, .. } => {
                open = local(name);
                inside |= matches!(open, "item" | "entry");
            }
            Token::End { name, .. } => {
                if matches!(local(name), "item" | "entry") {
                    inside = false;
                }
                open = "";
            }
            Token::Text(words) | Token::Data(words) if !inside => match open {
                "ttl" => minutes = words.trim().parse::<u32>().ok().filter(|minutes| *minutes > 0),
                "updatePeriod" => period = seconds(words.trim()),
                "updateFrequency" => frequency = words.trim().parse().ok().filter(|times| *times > 0).unwrap_or(1),
                _ => {}
            },
            _ => {}
        }
    }
    let asked = minutes.map(|minutes| minutes.saturating_mul(60)).or_else(|| period.map(|period| period / frequency));
    asked.map(|seconds| seconds.min(LONGEST)).filter(|seconds| *seconds > 0)
}

/// RSS 1.0, module syndication.
fn seconds(period: &str) -> Option<u32> {
    Some(match period.to_ascii_lowercase().as_str() {
        "hourly" => 3600,
        "daily" => 24 * 3600,
        "weekly" => 7 * 24 * 3600,
        "monthly" => 30 * 24 * 3600,
        "yearly" => 365 * 24 * 3600,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_publisher_asks_is_read() {
        for (text, expected) in [
            ("<rss><channel><ttl> 60 </ttl><item><title>a</title></item></channel></rss>", Some(3600)),
            ("<rss><channel><ttl>0</ttl></channel></rss>", None),
            ("<rss><channel><ttl>999999</ttl></channel></rss>", Some(LONGEST)),
            (
                "<rss><channel><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel></rss>",
                Some(900),
            ),
            ("<rdf:RDF><channel><syn:updatePeriod>daily</syn:updatePeriod></channel></rdf:RDF>", Some(LONGEST)),
            ("<rss><channel><item><ttl>5</ttl></item></channel></rss>", None),
            ("{\"version\": \"https://jsonfeed.org/version/1.1\"}", None),
            ("", None),
        ] {
            assert_eq!(ttl(text), expected, "{text}");
        }
    }
}
