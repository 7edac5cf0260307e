/** What stands above the list: the search, the count line that adds up, the lists to choose from, the kinds. */

import { isUndated, tally } from "../count.ts";
import { el, nextId, replace } from "../dom.ts";
import type { Figures } from "../figures.ts";
import { UNFILTERED } from "../find/asked.ts";
import type { Listed } from "../find/columns.ts";
import { FACETS } from "../find/facets.ts";
import type { Model } from "../model.ts";
import { counted, digits } from "../numbers.ts";
import { CHOOSING, LONGEST_QUERY, type State, type Store, type Tab, any, toggled } from "../state.ts";
import { NEUTRAL, colour, icon, sign } from "../symbols.ts";
import { pick, say } from "../words.ts";
import { Chips } from "./chips.ts";
import { Facets } from "./facets.ts";
import { Take } from "./take.ts";

/** Letters that come faster than this are one question. */
const PAUSE_MS = 16;

export class Filters {
  readonly search = el("div", { class: "search" });
  readonly counts = el("p", { class: "counts", "aria-live": "polite" });
  readonly tabs = el("div", { class: "tabs", role: "tablist" });
  readonly kinds = el("div", { class: "kinds", role: "group" });
  /** What the words were read as, when nothing answers them as typed. */
  readonly readAs = el("p", { class: "read-as", role: "status" });
  /** The ways to the facets and to the files, and the filters in use. */
  readonly bar = el("div", { class: "filter-bar" });
  readonly facets: Facets;
  readonly take: Take;
  readonly chips: Chips;
  readonly #ways = el("div", { class: "filter-ways" });
  readonly #field = el("input", { type: "search", id: nextId("search"), autocomplete: "off", spellcheck: "false", maxlength: LONGEST_QUERY });
  readonly #label = el("label", { class: "unseen", for: this.#field.id });
  readonly #clear = el("button", { type: "button", class: "clear", hidden: true }, icon("close"));
  #waiting = 0;

  constructor(
    readonly model: Model,
    readonly store: Store,
    readonly figures: Figures,
    readonly panelId: string,
    /** Told when a part opens that wants room. */
    readonly onOpen: () => void,
  ) {
    this.facets = new Facets(model, store);
    this.take = new Take(model, store);
    this.chips = new Chips(model, store);
    this.bar.append(this.#ways, this.chips.element, this.chips.refused);
    this.search.append(this.#label, icon("search"), this.#field, this.#clear);
    this.#field.addEventListener("input", () => {
      window.clearTimeout(this.#waiting);
      this.#waiting = window.setTimeout(() => store.set({ query: this.#field.value }), PAUSE_MS);
    });
    this.#clear.addEventListener("click", () => {
      this.#field.value = "";
      store.set({ query: "" });
      this.#field.focus();
    });
    store.listen((state, changed) => {
      // Words that came with the address, or went with "show all again".
      if (changed.has("query") && this.#field.value.trim() !== state.query.trim()) this.#field.value = state.query;
      if (any(changed, "language", "off", "tab", "measure", "unread", ...CHOOSING)) this.draw(state);
    });
    this.#field.value = store.state.query;
    this.draw(store.state);
  }

  draw(state: State): void {
    const { language } = state;
    this.#label.textContent = say(language, "search");
    this.#field.placeholder = say(language, "search");
    this.#clear.hidden = state.query === "";
    this.#clear.setAttribute("aria-label", say(language, "search.clear"));
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["key"] : undefined;
    replace(this.counts, ...this.#counts(state));
    this.#drawTabs(state);
    this.#drawKinds(state);
    this.#drawReadAs(state);
    this.#drawWays(state, this.chips.draw(state));
    if (focused && !(document.activeElement instanceof HTMLElement && document.activeElement.dataset["key"] === focused)) this.#refocus(focused);
  }

  #refocus(key: string): void {
    const boxes = [this.counts, this.tabs, this.kinds, this.bar].flatMap((box) => [...box.querySelectorAll<HTMLElement>("[data-key]")]);
    // A filter that was taken away is gone: the focus goes on to the next one, or to the way to all of them.
    const gone = /^(chip|refused|reset)/.test(key);
    const next = gone ? [this.chips.element.querySelector("button"), this.#ways.querySelector("button")] : [];
    const node = boxes.find((one) => one.dataset["key"] === key) ?? next.find((one) => one !== null);
    node?.focus({ preventScroll: true });
  }

  /** The places have become ready to be searched. */
  showReady(state: State): void {
    this.#drawReadAs(state);
  }

  #drawReadAs(state: State): void {
    // For whoever measures: a page that is still preparing answers no words.
    this.search.classList.toggle("preparing", this.model.preparing);
    const waiting = this.model.preparing && state.query.trim() !== "";
    const read = this.model.readAs(state.tab, state.query);
    this.readAs.hidden = read === undefined && !waiting;
    if (waiting) this.readAs.textContent = say(state.language, "search.preparing");
    else this.readAs.textContent = read === undefined ? "" : say(state.language, "search.readas", { typed: state.query.trim(), read });
  }

