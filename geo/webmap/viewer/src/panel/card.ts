/** The card: what the atlas knows of one record. Opens beside the map, or as a sheet over it on a small screen. */

import { el, replace } from "../dom.ts";
import { type Model, siteNames } from "../model.ts";
import type { Quoting } from "../quote/dialog.ts";
import { type Choice, type State, type Store, any } from "../state.ts";
import { icon } from "../symbols.ts";
import { say } from "../words.ts";
import { siteSign } from "../map/places.ts";
import { type CardParts, areaCard, desk, recordButton, routeCard, siteCard } from "./records.ts";

/** So many places of one point are written at once. */
const PORTION = 200;

export class Card {
  readonly element = el("aside", { class: "card", hidden: true });
  #heading: HTMLElement | null = null;
  /** Where the focus was before the card opened, to give it back. */
  #opener: Element | null = null;

  constructor(
    readonly model: Model,
    readonly store: Store,
    /** Where the focus goes when what opened the card is gone. */
    readonly home: (was: Choice | null) => HTMLElement,
    readonly quoting: Quoting,
    readonly about: (part: string) => void,
  ) {
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    store.listen((state, changed) => {
      if (any(changed, "chosen", "crowd")) this.#draw(state, true);
      else if (changed.has("language")) this.#draw(state, false);
    });
  }

  close(): void {
    const opener = this.#opener;
    const was = this.store.state.chosen;
    this.store.set({ chosen: null, crowd: [] });
    const back = opener?.isConnected && opener !== document.body ? opener : this.home(was);
    if (back instanceof HTMLElement || back instanceof SVGElement) back.focus({ preventScroll: true });
    this.#opener = null;
  }

  #parts(state: State): CardParts | null {
    const at = desk(this.model, this.store, this.quoting, this.about);
    if (state.chosen) {
      const { type, id } = state.chosen;
      const site = type === "sites" ? this.model.sites.get(id) : undefined;
      if (site) return siteCard(site, at);
      const route = type === "routes" ? this.model.routes.get(id) : undefined;
      if (route) return routeCard(route, at);
      const area = type === "areas" ? this.model.areas.get(id) : undefined;
      return area ? areaCard(area, at) : null;
    }
    return state.crowd.length > 0 ? this.#crowd(state) : null;
  }

  /** Several places at one point: a list to choose from, written in portions where they are very many. */
  #crowd(state: State): CardParts {
    const { sites } = this.model;
    const places = state.crowd.map((id) => sites.indexOf(id)).filter((index) => index >= 0);
    const list = el("ul", { class: "inside" });
    const write = (): void => {
      const portion = places.slice(list.childElementCount, list.childElementCount + PORTION).map((index) => {
        const site = sites.site(index);
        const [name] = siteNames(site, state.language);
        return el("li", {}, siteSign(site, this.model, 16), recordButton(this.store, "sites", site.id, name.text, name.language));
      });
      list.append(...portion);
      more.hidden = list.childElementCount === places.length;
      portion[0]?.querySelector("button")?.focus({ preventScroll: true });
    };
    const more = el("button", { type: "button", class: "link", click: write }, say(state.language, "list.more"));
    write();
    return {
      title: [el("span", {}, say(state.language, "count.places", { n: places.length }))],
      body: [el("p", {}, say(state.language, "choose.point")), list, more],
    };
  }

  #draw(state: State, fresh: boolean): void {
    const parts = this.#parts(state);
    if (!parts) {
      this.element.hidden = true;
      replace(this.element);
      return;
    }
    const focus = document.activeElement;
    if (this.element.hidden && focus && !this.element.contains(focus)) this.#opener = focus;
    const closing = say(state.language, "card.close");
    this.#heading = el("h2", { tabindex: -1 }, ...parts.title);
    const scroller = el("div", { class: "card-scroll" }, this.#heading, ...parts.body);
    replace(
      this.element,
      el("button", { type: "button", class: "round close", "aria-label": closing, click: () => this.close() }, icon("close")),
      scroller,
    );
    this.element.hidden = false;
    this.element.setAttribute("aria-label", this.#heading.textContent ?? "");
    if (fresh) this.#heading.focus({ preventScroll: true });
  }
}
