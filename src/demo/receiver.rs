//! The demonstration's receiver of alerts: checks each signature, refuses the first delivery once, keeps the rest.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

/// The signing key. The receiver lives on loopback for the time of a demonstration, so it need not be secret.
const KEY: &[u8; 32] = b"a key for the demonstration only";

/// The key as `watchlist.toml` takes it.
pub(super) fn secret() -> String {
    format!("whsec_{}", STANDARD.encode(KEY))
}

/// What has arrived.
#[derive(Debug, Default)]
pub(super) struct Receiver {
    taken: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    refused_once: Option<String>,
    wrongly_signed: usize,
    alerts: Vec<TakenAlert>,
}

/// One delivery that was taken.
#[derive(Debug, Clone)]
pub(super) struct TakenAlert {
    /// `webhook-id`.
    pub(super) id: String,
    /// The body.
    pub(super) body: Value,
}

impl Receiver {
    /// Everything taken so far.
    pub(super) fn alerts(&self) -> Vec<TakenAlert> {
        self.log(|log| log.alerts.clone())
    }

    /// Deliveries whose signature was wrong.
    pub(super) fn wrongly_signed(&self) -> usize {
        self.log(|log| log.wrongly_signed)
    }

    /// The id that was refused once with 503, to show that it comes again.
    pub(super) fn refused_once(&self) -> Option<String> {
        self.log(|log| log.refused_once.clone())
    }

    fn log<T>(&self, read: impl FnOnce(&mut Log) -> T) -> T {
        read(&mut self.taken.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Takes one delivery.
pub(super) async fn take(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some((id, alert)) = verified(&headers, &body) else {
        receiver.log(|log| log.wrongly_signed += 1);
        return StatusCode::BAD_REQUEST;
    };
    receiver.log(|log| {
        if log.refused_once.is_none() {
            log.refused_once = Some(id);
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        log.alerts.push(TakenAlert { id, body: alert });
        StatusCode::NO_CONTENT
    })
}

/// Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, one of the signatures that are separated by blanks.
fn verified(headers: &HeaderMap, body: &[u8]) -> Option<(String, Value)> {
    let header = |name: &str| headers.get(name)?.to_str().ok();
    let (id, timestamp, signatures) =
        (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    let right = signatures
        .split(' ')
        .filter_map(|signature| signature.strip_prefix("v1,"))
        .any(|signature| STANDARD.decode(signature).is_ok_and(|given| mac.clone().verify_slice(&given).is_ok()));
    right.then(|| Some((id.to_owned(), serde_json::from_slice(body).ok()?)))?
}
