// Grey images and maps as numbers, and the window for greys.

export const WHITE = 255;

// The grey values of a PNG in base64. Decoding it here needs no URL, so the policy allows it.
export async function grey(png) {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const { width, height } = bitmap;
  const context = canvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const values = new Uint8Array(width * height);
  for (let i = 0; i < values.length; i += 1) values[i] = data[4 * i];
  return { width, height, values };
}

export function canvas(width, height) {
  const made = document.createElement("canvas");
  return Object.assign(made, { width, height });
}

// The shown value of each of 256 greys: from black to white over `width` greys around `level`.
export function shades({ level, width, inverted }) {
  const low = level - width / 2;
  return Uint8ClampedArray.from({ length: WHITE + 1 }, (_, value) => {
    const shown = ((value - low) / width) * WHITE;
    return inverted ? WHITE - shown : shown;
  });
}

// A grey image with its window, drawn on the canvas it was drawn on before.
export function windowed(plane, view, onto) {
  const context = onto.getContext("2d");
  const image = context.createImageData(plane.width, plane.height);
  const pixels = new Uint32Array(image.data.buffer);
  const opaque = Uint32Array.from(shades(view), (v) => ((0xff << 24) | (v << 16) | (v << 8) | v) >>> 0);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = opaque[plane.values[i]];
  context.putImageData(image, 0, 0);
}
