//! The bookmarks of a PDF, which are its table of contents.
//!
//! **Invariant:** no bookmark and no node of names is looked at twice, so cycles end.

use std::collections::{HashMap, HashSet};

use lopdf::{Dictionary, Document as Pdf, Object, ObjectId};

use super::layout::LaidOut;
use crate::read::block::Entry;
use crate::read::heading::folded;

/// Bookmarks that are read, and how deeply they nest.
const MAX_ENTRIES: usize = 5_000;
const MAX_DEPTH: usize = 16;

/// The lines of the table of contents whose pages are known, in reading order.
pub(super) fn entries(pdf: &Pdf, pages: &[ObjectId], book: &LaidOut) -> Vec<Entry> {
    let pages: HashMap<ObjectId, usize> =
        pages.iter().enumerate().map(|(index, &id)| (id, index)).collect();
    let mut reader = Reader { pdf, names: named(pdf), seen: HashSet::new(), out: Vec::new() };
    if let Ok(root) = pdf.catalog().and_then(|catalog| catalog.get_deref(b"Outlines", pdf))
        && let Ok(root) = root.as_dict()
    {
        reader.children(root, 0);
    }
    let mut entries: Vec<Entry> = reader
        .out
        .into_iter()
        .filter_map(|(label, depth, page)| {
            Some(Entry { at: place(book, *pages.get(&page)?, &label), label, depth })
        })
        .collect();
    // Bookmarks of one page are put in order by what they say; a title page's must not come last.
    entries.sort_by_key(|entry| entry.at);
    entries
}

/// The block of a page that a label names: one that says it, else the first.
fn place(book: &LaidOut, page: usize, label: &str) -> usize {
    let label = folded(label);
    let start = book.pages.get(page).copied().unwrap_or(book.blocks.len());
    let end = book.pages.get(page + 1).copied().unwrap_or(book.blocks.len());
    let says = |at: &usize| {
        let said = folded(&book.blocks[*at].text);
        // `Chapter 1: Down the Hole` may stand in two lines, or in one that goes on.
        !said.is_empty() && (label == said || label.starts_with(&format!("{said} ")))
            || (said.len() < 2 * label.len() && said.ends_with(&format!(" {label}")))
    };
    let heading = |at: &usize| book.blocks[*at].heading.is_some();
    (start..end)
        .find(|at| heading(at) && says(at))
        .or_else(|| (start..end).find(says))
        .or_else(|| (start..end).find(heading))
        .unwrap_or(start)
}

struct Reader<'d> {
    pdf: &'d Pdf,
    names: HashMap<Vec<u8>, &'d Object>,
    seen: HashSet<*const Dictionary>,
    /// Title, depth and page.
    out: Vec<(String, usize, ObjectId)>,
}

impl<'d> Reader<'d> {
    fn children(&mut self, parent: &'d Dictionary, depth: usize) {
        let mut next = parent.get_deref(b"First", self.pdf).and_then(Object::as_dict).ok();
        while let Some(item) = next {
            let again = !self.seen.insert(std::ptr::from_ref(item));
            if again || depth > MAX_DEPTH || self.out.len() >= MAX_ENTRIES {
                return;
            }
            let title = item.get_deref(b"Title", self.pdf).ok();
            let title = title.and_then(|title| lopdf::decode_text_string(title).ok());
            let title = super::collapse(&title.unwrap_or_default());
            if let Some(page) = self.page(item).filter(|_| !title.is_empty()) {
                self.out.push((title, depth, page));
            }
            self.children(item, depth + 1);
            next = item.get_deref(b"Next", self.pdf).and_then(Object::as_dict).ok();
        }
    }

    /// The page a bookmark leads to: by its destination, or by its action.
    fn page(&self, item: &'d Dictionary) -> Option<ObjectId> {
        let action = || {
            let action = item.get_deref(b"A", self.pdf).and_then(Object::as_dict).ok()?;
            action.get_deref(b"D", self.pdf).ok()
        };
        let mut to = item.get_deref(b"Dest", self.pdf).ok().or_else(action)?;
        // A name stands for a dictionary, which stands for a list.
        for _ in 0..4 {
            to = match to {
                Object::Array(list) => return list.first()?.as_reference().ok(),
                Object::String(name, _) | Object::Name(name) => self.names.get(name)?,
                Object::Dictionary(dict) => dict.get_deref(b"D", self.pdf).ok()?,
                Object::Reference(_) => self.pdf.dereference(to).ok()?.1,
                _ => return None,
            };
        }
        None
    }
}

/// Named destinations, of the old way and the new.
fn named(pdf: &Pdf) -> HashMap<Vec<u8>, &Object> {
    let mut names = HashMap::new();
    let Ok(catalog) = pdf.catalog() else { return names };
    if let Ok(old) = catalog.get_deref(b"Dests", pdf).and_then(Object::as_dict) {
        names.extend(old.iter().map(|(name, to)| (name.clone(), to)));
    }
    let tree = catalog.get_deref(b"Names", pdf).and_then(Object::as_dict);
    let tree = tree.and_then(|names| names.get_deref(b"Dests", pdf)).and_then(Object::as_dict);
    let mut open: Vec<&Dictionary> = tree.into_iter().collect();
    let mut seen = HashSet::new();
    while let Some(node) = open.pop() {
        if !seen.insert(std::ptr::from_ref(node)) || names.len() > 100 * MAX_ENTRIES {
            continue;
        }
        let list = |key| node.get_deref(key, pdf).and_then(Object::as_array).ok();
        for pair in list(b"Names").into_iter().flat_map(|list| list.chunks_exact(2)) {
            if let Ok(name) = pair[0].as_str() {
                names.insert(name.to_vec(), &pair[1]);
            }
        }
        let kids = list(b"Kids").into_iter().flatten();
        open.extend(kids.filter_map(|kid| pdf.dereference(kid).ok()?.1.as_dict().ok()));
    }
    names
}
