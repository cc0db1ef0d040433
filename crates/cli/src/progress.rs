//! How far something is: the facts, in the order in which they matter, and as a sentence.

use std::time::Duration;

use parlor_protocol::host::{Transfer, TransferState};

use crate::{plain::plain, words};

/// How far something is.
#[derive(Debug, Clone)]
pub struct Progress {
    /// What moves; fit for a terminal.
    pub label: String,
    /// Bytes that are there.
    pub stored: u64,
    /// Bytes in all, where that is known.
    pub total: Option<u64>,
    speed: Option<u64>,
    left: Option<Duration>,
    /// Why nothing moves.
    rests: Option<&'static str>,
}

impl Progress {
    /// A transfer under way.
    pub fn of(transfer: &Transfer) -> Self {
        let label = match (transfer.entries.first(), transfer.entry_count) {
            (Some(only), 1) => only.path.rsplit('/').next().unwrap_or_default().to_owned(),
            (_, count) => format!("{} of {}", transfer.proven_count, words::files(count)),
        };
        Self {
            label: plain(&label),
            stored: transfer.stored_bytes,
            total: Some(transfer.total_bytes),
            speed: transfer.bytes_per_second,
            left: transfer.remaining_ms.map(Duration::from_millis),
            rests: match transfer.state {
                TransferState::Interrupted => Some("connection lost, mending it"),
                TransferState::Paused => Some("paused by the other side"),
                _ => None,
            },
        }
    }

    /// Something of unknown size that is being read.
    pub fn reading(label: &str, stored: u64, since: Duration) -> Self {
        let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let speed = stored.saturating_mul(1000).checked_div(millis).filter(|_| millis >= 500);
        Self { label: plain(label), stored, total: None, speed, left: None, rests: None }
    }

    /// What is known beside the label, most important first.
    pub fn facts(&self) -> Vec<String> {
        let mut facts = match self.total {
            Some(total) => {
                let percent = self.stored.saturating_mul(100).checked_div(total).unwrap_or(100);
                vec![format!("{percent:3} %"), words::bytes_of(self.stored, total)]
            }
            None => vec![words::bytes(self.stored)],
        };
        if let Some(why) = self.rests {
            facts.push(why.to_owned());
            return facts;
        }
        facts.extend(self.speed.map(|speed| format!("{}/s", words::bytes(speed))));
        facts.extend(self.left.map(|left| format!("{} left", words::time_left(left))));
        facts
    }

    /// `photo.jpg   45 %  1.2 of 2.7 GiB  88.1 MiB/s  0:17 left`.
    pub fn sentence(&self) -> String {
        format!("{}  {}", self.label, self.facts().join("  "))
    }
}

#[cfg(test)]
pub mod tests {
    use parlor_protocol::{
        host::{Direction, TransferEntry},
        id::{PeerId, TransferId},
    };

    use super::*;

    /// A quarter of 4 MiB.
    pub fn transfer() -> Transfer {
        let entry = TransferEntry { path: "trip/사진.jpg".to_owned(), size: 4 << 20, proven: false, failed: None };
        Transfer {
            id: TransferId([0; 16]),
            peer: PeerId([0; 16]),
            direction: Direction::Sending,
            state: TransferState::Moving,
            code: None,
            ended_by_us: false,
            paused_by_us: false,
            executable: false,
            entries: vec![entry],
            entry_count: 1,
            proven_count: 0,
            total_bytes: 4 << 20,
            stored_bytes: 1 << 20,
            bytes_per_second: Some(1 << 20),
            remaining_ms: Some(3_000),
        }
    }

    #[test]
    fn progress_says_what_moves_its_speed_and_the_time_left() {
        let one = transfer();
        assert_eq!(Progress::of(&one).sentence(), "사진.jpg   25 %  1.0 of 4.0 MiB  1.0 MiB/s  0:03 left");
        let several = Transfer { entry_count: 3, proven_count: 1, ..one.clone() };
        assert!(Progress::of(&several).sentence().starts_with("1 of 3 files   25 %"));
        let empty = Transfer { total_bytes: 0, stored_bytes: 0, ..one.clone() };
        assert!(Progress::of(&empty).sentence().contains("100 %"));
        let lost = Transfer { state: TransferState::Interrupted, bytes_per_second: None, remaining_ms: None, ..one };
        assert!(Progress::of(&lost).sentence().ends_with("connection lost, mending it"));
        let held = Transfer { state: TransferState::Paused, ..lost };
        assert!(Progress::of(&held).sentence().ends_with("paused by the other side"));
    }

    #[test]
    fn what_has_no_known_size_has_no_percentage() {
        let reading = Progress::reading("stdin", 3 << 20, Duration::from_secs(2));
        assert_eq!(reading.sentence(), "stdin  3.0 MiB  1.5 MiB/s");
        assert_eq!(Progress::reading("stdin", 0, Duration::ZERO).sentence(), "stdin  0 B");
    }
}
