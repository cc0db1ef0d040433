//! How long a packet of Opus plays, read from its first bytes (RFC 6716 sections 3.1 and 3.2) without decoding it.

/// The longest packet: 120 ms (RFC 6716 section 3.2.5, requirement R5).
const LONGEST_TICKS: u32 = 5_760;

/// Ticks of the 48 kHz clock that the packet plays, or none if it is no packet of Opus.
pub(super) fn duration_ticks(payload: &[u8]) -> Option<u32> {
    let (toc, rest) = payload.split_first()?;
    let frame = match toc >> 3 {
        // SILK: 10, 20, 40, 60 ms.
        config @ 0..=11 => match config % 4 {
            0 => 480,
            1 => 960,
            2 => 1_920,
            _ => 2_880,
        },
        // Hybrid: 10, 20 ms.
        config @ 12..=15 => 480 << (config % 2),
        // CELT: 2.5, 5, 10, 20 ms.
        config => 120 << (config % 4),
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(rest.first()? & 0x3f),
    };
    let ticks: u32 = frames * frame;
    (1..=LONGEST_TICKS).contains(&ticks).then_some(ticks)
}

#[cfg(test)]
mod tests {
    use super::duration_ticks;

    #[test]
    fn a_packet_lasts_as_long_as_the_codec_says() {
        for toc in 0..=255_u8 {
            for count in [0_u8, 1, 2, 3, 6, 12, 48, 63] {
                let payload = [toc, count, 0, 0];
                let known = opus::packet::get_nb_samples(&payload, 48_000).ok().filter(|samples| *samples > 0);
                assert_eq!(duration_ticks(&payload).map(|ticks| ticks as usize), known, "{payload:?}");
            }
        }
        assert_eq!(duration_ticks(&[]), None);
        assert_eq!(duration_ticks(&[3]), None, "a count of frames is missing");
    }
}
