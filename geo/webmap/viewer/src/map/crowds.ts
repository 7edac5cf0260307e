/**
 * Very many places on the map, on one canvas: the same signs, groups and areas as those of a few hundred (signs.ts). A place that
 * lies alone and is known only roughly is drawn as its area; where many lie close, their number tells more than their circles.
 */

import L from "leaflet";

import { el } from "../dom.ts";
import { metresPerPixel, toPixels } from "../geometry.ts";
import type { Model } from "../model.ts";
import type { Position } from "../payload.ts";
import { CHOOSING, type State, type Store, any } from "../state.ts";
import { ACCENT, NEUTRAL } from "../symbols.ts";
import { say } from "../words.ts";
import { type Bunch, Bunches, type Shown } from "./bunches.ts";
import { Ink, SLOT_PX, type Sign } from "./ink.ts";
import { type Box, type Circle, type LocatedSite, circlesAt, drawnToScale, fillsPixels, isLocated, overlap } from "./layout.ts";
import { UNSTATED, calledHere, choose, circleOf, lookOf, openGroup, ringOf, tintsOf } from "./places.ts";
import { type Points, type WorldBox, latOf, lonOf } from "./points.ts";
import type { Covered } from "./sheet.ts";

/** From so many located places on, the page draws on a canvas; below, each sign is an element. */
export const MANY = 2000;
/** How much of the map beyond the window is drawn too, so that it can be moved. */
const MARGIN = 0.25;
const WORLD_PX = 256;
/** How far from the middle of a sign a press still means it. */
const REACH_PX = 14;
/** A press that moves farther than this moves the map. */
const SLIP_PX = 5;
/** Dots on a sheet of paper need more than those of a screen. */
const PAPER_RATIO = 3;

/** A place drawn by itself: alone, in a tray, or on the rim of its area. */
interface Stand {
  index: number;
  x: number;
  y: number;
  onRim: boolean;
}

type Hit = { index: number } | { bunch: Bunch };

export class CrowdLayer {
  readonly #points: Points;
  readonly #bunches: Bunches;
  /** For questions about other scales; the groups on the map stay as they are. */
  #trial: Bunches | undefined;
  readonly #tints: ReturnType<typeof tintsOf>;
  readonly #canvas = el("canvas", { class: "crowds leaflet-zoom-animated" });
  readonly #ink: Ink;
  readonly #areas = L.layerGroup();
  readonly #emphasis = L.layerGroup();
  #shown: { state: State; shown: Shown } | null = null;
  #groups: Bunch[] = [];
  readonly #stands = new Map<number, Stand>();
  /** North-western corner of the canvas in pixels of the world at the scale it was drawn for. */
  #corner = L.point(0, 0);
  #zoom = 0;
  #over: Hit | null = null;

