// One day rules the whole page: the slider, the play button, the charts, the map, the tables.
function start() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const by = (id) => document.getElementById(id);
  const slider = by("day");
  const play = by("play");
  const watchers = [];
  let day = Number(slider.value);
  let timer = null;

  function choose(now) {
    const next = Math.min(data.days.length - 1, Math.max(0, now));
    if (next === day && watchers.ready) return;
    day = next;
    watchers.ready = true;
    slider.value = String(day);
    slider.setAttribute("aria-valuetext", data.days_long[day]);
    by("day-name").querySelector(".wide").textContent = data.days_long[day];
    by("day-name").querySelector(".narrow").textContent = data.days_short[day];
    for (const watch of watchers) watch(day);
  }

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
  }

  function halt() {
    clearInterval(timer);
    timer = null;
    play.setAttribute("aria-pressed", "false");
    by("play-word").textContent = words.play;
    by("play-shape").setAttribute("d", "M3 1.5v13l11-6.5z");
    by("answer").setAttribute("aria-live", "polite");
  }

  function run() {
    if (day === data.days.length - 1) choose(0);
    // A screen reader should not be made to read a film.
    by("answer").setAttribute("aria-live", "off");
    play.setAttribute("aria-pressed", "true");
    by("play-word").textContent = words.pause;
    by("play-shape").setAttribute("d", "M3 1.5h3.5v13H3zM9.5 1.5H13v13H9.5z");
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    timer = setInterval(() => {
      choose(day + 1);
      if (day === data.days.length - 1) halt();
    }, calm ? 1500 : 600);
  }

  function tickMarks() {
    const box = by("ticks");
    const draw = (width) => {
      box.replaceChildren();
      const n = data.days.length;
      const every = [1, 2, 3, 7, 14, 28, 56].find((k) => (n / k) * 58 <= width) || 112;
      for (let i = 0; i < n; i += every) {
        const tick = document.createElement("span");
        tick.textContent = data.days_short[i];
        tick.style.left = `${n > 1 ? (i / (n - 1)) * 100 : 50}%`;
        box.append(tick);
      }
    };
    onWidth(box, draw);
  }

  watchers.push(makeMap(by("map"), data, words));
  for (const [id, spec] of Object.entries(data.charts)) {
    const root = by(id);
    if (root) watchers.push(makeFan(root, spec, data, words, choose));
  }
  watchers.push(showTexts);
  tickMarks();
  slider.addEventListener("input", () => { halt(); choose(Number(slider.value)); });
  by("back").addEventListener("click", () => { halt(); choose(day - 1); });
  by("next").addEventListener("click", () => { halt(); choose(day + 1); });
  play.addEventListener("click", () => (timer === null ? run() : halt()));
  choose(day);
  document.documentElement.dataset.ready = "true";
}

start();
