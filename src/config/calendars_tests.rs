//! Tests of the calendars of `sources.toml`: what may be said, and what is said of mistakes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use jiff::Timestamp;

use super::super::{SOURCES, load};
use crate::settings::Settings;

const SOURCE: &str = "[[source]]\nid = \"a\"\nkind = \"page\"\nurl = \"https://example.org/\"\ncalendar = \"c\"\n";
const ICS: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Trade\nDTSTART;VALUE=DATE:20260109\nEND:VEVENT\n\
BEGIN:VEVENT\nSUMMARY:Prices\nDTSTART;TZID=Asia/Tokyo:20260120T085000\nEND:VEVENT\nEND:VCALENDAR\n";

fn loaded(text: &str) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(SOURCES), text).unwrap();
    std::fs::write(folder.path().join("list.ics"), ICS).unwrap();
    load(folder.path(), &|_| None).map_err(|error| {
        let hint = error.hint.as_deref().map(|hint| format!(" (hint: {hint})")).unwrap_or_default();
        format!("{error}{hint}")
    })
}

/// The releases of January and February 2026 of a calendar with this rule.
fn releases(rule: &str, more: &str) -> Result<Vec<String>, String> {
    let text = format!("{SOURCE}\n[[calendar]]\nid = \"c\"\nzone = \"Asia/Taipei\"\nrules = [{rule}]\n{more}");
    let settings = loaded(&text)?;
    let calendar = settings.sources[0].calendar.clone().unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let releases = calendar.releases(at("2026-01-01T00:00:00Z"), at("2026-03-01T00:00:00Z"));
    Ok(releases.iter().map(|release| release.first().to_string()).collect())
}

#[test]
fn each_kind_of_rule_gives_its_days() {
    for (rule, more, expected) in [
        ("{ days = [7, 8, 9], at = \"16:00\" }", "", vec!["2026-01-07T08:00:00Z", "2026-02-07T08:00:00Z"]),
        ("{ days = [-1], at = \"16:00\" }", "", vec!["2026-01-31T08:00:00Z", "2026-02-28T08:00:00Z"]),
        ("{ weekday = \"second wed\", at = \"08:30\", months = [1] }", "", vec!["2026-01-14T00:30:00Z"]),
        ("{ working_day = 5, at = \"08:00\", months = [1] }", "", vec!["2026-01-07T00:00:00Z"]),
        (
            "{ dates = [\"2026-02-20 08:30\", \"2026-01-09\"], at = \"16:00\" }",
            "",
            vec!["2026-01-09T08:00:00Z", "2026-02-20T00:30:00Z"],
        ),
        ("{ ics = \"list.ics\", at = \"16:00\" }", "", vec!["2026-01-09T08:00:00Z", "2026-01-19T23:50:00Z"]),
        ("{ ics = \"list.ics\", summary = \"Prices\" }", "", vec!["2026-01-19T23:50:00Z"]),
        (
            "{ days = [1], at = \"09:00\", moved = \"later\", months = [1] }",
            "holidays = \"h\"\n[[holidays]]\nid = \"h\"\ndates = [\"2026-01-01..2026-01-02\"]\nworked = [\"2026-01-03\"]",
            vec!["2026-01-03T01:00:00Z"],
        ),
        (
            "{ days = [8], at = \"09:00\", moved = \"later\", months = [1] }",
            "holidays = \"h\"\n[[holidays]]\nid = \"h\"\nics = \"list.ics\"\nweekend = [\"thu\"]",
            vec!["2026-01-10T01:00:00Z"],
        ),
        (
            "{ days = [1], at = \"09:00\", months = [1] }, { days = [11], at = \"09:00\", months = [2] }",
            "",
            vec!["2026-01-01T01:00:00Z", "2026-02-11T01:00:00Z"],
        ),
    ] {
        assert_eq!(releases(rule, more).unwrap(), expected, "{rule}");
    }
}

