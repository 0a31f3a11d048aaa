//! One entry of an RSS feed that was saved as a page: `<item>…</item>` or `<entry>…</entry>` alone.

use jiff::tz::TimeZone;

use super::draft::Draft;
use super::spacing::collapse;
use super::{dates, html, meta};

/// Whether a text is such an entry.
pub(crate) fn is_item(text: &str) -> bool {
    let text = text.trim_start();
    ["<item>", "<item ", "<entry>", "<entry "].iter().any(|open| text.starts_with(open))
}

/// Reads the entry. The address that it names is the page's own and that of the original that the copy carries.
pub(crate) fn read(text: &str, zone: Option<&TimeZone>) -> Draft {
    let plain = |name: &str| {
        element(text, name).map(|content| collapse(&meta::unescape(&content))).filter(|text| !text.is_empty())
    };
    let link = plain("link").or_else(|| plain("guid").filter(|id| id.starts_with("http")));
    let content = ["content:encoded", "content", "description", "summary"].iter().find_map(|name| element(text, name));
    let mut draft = html::fragment(content.as_deref().unwrap_or_default(), link.as_deref(), zone);
    draft.title = plain("title").unwrap_or_default();
    draft.published = ["pubDate", "published", "dc:date", "updated"]
        .iter()
        .find_map(|name| dates::parse(&plain(name)?, zone))
        .or(draft.published);
    if let Some(author) = plain("dc:creator").or_else(|| plain("author")) {
        draft.authors = super::byline::of_field(&author, &[]);
    }
    draft.publisher = plain("source").or_else(|| plain("dc:publisher"));
    draft.canonical.clone_from(&link);
    draft.cites = link;
    draft
}

/// The content of the first element of this name: of a CDATA section as it stands, else with references resolved.
fn element(text: &str, name: &str) -> Option<String> {
    let open = text.match_indices(&format!("<{name}")).find_map(|(place, found)| {
        let rest = &text[place + found.len()..];
        rest.starts_with(|c: char| c == '>' || c.is_whitespace()).then_some(rest)
    })?;
    let content = &open[open.find('>')? + 1..];
    let trimmed = content.trim_start();
    if let Some(data) = trimmed.strip_prefix("<![CDATA[") {
        return Some(data[..data.find("]]>").unwrap_or(data.len())].to_owned());
    }
    let end = content.find(&format!("</{name}"))?;
    Some(meta::unescape(&content[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::draft::Piece;

    #[test]
    fn an_entry_is_read_with_its_address_and_time() {
        let text = "<item>\n <title>\n  出口增長 &amp; 進口\n </title><link>https://news.example.hk/1-20241101.htm</link>\
            <description><![CDATA[<div><img alt=\"圖說\"><div class=\"itemFullText\">第一段。<br/>\n<br/>\n第二段。</div>\
            <p>原始網址：<a href=\"https://news.example.hk/1-20241101.htm\">https://news.example.hk/1-20241101.htm</a></p></div>]]></description>\
            <pubDate>Fri, 01 Nov 2024 09:26:00 +0800</pubDate></item>";
        assert!(is_item(text));
        let draft = read(text, None);
        assert_eq!(draft.title, "出口增長 & 進口");
        assert_eq!(draft.cites.as_deref(), Some("https://news.example.hk/1-20241101.htm"));
        assert_eq!(draft.published.map(|time| time.local.to_string()).as_deref(), Some("2024-11-01T09:26:00"));
        assert_eq!(draft.pieces, [Piece::paragraph("第一段。"), Piece::paragraph("第二段。")]);
    }

    #[test]
    fn a_broken_entry_is_no_disaster() {
        for text in ["<item>", "<item><title>a", "<item><link></item>", "<item><description><![CDATA[<b>x"] {
            assert!(read(text, None).title.len() <= 1);
        }
    }
}
