//! One remote's sound: from packets of Opus to pieces that are played.
//!
//! What it is: the jitter buffer's answers carried out: packets decoded, lost ones made up from FEC or concealed, comfort noise in
//! silence, and periods of the sound left out or put in so that the delay stays right although two clocks differ.
//! Promises: each pull gives 10 ms of sound, whatever has come; no payload makes it fail.
//! Leaves to others: mixing, and when a picture is shown to this sound ([`Player::playing`] says what is heard).

use super::level::{SILENT_DB, energy, energy_db};
use super::stretch::{blend, shrink, stretch};
use super::{JitterBuffer, PIECE, Pace, Pull, SoundError};
use bytes::Bytes;
use opus::{Channels, Decoder};
use std::time::Instant;

const RATE_HZ: u32 = 48_000;
/// Two jumps in a row are faded into each other over 5 ms.
const FADE: usize = 240;
/// Below -70 dB what was concealed is silence.
const SILENT_ENERGY: f64 = 1e-7;
/// Share of a new piece in the level: a time constant of about 50 ms, so that a meter does not flicker.
const LEVEL_SHARE: f64 = 0.2;

/// 10 ms to be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The sound.
    pub samples: [i16; PIECE],
    /// RTP timestamp of the first sample; none in silence.
    pub timestamp: Option<u32>,
    /// There is nothing to hear in it, so it need not be mixed.
    pub silent: bool,
}

/// What `RTCInboundRtpStreamStats` asks of a receiver of sound; names as there, counts in samples of 48 kHz.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PlayerStats {
    /// All that was played since the first packet, made up or not.
    pub total_samples_received: u64,
    /// Made up in place of what was lost or late.
    pub concealed_samples: u64,
    /// Those of them that were silent.
    pub silent_concealed_samples: u64,
    /// How often concealing began.
    pub concealment_events: u64,
    /// Put in to lengthen the delay.
    pub inserted_samples_for_deceleration: u64,
    /// Left out to shorten the delay.
    pub removed_samples_for_acceleration: u64,
    /// Sum over all samples of the time each waited in the buffer, in seconds.
    pub jitter_buffer_delay_s: f64,
    /// Samples that have left the buffer.
    pub jitter_buffer_emitted_count: u64,
    /// Delay for jitter that is aimed at now, in seconds (of one sample, not summed).
    pub jitter_buffer_target_delay_s: f64,
    /// Packets that came too late, or broken.
    pub packets_discarded: u64,
    /// Samples taken from the FEC of the next packet.
    pub fec_samples: u64,
    /// Packets the decoder refused; they were concealed.
    pub packets_undecodable: u64,
    /// Sum of energy: the square of the level, times seconds.
    pub total_audio_energy: f64,
    /// Seconds that were summed up.
    pub total_samples_duration_s: f64,
    /// Level now, linear, 0 to 1.
    pub audio_level: f64,
}

/// One remote's sound. See the module.
pub struct Player {
    buffer: JitterBuffer,
    decoder: Decoder,
    /// Decoded and not yet played.
    held: Vec<i16>,
    playing: Option<u32>,
    /// A packet has come.
    begun: bool,
    /// The decoder has something to fade out.
    sounding: bool,
    concealing: bool,
    smooth_energy: f64,
    stats: PlayerStats,
}

impl Player {
    /// A player that is silent until packets come.
    ///
    /// # Errors
    /// [`SoundError::Codec`] if libopus has no memory.
    pub fn new() -> Result<Self, SoundError> {
        Ok(Self {
            buffer: JitterBuffer::new(),
            decoder: Decoder::new(RATE_HZ, Channels::Mono)?,
            held: Vec::with_capacity(4 * PIECE),
            playing: None,
            begun: false,
            sounding: false,
            concealing: false,
            smooth_energy: 0.0,
            stats: PlayerStats::default(),
        })
    }

    /// A packet came from the network.
    pub fn insert(&mut self, sequence: u16, timestamp: u32, payload: Bytes, now: Instant) {
        self.begun = true;
        self.buffer.insert(sequence, timestamp, payload, now);
    }

    /// The device plays the next 10 ms.
    pub fn pull(&mut self, now: Instant) -> Piece {
        loop {
            match self.buffer.pull(now) {
                Pull::Enough => break,
                Pull::Packet { payload, ticks, pace, jumped, .. } => {
                    let joint = jumped.then(|| self.made_up(FADE));
                    self.decode(&payload, ticks as usize, joint.as_deref());
                    self.adjust(pace);
                }
                Pull::Recover { payload, ticks } => self.recover(&payload, ticks as usize),
                Pull::Conceal { ticks } => self.conceal(ticks as usize),
                Pull::Silence { ticks, comfort } => self.say_nothing(ticks as usize, comfort),
            }
        }
        let mut samples = [0; PIECE];
        let ready = self.held.len().min(PIECE);
        for (out, sample) in samples.iter_mut().zip(self.held.drain(..ready)) {
            *out = sample;
        }
        self.playing = self.buffer.position();
        self.account(&samples);
        let silent = samples.iter().all(|sample| *sample == 0);
        Piece { samples, timestamp: self.playing, silent }
    }

