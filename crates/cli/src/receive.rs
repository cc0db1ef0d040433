//! `parlor-cli receive`: takes what is offered behind a link or a spoken code, and ends when all of it is proven.

use std::{
    collections::HashMap,
    io::{BufRead, IsTerminal, Read},
    path::PathBuf,
};

use parlor_client::disk::ReceivingFolder;
use parlor_protocol::{
    code::FailureCode,
    host::{Command, Direction, Event, Transfer, TransferState},
    id::{PeerId, TransferId},
};
use tokio::task::JoinSet;

use crate::{
    args::Receive,
    company::{Company, PATIENCE},
    consent,
    exit::Exit,
    nearby,
    outlet::Outlet,
    session::{Next, Session, named, reached},
    words,
};

/// Longest link that is read from standard input, in bytes.
const LINK_BYTES: u64 = 4096;

/// One run of `receive`.
pub struct Receiving {
    session: Session,
    yes: bool,
    /// Where the one file goes, if that is standard output.
    outlet: Option<Outlet>,
    company: Company,
    /// Transfers that were offered, were not declined, and have not ended.
    moving: HashMap<TransferId, PeerId>,
    questions: JoinSet<(TransferId, bool)>,
    /// What was wanted arrived: a text, or every file of a transfer.
    got: bool,
}

