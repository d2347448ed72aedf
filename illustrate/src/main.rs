//! `woodcut-illustrate`: the second daemon by itself.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use illustrate::message::Message;

/// Draw the plates of every chapter as soon as it is analyzed
#[derive(Parser)]
#[command(name = "woodcut-illustrate", version, after_help = EXIT_CODES)]
struct Arguments {
    /// Log each step, and say it; twice for its details
    #[arg(short, long, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(flatten)]
    command: illustrate::command::Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 everything is drawn, 1 failed, 2 wrong usage, 3 finished with errors, \
4 cancelled, 5 stopped for review, 6 the budget is spent, 130 interrupted";

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    runs::log::start(arguments.verbose);
    let interrupt = manifest::Interrupt::on_signals()?;
    let tell: illustrate::Tell = Arc::new(|message: Message| eprintln!("illustrate: {message}"));
    let ending = arguments.command.run(&interrupt, &tell)?;
    Ok(ExitCode::from(ending.exit_code()))
}
