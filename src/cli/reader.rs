//! Reads a store: directly, or through the process that holds it.

use bellwether_model::alert::{Alert, ChannelState};
use bellwether_model::document::DocumentRecord;
use bellwether_model::event::EventState;
use bellwether_model::id::{ReleaseId, SourceId};
use bellwether_model::overdue::Overdue;
use bellwether_model::place::{Area, Partner};
use bellwether_model::snapshot::{Removal, Snapshot};
use bellwether_store::archive::Archive;
use bellwether_store::{EventFilter, OpenError, Store};
use jiff::Timestamp;

use super::args::{Cli, EventArguments, ReportArguments, StatusArgument};
use super::failure::UsageError;
use super::flag;
use super::home::Home;
use super::pipeline;
use super::remote::Remote;
use crate::clock::{Clock as _, SystemClock};
use crate::settings::{ChannelSettings, Settings};
use crate::view::flags::FlagView;
use crate::view::{self, EventView, SourceView, StoreView};

/// A store to read from.
pub(super) struct Reader {
    settings: Settings,
    place: Place,
}

/// What is known besides events.
pub(super) struct BesideFacts {
    pub(super) documents: Vec<DocumentRecord>,
    pub(super) words: pipeline::Words,
    pub(super) owed: Vec<Overdue>,
}

enum Place {
    Here(Store),
    There(Remote),
}

impl Reader {
    /// Opens the store that the configuration names, or finds the process that holds it.
    pub(super) fn open(cli: &Cli) -> anyhow::Result<Self> {
        match Self::find(cli)? {
            Some(reader) => Ok(reader),
            None => Err(Home::of(&super::settings(cli)?)?.nothing_there().into()),
        }
    }

    /// As [`Reader::open`]; `None`: there is no store.
    pub(super) fn find(cli: &Cli) -> anyhow::Result<Option<Self>> {
        let settings = super::settings(cli)?;
        let place = match Home::of(&settings)?.look() {
            Ok(Some(store)) => Place::Here(store),
            Ok(None) => return Ok(None),
            Err(OpenError::InUse { path, holder }) => {
                let remote = match &holder {
                    Some(holder) => Remote::of_holder(holder, settings.serve.token.clone())?,
                    None => None,
                };
                Place::There(remote.ok_or(OpenError::InUse { path, holder })?)
            }
            Err(other) => return Err(other.into()),
        };
        Ok(Some(Self { settings, place }))
    }

    /// The archive of the store.
    pub(super) fn archive(&self) -> anyhow::Result<Archive> {
        Ok(match &self.place {
            Place::Here(store) => store.archive(&self.settings.archive)?,
            // A process that holds a store alone has its archive in a folder.
            Place::There(_) => Archive::open(&self.settings.archive)?,
        })
    }

    pub(super) fn events(&self, filter: &EventFilter) -> anyhow::Result<Vec<EventView>> {
        match &self.place {
            Place::Here(store) => Ok(view::events(store, filter)?),
            Place::There(remote) => remote.get("/api/events", &query(filter)?),
        }
    }

    /// What is known besides events: documents with their words, which are read as they are asked for, and what sources owe.
    /// `None`: another process holds the store, and does not give them.
    pub(super) fn beside_facts(&self) -> anyhow::Result<Option<BesideFacts>> {
        let Place::Here(store) = &self.place else { return Ok(None) };
        let archive = self.archive()?;
        let words = pipeline::Words::new(&self.settings, store, &archive);
        let documents = store.documents(None, usize::MAX)?;
        Ok(Some(BesideFacts { documents, words, owed: store.all_overdue()? }))
    }

    /// Flags with how they stand, newest first.
    pub(super) fn flags(&self, as_of: Option<Timestamp>) -> anyhow::Result<Vec<FlagView>> {
        match &self.place {
            Place::Here(store) => {
                let marks = flag::read(&self.settings.flags)?;
                let flags = view::at(store, as_of).flags(None, usize::MAX)?;
                Ok(marks.views(flags, &self.settings.watch, as_of.unwrap_or_else(|| SystemClock.now())))
            }
            Place::There(remote) => {
                let query: Vec<_> = as_of.map(|at| ("as_of".to_owned(), at.to_string())).into_iter().collect();
                remote.get("/api/flags", &query)
            }
        }
    }

    pub(super) fn alerts(&self) -> anyhow::Result<Vec<Alert>> {
        match &self.place {
            Place::Here(store) => Ok(store.alerts(usize::MAX)?),
            Place::There(remote) => remote.get("/api/alerts", &[]),
        }
    }

    /// What is remembered of channels, and the channels of the watch list.
    pub(super) fn channels(&self) -> anyhow::Result<(Vec<ChannelState>, &[ChannelSettings])> {
        let states = match &self.place {
            Place::Here(store) => store.channels()?,
            Place::There(remote) => remote.get("/api/channels", &[])?,
        };
        Ok((states, &self.settings.channels))
    }

