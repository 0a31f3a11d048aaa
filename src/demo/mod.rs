//! A small web on loopback that publishes a release while one watches, and the list of what must come of it.
//!
//! Six hosts, each with a port of its own: a news site with a feed in Traditional Chinese, a mirror in Simplified,
//! an English wire, a forum board, a statistics page, a policy site; and a receiver of alerts. All texts and
//! numbers are made up. The engine that follows them is the one of `run`.

mod plan;
mod receiver;
mod web;

use std::net::SocketAddr;
use std::path::Path;

pub use plan::{Finding, findings};
pub use web::{STAGES, Web};

use crate::config::{SOURCES, WATCHLIST};

/// Writes the configuration that follows the demonstration's web into a folder.
///
/// # Errors
/// The folder cannot be written.
pub fn write_configuration(web: &Web, directory: &Path, listen: SocketAddr) -> std::io::Result<()> {
    let private: Vec<String> = web.addresses().iter().map(|address| format!("\"{address}\"")).collect();
    let sources = web
        .fill(include_str!("pages/sources.toml"))
        .replace("{private}", &private.join(", "))
        .replace("{listen}", &listen.to_string());
    let watchlist = web
        .fill(include_str!("pages/watchlist.toml"))
        .replace("{receiver_address}", &format!("\"{}\"", web.receiver_address()))
        .replace("{secret}", &receiver::secret());
    std::fs::create_dir_all(directory)?;
    std::fs::write(directory.join(SOURCES), sources)?;
    std::fs::write(directory.join(WATCHLIST), watchlist)
}
