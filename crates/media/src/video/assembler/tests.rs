use super::*;
use crate::video::packetizer::Packetizer;

mod properties;

const PATIENCE: Duration = Duration::from_millis(100);
const MS: Duration = Duration::from_millis(1);

/// A sender: pictures that differ in every byte, and their packets.
struct Sender {
    packetizer: Packetizer,
    sequence: u16,
    timestamp: u32,
    sent: Vec<(u32, bool, Bytes)>,
}

impl Sender {
    fn new(sequence: u16, timestamp: u32) -> Self {
        Self { packetizer: Packetizer::new(0x7ffe), sequence, timestamp, sent: Vec::new() }
    }

    fn picture(&mut self, key: bool, bytes: usize) -> Vec<RtpPacket> {
        let mut data = if key { vec![0x10, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1] } else { vec![0x11, 0, 0] };
        let number = self.sent.len();
        data.extend((0..bytes).map(|at| (number * 31 + at * 7) as u8));
        let data = Bytes::from(data);
        self.sent.push((self.timestamp, key, data.clone()));
        let payloads = self.packetizer.packetize(&data, 64);
        let last = payloads.len() - 1;
        let packets = payloads.into_iter().enumerate().map(|(n, payload)| self.packet(n == last, payload)).collect();
        self.timestamp = self.timestamp.wrapping_add(3000);
        packets
    }

    fn padding(&mut self) -> RtpPacket {
        self.packet(false, Bytes::new())
    }

    fn packet(&mut self, marker: bool, payload: Bytes) -> RtpPacket {
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        RtpPacket { sequence, timestamp: self.timestamp, marker, payload }
    }
}

/// A receiver on virtual time.
struct Receiver {
    assembler: Assembler,
    now: Instant,
    frames: Vec<Frame>,
    requests: Vec<Instant>,
}

impl Receiver {
    fn new() -> Self {
        Self { assembler: Assembler::new(PATIENCE), now: Instant::now(), frames: Vec::new(), requests: Vec::new() }
    }

    fn take(&mut self, packets: impl IntoIterator<Item = RtpPacket>) {
        for packet in packets {
            self.assembler.insert(packet, self.now);
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.assembler.poll(self.now) {
            match output {
                Output::Frame(frame) => self.frames.push(frame),
                Output::KeyFrameNeeded => self.requests.push(self.now),
            }
        }
        let (packets, bytes) = self.assembler.held();
        assert!(packets <= PACKETS && bytes <= HELD_BYTES, "{packets} packets, {bytes} bytes");
        assert_eq!(packets, self.assembler.held.len());
        assert_eq!(bytes, self.assembler.held.values().map(|held| held.data.len()).sum::<usize>());
    }

    /// Lets time pass, waking whenever the assembler wants to.
    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(deadline) = self.assembler.deadline().filter(|deadline| *deadline <= end) {
            self.now = self.now.max(deadline);
            self.drain();
            assert!(self.assembler.deadline().is_none_or(|next| next > self.now), "a deadline that is never met");
        }
        self.now = end;
        self.drain();
    }

    /// What came out is what was sent, in order, and no delta follows anything but its predecessor.
    fn assert_faithful(&self, sender: &Sender) {
        let mut after = 0;
        for frame in &self.frames {
            let ahead = sender.sent[after..].iter().position(|(timestamp, ..)| *timestamp == frame.timestamp);
            let at = after + ahead.expect("a frame that was sent, and once only");
            let (_, key, data) = &sender.sent[at];
            assert_eq!((frame.key, &frame.data), (*key, data));
            assert_eq!((frame.width, frame.height), (640, 480));
            assert!(frame.key || at == after, "a delta after a missed frame");
            after = at + 1;
        }
    }

    fn timestamps(&self) -> Vec<u32> {
        self.frames.iter().map(|frame| frame.timestamp).collect()
    }
}

#[test]
fn pictures_come_out_as_sent_across_wrapping_numbers() {
    let mut sender = Sender::new(65_530, u32::MAX - 4000);
    let mut receiver = Receiver::new();
    for n in 0..20 {
        let packets = sender.picture(n == 0, 150);
        receiver.take(packets);
        let padding = sender.padding();
        receiver.take([padding]);
    }
    receiver.assert_faithful(&sender);
    assert_eq!((receiver.frames.len(), receiver.requests.len()), (20, 0));
    assert_eq!(receiver.assembler.deadline(), None);
}

#[test]
fn a_gap_filled_in_time_costs_nothing() {
    let mut sender = Sender::new(7, 0);
    let mut receiver = Receiver::new();
    receiver.take(sender.picture(true, 100));
    let mut packets = sender.picture(false, 300);
    let lost = packets.remove(2);
    receiver.take(packets);
    receiver.take(sender.picture(false, 10));
    receiver.wait(PATIENCE - MS);
    assert_eq!(receiver.frames.len(), 1);
    receiver.take([lost]);
    assert_eq!((receiver.frames.len(), receiver.requests.len()), (3, 0));
    receiver.assert_faithful(&sender);
}

