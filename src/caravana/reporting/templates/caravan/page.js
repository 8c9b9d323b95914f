// The page of a caravan: the map, the charts and the texts of the chosen day.
function start() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const by = (id) => document.getElementById(id);
  const clock = makeClock(data, words);

  function showTexts(now) {
    // These strings are made and escaped by the program that wrote the page.
    by("answer").innerHTML = data.answers[now];
    by("stops-body").innerHTML = data.stops[now];
    by("needs-given").textContent = data.needs_given[now];
    for (const node of document.querySelectorAll("[data-day-long]")) node.textContent = data.days_long[now];
    for (const cell of document.querySelectorAll("[data-need]")) {
      const need = data.needs[cell.dataset.need][now];
      cell.textContent = need ? need[cell.dataset.what === "range" ? 0 : 1] : "–";
    }
    for (const cell of document.querySelectorAll("[data-group]")) {
      const need = data.groups[cell.dataset.group][now];
      cell.querySelector("b").textContent = need ? need[0] : "–";
      cell.querySelector("small").textContent = need ? need[1] : "";
    }
  }

  clock.watch(makeMap(by("map"), data, words));
  for (const [id, spec] of Object.entries(data.charts)) {
    const root = by(id);
    if (root) clock.watch(makeFan(root, spec, data, words, clock.choose));
  }
  clock.watch(showTexts);
  clock.begin();
}

start();
