//! What routes and silences tell an alert apart by. Pure.

use bellwether_model::alert::AlertKind;
use bellwether_model::event::Fact;
use bellwether_model::watch::{Priority, WatchItem};

use super::plan::Row;
use crate::routing::Labels;

/// Labels of an alert. `item`: the item of the watch list that asked for it. A label without a value is left out.
pub(super) fn of(kind: AlertKind, row: &Row, item: Option<&WatchItem>) -> Labels {
    let mut labels = Labels::new();
    let mut label = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            labels.insert(name.to_owned(), value);
        }
    };
    label("type", Some(kind.name().to_owned()));
    label("item", item.map(|item| item.id.to_string()));
    label("risk", item.and_then(|item| item.risk.clone()));
    label("priority", Some(item.map_or(Priority::Normal, |item| item.priority).name().to_owned()));
    label("event", Some(row.event.id.to_string()));
    label("release", row.event.release.as_ref().map(ToString::to_string));
    label("source", row.mention.as_ref().map(|mention| mention.source.to_string()));
    match &row.event.fact {
        Fact::Figure(figure) => {
            label("kind", Some("figure".to_owned()));
            label("area", Some(figure.area.to_string()));
            label("partner", figure.partner.as_ref().map(ToString::to_string));
            label("product", figure.product.clone());
            label("flow", Some(figure.flow.code().to_owned()));
            label("measure", code(&figure.measure));
            label("status", code(&figure.status));
        }
        Fact::Statement(said) => {
            label("kind", Some("statement".to_owned()));
            label("speaker", Some(said.name.clone()));
        }
        Fact::Policy(action) => {
            label("kind", Some("policy".to_owned()));
            label("issuer", action.issuer.clone());
            label("partner", action.partner.as_ref().map(ToString::to_string));
            label("category", action.category.clone());
        }
    }
    labels
}

/// A value as it stands in JSON.
fn code(value: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(ToOwned::to_owned)
}
