//! The keys of the views: big-endian, so that bytes sort like what they mean.
//!
//! A key is the tag of its view and then its parts. Texts are ended by two zero bytes, zeros in them escaped, so that
//! no text is the beginning of another.

use bellwether_model::alert::Delivery;
use bellwether_model::event::{Event, Fact, FactKind};
use bellwether_model::figure::{Figure, Flow, Measure, Status};
use bellwether_model::id::{ChannelId, DocumentId, EventId, ReleaseId, SourceId};
use bellwether_model::period::Period;
use bellwether_model::place::Area;
use jiff::Timestamp;
use jiff::civil::Date;

/// A view, or an index into one. The number is the first byte of its keys and must not change within a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum View {
    /// How far the journal is applied.
    Head = 1,
    /// How many values each view holds.
    Counts = 2,
    /// Values that were replaced or removed, by their key and the time until which they held.
    Past = 3,
    /// Resource by address.
    Resource = 10,
    /// Address by due time.
    ResourceDue = 11,
    /// Address by source.
    ResourceSource = 12,
    /// Host by origin.
    Host = 15,
    /// What a feed or listing has given, by address.
    Harvest = 16,
    /// State of a source, by its name.
    SourceHealth = 17,
    /// Snapshot by name.
    Snapshot = 20,
    /// Snapshot's name by time.
    SnapshotTime = 21,
    /// Name of a snapshot that is not yet read, by time.
    SnapshotUnread = 22,
    /// Body that was taken out of the archive, by hash.
    Removal = 23,
    /// Document by name.
    Document = 30,
    /// Document's name by time of first reading.
    DocumentTime = 31,
    /// Document's name by source and time of first reading.
    DocumentSource = 32,
    /// Event by name.
    Event = 40,
    /// Event's name in the order of lists: kind, area, flow, period, measure.
    EventOrder = 41,
    /// Event's name by release and the order of lists.
    EventRelease = 42,
    /// Event's name by time of its last change.
    EventChanged = 43,
    /// How many mentions an event has, by name, where that has changed since the event was put.
    EventCount = 44,
    /// Mention by event and document.
    Mention = 50,
    /// Event by document that mentions it; both names stand in the key.
    MentionDocument = 51,
    /// Event by source and document that mention it; all names stand in the key.
    MentionSource = 52,
    /// Row of the change log by number.
    Log = 60,
    /// Number of a row by event; both stand in the key.
    LogEvent = 61,
    /// Number of a row by follower.
    Cursor = 65,
    /// What a source owes by name.
    Overdue = 66,
    /// Flag by name.
    Flag = 70,
    /// Flag's name by time.
    FlagTime = 71,
    /// Flag's name by item of the watch list and time.
    FlagWatch = 72,
    /// Alert by name.
    Alert = 80,
    /// Name of a waiting alert by due time.
    AlertDue = 81,
    /// Alert's name by time of creation.
    AlertCreated = 82,
    /// Name of a waiting alert by channel and due time.
    AlertChannel = 83,
    /// What is remembered of a channel, by its name.
    Channel = 84,
}

impl View {
    /// All of them.
    pub(crate) const ALL: &[Self] = &[
        Self::Head,
        Self::Counts,
        Self::Past,
        Self::Resource,
        Self::ResourceDue,
        Self::ResourceSource,
        Self::Host,
        Self::Harvest,
        Self::SourceHealth,
        Self::Snapshot,
        Self::SnapshotTime,
        Self::SnapshotUnread,
        Self::Removal,
        Self::Document,
        Self::DocumentTime,
        Self::DocumentSource,
        Self::Event,
        Self::EventOrder,
        Self::EventRelease,
        Self::EventChanged,
        Self::EventCount,
        Self::Mention,
        Self::MentionDocument,
        Self::MentionSource,
        Self::Log,
        Self::LogEvent,
        Self::Cursor,
        Self::Overdue,
        Self::Flag,
        Self::FlagTime,
        Self::FlagWatch,
        Self::Alert,
        Self::AlertDue,
        Self::AlertCreated,
        Self::AlertChannel,
        Self::Channel,
    ];

