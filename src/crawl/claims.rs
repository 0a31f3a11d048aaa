//! The hosts that this process has to itself, where several crawl with one store. A door: it asks the store for them.
//!
//! Manners hold over all processes because a host is asked by none that has not claimed it, and a claim passes on only after
//! everything that was done under it is committed. One claim covers whatever has one limit: a name, whatever its schemes, or
//! a named group of hosts. It is kept while something is asked of its hosts or waits for them, and given back then.

use std::collections::{BTreeSet, HashMap};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bellwether_store::Share;
use bellwether_store::share::Given;
use tokio::time::{Instant, sleep};

use super::blocking;
use super::homes::is_home;

/// How long a claim is kept after the last use where its host is at home: what is found on a page is often asked for at once.
const LINGER: Duration = Duration::from_secs(2);
/// How long a host is left to the process that it is at home with, after it has become due. Then anybody may ask it: that
/// one may have died, or have more to do than it can.
const STRANGER: Duration = Duration::from_secs(1);
/// After so long it is looked again whether a host has become free.
pub(super) const RETRY: Duration = Duration::from_millis(500);
/// How long a host that was given up for another process is left to it: longer than that one takes to look again.
const YIELD: Duration = Duration::from_millis(1500);
/// How long a visit waits for a host to which it is redirected, and which another process asks.
const PATIENCE: Duration = Duration::from_secs(30);
/// What was noted of a host that nobody asks for any more is forgotten.
const FORGET: Duration = Duration::from_secs(10);

/// What has one limit, and the address of a host of it (`scheme://name:port`).
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) limit: String,
    pub(super) origin: String,
}

/// All claims of this process.
pub(super) struct Claims {
    share: Share,
    /// Held over each request to the server, so that what is being given back is not taken in between.
    asking: Mutex<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: HashMap<String, Claim>,
    /// Of what is not held: before then it is not asked for.
    not_before: HashMap<String, Instant>,
}

/// A claim that is held.
struct Claim {
    /// Visits under way, until what came of them is committed.
    users: usize,
    idle_since: Instant,
    /// Hosts that were asked under it.
    origins: BTreeSet<String>,
    /// Another process had it before.
    was_anothers: bool,
    /// What is remembered of its hosts is still that from before it was taken.
    is_stale: bool,
    /// Another process waits for it: nothing more is begun.
    yields: bool,
}

/// The use of a claim by one visit.
pub(super) struct Hold {
    claims: Arc<Claims>,
    limit: String,
    was_anothers: bool,
}

impl Hold {
    pub(super) fn is_of(&self, limit: &str) -> bool {
        self.limit == limit
    }

    /// Whether another process had it before: what the views said before it was taken may have been out of date.
    pub(super) fn was_anothers(&self) -> bool {
        self.was_anothers
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(claim) = self.claims.state().held.get_mut(&self.limit) {
            claim.users = claim.users.saturating_sub(1);
            claim.idle_since = Instant::now();
        }
    }
}

impl Claims {
    pub(super) fn new(share: Share) -> Self {
        Self { share, asking: Mutex::default(), state: Mutex::default() }
    }

    /// Whether a host may be asked by this process now.
    pub(super) fn has(&self, limit: &str) -> bool {
        self.share.is_held() && self.state().held.contains_key(limit)
    }

    /// Whether a new visit may begin without asking anybody.
    pub(super) fn is_open(&self, limit: &str) -> bool {
        self.share.is_held() && self.state().held.get(limit).is_some_and(|claim| !claim.yields)
    }

    /// Whether another process had it before, as far as this one knows; also where nobody knows.
    pub(super) fn was_anothers(&self, limit: &str) -> bool {
        self.state().held.get(limit).is_none_or(|claim| claim.was_anothers)
    }

    /// Whether what is remembered of its hosts must be read again; it is asked once.
    pub(super) fn is_stale(&self, limit: &str) -> bool {
        self.state().held.get_mut(limit).is_some_and(|claim| std::mem::take(&mut claim.is_stale))
    }

    /// Forgets since when a host is due that was looked at by another process meanwhile.
    pub(super) fn forget(&self, limit: &str) {
        self.state().not_before.remove(limit);
    }

    /// Claims what is not claimed yet, all in one request. For each: its use, or when to try again. It blocks.
    /// `insists`: the home of a host does not matter.
    pub(super) fn claim(
        self: &Arc<Self>,
        wanted: &[Wanted],
        insists: bool,
        now: Instant,
    ) -> Vec<Result<Hold, Instant>> {
        if wanted.iter().any(|wanted| !self.is_open(&wanted.limit)) && self.share.is_held() {
            self.ask_for(wanted, insists, now);
        }
        let answer = |wanted: &Wanted| {
            let known = || self.state().not_before.get(&wanted.limit).copied().filter(|until| *until > now);
            self.hold(wanted).ok_or_else(|| known().unwrap_or(now + RETRY))
        };
        wanted.iter().map(answer).collect()
    }

