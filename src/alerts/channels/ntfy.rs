//! ntfy, published as JSON.

use std::net::SocketAddr;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use super::Priority;
use crate::alerts::AlertsError;
use crate::alerts::connector::{Http, json_body};
use crate::alerts::fit::{Room, Unit, plain};
use crate::alerts::message::Message;
use crate::alerts::schedule::{Answer, Fate};

/// Bytes of a message; what is longer becomes an attachment.
const ROOM: Room = Room { most: 4_000, unit: Unit::Bytes, escape: plain };

/// A topic of ntfy.
pub(in crate::alerts) struct Ntfy {
    http: Http,
    topic: String,
    token: Option<String>,
}

impl Ntfy {
    pub(super) fn new(
        server: Url,
        topic: &str,
        token: Option<&str>,
        allowed: &[SocketAddr],
    ) -> Result<Self, AlertsError> {
        // The name of a topic is all that keeps strangers out of it.
        let secrets: Vec<&str> = [Some(topic), token].into_iter().flatten().collect();
        let http = Http::new(server, allowed, &secrets)?;
        Ok(Self { http, topic: topic.to_owned(), token: token.map(ToOwned::to_owned) })
    }

    pub(super) async fn send(&self, message: &Message, priority: Priority, now: Timestamp) -> Answer {
        let mut body = json!({
            "topic": self.topic,
            "title": message.title,
            "message": ROOM.fit(message),
            "priority": match priority { Priority::Low => 2, Priority::Normal => 3, Priority::High => 5 },
        });
        if let Some(link) = &message.link {
            body["click"] = json!(link);
        }
        let mut request = json_body(self.http.post(), &body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let reply = match self.http.ask(request, now).await {
            Ok(reply) => reply,
            Err(answer) => return answer,
        };
        let said: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let words = said["error"].as_str().unwrap_or(&reply.body);
        match reply.status.as_u16() {
            200..300 | 410 => self.http.judge(&reply),
            400 | 413 => self.http.failed(&reply, Fate::Refused, words),
            _ => self.http.failed(&reply, Fate::Later, words),
        }
    }
}