    /// Its name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Counts => "counts",
            Self::Past => "replaced value",
            Self::Resource => "resource",
            Self::ResourceDue => "resource by due time",
            Self::ResourceSource => "resource by source",
            Self::Host => "host",
            Self::Harvest => "harvest",
            Self::SourceHealth => "state of a source",
            Self::Snapshot => "snapshot",
            Self::SnapshotTime => "snapshot by time",
            Self::SnapshotUnread => "unread snapshot",
            Self::Removal => "removed body",
            Self::Document => "document",
            Self::DocumentTime => "document by time",
            Self::DocumentSource => "document by source",
            Self::Event => "event",
            Self::EventOrder => "event in order",
            Self::EventRelease => "event by release",
            Self::EventChanged => "event by change",
            Self::EventCount => "count of an event",
            Self::Mention => "mention",
            Self::MentionDocument => "mention by document",
            Self::MentionSource => "mention by source",
            Self::Log => "change log",
            Self::LogEvent => "change log by event",
            Self::Cursor => "cursor",
            Self::Overdue => "overdue",
            Self::Flag => "flag",
            Self::FlagTime => "flag by time",
            Self::FlagWatch => "flag by item",
            Self::Alert => "alert",
            Self::AlertDue => "alert by due time",
            Self::AlertCreated => "alert by creation",
            Self::AlertChannel => "alert by channel",
            Self::Channel => "channel",
        }
    }
}

/// A key, or the beginning of one, part by part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) view: View,
    pub(crate) bytes: Vec<u8>,
}

impl Key {
    /// The beginning of all keys of a view.
    pub(crate) fn of(view: View) -> Self {
        Self { view, bytes: vec![view as u8] }
    }

    /// Adds a text.
    pub(crate) fn text(mut self, text: &str) -> Self {
        for byte in text.bytes() {
            self.bytes.push(byte);
            if byte == 0 {
                self.bytes.push(u8::MAX);
            }
        }
        self.bytes.extend([0, 0]);
        self
    }

    /// Adds a text that may be absent; absent ones sort first.
    fn optional(self, text: Option<&str>) -> Self {
        match text {
            None => self.byte(0),
            Some(text) => self.byte(1).text(text),
        }
    }

    /// Adds a time: seconds with the sign flipped, then nanoseconds.
    pub(crate) fn time(mut self, time: Timestamp) -> Self {
        const BILLION: i128 = 1_000_000_000;
        let nanoseconds = time.as_nanosecond();
        let seconds = i64::try_from(nanoseconds.div_euclid(BILLION)).expect("a timestamp's seconds have 38 bits");
        let rest = u32::try_from(nanoseconds.rem_euclid(BILLION)).expect("below a billion");
        self.bytes.extend((seconds ^ i64::MIN).to_be_bytes());
        self.bytes.extend(rest.to_be_bytes());
        self
    }

    /// Adds a number.
    pub(crate) fn number(mut self, number: u64) -> Self {
        self.bytes.extend(number.to_be_bytes());
        self
    }

    fn byte(mut self, byte: u8) -> Self {
        self.bytes.push(byte);
        self
    }

    fn date(mut self, date: Date) -> Self {
        self.bytes.extend((date.year() ^ i16::MIN).to_be_bytes());
        self.bytes.extend([date.month().unsigned_abs(), date.day().unsigned_abs()]);
        self
    }

    /// Adds the parts of another key.
    fn then(mut self, other: &Self) -> Self {
        self.bytes.extend(&other.bytes[1..]);
        self
    }
}

/// All earlier values of a key, or of keys that begin so.
pub(crate) fn past(key: &Key) -> Key {
    let mut past = Key::of(View::Past);
    past.bytes.extend(&key.bytes);
    past
}

/// Bytes behind the key of an earlier value: until when it held, and the record that replaced it.
pub(crate) const UNTIL_BYTES: usize = 20;

