// What every page does: speaks to the API with the page's token, says what came of it, signs out.

export const words = JSON.parse(document.getElementById("words").textContent);
export const lang = document.documentElement.lang;

let token = document.querySelector('meta[name="csrf"]').content;

export function text(key, values = {}) {
  let out = words;
  for (const part of key.split(".")) out = out?.[part];
  return String(out ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// A figure as the rest of the pages writes it: in Spanish thousands stand apart from 10 000 on, and a comma before decimals.
export function figure(value, digits = 2) {
  const [whole, part] = value.toLocaleString("en", { maximumFractionDigits: digits }).split(".");
  if (lang !== "es") return part ? `${whole}.${part}` : whole;
  const apart = whole.replaceAll(",", Math.abs(value) < 10000 ? "" : "\u202f");
  return part ? `${apart},${part}` : apart;
}

export function say(message, { fault = false } = {}) {
  const said = document.getElementById("said");
  said.textContent = message;
  said.classList.toggle("fault", fault);
}

export class Refused extends Error {}

async function send(method, path, body) {
  const form = body instanceof FormData;
  const headers = { Accept: "application/json", "Accept-Language": lang };
  if (method !== "GET") headers["X-CSRF-Token"] = token;
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  return fetch(path, {
    method, headers, credentials: "same-origin", cache: "no-store",
    body: body === undefined ? undefined : form ? body : JSON.stringify(body),
  });
}

// Asks the API.  A page that was open while the server began anew gets a new token, once.
export async function ask(method, path, body) {
  let answer;
  try {
    answer = await send(method, path, body);
    if (answer.status === 403 && method !== "GET") {
      const session = await send("GET", "/api/session");
      if (session.ok) {
        const fresh = (await session.json()).csrf;
        if (fresh !== token) {
          token = fresh;
          answer = await send(method, path, body);
        }
      }
    }
  } catch {
    throw new Refused(text("failed"));
  }
  const content = await answer.json().catch(() => ({ error: text("failed") }));
  if (!answer.ok) throw new Refused(content.error ?? text("failed"));
  return content;
}

export function el(tag, values = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(values)) {
    if (name === "class") node.className = value;
    else if (name in node && typeof value !== "string") node[name] = value;
    else if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter((one) => one !== null && one !== undefined));
  return node;
}

// A table that narrow pages lay out cell after cell; that it is one, only roles say to a screen reader then.  Numbers
// there have no head above them: each is given its own.
export function sheet(heads, rows) {
  const as = (role, node) => { node.setAttribute("role", role); return node; };
  heads.forEach((cell) => as("columnheader", cell));
  for (const row of rows) [...as("row", row).children].forEach((cell, at) => {
    as("cell", cell);
    if (cell.classList.contains("n") && heads[at]) cell.dataset.label = heads[at].textContent;
  });
  const top = as("rowgroup", el("thead", {}, as("row", el("tr", {}, ...heads))));
  return as("table", el("table", { class: "sheet" }, top, as("rowgroup", el("tbody", {}, ...rows))));
}

// A moment as it is kept, to the minute.
export const minute = (at) => at.slice(0, 16).replace("T", " ");

// Does something that a button asks for, and says what went wrong where something did.
export async function attempt(button, act) {
  if (button) button.setAttribute("aria-busy", "true");
  // What went wrong before is over once something else is asked for.
  if (document.getElementById("said").classList.contains("fault")) say("");
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(error.message, { fault: true });
    return undefined;
  } finally {
    if (button) button.removeAttribute("aria-busy");
  }
}

document.getElementById("sign-out")?.addEventListener("click", async () => {
  await ask("DELETE", "/api/session").catch(() => {});
  location.assign("/sign-in");
});
document.documentElement.dataset.common = "true";

// Where the menu is wider than the page, the page that one is on is seen in it.
const here = document.querySelector(".top nav [aria-current]");
const menu = here?.closest("nav");
if (menu && menu.scrollWidth > menu.clientWidth) menu.scrollLeft += here.getBoundingClientRect().right - menu.getBoundingClientRect().right + 24;
