// The map: outlines, road, towns, and the night's stops with their probability.
const mercator = (lat) => (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;

function makeMap(root, data, words) {
  const map = data.map;
  const svg = make("svg", { role: "img", "aria-label": words.map_label });
  const layers = {};
  for (const name of ["land", "names", "band", "road", "towns", "stops", "labels"]) layers[name] = make("g", {}, svg);
  root.append(svg);
  const stamp = document.createElement("div");
  stamp.className = "stamp";
  root.append(stamp);
  const view = { lon: 0, y: 0, scale: 1, width: 1, height: 1 };
  let day = 0;
  let home = 1;

  const project = (lon, lat) => [
    view.width / 2 + (lon - view.lon) * view.scale,
    view.height / 2 - (mercator(lat) - view.y) * view.scale,
  ];
  const inside = ([x, y], edge = 0) => x > edge && y > edge && x < view.width - edge && y < view.height - edge;

  function fit() {
    const [west, south, east, north] = map.frame;
    const [low, high] = [mercator(south), mercator(north)];
    view.width = root.clientWidth || 1;
    view.height = root.clientHeight || 1;
    view.scale = Math.min((view.width - 56) / (east - west), (view.height - 72) / (high - low));
    view.lon = (west + east) / 2;
    view.y = (low + high) / 2;
    home = view.scale;
  }

  // A country or a sea is named at the first of its points that the window holds.
  function nameOnce(named, kind) {
    const half = named.name.length * 5.4;
    if (view.width < 480 && kind === "country") return;
    const at = named.labels.map((p) => project(...p)).find(([x, y]) => x > half && x < view.width - half && y > 20 && y < view.height - 20);
    if (at) make("text", { x: px(at[0]), y: px(at[1]), class: kind }, layers.names, named.name);
  }

  function drawGround() {
    for (const layer of Object.values(layers)) layer.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${view.width} ${view.height}`);
    for (const country of map.outlines) {
      const path = country.rings
        .map((ring) => {
          const points = [];
          for (let i = 0; i < ring.length; i += 2) points.push(project(ring[i], ring[i + 1]));
          return `${linePath(points)}Z`;
        })
        .join("");
      make("path", { d: path, class: country.home ? "land" : "land away", "fill-rule": "evenodd" }, layers.land);
      nameOnce(country, "country");
    }
    for (const sea of map.seas) nameOnce(sea, "sea");
    for (const road of map.other_roads) make("path", { d: linePath(road.map((p) => project(...p))), class: "road other" }, layers.road);
    const main = linePath(map.road.map(([lon, lat]) => project(lon, lat)));
    make("path", { d: main, class: "road case" }, layers.road);
    make("path", { d: main, class: "road" }, layers.road);
    for (const place of map.places.filter((p) => p.major)) {
      const [x, y] = project(place.lon, place.lat);
      make("circle", { cx: px(x), cy: px(y), r: 2.6, class: "town" }, layers.towns);
    }
  }

  // The stretch of road between two km, as points on the screen.
  function stretch([from, to]) {
    const out = [];
    const at = (a, b, km) => {
      const t = b[2] > a[2] ? (km - a[2]) / (b[2] - a[2]) : 0;
      return project(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]));
    };
    map.road.forEach((point, i) => {
      const next = map.road[i + 1];
      if (point[2] >= from && point[2] <= to) out.push(project(point[0], point[1]));
      if (next && point[2] < from && next[2] > from) out.push(at(point, next, from));
      if (next && point[2] < to && next[2] > to) out.push(at(point, next, to));
    });
    // A single place is a dot with round ends, so the band never vanishes.
    if (out.length === 1) out.push([out[0][0] + 0.01, out[0][1]]);
    return out;
  }

  function drawLabels(night) {
    const taken = [[view.width - 56, 0, view.width, 140], [0, view.height - 34, 150, view.height]];
    const free = (box) => box[0] > 2 && box[1] > 2 && box[2] < view.width - 2 && box[3] < view.height - 2
      && !taken.some((o) => box[0] < o[2] && box[2] > o[0] && box[1] < o[3] && box[3] > o[1]);
    const write = (place, text, strong, gap) => {
      const [x, y] = project(place.lon, place.lat);
      if (!inside([x, y])) return;
      const width = text.length * (strong ? 7 : 6.2) + 4;
      const spots = [[x + gap, y + 4, "start"], [x - gap, y + 4, "end"], [x, y - gap - 3, "middle"], [x, y + gap + 11, "middle"],
        [x + gap * 0.7, y - gap * 0.7, "start"], [x + gap * 0.7, y + gap * 0.7 + 9, "start"], [x - gap * 0.7, y + gap * 0.7 + 9, "end"], [x - gap * 0.7, y - gap * 0.7, "end"]];
      const boxed = spots.map(([tx, ty, anchor]) => {
        const left = anchor === "start" ? tx : anchor === "end" ? tx - width : tx - width / 2;
        return { tx, ty, anchor, box: [left, ty - 12, left + width, ty + 4] };
      });
      // The likeliest areas are named whatever they cover, as long as the window holds the name.
      const spot = boxed.find((s) => free(s.box)) || (strong && boxed.find((s) => s.box[0] > 2 && s.box[2] < view.width - 2));
      if (!spot) return;
      taken.push(spot.box);
      make("text", { x: px(spot.tx), y: px(spot.ty), "text-anchor": spot.anchor, class: `place-name halo${strong ? " strong" : ""}` }, layers.labels, text);
    };
    for (const [index, share] of night.stops.slice(0, 30)) {
      const p = map.places[index];
      const [x, y] = project(p.lon, p.lat);
      const r = radius(share) * 0.6;
      if (share > 0.06) taken.push([x - r, y - r, x + r, y + r]);
    }
    for (const index of night.recorded) {
      const [x, y] = project(map.places[index].lon, map.places[index].lat);
      taken.push([x - 9, y - 9, x + 9, y + 9]);
    }
    const shares = new Map(night.stops);
    const gap = (index) => (shares.has(index) ? radius(shares.get(index)) + 3 : 7);
    const named = new Set();
    for (const [index, chance] of night.areas) {
      write(map.places[index], `${map.places[index].short} · ${chance}`, true, gap(index) + 3);
      named.add(index);
    }
    const least = view.scale > home * 2.5 ? 0 : view.scale > home * 1.5 ? 5000 : 20000;
    map.places.forEach((place, index) => {
      if ((place.major || place.people > 2000) && place.people >= least && !named.has(index)) write(place, place.short, false, gap(index));
    });
  }

  const radius = (share) => 1.5 + Math.sqrt(share) * 22;

  function drawNight() {
    for (const name of ["band", "stops", "labels"]) layers[name].replaceChildren();
    const night = map.nights[day];
    stamp.textContent = data.days_short[day];
    if (night.band90) make("path", { d: linePath(stretch(night.band90)), class: "way90", "data-km": night.band90.join("-") }, layers.band);
    if (night.band50) make("path", { d: linePath(stretch(night.band50)), class: "way50", "data-km": night.band50.join("-") }, layers.band);
    for (const [index, share] of night.stops) {
      const place = map.places[index];
      const [x, y] = project(place.lon, place.lat);
      const dot = make("circle", { cx: px(x), cy: px(y), r: px(radius(share)), class: "stop", fill: cividis(Math.sqrt(share)) }, layers.stops);
      make("title", {}, dot, `${place.name}: ${Math.round(share * 100)} %`);
    }
    for (const index of night.recorded) {
      const place = map.places[index];
      const [x, y] = project(place.lon, place.lat);
      const mark = make("path", { d: `M${px(x)} ${px(y - 8)}l8 8l-8 8l-8 -8z`, class: "rec" }, layers.stops);
      make("title", {}, mark, `${words.recorded}: ${place.name}`);
    }
    drawLabels(night);
  }

  function drawAll() {
    drawGround();
    drawNight();
  }

  function zoom(factor) {
    const [likeliest] = map.nights[day].areas;
    if (factor > 1 && view.scale === home && likeliest) {
      // From the whole road, go to where the caravan may be, not to the middle of the map.
      const place = map.places[likeliest[0]];
      view.lon = place.lon;
      view.y = mercator(place.lat);
    }
    view.scale = Math.min(home * 12, Math.max(home * 0.25, view.scale * factor));
    drawAll();
  }

  function controls() {
    const box = document.createElement("div");
    box.className = "zoom";
    const actions = [["+", words.zoom_in, () => zoom(1.6)], ["−", words.zoom_out, () => zoom(1 / 1.6)], ["⤢", words.zoom_fit, () => { fit(); drawAll(); }]];
    for (const [sign, label, action] of actions) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", label);
      button.title = label;
      button.addEventListener("click", action);
      box.append(button);
    }
    root.append(box);
  }

  function dragging() {
    let from = null;
    svg.addEventListener("pointerdown", (event) => {
      from = [event.clientX, event.clientY, view.lon, view.y];
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", (event) => {
      if (!from) return;
      view.lon = from[2] - (event.clientX - from[0]) / view.scale;
      view.y = from[3] + (event.clientY - from[1]) / view.scale;
      drawAll();
    });
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => { from = null; });
  }

  controls();
  dragging();
  onWidth(root, () => { fit(); drawAll(); });
  return (now) => { day = now; drawNight(); };
}
