use std::time::Duration;

use super::*;

mod properties;

/// A page that codes what it is ordered to, on virtual time.
struct Page {
    ladder: Ladder,
    now: Instant,
    /// Nanoseconds a pixel for coding, microseconds for showing everybody's picture.
    coding_ns: u32,
    showing_us: u32,
    targets: Vec<(u32, u32)>,
    camera: (u16, u16),
    /// Every change of what is to be coded.
    changes: Vec<(Instant, Vec<LayerOrder>)>,
}

impl Page {
    fn new(targets: &[(u32, u32)]) -> Self {
        let now = Instant::now();
        let mut ladder = Ladder::new(now);
        ladder.captured(1280, 720);
        targets.iter().for_each(|(viewer, _)| ladder.watch(*viewer, SendParameters::default()));
        // 8 ms for 640x480: a slow laptop takes 25.
        Self {
            ladder,
            now,
            coding_ns: 10,
            showing_us: 1000,
            targets: targets.into(),
            camera: (1280, 720),
            changes: Vec::new(),
        }
    }

    fn run(&mut self, seconds: u32) {
        for step in 0..seconds * 30 {
            self.now += Duration::from_nanos(33_333_333);
            if step % 3 == 0 {
                for (viewer, bps) in &self.targets {
                    self.ladder.target(*viewer, *bps, self.now);
                }
            }
            if step % 30 == 0 {
                self.ladder.shown(self.showing_us, self.now);
            }
            for (layer, order) in (0..).zip(self.ladder.layers()) {
                // Fewer pictures at lower rates.
                if step % 30 < u32::from(order.frame_rate) {
                    self.ladder.coded(layer, self.cost_us(order), self.now);
                }
            }
            self.note();
        }
    }

    fn cost_us(&self, order: LayerOrder) -> u32 {
        let side = u32::from(order.long_side);
        side * side * u32::from(self.camera.1) / u32::from(self.camera.0) * self.coding_ns / 1000
    }

    fn note(&mut self) {
        let layers = self.ladder.layers();
        if self.changes.last().is_none_or(|(_, last)| *last != layers) {
            self.changes.push((self.now, layers));
        }
    }

    fn sizes(&self) -> Vec<(u16, u16)> {
        self.ladder.layers().iter().map(|order| (order.long_side, order.frame_rate)).collect()
    }

    fn bitrates(&self) -> Vec<u32> {
        self.ladder.layers().iter().map(|order| order.bitrate_bps).collect()
    }
}

#[test]
fn nobody_watching_means_nothing_is_coded() {
    let mut page = Page::new(&[(1, 1_000_000)]);
    page.run(1);
    assert_eq!(page.ladder.layer_of(1), Some(0));
    page.ladder.unwatch(1);
    assert_eq!((page.ladder.layers(), page.ladder.layer_of(1)), (vec![], None));
    page.ladder.target(1, 1_000_000, page.now);
    assert_eq!(page.ladder.layers(), []);
}

#[test]
fn a_call_begins_at_640_and_30() {
    let page = Page::new(&[(1, 0)]);
    assert_eq!((page.sizes(), page.bitrates()), (vec![(640, 30)], vec![START_BPS]));
}

#[test]
fn bits_and_a_quick_processor_lead_to_1280_one_step_at_a_time() {
    let mut page = Page::new(&[(1, 1_700_000)]);
    page.run(10);
    let sides: Vec<_> = page.changes.iter().map(|(_, layers)| layers[0].long_side).collect();
    assert_eq!(sides, [640, 960, 1280]);
    assert_eq!((page.sizes(), page.bitrates()), (vec![(1280, 30)], vec![1_700_000]));
    // Never before the cost was seen.
    assert!(page.changes[1].0 - page.changes[0].0 > Duration::from_secs(1));
}

#[test]
fn a_slow_processor_stays_at_640_whatever_the_network_carries() {
    let mut page = Page::new(&[(1, 5_000_000)]);
    page.coding_ns = 60;
    page.run(60);
    assert_eq!((page.sizes(), page.bitrates()), (vec![(640, 30)], vec![1_000_000]));
}

#[test]
fn nothing_grows_before_coding_was_measured() {
    let mut page = Page::new(&[(1, 5_000_000)]);
    for _ in 0..600 {
        page.now += Duration::from_millis(100);
        page.ladder.target(1, 5_000_000, page.now);
    }
    assert_eq!(page.sizes(), [(640, 30)]);
}

