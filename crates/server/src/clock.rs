//! The drivers' clock: milliseconds since the server began, as the machines want them.

use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::{Duration, Instant};

/// Counts from its making.
#[derive(Debug, Clone, Copy)]
pub struct Clock(Instant);

impl Clock {
    /// Begins at 0.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Milliseconds since the start; never goes back.
    pub fn now_ms(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// When [`Self::now_ms`] will say `at_ms`.
    pub fn instant(self, at_ms: u64) -> Instant {
        // One more, so that the rounding down of `now_ms` has surely got there.
        self.0 + Duration::from_millis(at_ms.saturating_add(1))
    }
}

/// Seconds since 1970 by the wall clock; 0 if that stands before 1970.
pub fn unix_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|passed| passed.as_secs()).unwrap_or(0)
}
