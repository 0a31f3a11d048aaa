//! Telegram's Bot API, `sendMessage`. The bot's token is a part of the address. Telegram knows no key by which it would
//! see that a message comes a second time: an attempt whose answer is lost is seen twice.

use std::net::SocketAddr;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;

use crate::alerts::AlertsError;
use crate::alerts::connector::{Http, json_body};
use crate::alerts::fit::{Room, Unit, plain};
use crate::alerts::message::Message;
use crate::alerts::schedule::{Answer, Fate};

/// Length of a text; counted in UTF-16, as Telegram counts places in it.
const ROOM: Room = Room { most: 4_096, unit: Unit::Utf16, escape: plain };
/// What Telegram says of a text that it will never take.
const REFUSED: &[&str] = &["message is too long", "message text is empty", "can't parse"];

/// A chat of Telegram.
pub(in crate::alerts) struct Telegram {
    http: Http,
    chat: String,
}

impl Telegram {
    /// `server`: `https://api.telegram.org`, or a Bot API server of one's own.
    pub(super) fn new(server: &Url, token: &str, chat: &str, allowed: &[SocketAddr]) -> Result<Self, AlertsError> {
        let url = super::below(server, &[&format!("bot{token}"), "sendMessage"]);
        Ok(Self { http: Http::new(url, allowed, &[token])?, chat: chat.to_owned() })
    }

    pub(super) async fn send(&self, message: &Message, now: Timestamp) -> Answer {
        let body = json!({
            "chat_id": self.chat,
            "text": ROOM.fit(message),
            "link_preview_options": { "is_disabled": true },
        });
        let mut reply = match self.http.ask(json_body(self.http.post(), &body), now).await {
            Ok(reply) => reply,
            Err(answer) => return answer,
        };
        let said: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let words = said["description"].as_str().unwrap_or(&reply.body).to_owned();
        reply.retry_after =
            reply.retry_after.max(said["parameters"]["retry_after"].as_i64().map(SignedDuration::from_secs));
        match reply.status.as_u16() {
            200 if said["ok"] == true => Answer::Taken,
            400 if REFUSED.iter().any(|text| words.contains(text)) => self.http.failed(&reply, Fate::Refused, &words),
            // The bot was blocked or sent away.
            403 | 410 => self.http.failed(&reply, Fate::Gone, &words),
            _ => self.http.failed(&reply, Fate::Later, &words),
        }
    }
}
