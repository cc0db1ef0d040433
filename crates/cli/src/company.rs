//! Who is in the room, as far as it says whether anything may still come.
//!
//! Promises: as long as somebody is there who sent something, or nobody has sent anything yet and somebody is there, it is worth waiting;
//! else until a moment that does not move unless somebody comes who may send. Two receivers do not wait for each other.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use parlor_protocol::{
    host::{LinkState, Peer},
    id::PeerId,
    negotiation::HostKind,
};
use tokio::time::Instant;

/// How long whoever left is waited for: a page is loaded again sooner.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The others.
#[derive(Debug, Default)]
pub struct Company {
    /// Those of whom the engine told, connected or not.
    present: HashSet<PeerId>,
    /// What those call themselves who were connected.
    names: HashMap<PeerId, String>,
    /// Those who sent something.
    senders: HashSet<PeerId>,
    /// Those who were there before, and may come back.
    departed: HashSet<PeerId>,
    /// Those who were there when it became doubtful that anything comes.
    bystanders: HashSet<PeerId>,
    until: Option<Instant>,
}

impl Company {
    /// The engine tells of a peer. True when it is connected for the first time.
    pub fn seen(&mut self, peer: &Peer) -> bool {
        self.present.insert(peer.id);
        let is_new = peer.link == LinkState::Connected && !self.names.contains_key(&peer.id);
        if is_new && self.may_send(peer) {
            self.until = None;
        }
        if is_new || self.names.contains_key(&peer.id) {
            self.names.insert(peer.id, peer.name.clone());
        }
        is_new
    }

    /// A peer sent something.
    pub fn sent(&mut self, peer: PeerId) {
        self.senders.insert(peer);
        self.until = None;
    }

    /// A peer is gone. True when with it went what was waited for, and that is new.
    pub fn left(&mut self, peer: PeerId) -> bool {
        self.present.remove(&peer);
        self.departed.insert(peer);
        self.names.remove(&peer);
        let was_last_sender = self.senders.remove(&peer) && self.senders.is_empty();
        let is_news = self.until.is_none() && (was_last_sender || self.present.is_empty());
        if is_news {
            self.until = Some(Instant::now() + PATIENCE);
            self.bystanders = self.present.clone();
        }
        is_news
    }

    /// Nobody is there.
    pub fn is_empty(&self) -> bool {
        self.present.is_empty()
    }

    /// Until when it is worth waiting; none while it is.
    pub fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Whether a peer that is connected now may be who is waited for. From a shell one sends in a room of one's own, so a shell that is
    /// new here came to receive.
    fn may_send(&self, peer: &Peer) -> bool {
        let came_to_receive = peer.host == Some(HostKind::Shell) && !self.departed.contains(&peer.id);
        !came_to_receive && !self.bystanders.contains(&peer.id)
    }

    /// What a peer calls itself; empty when it is not known.
    pub fn name(&self, peer: PeerId) -> &str {
        self.names.get(&peer).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(number: u8, link: LinkState) -> Peer {
        Peer {
            id: PeerId([number; 16]),
            name: format!("peer {number}"),
            host: None,
            epoch: None,
            initiator: false,
            polite: false,
            link,
            proof: None,
            path: None,
            rtt_ms: None,
            comparison: None,
            device: None,
            microphone: false,
            camera: false,
            failure: None,
        }
    }

    #[test]
    fn the_last_who_sent_something_is_waited_for_also_among_others() {
        let (ada, bob) = (peer(1, LinkState::Connected), peer(2, LinkState::Connected));
        let mut company = Company::default();
        assert!(company.seen(&ada) && company.seen(&bob) && !company.seen(&bob));
        company.sent(ada.id);
        assert!(company.until().is_none());
        assert!(company.left(ada.id) && company.until().is_some() && !company.is_empty());
        assert!(!company.seen(&bob) && company.until().is_some(), "bob was there all the time");
        let until = company.until();
        assert!(!company.left(peer(3, LinkState::Connecting).id) && company.until() == until);
        company.sent(bob.id);
        assert!(company.until().is_none());
    }

    #[test]
    fn who_sent_nothing_may_leave_while_somebody_is_there() {
        let (ada, bob) = (peer(1, LinkState::Connected), peer(2, LinkState::Connecting));
        let mut company = Company::default();
        assert!(company.seen(&ada) && !company.seen(&bob));
        assert_eq!((company.name(ada.id), company.name(bob.id)), ("peer 1", ""));
        assert!(!company.left(ada.id) && company.until().is_none());
        // Not even connected, but the last.
        assert!(company.left(bob.id) && company.until().is_some() && company.is_empty());
        assert!(company.seen(&ada) && company.until().is_none(), "it came back");
    }

    #[test]
    fn only_who_may_send_is_a_return() {
        let (ada, bob) = (peer(1, LinkState::Connected), peer(2, LinkState::Connecting));
        let mut company = Company::default();
        company.seen(&ada);
        company.seen(&bob);
        company.sent(ada.id);
        company.left(ada.id);
        company.seen(&Peer { link: LinkState::Connected, ..bob });
        assert!(company.until().is_some(), "bob was on the way all the time");
        let shell = Peer { host: Some(HostKind::Shell), ..peer(3, LinkState::Connected) };
        assert!(company.seen(&shell) && company.until().is_some(), "a shell that comes later receives");
        assert!(company.seen(&Peer { host: Some(HostKind::Shell), ..ada }) && company.until().is_none());
    }
}
