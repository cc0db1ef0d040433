//! A server that no authority vouches for, as the app runs one: met by its certificate's fingerprint, and by no other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{net::SocketAddr, time::Duration};

use parlor_client::{
    Client, ClientConfig, OwnServerAddress,
    signaling::{Certificate, ServerAddress, Signaling, SignalingConfig, SignalingEvent},
};
use parlor_protocol::{
    code::FailureCode,
    host::{Command, Event, RoomState},
    id::{PeerId, RoomId},
    negotiation::HostKind,
    spoken_code::{CodeLanguage, CodeState},
};
use parlor_server::{Config, Identity, Server, ServerHandle};
use parlor_trust::{Fingerprint, Invitation};
use tokio::{sync::mpsc, time::timeout};

const PATIENCE: Duration = Duration::from_secs(20);
const TOKEN: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

struct Own {
    _server: ServerHandle,
    sha256: [u8; 32],
    url: String,
    _folder: tempfile::TempDir,
}

async fn own() -> Own {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::keep_in(folder.path()).unwrap();
    let server =
        Server::bind(Config { create_key: Some(TOKEN.to_owned()), ..Config::embedded() }).await.unwrap().spawn();
    let door = server.listen_as(SocketAddr::from(([127, 0, 0, 1], 0)), &identity).await.unwrap();
    Own { _server: server, sha256: identity.sha256(), url: format!("https://{door}"), _folder: folder }
}

impl Own {
    fn address(&self) -> OwnServerAddress {
        OwnServerAddress {
            url: self.url.clone(),
            certificate_sha256: Some(self.sha256),
            create_key: Some(TOKEN.to_owned()),
        }
    }
}

/// What comes of the first attempt to sit down.
async fn first_word(url: &str, certificate: Certificate) -> SignalingEvent {
    let (sender, mut events) = mpsc::channel(16);
    let config = SignalingConfig {
        server: ServerAddress { url: url.parse().unwrap(), certificate },
        room: RoomId([7; 16]),
        token: TOKEN.to_owned(),
        peer: PeerId([1; 16]),
        resume: TOKEN.to_owned(),
        create: true,
        key: Some(TOKEN.to_owned()),
    };
    let _signaling = Signaling::start(config, sender);
    timeout(PATIENCE, events.recv()).await.expect("in time").expect("a word")
}

#[tokio::test]
async fn the_pinned_certificate_is_believed_and_no_other() {
    let own = own().await;
    let right = first_word(&own.url, Certificate::Pinned(Fingerprint(own.sha256))).await;
    assert!(matches!(right, SignalingEvent::Entered(_)), "{right:?}");
    let mut other = own.sha256;
    other[31] ^= 1;
    let wrong = first_word(&own.url, Certificate::Pinned(Fingerprint(other))).await;
    let SignalingEvent::Unreachable { code, .. } = wrong else { panic!("{wrong:?}") };
    assert_eq!(code, FailureCode::ServerCertificate);
    let unpinned = first_word(&own.url, Certificate::Trusted).await;
    let SignalingEvent::Unreachable { code, .. } = unpinned else { panic!("{unpinned:?}") };
    assert_eq!(code, FailureCode::ServerUnreachable, "no authority vouches for it");
}

struct Person {
    client: Client,
    events: mpsc::Receiver<Event>,
    _downloads: tempfile::TempDir,
}

impl Person {
    fn new() -> Self {
        let downloads = tempfile::tempdir().unwrap();
        let (client, events) = Client::start(ClientConfig::new(HostKind::App, "parlor/test", downloads.path()));
        Self { client, events, _downloads: downloads }
    }

    /// The first thing that happens of which `pick` makes something.
    async fn until<T>(&mut self, pick: impl Fn(&Event) -> Option<T>) -> T {
        let wait = async {
            loop {
                let event = self.events.recv().await.expect("the engine lives");
                if let Event::RoomChanged { state: RoomState::Closed, failure } = &event {
                    panic!("not let in: {failure:?}");
                }
                if let Some(picked) = pick(&event) {
                    return picked;
                }
            }
        };
        timeout(PATIENCE, wait).await.expect("in time")
    }

    async fn entered(&mut self) -> String {
        self.until(|event| if let Event::RoomEntered { link, .. } = event { Some(link.clone()) } else { None }).await
    }
}

#[tokio::test]
async fn the_link_carries_the_fingerprint_and_so_does_a_spoken_code() {
    let own = own().await;
    let (mut ada, mut ben, mut cleo) = (Person::new(), Person::new(), Person::new());
    ada.client.set_own_server(own.address()).await.unwrap();
    ada.client.command(Command::StartRoom { server: String::new(), name: "Ada".into() }).await.unwrap();
    let link = ada.entered().await;
    assert_eq!(link.parse::<Invitation>().unwrap().pin(), Some(Fingerprint(own.sha256)));

    ben.client.command(Command::JoinRoom { link: link.clone(), name: "Ben".into() }).await.unwrap();
    assert_eq!(ben.entered().await, link);

    // A guest, who has no key to have rooms made with.
    ben.client.command(Command::OpenCode { language: CodeLanguage::En }).await.unwrap();
    let code = ben
        .until(|event| match event {
            Event::CodeChanged { code } if code.state == CodeState::Waiting => code.text.clone(),
            _ => None,
        })
        .await;
    // Nothing but the address and the words, and the invitation that comes of them is whole.
    cleo.client.command(Command::JoinByCode { server: own.url.clone(), code, name: "Cleo".into() }).await.unwrap();
    assert_eq!(cleo.entered().await, link);
}

#[tokio::test]
async fn nobody_else_has_rooms_made_by_a_server_that_asks_for_a_key() {
    let own = own().await;
    let mut stranger = Person::new();
    let keyless = OwnServerAddress { create_key: None, ..own.address() };
    stranger.client.set_own_server(keyless).await.unwrap();
    stranger.client.command(Command::StartRoom { server: String::new(), name: "Eve".into() }).await.unwrap();
    let refused = async {
        loop {
            if let Event::RoomChanged { state: RoomState::Closed, failure } = stranger.events.recv().await.unwrap() {
                return failure.unwrap().code;
            }
        }
    };
    assert_eq!(timeout(PATIENCE, refused).await.expect("in time"), FailureCode::CreateRefused);
}
