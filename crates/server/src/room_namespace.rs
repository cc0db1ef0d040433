//! Drives [`Rooms`] by the sockets of namespace `/room`.
//!
//! Socket.IO's handlers are spawned, so they would run out of order. Here the closure itself, which runs in the socket's own
//! reading task, does all the work at once, and the future it returns is empty: order is kept, and a flood slows only itself.
//! Each socket has one writer, which hands over a batch and waits until the system has taken it: nothing is dropped for a peer
//! that reads slowly, and of one that does not read only the outbox is kept.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use parlor_protocol::signaling::{NAMESPACE, PeerPresence, event};
use socketioxide::{SendError, SocketIo, extract::SocketRef, handler::ConnectHandler};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    clock::{Clock, unix_s},
    config::Config,
    connection::Link,
    figures::Figures,
    guard::Caller,
    ice::ice_servers,
    outbox::Outgoing,
    raw_event::Received,
    request,
    room::SocketId,
    rooms::{CutReason, Output, Rooms},
};

/// How long a socket that was too fast still may read why. Closing at once, with its flood unread, would make TCP throw away
/// what was written to it (RFC 2525, section 2.17).
const LINGER: Duration = Duration::from_secs(1);

/// The rooms and the sockets that are in them.
pub struct RoomNamespace {
    state: Mutex<State>,
    clock: Clock,
    config: Arc<Config>,
    next_socket: AtomicU64,
    deadline_changed: Notify,
    written: Notify,
}

struct State {
    rooms: Rooms,
    sockets: HashMap<SocketId, Arc<RoomSocket>>,
}

struct RoomSocket {
    link: Arc<Link>,
    /// Cancelled when the socket is gone, be it with its connection or from the namespace alone.
    gone: CancellationToken,
    connected: Notify,
    deliver: Notify,
    /// What waits now is the last that is written.
    is_last: AtomicBool,
}

/// Why a socket is not let into the namespace; the text is what the client reads.
#[derive(Debug, Clone, Copy)]
enum Unwelcome {
    TooMany,
    NotWebSocket,
    Unknown,
}

impl fmt::Display for Unwelcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooMany => "too many sockets",
            Self::NotWebSocket => "websocket only",
            Self::Unknown => "unknown connection",
        })
    }
}

