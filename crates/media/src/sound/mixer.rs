//! Adds up what several people say into the one piece that is played.
//!
//! Promises: one voice alone passes unchanged, sample for sample; a sum never wraps and is never cut off flat. Each sample is bent
//! by itself, so nothing swells or sinks when another one speaks (no pumping), and there is no state to reset.

use super::PIECE;

/// Below this a sum passes unchanged; above it is bent towards the loudest value. 3 dB below the loudest: two voices of usual level
/// (peaks around -12 dB) never reach it.
const KNEE: f32 = 23_198.0;
const LOUDEST: f32 = 32_767.0;

/// Sum of the pieces. A piece that is too short counts as silent after its end; what is beyond 480 samples is not looked at.
pub fn mix(pieces: &[&[i16]]) -> [i16; PIECE] {
    let mut mixed = [0; PIECE];
    if let [only] = pieces {
        for (out, sample) in mixed.iter_mut().zip(*only) {
            *out = *sample;
        }
        return mixed;
    }
    let mut sums = [0_i32; PIECE];
    for piece in pieces {
        for (sum, sample) in sums.iter_mut().zip(*piece) {
            *sum = sum.saturating_add(i32::from(*sample));
        }
    }
    for (out, sum) in mixed.iter_mut().zip(sums) {
        *out = bent(sum);
    }
    mixed
}

/// Straight up to the knee, then a hyperbolic tangent of slope 1 at the knee: no edge in the curve, and never beyond the loudest.
fn bent(sum: i32) -> i16 {
    let sum = sum as f32;
    let beyond = sum.abs() - KNEE;
    if beyond <= 0.0 {
        return sum as i16;
    }
    let room = LOUDEST - KNEE;
    (KNEE + room * (beyond / room).tanh()).copysign(sum) as i16
}

#[cfg(test)]
mod tests {
    use super::mix;
    use crate::sound::PIECE;
    use proptest::prelude::*;

    #[test]
    fn nobody_is_silence() {
        assert_eq!(mix(&[]), [0; PIECE]);
    }

    #[test]
    fn two_soft_voices_are_their_sum() {
        assert_eq!(mix(&[&[4_000; PIECE], &[-1_500; PIECE]]), [2_500; PIECE]);
    }

    proptest! {
        #[test]
        fn one_voice_passes_unchanged(piece in prop::collection::vec(any::<i16>(), PIECE)) {
            prop_assert_eq!(mix(&[&piece]).to_vec(), piece);
        }

        #[test]
        fn a_louder_sum_is_never_softer_and_never_flat_before_the_end(sum in 0_i32..64_000) {
            let of = |sum: i32| i32::from(mix(&[&[(sum / 2) as i16; 1], &[(sum - sum / 2) as i16; 1]])[0]);
            let (low, high) = (of(sum), of(sum + 1));
            prop_assert!(low <= high && high - low <= 2, "{low} {high}");
            prop_assert_eq!(of(-sum), -low);
            if sum < 40_000 {
                prop_assert!(of(sum + 32) > low, "flat at {}", sum);
            }
        }

        #[test]
        fn any_number_of_any_length_is_mixed(pieces in prop::collection::vec(prop::collection::vec(any::<i16>(), 0..600), 0..12)) {
            let slices: Vec<&[i16]> = pieces.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(mix(&slices).len(), PIECE);
        }
    }
}
