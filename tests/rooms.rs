//! The walls between the rooms, as tests: which crate may use which, which room may use which, who may do IO.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which crate of the workspace may depend on which.
const CRATES: &[(&str, &[&str])] = &[
    ("bellwether-model", &[]),
    ("bellwether-extractors", &["bellwether-model"]),
    ("bellwether-store", &["bellwether-model"]),
    ("bellwether", &["bellwether-extractors", "bellwether-store", "bellwether-model"]),
    // What it measures and compares with is built for its benches alone.
    ("bellwether-benches", &[]),
];

/// Crates that wait, talk or keep: not for the pure rooms.
const NOT_PURE: &[&str] =
    &["tokio", "reqwest", "axum", "sled", "hyper", "tokio-postgres", "tracing-subscriber", "clap"];

/// Which room of `src` may use which other one. The leaves (calendar, clock, settings, shutdown, describe, metrics, pulse,
/// routing) are open to all.
const ROOMS: &[(&str, &[&str])] = &[
    ("alerts", &["view"]),
    ("archive", &[]),
    ("checks", &["view"]),
    ("config", &[]),
    ("crawl", &[]),
    ("demo", &["config", "view"]),
    ("events", &[]),
    ("export", &["view"]),
    ("health", &["view"]),
    ("report", &["view"]),
    ("serve", &["view"]),
    ("view", &[]),
    ("watch", &[]),
];
const LEAVES: &[&str] = &["calendar", "clock", "settings", "shutdown", "describe", "metrics", "pulse", "routing"];

/// Rooms that may use the crates that read and remember. `watch` and the command line's search compare words in
/// either script with `extractors::fold`, a pure function of text.
/// `config` asks which forum engines are known.
const EXTRACTORS: &[&str] = &["events", "cli", "config"];
const FOLD_ONLY: &[&str] = &["watch"];
const STORE: &[&str] =
    &["alerts", "archive", "cli", "crawl", "demo", "events", "health", "report", "serve", "view", "watch"];

/// Files that may do IO: each is a door of its room.
const DOORS: &[&str] = &[
    "src/alerts/",
    "src/archive/",
    "src/cli/",
    "src/clock.rs",
    "src/config/calendars",
    "src/config/channel_table.rs",
    "src/config/mod.rs",
    "src/crawl/",
    "src/demo/",
    "src/events/mod.rs",
    "src/health/",
    "src/main.rs",
    "src/serve/",
];

/// Words that mean IO, time or randomness.
const IO: &[&str] = &[
    "std::fs",
    "tokio::fs",
    "std::net::Tcp",
    "tokio::net",
    "reqwest::",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "std::env::var",
    "std::process::Command",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in
            std::fs::read_dir(&folder).expect("a folder of the repository").map(|entry| entry.expect("an entry").path())
        {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                files.push(entry);
            }
        }
    }
    files.sort();
    files
}

/// The code of a file without its comments and without its unit tests, which stand at the end.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a source file");
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).expect("inside the repository").to_string_lossy().into_owned()
}

fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}

/// Normal dependencies of each crate of the workspace.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let used = package["dependencies"].as_array().expect("dependencies").iter().filter(|d| d["kind"].is_null());
            (
                package["name"].as_str().expect("a name").to_owned(),
                used.map(|d| d["name"].as_str().expect("a name").to_owned()).collect(),
            )
        })
        .collect()
}

#[test]
fn crates_depend_one_way() {
    let dependencies = dependencies();
    let names: BTreeSet<&str> = CRATES.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        dependencies.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        names,
        "a crate is missing in the table"
    );
    for (name, allowed) in CRATES {
        let used: BTreeSet<&str> =
            dependencies[*name].iter().map(String::as_str).filter(|used| names.contains(used)).collect();
        assert_eq!(used, allowed.iter().copied().collect(), "{name}");
    }
}

#[test]
fn pure_crates_have_no_runtime_client_or_database() {
    let dependencies = dependencies();
    for name in ["bellwether-model", "bellwether-extractors"] {
        for banned in NOT_PURE {
            assert!(!dependencies[name].contains(*banned), "{name} depends on {banned}");
        }
    }
    for folder in ["model/src", "extractors/src"] {
        for file in rust_files(&root().join(folder)) {
            for word in IO {
                assert!(!code(&file).contains(word), "{}: `{word}` in a pure room", relative(&file));
            }
        }
    }
}

#[test]
fn rooms_do_not_call_each_other() {
    let mut seen = BTreeSet::new();
    for file in rust_files(&root().join("src")) {
        let name = relative(&file);
        let room =
            name.trim_start_matches("src/").split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        if ["cli", "main", "lib"].contains(&room.as_str()) || LEAVES.contains(&room.as_str()) {
            continue;
        }
        let Some((_, allowed)) = ROOMS.iter().find(|(known, _)| *known == room) else {
            panic!("{name}: the room `{room}` is missing in the table");
        };
        seen.insert(room.clone());
        for (_, rest) in
            code(&file).match_indices("crate::").map(|(at, word)| (at, code(&file)[at + word.len()..].to_owned()))
        {
            for used in first_names(&rest) {
                let fine = used == room || LEAVES.contains(&used.as_str()) || allowed.contains(&used.as_str());
                assert!(fine, "{name}: `crate::{used}` is an edge that the table does not list");
            }
        }
    }
    assert_eq!(
        seen.iter().map(String::as_str).collect::<Vec<_>>(),
        ROOMS.iter().map(|(room, _)| *room).collect::<Vec<_>>()
    );
}

