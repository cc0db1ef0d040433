//! When a key frame is to be asked for: at once, and again ever more rarely until it is there.

use std::time::{Duration, Instant};

/// Between the first two requests, and between any two at least: a key frame needs a round trip and its own time on the wire.
const FIRST_INTERVAL: Duration = Duration::from_millis(300);
/// Between later ones: whoever looks at a still picture does not wait longer than this for a lost request.
const LONGEST_INTERVAL: Duration = Duration::from_secs(1);

/// That nothing but a key frame will do.
#[derive(Debug)]
pub(super) struct KeyFrameRequest {
    due: Option<Instant>,
    interval: Duration,
}

impl KeyFrameRequest {
    /// Waits for [`Self::begin`]: a stream that has not begun yet begins with a key frame by itself.
    pub(super) fn once_packets_come() -> Self {
        Self { due: None, interval: FIRST_INTERVAL }
    }

    /// As soon as it may be after the last one.
    pub(super) fn needed(now: Instant, last_request: Option<Instant>) -> Self {
        let due = last_request.map_or(now, |last| now.max(last + FIRST_INTERVAL));
        Self { due: Some(due), interval: FIRST_INTERVAL }
    }

    /// Sets when to ask first, unless that is known.
    pub(super) fn begin(&mut self, due: Instant) {
        self.due.get_or_insert(due);
    }

    /// When to ask next: not while a key frame may still become whole.
    pub(super) fn due(&self, underway_until: Option<Instant>) -> Option<Instant> {
        self.due.max(self.due.and(underway_until))
    }

    pub(super) fn asked(&mut self, now: Instant) {
        self.due = Some(now + self.interval);
        self.interval = (2 * self.interval).min(LONGEST_INTERVAL);
    }
}
