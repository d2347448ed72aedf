// Making and changing what is shown. All text becomes text nodes: there is no way to markup from here.

/** Makes an element: attributes, event listeners (`onclick`) and children, of which nothing is left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Changes the text of an element if it is another. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets or removes an attribute if it is not so already. */
export function mark(element, name, value) {
  if (value === false || value === null || value === undefined) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, String(value));
  }
}

/** Says something to who cannot see the page. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** A bar that is full at 100. */
export function bar(label) {
  const fill = h("span", { class: "fill" });
  const track = h("div", {
    class: "bar", role: "progressbar", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100,
  }, fill);
  return {
    element: track,
    set(percentage, status) {
      const whole = Math.floor(percentage);
      if (fill.style.width !== `${percentage}%`) fill.style.width = `${percentage}%`;
      mark(track, "aria-valuenow", whole);
      mark(track, "data-status", status);
    },
  };
}

/** Asks before something that cannot be taken back easily. */
export function confirm(question, explanation, yes) {
  return new Promise((decide) => {
    const close = (answer) => () => { dialog.close(); dialog.remove(); decide(answer); };
    const dialog = h("dialog", { "aria-labelledby": "question", oncancel: close(false) },
      h("h2", { id: "question" }, question),
      h("p", {}, explanation),
      h("p", { class: "actions" },
        h("button", { type: "button", class: "strong", onclick: close(true) }, yes),
        h("button", { type: "button", onclick: close(false) }, "Back")));
    document.body.append(dialog);
    dialog.showModal();
  });
}
