//! A peer built from parts, so that it can break every rule: it holds the invitation and does with it what it likes.

use std::{str::FromStr, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use parlor_client::{
    link::{DataLink, EVENTS, LinkConfig, LinkError, LinkEvent},
    signaling::{Signaling, SignalingConfig, SignalingEvent},
};
use parlor_protocol::{
    control::{Control, Seen},
    id::PeerId,
    negotiation::{HostKind, Plane, Sealed},
};
use parlor_trust::{About, Epoch, Fingerprint, Handshake, Invitation, Nonce, RoomKeys};
use tokio::sync::mpsc;

const PATIENCE: Duration = Duration::from_secs(60);

/// The stranger.
pub struct Stranger {
    pub signaling: Signaling,
    pub host: PeerId,
    keys: RoomKeys,
    id: PeerId,
    signals: mpsc::Receiver<SignalingEvent>,
    nonces: u8,
    /// What it makes of its own descriptions before it seals them.
    edit: fn(&str) -> String,
}

/// What became of a connection that it tried to open.
pub enum Opening {
    Open(Box<OpenLink>),
    /// Its own side gave up.
    Failed(LinkError),
}

/// Its open connection.
pub struct OpenLink {
    pub link: DataLink,
    pub events: mpsc::Receiver<LinkEvent>,
    epoch: Epoch,
    fingerprints: (Fingerprint, Fingerprint),
    /// Negotiation may go on while the connection lives.
    _signals: mpsc::Receiver<SignalingEvent>,
    _signaling: Signaling,
}

struct Seated {
    stranger: Stranger,
    joined: Vec<PeerId>,
}

impl Stranger {
    /// Enters the room in which `host` sits.
    pub async fn enter(link: &str, host: PeerId) -> Self {
        let stranger = Self::take_seat(link, host, false).await;
        assert_eq!(stranger.joined, [host]);
        stranger.stranger
    }

    /// Starts a room, which somebody else then enters.
    pub async fn start(link: &str) -> Self {
        Self::take_seat(link, PeerId([0; 16]), true).await.stranger
    }

    /// Waits for who enters.
    pub async fn meet(&mut self) {
        loop {
            if let SignalingEvent::PeerJoined(peer) = self.event().await {
                self.host = peer;
                return;
            }
        }
    }

    /// From now on it lies in its descriptions.
    pub fn lie(mut self, edit: fn(&str) -> String) -> Self {
        self.edit = edit;
        self
    }

    async fn take_seat(link: &str, host: PeerId, create: bool) -> Seated {
        let invitation = Invitation::from_str(link).unwrap();
        let keys = invitation.keys();
        // The largest id: the polite one, which expects offers as the newcomer makes them.
        let id = PeerId([0xff; 16]);
        let config = SignalingConfig {
            server: invitation.server().parse().unwrap(),
            room: keys.room(),
            token: keys.token().to_owned(),
            peer: id,
            resume: URL_SAFE_NO_PAD.encode([9; 32]),
            create,
            key: None,
        };
        let (sender, mut signals) = mpsc::channel(64);
        let signaling = Signaling::start(config, sender);
        loop {
            match tokio::time::timeout(PATIENCE, signals.recv()).await.unwrap().unwrap() {
                SignalingEvent::Entered(joined) => {
                    let stranger = Self { signaling, host, keys, id, signals, nonces: 0, edit: str::to_owned };
                    return Seated { stranger, joined: joined.peers };
                }
                SignalingEvent::Unreachable { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    fn nonce<const N: usize>(&mut self) -> [u8; N] {
        self.nonces += 1;
        [self.nonces; N]
    }

    async fn event(&mut self) -> SignalingEvent {
        tokio::time::timeout(PATIENCE, self.signals.recv()).await.unwrap().unwrap()
    }

    async fn signal(&mut self) -> String {
        loop {
            match self.event().await {
                SignalingEvent::Signal { from, body } => {
                    assert_eq!(from, self.host);
                    return body;
                }
                SignalingEvent::PeerLeft(_) => panic!("the host left"),
                _ => {}
            }
        }
    }

    /// Says hello to the host, and hears no answer until that leaves.
    pub async fn greets_in_vain(&mut self, host_leaves: impl Future<Output = ()>) {
        let about = About { name: "Stranger".into(), agent: "stranger/0".into(), host: HostKind::Shell };
        let mut handshake = Handshake::new(&self.keys, self.id, self.host);
        let nonce = Nonce(self.nonce());
        let hello = handshake.begin(nonce).hello(&about);
        let nonce = self.nonce();
        let body = self.keys.seal_hello(self.id, self.host, &hello, nonce).unwrap();
        self.signaling.signal(self.host, body).await.unwrap();
        host_leaves.await;
        loop {
            match self.event().await {
                SignalingEvent::PeerLeft(peer) if peer == self.host => return,
                SignalingEvent::Signal { from, .. } => panic!("{from} spoke with a stranger"),
                _ => {}
            }
        }
    }

    /// Shakes hands like an honest peer.
    pub async fn shake_hands(&mut self) -> Epoch {
        let about = About { name: "Stranger".into(), agent: "stranger/0".into(), host: HostKind::Shell };
        let mut handshake = Handshake::new(&self.keys, self.id, self.host);
        let nonce = Nonce(self.nonce());
        let hello = handshake.begin(nonce).hello(&about);
        let nonce = self.nonce();
        let body = self.keys.seal_hello(self.id, self.host, &hello, nonce).unwrap();
        self.signaling.signal(self.host, body).await.unwrap();
        loop {
            let body = self.signal().await;
            let hello = self.keys.open_hello(self.host, self.id, &body).unwrap();
            let nonce = Nonce(self.nonce());
            let step = handshake.hello_received(&hello, nonce).unwrap();
            if let Some(greeting) = step.send {
                let nonce = self.nonce();
                let body = self.keys.seal_hello(self.id, self.host, &greeting.hello(&about), nonce).unwrap();
                self.signaling.signal(self.host, body).await.unwrap();
            }
            if let Some(epoch) = step.established {
                return epoch;
            }
        }
    }

    /// Opens a data connection like an honest peer, up to the moment of the key confirmation.
    pub async fn open(self) -> OpenLink {
        match self.try_to_open(|| {}).await {
            Opening::Open(open) => *open,
            Opening::Failed(error) => panic!("{error}"),
        }
    }

    /// The same, where it may fail; `described` is called when a description of its own has gone.
    pub async fn try_to_open(mut self, mut described: impl FnMut()) -> Opening {
        let mut epoch = self.shake_hands().await;
        let (sender, mut events) = mpsc::channel(EVENTS);
        let config = LinkConfig {
            link: 1,
            polite: epoch.polite(),
            initiator: epoch.initiator(),
            ice_servers: Vec::new(),
            relay_only: false,
            is_narrow: false,
        };
        let link = DataLink::open(config, sender).await.unwrap();
        loop {
            let event = tokio::select! {
                event = events.recv() => event.unwrap(),
                body = self.signal() => {
                    match epoch.open(&body) {
                        Ok((Plane::Data, Sealed::Description { description, .. })) => {
                            link.description_received(description).await;
                        }
                        Ok((Plane::Data, Sealed::Candidate { candidate, .. })) => link.candidate_received(candidate).await,
                        other => panic!("{other:?}"),
                    }
                    continue;
                }
            };
            let message = match event {
                LinkEvent::LocalDescription(mut description) => {
                    description.sdp = (self.edit)(&description.sdp);
                    described();
                    Sealed::Description { link: 1, description }
                }
                LinkEvent::LocalCandidate(candidate) => Sealed::Candidate { link: 1, candidate },
                LinkEvent::Opened { local_fingerprint, remote_fingerprint, .. } => {
                    return Opening::Open(Box::new(OpenLink {
                        link,
                        events,
                        epoch,
                        fingerprints: (Fingerprint(local_fingerprint), Fingerprint(remote_fingerprint)),
                        _signals: self.signals,
                        _signaling: self.signaling,
                    }));
                }
                LinkEvent::Failed(error) => return Opening::Failed(error),
                _ => continue,
            };
            let body = epoch.seal(Plane::Data, &message, self.nonce()).unwrap();
            self.signaling.signal(self.host, body).await.unwrap();
        }
    }
}

impl OpenLink {
    pub async fn send(&self, control: &Control) {
        self.link.send_control(serde_json::to_string(control).unwrap()).await.unwrap();
    }

    /// The right word about this connection.
    pub fn confirm(&self) -> Control {
        let (local, remote) = &self.fingerprints;
        let mac = self.epoch.key_confirmation(Plane::Data, 1).mac(local, remote);
        Control::Confirm { mac, seen: Seen::Certificate }
    }

    /// The next control message, pings apart; none when the connection ended.
    pub async fn control(&mut self) -> Option<Control> {
        loop {
            match tokio::time::timeout(PATIENCE, self.events.recv()).await.unwrap()? {
                LinkEvent::Control(message) => match serde_json::from_str(&message).unwrap() {
                    Control::Ping { .. } => {}
                    control => return Some(control),
                },
                LinkEvent::Closed => return None,
                _ => {}
            }
        }
    }

    /// Waits until the other side has closed.
    pub async fn closed(&mut self) {
        while self.control().await.is_some() {}
    }
}
