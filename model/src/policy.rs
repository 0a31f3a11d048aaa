//! Announcements that change what may be traded.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::place::Partner;

/// One announcement, as one document gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyAction {
    /// Who issued it, in the document's words (商务部、海关总署).
    pub issuer: Option<String>,
    /// Its number, as `2025-62`; `792` for a decree without a year.
    pub number: Option<String>,
    /// What it is about, in the document's words.
    pub subject: String,
    /// Day of the announcement.
    pub announced: Option<Date>,
    /// Day from which it is in force.
    pub effective: Option<Date>,
    /// Last day on which it is in force; `None`: open.
    pub expires: Option<Date>,
    /// The economy at which it aims; `None`: all.
    pub partner: Option<Partner>,
    /// What kind of measure: `export_control`, `import_control`, `tariff`, `entity_list`, `suspension`, `sanction`; `None`: not clear.
    pub category: Option<String>,
    /// The words that prove it.
    pub evidence: Evidence,
}
