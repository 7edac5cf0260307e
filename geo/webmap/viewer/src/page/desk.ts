/** The reading desk: list, map and card side by side, or as sheets over the map on a small screen. */

import type L from "leaflet";

import { el, nextId, replace } from "../dom.ts";
import { Figures } from "../figures.ts";
import { askedBy } from "../find/asked.ts";
import type { Covered } from "../map/sheet.ts";
import { Seen } from "../map/seen.ts";
import { MapView } from "../map/view.ts";
import type { Model } from "../model.ts";
import type { Chapter } from "../payload.ts";
import { About } from "../panel/about.ts";
import { Card } from "../panel/card.ts";
import { Filters } from "../panel/filters.ts";
import { Header } from "../panel/header.ts";
import { Legend } from "../panel/legend.ts";
import { List } from "../panel/list.ts";
import { noticeBand } from "../panel/notice.ts";
import { Quoting } from "../quote/dialog.ts";
import { CHOOSING, type Choice, type State, type Store, any } from "../state.ts";
import { stageOf } from "../story/stage.ts";
import { Story } from "../story/story.ts";
import { icon } from "../symbols.ts";
import { TimeLine } from "../time/line.ts";
import { pick, say } from "../words.ts";
import { Paper } from "./paper.ts";
import { Sheet, isPhone } from "./sheet.ts";

/** Wide and high enough to show the legend from the start without hiding the map. */
function hasRoom(): boolean {
  return window.innerWidth >= 1100 && window.innerHeight >= 700;
}

export class Desk {
  #figures!: Figures;
  #card!: Card;
  #filters!: Filters;
  #list!: List;
  #legend!: Legend;
  #story!: Story;
  #storySheet!: Sheet;
  #view!: MapView;
  #viewed!: Seen;
  #about!: About;
  #panel!: HTMLElement;
  #panelSheet!: Sheet;
  #cardSheet!: Sheet;
  readonly #region = el("section", { class: "map-region" });
  #scroll!: HTMLElement;

  constructor(
    readonly element: HTMLElement,
    readonly model: Model,
    readonly store: Store,
  ) {}

