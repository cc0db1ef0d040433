//! What a page without `RTCPeerConnection` and its engine say to each other about calls (docs/adr/0008-media-port.md).
//!
//! Four WebSockets on loopback, told apart by their path, each after the same checks of Host, Origin and secret:
//!
//! - [`CONTROL_PATH`]: JSON text. [`PortRequest`] from the page, [`PortMessage`] to it. Closing it closes every connection.
//! - [`CAPTURE_PATH`]: coded pictures from the page, binary, each behind a [`PictureHeader`]; [`CaptureOrder`] to it, JSON text.
//! - [`DISPLAY_PATH`]: coded pictures to the page, binary, each behind a [`PictureHeader`]; [`DisplayReport`] from it, JSON text.
//! - [`SOUND_PATH`]: PCM both ways, binary, [`SoundToEngine`] from the page, [`sound_to_page`] to it.
//!
//! A newer socket on a path replaces the older one: a page that was loaded anew takes its place. What travels here stays on the
//! machine, so there is no version: page and engine are of one build.

mod picture_header;
mod sound;

use serde::{Deserialize, Serialize};

pub use self::{
    picture_header::PictureHeader,
    sound::{SoundToEngine, sound_to_page},
};
use crate::{
    negotiation::{Candidate, Description},
    signaling::IceServer,
};

/// The WebSocket subprotocol the port answers with. The page offers it and, as a second one, the secret of this launch.
pub const SUBPROTOCOL: &str = "parlor-media";
/// Requests and what comes of them.
pub const CONTROL_PATH: &str = "/control";
/// Own pictures.
pub const CAPTURE_PATH: &str = "/capture";
/// Others' pictures.
pub const DISPLAY_PATH: &str = "/display";
/// Sound, both ways.
pub const SOUND_PATH: &str = "/sound";

/// PCM on the sound socket: 48 000 samples a second, one channel, signed 16 bit little-endian, in pieces of 10 ms.
pub const SOUND_RATE_HZ: u32 = 48_000;
/// Samples of one piece.
pub const SOUND_PIECE_SAMPLES: usize = 480;
/// Connections a page may have at once: one to each of the others, and the old one of each while it is replaced.
pub const CONNECTIONS: usize = 32;
/// Largest coded picture, in bytes. A key frame of 1280x720 at the highest bitrate has about a tenth.
pub const PICTURE_BYTES: usize = 2 * 1024 * 1024;
/// Layers of the own picture, the large one first.
pub const LAYERS: usize = 2;

/// Where the port is, told by the shell to its own page only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct MediaPortAddress {
    /// `ws://127.0.0.1:<port>`, without a path.
    pub url: String,
    /// Random, of this launch.
    pub secret: String,
}

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum MediaKind {
    /// Opus.
    Audio,
    /// VP8.
    Video,
}

/// The W3C's `RTCRtpTransceiverDirection`, without `stopped`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum MediaDirection {
    /// Both ways.
    Sendrecv,
    /// Out only.
    Sendonly,
    /// In only.
    Recvonly,
    /// Neither; also what is negotiated when the sides share no codec.
    Inactive,
}

/// What the page asks of the engine. Requests of one connection are done one after the other, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum PortRequest {
    /// Makes a connection. The page numbers them; a number is used once.
    Open {
        /// Its number from now on.
        connection: u32,
        /// STUN and TURN.
        ice_servers: Vec<IceServer>,
        /// Through TURN only.
        relay_only: bool,
    },
    /// Adds a media section that sends and receives. Sections are numbered from 0 in the order in which they came to be.
    AddTransceiver {
        /// Whose.
        connection: u32,
        /// What it carries.
        kind: MediaKind,
    },
    /// Changes the direction a section asks for in the next negotiation.
    SetDirection {
        /// Whose.
        connection: u32,
        /// Number of the section.
        section: u32,
        /// As wanted.
        direction: MediaDirection,
    },
    /// Makes and applies the offer or answer that the signaling state asks for. Answered by `described`.
    SetLocalDescription {
        /// Whose.
        connection: u32,
        /// For the reply.
        rid: u32,
    },
    /// Applies the peer's description; an offer takes back an own one first. Answered by `described`, without a description.
    SetRemoteDescription {
        /// Whose.
        connection: u32,
        /// For the reply.
        rid: u32,
        /// Offer or answer.
        description: Description,
    },
    /// Answered by `done`.
    AddIceCandidate {
        /// Whose.
        connection: u32,
        /// For the reply.
        rid: u32,
        /// Of the peer.
        candidate: Candidate,
    },
    /// The next own description begins a new ICE generation.
    RestartIce {
        /// Whose.
        connection: u32,
    },
    /// Sends the own sound or picture in this section, or nothing. Answered by `done`.
    SetSending {
        /// Whose.
        connection: u32,
        /// For the reply.
        rid: u32,
        /// Number of the section.
        section: u32,
        /// False for nothing.
        on: bool,
    },
    /// Bounds what a section sends (`RTCRtpSender.setParameters`). Answered by `done`.
    SetParameters {
        /// Whose.
        connection: u32,
        /// For the reply.
        rid: u32,
        /// Number of the section.
        section: u32,
        /// As wanted.
        parameters: SendParameters,
    },
    /// Whether what comes on this connection is shown and heard. Off in the beginning: nothing unproven is.
    SetPlaying {
        /// Whose.
        connection: u32,
        /// As wanted.
        on: bool,
    },
    /// Answered by `stats`.
    GetStats {
        /// Whose.
        connection: u32,
        /// For the reply.
        rid: u32,
    },
    /// Ends a connection. Nothing is said about it afterwards.
    Close {
        /// Which.
        connection: u32,
    },
}

