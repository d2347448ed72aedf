//! Binding keeps one picture in memory at a time. A program of its own: what is measured is the memory
//! of the whole process.

#[path = "../benches/binding/big.rs"]
mod big;

use book::bind::{self, Pictures};

/// Bytes; a fifth of what the pictures take.
const MOST: u64 = 64_000_000;

#[test]
fn pictures_that_do_not_fit_into_memory_are_bound() {
    let shelf = tempfile::tempdir().unwrap();
    let big = big::Big::make(shelf.path(), 160).unwrap();
    let output = shelf.path().join("out.epub");
    bind::epub(&big.source, &output, &big.binding(Pictures::Original)).unwrap();
    let size = std::fs::metadata(&output).unwrap().len();
    assert!(size > 5 * MOST, "{size} bytes are too few to prove anything");
    let Some(memory) = benchmarks::peak_memory("self") else { return };
    assert!(memory < MOST, "{memory} bytes of memory");
}
