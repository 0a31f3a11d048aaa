//! Each channel against a receiver on loopback that answers as the real one is documented to: what is sent, and what each
//! answer means.

use std::net::SocketAddr;

use bellwether::settings::{ChannelKind, ChannelSettings, FeedForm, MessageLanguage};
use bellwether_model::alert::{Alert, Delivery};
use bellwether_model::id::ChannelId;
use bellwether_store::{Change, Transaction};
use jiff::SignedDuration;
use serde_json::{Value, json};
use url::Url;

use crate::house::{Arrival, House, Receiver, delivery};

const TOKEN: &str = "sesame-0123456789";
const FIRST: &str =
    "台灣出口（2025 年 12 月）624.8 億美元：「12月出口624.8億美元。<b>@everyone</b> *x*」（mof：12月海關進出口統計）";

/// The data of a release, with words of a page that mean something to chats.
pub(crate) fn release(sentence: &str) -> String {
    let figure = json!({
        "area": "TW", "flow": "exports", "partner": null, "product": null, "period": "2025-12", "measure": "level",
        "status": "actual", "value": 62_480_000_000_i64, "unit": "USD", "basis": null, "precision": null,
        "forecaster": null, "headline": true, "rule": "r", "confidence": "high",
    });
    json!({
        "id": "TW-2025-12", "figure": figure, "evidence": { "text": sentence, "start": 0, "end": 9 },
        "source": "mof", "title": "12月海關進出口統計", "url": "https://mof.example/1?a=1&b=2",
    })
    .to_string()
}

pub(crate) fn channel(kind: ChannelKind) -> ChannelSettings {
    ChannelSettings::new(ChannelId::new("desk"), kind)
}

/// Sends one alert on a release and tells what was recorded of it.
pub(crate) async fn send(house: &House, settings: &ChannelSettings, allowed: &[SocketAddr], data: String) -> Delivery {
    let store = house.open();
    let alert = Alert { data, labels: [("priority".to_owned(), "high".to_owned())].into(), ..house.alert("desk") };
    let id = alert.id.clone();
    let mut transaction = Transaction::new(alert.created);
    transaction.push(Change::Alert(Box::new(alert)));
    store.commit(transaction).expect("the store writes");
    house.once(&store, std::slice::from_ref(settings), allowed).await;
    delivery(&store, &id)
}

/// Sends one alert to a receiver that answers so; what arrived there, and what was recorded.
async fn sent(kind: impl Fn(Url) -> ChannelKind, answer: &'static str) -> (Arrival, Delivery) {
    sent_with(kind, answer, "12月出口624.8億美元。<b>@everyone</b> *x*").await
}

async fn sent_with(kind: impl Fn(Url) -> ChannelKind, answer: &'static str, sentence: &str) -> (Arrival, Delivery) {
    let mut receiver = Receiver::start(&[answer]).await;
    let url = Url::parse(&format!("http://{}", receiver.address)).expect("an address");
    let house = House::new();
    let came_of_it = send(&house, &channel(kind(url)), &[receiver.address], release(sentence)).await;
    (receiver.arrived().remove(0), came_of_it)
}

fn body(arrival: &Arrival) -> Value {
    serde_json::from_str(&arrival.body).expect("JSON")
}

/// What an answer came to: `delivered`, `waiting`, `refused` (this alert alone), `gone` (the channel).
async fn meaning(kind: impl Fn(Url) -> ChannelKind, answer: &'static str) -> (&'static str, String) {
    let receiver = Receiver::start(&[answer]).await;
    let url = Url::parse(&format!("http://{}", receiver.address)).expect("an address");
    let (house, settings) = (House::new(), channel(kind(url)));
    let came_of_it = send(&house, &settings, &[receiver.address], release("12月出口624.8億美元。")).await;
    let states = house.open().channels().expect("the store reads");
    let out_of_use = !bellwether::view::channels::out_of_use(&states, &[settings]).is_empty();
    match came_of_it {
        Delivery::Delivered { .. } => ("delivered", String::new()),
        Delivery::Waiting { due, last_error, .. } => {
            let wait = due.duration_since(bellwether::clock::Clock::now(&*house.clock));
            let word = if wait >= SignedDuration::from_secs(60) { "asked" } else { "waiting" };
            (word, last_error.unwrap_or_default())
        }
        Delivery::GaveUp { last_error, .. } => (if out_of_use { "gone" } else { "refused" }, last_error),
        other => panic!("{other:?}"),
    }
}

