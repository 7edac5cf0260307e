/** The facets: for each what it chooses among, and how many records each choice would leave. */

import { el, nextId, replace } from "../dom.ts";
import { listOf } from "../find/asked.ts";
import type { Listed } from "../find/columns.ts";
import { type Facet, type FacetKey, facetsOf } from "../find/facets.ts";
import { fold } from "../fold.ts";
import type { Model } from "../model.ts";
import { counted } from "../numbers.ts";
import type { Language } from "../payload.ts";
import { RegionFields } from "../region/fields.ts";
import type { Pen } from "../region/pen.ts";
import { CHOOSING, type State, type Store, any, toggled } from "../state.ts";
import { DATA_LANGUAGE, isWord, pick, say } from "../words.ts";
import { FigureFields } from "./figure_fields.ts";

/** From so many choices on a facet has its own search. */
const MANY = 30;
/** So many choices are shown at once. */
const ROOM = 200;

/** What a value of a facet is called, and in which language. */
export function valueName(key: FacetKey, value: string, model: Model, language: Language): { text: string; language: string } {
  if (value === "") return { text: say(language, "facet.none"), language };
  const { terms, sources } = model.payload;
  const spoken = { kinds: terms.kinds, routeKinds: terms.route_kinds, zones: terms.zones }[key as string]?.[value];
  if (spoken) return pick(spoken.label, language);
  if (key === "provinces") return model.areaName(value, language) ?? { text: value, language };
  if (key === "sources") return { text: sources[value]?.note ?? value, language: DATA_LANGUAGE };
  const word = key === "standings" ? `standing.${value}` : `basis.${value}`;
  return { text: isWord(word) ? say(language, word) : value, language };
}

interface Option {
  value: string;
  name: { text: string; language: string };
  folded: string;
}

/** The element of a choice; made when it is first shown. */
interface Item {
  item: HTMLElement;
  box: HTMLInputElement;
  count: HTMLElement;
}

