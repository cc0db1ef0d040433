//! Whether a data connection is alive, and what is due about it. Pure: time is an argument.
//!
//! Promises: a ping at each interval; `Interrupted` once a silence; an ICE restart while the cut is young; `Rebuild` once, before the
//! SCTP layer dies without a word; `Expired` once for a connection that never came to be.
//! Leaves to others: sending pings, restarting, rebuilding.

use super::Timings;

/// Something to do about a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Send a ping with this number.
    Ping(u32),
    /// Show that nothing is heard.
    Interrupted,
    /// Try other paths.
    RestartIce,
    /// Give this connection up and begin the next.
    Rebuild,
    /// It was not proven in time.
    Expired,
}

/// The watch over one connection.
#[derive(Debug)]
pub(crate) struct Liveness {
    timings: Timings,
    /// How much longer than the other side we wait before we mend.
    patience_ms: u64,
    phase: Phase,
    /// The ping whose answer proves that the other side still has this connection; none while nothing speaks against it.
    doubt: Option<u32>,
}

#[derive(Debug)]
enum Phase {
    Connecting { since_ms: u64 },
    Alive(Alive),
    Over,
}

#[derive(Debug)]
struct Alive {
    heard_ms: u64,
    ping_due_ms: u64,
    ping: u32,
    ping_sent_ms: u64,
    interrupted: bool,
    /// When to restart ICE; none once it was done for this silence.
    restart_due_ms: Option<u64>,
}

impl Liveness {
    /// A connection that begins now.
    pub(crate) fn new(timings: Timings, polite: bool, now_ms: u64) -> Self {
        let patience_ms = if polite { timings.stagger_ms } else { 0 };
        Self { timings, patience_ms, phase: Phase::Connecting { since_ms: now_ms }, doubt: None }
    }

    /// The connection is proven.
    pub(crate) fn proven(&mut self, now_ms: u64) {
        self.phase = Phase::Alive(Alive {
            heard_ms: now_ms,
            ping_due_ms: now_ms,
            ping: 0,
            ping_sent_ms: now_ms,
            interrupted: false,
            restart_due_ms: None,
        });
    }

    /// Something came from the other side. True when that ends an interruption.
    pub(crate) fn heard(&mut self, now_ms: u64) -> bool {
        let Phase::Alive(alive) = &mut self.phase else { return false };
        alive.heard_ms = now_ms;
        alive.restart_due_ms = None;
        std::mem::take(&mut alive.interrupted)
    }

    /// A pong came: the round trip in milliseconds, if it answers the last ping.
    pub(crate) fn pong(&mut self, n: u32, now_ms: u64) -> Option<u64> {
        match &self.phase {
            Phase::Alive(alive) if alive.ping == n => {
                // The last ping is the one that was doubted, or a later one, or the one before it.
                self.doubt = self.doubt.filter(|asked| n.wrapping_add(1) == *asked);
                Some(now_ms.saturating_sub(alive.ping_sent_ms))
            }
            _ => None,
        }
    }

    /// The other side may have forgotten this connection: what is heard may have been on its way for long, so it is asked at once.
    pub(crate) fn doubted(&mut self, now_ms: u64) {
        if let Phase::Alive(alive) = &mut self.phase {
            alive.ping_due_ms = now_ms;
            self.doubt = Some(alive.ping.wrapping_add(1));
        }
    }

    /// Whether a doubt was not answered.
    pub(crate) fn is_doubted(&self) -> bool {
        self.doubt.is_some()
    }

    /// ICE hears nothing any more: it knows earlier than a silence shows.
    pub(crate) fn ice_interrupted(&mut self, now_ms: u64) {
        if let Phase::Alive(alive) = &mut self.phase {
            alive.restart_due_ms = Some(now_ms + self.patience_ms);
        }
    }

    /// Ask at once whether the other side is there.
    pub(crate) fn ping_now(&mut self, now_ms: u64) {
        if let Phase::Alive(alive) = &mut self.phase {
            alive.ping_due_ms = now_ms;
        }
    }

    /// Whether a silence was told and not ended.
    pub(crate) fn is_interrupted(&self) -> bool {
        matches!(&self.phase, Phase::Alive(alive) if alive.interrupted)
    }

