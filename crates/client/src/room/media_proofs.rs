//! Key confirmation of the media plane: our view of a media connection against the peer's word about it.
//!
//! Promises: a connection is told proven or refused once, when both sides have spoken; a word about an older connection than the one
//! known last is forgotten, so nothing piles up. Leaves to others: making the connection, and carrying the words.

use parlor_protocol::{control::Seen, negotiation::Plane};
use parlor_trust::{Epoch, Fingerprint};

/// What both sides' words about a media connection come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Both saw the same certificates.
    Confirmed {
        /// Number of the connection.
        link: u32,
        /// The weaker of both ways to have seen them.
        seen: Seen,
    },
    /// They did not.
    Refused {
        /// Number of the connection.
        link: u32,
    },
}

/// Our view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct View {
    /// Number of the connection.
    pub(crate) link: u32,
    /// The own certificate's.
    pub(crate) local: Fingerprint,
    /// The peer's.
    pub(crate) remote: Fingerprint,
    /// How it was seen.
    pub(crate) seen: Seen,
}

/// The peer's word.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    link: u32,
    mac: String,
    seen: Seen,
}

/// Views and words of one epoch.
#[derive(Debug, Default)]
pub(crate) struct MediaProofs {
    ours: Option<View>,
    theirs: Option<Word>,
    /// The last connection that was told about.
    told: Option<u32>,
    /// The last one of which both saw the same.
    confirmed: Option<View>,
}

impl MediaProofs {
    /// The screen says what it sees.
    pub(crate) fn seen(&mut self, view: View, epoch: &Epoch) -> Option<Verdict> {
        if self.ours.is_some_and(|ours| ours.link > view.link) {
            return None;
        }
        self.ours = Some(view);
        self.judge(epoch)
    }

    /// The peer says what it sees.
    pub(crate) fn received(&mut self, link: u32, mac: String, seen: Seen, epoch: &Epoch) -> Option<Verdict> {
        if self.theirs.as_ref().is_some_and(|theirs| theirs.link > link) {
            return None;
        }
        self.theirs = Some(Word { link, mac, seen });
        self.judge(epoch)
    }

    /// Our word, to be said (again) when a data connection is proven.
    pub(crate) fn ours(&self) -> Option<View> {
        self.ours
    }

    /// The connection known last, if both saw the same of it.
    pub(crate) fn confirmed(&self) -> Option<View> {
        self.confirmed.filter(|confirmed| self.ours.is_some_and(|ours| ours.link == confirmed.link))
    }

    fn judge(&mut self, epoch: &Epoch) -> Option<Verdict> {
        let (ours, theirs) = (self.ours.as_ref()?, self.theirs.as_ref()?);
        let link = ours.link;
        if theirs.link != link || self.told.is_some_and(|told| told >= link) {
            return None;
        }
        self.told = Some(link);
        let confirmation = epoch.key_confirmation(Plane::Media, link);
        Some(match confirmation.verify(&theirs.mac, &ours.local, &ours.remote) {
            Ok(()) => {
                self.confirmed = self.ours;
                Verdict::Confirmed { link, seen: weaker(ours.seen, theirs.seen) }
            }
            Err(_) => Verdict::Refused { link },
        })
    }
}

/// The weaker of two ways to have seen a certificate.
pub(crate) const fn weaker(one: Seen, other: Seen) -> Seen {
    match (one, other) {
        (Seen::Certificate, Seen::Certificate) => Seen::Certificate,
        _ => Seen::Description,
    }
}

#[cfg(test)]
mod tests {
    use parlor_protocol::{id::PeerId, negotiation::HostKind};
    use parlor_trust::{About, Handshake, Invitation, Nonce};

    use super::*;

    const ADA: PeerId = PeerId([1; 16]);
    const BOB: PeerId = PeerId([2; 16]);

    fn epochs() -> (Epoch, Epoch) {
        let keys = Invitation::new("http://a", [7; 32]).unwrap().keys();
        let about = About { name: String::new(), agent: String::new(), host: HostKind::Shell };
        let (mut ada, mut bob) = (Handshake::new(&keys, ADA, BOB), Handshake::new(&keys, BOB, ADA));
        let hello = ada.begin(Nonce([1; 32])).hello(&about);
        let hello = bob.hello_received(&hello, Nonce([2; 32])).unwrap().send.unwrap().hello(&about);
        let step = ada.hello_received(&hello, Nonce([3; 32])).unwrap();
        let hello = step.send.unwrap().hello(&about);
        let bob = bob.hello_received(&hello, Nonce([4; 32])).unwrap().established.unwrap();
        (step.established.unwrap(), bob)
    }

    fn view(link: u32, local: u8, remote: u8, seen: Seen) -> View {
        View { link, local: Fingerprint([local; 32]), remote: Fingerprint([remote; 32]), seen }
    }

    #[test]
    fn both_words_in_either_order_prove_a_connection_once() {
        let (ada, bob) = epochs();
        let at_bob = view(1, 2, 1, Seen::Description);
        let mac = bob.key_confirmation(Plane::Media, 1).mac(&at_bob.local, &at_bob.remote);
        let mine = view(1, 1, 2, Seen::Certificate);
        let proven = Some(Verdict::Confirmed { link: 1, seen: Seen::Description });

        let mut proofs = MediaProofs::default();
        assert_eq!(proofs.seen(mine, &ada), None);
        assert_eq!(proofs.confirmed(), None);
        assert_eq!(proofs.received(1, mac.clone(), Seen::Description, &ada), proven);
        assert_eq!(proofs.received(1, mac.clone(), Seen::Description, &ada), None);
        assert_eq!(proofs.confirmed(), Some(mine));
        // A newer connection is not that which was confirmed.
        proofs.seen(View { link: 2, ..mine }, &ada);
        assert_eq!(proofs.confirmed(), None);

        let mut proofs = MediaProofs::default();
        assert_eq!(proofs.received(1, mac, Seen::Description, &ada), None);
        assert_eq!(proofs.seen(mine, &ada), proven);
    }

    #[test]
    fn a_certificate_in_between_is_refused() {
        let (ada, bob) = epochs();
        // Bob sees another certificate than Ada's.
        let at_bob = view(1, 2, 9, Seen::Certificate);
        let mac = bob.key_confirmation(Plane::Media, 1).mac(&at_bob.local, &at_bob.remote);
        let mut proofs = MediaProofs::default();
        proofs.seen(view(1, 1, 2, Seen::Certificate), &ada);
        assert_eq!(proofs.received(1, mac, Seen::Certificate, &ada), Some(Verdict::Refused { link: 1 }));
        assert_eq!(proofs.confirmed(), None);
    }
}
