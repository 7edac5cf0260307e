/** What the guided reading moves: the map, and what is chosen. */

import type L from "leaflet";

import { el } from "../dom.ts";
import { siteSign } from "../map/places.ts";
import { type Covered, MAX_ZOOM, latLngBounds, show } from "../map/sheet.ts";
import type { Model } from "../model.ts";
import { named } from "../panel/records.ts";
import type { State, Store } from "../state.ts";
import type { Stage } from "./story.ts";

export function stageOf(model: Model, store: Store, covered: () => Covered, asked: Stage["asked"]): Stage & { watch: (map: L.Map) => void } {
  let map: L.Map | null = null;
  let zooming = false;
  let waiting: (() => void) | null = null;
  // Leaflet drops a move that is asked for while it still zooms: it is made when that zoom has ended.
  const move = (act: () => void): void => {
    if (zooming) waiting = act;
    else act();
  };
  return {
    watch: (shown) => {
      map = shown;
      map.on("zoomanim", () => {
        zooming = true;
      });
      map.on("zoomend", () => {
        zooming = false;
      });
      map.on("moveend", () => {
        const act = zooming ? null : waiting;
        if (act) waiting = null;
        act?.();
      });
    },
    frame: (bounds) => move(() => map && show(map, latLngBounds(bounds), covered(), MAX_ZOOM)),
    giveBack: (view) => move(() => store.set({ view })),
    named: (id) => {
      const { language }: State = store.state;
      const site = model.sites.get(id);
      return el("span", { class: "chapter-record" }, site ? siteSign(site, model, 15) : null, named(id, { model, store, language }));
    },
    asked,
  };
}
