//! Signals the server has not confirmed: kept in order, byte-identical, until it does.
//!
//! Promises: per addressee the order is the caller's. Envelopes carry rising sequences and a receiver drops what comes late, so
//! whatever is refused holds back what stands behind it: a `rate-limited` reply stops everything for the time told and then lets
//! one signal go at a time; `no-such-peer` holds this addressee's signals until it is seen again, has left, or for [`HELD`].

use std::{collections::VecDeque, time::Duration};

use parlor_protocol::{id::PeerId, signaling::SignalRequest};

use super::{OUTBOX_BYTES, OUTBOX_MESSAGES, event::SignalingError};

/// How long signals wait for an addressee that the server does not know. Long enough for a peer whose own link is backing off.
pub(super) const HELD: Duration = Duration::from_secs(60);
/// Signals on their way at a time. Enough to fill a slow path, few enough for a server's bucket.
pub(super) const IN_FLIGHT: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Sent,
    Held { until: Duration },
}

#[derive(Debug)]
struct Kept {
    request: SignalRequest,
    state: State,
}

/// The queue.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    kept: VecDeque<Kept>,
    bytes: usize,
    /// Nothing is sent before.
    paused_until: Option<Duration>,
    /// One at a time, after the server said we are too fast, until all is confirmed.
    cautious: bool,
}

impl Outbox {
    /// Takes a signal in.
    pub(super) fn push(&mut self, request: SignalRequest) -> Result<(), SignalingError> {
        let bytes = self.bytes.saturating_add(request.body.len());
        if self.kept.len() >= OUTBOX_MESSAGES || bytes > OUTBOX_BYTES {
            return Err(SignalingError::OutboxFull);
        }
        self.bytes = bytes;
        // Behind held ones of the same addressee, so that their order stays.
        let held = self.kept.iter().rfind(|kept| kept.request.to == request.to).and_then(|kept| match kept.state {
            State::Held { until } => Some(until),
            State::Waiting | State::Sent => None,
        });
        self.kept.push_back(Kept { request, state: held.map_or(State::Waiting, |until| State::Held { until }) });
        Ok(())
    }

    /// What may be sent now, marked as sent.
    pub(super) fn take_sendable(&mut self, now: Duration) -> Vec<SignalRequest> {
        if self.paused_until.is_some_and(|until| now < until) {
            return Vec::new();
        }
        self.paused_until = None;
        let sent = self.kept.iter().filter(|kept| kept.state == State::Sent).count();
        let most = if self.cautious { 1 } else { IN_FLIGHT };
        let waiting = self.kept.iter_mut().filter(|kept| kept.state == State::Waiting);
        waiting
            .take(most.saturating_sub(sent))
            .map(|kept| {
                kept.state = State::Sent;
                kept.request.clone()
            })
            .collect()
    }

    /// The server passed it on, or will never take it: forgotten.
    pub(super) fn settle(&mut self, rid: u32) -> Option<SignalRequest> {
        let index = self.kept.iter().position(|kept| kept.request.rid == rid)?;
        let kept = self.kept.remove(index)?;
        self.bytes = self.bytes.saturating_sub(kept.request.body.len());
        if self.kept.is_empty() {
            self.cautious = false;
        }
        Some(kept.request)
    }

    /// Whether a signal of this number is kept.
    pub(super) fn holds(&self, rid: u32) -> bool {
        self.kept.iter().any(|kept| kept.request.rid == rid)
    }

    /// The server was too busy for it: everything pauses.
    pub(super) fn pause(&mut self, rid: u32, until: Duration) {
        self.paused_until = Some(self.paused_until.map_or(until, |before| before.max(until)));
        self.cautious = true;
        self.set(|request| request.rid == rid, State::Waiting);
    }

    /// The server does not know the addressee: everything to it waits.
    pub(super) fn hold(&mut self, rid: u32, now: Duration) {
        let Some(to) = self.kept.iter().find(|kept| kept.request.rid == rid).map(|kept| kept.request.to) else {
            return;
        };
        self.set(|request| request.rid == rid, State::Held { until: now + HELD });
        for kept in self.kept.iter_mut().filter(|kept| kept.request.to == to && kept.state == State::Waiting) {
            kept.state = State::Held { until: now + HELD };
        }
    }

    /// The addressee is there.
    pub(super) fn seen(&mut self, peer: PeerId) {
        for kept in self.kept.iter_mut().filter(|kept| kept.request.to == peer) {
            if matches!(kept.state, State::Held { .. }) {
                kept.state = State::Waiting;
            }
        }
    }

    /// The addressee is gone for good.
    pub(super) fn left(&mut self, peer: PeerId) {
        self.keep(|kept| kept.request.to != peer);
    }

    /// A new connection: whatever was under way is to be sent again.
    pub(super) fn begin_anew(&mut self) {
        self.paused_until = None;
        self.set(|_| true, State::Waiting);
    }

