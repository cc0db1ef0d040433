//! All sound of the page: what its microphone hears goes to everyone, what everyone says is mixed into one.
//!
//! Promises: the page's player is the only clock of what is played; what is played is what the echo canceller subtracts; nothing
//! of a connection is heard before it is proven; a mute is heard at once.

use std::{collections::HashMap, sync::Arc, time::Instant};

use bytes::Bytes;
use parlor_media::sound::{Coded, Microphone, Player, PlayerStats, mix};
use parlor_protocol::media_port::{Level, PortMessage, SOUND_PIECE_SAMPLES, SoundToEngine, sound_to_page};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;

use super::{error::MediaError, outlet::Outlet, sync::Sync};

/// Pieces of 10 ms between two tellings of levels.
const LEVEL_PERIOD_PIECES: u32 = 10;
/// Milliseconds of one piece.
const PIECE_MS: u128 = 10;
/// Pieces of silence that end what is said when the microphone is muted.
const SILENT_PIECES: u32 = 10;
/// RFC 6464's silence.
const SILENCE_DB: u8 = 127;

/// What is asked of it.
pub(super) enum SoundOrder {
    /// A connection came; its sound is kept for it.
    Join { connection: u32, sync: Arc<Sync> },
    /// It went.
    Leave { connection: u32 },
    /// A packet of its sound came.
    Packet { connection: u32, sequence: u16, timestamp: u32, payload: Bytes, received: Instant },
    /// Whether it is heard.
    Play { connection: u32, on: bool },
    /// It is sent the own sound.
    SendTo { connection: u32, queue: mpsc::Sender<Coded> },
    /// Not any more.
    StopSending { connection: u32 },
    /// Share of our packets that it lost, of 256.
    Lost { connection: u32, fraction: u8 },
    /// What the page says.
    Page(SoundToEngine),
    /// What was counted of its sound.
    Stats { connection: u32, answer: oneshot::Sender<PlayerStats> },
}

struct Speaker {
    player: Player,
    sync: Arc<Sync>,
    is_playing: bool,
}

struct Listener {
    queue: mpsc::Sender<Coded>,
    lost_percent: u8,
}

/// All sound.
pub(super) struct Sounds {
    microphone: Microphone,
    speakers: HashMap<u32, Speaker>,
    listeners: HashMap<u32, Listener>,
    page: Arc<Outlet>,
    control: Arc<Outlet>,
    pieces: u32,
    levels_told: bool,
    /// Since when the microphone is muted: its clock goes on.
    silenced_at: Option<Instant>,
}

impl Sounds {
    /// Nobody speaks or listens yet; pieces go to `page`, levels to `control`.
    ///
    /// # Errors
    /// [`MediaError::Machine`] if the codec cannot be made.
    pub(super) fn new(page: Arc<Outlet>, control: Arc<Outlet>) -> Result<Self, MediaError> {
        Ok(Self {
            microphone: Microphone::new().map_err(|error| MediaError::Machine(error.to_string()))?,
            speakers: HashMap::new(),
            listeners: HashMap::new(),
            page,
            control,
            pieces: 0,
            levels_told: false,
            silenced_at: None,
        })
    }

