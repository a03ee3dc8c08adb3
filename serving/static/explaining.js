// Loads and keeps an image and the evidence for its chosen label.

import { say } from "./dom.js";
import { decoded } from "./evidence.js";
import { grey } from "./pixels.js";
import { explanation } from "./rest.js";

// The pixels of this many images stay in memory; others are requested again.
const MOST_PLANES = 6;
const NOTHING = "Evidence is shown here once an image is read.";

export class Explaining {
  constructor(viewer, evidence) {
    Object.assign(this, { viewer, evidence, asked: null, kept: [] });
  }

  async show(item) {
    // Earlier requests are no longer needed.
    this.asked?.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    this.viewer.show(item?.plane ?? null);
    if (item?.plane && item.answer.has(item.label)) return this.display(item);
    this.evidence.hide(item?.image ? `Looking for the evidence for ${item.label} …` : NOTHING);
    if (!item) this.kept = [];
    if (!item?.image) return;
    try {
      await this.bring(item, signal);
      if (!signal.aborted) this.display(item);
    } catch (error) {
      if (signal.aborted) return;
      this.evidence.hide("The server sent no evidence. Choose the finding again.");
      say(error.message);
    }
  }

  async bring(item, signal) {
    const { label } = item;
    const answer = await explanation(item.file, label, !item.plane, signal);
    item.answer.set(label, await decoded(answer));
    if (answer.image) this.keep(item, await grey(answer.image.png));
    item.size ??= answer.image && `${answer.image.width} × ${answer.image.height} pixels`;
    if (!signal.aborted) say(sentence(answer));
  }

  display(item) {
    this.viewer.show(item.plane);
    this.viewer.describe(`${item.name}, ${item.size}, with the evidence for ${item.label}`);
    this.evidence.show(item.answer.get(item.label));
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
