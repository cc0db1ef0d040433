//! One peer of the room: its handshakes, its data connections one after the other, and what is said over them.
//!
//! What it is: a task that owns everything about one peer and takes turns between orders, the connection, the disk and the clock.
//! Promises: nothing of a connection is processed or said before its key confirmation was right; a live connection ends with the
//! peer's goodbye, its death or ours, never because the server says so or is gone; a transfer under way outlives an outage of its peer.
//! Leaves to others: keys (`parlor-trust`), transfers (`parlor-transfer`), ICE and channels (`link`), who is in the room (the engine).

mod comparing;
mod greeting;
mod linking;
mod offering;
mod talking;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use parlor_protocol::{
    code::{Failure, FailureCode},
    control::Control,
    host::{Event, LinkState, Peer, Transfer, TransferState},
    id::{PeerId, TransferId},
};
use parlor_transfer::{Exchange, Input, TransferError};
use parlor_trust::{Epoch, Handshake};
use tokio::{sync::mpsc, time::sleep_until};

use super::{
    connection::Connection,
    context::RoomContext,
    files::SessionFiles,
    media_proofs::MediaProofs,
    order::{Answer, SessionOrder},
};
use crate::link::LinkEvent;
use comparing::Comparing;

/// Orders that wait for a session. A room's worth of envelopes of one peer fits; a flood does not.
pub(crate) const SESSION_ORDERS: usize = 256;

/// Why a session's turn is its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// The peer said goodbye.
    Bye,
    /// The peer is gone without a word.
    Lost,
    /// We leave.
    Left,
    /// The invitation was for one guest, and another one came first.
    TooLate,
}

/// What a session leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionEnd {
    /// Whose it was.
    pub(crate) peer: PeerId,
    /// The server saw the peer come back while this session was ending, which was too late for it.
    pub(crate) has_returned: bool,
}

/// One peer.
pub(crate) struct Session {
    room: Arc<RoomContext>,
    /// As the screen was told last, and as it is.
    shown: Option<Peer>,
    peer: Peer,
    /// The server sees it in the room.
    is_present: bool,
    handshake: Handshake,
    hello_due_ms: Option<u64>,
    epoch: Option<Epoch>,
    /// Number of the last connection of this epoch.
    last_link: u32,
    connection: Option<Connection>,
    /// When to begin the next connection; none while one is there or none was proven before.
    rebuild_due_ms: Option<u64>,
    /// Until when a peer is waited for that neither the server nor a connection has.
    absent_due_ms: Option<u64>,
    /// Until when the peer should have begun the first connection of the epoch.
    offer_due_ms: Option<u64>,
    /// The name that the peer has of us.
    told_name: String,
    /// The peer was told on this connection that the invitation is withdrawn.
    told_withdrawn: bool,
    exchange: Exchange,
    files: SessionFiles,
    /// Transfers that have not ended, as the screen knows them.
    transfers: HashMap<TransferId, Transfer>,
    /// A transfer that has ended, until the machine releases it, which is its next output.
    over: Option<Transfer>,
    /// Transfers whose id is another peer's; the screen does not hear of them.
    foreign: HashSet<TransferId>,
    media: MediaProofs,
    comparing: Comparing,
    ended: Option<Ended>,
}

impl Session {
    /// A session with `peer`. Where we `greet`, we begin the handshake; else the peer is expected to.
    pub(crate) fn new(room: Arc<RoomContext>, peer: PeerId) -> Self {
        let handshake = Handshake::new(&room.keys, room.self_peer, peer);
        let files = SessionFiles::start(Arc::clone(&room.transfers));
        let told_name = room.own().about.name.clone();
        Self {
            shown: None,
            peer: Peer {
                id: peer,
                name: String::new(),
                host: None,
                epoch: None,
                initiator: false,
                polite: room.self_peer > peer,
                link: LinkState::Connecting,
                proof: None,
                path: None,
                rtt_ms: None,
                comparison: None,
                device: None,
                microphone: false,
                camera: false,
                failure: None,
            },
            is_present: true,
            handshake,
            hello_due_ms: None,
            epoch: None,
            last_link: 0,
            connection: None,
            rebuild_due_ms: None,
            absent_due_ms: None,
            offer_due_ms: None,
            told_name,
            told_withdrawn: false,
            exchange: Exchange::new(peer),
            files,
            transfers: HashMap::new(),
            over: None,
            foreign: HashSet::new(),
            media: MediaProofs::default(),
            comparing: Comparing::default(),
            ended: None,
            room,
        }
    }

