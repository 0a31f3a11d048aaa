//! Bytes to text: BOM, `Content-Type`, `<meta>` or XML declaration, detector, in that order.
//!
//! A declaration is a claim, not a fact: it counts only where the body decodes in it without error, and a body that
//! is plainly UTF-8 is read as UTF-8 whatever it claims. Nothing here knows what the text means.

use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};
use regex::bytes::Regex;
use url::Url;

use crate::PageContext;
use crate::problem::Problem;

/// Bytes at the beginning in which a declaration is looked for. The HTML standard says 1024; pages that put scripts
/// in front of their `<meta>` are common.
const PRESCAN: usize = 8192;
/// Bytes that the detector is given; it is sure long before.
const DETECTOR_SAMPLE: usize = 256 * 1024;

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
    if let Some(decoded) = by_byte_order_mark(bytes) {
        return decoded;
    }
    let mut problems = Vec::new();
    let claims = [
        ("the Content-Type header", header_charset(context.content_type.as_deref())),
        ("the page", declared_charset(bytes)),
    ];
    let claims: Vec<(&str, String)> =
        claims.into_iter().filter_map(|(who, label)| label.map(|label| (who, label))).collect();
    let utf8 = std::str::from_utf8(bytes).ok();
    let claims = weak_last(claims, bytes, context);
    let mut candidates: Vec<&'static Encoding> = Vec::new();
    for (who, label) in &claims {
        let Some(encoding) = encoding_of(label, bytes) else {
            problems.push(Problem::new(format!("{who} names the unknown encoding `{label}`")));
            continue;
        };
        if utf8.is_some() && encoding != UTF_8 && is_plainly_utf8(bytes, encoding) {
            problems.push(Problem::new(format!("{who} claims {label}, but the text is UTF-8; read as UTF-8")));
            candidates.clear();
            break;
        }
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            return Decoded { text: text.into_owned(), encoding: encoding.name(), problems };
        }
        problems.push(Problem::new(format!("{who} claims {label}, in which the text does not decode")));
        candidates.push(encoding);
    }
    if let Some(text) = utf8 {
        return Decoded { text: text.to_owned(), encoding: UTF_8.name(), problems };
    }
    undeclared(bytes, context, candidates, problems)
}

