//! A PostgreSQL server of their own for tests. It ends with the process of the test, however that ends.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its part; a test stops where something is missing"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Makes a server, says where it is, and takes it away when nobody holds the other end of its input any more.
const SCRIPT: &str = r#"
set -e
folder=$(mktemp -d "${TMPDIR:-/tmp}/bellwether-postgres-XXXXXX")
# A server does not run as root: then it is another user's.
as=
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    as="runuser -u $user --"
    chown "$user" "$folder"
fi
$as "$1/initdb" -D "$folder/data" -U desk --auth=trust --no-sync -E UTF8 --locale=C >/dev/null
if [ -n "$3" ]; then
    cp "$3" "$folder/data/server.crt"
    cp "$4" "$folder/data/server.key"
    [ -z "$as" ] || chown "$user" "$folder/data/server.crt" "$folder/data/server.key"
    chmod 600 "$folder/data/server.key"
    echo "ssl = on" >>"$folder/data/postgresql.conf"
    echo "hostssl all secret 127.0.0.1/32 scram-sha-256" >"$folder/rules"
    echo "hostnossl all secret 127.0.0.1/32 reject" >>"$folder/rules"
    cat "$folder/data/pg_hba.conf" >>"$folder/rules"
    cat "$folder/rules" >"$folder/data/pg_hba.conf"
fi
$as "$1/pg_ctl" -w -D "$folder/data" -l "$folder/log" \
    -o "-k $folder -p $2 -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200" start >/dev/null
echo "$folder"
cat >/dev/null
$as "$1/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
rm -rf "$folder"
"#;

/// A server on a port of loopback.
pub(crate) struct PostgresServer {
    pub(crate) port: u16,
    /// Where its programs are.
    programs: PathBuf,
    folder: PathBuf,
    child: Child,
    input: Option<ChildStdin>,
    databases: AtomicU32,
}

/// The server that the tests of this process share; `None`, with a printed line, where there is no PostgreSQL.
pub(crate) fn server() -> Option<&'static PostgresServer> {
    static SERVER: LazyLock<Option<PostgresServer>> = LazyLock::new(|| PostgresServer::start(None));
    if SERVER.is_none() {
        let mut output = std::io::stdout();
        writeln!(output, "skipped: there is no PostgreSQL server on this machine (apt-get install postgresql)")
            .unwrap();
    }
    SERVER.as_ref()
}

/// The folder of the newest server's programs.
fn programs() -> Option<PathBuf> {
    let versions =
        std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let mut found: Vec<PathBuf> = versions.filter(|bin| bin.join("initdb").exists()).collect();
    found.sort();
    found.pop()
}

impl PostgresServer {
    /// Starts a server. `secret`: files of a certificate and its key (PEM); the user `secret` must then speak TLS and know a
    /// password.
    pub(crate) fn start(secret: Option<(&Path, &Path)>) -> Option<Self> {
        let programs = programs()?;
        // Nobody takes the port in between but by bad luck; the server says so then.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (certificate, key) = secret.unwrap_or((Path::new(""), Path::new("")));
        let mut child = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .args([&programs, Path::new(&port.to_string()), certificate, key])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let mut folder = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut folder).unwrap();
        assert!(!folder.is_empty(), "the server did not start");
        let folder = PathBuf::from(folder.trim());
        Some(Self { port, programs, folder, child, input, databases: AtomicU32::new(0) })
    }

    /// The address of a new, empty database.
    pub(crate) fn database(&self) -> String {
        let name = format!("trial_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://desk@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs SQL in a database, by its name or its address. What it prints, without ornament.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let database = database.rsplit('/').next().unwrap();
        let output = Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "desk", "-d", database])
            .args(["-p", &self.port.to_string(), "-c", sql])
            .output()
            .unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// What it has written into its log.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap()
    }

    /// Ends it at once, as a crash does, and starts it again.
    pub(crate) fn restart(&self) {
        let owner = std::fs::metadata(self.folder.join("data")).unwrap().uid();
        let mut command = Command::new(self.programs.join("pg_ctl"));
        command.uid(owner).args(["-w", "-m", "immediate", "restart", "-D"]).arg(self.folder.join("data"));
        command.arg("-l").arg(self.folder.join("log")).current_dir("/").stdout(Stdio::null());
        assert!(command.status().unwrap().success());
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ended = self.child.wait();
    }
}
