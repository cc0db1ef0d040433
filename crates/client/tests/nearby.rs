//! Codes that are announced in the local network, here over loopback: the right one is found and opened by its words, and of a hundred false ones
//! none is believed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::HashMap, net::SocketAddr, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mdns_sd::{IfKind, ServiceDaemon, ServiceInfo};
use parlor_client::{
    Client, ClientConfig, Neighbourhood, OwnServerAddress,
    signaling::{Certificate, ServerAddress, Signaling, SignalingConfig, SignalingEvent},
};
use parlor_protocol::{
    code::FailureCode,
    host::{Command, Event, NearbyRoom, RoomState},
    id::PeerId,
    negotiation::HostKind,
    spoken_code::{CodeLanguage, CodeState},
};
use parlor_server::{Config, Identity, Server, ServerHandle};
use parlor_trust::{CodeMessage, CodeOwner, CodeRoom, Fingerprint, Invitation, Language, SpokenCode};
use tokio::{sync::mpsc, time::timeout};

const PATIENCE: Duration = Duration::from_secs(60);
const FALSE_ONES: usize = 100;

struct Own {
    _server: ServerHandle,
    sha256: [u8; 32],
    door: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Own {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::keep_in(folder.path()).unwrap();
        // Everybody comes from one address here.
        let config = Config { join_rate: 100_000, join_burst: 100_000, ..Config::embedded() };
        let server = Server::bind(config).await.unwrap().spawn();
        let door = server.listen_as(SocketAddr::from(([127, 0, 0, 1], 0)), &identity).await.unwrap();
        Self { _server: server, sha256: identity.sha256(), door, _folder: folder }
    }

    fn url(&self) -> String {
        format!("https://{}", self.door)
    }

    fn address(&self) -> OwnServerAddress {
        OwnServerAddress { url: self.url(), certificate_sha256: Some(self.sha256), create_key: None }
    }
}

struct Person {
    client: Client,
    events: mpsc::Receiver<Event>,
    _downloads: tempfile::TempDir,
}

impl Person {
    fn new(neighbourhood: Neighbourhood) -> Self {
        let downloads = tempfile::tempdir().unwrap();
        let mut config = ClientConfig::new(HostKind::App, "parlor/test", downloads.path());
        config.neighbourhood = neighbourhood;
        let (client, events) = Client::start(config);
        Self { client, events, _downloads: downloads }
    }

    async fn wish(&self, command: Command) {
        self.client.command(command).await.unwrap();
    }

    /// The first thing that happens of which `pick` makes something.
    async fn until<T>(&mut self, what: &str, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        let wait = async {
            loop {
                let event = self.events.recv().await.expect("the engine lives");
                if let Some(picked) = pick(&event) {
                    return picked;
                }
            }
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("not in time: {what}"))
    }

    async fn entered(&mut self) -> String {
        self.until("entered", |event| match event {
            Event::RoomEntered { link, .. } => Some(link.clone()),
            _ => None,
        })
        .await
    }

    async fn neighbours(&mut self, what: &str, is_it: impl Fn(&[NearbyRoom]) -> bool) -> Vec<NearbyRoom> {
        self.until(what, |event| match event {
            Event::NearbyChanged { rooms } if is_it(rooms) => Some(rooms.clone()),
            _ => None,
        })
        .await
    }

    async fn opens_a_code_at(&mut self, own: &Own) -> String {
        self.client.set_own_server(own.address()).await.unwrap();
        self.wish(Command::StartRoom { server: String::new(), name: "Ada\u{7}".into() }).await;
        self.entered().await;
        self.wish(Command::OpenCode { language: CodeLanguage::En }).await;
        self.until("a code", |event| match event {
            Event::CodeChanged { code } if code.state == CodeState::Waiting => code.text.clone(),
            _ => None,
        })
        .await
    }

    async fn refused(&mut self) -> FailureCode {
        self.until("not let in", |event| match event {
            Event::RoomChanged { state: RoomState::Closed, failure: Some(failure) } => Some(failure.code),
            Event::RoomEntered { .. } => panic!("let in by somebody false"),
            _ => None,
        })
        .await
    }
}

