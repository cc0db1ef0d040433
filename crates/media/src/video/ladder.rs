//! What the own picture is coded as: how many layers, how large, how many pictures and bits a second.
//!
//! Promises: a falling target is followed by the very call that tells it; more bits, pictures or pixels come one step at a time, and
//! only where the network has room and the processor has been seen to have it; on steady input nothing changes. No layer
//! has more bits than any of its viewers is good for ([`LEAST_BPS`] aside), and the picture is coded once for each layer.
//! Leaves to others: congestion control, telling the page, and the key frame that a viewer needs when its layer changes.

use std::{collections::BTreeMap, time::Instant};

use parlor_protocol::media_port::{LAYERS, LayerOrder, SendParameters};

mod climb;
mod load;
mod rung;

use climb::Climb;
use load::Load;
use rung::{Rung, Size};

/// However little a viewer's target is, it is sent this much, bits a second: 320 pixels at 15 pictures a second. Less is no picture,
/// and what congestion control reads from so little is mostly noise.
pub const LEAST_BPS: u32 = 60_000;
/// What is assumed of viewers before the first target, bits a second: what the first rung needs, and a little room.
const START_BPS: u32 = 450_000;
/// A bound below this is taken as this, bits a second: encoders refuse less.
const LEAST_BOUND_BPS: u32 = 10_000;
/// However much smaller a viewer wants the picture, its long side has so many pixels: one macroblock of VP8.
const LEAST_SIDE: u16 = 16;
/// A viewer goes to the small layer when its target is below this share of the best one's: it would cost the others most of
/// what they could see.
const SMALL_BELOW_PERCENT: u64 = 40;
/// And back when its target is above this share.
const SMALL_UNTIL_PERCENT: u64 = 55;
/// More bits a second are ordered only if they are so many more: encoders answer each order with a few uneven pictures.
const WORTH_PERCENT: u64 = 105;

#[derive(Debug)]
struct Viewer {
    bounds: SendParameters,
    /// As told; none before congestion control spoke.
    target_bps: Option<u32>,
    on_small_layer: bool,
}

impl Viewer {
    fn bound_bps(&self) -> u32 {
        self.bounds.max_bitrate_bps.unwrap_or(u32::MAX).max(LEAST_BOUND_BPS)
    }

    /// What it may be sent, once that is known.
    fn good_for_bps(&self) -> Option<u32> {
        self.target_bps.map(|target| target.max(LEAST_BPS).min(self.bound_bps()))
    }

    fn is_below(&self, percent: u64, best_bps: u32) -> bool {
        self.good_for_bps().is_some_and(|good| u64::from(good) * 100 < u64::from(best_bps) * percent)
    }
}

#[derive(Debug)]
struct Layer {
    climb: Climb,
    order: LayerOrder,
}

/// The own picture's layers.
#[derive(Debug)]
pub struct Ladder {
    viewers: BTreeMap<u32, Viewer>,
    /// Long side of what the camera gives.
    source: Option<u16>,
    /// The large one first. Empty without viewers.
    layers: Vec<Layer>,
    load: Load,
    now: Instant,
}

impl Ladder {
    /// Nobody watches, nothing is measured.
    pub fn new(now: Instant) -> Self {
        Self { viewers: BTreeMap::new(), source: None, layers: Vec::new(), load: Load::new(now), now }
    }

    /// This connection is sent the picture, within these bounds. Again: the bounds changed.
    pub fn watch(&mut self, viewer: u32, bounds: SendParameters) {
        let new = || Viewer { bounds, target_bps: None, on_small_layer: false };
        self.viewers.entry(viewer).or_insert_with(new).bounds = bounds;
        self.decide();
    }

    /// This connection is sent no picture any more.
    pub fn unwatch(&mut self, viewer: u32) {
        self.viewers.remove(&viewer);
        self.decide();
    }

    /// What congestion control leaves for this viewer's picture, bits a second. Nothing happens for one that does not watch.
    pub fn target(&mut self, viewer: u32, bitrate_bps: u32, now: Instant) {
        self.now = now;
        if let Some(viewer) = self.viewers.get_mut(&viewer) {
            viewer.target_bps = Some(bitrate_bps);
        }
        self.decide();
    }

    /// What the camera gives, in pixels. Not the size of a coded picture, which says nothing of what the camera could. While it is not
    /// known, sizes are not bound by it.
    pub fn captured(&mut self, width: u16, height: u16) {
        self.source = Some(width.max(height)).filter(|side| *side > 0);
        self.decide();
    }

    /// The page coded a picture of this layer within this time.
    pub fn coded(&mut self, layer: u8, cost_us: u32, now: Instant) {
        self.now = now;
        self.load.coded(layer, cost_us, now);
        self.decide();
    }

    /// Decoding and drawing one picture of everybody takes so long.
    pub fn shown(&mut self, cost_us_per_frame: u32, now: Instant) {
        self.now = now;
        self.load.shown(cost_us_per_frame, now);
        self.decide();
    }

