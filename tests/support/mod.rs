//! What tests of the whole program share: a folder with configuration, the binary, a static site, a receiver.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "each test file uses its part; a test stops where something is missing"
)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// Labelled documents beside the checkout; `None`, with a printed line, where they are absent.
pub(crate) fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if folder.is_dir() {
        return Some(folder);
    }
    let mut output = std::io::stdout();
    writeln!(output, "skipped: there are no labelled documents beside this checkout").unwrap();
    None
}

/// A folder with configuration, store and archive, and the program run over it.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new(sources: &str, watchlist: &str) -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::write(home.path().join("sources.toml"), sources).unwrap();
        std::fs::write(home.path().join("watchlist.toml"), watchlist).unwrap();
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
        command.arg("--config").arg(self.path()).args(arguments).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts the program and leaves it running.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Standard output as JSON lines; the command must end with this status.
    pub(crate) fn rows(&self, arguments: &[&str], status: i32) -> Vec<Value> {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        self.rows(&["events", "list", "--format", "jsonl"], 0)
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A `sources.toml` for pages of one site on loopback; what stands there at the first look is news.
pub(crate) fn sources_of_pages(site: &Site, pages: &[(&str, &str, &str)]) -> String {
    let mut toml = format!(
        "[crawler]\ngap = \"5ms\"\nbacklog = \"news\"\nallow_private = [\"{}\"]\n\n[serve]\nlisten = \"127.0.0.1:0\"\n",
        site.address
    );
    for (id, path, more) in pages {
        toml.push_str(&format!(
            "\n[[source]]\nid = \"{id}\"\nkind = \"page\"\nurl = \"http://{}{path}\"\n{more}\n",
            site.address
        ));
    }
    toml
}

/// Method, path and body of each request.
type Requests = Arc<Mutex<Vec<(String, String, Vec<u8>)>>>;
type Answer = dyn Fn(&str, &HeaderMap, &Bytes) -> Response + Send + Sync;

/// A server on loopback; it ends when it is dropped.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    /// Requests so far: method, path and body.
    pub(crate) requests: Requests,
    _runtime: tokio::runtime::Runtime,
}

impl Site {
    /// A server that answers by a function of the path.
    pub(crate) fn answering(answer: impl Fn(&str, &HeaderMap, &Bytes) -> Response + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let state: (Arc<Answer>, _) = (Arc::new(answer), Arc::clone(&requests));
        let router = Router::new().fallback(handle).with_state(state);
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { address, requests, _runtime: runtime }
    }

    /// A static site with validators; its pages can be changed while it runs.
    pub(crate) fn of_pages(pages: &Pages) -> Self {
        let pages = pages.clone();
        Self::answering(move |path, headers, _| pages.answer(path, headers))
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|(_, path, _)| path.clone()).collect()
    }
}

async fn handle(State((answer, requests)): State<(Arc<Answer>, Requests)>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let path = parts.uri.path().to_owned();
    requests.lock().unwrap().push((parts.method.to_string(), path.clone(), body.to_vec()));
    // What a rule may want to know besides the path, for which it is given no argument.
    let query = parts.uri.query().unwrap_or_default().parse().unwrap();
    parts.headers.insert("test-query", query);
    parts.headers.insert("test-method", parts.method.as_str().parse().unwrap());
    answer(&path, &parts.headers, &body)
}

/// Pages of a static site, by path.
#[derive(Clone, Default)]
pub(crate) struct Pages(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Pages {
    pub(crate) fn put(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.0.lock().unwrap().insert(path.to_owned(), body.into());
    }

    pub(crate) fn get(&self, path: &str) -> Option<String> {
        self.0.lock().unwrap().get(path).map(|body| text(body))
    }

    pub(crate) fn answer(&self, path: &str, headers: &HeaderMap) -> Response {
        let Some(body) = self.0.lock().unwrap().get(path).cloned() else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let tag = format!("\"{}\"", bellwether_model::id::ContentHash::of(&body));
        if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
        }
        let content_type = match path.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html",
            "md" => "text/markdown",
            "txt" => "text/plain",
            "xml" => "application/xml",
            _ => "application/octet-stream",
        };
        ([(header::CONTENT_TYPE, content_type.to_owned()), (header::ETAG, tag)], body).into_response()
    }
}
