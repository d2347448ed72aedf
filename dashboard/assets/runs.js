// What ran on a book: one line each; one is chosen, and told more of.

import { h, mark, write } from "./dom.js";
import * as api from "./api.js";
import * as words from "./words.js";

/** How often the list is asked for. */
const EVERY = 3000;

export function runs(id) {
  const body = h("tbody");
  const table = h("table", {}, h("thead", {}, h("tr", {},
    ["Run", "How it is", "Began", "At", "Did"].map((name) => h("th", { scope: "col" }, name)))), body);
  const none = h("p", { class: "quiet" }, "No process has left a record here yet.");
  const frame = h("div", { class: "runs", tabindex: 0, role: "region", "aria-label": "List of runs", hidden: true }, table);
  const warnings = h("div", {});
  const detail = h("div", { class: "run", hidden: true });
  let known = "";
  let chosen = null;
  let timer = null;
  let closed = false;

  async function look() {
    try {
      const told = await api.runs(id);
      const now = JSON.stringify(told);
      if (now !== known) { known = now; fill(told); }
      if (chosen) await tell();
    } catch { /* What is shown stays; the page says elsewhere that the server is away. */ }
    if (!closed) timer = setTimeout(next, EVERY);
  }
  const next = () => { if (document.hidden) timer = setTimeout(next, EVERY); else look(); };

  function fill(told) {
    none.hidden = told.runs.length > 0;
    frame.hidden = !none.hidden;
    const focused = document.activeElement?.dataset?.run;
    body.replaceChildren(...told.runs.map((run) => {
      const name = h("button", {
        type: "button", class: "plain", "data-run": run.id, "aria-expanded": run.id === chosen, "aria-controls": "run",
        onclick: () => { chosen = run.id === chosen ? null : run.id; choose(); },
      }, run.command);
      const state = words.runState(run);
      const alarming = run.state === "crashed" || (run.exit_code ?? 0) !== 0;
      return h("tr", {}, h("td", {}, name), h("td", { class: alarming ? "alarm" : "" }, state),
        h("td", {}, h("time", { datetime: run.started_at }, words.moment(run.started_at))),
        h("td", {}, run.stage), h("td", {}, words.did(run.counts)));
    }));
    if (focused) body.querySelector(`[data-run="${CSS.escape(focused)}"]`)?.focus();
    warnings.replaceChildren(...told.warnings.map((text) => h("p", { class: "notice" }, text)));
  }

  function choose() {
    for (const button of body.querySelectorAll("[data-run]")) mark(button, "aria-expanded", button.dataset.run === chosen);
    detail.hidden = chosen === null;
    if (chosen) tell().catch(() => {});
  }

  const facts = h("p", { class: "quiet" });
  const errors = h("div", {});
  const tail = h("pre", { tabindex: 0, "aria-label": "Log of the run" });
  detail.id = "run";
  detail.append(facts, errors, tail);
  async function tell() {
    const run = await api.run(chosen);
    const line = [run.id, `version ${run.version}`, `process ${run.pid} on ${run.host}`, run.arguments.join(" ")];
    write(facts, line.filter(Boolean).join(" · "));
    errors.replaceChildren(...(run.errors ?? []).map((text) => h("p", { class: "notice" }, text)));
    const atEnd = tail.scrollTop + tail.clientHeight >= tail.scrollHeight - 8;
    write(tail, run.tail || "It has said nothing.");
    if (atEnd) tail.scrollTop = tail.scrollHeight;
  }

  look();
  return {
    element: h("section", { "aria-labelledby": "runs" }, h("h2", { id: "runs" }, "Runs"), none, frame, warnings, detail),
    update() {},
    close() { closed = true; clearTimeout(timer); },
  };
}
