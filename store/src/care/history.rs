//! What is left of the records of a store, however damaged it is.

use crate::care::{CareError, Place, failed};
use crate::journal::{self, Damage};
use crate::open::{JOURNAL, check_format};
use crate::{OpenError, Store, Transaction};

/// How much of a store could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Transactions that were handed on.
    pub records: u64,
    /// What could not be read, one line a place; empty: all of it could.
    pub damage: Vec<String>,
    /// Whether another process held the store meanwhile: what it committed later was not handed on.
    pub in_use: bool,
}

/// Hands on all transactions of a store that are whole, in order; those behind a damaged place too. The store is only read, and
/// may be in use: then what was committed until about now is handed on.
///
/// # Errors
/// There is no store, it was written by a newer program, or it cannot be read at all; or what `take` fails with.
pub fn history<'a, E: From<CareError>>(
    from: impl Into<Place<'a>>,
    take: &mut dyn FnMut(Transaction) -> Result<(), E>,
) -> Result<History, E> {
    let mut history = History::default();
    let mut strange = Vec::new();
    let mut stopped = None;
    let mut each = |position: crate::Position, payload: &[u8]| -> bool {
        match serde_json::from_slice(payload) {
            Ok(transaction) => {
                history.records += 1;
                stopped = take(transaction).err();
                stopped.is_none()
            }
            Err(cause) => {
                strange.push(format!("the record {position} is no transaction: {cause}"));
                true
            }
        }
    };
    let read = read(from.into(), &mut each);
    if let Some(error) = stopped {
        return Err(error);
    }
    let (damage, in_use) = read?;
    history.in_use = in_use;
    history.damage = damage.into_iter().map(|Damage(what)| what).chain(strange).collect();
    Ok(history)
}

/// Takes the payload of a record under its position; `false`: that is enough.
type Take<'a> = dyn FnMut(crate::Position, &[u8]) -> bool + 'a;

fn read(from: Place<'_>, take: &mut Take<'_>) -> Result<(Vec<Damage>, bool), CareError> {
    let store = match from {
        Place::Folder(store) => store,
        #[cfg(feature = "postgres")]
        Place::Server(sharing) => {
            let server = crate::Sharing { make: false, ..sharing.clone() }.connect()?;
            let in_use = server.is_in_use()?;
            return Ok((crate::server::salvage(&server, take)?, in_use));
        }
    };
    match check_format(store) {
        // A file of two bytes is no reason to leave all others.
        Ok(()) | Err(OpenError::Damaged { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let journals = [JOURNAL, super::compact::READY, super::compact::OLD].map(|name| store.join(name));
    for journal in &journals {
        if journal.try_exists().map_err(failed(journal, "look at the folder"))? {
            let in_use = Store::holder(store).is_some();
            return Ok((journal::salvage(journal, &mut |record| take(record.position, record.payload))?, in_use));
        }
    }
    Err(CareError::NoStore { path: store.to_owned() })
}
