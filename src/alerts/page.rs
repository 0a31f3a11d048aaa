//! A message as a small page of HTML, for mail and Matrix. Pure.

use super::fit::html;
use super::message::Message;

/// The first line in bold, further lines as paragraphs, the link. As many lines as fit into so many bytes.
pub(super) fn page(message: &Message, most: usize) -> String {
    let link = message.link.as_deref().map(html).map(|link| format!("<p><a href=\"{link}\">{link}</a></p>\n"));
    let link = link.unwrap_or_default();
    let mut page = format!("<p><strong>{}</strong></p>\n", html(&message.first));
    for line in &message.lines {
        let line = format!("<p>{}</p>\n", html(line));
        if page.len() + line.len() + link.len() > most {
            page.push_str(&format!("<p>{}</p>\n", html(&message.cut)));
            break;
        }
        page.push_str(&line);
    }
    page + &link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_pages_stay_words() {
        let message = Message {
            title: String::new(),
            first: "<script>alert(1)</script>".into(),
            lines: vec!["a & b".into(), "c".repeat(100)],
            link: Some("https://a.example/?x=\"><b>".into()),
            cut: "…".into(),
        };
        let told = page(&message, 220);
        assert!(!told.contains("<script>") && !told.contains("<b>"), "{told}");
        assert!(told.contains("a &amp; b") && told.contains("<p>…</p>") && !told.contains("ccc"), "{told}");
    }
}
