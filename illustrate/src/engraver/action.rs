//! What people do: from the words of the text to poses, each for the person it is said of.
//!
//! A text is taken sentence by sentence. What stands after somebody's name, up to the next name, is theirs;
//! so is a sentence without any name that goes on with a pronoun. Only what is said of nobody else may be
//! said of the first of them.

use book::concept::Concept;

use super::cast::{Player, shown};
use super::figure::Pose;
use super::reading::{Place, Reading};

/// Beginnings of words that show a pose, `|` between them; the earliest in the text wins, ties by
/// order.
const POSES: &[(Pose, &str)] = &[
    (Pose::Riding, "rides |riding|rode |on horseback|gallop|mounted"),
    (
        Pose::Weeping,
        "weep|wept|cries bitterly|sobbing|sobbed|sobs|in tears|head in his hands|\
         head in her hands",
    ),
    (
        Pose::Kneeling,
        "kneel|knelt|bent down upon|bent his knee|bent her knee|prays|praying|on her knees|on his knees|on its knees|on their knees|\
         upon his knee|upon her knee|upon their knee|on one knee|at the feet of",
    ),
    (
        Pose::Lying,
        "lies |lying|lay |laid down|lain|asleep|sleeps|sleeping|slept|in bed|unconscious|fainted|\
         senseless|stretched out|dead body",
    ),
    (
        Pose::Fighting,
        "fights|fought|fighting|struggl|struck at|strikes at|attack|wrestl|duel|sword drawn|\
         draws his sword|drew his sword",
    ),
    (
        Pose::Running,
        "run |runs|running|ran |flees|fled|fleeing|rushes|rushed|chase|chasing|hurries |\
         hurrying|hurried a|hurried o|hurried d|hurried t|hurried u|hurried b|dashes|dashed|escap|\
         pursu|bounded|darted",
    ),
    (Pose::Dancing, "dances|danced|dancing|twirl|skips|skipped|leaps|leapt|leaped"),
    (
        Pose::Crouching,
        "crouch|hides|hiding|hid |creeps|crept|stoop|crawl|peers|peered|searching|bent down|\
         bending down",
    ),
    (Pose::Bowing, "bows|bowed|bowing|curts"),
    (Pose::Reading, "reads |reading|with a book|with a letter|studies the"),
    (
        Pose::Pointing,
        "points |points|pointed to|pointed at|pointed out|pointed with|pointing|gestur|shows the|\
         indicat|beckon",
    ),
    (
        Pose::ArmsRaised,
        "arms raised|raises his arms|raises her arms|raised his arms|raised her arms|throws up|\
         threw up|in terror|with terror|in horror|with horror|screams|screamed|shriek|cheers|\
         cheered|shouts|shouting|shouted|triumph|waving his|waving her|waves his|waves her|\
         waved his|waved her",
    ),
    (
        Pose::Sitting,
        "sits|sat |sitting|seated|at the table|in a chair|in his chair|in her chair|armchair|\
         on the throne|on his throne|on her throne|in the big throne",
    ),
    (Pose::Standing, "stands |stood |standing|is standing|leans|leaned on|leant"),
    (
        Pose::Walking,
        "walk|wander|stroll|marche|marching|approach|climb|follow|travelled|travels|steps |stepped|\
         goes |went |enters|entered|journey|trudg|sets out|set out|crosses|crossed|descend|passes|\
         passed|arriv|leads|led |leading|leaves|left |returns|returned|makes his way|makes her way|\
         came |comes |coming",
    ),
    (
        Pose::Talking,
        "says|said|tells|told|speaks|speaking|spoke|explains|expound|asks|asked|talks|talking|talked|\
         argues|replies|replied|answer|converse",
    ),
    (
        Pose::Listening,
        "listen|thinks|thinking|thought|ponder|wonder|watches|watched|watching|waits|waited|gazes|\
         gazed|gazing|looks|looked|looking|beheld|chin upon|chin in",
    ),
];

/// A light that is carried and the verbs by which it is.
const LIGHTS: [&str; 7] = ["lantern", "lamp", "candle", "torch", "match", "taper", "candlestick"];
const CARRIES: [&str; 14] = [
    "carr",
    "hold",
    "held",
    "caught up",
    "took",
    "takes",
    "lift",
    "rais",
    "with ",
    "lit ",
    "lights ",
    "lighted",
    "struck",
    "striking",
];

