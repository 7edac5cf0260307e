/**
 * Choosing corners on the map, one after the other: by a click, a tap, or the middle of the map that the arrow keys move.
 * Nothing needs to be dragged.
 */

import L from "leaflet";

import { el, replace } from "../dom.ts";
import { latLng, latLngs, renderer } from "../map/sheet.ts";
import type { State, Store } from "../state.ts";
import { say } from "../words.ts";
import { OUTLINE } from "./layer.ts";
import { crossing } from "./polygon.ts";
import type { Region } from "./region.ts";

export type Drawn = "box" | "outline";
type Corner = readonly [number, number];

/** A corner that is touched again within so many pixels closes the outline, or is the same one. */
const REACH_PX = 18;
/** Decimals of degrees: ten metres, finer than a pixel of the closest view. */
const PLACES = 4;
/** More corners than an address should have to hold. */
const MOST = 100;

/** What the map lends to the pen. */
export interface Board {
  map: L.Map;
  /** The part of the map that nothing covers. */
  seen: () => L.LatLngBounds;
}

function rounded(degrees: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, Number(degrees.toFixed(PLACES))));
}

export class Pen {
  readonly bar = el("div", { class: "pen", role: "group", hidden: true });
  readonly #lead = el("p");
  readonly #told = el("p", { class: "pen-told", role: "status" });
  readonly #middle = el("button", { type: "button", class: "plain", click: () => this.#addMiddle() });
  readonly #back = el("button", { type: "button", class: "plain", click: () => this.#takeBack() });
  readonly #finish = el("button", { type: "button", class: "plain", click: () => this.#end() });
  readonly #cancel = el("button", { type: "button", class: "plain", click: () => this.stop() });
  readonly #cross = el("span", { class: "pen-cross", "aria-hidden": "true" });
  #board: Board | null = null;
  #lines: L.LayerGroup | null = null;
  #what: Drawn | null = null;
  #corners: Corner[] = [];
  #pointer: Corner | null = null;
  #crosses = false;
  #done: (drawn: boolean) => void = () => undefined;

