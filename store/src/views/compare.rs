//! Compares views with others of the same journal, value by value.

use super::keys::View;
use super::value::same;
use super::{Trouble, Views};

/// So many differences say enough.
const TOLD: usize = 100;

impl Views {
    /// What differs from fresh views, one line each.
    pub(crate) fn differences(&self, fresh: &Self) -> Result<Vec<String>, Trouble> {
        let mut differences = Vec::new();
        let (mut kept, mut made) = (self.database.iter(), fresh.database.iter());
        let (mut left, mut right) = (kept.next().transpose()?, made.next().transpose()?);
        while differences.len() < TOLD {
            let order = match (&left, &right) {
                (None, None) => break,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((left, _)), Some((right, _))) => left.cmp(right),
            };
            let (key, what) = match order {
                std::cmp::Ordering::Less => (&left, "should not be there"),
                std::cmp::Ordering::Greater => (&right, "is missing"),
                std::cmp::Ordering::Equal => (&left, "has another value"),
            };
            // Where the journal stands, with the checksum of its last record, is compared when views are opened.
            if !alike(left.as_ref(), right.as_ref())
                && !is_head(left.as_ref(), right.as_ref())
                && let Some((key, _)) = key
            {
                differences.push(format!("view `{}`: the entry {} {what}", view_name(key), readable(key)));
            }
            if order.is_le() {
                left = kept.next().transpose()?;
            }
            if order.is_ge() {
                right = made.next().transpose()?;
            }
        }
        Ok(differences)
    }
}

type Entry = (sled::IVec, sled::IVec);

/// Whether both are there with the same key and value.
fn alike(left: Option<&Entry>, right: Option<&Entry>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left.0 == right.0 && same(&left.1, &right.1))
}

fn is_head(left: Option<&Entry>, right: Option<&Entry>) -> bool {
    let of_head = |entry: Option<&Entry>| entry.is_some_and(|(key, _)| key.first() == Some(&(View::Head as u8)));
    of_head(left) && of_head(right)
}

fn view_name(key: &[u8]) -> &'static str {
    let tag = key.first().copied().unwrap_or_default();
    View::ALL.iter().find(|view| **view as u8 == tag).map_or("unknown", |view| view.name())
}

/// A key as text: the parts that are text can be read, the others are shown as bytes.
fn readable(key: &[u8]) -> String {
    format!("`{}`", key.get(1..).unwrap_or_default().escape_ascii())
}
