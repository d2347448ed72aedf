//! Binding keeps one picture in memory at a time, whatever is bound. A program of its own: what is measured
//! is the memory of the whole process.

#[path = "../benches/binding/big.rs"]
mod big;

use std::path::Path;

use book::bind::{self, BindError, Binding, Pictures};

/// Bytes; a fifth of what the pictures take.
const MOST: u64 = 64_000_000;

type Binder = fn(&Path, &Path, &Binding) -> Result<Pictures, BindError>;

#[test]
fn pictures_that_do_not_fit_into_memory_are_bound() {
    let shelf = tempfile::tempdir().unwrap();
    let big = big::Big::make(shelf.path(), 160).unwrap();
    let binders: [(&str, Binder); 5] = [
        ("out.epub", bind::epub),
        ("out.html", bind::html),
        ("gallery.html", bind::gallery),
        ("out.cbz", bind::cbz),
        ("out.pdf", bind::pdf),
    ];
    for (name, bind) in binders {
        let output = shelf.path().join(name);
        bind(&big.source, &output, &big.binding(Pictures::Original)).unwrap();
        let size = std::fs::metadata(&output).unwrap().len();
        assert!(size > 5 * MOST, "{name}: {size} bytes are too few to prove anything");
        std::fs::remove_file(&output).unwrap();
        let Some(memory) = benchmarks::peak_memory("self") else { return };
        assert!(memory < MOST, "{name}: {memory} bytes of memory");
    }
}
