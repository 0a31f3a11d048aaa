//! An explanation as text for people: sentences with their words, what each number was bound to, what was left out.

use bellwether_extractors::explain::{
    Binding, ExplainedNumber, ExplainedPerson, ExplainedSentence, ExplainedTable, ExplainedToken, Explanation, Origin,
    Words,
};
use bellwether_model::document::BlockRole;
use bellwether_model::figure::{Amount, Confidence, Figure};

use super::output::printable;

/// How words are set off on a terminal (ECMA-48, select graphic rendition).
#[derive(Debug, Clone, Copy)]
enum Style {
    Heading,
    Taken,
    Left,
    Quiet,
    Who,
    What,
    When,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Heading => "1",
            Self::Taken => "32",
            Self::Left => "31",
            Self::Quiet => "2",
            Self::Who => "35",
            Self::What => "36",
            Self::When => "33",
        }
    }
}

/// Columns of the names of what is bound, their values and their origins.
const WHAT: usize = 11;
const VALUE: usize = 20;
const FROM: usize = 10;

/// The whole explanation; without `whole` only its sentences.
pub(super) fn text(explanation: &Explanation, colour: bool, whole: bool) -> String {
    let mut page = Page { text: String::new(), colour };
    if whole {
        page.document(explanation);
    }
    for sentence in &explanation.sentences {
        page.sentence(sentence);
    }
    for table in &explanation.tables {
        page.table(table);
    }
    if whole {
        page.people(&explanation.people);
        page.policy(explanation);
    }
    page.text
}

struct Page {
    text: String,
    colour: bool,
}

impl Page {
    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// Words in a style; the words of documents lose what would steer the terminal.
    fn styled(&self, style: Style, words: &str) -> String {
        let words = printable(words);
        if self.colour && !words.is_empty() { format!("\u{1b}[{}m{words}\u{1b}[0m", style.code()) } else { words }
    }

    fn document(&mut self, explanation: &Explanation) {
        let document = &explanation.document;
        self.line(&self.styled(Style::Heading, &document.title));
        let day = document.reference.map_or_else(|| "not known".to_owned(), |day| day.to_string());
        self.line(&format!("published  {day}"));
        self.line(&format!("language   {}", document.lang.unwrap_or("not known")));
        let economy = match &document.economy {
            Some(bound) => {
                let words = bound.words.as_ref().map_or("", |words| words.text.as_str());
                format!("{}  {}  {}", bound.value, from(bound.from), self.styled(Style::Who, words))
            }
            None => "not known: sentences that name none give nothing".to_owned(),
        };
        self.line(&format!("economy    {economy}"));
        let (style, relevant) = if document.relevant { (Style::Taken, "yes") } else { (Style::Left, "no") };
        let relevant = self.styled(style, relevant);
        self.line(&format!("relevant   {relevant}: {}", printable(&document.why)));
        for problem in &document.problems {
            self.line(&format!("problem    {}", self.styled(Style::Left, problem)));
        }
    }

    fn sentence(&mut self, sentence: &ExplainedSentence) {
        let head = self.styled(Style::Quiet, &format!("{} {}", sentence.number, role(sentence.role)));
        let words = self.coloured(sentence);
        self.line("");
        self.line(&format!("{head}  {words}"));
        if let Some(reason) = &sentence.left_out {
            self.line(&format!("  {}", self.styled(Style::Left, &format!("not read: {reason}"))));
            return;
        }
        let shown = sentence.tokens.iter().filter(|token| token.kind != "mark" && !token.value.is_empty());
        let shown: Vec<String> = shown
            .map(|token| format!("{} {} {}", printable(&token.words.text), token.kind, printable(&token.value)))
            .collect();
        if !shown.is_empty() {
            self.line(&format!("  {}", self.styled(Style::Quiet, &format!("words: {}", shown.join(" | ")))));
        }
        for number in &sentence.numbers {
            self.number(number);
        }
    }

