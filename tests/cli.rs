//! The command line from outside: help, configuration with mistakes, two processes on one store, odd input.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod support;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use support::{Home, Pages, Site, sources_of_pages, text};

const COMMANDS: &[&str] = &[
    "run",
    "crawl",
    "demo",
    "extract",
    "quantities",
    "explain",
    "ingest",
    "sources",
    "events",
    "watch",
    "alerts",
    "report",
    "export",
    "search",
    "replay",
    "serve",
    "store",
    "rules",
    "schema",
    "mcp",
];

fn program(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_bellwether")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn every_command_has_help() {
    let overview = text(&program(&["--help"]).stdout);
    for command in COMMANDS {
        assert!(overview.contains(&format!("\n  {command} ")), "{command} is missing in --help");
        let help = program(&[command, "--help"]);
        assert_eq!(help.status.code(), Some(0));
        assert!(text(&help.stdout).contains("Usage: bellwether"), "{command}");
    }
}

#[test]
fn what_is_not_there_yet_says_so_and_exits_3() {
    for arguments in [&["mcp"][..], &["export", "--format", "parquet"]] {
        let output = program(arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert!(text(&output.stderr).contains("is not there yet"), "{}", text(&output.stderr));
    }
}

#[test]
fn a_mistake_in_the_configuration_is_named_with_its_line() {
    let home =
        Home::new("[[source]]\nid = \"a\"\nkind = \"page\"\nurl = \"https://example.org/\"\nevry = \"10m\"\n", "");
    let output = home.run(&["sources", "list"]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains("sources.toml:5") && message.contains("`evry`") && message.contains("did you mean `every`?"),
        "{message}"
    );
}

#[test]
fn wrong_values_name_table_and_key() {
    for (toml, wanted) in [
        ("[[source]]\nid = \"a\"\nkind = \"page\"\nurl = \"ftp://example.org/\"\n", "source `a`: url"),
        ("[[source]]\nid = \"a\"\nkind = \"forum\"\nurl = \"https://example.org/\"\n", "source `a`: engine"),
        (
            "[[source]]\nid = \"a\"\nkind = \"page\"\nurl = \"https://example.org/\"\nevery = \"soon\"\n",
            "source `a`: every",
        ),
        (
            "[[source]]\nid = \"a\"\nkind = \"page\"\nurl = \"https://example.org/\"\n[[source]]\nid = \"b\"\nkind = \"listing\"\nurl = \"HTTPS://example.org\"\n",
            "source `b`: url: `https://example.org/` is the address of source `a` too",
        ),
        (
            "[[source]]\nid = \"a\"\nkind = \"page\"\nurl = \"https://me:secret@example.org/\"\n",
            "source `a`: url: a name and password in an address are not sent",
        ),
        ("[serve]\nlisten = \"0.0.0.0:8787\"\n", "[serve] listen"),
        ("[crawler]\nallow_private = [\"localhost\"]\n", "[crawler] allow_private"),
        (
            "[crawler]\ngap = \"0s\"\n[[source]]\nid = \"a\"\nkind = \"page\"\nurl = \"http://127.0.0.1:1/\"\n[[source]]\nid = \"b\"\nkind = \"page\"\nurl = \"https://example.org/\"\n",
            "[crawler] gap: 0 ms is shorter than the 1 s that hosts other than this machine are given, and source `b` is at https://example.org",
        ),
        (
            "[crawler]\nconnections_per_host = 5\n[[source]]\nid = \"b\"\nkind = \"page\"\nurl = \"https://example.org/\"\n",
            "[crawler] connections_per_host: 5 is more than the 4",
        ),
        ("[crawler]\ncertificates = [\"absent.pem\"]\n", "[crawler] certificates"),
        ("[crawler]\ncertificates = [\"sources.toml\"]\n", "holds no certificate"),
        (
            "[[source]]\nid = \"a\"\nkind = \"page\"\nurl = \"https://example.org/${NO_SUCH_VARIABLE}\"\n",
            "NO_SUCH_VARIABLE",
        ),
    ] {
        let output = Home::new(toml, "").run(&["sources", "list"]);
        assert_eq!(output.status.code(), Some(2), "{toml}");
        assert!(text(&output.stderr).contains(wanted), "{}", text(&output.stderr));
    }
}

#[test]
fn a_missing_configuration_says_what_to_do() {
    let output = program(&["--config", "/nonexistent", "sources", "list"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("hint: name the folder"), "{}", text(&output.stderr));
}

#[test]
fn the_shipped_configuration_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = |file: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let check = |sources: &str| {
        std::fs::write(folder.path().join("sources.toml"), sources).unwrap();
        program(&["--config", folder.path().to_str().unwrap(), "sources", "check", "--format", "jsonl"])
    };
    // All that is left to do is what a person must: say where site owners reach them.
    let without = check(&shipped("sources.toml"));
    assert_eq!(without.status.code(), Some(1), "{}", text(&without.stderr));
    let said = text(&without.stderr);
    assert!(said.contains("7 of 7 sources are not asked") && said.contains("hint: set contact"), "{said}");
    let with = check(&shipped("sources.toml").replace("# contact =", "contact ="));
    assert_eq!(with.status.code(), Some(0), "{}", text(&with.stderr));
    let items = program(&["--config", env!("CARGO_MANIFEST_DIR"), "watch", "list", "--format", "jsonl"]);
    assert_eq!(text(&items.stdout).lines().count(), 10);
}

#[test]
fn schemas_are_json_schemas() {
    for file in ["sources", "watchlist"] {
        let schema: serde_json::Value = serde_json::from_slice(&program(&["schema", file]).stdout).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["additionalProperties"], false);
    }
}

