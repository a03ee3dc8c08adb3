// Brings an image and the evidence for its chosen label, and keeps what it brought.

import { say } from "./dom.js";
import { decoded } from "./evidence.js";
import { grey } from "./pixels.js";
import { explanation } from "./rest.js";

// Planes of so many images stay in memory; others are asked for again.
const MOST_PLANES = 6;
const NOTHING = "Evidence is shown here once an image is read.";

export class Explaining {
  constructor(viewer, evidence) {
    Object.assign(this, { viewer, evidence, asked: null, kept: [] });
  }

  async show(item) {
    // Nobody waits any longer for what was asked before.
    this.asked?.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    this.viewer.show(item?.plane ?? null);
    if (item?.plane && item.told.has(item.label)) return this.display(item);
    this.evidence.hide(item?.film ? `Looking for the evidence for ${item.label} …` : NOTHING);
    if (!item) this.kept = [];
    if (!item?.film) return;
    try {
      await this.bring(item, signal);
      if (!signal.aborted) this.display(item);
    } catch (error) {
      if (signal.aborted) return;
      this.evidence.hide("No evidence: the server gave none. Choose the finding again.");
      say(error.message);
    }
  }

  async bring(item, signal) {
    const { label } = item;
    const told = await explanation(item.file, label, !item.plane, signal);
    item.told.set(label, await decoded(told));
    if (told.image) this.keep(item, await grey(told.image.png));
    item.size ??= told.image && `${told.image.width} × ${told.image.height} pixels`;
    if (!signal.aborted) say(sentence(told));
  }

  display(item) {
    this.viewer.show(item.plane);
    this.viewer.describe(`${item.name}, ${item.size}, with the evidence for ${item.label}`);
    this.evidence.show(item.told.get(item.label));
  }

  keep(item, plane) {
    item.plane = plane;
    this.kept = [...this.kept.filter((each) => each !== item), item];
    while (this.kept.length > MOST_PLANES) this.kept.shift().plane = null;
  }
}

function sentence({ label, probability, threshold }) {
  const against = threshold === null ? "no threshold" : `threshold ${threshold.toFixed(3)}`;
  return `${label}: calibrated probability ${probability.toFixed(3)}, ${against}.`;
}
