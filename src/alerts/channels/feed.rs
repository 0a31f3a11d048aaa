//! A feed as a file: Atom (RFC 4287) or JSON Feed 1.1, the newest entries first. The file is replaced as a whole, so that
//! whoever reads it sees the old one or the new one.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bellwether_model::alert::Alert;
use serde_json::{Value, json};

use crate::alerts::delivery::blocking;
use crate::alerts::fit::{Room, Unit, html, plain};
use crate::alerts::message::Message;
use crate::alerts::schedule::Answer;
use crate::settings::FeedForm;

const ROOM: Room = Room { most: 10_000, unit: Unit::Characters, escape: plain };
const TITLE: Room = Room { most: 300, unit: Unit::Characters, escape: plain };

/// A feed.
#[derive(Clone)]
pub(in crate::alerts) struct Feed {
    path: PathBuf,
    form: FeedForm,
    /// Entries kept.
    entries: usize,
    /// Its name for readers of feeds.
    name: String,
    /// BCP 47 tag of its language.
    language: &'static str,
}

impl Feed {
    pub(super) fn new(path: &Path, form: FeedForm, entries: usize, name: &str, language: &'static str) -> Self {
        Self { path: path.to_owned(), form, entries, name: name.to_owned(), language }
    }

    pub(super) async fn send(&self, alert: &Alert, message: &Message) -> Answer {
        let (feed, alert, message) = (self.clone(), alert.clone(), message.clone());
        let written = blocking(move || feed.write(&alert, &message)).await;
        let path = self.path.display();
        written.map_or_else(|cause| Answer::failed(format!("cannot write `{path}`: {cause}")), |()| Answer::Taken)
    }

    fn write(&self, alert: &Alert, message: &Message) -> io::Result<()> {
        let old = match std::fs::read_to_string(&self.path) {
            Ok(old) => old,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => String::new(),
            Err(cause) => return Err(cause),
        };
        let new = match self.form {
            FeedForm::Atom => self.atom(&old, alert, message),
            FeedForm::Json => self.json(&old, alert, message),
        };
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let beside = folder.join(format!(".{name}.new"));
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(new.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(beside, &self.path)
    }

    /// The feed with one more entry. An entry of the same alert is replaced.
    fn atom(&self, old: &str, alert: &Alert, message: &Message) -> String {
        let id = format!("<id>urn:bellwether:alert:{}</id>", html(alert.id.as_str()));
        let link = message.link.as_deref().map(|link| format!("<link rel=\"alternate\" href=\"{}\"/>\n", html(link)));
        let entry = format!(
            "<entry>\n{id}\n<title>{}</title>\n<updated>{at}</updated>\n<published>{at}</published>\n{}<category term=\"{}\"/>\n\
             <content type=\"text\">{}</content>\n</entry>\n",
            html(&TITLE.line(&message.first, TITLE.most).text),
            link.unwrap_or_default(),
            alert.kind.name(),
            html(&ROOM.fit(message)),
            at = alert.created,
        );
        // The file is this program's own writing, in which signs of markup are escaped: entries are found by their tags.
        let kept =
            old.split("<entry>").skip(1).filter_map(|rest| rest.split_once("</entry>").map(|(inside, _)| inside));
        let kept = kept.filter(|inside| !inside.contains(&id)).take(self.entries.saturating_sub(1));
        let kept: String = kept.map(|inside| format!("<entry>{inside}</entry>\n")).collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
             <id>urn:bellwether:channel:{name}</id>\n<title>{name}</title>\n<updated>{}</updated>\n\
             <author><name>bellwether</name></author>\n{entry}{kept}</feed>\n",
            self.language,
            alert.created,
            name = html(&self.name),
        )
    }

    fn json(&self, old: &str, alert: &Alert, message: &Message) -> String {
        let old: Value = serde_json::from_str(old).unwrap_or_default();
        let id = format!("urn:bellwether:alert:{}", alert.id);
        let mut entry = json!({
            "id": id,
            "title": TITLE.line(&message.first, TITLE.most).text,
            "content_text": ROOM.fit(message),
            "date_published": alert.created,
            "tags": [alert.kind.name()],
        });
        if let Some(link) = &message.link {
            entry["external_url"] = json!(link);
        }
        let kept = old["items"].as_array().into_iter().flatten().filter(|item| item["id"] != id).cloned();
        let items: Vec<Value> = std::iter::once(entry).chain(kept).take(self.entries.max(1)).collect();
        let feed = json!({
            "version": "https://jsonfeed.org/version/1.1", "title": self.name, "language": self.language, "items": items,
        });
        format!("{feed:#}\n")
    }
}
