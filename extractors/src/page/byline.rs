//! Names of writers: fields that name them, and the lines and brackets in which a text does.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

/// Names of one page at the most; more is a list of something else.
const MOST_NAMES: usize = 8;
/// Characters of one name at the most.
const LONGEST_NAME: usize = 40;

/// Places from which reports are filed, as datelines name them.
const PLACES: &str = "台灣|臺灣|台湾|台北|臺北|新北|桃園|新竹|台中|臺中|台南|臺南|高雄|基隆|花蓮|綜合|综合|北京|上海|天津|重慶|重庆|廣州|广州|深圳|香港|澳門|澳门|華盛頓|华盛顿|紐約|纽约|洛杉磯|洛杉矶|舊金山|旧金山|東京|东京|大阪|首爾|首尔|新加坡|曼谷|河內|河内|雅加達|雅加达|馬尼拉|马尼拉|吉隆坡|新德里|倫敦|伦敦|巴黎|柏林|法蘭克福|法兰克福|布魯塞爾|布鲁塞尔|日內瓦|日内瓦|莫斯科|雪梨|悉尼|墨西哥城|渥太華|渥太华";
/// How a dateline says that a report was filed.
const FILED: &str = "(?:[0-9]{1,2}日)?(?:專|专|綜合|综合)?外?(?:電|电|報導|报导|報道|报道|訊|讯)";

/// Ways in which a text names its writer, `names` being who.
static BYLINES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let patterns: [&str; 13] = [
        // （中央社記者張璦台北8日電）, (大纪元记者侯骏霖台湾台北报导), 【記者王小明／台北報導】
        &format!(
            r"[（(【［〔\[][^（(【［〔\[）)】〕\]\n]{{0,14}}?[記记]者[:：]?\s*(?P<names>[\p{{Han}}·、]{{2,16}}?)\s*(?:[／/]|(?:{PLACES})*{FILED})"
        ),
        // The place is not known: most names have three characters.
        &format!(
            r"[（(【［〔\[][^（(【［〔\[）)】〕\]\n]{{0,14}}?[記记]者[:：]?\s*(?P<names>[\p{{Han}}]{{3}})[\p{{Han}}]{{2,6}}?{FILED}"
        ),
        r"(?:^|[\s|｜])[記记]者\s*[:：]?\s*(?P<names>[\p{Han}·、]{2,16}?)\s*[／/|｜]",
        r"(?:^|[\s（(])(?:作者|撰文|撰稿|文字|採訪|采访|記者署名|記者|记者|本报记者|执笔|執筆|文)\s*[:：／/]\s*(?P<names>[\p{Han}A-Za-z·、&，, .]{2,40}?)\s*(?:$|[）)|｜\n]|[\s　]{1,}(?:來源|来源|責任|责任|編輯|编辑|責編|责编|校對|校对|編審|[0-9]))",
        r"(?:作者|撰文|撰稿|记者署名|記者署名|执笔|執筆)\s*[:：／/]\s*(?P<names>[\p{Han}A-Za-z·、&，,]{2,30})\s*$",
        r"(?m)^\s*(?P<names>[\p{Han}·]{2,6})\s*／\s*[\p{Han}]{2,6}(?:報導|報道|报道)\s*$",
        r"(?m)^[Bb][Yy]:?\s+(?P<names>[A-Z][\p{L}.'’-]+(?:\s+[A-Z][\p{L}.'’-]+){1,3}(?:(?:,\s+|\s+and\s+|\s+&\s+)[A-Z][\p{L}.'’-]+(?:\s+[A-Z][\p{L}.'’-]+){1,3})*)\s*(?:$|[,|/(])",
        // (By Ann Writer and Bob Author)
        r"^[（(][Bb]y\s+(?P<names>[A-Z][\p{L}.'’-]+(?:\s+[A-Z][\p{L}.'’-]+){1,3}(?:(?:,\s+|\s+and\s+|,\s+and\s+)[A-Z][\p{L}.'’-]+(?:\s+[A-Z][\p{L}.'’-]+){1,3})*)[）)]$",
        // 某社巴黎12月9日电（记者唐霁）
        r"[（(]\s*(?:本报|本報)?[記记]者[:：]?\s*(?P<names>[\p{Han}·、 　]{2,20})\s*[）)]",
        // 【文/某网专栏作者王文】
        r"【文\s*[/／][^】]{0,14}?作者\s*(?P<names>[\p{Han}·、]{2,10})】",
        r"(?:^|[。.])\s*[(（][cC©][)）]\s*[A-Z]{2,6}\s*[/／]\s*(?P<names>[\p{Latin} .'’-]{4,40})$",
        r"(?m)^\s*(?:Von|VON)\s+(?P<names>\p{Lu}[\p{L}.-]+(?:\s+\p{Lu}[\p{L}.-]+){1,2})\s*$",
        r"(?m)(?P<names>[\p{Hangul}]{2,4})\s*(?:기자|특파원|전문기자)\b",
    ];
    patterns.iter().map(|pattern| Regex::new(pattern).expect("a fixed pattern")).collect()
});

