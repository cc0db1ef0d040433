//! Decides when to connect, join, send again and give up: a state machine without socket or clock.
//!
//! Contract: after every [`Supervisor::handle`] drain [`Supervisor::poll_output`]; call `handle` with [`Input::TimePassed`] at
//! [`Supervisor::deadline`]. Times are durations since the machine began. Inputs of a connection that was ended must not be fed in.

use std::{collections::VecDeque, time::Duration};

use parlor_protocol::{
    VERSION,
    code::{FailureCode, ReplyCode},
    id::PeerId,
    limits::{HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS, MESSAGE_BYTES},
    signaling::{Bare, Join, Joined, Reply, SignalRequest},
};

use super::{
    backoff::Backoff,
    event::{SignalingConfig, SignalingError, SignalingEvent},
    outbox::Outbox,
    transport::{Inbound, Request},
    withdrawal::Withdrawal,
};

/// Between two heartbeats.
const HEARTBEAT: Duration = Duration::from_millis(HEARTBEAT_MS);
/// Without a word from the server after which the connection is dead; also how long connecting and joining may take.
const SILENCE: Duration = Duration::from_millis(HEARTBEAT_TIMEOUT_MS);
/// Without a word from the server after a suspicion.
const SUSPICION: Duration = Duration::from_secs(2);
/// How long leaving may wait for its reply.
const LEAVING: Duration = Duration::from_millis(1_500);
/// The longest a server may keep us waiting by `retry_ms`.
const LONGEST_RETRY: Duration = Duration::from_secs(60);
/// What a signal's body leaves of a message for its other fields.
const SIGNAL_FIELDS_BYTES: usize = 256;

/// What happened to the machine.
#[derive(Debug)]
pub(super) enum Input {
    /// A deadline came. Also the first input.
    TimePassed,
    /// The connection ordered could not be made.
    ConnectFailed { code: FailureCode, detail: String },
    /// Something came over the connection.
    Received(Inbound),
    /// The owner leaves.
    LeaveOrdered,
    /// The owner is gone without leaving.
    Abandoned,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Make a connection.
    Connect,
    /// Send over it.
    Emit(Request),
    /// End it.
    Disconnect,
    /// Tell the owner.
    Tell(SignalingEvent),
    /// Nothing follows.
    Finish,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting { until: Duration },
    Connecting { until: Duration },
    Joining { rid: u32, until: Duration },
    In { silent_at: Duration, heartbeat_at: Duration },
    Leaving { rid: u32, until: Duration },
    Ended,
}

/// The machine.
#[derive(Debug)]
pub(super) struct Supervisor {
    config: SignalingConfig,
    state: State,
    outbox: Outbox,
    backoff: Backoff,
    admitted: bool,
    next_rid: u32,
    heartbeat_rid: Option<u32>,
    withdrawal: Withdrawal,
    largest_body_bytes: usize,
    outputs: VecDeque<Output>,
}

impl Supervisor {
    /// Begins; the first [`Input::TimePassed`] connects. `seed` scatters the waits.
    pub(super) fn new(config: SignalingConfig, seed: u64) -> Self {
        Self {
            config,
            state: State::Waiting { until: Duration::ZERO },
            outbox: Outbox::default(),
            backoff: Backoff::new(seed),
            admitted: false,
            next_rid: 0,
            heartbeat_rid: None,
            withdrawal: Withdrawal::default(),
            largest_body_bytes: MESSAGE_BYTES - SIGNAL_FIELDS_BYTES,
            outputs: VecDeque::new(),
        }
    }

    /// What is to be done next, if anything.
    pub(super) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When the machine wants to be woken.
    pub(super) fn deadline(&self) -> Option<Duration> {
        match self.state {
            State::Waiting { until }
            | State::Connecting { until }
            | State::Joining { until, .. }
            | State::Leaving { until, .. } => Some(until),
            State::In { silent_at, heartbeat_at } => {
                Some(silent_at.min(heartbeat_at).min(self.outbox.deadline().unwrap_or(Duration::MAX)))
            }
            State::Ended => None,
        }
    }

