// The page of a displacement: the map, the charts, the texts and the tables of the chosen day.
const SHOWN_LINKS = 10;

// Two significant figures, as the program that wrote the page writes its numbers.
function twoFigures(value) {
  if (value < 1) return value > 0 ? 1 : 0;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.round(value / step) * step;
}

// Round amounts for the key of the arcs: 1, 2 or 5 times a power of ten.
function roundBelow(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [5, 2, 1].map((m) => m * power).find((m) => m <= value) || 1;
}

// A table that goes on beyond its frame says so.
function tellSideways(words) {
  for (const box of document.querySelectorAll(".scroll")) {
    const hint = document.createElement("p");
    hint.className = "fine sideways";
    hint.textContent = words.sideways;
    hint.hidden = true;
    box.before(hint);
    const check = () => { hint.hidden = box.scrollWidth <= box.clientWidth + 1; };
    new ResizeObserver(check).observe(box);
    new ResizeObserver(check).observe(box.firstElementChild);
    check();
  }
}

function start() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const by = (id) => document.getElementById(id);
  const clock = makeClock(data, words);
  tellSideways(words);

  function cell(row, text, kind = "td") {
    const node = document.createElement(kind);
    node.textContent = text;
    if (kind === "th") node.scope = "row";
    row.append(node);
    return node;
  }

  function showCamps(now) {
    for (const row of document.querySelectorAll("#camps tbody tr")) {
      const camp = Number(row.dataset.camp);
      const spec = data.charts[`camp-${camp}`];
      const middle = spec.q[2][now];
      const count = latestCount(data, camp, now);
      const { capacity } = data.map.places.find((p) => p.camp === camp);
      const [range, mid, counted, , full] = row.querySelectorAll("td");
      range.textContent = spec.readout[now];
      mid.textContent = writeNumber(twoFigures(middle), data.number);
      counted.replaceChildren(count ? count.short : "–");
      if (count) {
        const when = document.createElement("small");
        when.textContent = count.when;
        counted.append(" ", when);
      }
      full.textContent = capacity ? words.percent.replace("{n}", writeNumber((100 * middle) / capacity, data.number)) : "–";
      full.classList.toggle("over", Boolean(capacity) && middle > capacity);
    }
  }

  // What so many people need by a standard; what comes whole is rounded up.
  function need(standard, people) {
    const amount = standard.per === "persons_per_unit" ? people / standard.value
      : (people * standard.value) / (standard.per === "per_10000" ? 10000 : 1);
    return standard.whole ? Math.ceil(Number(amount.toFixed(9))) : amount;
  }

  // Millions in words, and the word once.
  function writeSpan(low, high) {
    const millions = (value) => String(twoFigures(value) / 1e6).replace(".", data.number.decimal);
    const write = (value) => (value < 1e6 ? writeNumber(twoFigures(value), data.number) : words.millions.replace("{n}", millions(value)));
    const [first, last] = [write(low), write(high)];
    if (first === last) return first;
    return `${low < 1e6 ? first : millions(low)}–${last}`;
  }

  function showNeeds(now) {
    for (const row of document.querySelectorAll("#camp-needs tbody tr")) {
      const { camp } = row.dataset;
      const [low, high] = camp === "all"
        ? data.in_camps.map((q) => q[now])
        : [0, 4].map((k) => data.charts[`camp-${camp}`].q[k][now]);
      const [people, ...items] = row.querySelectorAll("td");
      people.textContent = writeSpan(low, high);
      items.forEach((item, k) => {
        const standard = data.standards[k];
        item.textContent = writeSpan(need(standard, low), need(standard, high));
      });
    }
  }

  function showLinks(now) {
    const body = document.querySelector("#links tbody");
    body.replaceChildren();
    for (const [edge, persons] of data.map.flows[now].slice(0, SHOWN_LINKS)) {
      const [from, to] = data.map.edges[edge].map((i) => data.map.places[i].name);
      const row = document.createElement("tr");
      cell(row, from, "th");
      cell(row, to);
      cell(row, writeNumber(twoFigures(persons), data.number)).className = "num";
      body.append(row);
    }
    if (!body.children.length) {
      const row = document.createElement("tr");
      cell(row, words.none).colSpan = 3;
      body.append(row);
    }
  }

  function showTexts(now) {
    // These strings are made and escaped by the program that wrote the page.
    by("answer").innerHTML = data.answers[now];
    for (const node of document.querySelectorAll("[data-day-long]")) node.textContent = data.days_long[now];
    const shut = data.closures.filter((c) => c.first <= now && now <= c.last).map((c) => c.what);
    if (by("closed")) {
      by("closed").hidden = !shut.length;
      by("closed").textContent = words.closed.replace("{what}", shut.join("; "));
    }
  }

  // The key of the arcs: two round amounts at their widths.
  function drawKeys() {
    for (const node of document.querySelectorAll("[data-burst]")) node.setAttribute("d", burstPath(Number(node.dataset.burst)));
    const key = by("flow-key");
    if (!key) return;
    const box = key.querySelector("span");
    const big = roundBelow(data.map.widest);
    for (const amount of [big, roundBelow(big / 5)]) {
      const width = arcWidth(amount, data.map.widest, by("map").clientWidth < 480 ? 7 : 10);
      const sign = make("svg", { width: 26, height: 14, viewBox: "0 0 26 14", "aria-hidden": "true" });
      make("path", { d: "M0 7H26", class: "flow", "stroke-width": px(width) }, sign);
      box.append(sign, ` ${writeNumber(amount, data.number)} `);
    }
  }

  drawKeys();
  if (by("map")) clock.watch(makeDispersalMap(by("map"), data, words));
  for (const [id, spec] of Object.entries(data.charts)) {
    const root = by(id);
    if (root) clock.watch(makeFan(root, spec, data, words, clock.choose));
  }
  for (const show of [showTexts, showCamps, showLinks, showNeeds]) clock.watch(show);
  clock.begin();
}

start();