/** One facet as a group that opens; its choices are made when it first does. */
class Group {
  readonly element: HTMLDetailsElement;
  readonly #chosen = el("span", { class: "facet-chosen" });
  readonly #list = el("ul", { class: "choices" });
  readonly #nothing = el("p", { class: "facet-empty", hidden: true });
  readonly #more = el("button", {
    type: "button", class: "link facet-more", hidden: true,
    click: () => {
      this.#room += ROOM;
      this.draw(this.store.state);
    },
  });
  #options: Option[] = [];
  readonly #items = new Map<string, Item>();
  #wanted = "";
  #room = ROOM;

  constructor(
    readonly facet: Facet,
    readonly list: Listed,
    readonly model: Model,
    readonly store: Store,
  ) {
    const { language } = store.state;
    const label = say(language, `facet.${facet.key}`);
    this.#list.setAttribute("aria-label", label);
    this.element = el("details", { class: "facet", "data-facet": facet.key }, el("summary", {}, el("span", { class: "facet-name" }, label), this.#chosen), this.#list);
    this.element.addEventListener("toggle", () => {
      if (this.element.open) this.draw(this.store.state);
    });
    this.draw(store.state);
  }

  #make(state: State): void {
    const { language } = state;
    const totals = new Map(this.model.facetTotals(this.list)[this.facet.key]);
    for (const value of state[this.facet.key]) if (!totals.has(value)) totals.set(value, 0);
    const collator = new Intl.Collator(language);
    const order = this.#order();
    // Sources by how many records they speak of; what the vocabulary orders in its order; the rest by name, "not stated" last.
    this.#options = [...totals.keys()]
      .map((value) => {
        const name = valueName(this.facet.key, value, this.model, language);
        return { value, name, folded: fold(name.text) };
      })
      .sort((a, b) =>
        Number(a.value === "") - Number(b.value === "") ||
        (this.facet.key === "sources" ? (totals.get(b.value) ?? 0) - (totals.get(a.value) ?? 0) : 0) ||
        (order ? order.indexOf(a.value) - order.indexOf(b.value) : 0) ||
        collator.compare(a.name.text, b.name.text));
    if (this.#options.length >= MANY) this.element.insertBefore(this.#search(language), this.#list);
    this.#nothing.textContent = say(language, "facet.empty");
    this.#more.textContent = say(language, "list.more");
    this.element.append(this.#nothing, this.#more);
  }

  #item({ value, name }: Option): Item {
    const known = this.#items.get(value);
    if (known) return known;
    const box = el("input", { type: "checkbox", change: () => this.store.set({ [this.facet.key]: toggled(this.store.state[this.facet.key], value) }) });
    const count = el("span", { class: "count" });
    const item = el("li", {}, el("label", {}, box, el("span", { class: "choice-name", lang: name.language }, name.text), count));
    const made = { item, box, count };
    this.#items.set(value, made);
    return made;
  }

  #order(): string[] | null {
    const { terms, precision } = this.model.payload;
    if (this.facet.key === "zones") return Object.keys(terms.zones);
    if (this.facet.key === "bases") return precision.map((one) => one.basis);
    return this.facet.key === "standings" ? ["judged", "surveyed", "alleged", "reported"] : null;
  }

  #search(language: Language): HTMLElement {
    const id = nextId("facet-search");
    const field = el("input", { type: "search", id, autocomplete: "off", spellcheck: "false", placeholder: say(language, "facet.search") });
    field.addEventListener("input", () => {
      this.#wanted = fold(field.value);
      this.#room = ROOM;
      this.draw(this.store.state);
    });
    return el("div", { class: "facet-search" }, el("label", { class: "unseen", for: id }, say(language, "facet.search")), field);
  }

  draw(state: State): void {
    const chosen = state[this.facet.key];
    this.#chosen.textContent = chosen.size > 0 ? counted(chosen.size, state.language) : "";
    if (!this.element.open) return;
    if (this.#options.length === 0) this.#make(state);
    const counts = this.model.facetCounts(this.list, state)[this.facet.key];
    const words = this.#wanted.split(" ");
    const found = this.#options.filter(({ value, folded }) => words.every((word) => folded.includes(word))
      && ((counts.get(value) ?? 0) > 0 || chosen.has(value) || this.facet.key !== "sources"));
    // Of thousands of choices the first are shown, and those that are made; the search finds the others.
    const shown = found.filter(({ value }, place) => place < this.#room || chosen.has(value));
    const items = shown.map((option) => {
      const { item, box, count } = this.#item(option);
      const left = counts.get(option.value) ?? 0;
      box.checked = chosen.has(option.value);
      count.textContent = counted(left, state.language);
      item.classList.toggle("none-left", left === 0);
      return item;
    });
    // A box that holds the focus would lose it if the same items were put in anew.
    if (items.length !== this.#list.children.length || items.some((item, place) => item !== this.#list.children[place])) replace(this.#list, ...items);
    this.#nothing.hidden = shown.length > 0;
    this.#more.hidden = shown.length === found.length;
  }
}

export class Facets {
  readonly element = el("section", { class: "facets", id: nextId("facets"), hidden: true });
  #groups: (Group | FigureFields | RegionFields)[] = [];
  #list: Listed | null = null;

  constructor(
    readonly model: Model,
    readonly store: Store,
    readonly pen: Pen,
  ) {
    store.listen((state, changed) => {
      if (any(changed, "language", "tab")) this.#build(state, changed.has("language"));
      else if (any(changed, ...CHOOSING)) this.#draw(state);
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  toggle(open: boolean): void {
    this.element.hidden = !open;
    this.#build(this.store.state, false);
  }

  #build(state: State, anew: boolean): void {
    if (!this.isOpen) {
      if (anew) this.#list = null;
      return;
    }
    const list = listOf(state.tab);
    if (list === this.#list && !anew) return this.#draw(state);
    this.#list = list;
    const open = new Set(this.#groups.flatMap(({ element }) => (element.open ? [element.dataset["facet"]] : [])));
    const facets = facetsOf(list).filter((facet) => facet.key !== "kinds" && facet.key !== "routeKinds" && this.#tells(facet, list, state));
    this.#groups = [new RegionFields(this.model, this.store, this.pen), ...facets.map((facet) => new Group(facet, list, this.model, this.store)), new FigureFields(list, this.model, this.store)];
    this.#groups = this.#groups.filter((group) => !(group instanceof FigureFields) || group.measures.length > 0);
    for (const { element } of this.#groups) if (open.has(element.dataset["facet"])) element.open = true;
    this.element.setAttribute("aria-label", say(state.language, "filters"));
    replace(this.element, ...this.#groups.map((group) => group.element));
    this.#draw(state);
  }

  /** A facet in which all records say the same has nothing to choose. */
  #tells(facet: Facet, list: Listed, state: State): boolean {
    return this.model.facetTotals(list)[facet.key].size > 1 || state[facet.key].size > 0;
  }

  #draw(state: State): void {
    if (this.isOpen) for (const group of this.#groups) group.draw(state);
  }
}
