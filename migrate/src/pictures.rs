//! Pictures: which scene the name of one speaks of, and whether it opens.
//!
//! **Invariant:** only plain files inside the folder are opened, never what a link leads to; a picture
//! counts as whole only when it was decoded to its last pixel.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Component, Path, PathBuf};

use image::{ImageFormat, ImageReader, Limits};
use sha2::{Digest, Sha256};

use crate::MigrateError;
use crate::legacy::{Content, MOST_CHAPTERS, Picture};

/// Largest file that is read, in MiB.
pub(crate) const LARGEST_MIB: u64 = 64;
/// Memory one picture may take when it is decoded.
const MAX_DECODED: u64 = 512 << 20;

/// Chapter and scene in a name of the predecessor: `chapter_3_scene_1.png`,
/// `chapter_3_the_ford_scene_1.png`.
pub(crate) fn numbers(name: &str) -> Option<(u32, u32)> {
    let (stem, kind) = name.rsplit_once('.')?;
    if !is_picture_kind(kind) {
        return None;
    }
    let (chapter, scene) = stem.strip_prefix("chapter_")?.rsplit_once("_scene_")?;
    let chapter = chapter.split('_').next()?.parse().ok()?;
    let scene = scene.parse().ok()?;
    ((1..=MOST_CHAPTERS).contains(&chapter) && scene > 0).then_some((chapter, scene))
}

fn is_picture_kind(kind: &str) -> bool {
    ["png", "jpg", "jpeg", "webp"].iter().any(|known| kind.eq_ignore_ascii_case(known))
}

/// The name, relative to the folder, of a picture that a file speaks of; `None` for one that would lead
/// elsewhere or is no picture. Absolute paths lead elsewhere.
pub(crate) fn inside(named: &str) -> Option<String> {
    let (_, kind) = named.rsplit_once('.')?;
    let is_plain = !named.contains(['\\', ':', '\0']) && is_picture_kind(kind);
    let mut parts = Vec::new();
    for part in Path::new(named).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(part) => parts.push(part.to_str()?),
            _ => return None,
        }
    }
    (is_plain && !parts.is_empty()).then(|| parts.join("/"))
}

/// Whether the name is a plain file of the folder with no link on the way to it.
pub(crate) fn is_plain_file(folder: &Path, name: &str) -> bool {
    let mut path = PathBuf::from(folder);
    let parts: Vec<&str> = name.split('/').collect();
    parts.iter().enumerate().all(|(nth, part)| {
        path.push(part);
        let is_last = nth + 1 == parts.len();
        std::fs::symlink_metadata(&path)
            .is_ok_and(|found| if is_last { found.is_file() } else { found.is_dir() })
    })
}

/// Opens a picture.
pub(crate) fn read(folder: &Path, name: &str) -> Result<Picture, MigrateError> {
    let bytes = read_bounded(&folder.join(name))?;
    let base = name.rsplit('/').next().unwrap_or(name);
    Ok(Picture { names: numbers(base), content: content(&bytes) })
}

fn content(bytes: &[u8]) -> Content {
    match decode(bytes) {
        Ok((kind, size)) => Content::Whole { kind, size, sha256: sha256(bytes) },
        Err(why) => Content::Broken(why),
    }
}

fn decode(bytes: &[u8]) -> Result<(&'static str, [u32; 2]), String> {
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| e.to_string())?;
    let kind = match reader.format() {
        Some(ImageFormat::Png) => "png",
        Some(ImageFormat::Jpeg) => "jpg",
        Some(ImageFormat::WebP) => "webp",
        _ => return Err("it is no PNG, JPEG or WebP".to_owned()),
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| error.to_string())?;
    Ok((kind, [picture.width(), picture.height()]))
}

/// Reads a whole file that may not be larger than any of its kind.
pub(crate) fn read_bounded(path: &Path) -> Result<Vec<u8>, MigrateError> {
    let mut bytes = Vec::new();
    let read = |file: File| -> io::Result<usize> {
        file.take((LARGEST_MIB << 20) + 1).read_to_end(&mut bytes)
    };
    File::open(path).and_then(read).map_err(MigrateError::io(path, "read"))?;
    if bytes.len() as u64 > LARGEST_MIB << 20 {
        return Err(MigrateError::TooLarge { path: path.to_owned(), limit_mib: LARGEST_MIB });
    }
    Ok(bytes)
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_patterns_of_names_are_known() {
        assert_eq!(numbers("chapter_30_scene_1.png"), Some((30, 1)));
        assert_eq!(numbers("chapter_3_a_scene_in_fog_scene_2.webp"), Some((3, 2)));
        for other in
            ["chapter_0_scene_1.png", "chapter_3_scene_1.txt", "chapter_x_scene_1.png", "a.png"]
        {
            assert_eq!(numbers(other), None, "{other}");
        }
    }

    #[test]
    fn no_name_leads_elsewhere() {
        assert_eq!(inside("./chapter_3_scene_1.png").as_deref(), Some("chapter_3_scene_1.png"));
        assert_eq!(inside("a/b.jpg").as_deref(), Some("a/b.jpg"));
        for other in
            ["../../etc/passwd", "../x.png", "/etc/x.png", "C:x.png", "a\\b.png", "x", ".", ""]
        {
            assert_eq!(inside(other), None, "{other}");
        }
    }
}
