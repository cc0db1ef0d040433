//! Drives the plain dialect (docs/protocol.md, section 3.1) by the sockets of namespace `/`: tutorial clients, which start with
//! long-polling and share one lobby.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::FutureExt;
use serde_json::Value;
use socketioxide::{SocketIo, extract::SocketRef, handler::ConnectHandler};

use crate::{
    clock::Clock,
    config::Config,
    guard::Caller,
    plain_lobby::{PlainLobby, Verdict},
    raw_event::Received,
    room::SocketId,
};

/// The three events that are passed on.
const EVENTS: [&str; 3] = ["offer", "answer", "candidate"];
/// Bytes a message may have for each token it costs.
const TOKEN_BYTES: usize = 4_096;

/// The lobby and its sockets.
pub struct PlainNamespace {
    lobby: Mutex<PlainLobby>,
    clock: Clock,
    message_bytes: usize,
    next_socket: AtomicU64,
    passed: AtomicU64,
}

/// Why a socket is not let in.
#[derive(Debug, Clone, Copy)]
struct LobbyFull;

impl fmt::Display for LobbyFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many sockets")
    }
}

impl PlainNamespace {
    /// An empty lobby.
    pub fn new(config: &Config, clock: Clock) -> Arc<Self> {
        let limits = config.limits();
        Arc::new(Self {
            lobby: Mutex::new(PlainLobby::new(config.max_plain_sockets as usize, limits.socket, limits.address)),
            clock,
            message_bytes: config.message_bytes as usize,
            next_socket: AtomicU64::new(0),
            passed: AtomicU64::new(0),
        })
    }

    /// Serves the namespace.
    pub fn register(self: &Arc<Self>, io: &SocketIo) {
        let this = Arc::clone(self);
        let admit = move |socket: SocketRef| std::future::ready(this.admit(&socket));
        let connected = || std::future::ready(());
        io.ns("/", connected.with(admit));
    }

    /// Sockets now, and messages passed on so far.
    pub fn figures(&self) -> (usize, u64) {
        (self.lock().len(), self.passed.load(Ordering::Relaxed))
    }

    fn lock(&self) -> MutexGuard<'_, PlainLobby> {
        self.lobby.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(self: &Arc<Self>, socket: &SocketRef) -> Result<(), LobbyFull> {
        let id = SocketId(self.next_socket.fetch_add(1, Ordering::Relaxed));
        let caller = socket.req_parts().extensions.get::<Caller>().ok_or(LobbyFull)?;
        if !self.lock().open(id, caller.address, self.clock.now_ms()) {
            return Err(LobbyFull);
        }
        // Kept by the socket itself, so that the place is given back even when the socket never gets connected.
        socket.extensions.insert(Arc::new(Place { namespace: Arc::clone(self), id }));
        for event in EVENTS {
            let this = Arc::clone(self);
            socket.on(event, move |socket: SocketRef, received: Received| {
                this.pass_on(id, event, &socket, &received);
                std::future::ready(())
            });
        }
        Ok(())
    }

    fn pass_on(&self, id: SocketId, event: &str, socket: &SocketRef, received: &Received) {
        let raw = received.raw();
        let cost = 1 + u32::try_from(raw.text.len() / TOKEN_BYTES).unwrap_or(u32::MAX - 1);
        match self.lock().judge(id, cost, self.clock.now_ms()) {
            Verdict::Pass => {}
            Verdict::Drop => return,
            Verdict::Cut => {
                tracing::debug!("a plain socket is cut off");
                if let Err(error) = socket.clone().disconnect() {
                    tracing::debug!(%error, "it is gone already");
                }
                return;
            }
        }
        if raw.has_binary || raw.text.len() > self.message_bytes {
            return;
        }
        // The dialect has one argument; none is passed on as null, further ones are not passed on.
        let Ok(Value::Array(arguments)) = serde_json::from_str(raw.text) else { return };
        let argument = arguments.into_iter().nth(1).unwrap_or(Value::Null);
        // On one node the future is ready at once; waiting for it elsewhere would lose the order.
        match socket.broadcast().emit(event, &argument).now_or_never() {
            Some(Ok(())) => {}
            // Somebody does not read; the ping finds the same buffer full and ends that socket.
            Some(Err(error)) => tracing::debug!(%error, "not everybody got a plain message"),
            None => tracing::error!("the adapter did not pass a plain message on at once"),
        }
        self.passed.fetch_add(1, Ordering::Relaxed);
    }
}

/// A socket's place in the lobby.
struct Place {
    namespace: Arc<PlainNamespace>,
    id: SocketId,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.namespace.lock().close(self.id);
    }
}
