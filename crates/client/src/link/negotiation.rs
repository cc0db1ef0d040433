//! Perfect negotiation (W3C WebRTC, section 10.7) as decisions: which description to apply, ignore or give way to, and which
//! candidates to keep for later. No IO: whoever drives the connection tells what it did.
//!
//! One driver does one thing at a time, so an offer of ours is either not made yet or already local; "making an offer" is no state.

use std::collections::VecDeque;

use parlor_protocol::negotiation::{Candidate, DescriptionType};

/// Candidates of a peer that are taken between two of its descriptions. A host has an address or two per interface and family.
pub(super) const CANDIDATES: usize = 64;

/// What to do with a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing: it crossed an offer of ours that stands, or it answers one that was taken back.
    Ignore,
    /// Apply the answer.
    Accept,
    /// Apply the offer and answer it, after taking back our own if `rollback`.
    Answer { rollback: bool },
}

/// Where the negotiation of one connection stands.
#[derive(Debug)]
pub(super) struct Negotiation {
    polite: bool,
    offered: bool,
    remote_known: bool,
    restart_wanted: bool,
    early: VecDeque<Candidate>,
    taken: usize,
}

impl Negotiation {
    /// Nothing offered yet.
    pub(super) const fn new(polite: bool) -> Self {
        Self { polite, offered: false, remote_known: false, restart_wanted: false, early: VecDeque::new(), taken: 0 }
    }

    /// Our offer became the local description.
    pub(super) const fn offered(&mut self) {
        self.offered = true;
    }

    /// What to do with a description of this kind.
    pub(super) const fn judge(&self, kind: DescriptionType) -> Verdict {
        match kind {
            DescriptionType::Answer if self.offered => Verdict::Accept,
            DescriptionType::Answer => Verdict::Ignore,
            DescriptionType::Offer if self.offered && !self.polite => Verdict::Ignore,
            DescriptionType::Offer => Verdict::Answer { rollback: self.offered },
        }
    }

    /// The peer's description was applied: the candidates that were waiting for it.
    pub(super) fn applied(&mut self) -> VecDeque<Candidate> {
        self.offered = false;
        self.remote_known = true;
        self.taken = 0;
        std::mem::take(&mut self.early)
    }

    /// A candidate came: to be applied now, or none when it is kept or one too many.
    pub(super) fn candidate(&mut self, candidate: Candidate) -> Option<Candidate> {
        if self.taken >= CANDIDATES || !over_udp(&candidate) {
            return None;
        }
        self.taken += 1;
        if self.remote_known {
            return Some(candidate);
        }
        self.early.push_back(candidate);
        None
    }

    /// An ICE restart is wanted: whether to offer it now. While an offer is out it waits for the answer.
    pub(super) const fn restart(&mut self) -> bool {
        self.restart_wanted = self.offered;
        !self.offered
    }

    /// Whether a restart waited, once.
    pub(super) const fn take_restart(&mut self) -> bool {
        std::mem::replace(&mut self.restart_wanted, false)
    }
}

/// The transport of an RFC 8839 candidate. We have no TCP sockets, and a peer's word must not make us connect anywhere by TCP.
pub(crate) fn over_udp(candidate: &Candidate) -> bool {
    candidate.candidate.split_ascii_whitespace().nth(2).is_some_and(|transport| transport.eq_ignore_ascii_case("udp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(port: usize) -> Candidate {
        let candidate = format!("candidate:1 1 udp 1 127.0.0.1 {port} typ host");
        Candidate { candidate, sdp_mid: None, sdp_m_line_index: Some(0), username_fragment: None }
    }

    #[test]
    fn when_offers_cross_the_polite_one_gives_way_and_the_other_stands() {
        for polite in [false, true] {
            let mut negotiation = Negotiation::new(polite);
            assert_eq!(negotiation.judge(DescriptionType::Offer), Verdict::Answer { rollback: false });
            negotiation.offered();
            let wanted = if polite { Verdict::Answer { rollback: true } } else { Verdict::Ignore };
            assert_eq!(negotiation.judge(DescriptionType::Offer), wanted);
        }
    }

    #[test]
    fn an_answer_to_an_offer_that_was_taken_back_is_ignored() {
        let mut negotiation = Negotiation::new(true);
        negotiation.offered();
        assert_eq!(negotiation.judge(DescriptionType::Answer), Verdict::Accept);
        negotiation.applied();
        assert_eq!(negotiation.judge(DescriptionType::Answer), Verdict::Ignore);
    }

    #[test]
    fn early_candidates_wait_for_the_description_in_order_and_in_bounds() {
        let mut negotiation = Negotiation::new(false);
        (0..1_000).for_each(|port| assert_eq!(negotiation.candidate(candidate(port)), None));
        let kept: Vec<_> = negotiation.applied().into();
        assert_eq!(kept, (0..CANDIDATES).map(candidate).collect::<Vec<_>>());
        assert_eq!(negotiation.candidate(candidate(1)), Some(candidate(1)));
    }

    #[test]
    fn only_udp_candidates_are_taken() {
        let mut negotiation = Negotiation::new(false);
        negotiation.applied();
        for text in ["candidate:1 1 tcp 1 10.0.0.1 9 typ host tcptype passive", "candidate:1 1", "", "\u{0}"] {
            let hostile = Candidate { candidate: text.to_owned(), ..candidate(1) };
            assert_eq!(negotiation.candidate(hostile), None, "{text:?}");
        }
    }

    #[test]
    fn a_restart_waits_for_the_answer_that_is_due() {
        let mut negotiation = Negotiation::new(false);
        assert!(negotiation.restart());
        negotiation.offered();
        assert!(!negotiation.restart());
        negotiation.applied();
        assert!(negotiation.take_restart());
        assert!(!negotiation.take_restart());
    }
}
