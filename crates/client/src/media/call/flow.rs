//! What flows through a call's connection: starts and stops senders and readers, and passes on what comes back about them.

use std::{sync::Arc, time::Duration};

use parlor_protocol::media_port::{DisplayReport, MediaKind, PortMessage, SendParameters};
use tokio::sync::mpsc;
use webrtc::media_stream::track_remote::TrackRemote;

use super::Call;
use crate::media::{
    audio_receiver, audio_sender,
    codecs::codec_kind,
    error::MediaError,
    picture_receiver::{self, PictureControl, PictureReceiver},
    picture_sender,
    pictures::PictureOrder,
    rtcp_tap::Feedback,
    sounds::SoundOrder,
};

/// A lost packet is missed, asked for, and asked for again some time after; beside the way there and back twice.
const REPAIR: Duration = Duration::from_millis(150);
const PATIENCE_MIN: Duration = Duration::from_millis(150);
const PATIENCE_MAX: Duration = Duration::from_millis(800);

impl Call {
    pub(super) async fn set_sending(&mut self, number: u32, on: bool) -> Result<(), MediaError> {
        let connection = self.number;
        let section = self.sections.get(number)?;
        if section.is_sending == on {
            return Ok(());
        }
        let (kind, bounds) = (section.kind, section.bounds);
        let out = section.out.clone().ok_or_else(|| MediaError::State("the section does not send".to_owned()))?;
        section.is_sending = on;
        match (kind, on) {
            (MediaKind::Audio, true) => {
                let (queue, sound) = mpsc::channel(audio_sender::WAITING);
                self.tasks.spawn(audio_sender::send(sound, out));
                self.around.sound(SoundOrder::SendTo { connection, queue }).await;
            }
            (MediaKind::Audio, false) => self.around.sound(SoundOrder::StopSending { connection }).await,
            (MediaKind::Video, true) => {
                let (queue, pictures) = mpsc::channel(picture_sender::WAITING);
                self.tasks.spawn(picture_sender::send(pictures, out, self.figures.clone(), self.target_bps.clone()));
                self.around.picture(PictureOrder::Watch { connection, queue: Some(queue), bounds }).await;
                // Its share of the target goes with it, known or new.
                self.target_bps.mark_changed();
            }
            (MediaKind::Video, false) => self.around.picture(PictureOrder::Unwatch { connection }).await,
        }
        Ok(())
    }

    pub(super) async fn set_parameters(&mut self, number: u32, parameters: SendParameters) -> Result<(), MediaError> {
        if parameters.scale_down_percent.is_some_and(|percent| percent < 100) {
            return Err(MediaError::Argument("pictures are never enlarged".to_owned()));
        }
        let connection = self.number;
        let section = self.sections.get(number)?;
        section.bounds = parameters;
        if section.kind == MediaKind::Video && section.is_sending {
            let bounds = parameters;
            self.around.picture(PictureOrder::Watch { connection, queue: None, bounds }).await;
        }
        Ok(())
    }

    pub(super) async fn set_playing(&mut self, on: bool) {
        self.is_playing = on;
        self.around.sound(SoundOrder::Play { connection: self.number, on }).await;
        self.tell_readers(PictureControl::Play(on)).await;
    }

    /// A repair takes a round trip: readers wait for one, and for a second try.
    async fn round_trip_changed(&mut self, round_trip: Duration) {
        let patience = (round_trip * 2 + REPAIR).clamp(PATIENCE_MIN, PATIENCE_MAX);
        if patience.abs_diff(self.patience) > self.patience / 4 {
            self.patience = patience;
            self.tell_readers(PictureControl::Patience(patience)).await;
        }
    }

    async fn tell_readers(&mut self, control: PictureControl) {
        let mut living = Vec::with_capacity(self.readers.len());
        for reader in self.readers.drain(..) {
            if reader.send(control).await.is_ok() {
                living.push(reader);
            }
        }
        self.readers = living;
    }

    pub(super) async fn shown(&mut self, report: DisplayReport) {
        match report {
            DisplayReport::Shown { decoded, drawn, dropped, cost_us, .. } => {
                {
                    let mut counts = self.figures.lock();
                    counts.frames_decoded = counts.frames_decoded.wrapping_add(decoded);
                    counts.frames_drawn = counts.frames_drawn.wrapping_add(drawn);
                    counts.frames_dropped = counts.frames_dropped.wrapping_add(dropped);
                    counts.decode_us = counts.decode_us.saturating_add(u64::from(cost_us));
                }
                if let Some(cost_us) = cost_us.checked_div(decoded) {
                    let connection = self.number;
                    self.around.picture(PictureOrder::Shown { connection, cost_us }).await;
                }
            }
            DisplayReport::KeyFrameNeeded { .. } => self.tell_readers(PictureControl::KeyFrameNeeded).await,
        }
    }

    /// Starts to read a track of the peer.
    pub(super) async fn read(&mut self, track: Arc<dyn TrackRemote>) {
        let connection = self.number;
        let is_video = track.kind().await == codec_kind(MediaKind::Video);
        let kind = if is_video { MediaKind::Video } else { MediaKind::Audio };
        let Some(ssrc) = track.ssrcs().await.first().copied() else { return };
        self.remote.push((ssrc, kind));
        if is_video {
            let (controls, taken) = mpsc::channel(picture_receiver::CONTROLS);
            self.readers.push(controls);
            let receiver = PictureReceiver {
                connection,
                ssrc,
                track,
                orientation: self.sections.orientation().await,
                display: Arc::clone(&self.around.display),
                sync: Arc::clone(&self.sync),
                figures: self.figures.clone(),
                is_playing: self.is_playing,
                patience: self.patience,
            };
            self.tasks.spawn(receiver.run(taken));
        } else {
            self.tasks.spawn(audio_receiver::read(
                connection,
                track,
                Arc::clone(&self.sync),
                self.around.sounds.clone(),
            ));
        }
        if let Some(section) = self.sections.first(kind) {
            self.around.say(&PortMessage::Muted { connection, section, muted: false });
        }
    }

    pub(super) async fn fed_back(&mut self, feedback: Feedback) {
        let connection = self.number;
        let sent = |ssrc: u32| {
            let section =
                self.sections.iter().find(|section| section.out.as_ref().is_some_and(|out| out.ssrc() == ssrc));
            section.map(|section| section.kind)
        };
        match feedback {
            Feedback::KeyFrameWanted { ssrc } if sent(ssrc) == Some(MediaKind::Video) => {
                {
                    let mut counts = self.figures.lock();
                    counts.key_frames_asked_of_us = counts.key_frames_asked_of_us.wrapping_add(1);
                }
                self.around.picture(PictureOrder::KeyFrameWanted { connection }).await;
            }
            Feedback::Reception { ssrc, lost, round_trip } => {
                if sent(ssrc) == Some(MediaKind::Audio) {
                    self.around.sound(SoundOrder::Lost { connection, fraction: lost }).await;
                }
                if let Some(round_trip) = round_trip {
                    self.round_trip_changed(round_trip).await;
                }
            }
            Feedback::SenderReport { ssrc, ntp, rtp } => {
                if let Some((_, kind)) = self.remote.iter().find(|(known, _)| *known == ssrc) {
                    self.sync.reported(*kind, ntp, rtp);
                }
            }
            Feedback::KeyFrameWanted { .. } => {}
        }
    }
}
