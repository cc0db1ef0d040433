//! What a peer sends on its data connection: messages of `control`, frames of `bulk`, and the paths of an offer.

use bytes::Bytes;
use parlor_protocol::{
    control::{Control, OfferedEntry},
    frame::FrameHeader,
    host::TransferState,
    id::{PeerId, TransferId},
    limits::{BLOCK_BYTES, COMPONENT_BYTES},
};
use parlor_tests::generator::{feed, feed_text};
use parlor_transfer::{Event, Exchange, Input, Output, SafeNames};

/// Transfers of the corpus: one that is offered to us, one that is ours.
const THEIRS: &str = "000102030405060708090a0b0c0d0e0f";
const OURS: &str = "ffffffffffffffffffffffffffffffff";
/// Inputs that one machine takes before a fresh one comes.
const INPUTS_EACH: u32 = 400;

/// A machine in the middle of things.
struct Machine {
    exchange: Exchange,
    taken: u32,
}

impl Machine {
    fn new() -> Self {
        let mut machine = Self { exchange: Exchange::new(PeerId([9; 16])), taken: 0 };
        machine.give(Input::LinkUp { max_message_bytes: 65_536 });
        let entry = |name: &str, size| OfferedEntry { path: vec![name.into()], size, modified_ms: None };
        let ours = vec![entry("mine", 20), entry("other", 3 * u64::from(BLOCK_BYTES))];
        machine.give(Input::OfferFiles { transfer: OURS.parse().unwrap(), entries: ours });
        let transfer: TransferId = THEIRS.parse().unwrap();
        let entries = vec![entry("a", 10), entry("b", 14), entry("c", u64::from(BLOCK_BYTES))];
        let total_bytes = entries.iter().map(|entry| entry.size).sum();
        let offer = Control::Offer { transfer, entry_count: 3, total_bytes, entries, last: true };
        machine.give(Input::ControlReceived(offer));
        machine.give(Input::Accept { transfer, without: Vec::new() });
        machine.give(Input::EntriesFound { transfer, found: Vec::new() });
        machine
    }

    /// Hands an input over and carries the orders out as a disk of zeros would. True while the machine is worth keeping.
    fn give(&mut self, input: Input) -> bool {
        self.taken += 1;
        let mut answers = vec![input];
        while let Some(input) = answers.pop() {
            // Wishes of ours may be refused; what a peer does shows in the outputs.
            let _ = self.exchange.handle(u64::from(self.taken) * 70, input);
            while let Some(output) = self.exchange.poll_output() {
                match output {
                    Output::ReadBlock { transfer, entry, block, len, .. } => {
                        let result = Ok(Bytes::from(vec![0; len as usize]));
                        answers.push(Input::BlockRead { transfer, entry, block, result });
                    }
                    Output::WriteBlock { transfer, entry, block, .. } => {
                        answers.push(Input::BlockWritten { transfer, entry, block, result: Ok(()) });
                    }
                    Output::FinishEntry { transfer, entry, .. } => {
                        answers.push(Input::EntryFinished { transfer, entry, result: Ok(()) });
                    }
                    Output::Event(Event::TransferChanged(transfer)) if transfer.state == TransferState::Waiting => {
                        answers.push(Input::Accept { transfer: transfer.id, without: Vec::new() });
                    }
                    Output::FindEntries { transfer, .. } => {
                        answers.push(Input::EntriesFound { transfer, found: Vec::new() });
                    }
                    _ => {}
                }
            }
        }
        self.taken < INPUTS_EACH
    }
}

#[test]
fn messages_of_control_are_taken_without_harm() {
    let mut machine = Machine::new();
    feed_text("control", |text| {
        let Ok(message) = serde_json::from_str::<Control>(text) else { return false };
        let again: Control = serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
        assert_eq!(again, message);
        if !machine.give(Input::ControlReceived(message)) {
            machine = Machine::new();
        }
        true
    });
}

#[test]
fn frames_of_bulk_are_taken_without_harm() {
    let mut machine = Machine::new();
    feed("frame", |frame| {
        let decoded = FrameHeader::decode(frame);
        if let Ok((header, payload)) = decoded {
            assert_eq!([header.encode().as_slice(), payload].concat(), frame);
        }
        if !machine.give(Input::FrameReceived(Bytes::copy_from_slice(frame))) {
            machine = Machine::new();
        }
        decoded.is_ok()
    });
}

#[test]
fn paths_of_an_offer_become_safe_or_are_refused() {
    feed("manifest", |input| {
        let Ok(paths) = serde_json::from_slice::<Vec<Vec<String>>>(input) else { return false };
        let mut names = SafeNames::new();
        for path in paths {
            let Ok(safe) = names.add(&path) else { continue };
            assert_eq!(safe.components().count(), path.len());
            for part in safe.components() {
                assert!(!matches!(part, "" | "." | "..") && part.len() <= COMPONENT_BYTES, "{part:?}");
                assert!(!part.contains(['/', '\\', ':', '\0', '\u{202e}']), "{part:?}");
            }
        }
        true
    });
}
