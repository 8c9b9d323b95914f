// Releases: the brief for those within; what is public, with its purpose, hash and end.

import { ask, attempt, el, lang, minute, say, text } from "./common.js";

const form = document.getElementById("publish");

// What was wrong is asked where something is corrected.
function askWhy() {
  const chosen = form.elements.corrects.value !== "";
  document.getElementById("wrong").hidden = !chosen;
  form.elements.correction.required = chosen;
  if (!chosen) form.elements.correction.value = "";
}
form?.elements.corrects.addEventListener("change", askWhy);

async function refresh() {
  const { releases } = await ask("GET", "/api/releases");
  const session = await ask("GET", "/api/session");
  document.getElementById("releases").replaceChildren(...(releases.length ? releases.map((one) => {
    const act = (words, path, body) => {
      const button = el("button", { type: "button" }, words);
      button.addEventListener("click", () => attempt(button, async () => {
        await ask("POST", `/api/releases/${one.publication}/${path}`, body);
        await refresh();
      }));
      return button;
    };
    const waits = one.state === "waiting" && session.role === "releaser";
    return el("article", { class: "card release" }, el("h2", {}, `${one.publication} · `, el("span", { class: one.state === "public" ? "good" : "soft" }, one.state_words)),
      el("p", {}, one.purpose), ...(one.corrects ? [el("p", {}, text("corrects", { what: one.corrects, why: one.correction }))] : []),
      el("p", {}, ...one.files.flatMap((name) => [el("a", { href: `/api/releases/${one.publication}/files/${encodeURIComponent(name)}`, target: "_blank", rel: "noopener" }, name), " "])),
      el("p", { class: "fine hash" }, `SHA-256 ${one.hash} · ${text("until", { day: one.expires_on })}`),
      el("ul", { class: "fine" }, ...one.steps.map((step) => el("li", {}, `${minute(step.at)} UTC ${step.who}: ${text(`step.${step.step}`)} ${step.content.why ?? step.content.by ?? ""}`))),
      ...(waits ? [el("p", {}, act(text("sign_release"), "signature"), " ", act(text("refuse_release"), "refusal", {}))] : []));
  }) : [el("p", { class: "soft" }, text("no_releases"))]));
  const corrects = form?.elements.corrects;
  if (corrects) {
    corrects.replaceChildren(corrects.options[0], ...releases.filter((one) => ["public", "expired"].includes(one.state)).map((one) => el("option", { value: one.publication }, one.publication)));
    askWhy();
  }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(form.querySelector("button"), async () => {
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    const made = await ask("POST", "/api/releases", given);
    say(`${made.publication}: ${made.state_words}`);
    form.elements.purpose.value = "";
    await refresh();
  });
});
const brief = document.getElementById("brief");
brief?.addEventListener("click", () => attempt(brief, async () => {
  const { job } = await ask("POST", "/api/jobs", { kind: "brief", lang });
  say(text("queued", { job }));
  location.assign("/jobs");
}));
await refresh();
document.documentElement.dataset.ready = "true";