    /// Runs until nobody can ask anything any more.
    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<SoundOrder>) {
        while let Some(order) = orders.recv().await {
            self.take(order);
        }
    }

    fn take(&mut self, order: SoundOrder) {
        match order {
            SoundOrder::Join { connection, sync } => match Player::new() {
                Ok(player) => {
                    self.speakers.insert(connection, Speaker { player, sync, is_playing: false });
                }
                Err(error) => tracing::error!(%error, "a peer cannot be heard"),
            },
            SoundOrder::Leave { connection } => {
                self.speakers.remove(&connection);
                self.listeners.remove(&connection);
            }
            SoundOrder::Packet { connection, sequence, timestamp, payload, received } => {
                if let Some(speaker) = self.speakers.get_mut(&connection).filter(|speaker| speaker.is_playing) {
                    speaker.player.insert(sequence, timestamp, payload, received);
                }
            }
            SoundOrder::Play { connection, on } => {
                if let Some(speaker) = self.speakers.get_mut(&connection) {
                    speaker.is_playing = on;
                }
            }
            SoundOrder::SendTo { connection, queue } => {
                self.listeners.insert(connection, Listener { queue, lost_percent: 0 });
            }
            SoundOrder::StopSending { connection } => {
                self.listeners.remove(&connection);
            }
            SoundOrder::Lost { connection, fraction } => {
                if let Some(listener) = self.listeners.get_mut(&connection) {
                    listener.lost_percent = u8::try_from(u16::from(fraction) * 100 / 256).unwrap_or(100);
                    let worst = self.listeners.values().map(|listener| listener.lost_percent).max().unwrap_or(0);
                    self.microphone.set_expected_loss(worst);
                }
            }
            SoundOrder::Page(SoundToEngine::Captured(piece)) => self.captured(&piece),
            SoundOrder::Page(SoundToEngine::Wanted(pieces)) => self.play(pieces),
            SoundOrder::Page(SoundToEngine::Silenced) => {
                self.microphone.silenced();
                if self.silenced_at.is_none() {
                    // Said outright: a receiver that hears nothing goes on with what it heard last.
                    (0..SILENT_PIECES).for_each(|_| self.send(&[0; SOUND_PIECE_SAMPLES]));
                    self.silenced_at = Some(Instant::now());
                }
            }
            SoundOrder::Stats { connection, answer } => {
                if let Some(speaker) = self.speakers.get(&connection) {
                    // Whoever asked may have gone.
                    let _asker_gone = answer.send(speaker.player.stats());
                }
            }
        }
    }

    fn captured(&mut self, pieces: &[i16]) {
        if let Some(silenced_at) = self.silenced_at.take() {
            let passed = u32::try_from(silenced_at.elapsed().as_millis() / PIECE_MS).unwrap_or(u32::MAX);
            self.microphone.skip(passed.saturating_sub(SILENT_PIECES));
        }
        pieces.chunks_exact(SOUND_PIECE_SAMPLES).for_each(|piece| self.send(piece));
    }

    fn send(&mut self, piece: &[i16]) {
        match self.microphone.captured(piece) {
            Ok(Some(coded)) => {
                for listener in self.listeners.values() {
                    // Late sound is no sound: what does not fit the queue is left out, and concealed at the other end.
                    drop(listener.queue.try_send(coded.clone()));
                }
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the microphone's sound could not be coded"),
        }
    }

    /// The page plays so many pieces next. They leave together: each message on its way wakes half a dozen threads.
    fn play(&mut self, pieces: u8) {
        let samples: Vec<i16> = (0..pieces).flat_map(|_| self.next_piece()).collect();
        // A page that does not take its pieces asks for no more either.
        self.page.send(Message::binary(sound_to_page(&samples)));
    }

    fn next_piece(&mut self) -> [i16; SOUND_PIECE_SAMPLES] {
        let now = Instant::now();
        let mut heard = Vec::with_capacity(self.speakers.len());
        for speaker in self.speakers.values_mut().filter(|speaker| speaker.is_playing) {
            heard.push(speaker.player.pull(now).samples);
            if let Some(rtp) = speaker.player.playing() {
                speaker.sync.playing(rtp, now);
            }
        }
        let parts: Vec<&[i16]> = heard.iter().map(|samples| samples.as_slice()).collect();
        let piece = mix(&parts);
        self.microphone.played(&piece);
        self.pieces = self.pieces.wrapping_add(1);
        if self.pieces.is_multiple_of(LEVEL_PERIOD_PIECES) {
            self.tell_levels();
        }
        piece
    }

    fn tell_levels(&mut self) {
        let levels: Vec<Level> = self
            .speakers
            .iter()
            .filter(|(_, speaker)| speaker.is_playing)
            .map(|(connection, speaker)| Level { connection: *connection, level_db: speaker.player.level_db() })
            .filter(|level| level.level_db < SILENCE_DB)
            .collect();
        // Silence is told once.
        if (!levels.is_empty() || self.levels_told)
            && let Ok(text) = serde_json::to_string(&PortMessage::Levels { levels: levels.clone() })
        {
            self.control.send(Message::text(text));
        }
        self.levels_told = !levels.is_empty();
    }
}
