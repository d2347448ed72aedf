//! Poses: what each joint does.
//!
//! Angles are degrees. A limb's angle is counted from straight down, forward positive; the trunk's
//! and neck's from straight up, forward positive; the head's is its nod.

use super::person::Bearing;

/// What a person is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pose {
    /// At ease.
    Standing,
    /// At an even pace.
    Walking,
    /// As fast as they can.
    Running,
    /// On a chair, which is drawn with them.
    Sitting,
    /// On the ground, knees drawn up.
    SittingOnGround,
    /// On both knees, hands together.
    Kneeling,
    /// On the back, head to the left.
    Lying,
    /// On a horse, which is drawn with them.
    Riding,
    /// At something far off, ahead.
    Pointing,
    /// Both arms thrown up: terror, joy, a spell.
    ArmsRaised,
    /// With a lantern held before them.
    CarryingLight,
    /// Standing over an open book.
    Reading,
    /// Walking, with a child by the hand.
    LeadingChild,
    /// One hand open before them: the one who speaks.
    Talking,
    /// One hand at the chin: the one who listens.
    Listening,
    /// Head in hands.
    Weeping,
    /// Bent low from the hips.
    Bowing,
    /// Down on the heels, hiding or searching.
    Crouching,
    /// One arm out with what they carry, or a sword: a fight.
    Fighting,
    /// On the toes, one arm up.
    Dancing,
    /// One of many: the accent belongs to those who have a name.
    InCrowd,
}

impl Pose {
    /// Every pose, for sheets and tests.
    pub const ALL: [Pose; 21] = [
        Pose::Standing,
        Pose::Walking,
        Pose::Running,
        Pose::Sitting,
        Pose::SittingOnGround,
        Pose::Kneeling,
        Pose::Lying,
        Pose::Riding,
        Pose::Pointing,
        Pose::ArmsRaised,
        Pose::CarryingLight,
        Pose::Reading,
        Pose::LeadingChild,
        Pose::Talking,
        Pose::Listening,
        Pose::Weeping,
        Pose::Bowing,
        Pose::Crouching,
        Pose::Fighting,
        Pose::Dancing,
        Pose::InCrowd,
    ];

    /// Whether head and shoulders are where those of somebody standing are, so that a picture may end
    /// at the waist.
    #[must_use]
    pub fn is_upright(self) -> bool {
        matches!(
            self,
            Pose::Standing
                | Pose::Walking
                | Pose::Pointing
                | Pose::CarryingLight
                | Pose::Reading
                | Pose::Talking
                | Pose::Listening
                | Pose::Weeping
        )
    }
}

/// Upper and lower part of a limb, and the turn of the hand or foot against a right angle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limb {
    pub(super) upper: f32,
    pub(super) lower: f32,
    pub(super) end: f32,
}

/// All joints of a pose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joints {
    pub(super) lean: f32,
    pub(super) neck: f32,
    pub(super) nod: f32,
    pub(super) near_arm: Limb,
    pub(super) far_arm: Limb,
    pub(super) near_leg: Limb,
    pub(super) far_leg: Limb,
    /// How far cloth and hair stream behind, 0 to 1.
    pub(super) wind: f32,
}

const fn limb(upper: f32, lower: f32, end: f32) -> Limb {
    Limb { upper, lower, end }
}

impl Joints {
    /// A child that walks a step ahead, one hand back in the hand of the grown.
    pub(super) fn led_by_hand() -> Joints {
        Joints { near_arm: limb(-46.0, -66.0, 0.0), ..Joints::of(Pose::Walking) }
    }

    /// What somebody at ease does with their hands.
    pub(super) fn rest_hands(&mut self, bearing: Bearing) {
        (self.near_arm, self.far_arm) = match bearing {
            Bearing::Plain => return,
            Bearing::Clasped => (limb(-16.0, 60.0, 10.0), limb(-8.0, 62.0, 10.0)),
            Bearing::Akimbo => (limb(-38.0, 48.0, 20.0), limb(8.0, 24.0, 4.0)),
            Bearing::Behind => (limb(-26.0, -14.0, -14.0), limb(-24.0, -10.0, -14.0)),
        };
    }