/// Whether an earlier value, by its key in the views, still held at a time.
pub(crate) fn held_at(past_key: &[u8], at: Timestamp) -> bool {
    let until = Key::of(View::Past).time(at).bytes;
    let place = past_key.len().saturating_sub(UNTIL_BYTES);
    past_key.get(place..place + until.len() - 1).is_some_and(|held_until| held_until > &until[1..])
}

/// All events of a kind, in the order of lists.
pub(crate) fn order_of_kind(kind: FactKind) -> Key {
    let rank = match kind {
        FactKind::Figure => 0,
        FactKind::Statement => 1,
        FactKind::Policy => 2,
    };
    Key::of(View::EventOrder).byte(rank)
}

/// All figures of an area, of its flow, of its period: as much as is given from the left.
pub(crate) fn order_of_figures(area: &Area, flow: Option<Flow>, period: Option<Period>) -> Key {
    let key = order_of_kind(FactKind::Figure).text(area.as_str());
    match (flow, period) {
        (None, _) => key,
        (Some(flow), None) => key.byte(flow_rank(flow)),
        (Some(flow), Some(period)) => key.byte(flow_rank(flow)).date(period.start()).date(period.end()),
    }
}

/// Where an event stands in lists: figures by area, flow, period, measure; then statements by time; then policy actions
/// by day of announcement.
pub(crate) fn order(event: &Event) -> Key {
    let key = match &event.fact {
        Fact::Figure(figure) => order_of_figure(figure),
        Fact::Statement(_) => order_of_kind(FactKind::Statement).time(event.first_seen),
        Fact::Policy(policy) => {
            order_of_kind(FactKind::Policy).date(policy.announced.unwrap_or(Date::ZERO)).time(event.first_seen)
        }
    };
    key.text(event.id.as_str())
}

/// Where figures of the same series and period as an event stand in lists: the part of its place that never changes.
pub(crate) fn without_status<'k>(order: &'k [u8], name: &str) -> &'k [u8] {
    let end = Key::of(View::EventOrder).text(name).bytes;
    let rest = order.strip_suffix(&end[1..]).unwrap_or(order);
    rest.split_last().map_or(rest, |(_status, rest)| rest)
}

fn order_of_figure(figure: &Figure) -> Key {
    order_of_figures(&figure.area, Some(figure.flow), Some(figure.period))
        .byte(measure_rank(figure.measure))
        .optional(figure.partner.as_ref().map(|partner| partner.as_str()))
        .optional(figure.product.as_deref())
        .byte(status_rank(figure.status))
}

fn flow_rank(flow: Flow) -> u8 {
    match flow {
        Flow::Exports => 0,
        Flow::Imports => 1,
        Flow::Balance => 2,
        Flow::Total => 3,
        Flow::Orders => 4,
        // Indicators of other families stand behind trade, by period; the filter tells them apart.
        Flow::Indicator(_) => 5,
    }
}

fn measure_rank(measure: Measure) -> u8 {
    match measure {
        Measure::Level => 0,
        Measure::Yoy => 1,
        Measure::Mom => 2,
        Measure::Share => 3,
        Measure::YoyChange => 4,
    }
}

fn status_rank(status: Status) -> u8 {
    match status {
        Status::Actual => 0,
        Status::Preliminary => 1,
        Status::Revised => 2,
        Status::Forecast => 3,
    }
}

/// All events of a release.
pub(crate) fn release(release: &ReleaseId) -> Key {
    Key::of(View::EventRelease).text(release.as_str())
}

/// An event in its release, in the order of lists.
pub(crate) fn in_release(name: &ReleaseId, event: &Event) -> Key {
    release(name).then(&order(event))
}

/// All mentions of an event.
pub(crate) fn mentions(event: &EventId) -> Key {
    Key::of(View::Mention).text(event.as_str())
}

/// All events that a document mentions.
pub(crate) fn mentioned_by(document: &DocumentId) -> Key {
    Key::of(View::MentionDocument).text(document.as_str())
}

/// All events that a source mentions.
pub(crate) fn mentioned_in(source: &SourceId) -> Key {
    Key::of(View::MentionSource).text(source.as_str())
}

