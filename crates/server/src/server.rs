//! The server as a whole: bind, run, end in order.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use socketioxide::{ParserConfig, SocketIo, TransportType};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    config::Config,
    door::{Door, House},
    error::ServerError,
    guard::Guard,
    http::{Site, router},
    identity::Identity,
    listener::{Arrivals, CameOn},
    plain_namespace::PlainNamespace,
    room_namespace::RoomNamespace,
    slots::Slots,
    web_ui::WebUi,
};

/// Connections that wait to be taken over by HTTP.
const ARRIVALS: usize = 64;
/// Addresses that wait to be listened on.
const DOORS: usize = 4;
/// Packets that wait in Engine.IO's own buffer of a socket.
const BUFFER_PACKETS: usize = 1_024;
/// How many times the limit a message may have and still be read, so that its sender gets an answer instead of a broken
/// connection.
const READ_BEYOND: usize = 2;

/// A server that listens and does not serve yet.
pub struct Server {
    config: Arc<Config>,
    door: Door,
    local_addr: SocketAddr,
    more_doors: (mpsc::Sender<Door>, mpsc::Receiver<Door>),
}

impl Server {
    /// Checks the configuration and takes the address.
    ///
    /// # Errors
    /// A value cannot be, or the address is taken or unusable.
    pub async fn bind(config: Config) -> Result<Self, ServerError> {
        config.check()?;
        let tcp = listen(config.listen).await?;
        let local_addr = tcp.local_addr()?;
        let door = Door { tcp, tls: None };
        Ok(Self { config: Arc::new(config), door, local_addr, more_doors: mpsc::channel(DOORS) })
    }

    /// Where it listens; with the port that was picked.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Serves until `shutdown` is ready, then tells the clients and ends within the configured time.
    ///
    /// # Errors
    /// Serving failed.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ServerError> {
        let Self { config, door, local_addr, more_doors: (_keep_open, more_doors) } = self;
        let clock = Clock::start();
        let all = CancellationToken::new();
        let slots = Slots::new(config.max_connections as usize, config.max_connections_per_address);
        let rooms = RoomNamespace::new(Arc::clone(&config), clock);
        let plain = config.plain.then(|| PlainNamespace::new(&config, clock));
        let (layer, io) = socket_io(&config);
        rooms.register(&io);
        if let Some(plain) = &plain {
            plain.register(&io);
        }
        let site = Site {
            rooms: Arc::clone(&rooms),
            plain,
            guard: Arc::new(Guard::new(Arc::clone(&config), clock)),
            slots: Arc::clone(&slots),
            ui: WebUi::find(config.ui.clone()),
        };
        let accepting = CancellationToken::new();
        let (handing_over, arrived) = mpsc::channel(ARRIVALS);
        let house = House {
            slots,
            all: all.clone(),
            closing: accepting.clone(),
            stall: Duration::from_millis(config.stall_timeout_ms),
            trusted_proxies: config.trusted_proxies.clone(),
            arrived: handing_over,
        };
        let doors = tokio::spawn(keep_doors(door, more_doors, house));
        let listener = Arrivals { arrived, local: local_addr };
        let app = router(site, layer).into_make_service_with_connect_info::<CameOn>();
        let serving = axum::serve(listener, app).with_graceful_shutdown(accepting.clone().cancelled_owned());
        let mut serving = tokio::spawn(serving.into_future());
        let ending = all.clone().drop_guard();
        let keeping_time = tokio::spawn({
            let rooms = Arc::clone(&rooms);
            async move { rooms.keep_time().await }
        });

