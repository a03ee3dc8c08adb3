// Gestures on the image: drag, pinch, wheel, and keys while it has the focus.

import { WHITE } from "./pixels.js";

const WHEEL = 0.0015;
const LINE = 30;
const KEY_STEP = 40;
const GREY_STEP = 8;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function followHands(viewer) {
  const { canvas } = viewer;
  const fingers = new Map();
  canvas.addEventListener("wheel", (event) => turned(viewer, event), { passive: false });
  // The right button changes the window, so it must not open a menu.
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  canvas.addEventListener("dblclick", () => viewer.fit());
  canvas.addEventListener("keydown", (event) => typed(viewer, event));
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  canvas.addEventListener("pointermove", (event) => moved(viewer, event, fingers));
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, (event) => fingers.delete(event.pointerId));
  }
}

function turned(viewer, event) {
  event.preventDefault();
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
  viewer.zoom(Math.exp(-event.deltaY * lines * WHEEL), event.offsetX, event.offsetY);
}

function moved(viewer, event, fingers) {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const [across, down] = [event.clientX - before.x, event.clientY - before.y];
  const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
  if (other) pinched(viewer, event, before, other);
  else if (event.shiftKey || event.buttons & 2) changeWindow(viewer, across, down);
  else viewer.pan(across, down);
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
}

function pinched(viewer, event, before, other) {
  const apart = (place) => Math.hypot(place.x - other.x, place.y - other.y);
  const now = { x: event.clientX, y: event.clientY };
  const frame = viewer.canvas.getBoundingClientRect();
  viewer.zoom(
    apart(now) / Math.max(1, apart(before)),
    (now.x + other.x) / 2 - frame.left,
    (now.y + other.y) / 2 - frame.top,
  );
}

// As on other workstations: left and right for contrast, up and down for brightness.
function changeWindow(viewer, across, down) {
  const { level, width } = viewer.window;
  const greys = WHITE / viewer.canvas.clientHeight;
  viewer.setWindow({ width: width + across * greys, level: level + down * greys });
}

function typed(viewer, event) {
  if (!(event.key in ARROWS) || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const [x, y] = ARROWS[event.key];
  if (!event.shiftKey) return viewer.pan(-x * KEY_STEP, -y * KEY_STEP);
  const { level, width } = viewer.window;
  viewer.setWindow({ width: width + x * GREY_STEP, level: level + y * GREY_STEP });
}
