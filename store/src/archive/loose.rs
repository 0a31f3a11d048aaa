//! Bodies that lie alone, each in a file under its hash, as archives were written before there were packs. They are read
//! and taken out; none is written any more.

use std::io;
use std::path::{Path, PathBuf};

use bellwether_model::id::ContentHash;

use super::record::bytes_of;
use super::{ArchiveError, Body, failed};

/// One folder for each first byte of a hash.
const SHARDS: usize = 256;
/// Where bodies lay while they were written; what is left there has no name that anybody reads.
const UNFINISHED: &str = "unfinished";

/// The file of a body, whether it is there or not. `None`: the text is no hash, and must not become a path.
pub(super) fn path(root: &Path, content: &ContentHash) -> Option<PathBuf> {
    bytes_of(content)?;
    let name = content.as_str();
    Some(root.join(&name[..2]).join(format!("{name}.zst")))
}

/// Whether an archive has a folder for such bodies.
pub(super) fn are_there(root: &Path) -> bool {
    (0..SHARDS).any(|shard| root.join(format!("{shard:02x}")).is_dir())
}

/// All of them, in no order.
pub(super) fn bodies(root: &Path) -> Result<Vec<Body>, ArchiveError> {
    let mut bodies = Vec::new();
    for shard in 0..SHARDS {
        let folder = root.join(format!("{shard:02x}"));
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => continue,
            Err(cause) => return Err(failed(&folder, "list the folder")(cause)),
        };
        for entry in entries {
            let entry = entry.map_err(failed(&folder, "list the folder"))?;
            let name = entry.file_name();
            let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".zst")) else { continue };
            let content = ContentHash::new(name);
            if path(root, &content).is_none_or(|path| path != entry.path()) {
                continue;
            }
            match entry.metadata() {
                Ok(metadata) => bodies.push(Body { content, bytes: metadata.len() }),
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
                Err(cause) => return Err(failed(&entry.path(), "look at the body")(cause)),
            }
        }
    }
    Ok(bodies)
}

/// The body in a file. `None`: there is no such file.
pub(super) fn read(path: &Path, content: &ContentHash) -> Result<Option<Vec<u8>>, ArchiveError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(failed(path, "read the body")(cause)),
    };
    match zstd::decode_all(bytes.as_slice()) {
        Ok(body) if ContentHash::of(&body) == *content => Ok(Some(body)),
        _ => Err(ArchiveError::Damaged(content.clone())),
    }
}

/// Removes a file. Says whether it was there.
pub(super) fn remove(path: &Path) -> Result<bool, ArchiveError> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(failed(path, "remove the body")(cause)),
    }
}

/// Removes what processes that died left unfinished.
pub(super) fn clear(root: &Path) {
    let folder = root.join(UNFINISHED);
    if folder.is_dir()
        && let Err(cause) = std::fs::remove_dir_all(&folder)
    {
        tracing::warn!(path = %folder.display(), %cause, "cannot remove unfinished bodies");
    }
}