    /// The near hand on a stick, set down a step ahead.
    pub(super) fn lean_on_stick(&mut self) {
        self.near_arm = limb(18.0, 58.0, 10.0);
    }

    /// In skirts one takes smaller steps: a spread of the thighs is halved, bent knees stay bent.
    pub(super) fn shorten_stride(&mut self) {
        let (near, far) = (self.near_leg.upper, self.far_leg.upper);
        if (near - far).abs() < 20.0 || near.min(far) > 40.0 {
            return;
        }
        for leg in [&mut self.near_leg, &mut self.far_leg] {
            leg.upper *= 0.6;
            leg.lower *= 0.6;
            leg.end *= 0.8;
        }
    }

    pub(super) fn of(pose: Pose) -> Joints {
        let standing = Joints {
            lean: 0.0,
            neck: 12.0,
            nod: 0.0,
            near_arm: limb(-10.0, 14.0, 8.0),
            far_arm: limb(10.0, 30.0, 5.0),
            near_leg: limb(-4.0, -6.0, 0.0),
            far_leg: limb(7.0, 1.0, 0.0),
            wind: 0.0,
        };
        let seated = Joints {
            lean: -3.0,
            near_arm: limb(6.0, 66.0, 10.0),
            far_arm: limb(16.0, 72.0, 10.0),
            near_leg: limb(87.0, 2.0, 0.0),
            far_leg: limb(82.0, 14.0, 0.0),
            ..standing
        };
        let walking = Joints {
            lean: 5.0,
            neck: 14.0,
            near_arm: limb(-30.0, -4.0, 6.0),
            far_arm: limb(24.0, 46.0, 4.0),
            near_leg: limb(24.0, 10.0, 12.0),
            far_leg: limb(-16.0, -40.0, -34.0),
            wind: 0.25,
            ..standing
        };
        match pose {
            Pose::Standing | Pose::InCrowd => standing,
            Pose::Walking => walking,
            Pose::LeadingChild => Joints {
                near_arm: limb(14.0, 26.0, 0.0),
                far_arm: limb(-22.0, -2.0, 4.0),
                ..walking
            },
            Pose::Running => Joints {
                lean: 20.0,
                neck: 24.0,
                nod: -6.0,
                near_arm: limb(-58.0, 34.0, 0.0),
                far_arm: limb(42.0, 128.0, 0.0),
                near_leg: limb(64.0, -6.0, 8.0),
                far_leg: limb(-22.0, -74.0, -50.0),
                wind: 1.0,
            },
            Pose::Sitting => seated,
            Pose::SittingOnGround => Joints {
                lean: 4.0,
                near_arm: limb(30.0, 78.0, 8.0),
                far_arm: limb(36.0, 84.0, 8.0),
                near_leg: limb(118.0, 50.0, 16.0),
                far_leg: limb(130.0, 36.0, 14.0),
                ..standing
            },
            Pose::Kneeling => Joints {
                lean: 4.0,
                neck: 22.0,
                nod: 12.0,
                near_arm: limb(26.0, 118.0, 0.0),
                far_arm: limb(34.0, 122.0, 0.0),
                near_leg: limb(8.0, -84.0, -78.0),
                far_leg: limb(14.0, -82.0, -76.0),
                ..standing
            },
            Pose::Lying => Joints {
                lean: 0.0,
                neck: 6.0,
                nod: -4.0,
                near_arm: limb(-8.0, 26.0, 24.0),
                far_arm: limb(-4.0, 34.0, 20.0),
                near_leg: limb(2.0, -1.0, -20.0),
                far_leg: limb(22.0, -14.0, -20.0),
                wind: 0.0,
            },
            Pose::Riding => Joints {
                lean: 4.0,
                near_arm: limb(8.0, 74.0, 0.0),
                far_arm: limb(16.0, 80.0, 0.0),
                near_leg: limb(48.0, -14.0, 14.0),
                far_leg: limb(56.0, -6.0, 14.0),
                wind: 0.3,
                ..standing
            },
            Pose::Pointing => Joints {
                lean: 4.0,
                neck: 16.0,
                nod: -4.0,
                near_arm: limb(84.0, 92.0, 0.0),
                far_arm: limb(-12.0, 20.0, 6.0),
                near_leg: limb(16.0, 6.0, 0.0),
                far_leg: limb(-12.0, -16.0, -6.0),
                ..standing
            },
            Pose::ArmsRaised => Joints {
                lean: -6.0,
                neck: 2.0,
                nod: -22.0,
                near_arm: limb(148.0, 166.0, -16.0),
                far_arm: limb(120.0, 150.0, -16.0),
                near_leg: limb(12.0, 2.0, 0.0),
                far_leg: limb(-10.0, -14.0, -4.0),
                ..standing
            },
            Pose::CarryingLight => Joints {
                lean: 4.0,
                neck: 18.0,
                near_arm: limb(28.0, 98.0, 6.0),
                far_arm: limb(-14.0, 12.0, 6.0),
                near_leg: limb(-12.0, -24.0, -16.0),
                far_leg: limb(16.0, 6.0, 4.0),
                wind: 0.1,
                ..standing
            },
            Pose::Reading => Joints {
                neck: 24.0,
                nod: 22.0,
                near_arm: limb(8.0, 104.0, -10.0),
                far_arm: limb(18.0, 104.0, -10.0),
                ..standing
            },
            Pose::Talking => Joints {
                lean: 4.0,
                neck: 16.0,
                near_arm: limb(14.0, 78.0, -24.0),
                far_arm: limb(-6.0, 26.0, 6.0),
                near_leg: limb(6.0, 0.0, 0.0),
                far_leg: limb(-7.0, -10.0, -2.0),
                ..standing
            },
            Pose::Listening => Joints {
                lean: -2.0,
                neck: 14.0,
                nod: 8.0,
                near_arm: limb(22.0, 170.0, -8.0),
                far_arm: limb(6.0, 72.0, 8.0),
                ..standing
            },
            Pose::Weeping => Joints {
                lean: 14.0,
                neck: 34.0,
                nod: 30.0,
                near_arm: limb(46.0, 166.0, 6.0),
                far_arm: limb(54.0, 170.0, 6.0),
                ..standing
            },
            Pose::Bowing => Joints {
                lean: 58.0,
                neck: 64.0,
                nod: 38.0,
                near_arm: limb(30.0, 118.0, 0.0),
                far_arm: limb(-24.0, -50.0, 0.0),
                near_leg: limb(-8.0, -10.0, 0.0),
                far_leg: limb(10.0, 2.0, 0.0),
                ..standing
            },
            Pose::Crouching => Joints {
                lean: 34.0,
                neck: 30.0,
                nod: -4.0,
                near_arm: limb(32.0, 60.0, 4.0),
                far_arm: limb(44.0, 70.0, 4.0),
                near_leg: limb(94.0, -44.0, 0.0),
                far_leg: limb(62.0, -66.0, -32.0),
                wind: 0.0,
            },
            Pose::Fighting => Joints {
                lean: 10.0,
                neck: 16.0,
                nod: 2.0,
                near_arm: limb(62.0, 88.0, 0.0),
                far_arm: limb(-70.0, -140.0, 0.0),
                near_leg: limb(52.0, -6.0, 0.0),
                far_leg: limb(-26.0, -42.0, -14.0),
                wind: 0.4,
            },
            Pose::Dancing => Joints {
                lean: -4.0,
                neck: 4.0,
                nod: -8.0,
                near_arm: limb(30.0, 62.0, -10.0),
                far_arm: limb(142.0, 168.0, 10.0),
                near_leg: limb(4.0, -4.0, -38.0),
                far_leg: limb(-20.0, -62.0, -46.0),
                wind: 0.6,
            },
        }
    }
}
