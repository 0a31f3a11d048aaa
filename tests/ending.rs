//! The real program, told to end in the middle of its work: it does within ten seconds, and nothing is lost.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod support;
#[path = "support/web.rs"]
mod web;

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bellwether_model::web::CanonicalUrl;
use bellwether_store::Store;
use support::{Home, text};
use tokio::sync::Notify;
use web::{Reply, Web};

const ARTICLES: usize = 40;

/// A list of articles, and one page that takes the request and says nothing.
fn rule(path: &str) -> Reply {
    match path {
        "/robots.txt" => Reply::status(404),
        "/stall" => Reply::Silence,
        "/" => {
            let links: String =
                (0..ARTICLES).map(|n| format!("<li><a href=\"/a/{n}\">Exports, part {n}</a></li>")).collect();
            Reply::page(&format!("<html><body><main><ul>{links}</ul></main></body></html>"))
        }
        path => Reply::page(&format!("<html><body><main><h1>{path}</h1><p>Nothing.</p></main></body></html>")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_within_ten_seconds_and_nothing_is_lost() {
    let (articles, busy) = (AtomicUsize::new(0), Arc::new(Notify::new()));
    let tell = Arc::clone(&busy);
    let web = Web::serve(move |seen| {
        if seen.path.starts_with("/a/") && articles.fetch_add(1, Ordering::Relaxed) == ARTICLES / 4 {
            tell.notify_one();
        }
        rule(&seen.path)
    })
    .await;
    let other = Web::serve(|seen| rule(&seen.path)).await;
    let toml = format!(
        "[crawler]\ngap = \"5ms\"\nallow_private = [\"{}\", \"{}\"]\n[serve]\nlisten = \"127.0.0.1:0\"\n\
         [[source]]\nid = \"list\"\nkind = \"listing\"\nurl = \"{}\"\n\
         [[source]]\nid = \"stall\"\nkind = \"page\"\nurl = \"{}\"\n",
        web.address(),
        other.address(),
        web.url("/"),
        other.url("/stall"),
    );
    let home = Home::new(&toml, "");
    let mut child = home.start(&["run"]);
    tokio::time::timeout(Duration::from_secs(30), busy.notified()).await.expect("articles are asked for");
    let began = Instant::now();
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let status = tokio::task::spawn_blocking(move || child.wait()).await.unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(status.code(), Some(0));

    // What was answered is there, and what was not is due: the next start makes up for it.
    let before = web.paths().len();
    assert_eq!(home.run(&["store", "verify"]).status.code(), Some(0));
    let pass = home.run(&["crawl", "list"]);
    assert_eq!(pass.status.code(), Some(0), "{}", text(&pass.stderr));
    let store = Store::open(&home.path().join("data/store")).unwrap();
    for number in 0..ARTICLES {
        let url = CanonicalUrl::parse(&web.url(&format!("/a/{number}"))).unwrap();
        let resource = store.resource(&url).unwrap().unwrap_or_else(|| panic!("{url} is not known"));
        assert!(resource.visit.is_some(), "{url} was not visited");
    }
    let paths = web.paths();
    let (first, second): (BTreeSet<_>, BTreeSet<_>) =
        (paths[..before].iter().collect(), paths[before..].iter().collect());
    let twice: Vec<_> = first.intersection(&second).filter(|path| path.starts_with("/a/")).collect();
    assert!(twice.len() <= 1, "only what was under way is asked for again: {twice:?}");
}
