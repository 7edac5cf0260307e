/** The reading desk: list, map and card side by side, or as sheets over the map on a small screen. */

import type L from "leaflet";

import { el, nextId, replace } from "../dom.ts";
import { Figures } from "../figures.ts";
import type { Covered } from "../map/sheet.ts";
import { MapView } from "../map/view.ts";
import type { Model } from "../model.ts";
import { About } from "../panel/about.ts";
import { Card } from "../panel/card.ts";
import { Filters } from "../panel/filters.ts";
import { Header } from "../panel/header.ts";
import { Legend } from "../panel/legend.ts";
import { List } from "../panel/list.ts";
import { noticeBand } from "../panel/notice.ts";
import { type Choice, type State, type Store, any } from "../state.ts";
import { icon } from "../symbols.ts";
import { pick, say } from "../words.ts";
import { Sheet, isPhone } from "./sheet.ts";

/** Wide and high enough to show the legend from the start without hiding the map. */
function hasRoom(): boolean {
  return window.innerWidth >= 1100 && window.innerHeight >= 700;
}

export class Desk {
  readonly #figures: Figures;
  readonly #card: Card;
  readonly #list: List;
  readonly #legend: Legend;
  readonly #view: MapView;
  readonly #panel: HTMLElement;
  readonly #panelSheet: Sheet;
  readonly #cardSheet: Sheet;
  readonly #region = el("section", { class: "map-region" });
  readonly #scroll: HTMLElement;

