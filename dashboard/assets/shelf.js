// All books.

import { bar, h, mark, write } from "./dom.js";
import * as api from "./api.js";
import * as words from "./words.js";

export async function show(page) {
  const cards = new Map();
  const list = h("ul", { class: "shelf" });
  const problems = h("div", {});
  const summary = h("p", { class: "quiet" });
  let begun = false;

  const look = async () => {
    let told;
    try {
      told = await api.books();
    } catch (error) {
      page.link("lost");
      if (!begun || error.status === 401) {
        watching?.close();
        page.fail(error, () => page.go("/"));
      }
      return;
    }
    if (!begun) page.put("", h("div", { class: "row" }, h("h1", {}, "Books"), summary), list, problems);
    begun = true;
    page.link("");
    update(told);
  };

  function update({ books, problems: troubles }) {
    write(summary, books.length === 0
      ? "No project lies below the folders that are served. `woodcut run BOOK` makes one."
      : words.count(books.length, "book"));
    const ids = new Set(books.map((book) => book.bookId));
    for (const [id, card] of cards) {
      if (!ids.has(id)) { card.element.remove(); cards.delete(id); }
    }
    for (const book of books) {
      let card = cards.get(book.bookId);
      if (!card) {
        card = makeCard(book);
        cards.set(book.bookId, card);
        list.append(card.element);
      }
      card.update(book);
    }
    problems.replaceChildren(...troubles.map(({ folder, message }) =>
      h("p", { class: "notice" }, h("strong", {}, folder), ": ", message)));
  }

  const watching = api.poll(look);
  return watching;
}

function makeCard({ bookId }) {
  const cover = h("div", { class: "cover" });
  const title = h("a", { href: `/books/${encodeURIComponent(bookId)}` });
  const state = h("p", { class: "state" });
  const numbers = h("p", { class: "quiet" });
  const progress = bar("Done");
  const element = h("li", { class: "card" }, cover,
    h("div", { class: "about" }, h("h2", {}, title), state, progress.element, numbers));
  let file = null;
  return {
    element,
    update(book) {
      write(title, words.title(book.title));
      const rest = words.left(book.etaSeconds);
      write(state, words.status(book.overallStatus) + (rest ? `, ${rest}` : ""));
      mark(state, "data-status", book.overallStatus);
      progress.set(book.percentage, book.overallStatus);
      const failed = book.failed ? `, ${book.failed} failed` : "";
      write(numbers, `${words.percent(book.percentage)} · ${words.count(book.chapters, "chapter")}${failed} · `
        + words.count(book.plates, "plate"));
      if (book.cover && book.cover.file !== file) {
        file = book.cover.file;
        cover.replaceChildren(h("img", {
          src: api.picture(bookId, book.cover.plate, file, 320), alt: "", width: 320, height: 480,
        }));
      }
    },
  };
}
