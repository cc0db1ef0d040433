//! The handle of the engine: commands in, events out.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use parlor_protocol::{
    code::{Failure, FailureCode},
    host::{Command, Event, PickedFile},
    id::TransferId,
    negotiation::HostKind,
    signaling::IceServer,
};
use parlor_trust::DeviceKey;
use tokio::sync::{mpsc, oneshot};

use crate::nearby::Neighbourhood;
use crate::random::random_b64;
use crate::room::{
    Timings,
    engine::{Engine, Request, measured},
};

/// Events that wait for the listener. Beyond them the engine waits, and so in the end the peers do.
const EVENTS: usize = 1024;
/// Requests between handles and the engine.
const REQUESTS: usize = 64;

/// Where a server of ours is, and what it asks of us.
#[derive(Clone)]
pub struct OwnServerAddress {
    /// Its base URL.
    pub url: String,
    /// SHA-256 of its certificate, where no authority vouches for it.
    pub certificate_sha256: Option<[u8; 32]>,
    /// What it asks for before it makes a room: 32 bytes, base64url. Nobody else is shown it.
    pub create_key: Option<String>,
}

impl OwnServerAddress {
    /// A key for a server that makes rooms for us alone.
    pub fn random_create_key() -> String {
        random_b64()
    }
}

impl fmt::Debug for OwnServerAddress {
    /// Without the key, so that no log holds it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnServerAddress").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Who we are and how we connect.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// What kind of program this is; peers show it.
    pub host: HostKind,
    /// Program and version, `parlor/0.1.0`.
    pub agent: String,
    /// Where received files go; made when the first transfer is accepted.
    pub download_folder: PathBuf,
    /// The user's own STUN and TURN servers, used beside those the server hands out.
    pub ice_servers: Vec<IceServer>,
    /// Use relayed candidates only.
    pub relay_only: bool,
    /// Sends files no faster than this, over all peers together; none for no limit.
    pub bytes_per_second: Option<u64>,
    /// Shown to peers, who recognise this device by it in later rooms; none for not being recognised.
    pub device: Option<Arc<DeviceKey>>,
    /// For rooms started without naming a server.
    pub own_server: Option<OwnServerAddress>,
    /// Where codes are announced and looked for.
    pub neighbourhood: Neighbourhood,
    /// Durations; the defaults are those of the protocol.
    pub timings: Timings,
}

impl ClientConfig {
    /// A configuration with no servers of its own and the protocol's durations.
    pub fn new(host: HostKind, agent: impl Into<String>, download_folder: impl Into<PathBuf>) -> Self {
        Self {
            host,
            agent: agent.into(),
            download_folder: download_folder.into(),
            ice_servers: Vec::new(),
            relay_only: false,
            bytes_per_second: None,
            device: None,
            own_server: None,
            neighbourhood: Neighbourhood::Nowhere,
            timings: Timings::default(),
        }
    }
}

/// The engine's handle. Cheap to clone; when the last one is dropped, or the receiver of events is, the room is left and the engine
/// ends.
#[derive(Debug, Clone)]
pub struct Client {
    requests: mpsc::Sender<Request>,
}

impl Client {
    /// Starts an engine; must be called within a Tokio runtime. Read the events continuously, in a task of their own or in turn with
    /// commands: an engine whose events nobody reads comes to a halt.
    pub fn start(config: ClientConfig) -> (Self, mpsc::Receiver<Event>) {
        let (requests, taken) = mpsc::channel(REQUESTS);
        let (events, receiver) = mpsc::channel(EVENTS);
        tokio::spawn(Engine::new(config, events).run(taken));
        (Self { requests }, receiver)
    }

    /// Passes a wish on. Ok when it was taken; what comes of it arrives as events.
    ///
    /// # Errors
    /// Why it was not taken; nothing has changed then.
    pub async fn command(&self, command: Command) -> Result<(), Failure> {
        let (answer, outcome) = oneshot::channel();
        self.ask(Request::Command(command, answer)).await?;
        // An answer is dropped only by a session that ended before it took the wish.
        outcome.await.unwrap_or_else(|_| Err(Failure::new(FailureCode::NoSuchPeer, "the peer left meanwhile")))
    }

