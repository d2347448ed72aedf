//! Any program as an image engine.
//!
//! The program is started without a shell. On its standard input it finds one JSON object:
//!
//! ```json
//! {"prompt": "…", "negative": "…", "width": 1200, "height": 800, "seed": 42,
//!  "references": ["/tmp/…/reference-1.png"], "request_id": "…"}
//! ```
//!
//! and it writes the picture to its standard output, or to the file whose path stands where an
//! argument says `{out}`. It ends with 0 when the picture is there, with 65 when it will not draw
//! such a thing (its error output says why), with 75 when it may be tried again later; any other
//! end means that this picture cannot be drawn. It is given `timeout` seconds.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::call::Call;
use crate::error::{CallError, Stage, StopCause};
use crate::fault::Fault;
use crate::gate::{Charged, Estimate, Usage, Work};
use crate::http::ANSWER_LIMIT;
use crate::image::{ImageAnswer, ImageModel, ImageRequest, RawPicture, accept};
use crate::money::Price;
use crate::probe::Finding;
use crate::program::{self, Outcome, ProgramFault};
use crate::report::excerpt;
use crate::retry::{self, Policy};

const REFUSED: i32 = 65;
const TRY_LATER: i32 = 75;
const OUT: &str = "{out}";

/// A program that draws.
#[derive(Debug)]
pub(crate) struct CommandImages {
    /// The program and its arguments.
    pub argv: Vec<String>,
    pub timeout: Duration,
    pub policy: Policy,
    pub price: Option<Price>,
    pub references: usize,
}

impl CommandImages {
    fn name(&self) -> String {
        format!("command `{}`", self.argv.first().map_or("", String::as_str))
    }

    fn usage(&self) -> Usage {
        Usage { pictures: 1, cost: self.price.map(|price| price.of(0, 0, 1)), ..Usage::default() }
    }

    fn attempt(&self, request: &ImageRequest, call: &Call<'_>) -> Result<RawPicture, Fault> {
        let rejected = |what| Fault::from(CallError::Rejected { engine: self.name(), what });
        let folder = tempfile::Builder::new()
            .prefix("woodcut-")
            .tempdir()
            .map_err(|error| rejected(format!("no folder for its files: {error}")))?;
        let input = self
            .input(request, folder.path())
            .map_err(|error| rejected(format!("cannot write its files: {error}")))?;
        let out = folder.path().join("picture");
        let command = self.command(&out);
        let outcome = program::run(command, input, self.timeout, ANSWER_LIMIT, call)
            .map_err(|fault| self.fault(fault))?;
        self.check_status(&outcome)?;
        let bytes = if outcome.output.is_empty() && out.is_file() {
            std::fs::read(&out).map_err(|error| rejected(format!("its picture: {error}")))?
        } else {
            outcome.output
        };
        let usage = self.usage();
        Ok(RawPicture { bytes, seed: request.seed, revised_prompt: None, usage })
    }

    fn command(&self, out: &Path) -> Command {
        let out = out.to_string_lossy();
        let mut words = self.argv.iter().map(|word| word.replace(OUT, &out));
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        command
    }

    #[expect(clippy::disallowed_methods, reason = "read by a program that is not yet started")]
    fn input(&self, request: &ImageRequest, folder: &Path) -> std::io::Result<Vec<u8>> {
        let mut references = Vec::new();
        for (n, picture) in request.references.iter().take(self.references).enumerate() {
            let path = folder.join(format!("reference-{}.{}", n + 1, picture.extension()));
            std::fs::write(&path, &picture.bytes)?;
            references.push(path.to_string_lossy().into_owned());
        }
        let input = json!({
            "prompt": request.prompt,
            "negative": request.negative,
            "width": request.width,
            "height": request.height,
            "seed": request.seed,
            "references": references,
            "request_id": request.request_id,
        });
        Ok(input.to_string().into_bytes())
    }

    fn check_status(&self, outcome: &Outcome) -> Result<(), Fault> {
        let words = excerpt(&outcome.errors);
        match outcome.status.code() {
            Some(0) => Ok(()),
            Some(REFUSED) => Err(Fault::refused(&self.name(), Stage::Unknown, words, self.usage())),
            Some(TRY_LATER) => Err(Fault::lost(format!("to be tried later: {words}"))),
            Some(code) => {
                let what = format!("it ended with {code}: {words}");
                let error = CallError::Rejected { engine: self.name(), what };
                Err(Fault { charged: Charged::Unknown, ..error.into() })
            }
            None => Err(Fault::lost(format!("it was killed ({}): {words}", outcome.status))),
        }
    }

    fn fault(&self, fault: ProgramFault) -> Fault {
        let stop =
            |what: String, next: &str| Fault::stop(&self.name(), StopCause::Setup, what, next);
        match fault {
            ProgramFault::NotStarted(error) => stop(
                format!("cannot be started: {error}"),
                "check `command`: the full path of a program that may be executed",
            ),
            ProgramFault::Broken(error) => Fault::lost(format!("cannot be waited for: {error}")),
            ProgramFault::TooSlow => {
                Fault::lost(format!("no picture within {} s", self.timeout.as_secs_f32()))
            }
            ProgramFault::TooMuch => Fault::useless(
                format!("more than {} MB of output", ANSWER_LIMIT >> 20),
                self.usage(),
            ),
            ProgramFault::Interrupted => CallError::Interrupted.into(),
        }
    }
}

impl ImageModel for CommandImages {
    fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> Result<ImageAnswer, CallError> {
        let estimate = Estimate {
            work: Work::Image,
            engine: "command".to_owned(),
            model: String::new(),
            request_id: Some(request.request_id.clone()),
            tokens: 0,
            pictures: 1,
            cost: self.price.map(|price| price.of(0, 0, 1)),
        };
        retry::run(&self.policy, &estimate, &self.name(), call, |_| {
            accept(self.attempt(request, call)?)
        })
    }

    fn most_references(&self) -> usize {
        self.references
    }

    fn price(&self) -> Option<Price> {
        self.price
    }

    fn probe(&self, _: &Call<'_>) -> Vec<Finding> {
        let program = self.argv.first().map_or("", String::as_str);
        vec![if is_found(program) {
            Finding::good("program", format!("`{program}` is there"))
        } else {
            Finding::bad(
                "program",
                format!("`{program}` is not found or may not be executed"),
                "set `command` to the full path of a program, `[\"/path/to/draw\", \"{out}\"]`",
            )
        }]
    }
}

/// Whether the system would find the program: by its path, or along `PATH`.
fn is_found(program: &str) -> bool {
    if program.contains('/') {
        return is_executable(Path::new(program));
    }
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| is_executable(&folder.join(program)))
    })
}

fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}
