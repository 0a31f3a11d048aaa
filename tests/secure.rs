//! TLS from end to end: servers on loopback with certificates of an authority made for the test, asked by the crawler.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bellwether::clock::{SharedClock, SteppedClock};
use bellwether::crawl::{self, FetchedPage, TryFetchError};
use bellwether::settings::{CrawlerSettings, SourceSettings};
use bellwether_model::id::SourceId;
use bellwether_model::source::SourceKind;
use bellwether_model::web::CanonicalUrl;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// An authority that nobody knows.
struct Authority {
    certificate: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap().der().to_vec();
        Self { certificate, issuer: Issuer::new(parameters, key) }
    }

    /// A server's settings with a certificate for this name. `has_expired`: in 2001.
    fn certify(&self, name: &str, has_expired: bool, protocols: &[&str]) -> ServerConfig {
        let mut parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        if has_expired {
            (parameters.not_before, parameters.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(2001, 1, 1));
        }
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config =
            ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.into()], key).unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        config
    }
}

/// What a server saw: version and address of each request, as it was sent.
type Log = Arc<Mutex<Vec<(Version, String)>>>;

async fn serve(config: ServerConfig) -> (SocketAddr, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let log = Log::default();
    let kept = Arc::clone(&log);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, log) = (acceptor.clone(), Arc::clone(&kept));
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                    log.lock().unwrap().push((request.version(), request.uri().path().to_owned()));
                    let status = if request.uri().path() == "/robots.txt" { 404 } else { 200 };
                    let answer = Response::builder().status(status).body(Full::new(Bytes::from_static(b"sealed")));
                    std::future::ready(answer)
                });
                // How a conversation ends is told by what the client makes of it.
                let _ended =
                    auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    (address, log)
}

/// Asks for one page; `trusted`: the authorities that are added.
async fn ask(address: SocketAddr, scheme: &str, trusted: &[&Authority]) -> Result<FetchedPage, TryFetchError> {
    let settings = CrawlerSettings {
        gap: std::time::Duration::ZERO,
        allow_private: vec![address],
        certificates: trusted.iter().map(|authority| authority.certificate.clone()).collect(),
        ..CrawlerSettings::default()
    };
    let url = CanonicalUrl::parse(&format!("{scheme}://{address}/page")).unwrap();
    let clock: SharedClock = Arc::new(SteppedClock::at("2026-01-07T08:00:00Z".parse().unwrap()));
    crawl::try_fetch(&settings, &SourceSettings::new(SourceId::new("a"), SourceKind::Page, url), clock).await
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_spoken_where_the_server_offers_it() {
    let authority = Authority::new();
    for (protocols, version) in
        [(&["h2", "http/1.1"][..], Version::HTTP_2), (&["http/1.1"], Version::HTTP_11), (&[], Version::HTTP_11)]
    {
        let (address, log) = serve(authority.certify("127.0.0.1", false, protocols)).await;
        let page = ask(address, "https", &[&authority]).await.unwrap();
        assert_eq!((page.status, page.body.as_slice()), (200, &b"sealed"[..]), "{protocols:?}");
        let seen: Vec<(Version, String)> = log.lock().unwrap().clone();
        assert_eq!(seen, [(version, "/robots.txt".to_owned()), (version, "/page".to_owned())], "{protocols:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_prove_nothing_are_refused_and_named() {
    let (authority, other) = (Authority::new(), Authority::new());
    for (name, has_expired, trusted, expected) in [
        ("127.0.0.1", true, vec![&authority], "expired"),
        ("elsewhere.example", false, vec![&authority], "not valid for name"),
        ("127.0.0.1", false, vec![], "UnknownIssuer"),
        ("127.0.0.1", false, vec![&other], "certificate"),
    ] {
        let (address, log) = serve(authority.certify(name, has_expired, &["h2"])).await;
        let error = ask(address, "https", &trusted).await.unwrap_err().to_string();
        assert!(error.contains("cannot connect") && error.contains(expected), "{name}: {error}");
        assert!(log.lock().unwrap().is_empty(), "nothing is asked of a server that is not who it says");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_and_plain_text_do_not_mix() {
    let authority = Authority::new();
    let (secure, log) = serve(authority.certify("127.0.0.1", false, &[])).await;
    let error = ask(secure, "http", &[&authority]).await.unwrap_err().to_string();
    assert!(error.contains("broke off or is no HTTP"), "{error}");
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = plain.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = plain.accept().await {
            let _hung_up = tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 x\r\n\r\n").await;
        }
    });
    let error = ask(address, "https", &[&authority]).await.unwrap_err().to_string();
    assert!(error.contains("cannot connect"), "{error}");
    assert!(log.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_none_is_named() {
    let bogus = Authority { certificate: b"no certificate".to_vec(), ..Authority::new() };
    let error = ask("127.0.0.1:9".parse().unwrap(), "https", &[&bogus]).await.unwrap_err().to_string();
    assert!(error.contains("`crawler.certificates`"), "{error}");
}
