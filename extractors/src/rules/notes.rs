//! What cannot be seen in the shipped rules files: which strings are codes, patterns or choices, and which key names a row.

use super::shape::Text;

/// What is noted of a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Note {
    /// What its strings mean; words, where nothing is noted.
    Text(Text),
    /// A string of characters that count each by itself.
    Characters,
    /// The least and the greatest number.
    Between(i64, i64),
    /// A table whose keys are words.
    Map,
    /// Rows: the key that tells them apart, and the keys that none can do without.
    Rows(Option<&'static str>, &'static [&'static str]),
}

use Note::{Between, Characters, Map, Rows};

const SELECTOR: Note = Note::Text(Text::Selector);
const PLACE: Note = Note::Text(Text::Place);
const PATTERN: Note = Note::Text(Text::Pattern);
const POLICY_PATTERN: Note = Note::Text(Text::PolicyPattern);
const FRAGMENT: Note = Note::Text(Text::Fragment);
const POINTER: Note = Note::Text(Text::Pointer);
const AREA: Note = Note::Text(Text::Area);
const CURRENCY: Note = Note::Text(Text::Currency);
const NAME: Note = Note::Text(Text::Name);
const UNIT_OF_TIME: Note =
    Note::Text(Text::Choice(&["day", "week", "weekend", "fortnight", "month", "quarter", "year", "decade", "century"]));
/// Years and the like that a word may shift by.
const SHIFT: Note = Between(-100, 100);

/// By the path of the key: file, tables, key. `*`: whatever word stands there.
pub(super) const NOTES: &[(&str, Note)] = &[
    ("areas.area", Rows(Some("code"), &["code", "names"])),
    ("areas.area.code", Note::Text(Text::NewArea)),
    ("areas.area.short", Note::Text(Text::Character)),
    ("areas.agency", Rows(None, &["names"])),
    ("areas.agency.area", AREA),
    ("calendar.english.months", Map),
    ("calendar.english.months.*", Between(1, 12)),
    ("calendar.english.weekdays", Map),
    ("calendar.english.weekdays.*", Between(0, 6)),
    ("calendar.english.cardinals", Map),
    ("calendar.english.cardinals.*", Between(0, 99)),
    ("calendar.english.ordinals", Map),
    ("calendar.english.ordinals.*", Between(1, 99)),
    ("calendar.english.decades", Map),
    ("calendar.english.decades.*", Between(0, 90)),
    ("calendar.english.shifts", Map),
    ("calendar.english.shifts.*", SHIFT),
    ("calendar.english.days", Map),
    ("calendar.english.days.*", SHIFT),
    ("calendar.english.units", Map),
    ("calendar.english.units.*", UNIT_OF_TIME),
    ("calendar.english.parts", Map),
    (
        "calendar.english.parts.*",
        Note::Text(Text::Choice(&["early", "begin", "mid", "middle", "late", "end", "earlier", "later", "rest"])),
    ),
    ("calendar.english.few", Between(2, 9)),
    ("calendar.chinese.days", Map),
    ("calendar.chinese.days.*", SHIFT),
    ("calendar.chinese.shifts", Map),
    ("calendar.chinese.shifts.*", SHIFT),
    ("calendar.chinese.years", Map),
    ("calendar.chinese.years.*", SHIFT),
    ("calendar.chinese.stretches", Map),
    ("calendar.chinese.stretches.*", SHIFT),
    ("calendar.chinese.units", Map),
    ("calendar.chinese.units.*", UNIT_OF_TIME),
    ("calendar.chinese.seasons", Map),
    ("calendar.chinese.seasons.*", Between(1, 4)),
    ("calendar.chinese.eras", Map),
    ("calendar.chinese.eras.*", Between(-5000, 3000)),
    ("codes.areas", Note::Text(Text::Code)),
    ("codes.currencies", Note::Text(Text::Code)),
    ("currencies.currency", Rows(Some("code"), &["code"])),
    ("currencies.currency.code", CURRENCY),
    ("directions.direction", Rows(None, &["shape", "sign", "words"])),
    ("directions.direction.shape", Note::Text(Text::Choice(&["move", "rate", "shift"]))),
    ("directions.direction.sign", Between(-1, 1)),
    ("flows.flow", Rows(None, &["flow", "words"])),
    ("flows.flow.flow", Note::Text(Text::Choice(&["exports", "imports", "balance", "total", "orders"]))),
    ("flows.flow.sign", Between(-1, 1)),
    ("flows.flow.cue", Note::Text(Text::Choice(&["to", "from"]))),
    ("flows.none", Rows(None, &["words"])),
    ("forums.engine", Rows(Some("name"), &["name", "detect", "board", "thread"])),
    ("forums.engine.name", NAME),
    ("forums.engine.detect", SELECTOR),
    ("forums.engine.board.row", SELECTOR),
    ("forums.engine.board.link", SELECTOR),
    ("forums.engine.board.time", SELECTOR),
    ("forums.engine.board.next", SELECTOR),
    ("forums.engine.thread.title", SELECTOR),
    ("forums.engine.thread.post", SELECTOR),
    ("forums.engine.thread.author", PLACE),
    ("forums.engine.thread.time", PLACE),
    ("forums.engine.thread.text", SELECTOR),
    ("forums.engine.thread.drop", SELECTOR),
    ("forums.engine.thread.quote", SELECTOR),
    ("forums.interface", Rows(Some("name"), &["name", "require"])),
    ("forums.interface.require", POINTER),
    ("forums.interface.list.rows", POINTER),
    ("forums.interface.list.title", POINTER),
    ("forums.interface.list.time", POINTER),
    ("forums.interface.list.next", POINTER),
    ("forums.interface.thread.title", POINTER),
    ("forums.interface.thread.opening", POINTER),
    ("forums.interface.thread.opening_text", POINTER),
    ("forums.interface.thread.posts", POINTER),
    ("forums.interface.thread.comments", POINTER),
    ("forums.interface.thread.replies", POINTER),
    ("forums.interface.thread.author", POINTER),
    ("forums.interface.thread.time", POINTER),
    ("forums.interface.thread.markup", POINTER),
    ("forums.interface.thread.quote", SELECTOR),
    ("forums.interface.thread.text", POINTER),
    ("numbers.cardinals", Map),
    ("numbers.cardinals.*", Between(0, 99)),
    ("numbers.scales", Map),
    ("numbers.scales.*", Between(1, 18)),
    ("numbers.letters", Map),
    ("numbers.letters.*", Between(1, 18)),
    ("numbers.hedges.over_inside", Note::Text(Text::Character)),
    ("organisations.organisation", Rows(Some("id"), &["id", "names"])),
    ("organisations.organisation.id", NAME),
    ("organisations.organisation.area", AREA),
    ("organisations.generic.nations", Characters),
    ("organisations.economy", Rows(Some("code"), &["code", "names"])),
    ("organisations.economy.code", AREA),
    ("page.containers", SELECTOR),
    ("page.standfirst", SELECTOR),
    ("page.caption", PATTERN),
    ("page.mark", PATTERN),
    ("page.credit", PATTERN),
    ("page.skip", SELECTOR),
    ("page.drop", PATTERN),
    ("page.field", PATTERN),
    ("page.stop", PATTERN),
    ("page.original", PATTERN),
    ("page.briefing", PATTERN),
    ("page.policy", PATTERN),
    ("periods.months", Map),
    ("periods.months.*", Between(1, 12)),
    ("periods.weekdays", Map),
    ("periods.weekdays.*", Between(1, 7)),
    ("periods.ordinals", Map),
    ("periods.ordinals.*", Between(1, 99)),
    ("periods.year_shifts", Map),
    ("periods.year_shifts.*", SHIFT),
    ("periods.month_shifts", Map),
    ("periods.month_shifts.*", SHIFT),
    ("periods.quarter_shifts", Map),
    ("periods.quarter_shifts.*", SHIFT),
    ("periods.day_shifts", Map),
    ("periods.day_shifts.*", SHIFT),
    ("policy.effective", POLICY_PATTERN),
    ("policy.immediately", POLICY_PATTERN),
    ("policy.spans", POLICY_PATTERN),
    ("policy.expires", POLICY_PATTERN),
    ("policy.durations", POLICY_PATTERN),
    ("policy.reported", POLICY_PATTERN),
    ("policy.numbers", POLICY_PATTERN),
    ("policy.decrees", POLICY_PATTERN),
    ("policy.citations", POLICY_PATTERN),
    ("policy.subject_before", FRAGMENT),
    ("policy.subject_after", FRAGMENT),
    ("policy.category", Rows(Some("id"), &["id", "words"])),
    ("policy.category.id", NAME),
    ("products.classes", Map),
    ("quantities.fractions", Map),
    ("quantities.fractions.*", Between(2, 1_000_000_000_000)),
    ("quantities.compounds", Map),
    ("quantities.compounds.*", Between(1, 1_000_000_000_000)),
    ("quantities.vulgar", Map),
    ("quantities.factors", Map),
    ("quantities.factors.*", Between(2, 1_000_000)),
    ("quantities.letters", Map),
    ("quantities.letters.*", Between(1, 18)),
    ("quantities.subunits", Map),
    ("quantities.subunits.*", Between(2, 1_000_000_000)),
    ("quantities.everyday", Map),
    ("quantities.everyday.*", CURRENCY),
    ("sites.site", Rows(None, &["hosts", "body"])),
    ("sites.site.body", SELECTOR),
    ("sites.site.drop", SELECTOR),
    ("speech.chinese.particles", Characters),
    ("speech.surnames.single", Characters),
    ("speech.surnames.transliteration", Characters),
    ("tables.scale", Map),
    ("units.factors", Map),
    ("units.factors.*", Between(2, 1_000)),
];

/// Keys of tables whose words must be one character, by path.
pub(super) const KEYS_OF_ONE_CHARACTER: &[&str] = &["numbers.letters", "quantities.letters", "quantities.vulgar"];

/// Tables whose keys are powers of ten.
pub(super) const KEYS_OF_POWERS: &[&str] = &["tables.scale"];
