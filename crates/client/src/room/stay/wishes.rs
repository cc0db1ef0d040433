//! What the screen wants within the room.
//!
//! Promises: each wish is answered once, here or by the session it is about. Leaves to others: what comes of it.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use parlor_protocol::{
    code::{Failure, FailureCode},
    host::{Command, Event, RoomState},
    id::{PeerId, TextId, TransferId},
    limits::{NAME_CHARS, TEXT_BYTES},
    spoken_code::CodeLanguage,
};
use parlor_trust::Fingerprint;
use tokio::sync::{mpsc, oneshot};

use super::{Stay, server_of};
use crate::{
    ClientConfig,
    disk::{Found, Picks, ReceivingFolder, picks},
    nearby::Neighbourhood,
    room::{
        again::Unsent,
        media_proofs::View,
        order::{Answer, SessionOrder},
    },
    spoken::CodeDesk,
};

impl Stay {
    /// Does what the screen wants within the room; `answer` gets the outcome, here or from a session.
    pub(in crate::room) fn command(&mut self, command: Command, picks: &Picks, config: &ClientConfig, answer: Answer) {
        let outcome = match command {
            Command::SendText { id, body } => self.send_text(id, &body),
            Command::OfferFiles { peer, handles } => return self.offer_files(peer, &handles, picks, answer),
            Command::OfferAgain { transfer } => return self.offer_again(transfer, answer),
            Command::AcceptTransfer { transfer, without } => {
                return self.accept(transfer, without, config.download_folder.clone(), answer);
            }
            Command::PauseTransfer { transfer, paused } => {
                return self.about(transfer, answer, |answer| SessionOrder::Pause { transfer, paused, answer });
            }
            Command::DeclineTransfer { transfer } => {
                return self.about(transfer, answer, |answer| SessionOrder::Decline { transfer, answer });
            }
            Command::CancelTransfer { transfer } => {
                return self.about(transfer, answer, |answer| SessionOrder::Cancel { transfer, answer });
            }
            Command::SendMediaSignal { peer, signal } => {
                return self.to_peer(peer, answer, |answer| SessionOrder::Media { signal, answer });
            }
            Command::ConfirmMedia { peer, link, local, remote, seen } => {
                match (local.parse::<Fingerprint>(), remote.parse::<Fingerprint>()) {
                    (Ok(local), Ok(remote)) => {
                        let view = View { link, local, remote, seen };
                        return self.to_peer(peer, answer, |answer| SessionOrder::ConfirmMedia { view, answer });
                    }
                    _ => Err(Failure::new(FailureCode::Internal, "a fingerprint is 64 hex digits")),
                }
            }
            Command::Compare { peer } => return self.to_peer(peer, answer, |answer| SessionOrder::Compare { answer }),
            Command::JudgeComparison { peer, same } => {
                return self.to_peer(peer, answer, |answer| SessionOrder::JudgeComparison { same, answer });
            }
            Command::SetName { name } => {
                self.context.own().about.name = name.chars().take(NAME_CHARS).collect();
                self.to_all(|| SessionOrder::Profile);
                Ok(())
            }
            Command::SetMediaState { microphone, camera } => {
                self.context.own().media = Some((microphone, camera));
                self.to_all(|| SessionOrder::MediaState);
                Ok(())
            }
            Command::OpenCode { language } => self.open_code(language, config.neighbourhood),
            Command::CloseCode {} => {
                self.code = None;
                Ok(())
            }
            Command::WithdrawInvitation {} | Command::InviteOne { .. } if self.state == RoomState::Entering => {
                Err(not_in_yet())
            }
            Command::WithdrawInvitation {} => {
                self.context.admission.withdraw(None);
                Ok(())
            }
            Command::InviteOne { only } => self.invite_one(only),
            Command::StartRoom { .. }
            | Command::JoinRoom { .. }
            | Command::JoinByCode { .. }
            | Command::LookNearby { .. }
            | Command::LeaveRoom {}
            | Command::LimitSpeed { .. } => Err(Failure::new(FailureCode::NotNow, "already in a room")),
        };
        let _ = answer.send(outcome);
    }

    fn open_code(&mut self, language: CodeLanguage, neighbourhood: Neighbourhood) -> Result<(), Failure> {
        if self.state == RoomState::Entering {
            return Err(not_in_yet());
        }
        self.ensure_invited()?;
        let server = server_of(&self.invitation)?;
        if let Some(before) = self.code.take() {
            before.make_way();
        }
        let announced_as = self.context.own().about.name.clone();
        self.code = Some(CodeDesk::open(
            server,
            self.invitation.clone(),
            language,
            (neighbourhood, announced_as),
            self.context.events(),
        ));
        Ok(())
    }

    /// Whoever is known counts as here, proven or not.
    fn invite_one(&self, only: bool) -> Result<(), Failure> {
        self.ensure_invited()?;
        self.context.admission.limit(only.then(|| self.sessions.keys().copied().collect()));
        Ok(())
    }

    fn ensure_invited(&self) -> Result<(), Failure> {
        if self.context.admission.is_withdrawn() {
            return Err(Failure::new(FailureCode::NotNow, "the invitation is withdrawn"));
        }
        Ok(())
    }

