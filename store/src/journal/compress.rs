//! Compresses segments that are closed, beside the work of the store.
//!
//! The plain file goes only after the compressed one is on disk under its name and was read back. Whatever is
//! interrupted leaves files that the next open clears away or compresses again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

use super::Failure;
use super::segment;
use crate::Position;
use crate::disk::Disk;

/// A thread that compresses what it is handed. Dropping it waits for the segment in hand.
pub(crate) struct Compressor {
    /// `None` only while it is dropped.
    segments: Option<Sender<Position>>,
    thread: Option<JoinHandle<()>>,
}

impl Compressor {
    pub(crate) fn start(disk: Arc<dyn Disk>, directory: &Path) -> Result<Self, Failure> {
        let (sender, segments) = mpsc::channel::<Position>();
        let folder = directory.to_owned();
        let work = move || {
            for first in segments {
                if let Err(Failure { path, action, cause }) = compress(&*disk, &folder, first) {
                    tracing::warn!(path = %path.display(), action, %cause, "a closed segment of the journal stays uncompressed");
                }
            }
        };
        let thread = std::thread::Builder::new().name("journal-compressor".into()).spawn(work);
        let thread = thread.map_err(Failure::at(directory, "start the thread that compresses the journal"))?;
        Ok(Self { segments: Some(sender), thread: Some(thread) })
    }

    /// Hands over a closed segment.
    pub(crate) fn hand_over(&self, first: Position) {
        if let Some(segments) = &self.segments {
            // It fails only when the thread has died; the next open hands the segment over again.
            let _ = segments.send(first);
        }
    }
}

impl Drop for Compressor {
    fn drop(&mut self) {
        self.segments = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::warn!("the thread that compresses the journal has panicked; nothing is lost by it");
        }
    }
}

fn compress(disk: &dyn Disk, directory: &Path, first: Position) -> Result<(), Failure> {
    let plain = segment::plain_path(directory, first);
    let path = segment::compressed_path(directory, first);
    let new: PathBuf = directory.join(format!("{first:020}{}", segment::UNFINISHED));
    let bytes = std::fs::read(&plain).map_err(Failure::at(&plain, "read the segment"))?;
    let file = segment::compress(&bytes).map_err(Failure::at(&plain, "compress the segment"))?;
    let failed = |cause| Failure { path: new.clone(), action: "write the compressed segment", cause };
    let mut written = disk.open(&new).map_err(failed)?;
    written.cut(0).map_err(failed)?;
    written.write_at(0, &file).map_err(failed)?;
    written.sync().map_err(failed)?;
    let back = std::fs::read(&new).map_err(failed)?;
    if segment::decompress(&back).bytes != bytes {
        return Err(failed(std::io::Error::new(std::io::ErrorKind::InvalidData, "it does not read back")));
    }
    disk.rename(&new, &path).map_err(failed)?;
    disk.sync_directory(directory).map_err(failed)?;
    disk.remove(&plain).map_err(Failure::at(&plain, "remove the segment that is now compressed"))
}