    /// Waits for a host to which a visit is led. `None`: another process has it all the time.
    pub(super) async fn wait_for(self: &Arc<Self>, wanted: Wanted) -> Option<Hold> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(hold) = self.hold(&wanted) {
                return Some(hold);
            }
            let (claims, asked) = (Arc::clone(self), wanted.clone());
            if let Some(Ok(hold)) = blocking(move || claims.claim(&[asked], true, Instant::now()).pop()).await {
                return Some(hold);
            }
            if Instant::now() >= end || !self.share.is_held() {
                return None;
            }
            sleep(RETRY).await;
        }
    }

    /// Goes on with a request as long as its claim is held. It is looked at before each step, so that a process that was
    /// stopped for a while sends nothing any more when it goes on. `None`: the claim is lost.
    pub(super) async fn while_held<T>(&self, limit: &str, request: impl Future<Output = T>) -> Option<T> {
        let mut request = pin!(request);
        let step = |context: &mut Context<'_>| match self.has(limit) {
            true => request.as_mut().poll(context).map(Some),
            false => Poll::Ready(None),
        };
        poll_fn(step).await
    }

    /// What is to be given back now. `waits`: whether something is due at a host.
    pub(super) fn unused(&self, waits: impl Fn(&str) -> bool, now: Instant) -> Vec<String> {
        let members = self.share.members();
        let mut state = self.state();
        state.not_before.retain(|_, until| *until + FORGET > now);
        let mut unused = Vec::new();
        for name in self.share.wanted() {
            match state.held.get_mut(&name) {
                Some(claim) => claim.yields = true,
                // It was given, and the answer was lost.
                None => unused.push(name),
            }
        }
        unused.extend(state.held.iter().filter_map(|(limit, claim)| {
            let is_done = || !claim.origins.iter().any(|origin| waits(origin));
            let lingers = || now < claim.idle_since + LINGER && is_home(limit, self.share.name(), &members);
            (claim.users == 0 && (claim.yields || (is_done() && !lingers()))).then(|| limit.clone())
        }));
        unused
    }

    /// Gives back what nobody uses, in one request. It blocks.
    pub(super) fn give_back(&self, limits: Vec<String>, now: Instant) {
        let _turn = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let mut given = Vec::with_capacity(limits.len());
        {
            let mut state = self.state();
            for limit in limits {
                match state.held.get(&limit) {
                    // It has come into use again.
                    Some(claim) if claim.users > 0 => continue,
                    Some(claim) if claim.yields => {
                        state.not_before.insert(limit.clone(), now + YIELD);
                    }
                    Some(_) | None => {}
                }
                state.held.remove(&limit);
                given.push(limit);
            }
        }
        if given.is_empty() {
            return;
        }
        if let Err(cause) = self.share.give_back(&given) {
            tracing::warn!("hosts that are not asked any more could not be given back yet: {cause}");
        }
    }

    /// Whether anything is held.
    pub(super) fn is_empty(&self) -> bool {
        self.state().held.is_empty()
    }

    fn hold(self: &Arc<Self>, wanted: &Wanted) -> Option<Hold> {
        if !self.share.is_held() {
            return None;
        }
        let mut state = self.state();
        let claim = state.held.get_mut(&wanted.limit).filter(|claim| !claim.yields)?;
        claim.users += 1;
        if !claim.origins.contains(&wanted.origin) {
            claim.origins.insert(wanted.origin.clone());
        }
        let was_anothers = claim.was_anothers;
        Some(Hold { claims: Arc::clone(self), limit: wanted.limit.clone(), was_anothers })
    }

    /// Asks the server for what may be asked for.
    fn ask_for(&self, wanted: &[Wanted], insists: bool, now: Instant) {
        let _turn = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let (at_home, strangers) = self.may_be_asked_for(wanted, insists, now);
        for (limits, insists) in [(at_home, true), (strangers, false)] {
            if limits.is_empty() {
                continue;
            }
            let names: Vec<&str> = limits.iter().map(String::as_str).collect();
            match self.share.take(&names, insists) {
                Ok(given) => self.state().take(limits, given, now),
                Err(cause) => {
                    tracing::warn!("cannot ask for hosts: {cause}");
                    self.state().take(limits, Vec::new(), now);
                }
            }
        }
    }

    /// What is not held and may be asked for: what is at home here or insisted on, and what was left to its home for long.
    fn may_be_asked_for(&self, wanted: &[Wanted], insists: bool, now: Instant) -> (BTreeSet<String>, BTreeSet<String>) {
        let members = self.share.members();
        let (mut at_home, mut strangers) = (BTreeSet::new(), BTreeSet::new());
        let mut state = self.state();
        for Wanted { limit, .. } in wanted {
            if state.held.contains_key(limit) {
                continue;
            }
            let ours = insists || is_home(limit, self.share.name(), &members);
            match state.not_before.get(limit) {
                Some(until) if *until > now => {}
                _ if ours => {
                    at_home.insert(limit.clone());
                }
                Some(_) => {
                    strangers.insert(limit.clone());
                }
                None => {
                    state.not_before.insert(limit.clone(), now + STRANGER);
                }
            }
        }
        (at_home, strangers)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Notes what was given of what was asked for.
    fn take(&mut self, asked: BTreeSet<String>, given: Vec<Given>, now: Instant) {
        for limit in asked {
            self.not_before.insert(limit, now + RETRY);
        }
        for Given { name, was_anothers } in given {
            self.not_before.remove(&name);
            let origins = BTreeSet::new();
            let claim =
                Claim { users: 0, idle_since: now, origins, was_anothers, is_stale: was_anothers, yields: false };
            self.held.insert(name, claim);
        }
    }
}

