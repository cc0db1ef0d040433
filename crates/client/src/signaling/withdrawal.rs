//! What is left to be said to the server of a withdrawn invitation (docs/protocol.md, section 3, "Withdrawal").
//!
//! Promises: once it is wanted it is due on every connection until the server has answered. Leaves to others: when to say it.

use parlor_protocol::{
    code::ReplyCode,
    id::PeerId,
    limits::WITHDRAWAL_PEERS,
    signaling::{Reply, Withdraw},
};

/// How far it has come with the server.
#[derive(Debug, Default)]
pub(super) struct Withdrawal {
    /// Who may come back, once it is wanted.
    peers: Option<Vec<PeerId>>,
    is_known: bool,
    rid: Option<u32>,
}

impl Withdrawal {
    /// Nobody but `peers` is to enter, as many as can be named.
    pub(super) fn want(&mut self, mut peers: Vec<PeerId>) {
        peers.truncate(WITHDRAWAL_PEERS);
        self.peers = Some(peers);
    }

    /// The seat was taken anew: a server that was restarted has forgotten everything.
    pub(super) fn begin_anew(&mut self) {
        self.is_known = false;
        self.rid = None;
    }

    /// Whether it is to be said (again).
    pub(super) fn is_due(&self) -> bool {
        self.peers.is_some() && !self.is_known
    }

    /// What to say, under this number.
    pub(super) fn say(&mut self, rid: u32) -> Withdraw {
        self.rid = Some(rid);
        Withdraw { rid, peers: self.peers.clone().unwrap_or_default() }
    }

    /// The server answered something. False when it was not about this.
    pub(super) fn replied(&mut self, rid: u32, reply: &Reply) -> bool {
        if self.rid != Some(rid) {
            return false;
        }
        // A server that does not know the word never will.
        self.is_known = reply.ok || reply.code == Some(ReplyCode::BadRequest);
        true
    }
}
