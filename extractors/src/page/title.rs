//! The title of a page without the name of its site.

use super::spacing::{collapse, is_wide};

/// Signs between a title and the name of a site, longest first.
const SEPARATORS: [&str; 17] =
    [" - ", " – ", " — ", " | ", "｜", " :: ", " » ", " › ", " · ", " • ", " _ ", " / ", "--", "|", "_", "－", "-"];
/// A part that is no more than this share of a whole title may be the name of a site.
const SITE_SHARE: usize = 3;

/// What a page offers as its title.
#[derive(Debug, Clone, Default)]
pub(crate) struct Candidates {
    /// The headline of its structured data.
    pub(crate) structured: Option<String>,
    /// `og:title`, `twitter:title` and their like, in order.
    pub(crate) meta: Vec<String>,
    /// The `title` element.
    pub(crate) element: Option<String>,
    /// Its headings of the first level, then of the second, in order.
    pub(crate) headings: Vec<String>,
    /// Words of elements that are marked as the title of an entry, whatever their level.
    pub(crate) marked: Vec<String>,
    /// Names by which its site is known.
    pub(crate) sites: Vec<String>,
}

/// Chooses the title. A heading that another candidate repeats is what the page prints above the article, and wins.
pub(crate) fn choose(candidates: &Candidates) -> String {
    let Candidates { structured, meta, element, headings, marked, sites } = candidates;
    let claims: Vec<&str> = structured
        .iter()
        .chain(meta)
        .chain(element)
        .map(String::as_str)
        .filter(|claim| !claim.trim().is_empty())
        .collect();
    let folded: Vec<String> = claims.iter().map(|claim| fold(claim)).collect();
    let is_site = |text: &str| sites.iter().any(|site| fold(site) == fold(text));
    let without_site: Vec<String> =
        claims.iter().map(|claim| strip_site(&collapse(claim), sites)).filter(|claim| !claim.is_empty()).collect();
    let repeated = headings
        .iter()
        .filter(|heading| !is_site(heading))
        .map(|heading| (fold(heading), heading))
        .filter(|(key, _)| key.chars().count() >= 4 && folded.iter().any(|claim| claim.contains(key)))
        .max_by_key(|(key, _)| key.chars().count());
    // A heading with which no claim begins is a part of the title only: the line above it is the other.
    if let Some((key, heading)) = repeated
        && (folded.iter().any(|claim| claim.starts_with(&key)) || claims.iter().any(|claim| behind_site(claim, &key)))
    {
        return collapse(heading);
    }
    // The name of a blog may stand in front of the title of its entry.
    let ends_so = |words: &&String| {
        let key = fold(words);
        key.chars().count() >= 4
            && claims.iter().any(|claim| {
                let cut = claim.rsplit_once([':', '：']).map(|(site, rest)| (site, fold(rest)));
                cut.is_some_and(|(site, rest)| rest == key && !site.trim().is_empty())
            })
    };
    if let Some(entry) = marked.iter().find(ends_so) {
        return collapse(entry);
    }
    // The shortest claim that begins or ends a longer one is the longer one without its site.
    let chosen = without_site.first().map(|first| {
        let shorter = without_site.iter().filter(|other| {
            other.chars().count() >= 6
                && first.chars().count() > other.chars().count()
                && (first.starts_with(other.as_str()) || first.ends_with(other.as_str()))
        });
        shorter.min_by_key(|other| other.chars().count()).unwrap_or(first).clone()
    });
    // The heading may have the number of an announcement in front, which the browser's title leaves out.
    let numbered = chosen.as_ref().and_then(|chosen| {
        headings.iter().find(|heading| {
            let number = heading.trim_end().strip_suffix(chosen.as_str()).map(str::trim);
            number.is_some_and(super::kind::heads_announcement)
        })
    });
    let numbered = numbered.map(|heading| collapse(heading));
    numbered
        .or(chosen)
        .or_else(|| headings.iter().find(|heading| !is_site(heading)).map(|heading| collapse(heading)))
        .unwrap_or_default()
}

/// Whether a claim is the name of a site, a sign and what is folded here.
fn behind_site(claim: &str, key: &str) -> bool {
    SEPARATORS
        .iter()
        .filter_map(|separator| claim.split_once(separator))
        .any(|(site, rest)| looks_like_site(site) && fold(rest) == key)
}

