//! How a command ended: exit status, message, causes, hints.

use std::io::{self, Write};
use std::process::{ExitCode, Termination};

use bellwether_store::care::CareError;
use bellwether_store::{CommitError, OpenError};

use crate::config::ConfigError;

/// How a command ended, as DESIGN section 5.1 numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Done.
    Success,
    /// Done, but something failed or stands out that a person should see.
    Attention,
    /// Command line or configuration wrong.
    Usage,
    /// The environment failed, or a bug.
    Failure,
    /// A signal ended a command before it was done.
    Interrupted,
}

impl ExitStatus {
    /// [`ExitStatus::Attention`] where something stands out.
    pub(super) fn attention_if(stands_out: bool) -> Self {
        if stands_out { Self::Attention } else { Self::Success }
    }
}

impl Termination for ExitStatus {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Success => 0,
            Self::Attention => 1,
            Self::Usage => 2,
            Self::Failure => 3,
            Self::Interrupted => 130,
        })
    }
}

/// A command that is on the list and not yet built.
#[derive(Debug, thiserror::Error)]
#[error("`bellwether {0}` is not there yet")]
pub struct NotThereYet(pub &'static str);

/// Something on the command line that cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct UsageError {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl UsageError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Says a failure to the person, with causes and what to do, and gives the exit status that belongs to it.
#[must_use]
pub fn report_failure(failure: &anyhow::Error) -> ExitStatus {
    let mut message = format!("error: {failure}\n");
    for cause in failure.chain().skip(1) {
        message.push_str(&format!("  because: {cause}\n"));
    }
    for hint in hints(failure) {
        message.push_str(&format!("hint: {hint}\n"));
    }
    // Nobody is left to tell when standard error is closed.
    let _closed = io::stderr().write_all(message.as_bytes());
    let usage = failure.chain().any(|cause| cause.is::<ConfigError>() || cause.is::<UsageError>());
    if usage { ExitStatus::Usage } else { ExitStatus::Failure }
}

/// What to do about a server.
#[cfg(feature = "postgres")]
fn hint_of_server(cause: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    cause.downcast_ref::<bellwether_store::ServerError>().map(|error| {
        if error.may_pass {
            "see whether the server runs and can be reached from here, and start again; everything that was committed is kept"
        } else {
            "see what the server says of it (user, database, rights, password in PGPASSWORD), and start again"
        }
    })
}

/// Without stores on a server there is none that could fail.
#[cfg(not(feature = "postgres"))]
fn hint_of_server(_: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    None
}

fn hints(failure: &anyhow::Error) -> Vec<String> {
    let mut hints = Vec::new();
    for cause in failure.chain() {
        if let Some(ConfigError { hint: Some(hint), .. }) = cause.downcast_ref() {
            hints.push(hint.clone());
        } else if let Some(UsageError { hint: Some(hint), .. }) = cause.downcast_ref() {
            hints.push(hint.clone());
        } else if let Some(OpenError::InUse { .. }) = cause.downcast_ref() {
            hints.push("end that process first, or read from it: `events`, `watch flags`, `alerts list` and `report` ask it by themselves".to_owned());
        } else if let Some(CareError::Damaged { .. }) = cause.downcast_ref() {
            hints.push("no store was made of it; use another backup, and keep this one for a look".to_owned());
        } else if let Some(CareError::Newer { .. }) = cause.downcast_ref() {
            hints.push("use the newer bellwether that wrote it".to_owned());
        } else if let Some(OpenError::Damaged { .. }) = cause.downcast_ref() {
            hints.push("nothing was changed; put a copy of the folder aside before anything else is tried".to_owned());
            hints.push("`bellwether replay --into DIR` makes a new store of all that can still be read".to_owned());
        } else if let Some(CommitError::Closed(_)) = cause.downcast_ref() {
            hints.push(
                "everything that was committed is kept: start again, on a full disk after making room".to_owned(),
            );
        } else if let Some(OpenError::DamagedRecord { .. }) = cause.downcast_ref() {
            hints.push("nothing was changed; make a backup of the database with the server's own tools before anything else is tried".to_owned());
            hints.push("`bellwether replay --into STORE` makes a new store of all that can still be read".to_owned());
        } else if let Some(hint) = hint_of_server(cause) {
            hints.push(hint.to_owned());
        } else if let Some(OpenError::Newer { .. }) = cause.downcast_ref() {
            hints.push("use the newer bellwether that wrote it".to_owned());
        } else if let Some(cause) = cause.downcast_ref::<io::Error>() {
            match cause.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    hints.push(
                        "the disk is full: make room and start again; everything that was committed is kept".to_owned(),
                    );
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    hints.push("check who may write there".to_owned())
                }
                _ => {}
            }
        }
    }
    hints
}
