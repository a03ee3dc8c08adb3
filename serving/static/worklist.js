// The chosen images, each with its own state, so that an unreadable file does not stop others.

import { byId, make } from "./dom.js";

const STATES = { waiting: "waiting", reading: "reading …", error: "cannot be read" };

export class Worklist extends EventTarget {
  constructor() {
    super();
    this.items = [];
    this.current = null;
    this.list = byId("worklist");
    byId("previous").addEventListener("click", () => this.step(-1));
    byId("next").addEventListener("click", () => this.step(1));
    byId("clear").addEventListener("click", () => this.clear());
    this.shown();
  }

  // Add items, and show the first unless another image is shown.
  add(files, synthetic) {
    const added = [...files].map((file) => this.item(file, synthetic));
    this.items.push(...added);
    this.list.append(...added.map((item) => item.entry));
    if (!this.current && added.length) this.select(added[0]);
    this.shown();
    return added;
  }

  item(file, synthetic) {
    const item = { file, synthetic, name: file.name, state: "waiting", error: "" };
    Object.assign(item, { answer: new Map(), gone: new AbortController() });
    item.summary = make("span", { className: "state" });
    item.button = make("button", { type: "button" }, make("span", {}, file.name), item.summary);
    item.button.addEventListener("click", () => this.select(item));
    item.entry = make("li", {}, item.button);
    this.update(item, {});
    return item;
  }

  update(item, changes, summary = "") {
    Object.assign(item, changes);
    item.summary.textContent = item.error || summary || STATES[item.state];
    item.entry.className = item.state;
    if (item === this.current) this.dispatchEvent(new Event("changed"));
  }

  select(item) {
    this.current?.button.removeAttribute("aria-current");
    this.current = item;
    item?.button.setAttribute("aria-current", "true");
    item?.button.scrollIntoView({ block: "nearest" });
    this.shown();
    this.dispatchEvent(new Event("selected"));
  }

  step(by) {
    const next = this.items[this.items.indexOf(this.current) + by];
    if (next) this.select(next);
  }

  clear() {
    this.items.forEach((item) => item.gone.abort());
    this.items = [];
    this.list.replaceChildren();
    this.select(null);
    byId("files").focus();
  }

  shown() {
    const place = this.items.indexOf(this.current);
    byId("position").textContent = this.items.length ? `${place + 1} of ${this.items.length}` : "(empty)";
    byId("previous").disabled = place <= 0;
    byId("next").disabled = place < 0 || place === this.items.length - 1;
    byId("clear").disabled = !this.items.length;
  }
}
