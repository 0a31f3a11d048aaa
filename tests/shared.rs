//! A store on a PostgreSQL server through the real binary: filled, read, cared for, moved, and shared.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

#[path = "shared/many_hosts.rs"]
mod many_hosts;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/release.rs"]
mod release;
mod support;
#[path = "support/web.rs"]
mod web;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use postgres::PostgresServer;
use release::{PAGES, article};
use serde_json::{Value, json};
use support::{Home, Pages, Site, sources_of_pages, text};

#[test]
fn a_copy_of_what_is_not_there_or_damaged_makes_nothing_on_the_server() {
    let Some(server) = postgres::server() else { return };
    let url = server.database();
    let (home, _site) = home(&url);
    for from in ["nowhere", "."] {
        let copied = home.run(&["store", "copy", from, &url]);
        assert_eq!(copied.status.code(), Some(2), "{}", text(&copied.stderr));
    }
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let (store, backup) = (path("store"), path("a.backup"));
    assert_eq!(home.run(&["--store", &store, "crawl", "--all"]).status.code(), Some(0));
    assert_eq!(home.run(&["--store", &store, "store", "backup", &backup]).status.code(), Some(0));
    let segment = path("store/journal/00000000000000000001.journal");
    for (file, at, command) in [
        (&backup, None, vec!["store", "restore", &backup, "--to", &url]),
        (&segment, Some(100), vec!["store", "copy", &store, &url]),
    ] {
        let mut bytes = std::fs::read(file).unwrap();
        // Near its end, behind records that are whole; a journal's end would be cut off as torn.
        let at = at.unwrap_or(bytes.len() - 40);
        bytes[at] ^= 1;
        std::fs::write(file, bytes).unwrap();
        let refused = home.run(&command);
        assert_eq!(refused.status.code(), Some(3), "{command:?}: {}", text(&refused.stderr));
        assert!(text(&refused.stderr).contains("damaged"), "{}", text(&refused.stderr));
    }
    let stats = home.run(&["--store", &url, "store", "stats"]);
    assert!(text(&stats.stderr).contains("there is no store"), "{}", text(&stats.stderr));
}

/// A configuration whose store is on a server, and two pages.
fn home(url: &str) -> (Home, Site) {
    let pages = Pages::default();
    PAGES.iter().for_each(|(_, path, _)| pages.put(path, article("624.8")));
    let site = Site::of_pages(&pages);
    let toml = sources_of_pages(&site, PAGES).replacen("[crawler]\n", &format!("[crawler]\nstore = \"{url}\"\n"), 1);
    (Home::new(&toml, ""), site)
}

fn one(rows: &[Value]) -> &Value {
    assert_eq!(rows.len(), 1, "{rows:?}");
    &rows[0]
}

