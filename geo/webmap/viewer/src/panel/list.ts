/** The list: every record of the page in words, complete without the map. Of very many only those in sight are in the page. */

import { el, replace } from "../dom.ts";
import type { Figures } from "../figures.ts";
import type { Model } from "../model.ts";
import type { Area, Reference, Route } from "../payload.ts";
import { CHOOSING, type State, type Store, type Tab, any } from "../state.ts";
import { type Width, routeWidths } from "../widths.ts";
import { pick, say } from "../words.ts";
import { areaEntry, maybeWords, nationEntry, routeEntry, siteEntry } from "./entries.ts";
import { Rows } from "./rows.ts";

/** So many records are written at once; the rest follows when the reader comes near. */
const PORTION = 60;
/** Up to so many records the whole list is in the page when it has been written; longer ones are rows (rows.ts). */
const WHOLE = 2000;
/** Paper takes so many of a long list; what is left out is said. */
const PRINTED = 1000;

interface Entry<T extends Tab = Tab> {
  type: T;
  id: string;
  order: string;
  /** In the chosen years only possibly; said in the entry's words too. */
  maybe: boolean;
  make(): HTMLElement;
}

interface Group {
  heading: string;
  /** In the order in which it is read. */
  size: number;
  entry: (place: number) => Entry;
}

export interface Told {
  heading: string;
  entries: { references: readonly Reference[]; node: HTMLElement }[];
}

