//! Where a server is and how it is spoken to, as one text. Pure.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// To a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// A peer that is gone is noticed after about so long.
const SILENT: Duration = Duration::from_secs(20);
/// A session that sits in a transaction is ended by the server, so that a machine that went away frees what it held.
const IDLE_IN_TRANSACTION: &str = "-c idle_in_transaction_session_timeout=20s";

/// The address of a store on a PostgreSQL server: `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require`.
///
/// It is shown without the password.
#[derive(Clone)]
pub struct ServerAddress {
    pub(super) config: Config,
    pub(super) shown: Arc<str>,
    /// A file of authorities (PEM) that are trusted besides those of this machine.
    pub(super) authorities: Option<PathBuf>,
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ServerAddress").field(&self.shown).finish()
    }
}

impl ServerAddress {
    /// Reads an address. `password`: where the address has none (`PGPASSWORD`).
    ///
    /// `sslmode` is `require` (or `verify-full`, which means the same here: the certificate is always checked) or `disable`.
    /// Where it is left out, the connection is encrypted unless the server is this machine. `sslrootcert` names a file of
    /// authorities that are trusted as well. All other parameters are those of libpq's connection strings that
    /// tokio-postgres knows.
    ///
    /// # Errors
    /// What is wrong with it, in words that do not hold the password.
    pub fn parse(text: &str, password: Option<&str>) -> Result<Self, String> {
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut mode, mut authorities, mut rest) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(encrypts(value)?),
                Some(("sslrootcert", value)) => authorities = Some(PathBuf::from(plain(value))),
                _ => rest.push(pair),
            }
        }
        let kept = if rest.is_empty() { place.to_owned() } else { format!("{place}?{}", rest.join("&")) };
        // The parser's own message names the parameter, never its value.
        let mut config: Config = kept.parse().map_err(|cause: tokio_postgres::Error| {
            let inner = std::error::Error::source(&cause).map(|inner| format!(": {inner}")).unwrap_or_default();
            format!("{cause}{inner}")
        })?;
        if config.get_hosts().is_empty() {
            return Err("it names no host: write postgres://USER@HOST/DATABASE".to_owned());
        }
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        let is_here = config.get_hosts().iter().all(is_this_machine);
        let encrypted = mode.unwrap_or(!is_here);
        config.ssl_mode(if encrypted { SslMode::Require } else { SslMode::Disable });
        config.connect_timeout(CONNECT);
        config.keepalives_idle(SILENT / 2).keepalives_interval(SILENT / 8).keepalives_retries(3);
        config.tcp_user_timeout(SILENT);
        if config.get_application_name().is_none() {
            config.application_name("bellwether");
        }
        let options = config.get_options().map(|own| format!("{own} ")).unwrap_or_default();
        config.options(format!("{options}{IDLE_IN_TRANSACTION}"));
        Ok(Self { config, shown: shown(place, &rest).into(), authorities })
    }
}

fn encrypts(mode: &str) -> Result<bool, String> {
    match mode {
        "disable" => Ok(false),
        "require" | "verify-ca" | "verify-full" => Ok(true),
        other => Err(format!(
            "sslmode={other}: write sslmode=require (encrypted, the certificate is checked) or sslmode=disable"
        )),
    }
}

/// The address without the password.
fn shown(place: &str, parameters: &[&str]) -> String {
    let (scheme, rest) = place.split_once("://").unwrap_or(("postgres", place));
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
        None => authority.to_owned(),
    };
    let parameters: Vec<&str> = parameters.iter().copied().filter(|pair| !pair.starts_with("password=")).collect();
    let query = if parameters.is_empty() { String::new() } else { format!("?{}", parameters.join("&")) };
    format!("{scheme}://{authority}{path}{query}")
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

/// A value of a query without its escapes.
fn plain(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let escaped = behind.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_used_and_never_shown() {
        let address = ServerAddress::parse("postgres://desk:s3cret@db.example:5433/trade?password=again", None);
        let address = address.unwrap();
        assert_eq!(address.to_string(), "postgres://desk@db.example:5433/trade");
        assert!(!format!("{address:?}").contains("s3cret") && !format!("{address:?}").contains("again"));
        let address = ServerAddress::parse("postgres://desk@db.example/trade", Some("from outside")).unwrap();
        assert_eq!(address.config.get_password(), Some(b"from outside".as_slice()));
        let own = ServerAddress::parse("postgres://desk:own@db.example/trade", Some("from outside")).unwrap();
        assert_eq!(own.config.get_password(), Some(b"own".as_slice()));
        let wrong = ServerAddress::parse("postgres://desk:s3cret@db.example:port/trade", None).unwrap_err();
        assert!(!wrong.contains("s3cret"), "{wrong}");
    }

    #[test]
    fn a_server_elsewhere_is_spoken_to_in_secret_unless_told_otherwise() {
        for (text, mode) in [
            ("postgres://desk@db.example/trade", SslMode::Require),
            ("postgres://desk@db.example/trade?sslmode=disable", SslMode::Disable),
            ("postgres://desk@127.0.0.1/trade", SslMode::Disable),
            ("postgres://desk@localhost,db.example/trade", SslMode::Require),
            ("postgres://desk@127.0.0.1/trade?sslmode=verify-full", SslMode::Require),
            ("postgres://desk@%2Frun%2Fpostgresql/trade", SslMode::Disable),
            ("postgres:///trade?host=/run/postgresql&user=desk", SslMode::Disable),
        ] {
            assert_eq!(ServerAddress::parse(text, None).unwrap().config.get_ssl_mode(), mode, "{text}");
        }
        let refused = ServerAddress::parse("postgres://desk@db.example/trade?sslmode=prefer", None).unwrap_err();
        assert!(refused.contains("sslmode=require"), "{refused}");
        let with_file = "postgres://desk@db.example/trade?sslrootcert=/etc/our%20own.pem&connect_timeout=3";
        let address = ServerAddress::parse(with_file, None).unwrap();
        assert_eq!(address.authorities, Some(PathBuf::from("/etc/our own.pem")));
        assert!(ServerAddress::parse("postgres:///trade", None).is_err());
    }
}
