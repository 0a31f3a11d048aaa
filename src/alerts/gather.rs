//! What becomes of an alert whose time has come: sent, kept back, put off, or gathered with others. Pure.

use std::collections::VecDeque;

use bellwether_model::alert::{Alert, AlertKind, Delivery, Group};
use bellwether_model::id::{AlertId, ChannelId, digest_name};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::message::message;
use super::record;
use crate::describe;
use crate::routing::Silence;
use crate::settings::Flood;
use crate::view::wording::DisplayLanguage;

/// The route of alerts that came too many at once.
const FLOOD: &str = "(flood)";
/// Bytes of a digest's members; a webhook's body stays under 20 kB.
const MAX_MEMBERS: usize = 15_000;

/// What becomes of one alert.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// It is sent now.
    Send(Alert),
    /// It is put back into the outbox like this.
    Put(Alert),
    /// It goes out with its group.
    Gather(Group),
}

/// How many messages a channel has had of late.
#[derive(Debug, Default)]
pub(super) struct Recent {
    limit: Option<Flood>,
    sent: VecDeque<Timestamp>,
}

impl Recent {
    pub(super) fn new(limit: Option<Flood>) -> Self {
        Self { limit, sent: VecDeque::new() }
    }

    /// A message goes out.
    pub(super) fn count(&mut self, now: Timestamp) {
        if let Some(limit) = self.limit {
            self.sent.push_back(now);
            while self.sent.len() > limit.most {
                self.sent.pop_front();
            }
        }
    }

    /// Until when further alerts wait. `None`: there is room.
    pub(super) fn is_full(&self, now: Timestamp) -> Option<Timestamp> {
        let limit = self.limit.filter(|limit| self.sent.len() >= limit.most)?;
        let until = *self.sent.front()? + limit.within;
        (until > now).then_some(until)
    }
}

/// What becomes of an alert that is due. What was tried before is not held back any more.
pub(super) fn step(alert: Alert, silences: &[Silence], recent: &mut Recent, now: Timestamp) -> Step {
    let alert = silenced(alert, silences, now);
    if is_silenced(&alert) {
        return Step::Put(alert);
    }
    if let Some(group) = alert.group.clone() {
        return Step::Gather(group);
    }
    match recent.is_full(now).filter(|_| record::attempts(&alert) == 0 && alert.kind != AlertKind::Digest) {
        Some(until) => {
            let group = Some(Group { route: FLOOD.to_owned(), key: until.to_string() });
            Step::Put(Alert { group, delivery: waiting(until), ..alert })
        }
        None => {
            recent.count(now);
            Step::Send(alert)
        }
    }
}

/// An alert as a silence leaves it: kept back, or as it was.
pub(super) fn silenced(alert: Alert, silences: &[Silence], now: Timestamp) -> Alert {
    let silence = silences.iter().find(|silence| silence.holds(&alert.labels, now));
    match silence.filter(|_| record::attempts(&alert) == 0 && alert.kind != AlertKind::Digest) {
        Some(silence) => Alert { delivery: Delivery::Silenced { at: now, silence: silence.id.clone() }, ..alert },
        None => alert,
    }
}

/// Whether a silence keeps it back.
pub(super) fn is_silenced(alert: &Alert) -> bool {
    matches!(alert.delivery, Delivery::Silenced { .. })
}

/// Members of a group as they go out at a time: alone, or as a digest of which they are parts.
pub(super) fn together(members: Vec<Alert>, language: DisplayLanguage, now: Timestamp) -> Vec<Alert> {
    if members.len() < 2 {
        return members.into_iter().map(|alert| Alert { group: None, delivery: waiting(now), ..alert }).collect();
    }
    let digest = digest(&members[0].channel.clone(), &members, language, now);
    let joined = Delivery::Joined { at: now, digest: digest.id.clone() };
    let mut all: Vec<Alert> = members.into_iter().map(|alert| Alert { delivery: joined.clone(), ..alert }).collect();
    all.push(digest);
    all
}

/// Members of a group that has just had its message, put off to a later time.
pub(super) fn later(members: Vec<Alert>, until: Timestamp) -> Vec<Alert> {
    members.into_iter().map(|alert| Alert { delivery: waiting(until), ..alert }).collect()
}

/// One message of several alerts, in the language of their channel: the newest last, as many as there is room for.
fn digest(channel: &ChannelId, members: &[Alert], language: DisplayLanguage, now: Timestamp) -> Alert {
    let ids: Vec<&str> = members.iter().map(|alert| alert.id.as_str()).collect();
    let subject = digest_name("digest", &ids);
    let mut room = MAX_MEMBERS;
    let mut parts: Vec<Value> = Vec::new();
    for member in members {
        let told = message(member, language);
        let part = json!({
            "id": member.subject, "alert": member.id, "type": member.kind.name(), "line": told.first, "url": told.link,
        });
        let Some(left) = room.checked_sub(part.to_string().len()) else { break };
        room = left;
        parts.push(part);
    }
    let summary = members.first().map_or("", |alert| alert.summary.as_str());
    let summary = format!("{} alerts, the first: {}", members.len(), describe::plain(summary));
    let high = members.iter().any(|alert| alert.labels.get("priority").is_some_and(|priority| priority == "high"));
    Alert {
        id: AlertId(digest_name("alert", &[channel.as_str(), &subject])),
        kind: AlertKind::Digest,
        channel: channel.clone(),
        created: now,
        data: json!({ "id": subject, "summary": summary, "count": members.len(), "alerts": parts }).to_string(),
        subject,
        summary,
        labels: high.then(|| ("priority".to_owned(), "high".to_owned())).into_iter().collect(),
        group: None,
        delivery: waiting(now),
    }
}

