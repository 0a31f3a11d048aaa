//! Who is told of an alert, and when: routes, quiet hours, digests, silences. Pure; the words are Alertmanager's where it
//! has them.

mod matcher;
mod silence;
mod times;

use std::collections::{BTreeMap, BTreeSet};

use bellwether_model::alert::Group;
use bellwether_model::id::ChannelId;
use jiff::{SignedDuration, Timestamp};

pub use matcher::Matcher;
pub use silence::{Silence, SilenceTable, SilencesFile};
pub use times::{Digest, Interval};

/// What alerts are told apart by.
pub type Labels = BTreeMap<String, String>;

/// The key of the group of alerts that wait for the end of quiet hours.
const QUIET: &str = "quiet";
/// The key of the group of alerts that wait for a digest.
const DIGEST: &str = "digest";

/// Who is told of what.
#[derive(Debug, Clone)]
pub struct Routing {
    /// Channels that take all releases and revisions, at once.
    pub releases: Vec<ChannelId>,
    /// In order: an alert goes to the first that it fits, and on to the next where that one says so.
    pub routes: Vec<Route>,
    /// How long after the first figures of a release further ones are gathered, to follow as one update.
    pub settle: SignedDuration,
}

impl Default for Routing {
    fn default() -> Self {
        Self { releases: Vec::new(), routes: Vec::new(), settle: Self::SETTLE }
    }
}

/// One `[[route]]`.
#[derive(Debug, Clone, Default)]
pub struct Route {
    /// Its name.
    pub name: String,
    /// All must hold. None: it fits every alert.
    pub matchers: Vec<Matcher>,
    /// Channels that are told.
    pub receivers: Vec<ChannelId>,
    /// Labels by which alerts are gathered into one message. None: each goes alone, unless it has to wait.
    pub group_by: Vec<String>,
    /// How long the first alert of a group waits for others.
    pub group_wait: SignedDuration,
    /// How long a group waits after a message before the next.
    pub group_interval: SignedDuration,
    /// Quiet hours: alerts wait for their end, and come as a digest.
    pub mute_time_intervals: Vec<Interval>,
    /// Alerts wait for one of these. None: any time will do.
    pub active_time_intervals: Vec<Interval>,
    /// Alerts wait for this time and come as a digest.
    pub digest: Option<Digest>,
    /// Whether the next routes are asked too.
    pub go_on: bool,
}

/// One alert on its way to one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The channel.
    pub channel: ChannelId,
    /// Not before this time.
    pub due: Timestamp,
    /// What it goes out with. `None`: alone.
    pub group: Option<Group>,
}

impl Routing {
    /// How long further figures of a release are gathered where nothing is said: by then the ministry's tables and the first
    /// press reports are there.
    pub const SETTLE: SignedDuration = SignedDuration::from_mins(10);

    /// The channels that an alert goes to, each once. `named`: channels that are told at once, whatever the routes say.
    #[must_use]
    pub fn tickets(&self, labels: &Labels, named: &[ChannelId], now: Timestamp) -> Vec<Ticket> {
        let mut told: BTreeSet<&ChannelId> = BTreeSet::new();
        let mut tickets = Vec::new();
        for channel in named {
            if told.insert(channel) {
                tickets.push(Ticket { channel: channel.clone(), due: now, group: None });
            }
        }
        for route in &self.routes {
            if !route.fits(labels) {
                continue;
            }
            for channel in &route.receivers {
                if told.insert(channel) {
                    let (due, group) = route.turn(labels, now);
                    tickets.push(Ticket { channel: channel.clone(), due, group });
                }
            }
            if !route.go_on {
                break;
            }
        }
        tickets
    }

    /// Whether a group goes out at a time of its own, as digests do, and not a while after its first alert.
    #[must_use]
    pub fn is_timed(&self, group: &Group) -> bool {
        matches!(group.key.as_str(), QUIET | DIGEST) || !self.routes.iter().any(|route| route.name == group.route)
    }

    /// How long a group waits after a message before the next; nothing where its route is gone.
    #[must_use]
    pub fn group_interval(&self, group: &Group) -> SignedDuration {
        let is_timed = self.is_timed(group);
        let route = self.routes.iter().find(|route| !is_timed && route.name == group.route);
        route.map_or(SignedDuration::ZERO, |route| route.group_interval)
    }
}

impl Route {
    /// Whether an alert is for this route.
    #[must_use]
    pub fn fits(&self, labels: &Labels) -> bool {
        self.matchers.iter().all(|matcher| matcher.holds(labels))
    }

