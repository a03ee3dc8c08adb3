// The page: sends images to the server one by one, and shows their findings.

import { fillAbout } from "./about.js";
import { decided, ordered } from "./concern.js";
import { byId, download, say } from "./dom.js";
import { showDrift } from "./drift.js";
import { Evidence } from "./evidence.js";
import { offerExamples } from "./examples.js";
import { Explaining } from "./explaining.js";
import { Findings } from "./findings.js";
import { followHands } from "./gestures.js";
import { followKeys } from "./keys.js";
import * as rest from "./rest.js";
import { table } from "./table.js";
import { Threshold } from "./threshold.js";
import { connectTools } from "./tools.js";
import { Viewer } from "./viewer.js";
import { Worklist } from "./worklist.js";

const MEGABYTE = 1e6;
const TTA = 8;

const own = new Map();
const viewer = new Viewer(byId("canvas"));
const evidence = new Evidence(viewer);
const worklist = new Worklist();
const findings = new Findings(own);
const threshold = new Threshold(own);
const explaining = new Explaining(viewer, evidence);
const model = rest.labels();
const healthy = new Set();
// Exclusive classes, none where labels are independent.
let classes = [];

async function take(files, synthetic = false) {
  await Promise.all(worklist.add(files, synthetic).map(read));
}

async function read(item) {
  const begun = () => worklist.update(item, { state: "reading" });
  const { signal } = item.gone;
  try {
    checkSize(item.file, (await model).limits.max_megabytes);
    const tta = byId("spread").checked ? TTA : 0;
    const image = await rest.findings(item.file, tta, begun, signal);
    item.label ??= ordered(image.findings, healthy)[0].label;
    worklist.update(item, { state: "done", image, error: "" }, summary(image));
    showDrift();
  } catch (error) {
    if (!signal.aborted) worklist.update(item, { state: "error", error: error.message });
  }
}

// Files that the server would refuse are not sent.
function checkSize(file, limit) {
  if (file.size <= limit * MEGABYTE) return;
  const size = Math.ceil(file.size / MEGABYTE);
  throw new Error(`${file.name} has ${size} MB; this server takes at most ${limit} MB.`);
}

function summary(image) {
  const findings = image.findings.map((each) => decided(each, own)).filter(({ label }) => !healthy.has(label));
  const present = findings.filter((each) => each.present);
  if (classes.length) return chosenClass(present, findings);
  if (present.length) return `${present.length} present`;
  return findings.length && findings.every((each) => each.present === null) ? "none decided" : "none present";
}

// The class of an image; of two classes the one without a finding is not among the labels.
function chosenClass(present, findings) {
  if (present.length) return `${present[0].label} ${present[0].probability.toFixed(2)}`;
  return classes.find((name) => !findings.some(({ label }) => label === name)) ?? "none decided";
}

function show() {
  const item = worklist.current;
  byId("empty").hidden = Boolean(item);
  byId("caption").textContent = item?.name ?? "";
  byId("synthetic").hidden = !item?.synthetic;
  byId("problem").textContent = item?.error ?? "";
  byId("panel").disabled = !item?.image;
  byId("table").disabled = !worklist.items.some(({ image }) => image);
  showLabel(item);
}

async function showLabel(item) {
  findings.show(item, healthy);
  const label = item?.image && item.label;
  // The most probable of several classes is chosen without thresholds.
  const cut = label && (await model).labels.find(({ name }) => name === label).threshold;
  threshold.show(classes.length > 2 ? null : label, cut);
  explaining.show(item);
}

function choose(label) {
  worklist.current.label = label;
  evidence.wake();
  showLabel(worklist.current);
}

function decideAgain() {
  for (const item of worklist.items.filter(({ image }) => image)) {
    item.summary.textContent = summary(item.image);
  }
  showLabel(worklist.current);
}

function readAgain() {
  worklist.items.filter(({ image }) => image).forEach(read);
}

function saveTable() {
  const images = worklist.items.filter(({ image }) => image).map(({ image }) => image);
  const now = images.map((image) => ({ ...image, findings: image.findings.map((each) => decided(each, own)) }));
  download("findings.csv", new Blob([table(now)], { type: "text/csv" }));
}

async function savePanel() {
  const { file, name, label } = worklist.current;
  try {
    say("Drawing the panel …");
    download(`${name.replace(/\.\w+$/, "")}-${label}.png`, await rest.panel(file, label));
    say("The panel is among your downloads.");
  } catch (error) {
    say(error.message);
  }
}

function connect() {
  const input = byId("files");
  input.addEventListener("change", () => {
    take(input.files);
    // Allow choosing the same file again.
    input.value = "";
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  worklist.addEventListener("selected", () => {
    say(worklist.current?.error ?? "");
    show();
  });
  worklist.addEventListener("changed", show);
  findings.addEventListener("chosen", (event) => choose(event.detail));
  threshold.addEventListener("changed", decideAgain);
  byId("spread").addEventListener("change", readAgain);
  byId("table").addEventListener("click", saveTable);
  byId("panel").addEventListener("click", savePanel);
  followHands(viewer);
  followKeys({ viewer, worklist, evidence });
  connectTools(viewer);
  offerExamples(take);
}

connect();
show();
model.then((answer) => {
  classes = answer.classes;
  answer.labels.filter((each) => each.healthy).forEach(({ name }) => healthy.add(name));
  fillAbout(answer);
  showDrift();
}, (error) => say(error.message));
