// The ground of a map: outlines and their names, zoom buttons, dragging, and room for labels.
const mercator = (lat) => (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;

// `over` draws what lies on the ground after each change of view; `centre` gives the place to zoom in on;
// `marked` gives the boxes that names of countries keep off.
function makeGround(root, map, words, { layers: names, over, centre, farthest = 0.25, marked = () => [] }) {
  const svg = make("svg", { role: "img", "aria-label": words.map_label });
  const layers = {};
  for (const name of ["land", "names", ...names]) layers[name] = make("g", {}, svg);
  root.append(svg);
  const stamp = document.createElement("div");
  stamp.className = "stamp";
  root.append(stamp);
  let written = [];
  const view = { lon: 0, y: 0, scale: 1, width: 1, height: 1, home: 1 };

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
    view.home = view.scale;
  }

  // A country or a sea is named at the first of its points that the window holds, and where no place is written over.
  function nameOnce(named, kind) {
    const half = named.name.length * 5.4;
    if (view.width < 480 && kind === "country") return;
    const box = ([x, y]) => [x - half, y - 12, x + half, y + 4];
    const meets = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
    const clear = (at) => ![...marked(), ...written].some((other) => meets(box(at), other));
    const at = named.labels.map((p) => project(...p)).find(([x, y]) => x > half && x < view.width - half && y > 20 && y < view.height - 20 && clear([x, y]));
    if (!at) return;
    written.push(box(at));
    make("text", { x: px(at[0]), y: px(at[1]), class: kind }, layers.names, named.name);
  }

  function drawGround() {
    for (const layer of Object.values(layers)) layer.replaceChildren();
    written = [];
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
  }

  function drawAll() {
    drawGround();
    over();
  }

  // Labels find free room beside their places, or are left out.
  function roomForLabels() {
    const taken = [[view.width - 56, 0, view.width, 140], [0, view.height - 34, 150, view.height], ...written];
    const free = (box) => box[0] > 2 && box[1] > 2 && box[2] < view.width - 2 && box[3] < view.height - 2
      && !taken.some((o) => box[0] < o[2] && box[2] > o[0] && box[1] < o[3] && box[3] > o[1]);
    const write = (place, text, strong, gap, whatever = strong) => {
      const [x, y] = project(place.lon, place.lat);
      if (!inside([x, y])) return;
      const width = text.length * (strong ? 7 : 6.2) + 4;
      const spots = [[x + gap, y + 4, "start"], [x - gap, y + 4, "end"], [x, y - gap - 3, "middle"], [x, y + gap + 11, "middle"],
        [x + gap * 0.7, y - gap * 0.7, "start"], [x + gap * 0.7, y + gap * 0.7 + 9, "start"], [x - gap * 0.7, y + gap * 0.7 + 9, "end"], [x - gap * 0.7, y - gap * 0.7, "end"]];
      const boxed = spots.map(([tx, ty, anchor]) => {
        const left = anchor === "start" ? tx : anchor === "end" ? tx - width : tx - width / 2;
        return { tx, ty, anchor, box: [left, ty - 12, left + width, ty + 4] };
      });
      // Some are named whatever they cover, as long as the window holds the name.
      const spot = boxed.find((s) => free(s.box)) || (whatever && boxed.find((s) => s.box[0] > 2 && s.box[2] < view.width - 2));
      if (!spot) return;
      taken.push(spot.box);
      make("text", { x: px(spot.tx), y: px(spot.ty), "text-anchor": spot.anchor, class: `place-name halo${strong ? " strong" : ""}` }, layers.labels, text);
    };
    return { taken, write };
  }

  function zoom(factor) {
    const place = centre();
    if (factor > 1 && view.scale === view.home && place) {
      // From the whole picture, go to where it matters, not to the middle of the map.
      view.lon = place.lon;
      view.y = mercator(place.lat);
    }
    view.scale = Math.min(view.home * 12, Math.max(view.home * farthest, view.scale * factor));
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

  // The picture as a whole is pushed along, which the browser does without painting it again, and drawn anew where the
  // pointer lets go or has come far: drawing a crowded map takes longer than a frame.  Until then the view stays, so that
  // another day drawn meanwhile lies right too.
  function dragging() {
    let from = null;
    let by = null;
    const push = () => {
      svg.style.transform = `translate(${px(by[0])}px, ${px(by[1])}px)`;
    };
    const settle = () => {
      svg.style.transform = "";
      view.lon -= by[0] / view.scale;
      view.y += by[1] / view.scale;
      by = null;
      drawAll();
    };
    const end = () => {
      from = null;
      svg.classList.remove("dragged");
      if (by) settle();
    };
    svg.addEventListener("pointerdown", (event) => {
      from = [event.clientX, event.clientY];
      svg.setPointerCapture(event.pointerId);
      svg.classList.add("dragged");
    });
    svg.addEventListener("pointermove", (event) => {
      if (!from) return;
      if (event.buttons === 0) return end(); // let go where the page did not hear it
      by = [event.clientX - from[0], event.clientY - from[1]];
      push();
      if (Math.abs(by[0]) < view.width / 4 && Math.abs(by[1]) < view.height / 4) return;
      from = [event.clientX, event.clientY];
      settle();
    });
    for (const ending of ["pointerup", "pointercancel"]) svg.addEventListener(ending, end);
  }

  function begin() {
    controls();
    dragging();
    onWidth(root, () => { fit(); drawAll(); });
  }

  return { svg, layers, stamp, view, project, inside, roomForLabels, begin };
}
