//! The weekly briefing as a page.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;

use super::{Page, page, redirect};
use crate::serve::App;
use crate::serve::query::{self, Parts};
use crate::view;
use crate::view::reports::{Asked, ReportFormat, Week};

#[derive(Template)]
#[template(path = "report.html")]
struct Report {
    week: String,
    previous: String,
    next: String,
    language: &'static str,
    other_language: &'static str,
    title: String,
    body: String,
}

/// The report of the present week.
pub(in crate::serve) async fn report_index(State(app): State<Arc<App>>) -> Response {
    redirect(&format!("/report/{}", Week::of(view::utc_day(app.clock.now()))))
}

pub(in crate::serve) async fn report(State(app): State<Arc<App>>, Path(week): Path<String>, uri: Uri) -> Page {
    let week = query::week(&week)?;
    let parts = Parts::of(&uri, &["lang"])?;
    let (language, _) = query::report(&parts, ReportFormat::Html)?;
    let now = app.clock.now();
    let fragment = app
        .read(move |app| {
            app.besides.reports.fragment(&app.store, &Asked { watch: &app.settings.watch, week, language, now })
        })
        .await?;
    page(&Report {
        week: week.to_string(),
        previous: week.previous().to_string(),
        next: week.next().to_string(),
        language: language.tag(),
        other_language: language.pick("en", "zh-TW"),
        title: fragment.title,
        body: fragment.html,
    })
}
