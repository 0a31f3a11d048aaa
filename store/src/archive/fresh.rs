//! Bodies that were kept a moment ago, for the one who reads them next: it need not fetch, unpack and check them again.
//!
//! Each is handed out once. Whoever asks later, or for more than fits, reads the archive, where all of them lie.

use std::collections::{HashMap, VecDeque};

use bellwether_model::id::ContentHash;

/// Bytes of bodies that wait to be handed out: some hundred pages, which a reader that keeps up is never behind.
const MOST_BYTES: usize = 8 << 20;

/// Bodies that wait, the oldest first in `order`. What was handed out stays in `order` until its turn.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    bodies: HashMap<ContentHash, Vec<u8>>,
    order: VecDeque<ContentHash>,
    bytes: usize,
}

impl Fresh {
    /// Takes a body in; the oldest make room.
    pub(super) fn put(&mut self, content: ContentHash, body: Vec<u8>) {
        if body.len() > MOST_BYTES || self.bodies.contains_key(&content) {
            return;
        }
        self.bytes += body.len();
        self.order.push_back(content.clone());
        self.bodies.insert(content, body);
        while self.bytes > MOST_BYTES {
            let Some(oldest) = self.order.pop_front() else { break };
            self.take(&oldest);
        }
        // Of those handed out only the names are left; they must not outnumber the bodies without end.
        if self.order.len() > 2 * self.bodies.len() + 64 {
            self.order.retain(|content| self.bodies.contains_key(content));
        }
    }

    /// Hands a body out. `None`: it does not wait here.
    pub(super) fn take(&mut self, content: &ContentHash) -> Option<Vec<u8>> {
        let body = self.bodies.remove(content)?;
        self.bytes -= body.len();
        Some(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(number: u64, bytes: usize) -> (ContentHash, Vec<u8>) {
        (ContentHash::of(&number.to_le_bytes()), vec![u8::try_from(number % 251).expect("a byte"); bytes])
    }

    #[test]
    fn a_body_is_handed_out_once() {
        let (content, bytes) = body(1, 100);
        let mut fresh = Fresh::default();
        fresh.put(content.clone(), bytes.clone());
        fresh.put(content.clone(), bytes.clone());
        assert_eq!((fresh.take(&content), fresh.take(&content), fresh.bytes), (Some(bytes), None, 0));
    }

    #[test]
    fn what_nobody_asks_for_makes_room() {
        let mut fresh = Fresh::default();
        for number in 0..1_000 {
            let (content, bytes) = body(number, MOST_BYTES / 4);
            fresh.put(content, bytes);
        }
        assert!(fresh.bytes <= MOST_BYTES && fresh.order.len() == 4);
        let held = |number: u64| fresh.bodies.contains_key(&body(number, 0).0);
        assert!((996..1_000).all(held) && !held(995));
        let (huge, bytes) = body(2_000, MOST_BYTES + 1);
        fresh.put(huge.clone(), bytes);
        assert_eq!(fresh.take(&huge), None);
    }

    #[test]
    fn names_of_what_was_handed_out_are_forgotten() {
        let mut fresh = Fresh::default();
        for number in 0..10_000 {
            let (content, bytes) = body(number, 10);
            fresh.put(content.clone(), bytes);
            assert!(fresh.take(&content).is_some());
        }
        assert!(fresh.order.len() <= 65 && fresh.bytes == 0);
    }
}
