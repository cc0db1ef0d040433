//! `parlor-server`: introduces peers to each other over Socket.IO, hands out ICE servers and serves the web UI.
//!
//! What it is: docs/protocol.md, section 3, as a program and as a library for programs that serve a room themselves.
//! Promises: it passes sealed messages on unread and in order; its memory is bounded by its configuration; what a client
//! sends can neither crash it nor disturb others; logs at info hold no address, name or session description, and at no level a token or message.
//! Leaves to others: everything between peers.
//!
//! ```no_run
//! # async fn example() -> Result<(), parlor_server::ServerError> {
//! use parlor_server::{Config, Server};
//!
//! let running = Server::bind(Config::embedded()).await?.spawn();
//! println!("rooms are served at http://{}", running.local_addr());
//! running.stop().await
//! # }
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod address;
mod clock;
mod config;
mod connection;
mod door;
mod error;
mod figures;
mod guard;
mod host;
mod http;
mod ice;
mod identity;
mod listener;
mod log;
mod origin;
mod outbox;
mod plain_lobby;
mod plain_namespace;
mod quick_ack;
mod rate;
mod raw_event;
mod request;
mod room;
mod room_namespace;
mod rooms;
mod secret_hash;
mod server;
mod slots;
mod web_ui;

pub use config::{Config, LogFormat, Overrides};
pub use error::ServerError;
pub use identity::Identity;
pub use log::log_subscriber;
pub use server::{Server, ServerHandle};
