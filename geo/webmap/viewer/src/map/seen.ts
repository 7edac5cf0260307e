/** What part of the map is seen, in the state: written when the reader has moved it, obeyed when the address asks for it. */

import type L from "leaflet";

import type { Store, View } from "../state.ts";

/** Below what an address writes, two views are one. */
const SAME_DEGREES = 5e-5;
const SAME_ZOOM = 0.005;

function viewOf(map: L.Map): View {
  const { lat, lng } = map.getCenter();
  return { lat, lon: lng, zoom: map.getZoom() };
}

function isSame(one: View, other: View): boolean {
  return Math.abs(one.lat - other.lat) < SAME_DEGREES && Math.abs(one.lon - other.lon) < SAME_DEGREES && Math.abs(one.zoom - other.zoom) < SAME_ZOOM;
}

export class Seen {
  #size: L.Point;
  /** The map is on its way to all of it: that is how the page opens, and no view of the reader's. */
  #toWhole = false;
  #onPaper = false;
  /** Where the map comes to rest when it shows all. */
  #rest: View;

  constructor(
    readonly map: L.Map,
    readonly store: Store,
    readonly whole: () => void,
  ) {
    this.#size = map.getSize();
    this.#rest = viewOf(map);
    map.on("moveend", () => this.#tell());
    store.listen((state, changed) => {
      if (changed.has("view")) this.#obey(state.view);
    });
  }

  /** The next move of the map shows all of it. */
  expectWhole(): void {
    this.#toWhole = true;
  }

  /** On paper the map has another size and its own view, and comes back from it: nobody has moved it then. */
  onPaper(printing: boolean): void {
    this.#onPaper = printing;
    this.#size = this.map.getSize();
  }

  #tell(): void {
    if (this.#onPaper) return;
    const size = this.map.getSize();
    const resized = !size.equals(this.#size);
    this.#size = size;
    if (this.#toWhole || (resized && this.store.state.view === null)) this.#rest = viewOf(this.map);
    if (this.#toWhole) {
      this.#toWhole = false;
      this.store.set({ view: null });
    } else if (!resized) this.#take();
  }

  #take(): void {
    const [known, seen] = [this.store.state.view, viewOf(this.map)];
    if (!isSame(known ?? this.#rest, seen)) this.store.set({ view: seen });
  }

  #obey(view: View | null): void {
    if (view === null) {
      if (!this.#toWhole) this.whole();
    } else if (!isSame(view, viewOf(this.map))) this.map.setView([view.lat, view.lon], view.zoom, { animate: false });
  }
}
