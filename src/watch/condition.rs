//! Whether an event answers an item of the watch list, and why. Pure.

use bellwether_extractors::fold::fold;
use bellwether_model::event::{Event, EventChange, EventState, Fact, Mention};
use bellwether_model::figure::{Amount, Figure};
use bellwether_model::place::Partner;
use bellwether_model::policy::PolicyAction;
use bellwether_model::watch::{Condition, PolicyCondition, WatchStatus};

use crate::describe;

/// The word that asks for all partners, or for all goods.
const ALL: &str = "all";

/// Why an event meets a condition, in one line for people; `None`: it does not.
///
/// A part that speaks of figures (`area`, `flow`, a threshold) is met by figures alone. `mention`: the one that
/// brought the change; its words count beside those that the event shows.
#[must_use]
pub(super) fn matches(
    condition: &Condition,
    event: &Event,
    mention: Option<&Mention>,
    change: &EventChange,
) -> Option<String> {
    let kind_holds = condition.kind.is_none_or(|kind| kind == event.fact.kind());
    let holds = kind_holds
        && condition.status.is_none_or(|status| has_status(status, event, change))
        && fact_holds(condition, &event.fact)
        && (condition.words.is_empty() || any_word(&condition.words, &texts(event, mention)));
    holds.then(|| reason(condition, event))
}

fn fact_holds(condition: &Condition, fact: &Fact) -> bool {
    let asks_figure = condition.area.is_some()
        || condition.partner.is_some()
        || !condition.product.is_empty()
        || condition.flow.is_some()
        || condition.measure.is_some()
        || condition.period.is_some()
        || condition.above.is_some()
        || condition.below.is_some();
    match fact {
        Fact::Figure(figure) => {
            condition.policy.is_none() && condition.speaker.is_none() && figure_holds(condition, figure)
        }
        Fact::Statement(words) => {
            let speaker_holds = condition.speaker.as_ref().is_none_or(|name| same(name, &words.name));
            !asks_figure && condition.policy.is_none() && speaker_holds
        }
        Fact::Policy(action) => {
            let policy_holds = condition.policy.as_ref().is_none_or(|policy| policy_holds(policy, action));
            !asks_figure && condition.speaker.is_none() && policy_holds
        }
    }
}

fn figure_holds(condition: &Condition, figure: &Figure) -> bool {
    let product_holds = match (condition.product.as_slice(), &figure.product) {
        ([], _) => true,
        ([only], product) if only == ALL => product.is_none(),
        (words, Some(product)) => any_word(words, &[product]),
        (_, None) => false,
    };
    let (low, high) = bounds(figure.amount);
    condition.area.as_ref().is_none_or(|area| *area == figure.area)
        && condition.partner.as_ref().is_none_or(|partner| partner_holds(partner, figure.partner.as_ref()))
        && product_holds
        && condition.flow.is_none_or(|flow| flow == figure.flow)
        && condition.measure.is_none_or(|measure| measure == figure.measure)
        && condition.period.is_none_or(|period| period == figure.period)
        && condition.above.is_none_or(|above| high > above)
        && condition.below.is_none_or(|below| low < below)
}

fn partner_holds(asked: &Partner, partner: Option<&Partner>) -> bool {
    if asked.as_str() == ALL { partner.is_none() } else { partner == Some(asked) }
}

fn bounds(amount: Amount) -> (bellwether_model::number::Number, bellwether_model::number::Number) {
    match amount {
        Amount::Value { value } => (value, value),
        Amount::Range { low, high } => (low, high),
    }
}

fn policy_holds(condition: &PolicyCondition, action: &PolicyAction) -> bool {
    let has = |word: &Option<String>, text: &Option<String>| {
        word.as_ref().is_none_or(|word| text.as_ref().is_some_and(|text| contains(text, word)))
    };
    has(&condition.issuer, &action.issuer)
        && condition.number.as_ref().is_none_or(|number| Some(number) == action.number.as_ref())
        && condition.partner.as_ref().is_none_or(|partner| partner_holds(partner, action.partner.as_ref()))
        && condition
            .category
            .as_ref()
            .is_none_or(|asked| [&action.category, &action.kind].contains(&&Some(asked.clone())))
        && (condition.subject.is_empty() || any_word(&condition.subject, &[&action.subject]))
}

fn has_status(status: WatchStatus, event: &Event, change: &EventChange) -> bool {
    let forecast = matches!(&event.fact, Fact::Figure(figure) if figure.status.is_forecast());
    match status {
        WatchStatus::Actual => !forecast,
        WatchStatus::Forecast => forecast,
        WatchStatus::Revised => event.state == EventState::Revised || matches!(change, EventChange::Revised { .. }),
        WatchStatus::Disputed => event.state == EventState::Disputed,
    }
}

/// The words in which `words` are looked for: those that prove the fact, and those of the report at hand.
fn texts<'a>(event: &'a Event, mention: Option<&'a Mention>) -> Vec<&'a str> {
    let (shown, words): (&str, &str) = match &event.fact {
        Fact::Figure(figure) => (&figure.evidence.text, figure.product.as_deref().unwrap_or_default()),
        Fact::Statement(words) => (&words.evidence.text, &words.text),
        Fact::Policy(action) => (&action.evidence.text, &action.subject),
    };
    let said = mention.map(|mention| mention.evidence.text.as_str());
    [shown, words].into_iter().chain(said).collect()
}

fn any_word(words: &[String], texts: &[&str]) -> bool {
    words.iter().any(|word| texts.iter().any(|text| contains(text, word)))
}

fn contains(text: &str, word: &str) -> bool {
    folded(text).contains(&folded(word))
}

fn same(a: &str, b: &str) -> bool {
    folded(a).trim() == folded(b).trim()
}

/// Both Chinese scripts, full and half width, upper and lower case compare equal.
fn folded(text: &str) -> String {
    fold(text).to_lowercase()
}

fn reason(condition: &Condition, event: &Event) -> String {
    let what = describe::fact(&event.fact);
    let unit = match &event.fact {
        Fact::Figure(figure) => figure.unit.as_str(),
        Fact::Statement(_) | Fact::Policy(_) => "",
    };
    let limits = [("above", condition.above), ("below", condition.below)];
    let limits: Vec<String> = limits
        .into_iter()
        .filter_map(|(word, limit)| limit.map(|limit| format!("{word} {}", describe::number(limit, unit))))
        .collect();
    let status = condition.status.map(|status| match status {
        WatchStatus::Actual => "has happened",
        WatchStatus::Forecast => "is expected",
        WatchStatus::Revised => "was revised",
        WatchStatus::Disputed => "is disputed",
    });
    let clauses: Vec<String> = limits.into_iter().chain(status.map(String::from)).collect();
    if clauses.is_empty() { what } else { format!("{what} ({})", clauses.join(", ")) }
}