/// Words without which a way of naming a writer cannot match: most lines have none of them, and no pattern is tried.
/// Letters count in either case.
const CUES: [(&str, u8); 19] = [
    ("記者", REPORTER | LABEL),
    ("记者", REPORTER | LABEL),
    ("作者", LABEL),
    ("文", LABEL),
    ("撰稿", LABEL),
    ("採訪", LABEL),
    ("采访", LABEL),
    ("执笔", LABEL),
    ("執筆", LABEL),
    ("報導", REPORT),
    ("報道", REPORT),
    ("报道", REPORT),
    ("by", BY),
    ("(c", COPYRIGHT),
    ("（c", COPYRIGHT),
    ("von", VON),
    ("기자", KOREAN),
    ("특파원", KOREAN),
    ("전문기자", KOREAN),
];
const REPORTER: u8 = 1;
const LABEL: u8 = 1 << 1;
const REPORT: u8 = 1 << 2;
const BY: u8 = 1 << 3;
const COPYRIGHT: u8 = 1 << 4;
const VON: u8 = 1 << 5;
const KOREAN: u8 = 1 << 6;
/// What each of the [`BYLINES`] needs.
const NEEDS: [u8; 13] =
    [REPORTER, REPORTER, REPORTER, LABEL, LABEL, REPORT, BY, BY, REPORTER, LABEL, COPYRIGHT, VON, KOREAN];

/// The cues that a text holds.
fn cues(text: &str) -> u8 {
    static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let words = CUES.iter().map(|(word, _)| word);
        AhoCorasick::builder().ascii_case_insensitive(true).build(words).expect("a few short words make an automaton")
    });
    let cue = |found: aho_corasick::Match| CUES.get(found.pattern().as_usize()).map_or(0, |(_, cue)| *cue);
    WORDS.find_iter(text).map(cue).fold(0, |all, cue| all | cue)
}

/// Writers that a text names, in the first way that is found.
pub(crate) fn in_text(text: &str) -> Vec<String> {
    let cues = cues(text);
    if cues == 0 {
        return Vec::new();
    }
    BYLINES
        .iter()
        .zip(NEEDS)
        .filter(|(_, needed)| cues & needed != 0)
        .filter_map(|(pattern, _)| pattern.captures(text))
        .filter_map(|found| Some((found.get(0)?.start(), split(found.name("names")?.as_str()))))
        .filter(|(_, names)| !names.is_empty())
        .min_by_key(|(start, _)| *start)
        .map(|(_, names)| names)
        .unwrap_or_default()
}

/// Writers in a line that is labelled as theirs and holds nothing else, wherever it stands on a page.
pub(crate) fn in_label(line: &str) -> Vec<String> {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:Autor(?:in|en)?(?:\s*/\s*Autor(?:in|en)?)?|Authors?|Auteurs?)\s*:?\s+(?P<names>\p{Lu}[\p{L}.'’-]+(?:\s+\p{Lu}[\p{L}.'’-]+){1,3}(?:(?:,\s+|\s+and\s+|\s+und\s+)\p{Lu}[\p{L}.'’-]+(?:\s+\p{Lu}[\p{L}.'’-]+){1,3})*)$")
            .expect("a fixed pattern")
    });
    LABEL.captures(line.trim()).map(|found| split(&found["names"])).unwrap_or_default()
}

/// Writers in the words of an element that is marked as theirs: only what looks like a person's name, since such
/// elements also hold desks, links and the name of the medium.
pub(crate) fn in_element(words: &str, sites: &[String]) -> Vec<String> {
    static PERSON: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:\p{Lu}[\p{L}'’-]*\.?(?:\s+(?:d[aei]|van|von|der|den|bin|al|el|\p{Lu}[\p{L}'’-]*\.?)){1,3}|\p{Han}{2,3}|\p{Han}{2,4}·\p{Han}{2,4}|\p{Hangul}{2,4})$")
            .expect("a fixed pattern")
    });
    let names = of_field(words.trim_start_matches(['文', '／', '/', ':', '：', ' ']), sites);
    if names.iter().all(|name| PERSON.is_match(name) && !super::title::looks_like_site(name)) {
        names
    } else {
        Vec::new()
    }
}

