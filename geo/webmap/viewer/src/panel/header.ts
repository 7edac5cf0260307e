/** The head of a page: what the atlas is called, in two scripts; the way to the other pages; the language. */

import { el, nextId, replace, sisterLink } from "../dom.ts";
import type { Language, Payload } from "../payload.ts";
import { type State, type Store } from "../state.ts";
import { icon } from "../symbols.ts";
import { LANGUAGE_NAMES, pick, say } from "../words.ts";

/** On a narrow page; Khmer is short enough as it is. */
const SHORT_NAMES: Partial<Record<Language, string>> = { en: "EN", fr: "FR" };

/** The atlas's title in a second script beside the one of the page. */
export function secondTitle(title: Payload["atlas"]["title"], language: Language): { text: string; language: Language } | null {
  if (language === "km" && title.km) return { text: title.en, language: "en" };
  return title.km ? { text: title.km, language: "km" } : null;
}

export function languageButtons(payload: Payload, store: Store): HTMLElement {
  const { language } = store.state;
  const box = el("div", { class: "languages", role: "group", "aria-label": say(language, "language") });
  for (const one of payload.atlas.languages) {
    box.append(
      el(
        "button",
        {
          type: "button", lang: one, "aria-pressed": String(one === language), "data-key": `language ${one}`,
          click: () => store.set({ language: one }),
        },
        el("span", SHORT_NAMES[one] ? { class: "long" } : {}, LANGUAGE_NAMES[one]),
        " ",
        el("span", { class: "short" }, SHORT_NAMES[one]),
      ),
    );
  }
  return box;
}

export class Header {
  readonly element = el("header", { class: "top" });
  #menu = false;

  constructor(
    readonly payload: Payload,
    readonly store: Store,
    readonly about: () => void,
  ) {
    store.listen((state, changed) => {
      if (changed.has("language")) this.draw(state);
    });
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#menu) this.#toggle(false);
    });
    this.draw(store.state);
  }

  #toggle(open: boolean): void {
    this.#menu = open;
    this.draw(this.store.state);
    this.#focus("menu");
  }

  #about(): void {
    if (this.#menu) this.#toggle(false);
    this.about();
  }

  #focus(key: string): void {
    for (const node of this.element.querySelectorAll<HTMLElement>("[data-key]")) if (node.dataset["key"] === key) node.focus();
  }

  draw(state: State): void {
    const { language } = state;
    const active = document.activeElement;
    const focused = active instanceof HTMLElement && this.element.contains(active) ? active.dataset["key"] : undefined;
    const title = pick(this.payload.atlas.title, language);
    const second = secondTitle(this.payload.atlas.title, language);
    const cover = this.payload.pages[0];
    const brand = [
      el("span", { class: "brand-main", lang: title.language }, title.text),
      second ? el("span", { class: "brand-second", lang: second.language }, second.text) : null,
    ];
    const id = nextId("pages");
    const links = this.payload.pages.slice(1).map((page) => {
      const label = pick(page.title, language);
      const here = page.name === this.payload.page.name;
      return el("li", {}, sisterLink(page.href, `lang=${language}`, { lang: label.language, ...(here ? { "aria-current": "page" } : {}) }, label.text));
    });
    const menu = el(
      "button",
      {
        type: "button", class: "menu", "data-key": "menu", "aria-expanded": String(this.#menu), "aria-controls": id,
        "aria-label": say(language, "pages"), click: () => this.#toggle(!this.#menu),
      },
      icon(this.#menu ? "close" : "menu"),
    );
    replace(
      this.element,
      cover ? sisterLink(cover.href, `lang=${language}`, { class: "brand" }, ...brand) : el("p", { class: "brand" }, ...brand),
      el(
        "nav",
        { class: this.#menu ? "pages open" : "pages", id, "aria-label": say(language, "pages") },
        el("ul", {}, ...links),
        el("button", { type: "button", class: "about-button", "data-key": "about", click: () => this.#about() }, say(language, "about")),
      ),
      languageButtons(this.payload, this.store),
      menu,
    );
    if (focused) this.#focus(focused);
  }
}
