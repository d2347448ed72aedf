//! Progress bars for a run; plain lines where standard error is no terminal.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use manifest::progress::Progress;

use crate::status::time_left;

/// One bar per phase, and a line of what happened last.
pub struct Bars {
    all: MultiProgress,
    /// Stands before every line, where several books are worked on at the same time.
    name: Option<String>,
    elements: ProgressBar,
    analysis: ProgressBar,
    illustration: ProgressBar,
    overall: ProgressBar,
    last: ProgressBar,
}

impl Bars {
    /// Plain lines only, each with this name in front: bars of several books would overwrite each other.
    pub fn lines(name: String) -> Self {
        let bars = Self::on(MultiProgress::with_draw_target(ProgressDrawTarget::hidden()));
        Self { name: Some(name), ..bars }
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
        let overall = bar("overall", "%");
        overall.set_length(100);
        let style = ProgressStyle::with_template("{spinner} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let last = all.add(ProgressBar::new_spinner().with_style(style));
        last.enable_steady_tick(Duration::from_millis(200));
        Self { all, name: None, elements, analysis, illustration, overall, last }
    }

    pub fn show(&self, progress: &Progress, eta_seconds: Option<u64>) {
        self.overall.set_position(progress.percentage as u64);
        let left = time_left(eta_seconds);
        self.overall.set_message(left.trim_start_matches(", ").to_owned());
        let bars = [(&self.elements, &progress.elements), (&self.analysis, &progress.analysis)];
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
    }

    /// What a daemon said: the line below the bars, or a line of its own where there are none.
    pub fn say(&self, line: &str) {
        if self.all.is_hidden() {
            self.print(line);
        } else {
            self.last.set_message(line.to_owned());
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
        self.last.finish_and_clear();
        let _ = self.all.clear();
    }
}
