"use strict";
// Without this script the page shows the same, in the order of the file.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
  if (rows.length < 3) continue;
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    const numeric = rows.some((row) => row.cells[column].dataset.value !== undefined);
    const compare = (a, b) => {
      const [x, y] = [a, b].map((row) => row.cells[column]);
      if (!numeric) return x.textContent.localeCompare(y.textContent);
      return x.dataset.value - y.dataset.value;
    };
    const known = (row) => !numeric || row.cells[column].dataset.value !== undefined;
    // Numbers from the greatest down, names from the first; then the other way; then as it was.
    const orders = numeric ? ["descending", "ascending", "none"] : ["ascending", "descending", "none"];
    button.addEventListener("click", () => {
      const order = orders[(orders.indexOf(head.getAttribute("aria-sort")) + 1) % 3];
      for (const each of heads) each.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", order);
      const sign = { ascending: 1, descending: -1, none: 0 }[order];
      const first = sign ? rows.filter(known).sort((a, b) => sign * compare(a, b)) : rows;
      body.append(...first, ...(sign ? rows.filter((row) => !known(row)) : []));
    });
  });
}
const folded = [...document.querySelectorAll("details")], contents = document.querySelector("nav");
if (folded.length && contents) {
  const button = document.createElement("button");
  button.type = "button";
  const show = (open) => { button.textContent = open ? "Fold all tables" : "Open all tables"; };
  let open = false;
  button.addEventListener("click", () => {
    open = !open;
    for (const each of folded) each.open = open;
    show(open);
  });
  show(open);
  contents.append(button);
}
let opened = [];
addEventListener("beforeprint", () => {
  opened = folded.filter((each) => !each.open);
  for (const each of opened) each.open = true;
});
addEventListener("afterprint", () => { for (const each of opened) each.open = false; });
