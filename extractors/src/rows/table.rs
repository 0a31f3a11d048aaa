//! Bytes to rows: JSON, text with a separator, SDMX-JSON. Knows no trade.

use bellwether_model::rows::{RowFormat, RowMapping};
use serde_json::Value;

use super::sdmx;

/// Columns that are read of one row; an answer with more is no table.
const MOST_COLUMNS: usize = 512;
/// How deep objects inside a row are taken apart; names of the parts are joined with `/`.
const DEEPEST: usize = 3;
/// How deep a list of rows is looked for where no pointer is given.
const SEARCH_DEPTH: usize = 3;

/// Rows of cells under names. A cell that a row does not have is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowTable {
    /// Names, in the order in which they came.
    pub columns: Vec<String>,
    /// Cells as they are written, each row as long as `columns` at the most.
    pub rows: Vec<Vec<String>>,
}

impl RowTable {
    /// The place of a column by its name; white space around it and the case of letters do not matter.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|column| column == name);
        let same = |column: &String| column.trim().to_lowercase() == name.trim().to_lowercase();
        exact.or_else(|| self.columns.iter().position(same))
    }

    /// The cell of a row; nothing where it has none.
    #[must_use]
    pub fn cell<'t>(&self, row: &'t [String], column: usize) -> &'t str {
        row.get(column).map_or("", String::as_str)
    }

    pub(super) fn add_column(&mut self, name: &str) -> Option<usize> {
        if let Some(place) = self.columns.iter().position(|column| column == name) {
            return Some(place);
        }
        (self.columns.len() < MOST_COLUMNS).then(|| {
            self.columns.push(name.to_owned());
            self.columns.len() - 1
        })
    }

    pub(super) fn put(row: &mut Vec<String>, place: usize, cell: String) {
        if row.len() <= place {
            row.resize(place + 1, String::new());
        }
        row[place] = cell;
    }
}

/// An answer taken apart.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) table: RowTable,
    /// The whole answer, where it is JSON.
    pub(super) json: Option<Value>,
    pub(super) problems: Vec<String>,
}

/// Takes an answer apart.
pub(super) fn read(text: &str, mapping: &RowMapping) -> Answer {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let is_json = text.starts_with(['{', '[']);
    match mapping.format {
        Some(RowFormat::Csv) => separated(text, mapping),
        None if !is_json => separated(text, mapping),
        format => match serde_json::from_str::<Value>(text) {
            Ok(json) => {
                let (table, problems) = match format {
                    Some(RowFormat::SdmxJson) => sdmx::read(&json),
                    None if sdmx::is_one(&json) => sdmx::read(&json),
                    _ => objects(&json, mapping),
                };
                Answer { table, json: Some(json), problems }
            }
            Err(cause) => {
                let shown: String = text.chars().take(60).collect();
                let problem = format!("the answer is no JSON ({cause}); it begins with `{}`", shown.trim());
                Answer { problems: vec![problem], ..Answer::default() }
            }
        },
    }
}

/// Text with a separator. Lines may end in any way, also with a carriage return alone.
fn separated(text: &str, mapping: &RowMapping) -> Answer {
    let mut answer = Answer::default();
    if text.starts_with('<') {
        answer.problems.push("the answer is a page of markup, no rows".to_owned());
        return answer;
    }
    let mut rest = text;
    for _line in 0..mapping.skip_lines {
        let end = rest.find(['\r', '\n']).unwrap_or(rest.len());
        rest = rest[end..].strip_prefix("\r\n").unwrap_or_else(|| rest.get(end + 1..).unwrap_or_default());
    }
    let head = &rest[..rest.find(['\r', '\n']).unwrap_or(rest.len())];
    let delimiter = mapping.delimiter.unwrap_or_else(|| delimiter(head));
    let Ok(delimiter) = u8::try_from(delimiter) else {
        answer.problems.push(format!("`{delimiter}` cannot stand between cells; it must be one byte"));
        return answer;
    };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(rest.as_bytes());
    for record in reader.records() {
        match record {
            Ok(record) if answer.table.columns.is_empty() => name_columns(&mut answer.table, record.iter()),
            Ok(record) => {
                let row: Vec<String> =
                    record.iter().take(answer.table.columns.len()).map(|cell| cell.trim().to_owned()).collect();
                if row.iter().any(|cell| !cell.is_empty()) {
                    answer.table.rows.push(row);
                }
            }
            Err(cause) => {
                answer.problems.push(format!("a row cannot be read: {cause}"));
                break;
            }
        }
    }
    codes_alone(&mut answer.table);
    answer
}

