//! When a picture is to be shown so that lips meet the voice.
//!
//! Promises: sound is the master and never waits; a picture waits for its sound, at most [`LONGEST_HOLD`], and not at all while
//! nothing is known. What is waited for changes gently, so that motion stays even.
//! Leaves to others: showing pictures in their order, and delaying sound ([`LipSync::sound_ahead`] tells by how much).

use std::time::{Duration, Instant};

/// Longest time a picture waits. Beyond it a delay is worse for a talk than lips that do not fit.
pub const LONGEST_HOLD: Duration = Duration::from_millis(500);
/// Sound that was not heard of for so long tells nothing any more.
const SOUND_STALE: Duration = Duration::from_secs(2);
/// Time constant of the smoothing. Sound is fetched in pieces at uneven times, off by 10 to 20 ms each.
const SMOOTHING_S: f64 = 0.25;
/// A single report that is off by more says that sound was reset, which is no noise.
const RESET_S: f64 = 1.0;
/// Sound and picture further apart than this come from clocks that know nothing of each other.
const ABSURD_S: f64 = 5.0;
/// From this error on people notice (EBU R37 allows 40 ms of early and 60 ms of late sound).
const NOTICED_S: f64 = 0.06;
/// Pictures are shown by so much before their sound is heard: nobody notices, and it is so much less to wait.
const PICTURES_LEAD_S: f64 = 0.04;
/// How fast the wait changes while nobody notices: 3 ms a picture at 30 a second, unseen.
const GENTLE: f64 = 0.1;
/// And when somebody does: 300 ms are made good within a second.
const BRISK: f64 = 0.4;
/// Longest time one picture's step is reckoned for.
const LONGEST_STEP_S: f64 = 0.1;
/// Share of each picture in the smoothed lateness.
const LATENESS_SHARE: f64 = 0.05;

/// Sound of one sender, and its pictures.
///
/// All is reckoned in delays: local time less the sender's time of capture. Only their differences mean something.
#[derive(Debug, Default)]
pub struct LipSync {
    origin: Option<Instant>,
    /// Smoothed delay with which sound is heard, and when that was told.
    sound: Option<(f64, Instant)>,
    /// Delay with which pictures are shown, and when that was last moved.
    shown: Option<(f64, Instant)>,
    late_s: f64,
}

impl LipSync {
    /// Knows nothing, holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was captured at `capture` (the sender's NTP time) is heard at `now`, which may lie a little ahead.
    pub fn sound_playing(&mut self, capture: Duration, now: Instant) {
        let delay_s = self.delay_s(capture, now);
        let smoothed = match self.fresh_sound(now) {
            Some((smoothed, told)) if (delay_s - smoothed).abs() < RESET_S => {
                let passed_s = now.saturating_duration_since(told).as_secs_f64();
                smoothed + (delay_s - smoothed) * (1.0 - (-passed_s / SMOOTHING_S).exp())
            }
            _ => delay_s,
        };
        self.sound = Some((smoothed, now));
    }

    /// How long a picture that is whole now, captured at `capture`, is to wait before it is shown. Zero if it is late, and if
    /// either side's time is unknown.
    pub fn hold(&mut self, capture: Option<Duration>, now: Instant) -> Duration {
        let Some((at_once_s, sound_s)) = self.delays_s(capture, now) else {
            self.shown = None;
            self.late_s = 0.0;
            return Duration::ZERO;
        };
        self.late_s += ((at_once_s - sound_s).max(0.0) - self.late_s) * LATENESS_SHARE;
        let (shown_s, moved) = self.shown.unwrap_or((at_once_s, now));
        let passed_s = now.saturating_duration_since(moved).as_secs_f64().min(LONGEST_STEP_S);
        let error_s = sound_s - PICTURES_LEAD_S - shown_s;
        let step_s = passed_s * if error_s.abs() > NOTICED_S { BRISK } else { GENTLE };
        let shown_s = shown_s + error_s.clamp(-step_s, step_s);
        self.shown = Some((shown_s, now));
        Duration::from_secs_f64((shown_s - at_once_s).max(0.0)).min(LONGEST_HOLD)
    }

    /// By how much sound is heard before its pictures come, smoothed: what no holding of pictures mends. Sound delayed by this
    /// would meet them.
    pub fn sound_ahead(&self) -> Duration {
        Duration::from_secs_f64(self.late_s)
    }

    /// With which delay the picture would be shown now, and with which sound is heard.
    fn delays_s(&mut self, capture: Option<Duration>, now: Instant) -> Option<(f64, f64)> {
        let at_once_s = self.delay_s(capture?, now);
        let (sound_s, _) = self.fresh_sound(now)?;
        ((sound_s - at_once_s).abs() < ABSURD_S).then_some((at_once_s, sound_s))
    }

    fn fresh_sound(&self, now: Instant) -> Option<(f64, Instant)> {
        self.sound.filter(|(_, told)| now.saturating_duration_since(*told) < SOUND_STALE)
    }

    /// Seconds since 1900 leave an f64 half a microsecond.
    fn delay_s(&mut self, capture: Duration, now: Instant) -> f64 {
        let origin = *self.origin.get_or_insert(now);
        // Sound may be told of a little before it is heard: `now` may lie before the origin.
        let local_s =
            now.saturating_duration_since(origin).as_secs_f64() - origin.saturating_duration_since(now).as_secs_f64();
        local_s - capture.as_secs_f64()
    }
}

#[cfg(test)]
mod tests;
