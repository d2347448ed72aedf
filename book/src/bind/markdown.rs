//! The book as Markdown, its pictures in a folder beside it.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;

use super::figure::{PORTRAITS, caption};
use super::flow::{Piece, flow};
use super::html::paragraphs;
use super::name::Names;
use super::output::{TextOutput, beside, put_in_place};
use super::picture::Picture;
use super::{BindError, Binding, Illustration};
use crate::read::Layout;
use crate::read::block::Block;

/// Writes `output` and the folder `<stem>-pictures` beside it.
pub(crate) fn write(
    layout: &Layout,
    binding: &Binding,
    plates: &[&Illustration],
    output: &Path,
) -> Result<(), BindError> {
    let pieces = flow(layout, plates)?;
    let stem = output.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = format!("{stem}-pictures");
    let names = Names::of(plates);
    let mut stored = 0;
    let mut kept: HashSet<String> = HashSet::new();
    let mut out = TextOutput::create(output)?;
    let book = &layout.book;
    out.put(&format!("# {}\n\n", escape(&book.title)))?;
    if !book.author.is_empty() {
        out.put(&format!("*{}*\n\n", escape(&book.author)))?;
    }
    for piece in &pieces {
        match piece {
            Piece::Part { title: "", number: Some(number) } => {
                out.put(&format!("## Chapter {number}\n\n"))?;
            }
            Piece::Part { title: "", .. } => out.put("---\n\n")?,
            Piece::Part { title, .. } => out.put(&format!("## {}\n\n", escape(title)))?,
            Piece::Block(block) => out.put(&format!("{}\n\n", text(block)))?,
            Piece::Plate(plate) => {
                let picture = Picture::inspect(&plate.picture, binding.pictures)?;
                let name = format!("{}.{}", names.plate(plate), picture.extension());
                let path = output.with_file_name(&folder).join(&name);
                stored += store(&picture, &plate.picture, binding, &path)?;
                kept.insert(name.clone());
                out.put(&figure(&format!("{folder}/{name}"), &plate.alt, &plate.quote))?;
            }
        }
    }
    if !binding.portraits.is_empty() {
        out.put(&format!("---\n\n## {PORTRAITS}\n\n"))?;
    }
    for (portrait, nth) in binding.portraits.iter().zip(1..) {
        let picture = Picture::inspect(&portrait.picture, binding.pictures)?;
        let name = format!("portrait-{nth}.{}", picture.extension());
        let path = output.with_file_name(&folder).join(&name);
        stored += store(&picture, &portrait.picture, binding, &path)?;
        kept.insert(name.clone());
        out.put(&figure(&format!("{folder}/{name}"), &portrait.alt, &portrait.name))?;
    }
    let note: String = paragraphs(&binding.note).map(|p| format!("{}\n\n", escape(&p))).collect();
    if !note.is_empty() {
        out.put(&format!("---\n\n## About the illustrations\n\n{note}"))?;
    }
    out.finish(stored, binding.max_size)?;
    remove_others(&output.with_file_name(&folder), &kept);
    Ok(())
}

/// Removes pictures of an earlier binding, which may tell what this one is not to tell. Whatever is of
/// another name is somebody else's; what cannot be removed does no harm to the book.
fn remove_others(folder: &Path, kept: &HashSet<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_our_name(&name) && !kept.contains(&name) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// `012-3.jpg`, `portrait-4.png`.
fn is_our_name(name: &str) -> bool {
    let numbers = |text: &str| {
        text.split('-').count() <= 2
            && text.split('-').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let stem = name.strip_suffix(".jpg").or_else(|| name.strip_suffix(".png"));
    stem.is_some_and(|stem| numbers(stem.strip_prefix("portrait-").unwrap_or(stem)))
}

/// A picture with its caption.
fn figure(target: &str, alt: &str, words: &str) -> String {
    let target = target.replace(['<', '>', '\n'], "_");
    let (alt, caption) = (escape(alt.trim()), escape(&caption(words)));
    let caption = if caption.is_empty() { caption } else { format!("> {caption}\n\n") };
    format!("![{alt}](<{target}>)\n\n{caption}")
}

/// Writes a picture; returns its bytes.
fn store(picture: &Picture, from: &Path, binding: &Binding, path: &Path) -> Result<u64, BindError> {
    let failed = |source| BindError::Write { path: path.to_owned(), source };
    let mut file = beside(path).map_err(failed)?;
    picture.write(from, binding.pictures, &mut file)?.map_err(failed)?;
    let size = file.as_file().metadata().map_err(failed)?.len();
    file.flush().and_then(|()| put_in_place(file, path)).map_err(failed)?;
    Ok(size)
}

fn text(block: &Block) -> String {
    let mut out = String::new();
    let mut done = 0;
    for range in &block.emphasis {
        let (Some(before), Some(inside)) =
            (block.text.get(done..range.start), block.text.get(range.clone()))
        else {
            break;
        };
        out.push_str(&format!("{}*{}*", escape(before), escape(inside)));
        done = range.end;
    }
    out.push_str(&escape(&block.text[done..]));
    let out = out.replace('\n', "\\\n");
    if block.heading.is_some() { format!("### {out}") } else { out }
}

/// Text as it stands in Markdown: what would mean something there is escaped.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut line_start = true;
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    for (index, character) in text.chars().enumerate() {
        let marks_a_list = index == digits && digits > 0 && matches!(character, '.' | ')');
        let begins_a_block =
            line_start && matches!(character, '#' | '+' | '-' | '=' | '~' | '>' | ':' | '|');
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '&' | '!' | '$')
            || marks_a_list
            || begins_a_block
        {
            out.push('\\');
        }
        line_start = character == '\n';
        out.push(character);
    }
    out
}
