//! Opening a store: the lock, the format, the journal, the views brought up to it; and closing it again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::care::compact;
use crate::commit::{Committer, Truth, Writer};
use crate::disk::{Disk, SystemDisk, folder_bytes, make_directory, replace_file};
use crate::journal::{self, Found, Journal};
use crate::lock::Lock;
#[cfg(feature = "postgres")]
use crate::server::{self, Cache, Follower, Log, Server};
use crate::views::{self, Applied, Progress, Trouble, Views};
use crate::{OpenError, Position, ReadError, Stats, Transaction};

/// Version of the folder's layout and of what may stand in the journal. 2: records may be skipped, and there are kinds of
/// changes that an earlier program does not know. A store of version 1 becomes one of version 2 when it is opened.
pub(crate) const FORMAT: u32 = 2;
pub(crate) const FORMAT_FILE: &str = "format";
pub(crate) const JOURNAL: &str = "journal";
/// Where `verify` builds the views that it compares with.
const FRESH_VIEWS: &str = "views.fresh";

/// What is written and what is read.
pub(crate) struct Core {
    pub(crate) committer: Committer,
    pub(crate) views: Views,
}

/// Where the truth lies.
pub(crate) enum Origin {
    /// In the folder of a journal.
    Folder(PathBuf),
    /// On a server.
    #[cfg(feature = "postgres")]
    Server(Arc<Server>),
}

