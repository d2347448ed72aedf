// Asking the server, and listening to it.

const API = "/api/v1";
/** How often it is asked where it cannot be listened to. */
const POLL = 2000;

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function answer(response) {
  if (response.ok) return response.status === 204 ? null : response.json();
  const told = await response.json().catch(() => ({}));
  throw new Refused(response.status, told.error ?? `the server answers ${response.status}`);
}

const part = (id) => encodeURIComponent(id);
const plateUrl = (id, n) => `${API}/books/${part(id)}/plates/${part(n)}`;

async function ask(path, options) {
  let response;
  try {
    response = await fetch(`${API}${path}`, { cache: "no-cache", ...options });
  } catch {
    throw new Refused(0, "the server cannot be reached");
  }
  return answer(response);
}

function post(path, body) {
  const headers = { "content-type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
}

export const books = () => ask("/books");
export const book = (id) => ask(`/books/${part(id)}`);
export const log = (id) => ask(`/books/${part(id)}/log`);
export const runs = (id) => ask(`/runs?book=${part(id)}`);
export const run = (id) => ask(`/runs/${part(id)}`);
export const plate = (id, n) => ask(`/books/${part(id)}/plates/${part(n)}`);
export const act = (id, what, body) => post(`/books/${part(id)}/${what}`, body);
export const signIn = (token) => post("/session", { token });

/** The address of a plate's picture; `file` tells one picture from the next. */
export function picture(id, n, file, width) {
  const size = width ? `&width=${width}` : "";
  return `${plateUrl(id, n)}/picture?v=${part(file)}${size}`;
}

/**
 * Tells of a book until closed: `change` gets what is different, `reset` is to get it all anew, `state`
 * hears how we listen: `live`, `polling` or `lost`.
 */
export function follow(id, after, { change, reset, state }) {
  let last = after;
  let source = null;
  let timer = null;
  let closed = false;

  const listen = () => {
    if (source || closed || document.hidden) return;
    source = new EventSource(`${API}/books/${part(id)}/events?after=${last}`);
    source.onopen = () => { stopPolling(); state("live"); };
    source.addEventListener("change", (event) => {
      last = Number(event.lastEventId);
      change(JSON.parse(event.data));
    });
    source.addEventListener("reset", (event) => {
      last = Number(event.lastEventId);
      reset().catch(() => {});
    });
    source.onerror = () => {
      // The browser tries again by itself, unless it was turned away.
      if (source?.readyState === EventSource.CLOSED) stopListening();
      startPolling();
    };
  };
  const stopListening = () => { source?.close(); source = null; };
  const startPolling = () => { timer ??= setTimeout(poll, POLL); };
  const stopPolling = () => { clearTimeout(timer); timer = null; };
  const poll = async () => {
    timer = null;
    if (closed || document.hidden) return;
    try {
      await reset();
      state(source?.readyState === EventSource.OPEN ? "live" : "polling");
      listen();
    } catch (error) {
      state("lost");
      if (error.status === 401) return;
    }
    if (source?.readyState !== EventSource.OPEN) startPolling();
  };
  const turn = () => {
    if (document.hidden) { stopListening(); stopPolling(); } else { listen(); startPolling(); }
  };
  document.addEventListener("visibilitychange", turn);
  listen();
  return {
    at(serial) { last = Math.max(last, serial); },
    close() {
      closed = true;
      document.removeEventListener("visibilitychange", turn);
      stopListening();
      stopPolling();
    },
  };
}

/** Asks again and again until closed. */
export function poll(look) {
  let timer = null;
  let closed = false;
  const next = async () => {
    if (!document.hidden) await look();
    if (!closed) timer = setTimeout(next, POLL);
  };
  next();
  return { close() { closed = true; clearTimeout(timer); } };
}
