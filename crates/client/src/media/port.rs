//! The port itself: listens on loopback, lets the page's sockets in, and carries what they say.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use parlor_protocol::media_port::{
    DisplayReport, MediaPortAddress, PICTURE_BYTES, PictureHeader, PortRequest, SoundToEngine,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async_with_config,
    tungstenite::{
        Message,
        handshake::server::{Request, Response},
        protocol::WebSocketConfig,
    },
};

use super::{
    call::Around,
    calls::Calls,
    error::MediaError,
    handshake::{Door, Path},
    outlet::Outlet,
    pictures::{PictureOrder, Pictures},
    sounds::{SoundOrder, Sounds},
};
use crate::random::random;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// Handshakes at once. The page opens four sockets.
const HANDSHAKES: usize = 16;
/// Messages that may wait for each socket of the page: replies, orders, pictures (of everyone, a second or so), pieces of sound.
const TO_CONTROL: usize = 1_024;
const TO_CAPTURE: usize = 64;
const TO_DISPLAY: usize = 48;
const TO_SOUND: usize = 64;
/// Orders that may wait for the tasks of sound and of own pictures.
const SOUND_ORDERS: usize = 1_024;
const PICTURE_ORDERS: usize = 64;

/// The port; closed, with every connection, when it is dropped.
#[derive(Debug)]
pub struct MediaPort {
    address: MediaPortAddress,
    listener: JoinHandle<()>,
}

struct Inside {
    door: Door,
    calls: Arc<Calls>,
    around: Around,
    capture: Arc<Outlet>,
    sound: Arc<Outlet>,
}

impl MediaPort {
    /// Opens a port for pages of these origins (`tauri://localhost`). Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// [`MediaError::Machine`] if loopback cannot be listened on or the sound codec cannot be made.
    pub async fn open(origins: Vec<String>) -> Result<Self, MediaError> {
        let machine = |error: std::io::Error| MediaError::Machine(error.to_string());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(machine)?;
        let host = listener.local_addr().map_err(machine)?.to_string();
        let secret = BASE64_URL_SAFE_NO_PAD.encode(random::<32>());
        let address = MediaPortAddress { url: format!("ws://{host}"), secret: secret.clone() };

        let [control, capture, display, sound] =
            [TO_CONTROL, TO_CAPTURE, TO_DISPLAY, TO_SOUND].map(|capacity| Arc::new(Outlet::new(capacity)));
        let (sounds, sound_orders) = mpsc::channel(SOUND_ORDERS);
        let (pictures, picture_orders) = mpsc::channel(PICTURE_ORDERS);
        tokio::spawn(Sounds::new(Arc::clone(&sound), Arc::clone(&control))?.run(sound_orders));
        tokio::spawn(Pictures::new(Arc::clone(&capture)).run(picture_orders));
        let around = Around { control, display, sounds, pictures };
        let calls = Calls::new(around.clone());
        let inside = Arc::new(Inside { door: Door { host, origins, secret }, calls, around, capture, sound });
        Ok(Self { address, listener: tokio::spawn(listen(listener, inside)) })
    }

    /// Where it is, for our own page only.
    pub fn address(&self) -> &MediaPortAddress {
        &self.address
    }
}

impl Drop for MediaPort {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn listen(listener: TcpListener, inside: Arc<Inside>) {
    // Sockets end with the listener, since they are its own.
    let mut sockets = tokio::task::JoinSet::new();
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let Ok(permit) = Arc::clone(&handshakes).try_acquire_owned() else { continue };
                    let inside = Arc::clone(&inside);
                    sockets.spawn(async move {
                        let opened = open_socket(stream, &inside).await;
                        drop(permit);
                        if let Some((path, socket)) = opened {
                            inside.serve(path, socket).await;
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a socket of the page could not be taken");
                    // Out of descriptors, most likely: others end in time, and each end is an event.
                    if sockets.join_next().await.is_none() {
                        return;
                    }
                }
            },
            Some(_) = sockets.join_next() => {}
        }
    }
}

async fn open_socket(stream: TcpStream, inside: &Inside) -> Option<(Path, WebSocketStream<TcpStream>)> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a socket of the page is slower than it could be");
    }
    let mut path = None;
    #[expect(clippy::result_large_err, reason = "the shape that the library's callback has")]
    let judge = |request: &Request, response: Response| {
        let (found, response) = inside.door.answer(request, response)?;
        path = Some(found);
        Ok(response)
    };
    let largest = PICTURE_BYTES + PictureHeader::BYTES;
    let config = WebSocketConfig::default().max_message_size(Some(largest)).max_frame_size(Some(largest));
    match timeout(HANDSHAKE, accept_hdr_async_with_config(stream, judge, Some(config))).await {
        Ok(Ok(socket)) => path.map(|path| (path, socket)),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a socket was refused at the media port");
            None
        }
        Err(_) => None,
    }
}

impl Inside {
    const fn outlet(&self, path: Path) -> &Arc<Outlet> {
        match path {
            Path::Control => &self.around.control,
            Path::Capture => &self.capture,
            Path::Display => &self.around.display,
            Path::Sound => &self.sound,
        }
    }

    async fn serve(&self, path: Path, socket: WebSocketStream<TcpStream>) {
        let (generation, mut outgoing) = self.outlet(path).enter();
        match path {
            // A page that comes anew knows nothing of the connections of the one before.
            Path::Control => self.calls.close_all().await,
            Path::Capture => self.picture(PictureOrder::EncoderCame).await,
            Path::Display | Path::Sound => {}
        }
        let (mut sink, mut stream) = socket.split();
        loop {
            tokio::select! {
                message = outgoing.recv() => match message {
                    Some(message) => if sink.send(message).await.is_err() { break },
                    None => break,
                },
                message = stream.next() => match message {
                    Some(Ok(Message::Text(text))) => self.text(path, text.as_str()).await,
                    Some(Ok(Message::Binary(bytes))) => self.binary(path, bytes).await,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => {}
                },
            }
        }
        if self.outlet(path).leave(generation) && path == Path::Control {
            self.calls.close_all().await;
        }
    }

    async fn text(&self, path: Path, text: &str) {
        match path {
            Path::Control => match serde_json::from_str::<PortRequest>(text) {
                Ok(request) => self.calls.request(request).await,
                Err(error) => self.calls.refuse("TypeError", &error.to_string()),
            },
            Path::Display => match serde_json::from_str::<DisplayReport>(text) {
                Ok(report) => self.calls.shown(report).await,
                Err(error) => self.calls.refuse("TypeError", &error.to_string()),
            },
            Path::Capture | Path::Sound => self.calls.refuse("TypeError", "no text is taken here"),
        }
    }

    async fn binary(&self, path: Path, bytes: Bytes) {
        match path {
            Path::Capture => self.picture(PictureOrder::Coded(bytes)).await,
            Path::Sound => match SoundToEngine::decode(&bytes) {
                Some(said) => {
                    if self.around.sounds.send(SoundOrder::Page(said)).await.is_err() {
                        tracing::error!("the task of sound has ended");
                    }
                }
                None => self.calls.refuse("TypeError", "that is no sound"),
            },
            Path::Control | Path::Display => self.calls.refuse("TypeError", "nothing binary is taken here"),
        }
    }

    async fn picture(&self, order: PictureOrder) {
        if self.around.pictures.send(order).await.is_err() {
            tracing::error!("the task of own pictures has ended");
        }
    }
}
