//! Door: asks the store what a report must be compared with before it is merged: the names of its event, where it tells less
//! than the whole, and the neighbours of its value.

use std::collections::HashSet;

use bellwether_model::event::{Event, Fact};
use bellwether_model::figure::Figure;
use bellwether_model::id::EventId;
use bellwether_model::policy::PolicyAction;
use bellwether_model::scale;
use bellwether_store::{ReadError, Transaction};

use super::merge::{Outcome, Report};
use super::reader::{NAMES, Reader};
use super::{held, joining};

impl Reader<'_> {
    /// Reports under the names that the store has for their events, where a report tells less than the whole: see
    /// [`joining`]. What a document says under both names it says once.
    pub(super) fn settled(&self, mut reports: Vec<Report>) -> Result<Vec<Report>, ReadError> {
        for report in &mut reports {
            if let Some(event) = self.other_name(report)? {
                report.event = event;
            }
        }
        let mut seen = HashSet::new();
        reports.retain(|report| seen.insert(report.event.clone()));
        Ok(reports)
    }

    /// The name under which the store has the event of a report; `None`: no other than its own.
    fn other_name(&self, report: &Report) -> Result<Option<EventId>, ReadError> {
        match &report.fact {
            Fact::Policy(action) if action.number.is_none() && !action.originals.is_empty() => {
                Ok(joining::numbered(action, &self.store.policies()?))
            }
            Fact::Figure(figure) => {
                let rates = joining::in_each_basis(figure);
                if rates.is_empty() || report.event != NAMES.figure(figure, None) {
                    return Ok(None);
                }
                let mut events = Vec::new();
                for rate in rates {
                    events.extend(self.store.event(&NAMES.figure(&rate, None))?);
                }
                Ok(joining::of_value(figure, &events))
            }
            Fact::Policy(_) | Fact::Statement(_) => Ok(None),
        }
    }

    /// A report whose value stands out from its series, as one in doubt; `None`: it does not. `known`: its event.
    pub(super) fn doubted(&self, report: &Report, known: Option<&Event>) -> Result<Option<Report>, ReadError> {
        let Fact::Figure(figure) = &report.fact else { return Ok(None) };
        if !held::is_in_question(figure, known) {
            return Ok(None);
        }
        let mut neighbours = Vec::new();
        // What a figure is about makes its name, so that its neighbours need no search.
        for period in scale::periods_around(figure.period) {
            neighbours.extend(self.store.event(&NAMES.figure(&Figure { period, ..figure.clone() }, None))?);
        }
        Ok(held::stands_out(figure, &neighbours).map(|cause| {
            tracing::warn!(event = %report.event, ?cause, "a value stands out from its series");
            held::doubted(report.clone())
        }))
    }

    /// The outcome of a report with what reports of less than the whole brought before under another name.
    pub(super) fn with_copies(
        &self,
        report: &Report,
        outcome: Option<Outcome>,
        transaction: &mut Transaction,
    ) -> Result<Option<Outcome>, ReadError> {
        let less = match &report.fact {
            Fact::Policy(action) if action.number.is_some() => action
                .originals
                .first()
                .map(|original| NAMES.policy(&PolicyAction { number: None, ..action.clone() }, Some(original))),
            Fact::Figure(figure) => {
                let open = Figure { basis: None, ..figure.clone() };
                let is_one_of_two = !joining::in_each_basis(&open).is_empty();
                is_one_of_two.then(|| NAMES.figure(&open, None))
            }
            Fact::Policy(_) | Fact::Statement(_) => None,
        };
        let Some(less) = less.filter(|less| *less != report.event) else { return Ok(outcome) };
        let Some(copies) = self.known(&less)? else { return Ok(outcome) };
        match joining::absorb(self.known(&report.event)?, outcome.as_ref(), &copies) {
            None => Ok(outcome),
            Some(joined) => {
                joining::empty(copies, transaction, transaction.at);
                Ok(Some(joined))
            }
        }
    }
}
