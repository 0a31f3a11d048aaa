//! What the demonstration has planted: every fact, merge, revision, flag and alert that must come of it.

use bellwether_model::event::{EventState, Fact};
use bellwether_model::figure::{Amount, Figure, Flow, Measure};
use bellwether_model::number::Number;
use bellwether_model::source::Trust;
use bellwether_store::{EventFilter, ReadError, Store};

use super::web::Web;
use crate::view::{self, EventView};

/// One thing that was planted, and whether it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: String,
    /// Whether it is there.
    pub met: bool,
}

/// One planted figure: identity, value, and who must report it.
struct Planted {
    flow: Flow,
    partner: Option<&'static str>,
    period: &'static str,
    measure: Measure,
    forecast: bool,
    amount: (i64, u32, Option<i64>),
    sources: &'static [&'static str],
}

const fn actual(
    flow: Flow,
    period: &'static str,
    measure: Measure,
    amount: (i64, u32),
    sources: &'static [&'static str],
) -> Planted {
    Planted { flow, partner: None, period, measure, forecast: false, amount: (amount.0, amount.1, None), sources }
}

/// Amounts are mantissa, decimal places, and the upper bound of a range.
const PLANTED: &[Planted] = &[
    actual(Flow::Exports, "2025-01", Measure::Level, (38_730_000_000, 0), &["statistics"]),
    actual(
        Flow::Exports,
        "2025-02",
        Measure::Level,
        (41_260_000_000, 0),
        &["daily", "mirror", "wire", "board", "statistics"],
    ),
    actual(Flow::Exports, "2025-02", Measure::Yoy, (314, 1), &["daily", "mirror", "wire", "board", "statistics"]),
    actual(
        Flow::Imports,
        "2025-02",
        Measure::Level,
        (34_720_000_000, 0),
        &["daily", "mirror", "wire", "board", "statistics"],
    ),
    actual(Flow::Imports, "2025-02", Measure::Yoy, (104, 1), &["daily", "mirror", "wire", "board", "statistics"]),
    actual(Flow::Balance, "2025-02", Measure::Level, (6_590_000_000, 0), &["daily", "mirror", "wire", "board"]),
    actual(Flow::Exports, "2025-01/2025-02", Measure::Level, (80_040_000_000, 0), &["daily"]),
    actual(Flow::Exports, "2025-01/2025-02", Measure::Yoy, (169, 1), &["daily"]),
    Planted {
        flow: Flow::Exports,
        partner: Some("US"),
        period: "2025-02",
        measure: Measure::Level,
        forecast: false,
        amount: (11_740_000_000, 0, None),
        sources: &["daily", "mirror"],
    },
    Planted {
        flow: Flow::Exports,
        partner: Some("US"),
        period: "2025-02",
        measure: Measure::Share,
        forecast: false,
        amount: (284, 1, None),
        sources: &["daily", "mirror"],
    },
    Planted {
        flow: Flow::Exports,
        partner: None,
        period: "2025-03",
        measure: Measure::Level,
        forecast: true,
        amount: (44_000_000_000, 0, Some(46_000_000_000)),
        sources: &["daily", "mirror", "wire", "board"],
    },
    Planted {
        flow: Flow::Exports,
        partner: None,
        period: "2025-03",
        measure: Measure::Yoy,
        forecast: true,
        amount: (5, 0, Some(10)),
        sources: &["daily", "mirror", "board"],
    },
];

/// Items of the watch list that must have flagged something.
const FLAGGED: &[&str] = &["us-share", "next-month", "export-control"];

/// Kinds of alert that the receiver must have taken.
const ALERTED: &[&str] = &["release.new", "figure.revised", "watch.flagged"];

/// Everything that was planted, met or not.
///
/// # Errors
/// The store cannot be read.
pub fn findings(store: &Store, web: &Web) -> Result<Vec<Finding>, ReadError> {
    let events = view::events(store, &EventFilter::default())?;
    let mut findings: Vec<Finding> = PLANTED.iter().map(|planted| figure(planted, &events)).collect();
    findings.push(revision(&events));
    findings.push(official(&events));
    findings.push(policy(&events));
    for item in FLAGGED {
        let flags = store.flags(Some(&bellwether_model::id::WatchId::new(*item)), usize::MAX)?;
        findings.push(Finding { what: format!("flag of `{item}`"), met: !flags.is_empty() });
    }
    findings.extend(alerts(web));
    Ok(findings)
}

