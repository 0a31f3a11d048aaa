//! Tests of the robots.txt reader: rules one by one, the shared cases, and that a hostile file costs no time.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on ends, one that is skipped says so"
)]

use std::path::Path;

use proptest::prelude::*;

use super::*;

/// The verdict of a file on a path, in one word and the rule.
fn ask(file: &str, path: &str) -> String {
    match Rules::parse(file.as_bytes(), PRODUCT_TOKEN).verdict(path) {
        Verdict::Allowed => "allowed".to_owned(),
        Verdict::Disallowed(rule) => rule,
    }
}

#[test]
fn the_longest_match_decides_and_allow_wins_a_tie() {
    let file = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /tie\nDisallow: /tie";
    assert_eq!(ask(file, "/a/x"), "Disallow: /a");
    assert_eq!(ask(file, "/a/b/x"), "allowed");
    assert_eq!(ask(file, "/a/b/c"), "Disallow: /a/b/c");
    assert_eq!(ask(file, "/tie"), "allowed");
    assert_eq!(ask(file, "/other"), "allowed");
}

#[test]
fn asterisk_and_dollar() {
    let file = "User-agent: *\nDisallow: /*.pdf$\nDisallow: /x*y*z\nDisallow: /end$\nDisallow: /all*$";
    for (path, expected) in [
        ("/a.pdf", "Disallow: /*.pdf$"),
        ("/a.pdf.pdf", "Disallow: /*.pdf$"),
        ("/a.pdf?x", "allowed"),
        ("/x1y2z3", "Disallow: /x*y*z"),
        ("/xzy", "allowed"),
        ("/end", "Disallow: /end$"),
        ("/ending", "allowed"),
        ("/all", "Disallow: /all*$"),
        ("/all/of/it", "Disallow: /all*$"),
    ] {
        assert_eq!(ask(file, path), expected, "{path}");
    }
}

#[test]
fn groups_that_name_us_are_merged_and_keep_the_others_out() {
    let file = "User-agent: *\nDisallow: /\n\nUser-agent: Bellwether/2.0\nUser-agent: other\nDisallow: /a\n\
                Sitemap: https://example.org/s.xml\nDisallow: /b\n\nUser-agent: third\nDisallow: /c\n\n\
                User-agent: BELLWETHER\nDisallow: /d\nCrawl-delay: 2.5\n";
    for (path, expected) in [("/a", "Disallow: /a"), ("/b", "Disallow: /b"), ("/c", "allowed"), ("/d", "Disallow: /d")]
    {
        assert_eq!(ask(file, path), expected, "{path}");
    }
    assert_eq!(
        Rules::parse(file.as_bytes(), PRODUCT_TOKEN).crawl_delay,
        Some(Duration::from_millis(2500)),
        "the delay of a merged group"
    );
}

#[test]
fn percent_encoding_is_compared_in_one_form() {
    let file = "User-agent: *\nDisallow: /%62%61z\nDisallow: /ツ\nDisallow: /a%2fb\nDisallow: /star%2A";
    for (path, expected) in [
        ("/baz", "Disallow: /baz"),
        ("/%E3%83%84", "Disallow: /%E3%83%84"),
        ("/%e3%83%84", "Disallow: /%E3%83%84"),
        ("/a%2Fb", "Disallow: /a%2Fb"),
        ("/a/b", "allowed"),
        ("/star*", "Disallow: /star%2A"),
        ("/starling", "allowed"),
    ] {
        assert_eq!(ask(file, path), expected, "{path}");
    }
}

#[test]
fn spelling_encoding_and_line_ends_do_not_matter() {
    for file in [
        "\u{feff}USER-AGENT : *\r\nDISALLOW : /a # why\r\n",
        "User-agent: *\rDisallow: /a\r",
        "useragent *\ndissallow /a",
        "junk\n: x\nUser-agent: *\nNoindex: /q\nDisallow: /a",
    ] {
        assert_eq!(ask(file, "/a"), "Disallow: /a", "{file:?}");
    }
    let utf16: Vec<u8> = "\u{feff}User-agent: *\nDisallow: /a".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_ne!(Rules::parse(&utf16, PRODUCT_TOKEN).verdict("/a"), Verdict::Allowed);
}

#[test]
fn robots_txt_itself_is_always_allowed() {
    assert_eq!(ask("User-agent: *\nDisallow: /", "/robots.txt"), "allowed");
    assert_eq!(ask("User-agent: *\nDisallow: /", ""), "Disallow: /");
    assert_eq!(ask("User-agent: *\nDisallow:", "/a"), "allowed");
}

#[test]
fn a_line_cut_by_the_limit_is_dropped() {
    assert_eq!(cut(b"allow: /a\ndisallow: /b", true), b"allow: /a\n");
    assert_eq!(cut(b"allow: /a\ndisallow: /b", false), b"allow: /a\ndisallow: /b");
    let long = vec![b'x'; MAX_BYTES + 1];
    assert!(cut(&long, false).is_empty());
}

