// How the last images compare with the training images: a warning, and a table in the dialog.

import { byId, make, say } from "./dom.js";
import * as rest from "./rest.js";

const OLD = "An earlier version trained this model, so images are not compared with its training images. Train it again to compare them.";
// Quantities that the warning names, the most changed first.
const NAMED = 3;

export async function showDrift() {
  try {
    show(await rest.drift());
  } catch (error) {
    say(error.message);
  }
}

function show(drift) {
  byId("drift").replaceChildren(...warning(drift).map((text) => make("li", {}, text)));
  byId("drift-state").textContent = drift.compared ? state(drift) : OLD;
  byId("drift-table").hidden = !drift.quantities.length;
  byId("drift-body").replaceChildren(...drift.quantities.map(row));
}

// One sentence, so that findings stay in sight; the table has the figures.
function warning({ films, quantities }) {
  const shifted = quantities.filter((each) => each.shifted).sort((one, other) => other.ks - one.ks);
  const names = shifted.slice(0, NAMED).map((each) => each.name).join(", ");
  const more = shifted.length > NAMED ? ` and ${shifted.length - NAMED} more` : "";
  const text = `The last ${films} images are unlike the training images in ${names}${more}. “About this model” shows how far.`;
  return shifted.length ? [text] : [];
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
