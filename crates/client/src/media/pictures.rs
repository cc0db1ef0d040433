//! The own picture: which layers the page is to code, and who is sent which.
//!
//! Promises: each layer is coded once, whoever many watch; a viewer's first picture, and the first after any it missed, is a key
//! frame; a viewer that falls behind loses pictures and holds nobody else up.

use std::{collections::HashMap, sync::Arc, time::Instant};

use bytes::Bytes;
use parlor_media::video::ladder::Ladder;
use parlor_protocol::media_port::{CaptureOrder, LAYERS, PictureHeader, SendParameters};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

use super::{
    outlet::{Outlet, Sent},
    picture_sender::CodedPicture,
};

/// What is asked of it.
pub(super) enum PictureOrder {
    /// A coded picture came from the page.
    Coded(Bytes),
    /// Somebody is to be sent the picture; without a queue only the bounds change.
    Watch { connection: u32, queue: Option<mpsc::Sender<Arc<CodedPicture>>>, bounds: SendParameters },
    /// Not any more.
    Unwatch { connection: u32 },
    /// What congestion control leaves for the picture, bits a second.
    Target { connection: u32, bitrate_bps: u32 },
    /// The viewer asked for a key frame.
    KeyFrameWanted { connection: u32 },
    /// Decoding and drawing this one's pictures took so long a picture, microseconds.
    Shown { connection: u32, cost_us: u32 },
    /// The page's encoder is there, and knows nothing.
    EncoderCame,
}

struct Viewer {
    queue: mpsc::Sender<Arc<CodedPicture>>,
    /// The layer it is on, once it got a key frame of it.
    layer: Option<u8>,
}

/// The own picture.
pub(super) struct Pictures {
    ladder: Ladder,
    viewers: HashMap<u32, Viewer>,
    /// What each of the others' pictures costs to show, microseconds a picture.
    show_costs_us: HashMap<u32, u32>,
    ordered: CaptureOrder,
    /// Layers that owe a key frame.
    key_frames_due: [bool; LAYERS],
    encoder: Arc<Outlet>,
}

impl Pictures {
    /// Nobody watches; orders go to `encoder`.
    pub(super) fn new(encoder: Arc<Outlet>) -> Self {
        Self {
            ladder: Ladder::new(Instant::now()),
            viewers: HashMap::new(),
            show_costs_us: HashMap::new(),
            ordered: CaptureOrder::Layers { layers: Vec::new() },
            key_frames_due: [false; LAYERS],
            encoder,
        }
    }

