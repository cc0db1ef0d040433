//! What the program says: results on standard output, everything else on standard error.
//!
//! Promises: with `--json` standard output holds JSON lines only; without it, nothing but the link (`send`) or the texts (`receive`).
//! Nothing of a peer reaches a terminal unfiltered.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use parlor_protocol::{
    code::{Failure, TransferCode},
    host::{Path, Transfer, TransferState},
    negotiation::HostKind,
};
use serde::Serialize;

use crate::{
    exit::Exit,
    plain::{plain, plain_json, plain_lines},
    words,
};

/// Files of an offer that are listed to a person.
const LISTED: usize = 20;
/// Between two lines of progress where no terminal rewrites them.
const PROGRESS_PAUSE: Duration = Duration::from_secs(5);

/// A line of `--json`.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Line<'a> {
    /// The invitation; always the first line of `send`.
    Link {
        /// To hand on.
        link: &'a str,
    },
    /// A peer's connection is proven.
    Connected {
        /// What the peer calls itself.
        name: &'a str,
        /// What kind of program it is.
        host: Option<HostKind>,
        /// The way taken, as far as known.
        path: Option<Path>,
    },
    /// Files are offered to us.
    Offer {
        /// The offer, with its first 200 entries.
        transfer: &'a Transfer,
    },
    /// A transfer moved or ended.
    Progress {
        /// As it is now.
        transfer: &'a Transfer,
    },
    /// A text came.
    Text {
        /// Who wrote it.
        from: &'a str,
        /// What.
        body: &'a str,
    },
    /// Our text arrived.
    TextDelivered {},
    /// A received file stands under its name.
    Received {
        /// Where.
        path: &'a std::path::Path,
    },
    /// Something failed.
    Failed {
        /// Stable code.
        failure: &'a Failure,
        /// For a person.
        message: &'a str,
    },
    /// The last line.
    End {
        /// Stable name.
        outcome: Exit,
        /// As the process exits.
        exit_code: u8,
    },
}

/// Says things in the form that was asked for.
pub struct Report {
    json: bool,
    quiet: bool,
    rewrites: bool,
    /// A line of progress stands unfinished on the terminal.
    unfinished: bool,
    progress_said: Option<Instant>,
}

impl Report {
    /// A report in JSON or in words, with or without progress.
    pub fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet, rewrites: std::io::stderr().is_terminal(), unfinished: false, progress_said: None }
    }

    /// Prints a JSON line, if that is the form.
    pub fn line(&mut self, line: &Line<'_>) {
        if self.json {
            match serde_json::to_string(line) {
                Ok(json) => print_line(&plain_json(&json)),
                // Paths that are not UTF-8 have no JSON.
                Err(error) => self.say(&format!("A line could not be written as JSON: {error}.")),
            }
        }
    }

    /// The invitation link.
    pub fn link(&mut self, link: &str) {
        self.line(&Line::Link { link });
        if !self.json {
            print_line(link);
        }
    }

    /// A text that came.
    pub fn text(&mut self, from: &str, body: &str) {
        self.line(&Line::Text { from, body });
        if !self.json {
            print_line(&plain_lines(body));
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
        self.end_progress();
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
        if self.quiet
            || !matches!(transfer.state, TransferState::Moving | TransferState::Paused | TransferState::Interrupted)
        {
            return;
        }
        let sentence = progress_sentence(transfer);
        if self.rewrites {
            // Carriage return and erase to the end of the line: the terminal keeps one line of progress.
            eprint!("\r{}\x1b[K", plain(&sentence));
            let _ = std::io::stderr().flush();
            self.unfinished = true;
        } else if self.progress_said.is_none_or(|said| said.elapsed() >= PROGRESS_PAUSE) {
            self.progress_said = Some(Instant::now());
            eprintln!("{}", plain(&sentence));
        }
    }

    /// How a transfer ended, with the files that did not arrive.
    pub fn ended(&mut self, transfer: &Transfer) {
        let (proven, count) = (transfer.proven_count, transfer.entry_count);
        let sentence = match transfer.state {
            TransferState::Proven => {
                format!("{}, {}: every byte is proven.", words::files(count), words::bytes(transfer.total_bytes))
            }
            TransferState::Partial => format!("{proven} of {} arrived.", words::files(count)),
            TransferState::Declined => "The offer was declined.".to_owned(),
            TransferState::Cancelled => {
                let who = if transfer.ended_by_us { "Ended here" } else { "The other side ended the transfer" };
                format!("{who}: {}.", words::ended(transfer.code.unwrap_or(TransferCode::Cancelled)))
            }
            TransferState::Waiting | TransferState::Moving | TransferState::Paused | TransferState::Interrupted => {
                return;
            }
        };
        if transfer.state == TransferState::Proven {
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
        self.end_progress();
        self.line(&Line::End { outcome, exit_code: outcome.code() });
    }

    fn end_progress(&mut self) {
        if std::mem::take(&mut self.unfinished) {
            eprintln!();
        }
    }
}

/// A reader that went away (a closed pipe) ends the saying, not the transfer.
fn print_line(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// `45 %  1.2 GiB of 2.7 GiB  88.1 MiB/s  0:17 left`.
fn progress_sentence(transfer: &Transfer) -> String {
    let (stored, total) = (transfer.stored_bytes, transfer.total_bytes);
    let percent = stored.saturating_mul(100).checked_div(total).unwrap_or(100);
    let mut sentence = format!("{percent:3} %  {} of {}", words::bytes(stored), words::bytes(total));
    if transfer.entry_count > 1 {
        sentence.push_str(&format!("  {}/{} files", transfer.proven_count, transfer.entry_count));
    }
    if transfer.state == TransferState::Interrupted {
        sentence.push_str("  connection lost, mending it");
        return sentence;
    }
    if transfer.state == TransferState::Paused {
        sentence.push_str("  paused by the other side");
        return sentence;
    }
    if let Some(speed) = transfer.bytes_per_second {
        sentence.push_str(&format!("  {}/s", words::bytes(speed)));
    }
    if let Some(left_ms) = transfer.remaining_ms {
        sentence.push_str(&format!("  {} left", words::time_left(Duration::from_millis(left_ms))));
    }
    sentence
}

#[cfg(test)]
mod tests {
    use parlor_protocol::{
        host::Direction,
        id::{PeerId, TransferId},
    };

    use super::*;

    #[test]
    fn progress_says_speed_and_time_left() {
        let transfer = Transfer {
            id: TransferId([0; 16]),
            peer: PeerId([0; 16]),
            direction: Direction::Sending,
            state: TransferState::Moving,
            code: None,
            ended_by_us: false,
            paused_by_us: false,
            executable: false,
            entries: Vec::new(),
            entry_count: 2,
            proven_count: 1,
            total_bytes: 4 << 20,
            stored_bytes: 1 << 20,
            bytes_per_second: Some(1 << 20),
            remaining_ms: Some(3_000),
        };
        let sentence = progress_sentence(&transfer);
        assert_eq!(sentence, " 25 %  1.0 MiB of 4.0 MiB  1/2 files  1.0 MiB/s  0:03 left");
        let empty = Transfer { total_bytes: 0, stored_bytes: 0, ..transfer };
        assert!(progress_sentence(&empty).starts_with("100 %"));
    }
}
