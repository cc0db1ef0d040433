//! Runs one connection: carries orders and reports between the owner, the negotiation and the crate, one at a time.
//!
//! Nothing here waits for the owner to read its events: what cannot be handed over yet is kept.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use parlor_protocol::{
    host::Path,
    negotiation::{Candidate, Description, DescriptionType},
};
use parlor_trust::Fingerprint;
use rtc::peer_connection::configuration::RTCOfferOptions;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep_until, timeout},
};
use webrtc::{
    data_channel::DataChannel,
    peer_connection::{
        RTCIceCandidate, RTCIceCandidateInit, RTCIceCandidateType, RTCIceConnectionState, RTCSessionDescription,
    },
};

use super::{
    LinkConfig, LinkError, LinkEvent, Order, connection::Connection, facts, happened::Happened, in_flight::InFlight,
    negotiation::Negotiation, negotiation::Verdict, turn_probe,
};
use crate::dtls_role::DtlsRole;

/// How often the path is looked at.
const PATH_PERIOD: Duration = Duration::from_secs(2);
/// How long a relay may take to be allocated before the servers are asked why.
const RELAY_PATIENCE: Duration = Duration::from_secs(3);
/// How long a closing connection may take to deliver what was sent and to tell the peer.
const CLOSING: Duration = Duration::from_secs(1);
/// How long a channel may be read after the peer closed the other.
const DRAINING: Duration = Duration::from_secs(5);
/// How often a closing link looks whether everything was sent.
const FLUSH_PERIOD: Duration = Duration::from_millis(5);
/// How long the last events may wait for an owner that closes without reading.
const HAND_OVER: Duration = Duration::from_millis(250);
/// Events other than messages that wait for an owner that does not read. Beyond it candidates are dropped.
const UNTOLD: usize = 512;

/// What a task has to do with.
pub(super) struct Task {
    pub(super) config: LinkConfig,
    pub(super) connection: Connection,
    pub(super) orders: mpsc::Receiver<Order>,
    pub(super) reports: mpsc::Receiver<Happened>,
    pub(super) events: mpsc::Sender<LinkEvent>,
    pub(super) readers: JoinSet<()>,
    /// Opens the readers' gate.
    pub(super) opened: watch::Sender<bool>,
    /// The peer's limit while messages may be sent.
    pub(super) limit: watch::Sender<Option<usize>>,
    /// The bound of bulk, by the path.
    pub(super) in_flight: Arc<InFlight>,
}

type Probe = BoxFuture<'static, Result<(), LinkError>>;

struct State {
    negotiation: Negotiation,
    role: DtlsRole,
    /// What the peer's descriptions say its certificate is.
    described: Option<Fingerprint>,
    untold: VecDeque<LinkEvent>,
    open_channels: usize,
    closed_channels: usize,
    relayed_candidates: usize,
    interrupted: bool,
    path: Option<(Path, Option<u32>)>,
    relay_due: Option<Instant>,
    probe: Option<Probe>,
    /// What to say if the probe finds nothing wrong.
    verdict: Option<LinkError>,
    closing_until: Option<Instant>,
    flush: Option<BoxFuture<'static, ()>>,
    done: bool,
}

impl Task {
    /// Runs until the connection has ended and its last event was handed over.
    pub(super) async fn run(mut self) {
        let mut state = State {
            negotiation: Negotiation::new(self.config.polite),
            role: DtlsRole::default(),
            described: None,
            untold: VecDeque::new(),
            open_channels: 0,
            closed_channels: 0,
            relayed_candidates: 0,
            interrupted: false,
            path: None,
            relay_due: self.config.relay_only.then(|| Instant::now() + RELAY_PATIENCE),
            probe: None,
            verdict: None,
            closing_until: None,
            flush: None,
            done: false,
        };
        let mut look = interval(PATH_PERIOD);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        if self.config.initiator {
            self.offer(&mut state, false).await;
        }
        let events = self.events.clone();
        while !state.done {
            let deadline = state.closing_until.or(state.relay_due);
            tokio::select! {
                order = self.orders.recv(), if state.closing_until.is_none() => match order {
                    Some(order) => self.ordered(&mut state, order).await,
                    None => self.begin_closing(&mut state),
                },
                Some(report) = self.reports.recv() => self.reported(&mut state, report).await,
                permit = events.reserve(), if !state.untold.is_empty() => match permit {
                    Ok(permit) => {
                        if let Some(event) = state.untold.pop_front() {
                            hand_over(permit, event, &self.opened, &self.limit);
                        }
                    }
                    // Nobody listens any more.
                    Err(_) => {
                        state.untold.clear();
                        self.begin_closing(&mut state);
                    }
                },
                outcome = next(&mut state.probe) => {
                    state.probe = None;
                    let verdict = state.verdict.take();
                    if let Some(error) = outcome.err().or(verdict) {
                        state.fail(error);
                    }
                }
                () = flushed(&mut state.flush) => state.flush = None,
                () = self.connection.refusals.seen(), if state.open_channels < 2 => {
                    state.fail(LinkError::Certificate("a certificate was refused"));
                }
                () = at(deadline) => if state.closing_until.is_some() {
                    state.done = true;
                } else {
                    state.relay_due = None;
                    self.ask_turn(&mut state, None);
                },
                _ = look.tick(), if state.open_channels == 2 && state.closing_until.is_none() => self.look_at_path(&mut state).await,
            }
        }
        self.end(state).await;
    }

