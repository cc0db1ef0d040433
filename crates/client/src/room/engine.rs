//! The engine behind a [`crate::Client`]: takes commands, keeps at most one room, lasts as long as the handle.

use std::{path::PathBuf, sync::Arc};

use parlor_protocol::{
    code::{Failure, FailureCode},
    host::{Command, Event, NearbyRoom, PickedFile, RoomState},
    id::TransferId,
    limits::NAME_CHARS,
    signaling::IceServer,
};
use parlor_trust::{DeviceKey, Fingerprint, Invitation, TrustError, base_url};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    seat::Seat,
    stay::{Create, Happened, Stay},
};
use crate::{
    ClientConfig, OwnServerAddress,
    disk::{Picks, picks},
    nearby::Search,
    signaling::ServerAddress,
    spoken::knock,
};

/// What a handle asks of the engine. Whoever asked may have gone, so answers may fall on the floor.
pub(crate) enum Request {
    /// A wish of the screen.
    Command(Command, oneshot::Sender<Result<(), Failure>>),
    /// Keep a picked file; its size was measured.
    Pick { path: PathBuf, size: u64, answer: oneshot::Sender<Result<PickedFile, Failure>> },
    /// Where received files go from now on.
    DownloadFolder(PathBuf),
    /// The user's own servers, and whether only relays are used, for connections begun from now on.
    IceServers { servers: Vec<IceServer>, relay_only: bool },
    /// The device that peers are shown from now on, if any.
    Device(Option<Arc<DeviceKey>>),
    /// The server for rooms started without one, and its certificate, from now on.
    OwnServer(OwnServerAddress),
    /// Leave the room as somebody who may come back.
    StepOut(oneshot::Sender<()>),
    /// Where the files of a transfer are.
    Received(TransferId, oneshot::Sender<Vec<PathBuf>>),
    /// Where the first files of an offer of ours are.
    Offered(TransferId, oneshot::Sender<Vec<PathBuf>>),
    /// Whether something of a transfer was there before it began.
    IsContinued(TransferId, oneshot::Sender<bool>),
}

/// The engine.
pub(crate) struct Engine {
    config: ClientConfig,
    events: mpsc::Sender<Event>,
    picks: Picks,
    /// The try at a spoken code that is under way, and the name to enter with.
    knocking: Option<Knocking>,
    stay: Option<Stay>,
    /// What a page that begins anew may come back to.
    seat: Option<Seat>,
    /// While somebody wants to know who is nearby.
    search: Option<Search>,
}

struct Knocking {
    name: String,
    invitation: JoinHandle<Result<Invitation, Failure>>,
}

impl Engine {
    pub(crate) fn new(config: ClientConfig, events: mpsc::Sender<Event>) -> Self {
        Self { config, events, picks: Picks::default(), knocking: None, stay: None, seat: None, search: None }
    }

