//! Carries the bodies that records name from one archive to another.

use std::collections::BTreeMap;

use bellwether_model::id::ContentHash;

use super::CareError;
use crate::archive::{Archive, ArchiveError};
use crate::{Change, Transaction};

/// Bodies that are put together, and bytes of them.
const TOGETHER: usize = 64;
const BYTES: usize = 16 << 20;

/// What came of carrying bodies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// Bodies that both archives have now.
    pub bodies: u64,
    /// Bytes of them, as they were answered.
    pub bytes: u64,
    /// Bodies that retention had removed.
    pub removed: u64,
    /// Bodies that are named, and are missing or damaged: the copy lacks them too.
    pub missing: Vec<ContentHash>,
}

/// The bodies that records name, and whether the last word on each is that it was removed.
#[derive(Debug, Default)]
pub(super) struct Named(BTreeMap<ContentHash, bool>);

impl Named {
    /// Notes what a record names. The error says why it cannot be read.
    pub(super) fn note(&mut self, payload: &[u8]) -> Result<(), String> {
        let transaction: Transaction =
            serde_json::from_slice(payload).map_err(|cause| format!("a record is no transaction: {cause}"))?;
        for change in transaction.changes {
            match change {
                Change::Snapshot(snapshot) => self.0.insert(snapshot.content, false),
                Change::Removal(removal) => self.0.insert(removal.content, true),
                _ => None,
            };
        }
        Ok(())
    }

    /// Carries them. `seen` is called with the number of those looked at.
    pub(super) fn carry(&self, from: &Archive, to: &Archive, seen: &mut dyn FnMut(u64)) -> Result<Carried, CareError> {
        let mut carried = Carried::default();
        let mut together: Vec<(&ContentHash, Vec<u8>)> = Vec::new();
        let mut bytes = 0;
        for (place, (content, is_removed)) in (1..).zip(&self.0) {
            match from.get(content) {
                Ok(body) => {
                    carried.bodies += 1;
                    carried.bytes += body.len() as u64;
                    bytes += body.len();
                    together.push((content, body));
                }
                Err(ArchiveError::Missing(_)) if *is_removed => carried.removed += 1,
                Err(ArchiveError::Missing(_) | ArchiveError::Damaged(_)) => carried.missing.push(content.clone()),
                Err(error) => return Err(error.into()),
            }
            if together.len() >= TOGETHER || bytes >= BYTES {
                put(to, &mut together)?;
                bytes = 0;
            }
            seen(place);
        }
        put(to, &mut together)?;
        Ok(carried)
    }
}

fn put(to: &Archive, together: &mut Vec<(&ContentHash, Vec<u8>)>) -> Result<(), CareError> {
    let bodies: Vec<(&ContentHash, &[u8])> =
        together.iter().map(|(content, body)| (*content, body.as_slice())).collect();
    to.put_all(&bodies)?;
    bodies.iter().for_each(|(content, _)| to.settled(content));
    together.clear();
    Ok(())
}
