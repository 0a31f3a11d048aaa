//! E-mail over SMTP (RFC 5321), as plain text and HTML. Its Message-ID is made from the alert's id, by which mail
//! programs know a second delivery.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime};

use bellwether_model::alert::Alert;
use lettre::Message as Mail;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use crate::alerts::AlertsError;
use crate::alerts::connector::{AddressRule, CONNECT_TIMEOUT, causes};
use crate::alerts::fit::{Room, Unit, plain};
use crate::alerts::message::Message;
use crate::alerts::page::page;
use crate::alerts::schedule::{Answer, Fate};
use crate::describe;
use crate::settings::{EmailSettings, MailSecurity};

/// To the end of a whole delivery; mail servers take their time over some commands.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Far below what mail servers take; longer texts are not read.
const ROOM: Room = Room { most: 20_000, unit: Unit::Characters, escape: plain };
const SUBJECT: Room = Room { most: 150, unit: Unit::Characters, escape: plain };

/// A mail server and those who get mail through it.
pub(in crate::alerts) struct Email {
    settings: EmailSettings,
    rule: AddressRule,
    from: Mailbox,
    to: Vec<Mailbox>,
    tls: Option<TlsParameters>,
}

impl Email {
    pub(super) fn new(settings: &EmailSettings, allowed: &[SocketAddr]) -> Result<Self, AlertsError> {
        let wrong =
            |what: &str, cause: &dyn std::error::Error| AlertsError::Client(format!("{what}: {}", causes(cause)));
        let mailbox = |text: &String| text.parse::<Mailbox>().map_err(|cause| wrong(&format!("`{text}`"), &cause));
        let tls = match settings.security {
            MailSecurity::Plain => None,
            MailSecurity::StartTls | MailSecurity::Tls => {
                let mut tls = TlsParameters::builder(settings.server.clone());
                if let Some(authority) = &settings.authority {
                    let authority = Certificate::from_pem(authority).map_err(|cause| wrong("ca_file", &cause))?;
                    tls = tls.add_root_certificate(authority);
                }
                Some(tls.build().map_err(|cause| wrong("TLS", &cause))?)
            }
        };
        Ok(Self {
            rule: AddressRule::new(settings.port, allowed),
            from: mailbox(&settings.from)?,
            to: settings.to.iter().map(mailbox).collect::<Result<_, _>>()?,
            tls,
            settings: settings.clone(),
        })
    }

    pub(super) async fn send(&self, alert: &Alert, message: &Message) -> Answer {
        let mail = match self.mail(alert, message) {
            Ok(mail) => mail,
            Err(cause) => return refused(format!("cannot write the mail: {cause}")),
        };
        match tokio::time::timeout(TIMEOUT, self.deliver(&mail)).await {
            Ok(answer) => answer,
            Err(_) => Answer::failed(format!("the mail server did not take it within {TIMEOUT:?}")),
        }
    }

    /// The same mail at every attempt.
    fn mail(&self, alert: &Alert, message: &Message) -> Result<Mail, lettre::error::Error> {
        let domain = self.from.email.domain();
        let mut mail = Mail::builder()
            .from(self.from.clone())
            .subject(SUBJECT.line(&message.first, SUBJECT.most).text)
            .message_id(Some(format!("<{}@{domain}>", alert.id)))
            .date(SystemTime::from(alert.created))
            // RFC 3834: nobody's holiday notice answers it.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        for to in &self.to {
            mail = mail.to(to.clone());
        }
        mail.multipart(MultiPart::alternative_plain_html(ROOM.fit(message), page(message, ROOM.most)))
    }

    async fn deliver(&self, mail: &Mail) -> Answer {
        let addresses = match self.addresses().await {
            Ok(addresses) => addresses,
            Err(reason) => return Answer::failed(reason),
        };
        let (hello, immediate) = (hello(), self.settings.security == MailSecurity::Tls);
        let tls = self.tls.clone().filter(|_| immediate);
        let connected =
            AsyncSmtpConnection::connect_tokio1(addresses.as_slice(), Some(CONNECT_TIMEOUT), &hello, tls, None).await;
        let mut connection = match connected {
            Ok(connection) => connection,
            Err(error) => return self.failed("connecting", &error, Fate::Later),
        };
        let answer = self.talk(&mut connection, &hello, mail).await;
        connection.abort().await;
        answer
    }

    /// The server's addresses. What is not encrypted does not leave this machine.
    async fn addresses(&self) -> Result<Vec<SocketAddr>, String> {
        let mut addresses = self.rule.addresses(&self.settings.server).await?;
        if self.settings.security == MailSecurity::Plain {
            addresses.retain(|address| is_loopback(address.ip()));
            if addresses.is_empty() {
                return Err("`security = \"plain\"` is for a mail server on this machine; nothing was sent".to_owned());
            }
        }
        Ok(addresses)
    }

    async fn talk(&self, connection: &mut AsyncSmtpConnection, hello: &ClientId, mail: &Mail) -> Answer {
        if self.settings.security == MailSecurity::StartTls {
            if !connection.can_starttls() {
                return Answer::failed("the mail server does not offer STARTTLS; nothing was sent");
            }
            let Some(tls) = self.tls.clone() else { return Answer::failed("TLS is not set up") };
            if let Err(error) = connection.starttls(tls, hello).await {
                return self.failed("STARTTLS", &error, Fate::Later);
            }
        }
        if let Some((user, password)) = &self.settings.credentials {
            let credentials = Credentials::new(user.clone(), password.clone());
            if let Err(error) = connection.auth(DEFAULT_MECHANISMS, &credentials).await {
                return self.failed("signing in", &error, Fate::Later);
            }
        }
        match connection.send(mail.envelope(), &mail.formatted()).await {
            Ok(_) => Answer::Taken,
            // RFC 5321, 4.2.1: 5yz says that the same mail is not to be offered again.
            Err(error) if error.is_permanent() => self.failed("the mail", &error, Fate::Refused),
            Err(error) => self.failed("the mail", &error, Fate::Later),
        }
    }

    fn failed(&self, step: &str, error: &SmtpError, fate: Fate) -> Answer {
        let mut said = describe::plain(&causes(error));
        if let Some((_, password)) = self.settings.credentials.as_ref().filter(|(_, password)| !password.is_empty()) {
            said = said.replace(password.as_str(), "…");
        }
        Answer::Failed { reason: format!("{step}: {said}"), retry_after: None, fate }
    }
}

fn refused(reason: String) -> Answer {
    Answer::Failed { reason, retry_after: None, fate: Fate::Refused }
}

/// How this program greets: with an address literal, which stands for a machine without a name (RFC 5321, 4.1.3).
fn hello() -> ClientId {
    ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST)
}

fn is_loopback(address: IpAddr) -> bool {
    address.is_loopback()
}
