//! Who and what is in the picture: the elements and the words of a concept as people and motifs.
//!
//! A word that means no motif brings nothing; a person is always drawn, because a person is always
//! somebody.

use book::concept::Concept;
use book::element::{Element, ElementType, Gender};

use super::action;
use super::bystander::bystander;
use super::drawing::Drawing;
use super::figure::{self, Facing, Person, Pose, Species};
use super::motif::{self, Found, Kind, Motif, Placement};
use super::palette::{Palette, Rgb, blend};
use super::reading::Reading;

/// Somebody in the picture.
#[derive(Debug, Clone)]
pub struct Player {
    /// Their name.
    pub name: String,
    /// What they look like.
    pub person: Person,
    /// What they do.
    pub pose: Pose,
    /// The colour they wear.
    pub accent: Accent,
}

impl Player {
    /// Cut out, looking one way.
    #[must_use]
    pub fn drawing(&self, facing: Facing) -> Drawing {
        figure::draw(&self.person, self.pose, facing)
    }

    /// Whether it is a beast that is drawn as itself and not as a person.
    #[must_use]
    pub fn is_beast(&self) -> bool {
        matches!(self.person.species, Species::Motif(_))
    }
}

/// Something in the picture.
#[derive(Debug, Clone, Copy)]
pub struct Prop {
    /// What it is.
    pub motif: &'static Motif,
    /// How many of them.
    pub count: u32,
    /// Whether the text calls it great.
    pub is_great: bool,
    /// Whether it is one of the book's elements, and so what the picture is about.
    pub is_element: bool,
}

/// Everybody and everything in the picture.
#[derive(Debug, Clone)]
pub struct Cast {
    /// The people, the most important first.
    pub people: Vec<Player>,
    /// The rest, the most important first.
    pub props: Vec<Prop>,
}

/// More than these would only crowd the plate.
const MOST_PEOPLE: usize = 4;
const MOST_PROPS: usize = 7;

impl Cast {
    /// Reads who and what is there.
    #[must_use]
    pub fn of(concept: &Concept, elements: &[Element], reading: &Reading) -> Self {
        let named = |element: &&Element| {
            concept.elements.is_empty() || concept.elements.contains(&element.name)
        };
        let (mut people, mut props) = (Vec::new(), Vec::new());
        for element in elements.iter().filter(named) {
            match element.kind {
                ElementType::Character | ElementType::Creature => {
                    // A people, a pack or a crew is never one alone.
                    let count = if element.gender == Some(Gender::Group) { 3 } else { 1 };
                    people.extend((0..count).map(|number| one_of(element, number)));
                }
                ElementType::Item | ElementType::Object | ElementType::Place => {
                    add_props(&mut props, &element.name, true);
                }
            }
        }
        if people.is_empty() {
            let bystander = bystander(&concept.description);
            people.extend(bystander.into_iter().flat_map(|(element, count)| {
                (0..count).map(|number| one_of(&element, number)).collect::<Vec<_>>()
            }));
        }
        leave_out(&mut people);
        // What is only spoken of, or only compared with, is not there.
        for text in [&concept.description, &concept.setting] {
            add_props(&mut props, &shown(text), false);
        }
        // A building that a quote names may stand anywhere: it is left, gone to or thought of.
        let known = props.len();
        add_props(&mut props, &shown(&concept.quote), false);
        let quoted = props.split_off(known);
        props.extend(quoted.into_iter().filter(|prop| prop.motif.kind != Kind::Building));
        // Who is there as a person is not there a second time as a motif.
        let is_player =
            |prop: &Prop| people.iter().any(|p| p.person.species.is_shown_by(prop.motif.name));
        props.retain(|prop| !is_player(prop));
        props.truncate(MOST_PROPS);
        action::give_poses(&mut people, concept, reading);
        give_things(&mut people, &mut props, concept);
        let goes_by = |name: &str, motif: &str| name.to_lowercase().contains(motif);
        // The sky has its own sun, moon, stars and clouds.
        let own = ["sun", "moon", "crescent", "star", "stars", "cloud", "clouds"];
        props.retain(|prop| prop.motif.kind != Kind::Sky || !own.contains(&prop.motif.name));
        props.retain(|prop| !people.iter().any(|p| goes_by(&p.name, prop.motif.name)));
        // A rider's horse is drawn with the rider.
        if people.iter().any(|player| player.pose == Pose::Riding) {
            props.retain(|prop| prop.motif.name != "horse");
        }
        Self { people, props }
    }

