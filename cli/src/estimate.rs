//! `woodcut estimate`: what a book will take of models, before anything is asked of them.

use std::io::Write;
use std::path::PathBuf;

use analyze::estimate;
use config::{Config, Flags, Sources};
use manifest::crew::Ending;
use models::{Price, Surroundings, Usd, Workload};
use serde_json::json;

/// Say what a book will take of the configured models; nothing is asked of them
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The book, or the project of one
    #[arg(value_name = "BOOK|DIR")]
    pub book: PathBuf,
    /// How often there is to be a picture
    #[command(flatten)]
    pub density: analyze::command::Density,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The work of one engine and what it costs.
struct Part {
    name: &'static str,
    engine: String,
    work: Workload,
    cost: Option<(Usd, Usd)>,
    /// Seconds, roughly.
    time: (u64, u64),
}

/// Seconds that a model takes for one text and for one picture, as far as that can be said of models that
/// nobody has asked yet: a hosted one at its best, a large one on a machine of one's own.
const TEXT: (u64, u64) = (4, 60);
const PICTURE: (u64, u64) = (5, 90);

impl Command {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let (path, project) = analyze::command::book_and_project(&self.book, None)?;
        let flags: Flags = self.density.flags();
        let config = config::load(&Sources::of_process(Some(&project), &flags))?.config;
        let pattern = config.reading.headings.as_deref();
        let reading = pattern.map(book::Reading::by_headings).transpose()?.unwrap_or_default();
        let book = book::read_as(&path, &reading)?;
        let parts = parts(&config, &book.chapters)?;
        // One price that is not known makes the sum unknown.
        let total: Option<(Usd, Usd)> =
            parts.iter().try_fold((Usd::ZERO, Usd::ZERO), |sum, part| {
                Some((sum.0 + part.cost?.0, sum.1 + part.cost?.1))
            });
        let mut out = std::io::stdout().lock();
        if self.json {
            let part = |part: &Part| {
                let cost = micros(part.cost);
                json!({ "part": part.name, "engine": part.engine, "work": part.work, "cost_micros": cost,
                        "seconds": part.time })
            };
            let parts: Vec<_> = parts.iter().map(part).collect();
            let chapters = book.chapters.len();
            let whole =
                json!({ "chapters": chapters, "parts": parts, "total_micros": micros(total) });
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
            return Ok(Ending::Complete);
        }
        for Part { name, engine, work, cost, time } in &parts {
            let Workload { calls, input_tokens, output_tokens, pictures } = work;
            writeln!(
                out,
                "{name:<8} {engine}: {} calls, {} tokens sent, {} received, {} pictures: {}, {}",
                range(*calls),
                range(*input_tokens),
                range(*output_tokens),
                range(*pictures),
                dollars(*cost),
                minutes(*time)
            )?;
        }
        // Pictures are drawn while texts are still asked for: the longer of the two at best, the sum at
        // worst.
        let [text, image] = [parts[0].time, parts[1].time];
        let time = (text.0.max(image.0), text.1 + image.1);
        writeln!(out, "together {}, {}", dollars(total), minutes(time))?;
        let prices = config.prices()?;
        writeln!(out, "prices as of {}; they drift: see `[money] prices`", prices.as_of())?;
        Ok(Ending::Complete)
    }
}

fn parts(config: &Config, chapters: &[book::Chapter]) -> anyhow::Result<[Part; 2]> {
    let prices = config.prices()?;
    // Nothing is sent, so no key is needed; the models are built to be asked for their prices.
    let no_key = |_: &str| Some("none".to_owned());
    let around = Surroundings { env: &no_key, prices: &prices };
    let pages = config.reading.pages_per_image;
    let named = |engine: String, model: &Option<String>| {
        format!("{engine} {}", model.as_deref().unwrap_or_default()).trim_end().to_owned()
    };
    let text_engine = named(format!("{:?}", config.text.engine).to_lowercase(), &config.text.model);
    let image_engine =
        named(format!("{:?}", config.image.engine).to_lowercase(), &config.image.model);
    let (text, text_price) = match config.text.engine {
        models::TextEngine::Builtin => (Workload::default(), Some(Price::Free)),
        _ => {
            let model = models::build_text(&config.text, &around)?;
            (estimate::text(chapters, pages, model.context()), model.price())
        }
    };
    let (image_price, takes_references) = match config.image.engine {
        models::ImageEngine::Builtin => (Some(Price::Free), false),
        _ => {
            let model = models::build_image(&config.image, &around)?;
            (model.price(), model.most_references() > 0)
        }
    };
    let plates = estimate::pictures(chapters, pages);
    let likenesses = |wanted: bool| if wanted { config.look.most as u64 } else { 0 };
    let more = likenesses(config.look.sheets.unwrap_or(takes_references))
        + likenesses(config.look.portraits);
    // As many sheets and portraits as there are main elements, which nobody knows before.
    let image = estimate::with_likenesses(plates, more);
    let workers = config.run.workers as u64;
    let at_once = |most: Option<u64>| most.map_or(workers, |most| workers.min(most)).max(1);
    let part = |name, engine, work: Workload, price: Option<Price>, each: (u64, u64), at_once| {
        let cost = models::estimate(&work, price.as_ref());
        let rounds = |calls: u64| calls.div_ceil(at_once);
        let time = (rounds(work.calls.0) * each.0, rounds(work.calls.1) * each.1);
        Part { name, engine, work, cost, time }
    };
    let image_time =
        if config.image.engine == models::ImageEngine::Builtin { (1, 2) } else { PICTURE };
    Ok([
        part("text", text_engine, text, text_price, TEXT, at_once(config.text.limits.concurrency)),
        part(
            "image",
            image_engine,
            image,
            image_price,
            image_time,
            at_once(config.image.limits.concurrency),
        ),
    ])
}

fn range((low, high): (u64, u64)) -> String {
    if low == high { low.to_string() } else { format!("{low}–{high}") }
}

fn dollars(cost: Option<(Usd, Usd)>) -> String {
    match cost {
        None => "unknown price".to_owned(),
        Some((Usd::ZERO, Usd::ZERO)) => "free".to_owned(),
        Some((low, high)) if low == high => low.to_string(),
        Some((low, high)) => format!("{low} to {high}"),
    }
}

fn minutes((low, high): (u64, u64)) -> String {
    match (low.div_ceil(60), high.div_ceil(60)) {
        (_, 0 | 1) => "about a minute".to_owned(),
        (low, high) if low == high => format!("about {low} minutes"),
        (low, high) => format!("{low} to {high} minutes"),
    }
}

fn micros(cost: Option<(Usd, Usd)>) -> Option<[u64; 2]> {
    cost.map(|(low, high)| [low.micros(), high.micros()])
}
