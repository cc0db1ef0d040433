//! Every limit of the wire, in one place. Each number carries its reason.

/// Longest signaling message in bytes: a media description of several kilobytes fits many times over, a flood does not.
pub const MESSAGE_BYTES: usize = 64 * 1024;
/// Longest message of the `control` channel in bytes: the smallest `max-message-size` peers must assume (RFC 8841).
pub const CONTROL_BYTES: usize = 64 * 1024;
/// Peers in a room: beyond this a mesh of direct connections costs more than it gives.
pub const ROOM_PEERS: usize = 16;
/// Seconds a room outlives its last peer.
pub const ROOM_TTL_S: u32 = 900;
/// Milliseconds a dropped peer's seat is kept for it.
pub const SEAT_GRACE_MS: u64 = 2_500;
/// Signals that wait for a peer in grace.
pub const SEAT_QUEUE_MESSAGES: usize = 64;
/// Bytes of signals that wait for a peer in grace.
pub const SEAT_QUEUE_BYTES: usize = 256 * 1024;
/// Engine.IO ping interval in milliseconds. With timeout and grace a dead peer is gone within 10 s.
pub const ENGINE_PING_INTERVAL_MS: u64 = 3_000;
/// Engine.IO ping timeout in milliseconds.
pub const ENGINE_PING_TIMEOUT_MS: u64 = 4_000;
/// Milliseconds between two heartbeats of a signaling client.
pub const HEARTBEAT_MS: u64 = 5_000;
/// Milliseconds without any reply after which a client gives its signaling link up.
pub const HEARTBEAT_TIMEOUT_MS: u64 = 10_000;
/// Milliseconds between two pings of a data connection.
pub const PING_MS: u64 = 3_000;
/// Milliseconds of silence after which a data connection counts as interrupted.
pub const INTERRUPTED_MS: u64 = 8_000;
/// Milliseconds of silence after which a data connection is rebuilt: SCTP itself dies without a word after about 30 s.
pub const REBUILD_MS: u64 = 25_000;
/// Milliseconds a new data connection has until key confirmation.
pub const CONNECT_MS: u64 = 30_000;

/// Longest display name in characters.
pub const NAME_CHARS: usize = 64;
/// Longest chat text in bytes of UTF-8.
pub const TEXT_BYTES: usize = 32 * 1024;

/// Bytes of a block: the unit that is hashed and proven.
pub const BLOCK_BYTES: u32 = 1024 * 1024;
/// Most payload bytes of a data frame: below it throughput falls, above it nothing is won.
pub const FRAME_PAYLOAD_BYTES: usize = 64 * 1024;
/// Bytes sent but not yet stored on one connection. Bounds the memory of both sides.
pub const WINDOW_BYTES: u64 = 8 * 1024 * 1024;
/// Entries of an offer.
pub const OFFER_ENTRIES: usize = 20_000;
/// Offers a peer keeps unanswered.
pub const OFFERS_PENDING: usize = 64;
/// Longest path component in bytes of UTF-8: what ext4, APFS and NTFS take.
pub const COMPONENT_BYTES: usize = 255;
/// Deepest path in components.
pub const PATH_COMPONENTS: usize = 32;
/// Longest path in bytes, separators included.
pub const PATH_BYTES: usize = 1024;
/// Largest integer that JSON carries between all clients without loss.
pub const SAFE_INTEGER: u64 = (1 << 53) - 1;