/// The claims with one for a single-byte encoding last, where another claim or the detector knows better: servers send
/// `ISO-8859-1` with everything, and any bytes decode in it.
fn weak_last(
    mut claims: Vec<(&'static str, String)>,
    bytes: &[u8],
    context: &PageContext,
) -> Vec<(&'static str, String)> {
    let is_single = |label: &str| encoding_of(label, bytes).is_some_and(Encoding::is_single_byte);
    if !claims.first().is_some_and(|(_, label)| is_single(label)) || !stands_in_runs(bytes) {
        return claims;
    }
    let guess = detect(bytes, context);
    if !guess.is_single_byte() && guess.decode_without_bom_handling_and_without_replacement(bytes).is_some() {
        claims.insert(0, ("the detector", guess.name().to_owned()));
    }
    claims.sort_by_key(|(_, label)| is_single(label));
    claims
}

/// Whether most bytes beyond ASCII stand beside another one, as in scripts of two bytes a character; in Latin scripts
/// they stand alone.
fn stands_in_runs(bytes: &[u8]) -> bool {
    let is_high = |byte: &u8| *byte >= 0x80;
    let high = bytes.iter().filter(|byte| is_high(byte)).count();
    let beside = bytes.windows(2).filter(|pair| pair.iter().all(is_high)).count();
    high >= FEWEST_HIGH && beside * 2 > high
}

/// Bytes beyond ASCII that tell a script.
const FEWEST_HIGH: usize = 16;

/// What is neither as declared nor UTF-8: the detector's guess, or whichever candidate has the fewest errors.
fn undeclared(
    bytes: &[u8],
    context: &PageContext,
    mut candidates: Vec<&'static Encoding>,
    mut problems: Vec<Problem>,
) -> Decoded {
    let guess = detect(bytes, context);
    if let Some(text) = guess.decode_without_bom_handling_and_without_replacement(bytes)
        && !candidates.contains(&guess)
        && !is_almost(UTF_8, bytes)
        && !candidates.iter().any(|encoding| is_almost(encoding, bytes))
    {
        return Decoded { text: text.into_owned(), encoding: guess.name(), problems };
    }
    candidates.push(UTF_8);
    let encoding = candidates.iter().copied().find(|encoding| is_almost(encoding, bytes));
    let encoding = encoding.unwrap_or_else(|| {
        candidates.push(guess);
        candidates.iter().copied().min_by_key(|encoding| count_errors(encoding, bytes).0).unwrap_or(UTF_8)
    });
    let text = encoding.decode_without_bom_handling(bytes).0.into_owned();
    let errors = text.matches('\u{fffd}').count();
    if errors > 0 {
        problems.push(Problem::new(format!("{errors} places do not decode in {}", encoding.name())));
    }
    Decoded { text, encoding: encoding.name(), problems }
}

/// One error in this many bytes leaves an encoding believable: a page cut off inside a character, a stray byte.
const BYTES_AN_ERROR: usize = 2000;

/// Whether a body decodes but for a few places, and holds more characters beyond ASCII than such places.
fn is_almost(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let (errors, others) = count_errors(encoding, bytes);
    // Sequences of UTF-8 hardly ever come by chance: many of them outweigh some errors.
    let few = errors <= 1 + bytes.len() / BYTES_AN_ERROR || encoding == UTF_8 && errors * SEQUENCES_AN_ERROR <= others;
    few && others > errors
}

/// One error in this many characters beyond ASCII leaves UTF-8 believable.
const SEQUENCES_AN_ERROR: usize = 20;

/// Places that do not decode, and characters beyond ASCII that do.
fn count_errors(encoding: &'static Encoding, bytes: &[u8]) -> (usize, usize) {
    let text = encoding.decode_without_bom_handling(bytes).0;
    let errors = text.matches('\u{fffd}').count();
    (errors, text.chars().filter(|c| !c.is_ascii()).count() - errors)
}

fn by_byte_order_mark(bytes: &[u8]) -> Option<Decoded> {
    // The WHATWG rules know no UTF-32, but its marks begin like those of UTF-16 and would be misread.
    for (mark, little) in [([0xff, 0xfe, 0, 0], true), ([0, 0, 0xfe, 0xff], false)] {
        if let Some(rest) = bytes.strip_prefix(&mark) {
            let units = rest.chunks_exact(4).map(|unit| {
                let unit = [unit[0], unit[1], unit[2], unit[3]];
                let code = if little { u32::from_le_bytes(unit) } else { u32::from_be_bytes(unit) };
                char::from_u32(code).unwrap_or('\u{fffd}')
            });
            let encoding = if little { "UTF-32LE" } else { "UTF-32BE" };
            return Some(Decoded { text: units.collect(), encoding, problems: Vec::new() });
        }
    }
    // Markup in UTF-16 without a mark begins with `<` and a zero byte, on one side or the other.
    let unmarked = match bytes {
        [b'<', 0, ..] => Some((UTF_16LE, 0)),
        [0, b'<', ..] => Some((UTF_16BE, 0)),
        _ => None,
    };
    let (encoding, length) = Encoding::for_bom(bytes).or(unmarked)?;
    let (text, bad) = encoding.decode_without_bom_handling(&bytes[length..]);
    // A UTF-8 mark in front of text in another encoding: the mark is wrong, not the text.
    if bad && encoding == UTF_8 && !is_almost(UTF_8, &bytes[length..]) {
        return None;
    }
    let mut problems = Vec::new();
    if bad {
        let errors = text.matches('\u{fffd}').count();
        problems.push(Problem::new(format!("{errors} places do not decode in {}", encoding.name())));
    }
    Some(Decoded { text: text.into_owned(), encoding: encoding.name(), problems })
}

/// The `charset` parameter of a `Content-Type`.
fn header_charset(content_type: Option<&str>) -> Option<String> {
    content_type?.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The encoding that an XML declaration or a `<meta>` names.
fn declared_charset(bytes: &[u8]) -> Option<String> {
    static DECLARATION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?i-u)^\s*<\?xml[^>]*?encoding\s*=\s*["']\s*([a-z0-9_:.+-]+)|<meta[^>]*?charset\s*=\s*["']?\s*([a-z0-9_:.+-]+)"#,
        )
        .expect("a fixed pattern")
    });
    let head = &bytes[..bytes.len().min(PRESCAN)];
    let found = DECLARATION.captures(head)?;
    let label = found.get(1).or_else(|| found.get(2))?;
    Some(String::from_utf8_lossy(label.as_bytes()).into_owned())
}

