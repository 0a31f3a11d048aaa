//! Matrix, client-server API v3: a message of a room. The transaction is named after the alert, so that the server takes
//! a second attempt for what it is.

use std::net::SocketAddr;

use bellwether_model::id::AlertId;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;

use crate::alerts::AlertsError;
use crate::alerts::connector::{Http, json_body};
use crate::alerts::fit::{Room, Unit, plain};
use crate::alerts::message::Message;
use crate::alerts::page::page;
use crate::alerts::schedule::{Answer, Fate};

/// An event may have 65,536 bytes with all that the servers add; the text stands in it twice.
const ROOM: Room = Room { most: 12_000, unit: Unit::Bytes, escape: plain };
/// What a server says of an event that it will never take.
const REFUSED: &[&str] = &["M_TOO_LARGE", "M_BAD_JSON", "M_NOT_JSON"];

/// A room of Matrix.
pub(in crate::alerts) struct Matrix {
    http: Http,
    token: String,
}

impl Matrix {
    pub(super) fn new(server: &Url, token: &str, room: &str, allowed: &[SocketAddr]) -> Result<Self, AlertsError> {
        let url = super::below(server, &["_matrix", "client", "v3", "rooms", room, "send", "m.room.message"]);
        Ok(Self { http: Http::new(url, allowed, &[token])?, token: token.to_owned() })
    }

    pub(super) async fn send(&self, id: &AlertId, message: &Message, now: Timestamp) -> Answer {
        let body = json!({
            "msgtype": "m.text",
            "body": ROOM.fit(message),
            "format": "org.matrix.custom.html",
            "formatted_body": page(message, ROOM.most),
        });
        let request = json_body(self.http.put(super::below(self.http.url(), &[id.as_str()])), &body);
        let mut reply = match self.http.ask(request.bearer_auth(&self.token), now).await {
            Ok(reply) => reply,
            Err(answer) => return answer,
        };
        let said: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let code = said["errcode"].as_str().unwrap_or_default();
        let words = format!("{code} {}", said["error"].as_str().unwrap_or_default());
        reply.retry_after = reply.retry_after.max(said["retry_after_ms"].as_i64().map(SignedDuration::from_millis));
        match reply.status.as_u16() {
            200..300 | 410 => self.http.judge(&reply),
            _ if REFUSED.contains(&code) => self.http.failed(&reply, Fate::Refused, &words),
            _ => self.http.failed(&reply, Fate::Later, &words),
        }
    }
}
