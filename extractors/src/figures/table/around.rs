//! What stands around a table: its caption, its notes, the heading of its section, the title of the page.

use std::ops::Range;

use bellwether_model::document::{Block, BlockRole, Table};
use bellwether_model::figure::{Flow, Measure, Unit};
use bellwether_model::place::Area;
use rust_decimal::Decimal;

use super::super::finish::Whole;
use super::super::item::{self, ItemKind, Side};
use super::super::lexicon::{LEXICON, aligned};
use super::super::token;
use super::phrase::{self, Counted, Says};
use super::unit::unit_of;
use super::vocabulary::{Sense, VOCABULARY};
use super::when::When;
use crate::page::table::is_note;

/// Blocks before a table that may name it, its notes among them.
const BLOCKS_BEFORE: usize = 3;
/// Blocks before a table in which a note may say the unit of all tables below it.
const BLOCKS_ABOVE: usize = 64;
/// Characters of a line that names a table.
const LONGEST_LINE: usize = 120;

/// What a table's cells take over where neither row nor column says it.
#[derive(Debug, Clone, Default)]
pub(super) struct Around {
    /// Whose trade it is.
    pub(super) area: Option<Area>,
    /// The other side.
    pub(super) partners: Vec<Area>,
    /// The direction of trade, where one alone is named.
    pub(super) flow: Option<(Flow, Option<i8>)>,
    /// The period.
    pub(super) when: When,
    /// Currency and scale.
    pub(super) unit: Option<(Unit, Decimal)>,
    /// Product classes that the caption names.
    pub(super) goods: Vec<String>,
    /// Whether the table parts trade by product classes.
    pub(super) by_goods: bool,
    /// Whether its rows may be economies whose own trade it is.
    pub(super) reporters: bool,
    /// Whether it counts no trade in goods.
    pub(super) other: bool,
    /// Whether the caption says that rates or shares are counted, and names no money.
    pub(super) counts_rates: bool,
    /// What the caption says that all cells count, where it says rates or shares.
    pub(super) measure: Option<Measure>,
    /// The line before the table that names it, where it has no caption.
    pub(super) line: Option<Range<usize>>,
    flow_is_decided: bool,
}

/// How near words stand to the table, and so what they may say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Distance {
    Caption,
    Note,
    Heading,
    Title,
}

/// Reads what stands around a table. `spanned`: cells over its whole width.
pub(super) fn read(whole: &Whole<'_>, economy: Option<&Area>, at: usize, table: &Table, spanned: &[&str]) -> Around {
    let text = &whole.document.text;
    let home = economy.cloned().unwrap_or_else(|| Area::new(if whole.chinese { "CN" } else { "US" }));
    let mut around = Around::default();
    if let Some(span) = &table.caption {
        around.add(whole, &home, &text[span.clone()], Distance::Caption);
    }
    around.line = table.caption.is_none().then(|| line_before(whole, at)).flatten();
    if let Some(span) = around.line.clone() {
        around.add(whole, &home, &text[span], Distance::Caption);
    }
    for words in spanned {
        around.add(whole, &home, words, Distance::Caption);
    }
    for span in &table.notes {
        around.add(whole, &home, &text[span.clone()], Distance::Note);
    }
    if let Some(heading) = heading_before(whole, at) {
        around.add(whole, &home, &text[heading], Distance::Heading);
    }
    if let Some(title) = whole.document.blocks.iter().find(|block| block.role == BlockRole::Title) {
        around.add(whole, &home, &text[title.span.clone()], Distance::Title);
    }
    around.unit = around.unit.take().or_else(|| unit_above(whole, at));
    around.area = around.area.take().or_else(|| economy.cloned());
    around
}

/// The heading that stands closest before a table.
fn heading_before(whole: &Whole<'_>, table: usize) -> Option<Range<usize>> {
    let blocks = &whole.document.blocks;
    let at = blocks.iter().position(|block| block.table == Some(table))?;
    blocks[..at].iter().rev().find(|block| block.role == BlockRole::Heading).map(|block| block.span.clone())
}

/// The line directly before a table, or before its notes, that is no sentence: it names the table.
fn line_before(whole: &Whole<'_>, table: usize) -> Option<Range<usize>> {
    let blocks = &whole.document.blocks;
    let at = blocks.iter().position(|block| block.table == Some(table))?;
    let words = |block: &Block| whole.document.text[block.span.clone()].trim();
    let before = blocks[..at].iter().rev().take(BLOCKS_BEFORE).find(|block| !is_note(words(block)))?;
    let line = words(before);
    let names = matches!(before.role, BlockRole::Paragraph | BlockRole::Note)
        && line.chars().count() <= LONGEST_LINE
        && !line.contains('\n')
        && !line.ends_with(['。', '.', '!', '?', '！', '？', ';', '；', ',', '，']);
    names.then(|| before.span.clone())
}

