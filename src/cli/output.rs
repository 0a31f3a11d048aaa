//! Prints rows of data as a table, JSON, JSON lines or CSV. The rows are JSON values; columns name places in them.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use serde_json::Value;

use super::args::{Format, FormatArgument};

/// A column of a table or CSV file: its heading, and where in a row its value stands (JSON pointer).
pub(super) struct Column(pub(super) &'static str, pub(super) &'static str);

/// Prints rows on standard output. A closed pipe is not a failure.
pub(super) fn print<T: Serialize>(rows: &[T], columns: &[Column], format: FormatArgument) -> anyhow::Result<()> {
    let standard_output = io::stdout();
    let format = format.format.unwrap_or(if standard_output.is_terminal() { Format::Table } else { Format::Jsonl });
    let rows = rows.iter().map(serde_json::to_value).collect::<Result<Vec<Value>, _>>()?;
    finish(write(&mut io::BufWriter::new(standard_output.lock()), &rows, columns, format))
}

/// Prints text on standard output. A closed pipe is not a failure.
pub(super) fn print_text(text: &str) -> anyhow::Result<()> {
    let mut output = io::stdout().lock();
    finish(output.write_all(text.as_bytes()).and_then(|()| output.flush()))
}

fn finish(result: io::Result<()>) -> anyhow::Result<()> {
    match result {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

fn write(output: &mut impl Write, rows: &[Value], columns: &[Column], format: Format) -> io::Result<()> {
    match format {
        Format::Json => {
            writeln!(output, "{}", printable_json(&serde_json::to_string_pretty(rows)?))?;
        }
        Format::Jsonl => {
            for row in rows {
                writeln!(output, "{}", printable_json(&serde_json::to_string(row)?))?;
            }
        }
        Format::Csv => {
            let line = |cells: Vec<String>| cells.iter().map(|cell| quote(cell)).collect::<Vec<_>>().join(",");
            writeln!(output, "{}", line(columns.iter().map(|column| column.0.to_owned()).collect()))?;
            for row in rows {
                writeln!(output, "{}", line(columns.iter().map(|column| cell(row, column.1)).collect()))?;
            }
        }
        Format::Table => {
            let mut table = comfy_table::Table::new();
            table
                .load_preset(comfy_table::presets::NOTHING)
                .set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
            table.set_header(columns.iter().map(|column| column.0));
            for row in rows {
                table.add_row(columns.iter().map(|column| printable(&cell(row, column.1))));
            }
            writeln!(output, "{table}")?;
        }
    }
    output.flush()
}

/// What stands at a place of a row. Alternatives are parted by `|`: the first that is there counts.
fn cell(row: &Value, pointers: &str) -> String {
    let found = pointers.split('|').find_map(|pointer| row.pointer(pointer).filter(|value| !value.is_null()));
    match found {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        Some(other) => other.to_string(),
    }
}

/// RFC 4180, section 2. A cell that a spreadsheet would run as a formula is kept from it by an apostrophe; numbers are not touched.
fn quote(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    let guarded = if formula { format!("'{cell}") } else { cell.to_owned() };
    if guarded.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

/// Crawled text without the characters that would steer a terminal or turn its line around.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if steers(c) { ' ' } else { c }).collect()
}

/// JSON in which the characters are escaped that would steer a terminal: they stand inside strings only.
pub(super) fn printable_json(json: &str) -> String {
    let mut result = String::with_capacity(json.len());
    for c in json.chars() {
        if steers(c) && c != '\n' {
            result.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            result.push(c);
        }
    }
    result
}

/// Control characters, and those that change the direction of writing or end a line unseen.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn printed(format: Format) -> String {
        let rows = [json!({"id": "a", "figure": {"value": -3.6}}), json!({"id": "=1+1,\"x\"", "figure": {"low": 4}})];
        let mut output = Vec::new();
        write(&mut output, &rows, &[Column("id", "/id"), Column("value", "/figure/value|/figure/low")], format)
            .expect("a vector takes it");
        String::from_utf8(output).expect("text")
    }

    #[test]
    fn csv_quotes_and_defuses() {
        assert_eq!(printed(Format::Csv), "id,value\na,-3.6\n\"'=1+1,\"\"x\"\"\",4\n");
    }

    #[test]
    fn json_lines_are_the_rows() {
        assert_eq!(printed(Format::Jsonl).lines().count(), 2);
        assert!(printed(Format::Table).contains("-3.6"));
    }

    #[test]
    fn control_characters_do_not_reach_a_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\n\u{202e}c"), "a [31mb  c");
        assert_eq!(printable_json("\"a\u{9b}b\u{202e}\""), "\"a\\u009bb\\u202e\"");
    }
}