    fn send_text(&self, id: TextId, body: &str) -> Result<(), Failure> {
        if body.len() > TEXT_BYTES {
            return Err(Failure::new(FailureCode::TextTooLong, format!("{} bytes", body.len())));
        }
        if self.sessions.values().all(mpsc::Sender::is_closed) {
            return Err(no_such_peer());
        }
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let sent_at_ms = u64::try_from(since_1970.as_millis()).unwrap_or_default();
        self.to_all(|| SessionOrder::Text { id, body: body.to_owned(), sent_at_ms });
        Ok(())
    }

    fn offer_files(&self, peer: PeerId, handles: &[u32], picks: &Picks, answer: Answer) {
        let paths = match picks.paths(handles) {
            Ok(paths) => paths,
            Err(error) => return drop(answer.send(Err(error.into()))),
        };
        let Some(orders) = self.orders(peer) else { return drop(answer.send(Err(no_such_peer()))) };
        tokio::spawn(async move {
            match tokio::task::spawn_blocking(move || picks::list(&paths)).await {
                Ok(Ok(files)) => hand_over(&orders, SessionOrder::Offer { files, answer }).await,
                Ok(Err(error)) => drop(answer.send(Err(error.into()))),
                Err(error) => drop(answer.send(Err(Failure::new(FailureCode::Internal, error.to_string())))),
            }
        });
    }

    /// Offers what of an ended transfer did not arrive, as it lies on the disk now, and the whole of it where the peer goes on with what it
    /// has. What lies there no more is told and left out.
    fn offer_again(&self, transfer: TransferId, answer: Answer) {
        let Some(peer) = self.context.transfers.peer(transfer) else {
            return drop(answer.send(Err(no_such_transfer())));
        };
        let Some(orders) = self.orders(peer) else { return drop(answer.send(Err(no_such_peer()))) };
        let Some(unsent) = self.context.again().take(transfer) else {
            let nothing = Failure::new(FailureCode::NotNow, "nothing of that transfer is missing");
            return drop(answer.send(Err(nothing)));
        };
        let context = Arc::clone(&self.context);
        tokio::spawn(async move {
            let offered = match found_again(unsent.clone()).await {
                Ok((files, gone)) => {
                    let (told, offered) = oneshot::channel();
                    hand_over(&orders, SessionOrder::Offer { files, answer: told }).await;
                    offered.await.unwrap_or_else(|_| Err(no_such_peer())).map(|()| gone)
                }
                Err(failure) => Err(failure),
            };
            let offered = match offered {
                Ok(gone) => {
                    context.transfers.ended(transfer, peer);
                    if let Some(failure) = gone {
                        context.emit(Event::CommandFailed { failure, peer: Some(peer) }).await;
                    }
                    Ok(())
                }
                Err(failure) => {
                    context.again().put_back(transfer, peer, unsent);
                    Err(failure)
                }
            };
            let _ = answer.send(offered);
        });
    }

    fn accept(&self, transfer: TransferId, without: Vec<u32>, folder: PathBuf, answer: Answer) {
        let Some(orders) = self.context.transfers.peer(transfer).and_then(|peer| self.orders(peer)) else {
            return drop(answer.send(Err(no_such_transfer())));
        };
        tokio::spawn(async move {
            let opened = tokio::task::spawn_blocking(move || ReceivingFolder::open(&folder));
            match opened.await {
                Ok(Ok(folder)) => {
                    let incoming = folder.incoming(transfer);
                    hand_over(&orders, SessionOrder::Accept { transfer, without, incoming, answer }).await;
                }
                Ok(Err(error)) => drop(answer.send(Err(error.into()))),
                Err(error) => drop(answer.send(Err(Failure::new(FailureCode::Internal, error.to_string())))),
            }
        });
    }

    fn about(&self, transfer: TransferId, answer: Answer, order: impl FnOnce(Answer) -> SessionOrder) {
        match self.context.transfers.peer(transfer) {
            Some(peer) => self.to_peer(peer, answer, order),
            None => drop(answer.send(Err(no_such_transfer()))),
        }
    }

    fn to_peer(&self, peer: PeerId, answer: Answer, order: impl FnOnce(Answer) -> SessionOrder) {
        match self.orders(peer) {
            Some(orders) => {
                let order = order(answer);
                tokio::spawn(async move { hand_over(&orders, order).await });
            }
            None => drop(answer.send(Err(no_such_peer()))),
        }
    }

    fn orders(&self, peer: PeerId) -> Option<mpsc::Sender<SessionOrder>> {
        self.sessions.get(&peer).filter(|orders| !orders.is_closed()).cloned()
    }
}

/// Waits until the session takes the order. A session that ends meanwhile answers by dropping the order's answer.
async fn hand_over(orders: &mpsc::Sender<SessionOrder>, order: SessionOrder) {
    let _ = orders.send(order).await;
}

async fn found_again(unsent: Unsent) -> Result<(Vec<Found>, Option<Failure>), Failure> {
    let found = tokio::task::spawn_blocking(move || unsent.found_again());
    found.await.map_err(|error| Failure::new(FailureCode::Internal, error.to_string()))?
}

fn not_in_yet() -> Failure {
    Failure::new(FailureCode::NotNow, "not in the room yet")
}

fn no_such_peer() -> Failure {
    Failure::new(FailureCode::NoSuchPeer, "no such peer in the room")
}

fn no_such_transfer() -> Failure {
    Failure::new(FailureCode::NotNow, "no such transfer")
}
