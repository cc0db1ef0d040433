//! What is promised of spoken codes, comparisons and device keys, whatever a server or a peer in between does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use parlor_protocol::{
    id::PeerId,
    negotiation::{HostKind, Plane},
};
use parlor_trust::{
    About, Base64url, CODE_LIFE_MS, CODE_MESSAGE_BYTES, CodeGuest, CodeGuestOutput, CodeMessage, CodeOwner, CodeStatus,
    ComparedPeer, Comparison, ComparisonMessage, DeviceId, DeviceKey, Epoch, Fingerprint, Handshake, Invitation,
    Language, Nonce, SpokenCode, TrustError,
};
use proptest::prelude::*;
use sha2::{Digest, Sha512};

const GUEST: PeerId = PeerId([1; 16]);
const OWNER: PeerId = PeerId([2; 16]);
const SERVER: &str = "https://parlor.example";

fn invitation() -> Invitation {
    Invitation::new(SERVER, [42; 32]).unwrap()
}

/// Bytes of a number: a counter's worth of randomness.
fn bytes<const N: usize>(name: &str, number: u32) -> [u8; N] {
    Sha512::digest(format!("{name} {number}"))[..N].try_into().unwrap()
}

/// A code of this number's words.
fn code(number: u32) -> SpokenCode {
    SpokenCode::new(7, Language::ALL[number as usize % 2], bytes("words", number)).unwrap()
}

/// A guest and an owner exchange all four messages.
fn exchange(at_guest: &SpokenCode, at_owner: SpokenCode, number: u32) -> Result<Invitation, TrustError> {
    let (mut guest, first) = CodeGuest::begin(at_guest, GUEST, &bytes("guest", number), bytes("session", number));
    let mut owner = CodeOwner::new(at_owner, OWNER, 0);
    let answer = owner.message_received(GUEST, &first, &invitation(), &bytes("owner", number), 1)?;
    let CodeGuestOutput::Send(confirm) = guest.message_received(OWNER, &answer, SERVER)? else { panic!("too early") };
    let sealed = owner.message_received(GUEST, &confirm, &invitation(), &bytes("seal", number), 2)?;
    match guest.message_received(OWNER, &sealed, SERVER)? {
        CodeGuestOutput::Invited(invitation) => Ok(invitation),
        CodeGuestOutput::Send(message) => panic!("{message:?} after the end"),
    }
}

#[test]
fn a_thousand_right_codes_invite_and_a_thousand_wrong_ones_do_not() {
    for number in 0..1000 {
        assert_eq!(exchange(&code(number), code(number), number), Ok(invitation()));
        assert_eq!(exchange(&code(number), code(number + 1), number), Err(TrustError::WrongCode));
    }
}

#[test]
fn a_code_hands_the_pin_over_with_the_secret_and_takes_no_other_seal_for_it() {
    let pinned = invitation().with_pin(Fingerprint([3; 32])).unwrap();
    for is_forged in [false, true] {
        let (mut guest, first) = CodeGuest::begin(&code(1), GUEST, &bytes("guest", 1), [1; 16]);
        let mut owner = CodeOwner::new(code(1), OWNER, 0);
        let answer = owner.message_received(GUEST, &first, &pinned, &bytes("owner", 1), 1).unwrap();
        let Ok(CodeGuestOutput::Send(confirm)) = guest.message_received(OWNER, &answer, SERVER) else { panic!() };
        let said = owner.message_received(GUEST, &confirm, &pinned, &bytes("seal", 1), 2).unwrap();
        let CodeMessage::CodeInvitation { sealed, pin } = said else { panic!() };
        let pin = if is_forged { Some(sealed) } else { pin };
        let invited = guest.message_received(OWNER, &CodeMessage::CodeInvitation { sealed, pin }, SERVER);
        let wanted = if is_forged { Err(TrustError::Broken) } else { Ok(CodeGuestOutput::Invited(pinned.clone())) };
        assert_eq!(invited, wanted);
    }
}

#[test]
fn the_same_words_under_another_number_do_not_invite() {
    let other = SpokenCode::new(8, Language::English, bytes("words", 0)).unwrap();
    assert_eq!(exchange(&code(0), other, 0), Err(TrustError::WrongCode));
}

#[test]
fn a_server_that_lies_about_who_speaks_brings_nothing() {
    let (mut guest, first) = CodeGuest::begin(&code(0), GUEST, &[3; 64], [4; 16]);
    let mut owner = CodeOwner::new(code(0), OWNER, 0);
    let liar = PeerId([9; 16]);
    let answer = owner.message_received(liar, &first, &invitation(), &[5; 64], 1).unwrap();
    assert_eq!(guest.message_received(OWNER, &answer, SERVER), Err(TrustError::WrongCode));
    assert!(guest.is_over());
    assert_eq!(guest.message_received(OWNER, &answer, SERVER), Err(TrustError::OutOfOrder));
}

