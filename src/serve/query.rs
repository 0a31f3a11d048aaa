//! Reads the query of an address. An unknown or unreadable part is an error that says what may stand there.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::Uri;
use bellwether_model::indicator;
use bellwether_store::EventFilter;
use jiff::Timestamp;
use url::form_urlencoded;

use super::problem::Problem;
use crate::view::reports::{ReportFormat, Week};
use crate::view::wording::DisplayLanguage;

/// What may stand in the query of a list of events.
const EVENT_PARTS: &str =
    "kind, area, partner, flow, measure, period, forecast, state, source, release, since, until, limit, as_of, format";

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListFormat {
    /// One JSON array.
    Json,
    /// One JSON value a line.
    Lines,
}

/// The parts of a query, each name once.
pub(super) struct Parts(BTreeMap<String, String>);

impl Parts {
    /// Reads the query; empty parts, as forms send them, do not count.
    pub(super) fn of(uri: &Uri, known: &[&str]) -> Result<Self, Problem> {
        let mut parts = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            if !known.contains(&name.as_ref()) {
                let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
                return Err(Problem::query(format!("`{name}` is not known here"), format!("known: {known}")));
            }
            if !value.is_empty() && parts.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(Problem::query(format!("`{name}` is given twice"), "give it once"));
            }
        }
        Ok(Self(parts))
    }

    /// A part as text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A part read as something; `None`: it is not given.
    fn read<T: std::str::FromStr>(&self, name: &str, hint: &str) -> Result<Option<T>, Problem> {
        self.text(name)
            .map(|text| text.parse().map_err(|_| Problem::query(format!("`{name}` cannot be `{text}`"), hint)))
            .transpose()
    }

    /// A part as a time.
    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        self.read(name, "write a time like 2026-01-09T08:00:00Z")
    }

    /// A time that has come, to which the store is to be set back; `None`: it is not given.
    pub(super) fn as_of(&self, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
        match self.time("as_of")? {
            Some(at) if at > now => Err(Problem::query(format!("`as_of` is to come: {at}"), format!("it is {now}"))),
            at => Ok(at),
        }
    }

    /// How many at most; `otherwise` where the query does not say. 0 means all.
    pub(super) fn limit(&self, otherwise: usize) -> Result<usize, Problem> {
        let limit = self.read("limit", "write a whole number; 0 means all")?.unwrap_or(otherwise);
        Ok(if limit == 0 { usize::MAX } else { limit })
    }
}

/// The filter of a list of events, and how it is to be written.
pub(super) fn events(uri: &Uri) -> Result<(EventFilter, ListFormat), Problem> {
    let mut format = ListFormat::Json;
    let mut rest = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        match (name.as_ref(), value.as_ref()) {
            (_, "") => {}
            ("format", "json") => format = ListFormat::Json,
            ("format", "jsonl") => format = ListFormat::Lines,
            ("format", other) => {
                return Err(Problem::query(format!("`format` cannot be `{other}`"), "write json or jsonl"));
            }
            _ => {
                rest.append_pair(&name, &value);
            }
        }
    }
    let unreadable = |why: String| Problem::query(why, format!("known: {EVENT_PARTS}"));
    let rest: Uri = format!("/?{}", rest.finish()).parse().map_err(|error| unreadable(format!("{error}")))?;
    match Query::<EventFilter>::try_from_uri(&rest) {
        Ok(Query(filter)) => {
            let unknown = |why: String| unreadable(format!("flow: {why}"));
            filter.flow.map(indicator::asked_for).transpose().map_err(unknown)?;
            Ok((filter, format))
        }
        Err(error) => {
            let why = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            Err(unreadable(why))
        }
    }
}

/// The week of a report.
pub(super) fn week(text: &str) -> Result<Week, Problem> {
    text.parse().map_err(|error: String| Problem::query(error, "write a week of ISO 8601, like 2026-W02"))
}

/// The language and form of a report; Chinese of Taiwan and `otherwise` where the query does not say.
pub(super) fn report(parts: &Parts, otherwise: ReportFormat) -> Result<(DisplayLanguage, ReportFormat), Problem> {
    let language = parts.read("lang", "write zh-TW or en")?.unwrap_or(DisplayLanguage::ZhTw);
    let format = match parts.text("format") {
        None => otherwise,
        Some("md") => ReportFormat::Md,
        Some("html") => ReportFormat::Html,
        Some("json") => ReportFormat::Json,
        Some(other) => return Err(Problem::query(format!("`format` cannot be `{other}`"), "write md, html or json")),
    };
    Ok((language, format))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn filter(query: &str) -> Result<(EventFilter, ListFormat), String> {
        events(&format!("/api/events?{query}").parse().unwrap()).map_err(|problem| problem.error)
    }

    #[test]
    fn a_filter_is_read_from_a_query() {
        let (filter, format) = filter(
            "kind=figure&area=TW&partner=CN%2BHK&flow=exports&measure=yoy&period=2025-01%2F2025-11&forecast=true&state=revised\
             &source=wire&release=TW-2025-12&since=2026-01-01T00:00:00Z&limit=5&format=jsonl",
        )
        .unwrap();
        assert_eq!(format, ListFormat::Lines);
        assert_eq!(filter.partner.unwrap().as_str(), "CN+HK");
        assert_eq!(filter.period.unwrap().to_string(), "2025-01/2025-11");
        assert_eq!((filter.forecast, filter.limit), (Some(true), 5));
    }

    #[test]
    fn empty_parts_do_not_count() {
        let (filter, _) = filter("area=&flow=&state=").unwrap();
        assert!(filter.area.is_none() && filter.flow.is_none() && filter.state.is_none());
    }

    #[test]
    fn unknown_parts_are_named() {
        assert!(filter("aera=TW").unwrap_err().contains("aera"));
        assert!(filter("flow=sideways").unwrap_err().contains("sideways"));
        assert!(filter("format=xml").unwrap_err().contains("xml"));
        assert!(filter("period=2025-13").is_err());
    }
}
