use book::element::{Element, ElementType, Gender};
use proptest::prelude::*;
use resvg::tiny_skia::{FillRule, Mask, Transform};

use super::*;
use crate::engraver::drawing::Ink;

fn of(name: &str, description: &str) -> Person {
    let mut element = Element::new(name, ElementType::Character);
    description.clone_into(&mut element.description);
    Person::of(&element)
}

#[test]
fn the_same_words_are_the_same_person() {
    let scrooge = || of("Ebenezer Scrooge", "an old man");
    assert_eq!(scrooge(), scrooge());
}

#[test]
fn one_word_more_changes_nothing_it_does_not_speak_of() {
    let plain = of("Tom Thumb", "a boy");
    let with_stick = of("Tom Thumb", "a boy with a walking-stick");
    assert_eq!(with_stick, Person { carries: Some("walking-stick"), ..plain });
}

#[test]
fn words_decide_before_the_seed() {
    let alice = of("Alice", "a little girl with long fair hair and a blue dress");
    assert_eq!((alice.age, alice.sex, alice.hair), (Age::Child, Sex::Woman, Hair::Long));
    assert_eq!((alice.tone, alice.dress), (Tone::Fair, Dress::Frock));
    assert_eq!((alice.accent_on, alice.accent_word), (AccentOn::Dress, Some("blue")));
    let gandalf = of("The Wizard", "an old man with a long white beard, a grey cloak and a staff");
    assert_eq!((gandalf.age, gandalf.beard, gandalf.hat), (Age::Old, Beard::Long, Hat::Pointed));
    assert_eq!((gandalf.dress, gandalf.carries), (Dress::Robe, Some("staff")));
    assert!(gandalf.cloak);
}

#[test]
fn what_is_denied_is_not_worn() {
    assert!(!of("Jane", "a girl with no cloak").cloak);
    assert!(of("Jane", "a girl with a cloak").cloak);
}

#[test]
fn old_shoes_make_nobody_old() {
    assert_eq!(of("Dorothy", "old leather shoes; pretty silk dress").age, Age::Child);
    assert_eq!(of("The magistrate", "old benevolent man; keen eye").age, Age::Old);
    assert_eq!(of("Old Tobias", "").age, Age::Old);
}

#[test]
fn gender_is_what_the_text_says_first() {
    let mut element = Element::new("Sam", ElementType::Character);
    element.gender = Some(Gender::Female);
    assert_eq!(Person::of(&element).sex, Sex::Woman);
}

#[test]
fn beasts_are_themselves_and_go_dressed_where_the_text_dresses_them() {
    let species = |name: &str, description: &str| of(name, description).species;
    assert_eq!(species("The Cowardly Lion", ""), Species::Motif("lion"));
    assert_eq!(species("Cheshire Cat", "grinning"), Species::Motif("cat"));
    assert_eq!(species("Toto", "a little black dog with long silky hair"), Species::Motif("dog"));
    assert_eq!(species("White Rabbit", "in a waistcoat"), Species::Dressed(Beast::Rabbit));
    assert_eq!(species("The Tin Woodman", ""), Species::Tin);
    assert_eq!(species("The Scarecrow", ""), Species::Straw);
}

#[test]
fn who_goes_dressed_is_not_there_a_second_time_as_a_motif() {
    let rabbit = of("White Rabbit", "in a waistcoat").species;
    assert!(rabbit.is_shown_by("rabbit") && !rabbit.is_shown_by("hen"));
    assert!(of("The Scarecrow", "").species.is_shown_by("scarecrow"));
    assert!(!of("Alice", "").species.is_shown_by("cat"));
}

#[test]
fn every_beast_is_shown_by_motifs_that_exist() {
    for beast in Beast::ALL {
        assert!(beast.motifs().iter().all(|name| motif::get(name).is_some()), "{beast:?}");
    }
}

#[test]
fn people_with_the_name_of_a_beast_are_people() {
    for name in ["Robin", "Mr. Wolf", "Jack Crow", "Mrs. Lamb", "Martin"] {
        assert_eq!(of(name, "").species, Species::Human, "{name}");
    }
}

