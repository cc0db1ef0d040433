//! What a page without `RTCPeerConnection` and its engine say to each other about calls (docs/adr/0008-media-port.md).
//!
//! Four WebSockets on loopback, told apart by their path, each after the same checks of Host, Origin and secret:
//!
//! - [`CONTROL_PATH`]: JSON text. [`PortRequest`] from the page, [`PortMessage`] to it. Closing it closes every connection.
//! - [`CAPTURE_PATH`]: coded pictures from the page, binary, each behind a [`PictureHeader`]; [`CaptureOrder`] to it, JSON text.
//! - [`DISPLAY_PATH`]: coded pictures to the page, binary, each behind a [`PictureHeader`]; [`DisplayReport`] from it, JSON text.
//! - [`SOUND_PATH`]: PCM both ways, binary, one of [`SoundToEngine`] or [`SoundToPage`] a message.
//!
//! A newer socket on a path replaces the older one: a page that was loaded anew takes its place. What travels here stays on the
//! machine, so there is no version: page and engine are of one build.

use serde::{Deserialize, Serialize};

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

/// Stands before each coded picture, either way. All numbers little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureHeader {
    /// Decodable without any other.
    pub key: bool,
    /// Which layer of the own picture; 0 in others'.
    pub layer: u8,
    /// Clockwise quarter turns by which the picture is to be turned before it is shown, 0 to 3.
    pub quarter_turns: u8,
    /// Whose picture; 0 for the own.
    pub connection: u32,
    /// When it was captured, microseconds on the sender's media clock; only differences mean something.
    pub timestamp_us: u64,
    /// Pixels, as coded.
    pub width: u16,
    /// Pixels, as coded.
    pub height: u16,
    /// Time its coding took, microseconds; 0 in others' pictures.
    pub cost_us: u32,
}

impl PictureHeader {
    /// Bytes before the picture: flags (bit 0 is `key`), layer, quarter turns, 0, connection (u32), timestamp (u64), width (u16),
    /// height (u16), cost (u32).
    pub const BYTES: usize = 24;

    /// The header's bytes.
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[0] = u8::from(self.key);
        bytes[1] = self.layer;
        bytes[2] = self.quarter_turns;
        bytes[4..8].copy_from_slice(&self.connection.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.timestamp_us.to_le_bytes());
        bytes[16..18].copy_from_slice(&self.width.to_le_bytes());
        bytes[18..20].copy_from_slice(&self.height.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.cost_us.to_le_bytes());
        bytes
    }

    /// Header and picture of a message; none if it is no picture at all: too short, too long, empty, or with values out of range.
    pub fn decode(message: &[u8]) -> Option<(Self, &[u8])> {
        let (head, picture) = message.split_first_chunk::<{ Self::BYTES }>()?;
        if picture.is_empty() || picture.len() > PICTURE_BYTES {
            return None;
        }
        let [flags, layer, quarter_turns, zero, c0, c1, c2, c3, rest @ ..] = *head;
        let [t0, t1, t2, t3, t4, t5, t6, t7, w0, w1, h0, h1, u0, u1, u2, u3] = rest;
        let header = Self {
            key: flags & 1 == 1,
            layer,
            quarter_turns,
            connection: u32::from_le_bytes([c0, c1, c2, c3]),
            timestamp_us: u64::from_le_bytes([t0, t1, t2, t3, t4, t5, t6, t7]),
            width: u16::from_le_bytes([w0, w1]),
            height: u16::from_le_bytes([h0, h1]),
            cost_us: u32::from_le_bytes([u0, u1, u2, u3]),
        };
        let in_range = flags <= 1 && zero == 0 && usize::from(layer) < LAYERS && quarter_turns < 4;
        (in_range && header.width > 0 && header.height > 0).then_some((header, picture))
    }
}

/// Sound from the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundToEngine {
    /// One piece from the microphone: byte 1, then [`SOUND_PIECE_SAMPLES`] samples.
    Captured(Vec<i16>),
    /// The player has room for so many pieces: byte 2, then a byte with the number, 1 to 50.
    Wanted(u8),
    /// The microphone was muted or given back: byte 3. What it had captured so far is not sent any more.
    Silenced,
}

impl SoundToEngine {
    /// None if it is no such message.
    pub fn decode(message: &[u8]) -> Option<Self> {
        match message {
            [1, samples @ ..] => piece(samples).map(Self::Captured),
            [2, pieces @ 1..=50] => Some(Self::Wanted(*pieces)),
            [3] => Some(Self::Silenced),
            _ => None,
        }
    }
}

/// Sound to the page: byte 1, then [`SOUND_PIECE_SAMPLES`] samples, to be played next.
pub fn sound_to_page(samples: &[i16]) -> Vec<u8> {
    std::iter::once(1).chain(samples.iter().flat_map(|sample| sample.to_le_bytes())).collect()
}

fn piece(bytes: &[u8]) -> Option<Vec<i16>> {
    let (samples, rest) = bytes.as_chunks::<2>();
    (samples.len() == SOUND_PIECE_SAMPLES && rest.is_empty())
        .then(|| samples.iter().map(|sample| i16::from_le_bytes(*sample)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: PictureHeader = PictureHeader {
        key: true,
        layer: 1,
        quarter_turns: 3,
        connection: 7,
        timestamp_us: 0x0102_0304_0506_0708,
        width: 1280,
        height: 720,
        cost_us: 8_123,
    };

    #[test]
    fn a_picture_comes_back_as_it_was_sent() {
        let message = [&HEADER.encode()[..], b"vp8"].concat();
        assert_eq!(PictureHeader::decode(&message), Some((HEADER, &b"vp8"[..])));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let whole = [&HEADER.encode()[..], b"vp8"].concat();
        for length in 0..=PictureHeader::BYTES {
            assert_eq!(PictureHeader::decode(&whole[..length]), None, "{length} bytes");
        }
        for (at, value) in [(0, 2), (1, 2), (2, 4), (3, 1)] {
            let mut broken = whole.clone();
            broken[at] = value;
            assert_eq!(PictureHeader::decode(&broken), None, "byte {at}");
        }
        let long = [&HEADER.encode()[..], &vec![0; PICTURE_BYTES + 1]].concat();
        assert_eq!(PictureHeader::decode(&long), None);
    }

    #[test]
    fn sound_is_taken_in_whole_pieces_only() {
        let samples: Vec<i16> = (0..480).map(|n| n - 240).collect();
        assert_eq!(SoundToEngine::decode(&sound_to_page(&samples)), Some(SoundToEngine::Captured(samples.clone())));
        assert_eq!(SoundToEngine::decode(&sound_to_page(&samples[1..])), None);
        assert_eq!(SoundToEngine::decode(&[2, 3]), Some(SoundToEngine::Wanted(3)));
        assert_eq!(SoundToEngine::decode(&[3]), Some(SoundToEngine::Silenced));
        for hostile in [&[][..], &[1], &[2], &[2, 0], &[2, 51], &[2, 1, 1], &[3, 0], &[4]] {
            assert_eq!(SoundToEngine::decode(hostile), None, "{hostile:?}");
        }
    }
}
