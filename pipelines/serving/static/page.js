// The page: one request for each image, so that one unreadable file never spoils the others.

const ANSWERS = { findings: "films", explanation: "film" };

function element(tag, text = "", ...children) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.append(...children);
  return made;
}

async function ask(route, file, query = "") {
  const form = new FormData();
  form.append(ANSWERS[route], file, file.name);
  const answer = await fetch(`/api/v1/${route}${query}`, { method: "POST", body: form });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

async function explain(file, label) {
  const told = await ask("explanation", file, `?label=${encodeURIComponent(label)}`);
  const shown = document.getElementById("explanation");
  shown.replaceChildren(element("h2", `${label}: ${file.name}`));
  for (const [title, picture] of [["Image", told.image], ...told.maps.map((m) => [m.title, m])]) {
    shown.append(element("h3", title), element("p", picture.empty ?? ""));
    if (!picture.png) continue;
    const image = element("img");
    image.alt = title;
    image.src = `data:image/png;base64,${picture.png}`;
    shown.append(image);
  }
}

function row(file, finding) {
  const button = element("button", finding.label);
  button.addEventListener("click", () => explain(file, finding.label).catch(say));
  const cells = [finding.probability.toFixed(3), finding.threshold?.toFixed(3) ?? "–"];
  const decision = finding.threshold === null ? "not decided" : finding.present ? "present" : "not present";
  const texts = [...cells, decision].map((text) => element("td", text));
  return element("tr", "", element("th", "", button), ...texts);
}

function say(error) {
  document.getElementById("status").textContent = error.message;
}

async function read(file) {
  const section = element("section", "", element("h2", file.name));
  document.getElementById("images").append(section);
  try {
    const [film] = (await ask("findings", file)).films;
    section.append(element("table", "", ...film.findings.map((each) => row(file, each))));
  } catch (error) {
    section.append(element("p", error.message));
  }
}

document.getElementById("files").addEventListener("change", async (event) => {
  for (const file of [...event.target.files]) await read(file);
});
fetch("/api/v1/labels").then((answer) => answer.json()).then((told) => {
  document.getElementById("notice").textContent = told.notice;
});
