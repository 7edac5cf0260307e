/** The places of the cover as small marks: filled where a point is known, an open ring where only an area is. */

import L from "leaflet";

import { atOnce } from "../pause.ts";
import type { Model } from "../model.ts";
import { NEUTRAL, PAPER } from "../symbols.ts";
import type { Box } from "./layout.ts";
import { tintsOf } from "./places.ts";
import { Points } from "./points.ts";
import { latLng, renderer } from "./sheet.ts";

/** Of marks closer than this one is drawn: they would lie on one another. */
const APART_PX = 4;
/** A name keeps so far from a mark. */
const CLEAR_PX = 6;
/** So few marks are all drawn, wherever they lie. */
const FEW = 2000;
const WORLD_PX = 256;

export class DotLayer {
  readonly #marks = L.layerGroup();
  readonly #points: Points;
  readonly #tints: ReturnType<typeof tintsOf>;
  readonly #renderer: L.Renderer;
  #zoom = NaN;

  constructor(
    readonly map: L.Map,
    readonly model: Model,
    readonly settled: (boxes: readonly Box[]) => void,
  ) {
    this.#points = atOnce(Points.of(model.payload.sites));
    this.#tints = tintsOf(model);
    this.#renderer = this.#points.count > FEW ? L.canvas({ pane: "circles", padding: 0.1 }) : renderer(map, "circles");
    this.#marks.addTo(map);
    map.on("moveend", () => this.#draw());
    this.#draw();
  }

  #draw(): void {
    const zoom = this.map.getZoom();
    if (zoom === this.#zoom) return;
    this.#zoom = zoom;
    this.#marks.clearLayers();
    const { sites } = this.model.payload;
    const world = WORLD_PX * 2 ** zoom;
    const { count, indexes, x: xs, y: ys } = this.#points;
    const taken = new Set<number>();
    const boxes: Box[] = [];
    const all = { renderer: this.#renderer, pane: "circles", interactive: false };
    for (let at = 0; at < count; at += 1) {
      const [x, y] = [(xs[at] as number) * world, (ys[at] as number) * world];
      if (count > FEW) {
        const cell = Math.floor(y / APART_PX) * 2 ** 20 + Math.floor(x / APART_PX);
        if (taken.has(cell)) continue;
        taken.add(cell);
      } else boxes.push({ left: x - CLEAR_PX, right: x + CLEAR_PX, top: y - CLEAR_PX, bottom: y + CLEAR_PX });
      const index = indexes[at] as number;
      const tint = this.#tints.tints[this.#tints.byIndex[index] as number] ?? NEUTRAL;
      const look = sites.isArea(index)
        ? { radius: 5, weight: 1.1, color: tint, dashArray: "2.6 2", fillColor: tint, fillOpacity: 0.1 }
        : { radius: 3.1, weight: 1, color: PAPER, fillColor: tint, fillOpacity: 0.95 };
      L.circleMarker(latLng([sites.lon[index] as number, sites.lat[index] as number]), { ...all, ...look }).addTo(this.#marks);
    }
    this.settled(boxes);
  }
}
