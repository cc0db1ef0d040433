//! The machine itself: takes inputs, keeps the orders, and hands each input to the part it is about.

use std::collections::VecDeque;

use parlor_protocol::{control::Control, id::PeerId, limits::TEXT_BYTES};

use crate::{
    error::{PeerFault, TransferError},
    input::Input,
    output::{Event, Output},
    texts::Texts,
};

/// Texts and transfers with one remote peer, over all its connections. The crate's documentation holds the contract.
#[derive(Debug)]
pub struct Exchange {
    peer: PeerId,
    link_is_up: bool,
    outputs: VecDeque<Output>,
    texts: Texts,
}

impl Exchange {
    /// A machine without a link. `peer` names the other side in snapshots.
    pub fn new(peer: PeerId) -> Self {
        Self { peer, link_is_up: false, outputs: VecDeque::new(), texts: Texts::default() }
    }

    /// Takes an input. `now_ms` never falls.
    ///
    /// # Errors
    /// Only for wishes of the user ([`Input::OfferFiles`], [`Input::Accept`], [`Input::Decline`], [`Input::Cancel`],
    /// [`Input::SendText`]); the machine is then unchanged. What a peer does wrong shows in outputs.
    pub fn handle(&mut self, now_ms: u64, input: Input) -> Result<(), TransferError> {
        let _ = now_ms;
        match input {
            Input::LinkUp { .. } => {
                self.link_is_up = true;
                self.outputs.extend(self.texts.waiting().cloned().map(Output::SendControl));
            }
            Input::LinkLost => self.link_is_up = false,
            Input::ControlReceived(control) => self.control_received(control),
            Input::SendText { id, body, sent_at_ms } => {
                let text = self.texts.write(id, body, sent_at_ms)?.clone();
                if self.link_is_up {
                    self.outputs.push_back(Output::SendControl(text));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The next order or event, oldest first.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When the machine wants an [`Input::Tick`], on the clock of `now_ms`. None while it wants none.
    pub fn next_timeout_ms(&self) -> Option<u64> {
        None
    }

    /// Whether anything is under way that leaving would stop: a transfer that waits or moves.
    pub fn is_busy(&self) -> bool {
        false
    }

    fn control_received(&mut self, control: Control) {
        match control {
            Control::Text { id, body, sent_at_ms } => {
                if body.len() > TEXT_BYTES {
                    self.outputs.push_back(Output::Event(Event::ProtocolBroken(PeerFault::TextTooLong)));
                    return;
                }
                self.outputs.push_back(Output::SendControl(Control::TextReceived { id }));
                if self.texts.is_new(id) {
                    self.outputs.push_back(Output::Event(Event::TextReceived { id, body, sent_at_ms }));
                }
            }
            Control::TextReceived { id } if self.texts.confirm(id) => {
                self.outputs.push_back(Output::Event(Event::TextDelivered { id }));
            }
            _ => {}
        }
    }
}