    /// The next thing to do; ask until none.
    pub(crate) fn due(&mut self, now_ms: u64) -> Option<Due> {
        let timings = self.timings;
        match &mut self.phase {
            Phase::Connecting { since_ms } if now_ms >= *since_ms + timings.connect_ms => {
                self.phase = Phase::Over;
                Some(Due::Expired)
            }
            Phase::Alive(alive) => {
                let silence_ms = now_ms.saturating_sub(alive.heard_ms);
                if silence_ms >= timings.rebuild_ms + self.patience_ms {
                    self.phase = Phase::Over;
                    return Some(Due::Rebuild);
                }
                if silence_ms >= timings.interrupted_ms && !alive.interrupted {
                    alive.interrupted = true;
                    alive.restart_due_ms.get_or_insert(now_ms + self.patience_ms);
                    return Some(Due::Interrupted);
                }
                if alive.restart_due_ms.is_some_and(|due_ms| now_ms >= due_ms) {
                    alive.restart_due_ms = None;
                    return Some(Due::RestartIce);
                }
                if now_ms >= alive.ping_due_ms {
                    alive.ping = alive.ping.wrapping_add(1);
                    alive.ping_sent_ms = now_ms;
                    alive.ping_due_ms = now_ms + timings.ping_ms;
                    return Some(Due::Ping(alive.ping));
                }
                None
            }
            Phase::Connecting { .. } | Phase::Over => None,
        }
    }

    /// When to ask again; none when nothing will ever be due.
    pub(crate) fn next_ms(&self) -> Option<u64> {
        match &self.phase {
            Phase::Connecting { since_ms } => Some(since_ms + self.timings.connect_ms),
            Phase::Alive(alive) => {
                let silent_ms = if alive.interrupted {
                    alive.heard_ms + self.timings.rebuild_ms + self.patience_ms
                } else {
                    alive.heard_ms + self.timings.interrupted_ms
                };
                Some(silent_ms.min(alive.ping_due_ms).min(alive.restart_due_ms.unwrap_or(u64::MAX)))
            }
            Phase::Over => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the watch to `until_ms`, waking only when it asks to be woken.
    fn run(liveness: &mut Liveness, now_ms: &mut u64, until_ms: u64) -> Vec<(u64, Due)> {
        let mut dues = Vec::new();
        loop {
            while let Some(due) = liveness.due(*now_ms) {
                dues.push((*now_ms, due));
            }
            match liveness.next_ms() {
                Some(next_ms) if next_ms <= until_ms => *now_ms = next_ms.max(*now_ms),
                _ => break,
            }
        }
        *now_ms = until_ms;
        dues
    }

    #[test]
    fn a_silence_is_told_mended_and_at_last_given_up() {
        let mut now_ms = 0;
        let mut liveness = Liveness::new(Timings::default(), false, 0);
        liveness.proven(0);
        let dues = run(&mut liveness, &mut now_ms, 100_000);
        let others: Vec<_> = dues.iter().filter(|(_, due)| !matches!(due, Due::Ping(_))).copied().collect();
        assert_eq!(others, [(8_000, Due::Interrupted), (8_000, Due::RestartIce), (25_000, Due::Rebuild)]);
        let pings: Vec<_> = dues.iter().filter(|(_, due)| matches!(due, Due::Ping(_))).map(|(at, _)| *at).collect();
        assert_eq!(pings, (0..9).map(|n| n * 3_000).collect::<Vec<_>>());
    }

    #[test]
    fn the_polite_side_lets_the_other_mend_first() {
        let mut now_ms = 0;
        let mut liveness = Liveness::new(Timings::default(), true, 0);
        liveness.proven(0);
        let dues = run(&mut liveness, &mut now_ms, 100_000);
        assert!(dues.contains(&(11_000, Due::RestartIce)) && dues.contains(&(28_000, Due::Rebuild)), "{dues:?}");
    }

    #[test]
    fn hearing_something_ends_an_interruption_and_the_next_silence_is_told_again() {
        let mut now_ms = 0;
        let mut liveness = Liveness::new(Timings::default(), false, 0);
        liveness.proven(0);
        run(&mut liveness, &mut now_ms, 9_000);
        assert!(liveness.is_interrupted());
        assert!(liveness.heard(9_000));
        assert!(!liveness.heard(9_001));
        let dues = run(&mut liveness, &mut now_ms, 17_500);
        assert!(dues.contains(&(17_001, Due::Interrupted)), "{dues:?}");
    }

    #[test]
    fn only_the_answer_to_a_later_question_ends_a_doubt() {
        let mut liveness = Liveness::new(Timings::default(), false, 0);
        liveness.proven(0);
        assert_eq!(liveness.due(0), Some(Due::Ping(1)));
        liveness.doubted(10);
        assert_eq!(liveness.pong(1, 20), Some(20));
        liveness.heard(20);
        assert!(liveness.is_doubted(), "it was asked before");
        assert_eq!(liveness.due(20), Some(Due::Ping(2)));
        assert_eq!(liveness.pong(2, 25), Some(5));
        assert!(!liveness.is_doubted());
    }

    #[test]
    fn a_connection_that_never_comes_expires_once() {
        let mut now_ms = 500;
        let mut liveness = Liveness::new(Timings::default(), false, 500);
        assert_eq!(run(&mut liveness, &mut now_ms, 90_000), [(30_500, Due::Expired)]);
    }
}
