// What a text or a table holds, proposed: marked in the text, rows beside it, accepted, mended or dropped.

import { ask, attempt, el, figure, say, text } from "./common.js";

const FIELDS = ["kind", "low", "high", "qualifier", "place", "date", "side"];
const holder = document.getElementById("proposals");

// The text with figures, places and speakers marked; offsets count letters as the server does, by code point.
function marked(one) {
  const letters = [...one.text];
  const marks = [
    // Of marks that begin at one letter the first stands: what is proposed before what was only read.
    ...one.proposals.map((p) => [p.start, p.end, "proposed"]), ...one.figures.map((f) => [f.start, f.end, "figure"]),
    ...(one.places ?? []).map((p) => [p.start, p.end, "place"]),
  ].sort((a, b) => a[0] - b[0]);
  const out = el("div", { class: "text" });
  let at = 0;
  for (const [start, end, kind] of marks) {
    if (start < at) continue;
    out.append(letters.slice(at, start).join(""), el("mark", { class: kind }, letters.slice(start, end).join("")));
    at = end;
  }
  out.append(letters.slice(at).join(""));
  return out;
}

function input(name, value, choices, places) {
  const caravans = { another: text("caravan.another"), this: text("caravan.this") };
  const options = { kind: choices.kinds, qualifier: choices.qualifiers, side: choices.sides, caravan: caravans }[name];
  let field;
  if (options) {
    field = el("select", {}, ...Object.entries(options).map(([key, words]) => el("option", { value: key, selected: key === value }, words)));
  } else {
    field = el("input", { type: { low: "number", high: "number", date: "date" }[name] ?? "text", value: value ?? "" });
    if (name === "place" && places) field.setAttribute("list", "places");
  }
  field.dataset.field = name;
  return el("label", {}, text(`col.${name}`), field);
}

function fill(card, reading) {
  for (const field of card.querySelectorAll("[data-field]"))
    if (field.dataset.field !== "caravan") field.value = reading[field.dataset.field] ?? "";
}

function proposalCard(proposal, number, choices, places) {
  const card = el("article", { class: "card proposal", tabindex: "-1", "aria-label": text("proposal", { n: number }) });
  // Which caravan is asked only where it is another's: such a row is recorded once a person says that it is not.
  const asked = proposal.caravan === "this" ? FIELDS : [...FIELDS, "caravan"];
  const fields = el("div", { class: "fields" }, ...asked.map((name) => input(name, proposal[name], choices, places)));
  const state = el("b", { class: "state" }, "");
  const decide = (accepted) => {
    proposal.accepted = accepted;
    card.classList.toggle("yes", accepted);
    card.classList.toggle("no", !accepted);
    state.textContent = text(accepted ? "accepted" : "dropped");
  };
  const yes = el("button", { type: "button", class: "yes" }, text("accept"));
  const no = el("button", { type: "button", class: "no" }, text("drop"));
  yes.addEventListener("click", () => decide(true));
  no.addEventListener("click", () => decide(false));
  // A reading says all in which it may differ from another: how exact, whose word.
  const figures = (reading) => {
    const ends = [...new Set([reading.low, reading.high].filter((x) => x !== null && x !== undefined).map(figure))];
    const plain = ends.length > 1 || (ends.length === 0 && reading.qualifier === "exact");
    return [plain ? "" : choices.qualifiers[reading.qualifier], ends.join("–")];
  };
  const named = (place) => (places ?? []).find((one) => one.id === place)?.name ?? place;
  const others = (proposal.readings ?? []).slice(1).map((reading) => {
    const said = [choices.kinds[reading.kind] ?? reading.kind, ...figures(reading), named(reading.place), reading.date, choices.sides[reading.side]];
    const other = el("button", { type: "button", class: "plain" }, `${text("or")} ${said.filter(Boolean).join(" · ")}`);
    other.addEventListener("click", () => fill(card, reading));
    return other;
  });
  card.append(el("p", {}, `${number}. ${proposal.sentence}`),
    ...(proposal.flags ?? []).map((flag) => el("p", { class: "fault fine" }, flag)),
    ...(proposal.caravan === "this" ? [] : [el("p", { class: "fault fine" }, text("another"))]),
    fields, el("p", { class: "fine" }, text("doubt", { n: Math.round(100 * (proposal.doubt ?? 0)) }), " ", ...others), el("p", {}, yes, " ", no, " ", state));
  card.collect = () => {
    for (const field of card.querySelectorAll("[data-field]")) {
      const value = field.value.trim();
      proposal[field.dataset.field] = value === "" ? null : field.type === "number" ? Number(value) : value;
    }
  };
  return card;
}

