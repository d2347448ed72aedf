//! The files of a KF8 book: each is a skeleton, into which its fragments are put at their places.

use super::database::{Database, u32_at};
use super::header::Header;
use super::index::Index;
use super::{Contents, Files, label};
use crate::read::ReadError;

/// Bytes that may be moved to make room for pieces. The tail that moves is a few closing tags.
const MAX_MOVED: usize = 256 << 20;

/// A piece of the text, where it stands in the raw text and where it belongs.
struct Fragment {
    insert: usize,
    length: usize,
}

/// Puts the files together, each with the byte of the whole at which it starts, and finds where the
/// lines of the contents point.
pub(crate) fn files(
    database: &mut Database,
    start: usize,
    header: &Header,
    mut raw: Vec<u8>,
    contents: &Index,
) -> Result<(Files, Contents), ReadError> {
    if let Some(end) = end_of_text(database, start, header)? {
        raw.truncate(end);
    }
    let mut index = |number: Option<usize>| match number {
        Some(number) => Index::read(database, start + number),
        None => Ok(Index::default()),
    };
    let (skeletons, pieces) = (index(header.skeletons)?, index(header.fragments)?);
    let fragments: Vec<Fragment> = pieces
        .entries
        .iter()
        .map(|entry| Fragment {
            insert: String::from_utf8_lossy(&entry.name).trim().parse().unwrap_or(usize::MAX),
            length: entry.value(6, 1).unwrap_or(0),
        })
        .collect();
    let lines = contents.entries.iter().filter_map(|entry| {
        let fragment = fragments.get(entry.value(6, 0)?)?;
        let at = fragment.insert.checked_add(entry.value(6, 1).unwrap_or(0))?;
        Some((at, entry.value(4, 0).unwrap_or(0), label(contents, entry, header.utf8)?))
    });
    let lines = lines.collect();
    Ok((assemble(&raw, &skeletons, &fragments), lines))
}

/// Where the first flow ends: the text. Those behind it are styles and pictures.
fn end_of_text(
    database: &mut Database,
    start: usize,
    header: &Header,
) -> Result<Option<usize>, ReadError> {
    let Some(number) = header.flows else { return Ok(None) };
    let record = database.record(start + number)?;
    let record = record.filter(|record| record.starts_with(b"FDST"));
    Ok(record.and_then(|record| u32_at(&record, 16)).map(|end| end as usize))
}

/// Without tables that make sense, the raw text is one file.
fn assemble(raw: &[u8], skeletons: &Index, fragments: &[Fragment]) -> Files {
    let mut files = Vec::new();
    let mut next = 0_usize;
    let mut moved = 0_usize;
    for skeleton in &skeletons.entries {
        let numbers = skeleton.value(1, 0).zip(skeleton.value(6, 0)).zip(skeleton.value(6, 1));
        let Some(((count, position), length)) = numbers else { return whole(raw) };
        let mut at = position.saturating_add(length);
        let Some(body) = raw.get(position..at) else { return whole(raw) };
        let own = fragments.get(next..next.saturating_add(count).min(fragments.len()));
        next = next.saturating_add(count);
        let mut file = body.to_vec();
        for fragment in own.unwrap_or_default() {
            let Some(piece) = raw.get(at..at.saturating_add(fragment.length)) else {
                return whole(raw);
            };
            let place = fragment.insert.saturating_sub(position).min(file.len());
            moved = moved.saturating_add(file.len() - place);
            if moved > MAX_MOVED {
                return whole(raw);
            }
            file.splice(place..place, piece.iter().copied());
            at += fragment.length;
        }
        files.push((position, file));
    }
    if files.is_empty() { whole(raw) } else { files }
}

fn whole(raw: &[u8]) -> Files {
    vec![(0, raw.to_vec())]
}
