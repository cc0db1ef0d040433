//! Rooms that are handed over by a spoken code, and what wrong words, strangers and second tries come to.

use parlor_protocol::{
    code::{Failure, FailureCode},
    host::{Command, Event, RoomState},
    spoken_code::{CodeLanguage, CodeState, OpenedCode},
};

use crate::guest::{Guest, server};

/// Words of the list; not both can be the right ones.
const WRONG: [&str; 2] = ["apple-lantern-tulip", "lantern-tulip-apple"];

async fn code_is(owner: &mut Guest, state: CodeState) -> OpenedCode {
    owner
        .until(&format!("a code that is {state:?}"), |event| match event {
            Event::CodeChanged { code } if code.state == state => Some(code.clone()),
            _ => None,
        })
        .await
}

/// Opens a code; its text.
async fn opened(owner: &mut Guest, language: CodeLanguage) -> String {
    owner.wish(Command::OpenCode { language }).await;
    let code = code_is(owner, CodeState::Waiting).await;
    assert!((590_000..=600_000).contains(&code.left_ms), "ten minutes");
    code.text.expect("what to read out")
}

async fn knocks(guest: &Guest, url: &str, code: &str) {
    let (server, code, name) = (url.to_owned(), code.to_owned(), "Bob".to_owned());
    guest.wish(Command::JoinByCode { server, code, name }).await;
}

async fn refused(guest: &mut Guest) -> Failure {
    guest
        .until("not let in", |event| match event {
            Event::RoomChanged { state: RoomState::Closed, failure: Some(failure) } => Some(failure.clone()),
            _ => None,
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_knows_the_words_comes_in_and_the_code_is_used_up() {
    for language in [CodeLanguage::En, CodeLanguage::Ko] {
        let (_server, url) = server().await;
        let (mut ada, mut bob, mut cem) = (Guest::new(), Guest::new(), Guest::new());
        let link = ada.start_room(&url).await;
        let code = opened(&mut ada, language).await;
        knocks(&bob, &url, &code.to_uppercase().replace('-', "  ")).await;
        assert_eq!(bob.entered().await, link);
        assert_eq!(code_is(&mut ada, CodeState::Used).await.text, None);
        ada.connected().await;
        bob.connected().await;
        knocks(&cem, &url, &code).await;
        let code = refused(&mut cem).await.code;
        assert!(matches!(code, FailureCode::CodeUnknown | FailureCode::CodeWrong), "{code:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_wrong_try_burns_it_and_the_right_words_come_too_late() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = (Guest::new(), Guest::new());
    ada.start_room(&url).await;
    let code = opened(&mut ada, CodeLanguage::En).await;
    let (number, words) = code.split_once('-').unwrap();
    let wrong = WRONG.into_iter().find(|wrong| *wrong != words).unwrap();
    knocks(&bob, &url, &format!("{number}-{wrong}")).await;
    assert_eq!(refused(&mut bob).await.code, FailureCode::CodeWrong);
    // The guest saw that the owner has other words, and has gone without proving to know any.
    code_is(&mut ada, CodeState::Burnt).await;
    knocks(&bob, &url, &code).await;
    let again = refused(&mut bob).await.code;
    assert!(matches!(again, FailureCode::CodeUnknown | FailureCode::CodeWrong), "{again:?}");
    // The owner reads out another, and all is well.
    let code = opened(&mut ada, CodeLanguage::En).await;
    knocks(&bob, &url, &code).await;
    bob.entered().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_ends_with_its_owner_and_with_the_room() {
    let (_server, url) = server().await;
    let (mut ada, mut bob) = (Guest::new(), Guest::new());
    ada.start_room(&url).await;
    let code = opened(&mut ada, CodeLanguage::En).await;
    ada.wish(Command::CloseCode {}).await;
    assert_eq!(code_is(&mut ada, CodeState::Closed).await.text, None);
    knocks(&bob, &url, &code).await;
    assert_ne!(refused(&mut bob).await.code, FailureCode::Internal);
    let code = opened(&mut ada, CodeLanguage::En).await;
    ada.wish(Command::LeaveRoom {}).await;
    code_is(&mut ada, CodeState::Closed).await;
    knocks(&bob, &url, &code).await;
    assert_ne!(refused(&mut bob).await.code, FailureCode::Internal);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_code_is_told_before_a_try_is_spent() {
    let (_server, url) = server().await;
    let mut bob = Guest::new();
    for text in ["", "7", "7-apple", "apple-lantern-tulip", "7-apple-lantern-nosuchword", "1000000-apple-lantern-tulip"]
    {
        let wish = Command::JoinByCode { server: url.clone(), code: text.to_owned(), name: "Bob".to_owned() };
        assert_eq!(bob.client.command(wish).await.unwrap_err().code, FailureCode::CodeInvalid, "{text}");
    }
    knocks(&bob, &url, "7-apple-lantern-tulip").await;
    assert_eq!(refused(&mut bob).await.code, FailureCode::CodeUnknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn knocking_is_given_up_by_leaving() {
    // Nobody listens there.
    let (mut bob, url) = (Guest::new(), "http://127.0.0.1:9");
    knocks(&bob, url, "7-apple-lantern-tulip").await;
    bob.wish(Command::LeaveRoom {}).await;
    bob.until("out", |event| match event {
        Event::RoomChanged { state: RoomState::Closed, failure: None } => Some(()),
        _ => None,
    })
    .await;
    let (_server, url) = server().await;
    bob.start_room(&url).await;
}
