//! Requests that a foreign page can make its visitor's browser send, over real sockets, to a server as the app starts it: refused, and
//! nothing has changed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use parlor_server::{Config, Server, ServerHandle};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A WebSocket handshake, but for host and origin.
const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const SOCKET: &str = "/socket.io/?EIO=4&transport=websocket";
const POLLING: &str = "/socket.io/?EIO=4&transport=polling";

async fn server() -> ServerHandle {
    Server::bind(Config::embedded()).await.unwrap().spawn()
}

/// Status and body of the answer to these very bytes.
async fn answer(server: &ServerHandle, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is kept open ends nothing: the answer says how long it is.
    while !is_whole(&answer) && stream.read_buf(&mut answer).await.unwrap() > 0 {}
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status line");
    (status, text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
    head.starts_with("http/1.1 101 ") || length.is_some_and(|length: usize| body.len() >= length)
}

async fn status(server: &ServerHandle, method: &str, path: &str, headers: &str) -> u16 {
    let close = if headers.contains("Upgrade") { "" } else { "Connection: close\r\n" };
    answer(server, &format!("{method} {path} HTTP/1.1\r\n{headers}{close}\r\n")).await.0
}

/// What the server counts of what came about, not of what was refused.
async fn state(server: &ServerHandle) -> Vec<String> {
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.local_addr());
    let (status, body) = answer(server, &request).await;
    assert_eq!(status, 200);
    let kept = ["rooms", "peers", "sockets", "plain_sockets", "joins_total", "signals_total", "sockets_refused_total"];
    let is_kept = |line: &&str| kept.iter().any(|name| line.starts_with(&format!("parlor_{name} ")));
    body.lines().filter(is_kept).map(str::to_owned).collect()
}

#[tokio::test]
async fn our_own_names_and_pages_are_served() {
    let server = server().await;
    let port = server.local_addr().port();
    for host in [format!("127.0.0.1:{port}"), format!("localhost:{port}")] {
        assert_eq!(status(&server, "GET", "/healthz", &format!("Host: {host}\r\n")).await, 200, "{host}");
        for origin in [format!("Origin: http://{host}\r\n"), "Origin: tauri://localhost\r\n".into(), String::new()] {
            let headers = format!("Host: {host}\r\n{origin}{UPGRADE}");
            assert_eq!(status(&server, "GET", SOCKET, &headers).await, 101, "{headers}");
        }
    }
}

#[tokio::test]
async fn a_foreign_host_is_told_so_whatever_it_asks_and_nothing_changes() {
    let server = server().await;
    let port = server.local_addr().port();
    let before = state(&server).await;
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("127.0.0.1:{}", port ^ 1),
        format!("192.168.1.7:{port}"),
        format!("[::1]:{port}"),
        String::new(),
    ] {
        // The page of a rebound name is its own origin.
        let rebound = format!("Host: {host}\r\nOrigin: http://{host}\r\n");
        for (method, path) in [
            ("GET", "/"),
            ("GET", "/healthz"),
            ("GET", "/metrics"),
            ("POST", "/"),
            ("GET", POLLING),
            ("POST", POLLING),
            ("OPTIONS", POLLING),
        ] {
            assert_eq!(status(&server, method, path, &rebound).await, 421, "{method} {path} {rebound}");
        }
        assert_eq!(status(&server, "GET", SOCKET, &format!("{rebound}{UPGRADE}")).await, 421, "{rebound}");
        assert_eq!(status(&server, "GET", SOCKET, &format!("Host: {host}\r\n{UPGRADE}")).await, 421, "{host}");
    }
    let (status, body) = answer(&server, "GET / HTTP/1.1\r\nHost: <b>evil</b>\r\nConnection: close\r\n\r\n").await;
    assert!(status >= 400 && !body.contains("evil"), "{status} {body}");
    let nameless = answer(&server, "GET /metrics HTTP/1.0\r\n\r\n").await;
    assert_eq!(nameless.0, 421);
    assert!(nameless.1.contains("another name"), "{}", nameless.1);
    let lined = format!(
        "GET http://evil.example/metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        server.local_addr()
    );
    assert_eq!(answer(&server, &lined).await.0, 421, "the name in the request line counts as well");
    assert_eq!(state(&server).await, before);
}

#[tokio::test]
async fn a_foreign_page_opens_nothing() {
    let server = server().await;
    let host = format!("Host: {}\r\n", server.local_addr());
    let before = state(&server).await;
    for origin in
        ["http://evil.example", "null", "http://localhost:8080", "http://127.0.0.1:1", "https://tauri.localhost"]
    {
        let foreign = format!("{host}Origin: {origin}\r\n");
        assert_eq!(status(&server, "GET", SOCKET, &format!("{foreign}{UPGRADE}")).await, 403, "{origin}");
        assert_eq!(status(&server, "GET", POLLING, &foreign).await, 403, "{origin}");
        // A form that posts, and the question that a browser asks before a post that no form could make.
        let form = format!("{foreign}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n");
        assert_eq!(status(&server, "POST", POLLING, &form).await, 403, "{origin}");
        assert_eq!(status(&server, "OPTIONS", POLLING, &foreign).await, 403, "{origin}");
        assert_eq!(status(&server, "POST", "/", &form).await, 405, "{origin}");
    }
    // `no-cors`: no origin, and by browsers that say so the site; by others nothing at all.
    for site in ["Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n"] {
        assert_eq!(status(&server, "GET", POLLING, &format!("{host}{site}")).await, 403, "{site}");
        assert_eq!(status(&server, "GET", SOCKET, &format!("{host}{site}{UPGRADE}")).await, 403, "{site}");
    }
    assert_eq!(status(&server, "GET", POLLING, &host).await, 400, "there is nothing to poll");
    assert_eq!(status(&server, "POST", POLLING, &host).await, 400, "there is nothing to post to");
    assert_eq!(state(&server).await, before);
}
