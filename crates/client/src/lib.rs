//! The drivers of Parlor: signaling, WebRTC links, disk, sessions.
//!
//! What it is: everything between the pure crates and the world. [`Client`] is one handle in and one stream of events out.
//! Promises: memory is bounded for files of any size and peers of any malice; a file stands under its name only when every byte is
//! proven; nothing of a peer is processed before its key confirmation.
//! Leaves to others: words for people, windows, and the media plane's RTCPeerConnection.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

pub mod app_link;
mod client;
mod device;
pub mod disk;
mod dtls_role;
mod ice;
pub mod link;
#[cfg(feature = "media")]
pub mod media;
mod nearby;
pub mod pace;
mod random;
pub mod refusals;
pub mod room;
pub mod runtime;
pub mod signaling;
mod spoken;

pub use client::{Client, ClientConfig, OwnServerAddress};
pub use device::{DeviceKeyError, DeviceSeed, Keychain, KeychainError, device_key};
pub use nearby::Neighbourhood;
pub use parlor_trust::{DeviceId, DeviceKey};
