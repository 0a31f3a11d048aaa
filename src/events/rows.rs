//! Door: an answer of an API out of the archive, what its rows say into the store.
//!
//! An answer may hold ten thousand figures, more than one transaction should: it is committed in parts, and counts as
//! read with the last of them. Reading it again after a crash changes nothing that was committed.

use std::collections::HashMap;

use bellwether_extractors::rows;
use bellwether_extractors::{Extraction, PageContext};
use bellwether_model::event::Fact;
use bellwether_model::figure::Figure;
use bellwether_model::rows::RowMapping;
use bellwether_model::snapshot::{LinkHint, Snapshot};
use bellwether_model::source::{Resource, ResourceRole};
use bellwether_model::web::CanonicalUrl;
use bellwether_store::{Change, Transaction};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::backlog::Newness;
use super::merge::Report;
use super::pages::{context, guarded};
use super::reader::{NAMES, Reader, push, tell};
use super::{EventsError, links, record, reports, standing};
use crate::settings::SourceSettings;

/// Reports of one transaction; each makes up to three changes, and the store is fastest with a few hundred.
const REPORTS_AT_ONCE: usize = 60;

impl Reader<'_> {
    /// Reads the rows of an answer and commits all of what they say but the last part, which is left in `transaction`.
    pub(super) fn rows(
        &self,
        snapshot: &Snapshot,
        body: &[u8],
        source: &SourceSettings,
        mapping: &RowMapping,
        transaction: &mut Transaction,
        silent: bool,
    ) -> Result<(), EventsError> {
        let now = transaction.at;
        let answer = read(snapshot, body, source, mapping);
        tell(snapshot, &answer.extraction.problems);
        let document = self.record(snapshot, &answer.extraction, now)?;
        let before = self.store.document(&document.id)?;
        let is_first = before.is_none();
        let newness = match silent {
            true => Newness::Silent,
            false => self.newness(snapshot, &answer.extraction, before.as_ref(), None)?,
        };
        let fetched = snapshot.fetched.to_zoned(TimeZone::UTC).date();
        let newest = newest(&answer.extraction.figures);
        let mut part = 0;
        for report in reports::of_rows(&answer.extraction, fetched, &NAMES) {
            let (outcome, release) = self.merged(&report, &document, false, now)?;
            // What an API has told for years is no news when it is asked for the first time.
            let silent = newness.is_silent() || (is_first && is_history(&report, &newest));
            if let Some(outcome) = outcome {
                push(transaction, &report.event, release, standing::marked(outcome, newness), silent);
                part += 1;
            }
            if part == REPORTS_AT_ONCE {
                part = 0;
                self.store.commit(std::mem::replace(transaction, Transaction::new(now)))?;
            }
        }
        // With the last part, so that an answer that was read in part is still the first one.
        transaction.push(Change::Document(Box::new(document)));
        if let Some(next) = self.next_page(&answer, snapshot, source, mapping, transaction)? {
            let first_look = snapshot.hint.as_ref().and_then(|hint| hint.first_look);
            let first_look = first_look.or(is_first.then_some(snapshot.fetched));
            transaction.push(Change::Resource(Box::new(standing::stood_there(next, first_look))));
        }
        Ok(())
    }

    /// The page that continues an answer, where it is not yet known.
    fn next_page(
        &self,
        answer: &rows::Answer,
        snapshot: &Snapshot,
        source: &SourceSettings,
        mapping: &RowMapping,
        transaction: &Transaction,
    ) -> Result<Option<Resource>, EventsError> {
        let Some(next) = answer.next.as_ref().and_then(|next| without_secrets(next, source)) else { return Ok(None) };
        let depth = snapshot.hint.as_ref().map_or(0, |hint| hint.depth).saturating_add(1);
        let most = mapping.next.as_ref().map_or(1, bellwether_model::rows::NextPage::most_pages);
        if depth >= most {
            tracing::warn!(
                source.id = %snapshot.source, url = %snapshot.url,
                "the answer goes on behind its {most} pages; raise `pages` under [source.api.next] to read more"
            );
            return Ok(None);
        }
        if self.store.store.resource(&next)?.is_some() {
            return Ok(None);
        }
        let hint = LinkHint { depth, ..LinkHint::default() };
        Ok(Some(links::new(&next, ResourceRole::Rows, Some(hint), snapshot, transaction.at)))
    }
}

