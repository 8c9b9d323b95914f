// The record: forecasts and how right they were, triggers, who did what.

import { ask, attempt, el, figure, lang, minute, say, sheet, text } from "./common.js";

const number = (value, digits = 1) => (value === null || value === undefined ? "" : figure(value, digits));
const [READ, SHOWN] = [1000, 100];
const NUMBERS = ["scored", "inside", "score", "naive"];
const table = (keys, rows) => sheet(keys.map((key) => el("th", { scope: "col", class: NUMBERS.includes(key) ? "n" : "" }, text(`col.${key}`))), rows);

async function showIssued() {
  const { forecasts } = await ask("GET", "/api/record/forecasts");
  const rows = forecasts.map((one) => el("tr", {},
    el("td", { class: "day" }, el("a", { href: `/?on=${one.issued_on}` }, one.issued_on), " ", el("a", { href: `/api/record/evenings/${one.issued_on}?lang=${lang}`, target: "_blank", rel: "noopener" }, text("page"))),
    el("td", { class: "n" }, one.right ? String(one.right.scored) : ""), el("td", { class: "n" }, one.right ? `${number(100 * one.right.inside_90, 0)} %` : text("nothing_yet")),
    el("td", { class: "n" }, one.right ? number(one.right.score) : ""), el("td", { class: "n" }, one.right ? number(one.right.naive) : ""),
    el("td", { class: "fine" }, `${one.version} · ${one.hash.slice(0, 12)} · ${minute(one.issued_at)} · ${one.issued_by}`)));
  document.getElementById("issued").replaceChildren(table(["evening", "scored", "inside", "score", "naive", "made"], rows));
}

function answers(one) {
  const said = { true: text("yes"), false: text("no"), null: text("untold") };
  return el("ul", {}, ...Object.entries(one.answers).map(([name, met]) => el("li", {}, `${name}: `, el("b", {}, said[String(met)]))));
}

async function showTriggers() {
  const { triggers } = await ask("GET", "/api/record/triggers");
  const holder = document.getElementById("triggers");
  holder.replaceChildren(...(triggers.length ? triggers.map((one) => {
    const act = (words, path, body) => {
      const button = el("button", { type: "button" }, words);
      button.addEventListener("click", () => attempt(button, async () => {
        await ask("POST", `/api/record/triggers/${encodeURIComponent(one.trigger)}/${path}`, body);
        say(text("done"));
        await showTriggers();
      }));
      return button;
    };
    const waits = one.alert && one.steps.filter((step) => step.alert_id === one.alert).length === 1;
    const role = el("input", { id: `role-${one.trigger}`, value: "" });
    const decide = (decision) => {
      const button = el("button", { type: "button" }, text(decision));
      button.addEventListener("click", () => attempt(button, async () => {
        await ask("POST", `/api/record/triggers/${encodeURIComponent(one.trigger)}/alerts/${encodeURIComponent(one.alert)}`, { decision, role: role.value });
        await showTriggers();
      }));
      return button;
    };
    const b = one.backtest;
    return el("article", { class: "card" }, el("h3", {}, `${one.name} · ${text(one.on ? "on" : "off")}`), answers(one),
      el("p", { class: "fine" }, b ? text("backtest", { hits: b.hits, misses: b.misses, false_alarms: b.false_alarms, first: b.first, last: b.last }) : text("no_backtest")),
      el("p", {}, act(text("test"), "backtest"), " ", act(text(one.on ? "switch_off" : "switch_on"), "switch", { to: !one.on })),
      ...(waits ? [el("p", { class: "fault" }, text("waits", { role: one.decided_by })), el("label", { for: role.id }, text("role")), role, el("p", {}, decide("sign"), " ", decide("decline"))] : []),
      el("ul", { class: "fine" }, ...one.steps.map((step) => el("li", {}, `${step.on}: ${step.step} (${step.recorded_by})`))));
  }) : [el("p", { class: "soft" }, text("no_triggers"))]));
}

async function showActs() {
  const { acts } = await ask("GET", `/api/record/journal?most=${READ}`);
  // What one person did over and over within a minute is one line: an import of a hundred reports hides all else.
  const lines = [];
  for (const one of acts) {
    const last = lines.at(-1);
    if (last && last.who === one.who && last.act === one.act && minute(last.at) === minute(one.at)) [last.first, last.times] = [one.subject, last.times + 1];
    else lines.push({ ...one, first: one.subject, times: 1 });
  }
  const rows = lines.slice(0, SHOWN).map((one) => el("tr", {}, el("td", { class: "day" }, minute(one.at)), el("td", {}, one.who),
    el("td", {}, one.times > 1 ? `${one.words} (×${number(one.times)})` : one.words), el("td", {}, one.times > 1 ? `${one.first} … ${one.subject}` : one.subject)));
  document.getElementById("acts").replaceChildren(table(["when", "who", "did", "what"], rows));
}

await Promise.all([showIssued(), showTriggers(), showActs()]);
document.documentElement.dataset.ready = "true";