    /// The props of a kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Prop> {
        self.props.iter().filter(move |prop| prop.motif.kind == kind)
    }

    /// The props that belong somewhere.
    pub fn placed(&self, place: Placement) -> impl Iterator<Item = &Prop> {
        self.props.iter().filter(move |prop| prop.motif.place == place)
    }
}

/// Leaves out those who are too many: beasts before people, the last first.
fn leave_out(people: &mut Vec<Player>) {
    while people.len() > MOST_PEOPLE {
        let beast = people.iter().rposition(Player::is_beast);
        people.remove(beast.unwrap_or(people.len() - 1));
    }
}

/// What somebody is said to hold is in their hand and nowhere else.
fn give_things(people: &mut [Player], props: &mut Vec<Prop>, concept: &Concept) {
    let held = |prop: &Prop| prop.motif.place == Placement::Held && prop.motif.height_m < 1.0;
    let things: Vec<Prop> = props.iter().filter(|prop| held(prop)).copied().collect();
    for thing in things {
        let Some(who) = action::holder_of(thing.motif.name, people, concept) else { continue };
        let player = &mut people[who];
        let idle =
            matches!(player.pose, Pose::Standing | Pose::Walking | Pose::Talking | Pose::Listening);
        if player.is_beast() || !idle || player.person.carries.is_some() {
            continue;
        }
        player.person.carries = Some(thing.motif.name);
        if player.pose != Pose::Walking {
            player.pose = Pose::Standing;
        }
        props.retain(|prop| prop.motif.name != thing.motif.name);
    }
}

/// One of a people that goes by one name: alike, but not the same person again.
fn one_of(people: &Element, number: usize) -> Player {
    if number == 0 {
        return player(people);
    }
    let name = format!("{} {number}", people.name);
    Player { name: people.name.clone(), ..player(&Element { name, ..people.clone() }) }
}

fn player(element: &Element) -> Player {
    let mut person = Person::of(element);
    // A creature whose name or description is that of a beast is drawn as the beast, and so is a
    // character that the text calls "the Gryphon": a Mr. Fox has no article.
    if person.species == Species::Human
        && (element.kind == ElementType::Creature || is_named_with_article(element))
    {
        let name = format!("a {}", element.name.trim_start_matches("the "));
        let words = match element.kind {
            ElementType::Creature => format!("{name}. {}", element.description),
            _ => name,
        };
        let beast =
            motif::find_in(&words).into_iter().find(|found| found.motif.kind == Kind::Creature);
        if let Some(beast) = beast {
            person.species = Species::Motif(beast.motif.name);
        }
    }
    let accent =
        person.accent_word.and_then(named_colour).unwrap_or(Accent::Personal(person.accent));
    Player { name: element.name.clone(), person, pose: Pose::Standing, accent }
}

/// Whether the text sets "the" before the name.
fn is_named_with_article(element: &Element) -> bool {
    let [small, great] = ["the", "The"].map(|article| format!("{article} {}", element.name));
    element.quotes.iter().any(|quote| quote.text.contains(&small) || quote.text.contains(&great))
}

/// A text without what is spoken in it and without its comparisons.
pub fn shown(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut speech = false;
    let mut straight = false;
    for letter in text.chars() {
        match letter {
            '“' | '«' | '„' => speech = true,
            '”' | '»' => {
                speech = false;
                told.push(' ');
            }
            '"' => straight = !straight,
            letter if !speech && !straight => told.push(letter),
            _ => {}
        }
    }
    let mut plain = String::with_capacity(told.len());
    for clause in told.split_inclusive(['.', ',', ';', '!', '?', ':', '—']) {
        let lower = clause.to_lowercase();
        let compared =
            [" like ", " as if ", " as though ", "as high as", "as big as", "as large as"];
        let end = compared.iter().filter_map(|mark| lower.find(mark)).min();
        // Lower case may be longer than the clause in some scripts; then nothing is cut.
        plain.push_str(end.and_then(|end| clause.get(..end)).unwrap_or(clause));
        if end.is_some() {
            plain.push_str(". ");
        }
    }
    plain
}

