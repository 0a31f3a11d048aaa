//! A store on a PostgreSQL server through the real binary: filled, read, cared for, moved, and shared.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

#[path = "support/postgres.rs"]
mod postgres;
mod support;

use std::io::{BufRead as _, BufReader};

use serde_json::{Value, json};
use support::{Home, Pages, Site, sources_of_pages, text};

const PAGES: &[(&str, &str, &str)] =
    &[("ministry", "/ministry.html", "area = \"TW\"\ntrust = \"official\""), ("wire", "/wire.html", "area = \"TW\"")];

fn article(value: &str) -> String {
    format!(
        "<html lang=\"zh-Hant\"><head><title>財政部公布12月出口統計</title>\
         <meta property=\"article:published_time\" content=\"2026-01-09T16:00:00+08:00\"></head><body><article>\
         <h1>財政部公布12月出口統計</h1><p>財政部今天公布2025年12月海關進出口統計，出口{value}億美元，年增43.4%。\
         財政部預估2026年1月出口可達581億至604億美元。</p></article></body></html>"
    )
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
    home.rows(&["store", "backup", &path("a.backup")], 0);
    let third = server.database();
    home.rows(&["store", "restore", &path("a.backup"), "--to", &third], 0);
    assert_eq!(home.rows(&["--store", &third, "events", "list"], 0), events);
    for (arguments, said) in [
        (vec!["store", "copy", &path("back"), &second], "is there already"),
        (vec!["store", "compact"], "is not compacted"),
        (vec!["--store", "mysql://desk@db/trade", "events", "list"], "`mysql` server is not known"),
        (vec!["--store", "postgres://desk@db.example/trade?sslmode=prefer", "events", "list"], "sslmode=require"),
    ] {
        let output = home.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
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

#[test]
fn one_process_writes_and_others_look() {
    let Some(server) = postgres::server() else { return };
    let (home, _site) = home(&server.database());
    let mut running = home.start(&["run"]);
    let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("http://127.0.0.1:")), "it says where it listens");
    let refused = home.run(&["crawl"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains(&format!("process {}", running.id())), "{}", text(&refused.stderr));
    assert!(home.run(&["store", "stats"]).status.success());
    running.kill().unwrap();
    running.wait().unwrap();
}