/// A title without the names of its site at its end or beginning.
pub(crate) fn strip_site(title: &str, sites: &[String]) -> String {
    let mut title = without_series(title.trim()).to_owned();
    // A title carries a site, a section and a sub-site at the most.
    for _ in 0..3 {
        let Some(shorter) = strip_once(&title, sites) else { break };
        title = shorter;
    }
    title
}

/// A title without the series or the site that stands in angle brackets behind it.
fn without_series(title: &str) -> &str {
    let rest = title.strip_suffix('＞').and_then(|title| title.rsplit_once('＜')).map(|(rest, _)| rest);
    rest.filter(|rest| rest.ends_with(char::is_whitespace)).map_or(title, str::trim_end)
}

fn strip_once(title: &str, sites: &[String]) -> Option<String> {
    let parts = |separator: &'static str| {
        let (rest, part) = title.rsplit_once(separator)?;
        // A bare hyphen stands between words of one name, except beside characters of a script without blanks.
        let wide = rest.chars().next_back().is_some_and(is_wide) || part.chars().next().is_some_and(is_wide);
        (separator != "-" || (wide && !rest.ends_with('-'))).then_some((separator, rest, part))
    };
    let (separator, rest, part) = SEPARATORS
        .iter()
        .filter_map(|separator| parts(separator))
        .max_by_key(|(separator, rest, _)| (rest.len(), separator.len()))?;
    let (rest, part) = (rest.trim_end(), part.trim());
    if part.is_empty() {
        return Some(rest.to_owned());
    }
    let known = sites.iter().any(|site| names_site(part, site));
    let short = part.chars().count() * SITE_SHARE <= rest.chars().count();
    // A bar or an underline is hardly ever part of a headline; a dash can be.
    let strong = matches!(separator.trim(), "|" | "｜" | "_" | "::" | "»" | "--");
    let likely = looks_like_site(part);
    if known || (short && (strong || likely)) || (strong && likely) {
        return Some(rest.to_owned());
    }
    let (first, rest) = title.split_once(separator)?;
    let (first, rest) = (first.trim(), rest.trim());
    let known = sites.iter().any(|site| names_site(first, site)) || ends_like_authority(first);
    (known && !rest.is_empty() && first.chars().count() < rest.chars().count()).then(|| rest.to_owned())
}

fn names_site(part: &str, site: &str) -> bool {
    let (part, site) = (fold(part), fold(site));
    !site.is_empty()
        && (part == site
            || (site.chars().count() >= 2 && part.chars().count() <= site.chars().count() + 6 && part.contains(&site))
            || (part.chars().count() >= 3 && site.contains(&part)))
}

/// Whether words end like the name of a medium or an authority.
pub(crate) fn looks_like_site(part: &str) -> bool {
    const ENDS: [&str; 43] = [
        "網",
        "网",
        "新聞",
        "新闻",
        "日報",
        "日报",
        "時報",
        "时报",
        "晚報",
        "晚报",
        "通訊社",
        "通讯社",
        "電台",
        "电台",
        "頻道",
        "频道",
        "財經",
        "财经",
        "社",
        "部",
        "署",
        "局",
        "中心",
        "news",
        "times",
        "post",
        "daily",
        ".com",
        ".net",
        ".org",
        "ニュース",
        "新聞社",
        "뉴스",
        "일보",
        "online",
        "today",
        "論壇",
        "论坛",
        "社區",
        "社区",
        "forum",
        "forums",
        "community",
    ];
    let folded = part.trim().to_lowercase();
    ENDS.iter().any(|end| folded.ends_with(end))
}

/// Whether a title is only that of a site or of a part of one: the name of an authority or a medium, or of the list
/// that its news stand in.
pub(crate) fn names_no_article(title: &str) -> bool {
    const PARTS: [&str; 22] = [
        "新聞稿",
        "新聞發布",
        "新聞公報",
        "本部新聞",
        "即時新聞",
        "最新消息",
        "公告",
        "新闻稿",
        "新闻发布",
        "新闻公报",
        "新闻动态",
        "信息公开",
        "보도자료",
        "공지사항",
        "報道発表",
        "報道資料",
        "プレスリリース",
        "お知らせ",
        "pressrelease",
        "pressreleases",
        "newsroom",
        "news",
    ];
    const LONGEST: usize = 16;
    let parts: Vec<&str> = title.split(['|', '｜', '-', '–', '_', '>', '›', '»', ':', '：']).map(str::trim).collect();
    parts.iter().filter(|part| !part.is_empty()).all(|part| {
        let folded = fold(part);
        PARTS.contains(&folded.as_str()) || part.chars().count() <= LONGEST && ends_like_authority(part)
    })
}

