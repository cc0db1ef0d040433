//! What the machine orders.

use crate::room::SocketId;

/// What the driver must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Something waits for this socket: [`super::Rooms::take`] it.
    Deliver(SocketId),
    /// Cut this socket off and, when it is gone, say [`super::Rooms::close`]. Nothing it sends counts any more. One that was too fast
    /// may still read what waits for it.
    Cut(SocketId, CutReason),
}

/// Why a socket is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutReason {
    /// It kept sending after being told to wait.
    TooFast,
    /// It does not read.
    NotReading,
    /// The same peer came back on another socket.
    Replaced,
}
