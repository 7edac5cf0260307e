/** What the layers of places have in common, whether they draw a few signs or a million: tints, names, areas, and what a press does. */

import L from "leaflet";

import { el } from "../dom.ts";
import { type Called, type Model, isArea, siteNames } from "../model.ts";
import type { Position, Site } from "../payload.ts";
import type { Store } from "../state.ts";
import { NEUTRAL, type SignLook, colour, sign } from "../symbols.ts";
import { say } from "../words.ts";
import { SIGN_PX } from "./ink.ts";
import { type LocatedSite, radiusPixels } from "./layout.ts";
import { type Covered, MAX_ZOOM, latLng, latLngBounds, renderer, show } from "./sheet.ts";

/** Where the colour of a place would tell what is not stated. */
export const UNSTATED = "#cfc8b8";

/** The tint of a kind or of a zone, whichever the page colours by; null where a place states no zone. */
function tintOfWord(word: string, { payload: { page, terms } }: Model): string | null {
  if (page.colour_by === "zone") return word ? colour(terms.zones[word]?.colour, NEUTRAL) : null;
  return colour(terms.kinds[word]?.colour, NEUTRAL);
}

/** The tint of a place on this page: by its kind, or by its zone where the page says so. */
export function tintOf(site: Pick<Site, "kind" | "zone">, model: Model): string | null {
  return tintOfWord(model.payload.page.colour_by === "zone" ? (site.zone ?? "") : site.kind, model);
}

/** The tints of a page, and which of them each place has. */
export function tintsOf(model: Model): { tints: readonly (string | null)[]; byIndex: Uint8Array } {
  const column = model.payload.sites.column(model.payload.page.colour_by === "zone" ? "zone" : "kind");
  const words = column.words.map((word) => tintOfWord(word, model));
  const tints = [...new Set(words)];
  return { tints, byIndex: column.spread(words.map((tint) => tints.indexOf(tint))) };
}

export function lookOf(rough: boolean, tint: string | null): SignLook {
  return rough ? "area" : tint === null ? "blank" : "exact";
}

/** The sign of a place as list, map and card draw it. */
export function siteSign(site: Pick<Site, "kind" | "zone" | "basis"> & { point: unknown }, model: Model, size: number): SVGSVGElement {
  const tint = tintOf(site, model);
  const look = lookOf(site.point === null || isArea(site as Site), tint);
  return sign(model.payload.terms.kinds[site.kind]?.symbol ?? "circle", tint ?? NEUTRAL, size, look);
}

/** The name beside the pointer; of what is drawn faint, also why. */
export function calledHere(site: Site, maybe: boolean, { state: { language } }: Store): Called {
  const [name] = siteNames(site, language);
  return maybe ? { ...name, text: `${name.text} (${say(language, "time.possibly")})` } : name;
}

export function choose(store: Store, id: string): void {
  store.set({ chosen: { type: "sites", id, from: "map" }, crowd: [] });
}

/** An element with its middle at a place; it takes no press but what it holds may. */
export function markerAt(at: Position, content: HTMLElement, options: L.MarkerOptions = {}): L.Marker {
  const icon = L.divIcon({ html: el("span", { class: "spot-in" }, content), className: "spot", iconSize: [0, 0] });
  return L.marker(latLng(at), { icon, keyboard: false, interactive: false, ...options });
}

/** The area that a place lies in: dashed, nothing at its centre. */
export function circleOf(map: L.Map, site: LocatedSite, tint: string, options: L.CircleMarkerOptions): L.Circle {
  // An area that is larger than the window is only an outline: filled, it would tint all there is to see.
  const size = map.getSize();
  const fill = radiusPixels(site, map.getZoom()) < Math.max(size.x, size.y) / 2;
  return L.circle(latLng(site.point), {
    renderer: renderer(map, "circles"), pane: "circles", radius: site.precision_m ?? 0,
    color: tint, fillColor: tint, weight: 1.2, dashArray: "5 4", opacity: 0.75, fillOpacity: 0.06, fill, ...options,
  });
}

/** A ring with the sign of a place that has no element of its own on the map; `name` stands above it. */
export function ringOf(site: LocatedSite, at: Position, look: "chosen" | "hint", model: Model, name: Called | null = null): L.Marker {
  const label = name ? el("span", { class: "name", lang: name.language }, name.text) : null;
  const node = el("span", { class: `one ring ${look}${name ? " called" : ""}` }, siteSign(site, model, SIGN_PX), label);
  return markerAt(at, node, { pane: "chosen" });
}

/** A group was pressed: come closer, until its places part; where they never do, they are listed to choose from. */
export function openGroup(
  map: L.Map, store: Store, covered: Covered,
  group: { at: Position; reach: readonly [number, number, number, number]; together: boolean; ids: () => string[] },
): void {
  if (group.together || map.getZoom() >= MAX_ZOOM) {
    store.set({ crowd: group.ids(), chosen: null });
    return;
  }
  const box = latLngBounds(group.reach);
  const fitting = map.getBoundsZoom(box.pad(0.25));
  const closer = Math.max(map.getZoom() + 1, Math.min(MAX_ZOOM, fitting));
  if (closer > fitting) map.setView(latLng(group.at), closer);
  else show(map, box, covered, MAX_ZOOM);
}