fn delimiter(head: &str) -> char {
    let count = |c: char| head.matches(c).count();
    [',', ';', '\t', '|'].into_iter().rev().max_by_key(|c| count(*c)).unwrap_or(',')
}

/// Names of columns; a name that stands twice gets a number.
fn name_columns<'n>(table: &mut RowTable, names: impl Iterator<Item = &'n str>) {
    for name in names.take(MOST_COLUMNS) {
        let name = name.trim().trim_start_matches('\u{feff}').trim_matches('"').to_owned();
        let again = table.columns.iter().filter(|known| **known == name).count();
        table.columns.push(if again == 0 { name } else { format!("{name} {}", again + 1) });
    }
}

/// SDMX-CSV may write codes with their names (`FREQ: Frequency` over `A: Annual`): the codes are what counts.
fn codes_alone(table: &mut RowTable) {
    let is_labelled = |name: &String| name.split_once(": ").is_some_and(|(id, _)| !id.is_empty() && !id.contains(' '));
    if table.columns.iter().filter(|name| is_labelled(name)).count() < 2 {
        return;
    }
    let code = |text: &mut String| {
        if let Some((code, _)) = text.split_once(": ") {
            *text = code.to_owned();
        }
    };
    let labelled: Vec<usize> = (0..table.columns.len()).filter(|place| is_labelled(&table.columns[*place])).collect();
    table.columns.iter_mut().for_each(code);
    for row in &mut table.rows {
        labelled.iter().filter_map(|place| row.get_mut(*place).map(code)).for_each(drop);
    }
}

/// Rows of JSON: objects, or lists under the names of a first row.
fn objects(json: &Value, mapping: &RowMapping) -> (RowTable, Vec<String>) {
    let mut table = RowTable::default();
    let found = match &mapping.rows {
        Some(pointer) => json.pointer(pointer),
        None => search(json, SEARCH_DEPTH),
    };
    let Some(found) = found else {
        let at = mapping.rows.as_deref().unwrap_or_default();
        let problem = match at {
            "" => "the answer holds no list of rows; name it with rows = \"/…\"".to_owned(),
            at => format!("the pointer `{at}` leads to nothing in the answer"),
        };
        return (table, vec![problem]);
    };
    let mut names: Vec<String> =
        mapping.columns.as_deref().and_then(|at| json.pointer(at)).map(listed).unwrap_or_default();
    let mut add = |key: Option<&str>, value: &Value| match value {
        Value::Array(cells) if names.is_empty() => names = cells.iter().map(plain).collect(),
        Value::Array(cells) => {
            let mut row = Vec::with_capacity(cells.len());
            for (name, cell) in names.iter().zip(cells) {
                if let Some(place) = table.add_column(name) {
                    RowTable::put(&mut row, place, plain(cell));
                }
            }
            table.rows.push(row);
        }
        value => {
            let mut row = Vec::new();
            if let Some(place) = key.and_then(|_| table.add_column("key")) {
                RowTable::put(&mut row, place, key.unwrap_or_default().to_owned());
            }
            take_apart(&mut table, &mut row, "", value, DEEPEST);
            table.rows.push(row);
        }
    };
    match found {
        Value::Array(rows) => rows.iter().for_each(|row| add(None, row)),
        Value::Object(rows) if rows.values().all(|row| row.is_object() || row.is_array()) && !rows.is_empty() => {
            rows.iter().for_each(|(key, row)| add(Some(key), row));
        }
        one => add(None, one),
    }
    (table, Vec::new())
}

