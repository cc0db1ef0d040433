//! The one line that is drawn over and over while something moves, and what stands for it where there is no terminal.
//!
//! Promises: on a terminal at most five drawings a second, the last state always among them; the line is wiped before anything else is
//! written; elsewhere whole lines, seldom, and no carriage return.

use std::{
    io::{IsTerminal, Write},
    time::Duration,
};

use tokio::time::Instant;

use crate::{bar, progress::Progress};

/// Between two drawings.
const REDRAW_PAUSE: Duration = Duration::from_millis(200);
/// Between two lines where no terminal redraws them.
const LINE_PAUSE: Duration = Duration::from_secs(5);
/// Where a terminal does not tell its width.
const COLUMNS: usize = 80;

/// The line of progress on standard error.
pub struct StatusLine {
    redraws: bool,
    coloured: bool,
    /// It stands on the terminal now.
    is_drawn: bool,
    /// A question stands where the line would.
    is_held: bool,
    /// What is to be shown at the next opportunity.
    waiting: Option<Progress>,
    shown_at: Option<Instant>,
}

impl StatusLine {
    /// Redrawn where standard error is a terminal that can.
    pub fn new() -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            redraws: std::io::stderr().is_terminal() && !is_dumb,
            coloured: !is_set("NO_COLOR"),
            is_drawn: false,
            is_held: false,
            waiting: None,
            shown_at: None,
        }
    }

    /// Something moved.
    pub fn show(&mut self, progress: Progress) {
        self.waiting = Some(progress);
        self.catch_up();
    }

    /// When [`StatusLine::catch_up`] has something to draw; none while it has not.
    pub fn due(&self) -> Option<Instant> {
        // Lines that nothing redraws come with the progress itself.
        let is_due = self.redraws && self.waiting.is_some() && !self.is_held;
        is_due.then(|| self.next_at())
    }

    /// Draws what waits, if enough time has passed.
    pub fn catch_up(&mut self) {
        if self.is_held || self.next_at() > Instant::now() {
            return;
        }
        let Some(progress) = self.waiting.take() else { return };
        self.shown_at = Some(Instant::now());
        if self.redraws {
            // Carriage return and erase to the end of the line; the last column stays free, as writing there moves some terminals on.
            let line = bar::drawn(&progress, columns().saturating_sub(1), self.coloured);
            eprint!("\r{line}\x1b[K");
            let _ = std::io::stderr().flush();
            self.is_drawn = true;
        } else {
            eprintln!("{}", progress.sentence());
        }
    }

    /// Wipes the line, for something else to be written.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.is_drawn) {
            eprint!("\r\x1b[K");
            let _ = std::io::stderr().flush();
        }
    }

    /// Nothing moves any more.
    pub fn end(&mut self) {
        self.waiting = None;
        self.clear();
    }

    /// Stays away while a question stands on the terminal.
    pub fn hold(&mut self, held: bool) {
        self.is_held = held;
        self.clear();
    }

    fn next_at(&self) -> Instant {
        let pause = if self.redraws { REDRAW_PAUSE } else { LINE_PAUSE };
        self.shown_at.map_or_else(Instant::now, |shown| shown + pause)
    }
}

fn columns() -> usize {
    terminal_size::terminal_size_of(std::io::stderr())
        .map(|(width, _)| usize::from(width.0))
        .filter(|columns| *columns > 0)
        .unwrap_or(COLUMNS)
}