    /// The sentence with each of its words in the colour of its kind.
    fn coloured(&self, sentence: &ExplainedSentence) -> String {
        let characters: Vec<char> = sentence.words.text.chars().collect();
        let start = sentence.words.start;
        let part = |from: usize, to: usize| -> String {
            characters.get(from..to.min(characters.len())).map(|part| part.iter().collect()).unwrap_or_default()
        };
        let (mut result, mut at) = (String::new(), 0);
        for token in &sentence.tokens {
            let (from, to) = (token.words.start.saturating_sub(start), token.words.end.saturating_sub(start));
            if from < at || to <= from {
                continue;
            }
            result.push_str(&printable(&part(at, from)));
            let words = part(from, to);
            result.push_str(&match style(token) {
                Some(style) => self.styled(style, &words),
                None => printable(&words),
            });
            at = to;
        }
        result.push_str(&printable(&part(at, characters.len())));
        result
    }

    fn number(&mut self, number: &ExplainedNumber) {
        let words = printable(&number.words.text);
        let place = number.cell.map(|(row, column)| format!(" (row {row}, column {column})")).unwrap_or_default();
        let told = match (&number.figure, &number.left_out) {
            (Some(figure), _) => {
                let sure = match figure.confidence {
                    Confidence::High => "",
                    Confidence::Low => ", not sure",
                };
                let kept = number.kept_at.as_ref();
                let kept = kept.map(|kept| format!("; told again, kept at {}", kept.text)).unwrap_or_default();
                let fact = self.styled(Style::Taken, &format!("+ {words}{place}: {}", told(figure)));
                format!("{fact}  {}", self.styled(Style::Quiet, &format!("by {}{sure}{kept}", figure.rule)))
            }
            (None, reason) => {
                let reason = reason.as_deref().unwrap_or("not known why");
                self.styled(Style::Left, &format!("- {words}{place}: left out, {reason}"))
            }
        };
        self.line(&format!("  {told}"));
        self.bindings(&number.bound, "      ");
    }

    fn bindings(&mut self, bound: &[Binding], indent: &str) {
        for one in bound {
            let words = one.words.as_ref().map_or("", |words| words.text.as_str());
            let value = pad(&printable(&one.value), VALUE);
            let row =
                format!("{indent}{}{value}  {}{}", pad(one.what, WHAT), pad(from(one.from), FROM), printable(words));
            let row = self.styled(Style::Quiet, row.trim_end());
            self.line(&row);
        }
    }

    fn table(&mut self, table: &ExplainedTable) {
        let caption = table.caption.clone().unwrap_or_default();
        self.line("");
        self.line(&self.styled(Style::Heading, &format!("table {}  {caption}", table.number)));
        if let Some(reason) = &table.left_out {
            self.line(&format!("  {}", self.styled(Style::Left, &format!("not read: {reason}"))));
            return;
        }
        self.bindings(&table.bound, "  ");
        for (at, column) in table.columns.iter().enumerate() {
            let heading = printable(&column.heading.join(" / "));
            let says = printable(&column.says.join(", "));
            self.part(
                &format!("column {at}"),
                &format!("{heading}  {}: {says}", column.holds),
                column.left_out.as_deref(),
            );
        }
        let mut cells = table.cells.iter().peekable();
        for row in &table.rows {
            let says = printable(&row.says.join(", "));
            let words = printable(&row.cells.join(" | "));
            self.part(&format!("row {}", row.row), &format!("{words}  {says}"), row.left_out.as_deref());
            while let Some(cell) = cells.next_if(|cell| cell.cell.is_some_and(|(at, _)| at == row.row)) {
                self.number(cell);
            }
        }
    }

    fn part(&mut self, name: &str, words: &str, left: Option<&str>) {
        let left = left.map(|reason| self.styled(Style::Left, &format!("  not read: {reason}"))).unwrap_or_default();
        self.line(&format!("  {}  {}{left}", self.styled(Style::Quiet, name), printable(words)));
    }

