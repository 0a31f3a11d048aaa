//! The API of Apprise, which hands a message on to the services that are stored there under a key.

use std::net::SocketAddr;

use jiff::Timestamp;
use serde_json::json;
use url::Url;

use crate::alerts::AlertsError;
use crate::alerts::connector::{Http, json_body};
use crate::alerts::fit::{Room, Unit, plain};
use crate::alerts::message::Message;
use crate::alerts::schedule::{Answer, Fate};

/// Apprise itself has no limit, and cuts or splits for its services.
const ROOM: Room = Room { most: 10_000, unit: Unit::Characters, escape: plain };

/// A key of Apprise.
pub(in crate::alerts) struct Apprise {
    http: Http,
    tag: Option<String>,
}

impl Apprise {
    /// `url`: `https://apprise.example/notify/KEY`.
    pub(super) fn new(url: Url, tag: Option<&str>, allowed: &[SocketAddr]) -> Result<Self, AlertsError> {
        Ok(Self { http: Http::new(url, allowed, &[])?, tag: tag.map(ToOwned::to_owned) })
    }

    pub(super) async fn send(&self, message: &Message, now: Timestamp) -> Answer {
        let mut body = json!({ "title": message.title, "body": ROOM.fit(message), "type": "info", "format": "text" });
        if let Some(tag) = &self.tag {
            body["tag"] = json!(tag);
        }
        let reply = match self.http.ask(json_body(self.http.post(), &body), now).await {
            Ok(reply) => reply,
            Err(answer) => return answer,
        };
        match reply.status.as_u16() {
            // It has nothing under this key or tag, and nobody was told.
            204 => self.http.failed(&reply, Fate::Later, "no service is stored under this key or tag"),
            424 => self.http.failed(&reply, Fate::Later, "a service behind it did not take the message"),
            400 => self.http.failed(&reply, Fate::Refused, &reply.body),
            _ => self.http.judge(&reply),
        }
    }
}
