/** Former areas: dashed outlines with names over the areas of today. They are approximate, and nothing is shaded by them. */

import L from "leaflet";

import { el } from "../dom.ts";
import { bordersOnce, middle, toPixels } from "../geometry.ts";
import type { Model } from "../model.ts";
import type { Period, Position } from "../payload.ts";
import { type State, type Store, any } from "../state.ts";
import { ACCENT } from "../symbols.ts";
import { type Box, overlap } from "./layout.ts";
import { latLng, latLngs, renderer } from "./sheet.ts";

type Labelled = Period["areas"][number] & { at: Position };

export class PeriodLayer {
  readonly #outlines = new Map<string, L.LayerGroup>();
  readonly #names = L.layerGroup();
  readonly #areas: ReadonlyMap<string, readonly Labelled[]>;

  constructor(
    readonly map: L.Map,
    readonly model: Model,
    readonly store: Store,
    /** Told where the names stand, so that others keep clear of them. */
    readonly taken: (boxes: readonly Box[]) => void,
  ) {
    const { periods } = model.payload;
    this.#areas = new Map(periods.map((period) => [period.name, period.areas.flatMap((area) => labelled(area))]));
    for (const period of periods) {
      const options = { renderer: renderer(map, "periods"), pane: "periods", interactive: false, fill: false, smoothFactor: 0.7 };
      const look = { color: ACCENT, weight: 1.5, dashArray: "6 4", className: "period" };
      const borders = bordersOnce(period.areas.flatMap((area) => area.polygons.flat()));
      this.#outlines.set(period.name, L.layerGroup([L.polyline(borders.map(latLngs), { ...options, ...look })]));
    }
    if (periods.length === 0) return;
    this.#names.addTo(map);
    map.on("moveend", () => this.#draw(store.state));
    store.listen((state, changed) => {
      if (any(changed, "off", "language")) this.#draw(state);
    });
    this.#draw(store.state);
  }

  #draw(state: State): void {
    this.#names.clearLayers();
    const boxes: Box[] = [];
    const zoom = this.map.getZoom();
    for (const [name, group] of this.#outlines) {
      if (state.off.has(name)) {
        group.remove();
        continue;
      }
      group.addTo(this.map);
      for (const area of this.#areas.get(name) ?? []) {
        const khmer = state.language === "km" ? area.name_km : undefined;
        const text = khmer ?? area.name;
        const [x, y] = toPixels(area.at, zoom);
        const half = (text.length * (khmer ? 7.6 : 7.2)) / 2 + 4;
        const box = { left: x - half, right: x + half, top: y - 10, bottom: y + 10 };
        if (boxes.some((other) => overlap(box, other))) continue;
        boxes.push(box);
        const html = el("span", { class: "period-name", lang: khmer ? "km" : undefined }, text);
        const icon = L.divIcon({ html, className: "town-spot", iconSize: [0, 0] });
        L.marker(latLng(area.at), { icon, pane: "labels", interactive: false, keyboard: false }).addTo(this.#names);
      }
    }
    this.taken(boxes);
  }
}

/** An area with the middle of its largest polygon, the larger areas being named first by the caller's order. */
function labelled(area: Period["areas"][number]): Labelled[] {
  const rings = area.polygons.flatMap((polygon) => (polygon[0] ? [polygon[0]] : []));
  const middles = rings.map(middle).sort((a, b) => b.size - a.size);
  return middles[0] ? [{ ...area, at: middles[0].at }] : [];
}