    /// When an alert of this route goes out, and with what.
    fn turn(&self, labels: &Labels, now: Timestamp) -> (Timestamp, Option<Group>) {
        let group = |key: String| Some(Group { route: self.name.clone(), key });
        let (due, gathered) = match &self.digest {
            Some(digest) => (digest.next(now), group(DIGEST.to_owned())),
            None if self.group_by.is_empty() => (now, None),
            None => {
                let value = |name: &String| labels.get(name).map_or("", String::as_str);
                let values: Vec<String> = self.group_by.iter().map(|name| format!("{name}={}", value(name))).collect();
                (now + self.group_wait, group(values.join(",")))
            }
        };
        let free = times::free(due, &self.mute_time_intervals, &self.active_time_intervals);
        if free == due { (due, gathered) } else { (free, group(QUIET.to_owned())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn route(name: &str, matchers: &[&str], receivers: &[&str]) -> Route {
        Route {
            name: name.to_owned(),
            matchers: matchers.iter().map(|text| text.parse().expect("a matcher")).collect(),
            receivers: receivers.iter().map(|&id| ChannelId::new(id)).collect(),
            ..Route::default()
        }
    }

    /// `channel time group` of each ticket.
    fn told(routing: &Routing, pairs: &[(&str, &str)], named: &[&str], now: &str) -> Vec<String> {
        let named: Vec<ChannelId> = named.iter().map(|&id| ChannelId::new(id)).collect();
        let tickets = routing.tickets(&labels(pairs), &named, at(now));
        let line = |ticket: Ticket| match ticket.group {
            None => format!("{} {}", ticket.channel, ticket.due),
            Some(group) => format!("{} {} {}/{}", ticket.channel, ticket.due, group.route, group.key),
        };
        tickets.into_iter().map(line).collect()
    }

    #[test]
    fn an_alert_goes_to_the_first_route_that_it_fits_and_on_where_that_says_so() {
        let mut routing = Routing {
            routes: vec![
                route("high", &["priority=high"], &["phone", "desk"]),
                route("taiwan", &["area=~\"TW|CN\"", "source!=ptt"], &["desk"]),
                route("rest", &[], &["archive"]),
            ],
            ..Routing::default()
        };
        let now = "2026-01-09T08:00:00Z";
        let high = [("priority", "high"), ("area", "TW"), ("source", "mof")];
        assert_eq!(told(&routing, &high, &[], now), [format!("phone {now}"), format!("desk {now}")]);
        assert_eq!(told(&routing, &[("area", "CN")], &[], now), [format!("desk {now}")]);
        assert_eq!(told(&routing, &[("area", "TW"), ("source", "ptt")], &[], now), [format!("archive {now}")]);
        routing.routes[0].go_on = true;
        routing.routes[1].go_on = true;
        // A channel is told once, and one that was named at once.
        let all = told(&routing, &high, &["desk"], now);
        assert_eq!(all, [format!("desk {now}"), format!("phone {now}"), format!("archive {now}")]);
    }

    #[test]
    fn groups_wait_and_quiet_hours_wait_longer() {
        let mut taiwan = route("taiwan", &[], &["desk"]);
        taiwan.group_by = vec!["area".to_owned(), "release".to_owned()];
        taiwan.group_wait = SignedDuration::from_secs(30);
        taiwan.mute_time_intervals = vec![Interval::of(&["22:00-07:00"], &[], "Asia/Taipei").expect("an interval")];
        let routing = Routing { routes: vec![taiwan], ..Routing::default() };
        let pairs = [("area", "TW"), ("release", "TW-2025-12")];
        assert_eq!(
            told(&routing, &pairs, &[], "2026-01-09T08:00:00Z"),
            ["desk 2026-01-09T08:00:30Z taiwan/area=TW,release=TW-2025-12"]
        );
        // 22:00 in Taipei is 14:00 in UTC, 07:00 is 23:00 of the day before.
        assert_eq!(told(&routing, &pairs, &[], "2026-01-09T13:59:40Z"), ["desk 2026-01-09T23:00:00Z taiwan/quiet"]);
        assert_eq!(told(&routing, &pairs, &[], "2026-01-09T20:00:00Z"), ["desk 2026-01-09T23:00:00Z taiwan/quiet"]);
    }

    #[test]
    fn digests_come_at_their_time() {
        let mut daily = route("daily", &[], &["mail"]);
        daily.digest = Some(Digest::daily("08:30", "Asia/Taipei").expect("a digest"));
        let routing = Routing { routes: vec![daily], ..Routing::default() };
        assert_eq!(told(&routing, &[], &[], "2026-01-09T00:29:59Z"), ["mail 2026-01-09T00:30:00Z daily/digest"]);
        assert_eq!(told(&routing, &[], &[], "2026-01-09T00:30:00Z"), ["mail 2026-01-10T00:30:00Z daily/digest"]);
    }
}