#[test]
fn mistakes_are_named_with_their_place() {
    for (rule, more, expected) in [
        ("{ days = [7] }", "", "calendar `c`: rule 1: `at` is missing"),
        ("{ days = [0], at = \"16:00\" }", "", "days are 1 to 31"),
        ("{ days = [7], at = \"4 pm\" }", "", "`4 pm` is no time of day"),
        ("{ at = \"16:00\" }", "", "give one of `days`"),
        ("{ days = [7], working_day = 1, at = \"16:00\" }", "", "give one of `days`"),
        ("{ weekday = \"2 wed\", at = \"16:00\" }", "", "`2 wed` is no day of a month"),
        ("{ working_day = 24, at = \"16:00\" }", "", "no month has 24 days of work"),
        ("{ days = [7], months = [13], at = \"16:00\" }", "", "13 is no month"),
        ("{ dates = [\"2026-13-01\"], at = \"16:00\" }", "", "`2026-13-01` is no day"),
        ("{ dates = [\"2026-01-01\"] }", "", "has no time and there is no `at`"),
        ("{ dates = [\"2026-01-01\"], at = \"16:00\", moved = \"later\" }", "", "have no meaning for a list"),
        ("{ ics = \"list.ics\" }", "", "gives no time for 2026-01-09"),
        ("{ ics = \"none.ics\", at = \"16:00\" }", "", "none.ics`: No such file"),
        ("{ ics = \"list.ics\", summary = \"Jobs\", at = \"16:00\" }", "", "has no such event"),
        ("{ days = [7], at = \"16:00\", summary = \"x\" }", "", "chooses among the events"),
        ("", "", "rules: there are none"),
        ("{ days = [7], at = \"16:00\" }", "every = \"1s\"", "every: must be at least 10s"),
        ("{ days = [7], at = \"16:00\" }", "holidays = \"h\"", "there are no holidays `h` (hint: add a [[holidays]]"),
        (
            "{ days = [7], at = \"16:00\" }",
            "[[holidays]]\nid = \"h\"\ndates = [\"2026-02-20..2026-02-16\"]",
            "ends before it begins",
        ),
        ("{ day = [7], at = \"16:00\" }", "", "did you mean `days`?"),
    ] {
        let error = releases(rule, more).unwrap_err();
        assert!(error.contains(expected), "{rule}: {error}");
    }
    let error = loaded(SOURCE).unwrap_err();
    assert!(error.contains("source `a`: calendar: there is no calendar `c`; calendars: none is there"), "{error}");
}

#[test]
fn the_pace_of_a_source_is_bounded_by_what_the_file_says() {
    let text = |more: &str| {
        format!("[[source]]\nid = \"a\"\nkind = \"page\"\nurl = \"https://example.org/\"\nevery = \"1h\"\n{more}")
    };
    let pace = |more: &str| {
        let source = loaded(&text(more))?.sources.remove(0);
        Ok((source.fastest().as_secs(), source.slowest().as_secs(), source.silent_after.map(|time| time.as_secs())))
    };
    assert_eq!(pace(""), Ok((900, 14_400, None)));
    let given = pace("fastest = \"10m\"\nslowest = \"24h\"\nsilent_after = \"72h\"");
    assert_eq!(given, Ok((600, 86_400, Some(259_200))));
    for (more, expected) in [
        ("fastest = \"2h\"", "fastest: must be no longer than `every`"),
        ("slowest = \"10m\"", "slowest: must be no shorter than `every`"),
        ("silent_after = \"0s\"", "silent_after: must be longer than nothing"),
    ] {
        let error: String = pace(more).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn groups_of_hosts_share_a_gap_that_is_no_shorter_than_that_of_one_host() {
    let text = |group: &str| format!("[crawler]\ngap = \"3s\"\n[[group]]\nid = \"g\"\n{group}\n");
    let group =
        loaded(&text("hosts = [\"a.example\", \"*.B.example\"]\ngap = \"1s\"")).unwrap().crawler.groups.remove(0);
    assert_eq!((group.gap.as_secs(), group.connections), (3, 1));
    assert_eq!(group.hosts, ["a.example", "*.b.example"]);
    for (group, expected) in [
        ("hosts = []", "group `g`: hosts: names no host"),
        ("hosts = [\"https://a.example/\"]", "is no host"),
        ("hosts = [\"a.example\"]\nconnections = 0", "connections: must be at least 1"),
    ] {
        let error = loaded(&text(group)).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}
