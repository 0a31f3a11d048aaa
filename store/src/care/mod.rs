//! Care of a store as a whole: a backup while it is in use, a store from a backup, a copy, a smaller journal.
//!
//! All of it works on the journal, since that is the truth; views are built from it. Knows nothing of what a record means
//! but, for compaction, which changes put a whole value that a later one replaces.

mod backup_file;
mod bodies;
pub(crate) mod compact;
#[cfg(feature = "postgres")]
mod compact_server;
mod fill;
mod history;
mod made;
mod place;
mod superseded;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::backup_file::Reader;
pub use self::bodies::Carried;
use self::bodies::Named;
pub use self::compact::{Compacted, compact};
#[cfg(feature = "postgres")]
pub use self::compact_server::compact_shared;
use self::fill::Fill;
pub use self::history::{History, history};
pub use self::made::make;
use self::made::named_last;
pub use self::place::Place;
use crate::archive::{Archive, ArchiveError};
use crate::disk::{Disk, SystemDisk, make_directory, replace_file, sync_directory};
use crate::journal::record::Record;
use crate::journal::{self, Failure};
use crate::lock::Lock;
use crate::open::{FORMAT, FORMAT_FILE, JOURNAL, check_format};
use crate::store::Store;
use crate::{OpenError, Position};

/// What is behind the name of a file or folder that is being made.
const UNFINISHED: &str = "unfinished";

/// Care that could not be taken. Nothing was changed but what is named.
#[derive(Debug, thiserror::Error)]
pub enum CareError {
    /// The store cannot be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is no store in the folder.
    #[error("there is no store in `{path}`")]
    NoStore {
        /// The folder.
        path: PathBuf,
    },
    /// What is to be made is there already.
    #[error("`{path}` is there already")]
    Exists {
        /// The file or folder.
        path: PathBuf,
    },
    /// Bodies cannot be read or kept.
    #[error("cannot carry the bodies of the archive")]
    Archive(#[from] ArchiveError),
    /// A file could not be read or written.
    #[error("`{path}`: cannot {action}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// The file is not, or not wholly, what a backup wrote.
    #[error("the backup `{path}` is damaged at byte {at}: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Offset in it.
        at: u64,
        /// What is wrong.
        what: String,
    },
    /// The file was written by a newer program.
    #[error("the backup `{path}` has format {found}, this program reads up to {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// A compacted journal did not give the same views; the store was left as it was.
    #[error("the compacted journal of `{path}` does not say the same as the old one, which stays: {what}")]
    Differs {
        /// The store.
        path: PathBuf,
        /// The first differences.
        what: String,
    },
}

#[cfg(feature = "postgres")]
impl From<crate::ServerError> for CareError {
    fn from(error: crate::ServerError) -> Self {
        Self::Open(OpenError::Server(error))
    }
}

impl From<Failure> for CareError {
    fn from(failure: Failure) -> Self {
        Self::Io { path: failure.path, action: failure.action, cause: failure.cause }
    }
}

fn failed(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> CareError {
    let path = path.to_owned();
    move |cause| CareError::Io { path, action, cause }
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The file or folder that holds it now.
    pub path: PathBuf,
    /// Transactions in it.
    pub records: u64,
    /// Bytes of the file, or of the journal in the folder.
    pub bytes: u64,
    /// Whether another process held the store meanwhile: what it committed later is not in it.
    pub in_use: bool,
}

/// Writes a backup of a store, which may be in use, into a file, or into a folder under a name made of the last position
/// (`store-00000000000000004711.backup`). It holds all that was committed when it began. The file is read back and
/// checked before it gets its name; one of the same name in a folder is checked and left.
///
/// The archive of bodies is not in it: nothing in its files is overwritten, so that any tool copies them, and a server has
/// backups of its own.
///
/// # Errors
/// See [`CareError`]; the file is there as a whole or not at all.
pub fn backup<'a>(store: impl Into<Place<'a>>, to: &Path) -> Result<Copied, CareError> {
    backup_on(Arc::new(SystemDisk), store, to)
}

pub(crate) fn backup_on<'a>(disk: Arc<dyn Disk>, store: impl Into<Place<'a>>, to: &Path) -> Result<Copied, CareError> {
    let store = store.into();
    let into_folder = to.is_dir();
    if !into_folder && to.exists() {
        return Err(CareError::Exists { path: to.to_owned() });
    }
    let folder = if into_folder { to } else { parent(to) };
    make_directory(folder).map_err(failed(folder, "make the folder"))?;
    let own = format!("store-{}.backup.{UNFINISHED}", std::process::id());
    let unfinished = folder.join(own);
    let written = backup_file::write(&*disk, &unfinished, &mut |each| read_store(store, "makes a backup", each));
    let finished = written.and_then(|(written, in_use)| {
        let path = if into_folder { folder.join(backup_name(written.last)) } else { to.to_owned() };
        let copied = Copied { path, records: written.records, bytes: written.bytes, in_use };
        if into_folder && copied.path.exists() {
            Reader::open(&copied.path)?.read(&mut |_| Ok(()))?;
            disk.remove(&unfinished).map_err(failed(&unfinished, "remove the file"))?;
            return Ok(copied);
        }
        disk.rename(&unfinished, &copied.path).map_err(failed(&copied.path, "give the backup its name"))?;
        disk.sync_directory(folder).map_err(failed(folder, "sync the folder"))?;
        Ok(copied)
    });
    if finished.is_err() {
        // It has no name under which anybody would look for a backup; a failure to remove it costs space only.
        let _ = disk.remove(&unfinished);
    }
    finished
}

