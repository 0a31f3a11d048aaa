//! What an alert says to people: the number, its change, the sentence that proves it and the source in the first line.
//! Pure; numbers and periods are worded as on the pages and in the reports.

use bellwether_model::alert::{Alert, AlertKind};
use bellwether_model::figure::{Amount, Figure, Measure};
use serde_json::Value;
use url::Url;

use super::words::{Values, Words};
use crate::describe;
use crate::view::wording::DisplayLanguage;
use crate::view::{amounts, wording};

/// Further figures of a release that are named.
const FURTHER: usize = 8;

/// A message, not yet in the form of any receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    /// A few words on what kind of news it is.
    pub(super) title: String,
    /// All that matters, in one line.
    pub(super) first: String,
    /// What else there is to say, a line each.
    pub(super) lines: Vec<String>,
    /// Where it can be read; a web address.
    pub(super) link: Option<String>,
    /// What stands where it was cut.
    pub(super) cut: String,
}

/// An alert in words.
pub(super) fn message(alert: &Alert, language: DisplayLanguage) -> Message {
    let words = Words::of(language);
    let data: Value = serde_json::from_str(&alert.data).unwrap_or_default();
    let told = Telling { words, language, data: &data };
    let (first, lines) = match alert.kind {
        AlertKind::Digest => told.digest(),
        _ => told.event(alert),
    };
    Message {
        title: words.title(alert.kind).to_owned(),
        first: if first.is_empty() { describe::plain(&alert.summary) } else { first },
        lines,
        link: link(&data),
        cut: words.cut.clone(),
    }
}

/// The address of the evidence. It comes from a page, and only web addresses are handed on.
fn link(data: &Value) -> Option<String> {
    let url = Url::parse(text(data, "url")).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

struct Telling<'a> {
    words: &'static Words,
    language: DisplayLanguage,
    data: &'a Value,
}

