//! What the program says: results on standard output, everything else on standard error.
//!
//! Promises: with `--json` standard output holds JSON lines only; without it, nothing but the link (`send`) or the texts (`receive`),
//! and not these either once it was left to a file. Nothing of a peer reaches a terminal unfiltered.

use std::{
    collections::HashSet,
    io::{IsTerminal, Write},
    time::Duration,
};

use parlor_protocol::{
    code::Failure,
    host::{Direction, Transfer, TransferState},
    id::TransferId,
};
use tokio::time::Instant;

use crate::{
    exit::Exit,
    line::Line,
    plain::{plain, plain_json, plain_lines},
    progress::Progress,
    status_line::StatusLine,
    words,
};

/// Files of an offer that are listed to a person.
const LISTED: usize = 20;

/// Says things in the form that was asked for.
pub struct Report {
    json: bool,
    quiet: bool,
    stdout_is_file: bool,
    status: StatusLine,
    /// Transfers that have begun to move.
    begun: HashSet<TransferId>,
}

impl Report {
    /// A report in JSON or in words, with or without progress.
    pub fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet, stdout_is_file: false, status: StatusLine::new(), begun: HashSet::new() }
    }

    /// Standard output is for the bytes of a file: nothing of the report goes there from now on.
    pub fn leave_stdout(&mut self) {
        self.stdout_is_file = true;
    }

    /// Prints a JSON line, if that is the form.
    pub fn line(&mut self, line: &Line<'_>) {
        if self.json {
            match serde_json::to_string(line) {
                Ok(json) => self.print_line(&plain_json(&json)),
                // Paths that are not UTF-8 have no JSON.
                Err(error) => self.say(&format!("A line could not be written as JSON: {error}.")),
            }
        }
    }

    /// The invitation link.
    pub fn link(&mut self, link: &str) {
        self.line(&Line::Link { link });
        if !self.json {
            self.print_line(link);
        }
    }

    /// The code to read out.
    pub fn code(&mut self, code: &str) {
        self.line(&Line::Code { code });
        if !self.json {
            self.print_line(code);
        }
    }

    /// A text that came.
    pub fn text(&mut self, from: &str, body: &str) {
        self.line(&Line::Text { from, body });
        if self.stdout_is_file {
            self.status.clear();
            eprintln!("{}", plain_lines(body));
        } else if !self.json {
            self.print_line(&plain_lines(body));
        }
    }

    /// A received file.
    pub fn received(&mut self, path: &std::path::Path) {
        self.line(&Line::Received { path });
        self.say(&format!("Received {}", plain(&path.to_string_lossy())));
    }

    /// A failure, in words.
    pub fn failure(&mut self, failure: &Failure) {
        let message = words::failure(failure);
        self.line(&Line::Failed { failure, message: &message });
        self.complain(&message);
    }

    /// A sentence of the way, for a person.
    pub fn say(&mut self, sentence: &str) {
        if !self.quiet {
            self.complain(sentence);
        }
    }

    /// A sentence that also the quiet want to read.
    pub fn complain(&mut self, sentence: &str) {
        self.status.clear();
        eprintln!("{}", plain(sentence));
    }

    /// Lists what is offered.
    pub fn offer(&mut self, from: &str, transfer: &Transfer) {
        self.line(&Line::Offer { transfer });
        let (count, size) = (words::files(transfer.entry_count), words::bytes(transfer.total_bytes));
        self.say(&format!("{from} offers {count}, {size}:"));
        for entry in transfer.entries.iter().take(LISTED) {
            self.say(&format!("  {}  {}", entry.path, words::bytes(entry.size)));
        }
        let rest = usize::try_from(transfer.entry_count).unwrap_or(usize::MAX).saturating_sub(LISTED);
        if rest > 0 {
            self.say(&format!("  and {rest} more"));
        }
    }

    /// A transfer moved.
    pub fn progress(&mut self, transfer: &Transfer) {
        self.line(&Line::Progress { transfer });
        if matches!(transfer.state, TransferState::Moving | TransferState::Paused | TransferState::Interrupted) {
            self.show(Progress::of(transfer));
        }
    }

    /// Bytes of unknown number are being read.
    pub fn reading(&mut self, label: &str, bytes: u64, since: Duration) {
        self.show(Progress::reading(label, bytes, since));
    }

    /// The reading is over, or nothing moves any more.
    pub fn end_progress(&mut self) {
        self.status.end();
    }

    /// Whether a transfer begins to move. A receiver looks first for what is there, and knows when there are bytes.
    pub fn is_beginning(&mut self, transfer: &Transfer) -> bool {
        let is_known = transfer.direction == Direction::Sending || transfer.stored_bytes > 0;
        transfer.state == TransferState::Moving && is_known && self.begun.insert(transfer.id)
    }

    /// A transfer goes on where an earlier call was cut short.
    pub fn goes_on(&mut self, transfer: &Transfer) {
        let (stored, total) = (words::bytes(transfer.stored_bytes), words::bytes(transfer.total_bytes));
        let place = if transfer.direction == Direction::Receiving { "here" } else { "there" };
        self.say(&format!("Going on: {stored} of {total} are already {place}."));
    }

    /// When [`Report::catch_up`] has something to draw; none while it has not.
    pub fn due(&self) -> Option<Instant> {
        self.status.due()
    }

    /// Draws progress that had to wait.
    pub fn catch_up(&mut self) {
        self.status.catch_up();
    }

    /// Whether a question stands on the terminal, which progress must not wipe.
    pub fn hold_progress(&mut self, held: bool) {
        self.status.hold(held);
    }

    fn show(&mut self, progress: Progress) {
        if !self.quiet {
            self.status.show(progress);
        }
    }

    /// How a transfer ended, with the files that did not arrive.
    pub fn ended(&mut self, transfer: &Transfer) {
        let (proven, count) = (transfer.proven_count, transfer.entry_count);
        let sentence = match transfer.state {
            TransferState::Proven => {
                let arrived = format!("{}, {}", words::files(proven), words::bytes(transfer.total_bytes));
                match count - proven {
                    0 => format!("{arrived}: every byte is proven."),
                    unwanted => format!("{arrived}: every byte is proven. {unwanted} not wanted."),
                }
            }
            TransferState::Partial => format!("{proven} of {} arrived.", words::files(count)),
            TransferState::Declined => "The offer was declined.".to_owned(),
            TransferState::Cancelled => {
                let who = if transfer.ended_by_us { "Ended here" } else { "The other side ended the transfer" };
                match transfer.code {
                    Some(code) => format!("{who}: {}.", words::ended(code)),
                    None if transfer.ended_by_us => "Left before it was done.".to_owned(),
                    None => "The other side left before it was done.".to_owned(),
                }
            }
            TransferState::Waiting | TransferState::Moving | TransferState::Paused | TransferState::Interrupted => {
                return;
            }
        };
        self.status.end();
        if transfer.state == TransferState::Proven && proven == count {
            self.say(&sentence);
        } else {
            self.complain(&sentence);
        }
        for entry in &transfer.entries {
            if let Some(code) = entry.failed {
                self.complain(&format!("  {}: {}.", entry.path, words::ended(code)));
            }
        }
    }

    /// The last word.
    pub fn end(&mut self, outcome: Exit) {
        self.status.end();
        self.line(&Line::End { outcome, exit_code: outcome.code() });
    }

    /// A reader that went away (a closed pipe) ends the saying, not the transfer.
    fn print_line(&mut self, line: &str) {
        let mut out = std::io::stdout().lock();
        if out.is_terminal() {
            self.status.clear();
        }
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }
}