/// Gives everybody the pose that the text gives them.
pub fn give_poses(people: &mut [Player], concept: &Concept, reading: &Reading) {
    let text = format!("{} . {} ", shown(&concept.description), shown(&concept.quote));
    let names: Vec<Vec<String>> = people.iter().map(|player| handles(&player.name)).collect();
    let spans = spans(&text, &names);
    let alone = people.len() == 1;
    let indoors = reading.place.is_some_and(Place::indoors);
    let mut taken_speech = false;
    for (i, player) in people.iter_mut().enumerate() {
        // What is said of nobody by name is said of the first.
        let own = pose_in_any(&spans.of[i]);
        let pose = own.or_else(|| if i == 0 { pose_in_any(&spans.nobody) } else { None });
        let silent =
            if reading.talk && !alone && taken_speech { Pose::Listening } else { Pose::Standing };
        player.pose = match pose {
            Some(Pose::Talking) if alone => Pose::Standing,
            Some(Pose::Talking) if taken_speech => Pose::Listening,
            Some(Pose::Sitting) if !indoors || is_on_the_floor(&spans.of[i]) => {
                Pose::SittingOnGround
            }
            Some(pose) => pose,
            None if reading.talk && !alone && !taken_speech => Pose::Talking,
            None => silent,
        };
        taken_speech |= player.pose == Pose::Talking;
    }
}

/// Whether one of the people is said to have a thing in their hands, and who.
pub fn holder_of(thing: &str, people: &[Player], concept: &Concept) -> Option<usize> {
    const HOLDS: [&str; 13] = [
        "hold", "held", "carr", "took", "takes", "with a", "with the", "with his", "with her",
        "put", "gave", "clutch", "bearing",
    ];
    let text = format!("{} . {} ", shown(&concept.description), shown(&concept.quote));
    let names: Vec<Vec<String>> = people.iter().map(|player| handles(&player.name)).collect();
    let spans = spans(&text, &names);
    let has = |span: &String| {
        span.find(thing).is_some_and(|at| HOLDS.iter().any(|verb| span[..at].contains(verb)))
    };
    (0..people.len()).find(|&i| {
        spans.of[i].iter().any(has) || (i == 0 && people.len() == 1 && spans.nobody.iter().any(has))
    })
}

fn is_on_the_floor(spans: &[String]) -> bool {
    const FLOOR: [&str; 6] = [
        "on the floor",
        "on the ground",
        "on some straw",
        "on the grass",
        "on a rug",
        "on the rug",
    ];
    spans.iter().any(|span| FLOOR.iter().any(|floor| span.contains(floor)))
}

/// The words somebody may be called by: the whole name, and its parts that are long enough. Capitals
/// count: a Time Traveller is not named by every time.
fn handles(name: &str) -> Vec<String> {
    let parts = name.split_whitespace().filter(|part| {
        part.len() > 2
            && !matches!(
                part.to_lowercase().as_str(),
                "lady"
                    | "lord"
                    | "miss"
                    | "captain"
                    | "king"
                    | "queen"
                    | "the"
                    | "mrs."
                    | "mr."
                    | "mrs"
                    | "old"
                    | "young"
                    | "little"
                    | "aunt"
                    | "uncle"
                    | "white"
                    | "red"
            )
    });
    let mut all: Vec<String> =
        std::iter::once(name.to_owned()).chain(parts.map(str::to_owned)).collect();
    all.dedup();
    all
}

/// What is said of each, and what of nobody by name.
struct Spans {
    of: Vec<Vec<String>>,
    nobody: Vec<String>,
}

