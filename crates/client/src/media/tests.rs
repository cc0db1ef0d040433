//! Two pages, each with a port of its own, played by WebSocket clients: everything but the page is real.

use std::time::Duration;

use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use parlor_protocol::{
    media_port::{
        CAPTURE_PATH, CONTROL_PATH, CaptureOrder, ConnectionState, DISPLAY_PATH, MediaDirection, MediaKind,
        MediaPortAddress, PictureHeader, PortMessage, PortRequest, SOUND_PATH, SOUND_PIECE_SAMPLES, SUBPROTOCOL,
        sound_to_page,
    },
    negotiation::Description,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        ClientRequestBuilder, Error, Message,
        http::{StatusCode, Uri},
    },
};

use super::MediaPort;

const ORIGIN: &str = "tauri://localhost";
const CONNECTION: u32 = 1;
/// Generous: the machine may be busy, and nothing here waits for it when it works.
const PATIENCE: Duration = Duration::from_secs(60);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn socket(address: &MediaPortAddress, path: &str) -> Result<Socket, Error> {
    let uri: Uri = format!("{}{path}", address.url).parse().unwrap();
    let request = ClientRequestBuilder::new(uri)
        .with_header("origin", ORIGIN)
        .with_sub_protocol(SUBPROTOCOL)
        .with_sub_protocol(address.secret.clone());
    connect_async(request).await.map(|(socket, _)| socket)
}

struct Page {
    port: MediaPort,
    requests: SplitSink<Socket, Message>,
    messages: SplitStream<Socket>,
    rid: u32,
}

impl Page {
    async fn open() -> Self {
        let port = MediaPort::open(vec![ORIGIN.to_owned()]).await.unwrap();
        let (requests, messages) = socket(port.address(), CONTROL_PATH).await.unwrap().split();
        let mut page = Self { port, requests, messages, rid: 0 };
        page.ask(PortRequest::Open { connection: CONNECTION, ice_servers: Vec::new(), relay_only: false }).await;
        page
    }

    async fn ask(&mut self, request: PortRequest) {
        self.requests.send(Message::text(serde_json::to_string(&request).unwrap())).await.unwrap();
    }

    async fn next(&mut self) -> PortMessage {
        let message = timeout(PATIENCE, self.messages.next()).await.expect("the engine says something");
        serde_json::from_str(message.unwrap().unwrap().to_text().unwrap()).unwrap()
    }

    /// What the engine says, candidates and the like left aside, until `wanted` takes something.
    async fn until<T>(&mut self, wanted: impl Fn(&PortMessage) -> Option<T>) -> T {
        loop {
            let message = self.next().await;
            assert!(!matches!(message, PortMessage::Refused { .. }), "{message:?}");
            if let Some(found) = wanted(&message) {
                return found;
            }
        }
    }

    async fn described(&mut self) -> (Option<Description>, Vec<parlor_protocol::media_port::Section>) {
        self.until(|message| match message {
            PortMessage::Described { description, sections, .. } => Some((description.clone(), sections.clone())),
            _ => None,
        })
        .await
    }

    async fn local(&mut self) -> Description {
        self.rid += 1;
        self.ask(PortRequest::SetLocalDescription { connection: CONNECTION, rid: self.rid }).await;
        self.described().await.0.unwrap()
    }

    async fn remote(&mut self, description: Description) -> Vec<parlor_protocol::media_port::Section> {
        self.rid += 1;
        self.ask(PortRequest::SetRemoteDescription { connection: CONNECTION, rid: self.rid, description }).await;
        self.described().await.1
    }

    async fn done(&mut self, request: PortRequest) {
        self.ask(request).await;
        self.until(|message| matches!(message, PortMessage::Done { .. }).then_some(())).await;
    }

    async fn send_in(&mut self, section: u32) {
        self.rid += 1;
        self.done(PortRequest::SetSending { connection: CONNECTION, rid: self.rid, section, on: true }).await;
    }
}

/// Candidates of one side go to the other, until both are connected.
async fn exchange_candidates(from: &mut Page, to: &mut Page) {
    let (mut from_up, mut to_up) = (false, false);
    while !(from_up && to_up) {
        let (message, other, up) = tokio::select! {
            message = from.next() => (message, &mut *to, &mut from_up),
            message = to.next() => (message, &mut *from, &mut to_up),
        };
        match message {
            PortMessage::Candidate { candidate: Some(candidate), .. } => {
                other.rid += 1;
                let rid = other.rid;
                other.ask(PortRequest::AddIceCandidate { connection: CONNECTION, rid, candidate }).await;
            }
            PortMessage::State { state: ConnectionState::Connected, certificates, .. } => {
                assert_eq!(certificates.len(), 1, "the other side's certificate is told with the state");
                *up = true;
            }
            PortMessage::State { state: ConnectionState::Failed, .. } => panic!("no way from one to the other"),
            PortMessage::Refused { name, detail, .. } => panic!("{name}: {detail}"),
            _ => {}
        }
    }
}

