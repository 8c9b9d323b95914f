// Reports in: the form with its map, and what articles and workbooks hold.

import { ask, attempt, el, say, sheet, text } from "./common.js";
import { openMap } from "./anymap.js";
import { showCounts, showTexts } from "./proposals.js";

const form = document.getElementById("sighting");
const choices = JSON.parse(document.getElementById("choices").textContent);
form.elements.date.value = choices.today;

const [world, places] = await Promise.all([ask("GET", "/api/map/world"), ask("GET", "/api/reports/places")]);
document.getElementById("places").append(...places.places.map((one) => el("option", { value: one.id }, one.name)));

const names = new Map(places.places.map((one) => [one.id, one.name]));

const map = await openMap(document.getElementById("map"), {
  world, layers: ["crossings", "camps"], drawn: true,
  onClick: ({ kind, one }) => {
    if (kind !== "place" && kind !== "camp") return;
    form.elements.place.value = one.id;
    map.choose(one.at);
    form.elements.persons.focus();
  },
});

function answer(taken, holder) {
  holder.replaceChildren(el("ul", {}, ...taken.map((one) => el("li", { class: one.new ? "good" : "soft" },
    text(one.new ? "taken" : "there", { id: one.id }), ...one.remarks.map((remark) => el("div", { class: "fine" }, remark))))));
}

export async function showLast() {
  const { reports } = await ask("GET", "/api/reports?most=30");
  const heads = ["day", "what", "figure", "place", "who"].map((key) => el("th", { scope: "col" }, text(`col.${key}`)));
  const rows = reports.map((one) => {
    const off = el("button", { type: "button", class: "plain", "aria-label": `${text("withdraw")} ${one.id}` }, text("withdraw"));
    off.addEventListener("click", () => attempt(off, async () => {
      await ask("POST", `/api/reports/${encodeURIComponent(one.id)}/withdrawal`, {});
      await showLast();
    }));
    const gone = one.state === "withdrawn";
    return el("tr", { class: gone ? "soft" : "" }, el("td", { class: "day" }, one.date), el("td", {}, one.words.what),
      el("td", {}, one.words.figure), el("td", {}, names.get(one.place) ?? one.place ?? ""), el("td", {}, [choices.sides[one.side] ?? one.side, one.words.caravan].filter(Boolean).join(" · ")),
      el("td", {}, gone ? choices.states.withdrawn : off));
  });
  document.getElementById("last").replaceChildren(sheet([...heads, el("th", { scope: "col", "aria-label": text("withdraw") })], rows));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(form.querySelector("button.main"), async () => {
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    for (const name of ["rest", "planned"]) given[name] = form.elements[name].checked;
    given.night = !form.elements.no_night.checked;
    delete given.no_night;
    if (given.km_past !== undefined) given.km_past = Number(given.km_past);
    const holder = document.getElementById("answer");
    holder.replaceChildren();
    const { taken } = await ask("POST", "/api/reports", given);
    answer(taken, holder);
    for (const name of ["persons", "papers", "note", "km_past"]) form.elements[name].value = "";
    await showLast();
  });
});

const TABLES = /\.(csv|tsv|xlsx|json)$/i;
const pasted = document.getElementById("pasted");

async function readFile(file) {
  const sent = new FormData();
  sent.append("file", file);
  if (TABLES.test(file.name)) {
    showCounts(file, await ask("POST", "/api/counts", sent), { choices, done: showLast });
    return;
  }
  if (pasted.elements.published.value) sent.append("published", pasted.elements.published.value);
  showTexts(await ask("POST", "/api/articles/file", sent), { choices, places: places.places, done: showLast });
}

pasted.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(pasted.querySelector("button"), async () => {
    const [file] = document.getElementById("file").files;
    if (file) {
      await readFile(file);
      return;
    }
    const given = { text: pasted.elements.text.value };
    if (pasted.elements.published.value) given.published = pasted.elements.published.value;
    showTexts(await ask("POST", "/api/articles", given), { choices, places: places.places, done: showLast });
  });
});

const drop = document.getElementById("drop");
for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) attempt(null, () => readFile(file));
  else {
    const words = event.dataTransfer.getData("text/plain");
    if (words) pasted.elements.text.value = words;
  }
});

await showLast();
say("");
document.documentElement.dataset.ready = "true";
