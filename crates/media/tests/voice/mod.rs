//! Sound for tests: synthetic speech from a seed, rooms, and how to measure what comes out.
//!
//! The speech is no recording: pulses of a gliding pitch and noise, through three resonances that change with each sound, with
//! pauses between words. It has what coders and echo cancellers react to (pitch, formants, onsets, silence), and says nothing.

#![allow(dead_code, reason = "each test takes what it needs of it")]

use std::f64::consts::{PI, TAU};

pub const RATE: usize = 48_000;
pub const PIECE: usize = 480;

/// Numbers that only look random, the same for the same seed everywhere.
pub struct Seeded(u64);

impl Seeded {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// 0 to 1.
    pub fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// -1 to 1.
    pub fn noise(&mut self) -> f64 {
        self.between(-1.0, 1.0)
    }
}

/// One formant: a resonance of two poles.
#[derive(Default)]
struct Resonance {
    before: [f64; 2],
}

impl Resonance {
    fn next(&mut self, input: f64, hz: f64, width_hz: f64) -> f64 {
        let radius = (-PI * width_hz / RATE as f64).exp();
        let output = input * (1.0 - radius) + 2.0 * radius * (TAU * hz / RATE as f64).cos() * self.before[0]
            - radius * radius * self.before[1];
        self.before = [output, self.before[0]];
        output
    }
}

/// So many seconds of speech-like sound, -22 dB in the mean over all of it. `pitch_hz` is the voice's: 110 a low, 200 a high one.
pub fn speech(seed: u64, seconds: f64, pitch_hz: f64) -> Vec<i16> {
    let mut seeded = Seeded::new(seed);
    let length = (seconds * RATE as f64) as usize;
    let mut sound: Vec<f64> = Vec::with_capacity(length);
    let mut resonances = [Resonance::default(), Resonance::default(), Resonance::default()];
    let (mut phase, mut hz) = (0.0, pitch_hz);
    while sound.len() < length {
        let kind = seeded.share();
        let samples = (seeded.between(0.06, 0.25) * RATE as f64) as usize;
        let formants = [seeded.between(300.0, 850.0), seeded.between(900.0, 2_300.0), seeded.between(2_400.0, 3_400.0)];
        let aim_hz = pitch_hz * seeded.between(0.8, 1.3);
        for n in 0..samples {
            // Sounds swell and sink within 20 ms.
            let edge = (n.min(samples - n) as f64 / 960.0).min(1.0);
            hz += (aim_hz - hz) / 4_000.0;
            phase += hz / RATE as f64;
            let pulse = if phase >= 1.0 {
                phase -= 1.0;
                60.0
            } else {
                0.0
            };
            let source = match kind {
                ..0.6 => edge * (pulse + 0.15 * seeded.noise()),
                0.6..0.8 => edge * 1.5 * seeded.noise(),
                _ => 0.0,
            };
            let voice: f64 = resonances
                .iter_mut()
                .zip(formants)
                .zip([80.0, 110.0, 160.0])
                .map(|((resonance, hz), width_hz)| resonance.next(source, hz, width_hz))
                .sum();
            sound.push(voice);
        }
    }
    sound.truncate(length);
    let loud = (sound.iter().map(|sample| sample * sample).sum::<f64>() / length as f64).sqrt();
    sound.iter().map(|sample| (sample / loud * 0.08 * 32_768.0).clamp(-32_768.0, 32_767.0) as i16).collect()
}

pub fn tone(hz: f64, seconds: f64) -> Vec<i16> {
    (0..(seconds * RATE as f64) as usize)
        .map(|n| (8_000.0 * (TAU * hz * n as f64 / RATE as f64).sin()) as i16)
        .collect()
}

/// The response of a made-up room: a direct path after `delay_ms`, then reflections (five each millisecond) that die away by 60 dB
/// within `decay_ms`; its energy altogether is `gain_db`.
pub fn room(seed: u64, delay_ms: usize, decay_ms: usize, gain_db: f64) -> Vec<f64> {
    let mut seeded = Seeded::new(seed);
    let (delay, decay) = (delay_ms * 48, decay_ms * 48);
    let mut response = vec![0.0; delay + decay];
    for (n, tap) in response[delay..].iter_mut().enumerate() {
        let reflection = seeded.noise() * 10.0_f64.powf(-3.0 * n as f64 / decay as f64);
        *tap = if seeded.share() < 5.0 / 48.0 { reflection } else { 0.0 };
    }
    response[delay] = 1.0;
    let energy: f64 = response.iter().map(|tap| tap * tap).sum();
    let scale = (10.0_f64.powf(gain_db / 10.0) / energy).sqrt();
    response.iter_mut().for_each(|tap| *tap *= scale);
    response
}

/// What is heard of the sound in the room. Only taps that matter are added up.
pub fn in_room(sound: &[i16], response: &[f64]) -> Vec<i16> {
    let mut heard = vec![0.0; sound.len()];
    for (delay, tap) in response.iter().enumerate().filter(|(_, tap)| tap.abs() > 1e-4) {
        for (out, sample) in heard.iter_mut().skip(delay).zip(sound) {
            *out += tap * f64::from(*sample);
        }
    }
    heard.iter().map(|sample| *sample as i16).collect()
}

pub fn sum(a: &[i16], b: &[i16]) -> Vec<i16> {
    a.iter().zip(b).map(|(a, b)| a.saturating_add(*b)).collect()
}

pub fn energy(sound: &[i16]) -> f64 {
    sound.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / sound.len().max(1) as f64
}

/// Decibels below (negative) the loudest.
pub fn db(energy: f64) -> f64 {
    10.0 * (energy / 32_768.0_f64.powi(2)).max(1e-12).log10()
}

/// Share of the sound's energy that a sine of this frequency has (Goertzel).
pub fn tone_share(sound: &[i16], hz: f64) -> f64 {
    let turn = 2.0 * (TAU * hz / RATE as f64).cos();
    let (last, before) =
        sound.iter().fold((0.0, 0.0), |(last, before), sample| (f64::from(*sample) + turn * last - before, last));
    let power = last * last + before * before - turn * last * before;
    2.0 * power / (sound.len() as f64).powi(2) / energy(sound)
}

/// How alike two sounds rise and fall, piece by piece, when one comes a few pieces after the other: 1 is alike, 0 unrelated.
pub fn likeness(sound: &[i16], later: &[i16]) -> f64 {
    let loudness =
        |sound: &[i16]| -> Vec<f64> { sound.chunks_exact(PIECE).map(|piece| energy(piece).sqrt()).collect() };
    let (sound, later) = (loudness(sound), loudness(later));
    let of = |lag: usize| {
        let pairs: Vec<(f64, f64)> = sound.iter().copied().zip(later[lag..].iter().copied()).collect();
        let count = pairs.len() as f64;
        let (mean_a, mean_b) = (
            pairs.iter().map(|pair| pair.0).sum::<f64>() / count,
            pairs.iter().map(|pair| pair.1).sum::<f64>() / count,
        );
        let (product, a, b) = pairs.iter().fold((0.0, 0.0, 0.0), |(product, aa, bb), (a, b)| {
            let (a, b) = (a - mean_a, b - mean_b);
            (product + a * b, aa + a * a, bb + b * b)
        });
        product / (a * b).sqrt().max(1.0)
    };
    (0..6).map(of).fold(-1.0, f64::max)
}
