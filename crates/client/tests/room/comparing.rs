//! Short strings are compared, devices recognised, and whoever is found to be somebody else is not spoken with again.

use std::sync::Arc;

use parlor_protocol::{
    code::FailureCode,
    host::{Command, ComparisonState, Event, LinkState, Peer},
    id::PeerId,
};
use parlor_trust::DeviceKey;

use crate::guest::{Guest, pair, server};

impl Guest {
    /// The next state of a peer that is wanted.
    async fn sees(&mut self, what: &str, mut wanted: impl FnMut(&Peer) -> bool) -> Peer {
        self.until(what, |event| match event {
            Event::PeerChanged { peer } if wanted(peer) => Some(peer.clone()),
            _ => None,
        })
        .await
    }

    /// What is shown to compare: asked for by us, emoji, digits.
    async fn shown(&mut self) -> (bool, Vec<u8>, String) {
        self.shown_after("").await
    }

    /// The same, when other digits were shown before.
    async fn shown_after(&mut self, before: &str) -> (bool, Vec<u8>, String) {
        self.until("a string to compare", |event| match event {
            Event::PeerChanged { peer } => match &peer.comparison {
                Some(ComparisonState::Shown { by_us, emoji, digits }) if digits != before => {
                    Some((*by_us, emoji.clone(), digits.clone()))
                }
                _ => None,
            },
            _ => None,
        })
        .await
    }
}

/// Two who show their devices, and what others know these by.
async fn recognisable(url: &str) -> [(Guest, String); 2] {
    let guests = [1, 2].map(|seed| {
        let key = Arc::new(DeviceKey::new(&[seed; 32]));
        let known_as = key.id().to_string();
        let guest = Guest::with(|config| {
            config.device = Some(key);
        });
        (guest, known_as)
    });
    let [(mut ada, ada_device), (mut bob, bob_device)] = guests;
    let link = ada.start_room(url).await;
    bob.join(&link).await;
    [(ada, ada_device), (bob, bob_device)]
}

#[tokio::test(flavor = "multi_thread")]
async fn both_are_shown_the_same_whoever_asks_and_whatever_was_shown_before() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let (at_ada, at_bob) = (bob.id.unwrap(), ada.id.unwrap());
    ada.wish(Command::Compare { peer: at_ada }).await;
    let (first, same) = (ada.shown().await, bob.shown().await);
    assert!(first.0 && !same.0, "who asked for it is told");
    assert_eq!((first.1.len(), first.2.len()), (7, 14));
    assert_eq!((&first.1, &first.2), (&same.1, &same.2));

    // Both at once: it is another one, and the same for both.
    let (ada_wishes, bob_wishes) = (Command::Compare { peer: at_ada }, Command::Compare { peer: at_bob });
    tokio::join!(ada.wish(ada_wishes), bob.wish(bob_wishes));
    let (second, same) = (ada.shown_after(&first.2).await, bob.shown_after(&first.2).await);
    assert_eq!((&second.1, &second.2), (&same.1, &same.2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_is_remembered_until_the_connection_ends() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let peer = bob.id.unwrap();
    let refused = ada.client.command(Command::JudgeComparison { peer, same: true }).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::NotNow, "nothing was shown");
    ada.wish(Command::Compare { peer }).await;
    ada.shown().await;
    bob.shown().await;
    ada.wish(Command::JudgeComparison { peer, same: true }).await;
    ada.sees("found the same", |peer| peer.comparison == Some(ComparisonState::Same {})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_found_to_be_another_is_not_spoken_with_again() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let peer = bob.id.unwrap();
    ada.wish(Command::Compare { peer }).await;
    ada.shown().await;
    bob.shown().await;
    ada.wish(Command::JudgeComparison { peer, same: false }).await;
    let given_up = ada.sees("given up", |peer| peer.link == LinkState::Failed).await;
    assert_eq!(given_up.failure.unwrap().code, FailureCode::ProofFailed);
    assert!(bob.left().await, "with a goodbye");
    bob.wish(Command::LeaveRoom {}).await;
    ada.until("gone", |event| match event {
        Event::PeerChanged { peer } => {
            assert_eq!(peer.link, LinkState::Failed);
            assert_eq!(peer.comparison, Some(ComparisonState::Different {}));
            None
        }
        Event::PeerLeft { .. } => Some(()),
        _ => None,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_are_recognised_in_the_next_room() {
    let (_server, url) = server().await;
    let mut known = Vec::new();
    for _room in 0..2 {
        let [(mut ada, ada_device), (mut bob, bob_device)] = recognisable(&url).await;
        ada.sees("Bob's device", |peer| peer.device.as_ref() == Some(&bob_device)).await;
        bob.sees("Ada's device", |peer| peer.device.as_ref() == Some(&ada_device)).await;
        known.push((ada_device, bob_device));
    }
    assert_eq!(known[0], known[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_shown_from_when_the_user_wants_it() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = (Guest::new(), Guest::new());
    let key = Arc::new(DeviceKey::new(&[3; 32]));
    let known_as = key.id().to_string();
    let link = ada.start_room(&url).await;
    bob.join(&link).await;
    ada.sees("connected", |peer| {
        assert_eq!(peer.device, None, "nobody asked for it");
        peer.link == LinkState::Connected
    })
    .await;
    bob.connected().await;
    bob.client.set_device(Some(key)).await.unwrap();
    ada.sees("recognised", |peer| peer.device.as_ref() == Some(&known_as)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_compared_with_who_is_not_there() {
    let (_server, url) = server().await;
    let (ada, _bob) = pair(&url).await;
    let failure = ada.client.command(Command::Compare { peer: PeerId([9; 16]) }).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::NoSuchPeer);
}
