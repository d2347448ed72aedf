//! How close the two daemons come to the best possible schedule with models that take their time.
//!
//!     cargo bench -p tests --bench pipeline                prints the table; about a quarter of an hour
//!     cargo bench -p tests --bench pipeline -- --write     also puts it into BENCHMARKS.md
//!     cargo bench -p tests --bench pipeline -- --quick     models that are ten times faster, for a look
//!
//! `analyze` and `illustrate` run as processes of their own against a fake server in this one, which
//! answers a question after 0.5 s and draws a picture in 2 s. The peer is the best schedule that the
//! dependencies allow: a chapter's moments need the elements of the whole book, a picture needs its
//! moment, and three questions and three pictures are under way at a time.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use manifest::artifact;
use models::fakes::{Asked, Reply, Server, png_base64, replies};
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn Error>>;

const SLOTS: usize = 3;
const PLATES_A_CHAPTER: usize = 2;
const CHAPTERS: [usize; 2] = [24, 200];
/// One call of so many fails.
const FAULT_EVERY: usize = 10;

fn main() -> Outcome<()> {
    let pace = if benchmarks::has("--quick") { Pace::of(0.1) } else { Pace::of(1.0) };
    let mut text = format!(
        "## The pipeline\n\n\
         `analyze` and `illustrate` side by side, {SLOTS} calls of each kind under way at a time, a question \
         answered after {:?} and a picture drawn in {:?}, {PLATES_A_CHAPTER} plates a chapter. *best* is the \
         shortest time that the dependencies allow; with faults (one call in {FAULT_EVERY} answered with \
         status 503) it has the waits before the calls made again on top, spread over the slots. *both* is \
         the time in which text and pictures were under way together. *own* is the processor time of both \
         daemons as a share of the total.\n\n\
         | chapters | faults | first plate | best | total | best | ratio | both | own | analyze | illustrate |\n\
         |--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        pace.text, pace.picture
    );
    for faulty in [false, true] {
        for chapters in CHAPTERS {
            let run = run(chapters, faulty, pace)?;
            eprintln!("{chapters} chapters: {run:?}");
            run.describe(&mut text)?;
        }
    }
    Ok(benchmarks::report("pipeline", &text)?)
}

/// How long the models take.
#[derive(Debug, Clone, Copy)]
struct Pace {
    text: Duration,
    picture: Duration,
}

impl Pace {
    fn of(scale: f64) -> Self {
        let seconds = |seconds: f64| Duration::from_secs_f64(seconds * scale);
        Self { text: seconds(0.5), picture: seconds(2.0) }
    }

    /// When the first plate and when the last can be there, after so many questions about the whole
    /// book and one about its style.
    fn best(&self, chapters: usize) -> (Duration, Duration) {
        let rounds = |calls: usize| u32::try_from(calls.div_ceil(SLOTS)).unwrap_or(u32::MAX);
        let ready = self.text * (rounds(chapters) + 2);
        (ready + self.picture, ready + self.picture * rounds(chapters * PLATES_A_CHAPTER))
    }
}

#[derive(Debug)]
struct Run {
    chapters: usize,
    faults: usize,
    first_plate: Duration,
    best_first_plate: Duration,
    total: Duration,
    best: Duration,
    both: Duration,
    own: f64,
    /// Most memory that was resident at a time, in bytes: of `analyze`, of `illustrate`.
    memory: [u64; 2],
}

impl Run {
    fn describe(&self, text: &mut String) -> Outcome<()> {
        let [analyze, illustrate] = self.memory.map(|bytes| bytes as f64 / 1e6);
        writeln!(
            text,
            "| {} | {} | {:.2} s | {:.2} s | {:.2} s | {:.2} s | {:.3} | {:.2} s | {:.2} % | {analyze:.0} MB | \
             {illustrate:.0} MB |",
            self.chapters,
            self.faults,
            self.first_plate.as_secs_f64(),
            self.best_first_plate.as_secs_f64(),
            self.total.as_secs_f64(),
            self.best.as_secs_f64(),
            self.total.as_secs_f64() / self.best.as_secs_f64(),
            self.both.as_secs_f64(),
            self.own * 100.0,
        )?;
        Ok(())
    }
}

