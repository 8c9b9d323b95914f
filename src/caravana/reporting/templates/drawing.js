// Drawing: SVG elements, paths, colours. No library: the page must open from a USB stick.
const SVG = "http://www.w3.org/2000/svg";

function make(name, attributes = {}, parent = null, text = null) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== null) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

// Fixed to a tenth of a pixel: nothing finer can be seen, and the path is shorter.
const px = (value) => Math.round(value * 10) / 10;

function linePath(points) {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${px(x)} ${px(y)}`).join("");
}

// Runs of consecutive days on which a series has values.
function stretches(values) {
  const found = [];
  let start = -1;
  values.forEach((value, i) => {
    if (value !== null && start < 0) start = i;
    if (start >= 0 && (value === null || i === values.length - 1)) {
      found.push([start, value === null ? i - 1 : i]);
      start = -1;
    }
  });
  return found;
}

// Cividis (Nuñez, Anderton, Renslow 2018), dark for likely: anchors of the published map.
const CIVIDIS = [[255, 234, 70], [215, 193, 84], [166, 157, 117], [124, 123, 120], [87, 92, 109], [33, 59, 110], [0, 32, 77]];

function cividis(share) {
  const at = Math.min(1, Math.max(0, share)) * (CIVIDIS.length - 1);
  const low = Math.min(CIVIDIS.length - 2, Math.floor(at));
  const mixed = CIVIDIS[low].map((c, i) => Math.round(c + (CIVIDIS[low + 1][i] - c) * (at - low)));
  return `rgb(${mixed.join(" ")})`;
}

// Round ticks from 0 to a top, at most so many.
function ticksTo(top, most) {
  const rough = top / most;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  // People are whole: no step of 2.5 among small numbers, none under 1.
  const steps = (power < 10 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10]).map((m) => m * power);
  const step = Math.max(1, steps.find((s) => s >= rough) || 1);
  const ticks = [];
  for (let value = 0; value <= top * 1.0001; value += step) ticks.push(value);
  return ticks;
}

// Days to write under an axis: evenly spaced ones, or the first of months where the time is long;
// each takes so many pixels.
function dayTicks(data, room, strides, least) {
  const n = data.days.length;
  if (!data.months) {
    const every = strides.find((k) => (n / k) * least <= room) || strides[strides.length - 1] * 2;
    return Array.from({ length: Math.ceil(n / every) }, (_, i) => [i * every, (data.days_axis || data.days_short)[i * every]]);
  }
  const every = [1, 2, 3, 6, 12, 24].find((k) => (n / (30.4 * k)) * least <= room) || 60;
  return data.months.filter(([, , month]) => month % every === 0).map(([i, label]) => [i, label]);
}

// Ticks of a scale by factors: 1, 3, 10, 30, 100.
function factorTicks(low, high, few) {
  const ticks = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
    for (const m of few ? [1] : [1, 3]) if (power * m >= low && power * m <= high) ticks.push(power * m);
  }
  return ticks;
}

function writeNumber(value, style) {
  const whole = String(Math.round(value));
  if (style.four_plain && whole.length <= 4) return whole;
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, style.group);
}

// Redraw when the width changes (a phone is turned, a window pulled), not on every pixel of height.
function onWidth(node, draw) {
  let width = 0;
  const check = () => {
    const now = node.clientWidth;
    if (now && now !== width) {
      width = now;
      draw(now);
    }
  };
  new ResizeObserver(check).observe(node);
  check();
}
