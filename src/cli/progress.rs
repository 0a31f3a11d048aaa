//! How far a long command has come, on a terminal and nowhere else.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Draws a second at most so often.
const DRAWN_PER_SECOND: u8 = 5;

/// A line on standard error that is drawn over and over, and wiped away at the end. Where standard error is no terminal
/// nothing is written.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// `what` says what is counted: `documents`.
    pub(super) fn new(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(DRAWN_PER_SECOND));
        let style = ProgressStyle::with_template("{pos} {msg} in {elapsed}").expect("a fixed template");
        bar.set_style(style);
        bar.set_message(what);
        Self(bar)
    }

    /// So many are done.
    pub(super) fn at(&self, done: u64) {
        self.0.set_position(done);
    }

    /// So many of so many are done.
    pub(super) fn of(&self, done: usize, all: usize) {
        if self.0.length() != Some(all as u64) {
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}, {eta} left");
            self.0.set_style(style.expect("a fixed template"));
            self.0.set_length(all as u64);
        }
        self.0.set_position(done as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