    async fn ordered(&mut self, state: &mut State, order: Order) {
        match order {
            Order::Description(description) => {
                if let Err(error) = self.describe(state, description).await {
                    state.fail(error);
                }
            }
            Order::Candidate(candidate) => {
                if let Some(candidate) = candidate.and_then(|candidate| state.negotiation.candidate(candidate)) {
                    self.add(candidate).await;
                }
            }
            Order::RestartIce => {
                if state.negotiation.restart() {
                    self.offer(state, true).await;
                }
            }
            Order::Close => self.begin_closing(state),
        }
    }

    /// `ice_restart`: begins a new generation of ICE. The library's own `restart_ice` would gather for it before any description names it.
    async fn offer(&self, state: &mut State, ice_restart: bool) {
        let peer = &self.connection.peer;
        let made = async {
            let offer = peer.create_offer(ice_restart.then_some(RTCOfferOptions { ice_restart })).await?;
            peer.set_local_description(offer.clone()).await?;
            Ok::<_, webrtc::error::Error>(offer)
        };
        match made.await {
            Ok(offer) => {
                state.negotiation.offered();
                state.tell(LinkEvent::LocalDescription(Description { kind: DescriptionType::Offer, sdp: offer.sdp }));
            }
            Err(error) => state.fail(LinkError::Setup(error.to_string())),
        }
    }

    async fn describe(&self, state: &mut State, remote: Description) -> Result<(), LinkError> {
        let peer = &self.connection.peer;
        let verdict = state.negotiation.judge(remote.kind);
        tracing::debug!(link = self.config.link, kind = ?remote.kind, ?verdict, "a description came");
        let theirs = |error: webrtc::error::Error| LinkError::Peer(error.to_string());
        let ours = |error: webrtc::error::Error| LinkError::Setup(error.to_string());
        if verdict != Verdict::Ignore {
            state.named(&remote.sdp)?;
        }
        match verdict {
            Verdict::Ignore => return Ok(()),
            Verdict::Accept => {
                state.role.answered_by_peer(&remote.sdp);
                let answer = RTCSessionDescription::answer(remote.sdp).map_err(theirs)?;
                peer.set_remote_description(answer).await.map_err(theirs)?;
                self.add_early(state).await;
            }
            Verdict::Answer { rollback } => {
                let offer = RTCSessionDescription::offer(remote.sdp).map_err(theirs)?;
                if rollback {
                    let rollback = RTCSessionDescription::rollback(None).map_err(ours)?;
                    peer.set_local_description(rollback).await.map_err(ours)?;
                }
                peer.set_remote_description(offer).await.map_err(theirs)?;
                self.add_early(state).await;
                let answer = peer.create_answer(None).await.map_err(theirs)?;
                peer.set_local_description(answer.clone()).await.map_err(ours)?;
                let sdp = state.role.answer(answer.sdp);
                state.tell(LinkEvent::LocalDescription(Description { kind: DescriptionType::Answer, sdp }));
            }
        }
        if state.negotiation.take_restart() {
            self.offer(state, true).await;
        }
        Ok(())
    }

    async fn add_early(&self, state: &mut State) {
        for candidate in state.negotiation.applied() {
            self.add(candidate).await;
        }
    }

