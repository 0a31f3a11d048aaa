//! Who is told, and the program: one process after the other over one folder, so that what is remembered is on the disk alone.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwether::clock::{Clock as _, SharedClock, SteppedClock};
use bellwether::routing::Routing;
use bellwether::settings::{AlertSettings, ChannelKind, ChannelSettings, CrawlerSettings, SourceSettings};
use bellwether::{alerts, crawl, events, shutdown, watch};
use bellwether_model::alert::Alert;
use bellwether_model::document::DocumentRecord;
use bellwether_model::id::ChannelId;
use bellwether_model::web::CanonicalUrl;
use bellwether_store::Store;
use bellwether_store::archive::Archive;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::town::{Town, items, sources};
use crate::web::{Reply, Web};

/// The variable in which a process of its own finds what it is to do.
const TASK: &str = "BELLWETHER_TEST_DAY";

/// What the receiver answers with.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Taken,
    Refused(u16),
    /// It asks to be left alone for so many seconds.
    Busy(u32),
    /// The connection breaks off.
    Broken,
    /// It takes the alert, and the connection breaks off before it can say so.
    TakenAndBroken,
}

/// A desk's receiver: what it took and when, in order.
pub(crate) struct Desk {
    web: Web,
    /// The minute, and the id of the alert.
    pub(crate) taken: Arc<Mutex<Vec<(String, String)>>>,
}

impl Desk {
    /// Answers in this order, and takes all that comes after.
    pub(crate) async fn open(answers: Vec<Answer>, clock: Arc<SteppedClock>) -> Self {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let (kept, left) = (Arc::clone(&taken), Mutex::new(answers.into_iter()));
        let web = Web::serve(move |seen| {
            let answer = left.lock().unwrap().next().unwrap_or(Answer::Taken);
            if matches!(answer, Answer::Taken | Answer::TakenAndBroken) {
                let minute = clock.now().to_zoned(TimeZone::UTC).strftime("%H:%M").to_string();
                kept.lock().unwrap().push((minute, seen.headers["webhook-id"].clone()));
            }
            match answer {
                Answer::Taken => Reply::status(204),
                Answer::Refused(status) => Reply::status(status),
                Answer::Busy(seconds) => Reply::status(429).with("retry-after", &seconds.to_string()),
                Answer::Broken | Answer::TakenAndBroken => Reply::Reset,
            }
        })
        .await;
        Self { web, taken }
    }
}

/// What one process does: a pass over everything at a time that does not move.
#[derive(Serialize, Deserialize)]
struct Task {
    folder: PathBuf,
    now: Timestamp,
    hosts: Vec<(String, SocketAddr)>,
    desk: SocketAddr,
}

/// A folder, and the clock of the processes that work in it.
pub(crate) struct House {
    folder: tempfile::TempDir,
    pub(crate) clock: Arc<SteppedClock>,
    hosts: Vec<(String, SocketAddr)>,
    pub(crate) desk: Desk,
    /// Seed of the moments at which its processes are killed; `None`: they are not.
    kills: Option<u64>,
}

impl House {
    pub(crate) async fn of(town: &Town, answers: Vec<Answer>, kills: Option<u64>) -> Self {
        let clock = Arc::new(SteppedClock::at("2026-01-08T12:00:00Z".parse().unwrap()));
        let desk = Desk::open(answers, Arc::clone(&clock)).await;
        Self { folder: tempfile::tempdir().unwrap(), clock, hosts: town.hosts(), desk, kills }
    }

    fn task(&self) -> Task {
        Task {
            folder: self.folder.path().to_owned(),
            now: self.clock.now(),
            hosts: self.hosts.clone(),
            desk: self.desk.web.address(),
        }
    }

    /// Crawls and reads everything, watches, and delivers.
    pub(crate) async fn pass(&mut self) {
        match self.kills {
            None => self.task().perform().await,
            Some(seed) => {
                let task = self.task();
                let next = tokio::task::spawn_blocking(move || killed_twice(&task, seed)).await.unwrap();
                self.kills = Some(next);
            }
        }
    }

    pub(crate) async fn until(&mut self, time: &str) {
        let time: Timestamp = format!("2026-01-09T{time}:00Z").parse().unwrap();
        self.clock.step(time.duration_since(self.clock.now()));
        self.pass().await;
    }

    /// Delivers what is due, and nothing else.
    pub(crate) async fn deliver(&self) {
        let (_end, ends) = shutdown::channel();
        let task = self.task();
        alerts::run(task.receivers(), task.store(), self.clock.clone(), alerts::Mode::Once, ends).await.unwrap();
    }