#[cfg(test)]
mod tests {
    use bellwether_store::Store;

    use super::*;

    /// Claims of a process that nobody shares its hosts with, and the folder that they last as long as.
    fn claims() -> (Arc<Claims>, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let share = store.share("crawl").expect("a folder asks nobody").expect("nobody else is there");
        (Arc::new(Claims::new(share)), folder)
    }

    fn wanted(name: &str) -> Wanted {
        Wanted { limit: format!("host/{name}"), origin: format!("https://{name}") }
    }

    #[test]
    fn a_claim_is_kept_while_it_is_used_or_needed_and_a_little_longer() {
        let (claims, _folder) = claims();
        let (now, idle) = (Instant::now(), |_: &str| false);
        assert!(!claims.has("host/a.example") && claims.is_empty());
        let hold = claims.claim(&[wanted("a.example")], false, now).pop().and_then(Result::ok).expect("it is nobody's");
        assert!(claims.has("host/a.example") && !hold.was_anothers());
        let later = now + LINGER * 10;
        assert!(claims.unused(idle, later).is_empty(), "a visit is under way");
        drop(hold);
        assert!(claims.unused(idle, now).is_empty(), "it has only just ended");
        assert!(claims.unused(|origin| origin == "https://a.example", later).is_empty(), "something is due there");
        let unused = claims.unused(idle, later);
        assert_eq!(unused, ["host/a.example"]);
        let again = claims.claim(&[wanted("a.example")], false, later);
        claims.give_back(unused.clone(), later);
        assert!(claims.has("host/a.example"), "it has come into use again");
        drop(again);
        claims.give_back(unused, later);
        assert!(claims.is_empty());
    }

    #[test]
    fn what_another_one_waits_for_begins_nothing_more_and_is_left_to_it() {
        let (claims, _folder) = claims();
        let now = Instant::now();
        let ask = |now| claims.claim(&[wanted("a.example")], false, now).pop().expect("an answer");
        let hold = ask(now);
        claims.state().held.get_mut("host/a.example").expect("it is held").yields = true;
        assert_eq!(ask(now).err(), Some(now + RETRY));
        assert!(claims.has("host/a.example"), "what is under way goes on");
        drop(hold);
        let unused = claims.unused(|_| true, now);
        assert_eq!(unused, ["host/a.example"], "although something is due there");
        claims.give_back(unused, now);
        assert_eq!(ask(now).err(), Some(now + YIELD));
        assert!(ask(now + YIELD).is_ok());
    }

    #[tokio::test]
    async fn a_request_is_not_gone_on_with_when_its_claim_is_lost() {
        let (claims, _folder) = claims();
        let hold = claims.claim(&[wanted("a.example")], false, Instant::now());
        assert_eq!(claims.while_held("host/a.example", async { 1 }).await, Some(1));
        let slow = claims.while_held("host/a.example", async {
            tokio::task::yield_now().await;
            panic!("it was sent");
        });
        let losing = async {
            drop(hold);
            claims.give_back(vec!["host/a.example".to_owned()], Instant::now());
        };
        let (sent, ()): (Option<()>, ()) = tokio::join!(slow, losing);
        assert_eq!(sent, None);
    }
}