#[test]
fn messages_sent_back_to_their_sender_bring_nothing() {
    let (mut guest, first) = CodeGuest::begin(&code(0), GUEST, &[3; 64], [4; 16]);
    let CodeMessage::CodeTry { share, .. } = first else { panic!("a try") };
    let mut owner = CodeOwner::new(code(0), OWNER, 0);
    let answer = owner.message_received(GUEST, &first, &invitation(), &[5; 64], 1).unwrap();
    let CodeMessage::CodeAnswer { confirm, .. } = answer else { panic!("an answer") };
    let reflected = CodeMessage::CodeConfirm { confirm };
    assert_eq!(owner.message_received(GUEST, &reflected, &invitation(), &[5; 64], 2), Err(TrustError::WrongCode));
    assert_eq!(owner.status(2), CodeStatus::Burnt);
    let own = CodeMessage::CodeAnswer { share, confirm };
    assert_eq!(guest.message_received(OWNER, &own, SERVER), Err(TrustError::WrongCode));
}

#[test]
fn a_guest_takes_one_answer_and_one_invitation_of_its_owner() {
    let (mut guest, first) = CodeGuest::begin(&code(0), GUEST, &[3; 64], [4; 16]);
    let mut owner = CodeOwner::new(code(0), OWNER, 0);
    let answer = owner.message_received(GUEST, &first, &invitation(), &[5; 64], 1).unwrap();
    let CodeGuestOutput::Send(confirm) = guest.message_received(OWNER, &answer, SERVER).unwrap() else { panic!() };
    let sealed = owner.message_received(GUEST, &confirm, &invitation(), &[6; 64], 2).unwrap();
    assert_eq!(guest.message_received(OWNER, &answer, SERVER), Err(TrustError::OutOfOrder));
    assert_eq!(guest.message_received(PeerId([9; 16]), &sealed, SERVER), Err(TrustError::OutOfOrder));
    assert!(!guest.is_over());
    let forged = CodeMessage::CodeInvitation { sealed: Base64url([0; 72]), pin: None };
    assert_eq!(guest.message_received(OWNER, &forged, SERVER), Err(TrustError::Broken));
    assert_eq!(guest.message_received(OWNER, &sealed, SERVER), Err(TrustError::OutOfOrder));
}

#[test]
fn an_owner_may_burn_a_code_and_time_does_too() {
    let (_, first) = CodeGuest::begin(&code(0), GUEST, &[3; 64], [4; 16]);
    let mut owner = CodeOwner::new(code(0), OWNER, 5);
    assert_eq!((owner.status(5), owner.expires_ms()), (CodeStatus::Waiting, 5 + CODE_LIFE_MS));
    assert_eq!(owner.status(5 + CODE_LIFE_MS), CodeStatus::Expired);
    owner.burn();
    assert_eq!(owner.status(6), CodeStatus::Burnt);
    assert_eq!(owner.message_received(GUEST, &first, &invitation(), &[5; 64], 6), Err(TrustError::CodeBurnt));
}

