// The threshold of the chosen label, which you can set for all images on the page.

import { byId, fixed, say } from "./dom.js";

const UNKNOWN = 0.5;

export class Threshold extends EventTarget {
  constructor(own) {
    super();
    this.own = own;
    for (const id of ["threshold", "threshold-number"]) {
      // The table follows after a choice, so that no row moves while the slider does.
      byId(id).addEventListener("input", (event) => this.mirror(event.target));
      byId(id).addEventListener("change", (event) => this.choose(event.target));
    }
    byId("threshold-reset").addEventListener("click", () => this.forget());
  }

  // The editor for a label, with the model's own threshold, which may be null.
  show(label, model) {
    byId("threshold-editor").hidden = !label;
    if (!label) return;
    Object.assign(this, { label, model });
    const value = this.own.get(label) ?? model ?? UNKNOWN;
    byId("threshold-label").textContent = `Threshold of ${label}`;
    byId("threshold").value = value;
    byId("threshold-number").value = value.toFixed(3);
    const reset = byId("threshold-reset");
    reset.textContent = model === null ? "Use none, as the model does" : `Use the model's ${fixed(model)}`;
    reset.disabled = !this.own.has(label);
  }

  mirror(source) {
    const other = byId(source.id === "threshold" ? "threshold-number" : "threshold");
    if (source.value !== "") other.value = source.value;
  }

  choose(source) {
    const value = Number(source.value);
    if (source.value === "" || !(value >= 0 && value <= 1)) {
      say("A threshold must be a number from 0 to 1.");
      return this.show(this.label, this.model);
    }
    this.own.set(this.label, value);
    say(`${this.label} is now present from ${fixed(value)}, here and in the table.`);
    this.dispatchEvent(new Event("changed"));
  }

  forget() {
    this.own.delete(this.label);
    say(`${this.label} uses the model's own threshold again.`);
    this.dispatchEvent(new Event("changed"));
  }
}
