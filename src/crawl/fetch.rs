//! Fetches one address: asks robots.txt, takes its turn, sends, follows redirects by hand. A door.
//!
//! Each hop is judged anew: scheme, address, robots.txt and turn of its host. It keeps nothing; what an answer means
//! for the resource is decided in `visit`.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use bellwether_model::web::CanonicalUrl;
use bellwether_store::ReadError;
use hyper::header::{
    CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION, RETRY_AFTER,
};
use jiff::Timestamp;
use tokio::time::Instant;
use url::Url;

use super::claims::{Hold, RETRY};
use super::client::{Answer, Client, Request, RequestError};
use super::freshness;
use super::hosts::{Hosts, Known, Lane, NoTurn};
use super::manners::{self, MAX_CRAWL_DELAY, ROBOTS_BYTES, RobotsReply, Trouble};
use super::request::Carried;
use super::robots::Verdict;
use crate::clock::SharedClock;

/// Redirects of robots.txt that are followed (RFC 9309, 2.3.1.2: at least five).
const ROBOTS_REDIRECTS: usize = 5;

/// Fetches addresses.
pub(super) struct Fetcher {
    pub(super) client: Client,
    pub(super) hosts: Hosts,
    pub(super) clock: SharedClock,
    /// Redirects that are followed.
    pub(super) redirects: usize,
}

/// What to fetch.
pub(super) struct Order<'o> {
    /// The address.
    pub(super) url: &'o CanonicalUrl,
    /// Header lines for the source's own origin, and no other.
    pub(super) source_headers: &'o HeaderMap,
    /// That origin.
    pub(super) source_origin: &'o str,
    /// What is sent along by POST, to that origin and no other. `None`: a GET.
    pub(super) body: Option<&'o str>,
    /// Where the validators come from: they are sent there and nowhere else.
    pub(super) validated: &'o Url,
    /// What else goes to that origin alone.
    pub(super) carried: &'o Carried,
    /// `ETag` of what we have.
    pub(super) etag: Option<&'o str>,
    /// `Last-Modified` of what we have.
    pub(super) last_modified: Option<&'o str>,
    /// Decoded bytes at the most.
    pub(super) limit: usize,
}

/// What came of an order.
pub(super) struct Fetch {
    /// The last hop's outcome.
    pub(super) outcome: FetchOutcome,
    /// The redirects that led there: status, and the address that was named.
    pub(super) hops: Vec<(u16, Url)>,
    /// The hosts that were asked or judged, the last hop's last.
    pub(super) lanes: Vec<Arc<Lane>>,
    /// The claims under which they were asked: kept until what came of it is committed.
    pub(super) holds: Vec<Hold>,
    /// When the answer had ended.
    pub(super) ended: Timestamp,
    /// The last request named validators, so that a 304 may answer it.
    pub(super) was_conditional: bool,
}

/// The outcome of the last hop.
pub(super) enum FetchOutcome {
    /// An answer, of whatever status but a redirect that was followed.
    Answered {
        /// The answer.
        answer: Answer,
        /// Where it came from.
        url: Url,
    },
    /// robots.txt forbids it or could not be had; asked again when that expires.
    Refused {
        /// For people.
        reason: String,
        /// When robots.txt is asked for again.
        until: Option<Timestamp>,
    },
    /// No answer that can be used.
    Failed {
        /// Of the last answer, if there was one.
        status: Option<u16>,
        /// For people; names the host.
        reason: String,
    },
    /// The host is left alone until then; nothing was sent.
    Postponed(Instant),
    /// The program ends; nothing was sent.
    Stopped,
}

/// What came of one request.
enum Asked {
    Answer(Answer),
    Error(RequestError),
    NoTurn(NoTurn),
}