    pub(super) fn sources(&self) -> anyhow::Result<Vec<SourceView>> {
        match &self.place {
            Place::Here(store) => Ok(view::sources(store, &self.settings.sources)?),
            Place::There(remote) => remote.get("/api/sources", &[]),
        }
    }

    /// What the configuration says.
    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Archived answers in the order in which they came, behind one of them.
    pub(super) fn snapshots(&self, after: Option<&Snapshot>, limit: usize) -> anyhow::Result<Vec<Snapshot>> {
        match &self.place {
            Place::Here(store) => Ok(store.snapshots(after.map(|last| (last.fetched, &last.id)), limit)?),
            Place::There(remote) => {
                let mut query = vec![("limit".to_owned(), limit.to_string())];
                if let Some(last) = after {
                    query.push(("after".to_owned(), last.fetched.to_string()));
                    query.push(("after_id".to_owned(), last.id.to_string()));
                }
                remote.get("/api/snapshots", &query)
            }
        }
    }

    /// Whether retention took the bytes of an answer out of the archive.
    pub(super) fn is_removed(&self, snapshot: &Snapshot) -> anyhow::Result<bool> {
        match &self.place {
            Place::Here(store) => Ok(store.removal(&snapshot.content)?.is_some()),
            Place::There(remote) => {
                let query = [("content".to_owned(), snapshot.content.to_string())];
                Ok(remote.get::<Option<Removal>>("/api/archive/removal", &query)?.is_some())
            }
        }
    }

    pub(super) fn stats(&self) -> anyhow::Result<StoreView> {
        match &self.place {
            Place::Here(store) => Ok(view::store(store, &self.archive()?)?),
            Place::There(remote) => remote.get("/api/store/stats", &[]),
        }
    }

    pub(super) fn report(&self, arguments: &ReportArguments) -> anyhow::Result<String> {
        match &self.place {
            Place::Here(store) => {
                let now = SystemClock.now();
                let now = match arguments.as_of {
                    Some(at) if at > now => {
                        return Err(UsageError::new(format!("--as-of {at} is to come"))
                            .with_hint(format!("it is {now}"))
                            .into());
                    }
                    at => at.unwrap_or(now),
                };
                Ok(crate::report::write(
                    store,
                    &self.settings.watch,
                    arguments.week,
                    arguments.lang,
                    arguments.format,
                    now,
                )?)
            }
            Place::There(remote) => {
                let name = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
                let language = clap::ValueEnum::to_possible_value(&arguments.lang)
                    .map_or_else(String::new, |v| v.get_name().to_owned());
                let week = format!("{:04}-W{:02}", arguments.week.year, arguments.week.week);
                let query = [("week", week), ("lang", language), ("format", name(&arguments.format))];
                let mut query = query.map(|(key, value)| (key.to_owned(), value)).to_vec();
                query.extend(arguments.as_of.map(|at| ("as_of".to_owned(), at.to_string())));
                remote.get_text("/api/report", &query)
            }
        }
    }
}

/// A filter as query parameters of the API.
fn query(filter: &EventFilter) -> anyhow::Result<Vec<(String, String)>> {
    let serde_json::Value::Object(parts) = serde_json::to_value(filter)? else {
        unreachable!("a filter is an object");
    };
    let text = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(parts.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key, text(value))).collect())
}

impl From<&EventArguments> for EventFilter {
    fn from(arguments: &EventArguments) -> Self {
        let status = arguments.status;
        Self {
            kind: arguments.kind,
            area: arguments.area.as_deref().map(|code| Area::new(code.to_uppercase())),
            partner: arguments.partner.as_deref().map(partner),
            flow: arguments.flow,
            measure: arguments.measure,
            period: arguments.period,
            forecast: match status {
                Some(StatusArgument::Forecast) => Some(true),
                Some(StatusArgument::Actual) => Some(false),
                _ => None,
            },
            state: match status {
                Some(StatusArgument::New) => Some(EventState::New),
                Some(StatusArgument::Revised) => Some(EventState::Revised),
                Some(StatusArgument::Disputed) => Some(EventState::Disputed),
                Some(StatusArgument::Held) => Some(EventState::Held),
                Some(StatusArgument::Withdrawn) => Some(EventState::Withdrawn),
                _ => None,
            },
            source: arguments.source.clone().map(SourceId),
            release: arguments.release.clone().map(ReleaseId),
            since: arguments.since,
            until: arguments.until,
            limit: arguments.limit,
            as_of: arguments.as_of,
        }
    }
}

/// `all`, or codes in any order and case.
fn partner(text: &str) -> Partner {
    if text.eq_ignore_ascii_case("all") {
        return Partner("all".to_owned());
    }
    let areas: Vec<Area> = text.split('+').map(|code| Area::new(code.trim().to_uppercase())).collect();
    Partner::of(&areas).unwrap_or(Partner(text.to_owned()))
}
