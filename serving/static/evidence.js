// The evidence shown over the image, its opacity and its colour scale.

import { coloured, drawBar, roundLimit } from "./colours.js";
import { byId, make, rounded } from "./dom.js";
import { WHITE, grey } from "./pixels.js";

const NONE = "none";
const KEYPOINTS = "keypoints";

// The maps of an answer with their values as numbers.
export async function decoded(answer) {
  const maps = await Promise.all(answer.maps.map(numbers));
  const { label, keypoints, keypoints_found: found } = answer;
  return { label, maps, keypoints, found };
}

async function numbers(map) {
  if (map.png === null) return map;
  const step = (map.high - map.low) / WHITE;
  const values256 = Array.from({ length: WHITE + 1 }, (_, level) => map.low + level * step);
  return { ...map, ...(await grey(map.png)), values256 };
}

export class Evidence {
  constructor(viewer) {
    this.viewer = viewer;
    // The image is shown alone at first.
    this.kind = NONE;
    // The strongest value so far by unit, so that maps of several findings share a scale.
    this.limits = new Map();
    byId("opacity").addEventListener("input", (event) => viewer.setOpacity(Number(event.target.value)));
    byId("same-scale").addEventListener("change", () => this.draw());
  }

  // Show the evidence for one label.
  show(answer) {
    this.answer = answer;
    for (const { unit, high } of answer.maps) {
      this.limits.set(unit, Math.max(high, this.limits.get(unit) ?? 0));
    }
    const options = this.options();
    if (!options.some(([kind]) => kind === this.kind)) this.kind = this.first();
    byId("overlays").replaceChildren(...options.map((option) => this.radio(...option)));
    this.draw();
  }

  // Show nothing while there is no evidence.
  hide(note) {
    this.answer = null;
    this.viewer.lay(null, []);
    byId("scale").classList.add("unseen");
    byId("evidence-note").textContent = note;
  }

  // Choosing a finding shows its evidence, unless a kind of evidence is chosen already.
  wake() {
    if (this.kind === NONE) this.kind = null;
  }

  options() {
    const maps = this.answer.maps.map(({ kind, title }) => [kind, title]);
    return [[NONE, "no overlay"], ...maps, [KEYPOINTS, KEYPOINTS]];
  }

  first() {
    return (this.answer.maps.find((map) => map.png) ?? { kind: NONE }).kind;
  }

  radio(kind, title) {
    const checked = kind === this.kind;
    const input = make("input", { type: "radio", name: "overlay", value: kind, checked });
    input.addEventListener("change", () => this.choose(kind));
    return make("label", {}, input, title);
  }

  choose(kind) {
    this.kind = kind;
    this.draw();
  }

  // Switch to the next kind of evidence.
  next() {
    if (!this.answer) return;
    const kinds = this.options().map(([kind]) => kind);
    this.choose(kinds[(kinds.indexOf(this.kind) + 1) % kinds.length]);
    byId("overlays").querySelector(`input[value="${CSS.escape(this.kind)}"]`).checked = true;
  }

  draw() {
    if (!this.answer) return;
    const map = this.answer.maps.find(({ kind }) => kind === this.kind);
    const keypoints = this.kind === KEYPOINTS ? this.answer.keypoints : [];
    const limit = map?.png ? this.limit(map) : 0;
    this.viewer.lay(limit ? coloured(map, limit) : null, keypoints);
    byId("scale").classList.toggle("unseen", !limit);
    if (limit) this.drawScale(map, limit);
    byId("evidence-note").textContent = this.note(map);
  }

  limit(map) {
    return roundLimit(byId("same-scale").checked ? this.limits.get(map.unit) : map.high);
  }

  drawScale(map, limit) {
    drawBar(byId("bar"), map.signed);
    byId("scale-low").textContent = map.signed ? rounded(-limit) : "0";
    byId("scale-middle").textContent = map.signed ? "0" : rounded(limit / 2);
    byId("scale-high").textContent = rounded(limit);
    byId("scale-unit").textContent = map.unit;
  }

  note(map) {
    const { label } = this.answer;
    if (this.kind === KEYPOINTS) return keypointsNote(this.answer);
    if (!map) return "No evidence is shown. Choose a finding to see the evidence for it.";
    if (map.empty) return map.empty;
    const strongest = `Strongest here: ${rounded(map.high)}.`;
    if (!map.signed) return `The brighter, the more a region raises the score of ${label}. ${strongest}`;
    return `Orange: evidence for ${label}; blue: against it. ${map.note}. ${strongest}`;
  }
}

function keypointsNote({ label, keypoints, found }) {
  const shown = keypoints.length;
  if (!shown) return "No keypoints: the model does not use visual words, or found none in this image.";
  if (shown === found) return `${shown} keypoints: the places that visual words describe.`;
  return `${shown} of ${found} keypoints: those with the strongest evidence for or against ${label}.`;
}
