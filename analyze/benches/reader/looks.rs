//! How much of what the text says of looks is found, how much of what is found is said, and how often
//! setting and time of a passage are known and right.

use std::fmt::Write;
use std::ops::AddAssign;

use analyze::reader;
use book::Chapter;
use book::element::Elements;

use crate::gold::{Gold, Place, plain, shares};

/// Enough plates for every page to have one.
const PAGES_PER_IMAGE: f64 = 0.7;
/// A passage this near to a moment, in bytes, happens where the moment does.
const NEAR: usize = 200;

/// Counts of looks of one novel or of all.
#[derive(Debug, Default, Clone, Copy)]
pub struct Looks {
    found: usize,
    said: usize,
    right: usize,
    told: usize,
    /// Passages at places that are known to a reader: setting known, right; time known, right.
    places: usize,
    setting: (usize, usize),
    times: usize,
    time: (usize, usize),
}

impl AddAssign for Looks {
    fn add_assign(&mut self, other: Self) {
        self.found += other.found;
        self.said += other.said;
        self.right += other.right;
        self.told += other.told;
        self.places += other.places;
        self.times += other.times;
        self.setting = (self.setting.0 + other.setting.0, self.setting.1 + other.setting.1);
        self.time = (self.time.0 + other.time.0, self.time.1 + other.time.1);
    }
}

impl Looks {
    pub const HEAD: &'static str = "What the text says of looks, and where and when passages are that a reader can place.\n\n\
         | novel | looks found | right of those told | setting known | right | time known | right |\n\
         |---|--:|--:|--:|--:|--:|--:|\n";

    pub fn row(&self, name: &str) -> String {
        let Self { found, said, right, told, places, setting, times, time } = self;
        format!(
            "| {name} | {found} of {said} | {right} of {told} | {} of {places} | {} of {} | {} of {times} \
             | {} of {} |\n",
            setting.0, setting.1, setting.0, time.0, time.1, time.0
        )
    }
}

/// Counts, and what is missed or wrong, line by line.
pub fn measure(gold: &Gold, chapters: &[Chapter], elements: &Elements) -> (Looks, String) {
    let mut looks = Looks { said: gold.looks.len(), ..Looks::default() };
    let mut notes = String::new();
    for look in &gold.looks {
        let name = [look.name.clone()];
        let bearers = elements.elements.iter().filter(|element| shares(element, &name));
        let mut facts = bearers.flat_map(|element| &element.facts);
        if facts.any(|fact| look.is_said_by(&fact.text)) {
            looks.found += 1;
        } else {
            let _ = writeln!(
                notes,
                "- look missed: {} @ {} {}",
                look.name,
                look.chapter,
                look.words.join(" ")
            );
        }
    }
    for element in &elements.elements {
        let known: Vec<_> = gold
            .looks
            .iter()
            .filter(|look| shares(element, std::slice::from_ref(&look.name)))
            .collect();
        for fact in &element.facts {
            looks.told += 1;
            if known.iter().any(|look| look.is_said_by(&fact.text)) {
                looks.right += 1;
            } else {
                let _ = writeln!(
                    notes,
                    "- look wrong: {} @ {} {}",
                    element.name, fact.chapter, fact.text
                );
            }
        }
    }
    for chapter in chapters {
        let concepts = reader::concepts(chapter, elements, PAGES_PER_IMAGE).concepts;
        let text = plain(&chapter.text);
        for place in &gold.scenes {
            let Some(at) = text.find(&plain(&place.moment)) else { continue };
            let near = concepts.iter().find(|concept| {
                let start = plain(&chapter.text[..concept.offset]).len();
                at + NEAR > start && at < start + concept.quote.len() + NEAR
            });
            if let Some(concept) = near {
                notes += &looks.place(place, &concept.setting, &concept.time_of_day);
            }
        }
    }
    (looks, notes)
}

impl Looks {
    fn place(&mut self, place: &Place, setting: &str, time: &str) -> String {
        let mut notes = String::new();
        if !place.settings.is_empty() {
            self.places += 1;
            self.setting.0 += usize::from(!setting.is_empty());
            let right = place.settings.iter().any(|known| known == setting);
            self.setting.1 += usize::from(right);
            if !right {
                let _ = writeln!(notes, "- setting `{setting}` of {}", place.moment);
            }
        }
        if !place.time.is_empty() {
            self.times += 1;
            self.time.0 += usize::from(!time.is_empty());
            let right = place.time == time;
            self.time.1 += usize::from(right);
            if !right {
                let _ = writeln!(notes, "- time `{time}`, not {} of {}", place.time, place.moment);
            }
        }
        notes
    }
}