    async fn add(&self, candidate: Candidate) {
        let init = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.sdp_mid,
            sdp_mline_index: candidate.sdp_m_line_index,
            username_fragment: candidate.username_fragment,
            url: None,
        };
        if let Err(error) = self.connection.peer.add_ice_candidate(init).await {
            // Others may still lead to the peer.
            tracing::debug!(link = self.config.link, %error, "a candidate is of no use");
        }
    }

    async fn reported(&mut self, state: &mut State, report: Happened) {
        match report {
            Happened::Gathered(candidate) => {
                if candidate.typ == RTCIceCandidateType::Relay {
                    state.relayed_candidates += 1;
                    state.relay_due = None;
                }
                match local(&candidate) {
                    Ok(candidate) if state.untold.len() < UNTOLD => {
                        state.tell(LinkEvent::LocalCandidate(Some(candidate)))
                    }
                    Ok(_) => tracing::warn!(link = self.config.link, "a candidate is dropped: nobody reads"),
                    Err(error) => tracing::warn!(link = self.config.link, %error, "a local candidate cannot be told"),
                }
            }
            Happened::GatheringCompleted => {
                state.tell(LinkEvent::LocalCandidate(None));
                if self.config.relay_only && state.relayed_candidates == 0 {
                    self.ask_turn(state, Some(LinkError::TurnUnreachable));
                }
            }
            Happened::Ice(RTCIceConnectionState::Disconnected) if state.open_channels == 2 && !state.interrupted => {
                state.interrupted = true;
                state.tell(LinkEvent::Interrupted);
            }
            Happened::Ice(RTCIceConnectionState::Connected | RTCIceConnectionState::Completed) => {
                if std::mem::replace(&mut state.interrupted, false) {
                    state.tell(LinkEvent::Mended);
                }
            }
            Happened::Ice(RTCIceConnectionState::Failed) | Happened::ConnectionFailed => {
                if state.relayed_candidates == 0 && state.open_channels < 2 {
                    // The user may know better what to do about a TURN server than about "no path".
                    self.ask_turn(state, Some(LinkError::NoPath));
                } else {
                    state.fail(LinkError::NoPath);
                }
            }
            Happened::Ice(_) => {}
            Happened::ChannelOpened => {
                state.open_channels += 1;
                if state.open_channels == 2 {
                    self.open(state).await;
                }
            }
            Happened::ChannelClosed => {
                state.closed_channels += 1;
                if state.closed_channels == 2 {
                    state.done = true;
                } else {
                    self.await_the_other(state);
                }
            }
            Happened::PeerBroke(why) => state.fail(LinkError::Peer(why.to_owned())),
        }
    }

    async fn open(&self, state: &mut State) {
        self.connection.pace.release();
        match facts::opening(&*self.connection.peer).await {
            // The library has compared them already; it has a setting not to.
            Ok(opening) if state.described != Some(Fingerprint(opening.remote_fingerprint)) => {
                state.fail(LinkError::Certificate("the live one is another"));
            }
            Ok(opening) => state.tell(LinkEvent::Opened {
                local_fingerprint: opening.local_fingerprint,
                remote_fingerprint: opening.remote_fingerprint,
                max_message_bytes: opening.max_message_bytes,
            }),
            Err(error) => state.fail(error),
        }
    }

    /// Asks the TURN servers what is wrong, once at a time; `otherwise` is what is wrong if they are not.
    fn ask_turn(&self, state: &mut State, otherwise: Option<LinkError>) {
        let urls = super::connection::usable(&self.config.ice_servers).map(|servers| turn_probe::turn_urls(&servers));
        let urls = urls.unwrap_or_default();
        if urls.is_empty() && !self.config.relay_only {
            if let Some(error) = otherwise {
                state.fail(error);
            }
            return;
        }
        state.verdict = state.verdict.take().or(otherwise);
        if state.probe.is_none() {
            state.probe = Some(turn_probe::probe(urls).boxed());
        }
    }

    async fn look_at_path(&self, state: &mut State) {
        let Some(now) = facts::path(&*self.connection.peer).await else { return };
        if let Some(round_trip_ms) = now.1 {
            self.in_flight.path(now.0, round_trip_ms);
        }
        let news = state.path.is_none_or(|before| before.0 != now.0 || differs(before.1, now.1));
        if news {
            state.path = Some(now);
            state.tell(LinkEvent::Path { path: now.0, rtt_ms: now.1 });
        }
    }

    /// Closes the channels behind what was sent, so that the peer gets it and learns of the end.
    fn begin_closing(&self, state: &mut State) {
        if state.closing_until.is_some() {
            return;
        }
        state.closing_until = Some(Instant::now() + CLOSING);
        self.limit.send_replace(None);
        if state.open_channels < 2 {
            state.done = true;
            return;
        }
        let channels = [Arc::clone(&self.connection.control), Arc::clone(&self.connection.bulk)];
        state.flush = Some(flush_and_close(channels).boxed());
    }

    /// The peer has closed a channel: what came over the other is still read.
    fn await_the_other(&self, state: &mut State) {
        if state.closing_until.is_none() {
            state.closing_until = Some(Instant::now() + DRAINING);
            self.limit.send_replace(None);
        }
    }

    async fn end(mut self, mut state: State) {
        self.limit.send_replace(None);
        if let Err(error) = self.connection.peer.close().await {
            tracing::debug!(link = self.config.link, %error, "the connection had ended before");
        }
        self.readers.shutdown().await;
        state.tell(LinkEvent::Closed);
        self.orders.close();
        for event in state.untold {
            // An owner that waits in `close` does not read: it gets the end as the end of the channel.
            if timeout(HAND_OVER, self.events.send(event)).await.is_err() {
                return;
            }
        }
    }
}

