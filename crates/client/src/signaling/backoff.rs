//! How long to wait before the next attempt: doubling, bounded, and scattered so that the clients of a server that comes back do
//! not all arrive at once. Randomness comes as a seed.

use std::time::Duration;

/// The shortest wait.
pub(super) const SHORTEST: Duration = Duration::from_millis(250);
/// The longest wait.
pub(super) const LONGEST: Duration = Duration::from_secs(15);

/// The waits between attempts.
#[derive(Debug)]
pub(super) struct Backoff {
    attempts: u32,
    state: u64,
}

impl Backoff {
    /// Begins at the shortest wait.
    pub(super) const fn new(seed: u64) -> Self {
        // Xorshift stands still at zero.
        Self { attempts: 0, state: seed | 1 }
    }

    /// Failed attempts since the last [`Backoff::reset`].
    pub(super) const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// An attempt failed: how long to wait, between half of the doubling bound and all of it.
    pub(super) fn next(&mut self) -> Duration {
        let bound = SHORTEST.saturating_mul(2_u32.saturating_pow(self.attempts.saturating_add(1))).min(LONGEST);
        self.attempts = self.attempts.saturating_add(1);
        let half = bound / 2;
        half + self.scatter(half)
    }

    /// Up to `most`, at random.
    pub(super) fn scatter(&mut self, most: Duration) -> Duration {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let milliseconds = u64::try_from(most.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        Duration::from_millis(self.state % milliseconds)
    }

    /// The server answers again.
    pub(super) const fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_rise_and_stay_within_their_bounds() {
        for seed in [0, 1, 7, u64::MAX] {
            let mut backoff = Backoff::new(seed);
            let waits: Vec<_> = (0..100).map(|_| backoff.next()).collect();
            assert!(waits.iter().all(|wait| (SHORTEST..=LONGEST).contains(wait)), "seed {seed}: {waits:?}");
            assert!(waits[0] <= SHORTEST * 2, "seed {seed}");
            assert!(waits[20] >= LONGEST / 2, "seed {seed}");
            backoff.reset();
            assert!(backoff.next() <= SHORTEST * 2, "seed {seed}");
        }
    }
}
