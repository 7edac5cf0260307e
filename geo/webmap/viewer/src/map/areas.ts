/** Provinces on the map: borders, shades of a joined figure, and the shade of a place that is known no closer. */

import L from "leaflet";

import type { Figures } from "../figures.ts";
import type { Model } from "../model.ts";
import { type State, type Store, any } from "../state.ts";
import { ACCENT } from "../symbols.ts";
import { HATCH, latLngs, renderer } from "./sheet.ts";
import { tip } from "./tip.ts";

export class AreaLayer {
  readonly #group = L.featureGroup();
  readonly #polygons = new Map<string, L.Polygon>();

  constructor(
    readonly map: L.Map,
    readonly model: Model,
    readonly store: Store,
    readonly figures: Figures,
  ) {
    const choropleth = model.payload.choropleth.length > 0;
    const options = { renderer: renderer(map, "areas"), pane: "areas", smoothFactor: 0.7, interactive: !model.payload.page.cover };
    for (const area of model.payload.areas) {
      const polygon = L.polygon(area.polygons.map((rings) => rings.map(latLngs)), options);
      polygon.on("click", () => store.set({ chosen: { type: "areas", id: area.code, from: "map" }, crowd: [] }));
      if (choropleth) {
        tip(polygon, () => model.areaName(area.code, store.state.language), { sticky: true });
      }
      polygon.on("mouseover", () => store.set({ hint: area.code }));
      polygon.on("mouseout", () => store.set({ hint: null }));
      this.#polygons.set(area.code, polygon);
      this.#group.addLayer(polygon);
    }
    this.draw(store.state);
    store.listen((state, changed) => {
      if (any(changed, "off", "measure", "chosen") || (choropleth && changed.has("hint"))) this.draw(state);
    });
  }

  /** The area that a record without a location is known to lie in, while its card is open. */
  #shaded(state: State): string | undefined {
    if (state.chosen?.type !== "sites") return undefined;
    const site = this.model.sites.get(state.chosen.id);
    return site && site.point === null ? site.province : undefined;
  }

  draw(state: State): void {
    const on = this.model.isOn("areas", state);
    if (on && !this.map.hasLayer(this.#group)) this.#group.addTo(this.map);
    if (!on && this.map.hasLayer(this.#group)) this.#group.remove();
    if (!on) return;
    const shaded = this.#shaded(state);
    const scale = this.figures.scale(state.measure);
    const choropleth = this.model.payload.choropleth.length > 0;
    for (const [code, polygon] of this.#polygons) {
      const chosen = state.chosen?.type === "areas" && state.chosen.id === code;
      const shade = scale?.shadeOf(code);
      const fill = choropleth ? (shade ?? `url(#${HATCH})`) : "#e9e3d4";
      const style: L.PathOptions = { fillColor: fill, fillOpacity: 1, color: choropleth ? "#8d846f" : "#c9bfa8", weight: 0.9 };
      if (shaded === code) Object.assign(style, { fillColor: "#bfc2cb", color: ACCENT, weight: 1.6, dashArray: "6 4" });
      else Object.assign(style, { dashArray: "" });
      if (chosen) Object.assign(style, { color: ACCENT, weight: 2.6 });
      else if (choropleth && state.hint === code) Object.assign(style, { color: ACCENT, weight: 1.8 });
      polygon.setStyle(style);
      if (chosen || shaded === code) polygon.bringToFront();
    }
  }

  /** Where an area lies, to bring it into view. */
  boundsOf(code: string): L.LatLngBounds | null {
    return this.#polygons.get(code)?.getBounds() ?? null;
  }
}
