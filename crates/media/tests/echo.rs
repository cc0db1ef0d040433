//! What the microphone's processing does to a synthetic echo.
//!
//! Synthetic: the far voice, the near voice and the room are all made from seeds (see `voice`). The figures say that the chain is put
//! together rightly (the reference reaches the canceller, the near voice passes); they do not say how a real room with a real
//! loudspeaker sounds. Headphones are advised until that was tried.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod voice;

use bytes::Bytes;
use parlor_media::sound::Microphone;
use voice::{PIECE, RATE, db, energy, in_room, likeness, room, speech, sum};

const CONVERGED: usize = 6 * RATE;

/// What the other side would hear: the far voice is played, the microphone hears `heard`, and its packets are decoded. The device asks
/// for `burst` pieces to play at once.
fn sent(far: &[i16], heard: &[i16], burst: usize) -> Vec<i16> {
    let mut microphone = Microphone::new().unwrap();
    // Fewer artefacts of coding in the measure.
    microphone.set_bitrate(64_000);
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).unwrap();
    let mut out = Vec::with_capacity(heard.len());
    let mut far = far.chunks_exact(PIECE);
    for (n, heard) in heard.chunks_exact(PIECE).enumerate() {
        if n % burst == 0 {
            far.by_ref().take(burst).for_each(|far| microphone.played(far));
        }
        let coded = microphone.captured(heard).unwrap();
        if n % 2 == 1 {
            let payload = coded.map_or(Bytes::new(), |coded| coded.payload);
            let mut sound = [0; 2 * PIECE];
            decoder.decode(&payload, &mut sound, false).unwrap();
            out.extend_from_slice(&sound);
        }
    }
    out
}

/// Echo of -8 dB that comes 70 ms later, in a room that dies away within 200 ms.
fn echo_of(far: &[i16]) -> Vec<i16> {
    in_room(far, &room(17, 70, 200, -8.0))
}

#[test]
fn a_synthetic_echo_is_at_least_20_db_less_after_convergence() {
    for (seed, delay_ms, gain_db, burst) in [(1, 60, -6.0, 1), (2, 70, -8.0, 4), (3, 80, -10.0, 2)] {
        let far = speech(seed, 14.0, 120.0);
        let echo = in_room(&far, &room(seed + 50, delay_ms, 200, gain_db));
        let out = sent(&far, &echo, burst);
        let less_db = db(energy(&echo[CONVERGED..])) - db(energy(&out[CONVERGED..]));
        println!("synthetic echo, {delay_ms} ms, {gain_db} dB: {less_db:.1} dB less");
        assert!(less_db >= 20.0, "seed {seed}: only {less_db:.1} dB");
    }
}

#[test]
fn a_synthetic_echo_is_still_taken_out_after_a_mute() {
    let far = speech(7, 14.0, 120.0);
    let echo = echo_of(&far);
    let mut microphone = Microphone::new().unwrap();
    let mut echo_energy = 0.0;
    let mut sent_db = Vec::new();
    for (n, (far, heard)) in far.chunks_exact(PIECE).zip(echo.chunks_exact(PIECE)).enumerate() {
        microphone.played(far);
        match n {
            600 => microphone.silenced(),
            601..=900 => microphone.skip(1),
            _ => {
                microphone.captured(heard).unwrap();
                if n >= 950 {
                    echo_energy += energy(heard);
                    sent_db.push(-f64::from(microphone.level_db()));
                }
            }
        }
    }
    let pieces = sent_db.len() as f64;
    let out_db = 10.0 * (sent_db.iter().map(|level| 10.0_f64.powf(level / 10.0)).sum::<f64>() / pieces).log10();
    let less_db = db(echo_energy / pieces) - out_db;
    println!("synthetic echo after a mute of 3 s: {less_db:.1} dB less");
    assert!(less_db >= 20.0, "only {less_db:.1} dB");
}

#[test]
fn a_synthetic_near_voice_alone_is_kept() {
    let far = vec![0; 14 * RATE];
    let near = speech(21, 14.0, 190.0);
    kept(&near, &sent(&far, &near, 1), 0.9, "alone");
}

#[test]
fn a_synthetic_near_voice_is_kept_while_the_far_one_speaks() {
    // Six seconds of echo alone, then both speak at once.
    let far = speech(4, 14.0, 110.0);
    let mut near = speech(22, 14.0, 190.0);
    near[..CONVERGED].fill(0);
    let out = sent(&far, &sum(&echo_of(&far), &near), 1);
    kept(&near, &out, 0.5, "at double talk");
    let far_likeness = likeness(&far[CONVERGED..], &out[CONVERGED..]);
    println!("synthetic far voice at double talk: likeness {far_likeness:.2}");
    assert!(far_likeness < 0.4, "what is sent rises and falls with the far voice: {far_likeness:.2}");
}

/// The near voice is in what is sent: as loud, within what gain control does, and rising and falling as it does.
fn kept(near: &[i16], out: &[i16], alike_at_least: f64, when: &str) {
    let (near, out) = (&near[CONVERGED..], &out[CONVERGED..]);
    let change_db = db(energy(out)) - db(energy(near));
    let alike = likeness(near, out);
    println!("synthetic near voice {when}: {change_db:+.1} dB, likeness {alike:.2}");
    assert!((-5.0..6.0).contains(&change_db), "{when}: {change_db:.1} dB");
    assert!(alike >= alike_at_least, "{when}: likeness {alike:.2}");
}
