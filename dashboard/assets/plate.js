// One plate, large: the passage it shows, what it was drawn from, and drawing it again.

import { announce, h, mark, write } from "./dom.js";
import * as api from "./api.js";
import * as words from "./words.js";

export async function show(page, id, n) {
  const bookAddress = `/books/${encodeURIComponent(id)}`;
  const address = (plate) => `${bookAddress}/plates/${encodeURIComponent(plate)}`;
  let plate;
  let book;
  try {
    [plate, book] = await Promise.all([api.plate(id, n), api.book(id)]);
  } catch (error) {
    page.fail(error, () => page.go(address(n)));
    return null;
  }
  const frame = h("div", { class: "frame" });
  const state = h("p", { class: "state" });
  const reason = h("p", { class: "notice", hidden: true });
  const quote = h("blockquote", {});
  const description = h("p", {});
  const facts = h("dl", { class: "facts" });
  const prompt = h("textarea", { id: "prompt", rows: 8, spellcheck: "true", maxlength: 20000 });
  const edited = h("p", { class: "quiet", hidden: true }, "Somebody has changed this prompt; it is kept.");
  const said = h("p", { class: "notice", role: "alert", hidden: true });
  const redraw = h("button", { class: "strong" }, "Draw again");
  const undo = h("button", { type: "button", onclick: () => ask({ plates: [n], undo: true }) }, "Take the earlier picture back");

  const ask = async (wish) => {
    said.hidden = true;
    mark(redraw, "disabled", true);
    try {
      await api.act(id, "redraw", wish);
      await look();
    } catch (error) {
      said.hidden = false;
      write(said, error.message);
    }
    mark(redraw, "disabled", false);
  };
  const submit = (event) => {
    event.preventDefault();
    const changed = prompt.value.trim() !== (plate.prompt ?? "").trim();
    ask(changed ? { plates: [n], prompt: prompt.value } : { plates: [n] });
  };

  const around = neighbours(book, n);
  const step = (label, to) => to ? h("a", { href: address(to), rel: label }, label === "prev" ? "‹ Before" : "Next ›") : h("span", {});
  page.put(`Plate ${n}`,
    h("nav", { class: "row", "aria-label": "Plates" },
      h("a", { class: "back", href: bookAddress }, words.title(book.title)),
      h("span", { class: "steps" }, step("prev", around.before), step("next", around.after))),
    h("article", { class: "plate" }, frame,
      h("div", { class: "about" },
        h("h1", {}, words.title(plate.chapterTitle)),
        h("p", { class: "quiet" }, `Plate ${plate.concept} of chapter ${plate.chapter}`), state, reason,
        quote, description, facts,
        h("form", { onsubmit: submit }, h("label", { for: "prompt" }, "Prompt"), prompt, edited,
          h("p", { class: "actions" }, redraw, undo), said))));

  let file = null;
  const update = () => {
    if (plate.file !== file || !frame.firstChild) {
      const first = file === null;
      file = plate.file;
      frame.replaceChildren(file
        ? h("img", { src: api.picture(id, n, file), alt: plate.description || `Plate ${n}`, width: plate.size?.[0], height: plate.size?.[1] })
        : h("p", { class: "quiet" }, plate.status === "refused" ? "The engine refused to draw this." : "Not drawn yet."));
      if (!first && file) announce("The plate is drawn");
    }
    write(state, { drawn: "Drawn", refused: "Refused", wanted: "To be drawn" }[plate.status] ?? plate.status);
    reason.hidden = !plate.reason;
    write(reason, plate.reason ?? "");
    quote.hidden = !plate.quote;
    write(quote, plate.quote);
    // The built-in reader describes a moment with the passage itself.
    description.hidden = plate.quote.startsWith(plate.description.slice(0, 24));
    write(description, plate.description);
    const rows = [
      ["Shows", plate.elements.join(", ")], ["Setting", plate.setting], ["Time", plate.timeOfDay],
      ["Weather", plate.weather], ["Mood", plate.mood], ["Engine", plate.engine],
      ["Size", plate.size?.join(" × ")], ["Seed", plate.seed], ["Pictures so far", plate.versions || null],
      ["Softened to", plate.softened],
    ].filter(([, value]) => value !== null && value !== undefined && value !== "");
    facts.replaceChildren(...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, String(value)))));
    // What somebody is writing is not taken from under their hands.
    if (document.activeElement !== prompt && prompt.value === (prompt.dataset.was ?? "")) {
      prompt.value = plate.prompt ?? "";
      prompt.dataset.was = prompt.value;
    }
    edited.hidden = !plate.isEdited;
    undo.hidden = !plate.hasEarlier;
  };
  // Answers may overtake each other: only that to the last question counts.
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const told = await api.plate(id, n);
    if (mine !== asked) return;
    plate = told;
    update();
  };
  update();

  const key = (event) => {
    if (event.target.closest("textarea, input") || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = { ArrowLeft: around.before, ArrowRight: around.after }[event.key];
    if (to) page.go(address(to));
    else if (event.key === "Escape") page.go(bookAddress);
  };
  document.addEventListener("keydown", key);
  const listening = api.follow(id, book.serial, {
    change(told) {
      if (told.chapters.some((chapter) => chapter.chapter === plate.chapter)) look().catch(() => {});
      if (told.trouble) { said.hidden = false; write(said, `Nothing could be drawn again: ${told.trouble}`); }
    },
    reset: look,
    state: page.link,
  });
  return { close() { document.removeEventListener("keydown", key); listening.close(); } };
}

/** The plates before and after one, in the order of the book. */
function neighbours(book, n) {
  const all = book.chapters.flatMap((chapter) =>
    Array.from({ length: chapter.concepts ?? 0 }, (_, place) => `${chapter.chapter}:${place + 1}`));
  const place = all.indexOf(n);
  return { before: all[place - 1] ?? null, after: place < 0 ? null : all[place + 1] ?? null };
}