    /// Forgets what was held for too long.
    pub(super) fn forget_old(&mut self, now: Duration) {
        self.keep(|kept| !matches!(kept.state, State::Held { until } if until <= now));
    }

    /// When to look again.
    pub(super) fn deadline(&self) -> Option<Duration> {
        let held = self.kept.iter().filter_map(|kept| match kept.state {
            State::Held { until } => Some(until),
            State::Waiting | State::Sent => None,
        });
        held.chain(self.paused_until).min()
    }

    fn set(&mut self, which: impl Fn(&SignalRequest) -> bool, state: State) {
        for kept in self.kept.iter_mut().filter(|kept| which(&kept.request)) {
            kept.state = state;
        }
    }

    fn keep(&mut self, which: impl Fn(&Kept) -> bool) {
        self.kept.retain(which);
        self.bytes = self.kept.iter().map(|kept| kept.request.body.len()).sum();
        if self.kept.is_empty() {
            self.cautious = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: PeerId = PeerId([1; 16]);
    const BORIS: PeerId = PeerId([2; 16]);
    const NOW: Duration = Duration::from_secs(100);

    fn signal(rid: u32, to: PeerId) -> SignalRequest {
        SignalRequest { rid, to, body: format!("body{rid}") }
    }

    fn filled(signals: impl IntoIterator<Item = SignalRequest>) -> Outbox {
        let mut outbox = Outbox::default();
        signals.into_iter().for_each(|signal| outbox.push(signal).unwrap());
        outbox
    }

    fn rids(requests: &[SignalRequest]) -> Vec<u32> {
        requests.iter().map(|request| request.rid).collect()
    }

    #[test]
    fn a_new_connection_gets_everything_unconfirmed_in_order() {
        let mut outbox = filled((0..4).map(|rid| signal(rid, ALICE)));
        assert_eq!(rids(&outbox.take_sendable(NOW)), [0, 1, 2, 3]);
        assert_eq!(outbox.settle(1), Some(signal(1, ALICE)));
        outbox.begin_anew();
        assert_eq!(outbox.take_sendable(NOW), [signal(0, ALICE), signal(2, ALICE), signal(3, ALICE)]);
        assert_eq!(outbox.take_sendable(NOW), []);
    }

    #[test]
    fn too_fast_pauses_all_and_then_goes_one_by_one() {
        let mut outbox = filled([signal(0, ALICE), signal(1, BORIS), signal(2, ALICE)]);
        outbox.take_sendable(NOW);
        let until = NOW + Duration::from_secs(1);
        (0..3).for_each(|rid| outbox.pause(rid, until));
        assert_eq!(outbox.take_sendable(NOW), []);
        assert_eq!(outbox.deadline(), Some(until));
        for rid in 0..3 {
            assert_eq!(rids(&outbox.take_sendable(until)), [rid]);
            assert_eq!(outbox.take_sendable(until), []);
            outbox.settle(rid);
        }
        (3..5).for_each(|rid| outbox.push(signal(rid, ALICE)).unwrap());
        assert_eq!(rids(&outbox.take_sendable(until)), [3, 4]);
    }

    #[test]
    fn an_unknown_addressee_holds_back_only_its_own() {
        let mut outbox = filled([signal(0, ALICE), signal(1, BORIS)]);
        outbox.take_sendable(NOW);
        outbox.hold(0, NOW);
        outbox.push(signal(2, ALICE)).unwrap();
        outbox.push(signal(3, BORIS)).unwrap();
        assert_eq!(rids(&outbox.take_sendable(NOW)), [3]);
        outbox.seen(ALICE);
        assert_eq!(rids(&outbox.take_sendable(NOW)), [0, 2]);
    }

    #[test]
    fn what_is_held_ends_with_the_addressee_or_with_time() {
        let mut outbox = filled([signal(0, ALICE), signal(1, BORIS)]);
        outbox.take_sendable(NOW);
        outbox.hold(0, NOW);
        outbox.hold(1, NOW);
        outbox.left(ALICE);
        assert!(!outbox.holds(0) && outbox.holds(1));
        assert_eq!(outbox.deadline(), Some(NOW + HELD));
        outbox.forget_old(NOW + HELD);
        assert!(!outbox.holds(1));
        assert_eq!(outbox.bytes, 0);
    }

    #[test]
    fn it_never_grows_past_its_bounds() {
        let mut outbox = Outbox::default();
        let taken = (0..10_000).take_while(|rid| outbox.push(signal(*rid, ALICE)).is_ok()).count();
        assert_eq!(taken, OUTBOX_MESSAGES);
        let mut outbox = Outbox::default();
        let large = |rid| SignalRequest { rid, to: ALICE, body: "x".repeat(OUTBOX_BYTES / 4) };
        let taken = (0..10).take_while(|rid| outbox.push(large(*rid)).is_ok()).count();
        assert_eq!(taken, 4);
    }
}
