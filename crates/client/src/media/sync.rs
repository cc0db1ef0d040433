//! One connection's clocks: what of the peer's time is heard now, and how long a picture waits for it.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use parlor_media::clock::{LipSync, RtpClock};
use parlor_protocol::media_port::{MediaKind, SOUND_RATE_HZ};

use super::codecs::VIDEO_RATE_HZ;

/// From a piece's departure to the page until it is heard: the player's ring, and the sound device behind it.
const AUDIBLE_AFTER: Duration = Duration::from_millis(50);

/// The clocks of one connection.
pub(super) struct Sync(Mutex<Clocks>);

struct Clocks {
    audio: RtpClock,
    video: RtpClock,
    lips: LipSync,
}

impl Sync {
    /// Nothing known yet.
    pub(super) fn new() -> Self {
        let clocks = Clocks {
            audio: RtpClock::new(SOUND_RATE_HZ),
            video: RtpClock::new(VIDEO_RATE_HZ),
            lips: LipSync::default(),
        };
        Self(Mutex::new(clocks))
    }

    /// A sender report of the peer came.
    pub(super) fn reported(&self, kind: MediaKind, ntp: u64, rtp: u32) {
        self.lock().of(kind).sender_report(ntp, rtp);
    }

    /// A packet with this RTP timestamp came.
    pub(super) fn arrived(&self, kind: MediaKind, rtp: u32, now: Instant) {
        self.lock().of(kind).arrived(rtp, now);
    }

    /// Sound with this RTP timestamp leaves for the page now.
    pub(super) fn playing(&self, rtp: u32, now: Instant) {
        let mut clocks = self.lock();
        if let Some(capture) = clocks.audio.capture_ntp(rtp) {
            clocks.lips.sound_playing(capture, now + AUDIBLE_AFTER);
        }
    }

    /// How long a whole picture with this RTP timestamp is to be held.
    pub(super) fn hold(&self, rtp: u32, now: Instant) -> Duration {
        let mut clocks = self.lock();
        let capture = clocks.video.capture_ntp(rtp);
        clocks.lips.hold(capture, now)
    }

    fn lock(&self) -> MutexGuard<'_, Clocks> {
        // Numbers only: a poisoned lock still holds whole ones.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clocks {
    const fn of(&mut self, kind: MediaKind) -> &mut RtpClock {
        match kind {
            MediaKind::Audio => &mut self.audio,
            MediaKind::Video => &mut self.video,
        }
    }
}
