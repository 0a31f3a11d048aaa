//! The web of the day, and what is asked of it: hosts, sources, the watch list.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwether::calendar::{Calendar, Days, Moved, Rule, WorkDays};
use bellwether::settings::SourceSettings;
use bellwether_model::id::{ChannelId, SourceId, WatchId};
use bellwether_model::place::Area;
use bellwether_model::source::{SourceKind, Trust};
use bellwether_model::watch::{Condition, WatchItem};
use bellwether_model::web::CanonicalUrl;
use jiff::tz::TimeZone;

use crate::web::{Reply, Web};

/// Outlets in the order in which they report: name, what they write, how far they are believed.
pub(crate) const OUTLETS: &[(&str, &str)] = &[
    ("daily", "財政部9日公布，2025年12月出口624.8億美元，年增43.4%，創歷年單月新高；進口430.5億美元，年增14.9%。"),
    ("evening", "財政部統計處指出，去年12月出口值達624.8億美元，較前年同月成長43.4%。"),
    ("mainland", "台湾财政部9日公布，2025年12月出口624.8亿美元，同比增长43.4%。"),
    ("strait", "台湾2025年12月出口约625亿美元，同比增长43.4%。"),
    (
        "wire",
        "Taiwan's exports rose 43.4 percent in December 2025 from a year earlier to US$62.48 billion, the Ministry of Finance said.",
    ),
    ("agency", "Taiwan's December 2025 exports reached $62.5 billion, up 43.4% on the year."),
    ("weekly", "台灣去年12月出口624.8億美元，年增43.4%。"),
    ("misprint", "財政部公布，2025年12月出口642.8億美元，年增43.4%。"),
    ("markets", "2025年12月台灣出口年增43.4%，金額624.8億美元。"),
    ("overseas", "財政部：台灣2025年12月出口年增43.4%至624.8億美元。"),
    ("mirror", "财政部9日公布，2025年12月出口624.8亿美元，同比增长43.4%，创历年单月新高。"),
    ("board", "財政部公布台灣2025年12月出口是680億美元啦，年增五成。"),
];

pub(crate) fn page(title: &str, published: &str, text: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta property=\"article:published_time\" content=\"{published}\"></head>\
         <body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )
}

/// The web of the day: what each host shows now.
pub(crate) struct Town {
    pages: Arc<Mutex<BTreeMap<String, String>>>,
    webs: Vec<(String, Web)>,
}

impl Town {
    pub(crate) async fn open() -> Self {
        let pages: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
        let names = ["ministry", "customs", "commerce"].into_iter().chain(OUTLETS.iter().map(|outlet| outlet.0));
        let mut webs = Vec::new();
        for (number, name) in names.enumerate() {
            let (shown, host) = (Arc::clone(&pages), name.to_owned());
            // An outlet is a host of its own.
            let address = [127, 0, 9, u8::try_from(number + 1).unwrap()];
            let web = Web::serve_at(address, move |seen| match shown.lock().unwrap().get(&host) {
                Some(body) if seen.path == "/" => Reply::page(body),
                _ => Reply::status(404),
            });
            webs.push((name.to_owned(), web.await));
        }
        Self { pages, webs }
    }

    pub(crate) fn show(&self, host: &str, body: String) {
        self.pages.lock().unwrap().insert(host.to_owned(), body);
    }

    /// Its hosts and where they are.
    pub(crate) fn hosts(&self) -> Vec<(String, SocketAddr)> {
        self.webs.iter().map(|(name, web)| (name.clone(), web.address())).collect()
    }
}

/// What is followed.
pub(crate) fn sources(hosts: &[(String, SocketAddr)]) -> Vec<SourceSettings> {
    let source = |(name, address): &(String, SocketAddr)| SourceSettings {
        trust: match name.as_str() {
            "ministry" | "customs" | "commerce" => Trust::Official,
            "board" => Trust::Forum,
            _ => Trust::Press,
        },
        area: (name == "ministry").then(|| Area::new("TW")),
        timezone: Some("Asia/Taipei".to_owned()),
        calendar: (name == "customs").then(|| Arc::new(calendar())),
        every: Duration::from_secs(60),
        ..SourceSettings::new(
            SourceId::new(name),
            SourceKind::Page,
            CanonicalUrl::parse(&format!("http://{address}/")).unwrap(),
        )
    };
    hosts.iter().map(source).collect()
}

/// A release on the 9th of a month at 9:00, overdue an hour later.
fn calendar() -> Calendar {
    Calendar {
        id: "kr-trade".to_owned(),
        zone: TimeZone::UTC,
        rules: vec![Rule {
            days: Days::OfMonth(vec![9]),
            months: Vec::new(),
            at: jiff::civil::time(9, 0, 0, 0),
            moved: Moved::Never,
        }],
        work_days: WorkDays::default(),
        before: Duration::from_secs(300),
        after: Duration::from_secs(7200),
        every: Duration::from_secs(60),
        overdue_after: Duration::from_secs(3600),
    }
}

/// What is asked for.
pub(crate) fn items() -> Vec<WatchItem> {
    let when = |text: &str| -> Condition { toml::from_str(text).unwrap() };
    let desk = || vec![ChannelId::new("desk")];
    let missed = when(
        "flow = \"exports\"\nmeasure = \"yoy\"\npartner = \"all\"\nstatus = \"actual\"\nmissed = { side = \"above\" }",
    );
    let policy = when("kind = \"policy\"");
    let talks = when("near = { words = [\"安世半導體\", \"磋商\"], within = 20 }");
    let late = when("overdue = { source = \"customs\", calendar = \"kr-trade\" }");
    vec![
        WatchItem { channels: desk(), ..WatchItem::new(WatchId::new("talks"), "磋商", talks) },
        WatchItem { channels: desk(), ..WatchItem::new(WatchId::new("late"), "韓國統計逾期", late) },
        WatchItem { channels: desk(), ..WatchItem::new(WatchId::new("missed"), "超出預測", missed) },
        WatchItem { channels: desk(), remind: vec![7, 1], ..WatchItem::new(WatchId::new("control"), "管制", policy) },
    ]
}
