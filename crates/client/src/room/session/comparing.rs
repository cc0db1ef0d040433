//! The comparison of short strings with the peer, and device keys (docs/protocol.md, sections 7.4 and 7.5).
//!
//! Promises: both are of one proven connection and end with it; a peer whose string was found different is not spoken with again in this
//! room. Leaves to others: the exchange itself (`parlor-trust`), and remembering whom the user compared (the screen).

use std::time::Duration;

use parlor_protocol::{
    code::{Failure, FailureCode},
    control::Control,
    host::{ComparisonState, Event},
};
use parlor_trust::{ComparedPeer, Comparison, ComparisonMessage, DeviceId, DeviceProof, TrustError};

use super::{Session, not_now};
use crate::{random::random, room::connection::Connection};

/// What is known of the ends of the connection beyond their certificates.
#[derive(Debug, Default)]
pub(super) struct Comparing {
    comparison: Option<Comparison>,
    /// Our user asked for it.
    by_us: bool,
    /// Our device, as shown on this connection.
    ours: Option<DeviceId>,
    /// The peer's, as proven on it.
    theirs: Option<DeviceId>,
}

impl Session {
    /// Proves our device on the connection, if it is to be shown and was not yet.
    pub(super) async fn show_device(&mut self) {
        let Some(key) = self.room.own().device.clone() else { return };
        if self.comparing.ours.is_some() {
            return;
        }
        let Some(ends) = self.connection.as_ref().and_then(Connection::ends) else { return };
        let proof = key.prove(&ends.confirmation, &ends.local, &ends.remote);
        self.comparing.ours = Some(key.id());
        self.send(&proof.into()).await;
    }

    /// The peer proves its device. What proves nothing changes nothing.
    pub(super) fn device_received(&mut self, control: &Control) {
        let Some(ends) = self.connection.as_ref().and_then(Connection::ends) else { return };
        let proven = DeviceProof::try_from(control)
            .and_then(|proof| proof.verify(&ends.confirmation, &ends.local, &ends.remote));
        match proven {
            // One device is at the end of a connection.
            Ok(device) if self.comparing.theirs.is_none() => {
                self.comparing.theirs = Some(device);
                self.peer.device = Some(device.to_string());
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(code = error.code(), "a device was not proven"),
        }
    }

    /// Our user wants to compare.
    pub(super) async fn compare(&mut self) -> Result<(), Failure> {
        if self.comparing.is_under_way() {
            return Ok(());
        }
        let mut comparison = self.new_comparison().ok_or_else(|| not_now("no proven connection with this peer"))?;
        let message = comparison.begin().map_err(|error| Failure::new(FailureCode::Internal, error.to_string()))?;
        self.comparing.comparison = Some(comparison);
        self.comparing.by_us = true;
        self.peer.comparison = Some(ComparisonState::Begun { by_us: true });
        self.send(&message.into()).await;
        Ok(())
    }

    /// A message of a comparison, which may begin one.
    pub(super) async fn comparison_received(&mut self, control: &Control) {
        // Broken messages are ignored, as all are on a proven connection.
        let Ok(message) = ComparisonMessage::try_from(control) else { return };
        let begins =
            matches!(message, ComparisonMessage::ComparisonWanted | ComparisonMessage::ComparisonCommit { .. });
        if begins && !self.comparing.is_under_way() {
            self.comparing.comparison = self.new_comparison();
            self.comparing.by_us = false;
            self.peer.comparison = Some(ComparisonState::Begun { by_us: false });
        }
        let Some(comparison) = &mut self.comparing.comparison else { return };
        match comparison.message_received(&message) {
            Ok(answer) => {
                if let Some(shown) = comparison.short_string() {
                    let (by_us, emoji, digits) = (self.comparing.by_us, shown.places().to_vec(), shown.digits());
                    self.peer.comparison = Some(ComparisonState::Shown { by_us, emoji, digits });
                }
                if let Some(answer) = answer {
                    self.send(&answer.into()).await;
                }
            }
            Err(TrustError::Replay) => {}
            Err(error) => {
                tracing::warn!(code = error.code(), "a comparison ended");
                self.comparing.comparison = None;
                self.peer.comparison = Some(ComparisonState::Failed {});
            }
        }
    }

    /// Our user has compared. A peer that is somebody else is given up.
    pub(super) async fn judge_comparison(&mut self, same: bool) -> Result<(), Failure> {
        if !matches!(self.peer.comparison, Some(ComparisonState::Shown { .. })) {
            return Err(not_now("nothing is shown to compare"));
        }
        if same {
            self.peer.comparison = Some(ComparisonState::Same {});
            return Ok(());
        }
        if let Some(media) = self.media.ours() {
            self.room.emit(Event::MediaRefused { peer: self.peer.id, link: media.link }).await;
        }
        // An honest peer that was mistaken for another need not try in vain.
        self.send(&Control::Bye {}).await;
        self.room.refused().insert(self.peer.id);
        self.part(Duration::from_millis(self.room.timings.bye_ms));
        self.refuse();
        Ok(())
    }

    /// Whether the user found somebody else in this peer's place, now or before it left and came back.
    pub(super) fn is_refused(&self) -> bool {
        self.room.refused().contains(&self.peer.id)
    }

    /// Gives the peer up for good.
    pub(super) fn refuse(&mut self) {
        self.hello_due_ms = None;
        self.rebuild_due_ms = None;
        self.fail(Failure::new(FailureCode::ProofFailed, "the user found the short strings different"));
        self.peer.comparison = Some(ComparisonState::Different {});
    }

    /// The connection is gone, and with it what was known of its ends.
    pub(super) fn forget_ends(&mut self) {
        self.comparing = Comparing::default();
        self.peer.comparison = None;
        self.peer.device = None;
    }

    /// Both ends as we see them; none without a proven connection.
    fn new_comparison(&self) -> Option<Comparison> {
        let ends = self.connection.as_ref().and_then(Connection::ends)?;
        let media = self.media.confirmed();
        let Comparing { ours, theirs, .. } = self.comparing;
        let local = ComparedPeer {
            peer: self.room.self_peer,
            data: ends.local,
            media: media.map(|view| view.local),
            device: ours,
        };
        let remote = ComparedPeer {
            peer: self.peer.id,
            data: ends.remote,
            media: media.map(|view| view.remote),
            device: theirs,
        };
        Some(Comparison::new(local, remote, random()))
    }
}

impl Comparing {
    /// Whether nonces are still to be exchanged.
    fn is_under_way(&self) -> bool {
        self.comparison.as_ref().is_some_and(|comparison| comparison.short_string().is_none())
    }
}
