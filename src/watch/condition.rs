//! Whether an event answers an item of the watch list, and why, or why not. Pure: what the store holds beside the event
//! is asked of [`Before`].

use std::collections::BTreeSet;

use bellwether_model::event::{Event, EventChange, EventState, Fact, Mention};
use bellwether_model::figure::{Amount, Figure};
use bellwether_model::place::Partner;
use bellwether_model::policy::PolicyAction;
use bellwether_model::watch::{Condition, PolicyCondition, SubjectKind, WatchStatus};

use url::{Host, Url};

use super::plan::{Before, Row};
use super::series;
use super::words::{Haystack, folded};
use crate::describe;

/// The word that asks for all partners, or for all goods.
const ALL: &str = "all";

/// What came of comparing an event with a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is met, and by what, in words for people.
    Met(Vec<String>),
    /// It is not met, and why.
    Unmet(String),
}

/// Why an event meets a condition, in one line for people; `None`: it does not.
pub(super) fn matches<B: Before>(condition: &Condition, row: &Row, before: &B) -> Result<Option<String>, B::Error> {
    Ok(match judge(condition, row, before)? {
        Verdict::Met(clauses) if clauses.is_empty() => Some(describe::fact(&row.event.fact)),
        Verdict::Met(clauses) => Some(format!("{} ({})", describe::fact(&row.event.fact), clauses.join(", "))),
        Verdict::Unmet(_) => None,
    })
}

/// Compares an event with a condition. What costs least is looked at first.
///
/// A part that speaks of figures (`area`, `flow`, a threshold) is met by figures alone. The mention that brought the
/// change counts with its words beside those that the event shows.
pub(super) fn judge<B: Before>(condition: &Condition, row: &Row, before: &B) -> Result<Verdict, B::Error> {
    let own = own(condition, row, before)?;
    combined(condition, own, &mut |part| judge(part, row, before))
}

/// The parts of a condition itself, without those that it combines.
fn own<B: Before>(condition: &Condition, row: &Row, before: &B) -> Result<Result<Vec<String>, String>, B::Error> {
    let mut clauses = match of_event(condition, row) {
        Ok(clauses) => clauses,
        Err(why) => return Ok(Err(why)),
    };
    for found in [of_mentions(condition, row, before)?, of_series(condition, &row.event.fact, before)?] {
        match found {
            Ok(more) => clauses.extend(more),
            Err(why) => return Ok(Err(why)),
        }
    }
    Ok(Ok(clauses))
}

/// What a condition says with those that it combines. `own`: what its own parts say, `judge`: what another condition says of
/// the same thing.
pub(super) fn combined<E>(
    condition: &Condition,
    own: Result<Vec<String>, String>,
    judge: &mut dyn FnMut(&Condition) -> Result<Verdict, E>,
) -> Result<Verdict, E> {
    let mut clauses = match own {
        Ok(clauses) => clauses,
        Err(why) => return Ok(Verdict::Unmet(why)),
    };
    for part in &condition.all {
        match judge(part)? {
            Verdict::Met(more) => clauses.extend(more),
            unmet @ Verdict::Unmet(_) => return Ok(unmet),
        }
    }
    if !condition.any.is_empty() {
        let mut unmet = Vec::new();
        let mut met = None;
        for part in &condition.any {
            match judge(part)? {
                Verdict::Met(more) => {
                    met = Some(more);
                    break;
                }
                Verdict::Unmet(why) => unmet.push(why),
            }
        }
        match met {
            Some(more) => clauses.extend(more),
            None => return Ok(Verdict::Unmet(unmet.join("; "))),
        }
    }
    if let Some(part) = &condition.not
        && let Verdict::Met(said) = judge(part)?
    {
        let said = if said.is_empty() { "what it must not be".to_owned() } else { said.join(", ") };
        let said = if said.starts_with("it ") { said } else { format!("it is {said}") };
        return Ok(Verdict::Unmet(said));
    }
    Ok(Verdict::Met(clauses))
}

/// The parts that the event and its newest report decide.
fn of_event(condition: &Condition, row: &Row) -> Result<Vec<String>, String> {
    let fact = &row.event.fact;
    let kind = SubjectKind::from(fact.kind());
    need(condition.overdue.is_none(), || format!("it is a {}", kind_word(fact)))?;
    need(condition.kind.is_none_or(|asked| asked == kind), || format!("it is a {}", kind_word(fact)))?;
    let mut clauses = of_fact(condition, fact)?;
    if let Some(status) = condition.status {
        need(has_status(status, row), || format!("it {}", status_words(status, false)))?;
        clauses.push(status_words(status, true).to_owned());
    }
    let texts = texts(&row.event, row.mention.as_ref());
    let words_hold = condition.words.is_empty() || any_word(&condition.words, &texts);
    need(words_hold, || format!("its words hold none of: {}", condition.words.join(", ")))?;
    if let Some(near) = &condition.near {
        need(texts.iter().any(|text| Haystack::new(text).near(near).is_some()), || {
            format!("its words do not hold within {} characters: {}", near.within, near.words.join(", "))
        })?;
    }
    Ok(clauses)
}

