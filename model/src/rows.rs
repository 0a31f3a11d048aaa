//! How the rows of an official API become figures: what `sources.toml` says of them. Data only; `extractors::rows`
//! reads by it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// `[source.api]`: how the answers of an API are asked for and read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RowMapping {
    /// Body of the request: it is sent with POST. `{name}` is filled with what `next` counts. Absent: GET.
    pub body: Option<String>,
    /// `Content-Type` of the body. Default: `application/json` where it begins with a bracket, else
    /// `application/x-www-form-urlencoded`.
    pub body_type: Option<String>,
    /// Form of the answer. Default: told by its bytes.
    pub format: Option<RowFormat>,
    /// JSON Pointer (RFC 6901) to the rows of a JSON answer. Default: the answer itself where it is a list, else its
    /// one list of rows.
    pub rows: Option<String>,
    /// JSON Pointer to the names of the columns, where rows are lists. Default: the first row.
    pub columns: Option<String>,
    /// Character between the cells of a CSV. Default: the one of `,` `;` tab `|` that its first line holds most.
    pub delimiter: Option<char>,
    /// Lines above the names of the columns of a CSV. Default 0.
    pub skip_lines: usize,
    /// Decimal mark of its numbers, `.` or `,`. Default `.`.
    pub decimal: Option<char>,
    /// Rows that count: column to the text, or the texts, that its cell must hold. Default: all.
    pub only: BTreeMap<String, OneOrMany>,
    /// Further texts that mean that there is no number. Known without being named: nothing, `-`, `…`, `..`, `:`,
    /// `n/a`, `NaN` and the like.
    pub missing: Vec<String>,
    /// JSON Pointer to the time of publication. Default: what `Last-Modified` says.
    pub published: Option<String>,
    /// Title of the documents. Default: the name of the source.
    pub title: Option<String>,
    /// First period that counts, as `2020` or `2024-01`. Default: all.
    pub since: Option<String>,
    /// What each row says, each in one `[[source.api.figure]]`.
    pub figure: Vec<FigureMapping>,
    /// How the answer goes on. Default: it does not.
    pub next: Option<NextPage>,
}

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RowFormat {
    /// JSON: a list of objects, or of lists.
    Json,
    /// Text with a separator; SDMX-CSV is such.
    Csv,
    /// SDMX-JSON 1.0 or 2.0. Each observation is a row whose columns are the ids of dimensions and attributes; their
    /// names are in `ID.name`, the value in `OBS_VALUE`.
    SdmxJson,
}

/// One text or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// Whether it holds this text.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        match self {
            Self::One(one) => one == text,
            Self::Many(many) => many.iter().any(|one| one == text),
        }
    }
}

/// A text made of cells: `"{year}-{month}"` takes the cells of two columns. With `values`, what comes of it is looked
/// up: `{ text = "{flow}", values = { X = "exports", M = "imports" } }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Cell {
    /// The text itself.
    Text(String),
    /// A text that is looked up.
    Lookup {
        /// The text.
        text: String,
        /// What each text means. A text that is not in it stays as it is.
        values: BTreeMap<String, String>,
    },
}

impl Cell {
    /// The text with its places for cells.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Lookup { text, .. } => text,
        }
    }

    /// What a filled text means.
    #[must_use]
    pub fn meaning(&self, filled: String) -> String {
        match self {
            Self::Lookup { values, .. } => values.get(&filled).cloned().unwrap_or(filled),
            Self::Text(_) => filled,
        }
    }
}

/// One figure of each row. Every part is a text that may take cells.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FigureMapping {
    /// Regular expression of the names of columns that each hold a number: one figure a column. Its named groups are
    /// cells for the other parts, and `{value}` is the cell itself.
    pub columns: Option<String>,
    /// The number, as `"{Trade Value (US$)}"`. Default `"{value}"`.
    pub value: Option<Cell>,
    /// The economy: code of ISO 3166 (two or three letters), code of the UN (M49), or name. Default: the source's.
    pub area: Option<Cell>,
    /// exports, imports, balance, total, orders or the code of an indicator. Rows that say re-export or re-import are
    /// passed over.
    pub flow: Option<Cell>,
    /// The other side, as `area`; nothing, `World` or `all`: all partners.
    pub partner: Option<Cell>,
    /// The product class in words; nothing, `TOTAL` or `all`: all goods.
    pub product: Option<Cell>,
    /// Year, half-year, quarter, month or span, as `2025`, `2025-Q4`, `202512`, `Dec. 2025`, `114年12月`.
    pub period: Option<Cell>,
    /// How long a period is that is given by one of its days: A, S, Q or M. Default: the first of a month stands for it.
    pub frequency: Option<Cell>,
    /// level, yoy, mom, share or yoy_change. Default level.
    pub measure: Option<Cell>,
    /// Currency by its code, `percent`, or words with a scale, as `億美元`. Default `USD` for amounts, `percent` for rates.
    pub unit: Option<Cell>,
    /// What a number counts: `1000000`, `10^6`, `million`, `億`. Default 1.
    pub scale: Option<Cell>,
    /// Currency in which a rate was computed.
    pub basis: Option<Cell>,
    /// actual, preliminary, revised or forecast, or a mark of SDMX (A, P, R, F). Default actual.
    pub status: Option<Cell>,
    /// Who expects it, for forecasts.
    pub forecaster: Option<Cell>,
    /// Rows of which this figure is read, besides the mapping's own `only`.
    pub only: BTreeMap<String, OneOrMany>,
    /// What a zero says. Default `unpublished`.
    pub zero: Zero,
}

