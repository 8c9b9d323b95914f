// One day rules the whole page: the slider, the play button and whatever watches them.
function makeClock(data, words) {
  const by = (id) => document.getElementById(id);
  const slider = by("day");
  const play = by("play");
  const watchers = [];
  const last = data.days.length - 1;
  let day = Number(slider.value);
  let begun = false;
  let timer = null;

  function choose(now) {
    const next = Math.min(last, Math.max(0, now));
    if (next === day && begun) return;
    day = next;
    begun = true;
    slider.value = String(day);
    slider.setAttribute("aria-valuetext", data.days_long[day]);
    by("day-name").querySelector(".wide").textContent = data.days_long[day];
    by("day-name").querySelector(".narrow").textContent = data.days_short[day];
    for (const watch of watchers) watch(day);
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
    if (day === last) choose(0);
    // A screen reader should not be made to read a film.
    by("answer").setAttribute("aria-live", "off");
    play.setAttribute("aria-pressed", "true");
    by("play-word").textContent = words.pause;
    by("play-shape").setAttribute("d", "M3 1.5h3.5v13H3zM9.5 1.5H13v13H9.5z");
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    // A film of a year takes no more than about a minute, calm or not.
    const pause = calm ? 1500 : Math.min(600, Math.max(100, 60000 / data.days.length));
    const stride = Math.max(1, Math.round((data.days.length * pause) / (calm ? 90000 : 60000)));
    timer = setInterval(() => {
      choose(day + stride);
      if (day === last) halt();
    }, pause);
  }

  function tickMarks() {
    const box = by("ticks");
    onWidth(box, (width) => {
      box.replaceChildren();
      for (const [i, label] of dayTicks(data, width, [1, 2, 3, 7, 14, 28, 56, 112], data.months ? Math.min(80, width / 3.5) : 58)) {
        const tick = document.createElement("span");
        tick.textContent = label;
        tick.style.left = `${last > 0 ? (i / last) * 100 : 50}%`;
        // A long label at the very start would lie under the button beside it.
        if (data.months && i < last / 20) tick.style.transform = "none";
        box.append(tick);
      }
    });
  }

  function begin() {
    tickMarks();
    slider.addEventListener("input", () => { halt(); choose(Number(slider.value)); });
    by("back").addEventListener("click", () => { halt(); choose(day - 1); });
    by("next").addEventListener("click", () => { halt(); choose(day + 1); });
    play.addEventListener("click", () => (timer === null ? run() : halt()));
    choose(day);
    document.documentElement.dataset.ready = "true";
  }

  return { watch: (watcher) => watchers.push(watcher), choose, begin };
}
