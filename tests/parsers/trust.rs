//! What a server or a peer can hand to `parlor-trust`: links, codes, envelopes, handshakes, comparisons, device keys.

use parlor_protocol::{
    id::PeerId,
    negotiation::{HostKind, Plane, Sealed},
};
use parlor_tests::generator::{feed, feed_text};
use parlor_trust::{
    About, CodeGuest, CodeMessage, CodeOwner, ComparedPeer, Comparison, ComparisonMessage, DeviceId, DeviceKey,
    DeviceProof, Epoch, Fingerprint, Handshake, Invitation, Language, Nonce, SpokenCode, base_url, envelope,
};

const ADA: PeerId = PeerId([1; 16]);
const BEN: PeerId = PeerId([2; 16]);

fn invitation() -> Invitation {
    Invitation::new("https://parlor.example", [42; 32]).unwrap()
}

fn about() -> About {
    About { name: "Ada".into(), agent: "parlor/0.1.0".into(), host: HostKind::App }
}

/// Both ends of an epoch, Ada's first.
fn epochs() -> (Epoch, Epoch) {
    let keys = invitation().keys();
    let (mut at_ada, mut at_ben) = (Handshake::new(&keys, ADA, BEN), Handshake::new(&keys, BEN, ADA));
    let hello = at_ada.begin(Nonce([3; 32])).hello(&about());
    let hello = at_ben.hello_received(&hello, Nonce([5; 32])).unwrap().send.unwrap().hello(&about());
    let step = at_ada.hello_received(&hello, Nonce([6; 32])).unwrap();
    let hello = step.send.unwrap().hello(&about());
    (step.established.unwrap(), at_ben.hello_received(&hello, Nonce([7; 32])).unwrap().established.unwrap())
}

#[test]
fn links_are_read_or_refused_and_print_as_they_were_read() {
    feed_text("invitation", |text| {
        if let Ok(read) = text.parse::<Invitation>() {
            assert_eq!(read.link().parse(), Ok(read.clone()), "{text}");
            assert_eq!(Invitation::from_app_link(&read.app_link()), Ok(read), "{text}");
        }
        if Invitation::from_app_link(text).is_ok() {
            assert!(text.starts_with("parlor://join?server="), "{text}");
        }
        if let Ok(base) = base_url(text) {
            assert_eq!(base_url(&base), Ok(base.clone()));
        }
        text.parse::<Invitation>().is_ok()
    });
}

#[test]
fn spoken_codes_are_read_or_refused_and_print_as_they_were_read() {
    feed_text("spoken-code", |text| {
        let Ok(code) = text.parse::<SpokenCode>() else { return false };
        let again: SpokenCode = code.text().parse().unwrap();
        assert_eq!((again.number(), again.text()), (code.number(), code.text()));
        true
    });
}

#[test]
fn what_is_said_behind_a_code_is_taken_without_harm() {
    let code = || SpokenCode::new(7, Language::English, [1, 2, 3, 4]).unwrap();
    feed_text("code-message", |text| {
        let Ok(message) = CodeMessage::parse(text) else { return false };
        assert_eq!(CodeMessage::parse(&serde_json::to_string(&message).unwrap()), Ok(message));
        // Both ends, as far as this message gets them; a shared point takes too long for each of a million.
        let (mut guest, _) = CodeGuest::begin(&code(), ADA, &[5; 64], [6; 16]);
        let mut owner = CodeOwner::new(code(), BEN, 0);
        let _ = guest.message_received(BEN, &message, "https://parlor.example");
        let _ = owner.message_received(ADA, &message, &invitation(), &[7; 64], 1);
        let _ = owner.message_received(ADA, &message, &invitation(), &[7; 64], 2);
        true
    });
}

#[test]
fn envelopes_of_others_never_open() {
    let keys = invitation().keys();
    let (mut ada, _) = epochs();
    feed_text("envelope", |body| {
        let kind = envelope::kind_of(body);
        assert!(keys.open_hello(BEN, ADA, body).is_err(), "{body}");
        assert!(ada.open(body).is_err(), "{body}");
        if body.len() > 100_000 {
            assert!(kind.is_err());
        }
        kind.is_ok()
    });
}

#[test]
fn what_an_envelope_holds_is_read_or_refused() {
    let keys = invitation().keys();
    let (mut ada, mut ben) = epochs();
    let mut handshake = Handshake::new(&keys, BEN, ADA);
    feed("sealed", |input| {
        let Ok(message) = serde_json::from_slice::<Sealed>(input) else { return false };
        match &message {
            Sealed::Hello(hello) => {
                let _ = handshake.hello_received(hello, Nonce([9; 32]));
                if let Ok(body) = keys.seal_hello(ADA, BEN, hello, [1; 24]) {
                    let opened = keys.open_hello(ADA, BEN, &body).unwrap();
                    assert!(opened.name.chars().count() <= 64 && opened.nonce == hello.nonce);
                }
            }
            Sealed::Description { description, .. } => {
                let _ = Fingerprint::from_sdp(&description.sdp);
            }
            Sealed::Candidate { .. } => {}
        }
        if let Ok(body) = ada.seal(Plane::Data, &message, [8; 24]) {
            assert_eq!(ben.open(&body), Ok((Plane::Data, message)));
        }
        true
    });
}

#[test]
fn fingerprints_of_descriptions_are_found_or_not() {
    feed_text("sdp", |sdp| {
        let _ = sdp.parse::<Fingerprint>();
        let found = Fingerprint::from_sdp(sdp);
        assert!(found.is_none_or(|found| found.to_string().parse() == Ok(found)));
        found.is_some()
    });
}

#[test]
fn comparisons_and_device_proofs_are_taken_without_harm() {
    let (ada, _) = epochs();
    let side = |peer| ComparedPeer { peer, data: Fingerprint([1; 32]), media: None, device: None };
    let confirmation = ada.key_confirmation(Plane::Data, 1);
    let own = DeviceKey::new(&[4; 32]).id();
    feed_text("meeting", |text| {
        let message = serde_json::from_str::<ComparisonMessage>(text);
        if let Ok(message) = message {
            for (local, remote) in [(ADA, BEN), (BEN, ADA)] {
                let mut comparison = Comparison::new(side(local), side(remote), [7; 32]);
                let _ = comparison.begin();
                let first = comparison.message_received(&message);
                let _ = comparison.message_received(&message);
                assert!(comparison.short_string().is_none() || first.is_ok());
            }
        }
        if let Ok(proof) = serde_json::from_str::<DeviceProof>(text) {
            assert!(proof.verify(&confirmation, &Fingerprint([1; 32]), &Fingerprint([2; 32])).is_err());
        }
        if let Ok(id) = text.parse::<DeviceId>() {
            assert!(id.to_string() == text && id != own);
        }
        assert!(confirmation.verify(text, &Fingerprint([1; 32]), &Fingerprint([2; 32])).is_err());
        message.is_ok()
    });
}
