//! Words ascribed to named officials.

use serde::{Deserialize, Serialize};

/// A named person with an office, and what a document ascribes to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Official {
    /// The name as the document writes it.
    pub name: String,
    /// The office without the organisation (統計處長).
    pub title: Option<String>,
    /// The organisation (財政部).
    pub org: Option<String>,
    /// Sentences of the document that attribute speech to the person.
    pub quotes: usize,
    /// What was said, in order.
    pub statements: Vec<Statement>,
}

/// One sentence that attributes words to an official.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The words said, without the attribution where it can be told apart.
    pub text: String,
    /// Whether the document sets them in quotation marks.
    pub direct: bool,
    /// First character in the document's text.
    pub start: usize,
    /// The character behind the last one.
    pub end: usize,
}
