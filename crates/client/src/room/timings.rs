//! Every duration of a session in one place, so that tests can shorten them.

use parlor_protocol::limits::{CONNECT_MS, INTERRUPTED_MS, PING_MS, REBUILD_MS};

/// Durations of a session, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timings {
    /// Between two pings.
    pub ping_ms: u64,
    /// Silence after which a connection counts as interrupted and ICE is restarted.
    pub interrupted_ms: u64,
    /// Silence after which a connection is rebuilt.
    pub rebuild_ms: u64,
    /// What a new connection has until its key confirmation.
    pub connect_ms: u64,
    /// A hello unanswered for so long is said again.
    pub hello_ms: u64,
    /// What the polite side waits longer than the other before it mends anything, so that not both do.
    pub stagger_ms: u64,
    /// What a leaving side waits for the other to have heard the goodbye.
    pub bye_ms: u64,
    /// How long a peer with a transfer under way is waited for that neither the server nor a connection has any more.
    pub absent_ms: u64,
}

impl Default for Timings {
    /// Those of docs/protocol.md.
    fn default() -> Self {
        Self {
            ping_ms: PING_MS,
            interrupted_ms: INTERRUPTED_MS,
            rebuild_ms: REBUILD_MS,
            connect_ms: CONNECT_MS,
            hello_ms: 10_000,
            stagger_ms: 3_000,
            bye_ms: 2_000,
            absent_ms: 60_000,
        }
    }
}
