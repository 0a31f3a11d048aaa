//! Mail against a small SMTP server (RFC 5321) on loopback: in the clear, after STARTTLS, and under TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use bellwether::settings::{ChannelKind, EmailSettings, MailSecurity};
use bellwether_model::alert::Delivery;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::channels::{channel, release, send};
use crate::house::House;

const PASSWORD: &str = "open-sesame";

/// What the server does.
#[derive(Clone)]
struct Manners {
    security: MailSecurity,
    /// Whether it offers STARTTLS.
    offers: bool,
    /// Answers in place of the usual ones: the beginning of a command, and the answer to it.
    answers: &'static [(&'static str, &'static str)],
    acceptor: Option<TlsAcceptor>,
}

/// What the server was told, line by line.
struct Server {
    address: SocketAddr,
    lines: mpsc::UnboundedReceiver<String>,
    certificate: Option<Vec<u8>>,
}

impl Server {
    async fn start(security: MailSecurity, offers: bool, answers: &'static [(&'static str, &'static str)]) -> Self {
        let (acceptor, certificate) = match security {
            MailSecurity::Plain => (None, None),
            _ => {
                let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
                let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
                let config = ServerConfig::builder()
                    .with_no_client_auth()
                    .with_single_cert(vec![made.cert.der().clone()], key)
                    .expect("a key that fits");
                (Some(TlsAcceptor::from(Arc::new(config))), Some(made.cert.pem().into_bytes()))
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, lines) = mpsc::unbounded_channel();
        let manners = Manners { security, offers, answers, acceptor };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (manners, sender) = (manners.clone(), sender.clone());
                tokio::spawn(async move {
                    if manners.security == MailSecurity::Tls {
                        let stream = manners.acceptor.as_ref()?.accept(stream).await.ok()?;
                        return talk(stream, &manners, &sender, true).await.map(|_| ());
                    }
                    let stream = talk(stream, &manners, &sender, false).await?;
                    let stream = manners.acceptor.as_ref()?.accept(stream).await.ok()?;
                    sender.send("(encrypted)".to_owned()).ok()?;
                    talk(stream, &manners, &sender, true).await.map(|_| ())
                });
            }
        });
        Self { address, lines, certificate }
    }

    fn told(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.lines.try_recv().ok()).collect()
    }
}

/// One conversation; returns the stream where the client wants it encrypted.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    manners: &Manners,
    lines: &mpsc::UnboundedSender<String>,
    encrypted: bool,
) -> Option<S> {
    let mut stream = BufReader::new(stream);
    if manners.security == MailSecurity::Tls || !encrypted {
        stream.write_all(b"220 mail.example ready\r\n").await.ok()?;
    }
    let mut in_data = false;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|&read| read > 0)?;
        let line = line.trim_end().to_owned();
        lines.send(line.clone()).ok()?;
        if in_data && line != "." {
            continue;
        }
        let usual = match line.split(' ').next().unwrap_or_default() {
            "." => "250 taken",
            "EHLO" if manners.offers && !encrypted => "250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN",
            "EHLO" => "250-mail.example\r\n250 AUTH PLAIN",
            "STARTTLS" => "220 go ahead",
            "AUTH" => "235 welcome",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let other = manners.answers.iter().find(|(command, _)| line.starts_with(command));
        let answer = other.map_or(usual, |(_, answer)| answer);
        in_data = answer.starts_with("354");
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        stream.flush().await.ok()?;
        if line == "STARTTLS" && answer.starts_with("220") {
            return Some(stream.into_inner());
        }
    }
}

fn mail(server: &Server, security: MailSecurity, certificate: Option<Vec<u8>>) -> ChannelKind {
    ChannelKind::Email(EmailSettings {
        server: "localhost".to_owned(),
        port: server.address.port(),
        security,
        authority: certificate,
        credentials: Some(("desk".to_owned(), PASSWORD.to_owned())),
        from: "bellwether <alerts@bellwether.example>".to_owned(),
        to: vec!["desk@press.example".to_owned(), "研究 <night@press.example>".to_owned()],
    })
}

/// Sends one alert; what was recorded, and what the server was told.
async fn sent(server: &mut Server, security: MailSecurity, certificate: Option<Vec<u8>>) -> (Delivery, Vec<String>) {
    let settings = channel(mail(server, security, certificate));
    let came_of_it = send(&House::new(), &settings, &[server.address], release("12月出口624.8億美元。<b>x</b>")).await;
    (came_of_it, server.told())
}