/// All waiting alerts of a channel.
pub(crate) fn alerts_of(channel: &ChannelId) -> Key {
    Key::of(View::AlertChannel).text(channel.as_str())
}

/// The first part of a key, where that is a text.
pub(crate) fn first_text(key: &[u8]) -> String {
    text_at(key, 0)
}

/// A part of a key by its place, where all parts up to it are texts.
pub(crate) fn text_at(key: &[u8], place: usize) -> String {
    let mut bytes = key.get(1..).unwrap_or_default().iter().copied();
    let mut text = Vec::new();
    for _ in 0..=place {
        text.clear();
        while let Some(byte) = bytes.next() {
            // A zero of the text is followed by ones, the end by another zero.
            if byte == 0 && bytes.next() != Some(u8::MAX) {
                break;
            }
            text.push(byte);
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// The last part of a key, where that is a number.
pub(crate) fn last_number(key: &[u8]) -> Option<u64> {
    key.last_chunk().copied().map(u64::from_be_bytes)
}

/// The row of the change log of an event, by its number.
pub(crate) fn rows_of(event: &EventId) -> Key {
    Key::of(View::LogEvent).text(event.as_str())
}

/// When an alert is due; `None`: it does not wait.
pub(crate) fn alert_due(delivery: &Delivery) -> Option<Timestamp> {
    match delivery {
        Delivery::Waiting { due, .. } => Some(*due),
        Delivery::Delivered { .. } | Delivery::GaveUp { .. } | Delivery::Joined { .. } | Delivery::Silenced { .. } => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_sort_as_they_are(left in "[\0a-c]{0,4}", right in "[\0a-c]{0,4}", tail in "[\0a-c]{0,2}") {
            let key = |text: &str, tail: &str| Key::of(View::Host).text(text).text(tail).bytes;
            if left != right {
                prop_assert_eq!(key(&left, &tail).cmp(&key(&right, "")), left.cmp(&right));
                prop_assert!(!key(&right, &tail).starts_with(&Key::of(View::Host).text(&left).bytes));
            }
        }

        #[test]
        fn times_sort_as_they_are(left in -2_000_000_000_i64.., right in -2_000_000_000_i64..) {
            let time = |n: i64| Timestamp::from_nanosecond(i128::from(n)).expect("within the range");
            let key = |n| Key::of(View::ResourceDue).time(time(n)).bytes;
            prop_assert_eq!(key(left).cmp(&key(right)), left.cmp(&right));
        }

        #[test]
        fn days_sort_as_they_are(left in any::<(i16, u8, u8)>(), right in any::<(i16, u8, u8)>()) {
            let date = |(year, month, day): (i16, u8, u8)| {
                let part = |n: u8, most: u8| i8::try_from(n % most + 1).expect("a small number");
                Date::new(year % 9999, part(month, 12), part(day, 28)).expect("a day")
            };
            let key = |day| Key::of(View::EventOrder).date(date(day)).bytes;
            prop_assert_eq!(key(left).cmp(&key(right)), date(left).cmp(&date(right)));
        }
    }

    #[test]
    fn a_text_is_read_back_from_its_key() {
        for text in ["", "desk", "\0", "a\0b", "\0\0", "桌"] {
            let key = alerts_of(&ChannelId::new(text)).time(Timestamp::UNIX_EPOCH).text("alert");
            assert_eq!(first_text(&key.bytes), text);
            let key = mentioned_by(&DocumentId::new(text)).text("event");
            assert_eq!((text_at(&key.bytes, 0).as_str(), text_at(&key.bytes, 1).as_str()), (text, "event"));
            let key = rows_of(&EventId::new(text)).number(77);
            assert_eq!(last_number(&key.bytes), Some(77));
        }
    }

    #[test]
    fn the_ends_of_time_have_keys() {
        let keys =
            [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX].map(|time| Key::of(View::AlertDue).time(time));
        assert!(keys.is_sorted());
    }

    #[test]
    fn views_have_tags_of_their_own() {
        assert!(View::ALL.is_sorted_by(|left, right| (*left as u8) < (*right as u8)));
    }
}
