//! Running a daemon as a child process: started, listened to, restarted when it dies, never left
//! behind.
//!
//! A child lives as long as the pipe to its standard input: closing it asks the child to give its
//! claims back and end, and it closes by itself if this process is killed.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context;

/// How often a daemon may die within [`CRASH_WINDOW`] before it is given up.
const MAX_CRASHES: usize = 5;
/// See [`MAX_CRASHES`].
const CRASH_WINDOW: Duration = Duration::from_secs(60);
/// Wait before the first restart; doubles with every death in the window.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How long an ending child may take to give back what it holds.
const GRACE: Duration = Duration::from_millis(900);
/// Exit codes that a daemon chose: anything else is a death.
const CHOSEN: [i32; 8] = [0, 1, 2, 3, 4, 5, 6, 130];

/// A daemon, kept running until it ends by itself.
pub struct Daemon {
    name: &'static str,
    arguments: Vec<std::ffi::OsString>,
    process: Option<Process>,
    crashes: VecDeque<Instant>,
    restart_at: Option<Instant>,
    ended: Option<i32>,
}

struct Process {
    child: Child,
    lines: Receiver<String>,
    listener: JoinHandle<()>,
}

/// What became of a daemon since it was last looked at.
pub enum News {
    /// It said something.
    Line(String),
    /// It died, as described, and will be started again.
    Died(String),
    /// It ended by itself with this exit code, or was given up.
    Ended(i32),
}

impl Daemon {
    /// Starts this very program with the subcommand `name` and arguments.
    pub fn start(name: &'static str, arguments: Vec<std::ffi::OsString>) -> anyhow::Result<Self> {
        let mut daemon = Self {
            name,
            arguments,
            process: None,
            crashes: VecDeque::new(),
            restart_at: None,
            ended: None,
        };
        daemon.process = Some(daemon.spawn()?);
        Ok(daemon)
    }

    fn spawn(&self) -> anyhow::Result<Process> {
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        let mut child = Command::new(program)
            .arg(self.name)
            .arg("--lifeline")
            .args((0..runs::log::verbosity()).map(|_| "-v"))
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start `woodcut {}`", self.name))?;
        let (said, lines) = mpsc::channel();
        let stderr = child.stderr.take().context("the child has no standard error")?;
        let listener = std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if said.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Process { child, lines, listener })
    }

    /// The exit code, once the daemon has ended for good.
    pub fn ended(&self) -> Option<i32> {
        self.ended
    }

    /// Looks after the daemon without waiting.
    pub fn look(&mut self) -> anyhow::Result<Vec<News>> {
        let mut news = Vec::new();
        if self.restart_at.is_some_and(|at| Instant::now() >= at) {
            self.restart_at = None;
            self.process = Some(self.spawn()?);
        }
        let Some(process) = &mut self.process else { return Ok(news) };
        let status = process.child.try_wait()?;
        if status.is_none() {
            news.extend(process.lines.try_iter().map(News::Line));
            return Ok(news);
        }
        if let (Some(status), Some(process)) = (status, self.process.take()) {
            // The pipe is closed by now, so the listener ends and has said everything.
            let _ = process.listener.join();
            news.extend(process.lines.try_iter().map(News::Line));
            news.push(self.after(status));
        }
        Ok(news)
    }

    fn after(&mut self, status: ExitStatus) -> News {
        if let Some(code) = status.code().filter(|code| CHOSEN.contains(code)) {
            self.ended = Some(code);
            return News::Ended(code);
        }
        let now = Instant::now();
        self.crashes.push_back(now);
        self.crashes.retain(|crash| now.duration_since(*crash) < CRASH_WINDOW);
        if self.crashes.len() >= MAX_CRASHES {
            self.ended = Some(1);
            return News::Ended(1);
        }
        let doublings = u32::try_from(self.crashes.len() - 1).unwrap_or(MAX_CRASHES as u32);
        self.restart_at = Some(now + FIRST_PAUSE * 2u32.pow(doublings));
        News::Died(format!("`woodcut {}` died ({status}); starting it again", self.name))
    }

    /// Asks the daemon to give back what it holds and end.
    pub fn ask_to_end(&mut self) {
        self.restart_at = None;
        if let Some(process) = &mut self.process {
            drop(process.child.stdin.take());
        }
    }

    /// Asks the daemon to end, and sees to it that it does.
    pub fn stop(&mut self) {
        self.ask_to_end();
        let Some(mut process) = self.process.take() else { return };
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            if matches!(process.child.try_wait(), Ok(Some(_))) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = process.child.kill();
        let _ = process.child.wait();
        let _ = process.listener.join();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.stop();
    }
}
