//! Silences: alerts that match one are kept back until it ends. They stand in a file of their own, `silences.toml` beside
//! the watch list, so that they can be written while the program runs. Pure.

use bellwether_model::id::digest_name;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Labels, Matcher};

/// What `silences.toml` holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SilencesFile {
    /// One a table.
    #[serde(default, rename = "silence")]
    pub silences: Vec<SilenceTable>,
}

/// `[[silence]]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SilenceTable {
    /// Its name.
    pub id: String,
    /// All must hold.
    pub matchers: Vec<String>,
    /// From then on.
    pub starts_at: Timestamp,
    /// Until then.
    pub ends_at: Timestamp,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// One silence, ready to use.
#[derive(Debug, Clone)]
pub struct Silence {
    /// Its name.
    pub id: String,
    matchers: Vec<Matcher>,
    starts_at: Timestamp,
    ends_at: Timestamp,
}

impl SilencesFile {
    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: Self = toml::from_str(text).map_err(|cause| cause.to_string())?;
        file.ready()?;
        Ok(file)
    }

    /// Its silences, ready to use.
    ///
    /// # Errors
    /// A matcher cannot be read, or there is none.
    pub fn ready(&self) -> Result<Vec<Silence>, String> {
        self.silences.iter().map(SilenceTable::ready).collect()
    }

    /// The file as text.
    ///
    /// # Errors
    /// Never, as far as is known.
    pub fn write(&self) -> Result<String, String> {
        let text = toml::to_string(self).map_err(|cause| cause.to_string())?;
        Ok(format!("# Written by `bellwether alerts silence`; may be edited.\n\n{text}"))
    }
}

impl SilenceTable {
    /// A silence with a name made of what it says.
    ///
    /// # Errors
    /// A matcher cannot be read, there is none, or it ends before it begins.
    pub fn new(
        matchers: Vec<String>,
        starts_at: Timestamp,
        ends_at: Timestamp,
        comment: String,
    ) -> Result<Self, String> {
        let mut parts = vec![starts_at.to_string(), ends_at.to_string()];
        parts.extend(matchers.iter().cloned());
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let id = digest_name("silence", &parts);
        let table = Self { id, matchers, starts_at, ends_at, comment };
        table.ready().map(|_| table)
    }

    fn ready(&self) -> Result<Silence, String> {
        let Self { id, starts_at, ends_at, .. } = self.clone();
        if self.matchers.is_empty() {
            return Err(format!("silence `{id}` has no matcher, and would keep back everything"));
        }
        if ends_at <= starts_at {
            return Err(format!("silence `{id}` ends before it begins"));
        }
        let matchers = self.matchers.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
        Ok(Silence { id, matchers, starts_at, ends_at })
    }
}

impl Silence {
    /// Whether it keeps back an alert at a time.
    #[must_use]
    pub fn holds(&self, labels: &Labels, now: Timestamp) -> bool {
        now >= self.starts_at && now < self.ends_at && self.matchers.iter().all(|matcher| matcher.holds(labels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silences_are_written_and_read_and_end() {
        let at = |hour: i64| Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(hour);
        let table = SilenceTable::new(vec!["area=\"TW\"".into()], at(1), at(3), "新年".into()).expect("a silence");
        let text = SilencesFile { silences: vec![table.clone()] }.write().expect("text");
        let file = SilencesFile::read(&text).expect("the file");
        assert_eq!(file.silences, [table]);
        let silence = file.ready().expect("silences").remove(0);
        let labels: Labels = [("area".to_owned(), "TW".to_owned())].into();
        let held: Vec<bool> = (0..4).map(|hour| silence.holds(&labels, at(hour))).collect();
        assert_eq!(held, [false, true, true, false]);
        assert!(!silence.holds(&Labels::new(), at(2)));
        assert!(SilenceTable::new(Vec::new(), at(1), at(3), String::new()).is_err());
        assert!(SilenceTable::new(vec!["area=TW".into()], at(3), at(3), String::new()).is_err());
        assert!(SilencesFile::read("[[silence]]\nid = \"a\"\nmatchers = [\"x\"]\n").is_err());
    }
}
