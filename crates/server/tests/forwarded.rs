//! Whom a request counts for, over real sockets: `X-Forwarded-For` is believed from a proxy of the configuration and from nobody else.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{net::SocketAddr, time::Instant};

use parlor_server::{Config, Server, ServerHandle};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Requests that pass before an address has to wait. One comes back each second.
const BURST: u32 = 3;
/// Requests that are sent.
const REQUESTS: u32 = BURST * 8;

async fn server(trusted: &[&str]) -> ServerHandle {
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        trusted_proxies: trusted.iter().map(|one| one.parse().unwrap()).collect(),
        request_rate: 1,
        request_burst: BURST,
        ..Config::default()
    };
    Server::bind(config).await.unwrap().spawn()
}

/// The status of a request that counts, with these headers in this order.
async fn status(server: &ServerHandle, forwarded_for: &[&[u8]]) -> u16 {
    let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
    // Judged by the guard and refused by Engine.IO: no socket comes of it.
    let mut request =
        b"GET /socket.io/?EIO=3&transport=polling HTTP/1.1\r\nHost: parlor\r\nConnection: close\r\n".to_vec();
    for value in forwarded_for {
        request.extend_from_slice(b"X-Forwarded-For: ");
        request.extend_from_slice(value);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    stream.write_all(&request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let line = String::from_utf8_lossy(&answer);
    line.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status line")
}

/// How many of the requests passed, and how many may if one address sent all of them: the burst, and one for each second that went by,
/// so that a slow machine changes nothing.
async fn passed(server: &ServerHandle, forwarded_for: impl Fn(u32) -> Vec<Vec<u8>>) -> (u32, u32) {
    let begun = Instant::now();
    let mut passed = 0;
    for number in 0..REQUESTS {
        let values = forwarded_for(number);
        let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
        passed += u32::from(status(server, &values).await != 429);
    }
    (passed, BURST + begun.elapsed().as_secs() as u32 + 1)
}

fn each_another(number: u32) -> Vec<Vec<u8>> {
    vec![format!("198.51.100.{number}").into_bytes()]
}

#[tokio::test]
async fn a_header_of_somebody_else_changes_nothing() {
    let server = server(&["10.0.0.1"]).await;
    let (passed, share) = passed(&server, each_another).await;
    assert!(passed <= share, "{passed} of {REQUESTS} passed for addresses of the client's choosing");
}

#[tokio::test]
async fn a_proxy_of_the_configuration_speaks_for_many() {
    let server = server(&["127.0.0.1"]).await;
    assert_eq!(passed(&server, each_another).await.0, REQUESTS, "each address has a share of its own");
}

#[tokio::test]
async fn what_the_client_wrote_in_front_of_the_proxy_is_not_believed() {
    let server = server(&["127.0.0.1"]).await;
    let spoofed = |number: u32| {
        let client = format!("203.0.113.{number}").into_bytes();
        let one_line = [&client[..], b", 198.51.100.7"].concat();
        if number.is_multiple_of(2) { vec![one_line] } else { vec![client, b"198.51.100.7".to_vec()] }
    };
    let (passed, share) = passed(&server, spoofed).await;
    assert!(passed <= share, "{passed} passed though one address asked");
}

#[tokio::test]
async fn malformed_headers_count_for_the_proxy() {
    let server = server(&["127.0.0.1"]).await;
    let malformed = |number: u32| vec![format!("198.51.100.{number}").into_bytes(), b"198.51.100.\xff".to_vec()];
    let (passed, share) = passed(&server, malformed).await;
    assert!(passed <= share, "{passed} passed though nobody was named");
    assert_eq!(status(&server, &[b"192.0.2.200"]).await, 400, "who is named has a share of its own");
}
