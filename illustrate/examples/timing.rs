//! Where the time of a plate goes: the best of several runs of each step, in milliseconds of processor
//! time where the system tells it (so that other work on the machine does not count), else by the clock.

use std::time::Instant;

use book::concept::Concept;
use illustrate::engraver::{Colours, Proof, Sitting, Style};

const SCENES: [(&str, &str, &str); 6] = [
    ("country", "A traveller on the hills.", "day"),
    ("storm at sea", "A storm at sea, the ship in the waves.", "night"),
    ("forest", "The forest with a lantern.", "night"),
    ("street", "The street in the rain.", "dusk"),
    ("study", "The library, with a candle and a book.", "night"),
    ("crowd", "A crowd of people in the market square.", "day"),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let origin = Instant::now();
    println!(
        "{:14}{:>10}{:>10}{:>10}{:>10}{:>10}",
        "scene", "compose", "print", "png", "together", "jpeg"
    );
    for (name, description, time) in SCENES {
        let concept = Concept {
            index: 1,
            quote: "It was a wild morning, and the road was white before us.".to_owned(),
            offset: 0,
            description: description.to_owned(),
            elements: vec![],
            setting: String::new(),
            time_of_day: time.to_owned(),
            weather: String::new(),
            mood: String::new(),
            lighting: String::new(),
            unverified: false,
        };
        let sitting = Sitting {
            book: "A Book",
            colours: Colours::of("A Book", &[]),
            chapter: 1,
            chapter_title: "The First",
            concept: &concept,
            cast: &[],
            style: Style::Woodcut,
            width: 1024,
            height: 1536,
            seed: 1,
            caption: true,
        };
        let mut best = [f64::MAX; 4];
        for _ in 0..7 {
            let start = spent(origin);
            let proof = Proof::compose(&sitting)?;
            let composed = spent(origin);
            let picture = proof.print();
            let printed = spent(origin);
            picture.png()?;
            let encoded = spent(origin);
            picture.jpeg(85)?;
            let steps =
                [composed - start, printed - composed, encoded - printed, spent(origin) - encoded];
            for (best, step) in best.iter_mut().zip(steps) {
                *best = best.min(step);
            }
        }
        let [compose, print, png, jpeg] = best;
        let together = compose + print + png;
        println!("{name:14}{compose:10.1}{print:10.1}{png:10.1}{together:10.1}{jpeg:10.1}");
    }
    Ok(())
}

/// Milliseconds of processor time this thread has had.
fn spent(origin: Instant) -> f64 {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = statistics.split(' ').next().and_then(|first| first.parse::<f64>().ok());
    nanoseconds.map_or_else(|| origin.elapsed().as_secs_f64() * 1000.0, |spent| spent / 1e6)
}
