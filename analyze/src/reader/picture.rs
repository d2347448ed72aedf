//! A passage as a concept: what the plate has to show, in the passage's own words.

use book::Chapter;
use book::concept::{ChapterConcepts, Concept};
use book::element::{ElementType, Elements};

use super::evidence::is_verb;
use super::first_person::{Teller, retold, stays_in_first_person};
use super::lexicon::{looks, settings, singular, things, words};
use super::moments;
use super::mood::mood;
use super::passage::Passage;
use super::presence::Presences;
use super::scene::{Scene, Scenes, plain};
use super::text::{Document, Kind};

/// A description of more words than this is no help to a prompt.
const MOST_WORDS: usize = 60;

/// The concepts of a chapter.
pub(super) fn concepts(
    chapter: &Chapter,
    document: &Document<'_>,
    elements: &Elements,
    pages_per_image: f64,
) -> ChapterConcepts {
    let presences = Presences::of(document, elements);
    let scenes = Scenes::of(document);
    let chosen = moments::chosen(document, &presences, (elements, chapter), pages_per_image);
    let studio = Studio { document, elements, presences, teller: Teller::of(elements) };
    let concepts = chosen.iter().enumerate().map(|(n, passage)| {
        let scene = scenes.at(document, &passage.sentences);
        studio.concept(n + 1, passage, &scene)
    });
    ChapterConcepts {
        chapter: chapter.number,
        title: chapter.title.clone(),
        concepts: concepts.collect(),
    }
}

struct Studio<'a, 'd> {
    document: &'a Document<'d>,
    elements: &'a Elements,
    presences: Presences<'a>,
    teller: Teller,
}

impl Studio<'_, '_> {
    fn concept(&self, index: usize, passage: &Passage, scene: &Scene) -> Concept {
        let present = self.presences.present(self.document, &passage.tokens);
        Concept {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            quote: self.document.text[passage.bytes.clone()].to_owned(),
            offset: passage.bytes.start,
            description: self.description(passage, &present, scene),
            elements: present.iter().map(|i| self.elements.elements[*i].name.clone()).collect(),
            setting: plain(scene.setting),
            time_of_day: scene.time.to_owned(),
            weather: scene.weather.to_owned(),
            mood: mood(self.document, &passage.sentences),
            lighting: plain(scene.light),
            unverified: false,
        }
    }

    /// The narrated sentences that show most, names for pronouns, then where and when.
    fn description(&self, passage: &Passage, present: &[usize], scene: &Scene) -> String {
        let mut sentences: Vec<(usize, usize)> = passage
            .sentences
            .clone()
            .map(|number| (self.shows(number), number))
            .filter(|(shown, _)| *shown > 0)
            .collect();
        // One description is told in one person.
        let first = |number: usize| {
            let tokens = &self.document.sentences[number].tokens;
            stays_in_first_person(self.document, tokens, &self.teller)
        };
        if sentences.iter().any(|(_, number)| !first(*number)) {
            sentences.retain(|(_, number)| !first(*number));
        }
        sentences.sort_by_key(|(shown, number)| (std::cmp::Reverse(*shown), *number));
        let mut kept = Vec::new();
        let mut words = 0;
        for (_, number) in sentences {
            let text = self.narrated(number);
            let count = text.split(' ').count();
            if count > 2 && (words == 0 || words + count <= MOST_WORDS) {
                words += count;
                kept.push((number, text));
            }
        }
        kept.sort();
        self.drop_what_hangs(&mut kept);
        let mut told = kept.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ");
        if told.is_empty() {
            told = self.company(present);
        }
        if told.is_empty() {
            told = first_words(&self.document.text[passage.bytes.clone()]);
        }
        let place = where_and_when(scene);
        if place.is_empty() { told } else { format!("{told} {place}") }
    }

