//! The predecessor's documents: `Chapters.md` and `Elements.md`, in both their layouts. They are
//! often the only place where the scenes of an old project stand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use book::element::ElementType;

use crate::MigrateError;
use crate::legacy::{Chapter, Element, Legacy, MOST_CHAPTERS, MOST_SCENES, Scene};
use crate::matching::fold;
use crate::records::kind_of;

/// A line of a document, told apart by how it begins.
enum Line<'a> {
    Blank,
    Rule,
    Heading(usize, &'a str),
    /// `**Label:** text`
    Label(&'a str, &'a str),
    Quoted(&'a str),
    /// `1. (Page 1)`
    Numbered,
    Text(&'a str),
}

impl<'a> From<&'a str> for Line<'a> {
    fn from(line: &'a str) -> Self {
        let text = line.trim();
        let level = text.bytes().take_while(|byte| *byte == b'#').count();
        if text.is_empty() {
            return Self::Blank;
        }
        if let (1..=6, Some(title)) = (level, text[level..].strip_prefix(' ')) {
            return Self::Heading(level, title.trim());
        }
        if let Some(quoted) = text.strip_prefix('>') {
            return Self::Quoted(quoted.trim());
        }
        if let Some((label, rest)) = text.strip_prefix("**").and_then(|text| text.split_once(":**"))
        {
            return Self::Label(label, rest.trim());
        }
        if text.len() >= 3 && text.bytes().all(|byte| byte == b'-') {
            return Self::Rule;
        }
        let (number, rest) = text.split_once(". ").unwrap_or(("", text));
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && rest.starts_with("(Page") && rest.ends_with(')') {
            return Self::Numbered;
        }
        Self::Text(text)
    }
}

/// The title that a document states, and the lines after it.
fn after_title<'a>(
    path: &Path,
    text: &'a str,
    beginnings: &[&str],
) -> Result<(usize, &'a str, impl Iterator<Item = Line<'a>>), MigrateError> {
    let mut lines = text.lines();
    let blank = lines.by_ref().take_while(|line| !line.trim_start().starts_with('#'));
    let strays = blank.filter(|line| !line.trim().is_empty()).count();
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let found = beginnings.iter().position(|beginning| first.trim().starts_with(beginning));
    match found {
        Some(nth) if strays == 0 => {
            Ok((nth, first.trim()[beginnings[nth].len()..].trim(), lines.map(Line::from)))
        }
        _ => {
            let line = text.lines().position(|line| !line.trim().is_empty()).unwrap_or(0) + 1;
            let why = format!("`{}…` is wanted, not {first:?}", beginnings[0]);
            Err(MigrateError::foreign(path, line, why))
        }
    }
}

/// Reads `Chapters.md`. Chapters without a number are told by their titles: `known` are those of the
/// other sources.
pub(crate) fn chapters(
    path: &Path,
    text: &str,
    known: &BTreeMap<u32, Chapter>,
) -> Result<Legacy, MigrateError> {
    let (_, title, lines) = after_title(path, text, &["# Chapters -"])?;
    let mut legacy = Legacy { title: title.to_owned(), ..Legacy::default() };
    let mut current: Option<(u32, Chapter)> = None;
    let mut field = Field::None;
    for line in lines {
        match line {
            Line::Heading(3, heading) => {
                keep(&mut legacy, current.take());
                current = Some(begin(heading, known, &legacy));
                field = Field::None;
            }
            Line::Heading(4, heading) if current.is_some() => {
                let number = heading.strip_prefix("Scene ").and_then(|n| n.trim().parse().ok());
                let scene = Scene { number: number.unwrap_or(0), ..Scene::default() };
                if let Some((number, chapter)) = &mut current {
                    chapter.scenes.push(scene);
                    if chapter.scenes.len() > MOST_SCENES {
                        let why = format!("chapter {number} has more than {MOST_SCENES} scenes");
                        return Err(MigrateError::foreign(path, 1, why));
                    }
                }
                field = Field::None;
            }
            Line::Label(label, text) => {
                let scene = current.as_mut().and_then(|(_, chapter)| chapter.scenes.last_mut());
                field = scene.map_or(Field::None, |scene| take_label(scene, label, text));
            }
            Line::Quoted(text) | Line::Text(text) => {
                let scene = current.as_mut().and_then(|(_, chapter)| chapter.scenes.last_mut());
                match (scene, field) {
                    (Some(scene), Field::Quote) => add_line(&mut scene.quote, text),
                    (Some(scene), Field::Description) => add_line(&mut scene.description, text),
                    _ => {}
                }
            }
            Line::Rule => field = Field::None,
            Line::Heading(..) | Line::Blank | Line::Numbered => {}
        }
    }
    keep(&mut legacy, current);
    Ok(legacy)
}

/// What a line without a label goes on with.
#[derive(Clone, Copy)]
enum Field {
    None,
    Quote,
    Description,
}

fn keep(legacy: &mut Legacy, chapter: Option<(u32, Chapter)>) {
    if let Some((number, chapter)) = chapter {
        legacy.chapters.entry(number).or_default().merge(chapter);
    }
}

