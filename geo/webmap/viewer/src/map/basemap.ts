/** The ground: sea, land, waters and the names of towns, from the atlas itself and from no server. */

import L from "leaflet";

import { el } from "../dom.ts";
import { toPixels } from "../geometry.ts";
import type { Language, Payload } from "../payload.ts";
import { type Box, overlap } from "./layout.ts";
import { latLng, latLngs, renderer, sheetBounds } from "./sheet.ts";

/** Draw land and waters; they never change. */
export function drawGround(map: L.Map, payload: Payload): void {
  const land = { renderer: renderer(map, "land"), pane: "land", interactive: false };
  const water = { renderer: renderer(map, "water"), pane: "water", interactive: false };
  const { backdrop } = payload;
  if (backdrop.land.length > 0) {
    L.rectangle(sheetBounds(payload), { ...land, className: "ground-sea", weight: 1 }).addTo(map);
  }
  for (const polygon of backdrop.land) {
    L.polygon(polygon.map(latLngs), { ...land, className: "ground-land", weight: 0.8, smoothFactor: 0.7 }).addTo(map);
  }
  for (const line of backdrop.river) {
    L.polyline(latLngs(line), { ...water, className: "ground-river", weight: 1.1, smoothFactor: 0.7 }).addTo(map);
  }
  for (const polygon of backdrop.water) {
    L.polygon(polygon.map(latLngs), { ...water, className: "ground-water", weight: 0.8 }).addTo(map);
  }
}

/** Room that a name keeps from the edge of the map, so that none is cut. */
const EDGE_PX = 8;

type Side = "right" | "left" | "above" | "below";

/** Names of towns for orientation. They keep clear of the signs and of each other; the ones named first come first. */
export class Towns {
  readonly #labels = L.layerGroup();
  /** null until they are first shown. */
  #language: Language | null = null;
  /** What the names keep clear of, by who asked for it. */
  readonly #obstacles = new Map<string, readonly Box[]>();

  constructor(
    readonly map: L.Map,
    readonly towns: Payload["backdrop"]["town"],
    /** On the cover nothing can be chosen: a name may lie over a mark rather than be missing, but only a few are shown. */
    readonly still: boolean,
  ) {
    this.#labels.addTo(map);
    map.on("moveend", () => this.#draw());
  }

  show(language: Language): void {
    this.#language = language;
    this.#draw();
  }

  avoid(obstacles: readonly Box[], asker = "signs"): void {
    if (obstacles === this.#obstacles.get(asker)) return;
    this.#obstacles.set(asker, obstacles);
    this.#draw();
  }

  #draw(): void {
    if (this.#language === null) return;
    this.#labels.clearLayers();
    const taken: Box[] = [];
    const obstacles = [...this.#obstacles.values()].flat();
    const zoom = this.map.getZoom();
    const view = this.map.getPixelBounds();
    const most = this.still ? 5 : zoom < 6.2 ? 7 : zoom < 7 ? 14 : this.towns.length;
    for (const town of this.towns.slice(0, most)) {
      const khmer = this.#language === "km" ? town.name_km : undefined;
      const text = khmer ?? town.name;
      const [x, y] = toPixels(town.point, zoom);
      const width = text.length * (khmer ? 7.6 : 7) + 8;
      const sides: Record<Side, Box> = {
        right: { left: x - 4, right: x + width, top: y - 10, bottom: y + 10 },
        left: { left: x - width, right: x + 4, top: y - 10, bottom: y + 10 },
        above: { left: x - width / 2, right: x + width / 2, top: y - 22, bottom: y + 4 },
        below: { left: x - width / 2, right: x + width / 2, top: y - 4, bottom: y + 22 },
      };
      const isWhole = (box: Box): boolean => view.min !== undefined && view.max !== undefined && box.left > view.min.x + EDGE_PX && box.right < view.max.x - EDGE_PX;
      const isFree = (box: Box): boolean => isWhole(box) && !taken.some((other) => overlap(box, other));
      const isClear = (box: Box): boolean => isFree(box) && !obstacles.some((other) => overlap(box, other));
      const order: Side[] = ["right", "left", "above", "below"];
      const side = order.find((one) => isClear(sides[one])) ?? (this.still ? order.find((one) => isFree(sides[one])) : undefined);
      if (!side) continue;
      taken.push(sides[side]);
      const label = el("span", { class: `town town-${side}`, lang: khmer ? "km" : undefined }, el("i", {}), el("span", {}, text));
      const icon = L.divIcon({ html: label, className: "town-spot", iconSize: [0, 0] });
      L.marker(latLng(town.point), { icon, pane: "labels", interactive: false, keyboard: false }).addTo(this.#labels);
    }
  }
}
