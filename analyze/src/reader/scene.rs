//! Where and when a passage happens, under which sky and in which mood: read from its own words first,
//! carried forward within a scene where it is silent. Empty is better than wrong.

use std::ops::Range;

use super::kinds::is_place_word;
use super::lexicon::{
    Lexicon, daytime, light, names, settings, singular, weather, whereabouts as list, words,
};
use super::names::is_title;
use super::shown::shown_place;
use super::text::{Document, Kind, Sentence};
use super::whereabouts::{Whereabouts, whereabouts};

/// What is known at one sentence. Empty where nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scene {
    pub setting: &'static str,
    pub time: &'static str,
    pub weather: &'static str,
    pub light: &'static str,
    /// So many sentences ago the setting was told.
    pub age: usize,
}

/// The scene at the end of every sentence of a chapter.
pub(super) struct Scenes(Vec<Scene>);

/// What is told is carried forward for so many sentences of the same scene, light for fewer.
const LASTS: usize = 30;
const WEATHER_LASTS: usize = 12;
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

    /// The scene of a run of sentences: what holds at its end. A place that its own words show counts for
    /// more than one that was told long before.
    pub fn at(&self, document: &Document<'_>, sentences: &Range<usize>) -> Scene {
        let last = sentences.end.saturating_sub(1);
        let mut scene = self.0.get(last).cloned().unwrap_or_default();
        if scene.setting.is_empty() || scene.age >= sentences.len() {
            let shown = shown_place(document, sentences, scene.setting);
            if !shown.is_empty() {
                scene.setting = shown;
            }
        }
        if scene.light.is_empty() {
            scene.light = light_of_day(scene.time);
        }
        scene
    }
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
        self.weather.grow_older(WEATHER_LASTS);
        self.light.grow_older(LIGHT_LASTS);
        // `the setting sun` is dusk, and its `sun` is not day again: each list goes on after its phrase.
        let mut free = [0; 4];
        for at in sentence.tokens.clone() {
            let token = &document.tokens[at];
            if token.spoken || token.kind != Kind::Word || is_figurative(document, at) {
                continue;
            }
            if goes_elsewhere(document, at) {
                self.setting = Told::default();
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
            Some(Whereabouts::There) => {
                // Who is at the window of the kitchen is in the kitchen still.
                let inside = list().is(self.setting.label, "indoors");
                let enters =
                    (1..=5).any(|back| matches!(document.before(at, back), "into" | "entered"));
                let same = list().is(label, "anywhere") && inside && !enters;
                let label = if same { self.setting.label } else { label };
                self.setting = Told::now(label);
            }
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
            age: if self.setting.label.is_empty() { 0 } else { self.setting.age },
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

/// `set out`, `went home`, `came in.`, `travelled to Ravenhold`: wherever that is, it is not where they were.
fn goes_elsewhere(document: &Document<'_>, at: usize) -> bool {
    if !list().is(document.word(at), "going") {
        return false;
    }
    let thought = (1..=4).any(|back| list().is(document.before(at, back), "mind"));
    let next = document.after(at, 1);
    let ends = document.tokens.get(at + 2).is_some_and(|token| token.kind != Kind::Word);
    let away = list().is(next, "away")
        || list().is(document.word(at), "setting-out") && list().is(next, "out")
        || matches!(next, "in" | "out" | "inside" | "outside" | "indoors") && ends;
    let named = matches!(next, "to" | "into" | "through" | "towards")
        && document.tokens.get(at + 2).is_some_and(|next| next.capital)
        && !words().has(document.after(at, 2));
    !thought && (away || named)
}

/// `the night before`, `would rain`, `fear of night`, `if the moon`: not now.
fn is_other_time(document: &Document<'_>, at: usize, length: usize) -> bool {
    let thought = (1..=8).any(|back| list().is(document.before(at, back), "other-time"));
    let after = document.after(at + length - 1, 1);
    // `by the light of the moon` it is night now.
    let of = document.before(at, 1) == "of"
        && !matches!(document.before(at, 2), "light" | "rays" | "beams" | "glow" | "gleam");
    thought || of || matches!(after, "before" | "ago")
}

pub(super) fn cue(
    list: &'static Lexicon,
    document: &Document<'_>,
    at: usize,
) -> Option<(&'static str, usize)> {
    let found = list.label_at(document, at)?;
    (!is_surname(document, at, found.1)).then_some(found)
}

/// A capital inside a sentence makes a name: `the Strand`, `Mr. Moon`. Where it names a place by what
/// it is, it tells all the same: `the Throne Room`, `Maybury Hill`.
fn is_surname(document: &Document<'_>, at: usize, length: usize) -> bool {
    let token = document.tokens[at];
    let before = document.before(at, 1);
    let owner = before == "."
        || names().is(before, "given-male")
        || names().is(before, "given-female")
        || is_title(before);
    token.capital && !token.initial && (owner || !is_place_word(document.word(at + length - 1)))
}

/// `like a storm`, `as white as snow`, `no moon`, `a sea of faces`: not what is there.
pub(super) fn is_figurative(document: &Document<'_>, at: usize) -> bool {
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
}
