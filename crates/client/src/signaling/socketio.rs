//! Socket.IO by `rust_socketio`: the only file that names it.
//!
//! The crate's own reconnect and acknowledgements are not used: the former spins after long outages, the latter mix up calls. Its
//! handlers run in its receive task, so they only push into a queue. Server events named `open`, `close`, `error` (in any case of
//! letters) run the same handlers as the connection's own states; so the first of those only says "connected", once, and the
//! others only raise a suspicion, which the supervisor proves by a heartbeat. Event names without a handler are ignored, which
//! makes the names registered here the allow-list.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use futures_util::FutureExt;
use parlor_protocol::{
    limits::MESSAGE_BYTES,
    signaling::{NAMESPACE, SignalDelivered, event},
};
use rust_socketio::{
    Event, Payload, TransportType,
    asynchronous::{Client, ClientBuilder},
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::mpsc;
use url::Url;

use super::{
    ServerAddress, tls,
    transport::{Connection, Inbound, Request, Transport, TransportError},
};

/// Longest text of an error that is kept for the log.
const DETAIL_CHARS: usize = 200;

/// Makes Socket.IO connections, over WebSocket only: with long-polling the crate breaks above 8 KB.
pub(super) struct SocketIo;

struct SocketIoConnection(Client);

#[async_trait]
impl Transport for SocketIo {
    async fn connect(
        &self,
        server: &ServerAddress,
        inbox: mpsc::Sender<Inbound>,
    ) -> Result<Box<dyn Connection>, TransportError> {
        let tls = tls::connector(server).await?;
        let connected = Arc::new(AtomicBool::new(false));
        let opened = inbox.clone();
        let builder = ClientBuilder::new(endpoint(&server.url))
            .namespace(NAMESPACE)
            .transport_type(TransportType::Websocket)
            .reconnect(false)
            .on(Event::Connect, move |_, _| {
                let first = !connected.swap(true, Ordering::AcqRel);
                let opened = opened.clone();
                async move {
                    if first {
                        push(opened, Inbound::Connected).await;
                    }
                }
                .boxed()
            });
        let builder = match tls {
            Some(tls) => builder.tls_config(tls),
            None => builder,
        };
        let builder = suspecting(builder, Event::Error, &inbox);
        let builder = suspecting(builder, Event::Close, &inbox);
        let builder = reading(builder, event::REPLY, &inbox, Inbound::Reply);
        let builder = reading(builder, event::PEER_JOINED, &inbox, Inbound::PeerJoined);
        let builder = reading(builder, event::PEER_LEFT, &inbox, Inbound::PeerLeft);
        let builder = reading(builder, event::SERVER_CLOSING, &inbox, Inbound::ServerClosing);
        let builder = reading(builder, event::SIGNAL, &inbox, |signal: SignalDelivered| {
            if signal.body.len() > MESSAGE_BYTES {
                return Inbound::Malformed { event: event::SIGNAL };
            }
            Inbound::Signal(signal)
        });
        let client = builder.connect().await.map_err(|error| TransportError::Failed(detail(&error.to_string())))?;
        Ok(Box::new(SocketIoConnection(client)))
    }
}

#[async_trait]
impl Connection for SocketIoConnection {
    async fn emit(&self, request: Request) -> Result<(), TransportError> {
        match request {
            Request::Join(join) => self.send(event::JOIN, &join).await,
            Request::Signal(signal) => self.send(event::SIGNAL, &signal).await,
            Request::Leave(leave) => self.send(event::LEAVE, &leave).await,
            Request::Withdraw(withdraw) => self.send(event::WITHDRAW, &withdraw).await,
            Request::Heartbeat(heartbeat) => self.send(event::HEARTBEAT, &heartbeat).await,
        }
    }

    async fn close(&self) {
        // On a dead link this errs; there is nothing left to end then.
        if let Err(error) = self.0.disconnect().await {
            tracing::debug!(%error, "the connection had ended before");
        }
    }
}

impl SocketIoConnection {
    async fn send(&self, event: &'static str, request: &impl Serialize) -> Result<(), TransportError> {
        let value = serde_json::to_value(request).map_err(|error| TransportError::Failed(error.to_string()))?;
        self.0.emit(event, value).await.map_err(|error| TransportError::Failed(detail(&error.to_string())))
    }
}

/// Where Socket.IO lives below the server's base URL. The crate adds its path only to an empty one.
fn endpoint(server: &Url) -> String {
    let mut endpoint = server.clone();
    endpoint.set_query(None);
    endpoint.set_fragment(None);
    endpoint.set_path(&format!("{}/socket.io/", server.path().trim_end_matches('/')));
    endpoint.into()
}

/// Registers a handler that turns events named `name` into what `inbound` makes of them.
fn reading<T, F>(builder: ClientBuilder, name: &'static str, inbox: &mpsc::Sender<Inbound>, inbound: F) -> ClientBuilder
where
    T: DeserializeOwned,
    F: Fn(T) -> Inbound + Send + Sync + 'static,
{
    let inbox = inbox.clone();
    builder.on(name, move |payload, _| {
        let read = first(payload).and_then(|value| serde_json::from_value(value).ok());
        let happened = read.map_or(Inbound::Malformed { event: name }, &inbound);
        push(inbox.clone(), happened).boxed()
    })
}

/// Registers a handler for what may be a state of the connection or a server event of the same name.
fn suspecting(builder: ClientBuilder, event: Event, inbox: &mpsc::Sender<Inbound>) -> ClientBuilder {
    let inbox = inbox.clone();
    builder.on(event.clone(), move |payload, _| {
        let text = first(payload).map_or_else(String::new, |value| value.to_string());
        push(inbox.clone(), Inbound::Suspect { detail: detail(&format!("{event}: {text}")) }).boxed()
    })
}

fn first(payload: Payload) -> Option<serde_json::Value> {
    match payload {
        Payload::Text(values) => values.into_iter().next(),
        // Binary is no part of the protocol, the string form is the crate's past.
        _ => None,
    }
}

/// Waits for room, so that a slow reader slows the server instead of losing what it sent.
async fn push(inbox: mpsc::Sender<Inbound>, happened: Inbound) {
    // The supervisor has given this connection up: what still comes over it is nobody's.
    drop(inbox.send(happened).await);
}

fn detail(text: &str) -> String {
    text.chars().take(DETAIL_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn socket_io_is_found_below_any_base() {
        for (base, wanted) in [
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000/socket.io/"),
            ("http://127.0.0.1:5000/", "http://127.0.0.1:5000/socket.io/"),
            ("https://example.org/parlor", "https://example.org/parlor/socket.io/"),
            ("https://example.org/parlor/?a=1#b", "https://example.org/parlor/socket.io/"),
        ] {
            assert_eq!(endpoint(&Url::parse(base).unwrap()), wanted);
        }
    }
}
