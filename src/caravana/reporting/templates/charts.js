// Fans over time: the middle, 5 in 10 runs, 9 in 10 runs; reported figures as ranges by side.
function makeFan(root, spec, data, words, choose) {
  const svg = make("svg", { role: "img", "aria-label": spec.label });
  root.append(svg);
  root.classList.add("dayable");
  const height = Number(root.dataset.height);
  root.style.containIntrinsicHeight = `auto ${height}px`; // the room it keeps while out of sight and not painted
  const small = height < 200;
  let day = 0;
  let x = null;
  let y = null;
  let moving = null;
  const named = spec.towns || null;

  function margins(width) {
    if (named) return { top: 30, right: 12, bottom: 26, left: width < 520 ? 96 : 140 };
    return { top: spec.together ? 26 : 22, right: 10, bottom: spec.together ? 62 : 24, left: small && !spec.observed && !spec.wide ? 40 : 50 };
  }

  function drawAxes(width, m) {
    for (const [i, label] of dayTicks(data, width - m.left - m.right, [1, 2, 3, 4, 7, 14, 28, 56, 112], 56)) {
      make("line", { x1: x(i), x2: x(i), y1: height - m.bottom, y2: height - m.bottom + 4, class: "grid" }, svg);
      make("text", { x: x(i), y: height - m.bottom + 16, class: "tick", "text-anchor": i === 0 && small && !data.months ? "start" : "middle" }, svg, label);
    }
    if (named) {
      const taken = [];
      for (const [km, name] of named) {
        const at = y(km);
        if (taken.some((other) => Math.abs(other - at) < 16)) continue;
        taken.push(at);
        make("line", { x1: m.left, x2: width - m.right, y1: px(at), y2: px(at), class: "grid" }, svg);
        const short = width < 520 && name.length > 13 ? `${name.slice(0, 12)}…` : name;
        make("text", { x: m.left - 6, y: px(at) + 4, class: "tick", "text-anchor": "end" }, svg, short);
      }
      return;
    }
    for (const value of spec.bottom ? factorTicks(spec.bottom, spec.top, small) : ticksTo(spec.top, small ? 4 : 6)) {
      make("line", { x1: m.left, x2: width - m.right, y1: px(y(value)), y2: px(y(value)), class: "grid" }, svg);
      make("text", { x: m.left - (spec.observed ? 10 : 6), y: px(y(value)) + 4, class: "tick", "text-anchor": "end" }, svg, writeNumber(value, data.number));
    }
  }

  function drawBands(inner) {
    const [q05, q25, q50, q75, q95] = spec.q;
    for (const [from, to] of stretches(q50)) {
      const span = Array.from({ length: to - from + 1 }, (_, i) => from + i);
      const shape = (low, high) => {
        const points = [...span.map((i) => [x(i), y(low[i])]), ...span.slice().reverse().map((i) => [x(i), y(high[i])])];
        // One day alone still has a width.
        return points.length === 2 ? `M${px(points[0][0] - 2)} ${px(points[0][1])}h4V${px(points[1][1])}h-4Z` : `${linePath(points)}Z`;
      };
      make("path", { d: shape(q05, q95), class: "b90" }, inner);
      make("path", { d: shape(q25, q75), class: "b50" }, inner);
      make("path", { d: linePath(span.map((i) => [x(i), y(q05[i])])), class: "edge" }, inner);
      make("path", { d: linePath(span.map((i) => [x(i), y(q95[i])])), class: "edge" }, inner);
      make("path", { d: linePath(span.map((i) => [x(i), y(q50[i])])), class: "mid" }, inner);
    }
  }

  // What lies before the origin was known to the forecast, and is no forecast.
  function drawOrigin(inner, m) {
    if (!data.origin) return;
    make("rect", { x: m.left, y: m.top, width: x(data.origin) - m.left, height: height - m.top - m.bottom, class: "known" }, inner);
  }

  // Other series beside the fan: a whole one, or one level for all days.
  function drawLines(inner) {
    for (const line of spec.lines || []) {
      const values = line.values || data.days.map(() => line.level);
      for (const [from, to] of stretches(values)) {
        const points = values.slice(from, to + 1).map((value, i) => [x(from + i), y(value)]);
        if (points.length > 1) make("path", { d: linePath(points), class: `line ${line.class}` }, inner);
      }
    }
  }

  // A line that leaves the picture has an arrow there, the first one with words.
  function drawLeaving(inner, width, m) {
    for (const line of spec.lines || []) {
      for (const [k, when] of (line.leaves || []).entries()) {
        const at = x(when);
        make("path", { d: `M${at} ${m.top + 9}V${m.top - 3}M${at - 4} ${m.top + 2}L${at} ${m.top - 4}L${at + 4} ${m.top + 2}`, class: `leaves ${line.class}` }, inner);
        if (k) continue;
        const room = line.words.length * 6.2;
        const right = at + 9 + room < width - m.right;
        make("text", { x: right ? at + 9 : at - 9, y: m.top + 9, class: "direct halo", "text-anchor": right ? "start" : "end" }, inner, line.words);
      }
    }
  }

  function drawMarks(inner, m) {
    for (const mark of spec.observed || []) {
      const at = px(x(mark.day) + (mark.shift || 0) * (small ? 3 : 4.5));
      const [low, high] = [px(y(mark.low)), px(y(mark.high))];
      const group = make("g", { class: `obs side side-${mark.side}` }, inner);
      make("title", {}, group, mark.words);
      if (low - high > 3) make("path", { d: `M${at - 4} ${low}h8M${at} ${low}V${high}M${at - 4} ${high}h8`, fill: "none" }, group);
      if (mark.open === "up") {
        const end = Math.max(m.top - 6, high - 30);
        make("path", { d: `M${at} ${high}V${end}M${at - 4} ${end + 6}L${at} ${end}L${at + 4} ${end + 6}`, fill: "none", "stroke-dasharray": "4 2" }, group);
      } else if (mark.open === "down") {
        const end = Math.min(height - m.bottom, low + 30);
        make("path", { d: `M${at} ${low}V${end}M${at - 4} ${end - 6}L${at} ${end}L${at + 4} ${end - 6}`, fill: "none", "stroke-dasharray": "4 2" }, group);
      }
      if (low - high <= 3) {
        const size = small ? 0.62 : 0.8;
        make("path", { d: data.shapes[mark.side], transform: `translate(${at} ${high}) scale(${size})`, class: `side side-${mark.side}${mark.open ? " hollow" : ""}` }, group);
      }
    }
    for (const [when, km, name] of spec.recorded || []) {
      const mark = make("path", { d: `M${px(x(when))} ${px(y(km) - 5.5)}l5.5 5.5l-5.5 5.5l-5.5 -5.5z`, class: "rec" }, inner);
      make("title", {}, mark, `${data.days_short[when]}: ${name}`);
    }
  }

  // How many runs still have a caravan: the fan above speaks of those only.
  function drawTogether(width, m) {
    const top = height - m.bottom + 40;
    const tall = 12;
    const at = (share) => top + tall * (1 - share);
    make("text", { x: m.left, y: top - 6, class: "direct" }, svg, words.together_strip);
    make("rect", { x: m.left, y: top, width: width - m.left - m.right, height: tall, fill: "var(--faint)" }, svg);
    const points = spec.together.map((share, i) => [x(i), at(share)]);
    make("path", { d: `${linePath([[x(0), at(0)], ...points, [x(points.length - 1), at(0)]])}Z`, fill: "var(--soft)" }, svg);
  }

  function draw(width) {
    const m = margins(width);
    const n = data.days.length;
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    x = (i) => px(m.left + (n > 1 ? (i / (n - 1)) * (width - m.left - m.right) : (width - m.left - m.right) / 2));
    const share = spec.bottom
      ? (v) => Math.log(Math.max(v, spec.bottom) / spec.bottom) / Math.log(spec.top / spec.bottom)
      : (v) => v / spec.top;
    y = (v) => height - m.bottom - Math.min(1, share(v)) * (height - m.top - m.bottom);
    drawAxes(width, m);
    const inner = make("g", {}, svg);
    drawOrigin(inner, m);
    drawBands(inner);
    drawLines(inner);
    drawMarks(inner, m);
    drawLeaving(inner, width, m);
    if (spec.together) drawTogether(width, m);
    moving = make("g", {}, svg);
    moving.bounds = { width, m };
    drawCursor();
  }

  function drawCursor() {
    if (!moving) return;
    const { width, m } = moving.bounds;
    moving.replaceChildren();
    const at = x(day);
    make("line", { x1: at, x2: at, y1: m.top - 6, y2: height - m.bottom, class: "cursor" }, moving);
    const low = spec.q[0][day];
    if (low !== null) {
      for (const [k, r] of [[0, 2.5], [2, 4], [4, 2.5]]) make("circle", { cx: at, cy: px(y(spec.q[k][day])), r, fill: "var(--middle)", stroke: "#fff" }, moving);
    }
    const text = spec.readout[day];
    svg.setAttribute("aria-label", `${spec.label}, ${data.days_long[day]}: ${text}`);
    const half = text.length * 3.3;
    const middle = Math.min(width - m.right - half, Math.max(m.left * 0.3 + half, at));
    make("text", { x: px(middle), y: m.top - 11, class: "readout halo", "text-anchor": "middle" }, moving, text);
  }

  const point = (event) => {
    const { width, m } = moving.bounds;
    const box = svg.getBoundingClientRect();
    const share = (event.clientX - box.left - m.left) / (width - m.left - m.right);
    choose(Math.round(Math.min(1, Math.max(0, share)) * (data.days.length - 1)));
  };
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointermove", (event) => { if (event.buttons === 1) point(event); });
  svg.style.touchAction = "pan-y";
  if (spec.note) {
    const note = document.createElement("p");
    note.className = "fine";
    note.textContent = spec.note;
    if (!small) root.append(note);
  }
  onWidth(root, draw);
  return (now) => { day = now; drawCursor(); };
}