    /// Runs until nobody can ask anything any more.
    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<PictureOrder>) {
        while let Some(order) = orders.recv().await {
            self.take(order, Instant::now());
        }
    }

    fn take(&mut self, order: PictureOrder, now: Instant) {
        match order {
            PictureOrder::Coded(message) => self.coded(&message, now),
            PictureOrder::Watch { connection, queue, bounds } => {
                self.ladder.watch(connection, bounds);
                if let Some(queue) = queue {
                    self.viewers.insert(connection, Viewer { queue, layer: None });
                }
            }
            PictureOrder::Unwatch { connection } => {
                self.ladder.unwatch(connection);
                self.viewers.remove(&connection);
                self.show_costs_us.remove(&connection);
            }
            PictureOrder::Target { connection, bitrate_bps } => self.ladder.target(connection, bitrate_bps, now),
            PictureOrder::KeyFrameWanted { connection } => {
                if let Some(viewer) = self.viewers.get_mut(&connection) {
                    viewer.layer = None;
                }
            }
            PictureOrder::Shown { connection, cost_us } => {
                self.show_costs_us.insert(connection, cost_us);
                let sum = self.show_costs_us.values().fold(0, |sum: u32, cost| sum.saturating_add(*cost));
                self.ladder.shown(sum, now);
            }
            PictureOrder::EncoderCame => {
                self.ordered = CaptureOrder::Layers { layers: Vec::new() };
                self.key_frames_due = [false; LAYERS];
            }
        }
        self.order_layers();
        self.order_key_frames();
    }

    fn coded(&mut self, message: &Bytes, now: Instant) {
        let Some((header, data)) = PictureHeader::decode(message) else {
            tracing::warn!("the page sent what is no picture");
            return;
        };
        self.ladder.coded(header.layer, header.cost_us, now);
        if header.key
            && let Some(due) = self.key_frames_due.get_mut(usize::from(header.layer))
        {
            *due = false;
        }
        let picture = Arc::new(CodedPicture { header, data: message.slice_ref(data) });
        for (connection, viewer) in &mut self.viewers {
            if self.ladder.layer_of(*connection) != Some(header.layer) {
                continue;
            }
            if !header.key && viewer.layer != Some(header.layer) {
                continue;
            }
            let taken = viewer.queue.try_send(Arc::clone(&picture)).is_ok();
            // What follows a picture that was not sent cannot be decoded.
            viewer.layer = taken.then_some(header.layer);
        }
    }

    fn order_layers(&mut self) {
        let layers = self.ladder.layers();
        let order = CaptureOrder::Layers { layers };
        if order != self.ordered && self.say(&order) {
            self.ordered = order;
        }
    }

    /// Asks once for each layer that a viewer waits for. One whose queue is not empty would lose the key frame too: the next picture
    /// that is coded for anyone is the moment to look again.
    fn order_key_frames(&mut self) {
        let waiting: Vec<u8> = self
            .viewers
            .iter()
            .filter(|(_, viewer)| viewer.queue.capacity() == viewer.queue.max_capacity())
            .filter_map(|(connection, viewer)| {
                self.ladder.layer_of(*connection).filter(|layer| viewer.layer != Some(*layer))
            })
            .collect();
        for layer in waiting {
            let is_due = self.key_frames_due.get(usize::from(layer)).copied().unwrap_or(true);
            if !is_due
                && self.say(&CaptureOrder::KeyFrame { layer })
                && let Some(due) = self.key_frames_due.get_mut(usize::from(layer))
            {
                *due = true;
            }
        }
    }

    /// Whether it was said.
    fn say(&self, order: &CaptureOrder) -> bool {
        let Ok(text) = serde_json::to_string(order) else { return false };
        match self.encoder.send(Message::text(text)) {
            Sent::Taken => true,
            Sent::Absent => false,
            Sent::Full => {
                // A page that takes no orders any more would code on for nobody.
                self.encoder.close();
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coded(key: bool) -> PictureOrder {
        let header = PictureHeader {
            key,
            layer: 0,
            quarter_turns: 0,
            connection: 0,
            timestamp_us: 0,
            width: 640,
            height: 480,
            cost_us: 5_000,
        };
        PictureOrder::Coded([&header.encode()[..], b"vp8"].concat().into())
    }

    fn key_frames_ordered(orders: &mut mpsc::Receiver<Message>) -> usize {
        std::iter::from_fn(|| orders.try_recv().ok())
            .filter(|order| order.to_text().unwrap().contains("key-frame"))
            .count()
    }

    #[test]
    fn a_viewer_that_falls_behind_is_asked_a_key_frame_for_once_it_has_caught_up() {
        let encoder = Arc::new(Outlet::new(16));
        let (_, mut orders) = encoder.enter();
        let mut pictures = Pictures::new(encoder);
        let (queue, mut sent) = mpsc::channel(1);
        let now = Instant::now();
        pictures
            .take(PictureOrder::Watch { connection: 1, queue: Some(queue), bounds: SendParameters::default() }, now);
        assert_eq!(key_frames_ordered(&mut orders), 1, "a new viewer needs one");
        pictures.take(coded(true), now);
        for _ in 0..10 {
            pictures.take(coded(false), now);
        }
        assert_eq!(key_frames_ordered(&mut orders), 0, "it would be lost as well");
        assert!(sent.try_recv().unwrap().header.key);
        pictures.take(coded(false), now);
        assert_eq!(key_frames_ordered(&mut orders), 1);
        assert!(sent.try_recv().is_err(), "what follows a lost picture is not sent");
        pictures.take(coded(true), now);
        assert!(sent.try_recv().unwrap().header.key);
    }
}
