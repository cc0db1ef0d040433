//! What goes into and comes out of [`super::DataLink`]. No behaviour here.

use bytes::Bytes;
use parlor_protocol::{
    host::Path,
    negotiation::{Candidate, Description},
    signaling::IceServer,
};

use super::LinkError;

/// How to connect.
#[derive(Debug, Clone)]
pub struct LinkConfig {
    /// Number of the connection within the epoch, for the log.
    pub link: u32,
    /// Our role in perfect negotiation: the larger peer id is polite.
    pub polite: bool,
    /// Whether this side makes the first offer.
    pub initiator: bool,
    /// STUN and TURN servers.
    pub ice_servers: Vec<IceServer>,
    /// Use relayed candidates only.
    pub relay_only: bool,
    /// The peer's sockets have room for little, as a browser's.
    pub is_narrow: bool,
}

/// What happened on a link.
#[derive(Debug, Clone, PartialEq)]
pub enum LinkEvent {
    /// To be passed to the peer.
    LocalDescription(Description),
    /// To be passed to the peer; none is the end of candidates.
    LocalCandidate(Option<Candidate>),
    /// Both channels are open. Comes once.
    Opened {
        /// SHA-256 of the own certificate in use on the DTLS connection.
        local_fingerprint: [u8; 32],
        /// SHA-256 of the peer's certificate in use on the DTLS connection.
        remote_fingerprint: [u8; 32],
        /// Largest message the peer takes (RFC 8841), at most [`super::MESSAGE_BYTES`].
        max_message_bytes: usize,
    },
    /// A text message on `control`.
    Control(String),
    /// A binary message on `bulk`. Holds its share of [`super::BULK_PENDING_BYTES`] until the last clone or slice is dropped.
    Bulk(Bytes),
    /// ICE hears nothing from the peer any more. It may mend by itself; an ICE restart may help.
    Interrupted,
    /// ICE hears the peer again.
    Mended,
    /// The way the connection takes, when it becomes known and when it changes.
    Path {
        /// Now.
        path: Path,
        /// Round trip in milliseconds, as ICE measured it.
        rtt_ms: Option<u32>,
    },
    /// It will never work (again). Only [`LinkEvent::Closed`] follows.
    Failed(LinkError),
    /// The end, after `close` on either side or a failure. Nothing follows.
    Closed,
}
