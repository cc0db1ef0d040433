//! What the machine is told to hold.

use crate::{rate::Rate, secret_hash::SecretHash};

/// The limits the machine keeps.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest message, told to clients.
    pub message_bytes: u32,
    /// Peers in a room.
    pub room_peers: u32,
    /// Seconds a room outlives its last peer.
    pub room_ttl_s: u32,
    /// Milliseconds a dropped peer's seat is kept.
    pub seat_grace_ms: u64,
    /// Rooms are made for who shows this, and for addresses that sit in one; none: for everybody.
    pub create_key: Option<SecretHash>,
    /// Rooms at a time.
    pub max_rooms: usize,
    /// Sockets at a time.
    pub max_sockets: usize,
    /// Sockets at a time from one address.
    pub max_sockets_per_address: u32,
    /// Messages of one socket.
    pub socket: Rate,
    /// Messages of one address.
    pub address: Rate,
    /// Signals within one room.
    pub room: Rate,
    /// Joins from one address.
    pub join: Rate,
}
