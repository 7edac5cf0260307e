/** Open a page: from its payload to something that can be read. */

import type L from "leaflet";

import { Model } from "../model.ts";
import { inPieces } from "../pause.ts";
import type { Language, Payload } from "../payload.ts";
import { Store } from "../state.ts";
import { pick } from "../words.ts";
import { followAddress, readAddress } from "./address.ts";
import { Cover } from "./cover.ts";
import { Desk } from "./desk.ts";

/**
 * Build the page around the map's element.
 *
 * The element is taken from where it stands in the body and put into the page; the map fills it.
 */
export async function open(element: HTMLElement, payload: Payload): Promise<L.Map> {
  const model = new Model(payload);
  const asked = readAddress(window.location.hash, model);
  // A record is opened and the map moved once there is a page to do it in.
  const store = new Store({ ...asked, chosen: null, view: null });
  const speak = (language: Language): void => {
    document.documentElement.lang = language;
    const [page, atlas] = [pick(payload.page.title, language).text, pick(payload.atlas.title, language).text];
    document.title = payload.page.cover ? atlas : `${page} – ${atlas}`;
  };
  speak(store.state.language);
  store.listen((state, changed) => {
    if (changed.has("language")) speak(state.language);
  });
  document.body.classList.add(payload.page.cover ? "cover-page" : "desk-page");
  const page = payload.page.cover ? new Cover(element, model, store) : new Desk(element, model, store);
  await inPieces(page.begin());
  if (asked.chosen) store.set({ chosen: asked.chosen });
  if (asked.view) store.set({ view: asked.view });
  followAddress(store, model, (part) => page.openPart(part));
  document.body.classList.add("ready");
  if (page instanceof Desk) {
    model.onReady(() => {
      if (store.state.query === "") page.refresh();
      else store.again("query");
    });
    model.prepare();
  }
  return page.map;
}
