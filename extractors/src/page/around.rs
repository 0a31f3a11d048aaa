//! What stands around the text of a page and belongs to it: the heading above it where the head of the page names only
//! its site, the lines below the title that say when and by whom, the time below the end.

use std::sync::LazyLock;

use bellwether_model::document::{BlockRole, PageTime};
use jiff::tz::TimeZone;
use regex::Regex;

use super::draft::{Draft, Piece};
use super::html::ENOUGH;
use super::rules::rules;
use super::title::{self, fold, folds_to};
use super::walk::{self, Content};
use super::{byline, dates};

/// Completes a draft from the whole page.
pub(super) fn read(draft: &mut Draft, whole: &Content, zone: Option<&TimeZone>) {
    find_title(draft, whole, zone);
    read_around(draft, whole, zone);
    read_below_title(draft, whole, zone);
}

/// Blocks in front of the text in which the heading of a page is looked for, where its head names only the site.
const ABOVE_TEXT: usize = 16;

/// Takes the heading above the text for the title where the head names no more than a site or a part of one.
fn find_title(draft: &mut Draft, whole: &Content, zone: Option<&TimeZone>) {
    if !title::names_no_article(&draft.title) {
        return;
    }
    if let Some(named) = whole
        .pieces
        .iter()
        .filter_map(|walked| walked.piece.words())
        .take(LINES_OF_FIELDS)
        .find_map(|words| Some(rules().title_field.captures(words)?["title"].trim().to_owned()))
    {
        draft.pieces.retain(|piece| !piece.words().is_some_and(|words| rules().title_field.is_match(words)));
        draft.title = named;
        return;
    }
    let Some(first) = draft.pieces.iter().filter_map(Piece::words).find(|words| words.chars().count() >= ENOUGH / 2)
    else {
        return;
    };
    let Some(place) = whole.pieces.iter().position(|walked| walked.piece.words() == Some(first)) else { return };
    let above = whole.pieces[place.saturating_sub(ABOVE_TEXT)..place].iter().rev();
    let heading = above.filter_map(|walked| match &walked.piece {
        Piece::Text { role: BlockRole::Heading, text, .. } => Some(text),
        _ => None,
    });
    let printed = fold(&draft.title);
    let mut headings = heading.peekable();
    if headings.peek().is_some_and(|text| fold(text) == printed) {
        return;
    }
    if let Some(found) = headings.find(|text| !title::names_no_article(text)).cloned() {
        draft.pieces.retain(|piece| piece.words() != Some(&found));
        draft.title = found;
        return;
    }
    // Old pages print the title in large letters, which nothing marks: a short line that is no sentence, in front of the text.
    let is_title = |piece: &Piece| {
        matches!(piece, Piece::Text { role: BlockRole::Paragraph | BlockRole::Note, text, .. }
            if (SHORTEST_TITLE..=LONGEST_TITLE).contains(&text.chars().count())
                && !text.ends_with(['。', '：', ':', '；', '.', '，', ','])
                && !rules().field.is_match(text)
                && byline::in_text(text).is_empty()
                && !(dates::find(text, zone).is_some() && text.chars().count() < DATED_TITLE))
    };
    if draft.pieces.len() > 1
        && draft.pieces.first().is_some_and(is_title)
        && let Piece::Text { text, .. } = draft.pieces.remove(0)
    {
        draft.title = text;
    }
}

/// Characters of a line in front of the text that may be its title.
const SHORTEST_TITLE: usize = 8;
const LONGEST_TITLE: usize = 60;
/// Characters of a line with a date that can be more than the date.
const DATED_TITLE: usize = 30;
/// Blocks among which a line that names the title is looked for.
const LINES_OF_FIELDS: usize = 120;

/// Reads the time that stands around the text where the page's day is known without it, or below the text where not
/// even the day is known. The day of a signature alone is no time of publication.
fn read_around(draft: &mut Draft, whole: &Content, zone: Option<&TimeZone>) {
    if draft.published.is_some_and(|time| time.has_time) {
        return;
    }
    let long = |words: &&str| words.chars().count() >= ENOUGH / 2;
    let words = || draft.pieces.iter().filter_map(Piece::words);
    let (Some(first), Some(last)) = (words().find(long), words().rfind(long)) else { return };
    let place = |wanted: &str| whole.pieces.iter().position(|walked| walked.piece.words() == Some(wanted));
    let (Some(start), Some(end)) = (place(first), place(last)) else { return };
    let lines = |from: usize, to: usize| {
        let lines = whole.pieces[from..to.min(whole.pieces.len()).max(from)].iter();
        let words = lines.filter_map(|walked| walked.piece.words());
        words.filter(|words| words.chars().count() <= LONGEST_LINE).collect::<Vec<_>>().join(" ")
    };
    // Day and hour may stand in two lines.
    let above = || dates::find(&lines(start.saturating_sub(BELOW_TITLE), start), zone);
    let below = || dates::find(&lines(end + 1, end + 1 + BELOW_TITLE), zone);
    draft.published = match draft.published {
        Some(day) => {
            let same = |time: &PageTime| time.has_time && time.date() == day.date();
            above().filter(same).or_else(|| below().filter(same)).or(Some(day))
        }
        None => dates::find(&lines(end + 1, end + 3), zone).filter(|time| time.has_time),
    };
}

/// Lines below the title of a page that say when and by whom, where its head does not.
const BELOW_TITLE: usize = 8;
/// Characters of such a line at the most.
const LONGEST_LINE: usize = 100;

/// A field that says when the page, or its site, was changed.
static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)更新|修改|修正|최종|수정|updated|modified|reviewed|expire|截止|下架").expect("a fixed pattern")
});

fn read_below_title(draft: &mut Draft, whole: &Content, zone: Option<&TimeZone>) {
    let title = fold(&draft.title);
    let says_title = |walked: &walk::Walked| walked.piece.words().is_some_and(|words| folds_to(words.chars(), &title));
    // The title may stand in a list of other articles too: what follows each place is looked at.
    let places = whole.pieces.iter().enumerate().filter(|(_, walked)| says_title(walked));
    let below: Vec<&str> = places
        .flat_map(|(place, _)| whole.pieces[place + 1..].iter().take(BELOW_TITLE))
        .filter_map(|walked| walked.piece.words())
        .filter(|words| words.chars().count() <= LONGEST_LINE)
        .collect();
    let time = below.iter().find_map(|words| dates::find(words, zone));
    draft.published = match (draft.published, time) {
        // A day in the head and the time of that day below the title.
        (Some(day), Some(time)) if !day.has_time && time.has_time && day.date() == time.date() => Some(time),
        (published, time) => published.or(time),
    };
    if draft.published.is_none() {
        let fields = whole.pieces.iter().filter_map(|walked| walked.piece.words()).filter(|words| {
            words.chars().count() <= LONGEST_LINE && rules().field.is_match(words) && !CHANGED.is_match(words)
        });
        draft.published = fields.take(BELOW_TITLE).find_map(|words| dates::find(words, zone));
    }
    if draft.authors.is_empty() {
        draft.authors = below.iter().copied().map(byline::in_text).find(|names| !names.is_empty()).unwrap_or_default();
    }
    if draft.authors.is_empty() {
        let mut labelled = whole.pieces.iter().filter_map(|walked| walked.piece.words()).map(byline::in_label);
        draft.authors = labelled.find(|names| !names.is_empty()).unwrap_or_default();
    }
}
