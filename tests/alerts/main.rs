//! Alerts on their way: delivery, and each channel against a receiver of its protocol on loopback.

mod channels;
mod delivery;
mod documents;
mod email;
mod house;
mod routing;
