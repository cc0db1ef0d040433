//! What is said over a proven connection, and the orders of the transfer machine.

use parlor_protocol::{
    code::{Failure, TransferCode},
    control::Control,
    host::{Direction, Event, Transfer, TransferState},
    id::TransferId,
    limits::NAME_CHARS,
    negotiation::Plane,
};
use parlor_transfer::{Event as Told, Input, Output};

use super::{Ended, Session, not_now};
use crate::room::{
    connection::Connection,
    media_proofs::{Verdict, View},
};

/// Changes of the round trip smaller than this are noise, in milliseconds and as a part of the last one.
const RTT_NOISE_MS: u32 = 5;
const RTT_NOISE_PART: u32 = 4;

impl Session {
    /// A message of a proven connection.
    pub(super) async fn control_received(&mut self, control: Control, now_ms: u64) {
        match control {
            Control::Confirm { .. } => {}
            Control::Profile { name } => self.peer.name = name.chars().take(NAME_CHARS).collect(),
            Control::Ping { n } => self.send(&Control::Pong { n }).await,
            Control::Pong { n } => self.pong(n, now_ms),
            Control::MediaConfirm { link, mac, seen } => {
                if let Some(epoch) = &self.epoch
                    && let Some(verdict) = self.media.received(link, mac, seen, epoch)
                {
                    self.tell_verdict(verdict).await;
                }
            }
            Control::MediaState { microphone, camera } => {
                self.peer.microphone = microphone;
                self.peer.camera = camera;
            }
            Control::Device { .. } => self.device_received(&control),
            Control::ComparisonWanted {} | Control::ComparisonCommit { .. } | Control::ComparisonReveal { .. } => {
                self.comparison_received(&control).await;
            }
            Control::Withdrawn {} => self.room.admission.withdraw(Some(self.peer.id)),
            Control::Bye {} => self.ended = Some(Ended::Bye),
            about_transfers => self.machine(Input::ControlReceived(about_transfers)),
        }
    }

    fn pong(&mut self, n: u32, now_ms: u64) {
        let Some(connection) = &mut self.connection else { return };
        let Some(rtt_ms) = connection.liveness.pong(n, now_ms) else { return };
        let rtt_ms = u32::try_from(rtt_ms).unwrap_or(u32::MAX);
        let is_news = self
            .peer
            .rtt_ms
            .is_none_or(|known_ms| known_ms.abs_diff(rtt_ms) > RTT_NOISE_MS.max(known_ms / RTT_NOISE_PART));
        if is_news {
            self.peer.rtt_ms = Some(rtt_ms);
        }
    }

    /// Said on every new connection: what the peer may have missed.
    pub(super) async fn say_what_changed(&mut self) {
        self.told_withdrawn = false;
        self.tell_withdrawn().await;
        self.show_device().await;
        self.tell_name().await;
        self.tell_media_state().await;
        self.say_media_confirm().await;
    }

    /// Tells that the invitation is withdrawn, if it is.
    pub(super) async fn tell_withdrawn(&mut self) {
        if self.room.admission.is_withdrawn() && self.is_proven() && !self.told_withdrawn {
            self.told_withdrawn = true;
            self.send(&Control::Withdrawn {}).await;
        }
    }

    /// Tells our name if the peer has another.
    pub(super) async fn tell_name(&mut self) {
        let name = self.room.own().about.name.clone();
        if name != self.told_name && self.is_proven() {
            self.send(&Control::Profile { name: name.clone() }).await;
            self.told_name = name;
        }
    }

    /// Tells what of our media is on, once the screen has said so.
    pub(super) async fn tell_media_state(&mut self) {
        let media = self.room.own().media;
        if let Some((microphone, camera)) = media
            && self.is_proven()
        {
            self.send(&Control::MediaState { microphone, camera }).await;
        }
    }

    /// The screen says how it sees a media connection.
    pub(super) async fn confirm_media(&mut self, view: View) -> Result<(), Failure> {
        let epoch = self.epoch.as_ref().ok_or_else(|| not_now("no handshake with this peer yet"))?;
        let verdict = self.media.seen(view, epoch);
        self.say_media_confirm().await;
        if let Some(verdict) = verdict {
            self.tell_verdict(verdict).await;
        }
        Ok(())
    }

