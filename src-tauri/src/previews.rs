//! Small pictures of those that are sent or were received, for the cards of the page.
//!
//! Promises: what came from somebody else is decoded in Rust, within bounds of its bytes, its pixels and the memory it asks for; anything that
//! is no picture, or more than that, has no preview. The file's own bytes never reach the page. Leaves to others: which files there are.

use std::{
    fs::File,
    io::{BufReader, Cursor},
    path::Path,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

/// Longest side of a preview, in pixels: a card's height on a dense screen.
const SIDE_PX: u32 = 240;
/// Previews of one transfer.
pub const AT_MOST: usize = 4;
/// Files of a transfer that are looked at for them.
pub const LOOKED_AT: usize = 16;
/// Largest file that is looked at, in bytes.
const FILE_BYTES: u64 = 64 << 20;
/// Longest side of a picture that is decoded, in pixels.
const LONGEST_PX: u32 = 12_000;
/// Memory that decoding may ask for, in bytes: a picture of 24 megapixels takes 96 MB.
const MEMORY_BYTES: u64 = 160 << 20;

/// Pictures are decoded one at a time, so that the bound on memory is one for all.
static TURN: Mutex<()> = Mutex::new(());

/// The preview of a file as a `data:` URL; none for what is no picture of a known kind or is too large. Blocks.
pub fn preview(path: &Path) -> Option<String> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let file = File::open(path).ok()?;
    if file.metadata().ok()?.len() > FILE_BYTES {
        return None;
    }
    let mut reader = ImageReader::new(BufReader::new(file)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LONGEST_PX), Some(LONGEST_PX));
    limits.max_alloc = Some(MEMORY_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?.thumbnail(SIDE_PX, SIDE_PX);
    picture.apply_orientation(orientation);
    let (format, kind) =
        if picture.color().has_alpha() { (ImageFormat::Png, "png") } else { (ImageFormat::Jpeg, "jpeg") };
    let picture = if picture.color().has_alpha() { picture.to_rgba8().into() } else { picture.to_rgb8().into() };
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::write_to(&picture, &mut bytes, format).ok()?;
    Some(format!("data:image/{kind};base64,{}", STANDARD.encode(bytes.into_inner())))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn written(name: &str, bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = image::RgbImage::from_pixel(width, height, image::Rgb([200, 40, 40]));
        DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_has_a_small_one_of_the_same_shape() {
        let (_folder, path) = written("a.png", &png(960, 480));
        let url = preview(&path).unwrap();
        let bytes = STANDARD.decode(url.strip_prefix("data:image/jpeg;base64,").unwrap()).unwrap();
        let small = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert_eq!(small.dimensions(), (240, 120));
        let [red, green, _] = small.get_pixel(100, 60).0;
        assert!(red > 180 && green < 60, "its colour");
    }

    #[test]
    fn what_is_no_picture_or_far_too_large_has_none() {
        let (_folder, path) = written("a.png", b"#!/bin/sh");
        assert_eq!(preview(&path), None);
        let (_folder, path) = written("a.png", &png(1, LONGEST_PX + 1));
        assert_eq!(preview(&path), None);
        let whole = png(64, 64);
        let (_folder, path) = written("cut.png", whole.get(..whole.len() / 2).unwrap());
        assert_eq!(preview(&path), None);
        assert_eq!(preview(Path::new("nowhere.png")), None);
    }
}
