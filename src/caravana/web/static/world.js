// The world changed on the map: edits with undo, named as a policy, held against the world that is.

import { ask, attempt, el, lang, say, text } from "./common.js";
import { openMap } from "./anymap.js";
import { openDrawing } from "./drawing.js";

const form = document.getElementById("change");
const fields = form.elements;
const [world, first, policies] = await Promise.all([ask("GET", "/api/map/world"), ask("GET", "/api/changes"), ask("GET", "/api/changes/policies")]);
const family = first.kinds.includes("camp") ? "displacement" : "caravan";

fields.change.append(...first.kinds.map((kind) => el("option", { value: kind }, text(`change.${kind}`))));
document.getElementById("policies").append(...policies.policies.map((name) => el("option", { value: name })));
for (const name of ["start", "end"]) [fields[name].min, fields[name].max] = [first.start, first.end];

let drawing = null;
let shown = first.world;

// A kind of change taken up, with what is known of it; where nothing is left to say, it is made.
function takeUp(kind, values) {
  fields.change.value = kind;
  for (const [name, value] of Object.entries(values)) fields[name].value = value;
  choose();
}

const tools = ["camp", "move", "close"].filter((kind) => first.kinds.includes(kind) && (kind !== "close" || family === "caravan" || first.world.crossings.length));

function openTools(gl) {
  return openDrawing(gl, document.getElementById("draw"), {
    world: shown, tools,
    onTool: (tool) => {
      if (tool !== "look") takeUp(tool, {});
    },
    onCamp: ([lon, lat]) => {
      takeUp("camp", { lon, lat, place_id: fields.place_id.value || "new-camp" });
      fields.capacity.focus();
    },
    onMove: (place_id, [lon, lat]) => {
      takeUp("move", { place_id, lon, lat });
      form.requestSubmit();
    },
    onChosen: (id) => {
      const crossing = shown.crossings.find((one) => one.id === id);
      if (crossing) takeUp(crossing.open ? "close" : "open", { place_id: crossing.ends[0], target_id: crossing.ends[1] });
      else takeUp("close", { place_id: id });
      fields.start.focus();
    },
  });
}

const map = await openMap(document.getElementById("map"), {
  world, layers: ["crossings", "camps"],
  onGl: async (gl) => {
    if (tools.length) drawing = await openTools(gl);
  },
  onClick: ({ at, kind, one }) => {
    if (drawing && drawing.tool !== "look") return;
    if (kind === "crossing") {
      if (family === "displacement") {
        fields.change.value = one.open ? "close" : "open";
        [fields.place_id.value, fields.target_id.value] = one.ends;
      }
    } else if (one && !(fields.change.value === "move" && fields.place_id.value)) {
      fields.place_id.value = one.id;
    }
    if (["camp", "move"].includes(fields.change.value) && !(one && kind === "camp")) {
      [fields.lon.value, fields.lat.value] = at.map((x) => x.toFixed(5));
      if (fields.change.value === "camp" && !fields.place_id.value) fields.place_id.value = "new-camp";
    }
    map.choose(one ? (kind === "crossing" ? [(one.line[0][0] + one.line[1][0]) / 2, (one.line[0][1] + one.line[1][1]) / 2] : one.at) : at);
    choose();
  },
});

function choose() {
  const kind = fields.change.value;
  for (const part of form.querySelectorAll("[data-of]")) {
    const of = part.dataset.of.split(" ");
    part.hidden = !(of.includes(kind) || (of.includes("crossing") && family === "displacement" && ["close", "open"].includes(kind)));
  }
}

function show(now) {
  document.getElementById("changes").replaceChildren(...now.changes.map((one) => el("li", {}, one.words)));
  document.getElementById("undo").disabled = !now.changes.length;
  document.getElementById("redo").disabled = !now.undone;
  document.getElementById("forget").disabled = !now.changes.length && !now.undone;
  const places = [...now.world.places, ...now.world.camps];
  document.getElementById("places").replaceChildren(...places.map((one) => el("option", { value: one.id }, one.name)));
  shown = now.world;
  map.setWorld({ ...now.world, land: world.land, frame: world.frame });
  drawing?.setWorld(now.world);
  map.setEdits(now.changes.filter((one) => one.at));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(form.querySelector("button"), async () => {
    const given = {};
    for (const part of form.querySelectorAll("p:not([hidden]) [name]")) {
      if (part.value !== "") given[part.name] = part.type === "number" ? Number(part.value) : part.value;
    }
    show(await ask("POST", "/api/changes", given));
    say("");
    for (const name of ["place_id", "target_id", "name", "lon", "lat", "capacity"]) fields[name].value = "";
  });
});
fields.change.addEventListener("change", choose);
for (const [id, method, path] of [["undo", "POST", "/api/changes/undo"], ["redo", "POST", "/api/changes/redo"], ["forget", "DELETE", "/api/changes"]]) {
  const button = document.getElementById(id);
  button.addEventListener("click", () => attempt(button, async () => show(await ask(method, path))));
}

async function showCompared(number) {
  const held = await ask("GET", `/api/changes/compared/${number}`);
  const rows = held.outcomes.map((one) => el("tr", { class: one.tells ? "" : "soft" },
    el("th", { scope: "row" }, one.label, one.harm ? el("span", { class: "harm" }, ` ${text("harm")}`) : ""), el("td", {}, one.base), el("td", {}, one.policy), el("td", {}, one.words)));
  const holder = document.getElementById("compared");
  holder.replaceChildren(el("h2", {}, text("compared", { policy: held.policy, n: held.members })),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": held.policy }, el("table", {}, el("thead", {}, el("tr", {}, ...["outcome", "base", "policy", "difference"].map((key) => el("th", { scope: "col" }, text(`col.${key}`))))), el("tbody", {}, ...rows))),
    el("p", { class: "fine" }, text("compared_note")));
  holder.focus();
  document.documentElement.dataset.compared = String(number);
}

const compare = document.getElementById("compare");
compare.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(compare.querySelector("button"), async () => {
    const name = compare.elements.name.value;
    if (document.getElementById("changes").children.length) await ask("POST", "/api/changes/policies", { name });
    const { job } = await ask("POST", "/api/changes/compare", { name, members: Number(compare.elements.members.value), lang });
    const progress = document.getElementById("progress");
    const stream = new EventSource(`/api/jobs/${job}/events`);
    stream.onmessage = async (message) => {
      const now = JSON.parse(message.data);
      progress.textContent = `${now.kind_words} ${job}: ${now.state_words} ${now.total ? `${now.done}/${now.total}` : ""} ${now.message}`;
      if (!now.over) return;
      stream.close();
      if (now.state === "done") await showCompared(job);
    };
  });
});

choose();
show(first);
const asked = new URLSearchParams(location.search).get("compared");
if (asked) await attempt(null, () => showCompared(Number(asked)));
document.documentElement.dataset.ready = "true";
