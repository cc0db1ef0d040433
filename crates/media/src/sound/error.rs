//! What can go wrong with sound.

/// Why sound could not be coded, decoded or processed.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// The caller handed over a piece of another length than 480 samples: a bug of the caller, nothing was taken.
    #[error("a piece of sound has {0} samples instead of 480")]
    PieceLength(usize),
    /// libopus refused: it has no memory, or a setting is out of range.
    #[error("the Opus codec failed: {0}")]
    Codec(#[from] opus::Error),
    /// The processing of the microphone refused the piece.
    #[error("the processing of the microphone failed: {0}")]
    Processing(#[from] sonora::Error),
}
