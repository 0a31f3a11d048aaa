//! Three processes that crawl many hosts together: each takes its share, and no host notices that there is more than one.

use std::collections::BTreeSet;
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::postgres::{self, PostgresServer};
use super::support::{Home, Pages, Site};
use super::web::{Reply, Seen, Web};
use super::{StatusCode, new_events, publish_at, signal, terminate, until};
use axum::response::IntoResponse as _;

/// Hosts that are followed, each with one page.
const HOSTS: usize = 18;
/// Between two requests to one host.
const GAP: Duration = Duration::from_millis(300);
/// One more host, to which two pages of others lead.
const FURTHER: usize = HOSTS;
/// Processes that take part in the crawl.
const MEMBERS: &str =
    "SELECT count(*) FROM bellwether.lease WHERE starts_with(name, 'crawl/') AND expires > clock_timestamp()";

/// Hosts, a receiver, and processes that tell the hosts who they are.
struct Town {
    runtime: tokio::runtime::Runtime,
    hosts: Vec<Web>,
    pages: Pages,
    told: Arc<Mutex<Vec<String>>>,
    homes: Vec<Home>,
    _desk: Site,
}

impl Town {
    fn new(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let pages = Pages::default();
        let further: Arc<Mutex<String>> = Arc::default();
        let hosts: Vec<Web> = (0..=HOSTS)
            .map(|host| {
                let (pages, further) = (pages.clone(), Arc::clone(&further));
                let rule = move |seen: &Seen| match seen.path.as_str() {
                    "/robots.txt" => Reply::status(404),
                    "/away.html" => Reply::redirect(302, &format!("{}/{host}.html", further.lock().unwrap())),
                    path => match pages.get(path) {
                        Some(body) => Reply::Late(Duration::from_millis(20), Box::new(Reply::page(&body))),
                        None => Reply::status(404),
                    },
                };
                runtime.block_on(Web::serve_at([127, 0, 1, u8::try_from(host).unwrap() + 1], rule))
            })
            .collect();
        *further.lock().unwrap() = hosts[FURTHER].url("");
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let desk = {
            let told = Arc::clone(&told);
            Site::answering(move |_, headers, _| {
                told.lock().unwrap().push(headers["webhook-id"].to_str().unwrap().to_owned());
                StatusCode::NO_CONTENT.into_response()
            })
        };
        let open: Vec<String> = hosts.iter().map(|host| format!("\"{}\"", host.address())).collect();
        let homes = (0..3).map(|process| {
            let mut sources = format!(
                "[crawler]\nstore = \"{url}\"\nlease = \"2s\"\ngap = \"{}ms\"\nbacklog = \"news\"\ncontact = \"mailto:desk{process}@example.org\"\nallow_private = [{}]\n\n[serve]\nlisten = \"127.0.0.1:0\"\n",
                GAP.as_millis(),
                open.join(", ")
            );
            for (number, host) in hosts.iter().take(HOSTS).enumerate() {
                // The pages of the last two are elsewhere, both on one host.
                let path = if number < HOSTS - 2 { format!("/{number}.html") } else { "/away.html".to_owned() };
                sources.push_str(&format!(
                    "\n[[source]]\nid = \"h{number}\"\nkind = \"page\"\narea = \"TW\"\ntrust = \"official\"\nevery = \"1s\"\nfastest = \"1s\"\nslowest = \"2s\"\nurl = \"{}\"\n",
                    host.url(&path)
                ));
            }
            let watchlist = format!(
                "[alerts]\nallow_private = [\"{0}\"]\n\n[[channel]]\nid = \"desk\"\nkind = \"webhook\"\nurl = \"http://{0}/\"\n",
                desk.address
            );
            Home::new(&sources, &watchlist)
        });
        let homes = homes.collect();
        let town = Self { runtime, hosts, pages, told, homes, _desk: desk };
        (0..HOSTS).for_each(|host| town.pages.put(&format!("/{host}.html"), "<html><body><p>soon</p></body></html>"));
        town
    }

    /// Has each of these hosts say something new.
    fn publish(&self, hosts: std::ops::Range<usize>) {
        for host in hosts {
            self.pages.put(&format!("/{host}.html"), publish_at(2023 + host / 11, host % 11 + 1));
        }
    }

    fn told(&self) -> BTreeSet<String> {
        self.told.lock().unwrap().iter().cloned().collect()
    }

    fn wait_for_alerts(&self, server: &PostgresServer, url: &str, count: usize) {
        for _ in 0..300 {
            if self.told().len() >= count {
                return;
            }
            server.sql(url, "SELECT pg_sleep(0.2)");
        }
        panic!("{} of {count} alerts came", self.told().len());
    }

    /// How many hosts each process has asked so far for a page, and how often, behind a number of requests to each host.
    fn shares(&self, behind: &[usize]) -> [(usize, usize); 3] {
        let mut shares = [(0, 0); 3];
        for (host, seen) in self.hosts.iter().map(Web::seen).enumerate() {
            let mut asked = [0; 3];
            for request in seen.iter().skip(behind.get(host).copied().unwrap_or(0)) {
                let process = (0..3).find(|n| request.headers["user-agent"].contains(&format!("desk{n}@")));
                asked[process.unwrap()] += 1;
            }
            for (share, asked) in shares.iter_mut().zip(asked) {
                *share = (share.0 + usize::from(asked > 0), share.1 + asked);
            }
        }
        shares
    }

