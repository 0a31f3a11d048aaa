//! Tests of the calendar, as tables: rules in, instants out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use jiff::civil::{Time, Weekday, date, time};
use proptest::prelude::*;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

fn calendar(zone: &str, rules: Vec<Rule>) -> Calendar {
    Calendar {
        id: "test".to_owned(),
        zone: TimeZone::get(zone).unwrap(),
        rules,
        work_days: WorkDays::default(),
        before: 5 * MINUTE,
        after: 3 * HOUR,
        every: MINUTE,
        overdue_after: 6 * HOUR,
    }
}

fn rule(days: Days, at: Time) -> Rule {
    Rule { days, months: Vec::new(), at, moved: Moved::Never }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The releases of a span, each with its times, in the zone of the calendar.
fn releases(calendar: &Calendar, from: &str, to: &str) -> Vec<String> {
    let words = |release: &Release| {
        let times: Vec<String> = release
            .times()
            .iter()
            .map(|time| time.to_zoned(calendar.zone.clone()).strftime("%m-%d %H:%M%:z").to_string())
            .collect();
        times.join(" | ")
    };
    calendar.releases(at(from), at(to)).iter().map(words).collect()
}

#[test]
fn a_release_of_several_days_is_one() {
    let taipei = calendar("Asia/Taipei", vec![rule(Days::OfMonth(vec![7, 8, 9]), time(16, 0, 0, 0))]);
    assert_eq!(
        releases(&taipei, "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        [
            "01-07 16:00+08:00 | 01-08 16:00+08:00 | 01-09 16:00+08:00",
            "02-07 16:00+08:00 | 02-08 16:00+08:00 | 02-09 16:00+08:00"
        ]
    );
}

#[test]
fn days_that_are_not_worked_on_move_as_the_rule_says() {
    // 7 February 2026 is a Saturday, 10 February of this list a holiday.
    let base = rule(Days::OfMonth(vec![7]), time(9, 0, 0, 0));
    for (moved, expected) in [
        (Moved::Never, vec!["02-07 09:00+09:00"]),
        (Moved::Later, vec!["02-11 09:00+09:00"]),
        (Moved::Earlier, vec!["02-06 09:00+09:00"]),
        (Moved::Dropped, vec![]),
    ] {
        let mut seoul = calendar("Asia/Seoul", vec![Rule { moved, ..base.clone() }]);
        seoul.work_days.holidays = [date(2026, 2, 9), date(2026, 2, 10)].into();
        assert_eq!(releases(&seoul, "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"), expected, "{moved:?}");
    }
    // A Saturday that makes up for a holiday is a day of work.
    let mut seoul = calendar("Asia/Seoul", vec![Rule { moved: Moved::Later, ..base }]);
    seoul.work_days.worked = [date(2026, 2, 7)].into();
    assert_eq!(releases(&seoul, "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"), ["02-07 09:00+09:00"]);
}

#[test]
fn moved_days_fall_together_and_cross_the_end_of_a_month_and_of_a_year() {
    let mut later = rule(Days::OfMonth(vec![30, 31]), time(10, 0, 0, 0));
    later.moved = Moved::Later;
    let mut calendar = calendar("Asia/Tokyo", vec![later]);
    calendar.work_days.holidays = [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1)].into();
    // Both move behind the turn of the year and the weekend of 2 January.
    assert_eq!(releases(&calendar, "2026-12-15T00:00:00Z", "2027-01-15T00:00:00Z"), ["01-04 10:00+09:00"]);
}

#[test]
fn a_day_that_a_month_has_not_is_its_last() {
    let utc = calendar("UTC", vec![rule(Days::OfMonth(vec![31]), time(0, 0, 0, 0))]);
    assert_eq!(
        releases(&utc, "2028-01-01T00:00:00Z", "2028-05-01T00:00:00Z"),
        ["01-31 00:00+00:00", "02-29 00:00+00:00", "03-31 00:00+00:00", "04-30 00:00+00:00"]
    );
    let last_but_one = calendar("UTC", vec![rule(Days::OfMonth(vec![-2]), time(0, 0, 0, 0))]);
    assert_eq!(releases(&last_but_one, "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z"), ["02-27 00:00+00:00"]);
}