  /** Build the page around the map, pausing between its parts: all at once, it would hold the browser for half a second. */
  *begin(): Generator<undefined, void> {
    const { element, model, store } = this;
    const { payload } = model;
    const panelId = nextId("list");
    this.#figures = new Figures(payload);
    const about = new About(model, store);
    this.#about = about;
    const quoting = new Quoting(model, store);
    const header = new Header(payload, store, () => about.open());
    yield;
    const filters = (this.#filters = new Filters(model, store, this.#figures, panelId, () => this.#open()));
    yield;
    this.#list = new List(model, store, this.#figures);
    this.#list.element.id = panelId;
    if (model.tabs().length > 1) this.#list.element.setAttribute("role", "tabpanel");
    const heading = el("h1");
    const lead = el("p", { class: "lead" });
    const askedHere = (chapter: Chapter): Partial<State> => askedBy(chapter, model, model.routes.has(chapter.records[0] ?? "") ? "routes" : "sites");
    const stage = stageOf(model, store, () => this.#covered(), askedHere);
    this.#story = new Story(model, store, stage, (open) => this.#makeRoom(open));
    this.#storySheet = new Sheet(this.#story.element, ["half", "full"], () => this.#story.leave());
    this.#story.element.prepend(this.#storySheet.grip);
    const intro = el("div", { class: "intro" }, heading, lead, this.#story.opener);
    this.#scroll = el(
      "div",
      { class: "panel-scroll" },
      intro,
      el("div", { class: "panel-head" }, filters.search, filters.readAs, filters.counts, filters.tabs),
      filters.kinds,
      filters.bar,
      filters.facets.element,
      filters.take.element,
      this.#list.element,
    );
    this.#panel = el("section", { class: "panel", id: "memorial-list", tabindex: -1 });
    this.#panelSheet = new Sheet(this.#panel, ["peek", "half", "full"]);
    this.#panel.append(this.#panelSheet.grip, this.#scroll);
    this.#card = new Card(model, store, (was) => this.#home(was), quoting, (part) => about.open(part));
    this.#cardSheet = new Sheet(this.#card.element, ["half", "full"], () => this.#card.close());
    this.#legend = new Legend(model, store, this.#figures, hasRoom());
    const controls = el("div", { class: "controls" });
    yield;
    const time = new TimeLine(model, store);
    this.#region.append(el("div", { class: "map-box" }, element, controls, this.#legend.element), time.element);
    const paper = new Paper(model, this.#list, time, filters.counts);
    yield;
    const skipList = el("button", { type: "button", class: "skip", click: () => this.#reading().focus() });
    const skipMap = el("button", { type: "button", class: "skip", click: () => element.focus() });
    const desk = el("main", { class: "desk" }, this.#panel, this.#story.element, this.#region, this.#card.element);
    document.body.append(el("div", { class: "memorial" }, skipList, skipMap, header.element, paper.head, desk, paper.tail), about.element, quoting.element);
    const band = noticeBand(payload, store, () => this.#reading().focus({ preventScroll: true }));
    if (band) {
      desk.append(band);
      new ResizeObserver(() => band.style.setProperty("--time", `${time.element.offsetHeight}px`)).observe(time.element);
    }

    const words = (state: State): void => {
      const [title, about] = [pick(payload.page.title, state.language), pick(payload.page.description, state.language)];
      [heading.textContent, heading.lang] = [title.text, title.language];
      [lead.textContent, lead.lang] = [about.text, about.language];
      skipList.textContent = say(state.language, "skip.list");
      skipMap.textContent = say(state.language, "skip.map");
      this.#panel.setAttribute("aria-label", say(state.language, "list"));
      this.#region.setAttribute("aria-label", say(state.language, "map"));
      element.setAttribute("aria-label", say(state.language, "map.label", { title: title.text }));
      element.setAttribute("role", "application");
      this.#panelSheet.grip.setAttribute("aria-label", say(state.language, "list.resize"));
      this.#storySheet.grip.setAttribute("aria-label", say(state.language, "list.resize"));
      this.#cardSheet.grip.setAttribute("aria-label", say(state.language, "list.resize"));
      this.#drawControls(controls, state);
    };
    words(store.state);
    yield;
    // The first measure makes the browser lay the page out.
    this.#covered();
    yield;
    this.#view = new MapView(element, model, store, this.#figures, () => this.#covered());
    yield;
    yield* this.#view.draw();
    yield* payload.sites.read();
    // Only now: a long list in the page would make each measure of the map a slow one.
    this.#list.draw();
    yield;
    let { query } = store.state;
    store.listen((state, changed) => {
      if (changed.has("language")) words(state);
      // A big page asks for its words once more when it has become ready to be searched: then nobody has chosen anything.
      const typed = state.query !== query;
      query = state.query;
      if (typed || any(changed, "tab", ...CHOOSING.filter((key) => key !== "years" && key !== "query"))) this.#raise();
      if (changed.has("tab") || typed) this.#scroll.scrollTo({ top: Math.min(this.#scroll.scrollTop, this.#headTop()) });
      if (changed.has("chosen") || changed.has("crowd")) this.#follow(state);
      if (changed.has("chosen") || changed.has("crowd") || changed.has("language")) this.#gripCard();
    });
    // The lowered list shows its title, the search and the whole count line, however many lines that takes.
    const lowest = (): void => {
      const shown = intro.offsetHeight + filters.search.offsetHeight + filters.counts.offsetHeight + this.#panelSheet.grip.offsetHeight;
      // Told to those that use it alone: a property of the whole page would make the browser work out all its styles anew.
      for (const user of [this.#panel, this.#legend.element, band]) user?.style.setProperty("--peek", `${shown + 8}px`);
      // What is scrolled to in the list must not end up under its head.
      this.#scroll.style.scrollPaddingTop = `${filters.search.parentElement?.offsetHeight ?? 0}px`;
    };
    new ResizeObserver(lowest).observe(filters.counts);
    this.#watchSize();
    this.#watchPrint(paper);
    this.#list.element.addEventListener("focusin", () => this.#raise());
    this.#viewed = new Seen(this.map, store, () => this.#whole());
    stage.watch(this.map);
    this.#story.begin();
  }

  get map(): L.Map {
    return this.#view.map;
  }

  /** Where the records are read: the list, or the guided reading in its place. */
  #reading(): HTMLElement {
    return this.#story.isOpen ? this.#story.element : this.#panel;
  }

  /** Open the "about" at one of its parts. */
  openPart(part: string): void {
    this.#about.open(part);
  }

  /** A long list has become ready to be searched, or has got its order, while nobody searches: only that is shown. */
  refresh(): void {
    this.#filters.showReady(this.store.state);
    this.#list.draw();
  }

  #whole(): void {
    this.#viewed.expectWhole();
    this.#view.whole();
  }

  #headTop(): number {
    return (this.#scroll.firstElementChild as HTMLElement | null)?.offsetHeight ?? 0;
  }

  /** The card replaces its content on each opening; its grip stays the first thing in it. */
  #gripCard(): void {
    if (!this.#card.element.hidden) this.#card.element.prepend(this.#cardSheet.grip);
  }

  /** What opens in the list wants all the height that a small screen has. */
  #open(): void {
    if (isPhone()) this.#panelSheet.set("full");
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

  /** What lies under the card or the guided reading cannot be reached by the keyboard either. */
  #cover(open: boolean): void {
    const under = open && window.innerWidth < 1100;
    this.#panel.inert = under || this.#story.isOpen;
    this.#story.element.inert = under;
  }

  /** The guided reading takes the place of the list, or gives it back. */
  #makeRoom(open: boolean): void {
    document.body.classList.toggle("with-story", open);
    this.#cover(!this.#card.element.hidden);
    if (open) this.#storySheet.set("half");
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
      button("whole", say(state.language, "edges.whole"), () => this.#whole()),
    );
  }

  /** What of the map lies under a sheet. */
  #covered(): Covered {
    const map = this.element.getBoundingClientRect();
    if (!isPhone()) {
      const legend = this.#legend.element.getBoundingClientRect();
      return [this.#legend.isOpen && map.width >= 900 ? legend.right - map.left : 0, 0, 0, 0];
    }
    const sheet = this.#card.element.hidden ? this.#reading() : this.#card.element;
    const hidden = Math.max(0, map.bottom - sheet.getBoundingClientRect().top);
    return [0, 44, 0, Math.min(hidden, map.height * 0.62)];
  }

  /** On paper the map has the width of the sheet, and list and sources are written out. */
  #watchPrint(paper: Paper): void {
    let before: { centre: L.LatLng; zoom: number } | null = null;
    const resize = (printing: boolean): void => {
      document.body.classList.toggle("printing", printing);
      this.map.invalidateSize({ pan: false });
    };
    window.addEventListener("beforeprint", () => {
      if (before) return;
      before = { centre: this.map.getCenter(), zoom: this.map.getZoom() };
      const seen = this.#view.seen();
      this.#legend.forPaper(true);
      paper.fill(this.store.state);
      resize(true);
      this.map.fitBounds(seen, { animate: false });
    });
    window.addEventListener("afterprint", () => {
      this.#legend.forPaper(false);
      paper.clear();
      resize(false);
      if (before) this.map.setView(before.centre, before.zoom, { animate: false });
      before = null;
    });
  }

  #watchSize(): void {
    new ResizeObserver(() => {
      this.map.invalidateSize({ pan: false });
      this.#cover(!this.#card.element.hidden);
    }).observe(this.element);
  }
}
