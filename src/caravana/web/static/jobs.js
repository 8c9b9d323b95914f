// Jobs: asked for, watched as they go, cancelled, and what came of them.

import { ask, attempt, el, minute, say, text } from "./common.js";

const list = document.getElementById("list");
const form = document.getElementById("ask");
const streams = new Map();
const cards = new Map();

function links(job) {
  const out = job.outputs.map((name) => el("a", { href: `/api/jobs/${job.job}/files/${encodeURIComponent(name)}`, target: "_blank", rel: "noopener" }, name));
  if (job.kind === "compare") out.unshift(el("a", { href: `/world?compared=${job.job}` }, text("see_compared")));
  return job.state === "done" ? out.flatMap((one) => [one, " "]) : [];
}

function show(job) {
  const card = cards.get(job.job) ?? el("article", { class: "card job" });
  const bar = job.total ? el("progress", { max: String(job.total), value: String(job.done), "aria-label": job.kind_words }) : null;
  const left = job.seconds_left === null ? "" : text("left", { n: Math.round(job.seconds_left) });
  const off = el("button", { type: "button" }, text("cancel"));
  off.addEventListener("click", () => attempt(off, () => ask("DELETE", `/api/jobs/${job.job}`)));
  const options = job.option_words.join(", ");
  card.replaceChildren(el("h2", {}, `${job.job}. ${job.kind_words} · `, el("span", { class: job.state === "failed" ? "fault" : job.state === "done" ? "good" : "soft" }, job.state_words)),
    el("p", { class: "fine" }, `${options ? `${options} · ` : ""}${job.asked_by}, ${minute(job.asked_at)}${job.ended_at ? ` – ${minute(job.ended_at)}` : ""} UTC`),
    ...(bar && !job.over ? [bar, el("p", { class: "fine" }, `${job.done}/${job.total} ${left}`)] : []),
    ...(job.message && job.state !== "done" ? [el("p", { class: job.state === "failed" ? "fault" : "fine" }, job.message)] : []),
    el("p", {}, ...links(job), ...(job.over || !form ? [] : [off])));
  if (!cards.has(job.job)) cards.set(job.job, card);
  if (!job.over && !streams.has(job.job) && streams.size < 4) {
    const stream = new EventSource(`/api/jobs/${job.job}/events`);
    streams.set(job.job, stream);
    stream.onmessage = (message) => {
      const now = JSON.parse(message.data);
      show(now);
      if (now.over) {
        stream.close();
        streams.delete(job.job);
      }
    };
  }
  return card;
}

async function refresh() {
  const { jobs } = await ask("GET", "/api/jobs");
  list.replaceChildren(...(jobs.length ? jobs.map(show) : [el("p", { class: "soft" }, text("no_jobs"))]));
}

if (form) {
  const choose = () => {
    for (const part of form.querySelectorAll("[data-of]")) part.hidden = !part.dataset.of.split(" ").includes(form.elements.kind.value);
  };
  form.elements.kind.addEventListener("change", choose);
  choose();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(form.querySelector("button"), async () => {
      const given = { kind: form.elements.kind.value };
      for (const part of form.querySelectorAll("[data-of]:not([hidden]) [name]")) {
        if (part.value !== "") given[part.name] = part.type === "number" ? Number(part.value) : part.value;
      }
      if (!["calibrate", "export"].includes(given.kind)) given.lang = document.documentElement.lang;
      const { job } = await ask("POST", "/api/jobs", given);
      say(text("queued", { job }));
      await refresh();
    });
  });
}
await refresh();
document.documentElement.dataset.ready = "true";
