// Buttons and sliders for all gestures, so that the keyboard alone is enough.

import { byId } from "./dom.js";

export function connectTools(viewer) {
  const clicks = {
    "zoom-in": viewer.closer,
    "zoom-out": viewer.farther,
    fit: () => viewer.fit(),
    reset: () => viewer.reset(),
    invert: () => viewer.setWindow({ inverted: !viewer.window.inverted }),
  };
  for (const [id, action] of Object.entries(clicks)) byId(id).addEventListener("click", action);
  for (const id of ["level", "width"]) {
    byId(id).addEventListener("input", (event) => viewer.setWindow({ [id]: Number(event.target.value) }));
  }
  viewer.addEventListener("drawn", () => follow(viewer));
}

function follow(viewer) {
  const { level, width, inverted } = viewer.window;
  byId("level").value = level;
  byId("width").value = width;
  byId("invert").setAttribute("aria-pressed", String(inverted));
  const percent = Math.round(100 * viewer.place.scale);
  const values = `${percent} % · level ${Math.round(level)} · width ${Math.round(width)}`;
  byId("view-values").textContent = viewer.plane ? values : "";
}
