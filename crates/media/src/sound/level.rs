//! Loudness as RTP tells it (RFC 6464 section 3): decibels below the loudest, 0 to 127.

/// The level that stands for silence.
pub(super) const SILENT_DB: u8 = 127;

/// Mean square of the samples, where 1 is a square wave as loud as can be.
pub(super) fn energy(samples: &[i16]) -> f64 {
    if samples.is_empty() {
        return 0.0;
    }
    let sum: f64 = samples.iter().map(|sample| (f64::from(*sample) / 32_768.0).powi(2)).sum();
    sum / samples.len() as f64
}

/// Level of a mean square (see [`energy`]).
pub(super) fn energy_db(energy: f64) -> u8 {
    if energy <= 0.0 {
        return SILENT_DB;
    }
    // `as` saturates, and the clamp keeps it within a byte.
    (-10.0 * energy.log10()).round().clamp(0.0, f64::from(SILENT_DB)) as u8
}

/// Level of the samples in decibels below the loudest: 0 is as loud as can be, 127 is silence (RFC 6464).
pub fn level_db(samples: &[i16]) -> u8 {
    energy_db(energy(samples))
}

#[cfg(test)]
mod tests {
    use super::level_db;

    #[test]
    fn levels_are_decibels_below_the_loudest() {
        assert_eq!(level_db(&[]), 127);
        assert_eq!(level_db(&[0; 480]), 127);
        assert_eq!(level_db(&[i16::MIN; 480]), 0);
        assert_eq!(level_db(&[3_277; 480]), 20);
        assert_eq!(level_db(&[1; 480]), 90);
    }
}
