//! The owner's side: finds a free number, waits behind the code, answers one guest.
//!
//! Promises: at most one guest gets the invitation, and only over the right words; dropping the desk ends the code. Leaves to others: showing
//! the code, and a next one.

use std::time::Duration;

use parlor_protocol::{
    code::{Failure, FailureCode, ReplyCode},
    host::Event,
    id::PeerId,
    spoken_code::{CodeLanguage, CodeState, OpenedCode},
};
use parlor_trust::{CodeOwner, CodeStatus, Invitation, Language, SpokenCode};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until, timeout},
};

use super::{Seat, heard};
use crate::{
    nearby::{Announcement, Neighbourhood},
    random::random,
    signaling::{Certificate, ServerAddress, SignalingEvent, refusal},
};

/// Numbers that are tried among the short ones, and then among the long ones.
const TRIES_EACH: usize = 4;
const SHORT: std::ops::RangeInclusive<u32> = 1..=99;
const LONG: std::ops::RangeInclusive<u32> = 100..=9_999;
/// Longest time a served guest may take to leave, so that the invitation is not cut off on its way.
const GUEST_LEAVES_WITHIN: Duration = Duration::from_secs(10);

/// A code that somebody waits behind. Dropped, it is closed.
pub(crate) struct CodeDesk {
    /// A word on it says that another code takes this one's place.
    open: oneshot::Sender<()>,
}

impl CodeDesk {
    /// Opens a code; must be called within a Tokio runtime. `events` gets [`Event::CodeChanged`], a last one included. `announced` is where it is
    /// announced, and under which name, if the server is one that no authority vouches for.
    pub(crate) fn open(
        server: ServerAddress,
        invitation: Invitation,
        language: CodeLanguage,
        announced: (Neighbourhood, String),
        events: mpsc::Sender<Event>,
    ) -> Self {
        let (open, closed) = oneshot::channel();
        let waiting = Waiting { invitation, announced, teller: Teller { events, text: None, left: Duration::ZERO } };
        tokio::spawn(waiting.run(server, language, closed));
        Self { open }
    }

    /// Ends the code without a word of its end, which would be taken for that of the next one.
    pub(crate) fn make_way(self) {
        // One that is over has told so already.
        let _ = self.open.send(());
    }
}

/// Tells the screen of each change.
struct Teller {
    events: mpsc::Sender<Event>,
    text: Option<String>,
    left: Duration,
}

impl Teller {
    async fn tell(&self, state: CodeState, failure: Option<Failure>) {
        let is_alive = matches!(state, CodeState::Waiting | CodeState::Tried);
        let code = OpenedCode {
            state,
            text: self.text.clone().filter(|_| is_alive),
            left_ms: u32::try_from(self.left.as_millis()).unwrap_or(u32::MAX),
            failure,
        };
        // Nobody is left to hear it once the room is left.
        let _ = self.events.send(Event::CodeChanged { code }).await;
    }
}

struct Waiting {
    invitation: Invitation,
    announced: (Neighbourhood, String),
    teller: Teller,
}

impl Waiting {
    async fn run(mut self, server: ServerAddress, language: CodeLanguage, mut closed: oneshot::Receiver<()>) {
        self.teller.tell(CodeState::Opening, None).await;
        let found = tokio::select! {
            found = free_number(&server) => found,
            end = &mut closed => match end {
                Ok(()) => return,
                Err(_) => Err(None),
            },
        };
        match found {
            Ok((number, seat)) => {
                let announcement = self.announce(&server, number);
                self.wait(seat, number, language, closed).await;
                drop(announcement);
            }
            Err(None) => self.teller.tell(CodeState::Closed, None).await,
            Err(Some(failure)) => self.teller.tell(CodeState::Failed, Some(failure)).await,
        }
    }

    /// A server with a name and a public certificate is none to be found nearby.
    fn announce(&self, server: &ServerAddress, number: u32) -> Option<Announcement> {
        let (neighbourhood, name) = &self.announced;
        matches!(server.certificate, Certificate::Pinned(_))
            .then(|| Announcement::make(*neighbourhood, name, &server.url, number))
            .flatten()
    }

