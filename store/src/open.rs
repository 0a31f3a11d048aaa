//! Opening a store: the lock, the format, the journal, the views brought up to it; and closing it again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::care::compact;
use crate::commit::{Committer, Writer};
use crate::disk::{Disk, SystemDisk, folder_bytes, make_directory, replace_file};
use crate::journal::{self, Found, Journal};
use crate::lock::Lock;
use crate::views::{self, Applied, Progress, Trouble, Views};
use crate::{OpenError, ReadError, Stats, Transaction};

/// Version of the folder's layout and of what may stand in the journal. 2: records may be skipped, and there are kinds of
/// changes that an earlier program does not know. A store of version 1 becomes one of version 2 when it is opened.
pub(crate) const FORMAT: u32 = 2;
pub(crate) const FORMAT_FILE: &str = "format";
pub(crate) const JOURNAL: &str = "journal";
/// Where `verify` builds the views that it compares with.
const FRESH_VIEWS: &str = "views.fresh";

/// What the clones of a store share.
pub(crate) struct Inner {
    pub(crate) committer: Committer,
    pub(crate) views: Views,
    journal: PathBuf,
    /// The last to go: the folder is not free before all else is closed.
    pub(crate) lock: Lock,
}

/// What a test may set differently.
pub(crate) struct Surroundings {
    /// Where the journal is written.
    pub(crate) disk: Arc<dyn Disk>,
    /// Size at which a segment is closed.
    pub(crate) segment_bytes: u64,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self { disk: Arc::new(SystemDisk), segment_bytes: journal::SEGMENT_BYTES }
    }
}

impl Inner {
    pub(crate) fn open(directory: &Path, surroundings: Surroundings) -> Result<Self, OpenError> {
        make_directory(directory).map_err(failed(directory, "make the folder"))?;
        let lock = take_lock(directory, "")?;
        check_format(directory)?;
        compact::settle(directory).map_err(failed(directory, "end a compaction that was interrupted"))?;
        let journal = directory.join(JOURNAL);
        make_directory(&journal).map_err(failed(&journal, "make the folder"))?;
        let (views, progress, found) = bring_up(directory, &journal)?;
        compact::forget_old(directory).map_err(failed(directory, "remove the journal from before a compaction"))?;
        note_format(directory)?;
        let writer = Journal::open(surroundings.disk, &journal, &found, surroundings.segment_bytes)?;
        Ok(Self {
            committer: Committer::new(Writer { journal: writer, progress, sealed: None }, journal.clone()),
            views,
            journal,
            lock,
        })
    }

    /// Compares the views with a fresh replay of the journal. Commits wait meanwhile.
    pub(crate) fn verify(&self) -> Result<Vec<String>, ReadError> {
        let _writer = self.committer.writer();
        let failed = |what: String| ReadError { view: "journal", what };
        let place = self.journal.with_file_name(FRESH_VIEWS);
        let (fresh, ..) = fresh_views(&place, &self.journal).map_err(failed)?;
        let differences = self.views.read(views::View::Head, |views| views.differences(&fresh));
        drop(fresh);
        remove_folder(&place).map_err(|cause| failed(cause.to_string()))?;
        differences
    }

    pub(crate) fn stats(&self) -> Result<Stats, ReadError> {
        let stats = self.views.read(views::View::Counts, Views::stats)?;
        let bytes = folder_bytes(&self.journal);
        let journal_bytes = bytes.map_err(|cause| ReadError { view: "journal", what: cause.to_string() })?;
        Ok(Stats { format: FORMAT, journal_bytes, ..stats })
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.views.close();
    }
}