#[test]
fn a_processor_that_slows_down_makes_the_picture_smaller_and_it_stays_so() {
    let mut page = Page::new(&[(1, 2_000_000)]);
    page.run(10);
    assert_eq!(page.sizes(), [(1280, 30)]);
    page.coding_ns = 35;
    page.run(10);
    assert_eq!(page.sizes(), [(960, 30)]);
    let changes = page.changes.len();
    page.run(300);
    assert_eq!(page.changes.len(), changes);
    // Others' pictures cost as well.
    page.showing_us = 25_000;
    page.run(60);
    assert_eq!(page.sizes()[0].0, 320);
}

#[test]
fn a_cut_is_followed_by_the_call_that_tells_it_and_made_good_within_seconds() {
    let mut page = Page::new(&[(1, 1_700_000)]);
    page.run(15);
    page.ladder.target(1, 300_000, page.now);
    assert_eq!((page.sizes(), page.bitrates()), (vec![(640, 20)], vec![300_000]));
    page.targets = vec![(1, 300_000)];
    page.run(10);
    page.targets = vec![(1, 1_700_000)];
    page.run(1);
    assert_eq!((page.sizes(), page.bitrates()), (vec![(640, 30)], vec![1_000_000]));
    page.run(4);
    assert_eq!((page.sizes(), page.bitrates()), (vec![(1280, 30)], vec![1_700_000]));
}

#[test]
fn rate_goes_before_size_and_the_least_is_320_at_15() {
    let mut page = Page::new(&[(1, 0)]);
    let steps = [
        (360_000, 640, 30, 360_000),
        (340_000, 640, 20, 340_000),
        (250_000, 640, 15, 250_000),
        (205_000, 480, 30, 205_000),
        (130_000, 480, 15, 130_000),
        (80_000, 320, 20, 80_000),
        (61_000, 320, 15, 61_000),
        (5_000, 320, 15, LEAST_BPS),
    ];
    for (target, side, rate, bitrate) in steps {
        page.ladder.target(1, target, page.now);
        assert_eq!((page.sizes(), page.bitrates()), (vec![(side, rate)], vec![bitrate]), "{target}");
    }
}

#[test]
fn a_weak_viewer_gets_a_layer_of_its_own_and_nobody_else_suffers() {
    let mut page = Page::new(&[(1, 1_700_000), (2, 1_600_000), (3, 200_000)]);
    page.run(10);
    assert_eq!(page.sizes(), [(1280, 30), (320, 30)]);
    assert_eq!(page.bitrates(), [1_600_000, 200_000]);
    assert_eq!([1, 2, 3].map(|viewer| page.ladder.layer_of(viewer)), [Some(0), Some(0), Some(1)]);
    // Half of the best one's is not yet enough to come back, 60 % is.
    page.targets[2] = (3, 800_000);
    page.run(5);
    assert_eq!(page.ladder.layer_of(3), Some(1));
    page.targets[2] = (3, 1_000_000);
    page.run(1);
    assert_eq!((page.ladder.layer_of(3), page.bitrates()), (Some(0), vec![1_000_000]));
    // And half of it is not yet bad enough to leave.
    page.targets[2] = (3, 850_000);
    page.run(1);
    assert_eq!(page.sizes().len(), 1);
}

#[test]
fn bounds_hold() {
    let mut page = Page::new(&[(1, 2_000_000)]);
    let bounds =
        SendParameters { max_bitrate_bps: Some(150_000), max_frame_rate: Some(10), scale_down_percent: Some(400) };
    page.ladder.watch(1, bounds);
    page.run(5);
    assert_eq!((page.sizes(), page.bitrates()), (vec![(320, 10)], vec![150_000]));
    page.ladder.watch(1, SendParameters { max_bitrate_bps: Some(20_000), ..bounds });
    assert_eq!(page.bitrates(), [20_000]);
}

#[test]
fn a_small_camera_bounds_the_size() {
    let mut page = Page::new(&[(1, 2_500_000)]);
    page.ladder.captured(480, 800);
    page.run(20);
    assert_eq!(page.sizes(), [(800, 30)]);
    page.ladder.captured(1280, 720);
    page.run(20);
    assert_eq!(page.sizes(), [(1280, 30)]);
}

#[test]
fn little_more_is_not_worth_an_order_and_less_always_is() {
    let mut page = Page::new(&[(1, 500_000)]);
    page.run(1);
    for (target, ordered) in [(520_000, 500_000), (526_000, 526_000), (525_000, 525_000), (530_000, 525_000)] {
        page.ladder.target(1, target, page.now);
        assert_eq!(page.bitrates(), [ordered]);
    }
}
