//! Where and when a passage happens, under which sky and in which mood: read from its own words first,
//! carried forward within a scene where it is silent. Empty is better than wrong.

use std::collections::BTreeMap;
use std::ops::Range;

use super::kinds::is_place_word;
use super::lexicon::{Lexicon, daytime, light, moods, names, settings, singular, weather};
use super::names::is_title;
use super::text::{Document, Kind, Sentence};
use super::whereabouts::{Whereabouts, is_shown, whereabouts};

/// What is known at one sentence. Empty where nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scene {
    pub setting: &'static str,
    pub time: &'static str,
    pub weather: &'static str,
    pub light: &'static str,
}

/// The scene at the end of every sentence of a chapter.
pub(super) struct Scenes(Vec<Scene>);

/// What is told is carried forward for so many sentences of the same scene, light for fewer.
const LASTS: usize = 16;
const LIGHT_LASTS: usize = 4;
/// Silence at the start of a chapter is filled from so many sentences ahead.
const LOOK_AHEAD: usize = 4;

impl Scenes {
    /// Reads a chapter from start to end.
    pub fn of(document: &Document<'_>) -> Self {
        let mut state = State::default();
        let mut scenes: Vec<Scene> = Vec::with_capacity(document.sentences.len());
        for sentence in &document.sentences {
            state.read(document, sentence);
            scenes.push(state.scene());
        }
        fill_from_ahead(&mut scenes);
        Self(scenes)
    }

    /// The scene of a run of sentences: what holds at its end; where nobody is said to be anywhere, the
    /// place that its own words show.
    pub fn at(&self, document: &Document<'_>, sentences: &Range<usize>) -> Scene {
        let last = sentences.end.saturating_sub(1);
        let mut scene = self.0.get(last).cloned().unwrap_or_default();
        if scene.setting.is_empty() {
            scene.setting = shown_place(document, sentences);
        }
        if scene.light.is_empty() {
            scene.light = light_of_day(scene.time);
        }
        scene
    }
}

/// The place that the words of a passage show: two words of one place, or one with `in`, `among`,
/// `through` before it, and no other place as often.
fn shown_place(document: &Document<'_>, sentences: &Range<usize>) -> &'static str {
    let mut weights: BTreeMap<&'static str, u32> = BTreeMap::new();
    let tokens = sentences.clone().flat_map(|number| document.sentences[number].tokens.clone());
    let mut free = 0;
    for at in tokens {
        let token = &document.tokens[at];
        let silent = token.spoken || token.kind != Kind::Word || is_figurative(document, at);
        if at < free || silent {
            continue;
        }
        let Some((label, length)) = cue(settings(), document, at) else { continue };
        free = at + length;
        let within = is_within(document, at) || length > 2;
        if is_shown(document, at, length) {
            *weights.entry(label).or_default() += if within { 2 } else { 1 };
        }
    }
    let mut ranked: Vec<(&'static str, u32)> = weights.into_iter().collect();
    ranked.sort_by_key(|(label, weight)| (std::cmp::Reverse(*weight), *label));
    match ranked.as_slice() {
        [(label, 2..)] => label,
        [(label, most), (_, next), ..] if *most >= 2 && most > next => label,
        _ => "",
    }
}

/// Whether `in the`, `among the`, `through his` stands before the noun.
fn is_within(document: &Document<'_>, at: usize) -> bool {
    (1..=3).any(|back| {
        matches!(
            document.before(at, back),
            "in" | "into" | "inside" | "among" | "through" | "across" | "along" | "aboard" | "amid"
        )
    })
}

/// The light that a time of day brings where no lamp is named.
fn light_of_day(time: &str) -> &'static str {
    match time {
        "dawn" => "dawn-light",
        "day" => "daylight",
        "dusk" => "twilight",
        "night" => "darkness",
        _ => "",
    }
}

fn fill_from_ahead(scenes: &mut [Scene]) {
    for pick in
        [(|scene: &mut Scene| &mut scene.setting) as fn(&mut Scene) -> &mut &'static str, |scene| {
            &mut scene.time
        }]
    {
        let found = scenes.iter_mut().take(LOOK_AHEAD).position(|scene| !pick(scene).is_empty());
        let Some(first) = found else { continue };
        let value = *pick(&mut scenes[first]);
        for scene in &mut scenes[..first] {
            *pick(scene) = value;
        }
    }
}