    /// What is to be coded, the large layer first.
    pub fn layers(&self) -> Vec<LayerOrder> {
        self.layers.iter().map(|layer| layer.order).collect()
    }

    /// Which layer a viewer is sent; none for one that does not watch.
    pub fn layer_of(&self, viewer: u32) -> Option<u8> {
        self.viewers.get(&viewer).map(|viewer| u8::from(viewer.on_small_layer && self.layers.len() == LAYERS))
    }

    fn decide(&mut self) {
        let now = self.now;
        self.share_out();
        let wanted = match (self.viewers.is_empty(), self.viewers.values().any(|viewer| viewer.on_small_layer)) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => LAYERS,
        };
        self.layers.truncate(wanted);
        while self.layers.len() < wanted {
            let rung = if self.layers.is_empty() { Rung::START } else { Rung::SMALL };
            let order = LayerOrder { long_side: 0, bitrate_bps: 0, frame_rate: 0 };
            self.layers.push(Layer { climb: Climb::new(rung, now), order });
        }
        self.relieve(now);
        for index in 0..self.layers.len() {
            self.decide_layer(index, now);
        }
    }

    /// Puts every viewer on a layer.
    fn share_out(&mut self) {
        let Some(best_bps) = self.viewers.values().filter_map(Viewer::good_for_bps).max() else {
            self.viewers.values_mut().for_each(|viewer| viewer.on_small_layer = false);
            return;
        };
        for viewer in self.viewers.values_mut() {
            let percent = if viewer.on_small_layer { SMALL_UNTIL_PERCENT } else { SMALL_BELOW_PERCENT };
            viewer.on_small_layer = viewer.is_below(percent, best_bps);
        }
    }

    /// Makes the large layer smaller when everything together is too much for the processor.
    fn relieve(&mut self, now: Instant) {
        let rungs = self.rungs();
        if !self.load.is_too_much(&rungs, now) {
            return;
        }
        if let Some(large) = self.layers.first_mut() {
            let rung = large.climb.rung();
            // A smaller picture costs less; where there is none, fewer do.
            if let Some(lower) = rung.smaller().or_else(|| rung.lower()) {
                self.load.refuse(rung, now);
                large.climb.fall(lower, now);
            }
        }
    }

    fn decide_layer(&mut self, index: usize, now: Instant) {
        let (available_bps, frame_rate, long_side) = self.bounds(index);
        let rungs = self.rungs();
        let largest = if index == 0 { Size::containing(long_side) } else { Rung::SMALL.size };
        let (load, source) = (&self.load, self.source);
        let Some(layer) = self.layers.get_mut(index) else { return };
        layer.climb.step(available_bps, largest, |higher| load.fits(index, &rungs, higher, source, now), now);

        let Rung { size, rate } = layer.climb.rung();
        let old = layer.order;
        let shape = LayerOrder {
            long_side: size.long_side().min(long_side),
            frame_rate: rate.per_second().min(frame_rate),
            bitrate_bps: available_bps.min(size.most_bps()),
        };
        let same_shape = (shape.long_side, shape.frame_rate) == (old.long_side, old.frame_rate);
        let little_more = shape.bitrate_bps >= old.bitrate_bps
            && u64::from(shape.bitrate_bps) * 100 < u64::from(old.bitrate_bps) * WORTH_PERCENT;
        if shape.long_side != old.long_side {
            self.load.resized(index, now);
        }
        if !(same_shape && little_more) {
            layer.order = shape;
        }
    }

    /// What all viewers of a layer allow: bits a second, pictures a second, pixels of the long side.
    fn bounds(&self, index: usize) -> (u32, u16, u16) {
        let source = self.source.unwrap_or(Size::Px1280.long_side());
        let mut bounds = (u32::MAX, u16::MAX, source);
        let mut known_bps = None;
        for viewer in self.viewers.values().filter(|viewer| usize::from(viewer.on_small_layer) == index) {
            known_bps = known_bps.into_iter().chain(viewer.good_for_bps()).min();
            let rate = viewer.bounds.max_frame_rate.unwrap_or(u32::MAX).max(1);
            let scale_percent = viewer.bounds.scale_down_percent.unwrap_or(100).max(100);
            let side = u32::from(source) * 100 / scale_percent;
            bounds.0 = bounds.0.min(viewer.bound_bps());
            bounds.1 = bounds.1.min(u16::try_from(rate).unwrap_or(u16::MAX));
            bounds.2 = bounds.2.min(u16::try_from(side).unwrap_or(u16::MAX)).max(LEAST_SIDE);
        }
        bounds.0 = bounds.0.min(known_bps.unwrap_or(START_BPS));
        bounds
    }

    fn rungs(&self) -> Vec<Rung> {
        self.layers.iter().map(|layer| layer.climb.rung()).collect()
    }
}

#[cfg(test)]
mod tests;
