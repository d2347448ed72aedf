//! Pictures of plates, as they are or smaller.
//!
//! **Invariants:** only a file inside its project is opened, whatever the manifest and the links in the
//! folder say, and only what begins like a picture is served. What is kept in memory is bounded.

use std::collections::VecDeque;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::StatusCode;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, ImageReader, Limits};
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::api::Problem;
use crate::live::Book;

/// Bytes of small pictures that are kept.
const KEPT: usize = 48 << 20;
/// Pictures that are made smaller at the same time.
const AT_ONCE: usize = 2;
/// Largest picture that is served.
const MOST_BYTES: u64 = 64 << 20;
/// Memory that decoding one may take.
const MOST_DECODED: u64 = 256 << 20;
/// Quality of small pictures.
const QUALITY: u8 = 82;

/// A width that pictures are made in; few, so that they are made once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Width {
    /// For lists.
    #[serde(rename = "320")]
    Small,
    /// For galleries on sharp screens.
    #[serde(rename = "640")]
    Medium,
}

impl Width {
    fn pixels(self) -> u32 {
        match self {
            Self::Small => 320,
            Self::Medium => 640,
        }
    }
}

/// A picture as it is sent.
#[derive(Clone)]
pub struct Picture {
    /// Its media type.
    pub kind: &'static str,
    /// The file.
    pub bytes: Bytes,
}

/// What a small picture was made of.
type Made = (PathBuf, Width);

/// The small pictures that were wanted last.
pub struct Pictures {
    kept: Arc<Mutex<VecDeque<(Made, Picture)>>>,
    at_once: Arc<Semaphore>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { kept: Arc::default(), at_once: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Pictures {
    /// The picture of a plate.
    pub async fn get(
        &self,
        book: &Arc<Book>,
        file: &str,
        width: Option<Width>,
    ) -> Result<Picture, Problem> {
        let folder = book.store.folder().to_owned();
        let file = file.to_owned();
        let Some(width) = width else {
            return crate::api::off(move || read(&inside(&folder, &file)?)).await;
        };
        let made = (folder.join(&file), width);
        if let Some(picture) = self.known(&made) {
            return Ok(picture);
        }
        let ending = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the server is ending");
        let turn = Arc::clone(&self.at_once).acquire_owned().await.map_err(ending)?;
        // Whoever had the turn before may have made it.
        if let Some(picture) = self.known(&made) {
            return Ok(picture);
        }
        let kept = Arc::clone(&self.kept);
        crate::api::off(move || {
            let _turn = turn;
            let picture = smaller(read(&inside(&folder, &file)?)?, width)?;
            keep(&kept, made, picture.clone());
            Ok(picture)
        })
        .await
    }

    fn known(&self, made: &Made) -> Option<Picture> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(of, _)| of == made).map(|(_, picture)| picture.clone())
    }
}

fn keep(kept: &Mutex<VecDeque<(Made, Picture)>>, made: Made, picture: Picture) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.push_back((made, picture));
    let mut bytes: usize = kept.iter().map(|(_, picture)| picture.bytes.len()).sum();
    while bytes > KEPT {
        bytes -= kept.pop_front().map_or(bytes, |(_, oldest)| oldest.bytes.len());
    }
}

/// Where a file of a project is, once every link is followed.
fn inside(project: &Path, name: &str) -> Result<PathBuf, Problem> {
    let gone = |_| Problem::new(StatusCode::NOT_FOUND, "the picture is no longer there");
    let path = manifest::artifact::path(project, name)?;
    let (path, project) =
        (path.canonicalize().map_err(gone)?, project.canonicalize().map_err(gone)?);
    if path.starts_with(&project) && path.is_file() {
        return Ok(path);
    }
    Err(Problem::new(StatusCode::NOT_FOUND, "the picture lies outside the project"))
}

fn read(path: &Path) -> Result<Picture, Problem> {
    let unusable = |why: String| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, why);
    let size = fs::metadata(path).map_err(|error| unusable(error.to_string()))?.len();
    if size > MOST_BYTES {
        return Err(unusable(format!("the picture has {size} bytes, which is too many")));
    }
    let bytes = fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let kind = match image::guess_format(&bytes) {
        Ok(ImageFormat::Png) => "image/png",
        Ok(ImageFormat::Jpeg) => "image/jpeg",
        Ok(ImageFormat::WebP) => "image/webp",
        Ok(ImageFormat::Gif) => "image/gif",
        _ => return Err(unusable("the file is no picture".to_owned())),
    };
    Ok(Picture { kind, bytes: bytes.into() })
}

fn smaller(picture: Picture, width: Width) -> Result<Picture, Problem> {
    let unusable = |error: &dyn std::fmt::Display| {
        let why = format!("the picture cannot be read: {error}");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, why)
    };
    let reader = ImageReader::new(Cursor::new(&picture.bytes)).with_guessed_format();
    let mut reader = reader.map_err(|error| unusable(&error))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_DECODED);
    reader.limits(limits);
    let decoded = reader.decode().map_err(|error| unusable(&error))?;
    if decoded.width() <= width.pixels() {
        return Ok(picture);
    }
    let small = decoded.thumbnail(width.pixels(), u32::MAX).to_rgb8();
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    small.write_with_encoder(encoder).map_err(|error| unusable(&error))?;
    Ok(Picture { kind: "image/jpeg", bytes: bytes.into() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_name_leads_out_of_a_project(name in "[a-z./\\\\:~%]{0,24}") {
            let shelf = tempfile::tempdir().unwrap();
            let project = shelf.path().join("project");
            manifest::artifact::put(&project, "plates/a.png", b"x").unwrap();
            manifest::artifact::put(shelf.path(), "a.png", b"x").unwrap();
            if let Ok(path) = inside(&project, &name) {
                prop_assert!(path.starts_with(project.canonicalize().unwrap()));
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_link_leads_out_of_a_project() {
        let shelf = tempfile::tempdir().unwrap();
        let project = shelf.path().join("project");
        manifest::artifact::put(&project, "plates/a.png", b"x").unwrap();
        manifest::artifact::put(shelf.path(), "secret.png", b"x").unwrap();
        std::os::unix::fs::symlink(shelf.path(), project.join("out")).unwrap();
        std::os::unix::fs::symlink(shelf.path().join("secret.png"), project.join("plates/b.png"))
            .unwrap();
        assert!(inside(&project, "plates/a.png").is_ok());
        assert!(inside(&project, "out/secret.png").is_err());
        assert!(inside(&project, "plates/b.png").is_err());
    }

    #[test]
    fn what_is_no_picture_is_not_served() {
        let project = tempfile::tempdir().unwrap();
        manifest::artifact::put(project.path(), "woodcut.toml", b"[text]").unwrap();
        assert!(read(&project.path().join("woodcut.toml")).is_err());
    }

    #[test]
    fn memory_is_bounded() {
        let kept = Mutex::default();
        let picture = Picture { kind: "image/png", bytes: vec![0; 1 << 20].into() };
        for nth in 0..100 {
            keep(&kept, (PathBuf::from(format!("{nth}")), Width::Small), picture.clone());
        }
        assert_eq!(kept.lock().unwrap().len(), KEPT >> 20);
    }
}
