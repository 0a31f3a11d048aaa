//! What stands around a table: its caption, its notes, the heading of its section, the title of the page.

use std::ops::Range;

use bellwether_model::document::{BlockRole, Table};
use bellwether_model::figure::{Flow, Unit};
use bellwether_model::place::Area;
use rust_decimal::Decimal;

use super::super::finish::Whole;
use super::super::item::{self, ItemKind, Side};
use super::super::lexicon::aligned;
use super::super::token;
use super::phrase::{self, Counted, Says};
use super::vocabulary::{Sense, VOCABULARY};
use super::when::When;

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
    around.area = around.area.take().or_else(|| economy.cloned());
    around
}

/// The heading that stands closest before a table.
fn heading_before(whole: &Whole<'_>, table: usize) -> Option<Range<usize>> {
    let blocks = &whole.document.blocks;
    let at = blocks.iter().position(|block| block.table == Some(table))?;
    blocks[..at].iter().rev().find(|block| block.role == BlockRole::Heading).map(|block| block.span.clone())
}

/// Whether a caption sets economies beside each other (主要國家出口) and does not name them as partners (對主要國家出口).
fn compares_economies(words: &str) -> bool {
    let folded = aligned(words);
    VOCABULARY.senses.find(&folded).any(|(span, senses)| {
        let partners = folded[..span.start].ends_with(['对', '自', '与', '往', '向', '口', '易', '输']);
        senses.contains(&Sense::Compared) && !partners
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
            return;
        }
        self.by_goods |= says.senses.contains(&Sense::GoodsCaptions) && distance != Distance::Title;
        self.reporters |= self.area.is_none() && self.partners.is_empty() && compares_economies(words);
        self.counts_rates |= distance == Distance::Caption
            && says.measures()
            && says.counted == Some(Counted::Percent)
            && says.unit.is_none();
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
        let tokens = token::tokens(words, None);
        let (mut area, mut partners) = (None, Vec::new());
        for item in item::items(words, &tokens, home) {
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
