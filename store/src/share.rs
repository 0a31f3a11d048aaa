//! A part in work that several processes do together with one store, each with names that it has to itself meanwhile: the
//! hosts that it asks, say. Of a store in a folder, whoever holds it has all names, and nothing is asked for.

use std::sync::Arc;

use crate::lease::Fence;
use crate::open::Inner;
#[cfg(feature = "postgres")]
use crate::open::Origin;
#[cfg(feature = "postgres")]
use crate::server::Member;
use crate::{CommitError, Store};

/// A name that was given to a [`Share`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The name.
    pub name: String,
    /// Another process had it before, or may have had it: of what it did last, only what it committed is known.
    pub was_anothers: bool,
}

/// A process that takes part in a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharer {
    /// The process, in words.
    pub process: String,
    /// How many names it has to itself.
    pub names: u64,
}

/// A part in work that several processes do together. It is kept up by itself and given back, with all names, when the last
/// clone is dropped; when its process dies or is cut off, it expires.
///
/// What is committed by [`Store::sharing`] it is refused once it is lost: names that it had can be another's by then.
#[derive(Clone)]
pub struct Share {
    /// Of a store in a folder it is never read.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only a server is asked for names"))]
    inner: Arc<Inner>,
    #[cfg(feature = "postgres")]
    member: Option<Arc<Member>>,
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Share").field("name", &self.name()).field("is_held", &self.is_held()).finish_non_exhaustive()
    }
}

impl Store {
    /// Takes part in a work that several processes may do together. `None`: somebody has the lease of that name, and does
    /// all of it.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn share(&self, work: &str) -> Result<Option<Share>, CommitError> {
        let inner = Arc::clone(&self.inner);
        #[cfg(feature = "postgres")]
        if let Origin::Server(server) = &self.inner.origin {
            let Some(member) = server.join(work)? else { return Ok(None) };
            // Looked at after we can be seen ourselves: who takes the lease looks for us after it has it.
            let is_free = server.holder_of(work)?.is_none();
            return Ok(is_free.then(|| Share { inner, member: Some(Arc::new(member)) }));
        }
        let _alone = work;
        Ok(Some(Share {
            inner,
            #[cfg(feature = "postgres")]
            member: None,
        }))
    }

    /// Which processes take part in a work, and how much each has. None does in that of a store in a folder, where nobody else
    /// could.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn sharers(&self, work: &str) -> Result<Vec<Sharer>, CommitError> {
        #[cfg(feature = "postgres")]
        if let Origin::Server(server) = &self.inner.origin {
            return Ok(server.members_of(work)?);
        }
        let _alone = work;
        Ok(Vec::new())
    }

    /// The same store for one who takes part in a work: its commits are refused once that part is lost.
    #[must_use]
    pub fn sharing(&self, share: &Share) -> Self {
        Self { under: share.fence().into_iter().collect(), share: Some(share.clone()), ..self.clone() }
    }

    /// The part that its commits are made under, where other processes do the same work.
    #[must_use]
    pub fn part(&self) -> Option<&Share> {
        self.share.as_ref().filter(|_| self.is_shared())
    }
}

impl Share {
    /// Its own name, as [`Share::members`] has it; empty where nobody else can take part.
    #[must_use]
    pub fn name(&self) -> &str {
        #[cfg(feature = "postgres")]
        if let Some(member) = &self.member {
            return member.name();
        }
        ""
    }

    /// Whether it is still ours for certain, and with it every name that was given.
    #[must_use]
    pub fn is_held(&self) -> bool {
        #[cfg(feature = "postgres")]
        if let Some(member) = &self.member {
            return member.is_held();
        }
        true
    }

    /// All who take part, ourselves among them, as they were seen last: within a third of the time that a lease lasts.
    #[must_use]
    pub fn members(&self) -> Arc<[String]> {
        #[cfg(feature = "postgres")]
        if let Some(member) = &self.member {
            return member.members();
        }
        Arc::default()
    }

    /// Names of ours that another one waits for, as they were seen last; each is told once a look.
    #[must_use]
    pub fn wanted(&self) -> Vec<String> {
        #[cfg(feature = "postgres")]
        if let Some(member) = &self.member {
            return member.wanted();
        }
        Vec::new()
    }

    /// Takes those names that nobody has, in one request. Whatever was committed by those who had them before can be read
    /// when it returns. `insists`: who has one of the others is told that it is waited for. It must not run at the same time
    /// as [`Share::give_back`] of the same names.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn take(&self, names: &[&str], insists: bool) -> Result<Vec<Given>, CommitError> {
        #[cfg(feature = "postgres")]
        if let Some(member) = &self.member {
            let given = member.take(names, insists)?;
            if given.iter().any(|given| given.was_anothers) {
                self.inner.core.committer.catch_up(&self.inner.core.views)?;
            }
            return Ok(given);
        }
        let _nobody_is_told = insists;
        Ok(names.iter().map(|name| Given { name: (*name).to_owned(), was_anothers: false }).collect())
    }

    /// Gives names back, in one request. What was done with them must have been committed.
    ///
    /// # Errors
    /// The server does not answer; they are given back with the share at the latest.
    pub fn give_back(&self, names: &[String]) -> Result<(), CommitError> {
        #[cfg(feature = "postgres")]
        if let Some(member) = &self.member {
            member.give_back(names)?;
        }
        let _nobody_takes_them = names;
        Ok(())
    }

    fn fence(&self) -> Option<Fence> {
        #[cfg(feature = "postgres")]
        return self.member.as_ref().map(|member| member.fence());
        #[cfg(not(feature = "postgres"))]
        None
    }
}