  constructor(
    readonly store: Store,
    /** Told when drawing begins, so that the map is there to be drawn on. */
    readonly onBegin: () => void,
  ) {
    this.bar.append(this.#lead, this.#told, el("p", { class: "pen-ways" }, this.#middle, this.#back, this.#finish, this.#cancel));
    store.listen((state, changed) => {
      if (changed.has("language")) this.#draw(state);
      if (this.#what && (changed.has("chapter") || changed.has("tab"))) this.stop();
    });
  }

  /** The map is there. */
  lay(board: Board): void {
    this.#board = board;
    const { map } = board;
    const container = map.getContainer();
    container.append(this.#cross);
    // Before the map and its signs hear of it: while corners are chosen, nothing else is.
    container.addEventListener("click", (event) => this.#clicked(event), true);
    container.addEventListener("keydown", (event) => this.#pressed(event), true);
    this.bar.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.stop();
    });
    map.on("mousemove", ({ latlng }) => {
      if (!this.#what || this.#corners.length === 0) return;
      this.#pointer = [latlng.lng, latlng.lat];
      this.#trace();
    });
  }

  /** What the map shows now, as a box. */
  view(): Region | null {
    if (!this.#board) return null;
    const seen = this.#board.seen();
    const [west, south, east, north] = [rounded(seen.getWest(), 180), rounded(seen.getSouth(), 90), rounded(seen.getEast(), 180), rounded(seen.getNorth(), 90)];
    return { type: "box", box: [west, south, east, north] };
  }

  /** Show an area whole, when it does not lie in what the map shows. */
  show(bounds: L.LatLngBounds): void {
    const board = this.#board;
    if (board && !board.seen().contains(bounds)) board.map.fitBounds(bounds, { animate: false, padding: [24, 24] });
  }

  begin(what: Drawn, done: (drawn: boolean) => void): void {
    if (!this.#board) return;
    const { map } = this.#board;
    this.#done = done;
    [this.#what, this.#corners, this.#pointer, this.#crosses] = [what, [], null, false];
    this.#lines ??= L.layerGroup().addTo(map);
    map.doubleClickZoom.disable();
    this.onBegin();
    document.body.classList.add("drawing");
    this.bar.hidden = false;
    this.#draw(this.store.state);
    this.#place();
    // What lies over the map may still be on its way down.
    window.requestAnimationFrame(this.#place);
    document.addEventListener("transitionend", this.#place);
    map.on("resize", this.#place);
    this.#middle.focus({ preventScroll: true });
  }

  /** Leave off, with nothing chosen. */
  stop(): void {
    this.#close(false);
  }

  #close(drawn: boolean): void {
    if (!this.#what || !this.#board) return;
    this.#what = null;
    this.#lines?.clearLayers();
    document.removeEventListener("transitionend", this.#place);
    this.#board.map.off("resize", this.#place).doubleClickZoom.enable();
    document.body.classList.remove("drawing");
    this.bar.hidden = true;
    this.#done(drawn);
  }

  /** The cross stands in the middle of what can be seen. */
  readonly #place = (): void => {
    if (!this.#board) return;
    const { map, seen } = this.#board;
    const bounds = seen();
    const [first, last] = [map.latLngToContainerPoint(bounds.getNorthWest()), map.latLngToContainerPoint(bounds.getSouthEast())];
    const bar = this.bar.getBoundingClientRect();
    const { top, width } = map.getContainer().getBoundingClientRect();
    const under = bar.width > width / 2 ? Math.max(first.y, bar.bottom - top) : first.y;
    this.#cross.style.left = `${Math.round((first.x + last.x) / 2)}px`;
    this.#cross.style.top = `${Math.round((under + last.y) / 2)}px`;
  };

  #clicked(event: MouseEvent): void {
    if (!this.#what || !this.#board || !(event.target instanceof Element) || event.target.closest(".pen, .controls, .legend")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { map } = this.#board;
    // A map that was moved was not clicked.
    const moved = (map.dragging as unknown as { moved?: () => boolean } | undefined)?.moved?.() ?? false;
    if (!moved) this.#add(map.mouseEventToLatLng(event));
  }

  #pressed(event: KeyboardEvent): void {
    if (!this.#what) return;
    const act = { Enter: () => this.#addMiddle(), Backspace: () => this.#takeBack(), Escape: () => this.stop() }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  #addMiddle(): void {
    const { x, y } = { x: parseFloat(this.#cross.style.left), y: parseFloat(this.#cross.style.top) };
    if (this.#board) this.#add(this.#board.map.containerPointToLatLng([x, y]));
  }

  #isAt(corner: Corner | undefined, at: L.LatLng): boolean {
    if (!corner || !this.#board) return false;
    const { map } = this.#board;
    return map.latLngToContainerPoint(latLng(corner)).distanceTo(map.latLngToContainerPoint(at)) <= REACH_PX;
  }

  #add(at: L.LatLng): void {
    const corners = this.#corners;
    if (this.#isAt(corners.at(-1), at)) {
      if (corners.length > 2) this.#end();
      return;
    }
    if (this.#what === "outline" && corners.length > 2 && this.#isAt(corners[0], at)) return this.#end();
    if (corners.length >= MOST) return;
    corners.push([rounded(at.lng, 180), rounded(at.lat, 90)]);
    this.#crosses = false;
    if (this.#what === "box" && this.#corners.length === 2) return this.#end();
    this.#draw(this.store.state);
  }

  #takeBack(): void {
    this.#corners.pop();
    this.#crosses = false;
    this.#draw(this.store.state);
    if (this.#back.disabled && document.activeElement === document.body) this.#middle.focus({ preventScroll: true });
  }

  #region(): Region | null {
    const [one, other] = this.#corners;
    if (!one || !other) return null;
    if (this.#what === "box") {
      return { type: "box", box: [Math.min(one[0], other[0]), Math.min(one[1], other[1]), Math.max(one[0], other[0]), Math.max(one[1], other[1])] };
    }
    const ring = [...this.#corners, one];
    return this.#corners.length > 2 && crossing(ring) === null ? { type: "outline", ring } : null;
  }

  #end(): void {
    const region = this.#region();
    this.#crosses = region === null && this.#corners.length > 2;
    if (!region) return this.#draw(this.store.state);
    this.#close(true);
    this.store.set({ region });
  }

  /** The line so far, and on to the pointer. */
  #trace(): void {
    const lines = this.#lines;
    if (!lines || !this.#board) return;
    lines.clearLayers();
    const options = { ...OUTLINE, renderer: renderer(this.#board.map, "region") };
    const [first] = this.#corners;
    const to = this.#pointer;
    if (first && to && this.#what === "box") lines.addLayer(L.rectangle([latLng(first), latLng(to)], options));
    else if (first) lines.addLayer(L.polygon(latLngs([...this.#corners, ...(to ? [to] : [])]), options));
    for (const corner of this.#corners) lines.addLayer(L.circleMarker(latLng(corner), { ...options, radius: 4, dashArray: "", fillOpacity: 1 }));
  }

  #draw({ language }: State): void {
    if (!this.#what) return;
    const n = this.#corners.length;
    this.bar.setAttribute("aria-label", say(language, `region.draw.${this.#what}`));
    this.#lead.textContent = say(language, `draw.${this.#what}`);
    // On a small screen what to do gives way to the map, once it is being done.
    this.bar.classList.toggle("begun", n > 0);
    this.#told.textContent = this.#crosses ? say(language, "draw.crosses") : say(language, "draw.corners", { n });
    replace(this.#middle, say(language, "draw.middle"));
    replace(this.#back, say(language, "draw.back"));
    replace(this.#finish, say(language, "draw.finish"));
    replace(this.#cancel, say(language, "draw.cancel"));
    this.#back.disabled = n === 0;
    this.#finish.hidden = this.#what === "box";
    this.#finish.disabled = n < 3;
    this.#trace();
  }
}
