//! What limits a briefing, found by counting: never written by hand. Pure.

use bellwether_model::event::{EventState, Fact};
use bellwether_model::figure::Confidence;
use bellwether_model::id::SourceId;
use bellwether_model::source::Trust;
use jiff::Timestamp;
use serde::Serialize;

use super::gather::{Content, day_of};
use crate::view;
use crate::view::reports::Week;

/// Something that a reader must know before relying on the briefing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "limit", rename_all = "snake_case")]
pub enum Limit {
    /// The week had not ended when this was made.
    WeekNotOver,
    /// The store holds nothing of the week.
    NothingRead,
    /// The store holds nothing of the week before.
    NoPreviousWeek,
    /// A source is not well.
    SourceFailing {
        /// The source.
        source: SourceId,
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Figures on which documents disagree.
    Disputed {
        /// How many.
        figures: usize,
    },
    /// Figures that are left out: they stand out from their series, and no official source has confirmed them.
    Held {
        /// How many.
        figures: usize,
    },
    /// Figures where something was filled in from weak signs.
    LowConfidence {
        /// How many.
        figures: usize,
    },
    /// Figures that only readers of a forum give.
    ForumOnly {
        /// How many.
        figures: usize,
    },
    /// Figures that no publishing agency confirms.
    NotOfficial {
        /// How many.
        figures: usize,
        /// Of so many in all.
        all: usize,
    },
    /// Figures that a single document carries.
    OneDocument {
        /// How many.
        figures: usize,
        /// Of so many in all.
        all: usize,
    },
    /// Documents that do not say when they were published; the day of reading counts.
    Undated {
        /// How many.
        documents: usize,
    },
    /// Documents of which something could not be read.
    Problems {
        /// How many.
        documents: usize,
        /// What, over all of them.
        problems: usize,
    },
    /// Facts that no document carries any more; they are left out.
    Withdrawn {
        /// How many.
        events: usize,
    },
}

/// The limits of the briefing of what was gathered.
pub(super) fn of(content: &Content, week: Week, now: Timestamp) -> Vec<Limit> {
    let mut limits = Vec::new();
    if view::utc_day(now) <= week.days().1 {
        limits.push(Limit::WeekNotOver);
    }
    if content.week.is_empty() {
        limits.push(Limit::NothingRead);
    }
    if content.previous.is_empty() {
        limits.push(Limit::NoPreviousWeek);
    }
    for (source, at, reason) in &content.failing {
        limits.push(Limit::SourceFailing { source: source.clone(), at: *at, reason: reason.clone() });
    }
    limits.extend(of_figures(content));
    limits.extend(of_documents(content, week));
    if content.held > 0 {
        limits.push(Limit::Held { figures: content.held });
    }
    if content.withdrawn > 0 {
        limits.push(Limit::Withdrawn { events: content.withdrawn });
    }
    limits
}

fn of_figures(content: &Content) -> Vec<Limit> {
    let figures: Vec<_> = content
        .week
        .iter()
        .filter_map(|view| match &view.event.fact {
            Fact::Figure(figure) => Some((view, figure)),
            _ => None,
        })
        .collect();
    let all = figures.len();
    let believed = |trust: Trust| figures.iter().filter(|(view, _)| best_trust(view) == Some(trust)).count();
    let disputed = figures.iter().filter(|(view, _)| view.event.state == EventState::Disputed).count();
    let unsure = figures.iter().filter(|(_, figure)| figure.confidence == Confidence::Low).count();
    let single = figures.iter().filter(|(view, _)| view.mentions.len() == 1).count();
    let (forum, official) = (believed(Trust::Forum), believed(Trust::Official));
    let mut limits = Vec::new();
    let mut add = |count: usize, limit: Limit| {
        if count > 0 {
            limits.push(limit);
        }
    };
    add(disputed, Limit::Disputed { figures: disputed });
    add(unsure, Limit::LowConfidence { figures: unsure });
    add(forum, Limit::ForumOnly { figures: forum });
    add(all - official, Limit::NotOfficial { figures: all - official, all });
    add(single, Limit::OneDocument { figures: single, all });
    limits
}

fn best_trust(view: &view::EventView) -> Option<Trust> {
    view.mentions.iter().map(|mention| mention.trust).max()
}

fn of_documents(content: &Content, week: Week) -> Vec<Limit> {
    let mentions = content.week.iter().flat_map(|view| &view.mentions);
    let mut of_week: Vec<_> = mentions.filter(|mention| week.contains(day_of(mention))).collect();
    of_week.sort_by(|a, b| a.document.cmp(&b.document));
    of_week.dedup_by(|a, b| a.document == b.document);
    let undated = of_week.iter().filter(|mention| view::published_on(mention).is_none()).count();
    let problems: Vec<usize> = of_week
        .iter()
        .filter_map(|mention| content.documents.get(&mention.document))
        .map(|record| record.problems.len())
        .filter(|count| *count > 0)
        .collect();
    let mut limits = Vec::new();
    if undated > 0 {
        limits.push(Limit::Undated { documents: undated });
    }
    if !problems.is_empty() {
        limits.push(Limit::Problems { documents: problems.len(), problems: problems.iter().sum() });
    }
    limits
}
