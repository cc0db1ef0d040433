//! Who is in the lobby of the plain dialect, and how fast they may speak. Pure.

use std::collections::HashMap;

use crate::{
    address::AddressKey,
    rate::{AddressBuckets, Rate, TokenBucket},
    room::SocketId,
};

/// Refusals after which a socket is cut off.
const STRIKES: Rate = Rate { per_s: 5, burst: 100 };

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It goes to all others.
    Pass,
    /// It is dropped: too fast. The dialect has no word for that.
    Drop,
    /// It is dropped, and its sender with it.
    Cut,
}

/// The lobby.
#[derive(Debug)]
pub struct PlainLobby {
    most: usize,
    socket_rate: Rate,
    addresses: AddressBuckets,
    sockets: HashMap<SocketId, Member>,
}

#[derive(Debug)]
struct Member {
    address: AddressKey,
    bucket: TokenBucket,
    strikes: TokenBucket,
}

impl PlainLobby {
    /// Nobody is in it.
    pub fn new(most: usize, socket_rate: Rate, address_rate: Rate) -> Self {
        Self { most, socket_rate, addresses: AddressBuckets::new(address_rate), sockets: HashMap::new() }
    }

    /// Someone comes in; false when it is full.
    #[must_use]
    pub fn open(&mut self, socket: SocketId, address: AddressKey, now_ms: u64) -> bool {
        if self.sockets.len() >= self.most {
            return false;
        }
        let bucket = TokenBucket::new(self.socket_rate, now_ms);
        let member = Member { address, bucket, strikes: TokenBucket::new(STRIKES, now_ms) };
        self.sockets.insert(socket, member);
        true
    }

    /// Someone went.
    pub fn close(&mut self, socket: SocketId) {
        self.sockets.remove(&socket);
    }

    /// Someone speaks.
    pub fn judge(&mut self, socket: SocketId, cost: u32, now_ms: u64) -> Verdict {
        let Some(member) = self.sockets.get_mut(&socket) else { return Verdict::Drop };
        let passes = member.bucket.try_take(cost, now_ms).is_ok()
            && self.addresses.try_take(member.address, cost, now_ms).is_ok();
        if passes {
            Verdict::Pass
        } else if member.strikes.try_take(1, now_ms).is_ok() {
            Verdict::Drop
        } else {
            Verdict::Cut
        }
    }

    /// How many are here.
    pub fn len(&self) -> usize {
        self.sockets.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: AddressKey = AddressKey::V4([1; 4]);

    #[test]
    fn a_full_lobby_lets_nobody_in_until_someone_goes() {
        let rate = Rate { per_s: 1, burst: 1 };
        let mut lobby = PlainLobby::new(1, rate, rate);
        assert!(lobby.open(SocketId(1), A, 0));
        assert!(!lobby.open(SocketId(2), A, 0));
        lobby.close(SocketId(1));
        assert!(lobby.open(SocketId(2), A, 0));
        assert_eq!(lobby.len(), 1);
    }

    #[test]
    fn who_speaks_too_fast_is_dropped_and_then_cut() {
        let rate = Rate { per_s: 1, burst: 10 };
        let mut lobby = PlainLobby::new(8, rate, Rate { per_s: 100, burst: 100 });
        assert!(lobby.open(SocketId(1), A, 0));
        let verdicts: Vec<_> = (0..200).map(|_| lobby.judge(SocketId(1), 1, 0)).collect();
        assert!(verdicts[..10].iter().all(|verdict| *verdict == Verdict::Pass));
        assert!(verdicts[10..110].iter().all(|verdict| *verdict == Verdict::Drop));
        assert_eq!(verdicts[110], Verdict::Cut);
        assert_eq!(lobby.judge(SocketId(9), 1, 0), Verdict::Drop, "a stranger");
    }
}
