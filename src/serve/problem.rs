//! What a reader is told when there is no answer: what is wrong and what to do, as JSON below `/api`, else as a page.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Json, Response};
use bellwether_store::ReadError;
use serde::Serialize;

/// A request that cannot be answered. Travels with the response until its form is known.
#[derive(Debug, Clone, Serialize, Template)]
#[template(path = "problem.html")]
pub(super) struct Problem {
    #[serde(skip)]
    pub(super) status: StatusCode,
    pub(super) error: String,
    pub(super) hint: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { status, error: error.into(), hint: hint.into() }
    }

    /// A query that cannot be understood.
    pub(super) fn query(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, hint)
    }

    /// A name that the store does not hold.
    pub(super) fn missing(what: &str, name: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("there is no {what} `{name}`"),
            "look for its name in the list; an event keeps its name for ever",
        )
    }

    pub(super) fn store(error: &ReadError) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            error.to_string(),
            "stop the program and start it again: damaged views are built anew from the journal",
        )
    }

    pub(super) fn bug() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the answer could not be made",
            "this is a mistake of the program; the log says where it happened",
        )
    }

    /// The whole answer, in the form that the address asks for.
    pub(super) fn reply(self, path: &str) -> Response {
        let status = self.status;
        let mut response = if path == "/api" || path.starts_with("/api/") || matches!(path, "/healthz" | "/readyz") {
            Json(&self).into_response()
        } else {
            match self.render() {
                Ok(page) => Html(page).into_response(),
                Err(_) => format!("{}\n{}\n", self.error, self.hint).into_response(),
            }
        };
        *response.status_mut() = status;
        if status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// For addresses that lead nowhere.
pub(super) async fn no_such_page(uri: Uri) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        format!("there is nothing at `{}`", uri.path()),
        "the pages start at /, the API at /api",
    )
}