/// Names in a field, without what is no name: addresses, numbers, the site itself, template text.
pub(crate) fn of_field(field: &str, sites: &[String]) -> Vec<String> {
    let sites: Vec<String> = sites.iter().map(|site| super::title::fold(site)).collect();
    split(field).into_iter().filter(|name| !sites.contains(&super::title::fold(name))).collect()
}

/// Splits a list of names.
fn split(names: &str) -> Vec<String> {
    static BETWEEN: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\s*(?:[、，,;；&＆]|\band\b|\bund\b)\s*").expect("a fixed pattern"));
    static TITLES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:by\s+|von\s+|記者|记者|本報記者|本报记者|特派員|編譯|作者[:：])|\s*(?:記者|记者|기자|特派員)$|[（(][^（(]*@[^（(]*[）)]")
            .expect("a fixed pattern")
    });
    let mut found: Vec<String> = Vec::new();
    for name in BETWEEN.split(names.trim()) {
        let name = TITLES.replace_all(name.trim(), "").trim().to_owned();
        if is_name(&name) && !found.contains(&name) {
            found.push(name);
        }
    }
    if found.len() > MOST_NAMES {
        found.clear();
    }
    found
}

fn is_name(name: &str) -> bool {
    // The office of a writer, as it follows the name.
    const OFFICES: [&str; 8] =
        ["reporter", "correspondent", "staff writer", "staff", "contributor", "columnist", "news desk", "bureau chief"];
    const NO_NAMES: [&str; 31] = [
        "admin",
        "editor",
        "author",
        "name",
        "none",
        "null",
        "undefined",
        "unknown",
        "匿名",
        "佚名",
        "編輯部",
        "default",
        "管理員",
        "管理员",
        "小編",
        "小编",
        "編輯",
        "编辑",
        "作者",
        "記者",
        "记者",
        "本站",
        "未知",
        "原創",
        "原创",
        "關注",
        "关注",
        "追蹤",
        "구독",
        "기자",
        "더보기",
    ];
    let characters = name.chars().count();
    let folded = name.to_lowercase();
    (2..=LONGEST_NAME).contains(&characters)
        && !name.contains('@')
        && !name.contains("//")
        && !name.contains(|c: char| c.is_ascii_digit() || matches!(c, '<' | '>' | '{' | '}' | '【' | '】'))
        && name.chars().any(char::is_alphabetic)
        && !NO_NAMES.contains(&folded.as_str())
        && !OFFICES.iter().any(|office| folded.ends_with(office))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writers_are_found_in_text() {
        let cases = [
            ("（中央社記者張大同台北8日電）財政部今天公布", &["張大同"][..]),
            ("【某报讯】（某报记者李小明台湾台北报导）财政部", &["李小明"]),
            ("記者王小華／台北報導", &["王小華"]),
            ("〔記者王小華／台北報導〕財政部", &["王小華"]),
            ("作者：李在山 來源：某報", &["李在山"]),
            ("By Ann Writer and Bob Author", &["Ann Writer", "Bob Author"]),
            ("網搜小組／綜合報導", &["網搜小組"]),
            ("財政部長表示，出口創新高。", &[]),
            ("港口的貨櫃。（資料照，記者林小美攝）", &[]),
            ("By far the largest market", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(in_text(text), expected, "{text}");
        }
    }

    #[test]
    fn a_line_without_a_cue_is_not_tried() {
        for text in ["Exports rose in December.", "財政部長表示，出口創新高。", ""] {
            assert_eq!(cues(text), 0, "{text}");
        }
        assert_eq!(cues("記者王小華／台北報導"), REPORTER | LABEL | REPORT);
        assert_eq!(cues("BY Ann Writer, (C)AFP"), BY | COPYRIGHT);
    }

    #[test]
    fn a_label_names_the_writer() {
        assert_eq!(in_label("Autorin/Autor Anna Beispiel"), ["Anna Beispiel"]);
        assert_eq!(in_label("Authors: Ann Writer and Bob Author"), ["Ann Writer", "Bob Author"]);
        assert!(in_label("Authors of the report met in Bonn").is_empty());
        assert!(in_label("Authoring Tools").is_empty());
    }

    #[test]
    fn fields_without_a_name_give_none() {
        let sites = vec!["The Paper".to_owned()];
        for field in ["", "name, email@example.com", "100862", "The Paper", "admin", "https://example.com/me"] {
            assert!(of_field(field, &sites).is_empty(), "{field}");
        }
        assert_eq!(of_field("王小明(xiao@example.com)", &sites), ["王小明"]);
        assert_eq!(of_field("By Ann Writer, Bob Author", &sites), ["Ann Writer", "Bob Author"]);
    }
}
