/** The chosen area on the map: a quiet outline that catches no pointer. */

import L from "leaflet";

import { latLngBounds, latLngs, renderer } from "../map/sheet.ts";
import type { Store } from "../state.ts";
import { ACCENT } from "../symbols.ts";
import { ringAround } from "./circle.ts";
import { partsOf } from "./polygon.ts";
import type { Region } from "./region.ts";

/** Thin and broken, as no border of the map is. */
export const OUTLINE: L.PolylineOptions = {
  pane: "region", color: ACCENT, weight: 1.6, dashArray: "7 4", fillColor: ACCENT, fillOpacity: 0.05, interactive: false, smoothFactor: 0,
};

export class RegionLayer {
  readonly #group = L.featureGroup();

  constructor(
    readonly map: L.Map,
    readonly store: Store,
  ) {
    this.#group.addTo(map);
    this.#draw(store.state.region);
    store.listen((state, changed) => {
      if (changed.has("region")) this.#draw(state.region);
    });
  }

  #draw(region: Region | null): void {
    this.#group.clearLayers();
    if (region) for (const shape of shapesOf(region, { ...OUTLINE, className: "region-line", renderer: renderer(this.map, "region") })) this.#group.addLayer(shape);
  }
}

function shapesOf(region: Region, options: L.PolylineOptions): L.Path[] {
  if (region.type === "box") return partsOf(region.box).map((box) => L.rectangle(latLngBounds(box), options));
  return [L.polygon(latLngs(region.type === "outline" ? region.ring : ringAround(region.lon, region.lat, region.metres)), options)];
}

/** What of the map shows an area whole. */
export function boundsOf(region: Region): L.LatLngBounds {
  if (region.type === "box") {
    const [west, south, east, north] = region.box;
    return latLngBounds(west <= east ? region.box : [-180, south, 180, north]);
  }
  return L.latLngBounds(latLngs(region.type === "outline" ? region.ring : ringAround(region.lon, region.lat, region.metres)));
}
