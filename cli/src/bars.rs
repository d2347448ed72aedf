//! Progress bars for a run; plain lines where standard error is no terminal.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use manifest::ledger::Spent;
use manifest::progress::{Progress, Weights, progress};
use manifest::{ChapterId, Manifest, Status};
use models::Usd;

use crate::status::{one_line, time_left};

/// How many of the last messages stand below the bars.
const MESSAGES: usize = 3;

/// A book at one moment, as far as it is shown.
pub struct Look {
    pub progress: Progress,
    /// The chapter in hand: its number and its title.
    current: Option<(u32, String)>,
    spent: Spent,
}

impl Look {
    pub fn at(manifest: &Manifest, weights: &Weights, now: DateTime<Utc>) -> Self {
        let busy = [Status::Illustrating, Status::Analyzing];
        let current = busy.into_iter().flat_map(|status| manifest.with_status(status)).next();
        let titled = |id: ChapterId| Some((id.0, manifest.chapters().get(&id)?.title.clone()));
        Self {
            progress: progress(manifest, weights, now),
            current: current.and_then(titled),
            spent: manifest.ledger.total(),
        }
    }

    /// `chapter 7, The Ford · 9.4 plates a minute · spent $0.12 on 3 calls`
    fn in_words(&self) -> String {
        let chapter = self.current.as_ref().map(|(number, title)| match title.trim() {
            "" => format!("chapter {number}"),
            title => format!("chapter {number}, {}", one_line(title)),
        });
        let rate = self.progress.plates_per_minute.map(|rate| format!("{rate:.1} plates a minute"));
        let spent = (self.spent.calls > 0).then(|| {
            format!("spent {} on {} calls", Usd::from_micros(self.spent.micros), self.spent.calls)
        });
        [chapter, rate, spent].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// One bar per phase, what is done at the moment, and what happened last.
pub struct Bars {
    all: MultiProgress,
    /// Stands before every line, where several books are worked on at the same time.
    name: Option<String>,
    elements: ProgressBar,
    analysis: ProgressBar,
    illustration: ProgressBar,
    overall: ProgressBar,
    binding: ProgressBar,
    at_work: ProgressBar,
    last: Vec<ProgressBar>,
    messages: Mutex<VecDeque<String>>,
}

impl Bars {
    /// Plain lines only, each with this name in front: bars of several books would overwrite each other.
    pub fn lines(name: String) -> Self {
        Self { name: Some(name), ..Self::plain() }
    }

    /// Plain lines only.
    pub fn plain() -> Self {
        Self::on(MultiProgress::with_draw_target(ProgressDrawTarget::hidden()))
    }

    pub fn new() -> Self {
        Self::on(MultiProgress::new())
    }

    fn on(all: MultiProgress) -> Self {
        let bar = |name: &'static str, unit: &str| {
            let template = format!("{{prefix:>13}} {{bar:32}} {{pos}}/{{len}} {unit} {{msg}}");
            let style = ProgressStyle::with_template(&template)
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("█▉▊▋▌▍▎▏ ");
            all.add(ProgressBar::new(0).with_style(style).with_prefix(name))
        };
        let elements = bar("elements", "chapters");
        let analysis = bar("analysis", "chapters");
        let illustration = bar("illustration", "plates");
        let binding = bar("binding", "books");
        let overall = bar("overall", "%");
        overall.set_length(100);
        let line = |template: &str| {
            let style = ProgressStyle::with_template(template)
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            all.add(ProgressBar::new_spinner().with_style(style))
        };
        let at_work = line("{spinner} {wide_msg}");
        at_work.enable_steady_tick(Duration::from_millis(200));
        let last = (0..MESSAGES).map(|_| line("  {wide_msg}")).collect();
        let messages = Mutex::default();
        Self {
            all,
            name: None,
            elements,
            analysis,
            illustration,
            binding,
            overall,
            at_work,
            last,
            messages,
        }
    }

    pub fn show(&self, look: &Look) {
        let progress = &look.progress;
        self.overall.set_position(progress.percentage as u64);
        let left = time_left(progress.eta_seconds);
        self.overall.set_message(left.trim_start_matches(", ").to_owned());
        let bars = [
            (&self.elements, &progress.elements),
            (&self.analysis, &progress.analysis),
            (&self.binding, &progress.binding),
        ];
        for (bar, phase) in bars {
            bar.set_length(phase.total.into());
            bar.set_position((phase.done + phase.failed + phase.skipped).into());
        }
        self.illustration.set_length(progress.concepts.into());
        self.illustration.set_position(progress.plates.into());
        let failed = progress.illustration.failed;
        if failed > 0 {
            self.illustration.set_message(format!("({failed} chapters failed)"));
        }
        self.at_work.set_message(look.in_words());
    }

    /// What a daemon said: one of the lines below the bars, or a line of its own where there are none.
    pub fn say(&self, line: &str) {
        if self.all.is_hidden() {
            self.print(line);
        } else {
            let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
            if messages.len() >= MESSAGES {
                messages.pop_front();
            }
            messages.push_back(one_line(line));
            for (bar, message) in self.last.iter().zip(messages.iter()) {
                bar.set_message(message.clone());
            }
        }
    }

    /// Something to be kept on the screen.
    pub fn keep(&self, line: &str) {
        if self.all.is_hidden() {
            self.print(line);
        } else {
            let _ = self.all.println(line);
        }
    }

    fn print(&self, line: &str) {
        match &self.name {
            Some(name) => eprintln!("{name}: {line}"),
            None => eprintln!("{line}"),
        }
    }

    pub fn clear(&self) {
        self.at_work.finish_and_clear();
        self.last.iter().for_each(ProgressBar::finish_and_clear);
        let _ = self.all.clear();
    }
}
