//! An invitation that is withdrawn lets nobody new in, whatever the server does; who is in the room stays.

use parlor_protocol::{
    code::FailureCode,
    host::{Command, Event, RoomState},
    id::{PeerId, TextId},
    spoken_code::{CodeLanguage, CodeState},
};
use parlor_server::{Config, Server};

use crate::{
    guest::{Guest, pair, server},
    stranger::Stranger,
};

impl Guest {
    /// Waits until the invitation is withdrawn; by whom.
    async fn withdrawn(&mut self) -> Option<PeerId> {
        self.until("withdrawn", |event| match event {
            Event::InvitationWithdrawn { by, .. } => Some(*by),
            _ => None,
        })
        .await
    }

    /// Waits until the invitation has ended with its one guest; who it is.
    async fn ended_for(&mut self) -> Option<PeerId> {
        self.until("the guest is here", |event| match event {
            Event::InvitationWithdrawn { by: None, guest } => Some(*guest),
            _ => None,
        })
        .await
    }

    async fn is_in(&mut self, wanted: RoomState) {
        self.until(&format!("{wanted:?}"), |event| match event {
            Event::RoomChanged { state, .. } if *state == wanted => Some(()),
            _ => None,
        })
        .await;
    }

    /// What the server says to somebody who would enter.
    async fn refused(&mut self, link: &str) -> FailureCode {
        self.wish(Command::JoinRoom { link: link.to_owned(), name: "Cem".to_owned() }).await;
        self.until("not let in", |event| match event {
            Event::RoomChanged { state: RoomState::Closed, failure: Some(failure) } => Some(failure.code),
            _ => None,
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_new_enters_and_the_others_are_told() {
    let (_server, url) = server().await;
    let (mut ada, mut bob, mut cem) = (Guest::new(), Guest::new(), Guest::new());
    let link = ada.start_room(&url).await;
    bob.join(&link).await;
    ada.connected().await;
    bob.connected().await;

    // Whoever is in the room may.
    bob.wish(Command::WithdrawInvitation {}).await;
    assert_eq!(bob.withdrawn().await, None);
    assert_eq!(ada.withdrawn().await, bob.id);
    assert_eq!(cem.refused(&link).await, FailureCode::RoomRefused);

    ada.write(1, "just us").await;
    assert_eq!(bob.reads().await, "just us");
    // Once is enough.
    ada.wish(Command::WithdrawInvitation {}).await;
    bob.write(2, "still").await;
    assert_eq!(ada.reads().await, "still");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_ends_with_the_invitation_and_no_other_is_made() {
    let (_server, url) = server().await;
    let (mut ada, bob) = pair(&url).await;
    ada.wish(Command::OpenCode { language: CodeLanguage::En }).await;
    let code = ada
        .until("a code", |event| match event {
            Event::CodeChanged { code } if code.state == CodeState::Waiting => code.text.clone(),
            _ => None,
        })
        .await;
    // By whomever it is withdrawn.
    bob.wish(Command::WithdrawInvitation {}).await;
    assert_eq!(ada.withdrawn().await, bob.id);
    let again = ada.client.command(Command::OpenCode { language: CodeLanguage::En }).await.unwrap_err();
    assert_eq!(again.code, FailureCode::NotNow);

    let mut cem = Guest::new();
    cem.wish(Command::JoinByCode { server: url, code, name: "Cem".to_owned() }).await;
    cem.is_in(RoomState::Closed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_let_in_by_a_server_that_forgot_is_not_met() {
    let (first, url) = server().await;
    let (mut ada, mut bob) = (Guest::new(), Guest::new());
    let link = ada.start_room(&url).await;
    bob.join(&link).await;
    ada.connected().await;
    bob.connected().await;
    ada.wish(Command::WithdrawInvitation {}).await;
    bob.withdrawn().await;

    let listen = first.local_addr();
    first.stop().await.unwrap();
    let second = Server::bind(Config { listen, ..Config::default() }).await.unwrap().spawn();
    // Who holds the link is there first and has the room to itself.
    let mut stranger = Stranger::start(&link).await;
    ada.is_in(RoomState::Open).await;
    bob.is_in(RoomState::Open).await;

    stranger.host = ada.id.unwrap();
    let bob_reads = async {
        ada.write(1, "is anybody else here?").await;
        assert_eq!(bob.reads().await, "is anybody else here?");
        ada.wish(Command::LeaveRoom {}).await;
        assert!(bob.left().await);
    };
    stranger.greets_in_vain(bob_reads).await;
    assert!(!ada.has_heard_of(PeerId([0xff; 16])) && !bob.has_heard_of(PeerId([0xff; 16])));
    drop(second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_server_is_told_again() {
    let (first, url) = server().await;
    let (mut ada, mut bob, mut cem) = (Guest::new(), Guest::new(), Guest::new());
    let link = ada.start_room(&url).await;
    bob.join(&link).await;
    ada.connected().await;
    bob.connected().await;
    ada.wish(Command::WithdrawInvitation {}).await;
    bob.withdrawn().await;

    let listen = first.local_addr();
    first.stop().await.unwrap();
    let _second = Server::bind(Config { listen, ..Config::default() }).await.unwrap().spawn();
    // Whoever returns first makes the room again, and the other one is let in all the same: it tells the server too late to be shut out,
    // or it would not come back.
    ada.is_in(RoomState::Open).await;
    bob.is_in(RoomState::Open).await;
    assert_eq!(cem.refused(&link).await, FailureCode::RoomRefused);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_for_one_ends_with_the_first_who_proves_itself() {
    let (_server, url) = server().await;
    let (mut ada, mut bob, mut cem) = (Guest::new(), Guest::new(), Guest::new());
    let link = ada.start_room(&url).await;
    ada.wish(Command::InviteOne { only: true }).await;
    bob.join(&link).await;
    assert_eq!(ada.ended_for().await, bob.id);
    bob.connected().await;
    assert_eq!(bob.withdrawn().await, ada.id);
    assert_eq!(cem.refused(&link).await, FailureCode::RoomRefused);
    let again = ada.client.command(Command::InviteOne { only: false }).await.unwrap_err();
    assert_eq!(again.code, FailureCode::NotNow, "nothing takes it back");
    bob.write(1, "here I am").await;
    assert_eq!(ada.reads().await, "here I am");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_for_one_can_be_for_all_again_while_nobody_came() {
    let (_server, url) = server().await;
    let (mut ada, mut bob, mut cem) = (Guest::new(), Guest::new(), Guest::new());
    let link = ada.start_room(&url).await;
    for only in [true, false] {
        ada.wish(Command::InviteOne { only }).await;
    }
    bob.join(&link).await;
    ada.connected().await;
    // Who was here is not the guest.
    ada.wish(Command::InviteOne { only: true }).await;
    bob.write(1, "bring Cem").await;
    assert_eq!(ada.reads().await, "bring Cem");
    cem.join(&link).await;
    assert_eq!(ada.ended_for().await, cem.id);
    cem.connected().await;
    cem.connected().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_guests_who_come_at_once_one_is_met() {
    let (_server, url) = server().await;
    let mut ada = Guest::new();
    let link = ada.start_room(&url).await;
    ada.wish(Command::InviteOne { only: true }).await;
    let mut guests: Vec<Guest> = (0..6).map(|_| Guest::new()).collect();
    for guest in &guests {
        guest.wish(Command::JoinRoom { link: link.clone(), name: "Bob".to_owned() }).await;
    }
    let first = ada.ended_for().await.unwrap();
    // Those who were let in by the server before it heard, and those who were not.
    for guest in &mut guests {
        let is_in = guest
            .until("in or not", |event| match event {
                Event::RoomEntered { self_peer, .. } => Some(Some(*self_peer)),
                Event::RoomChanged { state: RoomState::Closed, .. } => Some(None),
                _ => None,
            })
            .await;
        guest.id = is_in;
    }
    for guest in guests.iter().filter(|guest| guest.id == Some(first)) {
        guest.write(1, "I was first").await;
    }
    assert_eq!(ada.reads().await, "I was first");
    assert!(ada.was_proven(first));
    for other in guests.iter().filter(|guest| guest.id != Some(first)) {
        // Whoever still stands there is heard by nobody here.
        let _ = other.client.command(Command::SendText { id: TextId([2; 16]), body: "me too".to_owned() }).await;
        let Some(id) = other.id else { continue };
        assert!(!ada.was_proven(id), "{id} was met too");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_that_begins_anew_comes_back_as_the_same_peer_also_when_nobody_new_may() {
    let (_server, url) = server().await;
    let (mut ada, mut bob, mut cem) = (Guest::new(), Guest::new(), Guest::new());
    let link = ada.start_room(&url).await;
    ada.wish(Command::InviteOne { only: true }).await;
    bob.join(&link).await;
    assert_eq!(ada.ended_for().await, bob.id);
    bob.connected().await;
    for stepping_out in [&mut ada, &mut bob] {
        let before = stepping_out.id;
        stepping_out.client.step_out().await.unwrap();
        stepping_out.is_in(RoomState::Closed).await;
        stepping_out.join(&link).await;
        assert_eq!(stepping_out.id, before);
        // It is told again, to a screen that knows nothing.
        stepping_out.withdrawn().await;
    }
    ada.connected().await;
    bob.connected().await;
    assert_eq!(cem.refused(&link).await, FailureCode::RoomRefused);

    // Who leaves for good is somebody new, and shut out like everybody.
    let before = ada.id;
    ada.wish(Command::LeaveRoom {}).await;
    assert_eq!(ada.refused(&link).await, FailureCode::RoomRefused);
    assert_eq!(ada.id, before, "never in again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_for_one_stays_so_for_a_screen_that_begins_anew() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = (Guest::new(), Guest::new());
    let link = ada.start_room(&url).await;
    ada.wish(Command::InviteOne { only: true }).await;
    ada.client.step_out().await.unwrap();
    ada.is_in(RoomState::Closed).await;
    ada.join(&link).await;
    bob.join(&link).await;
    assert_eq!(ada.ended_for().await, bob.id);
}