/// The encoding of a label, with the names that the web uses beside those of the standard.
fn encoding_of(label: &str, bytes: &[u8]) -> Option<&'static Encoding> {
    let folded = label.trim().to_ascii_lowercase().replace('_', "-");
    let encoding = match folded.as_str() {
        "cp936" | "ms936" | "gb18030-2000" => GB18030,
        "cp950" | "ms950" | "big5-eten" | "big5hkscs" | "big-5" => BIG5,
        "cp932" | "windows-932" | "sjis-win" => SHIFT_JIS,
        "cp949" | "ms949" | "uhc" => EUC_KR,
        "utf8mb4" | "utf" | "utf-8n" => UTF_8,
        _ => Encoding::for_label(label.trim().as_bytes())?,
    };
    if encoding == GBK {
        return Some(GB18030);
    }
    // A page that names UTF-16 in ASCII letters is not in UTF-16 (WHATWG, "prescan a byte stream").
    if (encoding == UTF_16LE || encoding == UTF_16BE) && !bytes.iter().take(64).any(|byte| *byte == 0) {
        return Some(UTF_8);
    }
    Some(encoding)
}

/// Whether bytes that are valid UTF-8 cannot well be meant in another encoding. For a single-byte encoding any
/// character beyond ASCII shows it; two-byte encodings can produce two-byte sequences by chance, hardly longer ones.
fn is_plainly_utf8(bytes: &[u8], claimed: &'static Encoding) -> bool {
    if claimed.is_single_byte() {
        return bytes.iter().any(|byte| *byte >= 0x80);
    }
    bytes.iter().any(|byte| *byte >= 0xe0)
}

fn detect(bytes: &[u8], context: &PageContext) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(DETECTOR_SAMPLE)], bytes.len() <= DETECTOR_SAMPLE);
    let domain = context.url.as_deref().and_then(top_level_domain);
    let guess = detector.guess(domain.as_deref().map(str::as_bytes), Utf8Detection::Allow);
    if guess == GBK { GB18030 } else { guess }
}

