// Drawn on the map with terra-draw, where MapLibre is: a camp placed or dragged, a crossing (of a caravan: a place on its
// road) chosen to be shut or opened.  The form beside it says the same by keyboard, and where WebGL is missing.

import { el, text } from "./common.js";

const PARTS = ["terra-draw", "terra-draw-maplibre-gl-adapter"];
const COLOURS = { camp: "#00695c", chosen: "#9a1b00", crossing: "#1b5e20", shut: "#9a1b00" };
const LINE = 8;

function load(name) {
  return new Promise((done, failed) => {
    const made = document.createElement("script");
    made.src = `/static/vendor/${name}.js`;
    made.addEventListener("load", done);
    made.addEventListener("error", failed);
    document.head.append(made);
  });
}

const round = (point) => point.map((x) => Number(x.toFixed(5)));
const point = (at, about) => ({ type: "Feature", geometry: { type: "Point", coordinates: round(at) }, properties: { mode: "point", ...about } });
const line = (points, about) => ({ type: "Feature", geometry: { type: "LineString", coordinates: points.map(round) }, properties: { mode: "linestring", ...about } });

// What each tool has to choose from.
const FEATURES = {
  look: () => [],
  camp: () => [],
  move: (world) => world.camps.map((one) => point(one.at, { of: one.id })),
  close: (world) => (world.crossings.length ? world.crossings.map((one) => line(one.line, { of: one.id, open: one.open })) : world.places.map((one) => point(one.at, { of: one.id, small: true }))),
};
const MODES = { look: "static", camp: "point", move: "select", close: "select" };

// Only what is to be moved can be dragged.
const flagsOf = (tool) => ({ point: { feature: { draggable: tool === "move" } }, linestring: { feature: { draggable: false } } });

function makeDraw(gl) {
  const { TerraDraw, TerraDrawLineStringMode, TerraDrawPointMode, TerraDrawSelectMode } = globalThis.terraDraw;
  const dot = { pointColor: COLOURS.camp, pointWidth: (one) => (one.properties.small ? LINE / 2 : LINE), pointOutlineColor: "#ffffff", pointOutlineWidth: (one) => (one.properties.small ? 1 : 2) };
  return new TerraDraw({
    adapter: new globalThis.terraDrawMaplibreGlAdapter.TerraDrawMapLibreGLAdapter({ map: gl }),
    modes: [
      new TerraDrawPointMode({ styles: dot }),
      new TerraDrawLineStringMode({ styles: { lineStringWidth: LINE, lineStringColor: (one) => (one.properties.open ? COLOURS.crossing : COLOURS.shut) } }),
      new TerraDrawSelectMode({
        flags: flagsOf("look"),
        styles: { selectedPointColor: COLOURS.chosen, selectedPointWidth: LINE + 2, selectedLineStringColor: COLOURS.chosen, selectedLineStringWidth: LINE + 4 },
      }),
    ],
  });
}

// Opens the tools in a holder; what is drawn is told to whoever asked: onCamp(at), onMove(id, at), onChosen(id).
export async function openDrawing(gl, holder, { world, tools, onTool, onCamp, onMove, onChosen }) {
  for (const name of PARTS) await load(name);
  const draw = makeDraw(gl);
  draw.start();
  const held = { world, tool: "look" };
  const buttons = ["look", ...tools].map((tool) => {
    const button = el("button", { type: "button", "aria-pressed": "false", "data-tool": tool }, text(`draw.${tool}`));
    button.addEventListener("click", () => take(tool));
    return button;
  });

  function fill() {
    draw.clear();
    draw.addFeatures(FEATURES[held.tool](held.world));
  }

  function take(tool) {
    held.tool = tool;
    draw.updateModeOptions("select", { flags: flagsOf(tool) });
    draw.setMode(MODES[tool]);
    fill();
    for (const one of buttons) one.setAttribute("aria-pressed", String(one.dataset.tool === tool));
    holder.querySelector("p").textContent = text(`draw.how_${tool}`);
    onTool(tool);
  }

  const feature = (id) => draw.getSnapshotFeature(id);
  draw.on("finish", (id, { action }) => {
    const at = feature(id)?.geometry.coordinates;
    if (action === "draw" && held.tool === "camp") onCamp(round(at));
    if (action === "dragFeature" && held.tool === "move") onMove(feature(id).properties.of, round(at));
  });
  draw.on("select", (id) => {
    if (held.tool === "close") onChosen(feature(id).properties.of);
  });
  holder.replaceChildren(el("div", { role: "group", "aria-label": text("draw.title") }, ...buttons), el("p", { class: "fine", "aria-live": "polite" }));
  holder.hidden = false;
  take("look");
  holder.dataset.draw = "ready";
  return {
    get tool() {
      return held.tool;
    },
    setWorld(now) {
      held.world = now;
      fill();
    },
  };
}