#[test]
fn a_hostile_file_is_read_and_asked_in_linear_time() {
    // Patterns and a path that make a backtracking matcher walk for minutes.
    let mut file = String::from("User-agent: *\n");
    while file.len() < MAX_BYTES {
        file.push_str("Disallow: /*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b$\n");
    }
    let path = format!("/{}", "a".repeat(2000));
    let rules = Rules::parse(file.as_bytes(), PRODUCT_TOKEN);
    assert_eq!(rules.verdict(&path), Verdict::Allowed);
}

/// Cases whose verdict differs from RFC 9309 or asks for something it does not have, and why we differ.
const EXPLAINED: &[(&str, &str)] = &[
    ("r064", "leaves the escaping to its caller; RFC 9309, 2.2.2 asks for it, as r484 does"),
    ("r065", "leaves the decoding of unreserved octets to its caller; RFC 9309, 2.2.2 asks for it, as r485 does"),
    ("r140", "obeys rules before any user-agent line; RFC 9309, 2.2.1 gives them to nobody"),
    ("r147", "an unknown line closes a group; RFC 9309, 2.2.4 forbids that"),
    ("r153", "takes a line without a colon for nothing; r005 reads it, and reading it is the more polite"),
    ("r334", "looks for names inside a whole User-Agent; RFC 9309, 2.2.1 compares product tokens"),
    ("r457", "an unknown line closes a group; RFC 9309, 2.2.4 forbids that"),
    ("r458", "an unknown line closes a group; RFC 9309, 2.2.4 forbids that"),
    ("r459", "an unknown line closes a group; RFC 9309, 2.2.4 forbids that"),
    ("r466", "a name of two words; RFC 9309, 2.2.1 knows letters, `_` and `-`"),
    ("r469", "a pattern as a name; RFC 9309, 2.2.1 knows none but `*`"),
    ("r504", "takes a final `$` for the end and for itself; RFC 9309, 2.2.3 has it be the end, `%24` itself"),
    ("r505", "takes a final `$` for the end and for itself; RFC 9309, 2.2.3 has it be the end, `%24` itself"),
    ("r507", "a rule that is a whole address; RFC 9309, 2.2.2 has paths, which begin with `/`"),
];

#[test]
fn shared_cases() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/sites/robots/robots_cases.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut wrong = Vec::new();
    let cases = file["cases"].as_array().unwrap();
    for case in cases {
        let text = |key: &str| case[key].as_str().unwrap();
        let url = text("url");
        let path = url.find("://").map_or(url, |at| url[at + 3..].find('/').map_or("", |slash| &url[at + 3 + slash..]));
        let path = path.split('#').next().unwrap();
        let verdict = Rules::parse(text("robots").as_bytes(), text("agent")).verdict(path);
        let agrees = (verdict == Verdict::Allowed) == case["allowed"].as_bool().unwrap();
        let explained = EXPLAINED.iter().any(|(id, _)| *id == text("id"));
        if agrees == explained {
            wrong.push(format!("{} {} {:?} {:?} {:?}", text("id"), text("test"), text("robots"), text("agent"), url));
        }
    }
    println!("{} cases, of which {} are explained:", cases.len(), EXPLAINED.len());
    for (id, why) in EXPLAINED {
        println!("{id}: {why}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn shared_files_keep_their_meaning() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/sites/robots");
    let groups = ["real", "crawler-commons"].map(|group| std::fs::read_dir(folder.join(group)));
    let files: Vec<_> = groups.into_iter().flatten().flatten().map(|entry| entry.unwrap().path()).collect();
    if files.is_empty() {
        println!("skipped: {} is not there", folder.display());
    }
    for path in files {
        let file = std::fs::read(&path).unwrap();
        let rules = Rules::parse(&file, PRODUCT_TOKEN);
        let kept = rules.to_text(PRODUCT_TOKEN);
        println!("{}: {} bytes, of which {} concern us", path.display(), file.len(), kept.len());
        assert_eq!(Rules::parse(kept.as_bytes(), PRODUCT_TOKEN), rules, "{}", path.display());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(file in proptest::collection::vec(any::<u8>(), 0..300), path in "\\PC{0,40}") {
        let _verdict = Rules::parse(&file, PRODUCT_TOKEN).verdict(&path);
    }

    #[test]
    fn the_kept_text_says_the_same(
        lines in proptest::collection::vec("(user-agent: (\\*|bellwether|x)|(dis)?allow: [/a*%$é14]{0,6}|crawl-delay: [0-9.]{1,3})", 0..12),
        path in "/[/a*$é]{0,6}",
    ) {
        let rules = Rules::parse(lines.join("\n").as_bytes(), PRODUCT_TOKEN);
        let again = Rules::parse(rules.to_text(PRODUCT_TOKEN).as_bytes(), PRODUCT_TOKEN);
        prop_assert_eq!(&again, &rules);
        prop_assert_eq!(again.verdict(&path), rules.verdict(&path));
    }
}