    /// Waits until the code is over, tells so, and leaves.
    async fn wait(&mut self, mut seat: Seat, number: u32, language: CodeLanguage, mut closed: oneshot::Receiver<()>) {
        let language = match language {
            CodeLanguage::En => Language::English,
            CodeLanguage::Ko => Language::Korean,
        };
        let Ok(code) = SpokenCode::new(number, language, random()) else {
            let failure = Failure::new(FailureCode::Internal, "a number out of range");
            return self.teller.tell(CodeState::Failed, Some(failure)).await;
        };
        self.teller.text = Some(code.text().to_string());
        let began = Instant::now();
        let mut owner = CodeOwner::new(code, seat.peer, 0);
        let ends = began + Duration::from_millis(owner.expires_ms());
        let mut told = CodeState::Waiting;
        let mut tried_by = None;
        self.teller.left = ends - began;
        self.teller.tell(told, None).await;
        let (end, failure) = loop {
            let event = tokio::select! {
                event = seat.next() => event,
                () = sleep_until(ends) => break (CodeState::Expired, None),
                end = &mut closed => match end {
                    Ok(()) => return seat.leave().await,
                    Err(_) => break (CodeState::Closed, None),
                },
            };
            let (from, body) = match event {
                SignalingEvent::Signal { from, body } => (from, body),
                // Who goes without a right proof had other words.
                SignalingEvent::PeerLeft(gone) if tried_by == Some(gone) => break (CodeState::Burnt, None),
                SignalingEvent::Reentered(joined) if tried_by.is_some_and(|guest| !joined.peers.contains(&guest)) => {
                    break (CodeState::Burnt, None);
                }
                SignalingEvent::Refused(code) => break (CodeState::Failed, Some(refusal(code))),
                SignalingEvent::Closed => {
                    let failure = Failure::new(FailureCode::ServerUnreachable, "the seat was lost");
                    break (CodeState::Failed, Some(failure));
                }
                _ => continue,
            };
            let Some(message) = heard(&body) else { continue };
            let now_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            match owner.message_received(from, &message, &self.invitation, &random(), now_ms) {
                Ok(answer) => {
                    tried_by = Some(from);
                    seat.say(from, &answer).await;
                }
                Err(error) => tracing::info!(%error, "a message about a code was refused"),
            }
            self.teller.left = ends.saturating_duration_since(Instant::now());
            let state = match owner.status(now_ms) {
                CodeStatus::Waiting => CodeState::Waiting,
                CodeStatus::Tried => CodeState::Tried,
                CodeStatus::Used => break (CodeState::Used, None),
                CodeStatus::Burnt => break (CodeState::Burnt, None),
                CodeStatus::Expired => break (CodeState::Expired, None),
            };
            if state != told {
                told = state;
                self.teller.tell(state, None).await;
            }
        };
        self.teller.tell(end, failure).await;
        if let (CodeState::Used, Some(guest)) = (end, tried_by) {
            // Whoever stays longer has had the time to take it.
            let _ = timeout(GUEST_LEAVES_WITHIN, until_gone(&mut seat, guest)).await;
        }
        seat.leave().await;
    }
}

async fn until_gone(seat: &mut Seat, guest: PeerId) {
    while !matches!(seat.next().await, SignalingEvent::PeerLeft(gone) if gone == guest) {
        if seat.events.is_closed() {
            return;
        }
    }
}

/// A seat in a code's room in which nobody was before.
async fn free_number(server: &ServerAddress) -> Result<(u32, Seat), Option<Failure>> {
    for attempt in 0..2 * TRIES_EACH {
        let range = if attempt < TRIES_EACH { SHORT } else { LONG };
        let number = range.start() + u32::from_be_bytes(random()) % (range.end() - range.start() + 1);
        let mut seat = Seat::take(server.clone(), number, true);
        let is_free = loop {
            match seat.next().await {
                SignalingEvent::Entered(joined) => break joined.peers.is_empty(),
                SignalingEvent::Unreachable { code, detail, .. } => {
                    return Err(Some(Failure::new(code, detail)));
                }
                SignalingEvent::ServerBroken { detail } => {
                    return Err(Some(Failure::new(FailureCode::ServerProtocol, detail)));
                }
                // Somebody else's room, or a full one.
                SignalingEvent::Refused(ReplyCode::RoomRefused | ReplyCode::RoomFull) => break false,
                SignalingEvent::Refused(code) => return Err(Some(refusal(code))),
                SignalingEvent::Closed => return Err(None),
                _ => {}
            }
        };
        if is_free {
            return Ok((number, seat));
        }
        seat.leave().await;
    }
    Err(Some(Failure::new(FailureCode::NotNow, "no free number was found")))
}
