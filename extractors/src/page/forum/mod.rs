//! Forum software: what `rules/forums.toml` knows of it, and the posts of a thread.
//!
//! A thread becomes one document: the first post of the page is its text, the others are comments. Which board a page
//! belongs to, and what its posts say, is not known here.

mod interface;
mod markup;
mod rules;

pub(crate) use interface::{list, thread as interface_thread};
pub(crate) use markup::{engine, names, printed_time, thread};
pub(crate) use rules::Board;

use bellwether_model::document::{Comment, Reaction};

/// A comment without a vote.
pub(crate) fn comment(author: String, text: String, time: Option<String>) -> Comment {
    Comment { reaction: Reaction::Neutral, author, text, time }
}