impl Fetcher {
    /// Fetches an address. `hold`: of its host, where other processes ask hosts too.
    ///
    /// # Errors
    /// The store cannot be read. All else is an outcome.
    pub(super) async fn fetch(&self, order: &Order<'_>, hold: Option<Hold>) -> Result<Fetch, ReadError> {
        let mut fetch = Fetch {
            outcome: FetchOutcome::Stopped,
            hops: Vec::new(),
            lanes: Vec::new(),
            holds: hold.into_iter().collect(),
            ended: self.clock.now(),
            was_conditional: false,
        };
        let mut url = order.url.url();
        let mut left_origin = false;
        let mut body = order.body;
        loop {
            left_origin |= url.origin().ascii_serialization() != order.source_origin;
            body = body.filter(|_| !left_origin);
            match self.hop(order, &url, body, left_origin, &mut fetch).await? {
                Hop::End(outcome) => {
                    fetch.outcome = outcome;
                    break;
                }
                Hop::On(status, next) => {
                    // RFC 9110, 15.4: only these two have a POST made again at the new address.
                    body = body.filter(|_| matches!(status, 307 | 308));
                    fetch.hops.push((status, next.clone()));
                    url = next;
                }
            }
        }
        fetch.ended = self.clock.now();
        Ok(fetch)
    }

    async fn hop(
        &self,
        order: &Order<'_>,
        url: &Url,
        body: Option<&str>,
        left_origin: bool,
        fetch: &mut Fetch,
    ) -> Result<Hop, ReadError> {
        let lane = match self.hosts.lane(url, &mut fetch.holds).await? {
            Ok(lane) => lane,
            Err(NoTurn::Elsewhere) if !fetch.hops.is_empty() => {
                let origin = url.origin().ascii_serialization();
                let reason =
                    format!("{origin}: a redirect leads here, and another process asks this host all the time");
                let status = fetch.hops.last().map(|(status, _)| *status);
                return Ok(Hop::End(FetchOutcome::Failed { status, reason }));
            }
            Err(no_turn) => return Ok(Hop::End(no_turn.into())),
        };
        fetch.lanes.retain(|known| known.origin() != lane.origin());
        fetch.lanes.push(Arc::clone(&lane));
        if let Some(outcome) = self.permission(&lane, url, fetch).await? {
            return Ok(Hop::End(later_hop(outcome, &lane, fetch)));
        }
        // Validators belong to the address that gave them.
        let validators = if url == order.validated { (order.etag, order.last_modified) } else { (None, None) };
        fetch.was_conditional = validators != (None, None);
        let mut headers = if left_origin { HeaderMap::new() } else { order.source_headers.clone() };
        if let Some(kind) = order.carried.content_type().filter(|_| body.is_some()) {
            headers.insert(CONTENT_TYPE, kind.clone());
        }
        let asked = if left_origin { url.clone() } else { order.carried.onto(url) };
        insert(&mut headers, IF_NONE_MATCH, validators.0);
        insert(&mut headers, IF_MODIFIED_SINCE, validators.1);
        let answer = match self.ask(&lane, Request { url: &asked, headers, body, limit: order.limit }).await {
            Asked::Answer(answer) => answer,
            Asked::Error(error) => {
                return Ok(Hop::End(FetchOutcome::Failed { status: None, reason: named(&lane, &error.to_string()) }));
            }
            Asked::NoTurn(no_turn) => return Ok(Hop::End(later_hop(no_turn.into(), &lane, fetch))),
        };
        let Some(target) = redirect(&answer) else {
            return Ok(Hop::End(FetchOutcome::Answered { answer, url: url.clone() }));
        };
        let status = answer.status;
        let failed =
            |reason: String| Ok(Hop::End(FetchOutcome::Failed { status: Some(status), reason: named(&lane, &reason) }));
        let next = match followed(url, target) {
            Ok(next) => order.carried.off(next),
            Err(reason) => return failed(reason),
        };
        if next == *url || fetch.hops.iter().any(|(_, hop)| *hop == next) || next == order.url.url() {
            return failed(format!("redirects in a circle, back to {}", shown(&next)));
        }
        if fetch.hops.len() >= self.redirects {
            return failed(format!("more than {} redirects", self.redirects));
        }
        Ok(Hop::On(status, next))
    }