/// Checks what answers mean, that the receiver's words are recorded, and that the token is not.
async fn meanings(kind: impl Fn(Url) -> ChannelKind + Copy, table: &[(&'static str, &str, &str)]) {
    for (answer, expected, words) in table {
        let (word, said) = meaning(kind, answer).await;
        assert_eq!(word, *expected, "{answer}: {said}");
        assert!(said.contains(words), "{answer}: {said}");
        assert!(!said.contains(TOKEN), "{said}");
    }
}

fn below(url: &Url, path: &str) -> Url {
    url.join(path).expect("a path")
}

fn slack(url: Url) -> ChannelKind {
    ChannelKind::Slack { url: below(&url, &format!("/services/T0/B0/{TOKEN}")) }
}

#[tokio::test]
async fn slack_gets_text_and_a_block() {
    let (arrival, came_of_it) = sent(slack, "200 OK\r\n\r\nok").await;
    assert!(matches!(came_of_it, Delivery::Delivered { .. }));
    assert_eq!(arrival.target, format!("POST /services/T0/B0/{TOKEN}"));
    let body = body(&arrival);
    let escaped = FIRST.replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;");
    assert_eq!(body["text"], escaped);
    assert_eq!(body["blocks"][0]["text"]["text"], format!("{escaped}\nhttps://mof.example/1?a=1&b=2"));
    assert_eq!(body["blocks"][0]["text"]["type"], "mrkdwn");
    let (arrival, _) = sent_with(slack, "200 OK\r\n\r\nok", &"出口<增加。".repeat(2_000)).await;
    assert!(arrival.body.chars().count() < 8_000);
}

#[tokio::test]
async fn slack_answers_mean() {
    meanings(
        slack,
        &[
            ("400 Bad Request\r\n\r\ninvalid_payload", "refused", "invalid_payload"),
            ("403 Forbidden\r\n\r\naction_prohibited", "waiting", "action_prohibited"),
            ("404 Not Found\r\n\r\nno_service", "gone", "no_service"),
            ("410 Gone\r\n\r\nchannel_is_archived", "gone", "channel_is_archived"),
            ("429 Too Many Requests\r\nretry-after: 300", "asked", "429"),
            ("500 Internal Server Error\r\n\r\nrollup_error", "waiting", "rollup_error"),
        ],
    )
    .await;
}

fn discord(url: Url) -> ChannelKind {
    ChannelKind::Discord { url: below(&url, &format!("/api/webhooks/1/{TOKEN}")) }
}

#[tokio::test]
async fn discord_gets_text_that_calls_nobody() {
    let (arrival, came_of_it) = sent(discord, "200 OK\r\n\r\n{\"id\":\"1\"}").await;
    assert!(matches!(came_of_it, Delivery::Delivered { .. }));
    assert_eq!(arrival.target, format!("POST /api/webhooks/1/{TOKEN}?wait=true"));
    let body = body(&arrival);
    assert!(body["content"].as_str().expect("text").contains("<b\\>@everyone</b\\> \\*x\\*"), "{body}");
    assert_eq!(body["allowed_mentions"], json!({ "parse": [] }));
    let (arrival, _) = sent_with(discord, "200 OK", &"*出口*增加。".repeat(600)).await;
    let body: Value = serde_json::from_str(&arrival.body).expect("JSON");
    assert!(body["content"].as_str().expect("text").chars().count() <= 2_000);
}

#[tokio::test]
async fn discord_answers_mean() {
    meanings(
        discord,
        &[
            ("204 No Content", "delivered", ""),
            (
                "400 Bad Request\r\n\r\n{\"code\":50006,\"message\":\"Cannot send an empty message\"}",
                "refused",
                "empty message",
            ),
            (
                "401 Unauthorized\r\n\r\n{\"code\":50027,\"message\":\"Invalid Webhook Token\"}",
                "gone",
                "Invalid Webhook",
            ),
            ("404 Not Found\r\n\r\n{\"code\":10015,\"message\":\"Unknown Webhook\"}", "gone", "Unknown Webhook"),
            (
                "429 Too Many Requests\r\n\r\n{\"message\":\"You are being rate limited.\",\"retry_after\":64.57}",
                "asked",
                "rate limited",
            ),
            ("502 Bad Gateway\r\n\r\n<html>", "waiting", "502"),
        ],
    )
    .await;
}

fn telegram(url: Url) -> ChannelKind {
    ChannelKind::Telegram { server: url, token: format!("12345:{TOKEN}"), chat: "@trade".into() }
}

#[tokio::test]
async fn telegram_gets_plain_text() {
    let (arrival, came_of_it) = sent(telegram, "200 OK\r\n\r\n{\"ok\":true,\"result\":{}}").await;
    assert!(matches!(came_of_it, Delivery::Delivered { .. }));
    assert_eq!(arrival.target, format!("POST /bot12345:{TOKEN}/sendMessage"));
    let body = body(&arrival);
    assert_eq!(body["chat_id"], "@trade");
    assert_eq!(body["text"], format!("{FIRST}\nhttps://mof.example/1?a=1&b=2"));
    assert_eq!(body["link_preview_options"]["is_disabled"], true);
    assert!(body.get("parse_mode").is_none(), "words of a page are no markup");
}

#[tokio::test]
async fn telegram_answers_mean() {
    meanings(
        telegram,
        &[
            ("200 OK\r\n\r\n{\"ok\":false,\"description\":\"strange\"}", "waiting", "strange"),
            ("400 Bad Request\r\n\r\n{\"ok\":false,\"description\":\"Bad Request: message is too long\"}", "refused", "too long"),
            ("400 Bad Request\r\n\r\n{\"ok\":false,\"description\":\"Bad Request: chat not found\"}", "waiting", "chat not found"),
            ("401 Unauthorized\r\n\r\n{\"ok\":false,\"description\":\"Unauthorized\"}", "waiting", "Unauthorized"),
            ("403 Forbidden\r\n\r\n{\"ok\":false,\"description\":\"Forbidden: bot was blocked by the user\"}", "gone", "blocked"),
            ("429 Too Many Requests\r\n\r\n{\"ok\":false,\"description\":\"Too Many Requests\",\"parameters\":{\"retry_after\":90}}", "asked", "429"),
        ],
    )
    .await;
}

fn matrix(url: Url) -> ChannelKind {
    ChannelKind::Matrix { server: url, token: TOKEN.into(), room: "!room:example.org".into() }
}

#[tokio::test]
async fn matrix_gets_an_event_named_after_the_alert() {
    let (arrival, came_of_it) = sent(matrix, "200 OK\r\n\r\n{\"event_id\":\"$1\"}").await;
    assert!(matches!(came_of_it, Delivery::Delivered { .. }));
    let id = House::new().alert("desk").id;
    assert_eq!(arrival.target, format!("PUT /_matrix/client/v3/rooms/!room:example.org/send/m.room.message/{id}"));
    assert_eq!(arrival.header("authorization"), format!("Bearer {TOKEN}"));
    let body = body(&arrival);
    assert_eq!(body["msgtype"], "m.text");
    assert!(body["body"].as_str().expect("text").starts_with(FIRST));
    let html = body["formatted_body"].as_str().expect("text");
    assert!(html.contains("&lt;b&gt;@everyone") && html.contains("a=1&amp;b=2"), "{html}");
}

#[tokio::test]
async fn matrix_answers_mean() {
    meanings(
        matrix,
        &[
            (
                "429 Too Many Requests\r\n\r\n{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":120000}",
                "asked",
                "M_LIMIT",
            ),
            (
                "403 Forbidden\r\n\r\n{\"errcode\":\"M_FORBIDDEN\",\"error\":\"not in the room\"}",
                "waiting",
                "not in the room",
            ),
            ("401 Unauthorized\r\n\r\n{\"errcode\":\"M_UNKNOWN_TOKEN\"}", "waiting", "M_UNKNOWN_TOKEN"),
            ("413 Payload Too Large\r\n\r\n{\"errcode\":\"M_TOO_LARGE\"}", "refused", "M_TOO_LARGE"),
        ],
    )
    .await;
}

fn line(url: Url) -> ChannelKind {
    ChannelKind::Line { server: url, token: TOKEN.into(), to: "U0123".into() }
}

#[tokio::test]
async fn line_gets_a_push_with_a_retry_key_that_stays() {
    let (first, came_of_it) = sent(line, "200 OK\r\n\r\n{}").await;
    assert!(matches!(came_of_it, Delivery::Delivered { .. }));
    assert_eq!(first.target, "POST /v2/bot/message/push");
    assert_eq!(first.header("authorization"), format!("Bearer {TOKEN}"));
    let (second, _) = sent(line, "200 OK\r\n\r\n{}").await;
    assert_eq!(first.header("x-line-retry-key"), second.header("x-line-retry-key"));
    assert_eq!(first.header("x-line-retry-key").len(), 36);
    let body = body(&first);
    assert_eq!((&body["to"], &body["messages"][0]["type"]), (&json!("U0123"), &json!("text")));
    assert!(body["messages"][0]["text"].as_str().expect("text").starts_with(FIRST));
}

#[tokio::test]
async fn line_answers_mean() {
    meanings(
        line,
        &[
            ("409 Conflict\r\n\r\n{\"message\":\"The retry key is already accepted\"}", "delivered", ""),
            ("400 Bad Request\r\n\r\n{\"message\":\"The request body has 1 error(s)\"}", "refused", "1 error"),
            ("401 Unauthorized\r\n\r\n{\"message\":\"Authentication failed\"}", "waiting", "Authentication failed"),
            (
                "429 Too Many Requests\r\n\r\n{\"message\":\"You have reached your monthly limit.\"}",
                "waiting",
                "monthly limit",
            ),
            ("500 Internal Server Error\r\n\r\n{\"message\":\"error\"}", "waiting", "500"),
        ],
    )
    .await;
}

fn ntfy(url: Url) -> ChannelKind {
    ChannelKind::Ntfy { server: url, topic: "trade-desk".into(), token: Some(TOKEN.into()) }
}

#[tokio::test]
async fn ntfy_gets_title_priority_and_link() {
    let (arrival, came_of_it) = sent(ntfy, "200 OK\r\n\r\n{\"id\":\"a\"}").await;
    assert!(matches!(came_of_it, Delivery::Delivered { .. }));
    assert_eq!(arrival.target, "POST /");
    assert_eq!(arrival.header("authorization"), format!("Bearer {TOKEN}"));
    let body = body(&arrival);
    assert_eq!((&body["topic"], &body["title"]), (&json!("trade-desk"), &json!("新發布統計")));
    assert_eq!((&body["priority"], &body["click"]), (&json!(5), &json!("https://mof.example/1?a=1&b=2")));
    assert!(body["message"].as_str().expect("text").starts_with(FIRST));
    meanings(
        ntfy,
        &[
            ("403 Forbidden\r\n\r\n{\"code\":40301,\"http\":403,\"error\":\"forbidden\"}", "waiting", "forbidden"),
            ("413 Payload Too Large\r\n\r\n{\"error\":\"attachment too large\"}", "refused", "too large"),
            (
                "429 Too Many Requests\r\n\r\n{\"code\":42901,\"error\":\"limit reached: too many requests\"}",
                "waiting",
                "limit reached",
            ),
        ],
    )
    .await;
}

fn gotify(url: Url) -> ChannelKind {
    ChannelKind::Gotify { server: below(&url, "/push/"), token: TOKEN.into() }
}

#[tokio::test]
async fn gotify_gets_a_message_below_its_path() {
    let (arrival, came_of_it) = sent(gotify, "200 OK\r\n\r\n{\"id\":1}").await;
    assert!(matches!(came_of_it, Delivery::Delivered { .. }));
    assert_eq!(arrival.target, "POST /push/message");
    assert_eq!(arrival.header("x-gotify-key"), TOKEN);
    let body = body(&arrival);
    assert_eq!(body["priority"], 8);
    assert_eq!(body["extras"]["client::notification"]["click"]["url"], "https://mof.example/1?a=1&b=2");
    meanings(
        gotify,
        &[
            ("400 Bad Request\r\n\r\n{\"error\":\"Bad Request\",\"errorDescription\":\"message is required\"}", "refused", "is required"),
            ("401 Unauthorized\r\n\r\n{\"error\":\"Unauthorized\",\"errorDescription\":\"you need to provide a valid token\"}", "waiting", "valid token"),
        ],
    )
    .await;
}

fn apprise(url: Url) -> ChannelKind {
    ChannelKind::Apprise { url: below(&url, &format!("/notify/{TOKEN}")), tag: Some("desk".into()) }
}

#[tokio::test]
async fn apprise_is_believed_only_where_it_told_somebody() {
    let (arrival, came_of_it) = sent(apprise, "200 OK").await;
    assert!(matches!(came_of_it, Delivery::Delivered { .. }));
    assert_eq!(arrival.target, format!("POST /notify/{TOKEN}"));
    let body = body(&arrival);
    assert_eq!((&body["tag"], &body["format"], &body["type"]), (&json!("desk"), &json!("text"), &json!("info")));
    meanings(
        apprise,
        &[
            ("204 No Content", "waiting", "no service is stored"),
            ("424 Failed Dependency", "waiting", "a service behind it"),
            ("500 Internal Server Error", "waiting", "500"),
        ],
    )
    .await;
}

#[tokio::test]
async fn messages_are_written_in_the_language_of_the_channel() {
    let mut receiver = Receiver::start(&["200 OK\r\n\r\nok"]).await;
    let url = Url::parse(&format!("http://{}", receiver.address)).expect("an address");
    let settings = ChannelSettings { language: MessageLanguage::En, ..channel(slack(url)) };
    let house = House::new();
    send(&house, &settings, &[receiver.address], release("Exports rose.")).await;
    let text = body(&receiver.arrived()[0])["text"].clone();
    assert!(
        text.as_str().expect("text").starts_with("Taiwan exports, December 2025: US$62.48 billion: \"Exports rose.\""),
        "{text}"
    );
}

#[tokio::test]
async fn receivers_inside_the_house_are_refused_by_every_channel() {
    let mut receiver = Receiver::start(&[]).await;
    let url = Url::parse(&format!("http://{}", receiver.address)).expect("an address");
    for kind in [slack, discord, telegram, matrix, line, ntfy, gotify, apprise] {
        let house = House::new();
        let came_of_it = send(&house, &channel(kind(url.clone())), &[], release("12月出口624.8億美元。")).await;
        let Delivery::Waiting { last_error: Some(error), .. } = came_of_it else { panic!("it waits") };
        assert!(error.contains("allow_private") && !error.contains(TOKEN), "{error}");
    }
    assert!(receiver.arrived().is_empty());
}

fn command(words: &[&str], milliseconds: u64) -> ChannelSettings {
    let arguments = words[1..].iter().map(|&word| word.to_owned()).collect();
    let timeout = std::time::Duration::from_millis(milliseconds);
    channel(ChannelKind::Command { program: words[0].to_owned(), arguments, timeout })
}

#[tokio::test]
async fn a_command_reads_the_alert_and_answers_by_its_status() {
    let house = House::new();
    let file = house.directory.path().join("taken");
    let path = file.to_string_lossy().into_owned();
    let told = command(&["sh", "-c", "cat > \"$1\"; env >> \"$1\"", "sh", &path], 20_000);
    assert!(matches!(send(&house, &told, &[], release("出口。")).await, Delivery::Delivered { .. }));
    let taken = std::fs::read_to_string(&file).expect("the command wrote it");
    let input = serde_json::Deserializer::from_str(&taken).into_iter::<Value>().next().expect("a value").expect("JSON");
    assert_eq!((&input["type"], &input["data"]["id"]), (&json!("release.new"), &json!("TW-2025-12")));
    assert!(input["text"].as_str().expect("text").starts_with("台灣出口"), "{input}");
    assert!(taken.contains("BELLWETHER_ALERT_ID=alert-"), "{taken}");
    assert!(!taken.contains("CARGO_MANIFEST_DIR"), "the rest of the environment is kept back");

    for (words, milliseconds, reason) in [
        (vec!["sh", "-c", "echo no room >&2; exit 3"], 20_000, "exit status: 3: no room"),
        (vec!["/nowhere/at/all"], 20_000, "cannot run"),
        (vec!["sh", "-c", "exec sleep 60"], 50, "did not end within"),
    ] {
        let house = House::new();
        let came_of_it = send(&house, &command(&words, milliseconds), &[], release("出口。")).await;
        let Delivery::Waiting { last_error: Some(error), .. } = came_of_it else { panic!("{words:?}") };
        assert!(error.contains(reason), "{error}");
    }
}

#[tokio::test]
async fn feeds_are_replaced_as_a_whole_and_keep_the_newest() {
    for form in [FeedForm::Atom, FeedForm::Json] {
        let house = House::new();
        let path = house.directory.path().join("feeds").join("alerts");
        let settings = channel(ChannelKind::Feed { path: path.clone(), form, entries: 2 });
        let store = house.open();
        for n in 0..3 {
            let alert = Alert {
                id: bellwether_model::id::AlertId::new(format!("alert-{n}")),
                data: release(&format!("第{n}句。]]></entry>")),
                ..house.alert("desk")
            };
            // The last one comes twice, as after a crash between writing and recording.
            for _ in 0..=(n / 2) {
                let mut transaction = Transaction::new(alert.created);
                transaction.push(Change::Alert(Box::new(alert.clone())));
                store.commit(transaction).expect("the store writes");
                assert_eq!(house.once(&store, std::slice::from_ref(&settings), &[]).await, 1);
            }
        }
        let text = std::fs::read_to_string(&path).expect("a file");
        let places: Vec<Option<usize>> = (0..3).map(|n| text.find(&format!("第{n}句"))).collect();
        assert!(places[0].is_none() && places[2] < places[1], "{text}");
        assert_eq!(text.matches("urn:bellwether:alert:alert-2").count(), 1);
        match form {
            FeedForm::Json => {
                let feed: Value = serde_json::from_str(&text).expect("JSON");
                assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
                assert_eq!(feed["items"].as_array().map(Vec::len), Some(2));
            }
            FeedForm::Atom => {
                assert_eq!(text.matches("<entry>").count(), 2);
                assert!(text.contains("]]&gt;&lt;/entry&gt;") && text.ends_with("</feed>\n"), "{text}");
            }
        }
        let left: Vec<_> = std::fs::read_dir(path.parent().expect("a folder")).expect("a folder").collect();
        assert_eq!(left.len(), 1, "nothing is left beside it");
    }
}
