/** The list: every record of the page in words, complete without the map. */

import { spanWords } from "../dates.ts";
import { el, langTag, replace } from "../dom.ts";
import type { Figures } from "../figures.ts";
import { timing } from "../find/timing.ts";
import { type Model, siteNames } from "../model.ts";
import { boundsWords, unitWords } from "../bounds.ts";
import type { Area, Reference, Route, Site } from "../payload.ts";
import { CHOOSING, type State, type Store, type Tab, any } from "../state.ts";
import { NEUTRAL, colour, dashes } from "../symbols.ts";
import { DATA_LANGUAGE, isWord, pick, say } from "../words.ts";
import { siteSign } from "../map/signs.ts";
import { type Width, routeWidths } from "../widths.ts";
import { peopleWords, reasonWords, wayWords } from "./journeys.ts";
import { stroke } from "./legend_signs.ts";

/** So many records are written at once; the rest follows when the reader comes near. */
const PORTION = 60;

interface Entry {
  type: Tab;
  id: string;
  order: string;
  /** In the chosen years only possibly; said in the entry's words too. */
  maybe?: boolean;
  make(): HTMLElement;
}

interface Group {
  heading: string;
  entries: Entry[];
}

export class List {
  readonly element = el("div", { class: "list" });
  readonly #items = new Map<string, HTMLElement>();
  readonly #widths: ReadonlyMap<string, Width>;
  #pending: (() => HTMLElement)[] = [];
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
    store.listen((state, changed) => {
      if (any(changed, "language", "tab", "measure", ...CHOOSING)) this.draw();
      else if (changed.has("chosen")) this.#mark(state);
    });
  }

  /** The list's own button of a record, if it is written. */
  itemOf(type: Tab, id: string): HTMLElement | null {
    return this.#items.get(`${type} ${id}`) ?? null;
  }

  /** The groups that hold something, each in the order in which it is read. */
  #ordered(state: State): Group[] {
    const groups = this.#groups(state).filter((group) => group.entries.length > 0);
    const collator = new Intl.Collator(state.language);
    for (const group of groups) {
      const near = new Map(group.entries.map((entry) => [entry.id, entry.type === "sites" ? 0 : this.model.nearness(entry.type, entry.id, state.query)]));
      const far = (entry: Entry): number => near.get(entry.id) ?? 0;
      // Places come as they are read.
      if (group.entries[0]?.type !== "sites") group.entries.sort((a, b) => far(a) - far(b) || collator.compare(a.order, b.order) || (a.id < b.id ? -1 : 1));
    }
    return groups;
  }

  /** The whole list once more, for paper: what each entry says, and the sources that say it. */
  told(): { heading: string; entries: { references: readonly Reference[]; node: HTMLElement }[] }[] {
    const { state } = this.store;
    return this.#ordered(state).map(({ heading, entries }) => ({
      heading,
      entries: entries.map((entry) => ({ references: this.#references(entry, state), node: entry.make() })),
    }));
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

  draw(): void {
    const { state } = this.store;
    this.#items.clear();
    this.#pending = [];
    this.#more.textContent = say(state.language, "list.more");
    const groups = this.#ordered(state);
    for (const group of groups) {
      if (groups.length > 1 || state.tab !== "areas") {
        this.#pending.push(() => el("h2", { class: "group" }, group.heading));
      }
      for (const entry of group.entries) this.#pending.push(() => this.#item(entry));
    }
    replace(this.element);
    if (groups.length === 0) this.element.append(el("p", { class: "empty" }, say(state.language, "list.empty")));
    this.element.append(this.#more);
    this.#portion();
  }

  /** Write all that is left. */
  complete(): void {
    this.#portion(Infinity);
  }

  #portion(most = PORTION): void {
    for (const make of this.#pending.splice(0, most)) this.#more.before(make());
    this.#more.hidden = this.#pending.length === 0;
    this.#mark(this.store.state);
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
    button.classList.toggle("maybe", entry.maybe === true);
    this.#items.set(`${entry.type} ${entry.id}`, button);
    return button;
  }

  #mark(state: State): void {
    const chosen = state.chosen ? `${state.chosen.type} ${state.chosen.id}` : "";
    for (const [key, item] of this.#items) {
      if (key === chosen) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
    this.#items.get(chosen)?.scrollIntoView({ block: "nearest" });
  }

  #groups(state: State): Group[] {
    const { language } = state;
    if (state.tab === "sites") {
      const { located, unlocated } = this.model.readingOrder(state);
      const entry = (site: Site): Entry => ({
        type: "sites", id: site.id, order: siteNames(site, language)[0].text, maybe: this.#maybe(site, state) !== "", make: () => this.#site(site, state),
      });
      return [
        { heading: say(language, "list.located"), entries: Array.from(located, (index) => entry(this.model.sites.made(index))) },
        { heading: say(language, "list.unlocated"), entries: Array.from(unlocated, (index) => entry(this.model.sites.made(index))) },
      ];
    }
    if (state.tab === "routes") {
      const routes = this.model.chosenRoutes(state);
      const entry = (route: Route): Entry => ({
        type: "routes", id: route.id, order: route.begin ?? "9999", maybe: this.#maybe(route, state) !== "", make: () => this.#route(route, state),
      });
      return [
        { heading: say(language, "list.drawn"), entries: routes.filter((route) => route.segments.length > 0).map(entry) },
        { heading: say(language, "list.notdrawn"), entries: routes.filter((route) => route.segments.length === 0).map(entry) },
      ];
    }
    const entry = (area: Area): Entry => ({
      type: "areas", id: area.code, order: pick(area.name, language).text, make: () => this.#area(area, state),
    });
    const whole = (area: Area): Entry => ({
      type: "areas", id: area.code, order: "", make: () => this.#nation(area, state),
    });
    return [
      { heading: say(language, "list.nation"), entries: this.model.chosenNation(state).map(whole) },
      { heading: pick(this.model.layerOf("areas")?.title ?? { en: "" }, language).text, entries: this.model.chosenAreas(state).map(entry) },
    ];
  }

  #site(site: Site, state: State): HTMLElement {
    const { language } = state;
    const [name, other] = siteNames(site, language);
    const province = this.model.provinceName(site, language);
    const standing = `standing.${site.standing}`;
    const facts = [
      province?.text,
      spanWords(site, language) || say(language, "undated"),
      isWord(standing) ? say(language, standing) : site.standing,
      this.#maybe(site, state),
    ];
    return el(
      "span",
      { class: "entry" },
      el("span", { class: "mark" }, siteSign(site, this.model, 17)),
      el("span", { class: "entry-name", lang: langTag(name.language) }, name.text),
      other ? el("span", { class: "entry-other", lang: langTag(other.language) }, other.text) : null,
      el("span", { class: "entry-facts" }, facts.filter(Boolean).join(" · ")),
    );
  }

  #route(route: Route, state: State): HTMLElement {
    const { language } = state;
    const kind = this.model.payload.terms.route_kinds[route.kind];
    const tint = colour(kind?.colour, NEUTRAL);
    // The mark shows the least that is known of any part.
    const parts = new Set(route.segments.map((segment) => segment.certainty));
    const certainty = (["assumed", "reconstructed"] as const).find((word) => parts.has(word)) ?? "documented";
    const label = kind ? pick(kind.label, language).text : route.kind;
    const people = peopleWords(this.#widths.get(route.id), this.model, language) ?? say(language, "route.nopeople");
    const line = (name: string, text: string | null): HTMLElement | null => (text ? el("span", { class: name }, text) : null);
    return el(
      "span",
      { class: "entry entry-route" },
      el("span", { class: "mark" }, route.segments.length > 0 ? stroke(tint, dashes(certainty), 22) : null),
      el("span", { class: "entry-name", lang: DATA_LANGUAGE }, route.name),
      line("entry-facts", [label, spanWords(route, language) || say(language, "undated"), this.#maybe(route, state)].filter(Boolean).join(" · ")),
      line("entry-way", wayWords(route, language)),
      line("entry-people", people),
      line("entry-reason", reasonWords(route, this.model, language)),
    );
  }

  /** Said of a record whose time meets the chosen years only possibly. */
  #maybe(record: Site | Route, { years, language }: State): string {
    return years !== null && timing(record, years) === "possible" ? say(language, "time.possibly") : "";
  }

  #nation(nation: Area, state: State): HTMLElement {
    const { language } = state;
    const name = pick(nation.name, language);
    return el(
      "span",
      { class: "entry" },
      el("span", { class: "mark" }),
      el("span", { class: "entry-name", lang: name.language }, name.text),
      el("span", { class: "entry-facts" }, say(language, "list.claims", { n: nation.claims.length })),
    );
  }

  #area(area: Area, state: State): HTMLElement {
    const { language } = state;
    const name = pick(area.name, language);
    const other = language === "km" ? area.name.en : area.name.km;
    const scale = this.figures.scale(state.measure);
    const claim = scale?.claims.get(area.code);
    const swatch = el("span", { class: "swatch" });
    const shade = scale?.shadeOf(area.code);
    if (shade) swatch.style.backgroundColor = shade;
    else swatch.classList.add("swatch-none");
    const facts = claim
      ? `${boundsWords(claim, language)} ${unitWords(claim, this.model.payload.terms, language)}`
      : scale ? say(language, "legend.nofigure") : "";
    return el(
      "span",
      { class: "entry" },
      el("span", { class: "mark" }, scale ? swatch : null),
      el("span", { class: "entry-name", lang: name.language }, name.text),
      other ? el("span", { class: "entry-other", lang: language === "km" ? "en" : "km" }, other) : null,
      facts ? el("span", { class: "entry-facts" }, facts) : null,
    );
  }
}