/// The chapter that a heading begins: `Chapter 3: Title`, or the title alone.
fn begin(heading: &str, known: &BTreeMap<u32, Chapter>, so_far: &Legacy) -> (u32, Chapter) {
    let numbered = heading.strip_prefix("Chapter ").and_then(|rest| {
        let (number, title) = rest.split_once(':').unwrap_or((rest, ""));
        let number: u32 = number.trim().parse().ok()?;
        (1..=MOST_CHAPTERS).contains(&number).then(|| (number, title.trim()))
    });
    let titled = |title: &str| Chapter { title: title.to_owned(), ..Chapter::default() };
    if let Some((number, title)) = numbered {
        return (number, titled(title));
    }
    // Of several chapters of one title the first that has not been met.
    let folded = fold(heading);
    let mut same = known.iter().filter(|(_, chapter)| fold(&chapter.title) == folded);
    let free = same.find(|(number, _)| !so_far.chapters.contains_key(number));
    let next = || {
        let highest = so_far.chapters.keys().chain(known.keys()).max().copied().unwrap_or(0);
        highest.saturating_add(1)
    };
    (free.map_or_else(next, |(number, _)| *number), titled(heading))
}

fn take_label(scene: &mut Scene, label: &str, text: &str) -> Field {
    match label {
        "Source Text" => {
            add_line(&mut scene.quote, text.strip_prefix('>').unwrap_or(text).trim());
            return Field::Quote;
        }
        "Visual Elements" => {
            add_line(&mut scene.description, text);
            return Field::Description;
        }
        "Generated Image" => {
            let link = text.rsplit_once('(').and_then(|(_, link)| link.strip_suffix(')'));
            scene.picture = link.map(str::to_owned);
        }
        "Mood" => scene.mood = text.to_owned(),
        "Lighting" => scene.lighting = text.to_owned(),
        _ => {}
    }
    Field::None
}

fn add_line(text: &mut String, line: &str) {
    if !text.is_empty() && !line.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

/// Reads `Elements.md`.
pub(crate) fn elements(path: &Path, text: &str) -> Result<Legacy, MigrateError> {
    let (layout, title, lines) = after_title(path, text, &["# Elements -", "# Story Elements -"])?;
    // The second layout has everything one level higher, and the description without a label.
    let (kinds, names, is_bare) = if layout == 0 { (3, 4, false) } else { (2, 3, true) };
    let mut legacy = Legacy { title: title.to_owned(), ..Legacy::default() };
    let mut kind = ElementType::default();
    let mut current: Option<Element> = None;
    let mut in_description = false;
    let mut new_quote = true;
    for line in lines {
        match line {
            Line::Heading(level, heading) if level == kinds => {
                current.take().into_iter().for_each(|element| legacy.add_element(element));
                kind = kind_of(heading);
            }
            Line::Heading(level, name) if level == names => {
                current.take().into_iter().for_each(|element| legacy.add_element(element));
                current = Some(Element { name: name.to_owned(), kind, ..Element::default() });
                in_description = is_bare;
            }
            line => {
                let Some(element) = &mut current else { continue };
                match line {
                    Line::Label(label, text) => {
                        in_description = label == "Description";
                        take_element_label(element, label, text);
                    }
                    Line::Quoted(text) if new_quote => element.quotes.push(text.to_owned()),
                    Line::Quoted(text) => {
                        element.quotes.last_mut().into_iter().for_each(|q| add_line(q, text));
                    }
                    Line::Text(text) if in_description => add_line(&mut element.description, text),
                    _ => {}
                }
                new_quote = !matches!(line, Line::Quoted(_));
            }
        }
    }
    current.into_iter().for_each(|element| legacy.add_element(element));
    Ok(legacy)
}

fn take_element_label(element: &mut Element, label: &str, text: &str) {
    match label {
        "Aliases" => {
            let aliases = text.split(',').map(str::trim).filter(|alias| !alias.is_empty());
            element.aliases.extend(aliases.map(str::to_owned));
        }
        "Description" => text.clone_into(&mut element.description),
        "Appears in" => {
            let numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok());
            let numbers = numbers.filter(|number| (1..=MOST_CHAPTERS).contains(number));
            element.chapters = numbers.collect::<BTreeSet<u32>>();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_without_numbers_are_told_by_their_titles_in_order() {
        let known = [(2, "Fog"), (5, "Sea"), (7, "Fog")].map(|(number, title)| {
            (number, Chapter { title: title.to_owned(), ..Chapter::default() })
        });
        let text = "# Chapters - T\n\n### Fog\n#### Scene 1\n**Source Text:**\n> one\n\n### Fog\n\
                    #### Scene 1\n**Source Text:**\n> two\n> and more\n### New\n";
        let legacy = chapters(Path::new("Chapters.md"), text, &known.into()).unwrap();
        let quotes: Vec<_> = legacy
            .chapters
            .iter()
            .map(|(n, c)| (*n, c.scenes.iter().map(|s| s.quote.as_str()).collect::<Vec<_>>()))
            .collect();
        assert_eq!(quotes, [(2, vec!["one"]), (7, vec!["two\nand more"]), (8, vec![])]);
    }

    #[test]
    fn another_document_is_refused_with_its_line() {
        let error = elements(Path::new("Elements.md"), "\nShopping\n").unwrap_err().to_string();
        assert!(error.starts_with("Elements.md, line 2: `# Elements -…` is wanted"), "{error}");
    }
}
