//! Links of a page by a search for bytes: the fastest there is, for the loop that we are compared with and for us.

/// Paths of a page's links, in order, those of other sites left out.
pub(crate) fn paths(page: &str) -> impl Iterator<Item = &str> {
    page.split("<a href=\"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|path| path.starts_with('/'))
}