        let outcome = tokio::select! {
            ended = &mut serving => ended.unwrap_or_else(|error| Err(io::Error::other(error))),
            () = shutdown => {
                tracing::info!("closing");
                accepting.cancel();
                let in_order = async {
                    rooms.shut().await;
                    io.close().await;
                    // Whoever asks from here on is refused by the system.
                    if let Err(error) = doors.await {
                        tracing::error!(%error, "the doors ended badly");
                    }
                    (&mut serving).await.unwrap_or_else(|error| Err(io::Error::other(error)))
                };
                let bound = Duration::from_millis(config.shutdown_ms);
                if let Ok(outcome) = tokio::time::timeout(bound, in_order).await {
                    outcome
                } else {
                    tracing::warn!("some connections did not end in time and are cut");
                    serving.abort();
                    Ok(())
                }
            }
        };
        accepting.cancel();
        keeping_time.abort();
        drop(ending);
        tracing::info!("closed");
        Ok(outcome?)
    }

    /// Serves in a task of its own, for programs that have other things to do.
    pub fn spawn(self) -> ServerHandle {
        let local_addr = self.local_addr;
        let more_doors = self.more_doors.0.clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(self.run(async {
            // A handle that is dropped stops the server as well.
            let _ = stopped.await;
        }));
        ServerHandle { local_addr, more_doors, stop, task }
    }
}

/// A server that runs in a task. It ends in order when the handle is dropped.
pub struct ServerHandle {
    local_addr: SocketAddr,
    more_doors: mpsc::Sender<Door>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServerError>>,
}

impl ServerHandle {
    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Listens on another address too, over TLS as `identity`, and returns where; port 0 picks a free one.
    ///
    /// # Errors
    /// The address is taken or unusable, or the server has ended.
    pub async fn listen_as(&self, address: SocketAddr, identity: &Identity) -> Result<SocketAddr, ServerError> {
        let tcp = listen(address).await?;
        let local_addr = tcp.local_addr()?;
        let door = Door { tcp, tls: Some(identity.acceptor()) };
        self.more_doors.send(door).await.map_err(|_| ServerError::Io(io::ErrorKind::NotConnected.into()))?;
        Ok(local_addr)
    }

    /// Ends the server in order.
    ///
    /// # Errors
    /// Serving had failed.
    pub async fn stop(self) -> Result<(), ServerError> {
        drop(self.stop);
        self.task.await.unwrap_or_else(|error| Err(ServerError::Io(io::Error::other(error))))
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServerError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ServerError::AddressTaken { address },
        _ => ServerError::AddressUnusable { address, source },
    })
}

/// Keeps all doors until the house closes; then they are closed when this returns.
async fn keep_doors(first: Door, mut more: mpsc::Receiver<Door>, house: House) {
    let closing = house.closing.clone();
    let mut doors = JoinSet::new();
    doors.spawn(first.keep(house.clone()));
    loop {
        tokio::select! {
            () = closing.cancelled() => break,
            Some(door) = more.recv() => { doors.spawn(door.keep(house.clone())); }
        }
    }
    doors.join_all().await;
}

fn socket_io(config: &Config) -> (socketioxide::layer::SocketIoLayer, SocketIo) {
    let read_bytes = config.message_bytes as usize * READ_BEYOND;
    // Without polling no request that a foreign page can make without `Origin` opens anything: a WebSocket has one.
    let builder = SocketIo::builder();
    let builder = if config.polling { builder } else { builder.transports([TransportType::Websocket]) };
    builder
        .req_path("/socket.io")
        .ping_interval(Duration::from_millis(config.ping_interval_ms))
        .ping_timeout(Duration::from_millis(config.ping_timeout_ms))
        .connect_timeout(Duration::from_secs(5))
        .upgrade_timeout(Duration::from_secs(5))
        // Room sockets never fill it, their writer waits. A plain client may be sent a whole burst while its page is busy.
        .max_buffer_size(BUFFER_PACKETS)
        .max_payload(read_bytes as u64)
        .ws_max_message_size(read_bytes)
        .ws_max_frame_size(read_bytes)
        .ws_read_buffer_size(2_048)
        // The protocol has no binary parts: a message that announces one ends its connection.
        .with_parser(ParserConfig::common().max_incoming_binaries(0).max_incoming_binary_buf_size(0))
        .build_layer()
}
