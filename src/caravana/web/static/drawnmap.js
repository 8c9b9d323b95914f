// The drawn map: SVG, with no library; it takes the place of the other where WebGL is missing, and comes first.

import { el, figure, text } from "./common.js";

const SVG = "http://www.w3.org/2000/svg";
const SIDES = { authorities: "#7a3b9a", organisers: "#b3400e", press: "#0b4a7f", agency: "#00695c", observer: "#6b5b00" };
const RADIUS = 20;

export const SIDE_COLOURS = SIDES;

function node(tag, values = {}, content = null) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== undefined) made.setAttribute(name, value);
  if (content !== null) made.textContent = content;
  return made;
}

// Web Mercator, in units of which a whole turn has 360.
const north = (lat) => {
  const held = Math.max(-85, Math.min(85, lat)) * Math.PI / 180;
  return Math.log(Math.tan(Math.PI / 4 + held / 2)) * 180 / Math.PI;
};
const latitude = (y) => (2 * Math.atan(Math.exp(y * Math.PI / 180)) - Math.PI / 2) * 180 / Math.PI;

export class DrawnMap {
  constructor(holder, { onClick = null } = {}) {
    this.holder = holder;
    this.onClick = onClick;
    this.svg = node("svg", { class: "drawn", role: "img", "aria-label": holder.getAttribute("aria-label") });
    this.ground = node("g", { class: "ground" });
    this.marks = node("g", { class: "marks" });
    this.svg.append(this.ground, this.marks);
    this.zoomButtons = this.buttons();
    holder.append(this.svg, this.zoomButtons);
    this.world = null;
    this.day = null;
    this.shown = new Set();
    this.frame = null;
    this.listen();
    this.watcher = new ResizeObserver(() => this.draw());
    this.watcher.observe(holder);
  }

  remove() {
    this.watcher.disconnect();
    this.svg.remove();
    this.zoomButtons.remove();
    this.world = null;
  }

  buttons() {
    const box = el("div", { class: "zoom" });
    for (const [key, sign, act] of [["zoom_in", "+", () => this.zoom(0.6)], ["zoom_out", "\u2212", () => this.zoom(1 / 0.6)], ["whole", "\u25a1", () => this.fit(this.home)]]) {
      const button = el("button", { type: "button", "aria-label": text(key), title: text(key) }, sign);
      button.addEventListener("click", act);
      box.append(button);
    }
    return box;
  }

  // What is shown: the world once, then a day of the evening and what is reported, by layer.
  setWorld(world) {
    this.world = world;
    this.home ??= world.frame;
    if (!this.frame) this.fit(this.home);
    else this.draw();
  }

  setHome(frame) {
    this.home = frame;
    this.fit(frame);
  }

  setDay(day) {
    this.day = day;
    this.draw();
  }

  setReports(reports) {
    this.reports = reports;
    this.draw();
  }

  setLayers(shown) {
    this.shown = new Set(shown);
    this.draw();
  }

  setEdits(edits) {
    this.edits = edits;
    this.draw();
  }

  choose(point) {
    this.chosen = point;
    this.draw();
  }

  fit([west, south, east, north_]) {
    this.frame = { x: (west + east) / 2, y: (north(south) + north(north_)) / 2, wide: east - west, high: north(north_) - north(south) };
    this.draw();
  }

  zoom(by, around = null) {
    if (!this.frame) return;
    const held = Math.max(0.02, Math.min(400, this.frame.wide * by)) / this.frame.wide;
    if (around) {
      this.frame.x = around[0] + (this.frame.x - around[0]) * held;
      this.frame.y = around[1] + (this.frame.y - around[1]) * held;
    }
    this.frame.wide *= held;
    this.frame.high *= held;
    this.draw();
  }

