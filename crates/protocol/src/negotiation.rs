//! What peers say to each other inside sealed envelopes (docs/protocol.md, section 4): hellos and negotiation.

use serde::{Deserialize, Serialize};

/// Which of a pair's two connections a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum Plane {
    /// Text and files.
    Data,
    /// Camera, microphone, screen.
    Media,
}

impl Plane {
    /// Its byte in the envelope and in the key confirmation.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Data => 1,
            Self::Media => 2,
        }
    }
}

/// What kind of program a peer is. A guest in a browser is labelled, since the page's origin could change the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum HostKind {
    /// The installed app.
    App,
    /// A page in a browser.
    Browser,
    /// The shell tool.
    Shell,
}

/// Begins an epoch. Sealed with the hello key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Hello {
    /// The sender's nonce: 32 bytes, base64url.
    pub nonce: String,
    /// The receiver's nonce, if the sender has it.
    pub echo: Option<String>,
    /// Display name.
    pub name: String,
    /// Program and version, `parlor/0.1.0`.
    pub agent: String,
    /// What kind of program.
    pub host: HostKind,
}

/// Offer or answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum DescriptionType {
    /// `offer`
    Offer,
    /// `answer`
    Answer,
}

/// The W3C's `RTCSessionDescriptionInit`, without the types that never travel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Description {
    /// Offer or answer.
    #[serde(rename = "type")]
    pub kind: DescriptionType,
    /// RFC 8866.
    pub sdp: String,
}

/// The W3C's `RTCIceCandidateInit`, in snake_case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct Candidate {
    /// RFC 8839's candidate attribute.
    pub candidate: String,
    /// Which media section.
    pub sdp_mid: Option<String>,
    /// Which media section, by number.
    pub sdp_m_line_index: Option<u16>,
    /// Which ICE generation.
    pub username_fragment: Option<String>,
}

/// What an envelope holds, all kinds. The tag repeats the kind byte of the header and must agree with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum Sealed {
    /// Begins an epoch.
    Hello(Hello),
    /// SDP of a connection.
    Description {
        /// Number of the connection within plane and epoch, from 1.
        link: u32,
        /// Its description.
        description: Description,
    },
    /// A candidate of a connection.
    Candidate {
        /// Number of the connection within plane and epoch, from 1.
        link: u32,
        /// None is the end of candidates.
        candidate: Option<Candidate>,
    },
}

impl Sealed {
    /// The kind byte of the envelope that may carry this.
    pub const fn kind_byte(&self) -> u8 {
        match self {
            Self::Hello(_) => 0,
            Self::Description { .. } => 1,
            Self::Candidate { .. } => 2,
        }
    }
}
