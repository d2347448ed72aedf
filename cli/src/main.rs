//! The `woodcut` command: turns a book into an illustrated book.
//!
//! Every subcommand is a thin call into a library: this crate only reads the command line, starts
//! processes and prints. Data goes to standard output, everything else to standard error.

mod bars;
mod bind;
mod chapters;
mod conclusion;
mod control;
mod doctor;
mod elements;
mod estimate;
mod left;
mod manual;
mod migrate;
mod overview;
mod plates;
mod probes;
mod redraw;
mod run;
mod runs;
mod series;
mod serve;
mod settings;
mod shelf;
mod status;
mod supervise;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, Parser, Subcommand};
use manifest::Interrupt;
use manifest::crew::Ending;

const EXIT_CODES: &str = "\
Exit codes: 0 all done, 1 failed, 2 wrong usage, 3 finished with errors, \
4 cancelled, 5 stopped for review, 6 the budget is spent, 130 interrupted";

/// Turn a book into an illustrated book
#[derive(Parser)]
#[command(name = "woodcut", version, after_help = EXIT_CODES)]
struct Arguments {
    /// Log each step, and say it; twice for its details
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Command),
    Analyze(analyze::command::Command),
    Illustrate(illustrate::command::Command),
    Status(status::Command),
    Runs(runs::Command),
    Clean(runs::Clean),
    /// Let what is in hand be finished and begin nothing new
    Pause(control::Simple),
    /// Go on, after a pause or a cancellation
    Resume(control::Simple),
    /// Let everybody give back what is in hand and end
    Cancel(control::Simple),
    Retry(control::Retry),
    Reset(control::Reset),
    Bind(bind::Command),
    Chapters(chapters::Command),
    Elements(elements::Command),
    Series(series::Command),
    Plates(plates::Command),
    Redraw(redraw::Command),
    #[command(long_flag = "migrate-concurrent")]
    Migrate(migrate::Command),
    Doctor(doctor::Command),
    Estimate(estimate::Command),
    Serve(serve::Command),
    Config(settings::Command),
    Init(settings::Init),
    Completions(manual::Completions),
    Man(manual::Man),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    ::runs::log::start(arguments.verbose);
    match arguments.command.execute() {
        Ok(ending) => ExitCode::from(ending.exit_code()),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("woodcut: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Command {
    fn execute(self) -> anyhow::Result<Ending> {
        let interrupt = Interrupt::on_signals()?;
        match self {
            Self::Run(command) => command.execute(&interrupt),
            Self::Analyze(command) => {
                let tell: analyze::Tell = Arc::new(|message| eprintln!("analyze: {message}"));
                Ok(command.run(&interrupt, &tell)?)
            }
            Self::Illustrate(command) => {
                let tell: illustrate::Tell = Arc::new(|message| eprintln!("illustrate: {message}"));
                Ok(command.run(&interrupt, &tell)?)
            }
            Self::Status(command) => command.execute(&interrupt),
            Self::Runs(command) => command.execute(),
            Self::Clean(command) => command.execute(),
            Self::Pause(command) => command.pause(),
            Self::Resume(command) => command.resume(),
            Self::Cancel(command) => command.cancel(),
            Self::Retry(command) => command.execute(),
            Self::Reset(command) => command.execute(),
            Self::Bind(command) => command.execute(),
            Self::Chapters(command) => command.execute(),
            Self::Elements(command) => command.execute(),
            Self::Plates(command) => command.execute(&interrupt),
            Self::Series(command) => command.execute(&interrupt),
            Self::Redraw(command) => command.execute(&interrupt),
            Self::Migrate(command) => command.execute(),
            Self::Doctor(command) => command.execute(&interrupt),
            Self::Estimate(command) => command.execute(),
            Self::Serve(command) => command.execute(&interrupt),
            Self::Config(command) => command.execute(),
            Self::Init(command) => command.execute(),
            Self::Completions(command) => command.execute(Arguments::command()),
            Self::Man(command) => command.execute(Arguments::command()),
        }
    }
}

/// Whoever reads our output may stop reading: that is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