export class List {
  readonly element = el("div", { class: "list" });
  readonly #items = new Map<string, HTMLElement>();
  readonly #widths: ReadonlyMap<string, Width>;
  #pending: (() => HTMLElement)[] = [];
  /** The rows of a long list, with the places they show. */
  #rows: { rows: Rows; places: Uint32Array }[] = [];
  readonly #more = el("button", { type: "button", class: "more-button", click: () => this.complete() });
  readonly #watch = new IntersectionObserver(
    (seen) => {
      if (seen.some((entry) => entry.isIntersecting)) this.#portion();
    },
    { rootMargin: "800px" },
  );

  constructor(
    readonly model: Model,
    readonly store: Store,
    readonly figures: Figures,
  ) {
    this.#widths = routeWidths(model.payload);
    this.#watch.observe(this.#more);
    this.element.addEventListener("keydown", (event) => this.#walk(event));
    store.listen((state, changed) => {
      // Another language is the same list: whoever has read on in it stays there.
      if (any(changed, "tab", "measure", ...CHOOSING)) this.draw();
      else if (changed.has("language")) this.draw(this.element.childElementCount);
      else if (changed.has("chosen")) this.#mark(state);
    });
  }

  /** The list's own button of a record, if it is written; a row of a long list is brought into sight. */
  itemOf(type: Tab, id: string): HTMLElement | null {
    const [group, row] = type === "sites" ? this.#placeOf(id) : [];
    return group && row !== undefined ? this.#buttonOf(group.rows.reveal(row, this.#head())) : (this.#items.get(`${type} ${id}`) ?? null);
  }

  /** The list once more, for paper: what each entry says, and the sources that say it; and how many a long list leaves out. */
  told(): { groups: Told[]; shown: number; all: number } {
    const { state } = this.store;
    const groups = this.#groups(state);
    const all = groups.reduce((sum, group) => sum + group.size, 0);
    let room = all > WHOLE ? PRINTED : all;
    const told = groups.map(({ heading, size, entry }): Told => {
      const entries = Array.from({ length: Math.min(size, room) }, (_none, place) => entry(place));
      room -= entries.length;
      return { heading, entries: entries.map((one) => ({ references: this.#references(one, state), node: one.make() })) };
    });
    return { groups: told.filter(({ entries }) => entries.length > 0), shown: Math.min(all, all > WHOLE ? PRINTED : all), all };
  }

  #references({ type, id }: Entry, { measure }: State): readonly Reference[] {
    if (type === "sites") return this.model.sites.get(id)?.sources ?? [];
    if (type === "areas") {
      const claim = this.figures.scale(measure)?.claims.get(id);
      return claim ? [claim.reference] : [];
    }
    const counted = this.#widths.get(id)?.said.claims ?? [];
    return [...(this.model.routes.get(id)?.sources ?? []), ...this.model.claims({ claims: counted }).map((claim) => claim.reference)];
  }

  /** Write the list; as many of its entries at once as were `written` before, which also stay where they are. */
  draw(written = 0): void {
    const { state } = this.store;
    this.#items.clear();
    this.#pending = [];
    for (const { rows } of this.#rows) rows.leave();
    this.#rows = [];
    this.#more.textContent = say(state.language, "list.more");
    const groups = this.#groups(state);
    replace(this.element);
    if (groups.length === 0) this.element.append(el("p", { class: "empty" }, say(state.language, "list.empty")));
    if (state.tab === "sites" && groups.reduce((sum, group) => sum + group.size, 0) > WHOLE) this.#drawRows(state, groups);
    else {
      for (const { heading, size, entry } of groups) {
        if (groups.length > 1 || state.tab !== "areas") this.#pending.push(() => el("h2", { class: "group" }, heading));
        for (let place = 0; place < size; place += 1) this.#pending.push(() => this.#item(entry(place)));
      }
    }
    this.element.append(this.#more);
    this.#portion(Math.max(PORTION, written));
    if (written === 0) this.#mark(state);
  }

  // --- a list that is in the page ---------------------------------------------------------------------------------------

  /** Write all that is left. */
  complete(): void {
    this.#portion(Infinity);
  }

  #portion(most = PORTION): void {
    const onward = document.activeElement === this.#more;
    const made = this.#pending.splice(0, most).map((make) => make());
    this.#more.before(...made);
    this.#more.hidden = this.#pending.length === 0;
    this.#tellChosen(this.store.state);
    // Whoever stands on the button goes on with what it brought; a button that is hidden would lose the place.
    if (onward) made.find((node) => node.matches(".item"))?.focus();
  }

  #item(entry: Entry): HTMLElement {
    const { store } = this;
    const button = el(
      "button",
      {
        type: "button",
        class: "item",
        "data-id": entry.id,
        click: () => store.set({ chosen: { type: entry.type, id: entry.id }, crowd: [] }),
        mouseenter: () => store.set({ hint: entry.id }),
        mouseleave: () => store.set({ hint: null }),
        focus: () => store.set({ hint: entry.id }),
        blur: () => store.set({ hint: null }),
      },
    );
    button.append(entry.make());
    button.classList.toggle("maybe", entry.maybe);
    this.#items.set(`${entry.type} ${entry.id}`, button);
    return button;
  }

  /** Bring the entry of the chosen record into sight. */
  #mark(state: State): void {
    if (this.#rows.length > 0 && state.chosen?.type === "sites") this.itemOf("sites", state.chosen.id);
    const item = this.#tellChosen(state);
    if (this.#rows.length === 0) item?.scrollIntoView({ block: "nearest" });
  }

  /** Say of the entries which one is chosen, and return it; the list stays where the reader has it. */
  #tellChosen({ chosen }: State): HTMLElement | undefined {
    const wanted = chosen ? `${chosen.type} ${chosen.id}` : "";
    for (const [key, item] of this.#items) {
      if (key === wanted) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
    return this.#items.get(wanted);
  }

  // --- a long list ------------------------------------------------------------------------------------------------------

  #drawRows(state: State, groups: readonly Group[]): void {
    const order = this.model.readingOrder(state);
    const height = this.#rowHeight(groups);
    for (const [index, places] of [order.located, order.unlocated].filter(({ length }) => length > 0).entries()) {
      const group = groups[index];
      if (!group) continue;
      const rows = new Rows();
      rows.element.setAttribute("aria-label", group.heading);
      this.element.append(el("h2", { class: "group" }, group.heading), rows.element);
      rows.show({ count: group.size, make: (row) => this.#row(group, row) }, height);
      this.#rows.push({ rows, places });
    }
  }

  #row(group: Group, row: number): HTMLElement {
    const entry = group.entry(row);
    const item = this.#item(entry);
    if (this.store.state.chosen?.id === entry.id) item.setAttribute("aria-current", "true");
    return el("div", { role: "listitem", "aria-setsize": group.size, "aria-posinset": row + 1 }, item);
  }

  /** All rows are as high as one is: names and facts take a line each, whatever they say. */
  #rowHeight(groups: readonly Group[]): number {
    const [first] = groups;
    if (!first) return 1;
    const sample = el("div", { class: "rows" }, this.#row(first, 0));
    sample.firstElementChild?.classList.add("row-item");
    this.element.append(sample);
    const height = Math.ceil((sample.firstElementChild as HTMLElement).getBoundingClientRect().height);
    sample.remove();
    this.#items.clear();
    return Math.max(1, height);
  }

  #placeOf(id: string): [{ rows: Rows }?, number?] {
    const index = this.#rows.length > 0 ? this.model.sites.indexOf(id) : -1;
    if (index < 0) return [];
    for (const group of this.#rows) {
      const row = group.places.indexOf(index);
      if (row >= 0) return [group, row];
    }
    return [];
  }

  #buttonOf(row: HTMLElement): HTMLElement {
    return row.querySelector<HTMLElement>(".item") ?? row;
  }

  /** What lies over the top of the list while it is scrolled. */
  #head(): number {
    return parseFloat(this.element.parentElement?.style.scrollPaddingTop ?? "") || 0;
  }

  // --- the keyboard -----------------------------------------------------------------------------------------------------

  /** Arrows go from entry to entry, Home and End to the first and the last, Page Up and Down by a window. */
  #walk(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity, PageDown: NaN, PageUp: NaN };
    if (!Object.hasOwn(steps, event.key) || event.altKey || event.ctrlKey || event.metaKey || !(event.target as Element).closest(".item")) return;
    event.preventDefault();
    const step = steps[event.key] as number;
    const way = event.key === "PageDown" ? 1 : -1;
    const next = this.#rows.length > 0 ? this.#nextRow(event.target as Element, step, way) : this.#nextItem(event.target as Element, step, way);
    next?.focus({ preventScroll: this.#rows.length > 0 });
  }

  #nextRow(from: Element, step: number, way: number): HTMLElement | null {
    const sizes = this.#rows.map(({ places }) => places.length);
    const group = this.#rows.findIndex(({ rows }) => rows.element.contains(from));
    const here = this.#rows[group];
    if (!here) return null;
    const before = sizes.slice(0, group).reduce((sum, size) => sum + size, 0);
    const wanted = before + here.rows.rowOf(from) + (Number.isNaN(step) ? way * here.rows.page : step);
    let row = Math.min(sizes.reduce((sum, size) => sum + size, 0) - 1, Math.max(0, wanted));
    for (const { rows, places } of this.#rows) {
      if (row < places.length) return this.#buttonOf(rows.reveal(row, this.#head()));
      row -= places.length;
    }
    return null;
  }

  #nextItem(from: Element, step: number, way: number): HTMLElement | null {
    if (step === Infinity) this.complete();
    const items = [...this.element.querySelectorAll<HTMLElement>(".item")];
    const here = items.indexOf(from.closest(".item") as HTMLElement);
    const scroller = this.element.parentElement;
    const page = Math.max(1, Math.floor((scroller?.clientHeight ?? 0) / ((items[here]?.offsetHeight ?? 0) || 72)) - 2);
    return items[Math.min(items.length - 1, Math.max(0, here + (Number.isNaN(step) ? way * page : step)))] ?? null;
  }

  // --- what is listed ---------------------------------------------------------------------------------------------------

  /** The groups that hold something. */
  #groups(state: State): Group[] {
    return (state.tab === "sites" ? this.#siteGroups(state) : this.#otherGroups(state)).filter(({ size }) => size > 0);
  }

  #siteGroups(state: State): Group[] {
    const { language } = state;
    const { sites } = this.model;
    const group = (heading: string, places: Uint32Array): Group => ({
      heading, size: places.length,
      entry: (place) => {
        const site = sites.site(places[place] as number);
        return { type: "sites", id: site.id, order: "", maybe: maybeWords(site, state) !== "", make: () => siteEntry(site, this.model, state) };
      },
    });
    const { located, unlocated } = this.model.readingOrder(state);
    return [group(say(language, "list.located"), located), group(say(language, "list.unlocated"), unlocated)];
  }

  #otherGroups(state: State): Group[] {
    const { language } = state;
    if (state.tab === "routes") {
      const routes = this.model.chosenRoutes(state);
      const entry = (route: Route): Entry<"routes"> => ({
        type: "routes", id: route.id, order: route.days?.[0] || route.days?.[1] || "9999", maybe: maybeWords(route, state) !== "",
        make: () => routeEntry(route, this.#widths.get(route.id), this.model, state),
      });
      return [
        this.#sorted(say(language, "list.drawn"), routes.filter((route) => route.segments.length > 0).map(entry), state),
        this.#sorted(say(language, "list.notdrawn"), routes.filter((route) => route.segments.length === 0).map(entry), state),
      ];
    }
    const entry = (area: Area): Entry<"areas"> => ({
      type: "areas", id: area.code, order: pick(area.name, language).text, maybe: false, make: () => areaEntry(area, this.figures, this.model, state),
    });
    const whole = (area: Area): Entry<"areas"> => ({ ...entry(area), order: "", make: () => nationEntry(area, state) });
    const title = pick(this.model.layerOf("areas")?.title ?? { en: "" }, language).text;
    return [
      this.#sorted(say(language, "list.nation"), this.model.chosenNation(state).map(whole), state),
      this.#sorted(title, this.model.chosenAreas(state).map(entry), state),
    ];
  }

  #sorted(heading: string, entries: readonly Entry<"routes" | "areas">[], state: State): Group {
    const collator = new Intl.Collator(state.language);
    const near = new Map(entries.map((entry) => [entry.id, this.model.nearness(entry.type, entry.id, state.query)]));
    const far = (entry: Entry): number => near.get(entry.id) ?? 0;
    const sorted = [...entries].sort((a, b) => far(a) - far(b) || collator.compare(a.order, b.order) || (a.id < b.id ? -1 : 1));
    return { heading, size: sorted.length, entry: (place) => sorted[place] as Entry };
  }
}
