// A map: drawn at once; where WebGL is there, the other takes its place once it is loaded.

import { DrawnMap } from "./drawnmap.js";

export async function openMap(holder, { world, home = null, reports = [], layers = [], day = null, onClick = null }) {
  const map = new DrawnMap(holder, { onClick });
  if (home) map.home = home;
  map.setLayers(layers);
  map.setReports(reports);
  map.setDay(day);
  map.setWorld(world);
  return map;
}