    fn requests(&self) -> Vec<usize> {
        self.hosts.iter().map(|host| host.seen().len()).collect()
    }

    /// Waits until these processes, and no others, have each asked hosts after now.
    fn wait_for_shares(&self, server: &PostgresServer, url: &str, of: &[usize], hosts: usize) {
        let before = self.requests();
        for _ in 0..150 {
            server.sql(url, "SELECT pg_sleep(0.2)");
            if of.iter().all(|process| self.shares(&before)[*process].0 >= hosts) {
                return;
            }
        }
        panic!("the shares of {of:?} are {:?}", self.shares(&before));
    }
}

/// A process; it does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _has_ended = self.0.kill();
        let _status = self.0.wait();
    }
}

#[test]
fn three_processes_share_the_hosts_and_one_that_is_killed_or_stopped_does_no_harm() {
    let Some(server) = postgres::server() else { return };
    let url = server.database();
    let town = Town::new(&url);
    let mut running: Vec<Running> = town.homes.iter().map(|home| Running(home.start(&["run"]))).collect();
    town.publish(0..6);
    town.wait_for_alerts(server, &url, 6);
    until(server, &url, MEMBERS, "3", "processes that crawl");
    town.wait_for_shares(server, &url, &[0, 1, 2], 3);

    // One that does not deliver is killed in the midst of its work.
    let deliverer = server.sql(&url, "SELECT holder FROM bellwether.lease WHERE name = 'alerts'");
    let delivers = |process: &Running| deliverer.starts_with(&format!("process {} ", process.0.id()));
    let stopped = running.iter().position(delivers).unwrap();
    let killed = (stopped + 1) % 3;
    town.publish(6..12);
    running[killed].0.kill().unwrap();
    running[killed].0.wait().unwrap();
    town.wait_for_alerts(server, &url, 12);
    until(server, &url, MEMBERS, "2", "processes that crawl");

    // The one that delivers, and most likely merges, is stopped for longer than its leases last, and goes on then.
    let third = 3 - stopped - killed;
    town.wait_for_shares(server, &url, &[stopped, third], 4);
    signal(&running[stopped].0, "-STOP");
    until(server, &url, MEMBERS, "1", "processes that crawl");
    town.publish(12..HOSTS);
    town.wait_for_alerts(server, &url, HOSTS);
    town.wait_for_shares(server, &url, &[third], HOSTS - 1);
    signal(&running[stopped].0, "-CONT");
    until(server, &url, MEMBERS, "2", "processes that crawl");
    town.wait_for_shares(server, &url, &[stopped, third], 4);
    for process in [stopped, third] {
        terminate(&running[process].0);
        assert!(running[process].0.wait().unwrap().success());
    }

    assert_eq!(town.homes[0].events().len(), HOSTS, "one event a page");
    let new = new_events(server, &url);
    assert_eq!((new.len(), new.values().max()), (HOSTS, Some(&1)), "an event is new once: {new:?}");
    assert_eq!(town.told().len(), HOSTS, "no alert is lost, and none is another one");
    for host in &town.hosts {
        let seen = town.runtime.block_on(host.seen_when_quiet());
        assert!(seen.iter().all(|request| request.at_once == 1), "{} was asked by two at once", host.address());
        let closest = host.shortest_gap().unwrap();
        assert!(closest >= GAP, "two requests to {} came {closest:?} after each other", host.address());
    }
    assert_eq!(server.sql(&url, "SELECT count(*) FROM bellwether.lane WHERE holder <> ''"), "0", "all were given back");
    assert_eq!(town.homes[0].run(&["store", "verify"]).status.code(), Some(0));
}

#[test]
fn who_gets_a_host_from_another_waits_a_whole_gap_first() {
    let Some(server) = postgres::server() else { return };
    let url = server.database();
    let gap = Duration::from_secs(2);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let host = runtime.block_on(Web::serve(|_| Reply::page("<html><body><p>soon</p></body></html>")));
    let toml = format!(
        "[crawler]\nstore = \"{url}\"\ngap = \"{}s\"\nallow_private = [\"{}\"]\n\n[serve]\nlisten = \"127.0.0.1:0\"\n",
        gap.as_secs(),
        host.address()
    );
    assert_eq!(Home::new(&toml, "").run(&["crawl"]).status.code(), Some(0), "it makes the tables");
    // Another process had the host, and died before it could say when it asked last.
    server.sql(&url, &format!("INSERT INTO bellwether.lane (name, last) VALUES ('host/{}', 'crawl/x')", host.url("")));
    let home =
        Home::new(&format!("{toml}\n[[source]]\nid = \"h\"\nkind = \"page\"\nurl = \"{}\"\n", host.url("/")), "");
    let began = Instant::now();
    let running = Running(home.start(&["run"]));
    until(server, &url, "SELECT count(*) FROM bellwether.lane WHERE last <> 'crawl/x'", "1", "taken");
    while host.seen().is_empty() && began.elapsed() < gap * 10 {
        server.sql(&url, "SELECT pg_sleep(0.1)");
    }
    let first = host.seen().first().expect("it is asked").came;
    assert!(first.duration_since(began) >= gap, "it was asked {:?} after the start", first.duration_since(began));
    drop(running);
}
