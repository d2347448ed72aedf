//! Prints what was found in books.
fn main() {
    for path in std::env::args().skip(1) {
        println!("== {path}");
        match book::read(path.as_ref()) {
            Ok(book) => {
                println!(
                    "{} / {} / {:?} / {} chapters",
                    book.title,
                    book.author,
                    book.language,
                    book.chapters.len()
                );
                for s in &book.sections {
                    println!(
                        "{:>4} {:>6} {:50} {}",
                        s.chapter.map_or("-".into(), |n| n.to_string()),
                        s.words,
                        s.title.chars().take(50).collect::<String>(),
                        s.reason
                    );
                }
            }
            Err(e) => {
                println!("ERROR {e}: {:?}", std::error::Error::source(&e).map(ToString::to_string))
            }
        }
    }
}
