// The plates of a book, in its order; the one drawn last stands large at the head.

import { h, write } from "./dom.js";
import * as api from "./api.js";
import * as words from "./words.js";

/** How many are shown before somebody asks for more. */
const BATCH = 48;

const address = (id, n) => `/books/${encodeURIComponent(id)}/plates/${encodeURIComponent(n)}`;

export function gallery(id) {
  const latest = h("div", { class: "latest", hidden: true });
  const list = h("ul", { class: "gallery" });
  const none = h("p", { class: "quiet" }, "No plate is drawn yet.");
  const more = h("button", { type: "button", hidden: true, onclick: () => { shown += BATCH; fill(); } });
  const shownPlates = new Map();
  let shown = BATCH;
  let plates = [];
  let known = null;
  let head = null;

  /** Puts what is to be shown into the list, touching only what is different. */
  function fill() {
    const wanted = plates.slice(0, shown);
    const names = new Set(wanted.map((plate) => plate.n));
    for (const [n, item] of shownPlates) {
      if (!names.has(n)) { item.element.remove(); shownPlates.delete(n); }
    }
    wanted.forEach((plate, place) => {
      let item = shownPlates.get(plate.n);
      if (!item) {
        item = makeItem(id, plate);
        shownPlates.set(plate.n, item);
      }
      item.update(plate);
      if (list.children[place] !== item.element) list.insertBefore(item.element, list.children[place] ?? null);
    });
    none.hidden = plates.length > 0;
    more.hidden = plates.length <= shown;
    write(more, `Show more of ${plates.length}`);
  }

  function showLatest(plate) {
    if (!plate || (head && head.n === plate.n && head.file === plate.file)) return;
    head = plate;
    const image = h("img", {
      src: api.picture(id, plate.n, plate.file, 640), alt: `Plate ${plate.n}`, width: 640, height: 960,
    });
    const link = h("a", { href: address(id, plate.n) }, image, h("span", { class: "caption" }, words.title(plate.title)));
    const put = () => {
      if (head !== plate) return;
      latest.hidden = false;
      latest.replaceChildren(link);
    };
    // The one before stays until this one can be seen.
    image.decode().then(put, put);
  }

  return {
    latest,
    element: h("section", { "aria-labelledby": "plates", class: "plates" },
      h("h2", { id: "plates" }, "Plates"), none, list, more),
    update(book, news) {
      const found = [];
      for (const chapter of book.chapters) {
        for (const [concept, file] of Object.entries(chapter.pictures)) {
          found.push({ n: `${chapter.chapter}:${concept}`, file, title: chapter.title });
        }
      }
      const drawn = news.filter((entry) => /^Plate \d+ is drawn$/.test(entry.text)).at(-1);
      const n = drawn && `${drawn.chapter}:${drawn.text.split(" ")[1]}`;
      const key = found.map((plate) => plate.file).join("|");
      if (key !== known) {
        known = key;
        plates = found;
        fill();
      }
      showLatest(found.find((plate) => plate.n === n) ?? (head ? null : found.at(-1)));
    },
  };
}

function makeItem(id, { n }) {
  const image = h("img", { loading: "lazy", width: 320, height: 480, alt: `Plate ${n}` });
  const caption = h("span", { class: "caption" });
  const element = h("li", {}, h("a", { href: address(id, n) }, image, caption));
  let file = null;
  return {
    element,
    update(plate) {
      write(caption, words.title(plate.title));
      if (plate.file !== file) {
        file = plate.file;
        image.src = api.picture(id, n, file, 320);
      }
    },
  };
}
