//! Reads one peer's picture: packets into whole pictures, held until what was said with them is heard, then to the page.
//!
//! Promises: before the connection is proven nothing reaches the page; a page that falls behind loses pictures up to the next key
//! frame, which is asked for; memory is bounded.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use parlor_media::video::assembler::{Assembler, Frame, Output, RtpPacket};
use parlor_protocol::media_port::{MediaKind, PictureHeader};
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use tokio::{sync::mpsc, time::sleep_until};
use tokio_tungstenite::tungstenite::Message;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use super::{
    codecs::VIDEO_RATE_HZ,
    figures::Figures,
    outlet::{Outlet, Sent},
    sync::Sync,
};

/// How long a missing packet is waited for before a key frame is asked for, while the round trip is not known.
pub(super) const PATIENCE: Duration = Duration::from_millis(300);
/// Pictures kept while the proof is under way: the peer sends its first at once, and a second later it would be missed.
const UNPROVEN: usize = 90;

/// What a reader is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PictureControl {
    /// Whether pictures go to the page.
    Play(bool),
    /// The page's decoder cannot go on without a key frame.
    KeyFrameNeeded,
    /// How long a missing packet is worth waiting for.
    Patience(Duration),
}

/// Orders that may wait.
pub(super) const CONTROLS: usize = 16;

/// One peer's picture.
pub(super) struct PictureReceiver {
    pub(super) connection: u32,
    pub(super) ssrc: u32,
    pub(super) track: Arc<dyn TrackRemote>,
    /// Number of the header extension with the orientation, if it was negotiated.
    pub(super) orientation: Option<u8>,
    pub(super) display: Arc<Outlet>,
    pub(super) sync: Arc<Sync>,
    pub(super) figures: Figures,
    pub(super) is_playing: bool,
    pub(super) patience: Duration,
}

/// What is known between packets.
struct Reading {
    assembler: Assembler,
    held: VecDeque<(Instant, Frame)>,
    quarter_turns: u8,
    last_rtp: Option<u32>,
    ticks: u64,
}

impl PictureReceiver {
    /// Runs until the track ends.
    pub(super) async fn run(mut self, mut controls: mpsc::Receiver<PictureControl>) {
        let mut reading = Reading {
            assembler: Assembler::new(self.patience),
            held: VecDeque::new(),
            quarter_turns: 0,
            last_rtp: None,
            ticks: 0,
        };
        loop {
            let now = Instant::now();
            while let Some(output) = reading.assembler.poll(now) {
                match output {
                    Output::Frame(frame) => self.hold(&mut reading, frame, now),
                    Output::KeyFrameNeeded => self.ask_for_key_frame().await,
                }
            }
            self.show_due(&mut reading, now);
            let next_shown = reading.held.front().filter(|_| self.is_playing).map(|(at, _)| *at);
            let deadline = [reading.assembler.deadline(), next_shown].into_iter().flatten().min();
            tokio::select! {
                event = self.track.poll() => match event {
                    Some(TrackRemoteEvent::OnRtpPacket(packet)) => self.take(&mut reading, packet),
                    Some(TrackRemoteEvent::OnEnded | TrackRemoteEvent::OnError) | None => return,
                    Some(_) => {}
                },
                control = controls.recv() => match control {
                    Some(PictureControl::Play(on)) => self.is_playing = on,
                    Some(PictureControl::Patience(patience)) => reading.assembler.set_patience(patience),
                    Some(PictureControl::KeyFrameNeeded) => reading.assembler.lost_picture(),
                    None => return,
                },
                () = at(deadline) => {}
            }
        }
    }

    fn take(&self, reading: &mut Reading, packet: rtc::rtp::Packet) {
        let header = packet.header;
        if header.ssrc != self.ssrc {
            return;
        }
        if let Some(byte) =
            self.orientation.and_then(|id| header.get_extension(id)).and_then(|bytes| bytes.first().copied())
        {
            reading.quarter_turns = byte & 0b11;
        }
        let packet = RtpPacket {
            sequence: header.sequence_number,
            timestamp: header.timestamp,
            marker: header.marker,
            payload: packet.payload,
        };
        let now = Instant::now();
        self.sync.arrived(MediaKind::Video, packet.timestamp, now);
        reading.assembler.insert(packet, now);
    }

    fn hold(&self, reading: &mut Reading, frame: Frame, now: Instant) {
        {
            let mut counts = self.figures.lock();
            counts.frames_received = counts.frames_received.wrapping_add(1);
            counts.key_frames_received = counts.key_frames_received.wrapping_add(u32::from(frame.key));
            (counts.received_width, counts.received_height) = (frame.width, frame.height);
        }
        if !self.is_playing {
            // Only what the next key frame does not replace is worth keeping.
            if frame.key {
                reading.held.clear();
            } else if reading.held.len() >= UNPROVEN {
                reading.held.clear();
                reading.assembler.lost_picture();
                return;
            }
        }
        let due = now + self.sync.hold(frame.timestamp, now);
        let due = reading.held.back().map_or(due, |(before, _)| due.max(*before));
        reading.held.push_back((due, frame));
    }

    fn show_due(&self, reading: &mut Reading, now: Instant) {
        while self.is_playing
            && let Some((_, frame)) = reading.held.pop_front_if(|(due, _)| *due <= now)
        {
            let header = PictureHeader {
                key: frame.key,
                layer: 0,
                quarter_turns: reading.quarter_turns,
                connection: self.connection,
                timestamp_us: reading.microseconds(frame.timestamp),
                width: frame.width,
                height: frame.height,
                cost_us: 0,
            };
            let message = [&header.encode()[..], &frame.data].concat();
            if self.display.send(Message::binary(message)) != Sent::Taken {
                // Newest wins: what waits depends on what was lost.
                reading.held.clear();
                reading.assembler.lost_picture();
                let mut counts = self.figures.lock();
                counts.frames_dropped = counts.frames_dropped.wrapping_add(1);
            }
        }
    }

    async fn ask_for_key_frame(&self) {
        let pli = PictureLossIndication { sender_ssrc: 0, media_ssrc: self.ssrc };
        match self.track.write_rtcp(vec![Box::new(pli)]).await {
            Ok(()) => {
                let mut counts = self.figures.lock();
                counts.key_frames_asked_by_us = counts.key_frames_asked_by_us.wrapping_add(1);
            }
            Err(error) => tracing::debug!(%error, "a key frame could not be asked for"),
        }
    }
}

impl Reading {
    /// An RTP timestamp as microseconds since the first one, rising over its wrap-around.
    fn microseconds(&mut self, rtp: u32) -> u64 {
        let step = self.last_rtp.map_or(0, |last| rtp.wrapping_sub(last));
        // Pictures come in order; a timestamp that steps back by the peer's fault stands still.
        self.ticks += if step < u32::MAX / 2 { u64::from(step) } else { 0 };
        self.last_rtp = Some(rtp);
        self.ticks * 1_000_000 / u64::from(VIDEO_RATE_HZ)
    }
}

async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