    /// `None`: robots.txt lets us. It is asked for where what we know of it has expired.
    async fn permission(
        &self,
        lane: &Arc<Lane>,
        url: &Url,
        fetch: &mut Fetch,
    ) -> Result<Option<FetchOutcome>, ReadError> {
        let _one_question = lane.robots_question.lock().await;
        let known = match lane.robots() {
            Known::Nothing => match self.ask_robots(lane, fetch).await? {
                Ok(()) => lane.robots(),
                Err(outcome) => return Ok(Some(outcome)),
            },
            known => known,
        };
        let refused =
            |reason: String| Some(FetchOutcome::Refused { reason: named(lane, &reason), until: lane.robots_expire() });
        Ok(match known {
            Known::Open => None,
            Known::Closed(reason) => refused(reason),
            // It has expired since: without a clock that leaps this cannot be, and asking again is right.
            Known::Nothing => refused("robots.txt could not be had".to_owned()),
            Known::Rules(rules) => match (rules.crawl_delay, rules.verdict(&path_of(url))) {
                (Some(delay), _) if delay > MAX_CRAWL_DELAY => refused(format!(
                    "robots.txt asks for a Crawl-delay of {} s, more than the {} s that are kept",
                    delay.as_secs_f64(),
                    MAX_CRAWL_DELAY.as_secs()
                )),
                (_, Verdict::Allowed) => None,
                (_, Verdict::Disallowed(rule)) => refused(format!("robots.txt says `{rule}`")),
            },
        })
    }

    /// Asks for robots.txt and keeps what came. An outcome: the question itself failed.
    async fn ask_robots(&self, lane: &Arc<Lane>, fetch: &mut Fetch) -> Result<Result<(), FetchOutcome>, ReadError> {
        let mut url = Url::parse(lane.origin()).expect("an origin of http or https is an address");
        url.set_path("/robots.txt");
        let mut hop_lane = Arc::clone(lane);
        for _redirect in 0..=ROBOTS_REDIRECTS {
            let request = Request { url: &url, headers: HeaderMap::new(), body: None, limit: ROBOTS_BYTES };
            let answer = match self.ask(&hop_lane, request).await {
                Asked::Answer(answer) => answer,
                Asked::NoTurn(no_turn) => return Ok(Err(no_turn.into())),
                Asked::Error(error) => {
                    let reason = error.to_string();
                    // An address of its own that may not be asked says nothing of the host, and there is nothing to
                    // remember; one to which the host sends us is its answer.
                    let is_own_address =
                        matches!(error, RequestError::Address(_)) && hop_lane.origin() == lane.origin();
                    if !is_own_address {
                        self.keep(lane, &RobotsReply::Silence(reason.clone()));
                    }
                    return Ok(Err(FetchOutcome::Failed { status: None, reason: named(&hop_lane, &reason) }));
                }
            };
            let lifetime = freshness::lifetime(&answer.headers);
            let Some(next) = redirect(&answer).map(|target| followed(&url, target)) else {
                let Answer { status, body, is_cut, .. } = &answer;
                self.keep(lane, &RobotsReply::Answer { status: *status, body, is_cut: *is_cut, lifetime });
                return Ok(Ok(()));
            };
            let Ok(next) = next else {
                // A redirect to nowhere: neither rules nor the absence of rules.
                self.keep(lane, &RobotsReply::Answer { status: answer.status, body: &[], is_cut: false, lifetime });
                return Ok(Ok(()));
            };
            url = next;
            hop_lane = match self.hosts.lane(&url, &mut fetch.holds).await? {
                Ok(lane) => lane,
                Err(no_turn) => return Ok(Err(no_turn.into())),
            };
            if fetch.lanes.iter().all(|known| known.origin() != hop_lane.origin()) {
                fetch.lanes.insert(0, Arc::clone(&hop_lane));
            }
        }
        self.keep(lane, &RobotsReply::TooManyRedirects);
        Ok(Ok(()))
    }

    fn keep(&self, lane: &Lane, reply: &RobotsReply<'_>) {
        let robots = manners::robots(reply, &lane.host(), self.clock.now());
        lane.keep_robots(robots);
    }

