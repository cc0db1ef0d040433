//! Drives the supervisor: carries its outputs to a transport and a clock, and what happens there back into it.
//!
//! Nothing here waits for the owner to read its events: what cannot be handed over yet is kept, and while much is kept nothing more
//! is read from the server, which slows it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use parlor_protocol::code::FailureCode;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};

use super::{
    OUTBOX_MESSAGES, Order, ServerAddress, SignalingConfig, SignalingEvent,
    supervisor::{Input, Output, Supervisor},
    transport::{Connection, Inbound, Request, Transport, TransportError},
};

/// What the server may send ahead of us.
const INBOX: usize = 64;
/// Events kept for an owner that does not read.
const UNTOLD: usize = 64;
/// Requests under way to the network: every signal, and what little else there is.
const REQUESTS: usize = OUTBOX_MESSAGES + 16;
/// How long the network may take to accept a request.
const EMIT: Duration = Duration::from_secs(5);
/// How long an ended connection may take to say so.
const CLOSE: Duration = Duration::from_secs(2);

type Connecting = BoxFuture<'static, Result<Box<dyn Connection>, TransportError>>;

/// What exists of the one connection there may be at a time.
#[derive(Default)]
struct Link {
    connecting: Option<Connecting>,
    inbox: Option<mpsc::Receiver<Inbound>>,
    /// For the writer, which tells here when the network does not take a request.
    inbox_sender: Option<mpsc::Sender<Inbound>>,
    requests: Option<mpsc::Sender<Request>>,
}

/// Runs until the supervisor has finished and its last event was handed over.
pub(super) async fn run(
    config: SignalingConfig,
    transport: Arc<dyn Transport>,
    seed: u64,
    mut orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<SignalingEvent>,
) {
    let begun = Instant::now();
    let server = config.server.clone();
    let mut supervisor = Supervisor::new(config, seed);
    let mut link = Link::default();
    let mut untold = VecDeque::new();
    supervisor.handle(Duration::ZERO, Input::TimePassed);
    loop {
        while let Some(output) = supervisor.poll_output() {
            match output {
                Output::Connect => link.begin(&transport, &server),
                Output::Emit(request) => {
                    if let Some(detail) = link.emit(request) {
                        supervisor.handle(begun.elapsed(), Input::Received(Inbound::Broken { detail }));
                    }
                }
                Output::Disconnect => link = Link::default(),
                Output::Tell(event) => untold.push_back(event),
                Output::Finish => return hand_over(untold, orders, &events).await,
            }
        }
        let deadline = begun
            + supervisor.deadline().unwrap_or(Duration::MAX / 4).min(Duration::from_secs(3_600) + begun.elapsed());
        let input = tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Signal { to, body, taken }) => {
                    // Whoever asked may have stopped waiting; the signal is taken all the same.
                    let _ = taken.send(supervisor.order_signal(begun.elapsed(), to, body));
                    continue;
                }
                Some(Order::Withdraw { peers }) => {
                    supervisor.order_withdrawal(peers);
                    continue;
                }
                Some(Order::Leave) => Input::LeaveOrdered,
                None => Input::Abandoned,
            },
            input = link.happened(), if untold.len() < UNTOLD => input,
            permit = events.reserve(), if !untold.is_empty() => match permit {
                Ok(permit) => {
                    if let Some(event) = untold.pop_front() {
                        permit.send(event);
                    }
                    continue;
                }
                // Nobody listens any more.
                Err(_) => { untold.clear(); Input::Abandoned }
            },
            () = sleep_until(deadline) => Input::TimePassed,
        };
        supervisor.handle(begun.elapsed(), input);
    }
}

/// Hands over the last events, unless the owner leaves without reading them.
async fn hand_over(
    untold: VecDeque<SignalingEvent>,
    mut orders: mpsc::Receiver<Order>,
    events: &mpsc::Sender<SignalingEvent>,
) {
    // Closing lets `leave` and dropping through and makes later signals err; what was ordered before is answered by dropping it.
    orders.close();
    while let Ok(order) = orders.try_recv() {
        drop(order);
    }
    for event in untold {
        // An owner that waits in `leave` does not read: it gets the end as the end of the channel.
        if timeout(CLOSE / 4, events.send(event)).await.is_err() {
            return;
        }
    }
}

impl Link {
    fn begin(&mut self, transport: &Arc<dyn Transport>, server: &ServerAddress) {
        let (sender, inbox) = mpsc::channel(INBOX);
        let (transport, server, for_transport) = (Arc::clone(transport), server.clone(), sender.clone());
        *self = Self {
            connecting: Some(async move { transport.connect(&server, for_transport).await }.boxed()),
            inbox: Some(inbox),
            inbox_sender: Some(sender),
            requests: None,
        };
    }

    /// What happens next on the connection. Never resolves without one. Cancel-safe.
    async fn happened(&mut self) -> Input {
        if let Some(connecting) = &mut self.connecting {
            let made = connecting.await;
            self.connecting = None;
            match (made, self.inbox_sender.take()) {
                (Ok(connection), Some(inbox)) => {
                    let (requests, taken) = mpsc::channel(REQUESTS);
                    self.requests = Some(requests);
                    tokio::spawn(write(connection, taken, inbox));
                }
                (Err(error), _) => return Input::ConnectFailed { code: error.code(), detail: error.to_string() },
                (Ok(_), None) => {
                    let (code, detail) = (FailureCode::ServerUnreachable, "a connection came twice".to_owned());
                    return Input::ConnectFailed { code, detail };
                }
            }
        }
        let Some(inbox) = &mut self.inbox else { return std::future::pending().await };
        match inbox.recv().await {
            Some(inbound) => Input::Received(inbound),
            None => {
                self.inbox = None;
                Input::Received(Inbound::Broken { detail: "the connection has ended".to_owned() })
            }
        }
    }

    /// Passes a request to the writer, or says why not.
    fn emit(&self, request: Request) -> Option<String> {
        let Some(requests) = &self.requests else { return Some("no connection".to_owned()) };
        requests.try_send(request).err().map(|error| match error {
            mpsc::error::TrySendError::Full(_) => "the network takes nothing".to_owned(),
            mpsc::error::TrySendError::Closed(_) => "the connection has ended".to_owned(),
        })
    }
}

/// Writes requests in order until the link is dropped, then ends the connection.
async fn write(connection: Box<dyn Connection>, mut requests: mpsc::Receiver<Request>, inbox: mpsc::Sender<Inbound>) {
    while let Some(request) = requests.recv().await {
        let detail = match timeout(EMIT, connection.emit(request)).await {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the network takes nothing".to_owned(),
        };
        requests.close();
        // Nobody reads it when the link was dropped meanwhile.
        drop(inbox.send(Inbound::Broken { detail }).await);
        break;
    }
    if timeout(CLOSE, connection.close()).await.is_err() {
        tracing::debug!("the connection did not take its end");
    }
}
