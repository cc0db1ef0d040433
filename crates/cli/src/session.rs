//! What `send` and `receive` share: the engine, Ctrl-C, and the way in.

use std::path::PathBuf;

use parlor_client::{Client, ClientConfig, OwnServerAddress};
use parlor_protocol::{
    code::{Failure, FailureCode},
    host::{Command, Event, LinkState, Peer, RoomState},
    negotiation::HostKind,
};
use tokio::{sync::mpsc, time::Instant};

use crate::{args::Common, exit::Exit, line::Line, report::Report};

/// Attempts to reach the server before giving up: some seconds, enough for a network that is just waking.
const ATTEMPTS: u32 = 4;

/// A running engine and the report on it.
pub struct Session {
    pub client: Client,
    pub report: Report,
    events: mpsc::Receiver<Event>,
    interrupts: mpsc::Receiver<()>,
    entered: bool,
    attempts: u32,
}

/// What comes next.
pub enum Next {
    /// The engine says something.
    Event(Event),
    /// The program ends.
    Exit(Exit),
}

impl Session {
    /// Starts an engine whose received files go to `folder`, and whose own leave no faster than so many bytes a second, if any.
    pub fn start(common: &Common, folder: PathBuf, bytes_per_second: Option<u64>) -> Self {
        let agent = concat!("parlor-cli/", env!("CARGO_PKG_VERSION"));
        let mut config = ClientConfig::new(HostKind::Shell, agent, folder);
        config.ice_servers = common.ice_servers.clone();
        config.relay_only = common.relay_only;
        config.bytes_per_second = bytes_per_second;
        config.neighbourhood = common.nearby.into();
        let (client, events) = Client::start(config);
        let report = Report::new(common.json, common.quiet);
        Self { client, report, events, interrupts: interrupts(), entered: false, attempts: 0 }
    }

    /// Rooms that name no server are started there.
    pub async fn use_own_server(&mut self, own: OwnServerAddress) -> Result<(), Exit> {
        self.client.set_own_server(own).await.map_err(|failure| self.failed(&failure))
    }

    /// Passes a wish on; a refusal is reported and ends the program.
    pub async fn command(&mut self, command: Command) -> Result<(), Exit> {
        self.client.command(command).await.map_err(|failure| self.failed(&failure))
    }

    /// Waits for the next event that concerns the caller; troubles of the way end the program here.
    pub async fn next(&mut self) -> Next {
        loop {
            let event = tokio::select! {
                event = self.events.recv() => event,
                Some(()) = self.interrupts.recv() => return Next::Exit(self.interrupted()),
                () = reached(self.report.due()) => {
                    self.report.catch_up();
                    continue;
                }
            };
            let Some(event) = event else {
                return Next::Exit(self.failed(&Failure::new(FailureCode::Internal, "the engine has ended")));
            };
            match &event {
                Event::RoomEntered { .. } => self.entered = true,
                Event::RoomChanged { state, failure } => {
                    if let Some(exit) = self.room_changed(*state, failure.as_ref()) {
                        return Next::Exit(exit);
                    }
                    continue;
                }
                Event::PeerChanged { peer } if peer.link == LinkState::Failed => {
                    if let Some(failure) = &peer.failure {
                        return Next::Exit(self.failed(failure));
                    }
                }
                Event::CommandFailed { failure, .. } => return Next::Exit(self.failed(failure)),
                _ => {}
            }
            return Next::Event(event);
        }
    }

    /// Reports a failure, and says how it ends the program.
    pub fn failed(&mut self, failure: &Failure) -> Exit {
        self.report.failure(failure);
        Exit::of_failure(failure.code)
    }

    /// Reports a peer whose connection is proven.
    pub fn connected(&mut self, peer: &Peer) {
        self.report.line(&Line::Connected { name: &peer.name, host: peer.host, path: peer.path });
        self.report.say(&format!("Connected to {}.", named(&peer.name)));
    }

    /// Leaves the room, which tells the other side, and says the last word.
    pub async fn end(mut self, exit: Exit) -> Exit {
        let client = self.client.clone();
        // Events are read on meanwhile, so that the engine is not held up by them. A room that was never entered, or is closed
        // already, is left all the same.
        let leaving = async move { client.command(Command::LeaveRoom {}).await };
        tokio::pin!(leaving);
        loop {
            tokio::select! {
                _ = &mut leaving => break,
                Some(_) = self.events.recv() => {}
                // Twice Ctrl-C is meant.
                Some(()) = self.interrupts.recv() => break,
            }
        }
        self.report.end(exit);
        exit
    }

    fn room_changed(&mut self, state: RoomState, failure: Option<&Failure>) -> Option<Exit> {
        match (state, failure) {
            (RoomState::Closed, Some(failure)) => Some(self.failed(failure)),
            (RoomState::Closed, None) => Some(Exit::Internal),
            (_, Some(failure)) if !self.entered => {
                self.attempts += 1;
                if self.attempts == 1 {
                    self.report.say("The server does not answer; trying again.");
                }
                (self.attempts >= ATTEMPTS).then(|| self.failed(failure))
            }
            _ => None,
        }
    }

    /// Waits for something that has nothing to do with the engine, unless Ctrl-C comes first.
    pub async fn unless_interrupted<T>(&mut self, waited: impl Future<Output = T>) -> Result<T, Exit> {
        tokio::select! {
            outcome = waited => Ok(outcome),
            Some(()) = self.interrupts.recv() => Err(self.interrupted()),
        }
    }

    fn interrupted(&mut self) -> Exit {
        self.report.complain("Interrupted; telling the other side.");
        Exit::Interrupted
    }
}

/// Ctrl-C and, where there is one, the polite way to end a process. Listened to without pause, so that none is missed.
fn interrupts() -> mpsc::Receiver<()> {
    let (sender, interrupts) = mpsc::channel(1);
    #[cfg(unix)]
    if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        let sender = sender.clone();
        tokio::spawn(async move { while terminated.recv().await.is_some() && sender.send(()).await.is_ok() {} });
    }
    tokio::spawn(async move { while tokio::signal::ctrl_c().await.is_ok() && sender.send(()).await.is_ok() {} });
    interrupts
}

/// Waits for a moment; for ever, if there is none.
pub async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// A peer's name, or what stands for one.
pub fn named(name: &str) -> &str {
    if name.trim().is_empty() { "the other side" } else { name }
}
