//! `quantities`: what the number and period readers find in lines of text; for the people who write rules.

use std::io::{self, BufRead as _, Write as _};

use bellwether_extractors::text;
use bellwether_model::quantity::Quantity;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::failure::{ExitStatus, UsageError};

#[derive(Debug, Deserialize)]
struct Question {
    id: String,
    #[serde(default)]
    lang: Option<String>,
    #[serde(alias = "input")]
    text: String,
    #[serde(default)]
    reference: Option<String>,
}

#[derive(Debug, Serialize)]
struct Answer {
    id: String,
    quantities: Vec<Quantity>,
}

/// A line that is no question ends the command with its number; what was answered before stays answered.
pub(super) fn run() -> anyhow::Result<ExitStatus> {
    let mut output = io::BufWriter::new(io::stdout().lock());
    for (number, line) in io::stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |cause: String| {
            UsageError::new(format!("standard input, line {}: {cause}", number + 1)).with_hint(
                "a line is {\"id\", \"lang\", \"text\", \"reference\"}, the reference a date such as 2026-01-09",
            )
        };
        let question: Question = serde_json::from_str(&line).map_err(|cause| wrong(cause.to_string()))?;
        let reference = question.reference.as_deref().map(day).transpose().map_err(wrong)?;
        let language = question.lang.as_deref().unwrap_or("en");
        let answer = Answer { id: question.id, quantities: text::quantities(&question.text, language, reference) };
        match serde_json::to_writer(&mut output, &answer).map_err(io::Error::from).and_then(|()| writeln!(output)) {
            Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => return Ok(ExitStatus::Success),
            other => other?,
        }
    }
    output.flush()?;
    Ok(ExitStatus::Success)
}

/// A date, or the date of a time.
fn day(text: &str) -> Result<Date, String> {
    text.parse::<Date>()
        .or_else(|_| text.parse::<DateTime>().map(DateTime::date))
        .map_err(|cause| format!("`{text}`: {cause}"))
}