#[test]
fn days_of_the_week_and_days_of_work_are_counted_from_either_end() {
    for (days, expected) in [
        (Days::Weekday(2, Weekday::Wednesday), vec!["05-13 08:30-04:00"]),
        (Days::Weekday(-1, Weekday::Friday), vec!["05-29 08:30-04:00"]),
        (Days::Weekday(5, Weekday::Monday), vec![]),
        (Days::Working(1), vec!["05-04 08:30-04:00"]),
        (Days::Working(-1), vec!["05-29 08:30-04:00"]),
        (Days::Working(23), vec![]),
    ] {
        let mut new_york = calendar("America/New_York", vec![rule(days.clone(), time(8, 30, 0, 0))]);
        new_york.work_days.holidays = [date(2026, 5, 1), date(2026, 5, 25)].into();
        assert_eq!(releases(&new_york, "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z"), expected, "{days:?}");
    }
    let yearly = Rule { months: vec![2], ..rule(Days::OfMonth(vec![28]), time(0, 0, 0, 0)) };
    let yearly = calendar("UTC", vec![yearly]);
    assert_eq!(releases(&yearly, "2026-03-01T00:00:00Z", "2027-03-01T00:00:00Z"), ["02-28 00:00+00:00"]);
    let opens = at("2027-02-27T23:55:00Z");
    assert_eq!(yearly.pace(at("2026-03-01T00:00:00Z"), None), Pace::Rest { opens: Some(opens) }, "a year ahead");
}

#[test]
fn clocks_that_change_to_summer_time_and_back() {
    // In 2026 clocks in New York go from 2:00 to 3:00 on 8 March and from 2:00 to 1:00 on 1 November.
    let list = Days::List(vec![
        date(2026, 3, 7).at(8, 30, 0, 0),
        date(2026, 3, 8).at(2, 30, 0, 0),
        date(2026, 3, 9).at(8, 30, 0, 0),
        date(2026, 11, 1).at(1, 30, 0, 0),
        date(2026, 11, 2).at(8, 30, 0, 0),
    ]);
    let calendar = calendar("America/New_York", vec![rule(list, Time::midnight())]);
    let instants: Vec<String> = calendar
        .releases(at("2026-03-01T00:00:00Z"), at("2026-12-01T00:00:00Z"))
        .iter()
        .map(|release| release.first().to_string())
        .collect();
    assert_eq!(
        instants,
        [
            "2026-03-07T13:30:00Z",
            // 2:30 is left out that night: it comes an hour later, at 3:30.
            "2026-03-08T07:30:00Z",
            "2026-03-09T12:30:00Z",
            // 1:30 comes twice: the earlier.
            "2026-11-01T05:30:00Z",
            "2026-11-02T13:30:00Z",
        ]
    );
}

#[test]
fn a_window_opens_before_the_time_and_closes_when_it_was_seen_or_is_over() {
    let taipei = calendar("Asia/Taipei", vec![rule(Days::OfMonth(vec![7, 8]), time(16, 0, 0, 0))]);
    let pace = |now: &str, news: Option<&str>| match taipei.pace(at(now), news.map(at)) {
        Pace::Window { closes } => format!("often until {closes}"),
        Pace::Rest { opens: Some(opens) } => format!("rest until {opens}"),
        Pace::Rest { opens: None } => "rest".to_owned(),
    };
    for (now, news, expected) in [
        ("2026-01-01T00:00:00Z", None, "rest until 2026-01-07T07:55:00Z"),
        ("2026-01-07T07:54:59Z", None, "rest until 2026-01-07T07:55:00Z"),
        ("2026-01-07T07:55:00Z", None, "often until 2026-01-07T11:00:00Z"),
        ("2026-01-07T10:59:59Z", Some("2026-01-07T07:54:59Z"), "often until 2026-01-07T11:00:00Z"),
        // Not on the first day: perhaps on the second.
        ("2026-01-07T11:00:00Z", None, "rest until 2026-01-08T07:55:00Z"),
        ("2026-01-08T08:00:00Z", None, "often until 2026-01-08T11:00:00Z"),
        // Seen: the next is that of the month behind.
        ("2026-01-07T08:10:00Z", Some("2026-01-07T08:09:00Z"), "rest until 2026-02-07T07:55:00Z"),
        ("2026-01-08T08:00:00Z", Some("2026-01-07T20:00:00Z"), "rest until 2026-02-07T07:55:00Z"),
        ("2026-01-08T12:00:00Z", None, "rest until 2026-02-07T07:55:00Z"),
    ] {
        assert_eq!(pace(now, news), expected, "{now} {news:?}");
    }
    let never = calendar("UTC", vec![rule(Days::List(Vec::new()), Time::midnight())]);
    assert_eq!(never.pace(at("2026-01-01T00:00:00Z"), None), Pace::Rest { opens: None });
}