/// The facts of an answer alone, for a replay.
pub(super) fn extraction(
    snapshot: &Snapshot,
    body: &[u8],
    source: &SourceSettings,
    mapping: &RowMapping,
) -> Extraction {
    read(snapshot, body, source, mapping).extraction
}

fn read(snapshot: &Snapshot, body: &[u8], source: &SourceSettings, mapping: &RowMapping) -> rows::Answer {
    let header = |wanted: &str| {
        let line = snapshot.headers.iter().find(|(name, _)| name == wanted);
        line.map(|(_, value)| value.as_str())
    };
    let context = PageContext {
        title: Some(source.id.to_string()),
        published: header("last-modified").map(str::to_owned),
        ..context(snapshot, Some(source))
    };
    guarded(|| rows::read(body, &context, mapping, header("link"))).unwrap_or_else(|problem| {
        let document = record::unreadable(context.title.as_deref());
        let (figures, officials, speakers, policy) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let extraction = Extraction { document, figures, officials, speakers, policy, problems: vec![problem] };
        rows::Answer { extraction, rows: 0, next: None }
    })
}

/// An address that an answer names, without the keys that it may repeat.
fn without_secrets(url: &CanonicalUrl, source: &SourceSettings) -> Option<CanonicalUrl> {
    let secrets = &source.secret_query.0;
    let own = url.url();
    if secrets.is_empty() || own.query().is_none() {
        return Some(url.clone());
    }
    let kept: Vec<(String, String)> = own
        .query_pairs()
        .filter(|(name, _)| !secrets.iter().any(|(secret, _)| secret == name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let mut plain = own.clone();
    plain.set_query(None);
    if !kept.is_empty() {
        plain.query_pairs_mut().extend_pairs(kept);
    }
    CanonicalUrl::parse(plain.as_str()).ok()
}

/// What makes two figures of one answer values of one series.
type Series = (String, bool);

fn series(figure: &Figure) -> Series {
    let partner = figure.partner.as_ref().map_or("", |partner| partner.as_str());
    let product = figure.product.as_deref().unwrap_or_default();
    let (area, flow) = (&figure.area, figure.flow.code());
    let (measure, unit) = (figure.measure.code(), figure.unit.as_str());
    (format!("{area} {flow} {partner} {measure} {unit} {product}"), figure.status.is_forecast())
}

/// The last day of the newest period of each series.
fn newest(figures: &[Figure]) -> HashMap<Series, Date> {
    let mut newest = HashMap::new();
    for figure in figures {
        let end = figure.period.end();
        let day = newest.entry(series(figure)).or_insert(end);
        *day = end.max(*day);
    }
    newest
}

fn is_history(report: &Report, newest: &HashMap<Series, Date>) -> bool {
    match &report.fact {
        Fact::Figure(figure) => newest.get(&series(figure)).is_some_and(|newest| figure.period.end() < *newest),
        Fact::Statement(_) | Fact::Policy(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_model::id::SourceId;
    use bellwether_model::source::SourceKind;

    #[test]
    fn a_key_that_an_answer_repeats_is_left_out() {
        let url = |text: &str| CanonicalUrl::parse(text).expect(text);
        let source = SourceSettings {
            secret_query: crate::settings::Secrets(vec![("key".into(), "s3cret".into())]),
            ..SourceSettings::new(SourceId::new("a"), SourceKind::Api, url("https://a.example/"))
        };
        let plain = |text: &str| without_secrets(&url(text), &source).expect(text).to_string();
        assert_eq!(plain("https://a.example/?page=2&key=s3cret"), "https://a.example/?page=2");
        assert_eq!(plain("https://a.example/?key=s3cret"), "https://a.example/");
        assert_eq!(plain("https://a.example/x"), "https://a.example/x");
    }
}
