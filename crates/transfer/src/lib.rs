//! The file and text engine of Parlor, as one pure state machine a peer: [`Exchange`].
//!
//! What it is: everything of docs/protocol.md sections 5.2 to 5.4 that is about texts and files. One `Exchange` belongs to one
//! remote peer and outlives its connections: it learns of them by [`Input::LinkUp`] and [`Input::LinkLost`], and goes on where it was.
//! Promises: no IO, no clock (time is an argument, milliseconds of any steady clock), no randomness; bounded memory whatever the peer
//! sends; hostile frames end a transfer with the code `protocol`, never in a panic; what is written to disk was proven block by block.
//! Leaves to others: sockets, files, threads, key confirmation (`LinkUp` means it was right).
//!
//! # The contract
//! After *every* call of [`Exchange::handle`] drain [`Exchange::poll_output`] until it gives `None`, carrying out each order before the
//! next of its kind, and then arrange a [`Input::Tick`] for [`Exchange::next_timeout_ms`]. Reading, writing and finishing are ordered and
//! answered later, in any order, by inputs; sending has no answer. The driver may carry out orders slowly: what the machine
//! orders ahead is bounded by the window, so a slow disk slows the peer down and nothing polls.
//!
//! ```
//! use parlor_protocol::id::{PeerId, TextId};
//! use parlor_transfer::{Exchange, Input, Output};
//!
//! let mut exchange = Exchange::new(PeerId([7; 16]));
//! let text = Input::SendText { id: TextId([1; 16]), body: "hello".into(), sent_at_ms: 0 };
//! exchange.handle(0, text).expect("short enough");
//! assert!(exchange.poll_output().is_none(), "it waits for a link");
//! exchange.handle(5, Input::LinkUp { max_message_bytes: 256 * 1024 }).expect("never refused");
//! assert!(matches!(exchange.poll_output(), Some(Output::SendControl(_))));
//! assert!(exchange.poll_output().is_none());
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

pub mod block;
mod collected_offer;
mod ended;
mod error;
mod exchange;
mod executable;
mod found;
mod hold;
mod incoming;
mod incoming_entries;
mod incoming_entry;
mod input;
mod meter;
mod offer;
mod open_entry;
mod outgoing;
mod outgoing_entry;
mod output;
mod receive_window;
pub mod safe_names;
mod send_queue;
mod snapshot;
mod texts;
mod transfers;
mod turns;

pub use error::{PeerFault, TransferError};
pub use exchange::Exchange;
pub use found::{FoundEntry, WantedEntry};
pub use input::Input;
pub use output::{Event, Output};
pub use safe_names::{SafeNames, SafePath, UnsafeName};
