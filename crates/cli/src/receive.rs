//! `parlor-cli receive`: takes what is offered behind a link, and ends when all of it is proven.

use std::{
    collections::HashMap,
    io::{BufRead, Read},
    path::PathBuf,
};

use parlor_client::disk::ReceivingFolder;
use parlor_protocol::{
    code::FailureCode,
    host::{Command, Direction, Event, LinkState, Transfer, TransferState},
    id::{PeerId, TransferId},
};
use tokio::task::JoinSet;

use crate::{
    args::Receive,
    consent,
    exit::Exit,
    session::{Next, Session, named},
};

/// Longest link that is read from standard input, in bytes.
const LINK_BYTES: u64 = 4096;

/// One run of `receive`.
pub struct Receiving {
    session: Session,
    yes: bool,
    names: HashMap<PeerId, String>,
    /// Transfers that were accepted and have not ended.
    moving: HashMap<TransferId, PeerId>,
    questions: JoinSet<(TransferId, bool)>,
    /// Something arrived: a text, or every file of a transfer.
    got: bool,
    connected: bool,
}

impl Receiving {
    /// Runs to the end.
    pub async fn run(arguments: Receive) -> Exit {
        let session = Session::start(&arguments.common, arguments.into.clone());
        let (into, quiet) = (arguments.into.clone(), arguments.common.quiet);
        let mut receiving = Self {
            session,
            yes: arguments.yes,
            names: HashMap::new(),
            moving: HashMap::new(),
            questions: JoinSet::new(),
            got: false,
            connected: false,
        };
        let exit = match receiving.go(arguments).await {
            Ok(exit) | Err(exit) => exit,
        };
        let exit = receiving.session.end(exit).await;
        if exit != Exit::Done && !quiet && is_anything_kept(into).await {
            eprintln!(
                "What is unfinished is kept: called again with the same folder, when the same is sent, it goes on."
            );
        }
        exit
    }

    async fn go(&mut self, arguments: Receive) -> Result<Exit, Exit> {
        // Said before anything is joined: the other side should not wait for an answer that cannot come.
        if !self.yes && !consent::can_ask() {
            self.session
                .report
                .complain("Nobody can be asked: there is no terminal. Give --yes to accept what is offered.");
            return Err(Exit::NoConsent);
        }
        let link = if arguments.link == "-" { self.read_link().await? } else { arguments.link };
        let join = Command::JoinRoom { link, name: arguments.common.name };
        self.session.command(join).await?;
        loop {
            let next = tokio::select! {
                next = self.session.next() => next,
                Some(answered) = self.questions.join_next() => {
                    self.session.report.hold_progress(!self.questions.is_empty());
                    match answered {
                        Ok((transfer, true)) => self.accept(transfer).await?,
                        Ok((transfer, false)) => return self.decline(transfer).await,
                        Err(_) => return Err(Exit::Internal),
                    }
                    continue;
                }
            };
            match next {
                Next::Exit(exit) => return Ok(exit),
                Next::Event(event) => {
                    if let Some(exit) = self.event(event).await? {
                        return Ok(exit);
                    }
                }
            }
        }
    }

    async fn read_link(&mut self) -> Result<String, Exit> {
        let reading = tokio::task::spawn_blocking(|| {
            let mut link = String::new();
            std::io::stdin().lock().take(LINK_BYTES).read_line(&mut link).map(|_| link)
        });
        match self.session.unless_interrupted(reading).await? {
            Ok(Ok(link)) => Ok(link.trim().to_owned()),
            _ => {
                self.session.report.complain("The link could not be read from standard input.");
                Err(Exit::Invitation)
            }
        }
    }

