// The image on its canvas: zoom, position, window and overlays.

import { WHITE, canvas, windowed } from "./pixels.js";

const LARGEST = 40;
const STEP = 1.25;
const CIRCLES = "#56b4e9";
const WINDOW = { level: WHITE / 2, width: WHITE, inverted: false };

export class Viewer extends EventTarget {
  constructor(shown) {
    super();
    this.canvas = shown;
    this.plane = null;
    this.window = { ...WINDOW };
    this.opacity = 1;
    this.overlay = null;
    this.keypoints = [];
    this.fitted = true;
    this.place = { x: 0, y: 0, scale: 1 };
    new ResizeObserver(() => this.resized()).observe(shown.parentElement);
    this.resized();
  }

  // A new image starts whole with its own greys; the same image keeps its view.
  show(plane) {
    if (plane === this.plane) return;
    this.plane = plane;
    this.greys = plane && canvas(plane.width, plane.height);
    this.overlay = null;
    this.keypoints = [];
    this.describe("No image yet");
    this.reset();
  }

  // Describe the canvas for screen readers.
  describe(words) {
    this.canvas.setAttribute("aria-label", words);
  }

  lay(overlay, keypoints) {
    Object.assign(this, { overlay, keypoints });
    this.redraw();
  }

  reset() {
    this.window = { ...WINDOW };
    this.fit();
    this.repaint();
  }

  fit() {
    this.fitted = true;
    if (!this.plane) return this.redraw();
    const { clientWidth, clientHeight } = this.canvas;
    const { width, height } = this.plane;
    const scale = Math.min(clientWidth / width, clientHeight / height);
    const x = (clientWidth - width * scale) / 2;
    this.place = { scale, x, y: (clientHeight - height * scale) / 2 };
    this.redraw();
  }

  // Zoom around the pointer, or else the centre.
  zoom(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    if (!this.plane) return;
    const smallest = Math.min(this.whole(), 1);
    const scale = Math.min(LARGEST, Math.max(smallest, this.place.scale * factor));
    const part = scale / this.place.scale;
    this.place = { scale, x: x - (x - this.place.x) * part, y: y - (y - this.place.y) * part };
    this.fitted = false;
    this.redraw();
  }

  closer = () => this.zoom(STEP);
  farther = () => this.zoom(1 / STEP);

  pan(across, down) {
    this.place.x += across;
    this.place.y += down;
    this.fitted = false;
    this.redraw();
  }

  setWindow(changes) {
    const { level, width, inverted } = { ...this.window, ...changes };
    this.window = {
      level: Math.min(WHITE, Math.max(0, level)),
      width: Math.min(2 * WHITE, Math.max(1, width)),
      inverted,
    };
    this.repaint();
  }

  setOpacity(opacity) {
    this.opacity = opacity;
    this.redraw();
  }

  whole() {
    const { width, height } = this.plane;
    return Math.min(this.canvas.clientWidth / width, this.canvas.clientHeight / height);
  }

  resized() {
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(this.canvas.clientWidth * ratio);
    this.canvas.height = Math.round(this.canvas.clientHeight * ratio);
    if (this.fitted) this.fit();
    else this.redraw();
  }

  repaint() {
    this.stale = true;
    this.redraw();
  }

  // Drags are more frequent than frames; each frame draws the current state.
  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
      this.dispatchEvent(new Event("drawn"));
    });
  }

  draw() {
    const context = this.canvas.getContext("2d");
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!this.plane) return;
    if (this.stale) windowed(this.plane, this.window, this.greys);
    this.stale = false;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.imageSmoothingQuality = "high";
    this.drawLayer(context, this.greys, 1);
    if (this.overlay) this.drawLayer(context, this.overlay, this.opacity);
    this.drawKeypoints(context);
  }

  drawLayer(context, layer, opacity) {
    const { x, y, scale } = this.place;
    context.globalAlpha = opacity;
    context.drawImage(layer, x, y, this.plane.width * scale, this.plane.height * scale);
    context.globalAlpha = 1;
  }

  drawKeypoints(context) {
    const { x, y, scale } = this.place;
    const [width, height] = [this.plane.width * scale, this.plane.height * scale];
    context.globalAlpha = this.opacity;
    context.strokeStyle = CIRCLES;
    for (const each of this.keypoints) {
      const radius = Math.max(1.5, (each.size * Math.max(width, height)) / 2);
      context.beginPath();
      context.arc(x + each.x * width, y + each.y * height, radius, 0, 2 * Math.PI);
      context.stroke();
    }
    context.globalAlpha = 1;
  }
}
