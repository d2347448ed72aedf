// Which view is shown at which address, and signing in.

import { h, write } from "./dom.js";
import * as api from "./api.js";
import * as shelf from "./shelf.js";
import * as book from "./book.js";
import * as plate from "./plate.js";

const main = document.getElementById("main");
const link = document.getElementById("link");
const LINK = { live: "Live", polling: "Asking every two seconds", lost: "The server cannot be reached" };

let shown = null;
let turn = 0;

function viewOf(path) {
  const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  if (parts.length === 0) return () => shelf.show(page);
  if (parts[0] === "books" && parts.length === 2) return () => book.show(page, parts[1]);
  if (parts[0] === "books" && parts[2] === "plates" && parts.length === 4) {
    return () => plate.show(page, parts[1], parts[3]);
  }
  return () => { page.put("Not found", h("h1", {}, "Nothing is at this address")); return null; };
}

/** What a view may do to the page around it. */
const page = {
  put(title, ...content) {
    document.title = title ? `${title} · woodcut` : "woodcut";
    main.replaceChildren(...content);
  },
  link(state) {
    write(link, LINK[state] ?? "");
    link.dataset.state = state;
  },
  /** Shows why something failed; a server that wants a token gets it. */
  fail(error, again) {
    if (error.status === 401) return signIn(again);
    page.put("", h("h1", {}, error.status === 404 ? "Not found" : "This cannot be shown"),
      h("p", { class: "notice" }, error.message),
      h("p", {}, h("a", { href: "/" }, "All books")));
  },
  go,
};

function signIn(again) {
  const said = h("p", { class: "notice", role: "alert", hidden: true });
  const token = h("input", { id: "token", type: "password", autocomplete: "current-password", required: true });
  const submit = async (event) => {
    event.preventDefault();
    try {
      await api.signIn(token.value);
      again();
    } catch (error) {
      said.hidden = false;
      write(said, error.message);
      token.select();
    }
  };
  page.put("Sign in", h("h1", {}, "Sign in"),
    h("form", { class: "sign-in", onsubmit: submit },
      h("label", { for: "token" }, "The token that this server was started with"), token,
      h("p", { class: "actions" }, h("button", { class: "strong" }, "Sign in")), said));
  token.focus();
}

async function render(focus) {
  const mine = ++turn;
  shown?.close();
  shown = null;
  page.link("");
  const view = await viewOf(location.pathname)();
  // Meanwhile somebody may have gone on.
  if (mine !== turn) { view?.close(); return; }
  shown = view;
  if (focus) { main.focus({ preventScroll: true }); scrollTo(0, 0); }
}

function go(path) {
  history.pushState(null, "", path);
  render(true);
}

document.addEventListener("click", (event) => {
  const anchor = event.target.closest("a[href]");
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!anchor || !plain || anchor.origin !== location.origin || anchor.target) return;
  if (anchor.pathname.startsWith("/api/") || anchor.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  go(anchor.pathname);
});
addEventListener("popstate", () => render(true));
render(false);
