//! What the machine can do: bytes over a bare WebRTC data channel with the settings of a link and nothing else of it, to compare
//! a transfer with. Two processes, introduced over a TCP socket:
//!
//! ```text
//! bare_channel receive 127.0.0.1:7000
//! bare_channel send 127.0.0.1:7000 1073741824 [MESSAGE_BYTES]
//! ```
//!
//! `receive` listens and prints `listening on ADDR:PORT` first (port 0 picks one). Each side ends by printing one JSON line:
//! `{"side", "bytes", "seconds", "cpu_seconds"}`, from the first message to the receiver's word that it has the last one. The CPU time is
//! the whole process's within that span, null where `/proc` is not there.

use std::{error::Error, sync::Arc, time::Instant};

use async_trait::async_trait;
use bytes::BytesMut;
use parlor_client::link::bare_connection;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use webrtc::{
    data_channel::{DataChannel, DataChannelEvent, RTCDataChannelInit},
    peer_connection::{PeerConnection, PeerConnectionEventHandler, RTCIceGatheringState, RTCSessionDescription},
};

type Failure = Box<dyn Error + Send + Sync>;

const USAGE: &str = "bare_channel receive ADDR:PORT | bare_channel send ADDR:PORT BYTES [MESSAGE_BYTES]";
/// As a transfer's frames.
const MESSAGE_BYTES: usize = 64 * 1024;
/// The longest description that is read.
const DESCRIPTION_BYTES: u64 = 64 * 1024;

struct Gathered(mpsc::Sender<()>);

#[async_trait]
impl PeerConnectionEventHandler for Gathered {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            // A second completion is of no interest.
            let _ = self.0.try_send(());
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["receive", address] => receive(address).await,
        ["send", address, bytes] => send(address, bytes.parse()?, MESSAGE_BYTES).await,
        ["send", address, bytes, message_bytes] => send(address, bytes.parse()?, message_bytes.parse()?).await,
        _ => Err(USAGE.into()),
    }
}

async fn send(address: &str, bytes: u64, message_bytes: usize) -> Result<(), Failure> {
    let introduction = TcpStream::connect(address).await?;
    let (peer, mut gathered) = peer().await?;
    let channel = channel(&*peer).await?;
    let offer = peer.create_offer(None).await?;
    peer.set_local_description(offer).await?;
    gathered.recv().await;
    let mut introduction = BufReader::new(introduction);
    tell(&mut introduction, &*peer).await?;
    introduction.get_mut().write_all(format!("{bytes}\n").as_bytes()).await?;
    peer.set_remote_description(hear(&mut introduction).await?).await?;
    until(&*channel, |event| matches!(event, DataChannelEvent::OnOpen)).await?;

    let (begun, cpu) = (Instant::now(), cpu_seconds());
    let mut left = bytes;
    while left > 0 {
        let length = usize::try_from(left).map_or(message_bytes, |left| left.min(message_bytes));
        channel.send(BytesMut::zeroed(length)).await?;
        left -= length as u64;
    }
    until(&*channel, |event| matches!(event, DataChannelEvent::OnMessage(_))).await?;
    report("send", bytes, begun, cpu);
    peer.close().await?;
    Ok(())
}

async fn receive(address: &str) -> Result<(), Failure> {
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let (introduction, _) = listener.accept().await?;
    let mut introduction = BufReader::new(introduction);
    let (peer, mut gathered) = peer().await?;
    let channel = channel(&*peer).await?;
    let offer = hear(&mut introduction).await?;
    let bytes: u64 = line(&mut introduction).await?.trim().parse()?;
    peer.set_remote_description(offer).await?;
    let answer = peer.create_answer(None).await?;
    peer.set_local_description(answer).await?;
    gathered.recv().await;
    tell(&mut introduction, &*peer).await?;

    let mut first = None;
    let mut received = 0;
    while received < bytes {
        match channel.poll().await.ok_or("the channel ended")? {
            DataChannelEvent::OnMessage(message) => {
                first.get_or_insert_with(|| (Instant::now(), cpu_seconds()));
                received += message.data.len() as u64;
            }
            DataChannelEvent::OnClose => return Err("the channel closed".into()),
            _ => {}
        }
    }
    let (begun, cpu) = first.unwrap_or_else(|| (Instant::now(), cpu_seconds()));
    report("receive", received, begun, cpu);
    channel.send_text("done").await?;
    // The sender goes when it has read that.
    while introduction.read(&mut [0]).await? > 0 {}
    peer.close().await?;
    Ok(())
}

async fn peer() -> Result<(Arc<dyn PeerConnection>, mpsc::Receiver<()>), Failure> {
    let (sender, gathered) = mpsc::channel(1);
    Ok((bare_connection(Arc::new(Gathered(sender))).await?, gathered))
}

async fn channel(peer: &dyn PeerConnection) -> Result<Arc<dyn DataChannel>, Failure> {
    let init = RTCDataChannelInit { negotiated: Some(0), ..Default::default() };
    Ok(peer.create_data_channel("bare", Some(init)).await?)
}

async fn until(channel: &dyn DataChannel, wanted: impl Fn(&DataChannelEvent) -> bool) -> Result<(), Failure> {
    while let Some(event) = channel.poll().await {
        if wanted(&event) {
            return Ok(());
        }
    }
    Err("the channel ended".into())
}

async fn tell(introduction: &mut BufReader<TcpStream>, peer: &dyn PeerConnection) -> Result<(), Failure> {
    let description = peer.local_description().await.ok_or("no description")?;
    let mut line = serde_json::to_string(&description)?;
    line.push('\n');
    introduction.get_mut().write_all(line.as_bytes()).await?;
    Ok(())
}

async fn hear(introduction: &mut BufReader<TcpStream>) -> Result<RTCSessionDescription, Failure> {
    Ok(serde_json::from_str(&line(introduction).await?)?)
}

async fn line(introduction: &mut BufReader<TcpStream>) -> Result<String, Failure> {
    let mut line = String::new();
    introduction.take(DESCRIPTION_BYTES).read_line(&mut line).await?;
    Ok(line)
}

fn report(side: &str, bytes: u64, begun: Instant, cpu: Option<f64>) {
    let cpu_seconds = cpu_seconds().zip(cpu).map(|(now, before)| now - before);
    let seconds = begun.elapsed().as_secs_f64();
    println!("{}", serde_json::json!({ "side": side, "bytes": bytes, "seconds": seconds, "cpu_seconds": cpu_seconds }));
}

/// CPU time of this process so far, user and system: fields 14 and 15 of `/proc/self/stat`, in hundredths of a second (proc(5)).
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in brackets, which may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / 100.0)
}
