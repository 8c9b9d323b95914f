// The chosen day stands in the address (#2021-11-11), so that it can be sent on; the language is a switch.
const root = document.documentElement;
const days = [...new Set([...document.querySelectorAll('a[data-day]')].map((a) => a.dataset.day))];

function choose() {
  const day = decodeURIComponent(location.hash.slice(1));
  const known = days.includes(day);
  root.dataset.chosen = known ? day : '';
  for (const link of document.querySelectorAll('a[data-day]')) {
    if (known && link.dataset.day === day) link.setAttribute('aria-current', 'date');
    else link.removeAttribute('aria-current');
  }
  for (const part of document.querySelectorAll('svg .night')) {
    part.classList.toggle('chosen', known && part.dataset.day === day);
  }
}

function speak(code) {
  root.lang = code;
  document.title = document.querySelector(`.tongue[data-lang="${code}"]`).dataset.title;
}

for (const link of document.querySelectorAll('a[data-day]')) {
  link.addEventListener('click', (event) => {
    // Once more on the chosen day shows them all again.
    if (root.dataset.chosen !== link.dataset.day) return;
    event.preventDefault();
    history.replaceState(null, '', location.pathname + location.search);
    choose();
  });
}
for (const button of document.querySelectorAll('.switch')) {
  button.addEventListener('click', () => {
    speak(button.dataset.to);
    document.querySelector(`.tongue[data-lang="${root.lang}"] .switch`).focus();
  });
}
addEventListener('hashchange', choose);
choose();
root.dataset.ready = 'true';