    /// Keeps a file or folder that the user picked; its handle goes into [`Command::OfferFiles`]. Valid until the room is left.
    ///
    /// # Errors
    /// [`FailureCode::SourceUnreadable`] or [`FailureCode::OfferInvalid`].
    pub async fn register_file(&self, path: impl Into<PathBuf>) -> Result<PickedFile, Failure> {
        let (path, size) = measured(path.into()).await?;
        let (answer, outcome) = oneshot::channel();
        self.ask(Request::Pick { path, size, answer }).await?;
        outcome.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Sets where received files go, for transfers accepted from now on.
    ///
    /// # Errors
    /// Only if the engine is gone.
    pub async fn set_download_folder(&self, folder: &Path) -> Result<(), Failure> {
        self.ask(Request::DownloadFolder(folder.to_owned())).await
    }

    /// Sets the user's own ICE servers, for connections begun from now on.
    ///
    /// # Errors
    /// Only if the engine is gone.
    pub async fn set_ice_servers(&self, servers: Vec<IceServer>, relay_only: bool) -> Result<(), Failure> {
        self.ask(Request::IceServers { servers, relay_only }).await
    }

    /// Peers are shown this device from now on, on connections that were proven before as well; with none, on no new connection.
    ///
    /// # Errors
    /// Only if the engine is gone.
    pub async fn set_device(&self, device: Option<Arc<DeviceKey>>) -> Result<(), Failure> {
        self.ask(Request::Device(device)).await
    }

    /// Sets the server for rooms started without one, from now on.
    ///
    /// # Errors
    /// Only if the engine is gone.
    pub async fn set_own_server(&self, own: OwnServerAddress) -> Result<(), Failure> {
        self.ask(Request::OwnServer(own)).await
    }

    /// Leaves the room, if in one, as somebody who may come back: who enters by the same invitation next, without having left it or
    /// entered another, is the same peer to all, and the invitation is withdrawn if it was. For a screen that begins anew.
    ///
    /// # Errors
    /// Only if the engine is gone.
    pub async fn step_out(&self) -> Result<(), Failure> {
        let (answer, outcome) = oneshot::channel();
        self.ask(Request::StepOut(answer)).await?;
        outcome.await.map_err(|_| gone())
    }

    /// Where the files of a transfer stand that were proven so far, while the room lasts.
    ///
    /// # Errors
    /// Only if the engine is gone.
    pub async fn received_paths(&self, transfer: TransferId) -> Result<Vec<PathBuf>, Failure> {
        let (answer, outcome) = oneshot::channel();
        self.ask(Request::Received(transfer, answer)).await?;
        outcome.await.map_err(|_| gone())
    }

    /// Where the first sixteen files of an offer of ours lie, while the room lasts; none of one to us.
    ///
    /// # Errors
    /// Only if the engine is gone.
    pub async fn offered_paths(&self, transfer: TransferId) -> Result<Vec<PathBuf>, Failure> {
        let (answer, outcome) = oneshot::channel();
        self.ask(Request::Offered(transfer, answer)).await?;
        outcome.await.map_err(|_| gone())
    }

    /// Whether a transfer goes on where an earlier session was cut short. Certain as soon as its first bytes are told.
    ///
    /// # Errors
    /// Only if the engine is gone.
    pub async fn is_continued(&self, transfer: TransferId) -> Result<bool, Failure> {
        let (answer, outcome) = oneshot::channel();
        self.ask(Request::IsContinued(transfer, answer)).await?;
        outcome.await.map_err(|_| gone())
    }

    async fn ask(&self, request: Request) -> Result<(), Failure> {
        self.requests.send(request).await.map_err(|_| gone())
    }
}

fn gone() -> Failure {
    Failure::new(FailureCode::Internal, "the engine has ended")
}