    /// Takes a signal to be sent.
    pub(super) fn order_signal(&mut self, now: Duration, to: PeerId, body: String) -> Result<(), SignalingError> {
        if matches!(self.state, State::Ended | State::Leaving { .. }) {
            return Err(SignalingError::Closed);
        }
        if body.len() > self.largest_body_bytes {
            return Err(SignalingError::TooLarge);
        }
        let rid = self.rid();
        self.outbox.push(SignalRequest { rid, to, body })?;
        self.send_signals(now);
        Ok(())
    }

    /// Nobody new but `peers` is to enter the room any more.
    pub(super) fn order_withdrawal(&mut self, peers: Vec<PeerId>) {
        self.withdrawal.want(peers);
        self.say_withdrawal();
    }

    /// Takes what happened.
    pub(super) fn handle(&mut self, now: Duration, input: Input) {
        match (input, self.state) {
            (_, State::Ended) => {}
            (Input::TimePassed, _) => self.time_passed(now),
            (Input::ConnectFailed { code, detail }, State::Connecting { .. }) => {
                self.not_reached(now, code, detail, None);
            }
            (Input::ConnectFailed { .. }, _) => {}
            (Input::Received(inbound), _) => self.received(now, inbound),
            (Input::LeaveOrdered, State::In { .. }) => {
                let rid = self.rid();
                self.outputs.push_back(Output::Emit(Request::Leave(Bare { rid })));
                self.state = State::Leaving { rid, until: now + LEAVING };
            }
            (Input::LeaveOrdered, State::Leaving { .. }) => {}
            (Input::LeaveOrdered | Input::Abandoned, _) => self.end(),
        }
    }

    fn time_passed(&mut self, now: Duration) {
        match self.state {
            State::Waiting { until } if until <= now => {
                self.state = State::Connecting { until: now + SILENCE };
                self.outputs.push_back(Output::Connect);
            }
            State::Connecting { until } if until <= now => {
                self.attempt_failed(now, "no connection in time".to_owned(), None)
            }
            State::Joining { until, .. } if until <= now => {
                self.attempt_failed(now, "no answer to join".to_owned(), None)
            }
            State::Leaving { until, .. } if until <= now => self.end(),
            State::In { silent_at, .. } if silent_at <= now => self.lost(now, None, "silence"),
            State::In { silent_at, heartbeat_at } => {
                self.outbox.forget_old(now);
                self.send_signals(now);
                if heartbeat_at <= now {
                    self.beat();
                    self.state = State::In { silent_at, heartbeat_at: now + HEARTBEAT };
                }
            }
            State::Waiting { .. }
            | State::Connecting { .. }
            | State::Joining { .. }
            | State::Leaving { .. }
            | State::Ended => {}
        }
    }

    fn received(&mut self, now: Duration, inbound: Inbound) {
        match inbound {
            Inbound::Connected => {
                if matches!(self.state, State::Connecting { .. }) {
                    self.join(now);
                }
                return;
            }
            Inbound::Suspect { detail } => return self.suspect(now, detail),
            Inbound::Broken { detail } => return self.broken(now, None, detail),
            Inbound::Malformed { event } => {
                return self.server_broken(now, format!("the payload of {event} is not what the protocol says"));
            }
            Inbound::ServerClosing(closing) => {
                return self.broken(now, Some(retry(Some(closing.retry_ms))), "the server closes".to_owned());
            }
            Inbound::Reply(reply) => self.replied(now, reply),
            // Only a member hears of the room; before that the server is ahead of its own reply.
            Inbound::PeerJoined(_) | Inbound::PeerLeft(_) | Inbound::Signal(_)
                if !matches!(self.state, State::In { .. }) =>
            {
                return;
            }
            Inbound::PeerJoined(presence) => {
                self.outbox.seen(presence.peer);
                self.tell(SignalingEvent::PeerJoined(presence.peer));
                self.send_signals(now);
            }
            Inbound::PeerLeft(presence) => {
                self.outbox.left(presence.peer);
                self.tell(SignalingEvent::PeerLeft(presence.peer));
            }
            Inbound::Signal(signal) => {
                self.outbox.seen(signal.from);
                self.tell(SignalingEvent::Signal { from: signal.from, body: signal.body });
                self.send_signals(now);
            }
        }
        if let State::In { heartbeat_at, .. } = self.state {
            self.state = State::In { silent_at: now + SILENCE, heartbeat_at };
        }
    }

