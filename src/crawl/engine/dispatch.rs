//! How the engine begins visits: takes those whose turn it is, has them looked up and their hosts claimed, and gives back the
//! hosts that are not needed any more. A door: it starts what reads the store.

use std::sync::Arc;

use tokio::time::Instant;

use super::super::blocking;
use super::super::sharing::{Found, find};
use super::{Engine, Step, is_prompt};

impl Engine {
    /// Begins the visits that may begin.
    pub(super) fn dispatch(&mut self) {
        self.timetable.advance(self.visitor.clock.now());
        let mut urls = Vec::new();
        let is_held_up = self.lead.waits_until(Instant::now()).is_some();
        while self.under_way < self.most_under_way && !is_held_up {
            let Some(url) = self.timetable.next(Instant::now()) else { break };
            self.under_way += 1;
            urls.push(url);
        }
        let mut to_claim = Vec::new();
        if let Some(sharing) = &mut self.sharing {
            sharing.keep_back(&mut urls, &self.groups);
            to_claim = sharing.next_to_claim();
        }
        for (urls, step) in [(urls, Step::Found as fn(_) -> _), (to_claim, Step::Claimed as fn(_) -> _)] {
            if urls.is_empty() {
                continue;
            }
            let (store, now) = (self.visitor.store.clone(), self.visitor.clock.now());
            let claims = self.sharing.as_ref().map(|sharing| Arc::clone(&sharing.claims));
            let groups = Arc::clone(&self.groups);
            let visitor = Arc::clone(&self.visitor);
            self.running.spawn(async move {
                let look = move || find(&store, claims.as_ref().map(|claims| (claims, &*groups)), urls, now);
                let mut found = blocking(look).await?;
                if let [Found::Due(_, None)] = found.as_slice()
                    && let Some(Found::Due(resource, None)) = found.pop()
                {
                    // One alone, as when a host has just become free, is visited without a turn of the loop.
                    return visitor.visit(*resource, None).await.map(Step::Visited);
                }
                Ok(step(found))
            });
        }
    }

    /// Gives hosts back that are not needed any more.
    pub(super) fn give_back(&mut self) {
        let Some(sharing) = &mut self.sharing else { return };
        let unused = sharing.next_to_give_back(|origin| self.timetable.is_busy(origin));
        if unused.is_empty() {
            return;
        }
        let claims = Arc::clone(&sharing.claims);
        self.running.spawn(async move {
            blocking(move || claims.give_back(unused, Instant::now())).await;
            Ok(Step::GivenBack)
        });
    }

    /// A resource whose turn it is was looked up.
    pub(super) fn found(&mut self, found: Found) {
        match found {
            Found::Due(resource, hold) => {
                let visitor = Arc::clone(&self.visitor);
                self.running.spawn(async move { visitor.visit(*resource, hold).await.map(Step::Visited) });
            }
            Found::NotDue(resource) => {
                self.under_way -= 1;
                let due = resource.due.map(|due| (due, is_prompt(&resource)));
                self.timetable.finish(&resource.url, due, Instant::now());
            }
            Found::Elsewhere(url, until) => {
                self.under_way -= 1;
                self.timetable.postpone(&url, until);
            }
            Found::Gone(url) => self.given_up(&url),
        }
    }
}
