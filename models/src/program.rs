//! Runs a program to its end, and no longer.
//!
//! The program leads a process group of its own; when it is done, takes too long or the caller is
//! interrupted, the whole group is killed and the program is reaped, so that nothing it started
//! outlives the call (unless it left the group on purpose). No shell is involved anywhere.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use crate::call::Call;

/// Between looks at a running program.
const LOOK: Duration = Duration::from_millis(10);

/// What a program gets to clean up after it was asked to end.
const GRACE: Duration = Duration::from_millis(300);

/// How long its output may lag behind its end.
const LAG: Duration = Duration::from_secs(1);

/// The last bytes of its error output are kept.
const ERRORS_KEPT: usize = 4096;

/// What a program left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub status: ExitStatus,
    pub output: Vec<u8>,
    pub errors: String,
}

/// Why there is no outcome.
#[derive(Debug)]
pub(crate) enum ProgramFault {
    NotStarted(io::Error),
    Broken(io::Error),
    TooSlow,
    TooMuch,
    Interrupted,
}

/// Runs `command` with `input` on its standard input, for `most` time, and takes `limit` bytes of
/// its output.
pub(crate) fn run(
    mut command: Command,
    input: Vec<u8>,
    most: Duration,
    limit: u64,
    call: &Call<'_>,
) -> Result<Outcome, ProgramFault> {
    group::lead(&mut command);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(ProgramFault::NotStarted)?;
    if let Some(mut pipe) = child.stdin.take() {
        // A program may end without reading; that is its own affair.
        std::thread::spawn(move || {
            let _ = pipe.write_all(&input);
        });
    }
    let output = child.stdout.take().map(|pipe| collect(pipe.take(limit + 1), usize::MAX));
    let errors = child.stderr.take().map(|pipe| collect(pipe, ERRORS_KEPT));
    let ended = await_end(&mut child, most, call);
    let status = end(&mut child, ended.is_ok()).map_err(ProgramFault::Broken)?;
    ended?;
    let rest = |from: Option<Receiver<Vec<u8>>>| {
        from.and_then(|from| from.recv_timeout(LAG).ok()).unwrap_or_default()
    };
    let output = rest(output);
    if output.len() as u64 > limit {
        return Err(ProgramFault::TooMuch);
    }
    let errors = String::from_utf8_lossy(&rest(errors)).into_owned();
    Ok(Outcome { status, output, errors })
}

/// Reads a pipe to its end on a thread of its own and keeps the last `kept` bytes.
fn collect(mut pipe: impl Read + Send + 'static, kept: usize) -> Receiver<Vec<u8>> {
    let (done, collected) = sync_channel(1);
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut chunk = [0; 16 << 10];
        while let Ok(read @ 1..) = pipe.read(&mut chunk) {
            bytes.extend_from_slice(&chunk[..read]);
            if bytes.len() / 2 > kept {
                bytes.drain(..bytes.len() - kept);
            }
        }
        bytes.drain(..bytes.len().saturating_sub(kept));
        let _ = done.send(bytes);
    });
    collected
}

fn await_end(child: &mut Child, most: Duration, call: &Call<'_>) -> Result<(), ProgramFault> {
    let started = call.clock.now();
    loop {
        if group::has_ended(child).map_err(ProgramFault::Broken)? {
            return Ok(());
        }
        if call.interrupted() {
            return Err(ProgramFault::Interrupted);
        }
        if call.clock.now() - started >= most || call.past_deadline() {
            return Err(ProgramFault::TooSlow);
        }
        call.clock.wait(LOOK, call.interrupt);
    }
}

/// Ends the group and reaps its leader. As long as the leader is not reaped its number cannot be
/// given to another process, so the signals reach the right ones.
fn end(child: &mut Child, by_itself: bool) -> io::Result<ExitStatus> {
    if !by_itself {
        group::ask_to_end(child);
        let mut waited = Duration::ZERO;
        while waited < GRACE && !group::has_ended(child).unwrap_or(true) {
            std::thread::sleep(LOOK);
            waited += LOOK;
        }
    }
    group::kill(child);
    child.wait()
}

#[cfg(unix)]
mod group {
    use std::io;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

    pub fn lead(command: &mut Command) {
        command.process_group(0);
    }

    /// Whether the leader has ended; it is not reaped by asking.
    pub fn has_ended(child: &mut Child) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(waitid(WaitId::Pid(Pid::from_child(child)), options)?.is_some())
    }

    pub fn ask_to_end(child: &Child) {
        // It fails only when the group is gone already.
        let _ = kill_process_group(Pid::from_child(child), Signal::TERM);
    }

    pub fn kill(child: &mut Child) {
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }
}

#[cfg(not(unix))]
mod group {
    use std::io;
    use std::process::{Child, Command};

    pub fn lead(_: &mut Command) {}

    pub fn has_ended(child: &mut Child) -> io::Result<bool> {
        Ok(child.try_wait()?.is_some())
    }

    pub fn ask_to_end(_: &Child) {}

    pub fn kill(child: &mut Child) {
        let _ = child.kill();
    }
}
