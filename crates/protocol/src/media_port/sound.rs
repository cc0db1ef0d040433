//! What travels on the sound socket.

use super::SOUND_PIECE_SAMPLES;

/// Pieces of one message from the microphone: more would be late.
const MOST_PIECES: usize = 10;

/// Sound from the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundToEngine {
    /// From the microphone: byte 1, then one to ten pieces of [`SOUND_PIECE_SAMPLES`] samples.
    Captured(Vec<i16>),
    /// The player has room for so many pieces: byte 2, then a byte with the number, 1 to 50.
    Wanted(u8),
    /// The microphone was muted or given back: byte 3. What it had captured so far is not sent any more.
    Silenced,
}

impl SoundToEngine {
    /// None if it is no such message.
    pub fn decode(message: &[u8]) -> Option<Self> {
        match message {
            [1, samples @ ..] => pieces(samples).map(Self::Captured),
            [2, pieces @ 1..=50] => Some(Self::Wanted(*pieces)),
            [3] => Some(Self::Silenced),
            _ => None,
        }
    }
}

/// Sound to the page, to be played next: byte 1, then as many pieces of [`SOUND_PIECE_SAMPLES`] samples as were wanted at once.
pub fn sound_to_page(samples: &[i16]) -> Vec<u8> {
    std::iter::once(1).chain(samples.iter().flat_map(|sample| sample.to_le_bytes())).collect()
}

fn pieces(bytes: &[u8]) -> Option<Vec<i16>> {
    let (samples, rest) = bytes.as_chunks::<2>();
    let is_whole = samples.len().is_multiple_of(SOUND_PIECE_SAMPLES) && rest.is_empty();
    (is_whole && (1..=MOST_PIECES).contains(&(samples.len() / SOUND_PIECE_SAMPLES)))
        .then(|| samples.iter().map(|sample| i16::from_le_bytes(*sample)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_is_taken_in_whole_pieces_only() {
        let samples: Vec<i16> = (0..480).map(|n| n - 240).collect();
        for (pieces, is_taken) in [(1, true), (2, true), (MOST_PIECES, true), (MOST_PIECES + 1, false)] {
            let samples = samples.repeat(pieces);
            let taken = SoundToEngine::decode(&sound_to_page(&samples));
            assert_eq!(taken, is_taken.then_some(SoundToEngine::Captured(samples)), "{pieces}");
        }
        assert_eq!(SoundToEngine::decode(&sound_to_page(&samples[1..])), None);
        assert_eq!(SoundToEngine::decode(&[2, 3]), Some(SoundToEngine::Wanted(3)));
        assert_eq!(SoundToEngine::decode(&[3]), Some(SoundToEngine::Silenced));
        for hostile in [&[][..], &[1], &[2], &[2, 0], &[2, 51], &[2, 1, 1], &[3, 0], &[4]] {
            assert_eq!(SoundToEngine::decode(hostile), None, "{hostile:?}");
        }
    }
}