/// What a zero says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Zero {
    /// A number, unless nothing but zeros stands in its period and those behind it: that period is not yet published.
    #[default]
    Unpublished,
    /// A number.
    Number,
    /// There is no number.
    Missing,
}

/// `[source.api.next]`: how an answer goes on. One of `page`, `offset`, `cursor`, `address` and `header`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NextPage {
    /// Parameter (or place in the body) that counts pages.
    pub page: Option<String>,
    /// Parameter (or place in the body) that counts rows.
    pub offset: Option<String>,
    /// JSON Pointer to the mark that the next request carries in `parameter`.
    pub cursor: Option<String>,
    /// Parameter (or place in the body) that carries the cursor.
    pub parameter: Option<String>,
    /// JSON Pointer to the address of the next page.
    pub address: Option<String>,
    /// Whether a `Link` header with `rel="next"` (RFC 8288) names the next page.
    pub header: bool,
    /// Number of the first page, or of the first row. Default 1 for pages, 0 for rows.
    pub first: Option<u64>,
    /// Rows of a full page: one with fewer is the last. Default: the page without rows is the last.
    pub size: Option<u64>,
    /// Pages that are asked for at the most. Default 20.
    pub pages: Option<u16>,
}

impl NextPage {
    /// Pages that are asked for where nothing else is said.
    pub const PAGES: u16 = 20;

    /// The parameter, or the place in the body, that changes from page to page, where one does.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        self.page.as_deref().or(self.offset.as_deref()).or(self.parameter.as_deref())
    }

    /// Pages that are asked for at the most.
    #[must_use]
    pub fn most_pages(&self) -> u16 {
        self.pages.unwrap_or(Self::PAGES)
    }

    /// What the parameter says on the first page; nothing where it carries a cursor.
    #[must_use]
    pub fn start(&self) -> String {
        match (&self.page, &self.offset) {
            (Some(_), _) => self.first.unwrap_or(1).to_string(),
            (None, Some(_)) => self.first.unwrap_or(0).to_string(),
            (None, None) => String::new(),
        }
    }
}

impl RowMapping {
    /// The body of the request whose parameter says `value`; `None`: nothing is sent.
    #[must_use]
    pub fn body_of(&self, value: &str) -> Option<String> {
        let body = self.body.as_ref()?;
        let Some(parameter) = self.next.as_ref().and_then(NextPage::parameter) else {
            return Some(body.clone());
        };
        let json = body.trim_start().starts_with(['{', '[']);
        let written = if json { json_words(value) } else { form_words(value) };
        Some(body.replace(&format!("{{{parameter}}}"), &written))
    }

    /// The type of the body.
    #[must_use]
    pub fn content_type(&self) -> &str {
        let json = self.body.as_ref().is_some_and(|body| body.trim_start().starts_with(['{', '[']));
        let usual = if json { "application/json" } else { "application/x-www-form-urlencoded" };
        self.body_type.as_deref().unwrap_or(usual)
    }
}

/// Words as they stand inside a string of JSON.
fn json_words(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Words as they stand in a form.
fn form_words(words: &str) -> String {
    url::form_urlencoded::byte_serialize(words.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_carries_what_changes_from_page_to_page() {
        let next = NextPage { cursor: Some("/next".into()), parameter: Some("after".into()), ..NextPage::default() };
        let json = RowMapping {
            body: Some(r#"{"query": {"after": "{after}"}}"#.into()),
            next: Some(next.clone()),
            ..RowMapping::default()
        };
        assert_eq!(json.body_of("a\"b").as_deref(), Some(r#"{"query": {"after": "a\"b"}}"#));
        let form = RowMapping { body: Some("after={after}&x=1".into()), next: Some(next), ..RowMapping::default() };
        assert_eq!(form.body_of("a&b").as_deref(), Some("after=a%26b&x=1"));
        assert_eq!(
            (json.content_type(), form.content_type()),
            ("application/json", "application/x-www-form-urlencoded")
        );
        assert_eq!(RowMapping::default().body_of("1"), None);
    }
}
