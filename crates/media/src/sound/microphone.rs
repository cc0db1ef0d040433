//! From what the microphone hears to packets of Opus.
//!
//! What it is: the echo of what is played is taken out, noise is suppressed and the gain is evened (sonora), then two pieces of
//! 10 ms become one packet of Opus with in-band FEC and DTX (RFC 7587).
//! Promises: sound of before a mute is never sent after it; silence costs a packet every 400 ms at the most.
//! Leaves to others: RTP headers (the timestamp begins at 0 here), and telling how long a mute lasted.

use super::level::{SILENT_DB, level_db};
use super::{PIECE, SoundError};
use bytes::Bytes;
use opus::{Application, Bitrate, Channels, Encoder, Signal};
use sonora::config::{
    AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, MaxProcessingRate, NoiseSuppression,
    NoiseSuppressionLevel, Pipeline,
};
use sonora::{AudioProcessing, Config, StreamConfig};
use std::collections::VecDeque;

const RATE_HZ: u32 = 48_000;
/// A packet: 20 ms.
const PACKET: usize = 2 * PIECE;
/// What one voice takes at the start: full band with room for FEC.
const BITRATE_BPS: i32 = 32_000;
/// Below 6 kbit/s there is no Opus; above 128 one voice sounds no better.
const BITRATES_BPS: std::ops::RangeInclusive<i32> = 6_000..=128_000;
/// Loss is expected from the first packet on: without any expectation libopus leaves FEC out, and the first loss of a call could not be mended.
const EXPECTED_LOSS_PERCENT: std::ops::RangeInclusive<i32> = 5..=50;
/// More than any packet of 20 ms needs (RFC 6716 section 3.2.1: 1275 bytes a frame).
const PACKET_BYTES: usize = 1_275;
/// A packet of two bytes or less says only that nothing is said (`opus_encode`: it need not be sent).
const DTX_BYTES: usize = 2;
/// After that many pieces what the processing still gives of earlier ones is 80 dB below the loudest: its high pass rings for so long.
/// No more, since the echo canceller takes silence for a room without echo.
const PROCESSING_RINGS_PIECES: usize = 10;

/// Played pieces kept until the next one is captured: more than a page ever asks for at once and has captured meanwhile.
const PLAYED_PIECES: usize = 50;

/// One packet of Opus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coded {
    /// What goes into RTP (RFC 7587 section 4.2).
    pub payload: Bytes,
    /// Of its first sample, on a clock of 48 kHz that begins at 0 and wraps.
    pub timestamp: u32,
    /// First packet of a voice after silence: the marker bit (RFC 7587 section 4.2).
    pub voice: bool,
    /// Decibels below the loudest, 127 for silence (RFC 6464).
    pub level_db: u8,
}

/// The own microphone.
pub struct Microphone {
    processing: Option<AudioProcessing>,
    encoder: Encoder,
    /// Processed and not yet coded: less than a packet.
    pending: Vec<i16>,
    /// Of the next piece.
    timestamp: u32,
    /// The last packet said that nothing is said.
    said_nothing: bool,
    /// Nobody spoke just before: the next voice is marked.
    silence: bool,
    /// Played since the last piece was captured.
    played: VecDeque<[i16; PIECE]>,
    /// How many that were when a piece was captured last.
    played_at_a_time: usize,
    /// More was played since then than is kept.
    stalled: bool,
    /// The processing still holds sound of before a mute.
    stale: bool,
    level_db: u8,
    /// What failed where nobody could be told.
    failed: Option<SoundError>,
}

impl Microphone {
    /// A microphone with echo cancellation, noise suppression and gain control, at 32 kbit/s.
    ///
    /// # Errors
    /// [`SoundError::Codec`] if libopus has no memory.
    pub fn new() -> Result<Self, SoundError> {
        let processing = AudioProcessing::builder()
            .config(Config {
                // At the default of 32 kHz everything above 16 kHz would be lost.
                pipeline: Pipeline {
                    maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz,
                    ..Pipeline::default()
                },
                high_pass_filter: Some(HighPassFilter::default()),
                echo_canceller: Some(EchoCanceller::default()),
                noise_suppression: Some(NoiseSuppression {
                    level: NoiseSuppressionLevel::High,
                    ..NoiseSuppression::default()
                }),
                gain_controller2: Some(GainController2 {
                    adaptive_digital: Some(AdaptiveDigital::default()),
                    ..GainController2::default()
                }),
                ..Config::default()
            })
            .capture_config(StreamConfig::new(RATE_HZ, 1))
            .render_config(StreamConfig::new(RATE_HZ, 1))
            .build();
        Ok(Self { processing: Some(processing), ..Self::unprocessed()? })
    }

    /// A microphone whose sound is coded as it is: for music, for sound that was processed already, and for measuring.
    ///
    /// # Errors
    /// [`SoundError::Codec`] if libopus has no memory.
    pub fn unprocessed() -> Result<Self, SoundError> {
        let mut encoder = Encoder::new(RATE_HZ, Channels::Mono, Application::Voip)?;
        encoder.set_signal(Signal::Voice)?;
        encoder.set_bitrate(Bitrate::Bits(BITRATE_BPS))?;
        encoder.set_inband_fec(true)?;
        encoder.set_packet_loss_perc(*EXPECTED_LOSS_PERCENT.start())?;
        encoder.set_dtx(true)?;
        Ok(Self {
            processing: None,
            encoder,
            pending: Vec::with_capacity(PACKET),
            timestamp: 0,
            said_nothing: false,
            silence: true,
            played: VecDeque::with_capacity(PLAYED_PIECES),
            played_at_a_time: 0,
            stalled: false,
            stale: false,
            level_db: SILENT_DB,
            failed: None,
        })
    }

