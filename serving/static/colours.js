// Colours of evidence, more opaque where it is stronger.

import { canvas } from "./pixels.js";

// Safe for colour-blind people; the same colours as in panels and reports.
const FOR = [0xe6, 0x9f, 0x00];
const AGAINST = [0x56, 0xb4, 0xe9];
// Viridis at 18 evenly spaced places.
const VIRIDIS = (
  "440154 481769 472a7a 433d84 3d4e8a 355e8d 2e6d8e 297b8e 23898e " +
  "1f978b 21a585 2eb37c 46c06f 65cb5e 89d548 b0dd2f d8e219 fde725"
).split(" ").map((code) => [0, 2, 4].map((at) => parseInt(code.slice(at, at + 2), 16)));
const OPACITY = 0.75;
const BAR = { width: 256, height: 12 };
const GREY = 110;

// Scales end at a round number, so that maps of similar strength share a scale.
export function roundLimit(value) {
  if (!(value > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((each) => each * power >= value * (1 - 1e-9));
  return step * power;
}

// A map's values as colours up to `limit`, drawn over the image.
export function coloured(map, limit) {
  const made = canvas(map.width, map.height);
  const image = made.getContext("2d").createImageData(map.width, map.height);
  const palette = map.values256.map((value) => colour(value / limit, map.signed));
  for (let i = 0; i < map.values.length; i += 1) image.data.set(palette[map.values[i]], 4 * i);
  made.getContext("2d").putImageData(image, 0, 0);
  return made;
}

// The colours of a scale from its lowest to its highest value, on grey.
export function drawBar(bar, signed) {
  Object.assign(bar, BAR);
  const context = bar.getContext("2d");
  for (let x = 0; x < BAR.width; x += 1) {
    const part = x / (BAR.width - 1);
    const [red, green, blue, alpha] = colour(signed ? 2 * part - 1 : part, signed);
    const over = [red, green, blue].map((each) => GREY + ((each - GREY) * alpha) / 255);
    context.fillStyle = `rgb(${over.map(Math.round).join(" ")})`;
    context.fillRect(x, 0, 1, BAR.height);
  }
}

function colour(relative, signed) {
  const strength = Math.min(1, Math.abs(signed ? relative : Math.max(0, relative)));
  const [red, green, blue] = signed ? (relative < 0 ? AGAINST : FOR) : sequential(strength);
  return [red, green, blue, Math.round(255 * OPACITY * strength)];
}

function sequential(part) {
  const place = part * (VIRIDIS.length - 1);
  const before = Math.min(Math.floor(place), VIRIDIS.length - 2);
  return VIRIDIS[before].map((from, i) =>
    Math.round(from + (VIRIDIS[before + 1][i] - from) * (place - before)),
  );
}