impl State {
    /// Takes down which certificate a description of the peer names: one, and the same as before, since a connection keeps its DTLS.
    fn named(&mut self, sdp: &str) -> Result<(), LinkError> {
        let named = Fingerprint::from_sdp(sdp).ok_or(LinkError::Certificate("a description names none for sure"))?;
        if self.described.is_some_and(|before| before != named) {
            return Err(LinkError::Certificate("a later description names another"));
        }
        self.described = Some(named);
        Ok(())
    }

    fn tell(&mut self, event: LinkEvent) {
        self.untold.push_back(event);
    }

    fn fail(&mut self, error: LinkError) {
        if !self.done {
            tracing::debug!(%error, "a link fails");
            self.tell(LinkEvent::Failed(error));
            self.done = true;
        }
    }
}

/// Hands an event over, and around `Opened` opens the way: for sending before the owner can know, for reading after.
fn hand_over(
    permit: mpsc::Permit<'_, LinkEvent>,
    event: LinkEvent,
    opened: &watch::Sender<bool>,
    limit: &watch::Sender<Option<usize>>,
) {
    if let LinkEvent::Opened { max_message_bytes, .. } = event {
        limit.send_replace(Some(max_message_bytes));
        permit.send(event);
        opened.send_replace(true);
    } else {
        permit.send(event);
    }
}

async fn next(probe: &mut Option<Probe>) -> Result<(), LinkError> {
    match probe {
        Some(probe) => probe.await,
        None => std::future::pending().await,
    }
}

async fn flushed(flush: &mut Option<BoxFuture<'static, ()>>) {
    match flush {
        Some(flush) => flush.await,
        None => std::future::pending().await,
    }
}

/// Closing a channel drops what was not sent, so first everything is to be confirmed by the peer's SCTP. The crate has no event
/// for that; the owner's deadline ends it.
async fn flush_and_close(channels: [Arc<dyn DataChannel>; 2]) {
    let mut look = interval(FLUSH_PERIOD);
    for channel in &channels {
        while channel.outstanding_bytes().await.is_ok_and(|bytes| bytes > 0) {
            look.tick().await;
        }
    }
    for channel in &channels {
        if let Err(error) = channel.close().await {
            tracing::debug!(%error, "a channel had closed before");
        }
    }
}

async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

fn local(candidate: &RTCIceCandidate) -> Result<Candidate, webrtc::error::Error> {
    let init = candidate.to_json()?;
    // There is one media section; a browser wants it named, and its number is the same for every kind of peer.
    Ok(Candidate {
        candidate: init.candidate,
        sdp_mid: None,
        sdp_m_line_index: Some(0),
        username_fragment: init.username_fragment,
    })
}

/// Whether a round trip is worth telling again.
fn differs(before: Option<u32>, now: Option<u32>) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => before.abs_diff(now) > before / 4 + 5,
        (before, now) => before.is_some() != now.is_some(),
    }
}
