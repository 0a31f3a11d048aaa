//! LINE's Messaging API: a push message. Its retry key is made from the alert's id, so that a second attempt is answered
//! with 409 and not shown again; LINE remembers keys for 24 hours.

use std::net::SocketAddr;

use bellwether_model::id::AlertId;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::alerts::AlertsError;
use crate::alerts::connector::{Http, json_body};
use crate::alerts::fit::{Room, Unit, plain};
use crate::alerts::message::Message;
use crate::alerts::schedule::{Answer, Fate};

/// UTF-16 code units of a text.
const ROOM: Room = Room { most: 5_000, unit: Unit::Utf16, escape: plain };

/// A user, group or room of LINE.
pub(in crate::alerts) struct Line {
    http: Http,
    token: String,
    to: String,
}

impl Line {
    pub(super) fn new(server: &Url, token: &str, to: &str, allowed: &[SocketAddr]) -> Result<Self, AlertsError> {
        let url = super::below(server, &["v2", "bot", "message", "push"]);
        Ok(Self { http: Http::new(url, allowed, &[token])?, token: token.to_owned(), to: to.to_owned() })
    }

    pub(super) async fn send(&self, id: &AlertId, message: &Message, now: Timestamp) -> Answer {
        let body = json!({ "to": self.to, "messages": [{ "type": "text", "text": ROOM.fit(message) }] });
        let request =
            json_body(self.http.post(), &body).bearer_auth(&self.token).header("X-Line-Retry-Key", retry_key(id));
        let reply = match self.http.ask(request, now).await {
            Ok(reply) => reply,
            Err(answer) => return answer,
        };
        let said: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let words = said["message"].as_str().unwrap_or(&reply.body);
        match reply.status.as_u16() {
            // An earlier attempt was taken, and its answer was lost.
            409 => Answer::Taken,
            400 | 413 => self.http.failed(&reply, Fate::Refused, words),
            200..300 | 410 => self.http.judge(&reply),
            _ => self.http.failed(&reply, Fate::Later, words),
        }
    }
}

/// A UUID (RFC 9562, version 8) that is always the same for an alert.
fn retry_key(id: &AlertId) -> String {
    let digest = Sha256::digest(id.as_str().as_bytes());
    let mut bytes: Vec<u8> = digest.iter().copied().take(16).collect();
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_key_is_a_uuid_of_the_alert() {
        let key = retry_key(&AlertId::new("alert-1"));
        assert_eq!(key, retry_key(&AlertId::new("alert-1")));
        assert_ne!(key, retry_key(&AlertId::new("alert-2")));
        let lengths: Vec<usize> = key.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(key[14..].starts_with('8') && "89ab".contains(&key[19..20]), "{key}");
    }
}