impl Telling<'_> {
    fn event(&self, alert: &Alert) -> (String, Vec<String>) {
        let data = self.data;
        let figures: Vec<Figure> = list(data, "figures").iter().filter_map(figure).collect();
        let lead = figures.first().cloned().or_else(|| figure(data));
        let change = lead.as_ref().and_then(|lead| figures.iter().find(|other| is_change_of(other, lead)));
        let mut values = Values::from([
            ("summary", describe::plain(&alert.summary)),
            ("channel", alert.channel.to_string()),
            ("fact", self.fact(lead.as_ref())),
            ("change", change.map(|change| amounts::number(change, self.language)).unwrap_or_default()),
            ("sentence", describe::plain(text(&data["evidence"], "text"))),
            ("source", self.source()),
            ("item", describe::plain(text(&data["watch"], "title"))),
            ("reason", describe::plain(text(&data["watch"], "reason"))),
        ]);
        if let Some(absence) = self.absence() {
            values.insert("absence", absence);
            let told = if values["item"].is_empty() { "absence" } else { "absent" };
            let first = if told == "absent" { self.words.say(told, &values) } else { values["absence"].clone() };
            return (first, Vec::new());
        }
        values.insert("deadline", self.deadline());
        for name in ["old", "said"] {
            let amount = lead.as_ref().zip(serde_json::from_value::<Amount>(data[name].clone()).ok());
            let amount = amount.map(|(lead, amount)| amounts::amount(lead, &amount, self.language));
            values.insert(name, amount.unwrap_or_default());
        }
        let known =
            self.words.has(alert.kind.name()) && (!values["fact"].is_empty() || alert.kind == AlertKind::ChannelTest);
        let first = self.words.say(if known { alert.kind.name() } else { "other" }, &values);
        let mut lines = Vec::new();
        lines.extend(Some(self.words.say("item", &values)).filter(|line| !line.is_empty()));
        lines.extend(self.further(&figures, lead.as_ref(), change));
        (first, lines)
    }

    /// What has not come, or has come late. `None`: it is about something else.
    fn absence(&self) -> Option<String> {
        let data = self.data;
        let moment = |key: &str| text(data, key).parse().map(wording::moment).unwrap_or_default();
        let (is_release, has_come) = (!text(data, "calendar").is_empty(), text(data, "state") == "arrived");
        if text(data, "by").is_empty() {
            return None;
        }
        let name = match (is_release, has_come) {
            (true, false) => "release.overdue",
            (true, true) => "release.arrived",
            (false, false) => "source.silent",
            (false, true) => "source.arrived",
        };
        let values = Values::from([
            ("source", describe::plain(text(data, "source"))),
            ("calendar", describe::plain(text(data, "calendar"))),
            ("expected", moment("expected")),
            ("since", moment("since")),
            ("by", moment("by")),
            ("arrived", moment("arrived")),
        ]);
        Some(self.words.say(name, &values))
    }

    /// The day that comes near; empty: none does.
    fn deadline(&self) -> String {
        let data = &self.data["deadline"];
        let (Ok(day), Some(days)) = (text(data, "day").parse(), data["days"].as_i64()) else { return String::new() };
        let left = Values::from([("days", days.to_string())]);
        let values = Values::from([
            ("day", wording::day(day, self.language)),
            ("part", describe::plain(text(data, "part"))),
            (
                "left",
                self.words.say(["today", "tomorrow"].get(usize::try_from(days).unwrap_or(2)).unwrap_or(&"left"), &left),
            ),
        ]);
        self.words.say(if text(data, "turn") == "ends" { "ends" } else { "begins" }, &values)
    }

    /// The figures of a release besides those of the first line.
    fn further(&self, figures: &[Figure], lead: Option<&Figure>, change: Option<&Figure>) -> Vec<String> {
        let told = |figure: &&Figure| Some(*figure) == lead || Some(*figure) == change;
        let rest: Vec<&Figure> = figures.iter().filter(|figure| !told(figure)).collect();
        let mut lines: Vec<String> = rest.iter().take(FURTHER).map(|figure| self.entry(&self.figure(figure))).collect();
        let known = usize::try_from(self.data["figure_count"].as_u64().unwrap_or(0)).unwrap_or(0);
        let named = lines.len() + usize::from(lead.is_some()) + usize::from(change.is_some());
        if !figures.is_empty() && known > named {
            lines.push(self.words.say("more", &Values::from([("count", (known - named).to_string())])));
        }
        lines
    }

    fn digest(&self) -> (String, Vec<String>) {
        let members = list(self.data, "alerts");
        let count = usize::try_from(self.data["count"].as_u64().unwrap_or(0)).unwrap_or(0);
        let first = self.words.say("alerts.digest", &Values::from([("count", count.to_string())]));
        let mut lines: Vec<String> = members
            .iter()
            .map(|member| match link(member) {
                Some(link) => self.entry(&format!("{} {link}", text(member, "line"))),
                None => self.entry(text(member, "line")),
            })
            .collect();
        if count > members.len() {
            lines.push(self.words.say("more", &Values::from([("count", (count - members.len()).to_string())])));
        }
        (first, lines)
    }

    fn entry(&self, line: &str) -> String {
        self.words.say("entry", &Values::from([("line", line.to_owned())]))
    }

    /// The fact in words. Empty: it is none that this program knows.
    fn fact(&self, figure: Option<&Figure>) -> String {
        if let Some(figure) = figure {
            return self.figure(figure);
        }
        let statement = &self.data["statement"];
        if statement.is_object() {
            let office = [text(statement, "org"), text(statement, "title")].join(" ");
            let values = Values::from([
                ("name", describe::plain(text(statement, "name"))),
                ("office", describe::plain(&office)),
                ("text", describe::plain(text(statement, "text"))),
            ]);
            return self.words.say("statement", &values);
        }
        let policy = &self.data["policy"];
        if policy.is_object() {
            let effective = text(policy, "effective").parse().ok().map(|day| wording::day(day, self.language));
            let head = [text(policy, "issuer"), text(policy, "number")].join(" ");
            let values = Values::from([
                ("head", describe::plain(&head)),
                ("subject", describe::plain(text(policy, "subject"))),
                ("effective", effective.unwrap_or_default()),
            ]);
            return self.words.say("policy", &values);
        }
        if text(self.data, "kind") == "document" {
            return self.words.say("document", &Values::from([("words", describe::plain(text(self.data, "words")))]));
        }
        String::new()
    }

    fn figure(&self, figure: &Figure) -> String {
        let values = Values::from([
            ("subject", describe::plain(&wording::subject(figure, self.language))),
            ("period", wording::period(&figure.period, self.language)),
            ("number", amounts::number(figure, self.language)),
            (
                "status",
                wording::status(figure, self.language).map(|status| describe::plain(&status)).unwrap_or_default(),
            ),
        ]);
        self.words.say("figure", &values)
    }

    /// Who says it: the source, and the title of its document.
    fn source(&self) -> String {
        let (source, title) = (describe::plain(text(self.data, "source")), describe::plain(text(self.data, "title")));
        match (source.is_empty(), title.is_empty()) {
            (false, false) => self.language.pick(format!("{source}：{title}"), format!("{source}: {title}")),
            _ => source + &title,
        }
    }
}