#[test]
fn a_gap_left_open_asks_for_a_key_frame_ever_more_rarely_until_it_is_there() {
    let mut sender = Sender::new(7, 0);
    let mut receiver = Receiver::new();
    receiver.take(sender.picture(true, 100));
    let noticed = receiver.now;
    receiver.take(sender.picture(false, 300).into_iter().skip(1));
    receiver.wait(Duration::from_millis(2500));
    let after_ms: Vec<_> = receiver.requests.iter().map(|at| (*at - noticed).as_millis()).collect();
    assert_eq!(after_ms, [100, 400, 1000, 2000]);
    receiver.take(sender.picture(false, 10));
    receiver.take(sender.picture(true, 300));
    receiver.take(sender.picture(false, 10));
    receiver.wait(Duration::from_secs(5));
    assert_eq!(receiver.requests.len(), 4);
    assert_eq!(receiver.timestamps(), [0, 9000, 12_000]);
}

#[test]
fn a_key_frame_behind_a_gap_is_delivered_at_once() {
    let mut sender = Sender::new(7, 0);
    let mut receiver = Receiver::new();
    receiver.take(sender.picture(true, 100));
    let late = sender.picture(false, 10);
    receiver.take(sender.picture(false, 10));
    receiver.take(sender.picture(true, 10));
    assert_eq!(receiver.timestamps(), [0, 9000]);
    receiver.take(late);
    receiver.wait(Duration::from_secs(5));
    assert_eq!((receiver.timestamps(), receiver.requests.len()), (vec![0, 9000], 0));
}

#[test]
fn deltas_that_overtake_the_rest_of_a_key_frame_follow_it() {
    let mut sender = Sender::new(7, 0);
    let mut receiver = Receiver::new();
    let mut key = sender.picture(true, 300);
    let first = key.remove(0);
    let deltas = [sender.picture(false, 10), sender.picture(false, 10)].concat();
    receiver.take(deltas);
    receiver.take(key);
    receiver.wait(PATIENCE - MS);
    receiver.take([first]);
    assert_eq!(receiver.frames.len(), 3);
}

#[test]
fn joining_in_the_middle_asks_at_once() {
    let mut sender = Sender::new(7, 0);
    let mut receiver = Receiver::new();
    assert_eq!(receiver.assembler.deadline(), None);
    receiver.take(sender.picture(false, 100));
    assert_eq!((receiver.frames.len(), receiver.requests.len()), (0, 1));
}

#[test]
fn a_key_frame_that_is_still_coming_is_not_asked_for_again() {
    let mut sender = Sender::new(7, 0);
    let mut receiver = Receiver::new();
    receiver.take(sender.picture(false, 100));
    for packet in sender.picture(true, 1000) {
        receiver.take([packet]);
        receiver.wait(PATIENCE - MS);
    }
    assert_eq!((receiver.frames.len(), receiver.requests.len()), (1, 1));
}

#[test]
fn after_a_lost_picture_only_a_key_frame_will_do() {
    let mut sender = Sender::new(7, 0);
    let mut receiver = Receiver::new();
    receiver.take(sender.picture(true, 100));
    receiver.assembler.lost_picture();
    receiver.drain();
    receiver.take(sender.picture(false, 100));
    receiver.wait(Duration::from_millis(300));
    assert_eq!((receiver.frames.len(), receiver.requests.len()), (1, 2));
    receiver.take(sender.picture(true, 100));
    receiver.take(sender.picture(false, 100));
    assert_eq!(receiver.timestamps(), [0, 6000, 9000]);
    // Lost again and again: the rate of requests stays bounded.
    let from = receiver.requests.len();
    for _ in 0..100 {
        receiver.assembler.lost_picture();
        receiver.wait(10 * MS);
        receiver.take(sender.picture(true, 10));
    }
    assert!(receiver.requests.len() - from <= 4, "{}", receiver.requests.len() - from);
}

#[test]
fn a_sender_that_begins_anew_is_followed() {
    let mut receiver = Receiver::new();
    receiver.take(Sender::new(50_000, 0).picture(true, 100));
    let mut sender = Sender::new(20_000, 77);
    receiver.take(sender.picture(true, 10));
    receiver.take(sender.picture(false, 10));
    receiver.wait(PATIENCE);
    assert_eq!(receiver.requests.len(), 1);
    receiver.take(sender.picture(true, 10));
    assert_eq!(receiver.timestamps(), [0, 77 + 6000]);
}

#[test]
fn a_flood_without_an_end_is_held_within_bounds() {
    let mut receiver = Receiver::new();
    let start = Bytes::from_static(&[0x10, 0x10, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1]);
    let rest = Bytes::from(vec![0; 9000]);
    for sequence in 0..3000 {
        let payload = if sequence == 0 { start.clone() } else { rest.clone() };
        receiver.take([RtpPacket { sequence, timestamp: 0, marker: false, payload }]);
    }
    assert!(receiver.frames.is_empty());
}
