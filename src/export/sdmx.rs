//! Figures as SDMX-CSV 2.0 (SDMX 3.0, section 5, `sdmx-csv-field-guide`), under a data flow of our own.

use bellwether_model::event::Fact;
use bellwether_model::figure::{Amount, Figure, Status};
use bellwether_model::id::digest_name;
use bellwether_model::period::Period;

use super::csv::{code, harmless, line};
use crate::view::{self, EventView};

/// The data flow: agency, name, version.
const DATAFLOW: &str = "BELLWETHER:TRADE(1.0.0)";

const HEAD: [&str; 23] = [
    "STRUCTURE",
    "STRUCTURE_ID",
    "ACTION",
    "FREQ",
    "REF_AREA",
    "COUNTERPART_AREA",
    "FLOW",
    "PRODUCT",
    "INDICATOR",
    "UNIT_MEASURE",
    "BASIS",
    "FORECASTER",
    "TIME_PERIOD",
    "OBS_VALUE",
    "OBS_LOW",
    "OBS_HIGH",
    "OBS_STATUS",
    "UNIT_MULT",
    "PRODUCT_TEXT",
    "FORECASTER_TEXT",
    "EVENT",
    "SOURCE_URL",
    "EVIDENCE",
];

/// The code for "all" of SDMX: all partners, all goods, no forecaster.
const ALL: &str = "_T";
/// The code for "does not apply" of SDMX.
const NOT_APPLICABLE: &str = "_Z";

/// Figures among the events, one observation a row. Those that are held or withdrawn are left out.
///
/// A range has no `OBS_VALUE`, but `OBS_LOW` and `OBS_HIGH`. Words of documents stand in attributes; where they tell one
/// series from another (product, forecaster), the dimension holds a code made from them.
#[must_use]
pub fn sdmx_csv(events: &[EventView]) -> String {
    let mut out = line(HEAD.map(ToOwned::to_owned).to_vec());
    for view in events.iter().filter(|view| view.event.state.is_published()) {
        if let Fact::Figure(figure) = &view.event.fact {
            out.push_str(&line(row(view, figure)));
        }
    }
    out
}

fn row(view: &EventView, figure: &Figure) -> Vec<String> {
    let (value, low, high) = match figure.amount {
        Amount::Value { value } => (value.to_string(), String::new(), String::new()),
        Amount::Range { low, high } => (String::new(), low.to_string(), high.to_string()),
    };
    let best = view::best_mention(&view.mentions);
    let made_code = |words: Option<&String>, none: &str| {
        words.map_or_else(|| none.to_owned(), |words| digest_name("W", &[words]).replace('-', "_"))
    };
    let attribute = |words: Option<&str>| words.map(harmless).unwrap_or_default();
    vec![
        "dataflow".to_owned(),
        DATAFLOW.to_owned(),
        "I".to_owned(),
        frequency(&figure.period).to_owned(),
        figure.area.to_string(),
        figure.partner.as_ref().map_or_else(|| ALL.to_owned(), |partner| partner.as_str().replace('+', "_")),
        code(&figure.flow).to_uppercase(),
        made_code(figure.product.as_ref(), ALL),
        code(&figure.measure).to_uppercase(),
        if figure.unit.as_str() == "percent" { "PT".to_owned() } else { figure.unit.as_str().to_owned() },
        figure.basis.as_ref().map_or_else(|| NOT_APPLICABLE.to_owned(), |basis| basis.as_str().to_owned()),
        if figure.status.is_forecast() {
            made_code(figure.forecaster.as_ref(), ALL)
        } else {
            NOT_APPLICABLE.to_owned()
        },
        time_period(&figure.period),
        value,
        low,
        high,
        status(figure.status).to_owned(),
        "0".to_owned(),
        attribute(figure.product.as_deref()),
        attribute(figure.forecaster.as_deref()),
        view.event.id.to_string(),
        attribute(best.map(|mention| mention.url.as_str())),
        attribute(best.map(|mention| mention.evidence.text.as_str())),
    ]
}

/// `CL_FREQ`: annual, half-yearly, quarterly, monthly; other spans are `_O`.
fn frequency(period: &Period) -> &'static str {
    match period {
        Period::Year(_) => "A",
        Period::Half(..) => "S",
        Period::Quarter(..) => "Q",
        Period::Month(..) => "M",
        Period::Months(..) | Period::Days(..) => "_O",
    }
}

/// `CL_OBS_STATUS`: normal, provisional, revised as published, forecast.
fn status(status: Status) -> &'static str {
    match status {
        Status::Actual => "A",
        Status::Preliminary => "P",
        Status::Revised => "R",
        Status::Forecast => "F",
    }
}

/// A time period of SDMX: Gregorian year and month, reporting half and quarter, or a start with a duration (ISO 8601).
fn time_period(period: &Period) -> String {
    match *period {
        Period::Year(year) => format!("{year:04}"),
        Period::Half(year, half) => format!("{year:04}-S{half}"),
        Period::Quarter(year, quarter) => format!("{year:04}-Q{quarter}"),
        Period::Month(year, month) => format!("{year:04}-{month:02}"),
        Period::Months((a, m), (b, n)) => {
            let months = (i32::from(b) - i32::from(a)) * 12 + i32::from(n) - i32::from(m) + 1;
            format!("{a:04}-{m:02}-01/P{months}M")
        }
        Period::Days(from, to) => {
            let days = from.until(to).map_or(0, |span| span.get_days()) + 1;
            format!("{from}/P{days}D")
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn periods_have_their_form_in_sdmx() {
        for (period, expected, frequency_code) in [
            ("2025", "2025", "A"),
            ("2025-H2", "2025-S2", "S"),
            ("2025-Q4", "2025-Q4", "Q"),
            ("2025-12", "2025-12", "M"),
            ("2025-01/2025-11", "2025-01-01/P11M", "_O"),
            ("2024-11/2025-02", "2024-11-01/P4M", "_O"),
            ("2024-12-01/2024-12-20", "2024-12-01/P20D", "_O"),
        ] {
            let period: Period = period.parse().unwrap();
            assert_eq!((time_period(&period).as_str(), frequency(&period)), (expected, frequency_code));
        }
    }
}
