//! What the server would not do, in words.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{HookError, PoolError};
use tokio_postgres::error::SqlState;

/// Something that a PostgreSQL server would not do, or a server that cannot be reached.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the server {server}: cannot {action}: {what}")]
pub struct ServerError {
    /// Its address, without the password.
    pub server: Arc<str>,
    /// What was tried.
    pub action: &'static str,
    /// Why not, in the words of the server or of the network.
    pub what: String,
    /// Whether trying again may help: the connection was lost, or the server is just starting or ending.
    pub may_pass: bool,
}

/// Why something failed, before it is said of which server and what.
#[derive(Debug)]
pub(super) struct Cause {
    pub(super) what: String,
    pub(super) may_pass: bool,
}

impl Cause {
    pub(super) fn lasting(what: impl Into<String>) -> Self {
        Self { what: what.into(), may_pass: false }
    }

    /// Nothing came back in time.
    pub(super) fn late(after: Duration) -> Self {
        Self { what: format!("no answer within {} s", after.as_secs()), may_pass: true }
    }
}

impl From<tokio_postgres::Error> for Cause {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(told) = error.as_db_error() {
            let hint = told.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
            let what = format!("{}{hint} (SQLSTATE {})", told.message(), told.code().code());
            return Self { what, may_pass: passes(told.code()) };
        }
        // The outer text says at which step; what happened stands in the causes.
        let mut what = error.to_string();
        let mut cause = std::error::Error::source(&error);
        let mut is_of_network = error.is_closed();
        while let Some(inner) = cause {
            // A certificate that is not trusted is told as data that is not valid.
            let network = inner.downcast_ref::<io::Error>();
            is_of_network |= network.is_some_and(|error| error.kind() != io::ErrorKind::InvalidData);
            let text = inner.to_string();
            if !what.contains(&text) {
                what = format!("{what}: {text}");
            }
            cause = inner.source();
        }
        Self { what, may_pass: is_of_network }
    }
}

impl From<PoolError> for Cause {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => error.into(),
            PoolError::PostCreateHook(HookError::Message(what)) => Self::lasting(what),
            PoolError::Timeout(_) => Self { what: "no connection within the time".to_owned(), may_pass: true },
            other => Self::lasting(other.to_string()),
        }
    }
}

/// Whether an error passes by itself: connections that end (class 08, 57P), a lock or a transaction that was given up
/// (40, 55P03, 25P03), too many connections (53300). PostgreSQL 15, appendix A.
fn passes(code: &SqlState) -> bool {
    let code = code.code();
    code.starts_with("08")
        || code.starts_with("57P")
        || code.starts_with("40")
        || matches!(code, "55P03" | "25P03" | "53300")
}