    /// RTP timestamp of what is being pulled now, to show the picture that belongs to it; none before the first packet, in silence,
    /// and while a late packet is waited for.
    pub fn playing(&self) -> Option<u32> {
        self.playing
    }

    /// How loud it is, in decibels below the loudest (RFC 6464), evened over 50 ms; 127 is silence.
    pub fn level_db(&self) -> u8 {
        if self.begun { energy_db(self.smooth_energy) } else { SILENT_DB }
    }

    /// What was counted so far.
    pub fn stats(&self) -> PlayerStats {
        let buffer = self.buffer.stats();
        PlayerStats {
            jitter_buffer_delay_s: buffer.delay_s,
            jitter_buffer_emitted_count: buffer.emitted_count,
            jitter_buffer_target_delay_s: f64::from(buffer.target_ticks) / f64::from(RATE_HZ),
            packets_discarded: buffer.packets_discarded,
            audio_level: self.smooth_energy.sqrt(),
            ..self.stats
        }
    }

    fn decode(&mut self, payload: &[u8], ticks: usize, joint: Option<&[i16]>) {
        let mut sound = vec![0; ticks];
        match self.decoder.decode(payload, &mut sound, false) {
            Ok(decoded) => sound.truncate(decoded),
            Err(_) => {
                self.stats.packets_undecodable += 1;
                return self.conceal(ticks);
            }
        }
        // The buffer counted on the duration that the packet's head names.
        sound.resize(ticks, 0);
        if let Some(joint) = joint {
            for (n, (sample, before)) in sound.iter_mut().zip(joint).enumerate() {
                *sample = blend(*before, *sample, n as f32 / FADE as f32);
            }
        }
        self.held.append(&mut sound);
        self.sounding = true;
        self.concealing = false;
    }

    fn adjust(&mut self, pace: Pace) {
        match pace {
            Pace::Steady => {}
            Pace::Shrink { urgent } => {
                let removed = shrink(&mut self.held, urgent);
                self.stats.removed_samples_for_acceleration += removed as u64;
                self.tell_adjusted(-(removed as i64));
            }
            Pace::Stretch { urgent } => {
                let inserted = stretch(&mut self.held, urgent);
                self.stats.inserted_samples_for_deceleration += inserted as u64;
                self.tell_adjusted(inserted as i64);
            }
        }
    }

    fn tell_adjusted(&mut self, samples: i64) {
        if samples != 0 {
            self.buffer.adjusted(samples);
        }
    }

    fn recover(&mut self, payload: &[u8], ticks: usize) {
        let mut sound = vec![0; ticks];
        match self.decoder.decode(payload, &mut sound, true) {
            Ok(_) => {
                self.stats.fec_samples += ticks as u64;
                self.held.append(&mut sound);
                self.sounding = true;
                self.concealing = false;
            }
            Err(_) => self.conceal(ticks),
        }
    }

    fn conceal(&mut self, ticks: usize) {
        let mut sound = self.made_up(ticks);
        self.stats.concealed_samples += ticks as u64;
        if energy(&sound) < SILENT_ENERGY {
            self.stats.silent_concealed_samples += ticks as u64;
        }
        if !std::mem::replace(&mut self.concealing, true) {
            self.stats.concealment_events += 1;
        }
        self.held.append(&mut sound);
    }

    fn say_nothing(&mut self, ticks: usize, comfort: bool) {
        self.concealing = false;
        if comfort {
            let mut sound = self.made_up(ticks);
            self.held.append(&mut sound);
            return;
        }
        let mut sound = vec![0; ticks];
        if std::mem::take(&mut self.sounding) {
            let last = self.made_up(ticks);
            for (n, (sample, last)) in sound.iter_mut().zip(last).enumerate() {
                *sample = blend(last, 0, n as f32 / ticks as f32);
            }
            // Who begins anew after this begins without what was said before. A decoder that cannot be reset only sounds worse.
            self.decoder.reset_state().unwrap_or_default();
        }
        self.held.append(&mut sound);
    }

    /// What the decoder makes up when it is given nothing: the last sound dying away, then the noise of the remote's room.
    fn made_up(&mut self, ticks: usize) -> Vec<i16> {
        let mut sound = vec![0; ticks];
        if self.decoder.decode(&[], &mut sound, false).is_err() {
            sound.fill(0);
        }
        sound
    }

    fn account(&mut self, samples: &[i16]) {
        let energy = energy(samples);
        self.smooth_energy += (energy - self.smooth_energy) * LEVEL_SHARE;
        if self.begun {
            let seconds = PIECE as f64 / f64::from(RATE_HZ);
            self.stats.total_samples_received += PIECE as u64;
            self.stats.total_audio_energy += energy * seconds;
            self.stats.total_samples_duration_s += seconds;
        }
    }
}

#[cfg(test)]
mod tests;
