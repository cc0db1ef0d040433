//! `parlor-cli send`: offers to everyone who comes, and ends when the first has everything.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use parlor_client::OwnServerAddress;
use parlor_protocol::{
    code::{Failure, FailureCode},
    host::{Command, Direction, Event, LinkState, Peer, Transfer, TransferState},
    id::{PeerId, TextId},
    limits::TEXT_BYTES,
    spoken_code::{CodeLanguage, CodeState, OpenedCode},
};

use crate::{
    args::Send,
    exit::Exit,
    line::Line,
    session::{Next, Session, named},
    spool::Spool,
    words,
};

/// What a receiver has of what it should get.
#[derive(Debug, Default)]
struct Receiver {
    has_text: bool,
    has_files: bool,
}

/// One run of `send`.
pub struct Sending {
    session: Session,
    handles: Vec<u32>,
    /// Standard input; its file goes with it.
    spool: Option<Spool>,
    text: Option<(TextId, String)>,
    /// Of the code that is read out in place of the link.
    code: Option<CodeLanguage>,
    receivers: HashMap<PeerId, Receiver>,
    offered: HashSet<PeerId>,
}

impl Sending {
    /// Runs to the end.
    pub async fn run(arguments: Send) -> Exit {
        let session = Session::start(&arguments.common, std::env::temp_dir(), arguments.limit);
        let mut sending = Self {
            session,
            handles: Vec::new(),
            spool: None,
            text: None,
            code: arguments.code.map(CodeLanguage::from),
            receivers: HashMap::new(),
            offered: HashSet::new(),
        };
        let exit = match sending.go(arguments).await {
            Ok(exit) | Err(exit) => exit,
        };
        let Self { session, spool, .. } = sending;
        let exit = session.end(exit).await;
        // Read to the last by those who received it.
        drop(spool);
        exit
    }

    async fn go(&mut self, mut arguments: Send) -> Result<Exit, Exit> {
        if let Some(body) = arguments.text.take() {
            if body.len() > TEXT_BYTES {
                return Err(self.session.failed(&Failure::new(FailureCode::TextTooLong, "over the limit")));
            }
            self.text = Some((random_text_id()?, body));
        }
        self.pick(&arguments).await?;
        let mut server = arguments.server;
        if arguments.create_key.is_some() {
            let url = std::mem::take(&mut server);
            let create_key = arguments.create_key;
            self.session.use_own_server(OwnServerAddress { url, certificate_sha256: None, create_key }).await?;
        }
        let start = Command::StartRoom { server, name: arguments.common.name };
        self.session.command(start).await?;
        loop {
            match self.session.next().await {
                Next::Exit(exit) => return Ok(exit),
                Next::Event(event) => {
                    if let Some(exit) = self.event(event).await? {
                        return Ok(exit);
                    }
                }
            }
        }
    }

    async fn event(&mut self, event: Event) -> Result<Option<Exit>, Exit> {
        match event {
            Event::RoomEntered { link, .. } => match self.code {
                Some(language) => self.session.command(Command::OpenCode { language }).await?,
                None => {
                    self.session.report.link(&link);
                    self.session.report.say("Waiting for a receiver. Give it the link above.");
                }
            },
            Event::CodeChanged { code } => self.code_changed(code).await?,
            Event::PeerChanged { peer } if peer.link == LinkState::Connected && self.offered.insert(peer.id) => {
                self.offer(&peer).await?;
            }
            Event::PeerLeft { peer, .. } => {
                self.offered.remove(&peer);
                self.receivers.remove(&peer);
            }
            Event::TextDelivered { peer, .. } => {
                self.session.report.line(&Line::TextDelivered {});
                self.receivers.entry(peer).or_default().has_text = true;
                return Ok(self.done(peer));
            }
            Event::TextReceived { peer: _, body, .. } => self.session.report.say(&format!("They write: {body}")),
            Event::TransferChanged { transfer } if transfer.direction == Direction::Sending => {
                return Ok(self.moved(&transfer));
            }
            Event::TransferChanged { transfer } if transfer.state == TransferState::Waiting => {
                self.session.report.say("The other side offers files; this side only sends.");
                // The offer may have been withdrawn meanwhile.
                let _ = self.session.client.command(Command::DeclineTransfer { transfer: transfer.id }).await;
            }
            _ => {}
        }
        Ok(None)
    }