/// Divides a text among those who are named in it; what is theirs is in lower case.
fn spans(text: &str, names: &[Vec<String>]) -> Spans {
    let mut spans = Spans { of: vec![Vec::new(); names.len()], nobody: Vec::new() };
    let mut subject: Option<usize> = None;
    for sentence in text.split_inclusive(['.', '!', '?', ';', ':']) {
        let mentions = mentions(sentence, names);
        let lower = sentence.to_lowercase();
        let Some(&(first, _, who)) = mentions.first() else {
            let opening = lower.trim_start().split(' ').next().unwrap_or_default();
            let goes_on = matches!(opening, "he" | "she" | "it" | "they" | "and" | "then" | "but");
            match subject.filter(|_| goes_on) {
                Some(who) => spans.of[who].push(lower),
                None => spans.nobody.push(lower),
            }
            continue;
        };
        subject = Some(who);
        // "In came Mrs. Fezziwig": the verb stands before the name.
        let before: Vec<&str> = sentence[..first].split_whitespace().collect();
        let verb = before.iter().rev().take(2).find(|word| is_inverted(word));
        spans.of[who].extend(verb.map(|verb| format!("{verb} ")));
        let mut shared: Vec<usize> = Vec::new();
        for (nth, &(_, end, who)) in mentions.iter().enumerate() {
            let to = mentions.get(nth + 1).map_or(sentence.len(), |&(start, _, _)| start);
            let said = up_to_another_subject(&sentence[end..to]);
            shared.push(who);
            // "Mara and old Pip enter": the verb of both stands after the last name.
            if nth + 1 < mentions.len() && is_conjunction(said) {
                continue;
            }
            for who in shared.drain(..) {
                spans.of[who].push(said.to_lowercase());
            }
        }
    }
    spans
}

/// Words up to a clause that begins with somebody or something else: ", and a broken tree lay there".
fn up_to_another_subject(said: &str) -> &str {
    let starts = |at: usize| {
        let mut words = said[at..].split(|letter: char| !letter.is_alphanumeric());
        let mut words = words.by_ref().filter(|word| !word.is_empty());
        let first = words.next().unwrap_or_default();
        let joins = matches!(first, "and" | "but" | "while" | "as" | "for" | "where" | "when");
        let noun = if joins { words.next().unwrap_or_default() } else { first };
        matches!(
            noun,
            "a" | "an" | "the" | "every" | "there" | "here" | "its" | "their" | "some" | "all"
        )
    };
    let cut = said.match_indices([',', '—']).map(|(at, _)| at).find(|&at| starts(at));
    cut.map_or(said, |at| &said[..at])
}

/// Start, end and bearer of every name in a sentence, in its order; the longest where several begin.
fn mentions(sentence: &str, names: &[Vec<String>]) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    for (who, handles) in names.iter().enumerate() {
        for handle in handles.iter().filter(|handle| !handle.is_empty()) {
            for (at, _) in sentence.match_indices(handle.as_str()) {
                let end = at + handle.len();
                let whole = !sentence[..at].ends_with(char::is_alphanumeric)
                    && !sentence[end..].starts_with(char::is_alphanumeric);
                if whole {
                    found.push((at, end, who));
                }
            }
        }
    }
    found.sort_by_key(|&(at, end, who)| (at, std::cmp::Reverse(end), who));
    let mut last = 0;
    found.retain(|&(at, end, _)| {
        let free = at >= last;
        if free {
            last = end;
        }
        free
    });
    found
}

fn is_inverted(word: &str) -> bool {
    matches!(word, "came" | "stood" | "sat" | "lay" | "ran" | "said" | "cried" | "went" | "walked")
}

/// Whether nothing but "and" and what belongs to a name stands between two names.
fn is_conjunction(between: &str) -> bool {
    let mut words =
        between.split(|letter: char| !letter.is_alphanumeric()).filter(|w| !w.is_empty());
    between.contains([',', '&']) && between.trim().len() == 1
        || words.clone().any(|word| matches!(word, "and" | "with" | "or"))
            && words.all(|word| {
                matches!(
                    word,
                    "and" | "with" | "or" | "the" | "old" | "little" | "his" | "her" | "mr" | "mrs"
                )
            })
}

fn pose_in_any(spans: &[String]) -> Option<Pose> {
    let found = || spans.iter().filter_map(|span| pose_in(span));
    found().find(|pose| !is_weak(*pose)).or_else(|| found().next())
}

/// A posture that is said at all outweighs speech and going.
fn is_weak(pose: Pose) -> bool {
    matches!(pose, Pose::Talking | Pose::Listening | Pose::Walking | Pose::Standing)
}