/// Two pages in a call, both sides sending and playing.
async fn call() -> (Page, Page) {
    let (mut a, mut b) = (Page::open().await, Page::open().await);
    for kind in [MediaKind::Audio, MediaKind::Video] {
        a.ask(PortRequest::AddTransceiver { connection: CONNECTION, kind }).await;
    }
    let offer = a.local().await;
    let sections = b.remote(offer).await;
    assert_eq!(sections.iter().map(|section| section.kind).collect::<Vec<_>>(), [MediaKind::Audio, MediaKind::Video]);
    for section in [0, 1] {
        let direction = MediaDirection::Sendrecv;
        b.ask(PortRequest::SetDirection { connection: CONNECTION, section, direction }).await;
    }
    let answer = b.local().await;
    let sections = a.remote(answer).await;
    for section in sections {
        assert_eq!(section.current_direction, Some(MediaDirection::Sendrecv));
    }
    exchange_candidates(&mut a, &mut b).await;
    for page in [&mut a, &mut b] {
        page.ask(PortRequest::SetPlaying { connection: CONNECTION, on: true }).await;
        page.send_in(0).await;
        page.send_in(1).await;
    }
    (a, b)
}

/// The same description with the first digit of its fingerprint changed.
fn with_another_fingerprint(description: Description) -> Description {
    let at = description.sdp.find("sha-256 ").unwrap() + "sha-256 ".len();
    let mut sdp = description.sdp;
    let digit = if sdp[at..].starts_with('0') { "1" } else { "0" };
    sdp.replace_range(at..=at, digit);
    Description { sdp, ..description }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_certificate_than_the_one_named_is_told_as_such_on_both_sides() {
    let (mut a, mut b) = (Page::open().await, Page::open().await);
    a.ask(PortRequest::AddTransceiver { connection: CONNECTION, kind: MediaKind::Audio }).await;
    let offer = a.local().await;
    b.remote(with_another_fingerprint(offer)).await;
    let answer = b.local().await;
    a.remote(answer).await;
    let mut told = [None, None];
    while told != [Some(true), Some(true)] {
        let (message, other, at) = tokio::select! {
            message = a.next() => (message, &mut b, 0),
            message = b.next() => (message, &mut a, 1),
        };
        match message {
            PortMessage::Candidate { candidate: Some(candidate), .. } => {
                other.rid += 1;
                let rid = other.rid;
                other.ask(PortRequest::AddIceCandidate { connection: CONNECTION, rid, candidate }).await;
            }
            PortMessage::State { state: ConnectionState::Connected, .. } => panic!("connected to somebody else"),
            PortMessage::State { state: ConnectionState::Failed, dtls_failed, .. } => told[at] = Some(dtls_failed),
            _ => {}
        }
    }
}

/// A coded picture as far as the engine looks into it: the frame tag and start code of RFC 6386, section 9.1, then anything.
fn picture(number: u64, key: bool, bytes: usize) -> Vec<u8> {
    let header = PictureHeader {
        key,
        layer: 0,
        quarter_turns: 0,
        connection: 0,
        timestamp_us: number * 33_333,
        width: 640,
        height: 480,
        cost_us: 5_000,
    };
    let mut data = vec![if key { 0x10 } else { 0x11 }, 0, 0];
    if key {
        data.extend([0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01]);
    }
    data.resize(bytes, u8::try_from(number % 251).unwrap());
    [&header.encode()[..], &data].concat()
}

async fn order(capture: &mut Socket) -> CaptureOrder {
    let message = timeout(PATIENCE, capture.next()).await.expect("an order").unwrap().unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_cross_whole_and_in_order_and_a_new_viewer_gets_a_key_frame() {
    let (a, b) = call().await;
    let mut capture = socket(a.port.address(), CAPTURE_PATH).await.unwrap();
    let mut display = socket(b.port.address(), DISPLAY_PATH).await.unwrap();
    let (mut has_layers, mut has_key_frame) = (false, false);
    while !(has_layers && has_key_frame) {
        match order(&mut capture).await {
            CaptureOrder::Layers { layers } => has_layers = !layers.is_empty(),
            CaptureOrder::KeyFrame { layer } => {
                assert_eq!(layer, 0);
                has_key_frame = true;
            }
        }
    }
    // The first of several hundred packets may go before the other side has opened: each is sent as its answer comes.
    for number in 0..60_u64 {
        let sent = picture(number, number % 20 == 0, 3_000);
        capture.send(Message::binary(sent.clone())).await.unwrap();
        let shown = timeout(PATIENCE, display.next()).await.expect("a picture").unwrap().unwrap().into_data();
        let (header, data) = PictureHeader::decode(&shown).unwrap();
        assert_eq!(data, &sent[PictureHeader::BYTES..], "picture {number}");
        assert_eq!((header.connection, header.key), (CONNECTION, number % 20 == 0));
        assert_eq!((header.width, header.height), (640, 480));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decoder_that_is_lost_gets_a_key_frame_made_by_the_other_side() {
    let (a, b) = call().await;
    let mut capture = socket(a.port.address(), CAPTURE_PATH).await.unwrap();
    let mut display = socket(b.port.address(), DISPLAY_PATH).await.unwrap();
    while !matches!(order(&mut capture).await, CaptureOrder::KeyFrame { .. }) {}
    capture.send(Message::binary(picture(0, true, 500))).await.unwrap();
    timeout(PATIENCE, display.next()).await.expect("a picture").unwrap().unwrap();
    let lost = format!(r#"{{"type":"key-frame-needed","connection":{CONNECTION}}}"#);
    display.send(Message::text(lost)).await.unwrap();
    while !matches!(order(&mut capture).await, CaptureOrder::KeyFrame { .. }) {}
}

fn tone(piece: usize, hertz: f32) -> Vec<i16> {
    (0..SOUND_PIECE_SAMPLES)
        .map(|sample| {
            let seconds = (piece * SOUND_PIECE_SAMPLES + sample) as f32 / 48_000.0;
            // A voice-like buzz: what is taken for noise is suppressed.
            let envelope = 0.6 + 0.4 * (std::f32::consts::TAU * 4.0 * seconds).sin();
            ((std::f32::consts::TAU * hertz * seconds).sin() * envelope * 9_000.0) as i16
        })
        .collect()
}

/// Share of the energy that is at `hertz` (Goertzel).
fn share_at(samples: &[f32], hertz: f32) -> f32 {
    let step = std::f32::consts::TAU * hertz / 48_000.0;
    let (mut real, mut imaginary, mut energy) = (0.0, 0.0, f32::MIN_POSITIVE);
    for (number, sample) in samples.iter().enumerate() {
        let phase = step * number as f32;
        real += sample * phase.cos();
        imaginary += sample * phase.sin();
        energy += sample * sample;
    }
    2.0 * (real * real + imaginary * imaginary) / (energy * samples.len() as f32)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tone_crosses_and_is_silent_once_it_is_muted() {
    let (a, b) = call().await;
    let mut spoken = socket(a.port.address(), SOUND_PATH).await.unwrap();
    let mut heard = socket(b.port.address(), SOUND_PATH).await.unwrap();
    // The two sockets are the sound devices: two pieces every 20 ms each.
    let mut clock = tokio::time::interval(Duration::from_millis(20));
    let mut samples = Vec::new();
    for piece in (0..400).step_by(2) {
        clock.tick().await;
        // The wire's two directions have one form: captured pieces look like those to be played.
        let pieces = [tone(piece, 500.0), tone(piece + 1, 500.0)].concat();
        spoken.send(Message::binary(sound_to_page(&pieces))).await.unwrap();
        heard.send(Message::binary(vec![2, 2])).await.unwrap();
        let message = timeout(PATIENCE, heard.next()).await.expect("a piece").unwrap().unwrap().into_data();
        samples.extend(message[1..].as_chunks::<2>().0.iter().map(|sample| f32::from(i16::from_le_bytes(*sample))));
    }
    let late = &samples[samples.len() - 48_000..];
    let share = share_at(late, 500.0);
    assert!(share > 0.5, "the tone is {share} of what is heard");

    spoken.send(Message::binary(vec![3])).await.unwrap();
    let mut silent = 0;
    for _ in 0..300 {
        clock.tick().await;
        heard.send(Message::binary(vec![2, 1])).await.unwrap();
        let message = timeout(PATIENCE, heard.next()).await.expect("a piece").unwrap().unwrap().into_data();
        let loudest = message[1..].as_chunks::<2>().0.iter().map(|s| i16::from_le_bytes(*s).unsigned_abs()).max();
        silent = if loudest.unwrap() < 200 { silent + 1 } else { 0 };
    }
    assert!(silent > 100, "{silent} silent pieces at the end");
}

#[tokio::test]
async fn without_the_secret_nothing_is_opened() {
    let port = MediaPort::open(vec![ORIGIN.to_owned()]).await.unwrap();
    let stranger = MediaPortAddress { url: port.address().url.clone(), secret: "guess".to_owned() };
    for path in [CONTROL_PATH, CAPTURE_PATH, DISPLAY_PATH, SOUND_PATH] {
        match socket(&stranger, path).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), StatusCode::FORBIDDEN),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_the_socket_lives_on() {
    let mut page = Page::open().await;
    for hostile in ["", "{}", r#"{"type":"open"}"#, r#"{"type":"launch-missiles","connection":1}"#] {
        page.requests.send(Message::text(hostile)).await.unwrap();
        assert!(matches!(page.next().await, PortMessage::Refused { rid: None, .. }), "{hostile:?}");
    }
    let description = Description { kind: parlor_protocol::negotiation::DescriptionType::Offer, sdp: "v=1".to_owned() };
    page.ask(PortRequest::SetRemoteDescription { connection: CONNECTION, rid: 7, description }).await;
    assert!(matches!(page.next().await, PortMessage::Refused { rid: Some(7), .. }));
    page.ask(PortRequest::AddTransceiver { connection: CONNECTION, kind: MediaKind::Audio }).await;
    assert!(page.local().await.sdp.contains("opus/48000/2"));
}

#[tokio::test]
async fn candidates_are_told_after_the_description_they_belong_to() {
    let (mut a, mut b) = call().await;
    for page in [&mut a, &mut b] {
        page.ask(PortRequest::RestartIce { connection: CONNECTION }).await;
    }
    let offer = a.local().await;
    b.remote(offer).await;
    // Each question takes a turn of the engine, in which the library could gather.
    for rid in 1_000..1_100 {
        b.ask(PortRequest::GetStats { connection: CONNECTION, rid }).await;
        loop {
            match b.next().await {
                PortMessage::Stats { .. } => break,
                PortMessage::Candidate { candidate, .. } => panic!("{candidate:?} belongs to no description yet"),
                _ => {}
            }
        }
    }
    b.local().await;
    b.until(|message| matches!(message, PortMessage::Candidate { candidate: Some(_), .. }).then_some(())).await;
}

#[tokio::test]
async fn offers_that_cross_are_settled_by_the_one_that_gives_way() {
    let (mut a, mut b) = call().await;
    for _ in 0..10 {
        for page in [&mut a, &mut b] {
            page.ask(PortRequest::RestartIce { connection: CONNECTION }).await;
        }
        let (_, offer) = (a.local().await, b.local().await);
        a.remote(offer).await;
        let answer = a.local().await;
        for section in b.remote(answer).await {
            assert_eq!(section.current_direction, Some(MediaDirection::Sendrecv));
        }
    }
    pictures_still_cross(&mut a, &mut b).await;
}

/// Pictures go from `from` to `to`, over whatever candidates they have or find.
async fn pictures_still_cross(from: &mut Page, to: &mut Page) {
    let mut capture = socket(from.port.address(), CAPTURE_PATH).await.unwrap();
    let mut display = socket(to.port.address(), DISPLAY_PATH).await.unwrap();
    let mut camera = tokio::time::interval(Duration::from_millis(33));
    let seen = async {
        for number in 0.. {
            tokio::select! {
                _ = camera.tick() => capture.send(Message::binary(picture(number, true, 500))).await.unwrap(),
                shown = display.next() => {
                    shown.unwrap().unwrap();
                    return;
                }
                message = from.next() => pass_candidate(message, to).await,
                message = to.next() => pass_candidate(message, from).await,
            }
        }
    };
    timeout(PATIENCE, seen).await.expect("pictures cross");
}

async fn pass_candidate(message: PortMessage, other: &mut Page) {
    if let PortMessage::Candidate { candidate: Some(candidate), .. } = message {
        other.rid += 1;
        let rid = other.rid;
        other.ask(PortRequest::AddIceCandidate { connection: CONNECTION, rid, candidate }).await;
    }
}
