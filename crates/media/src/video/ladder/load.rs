//! What coding and showing pictures costs the processor, as measured, and what a larger picture would cost.

use std::time::{Duration, Instant};

use parlor_protocol::media_port::LAYERS;

use super::rung::{Rung, Size};

/// A larger size must be predicted to take no more of the interval between two pictures. The rest is for sound, the network, the
/// page itself and everything else on the machine; and others' pictures may grow as well.
const GROWTH_FITS: f64 = 0.60;
/// The size every call begins with, and a full rate, may take so much.
const RETURN_FITS: f64 = 0.75;
/// Above this pictures begin to pile up now and then.
const TOO_MUCH: f64 = 0.85;
/// For how long it must be too much: longer than a window that is opened or a page that is loaded.
const TOO_MUCH_FOR: Duration = Duration::from_secs(2);
/// Pictures coded at the present size before its cost counts as known, half a second's; twice that to grow on it.
const KNOWN_AFTER: u32 = 15;
/// Pictures of the former size may still be on their way.
const STILL_OLD: Duration = Duration::from_millis(300);
/// A cost nobody spoke of for so long is none: nobody is shown, nothing is coded.
const STALE: Duration = Duration::from_secs(5);
/// Weight of a picture against all before it.
const SHARE: f64 = 0.05;
/// A rung that was too much is not tried again for so long, and each time twice as long.
const SHORTEST_REST: Duration = Duration::from_secs(60);
/// But for no longer than this.
const LONGEST_REST: Duration = Duration::from_secs(600);
/// Others' pictures come at this rate, at most.
const SHOWN_PER_SECOND: f64 = 30.0;

#[derive(Debug)]
struct CodingCost {
    us: f64,
    pictures: u32,
    told: Instant,
    old_until: Instant,
}

/// All costs.
#[derive(Debug)]
pub(super) struct Load {
    coding: [CodingCost; LAYERS],
    showing: Option<(f64, Instant)>,
    too_much: Option<Instant>,
    /// This was too much, and is not to be tried before then.
    refused: Option<(Rung, Instant)>,
    rest: Duration,
}

impl Load {
    pub(super) fn new(now: Instant) -> Self {
        let coding = std::array::from_fn(|_| CodingCost { us: 0.0, pictures: 0, told: now, old_until: now });
        Self { coding, showing: None, too_much: None, refused: None, rest: SHORTEST_REST }
    }

    pub(super) fn coded(&mut self, layer: u8, cost_us: u32, now: Instant) {
        let Some(coding) = self.coding.get_mut(usize::from(layer)) else { return };
        if now < coding.old_until {
            return;
        }
        coding.pictures = coding.pictures.saturating_add(1);
        let share = SHARE.max(1.0 / f64::from(coding.pictures));
        coding.us += (f64::from(cost_us) - coding.us) * share;
        coding.told = now;
    }

    pub(super) fn shown(&mut self, cost_us_per_frame: u32, now: Instant) {
        let cost_us = f64::from(cost_us_per_frame);
        let (mean, _) = self.showing(now).unwrap_or((cost_us, now));
        // Once a second, each a mean already.
        self.showing = Some(((mean + cost_us) / 2.0, now));
    }

    /// What was measured of this layer is of another size, or of nothing at all.
    pub(super) fn resized(&mut self, layer: usize, now: Instant) {
        if let Some(coding) = self.coding.get_mut(layer) {
            *coding = CodingCost { us: 0.0, pictures: 0, told: now, old_until: now + STILL_OLD };
        }
    }

    /// True when what is done has been too much for a while. Begins to watch anew then.
    pub(super) fn is_too_much(&mut self, rungs: &[Rung], now: Instant) -> bool {
        let share = self.share(rungs, now);
        if share <= TOO_MUCH {
            self.too_much = None;
            return false;
        }
        let since = *self.too_much.get_or_insert(now);
        let is_too_much = now.saturating_duration_since(since) >= TOO_MUCH_FOR;
        if is_too_much {
            self.too_much = None;
        }
        is_too_much
    }

    /// A rung turned out to be too much.
    pub(super) fn refuse(&mut self, rung: Rung, now: Instant) {
        self.refused = Some((rung, now + self.rest));
        self.rest = (2 * self.rest).min(LONGEST_REST);
    }

    /// Whether a layer may go up to `higher`, as far as is known.
    pub(super) fn fits(&self, layer: usize, rungs: &[Rung], higher: Rung, source: Option<u16>, now: Instant) -> bool {
        if self.refused.is_some_and(|(rung, until)| higher >= rung && now < until) {
            return false;
        }
        let Some(present) = rungs.get(layer) else { return false };
        let grows = higher.size > present.size && higher.size > Rung::START.size;
        let known = self.coding.get(layer).filter(|coding| coding.is_known(now));
        let Some(known) = known.filter(|coding| !grows || coding.pictures >= 2 * KNOWN_AFTER) else { return !grows };
        let side = |size: Size| f64::from(size.long_side().min(source.unwrap_or(u16::MAX)));
        let pixels = (side(higher.size) / side(present.size)).powi(2);
        let others: f64 = rungs
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != layer)
            .map(|(other, rung)| self.coding_share(other, *rung, now))
            .sum();
        let predicted =
            known.us * pixels * f64::from(higher.rate.per_second()) / 1e6 + others + self.showing_share(now);
        predicted <= if grows { GROWTH_FITS } else { RETURN_FITS }
    }

    /// Share of the time that pictures take, as far as it is known.
    fn share(&self, rungs: &[Rung], now: Instant) -> f64 {
        let coding: f64 = rungs.iter().enumerate().map(|(layer, rung)| self.coding_share(layer, *rung, now)).sum();
        coding + self.showing_share(now)
    }

    fn coding_share(&self, layer: usize, rung: Rung, now: Instant) -> f64 {
        let known = self.coding.get(layer).filter(|coding| coding.is_known(now));
        known.map_or(0.0, |coding| coding.us * f64::from(rung.rate.per_second()) / 1e6)
    }

    fn showing_share(&self, now: Instant) -> f64 {
        self.showing(now).map_or(0.0, |(us, _)| us * SHOWN_PER_SECOND / 1e6)
    }

    fn showing(&self, now: Instant) -> Option<(f64, Instant)> {
        self.showing.filter(|(_, told)| now.saturating_duration_since(*told) < STALE)
    }
}

impl CodingCost {
    fn is_known(&self, now: Instant) -> bool {
        self.pictures >= KNOWN_AFTER && now.saturating_duration_since(self.told) < STALE
    }
}
