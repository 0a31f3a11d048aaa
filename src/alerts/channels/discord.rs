//! Discord's webhooks. Their token is a part of the address.

use std::net::SocketAddr;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;

use crate::alerts::AlertsError;
use crate::alerts::connector::{Http, json_body};
use crate::alerts::fit::{Room, Unit};
use crate::alerts::message::Message;
use crate::alerts::schedule::{Answer, Fate};

/// Characters of a message.
const ROOM: Room = Room { most: 2_000, unit: Unit::Characters, escape };
/// No cards for links.
const SUPPRESS_EMBEDS: u32 = 4;
/// Discord's codes of a webhook that was removed: unknown webhook, invalid webhook token.
const GONE: [i64; 2] = [10_015, 50_027];

/// A channel of Discord.
pub(in crate::alerts) struct Discord(Http);

impl Discord {
    pub(super) fn new(mut url: Url, allowed: &[SocketAddr]) -> Result<Self, AlertsError> {
        // Without it Discord answers before it has stored the message.
        url.query_pairs_mut().append_pair("wait", "true");
        Ok(Self(Http::new(url, allowed, &[])?))
    }

    pub(super) async fn send(&self, message: &Message, now: Timestamp) -> Answer {
        let body = json!({
            "content": ROOM.fit(message),
            // Words of a page must not call people.
            "allowed_mentions": { "parse": [] },
            "flags": SUPPRESS_EMBEDS,
        });
        let mut reply = match self.0.ask(json_body(self.0.post(), &body), now).await {
            Ok(reply) => reply,
            Err(answer) => return answer,
        };
        let said: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let words = said["message"].as_str().unwrap_or(&reply.body).to_owned();
        let wish = said["retry_after"].as_f64().and_then(|seconds| SignedDuration::try_from_secs_f64(seconds).ok());
        reply.retry_after = reply.retry_after.max(wish);
        match reply.status.as_u16() {
            400 => self.0.failed(&reply, Fate::Refused, &words),
            401 | 404 if said["code"].as_i64().is_some_and(|code| GONE.contains(&code)) => {
                self.0.failed(&reply, Fate::Gone, &words)
            }
            200..300 | 410 => self.0.judge(&reply),
            _ => self.0.failed(&reply, Fate::Later, &words),
        }
    }
}

/// Signs of Discord's Markdown mean themselves.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '[' | ']' | '#') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
