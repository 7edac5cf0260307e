/** Open a page: from its payload to something that can be read. */

import type L from "leaflet";

import { Model } from "../model.ts";
import type { Language, Payload } from "../payload.ts";
import { Store } from "../state.ts";
import { pick } from "../words.ts";
import { Cover } from "./cover.ts";
import { Desk } from "./desk.ts";

/** The language that the address asks for (`#lang=km`), else the first that the reader's browser prefers, else the page's own. */
function firstLanguage(payload: Payload): Language {
  const asked = new URLSearchParams(window.location.hash.slice(1)).get("lang");
  const wanted = [asked, ...window.navigator.languages.map((tag) => tag.slice(0, 2))];
  const known = wanted.flatMap((tag) => payload.atlas.languages.filter((language) => language === tag));
  return known[0] ?? payload.page.language;
}

/**
 * Build the page around the map's element.
 *
 * The element is taken from where it stands in the body and put into the page; the map fills it.
 */
export function open(element: HTMLElement, payload: Payload): L.Map {
  const model = new Model(payload);
  const store = new Store({
    language: firstLanguage(payload),
    tab: model.tabs()[0] ?? "sites",
    query: "",
    kinds: new Set(),
    routeKinds: new Set(),
    only: null,
    off: new Set(),
    measure: payload.choropleth[0]?.measure ?? "",
    chosen: null,
    crowd: [],
    hint: null,
  });
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
  document.body.classList.add("ready");
  return page.map;
}