impl Receiving {
    /// Runs to the end.
    pub async fn run(arguments: Receive) -> Exit {
        let outlet = match arguments.is_to_stdout().then(Outlet::open).transpose() {
            Ok(outlet) => outlet,
            Err(error) => {
                eprintln!("{error}");
                return Exit::Files;
            }
        };
        let into = outlet.as_ref().map_or_else(|| arguments.into.clone(), |outlet| outlet.folder().to_owned());
        let mut session = Session::start(&arguments.common, into.clone(), None);
        if outlet.is_some() {
            session.report.leave_stdout();
        }
        let is_for_later = outlet.is_none() && !arguments.common.quiet;
        let mut receiving = Self {
            session,
            yes: arguments.yes,
            outlet,
            company: Company::default(),
            moving: HashMap::new(),
            questions: JoinSet::new(),
            got: false,
        };
        let exit = match receiving.go(arguments).await {
            Ok(exit) | Err(exit) => exit,
        };
        let Self { session, outlet, .. } = receiving;
        let exit = session.end(exit).await;
        // The engine has let go of it.
        drop(outlet);
        if exit != Exit::Done && is_for_later && is_anything_kept(into).await {
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
        if self.outlet.is_some() && std::io::stdout().is_terminal() {
            self.session
                .report
                .complain("Standard output is a terminal, which a file could steer. Give it to a program or a file.");
            return Err(Exit::Usage);
        }
        let link = if arguments.link == "-" { self.read_link().await? } else { arguments.link };
        let name = arguments.common.name;
        let join = match arguments.server {
            Some(server) if is_code(&link) => Command::JoinByCode { server, code: link, name },
            None if is_code(&link) => {
                let server = nearby::server_of(&link, &mut self.session).await?;
                Command::JoinByCode { server, code: link, name }
            }
            _ => Command::JoinRoom { link, name },
        };
        self.session.command(join).await?;
        loop {
            let next = tokio::select! {
                next = self.session.next() => next,
                () = reached(self.company.until()) => return Ok(self.alone()),
                Some(answered) = self.questions.join_next() => {
                    self.session.report.hold_progress(!self.questions.is_empty());
                    match answered {
                        Ok((transfer, true)) => self.accept(transfer).await?,
                        Ok((transfer, false)) => {
                            self.decline(transfer).await;
                            return Ok(Exit::Declined);
                        }
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
            Event::PeerChanged { peer } if self.company.seen(&peer) => self.session.connected(&peer),
            Event::PeerLeft { peer, said_bye } => return Ok(self.left(peer, said_bye)),
            Event::TextReceived { peer, body, .. } => {
                self.company.sent(peer);
                self.got |= self.outlet.is_none();
                self.session.report.text(self.company.name(peer), &body);
            }
            Event::TransferChanged { transfer } if transfer.direction == Direction::Receiving => {
                return self.moved(&transfer).await;
            }
            _ => {}
        }
        Ok(None)
    }

    async fn moved(&mut self, transfer: &Transfer) -> Result<Option<Exit>, Exit> {
        if transfer.state == TransferState::Waiting && !self.moving.contains_key(&transfer.id) {
            self.offered(transfer).await?;
        }
        if !self.moving.contains_key(&transfer.id) {
            return Ok(None);
        }
        if self.session.report.is_beginning(transfer)
            && self.session.client.is_continued(transfer.id).await.unwrap_or(false)
        {
            self.session.report.goes_on(transfer);
        }
        self.session.report.progress(transfer);
        self.session.report.ended(transfer);
        match transfer.state {
            TransferState::Waiting | TransferState::Moving | TransferState::Paused | TransferState::Interrupted => {
                Ok(None)
            }
            TransferState::Proven | TransferState::Partial => {
                self.moving.remove(&transfer.id);
                self.arrived(transfer).await?;
                let is_partial = transfer.state == TransferState::Partial;
                Ok(self.moving.is_empty().then_some(if is_partial { Exit::Partial } else { Exit::Done }))
            }
            TransferState::Declined => Ok(Some(Exit::Declined)),
            TransferState::Cancelled => Ok(Some(Exit::of_transfer(transfer.code, transfer.ended_by_us))),
        }
    }

    async fn offered(&mut self, transfer: &Transfer) -> Result<(), Exit> {
        self.company.sent(transfer.peer);
        let from = named(self.company.name(transfer.peer)).to_owned();
        self.session.report.offer(&from, transfer);
        if self.outlet.is_some() {
            if !self.moving.is_empty() {
                self.session.report.say("Only one file goes to standard output; this offer is declined.");
                self.decline(transfer.id).await;
                return Ok(());
            }
            if transfer.entry_count != 1 {
                let count = words::files(transfer.entry_count);
                let sentence = format!("Only one file goes to standard output, and {count} are offered: declined.");
                self.session.report.complain(&format!("{sentence} Take them into a folder: --into DIR."));
                self.decline(transfer.id).await;
                return Err(Exit::Declined);
            }
        }
        self.moving.insert(transfer.id, transfer.peer);
        if self.yes {
            return self.accept(transfer.id).await;
        }
        let id = transfer.id;
        self.session.report.hold_progress(true);
        self.questions.spawn(async move { (id, consent::ask("Accept?").await) });
        Ok(())
    }

    /// Files stand under their names.
    async fn arrived(&mut self, transfer: &Transfer) -> Result<(), Exit> {
        let paths = self.session.client.received_paths(transfer.id).await.unwrap_or_default();
        if self.outlet.is_none() {
            paths.iter().for_each(|path| self.session.report.received(path));
            self.got = true;
            return Ok(());
        }
        // A single file that failed left nothing to write.
        let Some(path) = paths.into_iter().next() else { return Ok(()) };
        match self.session.unless_interrupted(Outlet::write(path)).await? {
            Ok(()) => {
                self.session.report.say("Written to standard output.");
                self.got = true;
                Ok(())
            }
            Err(error) => {
                self.session.report.complain(&error.to_string());
                Err(error.exit())
            }
        }
    }

    async fn accept(&mut self, transfer: TransferId) -> Result<(), Exit> {
        match self.session.client.command(Command::AcceptTransfer { transfer, without: Vec::new() }).await {
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

    async fn decline(&mut self, transfer: TransferId) {
        // It may have been withdrawn meanwhile, which is as good.
        let _ = self.session.client.command(Command::DeclineTransfer { transfer }).await;
    }

    /// A peer is gone. Whoever came for something and has it is done; whoever has nothing waits a little for the peer to come back.
    fn left(&mut self, peer: PeerId, said_bye: bool) -> Option<Exit> {
        let is_alone_now = self.company.left(peer);
        if self.got && self.company.is_empty() && self.moving.is_empty() {
            return Some(Exit::Done);
        }
        if !is_alone_now {
            return None;
        }
        let how = if said_bye { "The sender left." } else { "The connection to the sender was lost." };
        let seconds = PATIENCE.as_secs();
        self.session.report.say(&format!("{how} Waiting {seconds} seconds for it to come back."));
        None
    }

    /// Nobody came back.
    fn alone(&mut self) -> Exit {
        if self.got {
            self.session.report.say("The sender did not come back; what it sent has arrived.");
            return Exit::Done;
        }
        self.session.report.complain("The sender left and did not come back. Nothing more will arrive.");
        Exit::Cancelled
    }
}

/// Whether a later call would go on with something.
async fn is_anything_kept(into: PathBuf) -> bool {
    let looking =
        move || into.is_dir() && ReceivingFolder::open(&into).is_ok_and(|into| into.unfinished().transfers > 0);
    tokio::task::spawn_blocking(looking).await.unwrap_or(false)
}

/// A code begins with its number; a link with its scheme.
fn is_code(text: &str) -> bool {
    text.trim_start().starts_with(|first: char| first.is_ascii_digit()) && !text.contains('#')
}
