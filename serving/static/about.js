// The dialog about the model and its training data.

import { byId, make } from "./dom.js";

export function fillAbout(model) {
  const rows = {
    Classifier: model.classifier,
    "Trained on": model.trained_on,
    Split: model.split,
    ...(model.classes.length && { "Each image has one of": model.classes.join(", ") }),
    Labels: model.labels.map(({ name }) => name).join(", "),
    "Largest request": `${model.limits.max_megabytes} MB`,
    "Largest image": `${model.limits.max_megapixels} megapixels`,
  };
  const parts = Object.entries(rows).flatMap(([term, text]) => [
    make("dt", {}, term),
    make("dd", {}, text),
  ]);
  byId("about-model").replaceChildren(...parts);
  byId("notice").textContent = model.notice;
  byId("report").hidden = !model.report;
  byId("report").textContent = model.report ?? "";
  const dialog = byId("about");
  byId("about-open").addEventListener("click", () => dialog.showModal());
  byId("about-close").addEventListener("click", () => dialog.close());
}