/// A label and how many sentences ago it was told.
#[derive(Default, Clone, Copy)]
struct Told {
    label: &'static str,
    age: usize,
}

impl Told {
    fn now(label: &'static str) -> Self {
        Self { label, age: 0 }
    }

    fn grow_older(&mut self, lasts: usize) {
        self.age += 1;
        if self.age > lasts {
            *self = Self::default();
        }
    }
}

#[derive(Default)]
struct State {
    setting: Told,
    time: Told,
    weather: Told,
    light: Told,
}

impl State {
    fn read(&mut self, document: &Document<'_>, sentence: &Sentence) {
        if begins_scene(document, sentence) {
            *self = Self::default();
        }
        self.setting.grow_older(LASTS);
        self.time.grow_older(LASTS);
        self.weather.grow_older(LASTS);
        self.light.grow_older(LIGHT_LASTS);
        // `the setting sun` is dusk, and its `sun` is not day again: each list goes on after its phrase.
        let mut free = [0; 4];
        for at in sentence.tokens.clone() {
            let token = &document.tokens[at];
            if token.spoken || token.kind != Kind::Word || is_figurative(document, at) {
                continue;
            }
            let readers = [Self::setting_cue, Self::time_cue, Self::weather_cue, Self::light_cue];
            for (free, read) in free.iter_mut().zip(readers) {
                if at >= *free {
                    *free = at + read(self, document, at);
                }
            }
        }
    }

    fn setting_cue(&mut self, document: &Document<'_>, at: usize) -> usize {
        let Some((label, length)) = cue(settings(), document, at) else { return 0 };
        match whereabouts(document, at, length) {
            Some(Whereabouts::There) => self.setting = Told::now(label),
            Some(Whereabouts::Left) => self.setting = Told::default(),
            None => return 1,
        }
        length
    }

    fn time_cue(&mut self, document: &Document<'_>, at: usize) -> usize {
        let Some((label, length)) = cue(daytime(), document, at) else { return 0 };
        if !is_habit(document, at) && !is_other_time(document, at, length) {
            self.time = Told::now(label);
        }
        length
    }

    fn weather_cue(&mut self, document: &Document<'_>, at: usize) -> usize {
        let Some((label, length)) = cue(weather(), document, at) else { return 0 };
        let of = document.after(at + length - 1, 1) == "of" && label != "clear";
        let verb = document.word(at) == "wind" && document.before(at, 1) == "to";
        let far = is_other_time(document, at, length);
        if !of && !verb && !far && !is_habit(document, at) {
            // A storm is not over because the wind is named.
            let milder = self.weather.label == "storm" && label == "wind";
            self.weather = Told::now(if milder { "storm" } else { label });
        }
        length
    }

    fn light_cue(&mut self, document: &Document<'_>, at: usize) -> usize {
        let Some((label, length)) = cue(light(), document, at) else { return 0 };
        self.light = Told::now(label);
        length
    }

    fn scene(&self) -> Scene {
        Scene {
            setting: self.setting.label,
            time: self.time.label,
            weather: self.weather.label,
            light: self.light.label,
        }
    }
}

/// A break in the print, or words that leap over time: `* * *`, `Two days later`.
fn begins_scene(document: &Document<'_>, sentence: &Sentence) -> bool {
    let first = sentence.tokens.start;
    let leap = |word: &str| {
        matches!(
            singular(word).unwrap_or(word),
            "day" | "week" | "month" | "year" | "morning" | "evening" | "night" | "time" | "hour"
        )
    };
    let opening = || (first..first + 6).map(|at| document.after(first, at - first));
    let passed = || {
        opening().any(|w| {
            matches!(
                w,
                "later" | "next" | "following" | "after" | "passed" | "afterwards" | "another"
            )
        })
    };
    sentence.heading && !document.tokens[first].spoken || opening().any(leap) && passed()
}