#[test]
fn messages_of_a_code_are_bounded_and_read_back() {
    let (mut guest, first) = CodeGuest::begin(&code(0), GUEST, &[3; 64], [4; 16]);
    let mut owner = CodeOwner::new(code(0), OWNER, 0);
    let answer = owner.message_received(GUEST, &first, &invitation(), &[5; 64], 1).unwrap();
    let CodeGuestOutput::Send(confirm) = guest.message_received(OWNER, &answer, SERVER).unwrap() else { panic!() };
    let sealed = owner.message_received(GUEST, &confirm, &invitation(), &[6; 64], 2).unwrap();
    for message in [first, answer, confirm, sealed] {
        let text = serde_json::to_string(&message).unwrap();
        assert!(text.len() <= 160, "{text}");
        assert_eq!(CodeMessage::parse(&text), Ok(message));
        assert_eq!(
            CodeMessage::parse(&format!("{text}{}", " ".repeat(CODE_MESSAGE_BYTES))),
            Err(TrustError::NotAMessage)
        );
    }
    for bad in ["", "{}", r#"{"type":"code-confirm","confirm":"AA"}"#, r#"{"type":"later"}"#, "[1]"] {
        assert_eq!(CodeMessage::parse(bad), Err(TrustError::NotAMessage), "{bad}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let code: SpokenCode = "7-apple-lantern-tulip".parse().unwrap();
    let (guest, _) = CodeGuest::begin(&code, GUEST, &[3; 64], [4; 16]);
    let owner = CodeOwner::new(code.clone(), OWNER, 0);
    let comparison = Comparison::new(side(1), side(2), [42; 32]);
    let shown = format!("{code:?} {guest:?} {owner:?} {comparison:?} {:?}", DeviceKey::new(&[42; 32]));
    assert!(!shown.contains("lantern") && !shown.contains("42, 42") && !shown.contains("KioqKioq"), "{shown}");
}

fn side(byte: u8) -> ComparedPeer {
    ComparedPeer {
        peer: PeerId([byte; 16]),
        data: Fingerprint([byte; 32]),
        media: Some(Fingerprint([byte + 100; 32])),
        device: Some(DeviceKey::new(&[byte; 32]).id()),
    }
}

/// Two sides compare; returns what each shows.
fn compare(
    at_low: (ComparedPeer, ComparedPeer),
    at_high: (ComparedPeer, ComparedPeer),
    nonces: [[u8; 32]; 2],
) -> [String; 2] {
    let mut low = Comparison::new(at_low.0, at_low.1, nonces[0]);
    let mut high = Comparison::new(at_high.0, at_high.1, nonces[1]);
    let commit = low.begin().unwrap();
    let nonce = high.message_received(&commit).unwrap().unwrap();
    let nonce = low.message_received(&nonce).unwrap().unwrap();
    assert_eq!(high.message_received(&nonce), Ok(None));
    [low, high].map(|side| {
        let shown = side.short_string().unwrap();
        format!("{} {}", shown.digits(), shown.emoji().map(|emoji| emoji.english).join(" "))
    })
}

#[test]
fn whatever_differs_between_the_sides_is_seen() {
    let (low, high) = (side(1), side(2));
    let nonces = [[3; 32], [4; 32]];
    let [right, same] = compare((low, high), (high, low), nonces);
    assert_eq!(right, same);
    let other = Fingerprint([9; 32]);
    let device: DeviceId = DeviceKey::new(&[9; 32]).id();
    for changed in [
        ComparedPeer { data: other, ..high },
        ComparedPeer { media: Some(other), ..high },
        ComparedPeer { media: None, ..high },
        ComparedPeer { device: Some(device), ..high },
        ComparedPeer { device: None, ..high },
        ComparedPeer { peer: PeerId([3; 16]), ..high },
    ] {
        let [at_low, at_high] = compare((low, changed), (high, low), nonces);
        assert_eq!(at_high, right);
        assert_ne!(at_low, right, "{changed:?}");
    }
    assert_ne!(compare((low, high), (high, low), [[3; 32], [5; 32]])[0], right);
    assert_ne!(compare((low, high), (high, low), [[5; 32], [4; 32]])[0], right);
}

#[test]
fn with_a_man_in_the_middle_a_thousand_of_a_thousand_comparisons_differ() {
    for number in 0..1000 {
        let certificate = |whose: &str| Fingerprint(bytes(whose, number));
        let ada = ComparedPeer { data: certificate("ada"), ..side(1) };
        let ben = ComparedPeer { data: certificate("ben"), ..side(2) };
        // His certificates stand where the other's would; ids, names and media he can pass on as they are.
        let ben_at_ada = ComparedPeer { data: certificate("near"), ..ben };
        let ada_at_ben = ComparedPeer { data: certificate("far"), ..ada };
        let nonces = [bytes("ada's", number), bytes("ben's", number)];
        let own = [bytes("near's", number), bytes("far's", number)];
        // He passes their words on.
        let [at_ada, at_ben] = compare((ada, ben_at_ada), (ben, ada_at_ben), nonces);
        assert_ne!(at_ada, at_ben, "{number}");
        // He compares with each of them, by nonces of his own.
        let [at_ada, _] = compare((ada, ben_at_ada), (ben_at_ada, ada), [nonces[0], own[0]]);
        let [_, at_ben] = compare((ada_at_ben, ben), (ben, ada_at_ben), [own[1], nonces[1]]);
        assert_ne!(at_ada, at_ben, "{number}");
    }
}

fn epochs(byte: u8) -> (Epoch, Epoch) {
    let keys = invitation().keys();
    let (mut low, mut high) = (Handshake::new(&keys, GUEST, OWNER), Handshake::new(&keys, OWNER, GUEST));
    let about = About { name: String::new(), agent: String::new(), host: HostKind::App };
    let hello = low.begin(Nonce([byte; 32])).hello(&about);
    let hello = high.hello_received(&hello, Nonce([77; 32])).unwrap().send.unwrap().hello(&about);
    let step = low.hello_received(&hello, Nonce([0; 32])).unwrap();
    let hello = step.send.unwrap().hello(&about);
    let at_high = high.hello_received(&hello, Nonce([0; 32])).unwrap().established.unwrap();
    (step.established.unwrap(), at_high)
}

#[test]
fn a_device_is_known_again_in_a_later_epoch_and_its_old_proof_is_not() {
    let device = DeviceKey::new(&[5; 32]);
    let (low_fp, high_fp) = (Fingerprint([3; 32]), Fingerprint([4; 32]));
    let proofs = [1, 2].map(|byte| {
        let (low, high) = epochs(byte);
        let proof = device.prove(&low.key_confirmation(Plane::Data, 1), &low_fp, &high_fp);
        let high = high.key_confirmation(Plane::Data, 1);
        assert_eq!(proof.verify(&high, &high_fp, &low_fp), Ok(device.id()));
        (proof, high)
    });
    let [(old, _), (_, new)] = proofs;
    assert_eq!(old.verify(&new, &high_fp, &low_fp), Err(TrustError::ProofFailed));
}

fn any_message() -> impl Strategy<Value = ComparisonMessage> {
    let nonce = prop_oneof![Just([3; 32]), Just([4; 32]), any::<[u8; 32]>()];
    let nonce = nonce.prop_map(|nonce| ComparisonMessage::ComparisonReveal { nonce: Base64url(nonce) });
    let right = parlor_trust::commitment(PeerId([1; 16]), &[3; 32]);
    let commit = prop_oneof![Just(right), any::<[u8; 32]>()];
    let commit = commit.prop_map(|hash| ComparisonMessage::ComparisonCommit { commitment: Base64url(hash) });
    prop_oneof![Just(ComparisonMessage::ComparisonWanted), nonce, commit]
}

proptest! {
    #[test]
    fn codes_read_back_however_they_are_typed(number in 1_u32..=999_999, random in any::<[u8; 4]>(), korean in any::<bool>(), separators in prop::collection::vec("[ ,._\u{2013}\u{3000}-]{1,3}", 4)) {
        use unicode_normalization::UnicodeNormalization;
        let language = if korean { Language::Korean } else { Language::English };
        let code = SpokenCode::new(number, language, random).unwrap();
        let text = code.text().to_string();
        let typed: String = text.split('-').zip(&separators).map(|(part, separator)| format!("{part}{separator}")).collect();
        prop_assert_eq!(&typed.to_uppercase().nfd().collect::<String>().parse::<SpokenCode>().unwrap(), &code);
        if korean {
            prop_assert_eq!(&text.replace('-', "").parse::<SpokenCode>().unwrap(), &code);
        }
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,80}", digits in "[0-9]{0,9}") {
        prop_assert!(text.parse::<DeviceId>().is_err());
        prop_assert!(CodeMessage::parse(&text).is_err());
        prop_assert!((digits + &text).parse::<SpokenCode>().is_err());
    }

    #[test]
    fn no_share_of_a_peer_brings_an_owner_down_or_the_invitation_out(share in any::<[u8; 32]>(), confirm in any::<[u8; 32]>()) {
        let mut owner = CodeOwner::new(code(0), OWNER, 0);
        let tried = CodeMessage::CodeTry { session: Base64url([0; 16]), share: Base64url(share) };
        let answered = owner.message_received(GUEST, &tried, &invitation(), &[5; 64], 1);
        let confirm = CodeMessage::CodeConfirm { confirm: Base64url(confirm) };
        let end = owner.message_received(GUEST, &confirm, &invitation(), &[5; 64], 1);
        prop_assert_eq!(end, Err(if answered.is_ok() { TrustError::WrongCode } else { TrustError::CodeBurnt }));
        prop_assert_eq!(owner.status(2), CodeStatus::Burnt);
    }

    #[test]
    fn a_side_shows_only_what_was_committed_to_and_reveals_one_nonce(is_low in any::<bool>(), messages in prop::collection::vec(any_message(), 0..6)) {
        let (local, remote, nonce) = if is_low { (side(1), side(2), [3; 32]) } else { (side(2), side(1), [4; 32]) };
        let mut comparison = Comparison::new(local, remote, nonce);
        let mut commitment = None;
        for message in messages {
            let before = comparison.short_string();
            let answer = comparison.message_received(&message);
            if let Ok(Some(ComparisonMessage::ComparisonReveal { nonce: revealed })) = answer {
                prop_assert_eq!(revealed.0, nonce);
            }
            if let (ComparisonMessage::ComparisonCommit { commitment: hash }, Ok(_)) = (message, &answer) {
                commitment = Some(hash.0);
            }
            if let (None, Some(_), ComparisonMessage::ComparisonReveal { nonce }) = (before, comparison.short_string(), message) {
                prop_assert!(is_low || commitment == Some(parlor_trust::commitment(PeerId([1; 16]), &nonce.0)));
            }
        }
        prop_assert!(!(comparison.has_failed() && comparison.short_string().is_some()));
    }
}
