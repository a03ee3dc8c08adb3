// The findings of all images as a CSV with the columns that `predict` writes.

const COLUMNS = [
  "id",
  "label",
  "probability",
  "raw_probability",
  "threshold",
  "finding",
  "spread",
  "warnings",
];
const DECIDED = new Map([[true, "yes"], [false, "no"], [null, "not decided"]]);
// The rules of spreadsheets.py, so that `score` reads both tables alike: text that a spreadsheet
// would run begins with an apostrophe, and characters that are not seen stand as escapes.
const TO_MARK = /^'*(?:(?:(?!\ufeff)[\s\x1c-\x1f\x85])*[=+@\uff1d\uff0b\uff0d\uff20-]|[\t\r\n])/;
const ALIKE = /\\(?=x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})/g;
const UNSEEN = new RegExp(
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f" +
    "\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ud800-\\udfff\\ufeff\\uffa0\\ufff9-\\ufffb" +
    "\\u{e0000}-\\u{e0fff}]",
  "gu",
);
const QUOTED = /[",\r\n]/;

export function table(images) {
  const lines = [COLUMNS, ...images.flatMap(rows)];
  return lines.map((cells) => cells.map(cell).join(",") + "\r\n").join("");
}

function rows(image) {
  return image.findings.map((each) => [
    safe(image.id),
    safe(each.label),
    each.probability,
    each.raw_probability,
    each.threshold,
    DECIDED.get(each.present),
    each.spread,
    safe(image.warnings.join("; ")),
  ]);
}

export function safe(text) {
  const marked = TO_MARK.test(text) ? `'${text}` : text;
  return marked.replace(ALIKE, "\\x5c").replace(UNSEEN, escaped);
}

function escaped(character) {
  const code = character.codePointAt(0);
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

function cell(value) {
  const text = String(value ?? "");
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