#[test]
fn every_thing_a_person_may_carry_is_a_motif() {
    for word in [
        "cane", "staff", "sword", "axe", "umbrella", "lantern", "basket", "spear", "gun", "bag",
        "fan",
    ] {
        let carried = of("Max", &format!("a man with a {word}")).carries;
        assert!(carried.and_then(motif::get).is_some(), "{word}");
    }
}

#[test]
fn a_crowd_wears_no_accent() {
    let crowd = draw(&of("Belle", "a lady in a red gown"), Pose::InCrowd, Facing::Right);
    assert!(crowd.shapes.iter().all(|shape| shape.ink != Ink::Accent));
}

#[test]
fn who_carries_a_light_gives_light() {
    let drawing = draw(&of("Max", "a man"), Pose::CarryingLight, Facing::Left);
    assert!(drawing.shapes.iter().any(|shape| shape.ink == Ink::Light));
}

/// What somebody in a pose hides of a square of two and a half metres.
fn silhouette(person: &Person, pose: Pose) -> Vec<bool> {
    const SIDE: u32 = 50;
    let drawing = draw(person, pose, Facing::Right);
    let mut mask = Mask::new(SIDE, SIDE).unwrap();
    let place = Transform::from_row(20.0, 0.0, 0.0, 20.0, SIDE as f32 / 2.0, SIDE as f32);
    for shape in drawing.shapes.iter().filter(|shape| shape.stroke.is_none()) {
        mask.fill_path(&shape.path, FillRule::Winding, false, place);
    }
    mask.data().iter().map(|cover| *cover > 0).collect()
}

#[test]
fn every_pose_is_another_silhouette() {
    // In a crowd people stand as they do elsewhere, only without their colour.
    let poses: Vec<Pose> =
        Pose::ALL.iter().copied().filter(|pose| *pose != Pose::InCrowd).collect();
    for person in [of("Max", "a man in a jacket"), of("Ann", "a woman in a gown")] {
        let cut: Vec<_> = poses.iter().map(|pose| silhouette(&person, *pose)).collect();
        for (i, one) in cut.iter().enumerate() {
            assert!(one.iter().filter(|hidden| **hidden).count() > 60, "{:?} is nobody", poses[i]);
            for (j, other) in cut.iter().enumerate().skip(i + 1) {
                let differs = one.iter().zip(other).filter(|(a, b)| a != b).count();
                assert!(differs >= 20, "{:?} is {:?}: {differs}", poses[i], poses[j]);
            }
        }
    }
}

#[test]
fn passers_by_differ() {
    let crowd: Vec<Person> = (0..8).map(Person::passer_by).collect();
    assert!(crowd.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(crowd.iter().any(|person| person.age == Age::Child));
}

proptest! {
    #[test]
    fn everybody_stands_on_the_ground_in_every_pose(
        name in "[A-Z][a-z]{1,8}",
        description in prop::collection::vec(
            "(old|young|fat|boy|girl|woman|king|monk|knight|pirate|bald|beard|cloak|hood|cap|apron|robe|plaits|giant|wolf in a coat)",
            0..6,
        ),
        pose in prop::sample::select(&Pose::ALL[..]),
    ) {
        let person = of(&name, &description.join(" "));
        let bounds = draw(&person, pose, Facing::Right).bounds();
        prop_assert!(bounds.bottom().abs() < 1e-3);
        prop_assert!((bounds.left() + bounds.right()).abs() < 1e-3);
        prop_assert!(bounds.width() < 2.2 * person.height_m.max(1.8));
        prop_assert!(bounds.height() < 1.6 * person.height_m + 2.2);
        prop_assert!(bounds.height() > 0.1 * person.height_m);
    }

    #[test]
    fn any_description_is_somebody(name in "\\PC{0,30}", description in "\\PC{0,120}") {
        let person = of(&name, &description);
        prop_assert_eq!(&person, &of(&name, &description));
        draw(&person, Pose::Standing, Facing::Left);
    }
}