#[test]
fn the_last_release_that_ought_to_have_come() {
    let taipei = calendar("Asia/Taipei", vec![rule(Days::OfMonth(vec![7, 8]), time(16, 0, 0, 0))]);
    for (now, expected) in [
        ("2026-01-08T13:59:59Z", "2025-12-07T08:00:00Z"),
        // Six hours behind the last time at which it may come.
        ("2026-01-08T14:00:00Z", "2026-01-07T08:00:00Z"),
        ("2026-02-08T13:59:59Z", "2026-01-07T08:00:00Z"),
    ] {
        assert_eq!(taipei.last_due(at(now)).unwrap().first(), at(expected), "{now}");
    }
    let once = calendar("UTC", vec![rule(Days::List(vec![date(2026, 1, 9).at(0, 0, 0, 0)]), Time::midnight())]);
    assert_eq!(once.last_due(at("2026-01-09T05:59:59Z")), None);
    assert_eq!(once.last_due(at("2026-09-09T06:00:00Z")).unwrap().first(), at("2026-01-09T00:00:00Z"));
}

const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:America/New_York\r\nBEGIN:STANDARD\r\n\
DTSTART:20071104T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
BEGIN:VEVENT\r\nSUMMARY:Trade in goods\\, advance\r\nDTSTART;TZID=\"America/New_York\":20260129T083000\r\n\
BEGIN:VALARM\r\nSUMMARY:soon\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nSUMMARY:Trade in go\r\n ods and services\r\nDTSTART:20260205T133000Z\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nSUMMARY:Trade postponed\r\nSTATUS:CANCELLED\r\nDTSTART:20260305T133000Z\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nSUMMARY:Holiday\r\nDTSTART;VALUE=DATE:20260216\r\nDTEND;VALUE=DATE:20260221\r\nEND:VEVENT\r\n\
END:VCALENDAR\r\n";

fn entries(text: &str, only: Option<&str>) -> Result<Vec<String>, String> {
    let only = only.map(|only| regex::Regex::new(only).unwrap());
    let read = ics::read(text, &TimeZone::get("Asia/Taipei").unwrap(), only.as_ref());
    let words = |entry: &ics::Entry| {
        let time = entry.time.map_or("all day".to_owned(), |time| time.strftime("%H:%M").to_string());
        format!("{} to {} {time} {}", entry.day, entry.end, entry.summary)
    };
    read.map(|entries| entries.iter().map(words).collect()).map_err(|error| error.to_string())
}

#[test]
fn calendar_files_give_days_and_times_in_the_zone_that_is_asked_for() {
    assert_eq!(
        entries(FILE, None).unwrap(),
        [
            "2026-01-29 to 2026-01-30 21:30 Trade in goods, advance",
            "2026-02-05 to 2026-02-06 21:30 Trade in goods and services",
            "2026-02-16 to 2026-02-21 all day Holiday",
        ]
    );
    assert_eq!(entries(FILE, Some("services")).unwrap().len(), 1);
    let event = |lines: &str| format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n");
    let yearly = event("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20320229");
    let days = entries(&yearly, None).unwrap();
    assert_eq!(days[..3].iter().map(|day| &day[..10]).collect::<Vec<_>>(), ["2024-02-29", "2028-02-29", "2036-02-29"]);
    let further = event("DTSTART:20260101T000000Z\nRDATE:20260201T000000Z,20260301T000000Z");
    assert_eq!(entries(&further, None).unwrap().len(), 3);
}