/// The list of rows of an answer: the longest list of objects or lists that lies near the top.
fn search(json: &Value, depth: usize) -> Option<&Value> {
    let is_row = |value: &Value| value.is_object() || value.is_array();
    match json {
        Value::Array(rows) if rows.is_empty() || rows.iter().all(is_row) => Some(json),
        Value::Object(parts) if depth > 0 => {
            let lists = parts.values().filter_map(|part| search(part, depth - 1));
            lists.max_by_key(|list| list.as_array().map_or(0, Vec::len))
        }
        _ => None,
    }
}

fn take_apart(table: &mut RowTable, row: &mut Vec<String>, name: &str, value: &Value, depth: usize) {
    if let (Value::Object(parts), true) = (value, depth > 0) {
        for (part, value) in parts {
            let name = if name.is_empty() { part.clone() } else { format!("{name}/{part}") };
            take_apart(table, row, &name, value, depth - 1);
        }
        return;
    }
    if let Some(place) = table.add_column(if name.is_empty() { "value" } else { name }) {
        RowTable::put(row, place, plain(value));
    }
}

fn listed(value: &Value) -> Vec<String> {
    let name = |value: &Value| match value {
        // Lists of columns are often objects with an id or a name.
        Value::Object(parts) => {
            let named = ["id", "name", "code", "field"].iter().find_map(|key| parts.get(*key));
            named.map(plain).unwrap_or_default()
        }
        value => plain(value),
    };
    value.as_array().map(|names| names.iter().map(name).collect()).unwrap_or_default()
}

/// A value of JSON as the text of a cell.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_plain(text: &str, mapping: &RowMapping) -> String {
        let answer = read(text, mapping);
        let rows: Vec<String> = answer.table.rows.iter().map(|row| row.join(",")).collect();
        format!("{} | {}{}", answer.table.columns.join(","), rows.join(" "), answer.problems.join(" "))
    }

    #[test]
    fn text_with_any_separator_and_line_end_is_read() {
        let usual = RowMapping::default();
        assert_eq!(read_plain("\u{feff}a,b\r1,\"x, y\"\r2,z", &usual), "a,b | 1,x, y 2,z");
        assert_eq!(read_plain("a;b\r\n01;2,5\r\n;\r\n", &usual), "a,b | 01,2,5");
        assert_eq!(read_plain("a\tb\n1\t2\n\n", &usual), "a,b | 1,2");
        assert_eq!(
            read_plain("title\nas of\na,b,a\n1,2,3\n", &RowMapping { skip_lines: 2, ..usual.clone() }),
            "a,b,a 2 | 1,2,3"
        );
        assert_eq!(
            read_plain("FREQ: Frequency,GEO: Place,OBS_VALUE\nA: Annual,TW: Taiwan,5\n", &usual),
            "FREQ,GEO,OBS_VALUE | A,TW,5"
        );
        assert!(read_plain("<html><body>Sign in", &usual).contains("no rows"));
    }

    #[test]
    fn rows_of_json_are_found() {
        let usual = RowMapping::default();
        assert_eq!(
            read_plain("\n {\"count\":1,\"data\":[{\"a\":1.0,\"b\":null},{\"c\":\"x\"}]}", &usual),
            "a,b,c | 1.0, ,,x"
        );
        assert_eq!(read_plain(r#"[["a","b"],["1","2"]]"#, &usual), "a,b | 1,2");
        assert_eq!(read_plain(r#"{"data":[],"error":""}"#, &usual), " | ");
        assert_eq!(
            read_plain(r#"{"x":{"d":{"a":{"v":1}}}}"#, &RowMapping { rows: Some("/x/d".into()), ..usual.clone() }),
            "key,v | a,1"
        );
        let named = RowMapping { rows: Some("/r".into()), columns: Some("/f".into()), ..usual.clone() };
        assert_eq!(read_plain(r#"{"f":[{"id":"p"},{"id":"q"}],"r":[[1,{"z":2}]]}"#, &named), r#"p,q | 1,{"z":2}"#);
        assert!(
            read_plain(r#"{"a":1}"#, &RowMapping { rows: Some("/b".into()), ..usual.clone() })
                .contains("leads to nothing")
        );
        assert!(read_plain("{\"a\":", &usual).contains("no JSON"));
    }
}
