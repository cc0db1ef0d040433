//! A peer built from parts, so that it can break every rule: it holds the invitation and does with it what it likes.

use std::{str::FromStr, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use parlor_client::{
    link::{DataLink, EVENTS, LinkConfig, LinkEvent},
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

impl Stranger {
    /// Enters the room in which `host` sits.
    pub async fn enter(link: &str, host: PeerId) -> Self {
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
            create: false,
        };
        let (sender, mut signals) = mpsc::channel(64);
        let signaling = Signaling::start(config, sender);
        loop {
            match tokio::time::timeout(PATIENCE, signals.recv()).await.unwrap().unwrap() {
                SignalingEvent::Entered(joined) => {
                    assert_eq!(joined.peers, [host]);
                    return Self { signaling, host, keys, id, signals, nonces: 0 };
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

    async fn signal(&mut self) -> String {
        loop {
            match tokio::time::timeout(PATIENCE, self.signals.recv()).await.unwrap().unwrap() {
                SignalingEvent::Signal { from, body } => {
                    assert_eq!(from, self.host);
                    return body;
                }
                SignalingEvent::PeerLeft(_) => panic!("the host left"),
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
    pub async fn open(mut self) -> OpenLink {
        let mut epoch = self.shake_hands().await;
        let (sender, mut events) = mpsc::channel(EVENTS);
        let config = LinkConfig {
            link: 1,
            polite: epoch.polite(),
            initiator: epoch.initiator(),
            ice_servers: Vec::new(),
            relay_only: false,
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
                LinkEvent::LocalDescription(description) => Sealed::Description { link: 1, description },
                LinkEvent::LocalCandidate(candidate) => Sealed::Candidate { link: 1, candidate },
                LinkEvent::Opened { local_fingerprint, remote_fingerprint, .. } => {
                    return OpenLink {
                        link,
                        events,
                        epoch,
                        fingerprints: (Fingerprint(local_fingerprint), Fingerprint(remote_fingerprint)),
                        _signals: self.signals,
                        _signaling: self.signaling,
                    };
                }
                LinkEvent::Failed(error) => panic!("{error}"),
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
