//! What all fuzzers do: give a reader a file of these bytes. It must end, in a book or in a reason.

use std::io::Write;

/// Reads `data` as a file with this ending.
pub fn read(ending: &str, data: &[u8]) {
    let file = tempfile::Builder::new().suffix(ending).tempfile();
    let mut file = file.expect("a temporary file");
    file.write_all(data).expect("a temporary file");
    let _ = book::read(file.path());
}