/// The first path segments behind `crate::`: one, or those of a group in braces.
fn first_names(rest: &str) -> Vec<String> {
    let segment =
        |text: &str| text.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    match rest.strip_prefix('{') {
        None => vec![segment(rest)],
        Some(group) => {
            let group = group.split(';').next().unwrap_or_default();
            let mut depth = 0;
            let mut names = vec![String::new()];
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => names.push(String::new()),
                    _ if depth == 0 => names.last_mut().expect("never empty").push(c),
                    _ => {}
                }
            }
            names.iter().map(|name| segment(name)).filter(|name| !name.is_empty()).collect()
        }
    }
}

#[test]
fn only_listed_rooms_read_and_remember() {
    for file in rust_files(&root().join("src")) {
        let name = relative(&file);
        let room =
            name.trim_start_matches("src/").split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let code = code(&file);
        if FOLD_ONLY.contains(&room.as_str()) {
            let uses = code.matches("bellwether_extractors").count();
            assert_eq!(
                uses,
                code.matches("bellwether_extractors::fold").count(),
                "{name}: only `fold` is open to this room"
            );
        } else if code.contains("bellwether_extractors") {
            assert!(EXTRACTORS.contains(&room.as_str()), "{name} uses the extractors");
        }
        // With the colons: names of metrics begin likewise.
        if code.contains("bellwether_store::") {
            assert!(STORE.contains(&room.as_str()), "{name} uses the store");
        }
    }
}

#[test]
fn only_doors_do_io() {
    for file in rust_files(&root().join("src")) {
        let name = relative(&file);
        if DOORS.iter().any(|door| name.starts_with(door)) {
            continue;
        }
        for word in IO {
            assert!(!code(&file).contains(word), "{name}: `{word}` in a file that is no door");
        }
    }
}

/// What makes a request or a connection, and the files that may: one for sources, one for receivers of alerts, one that
/// asks the process on this machine that holds the store.
const WAYS_OUT: &[(&str, &[&str])] = &[
    ("reqwest", &["src/alerts/channels/webhook.rs", "src/alerts/connector.rs", "src/cli/remote.rs"]),
    ("hyper_util::client", &["src/crawl/client.rs"]),
    ("hyper::client", &[]),
    ("TcpStream", &["src/crawl/connector.rs"]),
    ("TcpSocket", &[]),
    ("UdpSocket", &[]),
    ("UnixStream", &[]),
    ("lookup_host", &["src/alerts/connector.rs", "src/crawl/connector.rs"]),
    ("to_socket_addrs", &[]),
    ("ToSocketAddrs", &[]),
    ("ClientConfig", &["src/crawl/connector.rs"]),
    // To addresses that the connector of alerts has judged.
    ("AsyncSmtpConnection", &["src/alerts/channels/email.rs"]),
    ("tokio::process", &["src/alerts/channels/command.rs"]),
];

/// Where the store speaks to a database server, and nowhere else does anything of it make a connection.
const SERVER: &str = "store/src/server/";
/// What only these files may know.
const OF_SERVER: &[&str] = &["tokio_postgres", "deadpool_postgres", "ClientConfig"];

/// Clients that speak to the network by themselves: none of them may come into the tree, not even behind a library.
const OTHER_CLIENTS: &[&str] = &[
    "attohttpc",
    "async-h1",
    "awc",
    "chttp",
    "curl",
    "curl-sys",
    "hickory-resolver",
    "http_req",
    "isahc",
    "minreq",
    "native-tls",
    "openssl",
    "openssl-sys",
    "reqwest-middleware",
    "spider",
    "surf",
    "trust-dns-resolver",
    "ureq",
];

#[test]
fn requests_leave_by_few_files() {
    let files = rust_files(&root().join("src"));
    let mut wrong = Vec::new();
    for (word, allowed) in WAYS_OUT {
        let users: Vec<String> =
            files.iter().filter(|file| code(file).contains(word)).map(|file| relative(file)).collect();
        if users != *allowed {
            wrong.push(format!("`{word}` stands in {users:?}, and is allowed in {allowed:?}"));
        }
    }
    for file in ["model/src", "extractors/src", "store/src"].iter().flat_map(|room| rust_files(&root().join(room))) {
        let code = code(&file);
        let is_of_server = |word: &str| OF_SERVER.contains(&word) && relative(&file).starts_with(SERVER);
        for (word, _) in WAYS_OUT.iter().filter(|(word, _)| code.contains(*word) && !is_of_server(word)) {
            wrong.push(format!("`{word}` stands in {}", relative(&file)));
        }
    }
    for file in files.iter().cloned().chain(rust_files(&root().join("store/src"))) {
        let name = relative(&file);
        for word in OF_SERVER.iter().filter(|word| word.contains('_') && code(&file).contains(**word)) {
            if !name.starts_with(SERVER) {
                wrong.push(format!("`{word}` stands in {name}: only the files under {SERVER} know the server"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_other_http_client_is_in_the_tree() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("the lock file");
    let names: BTreeSet<&str> =
        lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    let found: Vec<&&str> = OTHER_CLIENTS.iter().filter(|name| names.contains(**name)).collect();
    assert!(found.is_empty(), "{found:?}");
}
