//! JSON Feed, versions 1 and 1.1.

use bellwether_model::web::CanonicalUrl;
use jiff::tz::TimeZone;
use serde_json::Value;
use url::Url;

use super::{Entry, Feed, time};

/// Reads a feed. `None`: the text is no JSON, or no feed.
pub(super) fn read(text: &str, base: Option<&Url>, zone: Option<&TimeZone>) -> Option<Feed> {
    let value: Value = serde_json::from_str(text.trim()).ok()?;
    let items = value.get("items")?.as_array()?;
    let own = value.get("feed_url").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
    let base = base.cloned().or(own);
    Some(Feed {
        title: string(&value, "title"),
        entries: items.iter().map(|item| entry(item, base.as_ref(), zone)).collect(),
        problems: Vec::new(),
    })
}

fn entry(item: &Value, base: Option<&Url>, zone: Option<&TimeZone>) -> Entry {
    let link = string(item, "url").or_else(|| string(item, "external_url"));
    let absolute = |link: String| match base {
        Some(base) => CanonicalUrl::parse(base.join(&link).ok()?.as_str()).ok(),
        None => CanonicalUrl::parse(&link).ok(),
    };
    let name = |author: &Value| string(author, "name");
    let listed = item.get("authors").and_then(Value::as_array).map(|authors| authors.iter().filter_map(name).collect());
    Entry {
        // Version 1 let publishers write numbers.
        id: string(item, "id").or_else(|| item.get("id").filter(|id| id.is_number()).map(Value::to_string)),
        title: string(item, "title"),
        url: link.and_then(absolute),
        published: string(item, "date_published").and_then(|field| time(&field, zone)),
        updated: string(item, "date_modified").and_then(|field| time(&field, zone)),
        authors: listed.unwrap_or_else(|| item.get("author").and_then(name).into_iter().collect()),
        content: ["content_html", "content_text", "summary"].into_iter().find_map(|key| string(item, key)),
    }
}

fn string(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}
