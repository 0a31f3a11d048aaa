//! Reads a store through the API of the process that holds it.

use std::net::SocketAddr;

use anyhow::Context as _;
use serde::de::DeserializeOwned;

/// The API of a running `bellwether run` or `serve` on this machine.
pub(super) struct Remote {
    address: SocketAddr,
    token: Option<String>,
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

impl Remote {
    /// The API that the holder of a store told of (`process 4711, listening on 127.0.0.1:8787`).
    pub(super) fn of_holder(holder: &str, token: Option<String>) -> anyhow::Result<Option<Self>> {
        let Some(address) = holder.rsplit("listening on ").next().and_then(|text| text.trim().parse().ok()) else {
            return Ok(None);
        };
        let client = reqwest::Client::builder().no_proxy().build().context("cannot set up the HTTP client")?;
        Ok(Some(Self { address, token, client, runtime: super::runtime()? }))
    }

    /// The answer to a question, as JSON.
    pub(super) fn get<T: DeserializeOwned>(&self, path: &str, query: &[(String, String)]) -> anyhow::Result<T> {
        let text = self.get_text(path, query)?;
        serde_json::from_str(&text).with_context(|| {
            format!("the answer of {} to `{path}` is not understood; is it another version?", self.address)
        })
    }

    /// The answer to a question, as text.
    pub(super) fn get_text(&self, path: &str, query: &[(String, String)]) -> anyhow::Result<String> {
        let mut url =
            url::Url::parse(&format!("http://{}{path}", self.address)).expect("an address and a path make a URL");
        url.query_pairs_mut().extend_pairs(query);
        if query.is_empty() {
            url.set_query(None);
        }
        let mut request = self.client.get(url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let asked = || format!("cannot ask the process that holds the store, on {}", self.address);
        self.runtime.block_on(async {
            let answer = request.send().await.with_context(asked)?;
            let status = answer.status();
            let text = answer.text().await.with_context(asked)?;
            anyhow::ensure!(
                status.is_success(),
                "the process that holds the store, on {}, answers {status}: {}",
                self.address,
                text.trim()
            );
            Ok(text)
        })
    }
}