    /// Runs until the handle or the listener is gone; leaves the room then.
    pub(crate) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let events = self.events.clone();
        loop {
            tokio::select! {
                request = requests.recv() => match request {
                    Some(request) => self.request(request).await,
                    None => break,
                },
                happened = next_happening(&mut self.stay) => self.happened(happened).await,
                outcome = next_invitation(&mut self.knocking) => self.invited(outcome).await,
                rooms = next_neighbours(&mut self.search) => {
                    let _ = self.events.send(Event::NearbyChanged { rooms }).await;
                }
                () = events.closed() => break,
            }
        }
        self.stop_knocking();
        if let Some(stay) = self.stay.take() {
            stay.leave().await;
        }
    }

    /// The try at a code has ended.
    async fn invited(&mut self, outcome: Result<Invitation, Failure>) {
        let Some(Knocking { name, .. }) = self.knocking.take() else { return };
        let entered = match outcome {
            Ok(invitation) => self.enter(invitation, Create::No, &name).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = entered {
            self.tell(RoomState::Closed, Some(failure)).await;
        }
    }

    async fn tell(&self, state: RoomState, failure: Option<Failure>) {
        // Nobody is left to hear it if the listener is gone; the engine ends then.
        let _ = self.events.send(Event::RoomChanged { state, failure }).await;
    }

    /// True when there was something to stop.
    fn stop_knocking(&mut self) -> bool {
        let knocking = self.knocking.take();
        knocking.inspect(|knocking| knocking.invitation.abort()).is_some()
    }

    async fn happened(&mut self, happened: Happened) {
        let Some(stay) = &mut self.stay else { return };
        stay.happened(happened).await;
        if stay.is_over() {
            self.stay = None;
            self.picks = Picks::default();
        }
    }

    async fn request(&mut self, request: Request) {
        match request {
            Request::Command(command, answer) => self.command(command, answer).await,
            Request::Pick { path, size, answer } => {
                let _ = answer.send(self.picks.keep(path, size).map_err(Failure::from));
            }
            Request::DownloadFolder(folder) => self.config.download_folder = folder,
            Request::IceServers { servers, relay_only } => {
                self.config.ice_servers = servers;
                self.config.relay_only = relay_only;
                if let Some(stay) = &mut self.stay {
                    stay.set_ice_servers(&self.config);
                }
            }
            Request::Device(device) => {
                self.config.device.clone_from(&device);
                if let Some(stay) = &self.stay {
                    stay.show_device(device);
                }
            }
            Request::OwnServer(own) => self.config.own_server = Some(own),
            Request::StepOut(answer) => {
                self.step_out().await;
                let _ = answer.send(());
            }
            Request::Received(transfer, answer) => {
                let _ = answer.send(self.stay.as_ref().map(|stay| stay.received(transfer)).unwrap_or_default());
            }
            Request::Offered(transfer, answer) => {
                let _ = answer.send(self.stay.as_ref().map(|stay| stay.offered(transfer)).unwrap_or_default());
            }
            Request::IsContinued(transfer, answer) => {
                let _ = answer.send(self.stay.as_ref().is_some_and(|stay| stay.is_continued(transfer)));
            }
        }
    }

    /// Leaves, and keeps the seat for an entry by the same invitation.
    async fn step_out(&mut self) {
        if self.stop_knocking() {
            self.tell(RoomState::Closed, None).await;
        }
        if let Some(stay) = self.stay.take() {
            self.seat = Some(stay.step_out().await);
            self.picks = Picks::default();
        }
    }

    async fn command(&mut self, command: Command, answer: oneshot::Sender<Result<(), Failure>>) {
        let outcome = match command {
            Command::StartRoom { server, name } => self.start_room(&server, &name).await,
            Command::JoinRoom { link, name } => match link.parse() {
                Ok(invitation) => self.enter(invitation, Create::No, &name).await,
                Err(error) => Err(invitation_failure(error)),
            },
            Command::JoinByCode { server, code, name } => self.knock(&server, &code, name).await,
            Command::LookNearby { on } => {
                self.look_nearby(on).await;
                Ok(())
            }
            Command::LeaveRoom {} if self.stop_knocking() => {
                self.seat = None;
                self.tell(RoomState::Closed, None).await;
                Ok(())
            }
            Command::LeaveRoom {} => match self.stay.take() {
                Some(stay) => {
                    self.seat = None;
                    stay.leave().await;
                    self.picks = Picks::default();
                    Ok(())
                }
                None => Err(no_room()),
            },
            Command::LimitSpeed { bytes_per_second } => {
                self.config.bytes_per_second = bytes_per_second;
                if let Some(stay) = &mut self.stay {
                    stay.limit_speed(bytes_per_second);
                }
                Ok(())
            }
            within_a_room => match &mut self.stay {
                Some(stay) => return stay.command(within_a_room, &self.picks, &self.config, answer),
                None => Err(no_room()),
            },
        };
        let _ = answer.send(outcome);
    }

    /// Each search begins with nothing, and one that ends leaves nothing.
    async fn look_nearby(&mut self, on: bool) {
        if on == self.search.is_some() {
            return;
        }
        self.search = on.then(|| Search::begin(self.config.neighbourhood)).flatten();
        let _ = self.events.send(Event::NearbyChanged { rooms: Vec::new() }).await;
    }

    async fn start_room(&mut self, server: &str, name: &str) -> Result<(), Failure> {
        let invitation = Invitation::new(self.server(server)?, crate::random::random()).map_err(no_server_address)?;
        let Some(own) = self.config.own_server.clone().filter(|_| server.trim().is_empty()) else {
            return self.enter(invitation, Create::Yes, name).await;
        };
        let invitation = match own.certificate_sha256.map(Fingerprint) {
            Some(pin) => invitation.with_pin(pin).map_err(no_server_address)?,
            None => invitation,
        };
        self.enter(invitation, own.create_key.map_or(Create::Yes, Create::Showing), name).await
    }

    /// Begins to try a spoken code.
    async fn knock(&mut self, server: &str, code: &str, name: String) -> Result<(), Failure> {
        self.ensure_outside()?;
        let code =
            code.parse().map_err(|error: TrustError| Failure::new(FailureCode::CodeInvalid, error.to_string()))?;
        let server = base_url(self.server(server)?).map_err(no_server_address)?;
        let url = server.parse().map_err(|_| no_server_address(TrustError::NotAnInvitation))?;
        let is_nearby = self.search.as_ref().is_some_and(|search| search.knows(&server));
        let server = ServerAddress::of_code(url, is_nearby);
        self.tell(RoomState::Entering, None).await;
        self.knocking = Some(Knocking { name, invitation: tokio::spawn(knock(server, code)) });
        Ok(())
    }

    /// The server that was named, or our own.
    fn server<'a>(&'a self, named: &'a str) -> Result<&'a str, Failure> {
        match (named.trim(), &self.config.own_server) {
            ("", Some(own)) => Ok(&own.url),
            ("", None) => Err(Failure::new(FailureCode::ServerUnreachable, "no server was named")),
            (named, _) => Ok(named),
        }
    }

    async fn enter(&mut self, invitation: Invitation, create: Create, name: &str) -> Result<(), Failure> {
        self.ensure_outside()?;
        let name: String = name.chars().take(NAME_CHARS).collect();
        let room = invitation.keys().room();
        let events = self.events.clone();
        let stay = match self.seat.take().filter(|seat| seat.is_in(room)) {
            Some(seat) => Stay::resume(seat, invitation, name, &self.config, events)?,
            None => Stay::begin(invitation, create, name, &self.config, events)?,
        };
        self.tell(RoomState::Entering, None).await;
        self.stay = Some(stay);
        Ok(())
    }

    fn ensure_outside(&self) -> Result<(), Failure> {
        match (&self.stay, &self.knocking) {
            (None, None) => Ok(()),
            _ => Err(Failure::new(FailureCode::NotNow, "already in a room")),
        }
    }
}

