//! Compaction of a store on a server: its records are written anew into a second table, which takes the place of the first one in
//! the same transaction of the server. Whatever is interrupted, the server has the old table.

use super::compact::{Compacted, FRESH, differs};
use super::superseded::Shrink;
use super::{CareError, failed};
use crate::disk::folder_bytes;
use crate::open::{Origin, open_views, remove_folder, take};
use crate::server::{last_position, refill, relation_bytes, scan};
use crate::views::View;
use crate::{CommitError, OpenError, ServerError, Store, Transaction};

/// As [`super::compact`], of a store on a server that nobody else uses meanwhile; views of it, on whatever machine, are made anew
/// when they are opened next. `None`: it is not on a server.
///
/// # Errors
/// See [`CareError`]; the records are compacted as a whole or not at all.
pub fn compact_shared(store: &Store) -> Result<Option<Compacted>, CareError> {
    let Origin::Server(server) = &store.inner.origin else { return Ok(None) };
    store.catch_up().map_err(|error| match error {
        CommitError::Server(error) => CareError::from(error),
        other => trouble(store, other.to_string()),
    })?;
    let last = last_position(server)?;
    let mut shrink = Shrink::default();
    scan(server, 1, last, &mut |row| {
        shrink.note(row.position, &transaction(&row.payload)?);
        Ok(())
    })?;
    let views = &store.inner.core.views;
    let place = views.directory().with_file_name(FRESH);
    let cannot = |action| failed(&place, action);
    remove_folder(&place).map_err(cannot("remove what was left unfinished"))?;
    let (fresh, mut progress) = open_views(&place).map_err(|cause| trouble(store, cause.0))?;
    let bytes_before = relation_bytes(server)?;
    let views_before = folder_bytes(views.directory()).map_err(cannot("look at the folder"))?;
    let mut refill = refill(server, last)?;
    let mut stopped = None;
    let mut unwell = None;
    let scanned = scan(server, 1, last, &mut |row| {
        let Some(payload) = shrink.kept(row.position, transaction(&row.payload)?, &row.payload) else { return Ok(()) };
        take(&fresh, &mut progress, &mut unwell, (row.position, crc32fast::hash(&payload), &payload))?;
        refill.push(row.position, payload).map_err(|error: ServerError| {
            let what = error.to_string();
            stopped = Some(error);
            what
        })
    });
    if let Some(error) = stopped {
        return Err(error.into());
    }
    scanned?;
    unwell.map_or_else(|| progress.finish(&fresh), Err).map_err(|cause| trouble(store, cause.0))?;
    let differences = views.read(View::Head, |views| views.differences(&fresh));
    let differences = differences.map_err(|cause| trouble(store, cause.to_string()))?;
    if !differences.is_empty() {
        return Err(differs(views.directory(), &differences));
    }
    let (kept, _) = refill.end()?;
    fresh.close();
    drop(fresh);
    let views_after = folder_bytes(&place).map_err(cannot("look at the folder"))?;
    remove_folder(&place).map_err(cannot("remove the folder"))?;
    Ok(Some(Compacted {
        records: (shrink.records, kept),
        dropped: shrink.dropped,
        journal_bytes: (bytes_before, relation_bytes(server)?),
        view_bytes: (views_before, views_after),
    }))
}

fn transaction(payload: &[u8]) -> Result<Transaction, String> {
    serde_json::from_slice(payload).map_err(|cause| format!("a record is no transaction: {cause}"))
}

fn trouble(store: &Store, what: String) -> CareError {
    CareError::Open(OpenError::Views { path: store.inner.core.views.directory().to_owned(), what })
}
