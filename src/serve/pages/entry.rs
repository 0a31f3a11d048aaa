//! What a browser needs besides pages: the cookie with its token, the style sheet.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::{Page, redirect};
use crate::serve::problem::Problem;
use crate::serve::query::Parts;
use crate::serve::{App, guard};
use crate::view;

/// Puts the token into a cookie of the browser, so that it need not stand in addresses.
pub(in crate::serve) async fn login(State(app): State<Arc<App>>, uri: Uri) -> Page {
    let parts = Parts::of(&uri, &["token"])?;
    let token = parts.text("token").unwrap_or_default();
    // Only visible ASCII can stand in a cookie; a token with other characters goes into the Authorization header.
    let fits = token.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'"' | b'\\'));
    if !fits || !app.gate.is_token(token) {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "this is not the token",
            "open /login?token=TOKEN with the token of the table [serve] of sources.toml",
        ));
    }
    let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict", guard::COOKIE);
    let mut response = redirect("/");
    response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_str(&cookie).map_err(|_| Problem::bug())?);
    Ok(response)
}

/// The style sheet of all pages.
pub(in crate::serve) async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "private, max-age=300")];
    (headers, view::STYLE).into_response()
}