fn error(came_of_it: &Delivery) -> &str {
    match came_of_it {
        Delivery::Waiting { last_error: Some(error), .. } | Delivery::GaveUp { last_error: error, .. } => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_mail_has_both_forms_and_a_message_id_that_stays() {
    let mut server = Server::start(MailSecurity::Plain, false, &[]).await;
    let (came_of_it, first) = sent(&mut server, MailSecurity::Plain, None).await;
    assert!(matches!(came_of_it, Delivery::Delivered { .. }), "{came_of_it:?}");
    let has = |line: &str| first.iter().any(|told| told.contains(line));
    for line in [
        "MAIL FROM:<alerts@bellwether.example>",
        "RCPT TO:<desk@press.example>",
        "RCPT TO:<night@press.example>",
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "Subject: =?utf-8?b?",
    ] {
        assert!(has(line), "{line}: {first:#?}");
    }
    let id = format!("Message-ID: <{}@bellwether.example>", House::new().alert("desk").id);
    assert!(has(&id), "{id}");
    let (_, second) = sent(&mut server, MailSecurity::Plain, None).await;
    assert!(second.iter().any(|told| told.contains(&id)));
}

#[tokio::test]
async fn mail_is_encrypted_where_it_is_asked_for() {
    let mut server = Server::start(MailSecurity::StartTls, true, &[]).await;
    let certificate = server.certificate.clone();
    let (came_of_it, told) = sent(&mut server, MailSecurity::StartTls, certificate).await;
    assert!(matches!(came_of_it, Delivery::Delivered { .. }), "{came_of_it:?}");
    let at = |word: &str| told.iter().position(|line| line.starts_with(word));
    assert!(at("(encrypted)").is_some() && at("(encrypted)") < at("AUTH"), "{told:#?}");

    let mut server = Server::start(MailSecurity::Tls, false, &[]).await;
    let certificate = server.certificate.clone();
    let (came_of_it, _) = sent(&mut server, MailSecurity::Tls, certificate).await;
    assert!(matches!(came_of_it, Delivery::Delivered { .. }), "{came_of_it:?}");
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_cannot_be_believed() {
    // It does not offer STARTTLS: perhaps somebody between has taken the offer out.
    let mut server = Server::start(MailSecurity::StartTls, false, &[]).await;
    let certificate = server.certificate.clone();
    let (came_of_it, told) = sent(&mut server, MailSecurity::StartTls, certificate).await;
    assert!(error(&came_of_it).contains("does not offer STARTTLS"));
    assert!(!told.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{told:?}");
    // Nobody vouches for its certificate.
    let mut server = Server::start(MailSecurity::Tls, false, &[]).await;
    let (came_of_it, told) = sent(&mut server, MailSecurity::Tls, None).await;
    assert!(error(&came_of_it).contains("connecting"), "{came_of_it:?}");
    assert!(told.is_empty(), "{told:?}");
}

#[tokio::test]
async fn answers_of_a_mail_server_mean() {
    for (answers, refused, words) in [
        (&[("RCPT", "550 5.1.1 no such user")] as &'static [(&str, &str)], true, "no such user"),
        (&[("RCPT", "450 4.2.0 greylisted, come back")], false, "greylisted"),
        (&[("MAIL", "421 4.7.0 too many connections")], false, "too many connections"),
        (&[("AUTH", "535 5.7.8 bad credentials")], false, "signing in"),
        (&[(".", "554 5.7.1 looks like spam")], true, "looks like spam"),
    ] {
        let mut server = Server::start(MailSecurity::Plain, false, answers).await;
        let (came_of_it, _) = sent(&mut server, MailSecurity::Plain, None).await;
        assert_eq!(matches!(came_of_it, Delivery::GaveUp { .. }), refused, "{came_of_it:?}");
        assert!(error(&came_of_it).contains(words) && !error(&came_of_it).contains(PASSWORD), "{came_of_it:?}");
    }
}

#[tokio::test]
async fn mail_servers_inside_the_house_are_reached_only_where_they_are_named() {
    let mut server = Server::start(MailSecurity::Plain, false, &[]).await;
    let settings = channel(mail(&server, MailSecurity::Plain, None));
    let came_of_it = send(&House::new(), &settings, &[], release("出口。")).await;
    assert!(error(&came_of_it).contains("allow_private"), "{came_of_it:?}");
    assert!(server.told().is_empty());
}