/// The pose whose word comes first in a text; words are found at the beginning of words only.
fn pose_in(text: &str) -> Option<Pose> {
    let denied = |at: usize| {
        text[..at].split_whitespace().next_back().is_some_and(|word| {
            matches!(word, "not" | "never" | "no" | "without" | "cannot") || word.ends_with("n't")
        })
    };
    let at = |word: &str| {
        text.match_indices(word)
            .map(|(at, _)| at)
            .find(|&at| !text[..at].ends_with(char::is_alphanumeric) && !denied(at))
    };
    if carries_light(text) {
        return Some(Pose::CarryingLight);
    }
    let first =
        |(pose, words): &(Pose, &str)| Some((words.split('|').filter_map(at).min()?, *pose));
    let mut found: Vec<(usize, Pose)> = POSES.iter().filter_map(first).collect();
    found.sort_by_key(|(at, _)| *at);
    let strong = found.iter().find(|(_, pose)| !is_weak(*pose));
    strong.or(found.first()).map(|(_, pose)| *pose)
}

/// A light, and before it in the same clause a verb by which it is in somebody's hand.
fn carries_light(text: &str) -> bool {
    text.split([',', ';', '.']).any(|clause| {
        let light = LIGHTS.iter().filter_map(|light| clause.find(light)).min();
        light.is_some_and(|at| CARRIES.iter().any(|verb| clause[..at].contains(verb)))
    })
}

#[cfg(test)]
mod tests {
    use book::element::{Element, ElementType};

    use super::super::cast::Cast;
    use super::*;

    /// The poses of Mara and Tobias in a text.
    fn poses(description: &str) -> Vec<Pose> {
        let elements = ["Mara", "Tobias"].map(|name| Element::new(name, ElementType::Character));
        let concept = Concept {
            index: 1,
            description: description.to_owned(),
            elements: elements.iter().map(|element| element.name.clone()).collect(),
            ..Concept::default()
        };
        let cast = Cast::of(&concept, &elements, &Reading::of(&concept));
        cast.people.iter().map(|player| player.pose).collect()
    }

    #[test]
    fn poses_come_from_verbs() {
        assert_eq!(pose_in("she ran along the wall "), Some(Pose::Running));
        assert_eq!(pose_in("he says that he sat down "), Some(Pose::Sitting));
        assert_eq!(pose_in("a branch "), None, "`ran` is not at the beginning of a word");
        assert_eq!(pose_in("he did not run "), None, "denied");
    }

    #[test]
    fn every_pose_of_a_story_is_told_by_its_words() {
        for (text, pose) in [
            ("Mara stands at the gate.", Pose::Standing),
            ("Mara walks over the hill.", Pose::Walking),
            ("Mara ran down the hill.", Pose::Running),
            ("Mara sat in the kitchen in a chair.", Pose::Sitting),
            ("Mara sat in the meadow.", Pose::SittingOnGround),
            ("Mara fell upon her knees.", Pose::Kneeling),
            ("Mara lay asleep.", Pose::Lying),
            ("Mara rode through the wood.", Pose::Riding),
            ("Mara pointed to the tower.", Pose::Pointing),
            ("Mara held up a lantern.", Pose::CarryingLight),
            ("Mara struck a match.", Pose::CarryingLight),
        ] {
            assert_eq!(poses(text)[0], pose, "{text}");
        }
        assert_eq!(poses("Mara told Tobias of it."), [Pose::Talking, Pose::Listening]);
    }

    #[test]
    fn each_has_the_words_after_the_name() {
        assert_eq!(
            poses("Mara kneels while Tobias ran away. It rains."),
            [Pose::Kneeling, Pose::Running]
        );
        assert_eq!(poses("Mara and Tobias ran away."), [Pose::Running, Pose::Running]);
        assert_eq!(poses("When it came near, Tobias bent down upon his knee.")[1], Pose::Kneeling);
    }

    #[test]
    fn what_another_does_is_not_done_by_the_first() {
        assert_eq!(poses("Mara had tea. Tobias was sitting on the floor.")[0], Pose::Standing);
        assert_eq!(poses("In ran Tobias.")[1], Pose::Running);
    }

    #[test]
    fn what_a_thing_does_is_not_done_by_those_before_it() {
        let poses =
            poses("Pines rose before Tobias, and here and there a broken tree lay on the ground.");
        assert_eq!(poses[1], Pose::Standing);
    }

    #[test]
    fn a_pronoun_goes_on_with_the_one_before() {
        assert_eq!(poses("Tobias rose. He threw himself down, weeping.")[1], Pose::Weeping);
    }

    #[test]
    fn what_is_said_or_compared_is_not_done() {
        assert_eq!(poses("“Run!” cried Mara."), poses("Mara cried."));
        assert_eq!(poses("Mara stood like one asleep.")[0], Pose::Standing);
    }
}
