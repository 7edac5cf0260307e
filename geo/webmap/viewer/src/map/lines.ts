/** Lines between places: journeys, with a stroke for how well each part is known, and relations between places. */

import L from "leaflet";

import { timing } from "../find/timing.ts";
import { arc, shortened, toPixels } from "../geometry.ts";
import { type Model, isArea } from "../model.ts";
import type { Position, Route, Segment } from "../payload.ts";
import { CHOOSING, type State, type Store, any } from "../state.ts";
import { ACCENT, INK, PAPER, RELATION_STROKES, colour, dashes } from "../symbols.ts";
import { type LocatedSite, isLocated } from "./layout.ts";
import { THIN_PX, WIDTHS_PX, type Width, routeWidths } from "../widths.ts";
import { arrowId, headLength, latLngs, renderer } from "./sheet.ts";
import { DATA_LANGUAGE } from "../words.ts";
import { tip } from "./tip.ts";

const BEND = 0.11;
/** A relation of which less than this would be drawn on the screen is left out: only its arrowhead would show. */
const SHORTEST_PX = 36;

function arrow(line: L.Polyline, index: number, size = 0): void {
  line.getElement()?.setAttribute("marker-end", `url(#${arrowId(index, size)})`);
}

function pixelsApart(a: Position, b: Position, zoom: number): number {
  const [[x0, y0], [x1, y1]] = [toPixels(a, zoom), toPixels(b, zoom)];
  return Math.hypot(x1 - x0, y1 - y0);
}

/** Journeys. A stroke tells how well a part is known, its width how many people the sources count, its head the direction. */
export class RouteLayer {
  readonly #group = L.layerGroup();
  readonly #widths: ReadonlyMap<string, Width>;
  /** How often each pair of ends was drawn already, so that no line hides another. */
  #pairs = new Map<string, number>();
  #hint: string | null = null;

  constructor(
    readonly map: L.Map,
    readonly model: Model,
    readonly store: Store,
  ) {
    this.#widths = routeWidths(model.payload);
    this.#group.addTo(map);
    store.listen((state, changed) => {
      const hint = state.hint !== null && model.routes.has(state.hint) ? state.hint : null;
      if (any(changed, "off", "chosen", ...CHOOSING) || hint !== this.#hint) {
        this.#hint = hint;
        this.draw(state);
      }
    });
    map.on("zoomend", () => this.draw(store.state));
    this.draw(store.state);
  }

  draw(state: State): void {
    this.#group.clearLayers();
    this.#pairs = new Map();
    if (!this.model.isOn("routes", state)) return;
    const chosen = state.chosen?.type === "routes" ? state.chosen.id : null;
    const routes = this.model.chosenRoutes(state);
    // Broad lines lie under narrow ones, and what the reader looks at on top.
    const rank = (route: Route): number => (route.id === chosen ? 200 : 0) + (route.id === state.hint ? 100 : 0) - (this.#widths.get(route.id)?.high ?? -1);
    for (const route of [...routes].sort((a, b) => rank(a) - rank(b))) this.#route(route, chosen, state);
  }

  #route(route: Route, chosen: string | null, state: State): void {
    const kinds = Object.keys(this.model.payload.terms.route_kinds);
    const mine = route.id === chosen;
    const near = mine || route.id === state.hint;
    const tint = colour(this.model.payload.terms.route_kinds[route.kind]?.colour);
    const head = Math.max(0, kinds.indexOf(route.kind));
    const width = this.#widths.get(route.id);
    const weight = width ? (WIDTHS_PX[width.low] ?? THIN_PX) : THIN_PX;
    const broad = width ? (WIDTHS_PX[width.high] ?? weight) : weight;
    const maybe = state.years !== null && timing(route, state.years) === "possible";
    const faint = !near && (chosen !== null || maybe);
    const size = width ? width.low + 1 : 0;
    for (const segment of route.segments) {
      if (segment.line.length < 2) continue;
      const whole = this.#curve(segment);
      const points = latLngs(shortened(whole, headLength(size), this.map.getZoom()));
      const base = { renderer: renderer(this.map, "routes"), pane: "routes", smoothFactor: 0, noClip: true };
      const under = L.polyline(latLngs(whole), { ...base, color: PAPER, weight: Math.max(12, broad + 5), opacity: mine ? 0.95 : 0 });
      under.on("click", (event) => {
        L.DomEvent.stop(event);
        this.store.set({ chosen: { type: "routes", id: route.id, from: "map" }, crowd: [] });
      });
      tip(under, () => ({ text: route.name, language: DATA_LANGUAGE }), { sticky: true });
      this.#group.addLayer(under);
      if (broad > weight) {
        this.#group.addLayer(L.polyline(points, {
          ...base, interactive: false, color: tint, opacity: faint ? 0.12 : 0.26, weight: broad, lineCap: "butt", className: "route-band",
        }));
      }
      const line = L.polyline(points, {
        ...base, interactive: false, color: tint, opacity: faint ? 0.35 : 0.88, weight: near ? Math.max(weight, 3) : weight,
        dashArray: dashes(segment.certainty, weight), lineCap: dashes(segment.certainty).startsWith("1") ? "round" : "butt",
        className: "route-line",
      });
      this.#group.addLayer(line);
      arrow(line, head, size);
      line.getElement()?.setAttribute("data-route", route.id);
      line.getElement()?.setAttribute("data-certainty", segment.certainty);
    }
  }

  /** Two places are joined by an arc; a line with more points keeps them, they come from the source. */
  #curve({ line }: Segment): Position[] {
    const [from, to] = [line[0], line.at(-1)];
    if (line.length > 2 || !from || !to) return line;
    const key = [from.join(), to.join()].join(" ");
    const turn = this.#pairs.get(key) ?? 0;
    this.#pairs.set(key, turn + 1);
    return arc(from, to, BEND + turn * 0.06);
  }

  boundsOf(route: Route): L.LatLngBounds | null {
    const points = route.segments.flatMap((segment) => latLngs(segment.line));
    return points.length > 0 ? L.latLngBounds(points) : null;
  }
}

