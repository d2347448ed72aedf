//! A zip archive opened with limits: what a hostile one can cost is bounded before it is read.
//!
//! **Invariant:** no entry is inflated beyond [`MAX_ENTRY`], all entries together not beyond
//! [`MAX_TOTAL`], and no entry whose name leads outside the archive is ever looked at.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use zip::ZipArchive;

use super::ReadError;

/// Bytes one text entry may inflate to. The longest novels are under 8 MB.
const MAX_ENTRY: u64 = 32 << 20;
/// Bytes all text entries together may inflate to.
const MAX_TOTAL: u64 = 64 << 20;
/// Entries an archive may have.
const MAX_ENTRIES: usize = 50_000;

/// An open archive whose entries are found by name.
pub(crate) struct Archive {
    zip: ZipArchive<BufReader<File>>,
    /// By index, as they are; unsafe ones too.
    names: Vec<String>,
    /// Index by name, and by name in lower case for books written on systems that do not care.
    exact: HashMap<String, usize>,
    folded: HashMap<String, usize>,
    inflated: u64,
}

impl Archive {
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let io = |source| ReadError::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        let mut file = BufReader::new(file);
        let is_zip = file.fill_buf().map_err(io)?.starts_with(b"PK");
        let zip = ZipArchive::new(file).map_err(|source| match is_zip {
            true => ReadError::Zip { path: path.to_owned(), source },
            false => ReadError::NoArchive { path: path.to_owned() },
        })?;
        if zip.len() > MAX_ENTRIES {
            return Err(ReadError::TooManyEntries { count: zip.len(), limit: MAX_ENTRIES });
        }
        let mut exact = HashMap::new();
        let mut folded = HashMap::new();
        let names: Vec<String> =
            zip.file_names().map(|name| name.map(String::from).unwrap_or_default()).collect();
        for (index, name) in names.iter().enumerate() {
            if is_safe(name) {
                exact.entry(name.clone()).or_insert(index);
                folded.entry(name.to_lowercase()).or_insert(index);
            }
        }
        Ok(Self { zip, names, exact, folded, inflated: 0 })
    }

    /// The entry's index, whatever the case its name was written in.
    fn index(&self, name: &str) -> Option<usize> {
        self.exact.get(name).or_else(|| self.folded.get(&name.to_lowercase())).copied()
    }

    /// The name an entry really has, for a name as the book writes it.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.index(name).map(|index| self.names[index].as_str())
    }

    /// All names, in the order of the archive.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The first entry with this ending, in the order of the archive.
    pub fn first_ending_in(&self, ending: &str) -> Option<&str> {
        let mut names = self.names.iter().filter(|name| is_safe(name));
        names.find(|name| name.to_lowercase().ends_with(ending)).map(String::as_str)
    }

    /// The content of an entry; `None` if there is none of that name.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(index) = self.index(name) else { return Ok(None) };
        let damaged = |source| ReadError::Entry {
            entry: name.to_owned(),
            source: std::io::Error::other(source),
        };
        let entry = self.zip.by_index(index).map_err(damaged)?;
        let limit = MAX_ENTRY.min(MAX_TOTAL - self.inflated);
        let mut content = Vec::new();
        entry
            .take(limit + 1)
            .read_to_end(&mut content)
            .map_err(|source| ReadError::Entry { entry: name.to_owned(), source })?;
        if content.len() as u64 > limit {
            return Err(ReadError::TooLarge { entry: name.to_owned(), limit_mib: limit >> 20 });
        }
        self.inflated += content.len() as u64;
        Ok(Some(content))
    }
}

/// Whether a name stays inside the folder an archive would be unpacked to.
pub(crate) fn is_safe(name: &str) -> bool {
    !name.starts_with(['/', '\\'])
        && !name.contains(['\0', ':'])
        && !name.split(['/', '\\']).any(|part| part == "..")
}

/// Resolves a reference (`href`, percent-encoded) against the entry it stands in. Returns the entry it
/// names and the fragment; `None` if it leads outside the archive.
pub(crate) fn resolve(base: &str, href: &str) -> Option<(String, Option<String>)> {
    let (path, fragment) = match href.split_once('#') {
        Some((path, fragment)) => (path, Some(percent_decode(fragment))),
        None => (href, None),
    };
    if path.contains("://") || path.starts_with("mailto:") {
        return None;
    }
    let path = percent_decode(path);
    if path.is_empty() {
        return Some((base.to_owned(), fragment));
    }
    let folder = base.rfind('/').map_or("", |slash| &base[..slash]);
    let joined = match path.strip_prefix('/') {
        Some(rooted) => rooted.to_owned(),
        None => format!("{folder}/{path}"),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some((parts.join("/"), fragment))
}

/// Decodes `%41`; what is no valid escape stays as it is written.
fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        let escape = (bytes[at] == b'%').then_some(hex).flatten();
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_inside_the_archive_alone() {
        let at = |base, href| resolve(base, href).map(|(path, _)| path);
        assert_eq!(at("OEBPS/content.opf", "text/c1.xhtml").unwrap(), "OEBPS/text/c1.xhtml");
        assert_eq!(at("OEBPS/text/c1.xhtml", "../img/a%20b.png").unwrap(), "OEBPS/img/a b.png");
        assert_eq!(at("toc.ncx", "Kapitel%20eins%20%C3%A4.xhtml").unwrap(), "Kapitel eins ä.xhtml");
        assert_eq!(at("a/b.opf", "100%.xhtml").unwrap(), "a/100%.xhtml");
        assert_eq!(at("a/b.opf", "../../etc/passwd"), None);
        assert_eq!(at("a/b.opf", "https://example.org/x"), None);
        assert_eq!(resolve("a/b.x", "#f"), Some(("a/b.x".into(), Some("f".into()))));
    }

    #[test]
    fn unsafe_names_are_known() {
        for name in ["../x", "a/../../x", "/etc/x", "\\x", "c:x", "a\\..\\x"] {
            assert!(!is_safe(name), "{name}");
        }
        assert!(is_safe("OEBPS/..c1.xhtml") && is_safe("@public@vhost@g/x.html"));
    }
}