    async fn event(&mut self, event: Event) -> Result<Option<Exit>, Exit> {
        match event {
            Event::RoomEntered { .. } => self.session.report.say("In the room; waiting for the sender."),
            Event::PeerChanged { peer } => {
                let is_new = peer.link == LinkState::Connected && !self.names.contains_key(&peer.id);
                if is_new {
                    self.connected = true;
                    self.session.connected(&peer);
                }
                if is_new || self.names.contains_key(&peer.id) {
                    self.names.insert(peer.id, peer.name);
                }
            }
            Event::PeerLeft { peer, said_bye } => return Ok(self.left(peer, said_bye)),
            Event::TextReceived { peer, body, .. } => {
                self.got = true;
                let from = self.names.get(&peer).cloned().unwrap_or_default();
                self.session.report.text(&from, &body);
            }
            Event::TransferChanged { transfer } if transfer.direction == Direction::Receiving => {
                return self.moved(&transfer).await;
            }
            _ => {}
        }
        Ok(None)
    }

    async fn moved(&mut self, transfer: &Transfer) -> Result<Option<Exit>, Exit> {
        if self.session.report.is_beginning(transfer)
            && self.session.client.is_continued(transfer.id).await.unwrap_or(false)
        {
            self.session.report.goes_on(transfer);
        }
        self.session.report.progress(transfer);
        self.session.report.ended(transfer);
        match transfer.state {
            TransferState::Waiting => {
                if self.moving.insert(transfer.id, transfer.peer).is_none() {
                    self.offered(transfer).await?;
                }
                Ok(None)
            }
            TransferState::Moving | TransferState::Interrupted => Ok(None),
            TransferState::Proven | TransferState::Partial => {
                self.moving.remove(&transfer.id);
                for path in self.session.client.received_paths(transfer.id).await.unwrap_or_default() {
                    self.session.report.received(&path);
                }
                self.got = true;
                let is_partial = transfer.state == TransferState::Partial;
                Ok(self.moving.is_empty().then_some(if is_partial { Exit::Partial } else { Exit::Done }))
            }
            TransferState::Declined => Ok(Some(Exit::Declined)),
            TransferState::Cancelled => Ok(Some(Exit::of_transfer(transfer.code, transfer.ended_by_us))),
        }
    }

    async fn offered(&mut self, transfer: &Transfer) -> Result<(), Exit> {
        let from = self.names.get(&transfer.peer).map_or("", String::as_str).to_owned();
        self.session.report.offer(named(&from), transfer);
        if self.yes {
            return self.accept(transfer.id).await;
        }
        let id = transfer.id;
        self.session.report.hold_progress(true);
        self.questions.spawn(async move { (id, consent::ask("Accept?").await) });
        Ok(())
    }

    async fn accept(&mut self, transfer: TransferId) -> Result<(), Exit> {
        match self.session.client.command(Command::AcceptTransfer { transfer }).await {
            Ok(()) => Ok(()),
            // It was withdrawn meanwhile, which an event tells.
            Err(failure) if matches!(failure.code, FailureCode::NotNow | FailureCode::NoSuchPeer) => Ok(()),
            Err(failure) => {
                // The sender should know that nobody will take it.
                let _ = self.session.client.command(Command::DeclineTransfer { transfer }).await;
                Err(self.session.failed(&failure))
            }
        }
    }

    async fn decline(&mut self, transfer: TransferId) -> Result<Exit, Exit> {
        // It may have been withdrawn meanwhile, which is as good.
        let _ = self.session.client.command(Command::DeclineTransfer { transfer }).await;
        Ok(Exit::Declined)
    }

    /// A peer is gone. Whoever came for something and has it is done; whoever has nothing was left alone.
    fn left(&mut self, peer: PeerId, said_bye: bool) -> Option<Exit> {
        self.names.remove(&peer)?;
        if !self.names.is_empty() || !self.moving.is_empty() {
            return None;
        }
        if self.got {
            return Some(Exit::Done);
        }
        let how = if said_bye { "The sender left." } else { "The connection to the sender was lost." };
        self.session.report.complain(how);
        self.connected.then_some(Exit::Cancelled)
    }
}

/// Whether a later call would go on with something.
async fn is_anything_kept(into: PathBuf) -> bool {
    let looking =
        move || into.is_dir() && ReceivingFolder::open(&into).is_ok_and(|into| into.unfinished().transfers > 0);
    tokio::task::spawn_blocking(looking).await.unwrap_or(false)
}
