//! Links that reach the app from outside: one grammar, to the letter.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use parlor_trust::{Invitation, TrustError};
use proptest::prelude::*;

const SECRET: &str = "Xl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl4";

fn read(link: &str) -> Result<Invitation, TrustError> {
    Invitation::from_app_link(link)
}

#[test]
fn the_form_that_is_printed_is_accepted_and_names_its_server() {
    for (encoded, server) in [
        ("https%3A%2F%2Fparlor.example", "https://parlor.example"),
        ("http%3A%2F%2F192.168.1.7%3A5000", "http://192.168.1.7:5000"),
        ("http%3A%2F%2F%5Bfd00%3A%3A7%5D%3A5000", "http://[fd00::7]:5000"),
        ("https%3A%2F%2Fa.example%2Frooms~1", "https://a.example/rooms~1"),
    ] {
        let link = format!("parlor://join?server={encoded}#v1.{SECRET}");
        // With a fingerprint where a certificate is shown.
        let pinned = server.starts_with("https").then(|| format!("{link}.{SECRET}"));
        for link in [Some(link), pinned].into_iter().flatten() {
            let invitation = read(&link).unwrap_or_else(|error| panic!("{link}: {error}"));
            assert_eq!(invitation.server(), server);
            assert_eq!(invitation.app_link(), link);
        }
    }
}

#[test]
fn everything_else_is_refused() {
    let good = format!("parlor://join?server=https%3A%2F%2Fa.example#v1.{SECRET}");
    assert!(read(&good).is_ok());
    let server = |encoded: &str| format!("parlor://join?server={encoded}#v1.{SECRET}");
    let refused = [
        // Another scheme, place or shape, or the right one bent.
        String::new(),
        "parlor:".into(),
        "parlor://join".into(),
        good.replace("parlor:", "PARLOR:"),
        good.replace("parlor:", "parlor+x:"),
        good.replace("parlor://", "parlor:/"),
        good.replace("//join", "//JOIN"),
        good.replace("//join", "//join:1"),
        good.replace("//join", "//ada@join"),
        good.replace("//join", "//join.evil.example"),
        good.replace("//join", "//run"),
        good.replace("join?", "join/?"),
        good.replace("join?", "join/../run?"),
        good.replace("?server=", "?Server="),
        good.replace("?server=", "?name=Eve&server="),
        good.replace("#v1", "&server=http%3A%2F%2Fevil.example#v1"),
        good.replace("#v1", "&yes=1#v1"),
        good.replace("parlor://join?server=", "https://evil.example/?server="),
        format!("https://a.example/#v1.{SECRET}"),
        format!("javascript:alert(1)//{good}"),
        // White space and control characters, in front, behind and within.
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}\u{a0}"),
        good.replace("join", "jo\nin"),
        server("https%3A%2F%2Fa.example%0A"),
        server("https%3A%2F%2Fa.example%00"),
        // A server in another spelling than the printed one, or none at all.
        server("https://a.example"),
        server("https%3a%2f%2fa.example"),
        server("%68ttps%3A%2F%2Fa.example"),
        server("HTTPS%3A%2F%2Fa.example"),
        server("https%3A%2F%2Fa.example%2F"),
        server("https%253A%252F%252Fa.example"),
        server("https%3A%2F%2Fa.example%"),
        server("https%3A%2F%2Fa.example%4"),
        server("https%3A%2F%2Fa.example%FF"),
        server("https+a.example"),
        server(""),
        server("https%3A%2F%2F"),
        server("ftp%3A%2F%2Fa.example"),
        server("javascript%3Aalert%281%29"),
        server("file%3A%2F%2F%2Fetc%2Fpasswd"),
        server("https%3A%2F%2Fada%40a.example"),
        server("https%3A%2F%2Fa.example%3Fx%3D1"),
        server("https%3A%2F%2Fa.example%23v1.x"),
        server("https%3A%2F%2Fa.example%5C%40evil.example"),
        server("https%3A%2F%2Fa.example%3A999999"),
        server("https%3A%2F%2F%D0%B0.example"),
        // A secret that is none.
        good.replace(SECRET, ""),
        good.replace(SECRET, &SECRET[1..]),
        good.replace(SECRET, &format!("{SECRET}A")),
        good.replace(SECRET, &format!("{SECRET}=")),
        good.replace("Xl5e", "Xl+e"),
        good.replace("Xl4", "Xl5"),
        format!("{good}."),
        format!("{good}.{}", &SECRET[1..]),
        format!("{good}.{SECRET}.{SECRET}"),
        good.replace("https", "http").replace(SECRET, &format!("{SECRET}.{SECRET}")),
        good.replace("#v1.", "#v1"),
        good.replace("#v1.", "#V1."),
        good.replace("#v1.", "#"),
        good.replace('#', "?"),
        good.replace('#', "%23"),
        format!("{good}#"),
        format!("{good}#v1.{SECRET}"),
        // Longer than any.
        server(&format!("https%3A%2F%2Fa.example%2F{}", "x".repeat(4096))),
    ];
    for link in refused {
        assert_eq!(read(&link), Err(TrustError::NotAnInvitation), "{link}");
    }
}

#[test]
fn a_link_of_another_version_is_told_from_nonsense() {
    let later = format!("parlor://join?server=https%3A%2F%2Fa.example#v2.{SECRET}");
    assert_eq!(read(&later), Err(TrustError::InvitationVersion));
    assert_eq!(read(&format!("{later} ")), Err(TrustError::NotAnInvitation));
    assert_eq!(read(&later.replace("parlor:", "Parlor:")), Err(TrustError::NotAnInvitation));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn whatever_is_accepted_is_printed_as_it_came(
        text in "\\PC{0,80}",
        any in any::<String>(),
        server in "[a-zA-Z0-9:/.%@?&#_~\\[\\] -]{0,40}",
        secret in "[A-Za-z0-9_-]{42,44}",
    ) {
        for link in [
            text.clone(),
            any,
            format!("parlor://join?server={text}"),
            format!("parlor://join?server={server}#v1.{secret}"),
            format!("parlor://join?server=https%3A%2F%2Fa.example{server}#v1.{secret}"),
            format!("parlor://join?server=https%3A%2F%2Fa.example#v1.{text}"),
        ] {
            if let Ok(invitation) = read(&link) {
                prop_assert_eq!(invitation.app_link(), link);
            }
        }
    }

    #[test]
    fn every_invitation_that_can_be_made_is_accepted(secret in any::<[u8; 32]>(), host in "[a-z0-9.-]{1,40}", port in 1_u16.., path in "(/[a-z0-9~_.-]{1,9}){0,3}") {
        let invitation = Invitation::new(&format!("https://{host}:{port}{path}/"), secret).unwrap();
        prop_assert_eq!(read(&invitation.app_link()), Ok(invitation));
    }

    #[test]
    fn one_changed_character_is_another_invitation_or_none(at in any::<prop::sample::Index>(), to in any::<char>()) {
        let good = Invitation::new("https://parlor.example:5000/a", [42; 32]).unwrap();
        let mut letters: Vec<char> = good.app_link().chars().collect();
        let at = at.index(letters.len());
        prop_assume!(letters[at] != to);
        letters[at] = to;
        let changed: String = letters.into_iter().collect();
        prop_assert_ne!(read(&changed), Ok(good));
    }
}
