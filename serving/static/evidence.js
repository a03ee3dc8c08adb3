// Which evidence lies over the image, how strongly, and the scale of its colours.

import { coloured, drawBar, roundLimit } from "./colours.js";
import { byId, make, rounded } from "./dom.js";
import { WHITE, grey } from "./pixels.js";

const NONE = "none";
const KEYPOINTS = "keypoints";

// An answer's maps with their values as numbers.
export async function decoded(told) {
  const maps = await Promise.all(told.maps.map(numbers));
  const { label, keypoints, keypoints_found: found } = told;
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
    // The image is seen alone first.
    this.kind = NONE;
    // By unit the strongest value so far: one scale makes maps of several findings comparable.
    this.limits = new Map();
    byId("opacity").addEventListener("input", (event) => viewer.setOpacity(Number(event.target.value)));
    byId("same-scale").addEventListener("change", () => this.draw());
  }

  // The evidence of one label.
  show(told) {
    this.told = told;
    for (const { unit, high } of told.maps) {
      this.limits.set(unit, Math.max(high, this.limits.get(unit) ?? 0));
    }
    const options = this.options();
    if (!options.some(([kind]) => kind === this.kind)) this.kind = this.first();
    byId("overlays").replaceChildren(...options.map((option) => this.radio(...option)));
    this.draw();
  }

  // Nothing, while none is known.
  hide(note) {
    this.told = null;
    this.viewer.lay(null, []);
    byId("scale").classList.add("unseen");
    byId("evidence-note").textContent = note;
  }

  // Choosing a finding means to see its evidence, unless one of its own kind is chosen.
  wake() {
    if (this.kind === NONE) this.kind = null;
  }

  options() {
    const maps = this.told.maps.map(({ kind, title }) => [kind, title]);
    return [[NONE, "no overlay"], ...maps, [KEYPOINTS, KEYPOINTS]];
  }

  first() {
    return (this.told.maps.find((map) => map.png) ?? { kind: NONE }).kind;
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

  // The next kind of evidence, as a key asks for it.
  next() {
    if (!this.told) return;
    const kinds = this.options().map(([kind]) => kind);
    this.choose(kinds[(kinds.indexOf(this.kind) + 1) % kinds.length]);
    byId("overlays").querySelector(`input[value="${CSS.escape(this.kind)}"]`).checked = true;
  }

  draw() {
    if (!this.told) return;
    const map = this.told.maps.find(({ kind }) => kind === this.kind);
    const keypoints = this.kind === KEYPOINTS ? this.told.keypoints : [];
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
    const { label } = this.told;
    if (this.kind === KEYPOINTS) return keypointsNote(this.told);
    if (!map) return "The image alone. Choose a finding to see the evidence for it.";
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
  return `${shown} of ${found} keypoints: those that count most for or against ${label}.`;
}
