//! Events as an Atom feed (RFC 4287): one entry an event, under the event's lasting name.

use bellwether_model::event::Fact;
use bellwether_model::web::CanonicalUrl;
use jiff::Timestamp;

use crate::view::wording::{self, DisplayLanguage};
use crate::view::{self, EventView, amounts};

/// A feed of events in this order. `updated` stands for the feed where there is no event.
#[must_use]
pub fn atom(events: &[EventView], language: DisplayLanguage, updated: Timestamp) -> String {
    let updated = events.iter().map(|view| view.event.changed).max().unwrap_or(updated);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    out.push_str(&format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<id>urn:bellwether:events</id>\n<title>{}</title>\n\
         <updated>{updated}</updated>\n<author><name>bellwether</name></author>\n",
        language.tag(),
        language.pick("貿易事件", "Trade events"),
    ));
    for view in events {
        entry(&mut out, view, language);
    }
    out.push_str("</feed>\n");
    out
}

fn entry(out: &mut String, view: &EventView, language: DisplayLanguage) {
    let event = &view.event;
    out.push_str(&format!(
        "<entry>\n<id>urn:bellwether:event:{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<published>{}</published>\n",
        escape(event.id.as_str()),
        escape(&title(view, language)),
        event.changed,
        event.first_seen,
    ));
    let best = view::best_mention(&view.mentions);
    if let Some(best) = best
        && let Ok(url) = CanonicalUrl::parse(&best.url)
    {
        let (href, title) = (escape(url.as_str()), escape(&best.title));
        out.push_str(&format!("<link rel=\"alternate\" href=\"{href}\" title=\"{title}\"/>\n"));
    }
    // An entry without a link must have content (RFC 4287, 4.1.2).
    let words = best.map_or("", |best| best.evidence.text.as_str());
    out.push_str(&format!("<content type=\"text\">{}</content>\n", escape(words)));
    out.push_str(&format!("<category term=\"{}\"/>\n</entry>\n", super::csv::code(&view.kind)));
}

fn title(view: &EventView, language: DisplayLanguage) -> String {
    match &view.event.fact {
        Fact::Figure(figure) => {
            let subject = wording::subject(figure, language);
            let period = wording::period(&figure.period, language);
            let number = amounts::number(figure, language);
            let mut title =
                language.pick(format!("{subject}（{period}）{number}"), format!("{subject}, {period}: {number}"));
            if let Some(status) = wording::status(figure, language) {
                title.push_str(&language.pick(format!("【{status}】"), format!(" [{status}]")));
            }
            title
        }
        Fact::Statement(said) => {
            language.pick(format!("{}：{}", said.name, said.text), format!("{}: {}", said.name, said.text))
        }
        Fact::Policy(action) => action.subject.clone(),
    }
}

/// Text of XML 1.0: signs escaped, characters that XML cannot hold left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c < ' ' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_fits_xml() {
        assert_eq!(escape("<a href=\"x\">&\u{0}\u{b}'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    }
}
