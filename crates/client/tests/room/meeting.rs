//! Coming, writing, leaving, and a server that goes away.

use parlor_client::room::Timings;
use parlor_protocol::{
    code::FailureCode,
    control::Seen,
    host::{Command, Event, LinkState, MediaSignal, RoomState},
    id::TextId,
    limits::TEXT_BYTES,
    negotiation::{Description, DescriptionType},
};

use crate::guest::{Guest, pair, server};

#[tokio::test(flavor = "multi_thread")]
async fn texts_go_both_ways_and_their_arrival_is_told() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    ada.write(1, "annyeong").await;
    bob.write(2, "hello, 사랑방").await;
    ada.told_and_read(1, "hello, 사랑방").await;
    bob.told_and_read(2, "annyeong").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_states_of_media_are_told() {
    let (_server, url) = server().await;
    let (mut ada, bob) = pair(&url).await;
    bob.wish(Command::SetName { name: "Robert".to_owned() }).await;
    bob.wish(Command::SetMediaState { microphone: true, camera: false }).await;
    ada.until("Robert with a microphone", |event| match event {
        Event::PeerChanged { peer } => (peer.name == "Robert" && peer.microphone && !peer.camera).then_some(()),
        _ => None,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_says_goodbye() {
    let (_server, url) = server().await;
    let (mut ada, bob) = pair(&url).await;
    bob.wish(Command::LeaveRoom {}).await;
    assert!(ada.left().await, "with a goodbye");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_engine_says_goodbye_too() {
    let (_server, url) = server().await;
    let (mut ada, bob) = pair(&url).await;
    drop(bob);
    assert!(ada.left().await, "with a goodbye");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_left_and_another_entered() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    ada.wish(Command::LeaveRoom {}).await;
    bob.left().await;
    bob.wish(Command::LeaveRoom {}).await;
    let link = bob.start_room(&url).await;
    ada.join(&link).await;
    ada.connected().await;
    bob.connected().await;
    ada.write(1, "again").await;
    assert_eq!(bob.reads().await, "again");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_meet_each_other() {
    let (_server, url) = server().await;
    let (mut ada, mut bob, mut eve) = (Guest::new(), Guest::new(), Guest::new());
    let link = ada.start_room(&url).await;
    bob.join(&link).await;
    ada.connected().await;
    bob.connected().await;
    eve.join(&link).await;
    let mut met = [eve.connected().await, eve.connected().await];
    while met[0] == met[1] {
        met[1] = eve.connected().await;
    }
    ada.until("Eve", |event| match event {
        Event::PeerChanged { peer } => (Some(peer.id) == eve.id && peer.link == LinkState::Connected).then_some(()),
        _ => None,
    })
    .await;
    bob.until("Eve", |event| match event {
        Event::PeerChanged { peer } => (Some(peer.id) == eve.id && peer.link == LinkState::Connected).then_some(()),
        _ => None,
    })
    .await;
    eve.write(1, "to all").await;
    assert_eq!(ada.reads().await, "to all");
    assert_eq!(bob.reads().await, "to all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_no_room_is_refused() {
    let (_server, url) = server().await;
    let mut bob = Guest::new();
    let link = format!("{url}/#v1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    bob.wish(Command::JoinRoom { link, name: String::new() }).await;
    let failure = bob
        .until("refused", |event| match event {
            Event::RoomChanged { state: RoomState::Closed, failure } => failure.clone(),
            _ => None,
        })
        .await;
    assert_eq!(failure.code, FailureCode::RoomRefused);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_invitation_is_told_from_another_version() {
    let bob = Guest::new();
    for (link, code) in [
        ("hello", FailureCode::InvitationInvalid),
        ("http://127.0.0.1:1/#v1.AAAA", FailureCode::InvitationInvalid),
        ("http://127.0.0.1:1/#v2.AAAA", FailureCode::InvitationVersion),
    ] {
        let join = Command::JoinRoom { link: link.to_owned(), name: String::new() };
        assert_eq!(bob.client.command(join).await.unwrap_err().code, code, "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_cannot_be_granted_say_why() {
    let (_server, url) = server().await;
    let mut ada = Guest::new();
    let text = |body: String| Command::SendText { id: TextId([1; 16]), body };
    assert_eq!(ada.client.command(text("hi".into())).await.unwrap_err().code, FailureCode::NotNow);
    ada.start_room(&url).await;
    assert_eq!(ada.client.command(text("hi".into())).await.unwrap_err().code, FailureCode::NoSuchPeer);
    let long = text("x".repeat(TEXT_BYTES + 1));
    assert_eq!(ada.client.command(long).await.unwrap_err().code, FailureCode::TextTooLong);
    let start = Command::StartRoom { server: url, name: String::new() };
    assert_eq!(ada.client.command(start).await.unwrap_err().code, FailureCode::NotNow);
    let missing = ada.client.register_file("/nonexistent/file").await;
    assert_eq!(missing.unwrap_err().code, FailureCode::SourceUnreadable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_does_not_end_a_connection() {
    let (server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    server.stop().await.unwrap();
    ada.until("reconnecting", |event| match event {
        Event::RoomChanged { state, .. } => (*state == RoomState::Reconnecting).then_some(()),
        _ => None,
    })
    .await;
    ada.write(1, "still here").await;
    assert_eq!(bob.reads().await, "still here");
    bob.write(2, "me too").await;
    assert_eq!(ada.reads().await, "me too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_be_reached_is_told() {
    let mut ada = Guest::new();
    let start = Command::StartRoom { server: "http://127.0.0.1:9".to_owned(), name: String::new() };
    ada.wish(start).await;
    let failure = ada
        .until("unreachable", |event| match event {
            Event::RoomChanged { state: RoomState::Entering, failure } => failure.clone(),
            _ => None,
        })
        .await;
    assert_eq!(failure.code, FailureCode::ServerUnreachable);
    ada.wish(Command::LeaveRoom {}).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_the_media_plane_pass_through_sealed() {
    let (_server, url) = server().await;
    let (ada, mut bob) = pair(&url).await;
    let description = Description { kind: DescriptionType::Offer, sdp: "v=0\r\n".to_owned() };
    let signal = MediaSignal::Description { link: 1, description };
    ada.wish(Command::SendMediaSignal { peer: bob.id.unwrap(), signal: signal.clone() }).await;
    let received = bob
        .until("the signal", |event| match event {
            Event::MediaSignalReceived { signal, .. } => Some(signal.clone()),
            _ => None,
        })
        .await;
    assert_eq!(received, signal);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_media_connection_is_confirmed_only_when_both_saw_the_same() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = pair(&url).await;
    let (one, two, three) = ("11".repeat(32), "22".repeat(32), "33".repeat(32));
    let confirm = |to: &Guest, link, local: &str, remote: &str| Command::ConfirmMedia {
        peer: to.id.unwrap(),
        link,
        local: local.to_owned(),
        remote: remote.to_owned(),
        seen: Seen::Certificate,
    };
    ada.wish(confirm(&bob, 1, &one, &two)).await;
    bob.wish(confirm(&ada, 1, &two, &one)).await;
    for guest in [&mut ada, &mut bob] {
        guest
            .until("confirmed", |event| match event {
                Event::MediaConfirmed { link, seen, .. } => {
                    assert_eq!((*link, *seen), (1, Seen::Certificate));
                    Some(())
                }
                Event::MediaRefused { .. } => panic!("refused"),
                _ => None,
            })
            .await;
    }
    ada.wish(confirm(&bob, 2, &one, &two)).await;
    bob.wish(confirm(&ada, 2, &two, &three)).await;
    for guest in [&mut ada, &mut bob] {
        guest
            .until("refused", |event| match event {
                Event::MediaRefused { link, .. } => (*link == 2).then_some(()),
                Event::MediaConfirmed { link, .. } => panic!("confirmed {link}"),
                _ => None,
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_of_impatient_peers_stays_connected() {
    // Short durations, so that pings, pongs and their watch are at work many times over.
    let timings = Timings { ping_ms: 50, interrupted_ms: 2_000, rebuild_ms: 6_000, ..Timings::default() };
    let (_server, url) = server().await;
    let (mut ada, mut bob) = (Guest::with_timings(timings), Guest::with_timings(timings));
    let link = ada.start_room(&url).await;
    bob.join(&link).await;
    ada.connected().await;
    bob.connected().await;
    for n in 0..20 {
        ada.write(n, "tick").await;
        assert_eq!(bob.reads().await, "tick");
        ada.delivered(n).await;
    }
}