    fn join(&mut self, now: Duration) {
        let rid = self.rid();
        let config = &self.config;
        self.outputs.push_back(Output::Emit(Request::Join(Join {
            rid,
            version: VERSION,
            room: config.room,
            token: config.token.clone(),
            peer: config.peer,
            resume: config.resume.clone(),
            // A server that was restarted has forgotten the room: whoever was admitted may make it anew.
            create: config.create || self.admitted,
            key: config.key.clone(),
        })));
        self.state = State::Joining { rid, until: now + SILENCE };
    }

    fn replied(&mut self, now: Duration, reply: Reply) {
        let Some(rid) = reply.rid else {
            // Only malformed requests are answered so, and ours are not.
            tracing::warn!(code = ?reply.code, "the server could not read a request");
            return;
        };
        match self.state {
            State::Joining { rid: awaited, .. } if rid == awaited => self.join_replied(now, reply),
            State::Leaving { rid: awaited, .. } if rid == awaited => self.end(),
            State::In { .. } if Some(rid) == self.heartbeat_rid => {
                self.heartbeat_rid = None;
                if reply.code == Some(ReplyCode::NotInRoom) {
                    return self.lost(now, None, "the server has forgotten us");
                }
                // Not on admission: a server that admits and drops in turn would never be waited for.
                self.backoff.reset();
            }
            State::In { .. } if self.withdrawal.replied(rid, &reply) => {
                if reply.code == Some(ReplyCode::NotInRoom) {
                    self.lost(now, None, "the server has forgotten us");
                }
            }
            State::In { .. } | State::Leaving { .. } => self.signal_replied(now, rid, &reply),
            State::Waiting { .. } | State::Connecting { .. } | State::Joining { .. } | State::Ended => {}
        }
    }

    fn join_replied(&mut self, now: Duration, reply: Reply) {
        if reply.ok {
            match reply.joined {
                Some(joined) => self.entered(now, joined),
                None => self.server_broken(now, "a join was confirmed without its facts".to_owned()),
            }
            return;
        }
        match reply.code {
            Some(code @ (ReplyCode::RateLimited | ReplyCode::ServerClosing)) => {
                self.attempt_failed(now, format!("join: {code:?}"), Some(retry(reply.retry_ms)));
            }
            // Whoever was admitted waits: for a seat, since others may have taken all while we were cut off, or for who may make the room
            // that the server has forgotten.
            Some(code @ (ReplyCode::RoomFull | ReplyCode::CreateRefused)) if self.admitted => {
                self.attempt_failed(now, format!("join: {code:?}"), Some(retry(reply.retry_ms)));
            }
            Some(
                code @ (ReplyCode::BadRequest
                | ReplyCode::TooLarge
                | ReplyCode::Unauthorized
                | ReplyCode::Version
                | ReplyCode::RoomRefused
                | ReplyCode::RoomFull
                | ReplyCode::CreateRefused),
            ) => {
                self.tell(SignalingEvent::Refused(code));
                self.end();
            }
            Some(ReplyCode::NotInRoom | ReplyCode::NoSuchPeer) | None => {
                self.server_broken(now, "a join was refused without a reason that fits".to_owned());
            }
        }
    }

    fn entered(&mut self, now: Duration, joined: Joined) {
        let message_bytes = usize::try_from(joined.limits.message_bytes).unwrap_or(usize::MAX).min(MESSAGE_BYTES);
        self.largest_body_bytes = message_bytes.saturating_sub(SIGNAL_FIELDS_BYTES);
        self.outbox.begin_anew();
        self.withdrawal.begin_anew();
        self.state = State::In { silent_at: now + SILENCE, heartbeat_at: now + HEARTBEAT };
        let again = std::mem::replace(&mut self.admitted, true);
        self.tell(if again { SignalingEvent::Reentered(joined) } else { SignalingEvent::Entered(joined) });
        self.say_withdrawal();
        self.send_signals(now);
    }

    fn signal_replied(&mut self, now: Duration, rid: u32, reply: &Reply) {
        if !self.outbox.holds(rid) {
            return;
        }
        match reply.code {
            _ if reply.ok => drop(self.outbox.settle(rid)),
            Some(ReplyCode::RateLimited) => self.outbox.pause(rid, now + retry(reply.retry_ms)),
            Some(ReplyCode::NoSuchPeer) => self.outbox.hold(rid, now),
            Some(ReplyCode::ServerClosing) => {
                return self.broken(now, Some(retry(reply.retry_ms)), "the server closes".to_owned());
            }
            Some(ReplyCode::NotInRoom) => return self.broken(now, None, "the server has forgotten us".to_owned()),
            code => {
                // Sent again it would be refused again.
                tracing::warn!(?code, "the server does not take a signal; it is dropped");
                drop(self.outbox.settle(rid));
            }
        }
        self.send_signals(now);
    }

