//! Prints what the built-in reader makes of a plain text file: elements, then concepts.
//!
//!     cargo run --release -p analyze --example read -- tale.txt [elements|concepts]

use analyze::reader;
use book::Chapter;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), what) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: read FILE.txt [elements|concepts]");
        std::process::exit(2);
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("cannot read {path}: {error}");
            std::process::exit(1);
        }
    };
    let chapters = chapters(&text);
    let surveys: Vec<_> = chapters.iter().map(reader::survey).collect();
    let elements = reader::merge(&surveys);
    if what.as_deref() != Some("concepts") {
        print_elements(&elements);
    }
    if what.as_deref() != Some("elements") {
        for chapter in &chapters {
            print_concepts(&reader::concepts(chapter, &elements, 10.0));
        }
    }
}

/// Cuts at lines that begin with `Chapter`, `Letter` or `Stave`, in any case.
fn chapters(text: &str) -> Vec<Chapter> {
    let text = text.replace(['\r', '_'], "");
    let body = text.split("*** START OF").nth(1).unwrap_or(&text);
    let body = body.split("*** END OF").next().unwrap_or(body);
    let mut chapters: Vec<Chapter> = Vec::new();
    let mut paragraphs: Vec<String> = Vec::new();
    let mut title = String::new();
    let mut close = |title: &str, paragraphs: &mut Vec<String>| {
        let text = paragraphs.join("\n\n");
        paragraphs.clear();
        if text.split_whitespace().count() > 150 {
            let number = u32::try_from(chapters.len() + 1).unwrap_or(u32::MAX);
            chapters.push(Chapter { number, title: title.to_owned(), text });
        }
    };
    for paragraph in body.split("\n\n") {
        let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let lower = paragraph.to_lowercase();
        let heads = ["chapter ", "letter ", "stave "].iter().any(|head| lower.starts_with(head));
        if heads && paragraph.split(' ').count() < 12 {
            close(&title, &mut paragraphs);
            title = paragraph;
        } else if !paragraph.is_empty() {
            paragraphs.push(paragraph);
        }
    }
    close(&title, &mut paragraphs);
    chapters
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