/// `the night before`, `would rain`, `fear of night`, `if the moon`: not now.
fn is_other_time(document: &Document<'_>, at: usize, length: usize) -> bool {
    const THOUGHT: [&str; 14] = [
        "would",
        "could",
        "might",
        "should",
        "if",
        "remembered",
        "until",
        "till",
        "before",
        "since",
        "last",
        "than",
        "never",
        "thought",
    ];
    let thought = (1..=8).any(|back| THOUGHT.contains(&document.before(at, back)));
    let after = document.after(at + length - 1, 1);
    thought || document.before(at, 1) == "of" || matches!(after, "before" | "ago")
}

fn cue(
    list: &'static Lexicon,
    document: &Document<'_>,
    at: usize,
) -> Option<(&'static str, usize)> {
    let found = list.label_at(document, at)?;
    (!is_surname(document, at)).then_some(found)
}

/// A capital inside a sentence makes a name: `the Strand`, `Mr. Moon`. Where it names a place by what
/// it is, it tells all the same: `the Throne Room`, `Maybury Hill`.
fn is_surname(document: &Document<'_>, at: usize) -> bool {
    let token = document.tokens[at];
    let before = document.before(at, 1);
    let owner = before == "."
        || names().is(before, "given-male")
        || names().is(before, "given-female")
        || is_title(before);
    token.capital && !token.initial && (owner || !is_place_word(document.word(at)))
}

/// `like a storm`, `as white as snow`, `no moon`, `a sea of faces`: not what is there.
fn is_figurative(document: &Document<'_>, at: usize) -> bool {
    let compared = (1..=3).any(|back| matches!(document.before(at, back), "like" | "as"));
    let denied = matches!(document.before(at, 1), "no" | "not" | "without");
    compared || denied
}

/// `every night`, `night and day`, `one day or another`: no time of this scene.
fn is_habit(document: &Document<'_>, at: usize) -> bool {
    matches!(document.before(at, 1), "every" | "each" | "many" | "some" | "any" | "for")
        || document.after(at, 1) == "and"
            && matches!(document.after(at, 2), "day" | "night" | "days" | "nights")
        || document.before(at, 1) == "and"
            && matches!(document.before(at, 2), "day" | "night" | "days" | "nights")
}

/// One or two moods of a passage, the stronger first; empty when its words have none.
pub(super) fn mood(document: &Document<'_>, sentences: &Range<usize>) -> String {
    const AROUND: usize = 4;
    let from = sentences.start.saturating_sub(AROUND);
    let to = (sentences.end + AROUND).min(document.sentences.len());
    let mut weights: BTreeMap<&'static str, u32> = BTreeMap::new();
    for number in from..to {
        let weight = if sentences.contains(&number) { 3 } else { 1 };
        for at in document.sentences[number].tokens.clone() {
            let denied = matches!(document.before(at, 1), "no" | "not" | "never" | "without");
            if let Some((label, _)) = moods().label_at(document, at).filter(|_| !denied) {
                *weights.entry(label).or_default() += weight;
            }
        }
    }
    let mut ranked: Vec<(&str, u32)> = weights.into_iter().collect();
    ranked.sort_by_key(|(label, weight)| (std::cmp::Reverse(*weight), *label));
    match ranked.as_slice() {
        [(first, most), (second, next), ..]
            if *most >= 3 && next * 10 >= most * 7 && *next >= 3 =>
        {
            format!("{first}, {second}")
        }
        [(first, most), ..] if *most >= 3 => (*first).to_owned(),
        _ => String::new(),
    }
}

