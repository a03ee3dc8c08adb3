// Shortcuts that work everywhere except in fields where you type or choose.

import { byId } from "./dom.js";

const TYPING = "input:not([type=checkbox]):not([type=file]), select, textarea, dialog *";

export function followKeys({ viewer, worklist, evidence }) {
  const actions = {
    PageDown: () => worklist.step(1),
    PageUp: () => worklist.step(-1),
    n: () => worklist.step(1),
    p: () => worklist.step(-1),
    "+": viewer.closer,
    "=": viewer.closer,
    "-": viewer.farther,
    0: () => viewer.fit(),
    i: () => byId("invert").click(),
    r: () => viewer.reset(),
    o: () => evidence.next(),
  };
  document.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches(TYPING) || !allowed(event.key)) return;
    event.preventDefault();
    action();
  });
}

// Users of speech input must be able to turn single letters off.
const allowed = (key) => key.length > 1 || byId("letters").checked;
