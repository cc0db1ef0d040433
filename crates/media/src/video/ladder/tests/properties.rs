use proptest::prelude::*;

use super::*;

/// What may happen to a ladder.
#[derive(Debug, Clone)]
enum Event {
    Watch(u32, SendParameters),
    Unwatch(u32),
    Target(u32, u32),
    Captured(u16, u16),
    Coded(u8, u32),
    Shown(u32),
}

fn bounds() -> impl Strategy<Value = SendParameters> {
    let bitrate = proptest::option::of(prop_oneof![0u32..3_000_000, any::<u32>()]);
    let rate = proptest::option::of(prop_oneof![0u32..40, any::<u32>()]);
    let scale = proptest::option::of(prop_oneof![100u32..800, any::<u32>()]);
    (bitrate, rate, scale).prop_map(|(max_bitrate_bps, max_frame_rate, scale_down_percent)| SendParameters {
        max_bitrate_bps,
        max_frame_rate,
        scale_down_percent,
    })
}

fn events() -> impl Strategy<Value = Vec<(Event, u64)>> {
    let viewer = || 0u32..5;
    let bounds = prop_oneof![Just(SendParameters::default()), bounds()];
    let number = |usual: u32| prop_oneof![0..usual, any::<u32>()];
    let event = prop_oneof![
        2 => (viewer(), bounds).prop_map(|(viewer, bounds)| Event::Watch(viewer, bounds)),
        1 => viewer().prop_map(Event::Unwatch),
        8 => (viewer(), number(3_000_000)).prop_map(|(viewer, bps)| Event::Target(viewer, bps)),
        1 => any::<(u16, u16)>().prop_map(|(width, height)| Event::Captured(width, height)),
        8 => (0u8..3, number(40_000)).prop_map(|(layer, us)| Event::Coded(layer, us)),
        2 => number(40_000).prop_map(Event::Shown),
    ];
    proptest::collection::vec((event, 0u64..1500), 0..300)
}

/// What the test knows beside the ladder.
#[derive(Debug)]
struct Known {
    watching: BTreeMap<u32, (SendParameters, Option<u32>)>,
    camera: u16,
}

impl Known {
    fn tell(&mut self, ladder: &mut Ladder, event: Event, now: Instant) {
        match event {
            Event::Watch(viewer, bounds) => {
                self.watching.entry(viewer).or_default().0 = bounds;
                ladder.watch(viewer, bounds);
            }
            Event::Unwatch(viewer) => {
                self.watching.remove(&viewer);
                ladder.unwatch(viewer);
            }
            Event::Target(viewer, bps) => {
                if let Some((_, target)) = self.watching.get_mut(&viewer) {
                    *target = Some(bps);
                }
                ladder.target(viewer, bps, now);
            }
            Event::Captured(width, height) => {
                self.camera = width.max(height);
                ladder.captured(width, height);
            }
            Event::Coded(layer, us) => ladder.coded(layer, us, now),
            Event::Shown(us) => ladder.shown(us, now),
        }
    }

    fn check(&self, ladder: &Ladder) -> Result<(), TestCaseError> {
        let layers = ladder.layers();
        prop_assert!(layers.len() <= LAYERS);
        prop_assert_eq!(layers.is_empty(), self.watching.is_empty());
        let camera = if self.camera == 0 { u16::MAX } else { self.camera.max(LEAST_SIDE) };
        for order in &layers {
            prop_assert!((LEAST_SIDE..=camera.min(1280)).contains(&order.long_side), "{:?}", order);
            prop_assert!((1..=30).contains(&order.frame_rate) && order.bitrate_bps >= LEAST_BOUND_BPS);
        }
        prop_assert!(layers.get(1).is_none_or(|small| small.long_side <= 320));
        for viewer in 0..5 {
            let layer = ladder.layer_of(viewer);
            prop_assert_eq!(layer.is_some(), self.watching.contains_key(&viewer));
            let (Some(layer), Some((bounds, target))) = (layer, self.watching.get(&viewer)) else { continue };
            let order = layers[usize::from(layer)];
            prop_assert!(order.bitrate_bps <= target.unwrap_or(u32::MAX).max(LEAST_BPS));
            prop_assert!(order.bitrate_bps <= bounds.max_bitrate_bps.unwrap_or(u32::MAX).max(LEAST_BOUND_BPS));
            prop_assert!(u32::from(order.frame_rate) <= bounds.max_frame_rate.unwrap_or(u32::MAX).max(1));
        }
        for layer in 0..layers.len() {
            let is_watched = (0..5).any(|viewer| ladder.layer_of(viewer).map(usize::from) == Some(layer));
            prop_assert!(is_watched, "layer {} is coded for nobody", layer);
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn whatever_happens_orders_stay_within_what_everybody_allows(events in events()) {
        let mut now = Instant::now();
        let mut ladder = Ladder::new(now);
        let mut known = Known { watching: BTreeMap::new(), camera: 0 };
        for (event, pause_ms) in events {
            now += Duration::from_millis(pause_ms);
            known.tell(&mut ladder, event, now);
            known.check(&ladder)?;
        }
    }
}

proptest! {
    // Minutes of a call each.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn on_steady_input_nothing_changes(
        targets in proptest::collection::vec(0u32..3_000_000, 1..5),
        coding_ns in 0u32..120,
        showing_us in 0u32..40_000,
    ) {
        let targets: Vec<_> = (0..).zip(targets).collect();
        let mut page = Page::new(&targets);
        (page.coding_ns, page.showing_us) = (coding_ns, showing_us);
        page.run(40);
        let settled = page.changes.len();
        page.run(150);
        prop_assert_eq!(page.changes.len(), settled, "{:?}", page.changes);
    }

    #[test]
    fn a_target_that_trembles_does_not_make_the_picture_tremble(
        target in 60_000u32..2_500_000,
        tremble in proptest::collection::vec(-8i32..=8, 20..60),
    ) {
        let mut page = Page::new(&[(1, target)]);
        page.run(20);
        page.changes.clear();
        for percent in tremble.iter().cycle().take(120) {
            page.targets = vec![(1, target.saturating_add_signed(target as i32 / 100 * percent))];
            page.run(1);
        }
        let mut shapes: Vec<_> =
            page.changes.iter().map(|(_, layers)| (layers[0].long_side, layers[0].frame_rate)).collect();
        shapes.dedup();
        // It may go down where it trembles below a rung, and up once if it stays.
        prop_assert!(shapes.len() <= 3, "{:?}", shapes);
    }

    #[test]
    fn more_target_never_makes_a_smaller_picture_and_more_cost_never_a_larger_one(
        one in 60_000u32..3_000_000,
        other in 60_000u32..3_000_000,
        cheap_ns in 0u32..100,
        dear_ns in 0u32..100,
    ) {
        let end = |target: u32, coding_ns: u32| {
            let mut page = Page::new(&[(1, target)]);
            page.coding_ns = coding_ns;
            page.run(60);
            (page.sizes()[0].0, page.bitrates()[0])
        };
        let (less, more) = (one.min(other), one.max(other));
        let (cheap, dear) = (cheap_ns.min(dear_ns), cheap_ns.max(dear_ns));
        let (small, large) = (end(less, cheap), end(more, cheap));
        prop_assert!(small.0 <= large.0 && small.1 <= large.1, "{:?} {:?}", small, large);
        prop_assert!(end(more, dear).0 <= large.0);
    }
}