/// A label as a record states it.
pub(super) fn plain(label: &str) -> String {
    label.replace('-', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(text: &str) -> Scene {
        let document = Document::new(text);
        Scenes::of(&document).at(&document, &(0..document.sentences.len()))
    }

    fn last_scene(text: &str) -> Scene {
        let document = Document::new(text);
        let last = document.sentences.len() - 1;
        Scenes::of(&document).at(&document, &(last..last + 1))
    }

    #[test]
    fn a_silent_passage_has_the_scene_of_the_text_before_it() {
        let text =
            "At midnight they came into the forest. It was raining. She sat. He ran. They ate.";
        let scene = scene(text);
        assert_eq!((scene.setting, scene.time, scene.weather), ("forest", "night", "rain"));
    }

    #[test]
    fn silence_at_the_start_is_filled_from_what_follows() {
        let text = "She sat still. He spoke. They were in the kitchen, at noon.";
        let document = Document::new(text);
        assert_eq!(Scenes::of(&document).at(&document, &(0..1)).setting, "kitchen");
        assert_eq!(Scenes::of(&document).at(&document, &(0..1)).time, "day");
    }

    #[test]
    fn what_is_left_is_no_longer_the_setting() {
        assert_eq!(
            scene("They sat in the kitchen. They left the kitchen and walked along the street.")
                .setting,
            "city-street"
        );
    }

    #[test]
    fn a_new_scene_begins_with_nothing() {
        let before = "At midnight they came into the forest. It was raining.";
        for after in ["\n\n* * *\n\nShe sat. He ran.", "\n\nTwo days later she sat. He ran."] {
            assert_eq!(last_scene(&format!("{before}{after}")), Scene::default());
        }
        let silence = format!("{before} {}", "She sat. ".repeat(LASTS + 1));
        assert_eq!(last_scene(&silence), Scene::default());
    }

    #[test]
    fn a_place_that_is_only_named_is_not_the_setting() {
        for text in [
            "They spoke of the planets and the waves of the sea.",
            "The door of the garden was fifteen inches high, and she could not get into the garden.",
            "What the flame of a candle is like when it is blown out, she did not know.",
            "The council would meet in the attic.",
        ] {
            assert_eq!((scene(text).setting, scene(text).time), ("", ""), "{text}");
        }
    }

    #[test]
    fn a_place_in_the_mind_is_not_the_setting() {
        let text = "They sat in the kitchen. She remembered her lessons in the schoolroom.";
        assert_eq!(scene(text).setting, "kitchen");
    }

    #[test]
    fn a_capital_makes_a_name_unless_it_says_what_the_place_is() {
        assert_eq!(scene("They walked in the Strand.").setting, "");
        assert_eq!(scene("They stood upon Primrose Hill.").setting, "hill");
    }

    #[test]
    fn comparisons_denials_and_speech_tell_nothing() {
        assert_eq!(
            scene("His face was white as snow. “I love the rain,” she said. There was no fog.")
                .weather,
            ""
        );
        assert_eq!(scene("He worked for her night and day.").time, "");
    }

    #[test]
    fn where_nobody_is_said_to_be_the_place_is_what_the_passage_shows() {
        for (text, place) in [
            ("A table stood in front of the house, and a cat slept on it.", "garden"),
            ("Banks of flowers bordered the lawn, and a hedge hid the wall.", "garden"),
            ("The masts swayed and the deck was white with spray.", "ship"),
            ("Her cottage was small. The sea was grey.", ""),
            ("She wished to be in the palace, and decided on going into the garden.", ""),
        ] {
            let document = Document::new(text);
            let scene = Scenes::of(&document).at(&document, &(0..document.sentences.len()));
            assert_eq!(scene.setting, place, "{text}");
        }
    }

    #[test]
    fn mood_is_what_the_words_say() {
        let text = "She screamed in terror at the hideous thing.";
        let document = Document::new(text);
        assert_eq!(mood(&document, &(0..1)), "terrifying");
    }
}
