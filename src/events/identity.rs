//! The name of a fact, made of what it is about: not of when, where or in which script it was read. Pure.
//!
//! Two documents that speak of one fact give one name, whatever they say of its value; merging needs no search.

use bellwether_model::figure::{Figure, Measure, Unit};
use bellwether_model::id::{EventId, digest_name};
use bellwether_model::place::Area;
use bellwether_model::policy::PolicyAction;

/// How words become names that agree over scripts and wordings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    /// The name of a product class.
    pub(super) product_class: fn(&str) -> String,
    /// The name of an organisation.
    pub(super) organisation: fn(&str) -> String,
    /// Folded letters and digits of any words.
    pub(super) key: fn(&str) -> String,
}

/// The currency in which an economy's statistics compute rates where a text does not say. China is missing on
/// purpose: its customs publish rates in both currencies, which differ.
const CUSTOMARY_BASIS: &[(&str, &str)] = &[
    ("TW", "USD"),
    ("KR", "USD"),
    ("US", "USD"),
    ("JP", "JPY"),
    ("HK", "HKD"),
    ("SG", "SGD"),
    ("DE", "EUR"),
    ("FR", "EUR"),
    ("IT", "EUR"),
    ("NL", "EUR"),
    ("EU", "EUR"),
    ("GB", "GBP"),
    ("VN", "USD"),
    ("IN", "USD"),
];

impl Names {
    /// The event that a figure is a report of: area, flow, partner, product class, period, measure, currency or
    /// basis, whether it is expected, and by whom. `beside`: the currency of the amounts that its document gives
    /// with it, which is the basis of a rate whose text names none.
    #[must_use]
    pub(super) fn figure(&self, figure: &Figure, beside: Option<&Unit>) -> EventId {
        let text = |words: Option<&str>, name: fn(&str) -> String| words.map(name).unwrap_or_default();
        let forecast = figure.status.is_forecast();
        let forecaster = figure.forecaster.as_deref().filter(|_| forecast);
        EventId(digest_name(
            "ev",
            &[
                "figure",
                figure.area.as_str(),
                figure.flow.code(),
                figure.partner.as_ref().map_or("", |partner| partner.as_str()),
                &text(figure.product.as_deref(), self.product_class),
                &figure.period.to_string(),
                figure.measure.code(),
                currency(figure, beside),
                if forecast { "forecast" } else { "actual" },
                &text(forecaster, self.organisation),
            ],
        ))
    }

    /// The event of words that somebody said: who, and the words without their punctuation.
    #[must_use]
    pub(super) fn statement(&self, speaker: &str, words: &str) -> EventId {
        EventId(digest_name("ev", &["statement", &(self.key)(speaker), &(self.key)(words)]))
    }

    /// The event of a policy action: issuer and number where both are known; else the original from which the page has its
    /// text; else subject and day.
    #[must_use]
    pub(super) fn policy(&self, action: &PolicyAction, original: Option<&str>) -> EventId {
        // A joint announcement carries the number of the first of its issuers.
        let issuer = action.issuer.as_deref().and_then(|issuer| issuer.split(['、', ',', '，', ';', '；']).next());
        // `Ministry of Commerce (商务部) and General Administration of Customs (海关总署)`
        let issuer = issuer.map(|issuer| issuer.find(") and ").map_or(issuer, |end| &issuer[..=end]));
        let parts = match (issuer.map(self.organisation), action.number.as_deref()) {
            (Some(issuer), Some(number)) if !issuer.is_empty() => {
                ["policy", "number", &issuer, number].map(String::from)
            }
            _ => match original {
                Some(original) => ["policy", "original", original, ""].map(String::from),
                None => {
                    let announced = action.announced.map(|day| day.to_string()).unwrap_or_default();
                    ["policy", "subject", &(self.key)(&action.subject), &announced].map(String::from)
                }
            },
        };
        EventId(digest_name("ev", &parts.each_ref().map(String::as_str)))
    }
}

/// The currency that makes two otherwise equal figures two facts: that of the amount, or that in which the rate
/// was computed. A share is the same in every currency.
fn currency<'a>(figure: &'a Figure, beside: Option<&'a Unit>) -> &'a str {
    match figure.measure {
        Measure::Level | Measure::YoyChange => figure.unit.as_str(),
        Measure::Yoy | Measure::Mom => {
            let named = figure.basis.as_ref().map(Unit::as_str);
            named.or_else(|| customary_basis(&figure.area)).or(beside.map(Unit::as_str)).unwrap_or_default()
        }
        Measure::Share => "",
    }
}

