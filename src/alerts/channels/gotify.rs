//! Gotify: a message of an application.

use std::net::SocketAddr;

use bellwether_model::id::AlertId;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use super::Priority;
use crate::alerts::AlertsError;
use crate::alerts::connector::{Http, json_body};
use crate::alerts::fit::{Room, Unit, plain};
use crate::alerts::message::Message;
use crate::alerts::schedule::{Answer, Fate};

/// Gotify names no limit; longer texts are of no use on a telephone.
const ROOM: Room = Room { most: 10_000, unit: Unit::Characters, escape: plain };

/// An application of Gotify.
pub(in crate::alerts) struct Gotify {
    http: Http,
    token: String,
}

impl Gotify {
    pub(super) fn new(server: &Url, token: &str, allowed: &[SocketAddr]) -> Result<Self, AlertsError> {
        let http = Http::new(super::below(server, &["message"]), allowed, &[token])?;
        Ok(Self { http, token: token.to_owned() })
    }

    pub(super) async fn send(&self, id: &AlertId, message: &Message, priority: Priority, now: Timestamp) -> Answer {
        let mut body = json!({
            "title": message.title,
            "message": ROOM.fit(message),
            "priority": match priority { Priority::Low => 2, Priority::Normal => 5, Priority::High => 8 },
            "extras": { "client::display": { "contentType": "text/plain" }, "bellwether::alert": { "id": id } },
        });
        if let Some(link) = &message.link {
            body["extras"]["client::notification"] = json!({ "click": { "url": link } });
        }
        let request = json_body(self.http.post(), &body).header("X-Gotify-Key", &self.token);
        let reply = match self.http.ask(request, now).await {
            Ok(reply) => reply,
            Err(answer) => return answer,
        };
        let said: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let words = said["errorDescription"].as_str().or(said["error"].as_str()).unwrap_or(&reply.body);
        match reply.status.as_u16() {
            200..300 | 410 => self.http.judge(&reply),
            400 => self.http.failed(&reply, Fate::Refused, words),
            _ => self.http.failed(&reply, Fate::Later, words),
        }
    }
}
