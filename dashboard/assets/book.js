// One book: how far it is, what can be asked of it, its plates, chapters and log.

import { announce, bar, confirm, h, mark, write } from "./dom.js";
import * as api from "./api.js";
import * as words from "./words.js";
import { chapters } from "./chapters.js";
import { gallery } from "./gallery.js";
import { journal } from "./journal.js";
import { runs } from "./runs.js";

export async function show(page, id) {
  let book;
  let log;
  try {
    [book, log] = await Promise.all([api.book(id), api.log(id)]);
  } catch (error) {
    page.fail(error, () => page.go(`/books/${encodeURIComponent(id)}`));
    return null;
  }
  const [head, phases, plates, ran] = [heading(page, id), pipeline(), gallery(id), runs(id)];
  const [grid, events] = [chapters(page, id), journal(log.entries)];
  const parts = [head, phases, plates, grid, ran, events];
  page.put(words.title(book.title),
    h("div", { class: "top" }, h("div", { class: "sum" }, head.element, phases.element), plates.latest),
    plates.element, grid.element, ran.element, events.element);
  const update = (news) => parts.forEach((part) => part.update(book, news));
  update([]);

  const merge = ({ log: news, ...told }) => {
    const changed = new Map(told.chapters.map((chapter) => [chapter.chapter, chapter]));
    const before = book.overall;
    book = { ...told, chapters: book.chapters.map((chapter) => changed.get(chapter.chapter) ?? chapter) };
    update(news);
    tell(before);
  };
  const tell = (before) => {
    if (book.overall !== before) announce(`${words.title(book.title)}: ${words.status(book.overall)}`);
  };
  const listening = api.follow(id, book.serial, {
    change: merge,
    async reset() {
      const before = book.overall;
      const [told, logged] = await Promise.all([api.book(id), api.log(id)]);
      book = told;
      listening.at(book.serial);
      update(logged.entries);
      tell(before);
    },
    state: page.link,
  });
  return { close() { listening.close(); ran.close(); } };
}

/** Title, overall progress, what can be asked for. */
function heading(page, id) {
  const title = h("h1", {});
  const folder = h("p", { class: "quiet folder" });
  const number = h("p", { class: "number" });
  const state = h("p", { class: "state" });
  const detail = h("p", { class: "quiet" });
  const progress = bar("The whole book");
  const trouble = h("p", { class: "notice", role: "alert", hidden: true });
  const said = h("p", { class: "notice", role: "alert", hidden: true });

  const ask = async (what, body) => {
    said.hidden = true;
    try {
      await api.act(id, what, body);
    } catch (error) {
      said.hidden = false;
      write(said, error.message);
    }
  };
  const button = (label, act, kind = "") => h("button", { type: "button", class: kind, onclick: act }, label);
  const buttons = {
    pause: button("Pause", () => ask("pause")),
    resume: button("Resume", () => ask("resume"), "strong"),
    retry: button("Try failures again", () => ask("retry")),
    cancel: button("Cancel", async () => {
      const sure = await confirm("Cancel this book?",
        "Whoever is at work gives back what is in hand and ends. What is done stays; Resume takes it back.",
        "Cancel the book");
      if (sure) ask("cancel");
      buttons.cancel.focus();
    }),
  };
  const element = h("header", { class: "heading" }, h("a", { class: "back", href: "/" }, "All books"), title, folder,
    h("div", { class: "overall" }, number, h("div", {}, state, detail)), progress.element,
    h("p", { class: "actions" }, Object.values(buttons)), said, trouble);

  const keep = (name, show) => {
    const has = document.activeElement === buttons[name];
    buttons[name].hidden = !show;
    // Who pressed a button that goes away goes on at the one that takes its place.
    if (has && !show) Object.values(buttons).find((other) => !other.hidden)?.focus();
  };
  return {
    element,
    update(book) {
      write(title, words.title(book.title));
      write(folder, book.project);
      write(number, words.percent(book.progress.percentage));
      const rest = words.left(book.eta_seconds);
      write(state, words.status(book.overall) + (rest ? `, ${rest}` : ""));
      mark(state, "data-status", book.overall);
      write(detail, details(book));
      progress.set(book.progress.percentage, book.overall);
      const over = ["completed", "completed_with_errors", "failed"].includes(book.overall);
      const held = ["paused", "cancelled"].includes(book.overall);
      keep("resume", held);
      keep("pause", !over && !held);
      keep("cancel", !over && book.overall !== "cancelled");
      keep("retry", !held && hasFailures(book));
      trouble.hidden = !book.trouble;
      write(trouble, book.trouble ? `Nothing could be drawn again: ${book.trouble}` : "");
    },
  };
}

function hasFailures(book) {
  return book.elements_error !== null
    || book.chapters.some((chapter) => chapter.status === "error" || Object.keys(chapter.blocked).length > 0);
}

function details(book) {
  const { plates, concepts } = book.progress;
  const wanted = book.analyze_complete ? "" : " wanted so far";
  const parts = [`${plates} of ${words.count(concepts, "plate")}${wanted}`];
  const roles = book.workers.map((worker) => worker.role);
  for (const role of new Set(roles)) {
    parts.push(words.count(roles.filter((other) => other === role).length, `${role} daemon`));
  }
  if (roles.length === 0) parts.push("nobody at work");
  if (book.spent.calls > 0) parts.push(`${dollarsSpent(book)} on ${words.count(book.spent.calls, "call")}`);
  return parts.join(" · ");
}

function dollarsSpent(book) {
  const more = book.spent.unpriced > 0 ? " and what unpriced calls cost" : "";
  return `${words.dollars(book.spent.micros)} spent${more}`;
}

/** The phases, in the order in which a book goes through them. */
function pipeline() {
  const list = h("ol", { class: "pipeline" });
  const known = new Map();
  return {
    element: h("section", { "aria-labelledby": "phases" },
      h("h2", { id: "phases", class: "unseen" }, "Phases"), list),
    update(book) {
      for (const [name, phase] of Object.entries(book.phases.phases)) {
        if (!known.has(name)) {
          const state = h("p", { class: "state" });
          const numbers = h("p", { class: "quiet" });
          const progress = bar(words.phase(name));
          const element = h("li", {}, h("h3", {}, words.phase(name)), state, progress.element, numbers);
          known.set(name, { element, state, numbers, progress });
          list.append(element);
        }
        const shown = known.get(name);
        const { current, total, percentage, failed, skipped } = phase.progress;
        const rest = phase.status === "running" ? words.left(phase.etaSeconds) : "";
        write(shown.state, words.status(phase.status) + (rest ? `, ${rest}` : ""));
        mark(shown.state, "data-status", phase.status);
        mark(shown.element, "data-status", phase.status);
        // Nobody binds a book whose daemons were started one by one.
        shown.element.hidden = name === "binding" && phase.progress.total === 0;
        const more = [[failed, "failed"], [skipped, "left out"]].filter(([n]) => n > 0);
        write(shown.numbers, [`${current} of ${total}`, ...more.map(([n, what]) => `${n} ${what}`)].join(", "));
        shown.progress.set(percentage, phase.status);
      }
    },
  };
}
