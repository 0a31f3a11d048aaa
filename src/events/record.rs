//! What the store keeps of a document that was read. Pure.

use bellwether_extractors::RULES;
use bellwether_extractors::problem::Problem;
use bellwether_model::document::{CommentCounts, Document, DocumentKind, DocumentRecord, Reaction};
use bellwether_model::snapshot::Snapshot;
use bellwether_model::source::Trust;
use jiff::Timestamp;

/// Problems kept of one document; a hostile page can have any number.
const MAX_PROBLEMS: usize = 20;
/// Characters kept of a problem, and of any other text of a page that is not evidence.
const MAX_CHARACTERS: usize = 500;
/// Authors kept of one document.
const MAX_AUTHORS: usize = 20;

/// The record of a document that was read. `before`: its record of an earlier reading.
#[must_use]
pub(super) fn of(
    snapshot: &Snapshot,
    trust: Trust,
    document: &Document,
    problems: &[Problem],
    before: Option<&DocumentRecord>,
    now: Timestamp,
) -> DocumentRecord {
    DocumentRecord {
        id: snapshot.final_url.document(),
        snapshot: snapshot.id.clone(),
        source: snapshot.source.clone(),
        trust,
        url: snapshot.final_url.clone(),
        title: cut(&document.title),
        published: document.published,
        authors: document.authors.iter().take(MAX_AUTHORS).map(|author| cut(author)).collect(),
        publisher: document.publisher.as_deref().map(cut),
        language: document.language,
        kind: document.kind,
        cites: document.cites.clone(),
        comments: document.comments.as_deref().map(|comments| {
            let count = |reaction: Reaction| {
                u32::try_from(comments.iter().filter(|comment| comment.reaction == reaction).count())
                    .unwrap_or(u32::MAX)
            };
            CommentCounts { push: count(Reaction::Push), boo: count(Reaction::Boo), neutral: count(Reaction::Neutral) }
        }),
        body_chars: u64::try_from(document.text.chars().count()).unwrap_or(u64::MAX),
        first_read: before.map_or(now, |record| record.first_read),
        last_read: now,
        rules: RULES,
        problems: problems.iter().take(MAX_PROBLEMS).map(|problem| cut(&problem.to_string())).collect(),
    }
}

/// A document of which nothing could be read.
#[must_use]
pub(super) fn unreadable(title: Option<&str>) -> Document {
    Document {
        title: title.unwrap_or_default().to_owned(),
        published: None,
        updated: None,
        authors: Vec::new(),
        publisher: None,
        language: None,
        kind: DocumentKind::News,
        url: None,
        canonical: None,
        cites: None,
        text: String::new(),
        blocks: Vec::new(),
        tables: Vec::new(),
        comments: None,
        links: Vec::new(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{snapshot, time};
    use super::*;
    use bellwether_model::document::Comment;

    #[test]
    fn comments_are_counted_by_vote() {
        let comment = |reaction| Comment { reaction, author: "a".into(), text: "b".into(), time: None };
        let mut document = unreadable(Some("a title"));
        document.comments = Some(vec![comment(Reaction::Push), comment(Reaction::Push), comment(Reaction::Neutral)]);
        let record = of(&snapshot("https://example.org/1"), Trust::Forum, &document, &[], None, time(0));
        assert_eq!(record.comments, Some(CommentCounts { push: 2, boo: 0, neutral: 1 }));
    }

    #[test]
    fn a_second_reading_keeps_the_first_time_and_hostile_length_is_cut() {
        let document = unreadable(Some(&"長".repeat(10_000)));
        let problems = vec![Problem::new("p".repeat(10_000)); 1000];
        let page = snapshot("https://example.org/1");
        let first = of(&page, Trust::Press, &document, &problems, None, time(0));
        let second = of(&page, Trust::Press, &document, &problems, Some(&first), time(9));
        assert_eq!((second.first_read, second.last_read), (time(0), time(9)));
        assert_eq!(second.title.chars().count(), MAX_CHARACTERS + 1);
        assert_eq!(second.problems.len(), MAX_PROBLEMS);
    }
}
