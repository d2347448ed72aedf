//! Where and when a passage happens, under which sky and in which mood: read from its own words first,
//! carried forward from the text before it where it is silent, or taken from the text soon after.

use std::collections::BTreeMap;
use std::ops::Range;

use super::kinds::is_place_word;
use super::lexicon::{Lexicon, daytime, light, moods, names, settings, singular, weather};
use super::names::is_title;
use super::text::{Document, Kind, Sentence};

/// What is known at one sentence. Empty where nothing is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Scene {
    pub setting: &'static str,
    /// How surely that is the setting, fading with every sentence.
    weight: f64,
    pub time: &'static str,
    pub weather: &'static str,
    pub light: &'static str,
}

/// The scene at the end of every sentence of a chapter.
pub(super) struct Scenes(Vec<Scene>);

/// How much of a setting's weight is left after each sentence.
const FADING: f64 = 0.9;
/// Less weight than this is no setting.
const LEAST_WEIGHT: f64 = 1.4;
/// Weather is carried forward for so many sentences, light for fewer.
const WEATHER_LASTS: usize = 30;
const LIGHT_LASTS: usize = 4;
/// Silence at the start of a chapter is filled from so many sentences ahead.
const LOOK_AHEAD: usize = 20;

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

    /// The scene of a run of sentences: what holds at its end; the setting that its own words name
    /// before the one that was carried there.
    pub fn at(&self, document: &Document<'_>, sentences: &Range<usize>) -> Scene {
        let last = sentences.end.saturating_sub(1);
        let mut scene = self.0.get(last).cloned().unwrap_or_default();
        let before = sentences.start.checked_sub(1).and_then(|i| self.0.get(i));
        if let Some(setting) = own_setting(document, sentences, before) {
            scene.setting = setting;
        }
        if scene.light.is_empty() {
            scene.light = light_of_day(scene.time);
        }
        scene
    }
}

/// The setting that a passage's own words name most surely, where they outweigh the carried one.
fn own_setting(
    document: &Document<'_>,
    sentences: &Range<usize>,
    before: Option<&Scene>,
) -> Option<&'static str> {
    let mut own = State::default();
    for sentence in document.sentences.get(sentences.clone())? {
        own.settings.values_mut().for_each(|weight| *weight *= FADING);
        own.read_settings(document, sentence);
    }
    let mut weights = own.settings;
    if let Some(before) = before.filter(|scene| !scene.setting.is_empty()) {
        *weights.entry(before.setting).or_default() += (before.weight * 0.7).clamp(0.6, 1.8);
    }
    let (label, _) = weights.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(label)
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

#[derive(Default)]
struct State {
    settings: BTreeMap<&'static str, f64>,
    time: &'static str,
    /// The time was told by a sure word.
    time_sure: bool,
    weather: &'static str,
    weather_age: usize,
    light: &'static str,
    light_age: usize,
}

impl State {
    fn read(&mut self, document: &Document<'_>, sentence: &Sentence) {
        self.settings.values_mut().for_each(|weight| *weight *= FADING);
        self.weather_age += 1;
        self.light_age += 1;
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
        if self.weather_age > WEATHER_LASTS {
            self.weather = "";
        }
        if self.light_age > LIGHT_LASTS {
            self.light = "";
        }
    }

    fn read_settings(&mut self, document: &Document<'_>, sentence: &Sentence) {
        let mut at = sentence.tokens.start;
        while at < sentence.tokens.end {
            let token = &document.tokens[at];
            let plain = !token.spoken && token.kind == Kind::Word && !is_figurative(document, at);
            at += if plain { self.setting_cue(document, at).max(1) } else { 1 };
        }
    }

    fn setting_cue(&mut self, document: &Document<'_>, at: usize) -> usize {
        let Some((label, length)) = cue(settings(), document, at) else { return 0 };
        let mut weight = setting_weight(document, at);
        if weight > 0.0 && is_remembered(document, at) {
            weight *= 0.3;
        }
        if label == "room" && is_furniture(document.word(at)) {
            weight *= 0.5;
        }
        if weight < 0.0 {
            // `left the house`, `out of the wood`
            self.settings.remove(label);
        } else {
            let total = self.settings.entry(label).or_default();
            *total = (*total + weight).min(6.0);
            if weight >= 2.0 {
                // Being in one place means no longer being in another.
                for (other, total) in &mut self.settings {
                    if *other != label {
                        *total *= 0.6;
                    }
                }
            }
        }
        length
    }