impl RoomNamespace {
    /// No rooms yet.
    pub fn new(config: Arc<Config>, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State { rooms: Rooms::new(config.limits()), sockets: HashMap::new() }),
            clock,
            config,
            next_socket: AtomicU64::new(0),
            deadline_changed: Notify::new(),
            written: Notify::new(),
        })
    }

    /// Serves the namespace.
    pub fn register(self: &Arc<Self>, io: &SocketIo) {
        let this = Arc::clone(self);
        let admit = move |socket: SocketRef| std::future::ready(this.admit(&socket));
        let connected = |socket: SocketRef| {
            if let Some(room_socket) = socket.extensions.get::<Arc<RoomSocket>>() {
                room_socket.connected.notify_one();
            }
            std::future::ready(())
        };
        io.ns(NAMESPACE, connected.with(admit));
    }

    /// Counts for the metrics.
    pub fn figures(&self) -> Figures {
        self.lock().rooms.figures()
    }

    /// Ends graces and rooms when their time has come. Never returns.
    pub async fn keep_time(&self) {
        loop {
            let deadline_ms = self.lock().rooms.next_deadline_ms();
            tokio::select! {
                () = self.deadline_changed.notified() => {}
                () = tokio::time::sleep_until(self.clock.instant(deadline_ms.unwrap_or(0))), if deadline_ms.is_some() => {
                    self.act(|rooms, now_ms| rooms.advance(now_ms));
                }
            }
        }
    }

    /// Tells everybody that the server closes and returns when that is written. Bounded by the caller.
    pub async fn shut(&self) {
        self.act(|rooms, _| rooms.shut(self.config.closing_retry_ms));
        loop {
            let written = self.written.notified();
            if self.lock().rooms.is_drained() {
                return;
            }
            written.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The machine does not panic; if it did, going on with what it knows is better than refusing everybody.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the machine and does what it orders.
    fn act<T>(&self, action: impl FnOnce(&mut Rooms, u64) -> T) -> T {
        let mut state = self.lock();
        let before = state.rooms.next_deadline_ms();
        let outcome = action(&mut state.rooms, self.clock.now_ms());
        while let Some(output) = state.rooms.poll_output() {
            match output {
                Output::Deliver(id) => {
                    if let Some(socket) = state.sockets.get(&id) {
                        socket.deliver.notify_one();
                    }
                }
                Output::Cut(id, reason) => {
                    if let Some(socket) = state.sockets.get(&id) {
                        tracing::debug!(?reason, "a socket is cut off");
                        match reason {
                            CutReason::TooFast => {
                                socket.is_last.store(true, Ordering::Release);
                                socket.deliver.notify_one();
                            }
                            CutReason::NotReading | CutReason::Replaced => socket.link.cut(),
                        }
                    }
                }
            }
        }
        if state.rooms.next_deadline_ms() != before {
            self.deadline_changed.notify_one();
        }
        outcome
    }

    /// Lets a socket in. Handlers are registered here, before the client hears that it is connected, or its first events
    /// would be lost.
    fn admit(self: &Arc<Self>, socket: &SocketRef) -> Result<(), Unwelcome> {
        let parts = socket.req_parts();
        let caller = parts.extensions.get::<Caller>().ok_or(Unwelcome::Unknown)?;
        let query = parts.uri.query().unwrap_or_default();
        let is_websocket_from_the_start = query.split('&').any(|pair| pair == "transport=websocket")
            && !query.split('&').any(|pair| pair.starts_with("sid="));
        if !is_websocket_from_the_start {
            return Err(Unwelcome::NotWebSocket);
        }
        let id = SocketId(self.next_socket.fetch_add(1, Ordering::Relaxed));
        let room_socket = Arc::new(RoomSocket {
            link: Arc::clone(&caller.link),
            gone: caller.link.ended.child_token(),
            connected: Notify::new(),
            deliver: Notify::new(),
            is_last: AtomicBool::new(false),
        });
        self.act(|rooms, now_ms| rooms.open(id, caller.address, now_ms)).map_err(|_| Unwelcome::TooMany)?;
        self.lock().sockets.insert(id, Arc::clone(&room_socket));

        let this = Arc::clone(self);
        let receiving = Arc::clone(&room_socket);
        socket.on_fallback(move |received: Received| {
            this.receive(id, &receiving, &received);
            std::future::ready(())
        });
        let this = Arc::clone(self);
        socket.on_disconnect(move || {
            this.close(id);
            std::future::ready(())
        });
        socket.extensions.insert(Arc::clone(&room_socket));
        let this = Arc::clone(self);
        let socket = socket.clone();
        tokio::spawn(async move {
            let gone = room_socket.gone.clone();
            gone.run_until_cancelled(this.write(id, &socket, &room_socket)).await;
            this.close(id);
        });
        Ok(())
    }

    fn receive(&self, id: SocketId, room_socket: &RoomSocket, received: &Received) {
        if room_socket.is_last.load(Ordering::Acquire) {
            // It floods and is on its way out: not even worth decoding.
            return;
        }
        let raw = received.raw();
        let asked = request::read(raw, self.config.message_bytes as usize);
        self.act(|rooms, now_ms| {
            rooms.receive(id, asked, raw.text.len(), now_ms, || ice_servers(&self.config, unix_s()));
        });
    }

    fn close(&self, id: SocketId) {
        self.act(|rooms, now_ms| rooms.close(id, now_ms));
        if let Some(socket) = self.lock().sockets.remove(&id) {
            socket.gone.cancel();
        }
        self.written.notify_waiters();
    }

    /// The one writer of a socket. Returns when the socket takes nothing any more.
    async fn write(&self, id: SocketId, socket: &SocketRef, room_socket: &RoomSocket) {
        room_socket.connected.notified().await;
        let link = &room_socket.link;
        loop {
            let batch = self.lock().rooms.take(id);
            if batch.is_empty() {
                if room_socket.is_last.load(Ordering::Acquire) {
                    tokio::time::sleep(LINGER).await;
                    link.cut();
                    return;
                }
                room_socket.deliver.notified().await;
                continue;
            }
            let begun_bytes = link.written_bytes();
            let mut least_bytes = 0;
            for message in &batch {
                if let Err(error) = emit(socket, message) {
                    tracing::debug!(%error, "a socket takes nothing more");
                    link.cut();
                    return;
                }
                least_bytes += message.least_bytes() as u64;
            }
            link.written_up_to(begun_bytes + least_bytes).await;
            self.lock().rooms.written(id);
            self.written.notify_waiters();
        }
    }
}

fn emit(socket: &SocketRef, message: &Outgoing) -> Result<(), SendError> {
    match message {
        Outgoing::Reply(reply) => socket.emit(event::REPLY, reply.as_ref()),
        Outgoing::PeerJoined(peer) => socket.emit(event::PEER_JOINED, &PeerPresence { peer: *peer }),
        Outgoing::PeerLeft(peer) => socket.emit(event::PEER_LEFT, &PeerPresence { peer: *peer }),
        Outgoing::Signal(signal) => socket.emit(event::SIGNAL, signal.as_ref()),
        Outgoing::Closing(closing) => socket.emit(event::SERVER_CLOSING, closing),
    }
}