    /// The outbox.
    pub(crate) fn alerts(&self) -> Vec<Alert> {
        self.task().store().alerts(usize::MAX).unwrap()
    }
}

impl Task {
    fn store(&self) -> Store {
        Store::open(&self.folder.join("store")).unwrap()
    }

    fn receivers(&self) -> AlertSettings {
        let url = CanonicalUrl::parse(&format!("http://{}/hook", self.desk)).unwrap();
        let kind = ChannelKind::Webhook { url, secrets: vec![b"a key that only the two of us know".to_vec()] };
        AlertSettings {
            channels: vec![ChannelSettings::new(ChannelId::new("desk"), kind)],
            allow_private: vec![self.desk],
            ..AlertSettings::default()
        }
    }

    async fn perform(&self) {
        let (store, archive) = (self.store(), Archive::open(&self.folder.join("archive")).unwrap());
        let clock: SharedClock = Arc::new(SteppedClock::at(self.now));
        let sources = sources(&self.hosts);
        let allow_private = self.hosts.iter().map(|(_, address)| *address).collect();
        let settings = CrawlerSettings { gap: Duration::ZERO, allow_private, ..CrawlerSettings::default() };
        let (end, ends) = shutdown::channel();
        let telling = tokio::spawn(tell(store.clone()));
        let reader = tokio::spawn(read(sources.clone(), store.clone(), archive.clone(), clock.clone()));
        let mode = crawl::Mode::Once { sources: Vec::new(), all: true };
        let crawling =
            crawl::run(settings, sources.clone(), store.clone(), archive.clone(), clock.clone(), mode, ends.clone());
        tokio::time::timeout(Duration::from_secs(60), crawling).await.expect("the pass ends").unwrap();
        reader.abort();
        let _aborted = reader.await;
        let routing = Routing { releases: vec![ChannelId::new("desk")], ..Routing::default() };
        let (unseen, time) = (store.clone(), clock.clone());
        let words = Words(events::Texts::new(sources.clone(), store.clone(), archive.clone()));
        let watching = move || {
            watch::catch_up(&items(), &routing, &words, &unseen, &time).unwrap();
            watch::remind(&items(), &routing, &unseen, &time).unwrap();
        };
        tokio::task::spawn_blocking(watching).await.unwrap();
        alerts::run(self.receivers(), store, clock, alerts::Mode::Once, ends).await.unwrap();
        telling.abort();
        let _aborted = telling.await;
        drop(end);
    }
}

async fn read(sources: Vec<SourceSettings>, store: Store, archive: Archive, clock: SharedClock) {
    let mut commits = store.follow();
    loop {
        let (sources, unread, archive, clock) = (sources.clone(), store.clone(), archive.clone(), clock.clone());
        let reading = move || events::read_all(&sources, &unread, &archive, &clock, false).unwrap();
        tokio::task::spawn_blocking(reading).await.unwrap();
        let _lagged_or_told = commits.recv().await;
    }
}

/// The words of documents.
struct Words(events::Texts);

impl watch::Texts for Words {
    fn of(&self, document: &DocumentRecord) -> Option<String> {
        self.0.of(document).unwrap()
    }
}

/// Tells the parent of each commit, so that it can kill in between.
async fn tell(store: Store) {
    let mut commits = store.follow();
    let is_child = std::env::var_os(TASK).is_some();
    while commits.recv().await.is_ok() {
        if is_child {
            let mut output = std::io::stdout();
            writeln!(output, "committed").unwrap();
        }
    }
}

/// Whether this process is one that another test process started for a pass; if so, the pass is done.
pub(crate) async fn is_child() -> bool {
    let Ok(task) = std::env::var(TASK) else { return false };
    serde_json::from_str::<Task>(&task).unwrap().perform().await;
    true
}

/// A pass in processes of their own: two are killed (SIGKILL) after some commits, the third ends. Returns the next seed.
fn killed_twice(task: &Task, mut seed: u64) -> u64 {
    for killed in [true, true, false] {
        // The constants are Knuth's.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let commits = usize::try_from((seed >> 33) % 24).unwrap();
        let mut child = start(task);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut told = lines.filter(|line| line.ends_with("committed"));
        if killed {
            told.by_ref().take(commits).for_each(drop);
            child.kill().unwrap();
            child.wait().unwrap();
        } else {
            told.for_each(drop);
            assert!(child.wait().unwrap().success(), "a pass that is left alone ends well");
        }
    }
    seed
}

fn start(task: &Task) -> std::process::Child {
    let this: &Path = &std::env::current_exe().unwrap();
    Command::new(this)
        .args(["--exact", "a_program_that_is_killed_at_random_tells_the_same", "--nocapture"])
        .env(TASK, serde_json::to_string(task).unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