/// A call as the server saw it.
#[derive(Debug, Clone, Copy)]
struct Seen {
    picture: bool,
    begin: Duration,
    end: Duration,
}

/// What the fake server remembers.
#[derive(Default)]
struct Memory {
    calls: Vec<Seen>,
    asked: usize,
    faults: usize,
    /// When a call failed that has not been made again yet, by its body.
    failed: HashMap<Vec<u8>, Duration>,
    waits: Duration,
}

/// The models: they answer after their time, and every now and then not at all.
struct Models {
    pace: Pace,
    faulty: bool,
    start: Instant,
    memory: Mutex<Memory>,
}

impl Models {
    fn answer(&self, asked: &Asked) -> Reply {
        let picture = asked.path.ends_with("/images/generations");
        let begin = self.start.elapsed();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.asked += 1;
        if let Some(failed) = memory.failed.remove(&asked.body) {
            memory.waits += begin - failed;
        } else if self.faulty && memory.asked.is_multiple_of(FAULT_EVERY) {
            memory.faults += 1;
            memory.failed.insert(asked.body.clone(), begin);
            return replies::openai_error(503, "overloaded", "try again later");
        }
        let time = if picture { self.pace.picture } else { self.pace.text };
        memory.calls.push(Seen { picture, begin, end: begin + time });
        drop(memory);
        let reply = if picture {
            replies::image_base64(&png_base64(96, 64, asked.body.len() as u64))
        } else {
            replies::chat_streamed(&say(asked))
        };
        reply.late(time)
    }
}

/// What the text model answers: elements, moments or a style.
fn say(asked: &Asked) -> String {
    let question = asked.json()["messages"].to_string();
    let number = |before: &str| -> usize {
        let rest = question.split(before).nth(1).unwrap_or_default();
        rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(1)
    };
    let chapter = number("Chapter ");
    let answer = if question.contains("Choose exactly ") {
        let concept = |nth| {
            json!({
                "quote": sentence(chapter, nth), "description": "A black boat on a river in the rain.",
                "elements": ["Ada Brook"], "setting": "river", "time_of_day": "night",
                "weather": "rain", "mood": "calm", "lighting": "lantern",
            })
        };
        json!({"concepts": (1..=number("Choose exactly ")).map(concept).collect::<Vec<_>>()})
    } else if question.contains("an illustrator would want") {
        json!({"elements": [{
            "name": "Ada Brook", "type": "character", "gender": "female", "aliases": ["Ada"],
            "looks": [], "quotes": [sentence(chapter, 1)],
        }]})
    } else {
        json!({"words": "ink", "palette": ["grey"], "avoid": "cars", "genre": "adventure"})
    };
    answer.to_string()
}

fn sentence(chapter: usize, nth: usize) -> String {
    format!("Ada Brook pushed the black boat into the river at crossing {chapter}, stage {nth}.")
}

/// A book of so many chapters, of two pages each.
fn tale(chapters: usize) -> String {
    let mut text = String::from("# The Ferry\n");
    for chapter in 1..=chapters {
        let _ = write!(text, "\n## Crossing {chapter}\n");
        for nth in 1..=40 {
            let _ = write!(text, "\n{} Rain fell.\n", sentence(chapter, nth));
        }
    }
    text
}

