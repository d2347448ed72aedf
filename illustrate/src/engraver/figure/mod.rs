//! Figures: people built from a skeleton and dressed, cut in the manner of paper silhouettes.
//!
//! [`Person::of`] decides who somebody is to the eye, [`draw`] cuts them in a [`Pose`]. The whole is
//! a dark profile; what must be told apart (an arm before the coat, hair from face, folds of a
//! skirt) is cut free with the slivers a knife leaves. Pairs and crowds are composed of these by the
//! engraver.
//!
//! **Invariant:** the same person, pose and facing is the same drawing on every machine; it stands on
//! y = 0, or lies or sits on it.

mod beast;
mod body;
mod curve;
mod describe;
mod dress;
mod hair;
mod hat;
mod head;
mod held;
mod knife;
mod person;
mod pose;
mod skirt;

use super::drawing::{Drawing, Ink};
use super::motif;
pub use person::{
    AccentOn, Age, Beard, Bearing, Beast, Build, Dress, Hair, Hat, Person, Profile, Sex, Species,
    Tone,
};
pub use pose::Pose;

use body::Skeleton;
use curve::at;
use pose::Joints;

/// Which way a figure looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Facing {
    /// To the left of the picture.
    Left,
    /// To the right of the picture.
    Right,
}

/// A person in a pose, in metres, standing on y = 0 and centred on x = 0.
pub fn draw(person: &Person, pose: Pose, facing: Facing) -> Drawing {
    let drawing = match person.species {
        Species::Motif(name) => {
            motif::get(name).map(|motif| motif.drawing().clone()).unwrap_or_default()
        }
        _ => upright(person, pose),
    };
    let drawing = grounded(drawing);
    match facing {
        Facing::Right => drawing,
        Facing::Left => drawing.mirrored(),
    }
}

fn upright(person: &Person, pose: Pose) -> Drawing {
    match pose {
        Pose::Riding => on_horse(person),
        Pose::Lying => alone(person, pose).turned(-90.0),
        Pose::Sitting => on_chair(person),
        Pose::LeadingChild => with_child(person),
        Pose::InCrowd => {
            let mut drawing = alone(person, pose);
            for shape in &mut drawing.shapes {
                if shape.ink == Ink::Accent {
                    shape.ink = Ink::Body;
                }
            }
            drawing
        }
        _ => alone(person, pose),
    }
}

fn alone(person: &Person, pose: Pose) -> Drawing {
    let bareheaded = pose == Pose::Lying && !matches!(person.hat, Hat::Nightcap | Hat::Helmet);
    let hat = if bareheaded { Hat::None } else { person.hat };
    let person = Person { hat, ..person.clone() };
    let mut joints = Joints::of(pose);
    match (pose, person.carries) {
        (Pose::Standing | Pose::InCrowd, None) => joints.rest_hands(person.bearing),
        (Pose::Standing | Pose::Walking | Pose::InCrowd, Some(carried))
            if held::is_leant_on(carried) =>
        {
            joints.lean_on_stick();
        }
        _ => {}
    }
    dress::dressed(&person, pose, &skeleton(&person, joints))
}

fn skeleton(person: &Person, mut joints: Joints) -> Skeleton {
    if person.dress.is_skirted() {
        joints.shorten_stride();
    }
    Skeleton::of(person, &joints)
}

/// Middle on x = 0, lowest point on y = 0.
fn grounded(drawing: Drawing) -> Drawing {
    let bounds = drawing.bounds();
    let middle = (bounds.left() + bounds.right()) / 2.0;
    drawing.moved(-middle, -bounds.bottom())
}

fn on_horse(person: &Person) -> Drawing {
    let Some(horse) = motif::get("horse") else {
        return alone(person, Pose::Riding);
    };
    // The saddle is where a horse's back is: a little behind the middle, at two thirds of the height.
    let saddle = (-0.10, -0.655 * horse.height_m);
    let rider = alone(person, Pose::Riding);
    let mut drawing = horse.drawing().clone();
    drawing.over(free_of_horse(&rider).moved(saddle.0, saddle.1));
    drawing.over(rider.moved(saddle.0, saddle.1));
    drawing
}

/// Pale edges around what hangs down from the saddle, dark on the dark horse.
fn free_of_horse(rider: &Drawing) -> Drawing {
    let mut edges = Drawing::default();
    for shape in &rider.shapes {
        let hangs = shape.path.bounds().bottom() > 0.0 && shape.path.bounds().top() > -0.35;
        if hangs && shape.ink != Ink::Paper {
            edges.line(Ink::Paper, shape.path.clone(), 0.03);
        }
    }
    edges
}

fn on_chair(person: &Person) -> Drawing {
    let sitter = alone(person, Pose::Sitting);
    let foot = sitter.bounds().bottom();
    let seat = 0.068 * person.height_m;
    let mut drawing = chair(foot - seat, person.height_m).moved(0.0, seat);
    drawing.over(sitter);
    drawing
}

/// A plain chair seen from the side, its seat at the origin.
fn chair(height: f32, stature: f32) -> Drawing {
    let mut drawing = Drawing::default();
    let s = stature;
    let mut bar = |points: &[(f32, f32)], widths: &[f32]| {
        let spine: Vec<_> = points.iter().map(|&(x, y)| at(x * s, y)).collect();
        let widths: Vec<_> = widths.iter().map(|w| w * s).collect();
        if let Some(path) = curve::tapered(&spine, &widths).path() {
            drawing.fill(Ink::Body, path);
        }
    };
    bar(&[(-0.10, 0.012), (0.0, 0.016), (0.135, 0.012)], &[0.030, 0.028, 0.026]);
    bar(&[(-0.10, 0.0), (-0.112, -0.14 * s), (-0.145, -0.30 * s)], &[0.024, 0.020, 0.026]);
    bar(&[(-0.095, 0.0), (-0.10, height * 0.5), (-0.125, height)], &[0.026, 0.022, 0.018]);
    bar(&[(0.115, 0.0), (0.118, height * 0.5), (0.13, height)], &[0.026, 0.020, 0.016]);
    bar(
        &[(-0.105, height * 0.62), (0.0, height * 0.6), (0.12, height * 0.62)],
        &[0.010, 0.012, 0.010],
    );
    drawing
}

/// The child is put where its hand meets the hand it is led by.
fn with_child(person: &Person) -> Drawing {
    let child = Person::child_of(person);
    let grown = skeleton(person, Joints::of(Pose::LeadingChild));
    let small = skeleton(&child, Joints::led_by_hand());
    let (hand, small_hand) = (grown.near_arm.tip, small.near_arm.tip);
    let ahead = hand.x - small_hand.x - 0.02 * person.height_m;
    let mut drawing = dress::dressed(&child, Pose::Walking, &small);
    drawing = drawing.moved(ahead, grown.ground() - small.ground());
    drawing.over(alone(person, Pose::LeadingChild));
    drawing
}

#[cfg(test)]
mod tests;