    /// One request in its turn, and what it means for its host.
    async fn ask(&self, lane: &Lane, request: Request<'_>) -> Asked {
        let turn = match lane.turn().await {
            Ok(turn) => turn,
            Err(no_turn) => return Asked::NoTurn(no_turn),
        };
        let Some(answered) = lane.while_ours(self.client.send(request)).await else {
            return Asked::NoTurn(NoTurn::Elsewhere);
        };
        let random = chance();
        match &answered {
            Ok(answer) => lane.note(|host, now| {
                let wish = header(answer, RETRY_AFTER).and_then(|value| manners::retry_after(value, now));
                manners::answered(host, now, answer.status, wish, random);
            }),
            // Nothing was sent.
            Err(RequestError::Address(_) | RequestError::Unsendable(_)) => {}
            Err(RequestError::Connect(_)) => {
                lane.note(|host, now| manners::unanswered(host, now, Trouble::Unreachable, random));
            }
            Err(_) => lane.note(|host, now| manners::unanswered(host, now, Trouble::Stumbled, random)),
        }
        drop(turn);
        answered.map_or_else(Asked::Error, Asked::Answer)
    }
}

enum Hop {
    End(FetchOutcome),
    On(u16, Url),
}

impl From<NoTurn> for FetchOutcome {
    fn from(no_turn: NoTurn) -> Self {
        match no_turn {
            NoTurn::BackingOff(until) => Self::Postponed(until),
            NoTurn::Elsewhere => Self::Postponed(Instant::now() + RETRY),
            NoTurn::ShuttingDown => Self::Stopped,
        }
    }
}

/// A first hop can be postponed; behind a redirect the request was made, and failed.
fn later_hop(outcome: FetchOutcome, lane: &Lane, fetch: &Fetch) -> FetchOutcome {
    match outcome {
        FetchOutcome::Postponed(_) if !fetch.hops.is_empty() => FetchOutcome::Failed {
            status: fetch.hops.last().map(|(status, _)| *status),
            reason: named(lane, "a redirect leads here, and this host is left alone for now after failures"),
        },
        outcome => outcome,
    }
}

/// The header lines of an answer.
pub(super) fn header(answer: &Answer, name: HeaderName) -> Option<&str> {
    answer.headers.get(name)?.to_str().ok()
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: Option<&str>) {
    // What came as a header line can go as one.
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
        headers.insert(name, value);
    }
}

/// Where an answer leads; `None`: it is no redirect.
fn redirect(answer: &Answer) -> Option<&str> {
    matches!(answer.status, 301 | 302 | 303 | 307 | 308).then(|| header(answer, LOCATION))?
}

/// The address that a redirect names, as it is named: its tracking parameters may be what the server waits for.
fn followed(from: &Url, target: &str) -> Result<Url, String> {
    let mut next = from.join(target).map_err(|error| format!("redirects to what is no address: {error}"))?;
    if !matches!(next.scheme(), "http" | "https") {
        return Err(format!("redirects to a `{}` address, which is not followed", next.scheme()));
    }
    next.set_fragment(None);
    // Credentials of a redirect are never sent; an http address takes the removal of what it may have.
    let taken = next.set_username("").and_then(|()| next.set_password(None));
    taken.map_err(|()| "redirects to an address without a host".to_owned())?;
    Ok(next)
}

/// An address as it is shown: what stands in its query may be a key that the server has put there.
fn shown(url: &Url) -> String {
    let path = format!("{}{}", url.origin().ascii_serialization(), url.path());
    if url.query().is_some() { path + "?…" } else { path }
}

fn path_of(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

fn named(lane: &Lane, reason: &str) -> String {
    format!("{}: {reason}", lane.origin())
}

/// A number from 0 to below 1, as good as needed to spread retries: each new hasher of the standard library has keys
/// of its own.
pub(super) fn chance() -> f64 {
    let bits = u32::try_from(RandomState::new().hash_one(()) >> 32).expect("a shift by 32 leaves 32 bits");
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}
