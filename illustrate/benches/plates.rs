//! How long a plate takes, where the time goes, and how much memory it needs.
//!
//!     cargo bench -p illustrate --bench plates                prints the tables
//!     cargo bench -p illustrate --bench plates -- --write     also puts them into BENCHMARKS.md

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use book::concept::Concept;
use illustrate::engraver::{Colours, Picture, Proof, Sitting, Style};

/// Runs of each plate; the best counts, because everything else only adds to it.
const RUNS: usize = 7;
/// What a plate of 1024x1536 may take, in milliseconds on one core.
const LIMIT_MS: f64 = 250.0;
/// What a process that draws them may hold, in megabytes.
const LIMIT_MB: u64 = 150;

const SCENES: [(&str, &str, &str); 8] = [
    ("country", "A traveller walks over the hills.", "day"),
    ("storm at sea", "A storm at sea, the ship in the waves.", "night"),
    ("forest", "The forest with a lantern.", "night"),
    ("street", "The street in the rain.", "dusk"),
    ("study", "The library, with a candle and a book.", "night"),
    ("hall", "The great hall of the palace.", "day"),
    ("cave", "A cave, with a torch.", "night"),
    ("crowd", "A crowd of people in the market square.", "day"),
];

/// Milliseconds of the steps of one plate.
struct Steps {
    compose: f64,
    print: f64,
    png: f64,
    jpeg: f64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let machine = benchmarks::machine(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let mut text = format!(
        "## Plates\n\nMachine: {machine}.\n\nOne plate of 1024x1536 with caption on one core, in milliseconds \
         of processor time: the best of {RUNS} runs. *compose* reads the concept and cuts the blocks, *print* \
         lays them on paper with frame and caption; *limit* is {LIMIT_MS} ms for the three steps to a PNG.\n\n\
         | style | scene | compose | print | png | together | of the limit | jpeg instead of png |\n\
         |---|---|--:|--:|--:|--:|--:|--:|\n"
    );
    let mut worst: f64 = 0.0;
    for style in Style::ALL {
        for (name, description, time) in SCENES {
            let steps = measure(description, time, style)?;
            let together = steps.compose + steps.print + steps.png;
            worst = worst.max(together);
            writeln!(
                text,
                "| {style} | {name} | {:.0} | {:.0} | {:.0} | {together:.0} | {:.2} | {:.0} |",
                steps.compose,
                steps.print,
                steps.png,
                together / LIMIT_MS,
                steps.jpeg
            )?;
        }
    }
    let peak = benchmarks::peak_memory("self").unwrap_or_default() >> 20;
    writeln!(
        text,
        "\nThe slowest takes {worst:.0} ms, {:.2} of the limit. Most memory the process held: {peak} MB, {:.2} of the \
         {LIMIT_MB} MB it may.",
        worst / LIMIT_MS,
        peak as f64 / LIMIT_MB as f64
    )?;
    benchmarks::report("plates", &text)?;
    Ok(())
}

/// The best time of each step.
fn measure(
    description: &str,
    time: &str,
    style: Style,
) -> Result<Steps, Box<dyn std::error::Error>> {
    let concept = Concept {
        index: 1,
        quote: "It was a wild morning, and the road was white before us.".to_owned(),
        description: description.to_owned(),
        time_of_day: time.to_owned(),
        ..Concept::default()
    };
    let sitting = Sitting {
        book: "A Book",
        colours: Colours::of("A Book", &[]),
        chapter: 1,
        chapter_title: "The First",
        concept: &concept,
        cast: &[],
        style,
        width: 1024,
        height: 1536,
        seed: 1,
        caption: true,
    };
    let clock = Clock::new();
    let mut best = Steps { compose: f64::MAX, print: f64::MAX, png: f64::MAX, jpeg: f64::MAX };
    for _ in 0..RUNS {
        let (proof, compose) = clock.time(|| Proof::compose(&sitting));
        let proof = proof?;
        let (picture, print) = clock.time(|| proof.print());
        let (encoded, png) = clock.time(|| Picture::png(&picture));
        encoded?;
        let (encoded, jpeg) = clock.time(|| picture.jpeg(88));
        encoded?;
        best.compose = best.compose.min(compose);
        best.print = best.print.min(print);
        best.png = best.png.min(png);
        best.jpeg = best.jpeg.min(jpeg);
    }
    Ok(best)
}

/// Processor time of this thread where the system tells it, so that other work on the machine does not
/// count; else the time that passes.
struct Clock(Instant);

impl Clock {
    fn new() -> Self {
        Self(Instant::now())
    }

    /// What a step gives, and the milliseconds it took.
    fn time<T>(&self, step: impl FnOnce() -> T) -> (T, f64) {
        let start = self.now();
        let made = step();
        (made, self.now() - start)
    }

    fn now(&self) -> f64 {
        let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let spent = statistics.split(' ').next().and_then(|first| first.parse::<f64>().ok());
        spent.map_or_else(
            || self.0.elapsed().as_secs_f64() * 1000.0,
            |nanoseconds| nanoseconds / 1e6,
        )
    }
}