fn backup_name(last: Position) -> String {
    format!("store-{last:020}.backup")
}

/// Makes a store of a backup. The folder must not be there yet, or be empty; on a server nothing must have been committed
/// yet. The whole file is checked, the views are built, and only then does the folder get its name.
///
/// # Errors
/// See [`CareError`]; the store is there as a whole or not at all.
pub fn restore<'a>(file: &Path, to: impl Into<Place<'a>>) -> Result<Copied, CareError> {
    restore_on(Arc::new(SystemDisk), file, to)
}

pub(crate) fn restore_on<'a>(disk: Arc<dyn Disk>, file: &Path, to: impl Into<Place<'a>>) -> Result<Copied, CareError> {
    let (mut reader, to) = (Reader::open(file)?, to.into());
    if !matches!(to, Place::Folder(_)) {
        // Tables are not made for what turns out to be damaged.
        Reader::open(file)?.read(&mut |_| Ok(()))?;
    }
    make_store(disk, to, &mut |each| reader.read(each).map(|_| false), &mut || Ok(()))
}

/// Reads a whole store once and keeps nothing: what is damaged is found before anything is made of it.
///
/// # Errors
/// See [`CareError`].
pub fn check<'a>(store: impl Into<Place<'a>>) -> Result<(), CareError> {
    read_store(store.into(), "reads it", &mut |_| Ok(())).map(|_in_use| ())
}

/// Makes a store in another place that holds all that this one, which may be in use, has committed.
///
/// # Errors
/// See [`CareError`]; the store is there as a whole or not at all.
pub fn copy<'a, 'b>(from: impl Into<Place<'a>>, to: impl Into<Place<'b>>) -> Result<Copied, CareError> {
    let from = from.into();
    let give: &mut Give<'_> = &mut |each| read_store(from, "copies it", each);
    make_store(Arc::new(SystemDisk), to.into(), give, &mut || Ok(()))
}

/// As [`copy`], with the bodies that the store names: they are carried before the copy becomes a store. `seen` is called
/// with the number of those looked at.
///
/// # Errors
/// See [`CareError`]; the store is there as a whole or not at all. Bodies that were carried until then stay.
pub fn copy_whole(
    (from, bodies): (Place<'_>, &Archive),
    (to, archive): (Place<'_>, &Archive),
    seen: &mut dyn FnMut(u64),
) -> Result<(Copied, Carried), CareError> {
    let named = std::cell::RefCell::new(Named::default());
    let mut carried = Carried::default();
    let give: &mut Give<'_> = &mut |each| {
        read_store(from, "copies it", &mut |record| {
            let damaged = |what| CareError::Differs { path: from.shown(), what };
            named.borrow_mut().note(record.payload).map_err(damaged)?;
            each(record)
        })
    };
    let copied = make_store(Arc::new(SystemDisk), to, give, &mut || {
        carried = named.borrow().carry(bodies, archive, seen)?;
        Ok(())
    })?;
    Ok((copied, carried))
}

/// Takes a record, and says why it cannot.
type Take<'a> = dyn FnMut(Record<'_>) -> Result<(), CareError> + 'a;

/// Gives all records of a journal in order, and says whether somebody else held the store meanwhile.
type Give<'a> = dyn FnMut(&mut Take<'_>) -> Result<bool, CareError> + 'a;

/// Makes a store of records. `last`: done when all of them are written, before they count.
fn make_store(
    disk: Arc<dyn Disk>,
    to: Place<'_>,
    give: &mut Give<'_>,
    last: &mut dyn FnMut() -> Result<(), CareError>,
) -> Result<Copied, CareError> {
    let to = match to {
        Place::Folder(to) => to,
        #[cfg(feature = "postgres")]
        Place::Server(sharing) => return fill_server(sharing, give, last),
    };
    named_last(&*disk, to, |building| {
        let copied = fill_store(&disk, building, give)?;
        last()?;
        Ok(Copied { path: to.to_owned(), ..copied })
    })
}

