//! A book's progress in the shape that programs are promised: phases by name, with their status.

use chrono::{DateTime, Utc};
use manifest::progress::{Phase, PhaseStatus};
use manifest::{Overall, Role, Status};
use serde::Serialize;

use crate::report::Report;

/// How far a book is, for programs.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgressView {
    book_id: String,
    overall_status: Overall,
    overall_progress: OverallView,
    phases: Phases,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct OverallView {
    percentage: f64,
    eta_seconds: Option<u64>,
    current_phase: Option<&'static str>,
    active_phases: Vec<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
struct Phases {
    elements: PhaseView,
    analysis: PhaseView,
    illustration: PhaseView,
    binding: PhaseView,
}

/// How far a phase is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhaseView {
    name: &'static str,
    status: &'static str,
    progress: Count,
    started_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    eta_seconds: Option<u64>,
}

#[derive(Debug, Clone, Serialize)]
struct Count {
    current: u32,
    total: u32,
    percentage: f64,
    failed: u32,
    skipped: u32,
}

impl ProgressView {
    /// The progress of a book.
    #[must_use]
    pub fn of(id: &str, report: &Report) -> Self {
        let doing = |status| report.chapters.iter().any(|chapter| chapter.status == status);
        let phase = |name, phase: &Phase, role, busy| PhaseView {
            name,
            status: status(phase, report, role, busy),
            progress: Count {
                current: phase.done,
                total: phase.total,
                percentage: phase.percentage,
                failed: phase.failed,
                skipped: phase.skipped,
            },
            started_at: phase.started_at,
            completed_at: phase.completed_at,
            eta_seconds: phase.eta_seconds.filter(|_| report.eta_seconds.is_some()),
        };
        let progress = &report.progress;
        let binding = progress.binding.status == PhaseStatus::Running;
        let searching = report.elements == "inprogress";
        let phases = Phases {
            elements: phase("elements", &progress.elements, Role::Analyze, searching),
            analysis: phase(
                "analysis",
                &progress.analysis,
                Role::Analyze,
                doing(Status::Analyzing),
            ),
            illustration: phase(
                "illustration",
                &progress.illustration,
                Role::Illustrate,
                doing(Status::Illustrating),
            ),
            binding: phase("binding", &progress.binding, Role::Bind, binding),
        };
        let all = [&phases.elements, &phases.analysis, &phases.illustration, &phases.binding];
        let active: Vec<_> =
            all.iter().filter(|phase| phase.status == "running").map(|phase| phase.name).collect();
        let unfinished = all.iter().find(|phase| !phase.status.starts_with("completed"));
        Self {
            book_id: id.to_owned(),
            overall_status: report.overall,
            overall_progress: OverallView {
                percentage: progress.percentage,
                eta_seconds: report.eta_seconds,
                current_phase: active.first().copied().or(unfinished.map(|phase| phase.name)),
                active_phases: active,
            },
            phases,
        }
    }
}

/// How a phase is, in a word of [`Overall`].
fn status(phase: &Phase, report: &Report, role: Role, is_busy: bool) -> &'static str {
    let settled = phase.done + phase.failed + phase.skipped;
    let is_begun = settled > 0 || is_busy;
    if phase.percentage >= 100.0 {
        return match (phase.failed, phase.done) {
            (0, _) => "completed",
            (_, 0) => "failed",
            _ => "completed_with_errors",
        };
    }
    match report.overall {
        Overall::Paused => return "paused",
        Overall::Cancelled => return "cancelled",
        _ => {}
    }
    let is_alive = report.workers.iter().any(|worker| worker.role == role);
    match (is_alive, is_busy, is_begun) {
        (true, true, _) => "running",
        (true, false, _) => "waiting",
        (false, _, true) => "stalled",
        (false, _, false) => "pending",
    }
}
