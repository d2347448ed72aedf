//! `woodcut plates`: the plates of a project, as a list, on one sheet, or in numbers.

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use illustrate::features::{self, Gallery, Hung, Measured};
use manifest::crew::Ending;
use manifest::{Interrupt, Options, Store};
use serde_json::{Value, json};

use crate::status::one_line;

/// List the plates, put them all on one sheet, or say how well they belong together
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The project
    #[arg(value_name = "DIR")]
    pub project: PathBuf,
    /// Write a contact sheet of all plates: a PNG or JPEG file
    #[arg(long, value_name = "FILE")]
    pub sheet: Option<PathBuf>,
    /// Measure colours, light and contrast of every plate, and name those that fall out of the row
    #[arg(long, conflicts_with = "sheet")]
    pub measure: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "sheet")]
    pub json: bool,
}

impl Command {
    pub fn execute(&self, interrupt: &Interrupt) -> anyhow::Result<Ending> {
        let options = Options { interrupt: interrupt.clone(), ..Options::default() };
        let store = Store::open(&self.project, options)?;
        let plates = features::hung(&store)?;
        let path = |plate: &Hung| manifest::artifact::path(store.folder(), &plate.file);
        let paths = plates.iter().map(path).collect::<Result<Vec<_>, _>>()?;
        let mut out = std::io::stdout().lock();
        if let Some(sheet) = &self.sheet {
            illustrate::contact::write(&paths, sheet)
                .with_context(|| format!("cannot make {}", sheet.display()))?;
            writeln!(out, "{}", sheet.display())?;
            return Ok(Ending::Complete);
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let gallery = match self.measure {
            true => features::gallery(&store, threads)?,
            false => Gallery::default(),
        };
        if self.json {
            let listed: Vec<Value> = plates.iter().map(|plate| listed(plate, &gallery)).collect();
            let whole = json!({ "plates": listed, "profile": gallery.profile });
            writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
        } else if self.measure {
            write!(out, "{}", table(&plates, &gallery))?;
        } else {
            for path in paths {
                writeln!(out, "{}", path.display())?;
            }
        }
        Ok(Ending::Complete)
    }
}

fn listed(plate: &Hung, gallery: &Gallery) -> Value {
    let mut line = json!({
        "chapter": plate.chapter,
        "concept": plate.concept,
        "file": plate.file,
    });
    match gallery.plates.get(&plate.file) {
        Some(Measured::Features(features)) => line["features"] = json!(features),
        Some(Measured::Error(why)) => line["error"] = json!(why),
        None => {}
    }
    if let Some(consistency) = gallery.consistency(&plate.file) {
        line["consistency"] = json!(consistency);
        line["outlier"] = json!(consistency.is_outlier());
    }
    line
}

fn table(plates: &[Hung], gallery: &Gallery) -> String {
    let mut text = String::from("plate  consistency  brightness  contrast  colours\n");
    for plate in plates {
        let name = format!("{}:{}", plate.chapter, plate.concept);
        let features = match gallery.plates.get(&plate.file) {
            Some(Measured::Features(features)) => features,
            Some(Measured::Error(why)) => {
                let _ = writeln!(text, "{name:<5}  cannot be measured: {}", one_line(why));
                continue;
            }
            None => continue,
        };
        let colours: Vec<String> =
            features.palette.iter().take(4).map(|swatch| swatch.colour.to_string()).collect();
        let consistency = gallery.consistency(&plate.file);
        let score = consistency.map_or_else(|| "-".to_owned(), |c| format!("{:.2}", c.score));
        let outlier = consistency.filter(features::Consistency::is_outlier);
        let _ = writeln!(
            text,
            "{name:<5}  {score:>11}  {:>10.2}  {:>8.2}  {}{}",
            features.brightness,
            features.contrast,
            colours.join(" "),
            outlier.map_or_else(String::new, |c| format!("  differs in {}", c.differs_in))
        );
    }
    if gallery.profile.is_none() {
        text.push_str("too few plates to say what they have in common\n");
    }
    text
}
