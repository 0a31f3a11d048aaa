//! Channels that are out of use, and what a person can do about it. Pure.

use bellwether_model::alert::{ChannelState, Disabled};

use crate::settings::ChannelSettings;

/// Channels of the watch list to which nothing is sent any more, each with the reason. One that was configured anew since
/// is in use again.
#[must_use]
pub fn out_of_use(states: &[ChannelState], channels: &[ChannelSettings]) -> Vec<(String, String)> {
    let is_used = |state: &&ChannelState| {
        channels.iter().any(|known| known.id == state.id && known.fingerprint() == state.fingerprint)
    };
    let said = |state: &ChannelState| state.disabled.as_ref().map(|why| (state.id.to_string(), words(why)));
    states.iter().filter(is_used).filter_map(said).collect()
}

/// Why a channel is out of use, and what to do.
#[must_use]
pub fn words(disabled: &Disabled) -> String {
    let Disabled { at, reason } = disabled;
    format!("out of use since {at}: {reason}; change it in watchlist.toml, or run `bellwether alerts retry`")
}