fn figure(planted: &Planted, events: &[EventView]) -> Finding {
    let Planted { flow, partner, period, measure, forecast, amount, sources } = planted;
    let number = |mantissa: i64| Number(rust_decimal::Decimal::new(mantissa, amount.1));
    let wanted = match amount.2 {
        None => Amount::Value { value: number(amount.0) },
        Some(high) => Amount::Range { low: number(amount.0), high: number(high) },
    };
    let same = |figure: &Figure| {
        figure.area.as_str() == "TW"
            && figure.flow == *flow
            && figure.partner.as_ref().map(|code| code.as_str()) == *partner
            && figure.product.is_none()
            && figure.period.to_string() == *period
            && figure.measure == *measure
            && figure.status.is_forecast() == *forecast
            && figure.amount == wanted
    };
    let found: Vec<&EventView> =
        events.iter().filter(|view| matches!(&view.event.fact, Fact::Figure(figure) if same(figure))).collect();
    // Exactly one event: two of one fact would be a merge that was missed.
    let met = matches!(found.as_slice(), [view] if sources.iter().all(|source| view.mentions.iter().any(|m| m.source.as_str() == *source)));
    let partner = partner.map(|code| format!(" with {code}")).unwrap_or_default();
    let forecast = if *forecast { " forecast" } else { "" };
    let amount = match wanted {
        Amount::Value { value } => value.to_string(),
        Amount::Range { low, high } => format!("{low} to {high}"),
    };
    Finding {
        what: format!(
            "TW {flow:?}{partner} {period}{forecast} {measure:?} {amount}, one event from {}",
            sources.join(", ")
        ),
        met,
    }
}

/// The corrected exports: two vintages of the official page or one of the press and the official ones, the last in force.
fn revision(events: &[EventView]) -> Finding {
    let met = events.iter().any(|view| {
        view.event.state == EventState::Revised
            && matches!(&view.event.fact, Fact::Figure(f) if f.flow == Flow::Exports && f.measure == Measure::Level && f.covers_everything())
            && view.event.vintages.len() >= 2
            && view.event.vintages.last().is_some_and(|vintage| vintage.trust == Trust::Official)
    });
    Finding { what: "revision of the February exports, old value kept".to_owned(), met }
}

fn official(events: &[EventView]) -> Finding {
    let met = events.iter().any(|view| match &view.event.fact {
        Fact::Statement(words) => words.name == "陳惠雯" || words.name == "陈惠雯",
        _ => false,
    });
    Finding { what: "words of the official 陳惠雯".to_owned(), met }
}

fn policy(events: &[EventView]) -> Finding {
    let met = events.iter().any(|view| match &view.event.fact {
        Fact::Policy(action) => {
            action.number.as_deref() == Some("2025-88") && action.effective == Some(jiff::civil::date(2025, 4, 1))
        }
        _ => false,
    });
    Finding { what: "announcement 2025-88, in force from 2025-04-01".to_owned(), met }
}

fn alerts(web: &Web) -> Vec<Finding> {
    let taken = web.receiver.alerts();
    let mut findings: Vec<Finding> = ALERTED
        .iter()
        .map(|kind| Finding {
            what: format!("alert {kind} taken by the receiver"),
            met: taken.iter().any(|alert| alert.body["type"] == *kind),
        })
        .collect();
    let mut ids: Vec<&str> = taken.iter().map(|alert| alert.id.as_str()).collect();
    ids.sort_unstable();
    let once = ids.windows(2).all(|pair| pair[0] != pair[1]);
    findings.push(Finding {
        what: "each alert taken once, each signed rightly".to_owned(),
        met: once && web.receiver.wrongly_signed() == 0,
    });
    let again = web.receiver.refused_once().is_some_and(|id| ids.contains(&id.as_str()));
    findings.push(Finding { what: "the delivery that was refused came again with the same id".to_owned(), met: again });
    findings
}