  constructor(
    readonly element: HTMLElement,
    readonly model: Model,
    readonly store: Store,
  ) {
    const { payload } = model;
    const panelId = nextId("list");
    this.#figures = new Figures(payload);
    const about = new About(model, store);
    const header = new Header(payload, store, () => about.open());
    const filters = new Filters(model, store, this.#figures, panelId);
    this.#list = new List(model, store, this.#figures);
    this.#list.element.id = panelId;
    if (model.tabs().length > 1) this.#list.element.setAttribute("role", "tabpanel");
    const heading = el("h1");
    const lead = el("p", { class: "lead" });
    this.#scroll = el(
      "div",
      { class: "panel-scroll" },
      el("div", { class: "intro" }, heading, lead),
      el("div", { class: "panel-head" }, filters.search, filters.counts, filters.tabs),
      filters.kinds,
      this.#list.element,
    );
    this.#panel = el("section", { class: "panel", id: "memorial-list", tabindex: -1 });
    this.#panelSheet = new Sheet(this.#panel, ["peek", "half", "full"]);
    this.#panel.append(this.#panelSheet.grip, this.#scroll);
    this.#card = new Card(model, store, (was) => this.#home(was), () => about.open("correct"));
    this.#cardSheet = new Sheet(this.#card.element, ["half", "full"], () => this.#card.close());
    this.#legend = new Legend(model, store, this.#figures, hasRoom());
    const controls = el("div", { class: "controls" });
    this.#region.append(element, controls, this.#legend.element);
    const skipList = el("button", { type: "button", class: "skip", click: () => this.#panel.focus() });
    const skipMap = el("button", { type: "button", class: "skip", click: () => element.focus() });
    const desk = el("main", { class: "desk" }, this.#panel, this.#region, this.#card.element);
    document.body.append(el("div", { class: "memorial" }, skipList, skipMap, header.element, desk), about.element);
    const band = noticeBand(payload, store);
    if (band) desk.append(band);

    const words = (state: State): void => {
      const title = pick(payload.page.title, state.language);
      heading.textContent = title.text;
      lead.textContent = pick(payload.page.description, state.language).text;
      skipList.textContent = say(state.language, "skip.list");
      skipMap.textContent = say(state.language, "skip.map");
      this.#panel.setAttribute("aria-label", say(state.language, "list"));
      this.#region.setAttribute("aria-label", say(state.language, "map"));
      element.setAttribute("aria-label", say(state.language, "map.label", { title: title.text }));
      element.setAttribute("role", "application");
      this.#panelSheet.grip.setAttribute("aria-label", say(state.language, "list.resize"));
      this.#cardSheet.grip.setAttribute("aria-label", say(state.language, "list.resize"));
      this.#drawControls(controls, state);
    };
    words(store.state);
    this.#view = new MapView(element, model, store, this.#figures, () => this.#covered());
    // Only now: a long list in the page would make each measure of the map a slow one.
    this.#list.draw();
    store.listen((state, changed) => {
      if (changed.has("language")) words(state);
      if (any(changed, "query", "only", "kinds", "routeKinds", "tab")) this.#raise();
      if (changed.has("tab") || changed.has("query")) this.#scroll.scrollTo({ top: Math.min(this.#scroll.scrollTop, this.#headTop()) });
      if (changed.has("chosen") || changed.has("crowd")) this.#follow(state);
      if (changed.has("chosen") || changed.has("crowd") || changed.has("language")) this.#gripCard();
    });
    // The lowered list shows its title, the search and the whole count line, however many lines that takes.
    const lowest = (): void => {
      const shown = heading.offsetHeight + filters.search.offsetHeight + filters.counts.offsetHeight + this.#panelSheet.grip.offsetHeight;
      document.body.style.setProperty("--peek", `${shown + 8}px`);
      // What is scrolled to in the list must not end up under its head.
      this.#scroll.style.scrollPaddingTop = `${filters.search.parentElement?.offsetHeight ?? 0}px`;
    };
    new ResizeObserver(lowest).observe(filters.counts);
    this.#watchSize();
    this.#watchPrint();
    this.#list.element.addEventListener("focusin", () => this.#raise());
  }

  get map(): L.Map {
    return this.#view.map;
  }

  #headTop(): number {
    return (this.#scroll.firstElementChild as HTMLElement | null)?.offsetHeight ?? 0;
  }

  /** The card replaces its content on each opening; its grip stays the first thing in it. */
  #gripCard(): void {
    if (!this.#card.element.hidden) this.#card.element.prepend(this.#cardSheet.grip);
  }

  /** A lowered list that the reader works with comes up. */
  #raise(): void {
    if (isPhone() && this.#panelSheet.level === "peek") this.#panelSheet.set("half");
  }

  /** After a choice: the card takes its room, then the record comes into view. */
  #follow(state: State): void {
    const open = state.chosen !== null || state.crowd.length > 0;
    document.body.classList.toggle("with-card", open);
    this.#cover(open);
    this.#legend.yield(open);
    if (open && isPhone()) {
      this.#cardSheet.set("half");
      this.#panelSheet.set("peek");
    }
    const { chosen } = state;
    this.map.invalidateSize({ pan: false });
    if (chosen) this.#view.reveal(chosen);
  }

  /** What lies under the card cannot be reached by the keyboard either. */
  #cover(open: boolean): void {
    this.#panel.inert = open && window.innerWidth < 1100;
  }

  /** Where the focus goes when the card closes and its opener is gone: the record's entry in the list, or the map. */
  #home(was: Choice | null): HTMLElement {
    return (was && this.#list.itemOf(was.type, was.id)) ?? this.element;
  }

  #drawControls(box: HTMLElement, state: State): void {
    const button = (name: "plus" | "minus" | "whole", label: string, act: () => void): HTMLElement =>
      el("button", { type: "button", class: "round", "aria-label": label, click: act }, icon(name));
    replace(
      box,
      button("plus", say(state.language, "edges.zoomin"), () => this.map.zoomIn()),
      button("minus", say(state.language, "edges.zoomout"), () => this.map.zoomOut()),
      button("whole", say(state.language, "edges.whole"), () => this.#view.whole()),
    );
  }

  /** What of the map lies under a sheet. */
  #covered(): Covered {
    const map = this.element.getBoundingClientRect();
    if (!isPhone()) {
      const legend = this.#legend.element.getBoundingClientRect();
      return [this.#legend.isOpen && map.width >= 900 ? legend.right - map.left : 0, 0, 0, 0];
    }
    const sheet = this.#card.element.hidden ? this.#panel : this.#card.element;
    const hidden = Math.max(0, map.bottom - sheet.getBoundingClientRect().top);
    return [0, 44, 0, Math.min(hidden, map.height * 0.62)];
  }

  /** On paper the map has the width of the sheet, and the list is whole. */
  #watchPrint(): void {
    let seen: L.LatLngBounds | null = null;
    let wasOpen = false;
    const resize = (printing: boolean): void => {
      document.body.classList.toggle("printing", printing);
      this.map.invalidateSize({ pan: false });
      if (seen) this.map.fitBounds(seen, { animate: false });
    };
    window.addEventListener("beforeprint", () => {
      seen = this.map.getBounds();
      wasOpen = this.#legend.isOpen;
      this.#legend.toggle(true);
      this.#list.complete();
      resize(true);
    });
    window.addEventListener("afterprint", () => {
      this.#legend.toggle(wasOpen);
      resize(false);
    });
  }

  #watchSize(): void {
    new ResizeObserver(() => {
      this.map.invalidateSize({ pan: false });
      this.#cover(!this.#card.element.hidden);
    }).observe(this.element);
  }
}
