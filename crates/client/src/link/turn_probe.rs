//! Asks the TURN servers themselves why no relayed candidate came: the crate only writes it to the log.
//!
//! One Allocate (RFC 8656, section 7) by each server over UDP; a successful one is released at once.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use bytes::BytesMut;
use futures_util::future::join_all;
use rtc::{
    crypto,
    ice::url::{ProtoType, SchemeType, Url},
    sansio::Protocol,
    shared::{TaggedBytesMut, TransportContext, TransportProtocol},
    turn::client::{Client, ClientConfig, Event},
};
use tokio::{
    net::{UdpSocket, lookup_host},
    time::{sleep_until, timeout},
};
use webrtc::peer_connection::RTCIceServer;

use super::LinkError;

/// How long a server may take: three of RFC 8489's retransmissions fit.
const PATIENCE: Duration = Duration::from_secs(4);
/// Longest STUN message of a server that is read.
const DATAGRAM_BYTES: usize = 2_048;

/// What a server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Allocated,
    Refused,
    Silent,
}

/// The TURN servers over UDP among `servers`: the only ones the crate can use.
pub(super) fn turn_urls(servers: &[RTCIceServer]) -> Vec<Url> {
    let urls = servers.iter().filter_map(|server| server.urls().ok()).flatten();
    urls.filter(|url| url.scheme == SchemeType::Turn && url.proto == ProtoType::Udp).collect()
}

/// Ok if any server gave a relay.
///
/// # Errors
/// [`LinkError::TurnRefused`] if a server answered and none gave a relay, else [`LinkError::TurnUnreachable`].
pub(super) async fn probe(urls: Vec<Url>) -> Result<(), LinkError> {
    let answers = join_all(urls.iter().map(|url| async move {
        match timeout(PATIENCE, ask(url)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                tracing::debug!(%error, "a TURN server could not be asked");
                Answer::Silent
            }
            Err(_) => Answer::Silent,
        }
    }))
    .await;
    if answers.contains(&Answer::Allocated) {
        Ok(())
    } else if answers.contains(&Answer::Refused) {
        Err(LinkError::TurnRefused)
    } else {
        Err(LinkError::TurnUnreachable)
    }
}

async fn ask(url: &Url) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
    let server = lookup_host((url.host.as_str(), url.port)).await?.next().ok_or("no address")?;
    let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(server).await?;
    let local_addr = socket.local_addr()?;
    let config = ClientConfig {
        turn_serv_addr: server.to_string(),
        local_addr,
        username: url.username.clone(),
        password: url.password.clone(),
        ..Default::default()
    };
    let mut client = Client::new(config, crypto::default_provider()?)?;
    client.allocate(Instant::now())?;
    let mut datagram = vec![0; DATAGRAM_BYTES];
    loop {
        flush(&mut client, &socket).await?;
        while let Some(event) = client.poll_event() {
            match event {
                Event::AllocateResponse(..) => {
                    client.close()?;
                    flush(&mut client, &socket).await?;
                    return Ok(Answer::Allocated);
                }
                Event::AllocateError(_, error) => {
                    tracing::info!(%error, "a TURN server refused");
                    return Ok(Answer::Refused);
                }
                Event::TransactionTimeout(_) => return Ok(Answer::Silent),
                _ => {}
            }
        }
        let wake = client.poll_timeout().unwrap_or_else(|| Instant::now() + PATIENCE);
        tokio::select! {
            received = socket.recv(&mut datagram) => {
                let bytes = received?;
                let message = datagram.get(..bytes).unwrap_or_default();
                client.handle_read(TaggedBytesMut {
                    now: Instant::now(),
                    transport: context(local_addr, server),
                    message: BytesMut::from(message),
                })?;
            }
            () = sleep_until(wake.into()) => client.handle_timeout(Instant::now())?,
        }
    }
}

async fn flush(client: &mut Client, socket: &UdpSocket) -> std::io::Result<()> {
    while let Some(transmit) = client.poll_write() {
        socket.send(&transmit.message).await?;
    }
    Ok(())
}

const fn context(local_addr: SocketAddr, peer_addr: SocketAddr) -> TransportContext {
    TransportContext { local_addr, peer_addr, transport_protocol: TransportProtocol::UDP, ecn: None }
}