    fn people(&mut self, people: &[ExplainedPerson]) {
        if people.is_empty() {
            return;
        }
        self.line("");
        self.line(&self.styled(Style::Heading, "people"));
        for person in people {
            let office: Vec<&str> = [&person.org, &person.title].into_iter().flatten().map(String::as_str).collect();
            let (style, sign) = if person.taken { (Style::Taken, "+") } else { (Style::Left, "-") };
            let name = self.styled(style, &format!("{sign} {}  {}", person.name, office.join(" ")));
            self.line(&format!("  {name}: {}", person.why));
            let place = |words: &Words| format!("{} ({}-{})", printable(&words.text), words.start, words.end);
            if let Some(introduced) = &person.introduced {
                self.line(&format!("      introduced  {}", place(introduced)));
            }
            for said in &person.said {
                let verb = printable(said.verb.as_deref().unwrap_or("no verb"));
                self.line(&format!("      said        {}  by the verb {verb}", place(&said.attribution)));
                let kind = if said.direct { "direct     " } else { "indirect   " };
                self.line(&format!("      {kind} {}", place(&said.words)));
            }
        }
    }

    fn policy(&mut self, explanation: &Explanation) {
        self.line("");
        self.line(&self.styled(Style::Heading, "policy actions"));
        self.line(&format!("  {}", explanation.policy.why));
        for action in &explanation.policy.actions {
            let number = action.action.number.as_deref().unwrap_or("no number");
            self.line(&format!("  {}", self.styled(Style::Taken, &format!("+ {number}  {}", action.action.subject))));
            self.bindings(&action.bound, "      ");
        }
    }
}

fn style(token: &ExplainedToken) -> Option<Style> {
    match token.kind {
        "economy" | "partner" | "product" => Some(Style::Who),
        "flow" | "direction" => Some(Style::What),
        "period" => Some(Style::When),
        "percent" | "money" | "number" | "points" | "multiple" | "count" => Some(Style::Heading),
        _ => None,
    }
}

fn role(role: BlockRole) -> &'static str {
    match role {
        BlockRole::Title => "title",
        BlockRole::Heading => "heading",
        BlockRole::Paragraph => "paragraph",
        BlockRole::ListItem => "item",
        BlockRole::Caption => "caption",
        BlockRole::Note => "note",
        BlockRole::Table => "table",
    }
}

fn from(origin: Origin) -> &'static str {
    match origin {
        Origin::Number => "number",
        Origin::Clause => "clause",
        Origin::Sentence => "sentence",
        Origin::Paragraph => "paragraph",
        Origin::Title => "title",
        Origin::Lead => "lead",
        Origin::Document => "document",
        Origin::Source => "source",
        Origin::Rule => "rule",
        Origin::Row => "row",
        Origin::Column => "column",
        Origin::Section => "section",
        Origin::Caption => "caption",
        Origin::Label => "label",
    }
}

/// A figure in one line.
fn told(figure: &Figure) -> String {
    let amount = match figure.amount {
        Amount::Value { value } => value.to_string(),
        Amount::Range { low, high } => format!("{low} to {high}"),
    };
    let mut words = vec![figure.area.to_string(), figure.flow.code().to_owned()];
    words.extend(figure.partner.as_ref().map(|partner| format!("with {partner}")));
    words.extend(figure.product.as_ref().map(|product| format!("of {product}")));
    let status = format!("{:?}", figure.status).to_lowercase();
    words.extend([
        figure.measure.code().to_owned(),
        amount,
        figure.unit.as_str().to_owned(),
        figure.period.to_string(),
        status,
    ]);
    words.extend(figure.basis.as_ref().map(|basis| format!("counted in {}", basis.as_str())));
    words.extend(figure.forecaster.as_ref().map(|who| format!("by {who}")));
    words.join(" ")
}

/// Text filled up to a width of characters; Han characters take two columns.
fn pad(text: &str, width: usize) -> String {
    let columns: usize = text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(columns)))
}
