//! What lies in the system's clipboard to be sent: files that were copied, or a picture.
//!
//! Promises: a copied picture becomes a file in a folder of this program's own, which goes with it; text is none of this. Nothing is looked
//! at before the user pastes. Leaves to others: whether the user did, and what is done with the files.

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use arboard::{Clipboard, ImageData};
use image::RgbaImage;
use tempfile::TempDir;

/// Largest picture that is taken, in pixels: a screen of 8K has 33 million.
const PIXELS: usize = 64_000_000;

/// Pasted pictures of this run of the program.
#[derive(Debug, Default)]
pub struct PastedPictures {
    folder: Mutex<Option<TempDir>>,
}

impl PastedPictures {
    /// The files in the clipboard; for a picture one that it is written to; else none. Blocks, while whoever copied answers.
    pub fn paste(&self) -> Vec<PathBuf> {
        let Ok(mut clipboard) = Clipboard::new() else {
            tracing::debug!("there is no clipboard");
            return Vec::new();
        };
        match clipboard.get().file_list() {
            Ok(files) if !files.is_empty() => files,
            _ => match clipboard.get_image().map_err(io::Error::other).and_then(|picture| self.keep(picture)) {
                Ok(file) => vec![file],
                Err(error) => {
                    tracing::debug!(%error, "nothing in the clipboard can be sent as a file");
                    Vec::new()
                }
            },
        }
    }

    fn keep(&self, ImageData { width, height, bytes }: ImageData<'_>) -> io::Result<PathBuf> {
        if width.saturating_mul(height) > PIXELS {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let side = |pixels: usize| u32::try_from(pixels).map_err(io::Error::other);
        let picture =
            RgbaImage::from_raw(side(width)?, side(height)?, bytes.into_owned()).ok_or(io::ErrorKind::InvalidData)?;
        let mut folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = match &mut *folder {
            Some(folder) => folder,
            none => none.insert(tempfile::Builder::new().prefix("parlor-pasted-").tempdir()?),
        };
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let file = folder.path().join(format!("picture-{now_ms}.png"));
        picture.save_with_format(&file, image::ImageFormat::Png).map_err(io::Error::other)?;
        Ok(file)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn picture(width: usize, height: usize, bytes: usize) -> ImageData<'static> {
        ImageData { width, height, bytes: Cow::Owned(vec![200; bytes]) }
    }

    #[test]
    fn a_copied_picture_is_a_file_until_the_program_ends() {
        let pictures = PastedPictures::default();
        let file = pictures.keep(picture(3, 2, 24)).unwrap();
        assert_eq!(image::open(&file).unwrap().to_rgba8().dimensions(), (3, 2));
        drop(pictures);
        assert!(!file.exists());
    }

    #[test]
    fn what_is_no_picture_or_far_too_large_is_not_taken() {
        let pictures = PastedPictures::default();
        assert!(pictures.keep(picture(3, 2, 23)).is_err());
        assert!(pictures.keep(picture(PIXELS, 2, 0)).is_err());
    }
}
