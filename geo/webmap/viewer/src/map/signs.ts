/** Some hundreds of places on the map, as elements: signs, groups of signs, and areas for what is known only roughly. */

import L from "leaflet";

import { el } from "../dom.ts";
import { timing } from "../find/timing.ts";
import { boundsOf } from "../geometry.ts";
import { type Model, isArea } from "../model.ts";
import type { Site } from "../payload.ts";
import { CHOOSING, type State, type Store, any } from "../state.ts";
import { ACCENT, NEUTRAL } from "../symbols.ts";
import { say } from "../words.ts";
import { type Box, type Circle, type Group, type LocatedSite, type Spot, drawnToScale, isLocated, spotsAt } from "./layout.ts";
import { ROUGH_PX, SIGN_PX } from "./ink.ts";
import { UNSTATED, calledHere, choose, circleOf, markerAt, openGroup, ringOf, siteSign, tintOf } from "./places.ts";
import { type Covered, latLng } from "./sheet.ts";
import { tip } from "./tip.ts";

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
      this.#spots = { key, spots: this.model.isOn("sites", state) ? spotsAt(this.#located(state), zoom) : [] };
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

  #located(state: State): LocatedSite[] {
    return this.model.payload.sites.all(this.model.chosenSites(state)).filter(isLocated);
  }

  /** Whether a place has a sign of its own at a scale, or stands beside others at one point. */
  standsAlone(id: string, zoom: number): boolean {
    return spotsAt(this.#located(this.store.state), zoom).some((spot) =>
      spot.type === "circle" ? spot.site.id === id : spot.look !== "crowd" && spot.sites.some((site) => site.id === id),
    );
  }

  #reach(site: LocatedSite): L.LatLngBounds {
    return L.latLng(latLng(site.point)).toBounds(2 * (site.precision_m ?? 0) + 1);
  }

  #layers(spot: Spot): L.Layer[] {
    if (spot.type === "circle") return this.#area(spot);
    const signs = (): HTMLElement[] => spot.sites.map((site) => this.#single(site));
    const content = spot.look === "crowd" ? this.#crowd(spot) : spot.look === "tray" ? el("span", { class: "tray" }, ...signs()) : signs()[0];
    return content ? [markerAt(spot.at, content)] : [];
  }

  /** Whether a place lies in the chosen years only possibly. */
  #maybe(site: Site): boolean {
    const { years } = this.store.state;
    return years !== null && timing(site, years) === "possible";
  }

  /** One sign that can be chosen. The list is the way for the keyboard; here the pointer is enough. */
  #single(site: LocatedSite, onRim = false): HTMLElement {
    const name = calledHere(site, this.#maybe(site), this.store);
    const node = el(
      "span",
      {
        class: this.#maybe(site) ? "one maybe" : "one",
        click: (event) => {
          event.stopPropagation();
          choose(this.store, site.id);
        },
        mouseenter: () => this.store.set({ hint: site.id }),
        mouseleave: () => this.store.set({ hint: null }),
      },
      isArea(site) && !onRim ? el("span", { class: "somewhere" }) : null,
      siteSign(site, this.model, isArea(site) ? ROUGH_PX : SIGN_PX),
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
      const tint = tintOf(site, this.model) ?? UNSTATED;
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
    const reach = boundsOf(spot.sites.map((site) => site.point)) ?? [...spot.at, ...spot.at];
    openGroup(this.map, this.store, this.covered(), { ...spot, reach, ids: () => spot.sites.map((site) => site.id) });
  }

  /** The area that a place lies in: dashed, nothing at its centre; the kind's sign sits on the rim and can be chosen. */
  #area({ site, rim }: Circle): L.Layer[] {
    const look = this.#maybe(site) ? { opacity: 0.35, fillOpacity: 0.03 } : {};
    const circle = circleOf(this.map, site, tintOf(site, this.model) ?? NEUTRAL, look);
    circle.on("click", (event) => {
      L.DomEvent.stop(event);
      choose(this.store, site.id);
    });
    circle.on("mouseover", () => this.store.set({ hint: site.id }));
    circle.on("mouseout", () => this.store.set({ hint: null }));
    tip(circle, () => calledHere(site, this.#maybe(site), this.store), { sticky: true });
    return [circle, markerAt(rim, this.#single(site, true))];
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
        circleOf(this.map, site, ACCENT, { weight, fillOpacity: 0.08, opacity: 1, interactive: false }).addTo(this.#emphasis);
      }
      const own = this.#signs.get(site.id);
      if (own?.isConnected) own.classList.add(look);
      else this.#emphasis.addLayer(ringOf(site, site.point, look, this.model));
    }
  }
}