  constructor(
    readonly map: L.Map,
    readonly model: Model,
    readonly store: Store,
    readonly covered: () => Covered,
    readonly settled: (boxes: readonly Box[]) => void,
    points: Points,
  ) {
    this.#points = points;
    this.#bunches = new Bunches(points);
    this.#tints = tintsOf(model);
    const pane = map.getPane("crowds") as HTMLElement;
    pane.append(this.#canvas);
    this.#ink = new Ink(this.#canvas.getContext("2d") as CanvasRenderingContext2D, () => getComputedStyle(pane).fontFamily);
    this.#areas.addTo(map);
    this.#emphasis.addTo(map);
    map.on("moveend", () => this.#draw());
    map.on("zoomanim", ({ center, zoom }) => this.#follow(center, zoom));
    map.on("zoom", () => this.#follow(map.getCenter(), map.getZoom()));
    store.listen((state, changed) => {
      if (any(changed, "off", "language", ...CHOOSING)) this.#draw();
      else if (any(changed, "chosen", "hint")) this.#emphasise(state);
    });
    // Letters that come late are other letters than those that were measured.
    document.fonts.addEventListener("loadingdone", () => {
      this.#ink.forget();
      this.#shown = null;
      this.#draw();
    });
    this.#listen();
    this.#draw();
  }

  /** Whether a place has a sign of its own at a scale, or stands beside others at one point. */
  standsAlone(id: string, zoom: number): boolean {
    const index = this.model.payload.sites.indexOf(id);
    const { lon, lat } = this.model.payload.sites;
    const [x, y] = toPixels([lon[index] ?? 0, lat[index] ?? 0], zoom);
    const world = WORLD_PX * 2 ** zoom;
    const around: WorldBox = [(x - 200) / world, (y - 200) / world, (x + 200) / world, (y + 200) / world];
    this.#trial ??= new Bunches(this.#points);
    const groups = this.#trial.at(zoom, around, this.#look(this.store.state));
    return groups.some((group) => group.look !== "crowd" && this.#trial?.indexes(group).includes(index));
  }

  /** What is drawn of each place; the same until something of it changes. */
  #look(state: State): Shown {
    const known = this.#shown;
    if (known && (["off", "language", ...CHOOSING] as const).every((key) => known.state[key] === state[key])) return known.shown;
    const { mask } = this.model.chosenSites(state);
    const shown: Shown = { mask, tint: this.#tints.byIndex, tints: this.#tints.tints.length, widthOf: (count) => this.#ink.widthOf(this.#words(count, state)) };
    this.#shown = { state, shown };
    return shown;
  }

  #words(count: number, { language }: State): string {
    return say(language, "count.places", { n: count });
  }

  #draw(): void {
    const { state } = this.store;
    const zoom = this.map.getZoom();
    this.#spread();
    const { x, y } = this.#corner;
    const [width, height] = [this.#canvas.clientWidth, this.#canvas.clientHeight];
    const world = WORLD_PX * 2 ** zoom;
    const view: Box = { left: x, top: y, right: x + width, bottom: y + height };
    const found = this.model.isOn("sites", state)
      ? this.#bunches.at(zoom, [view.left / world, view.top / world, view.right / world, view.bottom / world], this.#look(state)) : [];
    this.#groups = found.filter((group) => overlap(group.box, view));
    this.#stands.clear();
    const alone: LocatedSite[] = [];
    for (const group of this.#groups) {
      if (group.look === "crowd") continue;
      const [left, top] = [(group.box.left + group.box.right) / 2 - ((group.count - 1) * SLOT_PX) / 2, (group.box.top + group.box.bottom) / 2];
      const area = group.look === "sign" ? this.#areaOf(group, zoom) : null;
      if (area) alone.push(area);
      else for (const [slot, index] of this.#bunches.indexes(group).entries()) this.#stands.set(index, { index, x: left + slot * SLOT_PX, y: top, onRim: false });
    }
    const clear = this.#groups.filter((group) => group.look !== "sign");
    const circles = circlesAt(alone, clear.map((group) => group.box), zoom);
    this.#drawAreas(circles, zoom);
    this.#paint(state);
    this.#emphasise(state);
    this.settled([...this.#groups.map((group) => group.box), ...circles.map((circle) => circle.box)]);
  }

  /** The place of a group of one, when it is to be drawn as its area. */
  #areaOf(group: Bunch, zoom: number): LocatedSite | null {
    const { sites } = this.model.payload;
    const [index = 0] = this.#bunches.indexes(group);
    const radius = sites.precision(index) / metresPerPixel(latOf(group.y), zoom);
    if (!fillsPixels(radius, sites.isArea(index))) return null;
    const site = sites.site(index);
    return isLocated(site) ? site : null;
  }

  #drawAreas(circles: readonly Circle[], zoom: number): void {
    this.#areas.clearLayers();
    for (const { site, rim } of circles) {
      const index = this.model.payload.sites.indexOf(site.id);
      const [x, y] = toPixels(rim, zoom);
      this.#stands.set(index, { index, x, y, onRim: true });
      const look = this.model.isMaybe(index, this.store.state) ? { opacity: 0.35, fillOpacity: 0.03 } : {};
      const circle = circleOf(this.map, site, this.#tintOf(index) ?? NEUTRAL, look);
      circle.on("click", (event) => {
        L.DomEvent.stop(event);
        choose(this.store, site.id);
      });
      circle.on("mouseover", () => this.store.set({ hint: site.id }));
      circle.on("mouseout", () => this.store.set({ hint: null }));
      this.#areas.addLayer(circle);
    }
  }

  #tintOf(index: number): string | null {
    return this.#tints.tints[this.#tints.byIndex[index] as number] ?? null;
  }

  #signOf(index: number, state: State): Sign {
    const { payload } = this.model;
    const { kind } = payload.sites;
    const tint = this.#tintOf(index);
    const symbol = payload.terms.kinds[kind.words[kind.codes[index] as number] ?? ""]?.symbol ?? "circle";
    return { symbol, tint: tint ?? NEUTRAL, look: lookOf(payload.sites.isArea(index), tint), faint: this.model.isMaybe(index, state) };
  }

  /** Lay the canvas over the window and its margin, at the scale of the map. */
  #spread(): void {
    const size = this.map.getSize();
    const ratio = document.body.classList.contains("printing") ? PAPER_RATIO : window.devicePixelRatio || 1;
    const margin = size.multiplyBy(MARGIN).round();
    const [width, height] = [size.x + 2 * margin.x, size.y + 2 * margin.y];
    const layer = this.map.containerPointToLayerPoint(L.point(0, 0)).subtract(margin).round();
    this.#corner = layer.add(this.map.getPixelOrigin());
    this.#zoom = this.map.getZoom();
    L.DomUtil.setTransform(this.#canvas, layer, 1);
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    // Giving it a size empties a canvas, also when the size is what it was.
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.#ink.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#ink.begin();
  }

  /** While the map changes its scale the drawing is stretched; it is drawn anew when the map rests. */
  #follow(centre: L.LatLng, zoom: number): void {
    const origin = this.map.project(centre, zoom).subtract(this.map.getSize().divideBy(2))
      .add(L.DomUtil.getPosition(this.map.getPane("mapPane") as HTMLElement)).round();
    const scale = this.map.getZoomScale(zoom, this.#zoom);
    L.DomUtil.setTransform(this.#canvas, this.#corner.multiplyBy(scale).subtract(origin), scale);
  }

  #paint(state: State): void {
    const { context } = this.#ink;
    const { x, y } = this.#corner;
    const lit = this.#over && "bunch" in this.#over ? this.#over.bunch : null;
    context.clearRect(0, 0, this.#canvas.clientWidth, this.#canvas.clientHeight);
    for (const group of this.#groups) {
      const [left, top] = [(group.box.left + group.box.right) / 2 - x, (group.box.top + group.box.bottom) / 2 - y];
      if (group.look === "tray") this.#ink.ground(left, top, group.count * SLOT_PX + 4, 32);
      if (group.look !== "crowd") continue;
      const shares = [...group.tints].map((count, tint) => [this.#tints.tints[tint] ?? UNSTATED, count] as const).filter(([, count]) => count > 0);
      const faint = state.years !== null && this.#bunches.every(group, (index) => this.model.isMaybe(index, state));
      this.#ink.crowd(this.#words(group.count, state), shares.sort((a, b) => b[1] - a[1]), left, top, state.language, faint, group === lit);
    }
    const { sites } = this.model.payload;
    for (const { index, onRim, ...stand } of this.#stands.values()) {
      const rough = sites.isArea(index) ? (onRim ? "rim" : "middle") : null;
      this.#ink.sign(this.#signOf(index, state), stand.x - x, stand.y - y, rough);
    }
  }

  // --- the pointer ------------------------------------------------------------------------------------------------------

  /** What lies under the pointer; signs lie above groups. */
  #hit(event: MouseEvent): Hit | null {
    const point = this.map.mouseEventToLayerPoint(event).add(this.map.getPixelOrigin());
    let best: { index: number; far: number } | null = null;
    for (const { index, x, y } of this.#stands.values()) {
      const far = Math.hypot(point.x - x, point.y - y);
      if (far <= REACH_PX && (!best || far < best.far)) best = { index, far };
    }
    if (best) return best;
    const bunch = this.#groups.find(({ look, box }) => look === "crowd" && point.x >= box.left && point.x <= box.right && point.y >= box.top && point.y <= box.bottom);
    return bunch ? { bunch } : null;
  }

  /** The canvas takes no press, so that what lies under it can: presses are looked at before anybody else hears of them. */
  #listen(): void {
    const container = this.map.getContainer();
    let pressed = { x: 0, y: 0 };
    container.addEventListener("pointerdown", ({ x, y }) => (pressed = { x, y }), { capture: true });
    container.addEventListener("click", (event) => {
      const dragged = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > SLIP_PX;
      const hit = dragged ? null : this.#hit(event);
      if (!hit) return;
      event.stopPropagation();
      this.#point(null);
      if ("index" in hit) choose(this.store, this.model.payload.sites.id(hit.index));
      else this.#open(hit.bunch);
    }, { capture: true });
    container.addEventListener("mousemove", (event) => this.#point(event.buttons === 0 ? this.#hit(event) : null));
    container.addEventListener("mouseleave", () => this.#point(null));
  }

  /** The pointer is over something else than before. */
  #point(hit: Hit | null): void {
    const before = this.#over;
    const same = (before && "index" in before ? before.index : before?.bunch) === (hit && "index" in hit ? hit.index : hit?.bunch);
    if (same) return;
    this.#over = hit;
    this.map.getContainer().classList.toggle("over-sign", hit !== null);
    if ((before && "bunch" in before) || (hit && "bunch" in hit)) this.#paint(this.store.state);
    this.store.set({ hint: hit && "index" in hit ? this.model.payload.sites.id(hit.index) : null });
  }

  #open(bunch: Bunch): void {
    const { sites } = this.model.payload;
    const [west, north, east, south] = this.#bunches.reach(bunch);
    openGroup(this.map, this.store, this.covered(), {
      at: [lonOf(bunch.x), latOf(bunch.y)], reach: [lonOf(west), latOf(south), lonOf(east), latOf(north)], together: bunch.together,
      ids: () => this.#bunches.indexes(bunch).map((index) => sites.id(index)),
    });
  }

  // --- what stands out --------------------------------------------------------------------------------------------------

  #emphasise(state: State): void {
    this.#emphasis.clearLayers();
    if (!this.model.isOn("sites", state)) return;
    const { sites } = this.model.payload;
    const chosen = state.chosen?.type === "sites" ? state.chosen.id : null;
    for (const id of new Set([state.hint, chosen])) {
      const index = id === null ? -1 : sites.indexOf(id);
      const site = index < 0 ? null : sites.site(index);
      if (!site || !isLocated(site)) continue;
      const look = id === chosen ? "chosen" : "hint";
      if (drawnToScale(site, this.map.getZoom())) {
        const weight = look === "chosen" ? 2.4 : 1.8;
        circleOf(this.map, site, ACCENT, { weight, fillOpacity: 0.08, opacity: 1, interactive: false }).addTo(this.#emphasis);
      }
      const stand = this.#stands.get(index);
      const over = this.#over && "index" in this.#over && this.#over.index === index;
      const name = over ? calledHere(site, this.model.isMaybe(index, state), this.store) : null;
      this.#emphasis.addLayer(ringOf(site, stand ? this.#placeOf(stand) : site.point, look, this.model, name));
    }
  }

  #placeOf({ x, y }: Stand): Position {
    const { lat, lng } = this.map.unproject(L.point(x, y), this.#zoom);
    return [lng, lat];
  }
}
