//! A command of this machine: the alert as JSON on its standard input. No shell reads it; its exit status is the answer.

use std::process::Stdio;
use std::time::Duration;

use bellwether_model::alert::Alert;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command as Process};

use crate::alerts::envelope;
use crate::alerts::fit::{Room, Unit, plain};
use crate::alerts::message::Message;
use crate::alerts::schedule::Answer;
use crate::describe;

/// What a command is told of the environment. The rest may hold the secrets of other channels.
const ENVIRONMENT: [&str; 5] = ["PATH", "HOME", "LANG", "LC_ALL", "TZ"];
const ROOM: Room = Room { most: 10_000, unit: Unit::Characters, escape: plain };
/// Bytes of its standard error that are looked at.
const MAX_WORDS: u64 = 4_096;

/// A command.
pub(in crate::alerts) struct Command {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
}

impl Command {
    pub(super) fn new(program: &str, arguments: &[String], timeout: Duration) -> Self {
        Self { program: program.to_owned(), arguments: arguments.to_vec(), timeout }
    }

    pub(super) async fn send(&self, alert: &Alert, message: &Message) -> Answer {
        let mut input: Value = serde_json::from_str(&envelope::body(alert)).unwrap_or_default();
        input["id"] = json!(alert.id);
        input["text"] = json!(ROOM.fit(message));
        let environment = ENVIRONMENT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?)));
        let child = Process::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .envs(environment)
            .env("BELLWETHER_ALERT_ID", alert.id.as_str())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let child = match child {
            Ok(child) => child,
            Err(cause) => return Answer::failed(format!("cannot run `{}`: {cause}", self.program)),
        };
        // Beyond its time the command is dropped, which kills it.
        match tokio::time::timeout(self.timeout, talk(child, input.to_string())).await {
            Ok(Ok(())) => Answer::Taken,
            Ok(Err(reason)) => Answer::failed(format!("`{}` {reason}", self.program)),
            Err(_) => Answer::failed(format!("`{}` did not end within {:?}", self.program, self.timeout)),
        }
    }
}

/// Hands the input over and waits for the end.
async fn talk(mut child: Child, input: String) -> Result<(), String> {
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // A command that does not read its input to the end is judged by its status all the same.
            let _closed_early = stdin.write_all(input.as_bytes()).await;
        }
    };
    let read = async {
        let mut words = Vec::new();
        if let Some(stderr) = stderr {
            let mut stderr = stderr.take(MAX_WORDS);
            // What cannot be read is missing in the message only.
            let _unread = stderr.read_to_end(&mut words).await;
            let _rest = tokio::io::copy(stderr.get_mut(), &mut tokio::io::sink()).await;
        }
        words
    };
    let (words, (), status) = tokio::join!(read, write, child.wait());
    let status = status.map_err(|cause| format!("cannot be waited for: {cause}"))?;
    if status.success() {
        return Ok(());
    }
    let words = describe::plain(&String::from_utf8_lossy(&words));
    Err(if words.is_empty() { format!("ended with {status}") } else { format!("ended with {status}: {words}") })
}