// What a text leaves open as a whole, asked once: many rows hang on whose words it is, on its day, on its place.
function questions(one, { choices, places }, again) {
  const named = { voice: (x) => choices.sides[x] ?? x, tells_of: (x) => x, at: (x) => places?.find((p) => p.id === x)?.name ?? x };
  return Object.entries(one.whole ?? {}).filter(([, some]) => some.length > 1 && some[0].share < choices.sure).map(([name, some]) => {
    const answers = some.slice(0, 3).filter(({ value }) => value !== "").map(({ value }) => {
      const button = el("button", { type: "button" }, named[name](value));
      button.addEventListener("click", () => attempt(button, () => again({ ...one.known, [name]: value })));
      return button;
    });
    return el("p", { class: "asked" }, text(`ask.${name}`), " ", ...answers.flatMap((button) => [button, " "]));
  });
}

export function showTexts({ texts }, { choices, places, done }) {
  holder.replaceChildren();
  const cards = [];
  for (const one of texts) {
    const mine = one.proposals.map((proposal, n) => proposalCard(proposal, n + 1, choices, places));
    cards.push(...mine);
    const again = async (known) => {
      const sent = { text: one.text, name: one.name, published: one.published, ...known };
      const [read] = (await ask("POST", "/api/articles", sent)).texts;
      texts[texts.indexOf(one)] = { ...read, known };
      showTexts({ texts }, { choices, places, done });
    };
    holder.append(el("h2", {}, one.name === "pasted" ? text("pasted") : one.name), ...questions(one, { choices, places }, again), el("div", { class: "columns" }, marked(one), el("div", {}, ...(mine.length ? mine : [el("p", {}, text("no_proposals"))]))));
  }
  const record = el("button", { type: "button", class: "main" }, text("record"));
  record.addEventListener("click", () => attempt(record, async () => {
    cards.forEach((card) => card.collect());
    const sent = texts.map(({ text: _, known: __, ...kept }) => kept);
    const { taken } = await ask("POST", "/api/articles/accepted", { texts: sent });
    say(text("recorded", { n: taken.length }));
    await done();
  }));
  holder.append(el("p", {}, record));
  holder.querySelector("h2")?.scrollIntoView({ block: "start" });
  cards[0]?.focus({ preventScroll: true });
}

export function showCounts(file, read, { choices, done }) {
  const mapping = el("div", { class: "fields" }, ...Object.entries(read.mapping).filter(([name]) => name !== "format").map(([name, value]) => {
    const field = el("input", { value: value ?? "", "data-mapping": name, type: typeof value === "number" ? "number" : "text" });
    return el("label", {}, text(`mapping.${name}`), field);
  }));
  const side = el("select", { id: "counts-side" }, ...Object.entries(choices.sides).map(([key, words]) => el("option", { value: key, selected: key === "agency" }, words)));
  const sent = (extra) => {
    const form = new FormData();
    form.append("file", file);
    const own = {};
    for (const field of mapping.querySelectorAll("[data-mapping]")) {
      const value = field.value.trim();
      if (field.dataset.mapping === "header_row") own.header_row = Number(value);
      else if (value !== "" || !["date_order", "thousands"].includes(field.dataset.mapping)) own[field.dataset.mapping] = value;
    }
    form.append("mapping", JSON.stringify(own));
    for (const [name, value] of Object.entries(extra)) form.append(name, value);
    return form;
  };
  const again = el("button", { type: "button" }, text("read_again"));
  again.addEventListener("click", () => attempt(again, async () => showCounts(file, await ask("POST", "/api/counts", sent({})), { choices, done })));
  const take = el("button", { type: "button", class: "main" }, text("take_counts", { n: read.usable }));
  take.addEventListener("click", () => attempt(take, async () => {
    const { taken } = await ask("POST", "/api/counts/accepted", sent({ side: side.value }));
    say(text("recorded", { n: taken.filter((one) => one.new).length }));
    await done();
  }));
  const rows = read.rows.slice(0, 12).map((one) => el("tr", {}, el("td", { class: "n" }, String(one.line)), el("td", {}, one.place), el("td", {}, one.date), el("td", { class: "n" }, figure(one.persons))));
  const table = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": file.name }, el("table", {}, el("thead", {}, el("tr", {}, ...["line", "place", "day", "figure"].map((key) => el("th", { scope: "col" }, text(`col.${key}`))))), el("tbody", {}, ...rows)));
  holder.replaceChildren(el("h2", { tabindex: "-1" }, `${file.name}: ${text("counts_found", { n: read.counts })}`), el("h3", {}, text("mapping.title")), mapping,
    ...read.notes.map((note) => el("p", { class: "fine" }, note)), table,
    ...read.not_used.slice(0, 12).map((one) => el("p", { class: "fault fine" }, text("line", { n: one.line, why: one.why }))),
    el("p", {}, el("label", { for: "counts-side" }, text("col.side")), side), el("p", {}, again, " ", take));
  holder.querySelector("h2").focus();
}
