// The map on WebGL: MapLibre draws land, roads and the user's own tiles; marks and names are those of the drawn map,
// over it, so that both show the same and no fonts are fetched for labels.

import { DrawnMap } from "./drawnmap.js";

const TILES = "/api/map/tiles";

function rings(land) {
  return land.rings.map((flat) => {
    const ring = [];
    for (let n = 0; n < flat.length; n += 2) ring.push([flat[n], flat[n + 1]]);
    ring.push(ring[0]);
    return [ring];
  });
}

function styleOf(world, header) {
  const land = world.land.map((one) => ({ type: "Feature", properties: { home: one.home }, geometry: { type: "MultiPolygon", coordinates: rings(one) } }));
  const roads = world.roads.map((line) => ({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: line } }));
  const sources = { land: { type: "geojson", data: { type: "FeatureCollection", features: land } }, roads: { type: "geojson", data: { type: "FeatureCollection", features: roads } } };
  const layers = [
    { id: "sea", type: "background", paint: { "background-color": "#dbe7ee" } },
    { id: "land", type: "fill", source: "land", paint: { "fill-color": ["case", ["get", "home"], "#faf8f3", "#efede6"], "fill-outline-color": "#a9b8c2" } },
  ];
  if (header) {
    const raster = header.tileType !== 1;
    sources.tiles = { type: raster ? "raster" : "vector", url: `pmtiles://${location.origin}${TILES}`, ...(raster ? { tileSize: 256 } : {}) };
    if (raster) layers.push({ id: "tiles", type: "raster", source: "tiles" });
    // The layers of the two schemas that are about: Protomaps' and OpenMapTiles'.
    else for (const [name, type, paint] of [["water", "fill", { "fill-color": "#cfe0ea" }], ["roads", "line", { "line-color": "#c9bfa8" }], ["transportation", "line", { "line-color": "#c9bfa8" }], ["boundaries", "line", { "line-color": "#8d98a0" }], ["boundary", "line", { "line-color": "#8d98a0" }]]) {
      layers.push({ id: `tiles-${name}`, type, source: "tiles", "source-layer": name, paint });
    }
  }
  layers.push({ id: "roads", type: "line", source: "roads", paint: { "line-color": "#b3a88f", "line-width": 1.4 } });
  return { version: 8, sources, layers };
}

function script(path) {
  return new Promise((done, failed) => {
    const made = document.createElement("script");
    made.src = path;
    made.addEventListener("load", done);
    made.addEventListener("error", failed);
    document.head.append(made);
  });
}

async function tiles(maplibre) {
  await script("/static/vendor/pmtiles.js");
  const protocol = new globalThis.pmtiles.Protocol();
  maplibre.addProtocol("pmtiles", protocol.tile);
  const held = new globalThis.pmtiles.PMTiles(`${location.origin}${TILES}`);
  protocol.add(held);
  return held.getHeader();
}

class GlMap extends DrawnMap {
  paintGround() {
    this.ground.replaceChildren();
  }

  follow(gl) {
    this.gl = gl;
    const follow = () => {
      const [[west, south], [east, north]] = gl.getBounds().toArray();
      // MapLibre's frame is the whole of the holder; what is covered has no part in it here.
      super.fit([west, south, east, north]);
    };
    gl.on("move", follow);
    gl.on("resize", follow);
    follow();
  }

  // Once all that the present view needs is painted, or too much time has passed.
  painted(most) {
    return Promise.race([new Promise((done) => this.gl.once("idle", done)), new Promise((done) => setTimeout(done, most))]);
  }

  covered() {
    return this.gl ? 0 : super.covered();
  }

  fit(frame) {
    if (!this.gl) super.fit(frame);
    else this.gl.fitBounds([[frame[0], frame[1]], [frame[2], frame[3]]], { padding: { left: super.covered() + 10, top: 10, right: 10, bottom: 10 }, animate: false });
  }

  zoom(by) {
    if (!this.gl) super.zoom(by);
    else this.gl.zoomTo(this.gl.getZoom() - Math.log2(by), { animate: !matchMedia("(prefers-reduced-motion: reduce)").matches });
  }
}

export async function openGlMap(holder, { world, onClick }) {
  const loaded = await import("/static/vendor/maplibre-gl.mjs");
  const maplibre = loaded.Map ? loaded : loaded.default;
  const header = holder.dataset.tiles ? await tiles(maplibre) : null;
  const sheet = document.createElement("link");
  [sheet.rel, sheet.href] = ["stylesheet", "/static/vendor/maplibre-gl.css"];
  document.head.append(sheet);
  const under = document.createElement("div");
  under.className = "gl";
  // Beneath the map that is drawn already: until this one is loaded, that one is seen.
  holder.prepend(under);
  const gl = new maplibre.Map({ container: under, style: styleOf(world, header), attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0, bounds: [[world.frame[0], world.frame[1]], [world.frame[2], world.frame[3]]], keyboard: true });
  gl.touchZoomRotate.disableRotation();
  await new Promise((done, failed) => {
    gl.once("load", done);
    gl.once("error", (event) => failed(event.error));
  });
  const map = new GlMap(holder, { onClick });
  map.svg.classList.add("over");
  map.setWorld(world);
  map.follow(gl);
  gl.on("click", (event) => map.click(event.originalEvent));
  return map;
}
