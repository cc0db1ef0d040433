//! How a sealed message passes from one peer to another.

use std::sync::Arc;

use parlor_protocol::{code::ReplyCode, id::PeerId, signaling::SignalDelivered};

use super::{HOLD_MS, Refusal, Rooms, Timer};
use crate::{
    outbox::Outgoing,
    room::{Holder, SocketId},
};

impl Rooms {
    pub(super) fn signal(
        &mut self,
        socket: SocketId,
        to: PeerId,
        body: String,
        cost: u32,
        now_ms: u64,
    ) -> Result<(), Refusal> {
        let (room_id, from) = self.sockets.get(&socket).and_then(|known| known.seat).ok_or(ReplyCode::NotInRoom)?;
        let room = self.rooms.get_mut(&room_id).ok_or(ReplyCode::NotInRoom)?;
        if to == from {
            return Err(ReplyCode::NoSuchPeer.into());
        }
        let seat = room.seats.get_mut(&to).ok_or(ReplyCode::NoSuchPeer)?;
        if let Err(wait_ms) = room.bucket.try_take(cost, now_ms) {
            return Err(self.slow_down(socket, wait_ms, now_ms));
        }
        let bytes = body.len();
        let delivered = Arc::new(SignalDelivered { from, body });
        match &mut seat.holder {
            Holder::Socket(addressee) => {
                let addressee = *addressee;
                let has_room = self.sockets.get(&addressee).is_some_and(|known| known.outbox.has_room_for(bytes));
                if !has_room {
                    // The addressee reads more slowly than is written to it: the writer waits, nothing is lost.
                    return Err(self.slow_down(socket, HOLD_MS, now_ms));
                }
                self.push(addressee, Outgoing::Signal(delivered));
            }
            Holder::Grace { until_ms, waiting } => {
                if !waiting.push(delivered) {
                    // A seat that has lost a signal must not be taken back in silence: its grace ends here, and whoever
                    // comes back is announced anew.
                    let timer = Timer { at_ms: *until_ms, room: room_id, peer: Some(to) };
                    self.timers.remove(&timer);
                    self.vacate(room_id, to, now_ms);
                    return Err(ReplyCode::NoSuchPeer.into());
                }
            }
        }
        self.figures.signals += 1;
        Ok(())
    }
}
