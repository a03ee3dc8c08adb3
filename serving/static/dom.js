// Find and create elements; text is always set as text, so that no name becomes markup.

export const byId = (id) => document.getElementById(id);

export function make(tag, properties = {}, ...children) {
  const { aria = {}, ...others } = properties;
  const made = Object.assign(document.createElement(tag), others);
  for (const [name, value] of Object.entries(aria)) made.setAttribute(`aria-${name}`, value);
  made.append(...children);
  return made;
}

export function say(sentence) {
  byId("status").textContent = sentence;
}

// Download a file that the browser has already.
export function download(name, blob) {
  const href = URL.createObjectURL(blob);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

// Format figures for tables and scales, with a real minus sign and significant digits only.
export const fixed = (value, digits = 3) => value.toFixed(digits).replace("-", "−");

export function rounded(value) {
  if (!value) return "0";
  const text = Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
  return text.replaceAll("-", "−");
}