#[test]
fn quantities_answers_line_by_line() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .arg("quantities")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all("{\"id\":\"a\",\"lang\":\"zh\",\"text\":\"百分之二十\",\"reference\":null}\n".as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["id"], "a");
    assert!(
        answer["quantities"].as_array().unwrap().iter().any(|q| q["kind"] == "percent" && q["value"] == 20),
        "{answer}"
    );
}

#[test]
fn an_unreachable_host_is_named_and_loses_nothing() {
    let pages = Pages::default();
    pages.put(
        "/a.html",
        "<html><title>A page</title><p>Some words that stand on this page for the test to find.</p></html>",
    );
    let site = Site::of_pages(&pages);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut toml = sources_of_pages(&site, &[("here", "/a.html", "")])
        .replace("allow_private = [", &format!("allow_private = [\"{closed}\", "));
    toml.push_str(&format!("\n[[source]]\nid = \"gone\"\nkind = \"page\"\nurl = \"http://{closed}/\"\n"));
    let home = Home::new(&toml, "");
    let output = home.run(&["crawl", "--all"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains(&closed.to_string()), "{}", text(&output.stderr));
    let check = home.run(&["sources", "check", "--format", "jsonl"]);
    assert_eq!(check.status.code(), Some(1));
    let rows = text(&check.stdout);
    assert!(rows.contains("\"healthy\""), "{rows}");
}

#[test]
fn a_page_that_lies_about_its_charset_and_a_huge_line_are_read() {
    let words = "財政部公布2025年5月出口517.4億美元，年增38.6%，創下歷年同月新高。";
    let pages = Pages::default();
    pages.put(
        "/big5.html",
        format!("<html><head><meta charset='big5'><title>出口</title></head><body><p>{words}</p></body></html>"),
    );
    pages.put("/line.txt", format!("{words}{}", "長".repeat(10_000_000 / 3)));
    let site = Site::of_pages(&pages);
    let home = Home::new(
        &sources_of_pages(&site, &[("big5", "/big5.html", "area = \"TW\""), ("line", "/line.txt", "area = \"TW\"")]),
        "",
    );
    let output = home.run(&["crawl", "--all"]);
    // The huge line is over the limit of a page: refused with a message, and the other page is read all the same.
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let events = home.events();
    assert!(
        events
            .iter()
            .any(|event| event["figure"]["value"].as_f64() == Some(51.74e9) && event["figure"]["flow"] == "exports"),
        "{events:?}"
    );
}

#[test]
fn a_second_process_is_told_who_holds_the_store_and_readers_ask_it() {
    let pages = Pages::default();
    pages.put("/a.html", "<html><head><meta charset='utf-8'><title>出口</title></head><body><p>財政部公布2025年5月出口517.4億美元，年增38.6%。</p></body></html>");
    let site = Site::of_pages(&pages);
    let home = Home::new(&sources_of_pages(&site, &[("page", "/a.html", "area = \"TW\"")]), "");
    assert_eq!(home.run(&["crawl", "--all"]).status.code(), Some(0));
    let wanted = home.events();
    assert!(!wanted.is_empty());

    let mut holder = home.start(&["run"]);
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(holder.stderr.take().unwrap()));
    let announced = lines.by_ref().map(Result::unwrap).find(|line| line.contains("dashboard at")).unwrap();
    let drained = std::thread::spawn(move || lines.count());
    assert_eq!(home.events(), wanted, "asked through {announced}");
    let second = home.run(&["crawl", "--all"]);
    assert_eq!(second.status.code(), Some(3));
    assert!(
        text(&second.stderr).contains("in use by another process") && text(&second.stderr).contains("hint:"),
        "{}",
        text(&second.stderr)
    );

    let ended = Command::new("kill").args(["-TERM", &holder.id().to_string()]).status().unwrap();
    assert!(ended.success());
    assert_eq!(holder.wait().unwrap().code(), Some(0), "a signal ends `run` cleanly");
    drained.join().unwrap();
}