  /** The two disclosures; one is open at a time. */
  #drawWays(state: State, inUse: number): void {
    const { language } = state;
    this.bar.hidden = state.tab === "areas";
    if (this.bar.hidden) this.#toggle(null);
    const way = (part: Facets | Take, key: string, label: string, more: Node | null): HTMLElement =>
      el(
        "button",
        {
          type: "button", class: "opener", "data-key": key, "aria-expanded": String(part.isOpen), "aria-controls": part.element.id,
          click: () => {
            this.#toggle(part.isOpen ? null : part);
            this.draw(this.store.state);
          },
        },
        label, more, icon("chevron"),
      );
    const badge = inUse > 0 ? el("span", { class: "badge" }, el("span", { "aria-hidden": "true" }, digits(inUse, language)), el("span", { class: "unseen" }, say(language, "filters.inuse", { n: inUse }))) : null;
    replace(this.#ways, way(this.facets, "way facets", say(language, "filters"), badge), way(this.take, "way take", say(language, "take"), null));
  }

  #toggle(open: Facets | Take | null): void {
    for (const part of [this.facets, this.take]) part.toggle(part === open);
    if (open) this.onOpen();
  }

  #only(state: State, which: "unlocated" | "undated", n: number): HTMLElement {
    const pressed = state.only === which;
    return el(
      "button",
      { type: "button", class: "link", "data-key": which, "aria-pressed": String(pressed), click: () => this.store.set({ only: pressed ? null : which }) },
      say(state.language, which === "undated" ? "count.undated" : state.tab === "routes" ? "count.routes.notdrawn" : "count.unlocated", { n }),
    );
  }

  #counts(state: State): (Node | string)[] {
    const { language } = state;
    const parts: (Node | string)[] = [];
    if (state.tab === "sites") {
      const count = tally(this.model.sites, this.model.chosenSites(state), this.model.isOn("sites", state));
      parts.push(el("b", {}, say(language, "count.shown", { shown: count.shown, n: count.all })));
      if (count.unlocated > 0 || state.only === "unlocated") parts.push(this.#only(state, "unlocated", count.unlocated));
      if (count.switchedOff > 0) parts.push(say(language, "count.switchedoff", { n: count.switchedOff }));
      if (count.setAside > 0) parts.push(say(language, "count.setaside", { n: count.setAside }));
      if (count.undated > 0 || state.only === "undated") parts.push(this.#only(state, "undated", count.undated));
      parts.push(...this.#aside("sites", state));
    } else if (state.tab === "routes") {
      const routes = this.model.chosenRoutes(state);
      const drawn = this.model.isOn("routes", state) ? routes.filter((route) => route.segments.length > 0).length : 0;
      const all = this.model.payload.routes.length;
      parts.push(el("b", {}, say(language, "count.routes", { shown: drawn, n: all })));
      const off = this.model.isOn("routes", state) ? 0 : routes.filter((route) => route.segments.length > 0).length;
      const notDrawn = routes.length - drawn - off;
      if (notDrawn > 0 || state.only === "unlocated") parts.push(this.#only(state, "unlocated", notDrawn));
      if (off > 0) parts.push(say(language, "count.switchedoff", { n: off }));
      if (all > routes.length) parts.push(say(language, "count.setaside", { n: all - routes.length }));
      const undated = routes.filter(isUndated).length;
      if (undated > 0 || state.only === "undated") parts.push(this.#only(state, "undated", undated));
      parts.push(...this.#aside("routes", state));
    } else {
      const scale = this.figures.scale(state.measure);
      const n = this.model.payload.areas.length;
      parts.push(el("b", {}, scale ? say(language, "count.areas", { figures: scale.claims.size, n }) : say(language, "count.areas.plain", { n })));
      const left = this.model.chosenAreas(state).length;
      if (left < n) parts.push(say(language, "count.setaside", { n: n - left }));
    }
    if (this.#isFiltered(state)) {
      const reset = (): void => {
        this.#field.value = "";
        this.store.set(UNFILTERED);
      };
      parts.push(el("button", { type: "button", class: "link", "data-key": "reset", click: reset }, say(language, "filter.all")));
    }
    return parts.flatMap((part, index) => (index === 0 ? [part] : [" · ", part]));
  }

  /** Records that the chosen years leave out because nothing is known of their time. */
  #aside(list: Listed, state: State): string[] {
    const n = this.model.undatedAside(list, state);
    return n > 0 ? [say(state.language, "count.undated.aside", { n })] : [];
  }

  #isFiltered(state: State): boolean {
    return state.query !== "" || FACETS.some(({ key }) => state[key].size > 0) || [state.figure, state.years, state.only].some((one) => one !== null) || state.where !== "";
  }

  #drawTabs(state: State): void {
    const tabs = this.model.tabs();
    this.tabs.hidden = tabs.length < 2;
    const sizes: Record<Tab, () => number> = {
      sites: () => this.model.chosenSites(state).count,
      routes: () => this.model.chosenRoutes(state).length,
      areas: () => this.model.chosenAreas(state).length,
    };
    replace(
      this.tabs,
      ...tabs.map((tab, index) => {
        const layer = this.model.payload.layers.find((one) => one.name === this.model.layerOf(tab)?.name);
        const active = tab === state.tab;
        const step = (event: Event): void => {
          const key = (event as KeyboardEvent).key;
          const move = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
          const next = tabs[(index + move + tabs.length) % tabs.length];
          if (move === 0 || !next) return;
          event.preventDefault();
          this.store.set({ tab: next });
          this.#refocus(`tab ${next}`);
        };
        return el(
          "button",
          {
            type: "button", role: "tab", "data-key": `tab ${tab}`, "aria-selected": String(active), "aria-controls": this.panelId,
            tabindex: active ? 0 : -1, click: () => this.store.set({ tab }), keydown: step,
          },
          layer ? pick(layer.title, state.language).text : tab,
          el("span", { class: "count" }, counted(sizes[tab](), state.language)),
        );
      }),
    );
  }

  #drawKinds(state: State): void {
    const { terms } = this.model.payload;
    const places = state.tab === "sites";
    const held = this.model.facetTotals(places ? "sites" : "routes")[places ? "kinds" : "routeKinds"];
    const counts = this.model.facetCounts(places ? "sites" : "routes", state)[places ? "kinds" : "routeKinds"];
    const all: Record<string, { label: { en: string; km?: string; fr?: string }; symbol?: string; colour?: string }> = places ? terms.kinds : terms.route_kinds;
    const present = Object.entries(all).filter(([kind]) => held.has(kind));
    this.kinds.hidden = state.tab === "areas" || present.length < 2;
    // On a phone the answers come first: the kinds give way while somebody searches.
    this.kinds.classList.toggle("searching", state.query !== "");
    this.kinds.setAttribute("aria-label", say(state.language, places ? "filter.kinds" : "filter.routekinds"));
    const chosen = places ? state.kinds : state.routeKinds;
    const byZone = this.model.payload.page.colour_by === "zone";
    replace(
      this.kinds,
      ...present.map(([kind, term]) => {
        const label = pick(term.label, state.language);
        const toggle = (): void =>
          this.store.set(places ? { kinds: toggled(this.store.state.kinds, kind) } : { routeKinds: toggled(this.store.state.routeKinds, kind) });
        return el(
          "button",
          { type: "button", class: (counts.get(kind) ?? 0) > 0 ? "kind" : "kind none-left", "data-key": `kind ${kind}`, "aria-pressed": String(chosen.has(kind)), lang: label.language, click: toggle },
          places && term.symbol ? sign(term.symbol, byZone ? NEUTRAL : colour(term.colour), 14) : null,
          label.text,
          el("span", { class: "count" }, counted(counts.get(kind) ?? 0, state.language)),
        );
      }),
    );
  }
}
