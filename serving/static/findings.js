// The findings of the current image, the most concerning first; choosing one shows its evidence.

import { decision, decided, ordered } from "./concern.js";
import { byId, fixed, make } from "./dom.js";

const NEXT = { ArrowDown: 1, ArrowUp: -1 };

export class Findings extends EventTarget {
  constructor(own) {
    super();
    this.own = own;
    this.body = byId("findings-body");
    this.body.addEventListener("keydown", (event) => this.typed(event));
  }

  show(item, healthy) {
    const image = item?.image;
    byId("findings").hidden = !image;
    if (!image) return;
    const focused = this.body.contains(document.activeElement);
    const findings = image.findings.map((each) => decided(each, this.own));
    this.body.replaceChildren(...ordered(findings, healthy).map((each) => this.row(each, item.label)));
    byId("findings-caption").textContent = `Findings of ${image.id}, the most concerning first`;
    byId("warnings").replaceChildren(...image.warnings.map((text) => make("li", {}, text)));
    if (focused) this.body.querySelector("[aria-pressed=true]")?.focus();
  }

  row(finding, chosen) {
    const { label, threshold, present } = finding;
    const pressed = String(label === chosen);
    const button = make("button", { type: "button", aria: { pressed } }, label);
    button.addEventListener("click", () => this.choose(label));
    const row = make("tr", {}, make("th", { scope: "row" }, button), probability(finding));
    const own = this.own.has(label) ? make("small", {}, " yours") : "";
    row.append(make("td", {}, threshold === null ? "none" : fixed(threshold), own));
    row.append(make("td", {}, make(present ? "strong" : "span", {}, decision(finding))));
    row.classList.toggle("chosen", label === chosen);
    // The mouse can click the whole row; keys use the button.
    row.addEventListener("click", (event) => event.target === button || this.choose(label));
    return row;
  }

  choose(label) {
    this.dispatchEvent(new CustomEvent("chosen", { detail: label }));
  }

  typed(event) {
    if (!(event.key in NEXT)) return;
    event.preventDefault();
    const buttons = [...this.body.querySelectorAll("button")];
    buttons[buttons.indexOf(document.activeElement) + NEXT[event.key]]?.focus();
  }
}

// The figure over a bar that is marked at the threshold.
function probability({ probability: value, threshold, spread }) {
  const bar = make("span", { className: "bar", aria: { hidden: "true" } });
  const filled = make("span", { className: "filled" });
  filled.style.width = `${100 * value}%`;
  bar.append(filled);
  if (threshold !== null) {
    const mark = make("span", { className: "mark" });
    mark.style.left = `${100 * threshold}%`;
    bar.append(mark);
  }
  const around = typeof spread === "number" ? make("small", {}, ` ± ${short(spread)}`) : "";
  return make("td", {}, fixed(value), around, bar);
}

const short = (spread) => (spread < 0.005 ? "< 0.01" : fixed(spread, 2));
