// How the last images compare with the training images: a warning, and a table in the dialog.

import { byId, make, say } from "./dom.js";
import * as rest from "./rest.js";

const OLD = "An earlier version trained this model, so images are not compared with its training images. Train it again to compare them.";

export async function showDrift() {
  try {
    show(await rest.drift());
  } catch (error) {
    say(error.message);
  }
}

function show(drift) {
  byId("drift").replaceChildren(...drift.sentences.map((text) => make("li", {}, text)));
  byId("drift-state").textContent = drift.compared ? state(drift) : OLD;
  byId("drift-table").hidden = !drift.quantities.length;
  byId("drift-body").replaceChildren(...drift.quantities.map(row));
}

function state({ films, unlike, least, window }) {
  const counted = `Images since the start, the last ${window} at most: ${films}. Unlike the training images by themselves: ${unlike}.`;
  return films < least ? `${counted} Changes are judged from ${least} images on.` : counted;
}

function row({ name, median, training_median: training, psi, ks, shifted }) {
  const cells = [figure(median), figure(training), psi.toFixed(2), ks.toFixed(2), shifted ? "changed" : ""];
  return make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((text) => make("td", {}, text)));
}

function figure(value) {
  return String(Number(value.toPrecision(3)));
}
