// The page of people at places: the charts, the texts and the table of the chosen day.
function start() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const clock = makeClock(data, data.words);

  function showTexts(now) {
    // These strings are made and escaped by the program that wrote the page.
    document.getElementById("answer").innerHTML = data.answers[now];
    for (const node of document.querySelectorAll("[data-day-long]")) node.textContent = data.days_long[now];
    for (const cell of document.querySelectorAll("[data-span]")) cell.textContent = data.spans[cell.dataset.span][now];
  }

  for (const [id, spec] of Object.entries(data.charts)) {
    const root = document.getElementById(id);
    if (root) clock.watch(makeFan(root, spec, data, data.words, clock.choose));
  }
  clock.watch(showTexts);
  clock.begin();
}

start();
