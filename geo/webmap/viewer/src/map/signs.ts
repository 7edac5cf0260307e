/** Places on the map: signs, groups of signs, and areas for what is known only roughly. */

import L from "leaflet";

import { el } from "../dom.ts";
import { timing } from "../find/timing.ts";
import { boundsOf } from "../geometry.ts";
import { type Called, type Model, isArea, siteNames } from "../model.ts";
import type { Site } from "../payload.ts";
import { CHOOSING, type State, type Store, any } from "../state.ts";
import { ACCENT, NEUTRAL, type SignLook, colour, sign } from "../symbols.ts";
import { say } from "../words.ts";
import { type Box, type Circle, type Group, type LocatedSite, type Spot, drawnToScale, isLocated, radiusPixels, spotsAt } from "./layout.ts";
import { type Covered, MAX_ZOOM, latLng, latLngBounds, renderer, show } from "./sheet.ts";
import { tip } from "./tip.ts";

const SIGN_PX = 17;

/** The tint of a place on this page: by its kind, or by its zone where the page says so. */
export function tintOf(site: Pick<Site, "kind" | "zone">, model: Model): string | null {
  const { page, terms } = model.payload;
  if (page.colour_by === "zone") return site.zone ? colour(terms.zones[site.zone]?.colour, NEUTRAL) : null;
  return colour(terms.kinds[site.kind]?.colour, NEUTRAL);
}

/** The sign of a place as list, map and card draw it. */
export function siteSign(site: Pick<Site, "kind" | "zone" | "basis"> & { point: unknown }, model: Model, size: number): SVGSVGElement {
  const tint = tintOf(site, model);
  const rough = site.point === null || isArea(site as Site);
  const look: SignLook = rough ? "area" : tint === null ? "blank" : "exact";
  return sign(model.payload.terms.kinds[site.kind]?.symbol ?? "circle", tint ?? NEUTRAL, size, look);
}

export class SignLayer {
  readonly #drawn = new Map<string, L.Layer[]>();
  /** The sign of each place that is drawn on its own or side by side with others. */
  readonly #signs = new Map<string, HTMLElement>();
  readonly #emphasis = L.layerGroup();
  #spots: { key: string; spots: readonly Spot[] } = { key: "", spots: [] };
  #version = 0;

  constructor(
    readonly map: L.Map,
    readonly model: Model,
    readonly store: Store,
    readonly covered: () => Covered,
    /** Told where the signs stand, in pixels of the zoomed world, so that names of towns can keep clear of them. */
    readonly settled: (boxes: readonly Box[]) => void,
  ) {
    this.#emphasis.addTo(map);
    map.on("moveend", () => this.#draw());
    store.listen((state, changed) => {
      if (any(changed, "off", "language", ...CHOOSING)) {
        this.#version += 1;
        this.#draw();
      }
      else if (any(changed, "chosen", "hint")) this.#emphasise(state);
    });
    this.#draw();
  }

  #draw(): void {
    const { state } = this.store;
    const zoom = this.map.getZoom();
    const key = `${this.#version} ${zoom}`;
    if (this.#spots.key !== key) {
      const sites = this.model.isOn("sites", state) ? this.model.sites.all(this.model.chosenSites(state)).filter(isLocated) : [];
      this.#spots = { key, spots: spotsAt(sites, zoom) };
    }
    const view = this.map.getBounds().pad(0.3);
    const wanted = new Set<string>();
    for (const spot of this.#spots.spots) {
      const inView = spot.type === "circle" ? this.#reach(spot.site).intersects(view) : view.contains(latLng(spot.at));
      if (!inView) continue;
      const id = spot.type === "circle" ? spot.site.id : spot.sites.map((site) => site.id).join();
      const name = `${this.#version} ${spot.type === "circle" ? `${zoom} ` : ""}${spot.type} ${id} ${spot.at.join()}`;
      wanted.add(name);
      if (!this.#drawn.has(name)) this.#drawn.set(name, this.#layers(spot).map((layer) => layer.addTo(this.map)));
    }
    for (const [name, layers] of this.#drawn) {
      if (wanted.has(name)) continue;
      for (const layer of layers) layer.remove();
      this.#drawn.delete(name);
    }
    for (const [id, sign] of this.#signs) if (!sign.isConnected) this.#signs.delete(id);
    this.#emphasise(state);
    this.settled(this.#spots.spots.map((spot) => spot.box));
  }

  #reach(site: LocatedSite): L.LatLngBounds {
    return L.latLng(latLng(site.point)).toBounds(2 * (site.precision_m ?? 0) + 1);
  }

  #layers(spot: Spot): L.Layer[] {
    if (spot.type === "circle") return this.#area(spot);
    const signs = (): HTMLElement[] => spot.sites.map((site) => this.#single(site));
    const content = spot.look === "crowd" ? this.#crowd(spot) : spot.look === "tray" ? el("span", { class: "tray" }, ...signs()) : signs()[0];
    return content ? [this.#marker(spot.at, content)] : [];
  }

  #marker(at: LocatedSite["point"], content: HTMLElement): L.Marker {
    const icon = L.divIcon({ html: el("span", { class: "spot-in" }, content), className: "spot", iconSize: [0, 0] });
    return L.marker(latLng(at), { icon, keyboard: false, interactive: false });
  }

  #choose(site: Site): void {
    this.store.set({ chosen: { type: "sites", id: site.id, from: "map" }, crowd: [] });
  }

  /** Whether a place lies in the chosen years only possibly. */
  #maybe(site: Site): boolean {
    const { years } = this.store.state;
    return years !== null && timing(site, years) === "possible";
  }