pub(super) fn need(holds: bool, why_not: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why_not()) }
}

fn kind_word(fact: &Fact) -> &'static str {
    match fact {
        Fact::Figure(_) => "figure",
        Fact::Statement(_) => "statement",
        Fact::Policy(_) => "policy action",
    }
}

fn of_fact(condition: &Condition, fact: &Fact) -> Result<Vec<String>, String> {
    let asks_figure = condition.area.is_some()
        || condition.partner.is_some()
        || !condition.product.is_empty()
        || condition.flow.is_some()
        || condition.measure.is_some()
        || condition.period.is_some()
        || condition.above.is_some()
        || condition.below.is_some();
    let other = || Err(format!("it is a {}", kind_word(fact)));
    match fact {
        Fact::Figure(_) if condition.policy.is_some() || condition.speaker.is_some() => other(),
        Fact::Figure(figure) => of_figure(condition, figure),
        Fact::Statement(_) if asks_figure || condition.policy.is_some() => other(),
        Fact::Statement(words) => {
            let holds = condition.speaker.as_ref().is_none_or(|name| same(name, &words.name));
            need(holds, || format!("the speaker is {}", describe::plain(&words.name)))?;
            Ok(Vec::new())
        }
        Fact::Policy(_) if asks_figure || condition.speaker.is_some() => other(),
        Fact::Policy(action) => {
            let holds = condition.policy.as_ref().is_none_or(|policy| policy_holds(policy, action));
            need(holds, || "issuer, number, partner, category or subject differ".to_owned())?;
            Ok(Vec::new())
        }
    }
}

fn of_figure(condition: &Condition, figure: &Figure) -> Result<Vec<String>, String> {
    let product_holds = match (condition.product.as_slice(), &figure.product) {
        ([], _) => true,
        ([only], product) if only == ALL => product.is_none(),
        (words, Some(product)) => any_word(words, &[product]),
        (_, None) => false,
    };
    let partner = || figure.partner.as_ref().map_or("all partners".to_owned(), ToString::to_string);
    let product = || figure.product.as_deref().map_or("all goods".to_owned(), describe::plain);
    need(condition.area.as_ref().is_none_or(|area| *area == figure.area), || {
        format!("the economy is {}", figure.area)
    })?;
    need(condition.flow.is_none_or(|flow| flow == figure.flow), || format!("the flow is {}", figure.flow.code()))?;
    need(condition.measure.is_none_or(|measure| measure == figure.measure), || {
        format!("the measure is {}", figure.measure.code())
    })?;
    let asked = condition.partner.as_ref();
    need(asked.is_none_or(|asked| partner_holds(asked, figure.partner.as_ref())), || {
        format!("the partner is {}", partner())
    })?;
    need(product_holds, || format!("the product class is {}", product()))?;
    need(condition.period.is_none_or(|period| period == figure.period), || format!("the period is {}", figure.period))?;
    let (low, high) = match figure.amount {
        Amount::Value { value } => (value, value),
        Amount::Range { low, high } => (low, high),
    };
    let value = || format!("the value is {}", describe::value(figure));
    let limit = |number| describe::number(number, figure.unit.as_str());
    let mut clauses = Vec::new();
    if let Some(above) = condition.above {
        need(high > above, value)?;
        clauses.push(format!("above {}", limit(above)));
    }
    if let Some(below) = condition.below {
        need(low < below, value)?;
        clauses.push(format!("below {}", limit(below)));
    }
    Ok(clauses)
}

/// The parts that all reports of the event decide.
fn of_mentions<B: Before>(
    condition: &Condition,
    row: &Row,
    before: &B,
) -> Result<Result<Vec<String>, String>, B::Error> {
    if condition.trust.is_none() && condition.outlets.is_none() {
        return Ok(Ok(Vec::new()));
    }
    let mentions = before.mentions(&row.event.id)?;
    let agreeing: Vec<&Mention> = mentions.iter().filter(|mention| mention.agrees).collect();
    let mut clauses = Vec::new();
    if let Some(trust) = condition.trust
        && agreeing.iter().all(|mention| mention.trust < trust)
    {
        return Ok(Err("no source that is believed so far gives the value".to_owned()));
    }
    if let Some(asked) = condition.outlets {
        let sites = independent(&agreeing);
        let said = format!("on {sites} sites");
        if sites < usize::try_from(asked).unwrap_or(usize::MAX) {
            return Ok(Err(said));
        }
        clauses.push(said);
    }
    Ok(Ok(clauses))
}

