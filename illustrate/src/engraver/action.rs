//! What people do: from the verbs after their names to poses.

use book::concept::Concept;

use super::cast::Player;
use super::figure::Pose;
use super::reading::Reading;

/// Beginnings of words that show a pose, `|` between them; the earliest in the text wins, ties by
/// order.
const POSES: &[(Pose, &str)] = &[
    (Pose::Riding, "rides |riding|rode |on horseback|gallop|mounted"),
    (
        Pose::Weeping,
        "weep|wept|cries bitterly|sobbing|sobs|in tears|head in his hands|\
         head in her hands",
    ),
    (Pose::Kneeling, "kneel|knelt|prays|praying|on her knees|on his knees"),
    (Pose::Lying, "lies |lying|lay |asleep|sleeps|sleeping|in bed|unconscious|fainted|dead body"),
    (Pose::Fighting, "fight|fought|struggl|strikes|struck|attack|wrestl|duel|sword drawn"),
    (
        Pose::Running,
        "run |runs|running|ran |flees|fled|fleeing|rushes|rushed|chase|chasing|hurr|\
         dashes|dashed|escap|pursu",
    ),
    (Pose::Dancing, "danc|twirl|skips|leaps|leapt"),
    (Pose::Crouching, "crouch|hides|hiding|creeps|crept|stoop|crawl|peers|searching"),
    (Pose::Bowing, "bows|bowed|bowing|curts"),
    (
        Pose::CarryingLight,
        "lantern|with a candle|holding a candle|torch|with a lamp|holding a lamp",
    ),
    (Pose::Reading, "reads |reading|with a book|with a letter|the letter|studies the"),
    (Pose::Pointing, "point|gestur|shows the|indicat"),
    (
        Pose::ArmsRaised,
        "arms raised|raises his arms|raises her arms|throws up|terror|horror|screams|\
         shriek|cheers|shouts|shouting|triumph|waving|waves his|waves her",
    ),
    (Pose::Sitting, "sits|sat |sitting|seated|at the table|in a chair|armchair|throne"),
    (Pose::Standing, "stands |stood |standing|is standing|leans"),
    (
        Pose::Walking,
        "walk|wander|stroll|march|approach|climb|follow|travel|steps |stepped|goes |\
         enters|entered|journey|trudg|sets out|crosses|descend|passes|arriv|leads|\
         leading|leaves|returns|makes his way|makes her way",
    ),
    (
        Pose::Talking,
        "says|said|tells|told|speaks|speaking|explains|asks|talks|talking|argues|replies|\
         converse",
    ),
    (
        Pose::Listening,
        "listens|listening|thinks|thinking|ponders|wonders|watches|watching|waits|gazes|\
         looks",
    ),
];

/// Gives everybody the pose that the text gives them.
pub fn give_poses(people: &mut [Player], concept: &Concept, reading: &Reading) {
    let text = format!("{} . {} ", concept.description, concept.quote).to_lowercase();
    let story = concept.description.to_lowercase();
    let names: Vec<Vec<String>> = people.iter().map(|player| handles(&player.name)).collect();
    let alone = people.len() == 1;
    let mut taken_speech = false;
    for (i, player) in people.iter_mut().enumerate() {
        let own = span_of(&text, &names, i).and_then(pose_in);
        // What the description says without a name is said of the first.
        let pose = own.or_else(|| if alone || i == 0 { pose_in(&story) } else { None });
        let indoors = reading.place.is_some_and(super::reading::Place::indoors);
        let silent =
            if reading.talk && !alone && taken_speech { Pose::Listening } else { Pose::Standing };
        player.pose = match pose {
            Some(Pose::Talking) if alone => Pose::Standing,
            Some(Pose::Talking) if taken_speech => Pose::Listening,
            Some(Pose::Sitting) if !indoors => Pose::SittingOnGround,
            Some(pose) => pose,
            None if reading.talk && !alone && !taken_speech => Pose::Talking,
            None => silent,
        };
        taken_speech |= player.pose == Pose::Talking;
    }
}

/// The words somebody may be called by: the whole name, and its parts that are long enough.
fn handles(name: &str) -> Vec<String> {
    let name = name.to_lowercase();
    let parts = name.split_whitespace().filter(|part| {
        part.len() > 3 && !matches!(*part, "lady" | "lord" | "miss" | "captain" | "king" | "queen")
    });
    let mut all: Vec<String> =
        std::iter::once(name.clone()).chain(parts.map(str::to_owned)).collect();
    all.dedup();
    all
}

/// What stands after somebody's name, up to the next person's name or the end of the sentence.
fn span_of<'t>(text: &'t str, names: &[Vec<String>], who: usize) -> Option<&'t str> {
    let start = names[who]
        .iter()
        .filter_map(|name| text.find(name.as_str()).map(|at| at + name.len()))
        .min()?;
    let rest = &text[start..];
    let others = names.iter().enumerate().filter(|(i, _)| *i != who).flat_map(|(_, names)| names);
    let next = others.filter_map(|name| rest.find(name.as_str())).min();
    let sentence = rest.find(['.', '!', '?', ';']);
    let end = next.into_iter().chain(sentence).min().unwrap_or(rest.len());
    // "Mara and Pip enter": the verb of both stands after the last name.
    let end = if rest[..end].trim() == "and" || rest[..end].trim() == "," {
        sentence.unwrap_or(rest.len())
    } else {
        end
    };
    Some(&rest[..end])
}

/// The pose whose word comes first in a text; words are found at the beginning of words only.
fn pose_in(text: &str) -> Option<Pose> {
    let at = |word: &str| {
        text.match_indices(word)
            .map(|(at, _)| at)
            .find(|&at| !text[..at].ends_with(char::is_alphanumeric))
    };
    let first =
        |(pose, words): &(Pose, &str)| Some((words.split('|').filter_map(at).min()?, *pose));
    let mut found: Vec<(usize, Pose)> = POSES.iter().filter_map(first).collect();
    found.sort_by_key(|(at, _)| *at);
    // A posture that is said at all outweighs speech and going.
    let weak = |pose: Pose| {
        matches!(pose, Pose::Talking | Pose::Listening | Pose::Walking | Pose::Standing)
    };
    let strong = found.iter().find(|(_, pose)| !weak(*pose));
    strong.or(found.first()).map(|(_, pose)| *pose)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poses_come_from_verbs() {
        assert_eq!(pose_in("she ran along the wall "), Some(Pose::Running));
        assert_eq!(pose_in("he says that he sat down "), Some(Pose::Sitting));
        assert_eq!(pose_in("a branch "), None, "`ran` is not at the beginning of a word");
    }

    #[test]
    fn each_has_the_words_after_the_name() {
        let names = vec![vec!["mara".to_owned()], vec!["tobias".to_owned()]];
        let text = "mara kneels while tobias reads a letter. it rains";
        assert_eq!(span_of(text, &names, 0), Some(" kneels while "));
        assert_eq!(span_of(text, &names, 1), Some(" reads a letter"));
    }
}