  listen() {
    const at = new Map();
    let moved = 0;
    let apart = 0;
    const spread = () => {
      const [a, b] = [...at.values()];
      return Math.hypot(a[0] - b[0], a[1] - b[1]);
    };
    this.svg.addEventListener("pointerdown", (event) => {
      at.set(event.pointerId, [event.clientX, event.clientY]);
      if (at.size === 1) moved = 0;
      if (at.size === 2) apart = spread();
    });
    this.svg.addEventListener("pointermove", (event) => {
      const before = at.get(event.pointerId);
      if (!before || !this.frame) return;
      const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
      at.set(event.pointerId, [event.clientX, event.clientY]);
      moved += Math.abs(dx) + Math.abs(dy);
      if (at.size === 2) {
        const now = spread();
        if (apart > 0 && now > 0) this.zoom(apart / now);
        apart = now;
      } else if (moved > 4) {
        this.svg.setPointerCapture(event.pointerId);
        this.frame.x -= dx / this.scale;
        this.frame.y += dy / this.scale;
        this.draw();
      }
    });
    const end = (event) => {
      at.delete(event.pointerId);
    };
    this.svg.addEventListener("pointerup", end);
    this.svg.addEventListener("pointercancel", end);
    this.svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.degrees(event));
    }, { passive: false });
    this.svg.addEventListener("click", (event) => {
      if (moved <= 4) this.click(event);
    });
  }

  click(event) {
    if (!this.onClick || !this.frame) return;
    const [x, y] = this.degrees(event);
    this.onClick({ at: [x, latitude(y)], ...this.nearest(event) });
  }

  degrees(event) {
    const box = this.svg.getBoundingClientRect();
    return [
      this.frame.x + (event.clientX - box.left - (box.width + this.inset) / 2) / this.scale,
      this.frame.y - (event.clientY - box.top - box.height / 2) / this.scale,
    ];
  }

  // The place, camp or crossing that is nearest to a click, if it is near.
  nearest(event) {
    const box = this.svg.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let best = { far: RADIUS };
    const hold = (kind, one, point) => {
      const far = Math.hypot(this.x(point[0]) - px, this.y(point[1]) - py);
      if (far < best.far) best = { far, kind, one };
    };
    for (const one of this.world?.places ?? []) hold("place", one, one.at);
    for (const one of this.world?.camps ?? []) hold("camp", one, one.at);
    for (const one of this.world?.crossings ?? []) hold("crossing", one, middle(one.line));
    return { kind: best.kind ?? null, one: best.one ?? null };
  }

  x(lon) {
    return (lon - this.frame.x) * this.scale + (this.wide + this.inset) / 2;
  }

  y(lat) {
    return this.high / 2 - (north(lat) - this.frame.y) * this.scale;
  }

  line(points) {
    return points.map(([lon, lat]) => `${this.x(lon).toFixed(1)},${this.y(lat).toFixed(1)}`).join(" ");
  }

  // What lies over the map on its left leaves the rest to it.
  covered() {
    const box = this.holder.getBoundingClientRect();
    const over = this.holder.parentElement.querySelector(".panel");
    const covered = over && getComputedStyle(over).position === "absolute" ? over.getBoundingClientRect().right - box.left : 0;
    return covered < box.width * 0.6 ? covered : 0;
  }

  // What lies over the map takes its room from names.
  overlaid(box) {
    const over = [...this.holder.parentElement.querySelectorAll(".panel, .layers, .slider, .zoom")];
    return over.filter((one) => getComputedStyle(one).position === "absolute").map((one) => {
      const { left, top, right, bottom } = one.getBoundingClientRect();
      return [left - box.left - 4, top - box.top - 4, right - box.left + 4, bottom - box.top + 4];
    });
  }

  draw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.paint();
    });
  }

  paint() {
    const box = this.holder.getBoundingClientRect();
    if (!this.frame || !this.world || box.width < 10) return;
    [this.wide, this.high] = [box.width, box.height];
    this.inset = this.covered();
    this.scale = Math.min((this.wide - this.inset) / this.frame.wide, this.high / this.frame.high);
    this.svg.setAttribute("viewBox", `0 0 ${this.wide} ${this.high}`);
    this.paintGround();
    this.marks.replaceChildren();
    this.taken = this.overlaid(box);
    this.written = new Set();
    for (const one of this.day?.areas ?? []) for (const point of one.line) {
      const [x, y] = [this.x(point[0]), this.y(point[1])];
      this.taken.push([x - 6, y - 6, x + 6, y + 6]);
    }
    for (const [layer, paint] of Object.entries(PAINTERS)) if (this.shown.has(layer)) paint(this);
    paintTowns(this);
    paintEdits(this);
    if (this.chosen) this.marks.append(node("circle", { cx: this.x(this.chosen[0]), cy: this.y(this.chosen[1]), r: 10, class: "chosen" }));
    this.holder.dataset.drawn = "true";
  }

  paintGround() {
    const parts = [node("rect", { width: this.wide, height: this.high, class: "sea" })];
    for (const land of this.world.land) {
      for (const ring of land.rings) {
        const points = [];
        for (let n = 0; n < ring.length; n += 2) points.push([ring[n], ring[n + 1]]);
        parts.push(node("polygon", { points: this.line(points), class: land.home ? "land home" : "land" }));
      }
    }
    for (const road of this.world.roads) parts.push(node("polyline", { points: this.line(road), class: "road" }));
    this.ground.replaceChildren(...parts);
  }

  // A name beside a point, where there is room for it.
  label(point, lines, { size = 13, away = 10, kind = "" } = {}) {
    const [x, y] = [this.x(point[0]), this.y(point[1])];
    if (x < -40 || y < -40 || x > this.wide + 40 || y > this.high + 40) return false;
    const long = Math.max(...lines.map((one) => one.length)) * size * 0.56;
    const tall = size * 1.2 * lines.length;
    for (const [dx, dy] of [[1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1], [0, 1], [0, -1]]) {
      const left = dx > 0 ? x + away : dx < 0 ? x - away - long : x - long / 2;
      const top = dy > 0 ? y + away : dy < 0 ? y - away - tall : y - tall / 2;
      const boxed = [left, top, left + long, top + tall];
      if (left < this.inset + 4 || left + long > this.wide - 4) continue;
      if (this.taken.some(([l, t, r, b]) => boxed[0] < r && boxed[2] > l && boxed[1] < b && boxed[3] > t)) continue;
      this.taken.push(boxed);
      this.written.add(lines[0]);
      // How long words are is guessed, and rather too long: they end at the point that they stand to the left of.
      const [at, anchor] = dx < 0 ? [left + long, "end"] : dx > 0 ? [left, "start"] : [x, "middle"];
      const words = node("text", { x: at, y: top + size, class: `name ${kind}`, "font-size": size, "text-anchor": anchor });
      lines.forEach((one, n) => words.append(node("tspan", { x: at, dy: n ? size * 1.2 : 0, class: n ? "under" : null }, one)));
      this.marks.append(words);
      return true;
    }
    return false;
  }

  mark(tag, values, title) {
    const made = node(tag, values);
    if (title) made.append(node("title", {}, title));
    this.marks.append(made);
    return made;
  }
}