async fn next_happening(stay: &mut Option<Stay>) -> Happened {
    match stay {
        Some(stay) => stay.next().await,
        None => std::future::pending().await,
    }
}

/// Pends while nobody looks.
async fn next_neighbours(search: &mut Option<Search>) -> Vec<NearbyRoom> {
    match search {
        Some(search) => search.changed().await,
        None => std::future::pending().await,
    }
}

/// Pends while no code is tried.
async fn next_invitation(knocking: &mut Option<Knocking>) -> Result<Invitation, Failure> {
    match knocking {
        Some(Knocking { invitation, .. }) => {
            invitation.await.unwrap_or_else(|error| Err(Failure::new(FailureCode::Internal, error.to_string())))
        }
        None => std::future::pending().await,
    }
}

fn no_server_address(_: TrustError) -> Failure {
    Failure::new(FailureCode::ServerUnreachable, "the server's address is not an http or https URL")
}

fn no_room() -> Failure {
    Failure::new(FailureCode::NotNow, "in no room")
}

fn invitation_failure(error: TrustError) -> Failure {
    let code = match error {
        TrustError::InvitationVersion => FailureCode::InvitationVersion,
        _ => FailureCode::InvitationInvalid,
    };
    Failure::new(code, error.to_string())
}

/// Measures a picked path on a blocking thread.
pub(crate) async fn measured(path: PathBuf) -> Result<(PathBuf, u64), Failure> {
    let measured = tokio::task::spawn_blocking(move || {
        let size = picks::measure(&path)?;
        Ok((path, size))
    });
    match measured.await {
        Ok(outcome) => outcome.map_err(|error: crate::disk::DiskError| error.into()),
        Err(error) => Err(Failure::new(FailureCode::Internal, error.to_string())),
    }
}

/// The context of a stay, shared with its sessions.
pub(crate) type SharedContext = Arc<super::context::RoomContext>;