/// Bounds of the W3C's `RTCRtpEncodingParameters`. None is no bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct SendParameters {
    /// Bits a second.
    pub max_bitrate_bps: Option<u32>,
    /// Pictures a second.
    pub max_frame_rate: Option<u32>,
    /// How much smaller than captured the picture is sent, in percent: 200 is half as wide and half as high. At least 100.
    pub scale_down_percent: Option<u32>,
}

/// A media section as negotiated so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Section {
    /// What it carries.
    pub kind: MediaKind,
    /// As wanted here.
    pub direction: MediaDirection,
    /// As negotiated; none before the first answer.
    pub current_direction: Option<MediaDirection>,
}

/// What the engine says to the page. Whether a negotiation is needed the page knows by itself: all changes are its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum PortMessage {
    /// A request was done.
    Done {
        /// Of the request.
        rid: u32,
    },
    /// A description was applied.
    Described {
        /// Of the request.
        rid: u32,
        /// The own description; none when it was the peer's.
        description: Option<Description>,
        /// All sections, in order.
        sections: Vec<Section>,
    },
    /// Statistics: the entries of an `RTCStatsReport`, with the standard's types and names.
    Stats {
        /// Of the request.
        rid: u32,
        /// Objects with at least `id`, `type` and `timestamp` (milliseconds since 1970).
        #[cfg_attr(feature = "bindings", ts(type = "Array<Record<string, unknown>>"))]
        entries: Vec<serde_json::Value>,
    },
    /// A request was refused.
    Refused {
        /// Of the request; none for those without an answer.
        rid: Option<u32>,
        /// Name of the standard's `DOMException`.
        name: String,
        /// For logs.
        detail: String,
    },
    /// A candidate of ours; none is the end of a generation.
    Candidate {
        /// Whose.
        connection: u32,
        /// For the peer.
        candidate: Option<Candidate>,
    },
    /// The W3C's `connectionState` changed.
    State {
        /// Whose.
        connection: u32,
        /// One of the standard's words.
        state: ConnectionState,
        /// DER certificates of the other side, leaf first, base64; empty until DTLS is up.
        certificates: Vec<String>,
        /// DTLS failed: either side refused the other's certificate.
        dtls_failed: bool,
    },
    /// Packets of a section began to come, or stopped for a while: `muted` of the receiver's track.
    Muted {
        /// Whose.
        connection: u32,
        /// Number of the section.
        section: u32,
        /// As now.
        muted: bool,
    },
    /// How loud others are, some ten times a second while anyone plays.
    Levels {
        /// Those that are not silent.
        levels: Vec<Level>,
    },
}

/// How loud one connection's sound is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Level {
    /// Whose.
    pub connection: u32,
    /// Root mean square of the last tenth of a second, in dB below full scale, as a positive number; 127 is silence (RFC 6464).
    pub level_db: u8,
}

/// The W3C's `RTCPeerConnectionState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum ConnectionState {
    /// Nothing yet.
    New,
    /// On the way.
    Connecting,
    /// ICE and DTLS are up.
    Connected,
    /// No word for a while.
    Disconnected,
    /// Beyond mending by itself.
    Failed,
    /// Ended.
    Closed,
}

/// What the engine asks of the page's encoder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum CaptureOrder {
    /// Code these layers from now on, and no others; none means that nobody is sent a picture, and the encoder rests.
    Layers {
        /// At most [`LAYERS`], the large one first.
        layers: Vec<LayerOrder>,
    },
    /// The next picture of this layer is to be a key frame.
    KeyFrame {
        /// Place in `layers`.
        layer: u8,
    },
}

/// How one layer is to be coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct LayerOrder {
    /// The picture fits into a square box of this many pixels a side, aspect kept, never enlarged.
    pub long_side: u16,
    /// Bits a second.
    pub bitrate_bps: u32,
    /// Pictures a second, at most.
    pub frame_rate: u16,
}

/// What the page tells of others' pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum DisplayReport {
    /// What was done since the last report of this connection; about once a second while pictures come.
    Shown {
        /// Whose.
        connection: u32,
        /// Decoded.
        decoded: u32,
        /// Drawn.
        drawn: u32,
        /// Decoded but too late to be drawn, or thrown away undecoded.
        dropped: u32,
        /// Time the decoder and the drawing took, microseconds in all.
        cost_us: u32,
    },
    /// The decoder cannot go on without a key frame.
    KeyFrameNeeded {
        /// Whose.
        connection: u32,
    },
}