fn customary_basis(area: &Area) -> Option<&'static str> {
    CUSTOMARY_BASIS.iter().find(|(code, _)| *code == area.as_str()).map(|(_, currency)| *currency)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NAMES, figure};
    use super::*;
    use bellwether_model::evidence::Evidence;
    use bellwether_model::figure::Status;
    use bellwether_model::place::Partner;

    type Edit = fn(&mut Figure);

    #[test]
    fn what_a_figure_is_about_makes_its_name() {
        let base = figure("TW exports 2025-12 yoy 43.4");
        let differ: [(&str, Edit); 8] = [
            ("area", |f| f.area = Area::new("KR")),
            ("flow", |f| f.flow = bellwether_model::figure::Flow::Imports),
            ("partner", |f| f.partner = Partner::of(&[Area::new("US")])),
            ("product", |f| f.product = Some("chips".into())),
            ("period", |f| f.period = "2025".parse().expect("a period")),
            ("measure", |f| f.measure = Measure::Mom),
            ("basis", |f| f.basis = Some(Unit("TWD".into()))),
            ("forecast", |f| f.status = Status::Forecast),
        ];
        for (what, edit) in differ {
            let mut other = base.clone();
            edit(&mut other);
            assert_ne!(NAMES.figure(&base, None), NAMES.figure(&other, None), "{what}");
        }
        let same: [(&str, Edit); 4] = [
            ("value", |f| f.amount = figure("TW exports 2025-12 yoy 40").amount),
            ("a firmer status", |f| f.status = Status::Revised),
            ("the customary basis in words", |f| f.basis = Some(Unit("USD".into()))),
            ("words", |f| f.evidence.text = "elsewhere".into()),
        ];
        for (what, edit) in same {
            let mut other = base.clone();
            edit(&mut other);
            assert_eq!(NAMES.figure(&base, None), NAMES.figure(&other, None), "{what}");
        }
    }

    #[test]
    fn amounts_in_two_currencies_are_two_facts() {
        let dollars = figure("TW exports 2025-12 level 62480000000");
        let mut local = dollars.clone();
        local.unit = Unit("TWD".into());
        assert_ne!(NAMES.figure(&dollars, None), NAMES.figure(&local, None));
    }

    #[test]
    fn the_currency_beside_a_rate_counts_only_where_none_is_named_or_customary() {
        let (dollar, yuan) = (Unit("USD".into()), Unit("CNY".into()));
        let chinese = figure("CN exports 2024 yoy 7.1");
        let named = Figure { basis: Some(yuan.clone()), ..chinese.clone() };
        assert_eq!(NAMES.figure(&chinese, Some(&yuan)), NAMES.figure(&named, Some(&dollar)));
        assert_ne!(NAMES.figure(&chinese, Some(&yuan)), NAMES.figure(&chinese, Some(&dollar)));
        let customary = figure("TW exports 2024 yoy 7.1");
        assert_eq!(NAMES.figure(&customary, Some(&yuan)), NAMES.figure(&customary, None));
    }

    #[test]
    fn a_policy_action_is_known_by_issuer_and_number_or_by_subject_and_day() {
        let action = |issuer: Option<&str>, number: Option<&str>, subject: &str| PolicyAction {
            issuer: issuer.map(String::from),
            number: number.map(String::from),
            subject: subject.into(),
            announced: Some(jiff::civil::date(2025, 10, 9)),
            effective: None,
            expires: None,
            partner: None,
            category: None,
            kind: None,
            refers: Vec::new(),
            parts: Vec::new(),
            originals: Vec::new(),
            evidence: Evidence { text: String::new(), start: 0, end: 0 },
        };
        let name = |issuer, number, subject| NAMES.policy(&action(issuer, number, subject), None);
        assert_eq!(name(Some("MOFCOM"), Some("2025-62"), "a"), name(Some("mofcom、customs"), Some("2025-62"), "b"));
        assert_eq!(
            name(Some("MOFCOM (mofcom) and Customs (customs)"), Some("2025-62"), "c"),
            name(Some("MOFCOM (mofcom)"), Some("2025-62"), "a"),
        );
        assert_ne!(name(Some("MOFCOM"), Some("2025-62"), "a"), name(Some("MOFCOM"), Some("2025-61"), "a"));
        assert_eq!(name(None, None, "Rare Earths!"), name(Some("MOFCOM"), None, "rare earths"));
        assert_ne!(name(None, None, "rare earths"), name(None, None, "batteries"));
        let told = |number, subject, original| NAMES.policy(&action(Some("MOFCOM"), number, subject), Some(original));
        assert_eq!(told(None, "an answer", "https://a.example/1"), told(None, "in other words", "https://a.example/1"));
        assert_ne!(told(None, "an answer", "https://a.example/1"), told(None, "an answer", "https://a.example/2"));
        assert_eq!(told(Some("2025-62"), "a", "https://a.example/1"), name(Some("MOFCOM"), Some("2025-62"), "a"));
    }

    #[test]
    fn words_of_one_speaker_are_one_statement_without_punctuation() {
        assert_eq!(NAMES.statement("Ann", "Exports will grow."), NAMES.statement("ANN", "“exports will grow”"));
        assert_ne!(NAMES.statement("Ann", "Exports will grow."), NAMES.statement("Bob", "Exports will grow."));
    }
}