fn add_props(props: &mut Vec<Prop>, text: &str, is_element: bool) {
    for found in motif::find_in(text) {
        if props.iter().all(|prop| prop.motif.name != found.motif.name) {
            let Found { motif, count, is_great, .. } = found;
            props.push(Prop { motif, count, is_great, is_element });
        }
    }
}

/// The strong colour of a drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Accent {
    /// The plate's own.
    Plate,
    /// One of the eight that tell people apart.
    Personal(u8),
    /// A colour that the text names.
    Named(Rgb),
}

impl Accent {
    /// The ink for it, tuned to the plate's colours.
    #[must_use]
    pub fn ink(self, palette: &Palette) -> Rgb {
        let personal = [
            palette.accent,
            [178.0, 132.0, 52.0],
            [74.0, 104.0, 128.0],
            [116.0, 128.0, 72.0],
            [150.0, 84.0, 92.0],
            [196.0, 112.0, 62.0],
            [98.0, 84.0, 122.0],
            [70.0, 118.0, 108.0],
        ];
        match self {
            Accent::Plate => palette.accent,
            Accent::Personal(number) => {
                blend(personal[usize::from(number) % personal.len()], palette.land, 0.15)
            }
            Accent::Named(colour) => blend(colour, palette.land, 0.24),
        }
    }
}

/// The ink for a colour's name.
fn named_colour(word: &str) -> Option<Accent> {
    Some(Accent::Named(match word {
        "red" | "scarlet" | "crimson" | "vermilion" => [186.0, 48.0, 36.0],
        "blue" | "azure" | "navy" => [58.0, 92.0, 142.0],
        "green" | "emerald" | "olive" => [78.0, 118.0, 74.0],
        "yellow" | "gold" | "golden" => [216.0, 168.0, 56.0],
        "orange" => [212.0, 116.0, 44.0],
        "purple" | "violet" | "lilac" => [112.0, 74.0, 128.0],
        "pink" | "rose" => [206.0, 128.0, 130.0],
        "brown" => [128.0, 86.0, 54.0],
        "white" | "silver" => [226.0, 222.0, 208.0],
        "grey" | "gray" => [136.0, 138.0, 136.0],
        "black" => [44.0, 42.0, 44.0],
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use book::element::Quote;

    use super::*;

    #[test]
    fn what_is_said_or_compared_is_not_shown() {
        assert_eq!(
            shown("“A whale!” he cried. It rose like a tower, and sank."),
            "  he cried. It rose.  and sank."
        );
    }

    #[test]
    fn a_building_that_only_the_quote_names_is_not_shown() {
        let mut concept = Concept {
            index: 1,
            quote: "They left the castle with a lantern.".to_owned(),
            offset: 0,
            description: "They walk over the fields.".to_owned(),
            elements: vec![],
            setting: String::new(),
            time_of_day: String::new(),
            weather: String::new(),
            mood: String::new(),
            lighting: String::new(),
            unverified: false,
        };
        let shown = |concept: &Concept| {
            let cast = Cast::of(concept, &[], &Reading::of(concept));
            cast.props.iter().map(|prop| prop.motif.name).collect::<Vec<_>>()
        };
        assert_eq!(shown(&concept), ["lantern"]);
        concept.setting = "before the castle".to_owned();
        assert_eq!(shown(&concept), ["castle", "lantern"]);
    }

    #[test]
    fn a_character_called_by_the_name_of_a_beast_is_drawn_as_the_beast() {
        let called = |name: &str, text: &str| {
            let quote = Quote { chapter: 1, offset: 0, text: text.to_owned() };
            let quotes = vec![quote];
            player(&Element { quotes, ..Element::new(name, ElementType::Character) }).is_beast()
        };
        assert!(called("Gryphon", "Then the Gryphon sat up."));
        assert!(!called("Robin", "Then Robin sat up."));
        assert!(!called("Baker", "The Baker sat up."));
    }

    #[test]
    fn a_beast_is_drawn_as_itself() {
        let description = "a large black dog".to_owned();
        let element = Element { description, ..Element::new("Bruno", ElementType::Creature) };
        assert!(player(&element).is_beast());
    }
}
