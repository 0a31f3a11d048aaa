//! An alert as Standard Webhooks 1.0 sends it: body, headers, signature. Pure.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bellwether_model::alert::Alert;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::json;
use sha2::Sha256;

/// Bytes of a body. Standard Webhooks asks for fewer than 20 kB, and receivers cut there.
const MAX_BODY: usize = 20_000;

/// The name of the header that carries the alert's id.
pub(super) const ID: &str = "webhook-id";
/// The name of the header that carries the time of the attempt.
pub(super) const TIMESTAMP: &str = "webhook-timestamp";
/// The name of the header that carries the signature.
pub(super) const SIGNATURE: &str = "webhook-signature";

/// `{"type","timestamp","data"}`: the same bytes at every attempt, since only headers tell attempts apart.
#[must_use]
pub(super) fn body(alert: &Alert) -> String {
    let data = serde_json::from_str(&alert.data).unwrap_or_else(|_| json!({ "summary": alert.summary }));
    let with = |mut data: serde_json::Value| {
        if let Some(fields) = data.as_object_mut() {
            fields.insert("id".into(), json!(alert.subject));
        }
        json!({ "type": alert.kind.name(), "timestamp": alert.created, "data": data }).to_string()
    };
    let whole = with(data);
    if whole.len() < MAX_BODY {
        return whole;
    }
    // The receiver still learns what it is about and can ask for the rest by its id.
    let summary: String = alert.summary.chars().take(1_000).collect();
    with(json!({ "summary": summary, "truncated": true }))
}

/// The signatures of one attempt, one a key, with spaces between: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in
/// base64. While a key is changed for another, a receiver finds the one that it knows.
#[must_use]
pub(super) fn signature(secrets: &[Vec<u8>], id: &str, at: Timestamp, body: &str) -> String {
    let one = |secret: &Vec<u8>| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{}.{body}", at.as_second()).as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_model::alert::{AlertKind, Delivery};
    use bellwether_model::id::{AlertId, ChannelId};

    fn alert(data: &str) -> Alert {
        Alert {
            id: AlertId::new("alert-1"),
            kind: AlertKind::ReleaseNew,
            channel: ChannelId::new("desk"),
            created: Timestamp::from_second(1_767_945_600).expect("a time"),
            subject: "TW-2025-12".into(),
            summary: "TW exports".into(),
            data: data.into(),
            labels: [].into(),
            group: None,
            delivery: Delivery::Delivered { at: Timestamp::UNIX_EPOCH, attempts: 1 },
        }
    }

    #[test]
    fn the_signature_is_that_of_the_published_example() {
        // The example of the Standard Webhooks specification, "Signature scheme", and of its reference libraries.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
        let at = Timestamp::from_second(1_614_265_330).expect("a time");
        let body = r#"{"test": 2432232314}"#;
        assert_eq!(
            signature(std::slice::from_ref(&secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        let both =
            signature(&[b"the key that comes after it".to_vec(), secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body);
        assert!(
            both.starts_with("v1,") && both.ends_with(" v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            "{both}"
        );
    }

    #[test]
    fn the_body_names_type_time_and_subject() {
        let body = body(&alert(r#"{"old":{"value":640750000000}}"#));
        let value: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(
            value,
            json!({
                "type": "release.new",
                "timestamp": "2026-01-09T08:00:00Z",
                "data": { "id": "TW-2025-12", "old": { "value": 640_750_000_000_i64 } },
            })
        );
        assert!(body.contains("640750000000"), "numbers keep their digits: {body}");
    }

    #[test]
    fn a_body_that_is_too_long_keeps_its_subject() {
        let long = body(&alert(&json!({ "text": "x".repeat(30_000) }).to_string()));
        assert!(long.len() < MAX_BODY);
        let value: serde_json::Value = serde_json::from_str(&long).expect("JSON");
        assert_eq!(value["data"]["id"], "TW-2025-12");
        assert_eq!(value["data"]["truncated"], true);
    }
}
