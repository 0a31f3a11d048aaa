//! An HTTP receiver of Standard Webhooks 1.0: JSON, signed with each of its keys.

use std::net::SocketAddr;

use bellwether_model::alert::Alert;
use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use url::Url;

use crate::alerts::AlertsError;
use crate::alerts::connector::Http;
use crate::alerts::envelope::{self, body, signature};
use crate::alerts::schedule::Answer;

/// A receiver of webhooks.
pub(in crate::alerts) struct Webhook {
    http: Http,
    secrets: Vec<Vec<u8>>,
}

impl Webhook {
    pub(super) fn new(url: Url, secrets: &[Vec<u8>], allowed: &[SocketAddr]) -> Result<Self, AlertsError> {
        Ok(Self { http: Http::new(url, allowed, &[])?, secrets: secrets.to_vec() })
    }

    pub(super) async fn send(&self, alert: &Alert, now: Timestamp) -> Answer {
        let body = body(alert);
        let id = alert.id.as_str();
        let mut request = self
            .http
            .post()
            .header(CONTENT_TYPE, "application/json")
            .header(envelope::ID, id)
            .header(envelope::TIMESTAMP, now.as_second());
        if !self.secrets.is_empty() {
            request = request.header(envelope::SIGNATURE, signature(&self.secrets, id, now, &body));
        }
        self.http.deliver(request.body(body), now).await
    }
}
