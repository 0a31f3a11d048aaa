//! The indicators that the rules of this process name beside trade: their codes, and their names for people.
//!
//! They are data of rules files, so they are made known once, at the start; facts of others may lie in a store all the
//! same, and are shown by their code.

use std::sync::OnceLock;

use crate::figure::Flow;

/// An indicator with its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// Its code.
    pub code: String,
    /// Its name in Chinese.
    pub chinese: String,
    /// Its name in English.
    pub english: String,
}

static KNOWN: OnceLock<Vec<Indicator>> = OnceLock::new();

/// Makes indicators known; the first call counts.
pub fn make_known(indicators: Vec<Indicator>) {
    // A second start inside one process, as tests make it, names the same ones.
    let _again = KNOWN.set(indicators);
}

/// The indicators that were made known.
pub fn known() -> &'static [Indicator] {
    KNOWN.get().map(Vec::as_slice).unwrap_or_default()
}

/// The indicator of a flow that is no trade, where it is known.
#[must_use]
pub fn of(flow: Flow) -> Option<&'static Indicator> {
    known().iter().find(|indicator| indicator.code == flow.code())
}

/// Whether a flow that a person asks for can be meant.
///
/// # Errors
/// It is no trade and no known indicator; the message names those that are.
pub fn asked_for(flow: Flow) -> Result<Flow, String> {
    if flow.is_trade() || of(flow).is_some() {
        return Ok(flow);
    }
    let trade = Flow::TRADE.iter().map(Flow::code);
    let names: Vec<String> =
        trade.chain(known().iter().map(|indicator| indicator.code.as_str())).map(|code| format!("`{code}`")).collect();
    Err(format!("unknown variant `{}`, expected one of {}", flow.code(), names.join(", ")))
}
