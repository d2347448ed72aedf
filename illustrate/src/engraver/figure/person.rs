//! Who a person is to the eye: age, build, hair, hat, dress, what they carry and their accent.
//!
//! **Invariant:** a [`Person`] depends on the element's name and description alone. What the words do
//! not say is drawn from a seed of the name, so that the same person is the same on every plate.

use book::element::Element;

use super::describe::{self, Words};

/// Stage of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Age {
    /// Up to about twelve.
    Child,
    /// Half grown.
    Young,
    /// Grown up.
    Adult,
    /// White-haired and a little bent.
    Old,
}

/// Which of the two cuts of dress and figure is drawn; where the text is silent, the seed decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Woman or girl.
    Woman,
    /// Man or boy.
    Man,
}

/// Figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Build {
    /// Thin.
    Slight,
    /// Neither.
    Average,
    /// Fat.
    Stout,
}

/// How light hair is, and so which ink it is cut in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Black, brown.
    Dark,
    /// Fair, golden, red.
    Fair,
    /// White, grey.
    White,
}

/// How hair is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hair {
    /// None on top.
    Bald,
    /// Cropped.
    Short,
    /// Short, and never combed.
    Tousled,
    /// To the chin.
    Bob,
    /// Loose, down the back.
    Long,
    /// Pinned up in a knot.
    Bun,
    /// In ringlets.
    Curls,
    /// In a plait down the back.
    Plait,
}

/// Beard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beard {
    /// Shaven.
    None,
    /// On the upper lip.
    Moustache,
    /// Close to the chin.
    Short,
    /// To the chest.
    Long,
}

/// What is on the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hat {
    /// Bareheaded.
    None,
    /// Silk hat.
    Top,
    /// Round felt hat.
    Bowler,
    /// Wide brim, soft crown.
    Wide,
    /// Flat cap with a peak.
    Cap,
    /// Tied under the chin, shading the face.
    Bonnet,
    /// Straw boater with a ribbon.
    Boater,
    /// Three-cornered.
    Tricorne,
    /// Of gold.
    Crown,
    /// A cloak's.
    Hood,
    /// Of steel.
    Helmet,
    /// Long and limp, for bed.
    Nightcap,
    /// Tall and pointed: witches and wizards.
    Pointed,
    /// Tied over the hair.
    Kerchief,
    /// Wound cloth.
    Turban,
    /// A funnel.
    Funnel,
    /// A maid's or cook's white cap.
    MobCap,
}

/// What is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dress {
    /// Long skirt, close bodice.
    Gown,
    /// To the calf, full: a girl's.
    Frock,
    /// Coat to the knee over trousers.
    FrockCoat,
    /// Cut away in front, tails behind, knee breeches and stockings.
    TailCoat,
    /// Jacket and trousers.
    Jacket,
    /// Shirt sleeves, waistcoat and trousers.
    Shirt,
    /// Blouse and knee breeches: a boy's.
    Breeches,
    /// To the ground: monks, wizards, judges, the ancients.
    Robe,
    /// Plate armour.
    Armour,
    /// Belted tunic over tights or boots.
    Tunic,
    /// Nightshirt, bare shins.
    Nightshirt,
}

impl Dress {
    /// Hangs around the legs.
    pub(super) fn is_skirted(self) -> bool {
        matches!(self, Dress::Gown | Dress::Frock | Dress::Robe | Dress::Nightshirt)
    }
}

/// Which piece of dress is printed in the accent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccentOn {
    /// Around the neck.
    Scarf,
    /// The whole gown or frock, or the coat.
    Dress,
    /// Hat band, hair ribbon.
    Ribbon,
    /// The cloak, or a shawl.
    Cloak,
    /// Around the waist.
    Sash,
    /// Under the coat.
    Waistcoat,
}

/// Whether the person is drawn as a human being.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Species {
    /// One of us.
    Human,
    /// Upright and dressed, with the head of a beast.
    Dressed(Beast),
    /// Drawn as the motif of this name.
    Motif(&'static str),
    /// A man of straw.
    Straw,
    /// A man of tin.
    Tin,
}

impl Species {
    /// Whether the motif of that name shows the same being, which is then in the picture already.
    pub fn is_shown_by(self, motif: &str) -> bool {
        match self {
            Species::Human | Species::Tin => false,
            Species::Motif(name) => name == motif,
            Species::Straw => motif == "scarecrow",
            Species::Dressed(beast) => beast.motifs().contains(&motif),
        }
    }
}

/// Whose head a dressed beast has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beast {
    /// Long ears.
    Rabbit,
    /// Whiskers.
    Cat,
    /// Round ears, thin tail.
    Mouse,
    /// Wide mouth.
    Frog,
    /// Round mouth, fins.
    Fish,
    /// Muzzle.
    Dog,
    /// Beak.
    Bird,
    /// Long muzzle, pointed ears.
    Wolf,
    /// Snout.
    Pig,
}