    /// `It was long`, where what is long stands in a sentence that was left out.
    fn drop_what_hangs(&self, kept: &mut Vec<(usize, String)>) {
        let numbers: Vec<usize> = kept.iter().map(|(number, _)| *number).collect();
        let hangs = |number: usize| {
            let first = self.document.sentences[number].tokens.start;
            let points = matches!(
                self.document.word(first),
                "it" | "its" | "they" | "their" | "this" | "these" | "those" | "such"
            );
            points && !numbers.contains(&number.wrapping_sub(1))
        };
        if numbers.iter().any(|number| !hangs(*number)) {
            kept.retain(|(number, _)| !hangs(*number));
        }
    }

    /// How many visible things and deeds a sentence narrates.
    fn shows(&self, number: usize) -> usize {
        self.document.sentences[number]
            .tokens
            .clone()
            .filter(|at| {
                !self.document.tokens[*at].spoken && self.document.tokens[*at].kind == Kind::Word
            })
            .filter(|at| {
                let word = self.document.word(*at);
                things().label_at(self.document, *at).is_some()
                    || settings().label_at(self.document, *at).is_some()
                    || looks().has(word)
                    || is_verb(word, "move")
                    || is_verb(word, "act")
                    || !self.presences.within(&(*at..*at + 1)).is_empty()
            })
            .count()
    }

    /// The narrated words of a sentence; the first pronoun of a person becomes the name.
    fn narrated(&self, number: usize) -> String {
        let document = self.document;
        let sentence = &document.sentences[number];
        let mut text = String::new();
        let mut named = false;
        let mut last_end = None;
        let mut words = 0;
        let retold = retold(document, &sentence.tokens, &self.teller);
        let mut kept = sentence.tokens.start;
        for at in sentence.tokens.clone() {
            let token = &document.tokens[at];
            if let Some(end) = named_in_marks(document, at) {
                kept = end;
            }
            if at >= kept && (token.spoken || token.kind == Kind::Quote && !document.told) {
                last_end = None;
                continue;
            }
            if token.kind == Kind::Word {
                words += 1;
            }
            if words > MOST_WORDS {
                // Back to the last pause, so that no clause is cut in two.
                let pause = text.rfind([',', ';', ':', '—']).filter(|at| *at > text.len() / 2);
                text.truncate(pause.unwrap_or(text.len()));
                break;
            }
            let glued = last_end == Some(token.start);
            let closing = token.kind == Kind::Quote && !token.spoken;
            let mark = closing
                || matches!(token.kind, Kind::Stop | Kind::Clitic)
                || matches!(document.print(at), "," | ";" | ":" | ")");
            if !text.is_empty() && !glued && !mark {
                text.push(' ');
            }
            if let Some(narrator) = retold.get(&at) {
                named = true;
                text.push_str(narrator);
            } else if token.spoken {
                text.push_str(document.print(at));
            } else {
                text.push_str(&self.name_for(at, &mut named));
            }
            last_end = Some(token.end);
        }
        tidy(&text)
    }

    /// The token as printed, or the name of whom it stands for: only before anybody is named in the
    /// sentence, where a reader of the description could not know.
    fn name_for(&self, at: usize, named: &mut bool) -> String {
        let printed = self.document.print(at);
        if self.document.tokens[at].kind != Kind::Word {
            return printed.to_owned();
        }
        let word = self.document.word(at);
        *named |=
            self.presences.within(&(at..at + 1)).iter().any(|presence| {
                self.elements.elements[presence.element].kind != ElementType::Place
            });
        let person = matches!(word, "he" | "she" | "his" | "her" | "him");
        let possessive = match word {
            "he" | "she" => false,
            // `engaged his attention`: what cannot be seen needs no owner's name.
            "his" => self.owns_what_is_seen(at),
            "her" => self.is_possessive_her(at) && self.owns_what_is_seen(at),
            _ => return printed.to_owned(),
        };
        let stands_for = self
            .presences
            .stands_for(at)
            .filter(|_| !*named && (possessive || !matches!(word, "her" | "his")));
        // Once a pronoun stands, a name further on would be taken for another's.
        *named |= person;
        let Some(element) = stands_for else { return printed.to_owned() };
        *named = true;
        let name = self.called(element);
        if possessive { format!("{name}’s") } else { name }
    }

