//! Messages between a client and the server, namespace `/room` (docs/protocol.md, section 3). An enum per direction would
//! repeat the event names of Socket.IO, which travel beside the payload; so each event is one struct, and [`event`] holds the names.

use serde::{Deserialize, Serialize};

use crate::{
    code::ReplyCode,
    id::{PeerId, RoomId},
};

/// Names of the events of namespace `/room`.
pub mod event {
    /// Client → server, [`super::Join`].
    pub const JOIN: &str = "join";
    /// Client → server [`super::SignalRequest`], server → client [`super::SignalDelivered`].
    pub const SIGNAL: &str = "signal";
    /// Client → server, [`super::Bare`].
    pub const LEAVE: &str = "leave";
    /// Client → server, [`super::Withdraw`].
    pub const WITHDRAW: &str = "withdraw";
    /// Client → server, [`super::Bare`].
    pub const HEARTBEAT: &str = "heartbeat";
    /// Server → client, [`super::Reply`].
    pub const REPLY: &str = "reply";
    /// Server → client, [`super::PeerPresence`].
    pub const PEER_JOINED: &str = "peer-joined";
    /// Server → client, [`super::PeerPresence`].
    pub const PEER_LEFT: &str = "peer-left";
    /// Server → client, [`super::ServerClosing`].
    pub const SERVER_CLOSING: &str = "server-closing";
}

/// The namespace of Parlor's own clients.
pub const NAMESPACE: &str = "/room";

/// Enters a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Join {
    /// Chosen by the client, repeated in the reply.
    pub rid: u32,
    /// [`crate::VERSION`].
    pub version: u8,
    /// The room, derived from the invitation.
    pub room: RoomId,
    /// Proof of holding the invitation: 32 bytes, base64url.
    pub token: String,
    /// The peer that sits down.
    pub peer: PeerId,
    /// The secret that takes this seat back later: 32 bytes, base64url.
    pub resume: String,
    /// Make the room if it is not there.
    #[serde(default)]
    pub create: bool,
    /// What a server asks for before it makes a room, where only some may have one made: 32 bytes, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub key: Option<String>,
}

/// Passes a sealed message to another peer of the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct SignalRequest {
    /// Chosen by the client, repeated in the reply.
    pub rid: u32,
    /// The addressee.
    pub to: PeerId,
    /// A sealed envelope, base64url. The server does not read it.
    pub body: String,
}

/// A request without content: `leave` and `heartbeat`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Bare {
    /// Chosen by the client, repeated in the reply.
    pub rid: u32,
}

/// Lets nobody new into the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Withdraw {
    /// Chosen by the client, repeated in the reply.
    pub rid: u32,
    /// Who else may come back, beside those who sit in the room: at most [`crate::limits::WITHDRAWAL_PEERS`].
    pub peers: Vec<PeerId>,
}

/// The answer to a request. `ok` tells which of the optional fields are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct Reply {
    /// The request's; null if the request had none.
    #[cfg_attr(feature = "bindings", ts(optional = false, type = "number | null"))]
    pub rid: Option<u32>,
    /// Whether the request was done.
    pub ok: bool,
    /// What a join learns.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub joined: Option<Joined>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ReplyCode>,
    /// When to try again, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_ms: Option<u32>,
}

/// What a right `join` is answered with, beside `rid` and `ok`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Joined {
    /// Who else is in the room.
    pub peers: Vec<PeerId>,
    /// What to hand to `RTCConfiguration.iceServers`.
    pub ice_servers: Vec<IceServer>,
    /// Seconds the room outlives its last peer.
    pub ttl_s: u32,
    /// What the server takes.
    pub limits: ServerLimits,
}

/// Limits of a server that a client should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct ServerLimits {
    /// Longest message.
    pub message_bytes: u32,
    /// Peers in a room.
    pub room_peers: u32,
}

/// A STUN or TURN server, in the shape of the W3C's `RTCIceServer`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export, optional_fields))]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` URLs.
    pub urls: Vec<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl std::fmt::Debug for IceServer {
    /// Without the credential, so that no log holds it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// A sealed message from another peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct SignalDelivered {
    /// Stamped by the server.
    pub from: PeerId,
    /// As it was sent.
    pub body: String,
}

/// A peer came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct PeerPresence {
    /// Who.
    pub peer: PeerId,
}

/// The server goes down in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct ServerClosing {
    /// When to come back, in milliseconds.
    pub retry_ms: u32,
}
