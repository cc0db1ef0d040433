//! What a page hands to its engine: commands of the shell, and the messages of the media port's sockets.

use parlor_protocol::{
    host::Command,
    media_port::{DisplayReport, PICTURE_BYTES, PictureHeader, PortRequest, SOUND_PIECE_SAMPLES, SoundToEngine},
};
use parlor_tests::generator::{feed, feed_text};
use serde_json::{from_str, to_string};

#[test]
fn commands_of_a_page_are_read_or_refused() {
    feed_text("command", |text| {
        let Ok(command) = from_str::<Command>(text) else { return false };
        assert_eq!(from_str::<Command>(&to_string(&command).unwrap()).unwrap(), command);
        true
    });
}

#[test]
fn requests_and_reports_on_the_media_port_are_read_or_refused() {
    feed_text("media-port", |text| {
        let (request, report) = (from_str::<PortRequest>(text), from_str::<DisplayReport>(text));
        if let Ok(request) = &request {
            assert_eq!(from_str::<PortRequest>(&to_string(request).unwrap()).unwrap(), *request);
        }
        if let Ok(report) = &report {
            assert_eq!(from_str::<DisplayReport>(&to_string(report).unwrap()).unwrap(), *report);
        }
        request.is_ok() || report.is_ok()
    });
}

#[test]
fn pictures_of_a_page_are_read_or_refused() {
    feed("picture", |message| {
        let Some((header, picture)) = PictureHeader::decode(message) else { return false };
        assert!(header.width > 0 && header.height > 0 && (1..=PICTURE_BYTES).contains(&picture.len()));
        assert_eq!([header.encode().as_slice(), picture].concat(), message);
        true
    });
}

#[test]
fn sound_of_a_page_is_read_or_refused() {
    feed("sound", |message| {
        let said = SoundToEngine::decode(message);
        match &said {
            Some(SoundToEngine::Captured(samples)) => assert!(samples.len().is_multiple_of(SOUND_PIECE_SAMPLES)),
            Some(SoundToEngine::Wanted(pieces)) => assert!((1..=50).contains(pieces)),
            Some(SoundToEngine::Silenced) | None => {}
        }
        said.is_some()
    });
}