fn waiting(due: Timestamp) -> Delivery {
    Delivery::Waiting { due, attempts: 0, last_error: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::message::tests::{alert, release};
    use crate::routing::SilenceTable;
    use crate::routing::SilencesFile;
    use jiff::SignedDuration;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    fn numbered(n: usize) -> Alert {
        Alert { id: AlertId::new(format!("alert-{n}")), ..alert(AlertKind::ReleaseNew, &release()) }
    }

    #[test]
    fn a_flood_waits_for_the_end_of_its_window() {
        let mut recent = Recent::new(Some(Flood { most: 2, within: SignedDuration::from_secs(600) }));
        let mut put = Vec::new();
        for n in 0..5 {
            match step(numbered(n), &[], &mut recent, at(i64::try_from(n).unwrap_or(0))) {
                Step::Send(_) => put.push("sent".to_owned()),
                Step::Put(alert) => put.push(format!("{:?}", record::due(&alert).map(Timestamp::as_second))),
                Step::Gather(_) => put.push("gathered".to_owned()),
            }
        }
        assert_eq!(put, ["sent", "sent", "Some(600)", "Some(600)", "Some(600)"]);
        assert!(matches!(step(numbered(9), &[], &mut recent, at(600)), Step::Send(_)), "then there is room again");
        let mut open = Recent::new(None);
        assert!((0..100).all(|n| matches!(step(numbered(n), &[], &mut open, at(0)), Step::Send(_))));
    }

    #[test]
    fn a_silence_keeps_back_what_it_matches_and_nothing_that_was_tried() {
        let table = SilenceTable::new(vec!["area=TW".into()], at(0), at(60), String::new()).expect("a silence");
        let silences = SilencesFile { silences: vec![table.clone()] }.ready().expect("silences");
        let taiwan = Alert { labels: [("area".to_owned(), "TW".to_owned())].into(), ..numbered(1) };
        let mut recent = Recent::default();
        let Step::Put(held) = step(taiwan.clone(), &silences, &mut recent, at(59)) else { panic!("it is kept back") };
        assert_eq!(held.delivery, Delivery::Silenced { at: at(59), silence: table.id });
        assert!(matches!(step(taiwan.clone(), &silences, &mut recent, at(60)), Step::Send(_)));
        assert!(matches!(step(numbered(2), &silences, &mut recent, at(59)), Step::Send(_)));
        let tried = Alert { delivery: Delivery::Waiting { due: at(0), attempts: 1, last_error: None }, ..taiwan };
        assert!(matches!(step(tried, &silences, &mut recent, at(59)), Step::Send(_)));
    }

    #[test]
    fn several_go_out_as_one_and_one_as_itself() {
        let alone = together(vec![numbered(1)], DisplayLanguage::ZhTw, at(5));
        assert_eq!((alone.len(), alone[0].id.as_str(), alone[0].group.as_ref()), (1, "alert-1", None));
        let all = together((0..3).map(numbered).collect(), DisplayLanguage::ZhTw, at(5));
        let digest = all.last().expect("a digest");
        assert!(
            all[..3]
                .iter()
                .all(|alert| matches!(&alert.delivery, Delivery::Joined { digest: into, .. } if *into == digest.id))
        );
        let told = message(digest, DisplayLanguage::ZhTw);
        assert_eq!((told.first.as_str(), told.lines.len()), ("3 則通知", 3));
        assert!(
            told.lines[0].starts_with("・台灣出口（2025 年 12 月）")
                && told.lines[0].ends_with(" https://mof.example/1")
        );
        let again = together((0..3).map(numbered).collect(), DisplayLanguage::ZhTw, at(5));
        assert_eq!(again.last().map(|alert| &alert.id), Some(&digest.id), "its name is made of its members");
    }

    #[test]
    fn a_digest_of_many_stays_small_and_counts_all() {
        let all = together((0..400).map(numbered).collect(), DisplayLanguage::En, at(5));
        let digest = all.last().expect("a digest");
        assert!(crate::alerts::envelope::body(digest).len() < 20_000);
        let told = message(digest, DisplayLanguage::En);
        assert_eq!(told.first, "400 alerts");
        assert!(told.lines.last().is_some_and(|line| line.ends_with("more are not listed")), "{:?}", told.lines.last());
    }
}