  /** The name beside the pointer; of what is drawn faint, also why. */
  #called(site: Site): Called {
    const { language } = this.store.state;
    const [name] = siteNames(site, language);
    return this.#maybe(site) ? { ...name, text: `${name.text} (${say(language, "time.possibly")})` } : name;
  }

  /** One sign that can be chosen. The list is the way for the keyboard; here the pointer is enough. */
  #single(site: LocatedSite, onRim = false): HTMLElement {
    const name = this.#called(site);
    const node = el(
      "span",
      {
        class: this.#maybe(site) ? "one maybe" : "one",
        click: (event) => {
          event.stopPropagation();
          this.#choose(site);
        },
        mouseenter: () => this.store.set({ hint: site.id }),
        mouseleave: () => this.store.set({ hint: null }),
      },
      isArea(site) && !onRim ? el("span", { class: "somewhere" }) : null,
      siteSign(site, this.model, isArea(site) ? SIGN_PX - 3 : SIGN_PX),
      el("span", { class: "name", lang: name.language }, name.text),
    );
    L.DomEvent.disableClickPropagation(node);
    this.#signs.set(site.id, node);
    return node;
  }

  /** The sign of a group: it says "12 places", and a band tells what they are. */
  #crowd(spot: Group): HTMLElement {
    const tints = new Map<string, number>();
    for (const site of spot.sites) {
      const tint = tintOf(site, this.model) ?? "#cfc8b8";
      tints.set(tint, (tints.get(tint) ?? 0) + 1);
    }
    const band = el("span", { class: "band" });
    for (const [tint, count] of [...tints].sort((a, b) => b[1] - a[1])) {
      const part = el("span");
      part.style.flexGrow = String(count);
      part.style.backgroundColor = tint;
      band.append(part);
    }
    const open = (event: Event): void => {
      event.stopPropagation();
      this.#open(spot);
    };
    const all = spot.sites.every((site) => this.#maybe(site));
    const pill = el("span", { class: all ? "crowd maybe" : "crowd", click: open }, say(this.store.state.language, "count.places", { n: spot.sites.length }), band);
    L.DomEvent.disableClickPropagation(pill);
    return pill;
  }

  #open(spot: Group): void {
    const bounds = boundsOf(spot.sites.map((site) => site.point));
    const nowhere = spot.together || this.map.getZoom() >= MAX_ZOOM;
    if (nowhere || !bounds) {
      this.store.set({ crowd: spot.sites.map((site) => site.id), chosen: null });
      return;
    }
    const box = latLngBounds(bounds);
    const closer = Math.max(this.map.getZoom() + 1, Math.min(MAX_ZOOM, this.map.getBoundsZoom(box.pad(0.25))));
    if (closer > this.map.getBoundsZoom(box.pad(0.25))) this.map.setView(latLng(spot.at), closer);
    else show(this.map, box, this.covered(), MAX_ZOOM);
  }

  #circle(site: LocatedSite, tint: string, options: L.CircleMarkerOptions): L.Circle {
    // An area that is larger than the window is only an outline: filled, it would tint all there is to see.
    const size = this.map.getSize();
    const fill = radiusPixels(site, this.map.getZoom()) < Math.max(size.x, size.y) / 2;
    return L.circle(latLng(site.point), {
      renderer: renderer(this.map, "circles"), pane: "circles", radius: site.precision_m ?? 0,
      color: tint, fillColor: tint, weight: 1.2, dashArray: "5 4", opacity: 0.75, fillOpacity: 0.06, fill, ...options,
    });
  }

  /** The area that a place lies in: dashed, nothing at its centre; the kind's sign sits on the rim and can be chosen. */
  #area({ site, rim }: Circle): L.Layer[] {
    const look = this.#maybe(site) ? { opacity: 0.35, fillOpacity: 0.03 } : {};
    const circle = this.#circle(site, tintOf(site, this.model) ?? NEUTRAL, look);
    circle.on("click", (event) => {
      L.DomEvent.stop(event);
      this.#choose(site);
    });
    circle.on("mouseover", () => this.store.set({ hint: site.id }));
    circle.on("mouseout", () => this.store.set({ hint: null }));
    tip(circle, () => this.#called(site), { sticky: true });
    return [circle, this.#marker(rim, this.#single(site, true))];
  }

  /** What is chosen, and what the reader points at in the list, stands out, even out of a group. */
  #emphasise(state: State): void {
    this.#emphasis.clearLayers();
    for (const sign of this.#signs.values()) sign.classList.remove("chosen", "hint");
    if (!this.model.isOn("sites", state)) return;
    const chosen = state.chosen?.type === "sites" ? state.chosen.id : null;
    for (const id of new Set([state.hint, chosen])) {
      const site = id === null ? undefined : this.model.sites.get(id);
      if (!site || !isLocated(site)) continue;
      const look = id === chosen ? "chosen" : "hint";
      if (drawnToScale(site, this.map.getZoom()) && (isArea(site) || id === chosen)) {
        const weight = id === chosen ? 2.4 : 1.8;
        this.#circle(site, ACCENT, { weight, fillOpacity: 0.08, opacity: 1, interactive: false }).addTo(this.#emphasis);
      }
      const own = this.#signs.get(site.id);
      if (own?.isConnected) own.classList.add(look);
      else this.#ring(site, look);
    }
  }

  /** A ring with the sign of a place that is now hidden in a group. */
  #ring(site: LocatedSite, look: "chosen" | "hint"): void {
    const node = el("span", { class: `one ring ${look}` }, siteSign(site, this.model, SIGN_PX));
    const icon = L.divIcon({ html: el("span", { class: "spot-in" }, node), className: "spot", iconSize: [0, 0] });
    L.marker(latLng(site.point), { icon, pane: "chosen", interactive: false, keyboard: false }).addTo(this.#emphasis);
  }
}
