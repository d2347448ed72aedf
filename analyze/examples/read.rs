//! Prints what the built-in reader makes of a book: elements, then concepts; or what is said of looks.
//!
//!     cargo run -p analyze --example read -- BOOK [elements|looks|concepts] [PAGES]

use std::path::Path;

use analyze::reader;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        eprintln!("usage: read BOOK [elements|looks|concepts] [PAGES]");
        std::process::exit(2);
    };
    let what = arguments.next();
    let pages = arguments.next().and_then(|pages| pages.parse().ok()).unwrap_or(10.0);
    let chapters = match book::read(Path::new(&path)) {
        Ok(book) => book.chapters,
        Err(error) => {
            eprintln!("cannot read {path}: {error}");
            std::process::exit(1);
        }
    };
    let surveys: Vec<_> = chapters.iter().map(reader::survey).collect();
    let elements = reader::merge(&surveys);
    if what.as_deref() == Some("looks") {
        return print_looks(&elements);
    }
    if what.as_deref() != Some("concepts") {
        print_elements(&elements);
    }
    if what.as_deref() != Some("elements") {
        for chapter in &chapters {
            print_concepts(&reader::concepts(chapter, &elements, pages));
        }
    }
}

fn print_elements(elements: &book::element::Elements) {
    for (rank, element) in elements.elements.iter().enumerate() {
        println!(
            "{:3} {:9} {:30} {:4}x in {:2} {:?} {}",
            rank + 1,
            format!("{:?}", element.kind),
            element.name,
            element.mentions,
            element.chapters.len(),
            element.gender,
            element.aliases.join(" | "),
        );
        if !element.description.is_empty() {
            println!("      {}", element.description);
        }
    }
    for suggestion in &elements.suggestions {
        println!("maybe one: {} = {} ({})", suggestion.keep, suggestion.merge, suggestion.reason);
    }
}

fn print_looks(elements: &book::element::Elements) {
    for element in &elements.elements {
        for fact in &element.facts {
            let quote = fact.quote.split_whitespace().collect::<Vec<_>>().join(" ");
            println!(
                "{} @ {} {:?}: {} | {quote}",
                element.name, fact.chapter, fact.aspect, fact.text
            );
        }
    }
}

fn print_concepts(chapter: &book::concept::ChapterConcepts) {
    println!("\n== {} {}", chapter.chapter, chapter.title);
    for concept in &chapter.concepts {
        println!("  {}. “{}”", concept.index, concept.quote.replace('\n', " "));
        println!("     {}", concept.description);
        println!(
            "     [{}] setting={} time={} weather={} mood={} light={}",
            concept.elements.join(", "),
            concept.setting,
            concept.time_of_day,
            concept.weather,
            concept.mood,
            concept.lighting
        );
    }
}
