//! A report as HTML: a fragment for the dashboard, or a page that stands alone. The templates escape.

use askama::Template;

use super::layout::{Block, Inline, Layout};
use crate::view::STYLE;

#[derive(Template)]
#[template(path = "briefing_body.html")]
struct Body<'a> {
    layout: &'a Layout,
}

#[derive(Template)]
#[template(path = "briefing_page.html")]
struct Page<'a> {
    layout: &'a Layout,
    body: String,
    style: &'static str,
}

impl Body<'_> {
    /// Quotation marks of the report's language.
    fn marks(&self) -> (&'static str, &'static str) {
        self.layout.language.pick(("「", "」"), ("“", "”"))
    }
}

/// The report as a part of a page.
pub(super) fn body(layout: &Layout) -> String {
    Body { layout }.render().expect("a template that writes to memory renders")
}

/// The report as a page with its own style.
pub(super) fn page(layout: &Layout) -> String {
    Page { layout, body: body(layout), style: STYLE }.render().expect("a template that writes to memory renders")
}