    /// Takes what goes to the loudspeaker (all that is mixed, 480 samples), whose echo is to be taken out of the next pieces
    /// captured. To be called while muted too. A failure is told by the next [`captured`](Self::captured).
    pub fn played(&mut self, piece: &[i16]) {
        if self.processing.is_none() {
            return;
        }
        let Ok(piece) = <[i16; PIECE]>::try_from(piece) else {
            return self.tell_later(Err(SoundError::PieceLength(piece.len())));
        };
        if self.played.len() == PLAYED_PIECES {
            // Nothing was captured for so long. A gap in what was played is better than a shift against what is captured next:
            // the canceller would look for the echo in the wrong place.
            self.played.pop_front();
            self.stalled = true;
        }
        self.played.push_back(piece);
    }

    /// Takes 10 ms of the microphone; gives a packet when one is full and there is something to send.
    ///
    /// The first packet of a silence is given too, a byte or two long: the other side then knows that no packets are no loss.
    ///
    /// # Errors
    /// [`SoundError::PieceLength`] for a piece of another length; [`SoundError::Codec`], [`SoundError::Processing`] if those fail,
    /// now or in a call before that could not tell. The piece is not taken then.
    pub fn captured(&mut self, piece: &[i16]) -> Result<Option<Coded>, SoundError> {
        if piece.len() != PIECE {
            return Err(SoundError::PieceLength(piece.len()));
        }
        if let Some(failed) = self.failed.take() {
            return Err(failed);
        }
        let processed = self.process(piece)?;
        self.pending.extend_from_slice(&processed);
        self.timestamp = self.timestamp.wrapping_add(PIECE as u32);
        if self.pending.len() < PACKET {
            return Ok(None);
        }
        let packet = self.encoder.encode_vec(&self.pending, PACKET_BYTES);
        self.level_db = level_db(&self.pending);
        self.pending.clear();
        let payload = packet?;
        let says_nothing = payload.len() <= DTX_BYTES;
        if std::mem::replace(&mut self.said_nothing, says_nothing) && says_nothing {
            return Ok(None);
        }
        // Within a silence libopus sends the noise of the room anew every 400 ms, which is no voice.
        let silence = says_nothing || self.encoder.get_in_dtx()?;
        let voice = std::mem::replace(&mut self.silence, silence) && !silence;
        let timestamp = self.timestamp.wrapping_sub(PACKET as u32);
        Ok(Some(Coded { payload: payload.into(), timestamp, voice, level_db: self.level_db }))
    }

    /// The microphone was muted: what is not yet sent is thrown away, with what coder and processing remember of it.
    ///
    /// The timestamp stands still from here on: say with [`skip`](Self::skip) how long the mute lasted before capturing again.
    pub fn silenced(&mut self) {
        self.pending.clear();
        self.stale = true;
        self.silence = true;
        self.level_db = SILENT_DB;
        // Otherwise the first packet after the mute would carry, as FEC, the last sound of before it.
        let reset = self.encoder.reset_state();
        self.tell_later(reset.map_err(SoundError::from));
    }

    /// Lets the timestamp pass over so many pieces of 10 ms in which nothing was captured.
    pub fn skip(&mut self, pieces: u32) {
        self.timestamp = self.timestamp.wrapping_add(pieces.wrapping_mul(PIECE as u32));
    }

    /// Level of the last 20 ms, sent or not, in decibels below the loudest (RFC 6464); 127 while muted.
    pub fn level_db(&self) -> u8 {
        self.level_db
    }

    /// What share of the packets is lost on the way (from RTCP), in percent: more loss, more of the bitrate goes into FEC.
    pub fn set_expected_loss(&mut self, percent: u8) {
        let percent = i32::from(percent).clamp(*EXPECTED_LOSS_PERCENT.start(), *EXPECTED_LOSS_PERCENT.end());
        let set = self.encoder.set_packet_loss_perc(percent);
        self.tell_later(set.map_err(SoundError::from));
    }

    /// Sets the bitrate in bits per second, held to 6 to 128 kbit/s.
    pub fn set_bitrate(&mut self, bps: u32) {
        let bps = i32::try_from(bps).unwrap_or(i32::MAX).clamp(*BITRATES_BPS.start(), *BITRATES_BPS.end());
        let set = self.encoder.set_bitrate(Bitrate::Bits(bps));
        self.tell_later(set.map_err(SoundError::from));
    }

    fn process(&mut self, piece: &[i16]) -> Result<[i16; PIECE], SoundError> {
        let mut processed = [0; PIECE];
        let Some(processing) = &mut self.processing else {
            processed.copy_from_slice(piece);
            return Ok(processed);
        };
        if std::mem::take(&mut self.stalled) || self.stale {
            let surplus = self.played.len().saturating_sub(self.played_at_a_time);
            self.played.drain(..surplus);
        }
        self.played_at_a_time = self.played.len();
        for played in self.played.drain(..) {
            processing.process_render_i16(&played, &mut processed)?;
        }
        if std::mem::take(&mut self.stale) {
            for _ in 0..PROCESSING_RINGS_PIECES {
                processing.process_capture_i16(&[0; PIECE], &mut processed)?;
            }
        }
        processing.process_capture_i16(piece, &mut processed)?;
        Ok(processed)
    }

    fn tell_later(&mut self, outcome: Result<(), SoundError>) {
        if let Err(failed) = outcome {
            self.failed.get_or_insert(failed);
        }
    }
}
