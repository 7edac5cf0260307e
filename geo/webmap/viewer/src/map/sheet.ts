/** The Leaflet map itself: its sheet, its panes, and moving it so that a record can be seen. */

import L from "leaflet";

import { svg } from "../dom.ts";
import { boundsOf } from "../geometry.ts";
import type { Payload, Position } from "../payload.ts";
import { ACCENT, INK, colour } from "../symbols.ts";

/** Drawing order, bottom to top; each pane is drawn by its own SVG. */
const PANES = { land: 210, areas: 220, water: 230, periods: 320, relations: 330, routes: 340, circles: 350, labels: 360, crowds: 600, chosen: 640 } as const;
export type Pane = keyof typeof PANES;

export const HATCH = "memorial-none";
export const MAX_ZOOM = 13;
/** The map goes out as far as this, and farther where the page opens with more of the Earth. */
const LEAST_ZOOM = 5;

export function quiet(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Leaflet wants latitude first; the data has longitude first. Swapped here and nowhere else. */
export function latLng([lon, lat]: Position): L.LatLngTuple {
  return [lat, lon];
}

export function latLngs(line: readonly Position[]): L.LatLngTuple[] {
  return line.map(latLng);
}

export function latLngBounds([west, south, east, north]: readonly [number, number, number, number]): L.LatLngBounds {
  return L.latLngBounds([south, west], [north, east]);
}

/** The printed sheet: all that the backdrop covers, and no less than the page asks for. */
export function sheetBounds(payload: Payload): L.LatLngBounds {
  const sheet = latLngBounds(payload.page.bounds);
  const land = boundsOf(payload.backdrop.land.flat(2));
  return land ? sheet.extend(latLngBounds(land)) : sheet.pad(0.4);
}

export function openMap(element: HTMLElement, payload: Payload, covered: Covered): L.Map {
  const sheet = sheetBounds(payload);
  const still = payload.page.cover;
  const map = L.map(element, {
    zoomControl: false,
    attributionControl: false,
    zoomSnap: 0.25,
    wheelPxPerZoomLevel: 110,
    maxZoom: MAX_ZOOM,
    maxBounds: sheet.pad(0.35),
    maxBoundsViscosity: 0.9,
    zoomAnimation: !quiet(),
    fadeAnimation: false,
    markerZoomAnimation: !quiet(),
    inertia: !quiet(),
    ...(still ? { dragging: false, scrollWheelZoom: false, doubleClickZoom: false, touchZoom: false, boxZoom: false, keyboard: false } : {}),
  });
  for (const [name, order] of Object.entries(PANES)) {
    const pane = map.createPane(name);
    pane.style.zIndex = String(order);
    pane.setAttribute("aria-hidden", "true");
  }
  map.getPane("markerPane")?.setAttribute("aria-hidden", "true");
  map.getPane("tooltipPane")?.setAttribute("aria-hidden", "true");
  showWhole(map, payload, covered, false);
  return map;
}

const renderers = new WeakMap<L.Map, Map<Pane, L.SVG>>();
/** The SVG renderer of a pane of a map. */
export function renderer(map: L.Map, pane: Pane): L.SVG {
  const own = renderers.get(map) ?? new Map<Pane, L.SVG>();
  renderers.set(map, own);
  const found = own.get(pane) ?? L.svg({ pane, padding: 0.4 });
  own.set(pane, found);
  return found;
}

/** Arrowheads by size: one for thin lines, one for each class of width. They begin where the line ends. */
const HEADS_PX: readonly number[] = [10, 10, 12, 14, 17, 20];

/** How many pixels an arrowhead reaches beyond the end of its line. */
export function headLength(size: number): number {
  return (HEADS_PX[size] ?? 10) * 0.75;
}

/** Arrowheads and hatches that the drawings refer to, by ids of our own. */
export function definitions(arrows: readonly string[]): SVGSVGElement {
  const heads = arrows.flatMap((tint, index) =>
    HEADS_PX.map((px, size) =>
      svg(
        "marker",
        { id: arrowId(index, size), viewBox: "0 0 10 10", refX: 2, refY: 5, markerWidth: px, markerHeight: px, markerUnits: "userSpaceOnUse", orient: "auto" },
        svg("path", { d: "M0.5 0.8L9.5 5L0.5 9.2L2.4 5Z", fill: tint }),
      ),
    ),
  );
  const hatch = svg(
    "pattern",
    { id: HATCH, width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { width: 8, height: 8, fill: "#f6f3ec" }),
    svg("path", { d: "M0 0V8", stroke: "#d3cab6", "stroke-width": 1.6 }),
  );
  return svg("svg", { class: "definitions", width: 0, height: 0, "aria-hidden": "true" }, svg("defs", {}, hatch, ...heads));
}

/** Which arrowhead goes with a colour: the route kinds in order, then ink, then the accent. */
export function arrowColours(payload: Payload): string[] {
  return [...Object.values(payload.terms.route_kinds).map((term) => colour(term.colour)), INK, ACCENT];
}

export function arrowId(index: number, size: number): string {
  return `memorial-${index}-${size}`;
}

/** Pixels at the edges of the map that something else covers: left, top, right, bottom. */
export type Covered = [number, number, number, number];

/** Show the extent that the page opens with. */
export function showWhole(map: L.Map, payload: Payload, [left, top, right, bottom]: Covered, animate: boolean): void {
  const bounds = latLngBounds(payload.page.bounds);
  map.setMinZoom(0);
  map.setMinZoom(Math.min(LEAST_ZOOM, map.getBoundsZoom(bounds, false, L.point(left + right, top + bottom))));
  map.fitBounds(bounds, {
    paddingTopLeft: [left, top],
    paddingBottomRight: [right, bottom],
    animate: animate && !quiet(),
  });
}

/** Bring bounds into the part of the map that can be seen. */
export function show(map: L.Map, bounds: L.LatLngBounds, covered: Covered, maxZoom: number): void {
  const room = 36;
  map.fitBounds(bounds, {
    paddingTopLeft: [covered[0] + room, covered[1] + room],
    paddingBottomRight: [covered[2] + room, covered[3] + room],
    maxZoom,
    animate: !quiet(),
  });
}

/** Move the map just enough that a point is not covered; no change of scale. */
export function uncover(map: L.Map, point: L.LatLngExpression, covered: Covered): void {
  map.panInside(point, {
    paddingTopLeft: [covered[0] + 60, covered[1] + 60],
    paddingBottomRight: [covered[2] + 60, covered[3] + 60],
    animate: !quiet(),
  });
}
