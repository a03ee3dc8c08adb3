// Requests to the server: one image each, at most two at a time.

import { say } from "./dom.js";

const AT_ONCE = 2;
const TRIES = 5;
const TOO_OFTEN = 429;
const BUSY = 503;
const LONGEST_WAIT = 60;
const NO_ANSWER = "The file could not be sent: it is no longer there, or the server does not answer.";

const waiting = [];
let running = 0;

export const labels = () => ask("/api/v1/labels", {}, true);
export const drift = () => ask("/api/v1/drift", {}, true);
export const examples = () => ask("/api/v1/examples", {}, true);

export async function example(number, name) {
  const answer = await ask(`/api/v1/examples/${number}`, { as: "blob" }, true);
  return new File([answer], name, { type: "image/png" });
}

export async function findings(file, tta, begun, signal) {
  // Without a number, the server has its own.
  const path = `/api/v1/findings${tta ? `?tta=${tta}` : ""}`;
  const answer = await ask(path, { body: form("films", file), begun, signal });
  return answer.films[0];
}

export function explanation(file, label, image, signal) {
  const query = new URLSearchParams({ label, image });
  return ask(`/api/v1/explanation?${query}`, { body: form("film", file), signal }, true);
}

export function panel(file, label) {
  const query = new URLSearchParams({ label });
  return ask(`/api/v1/panel?${query}`, { body: form("film", file), as: "blob" }, true);
}

function form(field, file) {
  const made = new FormData();
  made.append(field, file, file.name);
  return made;
}

// The current image comes before images that wait in the worklist.
function ask(path, options, urgent) {
  return new Promise((resolve, reject) => {
    const task = { run: () => answered(path, options), resolve, reject };
    if (urgent) waiting.unshift(task);
    else waiting.push(task);
    start();
  });
}

function start() {
  if (running >= AT_ONCE || !waiting.length) return;
  const { run, resolve, reject } = waiting.shift();
  running += 1;
  run().then(resolve, reject).finally(() => {
    running -= 1;
    start();
  });
}

async function answered(path, { body, signal, begun, as = "json" }) {
  signal?.throwIfAborted();
  begun?.();
  const options = { method: body ? "POST" : "GET", body, signal };
  for (let time = 1; ; time += 1) {
    const answer = await sent(path, options);
    if (answer.ok) return answer[as]();
    const later = answer.status === BUSY || answer.status === TOO_OFTEN;
    if (!later || time === TRIES) throw new Error(await sentence(answer));
    await pause(answer, time);
  }
}

async function sent(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error(NO_ANSWER);
  }
}

// A rate limit gives the time to wait; for a busy server the wait grows.
async function pause(answer, time) {
  const asked = Number(answer.headers.get("retry-after")) || 1;
  const seconds = Math.min(answer.status === BUSY ? asked * time : asked, LONGEST_WAIT);
  say(`The server is busy; trying again in ${seconds} s.`);
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

async function sentence(answer) {
  if (answer.status === 401) return "You are logged out. Reload the page and log in again.";
  try {
    return (await answer.json()).detail;
  } catch {
    return `The server answered with status ${answer.status}.`;
  }
}
