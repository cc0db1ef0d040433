//! Spoken codes over a server: the owner waits behind one, the guest knocks with one (docs/protocol.md, section 7.3).
//!
//! Promises: each side has a seat of its own in the code's room, beside the one in the room that the code opens; it is given back at the end.
//! Words are in no log and no failure. Leaves to others: the exchange itself (`parlor-trust`), and the room behind the code.

mod desk;
mod knock;

pub(crate) use desk::CodeDesk;
pub(crate) use knock::knock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use parlor_protocol::id::PeerId;
use parlor_trust::{CodeMessage, CodeRoom};
use tokio::sync::mpsc;

use crate::{
    random::{random, random_b64},
    signaling::{ServerAddress, Signaling, SignalingConfig, SignalingEvent},
};

/// Events of the way to the server that wait.
const SIGNALING_EVENTS: usize = 64;

/// A seat in the room of a number.
struct Seat {
    peer: PeerId,
    signaling: Signaling,
    events: mpsc::Receiver<SignalingEvent>,
}

impl Seat {
    /// Begins to sit down.
    fn take(server: ServerAddress, number: u32, create: bool) -> Self {
        let room = CodeRoom::new(number);
        let peer = PeerId(random());
        let config = SignalingConfig {
            server,
            room: room.room(),
            token: room.token().to_owned(),
            peer,
            resume: random_b64(),
            create,
            // Where one is asked for, it is enough to sit in a room there.
            key: None,
        };
        let (sender, events) = mpsc::channel(SIGNALING_EVENTS);
        Self { peer, signaling: Signaling::start(config, sender), events }
    }

    /// The next thing that happens; the end counts as closed.
    async fn next(&mut self) -> SignalingEvent {
        self.events.recv().await.unwrap_or(SignalingEvent::Closed)
    }

    /// Says something to a peer. What cannot be said is waited for in vain, as if the server had not passed it on.
    async fn say(&self, to: PeerId, message: &CodeMessage) {
        let Ok(text) = serde_json::to_vec(message) else { return };
        if let Err(error) = self.signaling.signal(to, URL_SAFE_NO_PAD.encode(&text)).await {
            tracing::debug!(%error, "a message about a code was not sent");
        }
    }

    async fn leave(self) {
        self.signaling.leave().await;
    }
}

/// What a peer has said; none for what is no message of ours.
fn heard(body: &str) -> Option<CodeMessage> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
    CodeMessage::parse(&text).ok()
}