    fn time_cue(&mut self, document: &Document<'_>, at: usize) -> usize {
        let Some((label, length)) = cue(daytime(), document, at) else { return 0 };
        if is_habit(document, at) {
            return length;
        }
        match label.strip_prefix("half-") {
            None => {
                self.time = label;
                self.time_sure = true;
            }
            Some(half) if !self.time_sure || self.time.is_empty() => self.time = half,
            Some(_) => {}
        }
        length
    }

    fn weather_cue(&mut self, document: &Document<'_>, at: usize) -> usize {
        let Some((label, length)) = cue(weather(), document, at) else { return 0 };
        let of = document.after(at + length - 1, 1) == "of" && label != "clear";
        let verb = document.word(at) == "wind" && document.before(at, 1) == "to";
        if !of && !verb && !is_habit(document, at) {
            // A storm is not over because the wind is named.
            let milder = self.weather == "storm" && label == "wind" && self.weather_age < 10;
            if !milder {
                self.weather = label;
            }
            self.weather_age = 0;
        }
        length
    }

    fn light_cue(&mut self, document: &Document<'_>, at: usize) -> usize {
        let Some((label, length)) = cue(light(), document, at) else { return 0 };
        self.light = label;
        self.light_age = 0;
        length
    }

    fn scene(&self) -> Scene {
        let strongest = self
            .settings
            .iter()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map_or(("", 0.0), |(label, weight)| (*label, *weight));
        // A setting once found is kept until another one is: fading alone does not end it.
        let faded = strongest.1 < LEAST_WEIGHT * 0.02;
        Scene {
            setting: if faded { "" } else { strongest.0 },
            weight: strongest.1,
            time: self.time,
            weather: self.weather,
            light: self.light,
        }
    }
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

/// `she had learnt in the schoolroom`, `he thought of the sea`: a place in the mind.
fn is_remembered(document: &Document<'_>, at: usize) -> bool {
    let minds = |word: &str| {
        matches!(
            word,
            "remembered"
                | "remember"
                | "learnt"
                | "learned"
                | "imagined"
                | "imagine"
                | "dreamed"
                | "dreamt"
                | "thought"
                | "wished"
                | "told"
                | "read"
                | "fancied"
                | "story"
                | "would"
                | "memory"
                | "heard"
                | "lessons"
        )
    };
    (1..=12).map(|back| document.before(at, back)).take_while(|word| !word.is_empty()).any(minds)
}

/// What many places have: it says less of where one is.
fn is_furniture(word: &str) -> bool {
    matches!(
        singular(word).unwrap_or(word),
        "window"
            | "door"
            | "table"
            | "chair"
            | "floor"
            | "carpet"
            | "sill"
            | "curtain"
            | "blind"
            | "ceiling"
    )
}

/// How surely the noun at `at` is where the scene is; negative when it is being left.
fn setting_weight(document: &Document<'_>, at: usize) -> f64 {
    for back in 1..=4 {
        match document.before(at, back) {
            "in" | "into" | "inside" | "within" | "through" | "across" | "on" | "upon"
            | "along" | "entered" | "amid" | "amidst" | "among" | "amongst" | "reached"
            | "under" | "throughout" | "aboard" | "down" | "up" | "over" | "beneath" => {
                return if document.before(at, back + 1) == "looked" { 0.8 } else { 2.5 };
            }
            "at" | "by" | "beside" | "near" | "around" | "round" | "behind" | "before"
            | "against" => {
                return 1.5;
            }
            "front" => return 2.0,
            "from" | "left" | "leaving" | "quitted" => return -1.0,
            "of" if document.before(at, back + 1) == "out" => return -1.0,
            "of" if document.before(at, back + 1) == "front" => return 2.0,
            "was" | "were" => return 1.2,
            "to" | "toward" | "towards" | "for" => return 0.6,
            "of" => return 0.5,
            "." | ";" | "," | "" => break,
            _ => {}
        }
    }
    0.5
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
    fn mood_is_what_the_words_say() {
        let text = "She screamed in terror at the hideous thing.";
        let document = Document::new(text);
        assert_eq!(mood(&document, &(0..1)), "terrifying");
    }
}
