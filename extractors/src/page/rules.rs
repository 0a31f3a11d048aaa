//! The rules of `rules/page.toml` and `rules/sites.toml`, compiled once at first use.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use scraper::ElementRef;
use serde::Deserialize;
use url::Url;

use super::css::Css;
use crate::needs::{Guarded, GuardedSet};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageFile {
    containers: Vec<String>,
    standfirst: Vec<String>,
    caption: Vec<String>,
    mark: String,
    credit: String,
    skip: Vec<String>,
    drop: Vec<String>,
    field: Vec<String>,
    title_field: String,
    stop: Vec<String>,
    original: String,
    briefing: String,
    policy: String,
    policy_title: String,
    policy_told: String,
    policy_number: String,
    policy_head: String,
    policy_body: String,
    policy_newsroom: String,
    policy_deed: String,
    policy_field: String,
    policy_actor: String,
    letterhead: String,
    headline_verb: String,
    paper: String,
    briefing_label: String,
    day_line: String,
    release_mark: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteFile {
    site: Vec<SiteEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteEntry {
    hosts: Vec<String>,
    body: String,
    #[serde(default)]
    drop: Vec<String>,
}

/// The rules for pages.
#[derive(Debug)]
pub(crate) struct PageRules {
    /// Places where content systems keep an article's text, in order of trust.
    pub(crate) containers: Vec<Css>,
    /// All of them in one.
    pub(crate) any_container: Css,
    /// Lines between the title and the text.
    pub(crate) standfirst: Css,
    /// Blocks that are words under a picture.
    pub(crate) caption: GuardedSet,
    /// The mark of an agency in front of the first sentence.
    pub(crate) mark: Regex,
    /// The right of an agency behind the last sentence.
    pub(crate) credit: Regex,
    skip: Css,
    /// Blocks that are no text of the article.
    pub(crate) drop: GuardedSet,
    /// Blocks that print a field of the page, where they stand in front of the text or behind it.
    pub(crate) field: RegexSet,
    /// A line that names the title; its group `title`.
    pub(crate) title_field: Regex,
    /// Blocks at which the article is over.
    pub(crate) stop: RegexSet,
    /// Words of or in front of a link to the original.
    pub(crate) original: Regex,
    /// Titles of briefings.
    pub(crate) briefing: Regex,
    /// Titles of announcements of an authority.
    pub(crate) policy: Regex,
    /// Titles that authorities give to their announcements.
    pub(crate) policy_title: Guarded,
    /// Titles that tell of such a title.
    pub(crate) policy_told: Regex,
    /// Lines that are an announcement's number and nothing else.
    pub(crate) policy_number: Guarded,
    /// Other blocks of an announcement's opening.
    pub(crate) policy_head: Regex,
    /// How a block of the text of an act begins, and of no report about one.
    pub(crate) policy_body: Guarded,
    /// How the report of a newsroom begins.
    pub(crate) policy_newsroom: Regex,
    /// Titles that say what an authority does.
    pub(crate) policy_deed: Regex,
    /// Who acts in the title of a press release.
    pub(crate) policy_actor: Regex,
    /// What a field calls an announcement.
    pub(crate) policy_field: Regex,
    /// Lines that only say which authority speaks.
    pub(crate) letterhead: Guarded,
    /// Verbs by which a line that begins with an authority is a headline.
    pub(crate) headline_verb: Regex,
    /// Lines that only say in what kind of paper they stand: the path to a page, a mark of a release.
    pub(crate) paper: Regex,
    /// Lines that say since when one of the measures of a briefing is in force, or was announced.
    pub(crate) briefing_label: Regex,
    /// Lines that are nothing but a day.
    pub(crate) day_line: Regex,
    /// What stands only in a government's press release.
    pub(crate) release_mark: Regex,
    sites: Vec<Site>,
}

/// The rule of one site.
#[derive(Debug)]
pub(crate) struct Site {
    hosts: Vec<String>,
    /// The elements that hold the article.
    pub(crate) body: Css,
    drop: Option<Css>,
}

impl Site {
    /// Whether an element inside the body is none of the article's.
    pub(crate) fn drops(&self, element: ElementRef<'_>) -> bool {
        self.drop.as_ref().is_some_and(|drop| drop.matches(element))
    }
}

impl PageRules {
    /// The rule of the site that an address belongs to.
    pub(crate) fn site(&self, url: &str) -> Option<&Site> {
        let url = Url::parse(url).ok()?;
        let host = url.host_str()?;
        self.sites.iter().find(|site| {
            site.hosts
                .iter()
                .any(|known| host == known || host.strip_suffix(known.as_str()).is_some_and(|sub| sub.ends_with('.')))
        })
    }

    /// Whether an element is furniture wherever it stands.
    pub(crate) fn skips(&self, element: ElementRef<'_>) -> bool {
        self.skip.matches(element)
    }

    #[cfg(test)]
    pub(crate) fn skip(&self) -> &Css {
        &self.skip
    }
}

static RULES: LazyLock<PageRules> = LazyLock::new(|| {
    let page: PageFile = crate::rules::read("page");
    let sites: SiteFile = crate::rules::read("sites");
    let selector = |css: &str| Css::parse(css).expect("selectors of the rules are tested");
    PageRules {
        containers: page.containers.iter().map(|css| selector(css)).collect(),
        any_container: selector(&page.containers.join(", ")),
        standfirst: selector(&page.standfirst.join(", ")),
        caption: GuardedSet::new(&page.caption).expect("patterns of the rules are tested"),
        mark: Regex::new(&page.mark).expect("patterns of the rules are tested"),
        credit: Regex::new(&page.credit).expect("patterns of the rules are tested"),
        skip: selector(&page.skip.join(", ")),
        drop: GuardedSet::new(&page.drop).expect("patterns of the rules are tested"),
        field: RegexSet::new(&page.field).expect("patterns of the rules are tested"),
        title_field: Regex::new(&page.title_field).expect("patterns of the rules are tested"),
        stop: RegexSet::new(&page.stop).expect("patterns of the rules are tested"),
        original: Regex::new(&page.original).expect("patterns of the rules are tested"),
        briefing: Regex::new(&page.briefing).expect("patterns of the rules are tested"),
        policy: Regex::new(&page.policy).expect("patterns of the rules are tested"),
        policy_title: Guarded::new(&page.policy_title).expect("patterns of the rules are tested"),
        policy_told: Regex::new(&page.policy_told).expect("patterns of the rules are tested"),
        policy_number: Guarded::new(&page.policy_number).expect("patterns of the rules are tested"),
        policy_head: Regex::new(&page.policy_head).expect("patterns of the rules are tested"),
        policy_deed: Regex::new(&page.policy_deed).expect("patterns of the rules are tested"),
        policy_newsroom: Regex::new(&page.policy_newsroom).expect("patterns of the rules are tested"),
        policy_body: Guarded::new(&page.policy_body).expect("patterns of the rules are tested"),
        policy_field: Regex::new(&page.policy_field).expect("patterns of the rules are tested"),
        policy_actor: Regex::new(&page.policy_actor).expect("patterns of the rules are tested"),
        paper: Regex::new(&page.paper).expect("patterns of the rules are tested"),
        briefing_label: Regex::new(&page.briefing_label).expect("patterns of the rules are tested"),
        letterhead: Guarded::new(&page.letterhead).expect("patterns of the rules are tested"),
        release_mark: Regex::new(&page.release_mark).expect("patterns of the rules are tested"),
        headline_verb: Regex::new(&page.headline_verb).expect("patterns of the rules are tested"),
        day_line: Regex::new(&page.day_line).expect("patterns of the rules are tested"),
        sites: sites
            .site
            .into_iter()
            .map(|site| Site {
                body: selector(&site.body),
                drop: (!site.drop.is_empty()).then(|| selector(&site.drop.join(", "))),
                hosts: site.hosts,
            })
            .collect(),
    }
});

/// The rules.
pub(crate) fn rules() -> &'static PageRules {
    &RULES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_files_compile() {
        assert!(!rules().containers.is_empty());
    }

    #[test]
    fn patterns_that_every_line_is_asked_for_are_guarded() {
        let rules = rules();
        for (name, pattern) in [
            ("policy_title", &rules.policy_title),
            ("policy_number", &rules.policy_number),
            ("policy_body", &rules.policy_body),
            ("letterhead", &rules.letterhead),
        ] {
            assert!(pattern.is_guarded(), "{name}: a part of it needs no word, so that it is tried on every line");
        }
    }

    #[test]
    fn patterns_of_blocks_stay_in_the_fast_matcher() {
        let page: PageFile = crate::rules::read("page");
        let slow: Vec<&String> =
            page.drop.iter().chain(&page.stop).chain(&page.caption).filter(|pattern| pattern.contains(r"\b")).collect();
        assert!(slow.is_empty(), "a word's end is `(?:\\W|$)` here: {slow:?}");
    }

    #[test]
    fn a_site_covers_its_subdomains_and_no_other_host() {
        assert!(rules().site("https://news.rthk.hk/rthk/ch/").is_some());
        assert!(rules().site("https://rthk.hk/").is_some());
        assert!(rules().site("https://notrthk.hk/").is_none());
        assert!(rules().site("no address").is_none());
    }

    #[test]
    fn furniture_is_told_from_text() {
        for line in ["責任編輯：某某", "Advertisement", "分享", "© example", "Tags: trade"] {
            assert!(rules().drop.is_match(line), "{line}");
        }
        for line in ["分享經濟帶動出口成長。", "編輯部指出，出口創新高，預計明年還會更好。", "The ad market grew."]
        {
            assert!(!rules().drop.is_match(line), "{line}");
        }
        for line in ["相关新闻：", "延伸閱讀", "Related articles", "関連記事"] {
            assert!(rules().stop.is_match(line), "{line}");
        }
    }
}
