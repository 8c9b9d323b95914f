import { ask, attempt, say, text } from "./common.js";
import { openMap } from "./anymap.js";

const holder = document.getElementById("map");
const query = new URLSearchParams(location.search);
const on = query.get("on");
const slider = document.getElementById("day");
const shown = () => [...document.querySelectorAll("#layers input:checked")].map((box) => box.name);

const [evening, world, reported] = await Promise.all([
  ask("GET", `/api/map/evening${on ? `?on=${encodeURIComponent(on)}` : ""}`),
  ask("GET", `/api/map/world${on ? `?on=${encodeURIComponent(on)}` : ""}`),
  ask("GET", `/api/map/reports${on ? `?until=${encodeURIComponent(on)}` : ""}`),
]);

function frameOf(days) {
  const points = days.slice(0, 3).flatMap((day) => [...day.areas.flatMap((a) => a.line), ...day.stops.map((s) => s.at), ...day.camps.map((c) => c.at)]);
  points.push(...reported.reports.slice(0, 20).filter((one) => one.at).map((one) => one.at));
  if (!points.length) return world.frame;
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const grow = Math.max(0.15, 0.2 * Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)));
  return [Math.min(...xs) - grow, Math.min(...ys) - grow, Math.max(...xs) + grow, Math.max(...ys) + grow];
}

const map = await openMap(holder, { world, home: frameOf(evening.days), reports: reported.reports, layers: shown(), day: evening.days[0] ?? null });

// Layers that have nothing to show in this operation are not offered: stops where people live in camps, camps on a road.
const filled = {
  area: evening.days.some((day) => day.areas.length), stops: evening.days.some((day) => day.stops.length),
  needs: evening.days.some((day) => day.needs.length), crossings: world.crossings.length, camps: world.camps.length,
};
for (const [name, any] of Object.entries(filled)) document.querySelector(`#layers [name="${name}"]`).closest("label").hidden = !any;

function choose(n) {
  const day = evening.days[n];
  map.setDay(day);
  document.querySelectorAll("#nights li").forEach((li, at) => li.firstElementChild.setAttribute("aria-pressed", String(at === n)));
  if (slider) {
    slider.value = String(n);
    slider.setAttribute("aria-valuetext", day.title);
    document.getElementById("day-name").value = day.title;
  }
}

slider?.addEventListener("input", () => choose(Number(slider.value)));
document.querySelectorAll("#nights li button").forEach((button, n) => button.addEventListener("click", () => choose(n)));
document.getElementById("layers").addEventListener("change", () => map.setLayers(shown()));
document.getElementById("update")?.addEventListener("click", (event) => attempt(event.currentTarget, async () => {
  const { job } = await ask("POST", "/api/jobs", { kind: "update", lang: document.documentElement.lang });
  say(text("queued", { job }));
  const stream = new EventSource(`/api/jobs/${job}/events`);
  stream.onmessage = (message) => {
    const now = JSON.parse(message.data);
    if (now.over) {
      stream.close();
      if (now.state === "done") location.assign("/");
      else say(now.message || now.state_words, { fault: true });
    } else say(`${now.state_words} ${now.message}`);
  };
}));
document.documentElement.dataset.ready = "true";