#[test]
fn a_change_that_cannot_be_taken_over_leaves_what_is_in_force() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Home::new("[serve]\nlisten = \"127.0.0.1:0\"\n", "");
    let mut running = home.start(&["run"]);
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(running.stderr.take().unwrap()));
    let mut until = |words: &str| lines.by_ref().map(Result::unwrap).find(|line| line.contains(words));
    assert!(until("following 0 sources").is_some());
    let write = |toml: &str| std::fs::write(home.path().join("sources.toml"), toml).unwrap();

    write(&format!("[serve]\nlisten = \"{}\"\n", taken.local_addr().unwrap()));
    let refused = until("the configuration in force is kept").unwrap();
    assert!(refused.contains("cannot listen on"), "{refused}");
    write("[serve]\nlistn = \"127.0.0.1:0\"\n");
    let refused = until("the configuration in force is kept").unwrap();
    assert!(refused.contains("sources.toml:2") && refused.contains("did you mean `listen`?"), "{refused}");
    write("[crawler]\nstore = \"elsewhere\"\n[serve]\nlisten = \"127.0.0.1:0\"\n");
    assert!(until("by the next start").is_some());
    assert!(until("following 0 sources").is_some());
    assert!(!home.path().join("elsewhere").exists());

    assert!(Command::new("kill").args(["-TERM", &running.id().to_string()]).status().unwrap().success());
    assert!(until("no such line").is_none(), "standard error ends with the process");
    assert_eq!(running.wait().unwrap().code(), Some(0));
}

#[test]
fn a_manifest_with_a_mistake_is_refused_whole() {
    let home = Home::new("", "");
    std::fs::write(home.path().join("a.txt"), "財政部公布2025年5月出口517.4億美元。").unwrap();
    let manifest = home.path().join("manifest.jsonl");
    std::fs::write(
        &manifest,
        "{\"id\":\"a\",\"path\":\"a.txt\"}\n{\"id\":\"b\",\"path\":\"a.txt\",\"url\":\"nowhere\"}\n",
    )
    .unwrap();
    let output = home.run(&["ingest", "--manifest", manifest.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("document `b` of the manifest: `nowhere`"), "{}", text(&output.stderr));
    assert!(!home.path().join("data").exists(), "nothing was kept");
}

#[test]
fn a_demonstration_does_not_write_over_a_configuration() {
    let home = Home::new("# mine\n", "");
    let output = program(&["demo", "--once", "--listen", "127.0.0.1:0", "--keep", home.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("is there already"), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_to_string(home.path().join("sources.toml")).unwrap(), "# mine\n");
}

#[test]
fn a_store_that_is_not_there_yet_is_said() {
    let home = Home::new("", "");
    let output = home.run(&["events", "list"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no store"), "{}", text(&output.stderr));
    assert!(!home.path().join("data").exists(), "a read makes nothing");
}

#[test]
fn an_interrupted_pass_ends_with_130() {
    // A server that takes the connection and never answers: the pass is under way when the signal comes.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let home = Home::new(
        &format!(
            "[crawler]\nallow_private = [\"{address}\"]\n\n[[source]]\nid = \"silent\"\nkind = \"page\"\nurl = \"http://{address}/\"\n"
        ),
        "",
    );
    let mut pass = home.start(&["crawl", "--all"]);
    let (_connection, _) = silent.accept().unwrap();
    assert!(Command::new("kill").args(["-INT", &pass.id().to_string()]).status().unwrap().success());
    assert_eq!(pass.wait().unwrap().code(), Some(130));
}