/// The unit that a note further up says for all tables below it (All figures are in millions of U.S. dollars).
fn unit_above(whole: &Whole<'_>, table: usize) -> Option<(Unit, Decimal)> {
    let blocks = &whole.document.blocks;
    let at = blocks.iter().position(|block| block.table == Some(table))?;
    let text = &whole.document.text;
    let notes = blocks[..at].iter().rev().take(BLOCKS_ABOVE).filter(|block| block.role != BlockRole::Table);
    let mut notes = notes.map(|block| text[block.span.clone()].trim()).filter(|words| is_note(words));
    notes.find_map(|words| unit_of(words).map(|(unit, scale, _)| (unit, scale)))
}

/// Whether a caption sets economies beside each other (主要國家出口) and does not name them as partners (對主要國家出口).
fn compares_economies(words: &str) -> bool {
    let folded = aligned(words);
    VOCABULARY.senses.find(&folded).any(|(span, senses)| {
        let before = folded[..span.start].trim_end();
        let partners = before.ends_with(['对', '自', '与', '往', '向', '口', '易', '输', '按', '依'])
            || [" by", " to", " with", " from"].iter().any(|word| before.ends_with(word));
        let parted = ['别', '(', '（'].iter().any(|mark| folded[span.end..].starts_with(*mark))
            && folded[span.end..].contains('别');
        senses.contains(&Sense::Compared) && !partners && !parted
    })
}

impl Around {
    fn add(&mut self, whole: &Whole<'_>, home: &Area, words: &str, distance: Distance) {
        let says = phrase::read(words, whole.chinese, false);
        self.economies(home, words);
        self.unit = self.unit.take().or_else(|| says.unit.clone());
        if distance == Distance::Note {
            let counts_no_money = says.other && says.unit.is_none() && says.senses.contains(&Sense::Other);
            let of_unit = ["單位", "单位", "unit", "Unit"].iter().any(|word| words.contains(word));
            self.other |= counts_no_money && of_unit;
            // A line that says the unit may name the table too: `Exports by product (unit: USD million)`.
            if let ([one], true, false) = (says.flows.as_slice(), says.unit.is_some(), self.flow_is_decided) {
                (self.flow, self.flow_is_decided) = (Some(*one), true);
                self.by_goods |= says.senses.contains(&Sense::GoodsCaptions);
            }
            return;
        }
        self.by_goods |= says.senses.contains(&Sense::GoodsCaptions) && distance != Distance::Title;
        self.reporters |= self.area.is_none() && self.partners.is_empty() && compares_economies(words);
        self.counts_rates |= distance == Distance::Caption
            && says.measures()
            && says.counted == Some(Counted::Percent)
            && says.unit.is_none();
        if distance == Distance::Caption && self.counts_rates && self.measure.is_none() {
            self.measure = says.measure(true).ok().filter(|measure| !measure.is_money());
        }
        if self.goods.is_empty() && !self.flow_is_decided {
            self.goods.extend(says.flow_product.clone());
        }
        self.flow_of(&says, distance);
        if self.when.is_empty() {
            self.when = says.when;
        } else if self.when.year.is_none() && self.when.full.is_none() && !self.when.clash {
            self.when = self.when.under(When { part: None, running: false, clash: false, ..says.when });
        }
        if self.goods.is_empty() && distance == Distance::Caption {
            self.goods = says.goods_words;
            self.goods.dedup();
        }
    }

    /// The nearest words that name a direction of trade decide, also where they leave it open.
    fn flow_of(&mut self, says: &Says, distance: Distance) {
        if self.flow_is_decided {
            return;
        }
        let partners = says.senses.contains(&Sense::Partners);
        if says.other {
            self.flow_is_decided = true;
            self.other |= distance != Distance::Title;
        } else if let [one] = says.flows.as_slice() {
            (self.flow, self.flow_is_decided) = (Some(*one), true);
        } else if !says.flows.is_empty() {
            self.flow_is_decided = true;
        } else if partners {
            (self.flow, self.flow_is_decided) = (Some((Flow::Total, None)), true);
        }
    }

    fn economies(&mut self, home: &Area, words: &str) {
        let tokens = token::tokens(words, None, &LEXICON);
        let (mut area, mut partners) = (None, Vec::new());
        for item in item::items(words, 0, &tokens, home, &LEXICON) {
            match item.kind {
                ItemKind::Subject(named) => {
                    area.get_or_insert(named);
                }
                ItemKind::Partners(areas, Side::Market) => area = area.or_else(|| areas.first().cloned()),
                ItemKind::Partners(areas, _) => partners = areas,
                _ => {}
            }
        }
        self.area = self.area.take().or(area);
        if self.partners.is_empty() {
            self.partners = partners;
        }
    }
}
