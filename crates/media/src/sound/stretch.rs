//! Makes sound a little longer or shorter without changing its pitch: one period of it is put in or left out by an overlap.
//!
//! Promises: no step in the wave (the two parts are faded into each other where they resemble each other most); where nothing resembles,
//! nothing is done unless it is urgent or too soft to be heard.

/// Periods looked for: 2.5 to 12.5 ms, voices of 80 to 400 Hz and every multiple of a shorter period.
const SHORTEST: usize = 120;
const LONGEST: usize = 600;
/// Length of the overlap: 5 ms.
const OVERLAP: usize = 240;
/// How alike the two parts must be: 1 is the same wave.
const ALIKE: f32 = 0.9;
/// When it is urgent, noise counts as alike too.
const ALIKE_ENOUGH: f32 = 0.2;
/// Mean square below which (about -50 dB) nobody hears a difference.
const QUIET: f64 = 1e-5;

/// Leaves out one period at the beginning. Gives the number of samples left out, zero if no place was fit.
pub(super) fn shrink(samples: &mut Vec<i16>, urgent: bool) -> usize {
    let Some(period) = period(samples, urgent) else { return 0 };
    // From the first part into the one a period later.
    faded(samples, 0, period);
    samples.drain(OVERLAP..OVERLAP + period);
    period
}

/// Plays one period at the beginning twice. Gives the number of samples put in, zero if no place was fit.
pub(super) fn stretch(samples: &mut Vec<i16>, urgent: bool) -> usize {
    let Some(period) = period(samples, urgent) else { return 0 };
    let mut longer = samples.clone();
    // After a period, from the part that would follow back into the first.
    faded(&mut longer, period, 0);
    longer.truncate(period + OVERLAP);
    longer.extend(samples.iter().skip(OVERLAP));
    *samples = longer;
    period
}

/// Fades, over the overlap at `from`, what stands there into what stands at `to`.
#[expect(clippy::indexing_slicing, reason = "`period` looked for both parts within the samples")]
fn faded(samples: &mut [i16], from: usize, to: usize) {
    let other: Vec<i16> = samples[to..to + OVERLAP].to_vec();
    for (n, (sample, other)) in samples[from..from + OVERLAP].iter_mut().zip(other).enumerate() {
        *sample = blend(*sample, other, n as f32 / OVERLAP as f32);
    }
}

/// From `before` (share 0) to `after` (share 1).
pub(super) fn blend(before: i16, after: i16, share: f32) -> i16 {
    let (before, after) = (f32::from(before), f32::from(after));
    (before + (after - before) * share) as i16
}

/// The distance at which the beginning is repeated best, if it is fit.
#[expect(clippy::indexing_slicing, reason = "the lags end where an overlap still fits")]
fn period(samples: &[i16], urgent: bool) -> Option<usize> {
    let longest = samples.len().checked_sub(OVERLAP).filter(|longest| *longest >= SHORTEST)?.min(LONGEST);
    let wave: Vec<f32> = samples.iter().take(longest + OVERLAP).map(|sample| f32::from(*sample)).collect();
    let head = &wave[..OVERLAP];
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let head_energy = product(head, head);
    let (lag, alike) = (SHORTEST..=longest)
        .map(|lag| {
            let part = &wave[lag..lag + OVERLAP];
            (lag, product(head, part) / (head_energy * product(part, part)).sqrt().max(1.0))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    let enough = if urgent { ALIKE_ENOUGH } else { ALIKE };
    (alike >= enough || super::level::energy(samples) < QUIET).then_some(lag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, length: usize) -> Vec<i16> {
        (0..length).map(|n| (12_000.0 * (std::f64::consts::TAU * hz * n as f64 / 48_000.0).sin()) as i16).collect()
    }

    fn steepest(samples: &[i16]) -> i32 {
        samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap()
    }

    #[test]
    fn a_tone_gets_longer_and_shorter_without_a_click() {
        for hz in [100.0, 157.0, 440.0, 1_000.0] {
            let original = tone(hz, 960);
            let mut shorter = original.clone();
            let left_out = shrink(&mut shorter, false);
            assert!(left_out >= SHORTEST, "{hz} Hz");
            assert_eq!(shorter.len(), 960 - left_out);
            let mut longer = original.clone();
            let put_in = stretch(&mut longer, false);
            assert!(put_in >= SHORTEST, "{hz} Hz");
            assert_eq!(longer.len(), 960 + put_in);
            for changed in [shorter, longer] {
                assert!(steepest(&changed) <= steepest(&original) * 11 / 10, "{hz} Hz");
                assert_eq!(changed.last(), original.last());
            }
        }
    }

    #[test]
    fn what_resembles_nothing_is_left_alone_unless_it_is_urgent_or_too_soft_to_hear() {
        let mut random = 7_u32;
        let noise: Vec<i16> = std::iter::repeat_with(|| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 16) as i16 / 4
        })
        .take(960)
        .collect();
        assert_eq!(shrink(&mut noise.clone(), false), 0);
        assert_eq!(stretch(&mut noise.clone(), false), 0);
        assert!(shrink(&mut vec![0; 960], false) > 0);
        assert!(shrink(&mut noise.iter().map(|sample| sample / 400).collect(), false) > 0);
        assert_eq!(shrink(&mut vec![1_000; 200], true), 0, "too short");
    }
}
