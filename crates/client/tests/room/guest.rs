//! An engine with its events and a home folder, and a server to meet at.

use std::{path::PathBuf, time::Duration};

use parlor_client::{Client, ClientConfig, room::Timings};
use parlor_protocol::{
    host::{Command, Direction, Event, LinkState, Transfer, TransferState},
    id::{PeerId, TextId, TransferId},
    negotiation::HostKind,
};
use parlor_server::{Config, Server, ServerHandle};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Longer than anything here takes on a machine that is busy with other things; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Someone in a room.
pub struct Guest {
    pub client: Client,
    pub home: TempDir,
    pub id: Option<PeerId>,
    events: mpsc::Receiver<Event>,
    seen: Vec<String>,
}

/// A real server on a port of its own.
pub async fn server() -> (ServerHandle, String) {
    server_with(Config::default()).await
}

/// The same, set up otherwise.
pub async fn server_with(config: Config) -> (ServerHandle, String) {
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), ..config };
    let server = Server::bind(config).await.unwrap().spawn();
    let url = format!("http://{}", server.local_addr());
    (server, url)
}

/// Two guests whose connection is proven, Ada having started the room.
pub async fn pair(url: &str) -> (Guest, Guest) {
    let (mut ada, mut bob) = (Guest::new(), Guest::new());
    let link = ada.start_room(url).await;
    bob.join(&link).await;
    ada.connected().await;
    bob.connected().await;
    (ada, bob)
}

impl Guest {
    pub fn new() -> Self {
        Self::with_timings(Timings::default())
    }

    pub fn with_timings(timings: Timings) -> Self {
        Self::with(|config| config.timings = timings)
    }

    /// With a configuration of its own.
    pub fn with(configure: impl FnOnce(&mut ClientConfig)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut config = ClientConfig::new(HostKind::Shell, "test/0", home.path().join("in"));
        configure(&mut config);
        let (client, events) = Client::start(config);
        Self { client, home, id: None, events, seen: Vec::new() }
    }

    pub fn inbox(&self) -> PathBuf {
        self.home.path().join("in")
    }

    pub async fn start_room(&mut self, server: &str) -> String {
        self.wish(Command::StartRoom { server: server.to_owned(), name: "Ada".to_owned() }).await;
        self.entered().await
    }

    pub async fn join(&mut self, link: &str) {
        self.wish(Command::JoinRoom { link: link.to_owned(), name: "Bob".to_owned() }).await;
        self.entered().await;
    }

    pub async fn entered(&mut self) -> String {
        let (id, link) = self
            .until("in the room", |event| match event {
                Event::RoomEntered { self_peer, link, .. } => Some((*self_peer, link.clone())),
                _ => None,
            })
            .await;
        self.id = Some(id);
        link
    }

    /// A command that must be taken.
    pub async fn wish(&self, command: Command) {
        self.client.command(command).await.unwrap();
    }

    /// Waits for a proven connection; whose it is.
    pub async fn connected(&mut self) -> PeerId {
        self.until("connected", |event| match event {
            Event::PeerChanged { peer } if peer.link == LinkState::Connected => {
                assert!(peer.proof.is_some(), "connected means proven");
                Some(peer.id)
            }
            Event::PeerChanged { peer } => {
                assert_eq!(peer.proof, None, "proven means connected");
                None
            }
            _ => None,
        })
        .await
    }

    /// Whether anything that was read so far names this peer.
    pub fn has_heard_of(&self, peer: PeerId) -> bool {
        self.seen.iter().any(|event| event.contains(&peer.to_string()))
    }

    /// Whether anything that was read so far shows a proven connection with this peer.
    pub fn was_proven(&self, peer: PeerId) -> bool {
        let (id, proven) = (peer.to_string(), format!("link: {:?}", LinkState::Connected));
        self.seen.iter().any(|event| event.starts_with("PeerChanged") && event.contains(&id) && event.contains(&proven))
    }

    /// The first event from now on of which `wanted` makes something. Panics when a minute passes or the engine ends.
    pub async fn until<T>(&mut self, what: &str, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        let search = async {
            loop {
                let event = self.events.recv().await.expect("the engine runs");
                let found = wanted(&event);
                self.seen.push(shortened(&event));
                if let Some(found) = found {
                    return found;
                }
            }
        };
        match tokio::time::timeout(PATIENCE, search).await {
            Ok(found) => found,
            Err(_) => panic!("{what}: never happened. Seen: {:#?}", self.seen),
        }
    }

    /// Waits until a transfer is in `state`.
    pub async fn transfer(&mut self, direction: Direction, state: TransferState) -> Transfer {
        self.until(&format!("{direction:?} {state:?}"), |event| match event {
            Event::TransferChanged { transfer } if transfer.direction == direction && transfer.state == state => {
                Some(transfer.clone())
            }
            _ => None,
        })
        .await
    }

    /// Waits for an offer to us.
    pub async fn offered(&mut self) -> TransferId {
        self.transfer(Direction::Receiving, TransferState::Waiting).await.id
    }

    pub async fn offer(&self, peer: PeerId, paths: &[PathBuf]) {
        let mut handles = Vec::new();
        for path in paths {
            handles.push(self.client.register_file(path).await.unwrap().handle);
        }
        self.wish(Command::OfferFiles { peer, handles }).await;
    }

    /// Offers, accepts and waits until both sides have it proven.
    pub async fn hand_over(&mut self, to: &mut Self, paths: &[PathBuf]) -> (Transfer, Vec<PathBuf>) {
        self.offer(to.id.unwrap(), paths).await;
        let transfer = to.offered().await;
        to.wish(Command::AcceptTransfer { transfer, without: Vec::new() }).await;
        let received = to.transfer(Direction::Receiving, TransferState::Proven).await;
        let sent = self.transfer(Direction::Sending, TransferState::Proven).await;
        assert_eq!((sent.id, sent.stored_bytes), (transfer, sent.total_bytes));
        (received, to.client.received_paths(transfer).await.unwrap())
    }

    pub async fn write(&self, n: u8, body: &str) {
        self.wish(Command::SendText { id: TextId([n; 16]), body: body.to_owned() }).await;
    }

    /// Waits for a text.
    pub async fn reads(&mut self) -> String {
        self.until("a text", |event| match event {
            Event::TextReceived { body, .. } => Some(body.clone()),
            _ => None,
        })
        .await
    }

    /// Waits until the peer has our text.
    pub async fn delivered(&mut self, n: u8) {
        self.until("delivered", |event| match event {
            Event::TextDelivered { id, .. } => (*id == TextId([n; 16])).then_some(()),
            _ => None,
        })
        .await;
    }

    /// Waits for both, which come in any order: our text has arrived, and the other's is here.
    pub async fn told_and_read(&mut self, n: u8, body: &str) {
        let (mut told, mut read) = (false, false);
        self.until("delivered and read", |event| {
            match event {
                Event::TextDelivered { id, .. } => told |= *id == TextId([n; 16]),
                Event::TextReceived { body: written, .. } => read |= written == body,
                _ => {}
            }
            (told && read).then_some(())
        })
        .await;
    }

    /// Waits until somebody is gone; whether with a goodbye.
    pub async fn left(&mut self) -> bool {
        self.until("a peer left", |event| match event {
            Event::PeerLeft { said_bye, .. } => Some(*said_bye),
            _ => None,
        })
        .await
    }
}

/// An event for a message of failure: thousands of entries tell nothing.
fn shortened(event: &Event) -> String {
    let mut text = format!("{event:?}");
    text.truncate(text.char_indices().nth(400).map_or(text.len(), |(end, _)| end));
    text
}
