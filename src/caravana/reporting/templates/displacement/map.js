// The map of a displacement: camps, conflict, people elsewhere, and flows as arcs.

// A burst of eight points, for conflict.
function burstPath(size) {
  const points = Array.from({ length: 16 }, (_, i) => {
    const r = i % 2 ? size * 0.52 : size;
    return [r * Math.sin((i * Math.PI) / 8), -r * Math.cos((i * Math.PI) / 8)];
  });
  return `${linePath(points)}Z`;
}

// Width of an arc: people a day, in proportion; the thinnest can still be seen.
const arcWidth = (persons, widest, top) => Math.max(0.8, Math.min(1.4, persons / widest) * top);

// An arc from a to b that keeps to the right of the straight line, so that there and back lie apart.
function arcBetween([ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const middle = [(ax + bx) / 2 - dy * 0.17, (ay + by) / 2 + dx * 0.17];
  const at = (t) => [0, 1].map((k) => (1 - t) ** 2 * [ax, ay][k] + 2 * t * (1 - t) * middle[k] + t ** 2 * [bx, by][k]);
  return { d: `M${px(ax)} ${px(ay)}Q${px(middle[0])} ${px(middle[1])} ${px(bx)} ${px(by)}`, at, long: Math.hypot(dx, dy) };
}

function makeDispersalMap(root, data, words) {
  const map = data.map;
  const camps = map.places.map((p, i) => ({ ...p, index: i })).filter((p) => p.camp !== null && p.lon !== null);
  const inWords = (n) => writeNumber(n, data.number);
  let day = 0;
  const ground = makeGround(root, map, words, {
    layers: ["links", "away", "flows", "camps", "marks", "labels"],
    over: () => { drawLinks(); drawDay(); },
    centre: () => null,
    farthest: 0.55,
    marked,
  });
  const { layers, view, project, stamp } = ground;
  const drawable = (i) => map.places[i].lon !== null && map.places[i].lat !== null;
  const where = (i) => project(map.places[i].lon, map.places[i].lat);
  const fanOf = (camp) => data.charts[`camp-${camp}`].q;

  // One scale of area for all circles and days; a capacity far above all that come does not shrink them away.
  const most = Math.max(1, ...camps.map((p) => Math.max(...fanOf(p.camp)[2])));
  const largest = Math.max(most, ...camps.map((p) => Math.min(p.capacity || 0, 2 * most)));
  const radius = (people) => Math.sqrt(Math.min(people, 2.2 * most) / largest) * (view.width < 480 ? 24 : 34);
  // Places, the buttons and the date: what names of countries keep off.
  function marked() {
    const corners = [[view.width - 56, 0, view.width, 140], [0, view.height - 34, 150, view.height]];
    return corners.concat(map.places.map((place, i) => i).filter(drawable).map((i) => {
      const { camp } = map.places[i];
      const [x, y] = where(i);
      const reach = camp === null ? (i in map.conflict ? 8 : 4) : Math.max(8, radius(Math.max(...fanOf(camp)[2])));
      return [x - reach, y - reach, x + reach, y + reach];
    }));
  }
  const top = () => (view.width < 480 ? 7 : 10);

  function drawLinks() {
    for (const [a, b] of map.links.filter((pair) => pair.every(drawable))) {
      make("path", { d: linePath([where(a), where(b)]), class: "link" }, layers.links);
    }
  }

  function drawFlows() {
    for (const [edge, persons] of map.flows[day]) {
      const [a, b] = map.edges[edge];
      if (!drawable(a) || !drawable(b)) continue;
      const arc = arcBetween(where(a), where(b));
      const width = arcWidth(persons, map.widest, top());
      const line = make("path", { d: arc.d, class: "flow", "stroke-width": px(width) }, layers.flows);
      make("title", {}, line, `${map.places[a].name} → ${map.places[b].name}: ${words.a_day.replace("{n}", inWords(persons))}`);
      if (arc.long < 14 || width < 0.9) continue;
      // The head stands past the middle, where no circle covers it.
      const [x, y] = arc.at(0.6);
      const [x0, y0] = arc.at(0.57);
      const size = Math.min(2.6 + width * 0.5, arc.long * 0.16);
      const turn = (Math.atan2(y - y0, x - x0) * 180) / Math.PI;
      make("path", { d: `M${px(size * 1.3)} 0L${px(-size)} ${px(size)}V${px(-size)}Z`, class: "flow-head", transform: `translate(${px(x)} ${px(y)}) rotate(${px(turn)})` }, layers.flows);
    }
  }

  function drawElsewhere() {
    map.places.forEach((place, i) => {
      if (place.camp !== null || !drawable(i)) return;
      const [x, y] = where(i);
      const people = map.elsewhere[i] ? map.elsewhere[i][day] : 0;
      if (people > 0) {
        const disc = make("circle", { cx: px(x), cy: px(y), r: px(radius(people)), class: "away-disc" }, layers.away);
        make("title", {}, disc, `${place.name}: ${inWords(people)} ${words.people}`);
      }
      const spells = map.conflict[i];
      if (!spells) {
        make("circle", { cx: px(x), cy: px(y), r: 2.4, class: "node" }, layers.marks);
        return;
      }
      const active = spells.some(([from, to]) => from <= day && day <= to);
      const mark = make("path", { d: burstPath(active ? 6.5 : 5), class: `burst${active ? "" : " quiet"}`, transform: `translate(${px(x)} ${px(y)})` }, layers.marks);
      make("title", {}, mark, place.name);
    });
  }

  function drawCamp(camp) {
    const [x, y] = where(camp.index);
    const [low, , people, , high] = fanOf(camp.camp).map((q) => q[day]);
    const disc = make("circle", { cx: px(x), cy: px(y), r: px(Math.max(2.5, radius(people))), class: `camp-disc${people ? "" : " none"}` }, layers.camps);
    const told = [`${camp.name}: ${data.charts[`camp-${camp.camp}`].readout[day]} ${words.people}`];
    if (camp.capacity) {
      if (camp.capacity <= 2.2 * most) make("circle", { cx: px(x), cy: px(y), r: px(radius(camp.capacity)), class: "room" }, layers.camps);
      told.push(words.capacity.replace("{n}", inWords(camp.capacity)));
    }
    const count = latestCount(data, camp.camp, day);
    if (count) {
      make("circle", { cx: px(x), cy: px(y), r: px(Math.max(2, radius((count.low + count.high) / 2))), class: "tally" }, layers.camps);
      told.push(`${words.count.replace("{n}", count.short)} (${count.when})`);
    }
    make("title", {}, disc, told.join(" · "));
    return Math.max(radius(high), camp.capacity && camp.capacity <= 2.2 * most ? radius(camp.capacity) : 0, low ? 4 : 3);
  }

  function drawLabels(reach) {
    const { taken, write } = ground.roomForLabels();
    for (const camp of camps) {
      const [x, y] = where(camp.index);
      taken.push([x - reach[camp.camp] * 0.7, y - reach[camp.camp] * 0.7, x + reach[camp.camp] * 0.7, y + reach[camp.camp] * 0.7]);
    }
    for (const [i] of Object.entries(map.conflict)) {
      if (!drawable(i)) continue;
      const [x, y] = where(i);
      taken.push([x - 6, y - 6, x + 6, y + 6]);
    }
    for (const camp of camps) write(camp, camp.name, true, reach[camp.camp] + 4, false);
    const others = map.places.map((p, i) => ({ ...p, index: i })).filter((p) => p.camp === null && p.lon !== null && p.lat !== null);
    others.sort((a, b) => Number(b.index in map.conflict) - Number(a.index in map.conflict) || b.people - a.people);
    for (const place of others) write(place, place.name, false, place.index in map.conflict ? 10 : 7);
  }

  function drawDay() {
    for (const name of ["away", "flows", "camps", "marks", "labels"]) layers[name].replaceChildren();
    stamp.textContent = data.days_short[day];
    drawElsewhere();
    drawFlows();
    const reach = {};
    for (const camp of camps) reach[camp.camp] = drawCamp(camp);
    drawLabels(reach);
  }

  ground.begin();
  return (now) => { day = now; drawDay(); };
}

// The last of a camp's counts on or before a day.
function latestCount(data, camp, day) {
  return data.charts[`camp-${camp}`].observed.filter((mark) => mark.day <= day).pop() || null;
}
