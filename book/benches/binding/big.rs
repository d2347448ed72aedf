//! A book with so many pictures of two megabytes each that they do not fit into memory.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use book::bind::{self, Binding, Illustration, Pictures};
use manifest::artifact;

pub type Outcome<T> = Result<T, Box<dyn Error>>;

const PLATES_A_CHAPTER: usize = 5;
/// Picture, passage and alternative text of each plate, a line each, separated by tabs.
const LIST: &str = "plates.tsv";
/// Pictures that differ; the others are further names of these.
const DISTINCT: usize = 5;

/// The source and the pictures of a book with so many plates.
pub struct Big {
    pub source: PathBuf,
    pub illustrations: Vec<Illustration>,
}

impl Big {
    /// Makes it in a folder.
    pub fn make(folder: &Path, plates: usize) -> Outcome<Self> {
        let chapters = plates.div_ceil(PLATES_A_CHAPTER);
        artifact::put(folder, "big.md", tale(chapters).as_bytes())?;
        let source = folder.join("big.epub");
        bind::epub(&folder.join("big.md"), &source, &Binding::default())?;
        let mut list = String::new();
        for nth in 0..plates {
            let (chapter, place) = (nth / PLATES_A_CHAPTER + 1, nth % PLATES_A_CHAPTER + 1);
            let picture = picture(folder, nth)?;
            writeln!(
                list,
                "{}\t{}\tNoise, number {nth}",
                picture.display(),
                passage(chapter, place)
            )?;
        }
        artifact::put(folder, LIST, list.as_bytes())?;
        Self::open(folder)
    }

    /// Finds it in the folder in which it was made.
    pub fn open(folder: &Path) -> Outcome<Self> {
        let source = folder.join("big.epub");
        let illustrations = listed(&source, &fs::read_to_string(folder.join(LIST))?)?;
        Ok(Self { source, illustrations })
    }

    pub fn binding(&self, pictures: Pictures) -> Binding {
        Binding { illustrations: self.illustrations.clone(), pictures, ..Binding::default() }
    }
}

fn tale(chapters: usize) -> String {
    let mut text = String::from("# A Big Book\n");
    for chapter in 1..=chapters {
        let _ = write!(text, "\n## Chapter {chapter}\n");
        for nth in 1..=PLATES_A_CHAPTER {
            let _ = write!(text, "\n{} Nothing else happened.\n", passage(chapter, nth));
        }
    }
    text
}

fn passage(chapter: usize, nth: usize) -> String {
    format!("In chapter {chapter} the bell rang {nth} times over the river.")
}

/// Noise, which no compression makes smaller: 830 by 830 pixels are two megabytes.
fn picture(folder: &Path, nth: usize) -> Outcome<PathBuf> {
    let first = folder.join(format!("noise-{}.png", nth % DISTINCT));
    if !first.exists() {
        let mut state = nth as u32 + 1;
        let mut noise = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as u8
        };
        image::RgbImage::from_fn(830, 830, |_, _| image::Rgb([noise(), noise(), noise()]))
            .save(&first)?;
    }
    let file = folder.join(format!("plate-{nth}.png"));
    fs::hard_link(&first, &file)?;
    Ok(file)
}

fn listed(source: &Path, list: &str) -> Outcome<Vec<Illustration>> {
    let book = book::read(source)?;
    let mut illustrations = Vec::new();
    for (nth, line) in list.lines().enumerate() {
        let [picture, quote, alt] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err("a line without three fields".into());
        };
        let chapter = &book.chapters[nth / PLATES_A_CHAPTER];
        illustrations.push(Illustration {
            chapter: chapter.number,
            concept: u32::try_from(nth % PLATES_A_CHAPTER + 1)?,
            offset: chapter.text.find(quote).ok_or("the passage is not in its chapter")?,
            quote: quote.to_owned(),
            alt: alt.to_owned(),
            picture: picture.into(),
        });
    }
    Ok(illustrations)
}
