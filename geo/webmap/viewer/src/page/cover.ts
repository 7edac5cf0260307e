/** The cover: the title in every language of the atlas, what it is, whom it remembers, and the way in. */

import L from "leaflet";

import { tally } from "../count.ts";
import { el, replace, sisterLink } from "../dom.ts";
import { Figures } from "../figures.ts";
import { isLocated } from "../map/layout.ts";
import { latLng, latLngBounds, renderer } from "../map/sheet.ts";
import { tintOf } from "../map/signs.ts";
import { MapView } from "../map/view.ts";
import { type Model, isArea } from "../model.ts";
import { About } from "../panel/about.ts";
import { languageButtons } from "../panel/header.ts";
import { noticeRead } from "../panel/notice.ts";
import type { Words } from "../payload.ts";
import type { State, Store } from "../state.ts";
import { NEUTRAL } from "../symbols.ts";
import { pick, say } from "../words.ts";

/** All located places as small marks: filled where a point is known, an open ring where only an area is. */
function drawPlaces(map: L.Map, model: Model): void {
  const options = { renderer: renderer(map, "circles"), pane: "circles", interactive: false };
  for (const site of model.sites.all().filter(isLocated)) {
    const tint = tintOf(site, model) ?? NEUTRAL;
    const look = isArea(site)
      ? { radius: 5, weight: 1.1, color: tint, dashArray: "2.6 2", fillColor: tint, fillOpacity: 0.1 }
      : { radius: 3.1, weight: 1, color: "#fcfaf4", fillColor: tint, fillOpacity: 0.95 };
    L.circleMarker(latLng(site.point), { ...options, ...look }).addTo(map);
  }
}

function paragraph(words: Words | undefined, state: State, kind: string): HTMLElement | null {
  if (!words) return null;
  const text = pick(words, state.language);
  return el("p", { class: kind, lang: text.language }, text.text);
}

export class Cover {
  readonly map: L.Map;
  readonly #main = el("main", { class: "cover" });
  readonly #frame: HTMLElement;
  readonly #about: About;

  constructor(
    element: HTMLElement,
    readonly model: Model,
    readonly store: Store,
  ) {
    const { payload } = model;
    this.#about = new About(model, store);
    this.#frame = el("figure", { class: "cover-map" }, element);
    element.setAttribute("role", "img");
    document.body.append(el("div", { class: "memorial memorial-cover" }, this.#main), this.#about.element);
    this.#draw(store.state);
    this.map = new MapView(element, model, store, new Figures(payload), () => [0, 0, 0, 0]).map;
    drawPlaces(this.map, model);
    // The sheet is still; it only follows the size of its frame.
    const fit = (): void => {
      this.map.invalidateSize({ pan: false });
      this.map.fitBounds(latLngBounds(payload.page.bounds), { animate: false });
    };
    new ResizeObserver(fit).observe(element);
    element.removeAttribute("tabindex");
    store.listen((state, changed) => {
      if (changed.has("language")) this.#draw(state);
    });
    this.#element = element;
    this.#label(store.state);
  }

  readonly #element: HTMLElement;

  /** The other pages lead to the method with an address such as "index.html#lang=km&about=method". */
  openPart(part: string): void {
    this.#about.open(part);
  }

  #label(state: State): void {
    const located = this.model.sites.located;
    this.#element.setAttribute("aria-label", say(state.language, "cover.mapalt", { n: located }));
  }

  #draw(state: State): void {
    const { payload } = this.model;
    const { language } = state;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["key"] : undefined;
    const title = pick(payload.atlas.title, language);
    const others = payload.atlas.languages.filter((one) => one !== title.language && payload.atlas.title[one]);
    const languages = languageButtons(payload, this.store);
    const cards = payload.pages.slice(1).map((page) => {
      const [name, text] = [pick(page.title, language), pick(page.description, language)];
      const link = sisterLink(
        page.href,
        `lang=${language}`,
        { class: "door" },
        el("span", { class: "door-title", lang: name.language }, name.text),
        el("span", { class: "door-text", lang: text.language }, text.text),
      );
      link.addEventListener("click", () => noticeRead(payload));
      return el("li", {}, link);
    });
    const count = tally(payload.sites, this.model.list.whole, true);
    const caption = el(
      "figcaption",
      {},
      say(language, "count.shown", { shown: count.shown, n: count.all }),
      count.unlocated > 0 ? ` · ${say(language, "count.unlocated", { n: count.unlocated })}` : null,
    );
    this.#frame.querySelector("figcaption")?.remove();
    this.#frame.append(caption);
    replace(
      this.#main,
      languages,
      el(
        "header",
        { class: "cover-title" },
        el("h1", { lang: title.language }, title.text),
        ...others.map((one) => el("p", { class: "cover-other", lang: one }, payload.atlas.title[one] ?? "")),
        paragraph(payload.atlas.subtitle, state, "cover-subtitle"),
        paragraph(payload.atlas.dedication, state, "dedication"),
      ),
      this.#frame,
      payload.atlas.notice
        ? el("section", { class: "cover-notice" }, el("h2", {}, say(language, "cover.notice")), paragraph(payload.atlas.notice, state, ""))
        : null,
      el("nav", { class: "doors", "aria-label": say(language, "cover.enter") }, el("ul", {}, ...cards)),
      el(
        "footer",
        { class: "cover-foot" },
        el("button", { type: "button", class: "plain", click: () => this.#about.open() }, say(language, "about")),
        el("span", {}, say(language, "about.version", { version: payload.atlas.version })),
      ),
    );
    if (this.#element) this.#label(state);
    if (focused) for (const node of languages.querySelectorAll<HTMLElement>("[data-key]")) if (node.dataset["key"] === focused) node.focus();
  }
}
