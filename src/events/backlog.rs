//! What is news and what is a backlog: pages that stood there when their source was first looked at, and pages that are older
//! than its being followed. Pure: times are arguments.
//!
//! A backlog is read, merged and flagged as everything else, and nobody is alerted of it. What was published a moment ago,
//! or since the window of a release opened, is never one: a program that starts in the hour of a release tells of it.

use bellwether_model::document::{Document, PageTime};
use bellwether_model::source::SourceKind;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::links::instant;
use crate::settings::{Backlog, SourceSettings};

/// The farthest that a clock on the wall is behind Coordinated Universal Time.
const LAST_ZONE: SignedDuration = SignedDuration::from_hours(12);

/// What a document that is read is to those who are told of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Newness {
    /// News.
    News,
    /// News, and by its own date no older than a moment: what only a page without a date has told before is news too.
    Fresh,
    /// It stood there before; nobody is alerted.
    Backlog,
    /// Somebody asked that nobody be alerted: an import, a replay.
    Silent,
}

impl Newness {
    /// Whether nobody is alerted.
    pub(super) fn is_silent(self) -> bool {
        matches!(self, Self::Backlog | Self::Silent)
    }
}

/// How a document came to be known that is read for the first time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// When the list that names it was first looked at, if it stood there then.
    pub(super) first_look: Option<Timestamp>,
    /// Since when its source is followed; `None`: nobody knows.
    pub(super) followed: Option<Timestamp>,
    /// When its answer came.
    pub(super) fetched: Timestamp,
}

/// The last moment at which a document can have been published, as it says itself or the link that led to it. `None`: neither
/// says. A page that is looked at again and again counts from its last change.
pub(super) fn published(document: &Document, hint: Option<&str>, source: &SourceSettings) -> Option<Timestamp> {
    let zone = source.timezone.as_deref().and_then(|zone| TimeZone::get(zone).ok());
    let changed = document.updated.filter(|_| source.kind == SourceKind::Page);
    let said = [document.published, changed].into_iter().flatten().map(|time| latest(&time, zone.as_ref()));
    said.chain(hint.and_then(instant)).max()
}

/// The last moment that a time as a page gives it can mean.
fn latest(time: &PageTime, zone: Option<&TimeZone>) -> Timestamp {
    if let Some(instant) = time.instant.filter(|_| time.has_time) {
        return instant;
    }
    let local = if time.has_time { time.local } else { time.local.saturating_add(1.day()) };
    let zoned = zone.and_then(|zone| local.to_zoned(zone.clone()).ok()).map(|zoned| zoned.timestamp());
    let universal = || local.to_zoned(TimeZone::UTC).ok()?.timestamp().checked_add(LAST_ZONE).ok();
    zoned.or_else(universal).unwrap_or(Timestamp::MAX)
}

