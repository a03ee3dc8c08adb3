// The findings of all images as a table for spreadsheets, with the columns that `predict` writes.

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
const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /[",\r\n]/;

export function table(films) {
  const lines = [COLUMNS, ...films.flatMap(rows)];
  return lines.map((cells) => cells.map(cell).join(",") + "\r\n").join("");
}

function rows(film) {
  return film.findings.map((each) => [
    safe(film.id),
    safe(each.label),
    each.probability,
    each.raw_probability,
    each.threshold,
    each.present ? "yes" : "no",
    each.spread,
    safe(film.warnings.join("; ")),
  ]);
}

// Text that no spreadsheet takes for a formula.
const safe = (text) => (FORMULA.test(text) ? `'${text}` : text);

function cell(value) {
  const text = String(value ?? "");
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