/** Relations between located places, drawn as thin lines on the pages that ask for them. */
export class RelationLayer {
  readonly #group = L.layerGroup();
  /** The places that have any. */
  #related: readonly number[] | undefined;

  constructor(
    readonly map: L.Map,
    readonly model: Model,
    readonly store: Store,
  ) {
    this.#group.addTo(map);
    store.listen((state, changed) => {
      if (any(changed, "off", "chosen", ...CHOOSING)) this.draw(state);
    });
    map.on("zoomend", () => this.draw(store.state));
    this.draw(store.state);
  }

  #withRelations(): number[] {
    const column = this.model.payload.sites.column("relations");
    const says = column.words.map((word) => word !== "");
    const related: number[] = [];
    for (let index = 0; index < column.count; index += 1) if (says[column.codeOf(index)]) related.push(index);
    return related;
  }

  draw(state: State): void {
    this.#group.clearLayers();
    const { page, terms } = this.model.payload;
    if (page.relations.length === 0 || state.off.has("relations") || !this.model.isOn("sites", state)) return;
    const { sites } = this.model.payload;
    const chosenSites = this.model.chosenSites(state);
    const shown = (index: number): LocatedSite | null => {
      const site = index >= 0 && chosenSites.has(index) && sites.isLocated(index) ? sites.site(index) : null;
      return site && isLocated(site) ? site : null;
    };
    // Of a million places a few have relations: these are looked for once.
    this.#related ??= this.#withRelations();
    const chosen = state.chosen?.type === "sites" ? state.chosen.id : null;
    const heads = Object.keys(terms.route_kinds).length;
    for (const index of this.#related) {
      const site = shown(index);
      for (const relation of site?.relations ?? []) {
        const stroke = page.relations.indexOf(relation.relation);
        const other = shown(sites.indexOf(relation.other));
        if (!site || !relation.outgoing || stroke < 0 || !other) continue;
        const mine = site.id === chosen || other.id === chosen;
        const trim = (end: typeof site): number => (isArea(end) ? (end.precision_m ?? 0) : 0);
        const whole = arc(site.point, other.point, 0.08, [trim(site), trim(other)]);
        if (pixelsApart(whole[0] ?? site.point, whole.at(-1) ?? other.point, this.map.getZoom()) < SHORTEST_PX) continue;
        const way = shortened(whole, headLength(0), this.map.getZoom());
        const line = L.polyline(latLngs(way), {
          renderer: renderer(this.map, "relations"), pane: "relations", smoothFactor: 0, noClip: true, interactive: false,
          color: mine ? ACCENT : INK, weight: mine ? 2.2 : 1.1, opacity: mine ? 1 : chosen ? 0.3 : 0.55,
          dashArray: RELATION_STROKES[stroke % RELATION_STROKES.length] ?? "",
        });
        this.#group.addLayer(line);
        arrow(line, mine ? heads + 1 : heads);
      }
    }
  }
}