fn failed(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> OpenError {
    let path = path.to_owned();
    move |cause| OpenError::Io { path, action, cause }
}

/// Takes the lock. `does`: what the holder says of itself besides its number.
pub(crate) fn take_lock(directory: &Path, does: &str) -> Result<Lock, OpenError> {
    let lock = Lock::take(directory).map_err(failed(directory, "lock the store"))?;
    let Some(lock) = lock else {
        return Err(OpenError::InUse { path: directory.to_owned(), holder: crate::lock::holder(directory) });
    };
    let holder = format!("process {}{does}", std::process::id());
    lock.set_holder(&holder).map_err(failed(directory, "note who holds the store"))?;
    Ok(lock)
}

/// Makes sure that the store is of this version or an earlier one; one that is just being made is of none.
pub(crate) fn check_format(directory: &Path) -> Result<(), OpenError> {
    let path = directory.join(FORMAT_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(failed(&path, "read the format")(cause)),
    };
    match text.trim().parse::<u32>() {
        Ok(1..=FORMAT) => Ok(()),
        Ok(found) if found > FORMAT => Err(OpenError::Newer { path: directory.to_owned(), found, known: FORMAT }),
        _ => Err(OpenError::Damaged { path, at: 0, what: format!("`{}` is no format of a store", text.trim()) }),
    }
}

/// Notes that the store is of this version, before anything is written that an earlier program would not understand.
pub(crate) fn note_format(directory: &Path) -> Result<(), OpenError> {
    let (path, own) = (directory.join(FORMAT_FILE), format!("{FORMAT}\n"));
    if std::fs::read_to_string(&path).is_ok_and(|text| text == own) {
        return Ok(());
    }
    replace_file(&path, own.as_bytes()).map_err(failed(&path, "note the format"))
}

/// Reads the journal and brings the views up to its end. Views that are of no use are built anew, once.
pub(crate) fn bring_up(directory: &Path, journal: &Path) -> Result<(Views, Progress, Found), OpenError> {
    let place = views::prepare(directory).map_err(failed(directory, "prepare the views"))?;
    views::begin_session(directory).map_err(failed(directory, "note that the views are in use"))?;
    match replay(&place, journal)? {
        Ok(done) => Ok(done),
        Err(Trouble(what)) => {
            let place = views::fresh_place(directory, &what).map_err(failed(directory, "move the views aside"))?;
            replay(&place, journal)?.map_err(|Trouble(what)| OpenError::Views { path: directory.to_owned(), what })
        }
    }
}

/// Views made anew from the journal, in a folder of their own.
pub(crate) fn fresh_views(place: &Path, journal: &Path) -> Result<(Views, Progress, Found), String> {
    remove_folder(place).map_err(|cause| cause.to_string())?;
    let replayed = replay(place, journal).map_err(|cause| cause.to_string())?;
    replayed.map_err(|Trouble(what)| what)
}

pub(crate) fn remove_folder(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}

/// The outer error is of the journal, the inner one of the views.
type Replayed = Result<Result<(Views, Progress, Found), Trouble>, OpenError>;

fn replay(place: &Path, journal: &Path) -> Replayed {
    let opened = Views::open(place).and_then(|views| Progress::of(&views).map(|progress| (views, progress)));
    let (views, mut progress) = match opened {
        Ok(opened) => opened,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let mut trouble = None;
    let found = journal::scan(journal, &mut |record| {
        let head = progress.head();
        if trouble.is_some() || record.position < head.position {
            return Ok(());
        }
        if record.position == head.position {
            if record.checksum != head.checksum {
                trouble = Some(Trouble("they are of another journal".into()));
            }
            return Ok(());
        }
        let transaction: Transaction =
            serde_json::from_slice(record.payload).map_err(|cause| format!("a record is no transaction: {cause}"))?;
        let applied = Applied { position: record.position, checksum: record.checksum, transaction: &transaction };
        trouble = progress.apply(&views, applied).err();
        Ok(())
    })?;
    if trouble.is_none() && progress.head().position >= found.next {
        trouble = Some(Trouble("they are ahead of the journal".into()));
    }
    if trouble.is_none() {
        trouble = progress.finish(&views).err();
    }
    Ok(match trouble {
        Some(trouble) => Err(trouble),
        None => Ok((views, progress, found)),
    })
}
