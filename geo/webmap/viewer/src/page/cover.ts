/** The cover: the title in every language of the atlas, what it is, whom it remembers, and the way in. */

import type L from "leaflet";

import { el, replace, sisterLink } from "../dom.ts";
import { Figures } from "../figures.ts";
import { MapView } from "../map/view.ts";
import type { Model } from "../model.ts";
import { About } from "../panel/about.ts";
import { languageButtons } from "../panel/header.ts";
import { noticeRead } from "../panel/notice.ts";
import type { Words } from "../payload.ts";
import type { State, Store } from "../state.ts";
import { pick, say } from "../words.ts";

function paragraph(words: Words | undefined, state: State, kind: string): HTMLElement | null {
  if (!words) return null;
  const text = pick(words, state.language);
  return el("p", { class: kind, lang: text.language }, text.text);
}

export class Cover {
  readonly map: L.Map;
  readonly #view: MapView;
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
    const view = new MapView(element, model, store, new Figures(payload), () => [0, 0, 0, 0]);
    this.map = view.map;
    this.#view = view;
    // The sheet is still; it only follows the size of its frame.
    const fit = (): void => {
      this.map.invalidateSize({ pan: false });
      this.#view.whole(false);
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

  /** Draw the map, pausing now and then. */
  *begin(): Generator<undefined, void> {
    yield* this.#view.draw();
  }

  /** The other pages lead to the method with an address such as "index.html#lang=km&about=method". */
  openPart(part: string): void {
    this.#about.open(part);
  }

  #label(state: State): void {
    const { located } = this.model.payload.sites;
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
    const { count, located } = payload.sites;
    const caption = el(
      "figcaption",
      {},
      say(language, "count.shown", { shown: located, n: count }),
      located < count ? ` · ${say(language, "count.unlocated", { n: count - located })}` : null,
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