fn fill_store(disk: &Arc<dyn Disk>, building: &Path, give: &mut Give<'_>) -> Result<Copied, CareError> {
    let directory = building.join(JOURNAL);
    make_directory(&directory).map_err(failed(&directory, "make the folder"))?;
    let mut fill = Fill::begin(Arc::clone(disk), &directory, journal::SEGMENT_BYTES)?;
    let in_use = give(&mut |record| fill.push(record.position, record.payload.to_vec()))?;
    let (records, next) = fill.end()?;
    let format = building.join(FORMAT_FILE);
    replace_file(&format, format!("{FORMAT}\n").as_bytes()).map_err(failed(&format, "note the format"))?;
    disk.sync_directory(&directory).map_err(failed(&directory, "sync the folder"))?;
    disk.sync_directory(building).map_err(failed(building, "sync the folder"))?;
    // Opening reads every record again and builds the views.
    let store = Store::open(building)?;
    let stats =
        store.stats().map_err(|cause| OpenError::Views { path: building.to_owned(), what: cause.to_string() })?;
    if stats.records + 1 != next {
        let what = format!("{} records were written, the last is {}", next - 1, stats.records);
        return Err(CareError::Differs { path: building.to_owned(), what });
    }
    Ok(Copied { path: building.to_owned(), records, bytes: stats.journal_bytes, in_use })
}

#[cfg(feature = "postgres")]
fn fill_server(
    sharing: &crate::Sharing<'_>,
    give: &mut Give<'_>,
    last: &mut dyn FnMut() -> Result<(), CareError>,
) -> Result<Copied, CareError> {
    let path: PathBuf = sharing.address.to_string().into();
    let server = crate::Sharing { make: true, ..sharing.clone() }.connect()?;
    let Some(mut fill) = crate::server::fill(&server)? else { return Err(CareError::Exists { path }) };
    let in_use = give(&mut |record| Ok(fill.push(record.position, record.payload.to_vec())?))?;
    last()?;
    let (records, next) = fill.end()?;
    let read_back = crate::server::scan(&server, 1, next - 1, &mut |_| Ok(()))?;
    if read_back != records {
        let what = format!("{records} records were written, {read_back} are there");
        return Err(CareError::Differs { path, what });
    }
    Ok(Copied { path, records, bytes: crate::server::relation_bytes(&server)?, in_use })
}

/// Hands on all records of a store on a server that were committed when it began.
#[cfg(feature = "postgres")]
fn read_server(sharing: &crate::Sharing<'_>, take: &mut Take<'_>) -> Result<bool, CareError> {
    let server = crate::Sharing { make: false, ..sharing.clone() }.connect()?;
    let in_use = server.is_in_use()?;
    let last = crate::server::last_position(&server)?;
    let mut stopped = None;
    let scanned = crate::server::scan(&server, 1, last, &mut |row| {
        let record = Record { position: row.position, at: 0, checksum: row.checksum, payload: &row.payload };
        take(record).map_err(|error| {
            stopped = Some(error);
            "it could not be copied".to_owned()
        })
    });
    match stopped {
        Some(error) => Err(error),
        None => Ok(scanned.map(|_| in_use)?),
    }
}

/// Hands on all records of a store: under its lock where nobody holds it, else as far as they are promised to be on disk.
fn read_store(store: Place<'_>, does: &str, take: &mut Take<'_>) -> Result<bool, CareError> {
    let store = match store {
        Place::Folder(store) => store,
        #[cfg(feature = "postgres")]
        Place::Server(sharing) => return read_server(sharing, take),
    };
    Place::Folder(store).check_store()?;
    check_format(store)?;
    let mut stopped = None;
    let mut each = |record: Record<'_>| match take(record) {
        Ok(()) => Ok(()),
        Err(error) => {
            stopped = Some(error);
            Err("it could not be copied".to_owned())
        }
    };
    let directory = store.join(JOURNAL);
    let lock = Lock::take(store).map_err(failed(store, "lock the store"))?;
    let read = match &lock {
        Some(lock) => {
            let holder = format!("process {}, which {does}", std::process::id());
            lock.set_holder(&holder).map_err(failed(store, "note who holds the store"))?;
            compact::settle(store).map_err(failed(store, "end a compaction that was interrupted"))?;
            journal::scan(&directory, &mut each).map(|_| ())
        }
        None => journal::prefix(&directory, &mut each).map(|_| ()),
    };
    match (stopped, read) {
        (Some(error), _) => Err(error),
        (None, read) => Ok(read.map(|()| lock.is_none())?),
    }
}

/// Whether there is nothing under this name, or an empty folder.
fn is_free(path: &Path) -> io::Result<bool> {
    match std::fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(cause) => Err(cause),
    }
}

/// The folder in which a file or folder lies.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the name of what lies in a folder survive a power cut.
fn sync_parent(path: &Path) -> io::Result<()> {
    sync_directory(parent(path))
}
