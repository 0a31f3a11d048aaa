//! `explain`: why a document gave what it gave, as text for people or as JSON.

use std::io::{self, IsTerminal as _};

use anyhow::Context as _;
use bellwether_extractors::explain::Explanation;
use bellwether_extractors::{PageContext, explain};
use bellwether_model::place::Area;
use serde_json::{Value, json};

use super::args::{Color, ExplainArguments, ExplainFormat};
use super::explained;
use super::extract::file_line;
use super::failure::ExitStatus;
use super::output;

pub(super) fn run(arguments: &ExplainArguments) -> anyhow::Result<ExitStatus> {
    let path = &arguments.file;
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let context = PageContext {
        url: arguments.url.clone(),
        published: arguments.published.clone(),
        area: arguments.area.as_ref().map(Area::new),
        ..file_line(path).context()
    };
    let mut explanation = explain(&bytes, &context);
    if !arguments.sentence.is_empty() {
        explanation.sentences.retain(|sentence| arguments.sentence.contains(&sentence.number));
        explanation.tables.clear();
        explanation.people.clear();
        explanation.policy.actions.clear();
    }
    let text = match arguments.format {
        ExplainFormat::Text => {
            explained::text(&explanation, is_coloured(arguments.color), arguments.sentence.is_empty())
        }
        ExplainFormat::Json => output::printable_json(&serde_json::to_string_pretty(&explanation)?) + "\n",
        ExplainFormat::Jsonl => lines(&explanation)?,
    };
    output::print_text(&text)?;
    Ok(ExitStatus::Success)
}

/// Whether the text is coloured; see <https://no-color.org>.
fn is_coloured(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let asked_not = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
            io::stdout().is_terminal() && !asked_not && !dumb
        }
    }
}

/// One object a line, each with the part of the explanation that it is.
fn lines(explanation: &Explanation) -> serde_json::Result<String> {
    let mut parts: Vec<(&str, Value)> = vec![("document", serde_json::to_value(&explanation.document)?)];
    for sentence in &explanation.sentences {
        parts.push(("sentence", serde_json::to_value(sentence)?));
    }
    for table in &explanation.tables {
        parts.push(("table", serde_json::to_value(table)?));
    }
    for person in &explanation.people {
        parts.push(("person", serde_json::to_value(person)?));
    }
    parts.push(("policy", serde_json::to_value(&explanation.policy)?));
    let mut text = String::new();
    for (part, value) in parts {
        let mut line = json!({ "part": part });
        if let (Value::Object(line), Value::Object(fields)) = (&mut line, value) {
            line.extend(fields);
        }
        text.push_str(&output::printable_json(&line.to_string()));
        text.push('\n');
    }
    Ok(text)
}