    /// Runs the session to its end.
    pub(crate) async fn run(mut self, mut orders: mpsc::Receiver<SessionOrder>, greets: bool) -> SessionEnd {
        self.keep_to_the_limit();
        if self.is_refused() {
            self.refuse();
        } else if greets {
            self.greet().await;
        } else {
            // Whoever came should speak first. If it does not, we do, a little later than it would repeat itself.
            let timings = self.room.timings;
            self.hello_due_ms = Some(self.room.now_ms() + timings.hello_ms + timings.stagger_ms);
        }
        while self.ended.is_none() {
            self.tick().await;
            self.carry_out_outputs().await;
            self.show().await;
            if self.ended.is_some() {
                break;
            }
            let wake = self.room.started + Duration::from_millis(self.next_wake_ms());
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.order(order).await,
                    None => self.ended = Some(Ended::Left),
                },
                event = next_event(&mut self.connection) => self.link_event(event).await,
                done = self.files.next() => self.disk_answered(done).await,
                () = sleep_until(wake) => {}
            }
        }
        let peer = self.peer.id;
        let has_returned = self.finish(&mut orders).await;
        SessionEnd { peer, has_returned }
    }

    async fn order(&mut self, order: SessionOrder) {
        match order {
            SessionOrder::Present => self.present().await,
            SessionOrder::Absent => self.absent(),
            SessionOrder::Envelope(body) => self.envelope(&body).await,
            SessionOrder::Text { id, body, sent_at_ms } => {
                if let Err(error) = self.wish(Input::SendText { id, body, sent_at_ms }) {
                    let event = Event::CommandFailed { failure: error.into(), peer: Some(self.peer.id) };
                    self.room.emit(event).await;
                }
            }
            SessionOrder::Offer { files, answer } => {
                let offered = self.offer(files);
                answered(answer, offered);
            }
            SessionOrder::Accept { transfer, without, incoming, answer } => {
                let accepted = self.wish(Input::Accept { transfer, without });
                // Files of a transfer under way stay where they are; its first order about them is carried out after this.
                if accepted.is_ok() {
                    self.files.accept(transfer, incoming);
                }
                answered(answer, accepted.map_err(Failure::from));
            }
            SessionOrder::Pause { transfer, paused, answer } => {
                answered(answer, self.wish(Input::Pause { transfer, paused }).map_err(Failure::from));
            }
            SessionOrder::Decline { transfer, answer } => {
                answered(answer, self.wish(Input::Decline { transfer }).map_err(Failure::from));
            }
            SessionOrder::Cancel { transfer, answer } => {
                answered(answer, self.wish(Input::Cancel { transfer }).map_err(Failure::from));
            }
            SessionOrder::Media { signal, answer } => {
                let sent = self.send_media_signal(signal).await;
                answered(answer, sent);
            }
            SessionOrder::ConfirmMedia { view, answer } => {
                let confirmed = self.confirm_media(view).await;
                answered(answer, confirmed);
            }
            SessionOrder::Compare { answer } => {
                let begun = self.compare().await;
                answered(answer, begun);
            }
            SessionOrder::JudgeComparison { same, answer } => {
                let judged = self.judge_comparison(same).await;
                answered(answer, judged);
            }
            SessionOrder::Device => self.show_device().await,
            SessionOrder::Withdrawn => self.tell_withdrawn().await,
            SessionOrder::Profile => self.tell_name().await,
            SessionOrder::MediaState => self.tell_media_state().await,
            SessionOrder::SpeedLimit => self.keep_to_the_limit(),
            SessionOrder::Leave => self.ended = Some(Ended::Left),
            SessionOrder::TooLate => self.ended = Some(Ended::TooLate),
        }
    }

    /// Gives an input to the machine that cannot be refused.
    fn machine(&mut self, input: Input) {
        if let Err(error) = self.exchange.handle(self.room.now_ms(), input) {
            tracing::error!(%error, "the transfer machine refused what it must take");
        }
    }

    /// Gives a wish of the user to the machine.
    fn wish(&mut self, input: Input) -> Result<(), TransferError> {
        self.exchange.handle(self.room.now_ms(), input)
    }

    /// Does what the clock asks for.
    async fn tick(&mut self) {
        let now_ms = self.room.now_ms();
        if self.exchange.next_timeout_ms().is_some_and(|due_ms| due_ms <= now_ms) {
            self.machine(Input::Tick);
        }
        if self.hello_due_ms.is_some_and(|due_ms| due_ms <= now_ms) {
            self.greet().await;
        }
        self.tend_link(now_ms).await;
        // A transfer that the user ended meanwhile is not waited for.
        if self.absent_due_ms.is_some_and(|due_ms| due_ms <= now_ms || !self.exchange.is_busy()) {
            self.ended = Some(Ended::Lost);
        }
    }

    fn next_wake_ms(&self) -> u64 {
        let liveness = self.connection.as_ref().and_then(|connection| connection.liveness.next_ms());
        let own = [self.hello_due_ms, self.rebuild_due_ms, self.offer_due_ms, self.absent_due_ms];
        own.into_iter()
            .chain([self.exchange.next_timeout_ms(), liveness])
            .flatten()
            .min()
            // An hour: nothing is due, and a turn too many does no harm.
            .unwrap_or_else(|| self.room.now_ms() + 3_600_000)
    }

    /// Tells the screen what changed about the peer.
    async fn show(&mut self) {
        if self.shown.as_ref() != Some(&self.peer) {
            self.shown = Some(self.peer.clone());
            self.room.emit(Event::PeerChanged { peer: self.peer.clone() }).await;
        }
    }

    /// The peer is given up with a reason that the screen shows.
    fn fail(&mut self, failure: Failure) {
        self.peer.link = LinkState::Failed;
        self.peer.path = None;
        self.peer.rtt_ms = None;
        self.peer.failure = Some(failure);
    }

    /// Ends everything. Whether the peer had come back before.
    async fn finish(mut self, orders: &mut mpsc::Receiver<SessionOrder>) -> bool {
        let ended = self.ended.unwrap_or(Ended::Left);
        if matches!(ended, Ended::Left | Ended::TooLate) {
            self.say_bye().await;
        }
        // Told before the orders close: a new session of the same peer begins only then, so nothing of this one is told after it.
        self.tell_end(ended).await;
        orders.close();
        let mut has_returned = false;
        // Orders that came too late get an answer by being dropped.
        while let Ok(order) = orders.try_recv() {
            match order {
                SessionOrder::Present => has_returned = true,
                SessionOrder::Absent => has_returned = false,
                _ => {}
            }
        }
        if let Some(connection) = self.connection.take() {
            connection.close(Duration::ZERO).await;
        }
        self.files.end().await;
        has_returned
    }

    async fn tell_end(&mut self, ended: Ended) {
        for transfer in std::mem::take(&mut self.transfers).into_values() {
            let missing = self.exchange.missing(transfer.id);
            self.remember(transfer.id, missing, true);
            let transfer = Transfer {
                state: TransferState::Cancelled,
                code: None,
                ended_by_us: matches!(ended, Ended::Left | Ended::TooLate),
                bytes_per_second: None,
                remaining_ms: None,
                ..transfer
            };
            self.room.emit(Event::TransferChanged { transfer }).await;
        }
        if ended != Ended::Left {
            self.room.emit(Event::PeerLeft { peer: self.peer.id, said_bye: ended == Ended::Bye }).await;
        }
    }

    /// Says goodbye, and waits until the other side has closed or a short time is over.
    async fn say_bye(&mut self) {
        // What the user cancelled just before is still to be said.
        self.carry_out_outputs().await;
        let until = tokio::time::Instant::now() + Duration::from_millis(self.room.timings.bye_ms);
        let Some(connection) = self.connection.as_mut().filter(|connection| connection.is_proven()) else { return };
        if !connection.send(&Control::Bye {}) {
            return;
        }
        let heard = async {
            while let Some(event) = connection.events.recv().await {
                match event {
                    LinkEvent::Failed(_) | LinkEvent::Closed => break,
                    // Both leave at once: closing delivers what was sent, so neither waits for the other to go first.
                    LinkEvent::Control(message) if is_bye(&message) => break,
                    _ => {}
                }
            }
        };
        if tokio::time::timeout_at(until, heard).await.is_err() {
            tracing::debug!("the peer did not answer the goodbye");
        }
    }
}

fn answered(answer: Answer, outcome: Result<(), Failure>) {
    // Whoever asked may have gone.
    let _ = answer.send(outcome);
}

fn is_bye(message: &str) -> bool {
    serde_json::from_str(message).is_ok_and(|control: Control| control == Control::Bye {})
}

/// A wish that does not fit the state.
fn not_now(detail: &str) -> Failure {
    Failure::new(FailureCode::NotNow, detail)
}

async fn next_event(connection: &mut Option<Connection>) -> LinkEvent {
    match connection {
        // A link whose task is gone has ended, said or not.
        Some(connection) => connection.events.recv().await.unwrap_or(LinkEvent::Closed),
        None => std::future::pending().await,
    }
}