    async fn say_media_confirm(&mut self) {
        let (Some(epoch), Some(view), true) = (&self.epoch, self.media.ours(), self.is_proven()) else { return };
        let mac = epoch.key_confirmation(Plane::Media, view.link).mac(&view.local, &view.remote);
        self.send(&Control::MediaConfirm { link: view.link, mac, seen: view.seen }).await;
    }

    async fn tell_verdict(&mut self, verdict: Verdict) {
        let peer = self.peer.id;
        self.room
            .emit(match verdict {
                Verdict::Confirmed { link, seen } => Event::MediaConfirmed { peer, link, seen },
                Verdict::Refused { link } => Event::MediaRefused { peer, link },
            })
            .await;
    }

    fn is_proven(&self) -> bool {
        self.connection.as_ref().is_some_and(Connection::is_proven)
    }

    /// Carries out what the transfer machine orders, until it orders nothing more.
    pub(super) async fn carry_out_outputs(&mut self) {
        while let Some(output) = self.exchange.poll_output() {
            match output {
                Output::SendControl(control) => self.send(&control).await,
                Output::SendFrame(frame) => {
                    if self.connection.as_ref().is_some_and(|connection| !connection.send_frame(frame)) {
                        self.broken("the peer takes no frames any more").await;
                    }
                }
                Output::Event(told) => self.told(told).await,
                about_files => {
                    if let Output::ReleaseTransfer { transfer, keep, missing } = &about_files {
                        self.foreign.remove(transfer);
                        self.remember(*transfer, missing.clone(), *keep);
                    }
                    if let Err(transfer) = self.files.carry_out(about_files).await {
                        tracing::error!("the disk took no more orders");
                        // The transfer may have ended in the meantime, which is as good.
                        let _ = self.wish(Input::Cancel { transfer });
                    }
                    if let Some(transfer) = self.over.take() {
                        self.room.emit(Event::TransferChanged { transfer }).await;
                    }
                }
            }
        }
    }

    async fn told(&mut self, told: Told) {
        match told {
            Told::TransferChanged(transfer) => self.transfer_changed(transfer).await,
            Told::TextReceived { id, body, sent_at_ms } => {
                self.room.emit(Event::TextReceived { peer: self.peer.id, id, body, sent_at_ms }).await;
            }
            Told::TextDelivered { id } => {
                self.room.emit(Event::TextDelivered { peer: self.peer.id, id }).await;
            }
            Told::ProtocolBroken(fault) => self.broken(&fault.to_string()).await,
        }
    }

    async fn transfer_changed(&mut self, transfer: Transfer) {
        let id = transfer.id;
        if self.foreign.contains(&id) {
            return;
        }
        if !self.transfers.contains_key(&id) && !self.claim(id, transfer.direction) {
            return;
        }
        match transfer.state {
            TransferState::Waiting | TransferState::Moving | TransferState::Paused | TransferState::Interrupted => {
                self.transfers.insert(id, transfer.clone());
            }
            TransferState::Proven | TransferState::Partial | TransferState::Declined | TransferState::Cancelled => {
                self.transfers.remove(&id);
                // Whoever hears of the end may ask at once for what is missing: it is told when that is remembered.
                self.over = Some(transfer);
                return;
            }
        }
        self.room.emit(Event::TransferChanged { transfer }).await;
    }

    /// Notes a transfer that the room has not seen. False when its id is another peer's; then it is refused.
    fn claim(&mut self, transfer: TransferId, direction: Direction) -> bool {
        if self.room.transfers.claim(transfer, self.peer.id) {
            return true;
        }
        tracing::warn!(code = ?TransferCode::BadOffer, "a transfer has the id of another peer's");
        self.foreign.insert(transfer);
        let wish = match direction {
            Direction::Sending => Input::Cancel { transfer },
            Direction::Receiving => Input::Decline { transfer },
        };
        // It may have ended in the meantime, which is as good.
        let _ = self.wish(wish);
        false
    }
}
