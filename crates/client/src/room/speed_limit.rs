//! How fast files leave, over all peers together.
//!
//! Promises: what is sent over any second is the limit and one frame a peer at most; a new limit holds at once, also for who waits. Leaves to
//! others: what is sent ahead of it (the window of `parlor-transfer`, which learns of the limit too).

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// The limit of a room's stay.
#[derive(Debug)]
pub(crate) struct SpeedLimit {
    bytes_per_second: watch::Sender<Option<u64>>,
    /// When the next frame may leave.
    free_at: Mutex<Instant>,
}

impl SpeedLimit {
    /// None for no limit.
    pub(crate) fn new(bytes_per_second: Option<u64>) -> Self {
        Self { bytes_per_second: watch::Sender::new(bytes_per_second), free_at: Mutex::new(Instant::now()) }
    }

    /// As it is now.
    pub(crate) fn current(&self) -> Option<u64> {
        *self.bytes_per_second.borrow()
    }

    /// From now on.
    pub(crate) fn set(&self, bytes_per_second: Option<u64>) {
        let mut free_at = self.free_at();
        *free_at = Instant::now();
        self.bytes_per_second.send_replace(bytes_per_second);
    }

    /// Waits until so many bytes may leave.
    pub(crate) async fn wait_for(&self, bytes: usize) {
        if self.current().is_none() {
            return;
        }
        let mut limits = self.bytes_per_second.subscribe();
        let at = {
            // A limit changes under this lock only, so that none is reckoned by an old one after a new one.
            let mut free_at = self.free_at();
            let Some(limit) = *limits.borrow_and_update() else { return };
            let at = (*free_at).max(Instant::now());
            *free_at = at + duration_of(bytes, limit);
            at
        };
        tokio::select! {
            () = sleep_until(at) => {}
            // Under the new limit it need not wait for what the old one made of those before it.
            _ = limits.changed() => {}
        }
    }

    fn free_at(&self) -> MutexGuard<'_, Instant> {
        // Nothing panics while the lock is held.
        self.free_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn duration_of(bytes: usize, bytes_per_second: u64) -> Duration {
    let nanoseconds = (bytes as u64).saturating_mul(1_000_000_000) / bytes_per_second.max(1);
    Duration::from_nanos(nanoseconds)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn two_peers_share_it() {
        let limit = Arc::new(SpeedLimit::new(Some(100_000)));
        let started = Instant::now();
        let peer = |limit: Arc<SpeedLimit>| async move {
            for _ in 0..50 {
                limit.wait_for(10_000).await;
            }
        };
        tokio::join!(peer(Arc::clone(&limit)), peer(limit));
        // A million bytes at 100 000 a second; the first frame waits for nothing.
        assert_eq!(started.elapsed().as_millis(), 9_900);
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_limit_holds_at_once() {
        let limit = Arc::new(SpeedLimit::new(Some(1)));
        limit.wait_for(1_000_000).await;
        let started = Instant::now();
        let waiter = tokio::spawn({
            let limit = Arc::clone(&limit);
            async move { limit.wait_for(1_000_000).await }
        });
        tokio::task::yield_now().await;
        limit.set(None);
        waiter.await.unwrap();
        limit.wait_for(1_000_000).await;
        assert_eq!(started.elapsed(), Duration::ZERO);
        assert_eq!(limit.current(), None);
    }
}
