/** The map of a page with all its layers, and the moves that follow from what is chosen. */

import L from "leaflet";

import type { Figures } from "../figures.ts";
import { type Model, isArea } from "../model.ts";
import { RegionLayer } from "../region/layer.ts";
import type { Choice, Store } from "../state.ts";
import { AreaLayer } from "./areas.ts";
import { Towns, drawGround } from "./basemap.ts";
import { CrowdLayer, MANY } from "./crowds.ts";
import { type Box, isLocated } from "./layout.ts";
import { Points } from "./points.ts";
import { DotLayer } from "./dots.ts";
import { RelationLayer, RouteLayer } from "./lines.ts";
import { PeriodLayer } from "./periods.ts";
import { type Covered, MAX_ZOOM, arrowColours, definitions, latLng, latLngBounds, openMap, show, showWhole, uncover } from "./sheet.ts";
import { SignLayer } from "./signs.ts";

/** How close the map goes to a single place that the reader chose in the list. */
const CLOSE_ZOOM = 10.5;
/** From this scale on, a place with its own sign is found without coming closer. */
const FOUND_ZOOM = 8;

export class MapView {
  readonly map: L.Map;
  #areas!: AreaLayer;
  #routes!: RouteLayer;
  #towns!: Towns;
  /** The places; on the cover they are only dots. */
  #places: SignLayer | CrowdLayer | null = null;

  constructor(
    element: HTMLElement,
    readonly model: Model,
    readonly store: Store,
    readonly figures: Figures,
    readonly covered: () => Covered,
  ) {
    element.append(definitions(arrowColours(model.payload)));
    this.map = openMap(element, model.payload, covered());
  }

  /** Lay all layers on the map, pausing between them. */
  *draw(): Generator<undefined, void> {
    const { figures, model, store } = this;
    const { payload } = model;
    drawGround(this.map, payload);
    yield;
    this.#areas = new AreaLayer(this.map, model, store, figures);
    yield;
    new RelationLayer(this.map, model, store);
    yield;
    this.#routes = new RouteLayer(this.map, model, store);
    yield;
    this.#towns = new Towns(this.map, payload.backdrop.town, payload.page.cover);
    new PeriodLayer(this.map, model, store, (boxes) => this.#towns.avoid(boxes, "names"));
    yield;
    const settled = (boxes: readonly Box[]): void => this.#towns.avoid(boxes);
    if (payload.sites.located >= MANY && !payload.page.cover) {
      const points = yield* Points.of(payload.sites);
      yield;
      this.#places = new CrowdLayer(this.map, model, store, this.covered, settled, points);
    } else if (!payload.page.cover) this.#places = new SignLayer(this.map, model, store, this.covered, settled);
    if (payload.page.cover) new DotLayer(this.map, model, (boxes) => this.#towns.avoid(boxes));
    yield;
    if (!payload.page.cover) new RegionLayer(this.map, store);
    // Only now: they keep clear of all that was drawn.
    this.#towns.show(store.state.language);
    store.listen((state, changed) => {
      if (changed.has("language")) this.#towns.show(state.language);
    });
  }

  /** The extent that the page opens with. */
  whole(animate = true): void {
    showWhole(this.map, this.model.payload, this.covered(), animate);
  }

  /** The part of the map that nothing covers. */
  seen(): L.LatLngBounds {
    const [left, top, right, bottom] = this.covered();
    const { x, y } = this.map.getSize();
    return L.latLngBounds(this.map.containerPointToLatLng([left, top]), this.map.containerPointToLatLng([x - right, y - bottom]));
  }

  /** Bring a chosen record into view; a choice made on the map itself only moves it out from under the card. */
  reveal(choice: Choice): void {
    const covered = this.covered();
    if (choice.type === "areas") {
      if (choice.id === this.model.payload.nation?.code) this.whole();
      const bounds = this.#areas.boundsOf(choice.id);
      if (bounds && choice.from !== "map") show(this.map, bounds, covered, 9);
      return;
    }
    if (choice.type === "routes") {
      const route = this.model.routes.get(choice.id);
      const bounds = route ? this.#routes.boundsOf(route) : null;
      if (bounds && choice.from !== "map") show(this.map, bounds, covered, 9);
      return;
    }
    const site = this.model.sites.get(choice.id);
    if (!site) return;
    if (!isLocated(site)) {
      const bounds = site.province ? this.#areas.boundsOf(site.province) : null;
      if (bounds) show(this.map, bounds, covered, 9);
      return;
    }
    const zoom = this.map.getZoom();
    const alone = (scale: number): boolean => this.#places?.standsAlone(site.id, scale) ?? false;
    if (choice.from === "map" || (zoom >= FOUND_ZOOM && alone(zoom))) {
      uncover(this.map, latLng(site.point), covered);
    } else if (isArea(site) && site.precision_m) {
      show(this.map, L.latLng(latLng(site.point)).toBounds(2.6 * site.precision_m), covered, CLOSE_ZOOM);
    } else {
      let closer = Math.max(CLOSE_ZOOM, zoom);
      while (closer < MAX_ZOOM && !alone(closer)) closer += 0.5;
      show(this.map, latLngBounds([...site.point, ...site.point]), covered, closer);
    }
  }
}
