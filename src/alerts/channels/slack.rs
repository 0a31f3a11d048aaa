//! Slack's incoming webhooks: text with blocks. Their token is a part of the address.

use std::net::SocketAddr;

use jiff::Timestamp;
use serde_json::json;
use url::Url;

use crate::alerts::AlertsError;
use crate::alerts::connector::{Http, json_body};
use crate::alerts::fit::{Room, Unit};
use crate::alerts::message::Message;
use crate::alerts::schedule::{Answer, Fate};

/// Characters of the text of one block.
const ROOM: Room = Room { most: 3_000, unit: Unit::Characters, escape };
/// What Slack says of a webhook or channel that is no more.
const GONE: &[&str] = &["no_service", "no_team", "team_disabled", "channel_is_archived", "channel_not_found"];
/// What it says of a message that it will never take.
const REFUSED: &[&str] = &["invalid_payload", "invalid_blocks", "no_text", "msg_too_long", "too_many_attachments"];

/// A channel of Slack.
pub(in crate::alerts) struct Slack(Http);

impl Slack {
    pub(super) fn new(url: Url, allowed: &[SocketAddr]) -> Result<Self, AlertsError> {
        Ok(Self(Http::new(url, allowed, &[])?))
    }

    pub(super) async fn send(&self, message: &Message, now: Timestamp) -> Answer {
        let body = json!({
            // For notifications, which show no blocks.
            "text": ROOM.line(&message.first, ROOM.most).text,
            "blocks": [{ "type": "section", "text": { "type": "mrkdwn", "text": ROOM.fit(message) } }],
            "unfurl_links": false,
        });
        let reply = match self.0.ask(json_body(self.0.post(), &body), now).await {
            Ok(reply) => reply,
            Err(answer) => return answer,
        };
        let says = |words: &[&str]| words.iter().any(|word| reply.body.contains(word));
        match reply.status.as_u16() {
            400 if says(REFUSED) => self.0.failed(&reply, Fate::Refused, &reply.body),
            403 | 404 if says(GONE) => self.0.failed(&reply, Fate::Gone, &reply.body),
            _ => self.0.judge(&reply),
        }
    }
}

/// The three signs of Slack's markup.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
