//! What a figure has in its hand: the book it reads, the lantern it carries, its own stick.

use resvg::tiny_skia::Transform;

use super::body::Skeleton;
use super::curve::{across, along, at, direction};
use super::knife::Knife;
use super::person::Person;
use super::pose::Pose;
use crate::engraver::drawing::{Drawing, Ink};
use crate::engraver::motif;

/// How a thing lies in the hand.
struct Grip {
    motif: &'static str,
    /// Height of the drawing, in statures.
    height: f32,
    /// The point of it that is held, from its top (0) to its base (1).
    hold: f32,
    /// Degrees clockwise.
    turn: f32,
    /// Its foot rests on the ground, whatever its height would be.
    on_ground: bool,
}

/// Whether a thing stands on the ground before the one who carries it.
pub(super) fn is_leant_on(carried: &str) -> bool {
    matches!(carried, "walking-stick" | "umbrella" | "staff" | "spear")
}

/// Draws what the pose asks for, or else what the person always carries, if a hand is free.
pub(super) fn in_hand(k: &mut Knife, person: &Person, pose: Pose, skeleton: &Skeleton) {
    let own = person.carries;
    let grip = match pose {
        Pose::CarryingLight => Some(Grip::new("lantern", 0.17, 0.03, 0.0)),
        Pose::Reading => return book(k, skeleton),
        Pose::Fighting => Some(match own {
            Some("axe") => Grip::new("axe", 0.42, 0.86, 62.0),
            Some("spear") => Grip::new("spear", 1.05, 0.6, 84.0),
            Some("staff") => Grip::new("staff", 0.95, 0.7, 62.0),
            Some("walking-stick") => Grip::new("walking-stick", 0.52, 0.94, 66.0),
            Some("umbrella") => Grip::new("furled-umbrella", 0.5, 0.06, 250.0),
            _ => Grip::new("sword", 0.52, 0.88, 64.0),
        }),
        Pose::Standing | Pose::Walking | Pose::InCrowd => own.map(Grip::at_ease),
        _ => None,
    };
    let Some(grip) = grip else { return };
    let Some(thing) = motif::get(grip.motif) else {
        return;
    };
    let (hand, palm) = (skeleton.near_arm, 0.028 * skeleton.stature);
    let place = along(hand.end, direction(hand.end, hand.tip), palm);
    let to_ground = (skeleton.ground() - place.y) / (1.0 - grip.hold);
    let height = if grip.on_ground { to_ground } else { grip.height * skeleton.stature };
    let drawing = thing
        .drawing()
        .clone()
        .standing(height)
        .moved(0.0, height * (1.0 - grip.hold))
        .turned(grip.turn);
    k.drawing.over(drawing.moved(place.x, place.y));
}

impl Grip {
    fn new(motif: &'static str, height: f32, hold: f32, turn: f32) -> Grip {
        Grip { motif, height, hold, turn, on_ground: false }
    }

    /// Upright, its foot on the ground.
    fn resting(motif: &'static str, hold: f32) -> Grip {
        Grip { on_ground: true, ..Grip::new(motif, 0.0, hold, 0.0) }
    }

    fn at_ease(name: &'static str) -> Grip {
        match name {
            "walking-stick" => Grip::resting(name, 0.04),
            "sword" => Grip::new(name, 0.50, 0.90, 196.0),
            "axe" => Grip::new(name, 0.46, 0.72, -32.0),
            "umbrella" => Grip::resting("furled-umbrella", 0.04),
            "staff" => Grip::resting(name, 0.30),
            "spear" => Grip::resting(name, 0.60),
            "gun" => Grip::new(name, 0.62, 0.60, 8.0),
            "lantern" => Grip::new(name, 0.15, 0.03, 0.0),
            "fan" => Grip::new(name, 0.12, 0.92, 40.0),
            _ => Grip::new(name, 0.17, 0.05, 0.0),
        }
    }
}

/// An open book in both hands: a dark cover with pale leaves, seen from the side.
fn book(k: &mut Knife, skeleton: &Skeleton) {
    let s = skeleton.stature;
    let hand = skeleton.near_arm;
    let place = along(hand.end, direction(hand.end, hand.tip), 0.045 * s);
    let up = across(direction(hand.end, hand.tip));
    let up = at(-up.x, -up.y.abs());
    let place = along(place, up, 0.012 * s);
    let mut drawing = Drawing::default();
    let leaf = |x: f32, y: f32| at(x * s, y * s);
    let mut area = |ink, points: &[(f32, f32)]| {
        let outline = super::curve::Curve::polygon(points.iter().map(|&(x, y)| leaf(x, y)));
        if let Some(path) = outline.path() {
            drawing.fill(ink, path);
        }
    };
    area(
        Ink::Body,
        &[
            (-0.060, -0.075),
            (0.0, 0.010),
            (0.082, -0.044),
            (0.076, -0.056),
            (0.0, -0.010),
            (-0.046, -0.085),
        ],
    );
    area(
        Ink::Paper,
        &[
            (-0.046, -0.080),
            (0.0, -0.008),
            (0.066, -0.054),
            (0.052, -0.066),
            (0.004, -0.036),
            (-0.030, -0.088),
        ],
    );
    k.drawing.over(drawing.transformed(Transform::from_translate(place.x, place.y)));
}