/// Whether a figure is the change on a year before of another one.
fn is_change_of(other: &Figure, lead: &Figure) -> bool {
    let about = |figure: &Figure| {
        (figure.area.clone(), figure.flow, figure.partner.clone(), figure.product.clone(), figure.period)
    };
    lead.measure == Measure::Level
        && other.measure == Measure::Yoy
        && other.status.is_forecast() == lead.status.is_forecast()
        && about(other) == about(lead)
}

/// The figure of a part of the data; its evidence stands beside it.
fn figure(data: &Value) -> Option<Figure> {
    let mut figure = data["figure"].clone();
    figure.as_object_mut()?.insert("evidence".to_owned(), data["evidence"].clone());
    serde_json::from_value(figure).ok()
}

fn text<'a>(data: &'a Value, key: &str) -> &'a str {
    data[key].as_str().unwrap_or_default()
}

fn list<'a>(data: &'a Value, key: &str) -> &'a [Value] {
    data[key].as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use DisplayLanguage::{En, ZhTw};
    use bellwether_model::alert::Delivery;
    use bellwether_model::id::{AlertId, ChannelId};
    use jiff::Timestamp;
    use serde_json::json;

    /// An alert with these data.
    pub(in crate::alerts) fn alert(kind: AlertKind, data: &Value) -> Alert {
        Alert {
            id: AlertId::new("alert-0123456789abcdef"),
            kind,
            channel: ChannelId::new("desk"),
            created: Timestamp::from_second(1_767_945_600).expect("a time"),
            subject: "TW-2025-12".into(),
            summary: "TW exports 2025-12: 62.48 billion USD".into(),
            data: data.to_string(),
            labels: [].into(),
            group: None,
            delivery: Delivery::Waiting { due: Timestamp::UNIX_EPOCH, attempts: 0, last_error: None },
        }
    }

    fn figure(measure: &str, partner: Option<&str>, value: f64, unit: &str) -> Value {
        json!({
            "figure": {
                "area": "TW", "flow": "exports", "partner": partner, "product": null, "period": "2025-12", "measure": measure,
                "status": "actual", "value": value, "unit": unit, "basis": null, "precision": null, "forecaster": null,
                "headline": true, "rule": "r", "confidence": "high",
            },
            "evidence": { "text": "12月出口624.8億美元，年增43.4%。", "start": 0, "end": 20 },
            "source": "mof", "title": "12月海關進出口統計", "url": "https://mof.example/1",
        })
    }

    /// The data of a release with a level, its change, and one further figure.
    pub(in crate::alerts) fn release() -> Value {
        let mut data = figure("level", None, 62_480_000_000.0, "USD");
        let parts = [data.clone(), figure("yoy", None, 43.4, "percent"), figure("level", Some("US"), 2e10, "USD")];
        data["figures"] = json!(parts);
        data["figure_count"] = json!(5);
        data.as_object_mut().expect("an object").remove("figure");
        data
    }

    #[test]
    fn a_release_says_number_change_sentence_and_source_in_its_first_line() {
        let told = message(&alert(AlertKind::ReleaseNew, &release()), ZhTw);
        assert_eq!(
            told.first,
            "台灣出口（2025 年 12 月）624.8 億美元，年增 43.4%：「12月出口624.8億美元，年增43.4%。」（mof：12月海關進出口統計）"
        );
        assert_eq!(told.lines, ["・台灣對美國出口（2025 年 12 月）200 億美元", "・另有 2 則未列出"]);
        assert_eq!((told.title.as_str(), told.link.as_deref()), ("新發布統計", Some("https://mof.example/1")));
        let told = message(&alert(AlertKind::ReleaseNew, &release()), En);
        assert_eq!(
            told.first,
            "Taiwan exports, December 2025: US$62.48 billion, up 43.4% on the year: \
             \"12月出口624.8億美元，年增43.4%。\" (mof: 12月海關進出口統計)"
        );
    }

    #[test]
    fn changes_of_a_value_say_both_numbers() {
        let mut data = figure("level", None, 62_480_000_000.0, "USD");
        data["old"] = json!({ "value": 62_400_000_000_i64 });
        data["said"] = json!({ "value": 64_280_000_000_i64 });
        let first = |kind, language| message(&alert(kind, &data), language).first;
        assert!(
            first(AlertKind::FigureRevised, ZhTw)
                .starts_with("台灣出口（2025 年 12 月）624.8 億美元，修正前 624 億美元：")
        );
        assert!(first(AlertKind::FigureDisputed, En).contains("US$62.48 billion, but a report has US$64.28 billion: "));
    }

    #[test]
    fn a_flag_names_its_item_and_why() {
        let mut data = figure("share", Some("US"), 31.5, "percent");
        data["watch"] = json!({ "title": "台灣對美出口集中", "reason": "31.5% lies above 30%" });
        let told = message(&alert(AlertKind::WatchFlagged, &data), ZhTw);
        assert!(
            told.first.starts_with("【台灣對美出口集中】台灣對美國出口（2025 年 12 月）占 31.5%："),
            "{}",
            told.first
        );
        assert_eq!(told.lines, ["關注項目「台灣對美出口集中」：31.5% lies above 30%"]);
    }

    #[test]
    fn statements_and_policy_actions_are_told_too() {
        let data =
            json!({ "statement": { "name": "蔡美娜", "org": "財政部", "title": "處長", "text": "AI 需求續強" } });
        let told = message(&alert(AlertKind::WatchFlagged, &data), ZhTw);
        assert_eq!(told.first, "蔡美娜（財政部 處長）：「AI 需求續強」");
        let data = json!({ "policy": { "issuer": "商务部", "number": "2025-62", "subject": "稀土出口管制", "effective": "2025-12-01" } });
        let told = message(&alert(AlertKind::WatchFlagged, &data), En);
        assert_eq!(told.first, "商务部 2025-62: 稀土出口管制, in force from 1 December 2025");
    }

    #[test]
    fn what_is_not_understood_is_told_by_its_summary() {
        for data in [json!({}), json!({ "figure": { "area": 7 }, "url": "javascript:alert(1)" }), json!("text")] {
            let told = message(&alert(AlertKind::ReleaseNew, &data), ZhTw);
            assert_eq!((told.first.as_str(), told.link), ("TW exports 2025-12: 62.48 billion USD", None));
        }
    }
}