/// What the clones of a store share.
pub(crate) struct Inner {
    /// Takes in what others commit. The first to go: it uses all the rest.
    #[cfg(feature = "postgres")]
    follower: Option<Follower>,
    pub(crate) core: Arc<Core>,
    pub(crate) origin: Origin,
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
        let writer = Writer { truth: Truth::Folder(writer), progress, sealed: None };
        Ok(Self {
            #[cfg(feature = "postgres")]
            follower: None,
            core: Arc::new(Core { committer: Committer::new(writer, journal.clone()), views }),
            origin: Origin::Folder(journal),
            lock,
        })
    }

    /// Opens the store of a server, with views in a folder of the cache.
    #[cfg(feature = "postgres")]
    pub(crate) fn open_on(server: Arc<Server>, cache: &Path) -> Result<Self, OpenError> {
        let Cache { directory, lock } = Cache::take(cache, server.store())?;
        let (views, progress) = bring_up_from(&server, &directory)?;
        let log = Log::new(Arc::clone(&server), progress.head().position);
        let writer = Writer { truth: Truth::Server(log), progress, sealed: None };
        let core = Arc::new(Core { committer: Committer::new(writer, directory.clone()), views });
        let taker = Arc::clone(&core);
        let follower = Follower::start(&server, move || match taker.committer.catch_up(&taker.views) {
            Ok(()) => true,
            Err(error) if error.may_pass => {
                tracing::warn!("{error}: it is tried again");
                true
            }
            Err(error) => {
                tracing::error!("{error}: nothing more is taken in or committed");
                taker.committer.close(&error.to_string());
                false
            }
        });
        let follower = follower.map_err(failed(&directory, "start the thread that takes in what others commit"))?;
        Ok(Self { follower: Some(follower), core, origin: Origin::Server(server), lock })
    }

    /// Compares the views with a fresh replay of the journal. Commits wait meanwhile.
    pub(crate) fn verify(&self) -> Result<Vec<String>, ReadError> {
        let writer = self.core.committer.writer();
        let failed = |what: String| ReadError { view: "journal", what };
        let place = self.core.views.directory().with_file_name(FRESH_VIEWS);
        let fresh = match &self.origin {
            Origin::Folder(journal) => fresh_views(&place, journal).map_err(failed)?.0,
            #[cfg(feature = "postgres")]
            Origin::Server(server) => {
                remove_folder(&place).map_err(|cause| failed(cause.to_string()))?;
                let head = writer.progress.head().position;
                let replayed = replay_from(server, &place, head).map_err(|cause| failed(cause.to_string()))?;
                replayed.map_err(|Trouble(what)| failed(what))?.0
            }
        };
        let differences = self.core.views.read(views::View::Head, |views| views.differences(&fresh));
        drop((fresh, writer));
        remove_folder(&place).map_err(|cause| failed(cause.to_string()))?;
        differences
    }

    pub(crate) fn stats(&self) -> Result<Stats, ReadError> {
        let stats = self.core.views.read(views::View::Counts, Views::stats)?;
        let failed = |what: String| ReadError { view: "journal", what };
        let journal_bytes = match &self.origin {
            Origin::Folder(journal) => folder_bytes(journal).map_err(|cause| failed(cause.to_string()))?,
            #[cfg(feature = "postgres")]
            Origin::Server(server) => server::relation_bytes(server).map_err(|cause| failed(cause.to_string()))?,
        };
        let format = match &self.origin {
            Origin::Folder(_) => FORMAT,
            #[cfg(feature = "postgres")]
            Origin::Server(_) => server::FORMAT,
        };
        Ok(Stats { format, journal_bytes, ..stats })
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        #[cfg(feature = "postgres")]
        {
            drop(self.follower.take());
            if let Origin::Server(server) = &self.origin {
                server.say_goodbye();
            }
        }
        self.core.views.close();
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
    let (views, mut progress) = match open_views(place) {
        Ok(opened) => opened,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let mut trouble = None;
    let found = journal::scan(journal, &mut |record| {
        take(&views, &mut progress, &mut trouble, (record.position, record.checksum, record.payload))
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

pub(crate) fn open_views(place: &Path) -> Result<(Views, Progress), Trouble> {
    let views = Views::open(place)?;
    let progress = Progress::of(&views)?;
    Ok((views, progress))
}

/// Applies a record that the views do not have yet, and makes sure that the last one they have is of this journal. The error
/// is of the record.
pub(crate) fn take(
    views: &Views,
    progress: &mut Progress,
    trouble: &mut Option<Trouble>,
    (position, checksum, payload): (Position, u32, &[u8]),
) -> Result<(), String> {
    let head = progress.head();
    if trouble.is_some() || position < head.position {
        return Ok(());
    }
    if position == head.position {
        if checksum != head.checksum {
            *trouble = Some(Trouble("they are of another journal".into()));
        }
        return Ok(());
    }
    let transaction: Transaction =
        serde_json::from_slice(payload).map_err(|cause| format!("a record is no transaction: {cause}"))?;
    *trouble = progress.apply(views, Applied { position, checksum, transaction: &transaction }).err();
    Ok(())
}

/// Brings views in a folder up to the last record of a server. Views that are of no use are built anew, once.
#[cfg(feature = "postgres")]
fn bring_up_from(server: &Server, directory: &Path) -> Result<(Views, Progress), OpenError> {
    let place = views::prepare(directory).map_err(failed(directory, "prepare the views"))?;
    views::begin_session(directory).map_err(failed(directory, "note that the views are in use"))?;
    let last = server::last_position(server)?;
    match replay_from(server, &place, last)? {
        Ok(done) => Ok(done),
        Err(Trouble(what)) => {
            let place = views::fresh_place(directory, &what).map_err(failed(directory, "move the views aside"))?;
            let built = replay_from(server, &place, last)?;
            built.map_err(|Trouble(what)| OpenError::Views { path: directory.to_owned(), what })
        }
    }
}

/// The outer error is of the server, the inner one of the views.
#[cfg(feature = "postgres")]
fn replay_from(server: &Server, place: &Path, last: Position) -> Result<Result<(Views, Progress), Trouble>, OpenError> {
    let (views, mut progress) = match open_views(place) {
        Ok(opened) => opened,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let head = progress.head().position;
    if head > last {
        return Ok(Err(Trouble("they are ahead of the store".into())));
    }
    let (mut trouble, mut first) = (None, None);
    server::scan(server, head, last, &mut |row| {
        first.get_or_insert(row.position);
        take(&views, &mut progress, &mut trouble, (row.position, row.checksum, &row.payload))
    })?;
    if trouble.is_none() && head > 0 && first != Some(head) {
        trouble = Some(Trouble("the store does not have the last record that they have".into()));
    }
    if trouble.is_none() {
        trouble = progress.finish(&views).err();
    }
    Ok(match trouble {
        Some(trouble) => Err(trouble),
        None => Ok((views, progress)),
    })
}
