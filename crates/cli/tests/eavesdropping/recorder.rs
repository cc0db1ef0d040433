//! A proxy in front of the server that keeps every byte of every connection, both ways, as the server gets and gives it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::search::Seen;

/// One direction of one connection. What is kept is taken away by [`Recorder::received`], the head of its connection excepted.
type Stream = Arc<Mutex<Vec<u8>>>;

/// The proxy. It ends with the runtime.
pub struct Recorder {
    address: SocketAddr,
    streams: Arc<Mutex<Vec<Stream>>>,
}

impl Recorder {
    /// Listens on a port of its own and passes everything on to `server`.
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let streams = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&streams);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(server).await else { continue };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let (asked, answered) = (Stream::default(), Stream::default());
                kept.lock().unwrap().extend([Arc::clone(&asked), Arc::clone(&answered)]);
                tokio::spawn(pass_on(from_client, to_server, asked));
                tokio::spawn(pass_on(from_server, to_client, answered));
            }
        });
        Self { address, streams }
    }

    /// Where clients find it, as the base URL of a server.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything of the connections since the last time. The programs have ended, so all of it is here.
    pub fn received(&self) -> Seen {
        let streams = std::mem::take(&mut *self.streams.lock().unwrap());
        let mut seen = Seen::default();
        for stream in streams {
            seen.add(Seen::of_exchange(&stream.lock().unwrap()));
        }
        seen
    }
}

async fn pass_on(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin, kept: Stream) {
    let mut piece = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut piece).await {
        kept.lock().unwrap().extend_from_slice(&piece[..read]);
        if to.write_all(&piece[..read]).await.is_err() {
            break;
        }
    }
    // The other side sees the end as this side did; whether it is still there does not matter.
    let _ = to.shutdown().await;
}

/// The whole answer to a GET.
pub async fn get(server: SocketAddr, path: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}