fn number_of(code: &str) -> u32 {
    code.split('-').next().and_then(|number| number.parse().ok()).expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_waits_in_the_network_is_found_lets_in_and_is_gone() {
    let own = Own::start().await;
    let (mut ada, mut ben) = (Person::new(Neighbourhood::Device), Person::new(Neighbourhood::Device));
    ben.wish(Command::LookNearby { on: true }).await;
    let code = ada.opens_a_code_at(&own).await;
    let expected = NearbyRoom { name: "Ada".into(), server: own.url(), number: number_of(&code) };
    let found = ben.neighbours("Ada is found", |rooms| rooms.contains(&expected)).await;
    let server = found.into_iter().find(|room| *room == expected).unwrap().server;
    ben.wish(Command::JoinByCode { server, code, name: "Ben".into() }).await;
    let link = ben.entered().await;
    assert_eq!(link.parse::<Invitation>().unwrap().pin(), Some(Fingerprint(own.sha256)));
    ben.neighbours("the used code is taken back", |rooms| !rooms.contains(&expected)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_announced_where_nobody_wants_it() {
    let own = Own::start().await;
    let (mut ada, mut cem) = (Person::new(Neighbourhood::Nowhere), Person::new(Neighbourhood::Device));
    let mut ben = Person::new(Neighbourhood::Device);
    ben.wish(Command::LookNearby { on: true }).await;
    let hidden = number_of(&ada.opens_a_code_at(&own).await);
    // Once a later one is found, an earlier one would have been.
    let shown = number_of(&cem.opens_a_code_at(&own).await);
    let found = ben.neighbours("the later one", |rooms| rooms.iter().any(|room| room.number == shown)).await;
    assert!(found.iter().all(|room| room.number != hidden), "{found:?}");
}

/// Waits behind a number at a server and tries each guest's words against others.
async fn eve(own: &Own, number: u32) -> tokio::task::JoinHandle<()> {
    let room = CodeRoom::new(number);
    let peer = PeerId([0xEE; 16]);
    let config = SignalingConfig {
        server: ServerAddress {
            url: own.url().parse().unwrap(),
            certificate: Certificate::Pinned(Fingerprint(own.sha256)),
        },
        room: room.room(),
        token: room.token().to_owned(),
        peer,
        resume: URL_SAFE_NO_PAD.encode([0xEE; 32]),
        create: true,
        key: None,
    };
    let (sender, mut events) = mpsc::channel(64);
    let signaling = Signaling::start(config, sender);
    let first = timeout(PATIENCE, events.recv()).await.unwrap().unwrap();
    assert!(matches!(first, SignalingEvent::Entered(_)), "{first:?}");
    let invitation = Invitation::new(&own.url(), [0xEE; 32]).unwrap();
    tokio::spawn(async move {
        let mut owners = HashMap::new();
        while let Some(event) = events.recv().await {
            let SignalingEvent::Signal { from, body } = event else { continue };
            let said = String::from_utf8(URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
            let owner = owners.entry(from).or_insert_with(|| {
                CodeOwner::new(SpokenCode::new(number, Language::English, [7; 4]).unwrap(), peer, 0)
            });
            let message = CodeMessage::parse(&said).unwrap();
            if let Ok(answer) = owner.message_received(from, &message, &invitation, &[9; 64], 1) {
                let text = serde_json::to_vec(&answer).unwrap();
                signaling.signal(from, URL_SAFE_NO_PAD.encode(text)).await.unwrap();
            }
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_false_services_of_our_name_none_is_verified() {
    let (own, evil) = (Own::start().await, Own::start().await);
    let mut ada = Person::new(Neighbourhood::Nowhere);
    let code = ada.opens_a_code_at(&own).await;
    let number = number_of(&code);
    let eve = eve(&evil, number).await;
    let daemon = ServiceDaemon::new().unwrap();
    daemon.disable_interface(IfKind::All).unwrap();
    daemon.enable_interface(IfKind::LoopbackV4).unwrap();
    let mut ben = Person::new(Neighbourhood::Device);
    ben.wish(Command::LookNearby { on: true }).await;
    let number_said = number.to_string();
    for n in 0..FALSE_ONES {
        let properties = [("v", "1"), ("number", number_said.as_str()), ("name", "Ada")];
        let (label, host) = (format!("false-{n}"), format!("false-{n}.local."));
        let mut service =
            ServiceInfo::new("_parlor._tcp.local.", &label, &host, "127.0.0.1", evil.door.port(), &properties[..])
                .unwrap();
        service.set_requires_probe(false);
        // The daemon takes so many orders at once.
        while let Err(error) = daemon.register(service.clone()) {
            assert_eq!(error, mdns_sd::Error::Again);
            tokio::task::yield_now().await;
        }
    }
    // They are many and kept within a bound.
    let found = ben.neighbours("they are found", |rooms| rooms.len() == 64).await;
    assert!(found.iter().all(|room| room.name == "Ada" && room.server == evil.url()), "{found:?}");
    for NearbyRoom { server, .. } in found {
        ben.wish(Command::JoinByCode { server, code: code.clone(), name: "Ben".into() }).await;
        assert_eq!(ben.refused().await, FailureCode::CodeWrong);
    }
    // The code was tried at none of its owner's, and still lets in.
    ben.wish(Command::JoinByCode { server: own.url(), code, name: "Ben".into() }).await;
    ben.entered().await;
    eve.abort();
    daemon.shutdown().unwrap();
}
