//! Door: the ways to people, one file each. One attempt each; what follows from its outcome is decided elsewhere.

mod apprise;
mod command;
mod console;
mod discord;
mod email;
mod feed;
mod gotify;
mod line;
mod matrix;
mod ntfy;
mod slack;
mod telegram;
mod webhook;

use std::net::SocketAddr;

use bellwether_model::alert::Alert;
use jiff::Timestamp;
use url::Url;

use super::AlertsError;
use super::message::message;
use super::schedule::Answer;
use crate::settings::{ChannelKind, ChannelSettings, MessageLanguage};
use crate::view::wording::DisplayLanguage;

/// One channel, ready to send.
pub(super) struct Channel {
    way: Way,
    language: DisplayLanguage,
}

enum Way {
    Webhook(Box<webhook::Webhook>),
    Email(Box<email::Email>),
    Slack(Box<slack::Slack>),
    Discord(Box<discord::Discord>),
    Telegram(Box<telegram::Telegram>),
    Matrix(Box<matrix::Matrix>),
    Line(Box<line::Line>),
    Ntfy(Box<ntfy::Ntfy>),
    Gotify(Box<gotify::Gotify>),
    Apprise(Box<apprise::Apprise>),
    Command(Box<command::Command>),
    Feed(Box<feed::Feed>),
    Terminal,
    Log,
}

/// How loud a telephone may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Priority {
    Low,
    Normal,
    High,
}

impl Channel {
    /// Sets a channel up.
    pub(super) fn new(settings: &ChannelSettings, allowed: &[SocketAddr]) -> Result<Self, AlertsError> {
        let language = match settings.language {
            MessageLanguage::ZhTw => DisplayLanguage::ZhTw,
            MessageLanguage::En => DisplayLanguage::En,
        };
        Ok(Self { way: way(settings, language, allowed)?, language })
    }

    /// Whether programs read it: then several attempts may be under way, and the order in which they arrive is open.
    pub(super) fn is_for_programs(&self) -> bool {
        matches!(self.way, Way::Webhook(_))
    }

    /// The language of its messages.
    pub(super) fn language(&self) -> DisplayLanguage {
        self.language
    }

    /// Makes one attempt. `now` is its time.
    pub(super) async fn send(&self, alert: &Alert, now: Timestamp) -> Answer {
        let message = message(alert, self.language);
        let priority = match alert.labels.get("priority").map(String::as_str) {
            Some("high") => Priority::High,
            Some("low") => Priority::Low,
            _ => Priority::Normal,
        };
        match &self.way {
            Way::Webhook(webhook) => webhook.send(alert, now).await,
            Way::Email(email) => email.send(alert, &message).await,
            Way::Slack(slack) => slack.send(&message, now).await,
            Way::Discord(discord) => discord.send(&message, now).await,
            Way::Telegram(telegram) => telegram.send(&message, now).await,
            Way::Matrix(matrix) => matrix.send(&alert.id, &message, now).await,
            Way::Line(line) => line.send(&alert.id, &message, now).await,
            Way::Ntfy(ntfy) => ntfy.send(&message, priority, now).await,
            Way::Gotify(gotify) => gotify.send(&alert.id, &message, priority, now).await,
            Way::Apprise(apprise) => apprise.send(&message, now).await,
            Way::Command(command) => command.send(alert, &message).await,
            Way::Feed(feed) => feed.send(alert, &message).await,
            Way::Terminal => console::terminal(alert),
            Way::Log => console::log(alert),
        }
    }
}

fn way(settings: &ChannelSettings, language: DisplayLanguage, allowed: &[SocketAddr]) -> Result<Way, AlertsError> {
    Ok(match &settings.kind {
        ChannelKind::Webhook { url, secrets } => {
            Way::Webhook(Box::new(webhook::Webhook::new(url.url(), secrets, allowed)?))
        }
        ChannelKind::Email(mail) => Way::Email(Box::new(email::Email::new(mail, allowed)?)),
        ChannelKind::Slack { url } => Way::Slack(Box::new(slack::Slack::new(url.clone(), allowed)?)),
        ChannelKind::Discord { url } => Way::Discord(Box::new(discord::Discord::new(url.clone(), allowed)?)),
        ChannelKind::Telegram { server, token, chat } => {
            Way::Telegram(Box::new(telegram::Telegram::new(server, token, chat, allowed)?))
        }
        ChannelKind::Matrix { server, token, room } => {
            Way::Matrix(Box::new(matrix::Matrix::new(server, token, room, allowed)?))
        }
        ChannelKind::Line { server, token, to } => Way::Line(Box::new(line::Line::new(server, token, to, allowed)?)),
        ChannelKind::Ntfy { server, topic, token } => {
            Way::Ntfy(Box::new(ntfy::Ntfy::new(server.clone(), topic, token.as_deref(), allowed)?))
        }
        ChannelKind::Gotify { server, token } => Way::Gotify(Box::new(gotify::Gotify::new(server, token, allowed)?)),
        ChannelKind::Apprise { url, tag } => {
            Way::Apprise(Box::new(apprise::Apprise::new(url.clone(), tag.as_deref(), allowed)?))
        }
        ChannelKind::Command { program, arguments, timeout } => {
            Way::Command(Box::new(command::Command::new(program, arguments, *timeout)))
        }
        ChannelKind::Feed { path, form, entries } => {
            Way::Feed(Box::new(feed::Feed::new(path, *form, *entries, settings.id.as_str(), language.tag())))
        }
        ChannelKind::Terminal => Way::Terminal,
        ChannelKind::Log => Way::Log,
    })
}

/// An address below another one; its parts are escaped.
fn below(server: &Url, parts: &[&str]) -> Url {
    let mut url = server.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(parts);
    }
    url
}
