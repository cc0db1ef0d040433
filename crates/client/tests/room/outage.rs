//! Peers that are cut off for a while, and come back.

use parlor_client::room::Timings;
use parlor_server::{Config, ServerHandle};

use crate::{
    frozen::Freezer,
    guest::{Guest, server_with},
};

/// A server that soon notices who is gone.
async fn quick_server() -> (ServerHandle, String) {
    let config = Config { ping_interval_ms: 300, ping_timeout_ms: 700, seat_grace_ms: 200, ..Config::default() };
    server_with(config).await
}

/// Soon interrupted and soon given up. Nobody says a hello twice: what is not mended by the first stays broken.
fn impatient() -> Timings {
    let defaults = Timings::default();
    Timings { ping_ms: 100, interrupted_ms: 600, rebuild_ms: 1_500, stagger_ms: 100, hello_ms: 600_000, ..defaults }
}

/// Ada, and Bob who can be frozen, connected.
async fn pair(url: &str, freezer: &Freezer, timings: Timings) -> (Guest, Guest) {
    let (mut ada, mut bob) = (Guest::with_timings(timings), freezer.guest(timings));
    let link = ada.start_room(url).await;
    bob.join(&link).await;
    ada.connected().await;
    bob.connected().await;
    (ada, bob)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_given_up_and_comes_back_is_met_anew() {
    let (_server, url) = quick_server().await;
    let freezer = Freezer::new();
    let (mut ada, mut bob) = pair(&url, &freezer, impatient()).await;
    let frozen = freezer.freeze().await;
    assert!(!ada.left().await, "without a goodbye");
    drop(frozen);
    // Ada has forgotten the epoch that Bob still has.
    ada.connected().await;
    bob.connected().await;
    ada.write(1, "there you are").await;
    assert_eq!(bob.reads().await, "there you are");
}