/// What a document is that is read for the first time. `published`: see [`published`]; `sources`: all that are followed, of
/// whose release calendars the windows count for every source, since press and ministry tell of the same release.
pub(super) fn judge(
    found: &Found,
    published: Option<Timestamp>,
    source: &SourceSettings,
    sources: &[SourceSettings],
) -> Newness {
    let look = found.first_look.unwrap_or(found.fetched);
    let moment = SignedDuration::try_from(source.fresh).ok().and_then(|moment| look.checked_sub(moment).ok());
    if published.is_some_and(|at| moment.is_none_or(|moment| at >= moment)) {
        return Newness::Fresh;
    }
    let older = || published.zip(found.followed).is_some_and(|(at, followed)| at < followed);
    if source.backlog == Backlog::News || (found.first_look.is_none() && !older()) {
        return Newness::News;
    }
    let mut windows = sources.iter().filter_map(|source| source.calendar.as_ref()?.window(look));
    match published {
        Some(at) if windows.any(|window| at >= window.opened) => Newness::Fresh,
        // It may be the release itself; a page that is known since a minute cannot say.
        None if source.calendar.as_ref().and_then(|calendar| calendar.window(look)).is_some_and(|w| w.is_announced) => {
            Newness::News
        }
        _ => Newness::Backlog,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bellwether_model::id::SourceId;
    use bellwether_model::web::CanonicalUrl;

    use super::super::record::unreadable;
    use super::*;
    use crate::calendar::{Calendar, Days, Moved, Rule, WorkDays};

    fn at(text: &str) -> Timestamp {
        text.parse().expect(text)
    }

    fn source() -> SourceSettings {
        let url = CanonicalUrl::parse("https://wire.example/feed.xml").expect("an address");
        SourceSettings {
            timezone: Some("Asia/Taipei".into()),
            ..SourceSettings::new(SourceId::new("wire"), SourceKind::Feed, url)
        }
    }

    /// Releases on the 9th at 16:00 in Taipei, whose windows are open from 15:55 to 19:00.
    fn ministry() -> SourceSettings {
        let calendar = Calendar {
            id: "trade".into(),
            zone: TimeZone::get("Asia/Taipei").expect("a zone"),
            rules: vec![Rule {
                days: Days::OfMonth(vec![9]),
                months: Vec::new(),
                at: jiff::civil::time(16, 0, 0, 0),
                moved: Moved::Never,
            }],
            work_days: WorkDays::default(),
            before: Duration::from_secs(300),
            after: Duration::from_secs(3 * 3600),
            every: Duration::from_secs(60),
            overdue_after: Duration::from_secs(4 * 3600),
        };
        SourceSettings { id: SourceId::new("ministry"), calendar: Some(Arc::new(calendar)), ..source() }
    }

    fn first(look: &str) -> Found {
        Found {
            first_look: Some(at(look)),
            followed: Some(at(look)),
            fetched: at(look) + SignedDuration::from_hours(2),
        }
    }

    fn later(followed: &str, fetched: &str) -> Found {
        Found { first_look: None, followed: Some(at(followed)), fetched: at(fetched) }
    }

    #[test]
    fn what_stood_there_at_the_first_look_is_a_backlog_but_for_what_is_fresh() {
        let wire = source();
        let of = |published: Option<&str>| {
            judge(&first("2026-01-09T10:00:00Z"), published.map(at), &wire, std::slice::from_ref(&wire))
        };
        assert_eq!(of(Some("2026-01-08T10:00:00Z")), Newness::Backlog);
        assert_eq!(of(None), Newness::Backlog);
        // The queue of its host kept it waiting for two hours; it counts from the look.
        assert_eq!(of(Some("2026-01-09T09:30:00Z")), Newness::Fresh);
        let asked = SourceSettings { backlog: Backlog::News, ..source() };
        assert_eq!(judge(&first("2026-01-09T10:00:00Z"), None, &asked, &[]), Newness::News);
    }

    #[test]
    fn what_was_published_since_a_window_opened_is_fresh_whoever_tells_it() {
        let (wire, sources) = (source(), [source(), ministry()]);
        let of = |look: &str, published: Option<&str>, source: &SourceSettings| {
            judge(&first(look), published.map(at), source, &sources)
        };
        // In Taipei it is 18:40.
        let evening = "2026-01-09T10:40:00Z";
        assert_eq!(of(evening, Some("2026-01-09T08:02:00Z"), &wire), Newness::Fresh);
        assert_eq!(of(evening, Some("2026-01-09T07:00:00Z"), &wire), Newness::Backlog);
        assert_eq!(of("2026-01-09T11:40:00Z", Some("2026-01-09T08:02:00Z"), &wire), Newness::Backlog, "it has closed");
        // A page without a date is believed to be the release where its own calendar announced one.
        assert_eq!(of(evening, None, &ministry()), Newness::News);
        assert_eq!(of(evening, None, &wire), Newness::Backlog);
        assert_eq!(of("2026-01-09T07:57:00Z", None, &ministry()), Newness::Backlog, "it has not come yet");
    }

    #[test]
    fn what_is_found_later_is_news_unless_it_is_older_than_the_following() {
        let wire = source();
        let of = |published: Option<&str>| {
            judge(&later("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), published.map(at), &wire, &[])
        };
        assert_eq!(of(None), Newness::News);
        assert_eq!(of(Some("2025-12-31T00:00:00Z")), Newness::Backlog, "an old page under a new link");
        assert_eq!(of(Some("2026-01-05T00:00:00Z")), Newness::News, "the program was off for weeks");
        assert_eq!(
            judge(
                &Found { followed: None, ..later("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z") },
                Some(at("2020-01-01T00:00:00Z")),
                &wire,
                &[]
            ),
            Newness::News
        );
    }

    #[test]
    fn a_day_without_a_time_lasts_until_its_end() {
        let day = PageTime::day("2026-01-09".parse().expect("a day"));
        let document = Document { published: Some(day), ..unreadable(None) };
        assert_eq!(published(&document, None, &source()), Some(at("2026-01-09T16:00:00Z")));
        let nowhere = SourceSettings { timezone: None, ..source() };
        assert_eq!(published(&document, None, &nowhere), Some(at("2026-01-10T12:00:00Z")));
        assert_eq!(
            published(&unreadable(None), Some("2026-01-09T08:00:00Z"), &nowhere),
            Some(at("2026-01-09T08:00:00Z"))
        );
        assert_eq!(published(&unreadable(None), None, &nowhere), None);
        // An article that was edited stays as old as it is; a page of statistics is as new as its last change.
        let edited = Document { updated: Some(PageTime::day("2026-01-20".parse().expect("a day"))), ..document };
        assert_eq!(published(&edited, None, &source()), Some(at("2026-01-09T16:00:00Z")));
        let page = SourceSettings { kind: SourceKind::Page, ..source() };
        assert_eq!(published(&edited, None, &page), Some(at("2026-01-20T16:00:00Z")));
    }
}