/// The last label of a host name, where the detector can use it.
fn top_level_domain(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let label = url.domain()?.rsplit('.').next()?.to_ascii_lowercase();
    (!label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TRADITIONAL: &str = "財政部公布去年十二月海關進出口貿易統計，出口創下歷年同月新高，年增率連續多月為正。";
    const SIMPLIFIED: &str = "海关总署公布今年前两个月进出口总值，出口同比增长，进口略有下降，贸易顺差扩大。";
    const JAPANESE: &str =
        "財務省が発表した貿易統計速報によると、輸出額は前年同月比で増加し、三カ月連続のプラスとなった。";
    const KOREAN: &str = "관세청이 발표한 수출입 현황에 따르면 이달 수출은 작년 같은 기간보다 늘어난 것으로 나타났다.";

    fn context(content_type: Option<&str>, url: Option<&str>) -> PageContext {
        PageContext {
            content_type: content_type.map(str::to_owned),
            url: url.map(str::to_owned),
            ..PageContext::default()
        }
    }

    #[test]
    fn declared_encodings_are_taken_from_header_and_page() {
        let cases = [
            (BIG5, "big5", TRADITIONAL),
            (BIG5, "Big5-HKSCS", TRADITIONAL),
            (GBK, "gb2312", SIMPLIFIED),
            (GB18030, "gbk", SIMPLIFIED),
            (SHIFT_JIS, "Shift_JIS", JAPANESE),
            (encoding_rs::EUC_JP, "euc-jp", JAPANESE),
            (EUC_KR, "cp949", KOREAN),
        ];
        for (encoding, label, text) in cases {
            let bytes = encoding.encode(text).0;
            let header = decode(&bytes, &context(Some(&format!("text/html; charset=\"{label}\"")), None));
            assert_eq!((header.text.as_str(), header.problems.len()), (text, 0), "header {label}");
            let page = format!("<html><head><meta charset={label}></head><body>{text}");
            let decoded = decode(&encoding.encode(&page).0, &context(None, None));
            assert_eq!((decoded.text, decoded.problems.len()), (page, 0), "page {label}");
            let xml = format!("<?xml version='1.0' encoding='{label}'?><a>{text}</a>");
            assert_eq!(decode(&encoding.encode(&xml).0, &context(None, None)).text, xml, "xml {label}");
        }
    }

    #[test]
    fn undeclared_encodings_are_detected_with_the_hint_of_the_domain() {
        let cases = [
            (BIG5, TRADITIONAL, "https://www.example.com.tw/"),
            (GB18030, SIMPLIFIED, "https://www.example.cn/"),
            (SHIFT_JIS, JAPANESE, "https://www.example.jp/"),
            (encoding_rs::EUC_JP, JAPANESE, "https://www.example.jp/"),
            (EUC_KR, KOREAN, "https://www.example.co.kr/"),
        ];
        for (encoding, text, url) in cases {
            let decoded = decode(&encoding.encode(text).0, &context(None, Some(url)));
            assert_eq!(decoded.text, text, "{url}");
        }
    }

    #[test]
    fn a_page_that_claims_big5_and_is_utf8_is_read_as_utf8() {
        let page = format!("<meta charset=\"big5\">{TRADITIONAL}");
        let decoded = decode(page.as_bytes(), &context(None, None));
        assert_eq!((decoded.text.as_str(), decoded.encoding), (page.as_str(), "UTF-8"));
        assert!(decoded.problems[0].message.contains("claims big5"), "{:?}", decoded.problems);
    }

    #[test]
    fn a_page_that_claims_utf8_and_is_big5_is_read_as_big5() {
        let bytes = BIG5.encode(TRADITIONAL).0;
        let decoded = decode(&bytes, &context(Some("text/html; charset=utf-8"), Some("http://example.tw/")));
        assert_eq!((decoded.text.as_str(), decoded.encoding), (TRADITIONAL, "Big5"));
        assert_eq!(decoded.problems.len(), 1);
    }

    #[test]
    fn a_server_that_sends_latin_1_with_everything_is_not_believed() {
        let latin = context(Some("text/html; charset=ISO-8859-1"), None);
        let page = format!("<meta charset=gb2312>{SIMPLIFIED}");
        let decoded = decode(&GBK.encode(&page).0, &latin);
        assert_eq!(decoded.text, page);
        assert_eq!(decode(&SHIFT_JIS.encode(JAPANESE).0, &latin).text, JAPANESE);
        let german = "Die Ausfuhren der Länder stiegen, die Einfuhren fielen für drei Monate; das teilten die Behörden am Mittwoch in Österreich mit, über die Gründe schwiegen sie.";
        assert_eq!(decode(&encoding_rs::WINDOWS_1252.encode(german).0, &latin).text, german);
    }

    #[test]
    fn stray_bytes_do_not_unmake_utf8() {
        let mut bytes = TRADITIONAL.repeat(3).into_bytes();
        bytes.splice(60..60, [0x80, 0xfe]);
        let decoded = decode(&bytes, &context(Some("text/html; charset=utf-8"), None));
        assert_eq!(decoded.encoding, "UTF-8");
        assert!(decoded.text.contains("貿易統計"), "{}", decoded.text);
    }

    #[test]
    fn byte_order_marks_win() {
        for (bytes, name) in [
            ([b"\xef\xbb\xbf", TRADITIONAL.as_bytes()].concat(), "UTF-8"),
            ([vec![0xff, 0xfe], TRADITIONAL.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(), "UTF-16LE"),
            ([vec![0xfe, 0xff], TRADITIONAL.encode_utf16().flat_map(u16::to_be_bytes).collect()].concat(), "UTF-16BE"),
            (
                [vec![0xff, 0xfe, 0, 0], TRADITIONAL.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()]
                    .concat(),
                "UTF-32LE",
            ),
        ] {
            let decoded = decode(&bytes, &context(Some("text/html; charset=big5"), None));
            assert_eq!((decoded.text.as_str(), decoded.encoding), (TRADITIONAL, name));
        }
    }

    #[test]
    fn a_cut_off_page_keeps_its_encoding_and_says_so() {
        let bytes = TRADITIONAL.as_bytes();
        let decoded = decode(&bytes[..bytes.len() - 1], &context(None, None));
        assert_eq!(decoded.encoding, "UTF-8");
        assert!(decoded.text.starts_with("財政部"));
        assert_eq!(decoded.problems.len(), 1);
    }

    #[test]
    fn an_unknown_label_is_a_problem_and_no_more() {
        let decoded = decode(b"plain", &context(Some("text/html; charset=klingon"), None));
        assert_eq!((decoded.text.as_str(), decoded.problems.len()), ("plain", 1));
    }

    proptest! {
        #[test]
        fn any_bytes_decode(bytes in proptest::collection::vec(any::<u8>(), 0..200), label in "[a-z0-9-]{0,10}") {
            let decoded = decode(&bytes, &context(Some(&format!("text/html; charset={label}")), None));
            prop_assert!(decoded.text.len() <= bytes.len() * 4);
        }
    }
}
