//! Receivers on loopback that take everything, and tell when.

use std::net::SocketAddr;
use std::time::Instant;

use bellwether::settings::{AlertSettings, ChannelKind, ChannelSettings};
use bellwether_model::id::ChannelId;
use bellwether_model::web::CanonicalUrl;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// When a receiver took the alert on something.
pub(crate) type Taken = (String, Instant);

/// So many webhooks, and what they take: the named part of each alert's data.
pub(crate) async fn receivers(count: usize, named: &'static str) -> (AlertSettings, mpsc::UnboundedReceiver<Taken>) {
    let (sender, taken) = mpsc::unbounded_channel();
    let mut settings = AlertSettings::default();
    for n in 0..count {
        let address = receiver(sender.clone(), named).await;
        let url = CanonicalUrl::parse(&format!("http://{address}/")).unwrap();
        let kind = ChannelKind::Webhook { url, secrets: vec![b"a key of the bench, long enough".to_vec()] };
        settings.channels.push(ChannelSettings::new(ChannelId::new(format!("channel-{n}")), kind));
        settings.allow_private.push(address);
    }
    (settings, taken)
}

async fn receiver(taken: mpsc::UnboundedSender<Taken>, named: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, taken.clone(), named));
        }
    });
    address
}

async fn serve(stream: TcpStream, taken: mpsc::UnboundedSender<Taken>, named: &'static str) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok().filter(|&read| read > 0)?;
            let line = line.trim().to_lowercase();
            if line.is_empty() {
                break;
            }
            length = line.strip_prefix("content-length: ").map_or(length, |text| text.parse().unwrap());
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.ok()?;
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        taken.send((body["data"][named].as_str().unwrap().to_owned(), Instant::now())).ok()?;
    }
}