/// Whether words are the name of an authority: such a name ends so, and says nothing.
fn ends_like_authority(part: &str) -> bool {
    const ENDS: [&str; 16] =
        ["處", "处", "部", "局", "署", "院", "委員會", "委员会", "廳", "厅", "省", "庁", "網", "网", "부", "청"];
    !part.contains(|c: char| c.is_whitespace() || c.is_numeric()) && ENDS.iter().any(|end| part.ends_with(end))
}

/// Letters and digits only, in lower case: how titles are compared.
pub(crate) fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether these characters are the folded ones when they are folded; most differ in the first one.
pub(crate) fn folds_to(characters: impl IntoIterator<Item = char>, folded: &str) -> bool {
    let letters = characters.into_iter().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).eq(folded.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sites(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_of_sites_are_taken_off() {
        let cases = [
            ("11月出口翻紅 | 財經 | 某某新聞網", &["某某新聞網"][..], "11月出口翻紅"),
            ("出口創新高_新闻频道_某网", &["某网"], "出口創新高"),
            ("Exports rise - The Paper", &["The Paper"], "Exports rise"),
            ("Rise - or fall?", &[], "Rise - or fall?"),
            ("某网--出口創新高", &["某网"], "出口創新高"),
            ("甲國統計處 - 5月外銷訂單統計", &[], "5月外銷訂單統計"),
            ("US-China trade", &["Daily"], "US-China trade"),
            ("出口のはなし　＜今日のはなし　某集＞", &[], "出口のはなし"),
            ("＜速報＞出口が増加", &[], "＜速報＞出口が増加"),
        ];
        for (title, names, expected) in cases {
            assert_eq!(strip_site(title, &sites(names)), expected, "{title}");
        }
    }

    #[test]
    fn a_heading_with_the_number_of_an_announcement_is_the_whole_title() {
        let candidates = Candidates {
            element: Some("关于对某物发起调查的公告_某部".into()),
            headings: vec!["某部公告2031年第2号 关于对某物发起调查的公告".into()],
            ..Candidates::default()
        };
        assert_eq!(choose(&candidates), "某部公告2031年第2号 关于对某物发起调查的公告");
    }

    #[test]
    fn titles_of_sites_name_no_article() {
        for title in ["經濟部統計處", "보도자료 | 산업통상자원부", "新聞稿 - 財政部全球資訊網", "News"]
        {
            assert!(names_no_article(title), "{title}");
        }
        for title in ["12月出口創新高", "2025년 12월 수출입 동향", "Exports rise", "出口年增四成 財政部"]
        {
            assert!(!names_no_article(title), "{title}");
        }
    }

    #[test]
    fn a_heading_behind_the_name_of_a_site_is_the_title() {
        let candidates = Candidates {
            element: Some("某某理財網 - 出口創新高，年增三成".into()),
            headings: vec!["出口創新高，年增三成".into()],
            ..Candidates::default()
        };
        assert_eq!(choose(&candidates), "出口創新高，年增三成");
    }

    #[test]
    fn the_name_of_a_blog_in_front_is_taken_off() {
        let candidates = Candidates {
            element: Some("碼頭筆記: 出口創新高，年增三成".into()),
            marked: vec!["出口創新高，年增三成".into()],
            ..Candidates::default()
        };
        assert_eq!(choose(&candidates), "出口創新高，年增三成");
        let unmarked = Candidates { element: Some("出口統計: 年增三成".into()), ..Candidates::default() };
        assert_eq!(choose(&unmarked), "出口統計: 年增三成");
    }

    #[test]
    fn a_heading_that_is_claimed_elsewhere_wins() {
        let candidates = Candidates {
            element: Some("出口創新高，年增三成 - 某報 - 財經".into()),
            headings: vec!["某報".into(), "出口創新高，年增三成".into()],
            sites: sites(&["某報"]),
            ..Candidates::default()
        };
        assert_eq!(choose(&candidates), "出口創新高，年增三成");
        let headings = Candidates { headings: vec!["Only a heading".into()], ..Candidates::default() };
        assert_eq!(choose(&headings), "Only a heading");
        assert_eq!(choose(&Candidates::default()), "");
    }
}