fn run(chapters: usize, faulty: bool, pace: Pace) -> Outcome<Run> {
    let shelf = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let project = shelf.path().join("tale.woodcut");
    fs::create_dir(&project)?;
    artifact::put(shelf.path(), "tale.md", tale(chapters).as_bytes())?;
    let models = Arc::new(Models { pace, faulty, start: Instant::now(), memory: Mutex::default() });
    let server = Server::start({
        let models = Arc::clone(&models);
        move |asked| models.answer(asked)
    });
    let url = server.url();
    let config = format!(
        "[text]\nengine = 'openai'\nmodel = 'words'\nbase_url = '{url}'\n\
         [image]\nengine = 'openai'\nmodel = 'pictures'\nbase_url = '{url}'\n\
         [text.limits]\nconcurrency = {SLOTS}\n[image.limits]\nconcurrency = {SLOTS}\n\
         [reading]\npages_per_image = 1.0\n[run]\nworkers = {}\n",
        SLOTS + 2
    );
    artifact::put(&project, "woodcut.toml", config.as_bytes())?;
    let (before, start) = (processor_time()?, models.start.elapsed());
    let daemons = [
        daemon(env!("CARGO_BIN_EXE_tested-analyze"), "tale.md", shelf.path())?,
        daemon(env!("CARGO_BIN_EXE_tested-illustrate"), "tale.woodcut", shelf.path())?,
    ];
    let watching = daemons.map(|child| std::thread::spawn(move || watch(child)));
    let mut memory = [0; 2];
    for (watching, memory) in watching.into_iter().zip(&mut memory) {
        *memory = watching.join().map_err(|_| "a daemon could not be watched")??;
    }
    let total = models.start.elapsed() - start;
    let own = (processor_time()? - before).as_secs_f64() / total.as_secs_f64();
    let seen = models.memory.lock().unwrap_or_else(PoisonError::into_inner);
    let files = fs::read_dir(project.join("plates"))?.collect::<Result<Vec<_>, _>>()?;
    let plates =
        files.iter().filter(|file| file.path().extension() == Some("png".as_ref())).count();
    if plates != chapters * PLATES_A_CHAPTER {
        return Err(format!("{plates} plates of {}", chapters * PLATES_A_CHAPTER).into());
    }
    let drawn = seen.calls.iter().filter(|call| call.picture);
    let first_plate = drawn.map(|call| call.end).min().ok_or("no plate")? - start;
    let (best_first_plate, best) = pace.best(chapters);
    let waits = seen.waits / u32::try_from(SLOTS)?;
    Ok(Run {
        chapters,
        faults: seen.faults,
        first_plate,
        best_first_plate,
        total,
        best: best + waits,
        both: together(&seen.calls),
        own,
        memory,
    })
}

fn daemon(program: &str, what: &str, folder: &Path) -> Outcome<Child> {
    let mut command = Command::new(program);
    command.arg(what).current_dir(folder).env_clear().env("OPENAI_API_KEY", "sk-test");
    Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
}

/// Waits for a daemon; the most memory it had.
fn watch(mut child: Child) -> Result<u64, String> {
    let process = child.id().to_string();
    let mut most = 0;
    loop {
        if let Some(end) = child.try_wait().map_err(|error| error.to_string())? {
            return if end.success() {
                Ok(most)
            } else {
                Err(format!("a daemon ended with {end}"))
            };
        }
        most = most.max(benchmarks::peak_memory(&process).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Processor time of all daemons that have ended.
fn processor_time() -> Outcome<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may hold blanks; `cutime` and `cstime` are fields 16 and 17.
    let fields: Vec<&str> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks =
        |field: usize| -> Outcome<u64> { Ok(fields.get(field - 3).ok_or("no field")?.parse()?) };
    Ok(Duration::from_millis((ticks(16)? + ticks(17)?) * 10))
}

/// How long questions and pictures were under way at the same time.
fn together(calls: &[Seen]) -> Duration {
    let mut edges: Vec<(Duration, bool, i32)> = Vec::new();
    for call in calls {
        edges.extend([(call.begin, call.picture, 1), (call.end, call.picture, -1)]);
    }
    edges.sort_unstable();
    let (mut under_way, mut both, mut last) = ([0; 2], Duration::ZERO, Duration::ZERO);
    for (at, picture, change) in edges {
        if under_way.iter().all(|calls| *calls > 0) {
            both += at - last;
        }
        under_way[usize::from(picture)] += change;
        last = at;
    }
    both
}
