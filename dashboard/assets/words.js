// Numbers and states in words.

const STATUS = {
  pending: "Not begun", running: "Running", waiting: "Waiting", stalled: "Nobody at work",
  paused: "Paused", rate_limited: "Held back by a limit", completed: "Completed",
  completed_with_errors: "Completed with errors", failed: "Failed", cancelled: "Cancelled",
};
const CHAPTER = {
  pending: "not begun", analysis_inprogress: "being read", analyzed: "read, not drawn yet",
  illustration_inprogress: "being drawn", illustration_complete: "illustrated", error: "failed",
  skipped: "left out",
};
const PHASE = {
  elements: "Elements", analysis: "Analysis", illustration: "Illustration", binding: "Binding",
};

export const status = (word) => STATUS[word] ?? word.replaceAll("_", " ");
export const chapterStatus = (word) => CHAPTER[word] ?? word;
export const phase = (word) => PHASE[word] ?? word;
export const chapterStates = Object.keys(CHAPTER);

export const percent = (value) => `${Math.floor(value)} %`;

export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** How long something takes: `40 s`, `12 min`, `3 h 20 min`. */
export function duration(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest ? ` ${rest} min` : ""}`;
}

export function left(seconds) {
  return seconds === null || seconds === undefined || seconds === 0 ? "" : `about ${duration(seconds)} left`;
}

export function dollars(micros) {
  const value = micros / 1e6;
  return value < 0.01 && value > 0 ? "less than $0.01" : `$${value.toFixed(2)}`;
}

export const time = (iso) =>
  new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const moment = (iso) =>
  new Date(iso).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

/** How a run is: `running`, `done`, `exit 3`, `crashed`. */
export function runState({ state, exit_code: code }) {
  if (state !== "ended") return state;
  return code === 0 ? "done" : `exit ${code}`;
}

/** What a run did: `9 chapters, 27 plates`. */
export function did({ chapters, plates, failed, blocked }) {
  const parts = [[chapters, "chapter"], [plates, "plate"]].filter(([n]) => n > 0).map(([n, what]) => count(n, what));
  if (failed > 0) parts.push(`${failed} failed`);
  if (blocked > 0) parts.push(`${blocked} refused`);
  return parts.join(", ");
}

/** A title in one line; empty ones get a name. */
export const title = (text) => text.trim() || "Untitled";