    /// Shows the code, and makes the next one where it has ended without a receiver.
    async fn code_changed(&mut self, code: OpenedCode) -> Result<(), Exit> {
        match (code.state, code.text, self.code) {
            (CodeState::Waiting, Some(text), _) => {
                self.session.report.code(&text);
                self.session
                    .report
                    .say("Waiting for a receiver. Read it the code above: it holds for ten minutes and one try.");
            }
            (CodeState::Burnt | CodeState::Expired, _, Some(language)) => {
                let why =
                    if code.state == CodeState::Burnt { "Somebody tried other words" } else { "Its time is over" };
                self.session.report.complain(&format!("{why}: that code is used up. This is the next one:"));
                self.session.command(Command::OpenCode { language }).await?;
            }
            (CodeState::Failed, ..) => {
                let failure = code.failure.unwrap_or_else(|| Failure::new(FailureCode::Internal, "no code"));
                return Err(self.session.failed(&failure));
            }
            _ => {}
        }
        Ok(())
    }

    /// Registers what is to be sent, in the order it was named. Standard input comes last: nothing is read of it for a file that is not
    /// there.
    async fn pick(&mut self, arguments: &Send) -> Result<(), Exit> {
        let mut stdin_at = None;
        for path in &arguments.paths {
            if Send::is_stdin(path) {
                stdin_at = Some(self.handles.len());
            } else {
                let handle = self.registered(path).await?;
                self.handles.push(handle);
            }
        }
        if let Some(position) = stdin_at {
            let spool = Spool::fill(&arguments.stdin_name(), &mut self.session).await?;
            let handle = self.registered(spool.path()).await?;
            self.handles.insert(position, handle);
            self.spool = Some(spool);
        }
        Ok(())
    }

    async fn registered(&mut self, path: &Path) -> Result<u32, Exit> {
        match self.session.client.register_file(path).await {
            Ok(picked) => Ok(picked.handle),
            Err(failure) => Err(self.session.failed(&failure)),
        }
    }

    async fn offer(&mut self, peer: &Peer) -> Result<(), Exit> {
        self.session.connected(peer);
        if let Some((id, body)) = self.text.clone() {
            self.session.command(Command::SendText { id, body }).await?;
        }
        if !self.handles.is_empty() {
            let command = Command::OfferFiles { peer: peer.id, handles: self.handles.clone() };
            match self.session.client.command(command).await {
                Ok(()) => self.session.report.say(&format!("Offered to {}.", named(&peer.name))),
                // It left as quickly as it came; the next one may stay.
                Err(failure) if failure.code == FailureCode::NoSuchPeer => {}
                Err(failure) => return Err(self.session.failed(&failure)),
            }
        }
        Ok(())
    }

    fn moved(&mut self, transfer: &Transfer) -> Option<Exit> {
        if self.session.report.is_beginning(transfer) && transfer.stored_bytes > 0 {
            self.session.report.goes_on(transfer);
        }
        self.session.report.progress(transfer);
        self.session.report.ended(transfer);
        match transfer.state {
            // The rest is not wanted.
            TransferState::Proven if transfer.proven_count < transfer.entry_count => Some(Exit::Partial),
            TransferState::Proven => {
                self.receivers.entry(transfer.peer).or_default().has_files = true;
                self.done(transfer.peer)
            }
            TransferState::Partial => Some(Exit::Partial),
            TransferState::Declined => Some(Exit::Declined),
            TransferState::Cancelled => Some(Exit::of_transfer(transfer.code, transfer.ended_by_us)),
            TransferState::Waiting | TransferState::Moving | TransferState::Paused | TransferState::Interrupted => None,
        }
    }

    fn done(&mut self, peer: PeerId) -> Option<Exit> {
        let receiver = self.receivers.entry(peer).or_default();
        let has_all = (receiver.has_text || self.text.is_none()) && (receiver.has_files || self.handles.is_empty());
        has_all.then_some(Exit::Done)
    }
}

/// A fresh id for the text.
fn random_text_id() -> Result<TextId, Exit> {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(TextId(bytes)),
        Err(error) => {
            eprintln!("{}", words::failure(&Failure::new(FailureCode::Internal, error.to_string())));
            Err(Exit::Internal)
        }
    }
}
