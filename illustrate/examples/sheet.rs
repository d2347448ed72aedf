//! Engraves the concepts of a file and lays the plates out on one sheet, to be judged by eye.
//!
//! `sheet CONCEPTS.json OUT_DIR [STYLE [SEED [WIDTH [HEIGHT]]]]`: the file holds `{"book", "cast": [elements], "chapters":
//! [concepts of a chapter]}`. Writes each plate and `sheet.png`.

use book::concept::ChapterConcepts;
use book::element::Element;
use illustrate::engraver::{Colours, Picture, Sitting, Style, draw};
use serde::Deserialize;

#[derive(Deserialize)]
struct Shelf {
    book: String,
    #[serde(default)]
    cast: Vec<Element>,
    chapters: Vec<ChapterConcepts>,
}

#[expect(clippy::disallowed_methods, reason = "an example that a person looks at, not a project")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("name a file of concepts")?;
    let folder = arguments.next().ok_or("name a folder for the plates")?;
    let style: Style = arguments.next().as_deref().unwrap_or("woodcut").parse()?;
    let seed = arguments.next().map_or(Ok(0), |seed| seed.parse())?;
    let width: u32 = arguments.next().map_or(Ok(1024), |width| width.parse())?;
    let height = arguments.next().map_or(Ok(width * 3 / 2), |height| height.parse())?;
    let shelf: Shelf = serde_json::from_slice(&std::fs::read(file)?)?;
    std::fs::create_dir_all(&folder)?;
    let mut plates = Vec::new();
    for chapter in &shelf.chapters {
        for concept in &chapter.concepts {
            let here = |element: &&Element| concept.elements.contains(&element.name);
            let cast: Vec<Element> = shelf.cast.iter().filter(here).cloned().collect();
            let sitting = Sitting {
                book: &shelf.book,
                colours: Colours::of(&shelf.book, &shelf.cast),
                chapter: chapter.chapter,
                chapter_title: &chapter.title,
                concept,
                cast: &cast,
                style,
                width,
                height,
                seed,
                caption: true,
            };
            let start = std::time::Instant::now();
            let plate = draw(&sitting)?;
            println!("{}-{}: {} ms", chapter.chapter, concept.index, start.elapsed().as_millis());
            std::fs::write(
                format!("{folder}/{:02}-{}.png", chapter.chapter, concept.index),
                plate.png()?,
            )?;
            plates.push(plate);
        }
    }
    std::fs::write(format!("{folder}/sheet.png"), contact_sheet(&plates).png()?)?;
    Ok(())
}

/// All plates at a third of their size, four in a row.
fn contact_sheet(plates: &[Picture]) -> Picture {
    let (across, scale) = (4, 3);
    let Some(first) = plates.first() else {
        return Picture { width: 1, height: 1, pixels: vec![0; 3] };
    };
    let (w, h) = (first.width as usize / scale, first.height as usize / scale);
    let rows = plates.len().div_ceil(across);
    let mut pixels = vec![255; w * across * h * rows * 3];
    for (i, plate) in plates.iter().enumerate() {
        let (left, top) = (i % across * w, i / across * h);
        for y in 0..h {
            for x in 0..w {
                for channel in 0..3 {
                    let at = |dx: usize, dy: usize| {
                        let place = (y * scale + dy) * plate.width as usize + x * scale + dx;
                        u32::from(plate.pixels[place * 3 + channel])
                    };
                    let sum: u32 = (0..scale * scale).map(|i| at(i % scale, i / scale)).sum();
                    pixels[((top + y) * w * across + left + x) * 3 + channel] =
                        (sum / (scale * scale) as u32) as u8;
                }
            }
        }
    }
    Picture { width: (w * across) as u32, height: (h * rows) as u32, pixels }
}
