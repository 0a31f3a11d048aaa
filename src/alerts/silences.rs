//! Door: the file of silences, read again when it changes.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::routing::{Silence, SilencesFile};

/// The silences in force.
pub(super) struct Silences {
    path: Option<PathBuf>,
    /// When the file was last written, as far as it was read, and how long it was.
    read: Option<(SystemTime, u64)>,
    known: Vec<Silence>,
}

impl Silences {
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self { path, read: None, known: Vec::new() }
    }

    /// The silences as the file has them now. A file with a mistake is refused whole, and the old ones stay in force.
    pub(super) fn now(&mut self) -> &[Silence] {
        let Some(path) = &self.path else { return &self.known };
        let read = match std::fs::metadata(path) {
            Ok(found) => found.modified().ok().map(|at| (at, found.len())),
            Err(cause) if cause.kind() == ErrorKind::NotFound => None,
            Err(_) => return &self.known,
        };
        if read == self.read {
            return &self.known;
        }
        self.read = read;
        let text = if read.is_some() {
            std::fs::read_to_string(path).map_err(|cause| cause.to_string())
        } else {
            Ok(String::new())
        };
        match text.and_then(|text| SilencesFile::read(&text)?.ready()) {
            Ok(silences) => self.known = silences,
            Err(wrong) => {
                tracing::error!(path = %path.display(), "the silences are not read, the old ones stay in force: {wrong}")
            }
        }
        &self.known
    }
}
