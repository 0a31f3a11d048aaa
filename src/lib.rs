//! Follows trade statistics on the web. Rooms do not call each other: they meet in the store.

pub mod alerts;
pub mod archive;
pub mod calendar;
pub mod checks;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crawl;
pub mod demo;
pub mod describe;
pub mod events;
pub mod export;
pub mod health;
pub mod metrics;
pub mod pulse;
pub mod report;
pub mod routing;
pub mod serve;
pub mod settings;
pub mod shutdown;
pub mod view;
pub mod watch;
