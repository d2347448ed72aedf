// The chapters as a grid of blocks: one is chosen, and told more of.

import { h, mark, write } from "./dom.js";
import * as api from "./api.js";
import * as words from "./words.js";

export function chapters(page, id) {
  const grid = h("div", { class: "grid", role: "listbox", "aria-label": "Chapters", onkeydown: move, onclick: pick });
  const detail = h("div", { class: "chapter", "aria-live": "polite" });
  const legend = h("ul", { class: "legend" },
    words.chapterStates.map((state) => h("li", { hidden: true, "data-state": state },
      h("span", { class: "block", "data-state": state, "aria-hidden": "true" }), words.chapterStatus(state))));
  const cells = [];
  let book = null;
  let chosen = null;

  function update(now) {
    book = now;
    while (cells.length > book.chapters.length) cells.pop().remove();
    book.chapters.forEach((chapter, place) => {
      if (!cells[place]) {
        cells[place] = h("div", { class: "block", role: "option", tabindex: place === 0 ? 0 : -1, "data-place": place });
        grid.append(cells[place]);
      }
      const cell = cells[place];
      write(cell, String(chapter.chapter));
      mark(cell, "data-state", chapter.status);
      mark(cell, "aria-label", label(chapter));
      mark(cell, "aria-selected", place === chosen);
    });
    const states = new Set(book.chapters.map((chapter) => chapter.status));
    for (const item of legend.children) item.hidden = !states.has(item.dataset.state);
    if (chosen === null) {
      const failed = book.chapters.findIndex((chapter) => chapter.status === "error");
      if (failed >= 0) choose(failed, false);
    } else tell();
  }

  function choose(place, focus) {
    if (place < 0 || place >= cells.length) return;
    for (const cell of grid.querySelectorAll('[tabindex="0"]')) mark(cell, "tabindex", -1);
    if (chosen !== null) mark(cells[chosen], "aria-selected", false);
    chosen = place;
    mark(cells[place], "tabindex", 0);
    mark(cells[place], "aria-selected", true);
    if (focus) {
      cells[place].focus({ preventScroll: true });
      cells[place].scrollIntoView({ block: "nearest" });
    }
    tell();
  }

  function move(event) {
    const perRow = Math.max(1, cells.filter((cell) => cell.offsetTop === cells[0].offsetTop).length);
    const steps = {
      ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow, Home: -cells.length, End: cells.length,
    };
    const from = cells.indexOf(event.target);
    if (from < 0) return;
    if (event.key === "Enter" || event.key === " ") choose(from, true);
    else if (event.key in steps) {
      choose(Math.min(cells.length - 1, Math.max(0, from + steps[event.key])), true);
    } else return;
    event.preventDefault();
  }

  function pick(event) {
    const cell = event.target.closest("[data-place]");
    if (cell) choose(Number(cell.dataset.place), true);
  }

  let told = "";
  function tell() {
    const chapter = book.chapters[chosen];
    const now = JSON.stringify(chapter);
    if (now === told) return;
    told = now;
    const plates = Object.entries(chapter.pictures);
    const wanted = Array.from({ length: chapter.concepts ?? 0 }, (_, n) => n + 1);
    const said = h("p", { class: "notice", role: "alert", hidden: true });
    const again = async () => {
      try {
        await api.act(id, "redraw", { plates: [String(chapter.chapter)] });
      } catch (error) {
        said.hidden = false;
        write(said, error.message);
      }
    };
    detail.replaceChildren(...[
      h("h3", {}, `${chapter.chapter}. ${words.title(chapter.title)}`),
      h("p", { class: "state", "data-status": chapter.status }, capital(words.chapterStatus(chapter.status))),
      chapter.reason ? h("p", { class: "notice" }, chapter.reason) : null,
      ...Object.entries(chapter.blocked).map(([n, why]) => h("p", { class: "notice" }, `Plate ${n} was refused: ${why}`)),
      wanted.length > 0 ? h("p", {}, wanted.map((n) => h("a", {
        class: "chip", href: `/books/${encodeURIComponent(id)}/plates/${encodeURIComponent(`${chapter.chapter}:${n}`)}`,
      }, `Plate ${n}`))) : null,
      plates.length > 0 ? h("p", { class: "actions" },
        h("button", { type: "button", onclick: again }, "Draw this chapter again")) : null,
      said,
    ].filter(Boolean));
  }

  return {
    element: h("section", { "aria-labelledby": "chapters", class: "chapters" },
      h("h2", { id: "chapters" }, "Chapters"), legend, h("div", { class: "split" }, grid, detail)),
    update,
  };
}

function label(chapter) {
  const plates = Object.keys(chapter.pictures).length;
  const drawn = plates > 0 ? `, ${words.count(plates, "plate")}` : "";
  return `Chapter ${chapter.chapter}, ${words.title(chapter.title)}: ${words.chapterStatus(chapter.status)}${drawn}`;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
