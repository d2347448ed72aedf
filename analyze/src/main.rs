//! `woodcut-analyze`: the first daemon by itself.

use std::process::ExitCode;
use std::sync::Arc;

use analyze::message::Message;
use clap::Parser;

/// Read a book and decide what deserves a picture
#[derive(Parser)]
#[command(name = "woodcut-analyze", version, after_help = EXIT_CODES)]
struct Arguments {
    /// Log each step, and say it; twice for its details
    #[arg(short, long, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(flatten)]
    command: analyze::command::Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 everything is analyzed, 1 failed, 2 wrong usage, 3 finished with errors, \
4 cancelled, 6 the budget is spent, 130 interrupted";

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    runs::log::start(arguments.verbose);
    let interrupt = manifest::Interrupt::on_signals()?;
    let tell: analyze::Tell = Arc::new(|message: Message| eprintln!("analyze: {message}"));
    let ending = arguments.command.run(&interrupt, &tell)?;
    Ok(ExitCode::from(ending.exit_code()))
}