#[test]
fn calendar_files_that_are_not_understood_are_refused_with_their_line() {
    let event = |lines: &str| format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n");
    for (text, expected) in [
        ("<html>".to_owned(), "line 1: this is no calendar"),
        (event("SUMMARY:x"), "line 2: the event has no DTSTART"),
        (event("DTSTART:2026-01-09"), "line 3: `2026-01-09` is neither a day"),
        (event("DTSTART:20261309"), "line 3: `20261309` is neither a day"),
        (event("DTSTART;TZID=Nowhere:20260109T160000"), "line 3: `Nowhere` is no zone"),
        (event("DTSTART:20260109\nRRULE:FREQ=MONTHLY;BYDAY=2WE"), "line 4: the repetition `FREQ=MONTHLY;BYDAY=2WE`"),
    ] {
        let error = entries(&text, None).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let days = prop_oneof![
        proptest::collection::vec((1..=31_i8).prop_flat_map(|day| prop_oneof![Just(day), Just(-day)]), 1..4)
            .prop_map(Days::OfMonth),
        ((1..=4_i8).prop_flat_map(|n| prop_oneof![Just(n), Just(-n)]), 1..=7_i8)
            .prop_map(|(n, day)| Days::Weekday(n, Weekday::from_monday_one_offset(day).unwrap())),
        (1..=15_i8).prop_flat_map(|n| prop_oneof![Just(n), Just(-n)]).prop_map(Days::Working),
    ];
    let moved = prop_oneof![Just(Moved::Never), Just(Moved::Later), Just(Moved::Earlier)];
    (days, 0..24_i8, 0..60_i8, moved).prop_map(|(days, hour, minute, moved)| Rule {
        days,
        months: Vec::new(),
        at: time(hour, minute, 0, 0),
        moved,
    })
}

fn any_zone() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("UTC"), Just("Asia/Taipei"), Just("America/New_York"), Just("Pacific/Apia"), Just("Europe/Berlin")]
}

proptest! {
    /// A rule of months gives twelve releases a year, wherever the year is cut in two.
    #[test]
    fn no_release_is_lost_or_doubled_at_a_seam(rule in any_rule(), zone in any_zone(), second in 0..31_536_000_i64) {
        let calendar = calendar(zone, vec![rule]);
        let (from, to) = (at("2026-01-15T00:00:00Z"), at("2027-01-15T00:00:00Z"));
        let seam = from + SignedDuration::from_secs(second);
        let whole = calendar.releases(from, to);
        let mut parts = calendar.releases(from, seam);
        parts.extend(calendar.releases(seam, to));
        prop_assert_eq!(&parts, &whole);
        prop_assert!((11..=13).contains(&whole.len()), "{}", whole.len());
    }

    /// Whenever nothing is awaited, a window opens later; in it, it closes later; and what opened is in a window.
    #[test]
    fn windows_open_and_close(rule in any_rule(), zone in any_zone(), second in 0..94_608_000_i64) {
        let calendar = calendar(zone, vec![rule]);
        let now = at("2026-01-01T00:00:00Z") + SignedDuration::from_secs(second);
        match calendar.pace(now, None) {
            Pace::Window { closes } => prop_assert!(closes > now),
            Pace::Rest { opens } => {
                let opens = opens.unwrap();
                prop_assert!(opens > now);
                let is_open = matches!(calendar.pace(opens, None), Pace::Window { .. });
                prop_assert!(is_open);
                // What came in the window ends it.
                let is_rest = matches!(calendar.pace(opens, Some(opens)), Pace::Rest { .. });
                prop_assert!(is_rest);
            }
        }
    }

    /// Nothing that a file may hold ends the program.
    #[test]
    fn no_file_is_a_panic(lines in proptest::collection::vec("(BEGIN|END|DTSTART|RDATE|RRULE|SUMMARY|EXDATE|DTEND)[;:][A-Z0-9=;,:\u{e9}]{0,20}", 0..12)) {
        let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{}\nEND:VEVENT\n", lines.join("\n"));
        let _whatever = ics::read(&text, &TimeZone::UTC, None);
    }
}