export function middle(line) {
  return [(line[0][0] + line[1][0]) / 2, (line[0][1] + line[1][1]) / 2];
}

const PAINTERS = {
  area(map) {
    for (const one of map.day?.areas ?? []) {
      map.mark("polyline", { points: map.line(one.line), class: one.share > 0.7 ? "area outer" : "area inner" });
    }
  },
  camps(map) {
    const held = new Map((map.day?.camps ?? []).map((one) => [one.id, one]));
    const most = Math.max(1, ...[...held.values()].map((one) => one.high));
    const scale = Math.min(40, map.wide / 14) / Math.sqrt(most);
    const capacityOf = (camp) => (camp.capacity ? text("capacity", { n: figure(camp.capacity) }) : "");
    const radius = (now, level) => Math.max(2, scale * Math.sqrt(now[level]));
    for (const camp of map.world.camps) {
      const now = held.get(camp.id);
      const [x, y] = [map.x(camp.at[0]), map.y(camp.at[1])];
      if (now) {
        for (const [level, part] of [["high", "outer"], ["middle", "mid"], ["low", "inner"]]) {
          map.mark("circle", { cx: x, cy: y, r: radius(now, level), class: `disc ${part}` }, `${camp.name}: ${now.words}. ${now.last}`);
        }
      } else map.mark("rect", { x: x - 6, y: y - 6, width: 12, height: 12, class: "camp" }, `${camp.name} ${capacityOf(camp)}`);
      // Names keep clear of every disc, their own too; a square's half is 0.7 of a disc's radius, whose corners are empty.
      const half = now ? 0.7 * radius(now, "high") : 6;
      map.taken.push([x - half, y - half, x + half, y + half]);
    }
    // The largest first: where there is no room for all, they are named.
    const size = (camp) => held.get(camp.id)?.middle ?? 0;
    for (const camp of [...map.world.camps].sort((a, b) => size(b) - size(a))) {
      const now = held.get(camp.id);
      const lines = [camp.name, ...(now ? [now.words] : []), ...(camp.capacity ? [capacityOf(camp)] : [])];
      const beside = { size: 13, away: Math.max(12, now ? radius(now, "high") + 4 : 0) };
      if (!map.label(camp.at, lines, beside)) map.label(camp.at, [camp.name], beside);
    }
  },
  crossings(map) {
    for (const one of map.world.crossings) {
      const at = middle(one.line);
      const [x, y] = [map.x(at[0]), map.y(at[1])];
      map.mark("polyline", { points: map.line(one.line), class: one.open ? "crossing" : "crossing shut" });
      map.mark("path", { d: one.open ? `M${x - 6} ${y}h12` : `M${x - 6} ${y - 6}l12 12m0 -12l-12 12`, class: one.open ? "gate" : "gate shut" }, `${one.name}: ${text(one.open ? "open" : "closed")}`);
      map.label(at, [one.name, text(one.open ? "open" : "closed")], { size: 12 });
    }
  },
  stops(map) {
    for (const one of map.day?.stops ?? []) {
      map.mark("circle", { cx: map.x(one.at[0]), cy: map.y(one.at[1]), r: 5 + 9 * Math.sqrt(one.chance), class: "stop" }, `${one.name}: ${one.words}`);
      map.label(one.at, [one.name, one.words], { size: 14, away: 16, kind: "strong" });
    }
  },
  needs(map) {
    for (const one of map.day?.needs ?? []) {
      map.label(one.at, [one.name, ...one.rows.slice(0, 4).map((row) => `${row[0]}: ${row[2]}`)], { size: 12, away: 22, kind: "need" });
    }
  },
  reports(map) {
    const stacked = new Map();
    for (const one of map.reports ?? []) {
      if (!one.at) continue;
      const n = stacked.get(one.place) ?? 0;
      stacked.set(one.place, n + 1);
      if (n > 11) continue;
      const turn = n * Math.PI / 4;
      const away = n ? 9 + 3 * Math.floor(n / 8) : 0;
      map.mark("circle", { cx: map.x(one.at[0]) + away * Math.cos(turn), cy: map.y(one.at[1]) + away * Math.sin(turn), r: 4.5, class: `report ${one.side}` }, `${one.day} ${one.side_name}: ${one.what} ${one.figure} ${one.place ?? ""}`);
    }
  },
};

function paintTowns(map) {
  const shown = [...map.world.places].sort((a, b) => (b.people ?? 0) - (a.people ?? 0));
  const most = Math.round(map.wide / 70);
  let written = 0;
  for (const one of shown) {
    const [x, y] = [map.x(one.at[0]), map.y(one.at[1])];
    if (x < 0 || y < 0 || x > map.wide || y > map.high || map.written.has(one.name)) continue;
    if (written < most && map.label(one.at, [one.name], { size: 12, away: 7, kind: "town" })) {
      written += 1;
      map.mark("circle", { cx: x, cy: y, r: 2.8, class: "town" });
    }
  }
  for (const land of map.world.land) {
    if (land.label && land.name) map.label(land.label, [land.name.toUpperCase()], { size: 12, away: 0, kind: "land-name" });
  }
}

function paintEdits(map) {
  for (const one of map.edits ?? []) {
    if (one.at) map.mark("rect", { x: map.x(one.at[0]) - 8, y: map.y(one.at[1]) - 8, width: 16, height: 16, class: "edit" }, one.words);
    if (one.line) map.mark("polyline", { points: map.line(one.line), class: "edit" }, one.words);
  }
}