/// How many sites tell it on their own. A site counts once, with all names that its owner has under one domain; those that have the same sentence, in whatever script, have it from
/// each other or from one agency, and those that name a site as that of the original have it from there.
fn independent(mentions: &[&Mention]) -> usize {
    let told: BTreeSet<BTreeSet<Origin>> = mentions
        .iter()
        .map(|mention| {
            let words = folded(&mention.evidence.text).chars().filter(|c| c.is_alphanumeric()).collect();
            let cited = mention.cites.as_deref().map(|original| Origin::Site(site(original)));
            [Origin::Site(site(&mention.url)), Origin::Words(words)].into_iter().chain(cited).collect()
        })
        .collect();
    // What shares a site or a sentence with another is of one group with it.
    let mut groups: Vec<BTreeSet<Origin>> = Vec::new();
    for mut origins in told {
        groups.retain(|known| {
            let is_one = !known.is_disjoint(&origins);
            if is_one {
                origins.extend(known.iter().cloned());
            }
            !is_one
        });
        groups.push(origins);
    }
    groups.len()
}

/// Where a report may come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// A site that has it, or whose original it names.
    Site(String),
    /// The letters and digits of its sentence, in one script.
    Words(String),
}

/// The site of an address: the domain that its owner has registered, by the list of public suffixes (publicsuffix.org), under
/// which other names are sections of the same outlet. Where people share a domain, as on hosts of blogs, the list says so. An
/// address without a name is a site with its port.
fn site(address: &str) -> String {
    let Ok(url) = Url::parse(address) else { return address.to_owned() };
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            psl::domain_str(name).unwrap_or(name).to_owned()
        }
        Some(host) => format!("{host}:{}", url.port_or_known_default().unwrap_or_default()),
        None => address.to_owned(),
    }
}

/// The parts that the series of a figure decides.
fn of_series<B: Before>(
    condition: &Condition,
    fact: &Fact,
    before: &B,
) -> Result<Result<Vec<String>, String>, B::Error> {
    let asked = condition.moved.is_some()
        || condition.record.is_some()
        || condition.streak.is_some()
        || condition.missed.is_some();
    if !asked {
        return Ok(Ok(Vec::new()));
    }
    let Fact::Figure(figure) = fact else { return Ok(Err(format!("it is a {}", kind_word(fact)))) };
    if figure.status.is_forecast() {
        return Ok(Err("it is a forecast, and has no series".to_owned()));
    }
    let series = before.series(figure)?;
    let found = [
        condition.moved.as_ref().map(|asked| series::moved(asked, figure, &series)),
        condition.record.as_ref().map(|asked| series::record(asked, figure, &series)),
        condition.streak.map(|asked| series::streak(asked, figure, &series)),
        condition.missed.as_ref().map(|asked| series::missed(asked, figure, &series)),
    ];
    Ok(found.into_iter().flatten().collect())
}

fn partner_holds(asked: &Partner, partner: Option<&Partner>) -> bool {
    if asked.as_str() == ALL { partner.is_none() } else { partner == Some(asked) }
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

fn has_status(status: WatchStatus, row: &Row) -> bool {
    let event = &row.event;
    let forecast = matches!(&event.fact, Fact::Figure(figure) if figure.status.is_forecast());
    match status {
        WatchStatus::Actual => !forecast,
        WatchStatus::Forecast => forecast,
        WatchStatus::Revised => {
            event.state == EventState::Revised || matches!(row.entry.change, EventChange::Revised { .. })
        }
        WatchStatus::Disputed => event.state == EventState::Disputed,
        WatchStatus::Misquoted => {
            event.state != EventState::Disputed && row.mention.as_ref().is_some_and(|mention| !mention.agrees)
        }
    }
}

fn status_words(status: WatchStatus, holds: bool) -> &'static str {
    match (status, holds) {
        (WatchStatus::Actual, true) => "has happened",
        (WatchStatus::Actual, false) => "has not happened yet",
        (WatchStatus::Forecast, true) => "is expected",
        (WatchStatus::Forecast, false) => "is no forecast",
        (WatchStatus::Revised, true) => "was revised",
        (WatchStatus::Revised, false) => "was not revised",
        (WatchStatus::Disputed, true) => "is disputed",
        (WatchStatus::Disputed, false) => "is not disputed",
        (WatchStatus::Misquoted, true) => "is misquoted",
        (WatchStatus::Misquoted, false) => "is not misquoted",
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
