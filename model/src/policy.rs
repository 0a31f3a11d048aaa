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
    /// What instrument it is: `export_control`, `import_control`, `tariff`, `entity_list`, `suspension`, `sanction`; `None`: not clear.
    pub category: Option<String>,
    /// What kind of act it is, whatever the instrument: `regulation_update`, `controlled_item_change`,
    /// `enforcement_action`, `policy_guidance`, `international_cooperation`; `None`: not clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The earlier acts that it suspends, extends, repeals, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refers: Vec<PolicyReference>,
    /// Its parts that have days of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PolicyPart>,
    /// The addresses from which its documents say to have their text: two documents that name one address speak of one act,
    /// though one of them has lost the number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub originals: Vec<String>,
    /// The words that prove it.
    pub evidence: Evidence,
}

/// What one act does to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyReference {
    /// `suspends`, `extends`, `repeals`, `replaces`, `amends`, `resumes` or `implements`.
    pub action: String,
    /// The other act's number, written as that of an action: `2025-55`, `EO 14257`.
    pub number: String,
    /// Who issued it, in the document's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The sentence that says so, and where its number stands.
    pub evidence: Evidence,
}

/// A part of an act that has days of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyPart {
    /// Which part, in the document's words.
    pub subject: String,
    /// Day from which it is in force.
    pub effective: Option<Date>,
    /// Last day on which it is in force; `None`: open.
    pub expires: Option<Date>,
}