#[test]
fn a_store_on_a_server_is_filled_read_and_moved() {
    let Some(server) = postgres::server() else { return };
    let url = server.database();
    let (home, _site) = home(&url);
    assert_eq!(home.run(&["events", "list"]).status.code(), Some(2), "there is none yet");
    let crawl = home.run(&["crawl", "--all"]);
    assert_eq!(crawl.status.code(), Some(0), "{}", text(&crawl.stderr));
    let events = home.events();
    assert!(events.len() >= 3, "level, rate and forecast");
    let stats = home.rows(&["store", "stats"], 0);
    assert_eq!(one(&stats)["archive_bodies"], json!(1), "the pages say the same: {stats:?}");
    assert!(!home.path().join("data/archive").exists() && !home.path().join("data/store").exists());
    let verified = home.run(&["store", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified.stderr));
    assert!(text(&verified.stdout).contains("1 archived bodies are whole"), "{}", text(&verified.stdout));

    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let copied = home.run(&["store", "copy", &url, &path("back"), "--archive", &path("bodies")]);
    assert_eq!(copied.status.code(), Some(0), "{}", text(&copied.stderr));
    assert!(text(&copied.stderr).contains("1 bodies"), "{}", text(&copied.stderr));
    assert_eq!(home.rows(&["--store", &path("back"), "events", "list"], 0), events);
    let second = server.database();
    home.rows(&["store", "copy", &path("back"), &second, "--archive", &path("bodies")], 0);
    assert_eq!(home.rows(&["--store", &second, "events", "list"], 0), events);
    assert_eq!(home.run(&["--store", &second, "store", "verify"]).status.code(), Some(0));
    let replay = home.run(&["--store", &second, "replay", "--dry-run"]);
    assert_eq!(replay.status.code(), Some(0), "the bodies are there too: {}", text(&replay.stderr));
    let compacted = home.rows(&["store", "compact"], 0);
    assert!(one(&compacted)["changes_dropped"].as_u64().unwrap() > 0, "{compacted:?}");
    assert_eq!(home.events(), events);
    assert_eq!(home.run(&["store", "verify"]).status.code(), Some(0));
    home.rows(&["store", "backup", &path("a.backup")], 0);
    let third = server.database();
    home.rows(&["store", "restore", &path("a.backup"), "--to", &third], 0);
    assert_eq!(home.rows(&["--store", &third, "events", "list"], 0), events);
    for (arguments, said) in [
        (vec!["store", "copy", &path("back"), &second], "is there already"),
        (vec!["--store", "mysql://desk@db/trade", "events", "list"], "`mysql` server is not known"),
        (vec!["--store", "postgres://desk@db.example/trade?sslmode=prefer", "events", "list"], "sslmode=require"),
    ] {
        let output = home.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
}

#[test]
fn a_new_store_is_made_of_answers_from_and_to_a_server() {
    let Some(server) = postgres::server() else { return };
    let url = server.database();
    let (home, _site) = home(&url);
    assert_eq!(home.run(&["crawl", "--all"]).status.code(), Some(0));
    let events = home.events();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let rows = home.rows(&["replay", "--into", &path("folder")], 0);
    assert_eq!(one(&rows)["answers"], json!(2), "{rows:?}");
    assert_eq!(home.rows(&["--store", &path("folder"), "events", "list"], 0), events);
    let second = server.database();
    home.rows(&["--store", &path("folder"), "replay", "--into", &second], 0);
    assert_eq!(home.rows(&["--store", &second, "events", "list"], 0), events);
    let verified = home.run(&["--store", &second, "store", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "the bodies came along: {}", text(&verified.stdout));
    let filled = home.run(&["--store", &path("folder"), "replay", "--into", &second]);
    assert_eq!(filled.status.code(), Some(2), "{}", text(&filled.stderr));
    assert!(text(&filled.stderr).contains("is there already"), "{}", text(&filled.stderr));

    // A record that is damaged on the server costs what stood in it, and no other.
    server.sql(&second, "UPDATE bellwether.record SET payload = 'x' WHERE position = 2");
    let third = server.database();
    let made = home.run(&["--store", &second, "replay", "--into", &third]);
    assert_eq!(made.status.code(), Some(1), "{}", text(&made.stderr));
    assert!(text(&made.stderr).contains("not readable: the record 2"), "{}", text(&made.stderr));
    let again = home.rows(&["--store", &third, "events", "list"], 0);
    assert_eq!(again.len(), events.len(), "{again:?}");
}

#[test]
fn a_server_that_is_away_is_named_without_the_password() {
    let (home, _site) = home("postgres://desk:s3cret@127.0.0.1:1/trade");
    let output = home.run(&["events", "list"]);
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stderr);
    assert!(said.contains("postgres://desk@127.0.0.1:1/trade") && said.contains("hint:"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn a_password_comes_from_the_environment_and_the_connection_is_secret() {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("server.crt"), folder.path().join("server.key"));
    std::fs::write(&certificate, certified.cert.pem()).unwrap();
    std::fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let Some(server) = postgres::PostgresServer::start(Some((&certificate, &key))) else { return };
    let database = server.database();
    server.sql(&database, "CREATE USER secret PASSWORD 's3cret'");
    server.sql(&database, "GRANT CREATE ON DATABASE trial_0 TO secret");
    let place = database.split_once('@').unwrap().1;
    let run = |query: &str, password: &str| {
        let (home, _site) = home(&format!("postgres://secret@{place}?{query}"));
        let output = home.command(&["crawl", "--all"]).env("PGPASSWORD", password).output().unwrap();
        assert!(!text(&output.stderr).contains("s3cret"), "{}", text(&output.stderr));
        (output.status.code(), text(&output.stderr))
    };
    let trusted = format!("sslmode=require&sslrootcert={}", certificate.display());
    assert_eq!(run(&trusted, "s3cret").0, Some(0), "{}", run(&trusted, "s3cret").1);
    let wrong = run(&trusted, "s3cret!");
    assert!(wrong.0 == Some(3) && wrong.1.contains("password authentication failed"), "{}", wrong.1);
    let unknown = run("sslmode=require", "s3cret");
    assert!(unknown.0 == Some(3) && unknown.1.contains("certificate"), "{}", unknown.1);
    assert_eq!(run("sslmode=disable", "s3cret").0, Some(3), "the server wants it secret");
}

/// Asks the server until it answers with what is wanted; the server waits between two questions.
fn until(server: &PostgresServer, database: &str, sql: &str, wanted: &str, what: &str) {
    for _ in 0..300 {
        if server.sql(database, sql) == wanted {
            return;
        }
        server.sql(database, "SELECT pg_sleep(0.2)");
    }
    panic!("{what}: {}, not {wanted}", server.sql(database, sql));
}

/// Leases that are held.
const HELD: &str = "SELECT count(*) FROM bellwether.lease WHERE expires > clock_timestamp()";

#[test]
fn a_command_that_does_everything_waits_for_nobody() {
    let Some(server) = postgres::server() else { return };
    let url = server.database();
    let (home, _site) = home(&url);
    let mut running = home.start(&["run"]);
    let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("http://127.0.0.1:")), "it says where it listens");
    until(server, &url, HELD, "7", "leases of five rooms, a share in the crawl, and the schedule");
    let refused = home.run(&["crawl"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains(&format!("process {}", running.id())), "{}", text(&refused.stderr));
    assert!(home.run(&["store", "stats"]).status.success());
    terminate(&running);
    assert!(running.wait().unwrap().success());
    assert_eq!(server.sql(&url, HELD), "0", "they were given back");
    assert_eq!(home.run(&["crawl"]).status.code(), Some(0));
}

fn terminate(child: &Child) {
    signal(child, "-TERM");
}

fn signal(child: &Child, signal: &str) {
    let status = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// Between two requests to one host.
const GAP: Duration = Duration::from_millis(300);

/// A month's figure of 2025 on a page of its own.
fn monthly(month: usize) -> String {
    publish_at(2025, month)
}

/// A month's figure on a page of its own.
fn publish_at(year: usize, month: usize) -> String {
    format!(
        "<html lang=\"zh-Hant\"><head><title>財政部公布{month}月出口統計</title>\
         <meta property=\"article:published_time\" content=\"{year}-{next:02}-09T16:00:00+08:00\"></head><body><article>\
         <h1>財政部公布{month}月出口統計</h1><p>財政部今天公布{year}年{month}月海關進出口統計，出口{value}.8億美元。</p>\
         </article></body></html>",
        next = month + 1,
        value = 400 + month,
    )
}

/// When each request came, and alerts that were taken.
#[derive(Clone, Default)]
struct Seen {
    requests: Arc<Mutex<Vec<Instant>>>,
    alerts: Arc<Mutex<Vec<String>>>,
}

/// Three processes over one configuration, with a site and a receiver.
struct Trio {
    home: Home,
    seen: Seen,
    pages: Pages,
    _sites: [Site; 2],
}

impl Trio {
    fn new(url: &str) -> Self {
        let (seen, pages) = (Seen::default(), Pages::default());
        let site = {
            let (seen, pages) = (seen.clone(), pages.clone());
            Site::answering(move |path, headers, _| {
                seen.requests.lock().unwrap().push(Instant::now());
                pages.answer(path, headers)
            })
        };
        let desk = {
            let seen = seen.clone();
            Site::answering(move |_, headers, _| {
                seen.alerts.lock().unwrap().push(headers["webhook-id"].to_str().unwrap().to_owned());
                StatusCode::NO_CONTENT.into_response()
            })
        };
        let mut sources = format!(
            "[crawler]\nstore = \"{url}\"\nlease = \"2s\"\ngap = \"{} ms\"\nbacklog = \"news\"\nallow_private = [\"{}\"]\n\n[serve]\nlisten = \"127.0.0.1:0\"\n",
            GAP.as_millis(),
            site.address
        )
        .replace(" ms", "ms");
        for month in 1..=8 {
            sources.push_str(&format!(
                "\n[[source]]\nid = \"m{month}\"\nkind = \"page\"\narea = \"TW\"\ntrust = \"official\"\nevery = \"1s\"\nfastest = \"1s\"\nslowest = \"2s\"\nurl = \"http://{}/{month}.html\"\n",
                site.address
            ));
            pages.put(&format!("/{month}.html"), "<html><body><p>soon</p></body></html>");
        }
        let watchlist = format!(
            "[alerts]\nallow_private = [\"{0}\"]\n\n[[channel]]\nid = \"desk\"\nkind = \"webhook\"\nurl = \"http://{0}/\"\n",
            desk.address
        );
        Self { home: Home::new(&sources, &watchlist), seen, pages, _sites: [site, desk] }
    }

    fn publish(&self, months: std::ops::RangeInclusive<usize>) {
        months.for_each(|month| self.pages.put(&format!("/{month}.html"), monthly(month)));
    }

    /// Waits until so many alerts were taken.
    fn wait_for_alerts(&self, server: &PostgresServer, url: &str, count: usize) {
        for _ in 0..300 {
            if self.seen.alerts.lock().unwrap().len() >= count {
                return;
            }
            server.sql(url, "SELECT pg_sleep(0.2)");
        }
        panic!("{} of {count} alerts came", self.seen.alerts.lock().unwrap().len());
    }
}

/// How often each event was new, by the records on the server.
fn new_events(server: &PostgresServer, url: &str) -> BTreeMap<String, u32> {
    let payloads = server.sql(url, "SELECT convert_from(payload, 'UTF8') FROM bellwether.record ORDER BY position");
    let mut new = BTreeMap::new();
    for line in payloads.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        for row in record["changes"].as_array().unwrap().iter().filter_map(|change| change.get("log")) {
            if row["change"].to_string().contains("\"new\"") {
                *new.entry(row["event"].to_string()).or_insert(0) += 1;
            }
        }
    }
    new
}

#[test]
fn of_three_processes_one_is_killed_and_nothing_is_lost_doubled_or_asked_too_fast() {
    let Some(server) = postgres::server() else { return };
    let url = server.database();
    let trio = Trio::new(&url);
    let mut running: Vec<Child> = (0..3).map(|_| trio.home.start(&["run"])).collect();
    trio.publish(1..=3);
    trio.wait_for_alerts(server, &url, 3);
    until(server, &url, HELD, "9", "leases of five rooms, three shares in the crawl, and the schedule");
    // The one that merges is killed, whichever that is, in the midst of its work.
    let holder = server.sql(&url, "SELECT holder FROM bellwether.lease WHERE name = 'events'");
    let victim = running.iter().position(|child| holder.starts_with(&format!("process {} ", child.id()))).unwrap();
    trio.publish(4..=5);
    let mut killed = running.remove(victim);
    killed.kill().unwrap();
    killed.wait().unwrap();
    trio.publish(6..=7);
    trio.wait_for_alerts(server, &url, 7);
    let another = server.sql(&url, "SELECT holder FROM bellwether.lease WHERE name = 'events'");
    assert_ne!(another, holder);
    // One that ends in peace gives its work to the last one.
    let victim = running.iter().position(|child| another.starts_with(&format!("process {} ", child.id()))).unwrap();
    let mut ended = running.remove(victim);
    terminate(&ended);
    assert!(ended.wait().unwrap().success());
    trio.publish(8..=8);
    trio.wait_for_alerts(server, &url, 8);
    terminate(&running[0]);
    assert!(running[0].wait().unwrap().success());

    let events = trio.home.events();
    assert_eq!(events.len(), 8, "one event a month: {events:?}");
    let new = new_events(server, &url);
    assert_eq!((new.len(), new.values().max()), (8, Some(&1)), "an event is new once: {new:?}");
    let mut alerts = trio.seen.alerts.lock().unwrap().clone();
    alerts.sort();
    let told = alerts.len();
    alerts.dedup();
    assert_eq!((told, alerts.len()), (8, 8), "each alert was taken once");
    let requests = trio.seen.requests.lock().unwrap().clone();
    let closest = requests.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap();
    assert!(closest >= GAP, "two requests came {closest:?} after each other, and the gap is {GAP:?}");
    assert!(requests.len() >= 9, "robots.txt and each page: {}", requests.len());
    assert_eq!(trio.home.run(&["store", "verify"]).status.code(), Some(0));
}
