// The log: what happened, newest first.

import { h } from "./dom.js";
import * as words from "./words.js";

/** As many as are kept on the page. */
const MOST = 500;

export function journal(entries) {
  const list = h("ol", { class: "log", tabindex: 0, "aria-label": "Events, newest first" });
  const only = h("input", { type: "checkbox", id: "alarming", onchange: () => list.classList.toggle("alarming", only.checked) });
  let last = 0;

  function add(news) {
    for (const entry of news) {
      if (entry.serial <= last) continue;
      last = entry.serial;
      const chapter = entry.chapter === null ? null : h("span", { class: "where" }, `Chapter ${entry.chapter}`);
      list.prepend(h("li", { class: entry.alarming ? "alarm" : "" },
        h("time", { datetime: entry.at }, words.time(entry.at)), chapter, h("span", {}, entry.text)));
    }
    while (list.children.length > MOST) list.lastElementChild.remove();
  }

  add(entries);
  return {
    element: h("section", { "aria-labelledby": "log" }, h("div", { class: "row" }, h("h2", { id: "log" }, "Log"),
      h("label", { for: "alarming" }, only, " Only what went wrong")), list),
    update(_, news) { add(news); },
  };
}
