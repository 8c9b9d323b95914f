// The map of a caravan: road, towns, and the night's stops with their probability.
function makeMap(root, data, words) {
  const map = data.map;
  let day = 0;
  const ground = makeGround(root, map, words, {
    layers: ["band", "road", "towns", "stops", "labels"],
    over: () => { drawRoads(); drawNight(); },
    centre: () => {
      const [likeliest] = map.nights[day].areas;
      return likeliest && map.places[likeliest[0]];
    },
  });
  const { layers, view, project, stamp } = ground;

  function drawRoads() {
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
    const { taken, write } = ground.roomForLabels();
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
    const least = view.scale > view.home * 2.5 ? 0 : view.scale > view.home * 1.5 ? 5000 : 20000;
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

  ground.begin();
  return (now) => { day = now; drawNight(); };
}