impl Beast {
    /// Every one, for tests.
    #[cfg(test)]
    pub(super) const ALL: [Beast; 9] = [
        Beast::Rabbit,
        Beast::Cat,
        Beast::Mouse,
        Beast::Frog,
        Beast::Fish,
        Beast::Dog,
        Beast::Bird,
        Beast::Wolf,
        Beast::Pig,
    ];

    /// The motifs that show such a beast undressed.
    pub(super) fn motifs(self) -> &'static [&'static str] {
        match self {
            Beast::Rabbit => &["rabbit"],
            Beast::Cat => &["cat"],
            Beast::Mouse => &["mouse", "rat", "hedgehog"],
            Beast::Frog => &["frog"],
            Beast::Fish => &["fish"],
            Beast::Dog => &["dog"],
            Beast::Bird => &["bird", "dodo", "duck", "eagle", "owl", "parrot", "raven", "stork"],
            Beast::Wolf => &["wolf", "fox"],
            Beast::Pig => &["pig"],
        }
    }
}

/// What they do with their hands when they do nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bearing {
    /// Hanging down.
    Plain,
    /// Folded in front.
    Clasped,
    /// One on the hip.
    Akimbo,
    /// On the back.
    Behind,
}

/// The small differences of one face from another, each from -1 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// Short and upturned to long and hooked.
    pub nose: f32,
    /// Weak to strong.
    pub chin: f32,
    /// Smooth to heavy.
    pub brow: f32,
}

/// Everything that makes a figure recognisable.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Human or not.
    pub species: Species,
    /// Stage of life.
    pub age: Age,
    /// Cut of figure and dress.
    pub sex: Sex,
    /// Figure.
    pub build: Build,
    /// How hair is worn.
    pub hair: Hair,
    /// How light it is.
    pub tone: Tone,
    /// Beard.
    pub beard: Beard,
    /// Hat.
    pub hat: Hat,
    /// Dress.
    pub dress: Dress,
    /// A cloak, cape or shawl over it.
    pub cloak: bool,
    /// A white apron over it.
    pub apron: bool,
    /// Spectacles on the nose.
    pub spectacles: bool,
    /// The motif that is always with them: a stick, a basket, a sword.
    pub carries: Option<&'static str>,
    /// Which of the book's accent colours is theirs, 0 to 7.
    pub accent: u8,
    /// The colour the text gives that piece of dress, if it does: `red`, `blue`.
    pub accent_word: Option<&'static str>,
    /// Where the accent is worn.
    pub accent_on: AccentOn,
    /// How they stand.
    pub bearing: Bearing,
    /// Their face.
    pub profile: Profile,
    /// Stature in metres.
    pub height_m: f32,
}

impl Person {
    /// Reads an element's words; where they say nothing, its name decides. Meant for characters and
    /// creatures: what is a place or a thing is a motif.
    pub fn of(element: &Element) -> Person {
        describe::person(&Words::of(element), Seed::of(&element.name))
    }

    /// Somebody nobody has named, for a crowd; the same number is always the same passer-by.
    pub fn passer_by(number: u64) -> Person {
        let name = format!("passer-by {number}");
        let mut person = describe::person(&Words::default(), Seed::of(&name));
        if number % 5 == 4 {
            describe::make_child(&mut person, Seed::of(&name));
        }
        person
    }

    /// Some child to go with a person: the same person always has the same.
    pub(super) fn child_of(person: &Person) -> Person {
        let mut child = Person::passer_by(u64::from(person.accent));
        describe::make_child(&mut child, Seed::of("a child by the hand"));
        child.height_m = child.height_m.min(0.7 * person.height_m);
        child
    }

    /// Whether that piece of their dress is printed in the accent.
    pub(super) fn accents(&self, piece: AccentOn) -> bool {
        self.accent_on == piece
    }
}

/// A stream of small decisions made from a name: 64-bit FNV-1a, then a splitmix step per draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seed(u64);

impl Seed {
    pub(super) fn of(name: &str) -> Seed {
        let hash =
            name.trim().to_lowercase().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        Seed(hash)
    }

    /// A number that belongs to `what` alone, so that one decision more moves no other.
    fn draw(self, what: &str) -> u64 {
        let mut z = self.0 ^ Seed::of(what).0.rotate_left(17);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of the choices.
    pub(super) fn pick<T: Copy>(self, what: &str, choices: &[T]) -> T {
        choices[(self.draw(what) % choices.len() as u64) as usize]
    }

    /// A number between -1 and 1.
    pub(super) fn swing(self, what: &str) -> f32 {
        (self.draw(what) % 2001) as f32 / 1000.0 - 1.0
    }
}
