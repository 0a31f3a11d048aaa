//! The figures of the store by series and period.

use std::collections::BTreeMap;

use bellwether_model::event::{EventState, Fact};
use bellwether_model::figure::{Confidence, Figure, Flow, Measure};
use bellwether_model::id::DocumentId;
use bellwether_model::period::Period;
use bellwether_model::place::{Area, Partner};
use bellwether_model::reading::{Interval, Reading};
use rust_decimal::Decimal;

use super::Names;
use crate::view::EventView;

/// By how many parts of its size an amount may have been revised between two documents without anybody here having
/// seen it. Customs revise months by a few thousandths; what is further off is worth a look.
pub(super) const UNSEEN_REVISION: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// What figures must share to be compared: whose trade, with whom, of what, and who expects it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    pub(super) area: Area,
    pub(super) partner: Option<Partner>,
    /// The name of the product class; empty: all goods.
    pub(super) product: String,
    /// The name of the forecaster; `None`: it has happened. An unnamed forecaster is empty.
    pub(super) forecaster: Option<String>,
}

/// One series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Series {
    pub(super) subject: Subject,
    pub(super) flow: Flow,
    pub(super) measure: Measure,
    /// Currency of amounts, currency in which rates were computed; empty: not said.
    pub(super) currency: String,
}

/// One figure.
#[derive(Debug, Clone)]
pub(super) struct Known<'a> {
    pub(super) view: &'a EventView,
    pub(super) figure: &'a Figure,
    /// What it may have been rounded from, over all its vintages.
    pub(super) stated: Interval,
}

/// All figures, by series and period.
pub(super) struct Book<'a> {
    series: BTreeMap<Series, BTreeMap<Period, Known<'a>>>,
    /// Figures that are held: nothing is compared with them.
    held: Vec<(Series, Known<'a>)>,
}

impl<'a> Book<'a> {
    pub(super) fn of(events: &'a [EventView], names: &Names) -> Self {
        let mut series: BTreeMap<Series, BTreeMap<Period, Known<'a>>> = BTreeMap::new();
        let mut held = Vec::new();
        for view in events.iter().filter(|view| view.event.state != EventState::Withdrawn) {
            let Fact::Figure(figure) = &view.event.fact else { continue };
            let is_held = view.event.state == EventState::Held;
            if figure.confidence == Confidence::Low && !is_held || !figure.flow.is_trade() {
                continue;
            }
            let known = Known { view, figure, stated: stated(view, figure) };
            if is_held {
                held.push((name(figure, names), known));
                continue;
            }
            series.entry(name(figure, names)).or_default().entry(figure.period).or_insert(known);
        }
        Self { series, held }
    }

    /// Figures that are held, with their series.
    pub(super) fn held(&self) -> &[(Series, Known<'a>)] {
        &self.held
    }

    /// Every series with its figures.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Series, &BTreeMap<Period, Known<'a>>)> {
        self.series.iter()
    }

    /// The figures of one series.
    pub(super) fn get(&self, series: &Series) -> Option<&BTreeMap<Period, Known<'a>>> {
        self.series.get(series)
    }

    /// One figure.
    pub(super) fn find(&self, series: &Series, period: Period) -> Option<&Known<'a>> {
        self.series.get(series)?.get(&period)
    }

    /// The amount of one subject, flow and period.
    pub(super) fn level(&self, subject: &Subject, flow: Flow, currency: &str, period: Period) -> Option<&Known<'a>> {
        let series = Series { subject: subject.clone(), flow, measure: Measure::Level, currency: currency.to_owned() };
        self.find(&series, period)
    }

    /// The currencies in which amounts of one subject and flow are known.
    pub(super) fn currencies(&self, subject: &Subject, flow: Flow) -> Vec<&str> {
        let all = self.series.keys();
        let levels =
            all.filter(|series| series.measure == Measure::Level && series.flow == flow && series.subject == *subject);
        levels.map(|series| series.currency.as_str()).collect()
    }
}

fn name(figure: &Figure, names: &Names) -> Series {
    let forecaster = figure.forecaster.as_deref().map(names.organisation).unwrap_or_default();
    let currency = match figure.measure {
        Measure::Level | Measure::YoyChange => figure.unit.as_str(),
        Measure::Yoy | Measure::Mom => figure.basis.as_ref().map_or("", |basis| basis.as_str()),
        Measure::Share => "",
    };
    Series {
        subject: Subject {
            area: figure.area.clone(),
            partner: figure.partner.clone(),
            product: figure.product.as_deref().map(names.product_class).unwrap_or_default(),
            forecaster: figure.status.is_forecast().then_some(forecaster),
        },
        flow: figure.flow,
        measure: figure.measure,
        currency: currency.to_owned(),
    }
}

/// What the figure may have been rounded from, over all its vintages.
fn stated(view: &EventView, figure: &Figure) -> Interval {
    let shown = Reading { amount: figure.amount, precision: figure.precision }.interval();
    let vintages = view.event.vintages.iter();
    vintages
        .map(|vintage| Reading { amount: vintage.amount, precision: vintage.precision }.interval())
        .fold(shown, Interval::hull)
}

/// Whether one document carries all these figures.
pub(super) fn share_document(figures: &[&Known<'_>]) -> bool {
    let Some((first, rest)) = figures.split_first() else { return false };
    let carries =
        |known: &Known<'_>, document: &DocumentId| known.view.mentions.iter().any(|other| other.document == *document);
    first.view.mentions.iter().any(|mention| rest.iter().all(|known| carries(known, &mention.document)))
}

/// The numbers of some figures, as they can be compared.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    /// What each figure may have been rounded from, in their order.
    pub(super) stated: Vec<Interval>,
    /// Whether they are one document's own numbers.
    pub(super) within_document: bool,
}

/// The sights in which figures can be compared: as each document that carries them all has them, to the digit, and as
/// the store has them, where the amounts may have been revised between two documents unseen.
pub(super) fn sights(figures: &[&Known<'_>]) -> Vec<Sight> {
    let Some((first, rest)) = figures.split_first() else { return Vec::new() };
    let mut sights: Vec<Sight> = Vec::new();
    for mention in &first.view.mentions {
        let own = |known: &Known<'_>| {
            let mut mentions = known.view.mentions.iter().filter(|other| other.document == mention.document);
            mentions.find_map(|own| Some(Reading { amount: own.amount?, precision: own.precision }.interval()))
        };
        if let Some(stated) = figures.iter().map(|known| own(known)).collect::<Option<Vec<Interval>>>() {
            sights.push(Sight { stated, within_document: true });
        }
    }
    let amount = |known: &&Known<'_>| {
        let is_level = known.figure.measure == Measure::Level;
        if is_level { known.stated.widened(UNSEEN_REVISION) } else { known.stated }
    };
    // The one that stands out is compared as it is.
    let stated = std::iter::once(first.stated).chain(rest.iter().map(amount)).collect();
    sights.push(Sight { stated, within_document: false });
    sights
}