    /// The element's name as a sentence has it: `the Hatter`, `Alice`, `the old man`.
    fn called(&self, element: usize) -> String {
        let name = &self.elements.elements[element].name;
        let small = name.starts_with(char::is_lowercase);
        match name.strip_prefix("my ") {
            Some(kin) => format!("{}’s {kin}", self.teller.name),
            None if !small && self.presences.takes_article(self.document, element) => {
                format!("the {name}")
            }
            None => name.clone(),
        }
    }

    /// `his grey eyes`, `her lantern`.
    fn owns_what_is_seen(&self, at: usize) -> bool {
        (1..=3).map(|ahead| self.document.after(at, ahead)).any(|word| {
            let seen = |word: &str| looks().has(word) || things().has(word);
            seen(word) || singular(word).is_some_and(seen)
        })
    }

    /// `her hat` but not `saw her.`
    fn is_possessive_her(&self, at: usize) -> bool {
        let next = self.document.after(at, 1);
        self.document.tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Word)
            && !words().is(next, "function")
    }

    /// For a passage that is all talk: who is there.
    fn company(&self, present: &[usize]) -> String {
        let people: Vec<String> = present
            .iter()
            .copied()
            .filter(|i| {
                let kind = self.elements.elements[*i].kind;
                matches!(kind, ElementType::Character | ElementType::Creature)
            })
            .map(|i| self.called(i))
            .collect();
        match people.as_slice() {
            [] => String::new(),
            [one] => tidy(&format!("{one} speaks")),
            [first, rest @ ..] => tidy(&format!("{first} speaks with {}", rest.join(" and "))),
        }
    }
}

/// Where the quotation that opens at `at` ends, if it is no speech but a name or an inscription:
/// `the words “Eat Me” were`. Cut out, it would leave a hole.
fn named_in_marks(document: &Document<'_>, at: usize) -> Option<usize> {
    const MOST: usize = 8;
    let opens = |at: usize| document.tokens[at].kind == Kind::Quote && document.tokens[at].spoken;
    let before = at.checked_sub(1)?;
    let introduced = document.tokens[before].kind == Kind::Word
        && !document.tokens[before].spoken
        && document.same_sentence(before, at)
        && !words().is(document.word(before), "speech");
    if !opens(at) || !introduced {
        return None;
    }
    let end = (at + 1..document.tokens.len().min(at + MOST + 2))
        .find(|i| document.tokens[*i].kind == Kind::Quote)?;
    let (first, last) = (document.tokens[at + 1], document.tokens[end - 1]);
    let inside = matches!(last.kind, Kind::Word | Kind::Number) && first.kind == Kind::Word;
    (inside && document.same_sentence(at, end)).then_some(end + 1)
}

/// `Forest, night, rain.`
fn where_and_when(scene: &Scene) -> String {
    let parts: Vec<String> = [scene.setting, scene.time, scene.weather]
        .iter()
        .filter(|label| !label.is_empty())
        .map(|label| plain(label))
        .collect();
    let joined = parts.join(", ");
    let mut chars = joined.chars();
    match chars.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), chars.as_str()),
        None => String::new(),
    }
}

fn first_words(text: &str) -> String {
    text.split_whitespace().take(MOST_WORDS).collect::<Vec<_>>().join(" ")
}

/// Loose ends of what was cut out: marks at the start, a comma before the full stop, no capital.
fn tidy(text: &str) -> String {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let text = text.trim_end_matches([',', ';', ':', '—', '-', ' ', '(']);
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    let mut tidy = first.to_uppercase().collect::<String>() + chars.as_str();
    if !tidy.ends_with(['.', '!', '?', '…']) {
        tidy.push('.');
    }
    tidy
}
