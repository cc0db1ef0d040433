//! An interceptor that looks at, or changes, what comes in from the wire, and lets everything pass.

use std::{collections::VecDeque, time::Instant};

use rtc::{
    interceptor::{Interceptor, StreamInfo, TaggedPacket},
    sansio::Protocol,
    shared::error::Error,
};

/// Calls `look` with every packet that comes in.
pub(super) struct Inward<F> {
    look: F,
    inward: VecDeque<TaggedPacket>,
    outward: VecDeque<TaggedPacket>,
}

impl<F: FnMut(&mut TaggedPacket)> Inward<F> {
    pub(super) const fn new(look: F) -> Self {
        Self { look, inward: VecDeque::new(), outward: VecDeque::new() }
    }
}

impl<F: FnMut(&mut TaggedPacket)> Protocol<TaggedPacket, TaggedPacket, ()> for Inward<F> {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut message: TaggedPacket) -> Result<(), Error> {
        (self.look)(&mut message);
        self.inward.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inward.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Error> {
        self.outward.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outward.pop_front()
    }
}

impl<F: FnMut(&mut TaggedPacket) + Send + Sync> Interceptor for Inward<F> {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}