    fn suspect(&mut self, now: Duration, detail: String) {
        tracing::debug!(detail, "the connection looks wrong");
        match self.state {
            // Before the namespace is open the server has no business but to refuse.
            State::Connecting { .. } => self.attempt_failed(now, detail, None),
            State::Joining { rid, until } => self.state = State::Joining { rid, until: until.min(now + SUSPICION) },
            State::In { silent_at, .. } => {
                self.beat();
                self.state = State::In { silent_at: silent_at.min(now + SUSPICION), heartbeat_at: now + HEARTBEAT };
            }
            State::Waiting { .. } | State::Leaving { .. } | State::Ended => {}
        }
    }

    /// The connection is of no use any more, whatever the state.
    fn broken(&mut self, now: Duration, retry: Option<Duration>, detail: String) {
        match self.state {
            State::In { .. } => self.lost(now, retry, &detail),
            State::Connecting { .. } | State::Joining { .. } => {
                self.attempt_failed(now, detail, retry);
            }
            State::Leaving { .. } => self.end(),
            State::Waiting { .. } | State::Ended => {}
        }
    }

    fn server_broken(&mut self, now: Duration, detail: String) {
        self.tell(SignalingEvent::ServerBroken { detail: detail.clone() });
        self.broken(now, None, detail);
    }

    fn lost(&mut self, now: Duration, retry: Option<Duration>, detail: &str) {
        tracing::info!(detail, "the server is lost");
        self.tell(SignalingEvent::Lost);
        self.wait(now, retry);
    }

    fn attempt_failed(&mut self, now: Duration, detail: String, retry: Option<Duration>) {
        self.not_reached(now, FailureCode::ServerUnreachable, detail, retry);
    }

    fn not_reached(&mut self, now: Duration, code: FailureCode, detail: String, retry: Option<Duration>) {
        self.wait(now, retry);
        self.tell(SignalingEvent::Unreachable { attempt: self.backoff.attempts(), code, detail });
    }

    fn wait(&mut self, now: Duration, retry: Option<Duration>) {
        self.outputs.push_back(Output::Disconnect);
        self.heartbeat_rid = None;
        let backoff = self.backoff.next();
        // Everyone was told the same time, so it is scattered.
        let wait = retry.map_or(backoff, |retry| backoff.max(retry + self.backoff.scatter(retry / 4)));
        self.state = State::Waiting { until: now + wait };
    }

    fn beat(&mut self) {
        let rid = self.rid();
        self.heartbeat_rid = Some(rid);
        self.outputs.push_back(Output::Emit(Request::Heartbeat(Bare { rid })));
        self.say_withdrawal();
    }

    fn say_withdrawal(&mut self) {
        if matches!(self.state, State::In { .. }) && self.withdrawal.is_due() {
            let rid = self.rid();
            self.outputs.push_back(Output::Emit(Request::Withdraw(self.withdrawal.say(rid))));
        }
    }

    fn send_signals(&mut self, now: Duration) {
        if matches!(self.state, State::In { .. }) {
            let sendable = self.outbox.take_sendable(now);
            self.outputs.extend(sendable.into_iter().map(|signal| Output::Emit(Request::Signal(signal))));
        }
    }

    fn tell(&mut self, event: SignalingEvent) {
        self.outputs.push_back(Output::Tell(event));
    }

    fn end(&mut self) {
        self.state = State::Ended;
        self.outputs.extend([Output::Disconnect, Output::Tell(SignalingEvent::Closed), Output::Finish]);
    }

    fn rid(&mut self) -> u32 {
        let rid = self.next_rid;
        self.next_rid = rid.wrapping_add(1);
        rid
    }
}

/// The wait a server asks for, within reason.
fn retry(retry_ms: Option<u32>) -> Duration {
    Duration::from_millis(retry_ms.map_or(1_000, u64::from)).min(LONGEST_RETRY)
}

#[cfg(test)]
#[path = "supervisor_tests.rs"]
mod tests;
