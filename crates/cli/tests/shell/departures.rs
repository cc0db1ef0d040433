//! Senders that leave while the room lives on.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use parlor_client::{Client, ClientConfig};
use parlor_protocol::{
    host::{Command, Event, LinkState},
    id::{PeerId, TextId},
    negotiation::HostKind,
};
use tokio::sync::mpsc;

use crate::running::{Running, server};

/// What a receiver waits for somebody to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody with the app.
struct Person {
    client: Client,
    events: mpsc::Receiver<Event>,
    connected: HashSet<PeerId>,
}

impl Person {
    fn new() -> Self {
        let config = ClientConfig::new(HostKind::App, "test/0", std::env::temp_dir());
        let (client, events) = Client::start(config);
        Self { client, events, connected: HashSet::new() }
    }

    async fn start_room(&mut self, server: &str) -> String {
        let command = Command::StartRoom { server: server.to_owned(), name: "Ada".to_owned() };
        self.client.command(command).await.unwrap();
        loop {
            if let Event::RoomEntered { link, .. } = self.events.recv().await.unwrap() {
                return link;
            }
        }
    }

    async fn join(&mut self, link: &str) {
        let command = Command::JoinRoom { link: link.to_owned(), name: "Ada".to_owned() };
        self.client.command(command).await.unwrap();
    }

    /// Waits for one more to be connected.
    async fn connected(&mut self) {
        loop {
            let event = self.events.recv().await.unwrap();
            let Event::PeerChanged { peer } = event else { continue };
            if peer.link == LinkState::Connected && self.connected.insert(peer.id) {
                return;
            }
        }
    }

    async fn say(&mut self, body: &str) {
        let command = Command::SendText { id: TextId([7; 16]), body: body.to_owned() };
        self.client.command(command).await.unwrap();
        while !matches!(self.events.recv().await.unwrap(), Event::TextDelivered { .. }) {}
    }

    async fn leave(&mut self) {
        self.connected.clear();
        let client = self.client.clone();
        let leaving = client.command(Command::LeaveRoom {});
        tokio::pin!(leaving);
        loop {
            tokio::select! {
                left = &mut leaving => return left.unwrap(),
                Some(_) = self.events.recv() => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_left_without_sending_is_not_waited_for_for_ever() {
    let (_server, url) = server().await;
    let mut ada = Person::new();
    let link = ada.start_room(&url).await;
    let receiver = Running::start(&["receive", &link, "--yes"]);
    ada.connected().await;
    ada.leave().await;
    let left = Instant::now();
    let (code, lines, told, _) = receiver.end().await;
    assert_eq!((code, lines), (9, vec![]), "{told}");
    assert!(told.contains("The sender left. Waiting 10 seconds"), "{told}");
    assert!(told.contains("did not come back"), "{told}");
    let waited = left.elapsed();
    assert!(waited > PATIENCE - Duration::from_secs(3) && waited < PATIENCE * 3, "{waited:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_comes_back_in_time_is_heard() {
    let (_server, url) = server().await;
    let mut ada = Person::new();
    let link = ada.start_room(&url).await;
    let receiver = Running::start(&["receive", &link, "--yes"]);
    ada.connected().await;
    ada.leave().await;
    ada.join(&link).await;
    ada.connected().await;
    // Longer than it would wait for somebody who is gone.
    tokio::time::sleep(PATIENCE + Duration::from_secs(3)).await;
    ada.say("here I am").await;
    ada.leave().await;
    let (code, lines, told, _) = receiver.end().await;
    assert_eq!((code, lines), (0, vec!["here I am".to_owned()]), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_receivers_do_not_wait_for_each_other() {
    let (_server, url) = server().await;
    let mut ada = Person::new();
    let link = ada.start_room(&url).await;
    let first = Running::start(&["receive", &link, "--yes"]);
    ada.connected().await;
    let second = Running::start(&["receive", &link, "--yes", "--into", "-"]);
    ada.connected().await;
    ada.say("hello").await;
    ada.leave().await;
    let (first, second) = tokio::join!(first.end(), second.end());
    // The one has what it came for; the other wanted a file.
    assert_eq!((first.0, first.1), (0, vec!["hello".to_owned()]), "{}", first.2);
    assert_eq!((second.0, second.1), (9, vec![]), "{}", second.2);
    assert!(first.2.contains("Waiting 10 seconds"), "{}", first.2);
}
