// A map: drawn at once; where WebGL is there, the other takes its place once it is loaded, and shows the same.

import { DrawnMap } from "./drawnmap.js";

function hasWebGl() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

// Not on a slow line, where it would take minutes: the drawn map says the same.
const slow = () => navigator.connection?.saveData || ["slow-2g", "2g", "3g"].includes(navigator.connection?.effectiveType);

// Milliseconds that the other map has to paint its land, before it takes the place of the drawn one all the same.
const PAINTED = 15000;

export async function openMap(holder, { world, home = null, reports = [], layers = [], day = null, drawn = false, onClick = null, onGl = null }) {
  const shown = { world, reports, layers, day, edits: [], chosen: null, home: home ?? world.frame };
  let map = new DrawnMap(holder, { onClick });
  const fill = (one) => {
    one.home = shown.home;
    one.setLayers(shown.layers);
    one.setReports(shown.reports);
    one.setDay(shown.day);
    one.setEdits(shown.edits);
    one.setWorld(shown.world);
    one.choose(shown.chosen);
  };
  fill(map);
  const keep = (name, method) => (value) => {
    shown[name] = value;
    map[method](value);
  };
  const held = {
    setWorld: keep("world", "setWorld"), setDay: keep("day", "setDay"), setReports: keep("reports", "setReports"),
    setLayers: keep("layers", "setLayers"), setEdits: keep("edits", "setEdits"), choose: keep("chosen", "choose"),
  };
  holder.dataset.map = "drawn";
  if (drawn || slow() || !hasWebGl()) return held;
  const later = globalThis.requestIdleCallback ?? ((act) => setTimeout(act, 200));
  later(async () => {
    try {
      const { openGlMap } = await import("./glmap.js");
      const [before, gl] = [map, await openGlMap(holder, { world: shown.world, onClick })];
      map = gl;
      fill(gl);
      gl.fit(shown.home);
      // Until its land is painted where it looks now, the drawn one stays: without it camps would lie in a sea.
      await gl.painted(PAINTED);
      before.remove();
      holder.dataset.map = "gl";
    } catch (error) {
      holder.querySelector(".gl")?.remove();
      holder.dataset.map = "drawn";
      holder.dataset.why = String(error);
      return;
    }
    await onGl?.(map.gl);
  });
  return held;
}
