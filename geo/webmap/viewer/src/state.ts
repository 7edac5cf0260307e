/** What the reader has chosen, in one place; every part of the page listens to it. */

import type { Language } from "./payload.ts";

export type Tab = "sites" | "routes" | "areas";
export interface Choice {
  type: Tab;
  id: string;
  /** Chosen on the map: then the map need not move to it. */
  from?: "map";
}

/** Numbers that sources state about one thing: records whose claims reach into [from, to]; an end left out is open. */
export interface FigureRange {
  measure: string;
  from?: number;
  to?: number;
}
/** A span of days, both ends included, as ISO dates. */
export interface Years {
  from: string;
  to: string;
}
/** What part of the map is seen. */
export interface View {
  lon: number;
  lat: number;
  zoom: number;
}

/** Letters of a search that an address keeps; the field takes no more. */
export const LONGEST_QUERY = 200;

export interface State {
  language: Language;
  tab: Tab;
  query: string;
  /** Kinds of places and of journeys to show; none chosen means all. */
  kinds: ReadonlySet<string>;
  routeKinds: ReadonlySet<string>;
  /** Facets of places; none chosen of a facet means all. "" stands for a record that says nothing. */
  provinces: ReadonlySet<string>;
  zones: ReadonlySet<string>;
  standings: ReadonlySet<string>;
  bases: ReadonlySet<string>;
  sources: ReadonlySet<string>;
  figure: FigureRange | null;
  /** Records whose time certainly or possibly meets these days; undated ones are set aside while it is set. */
  years: Years | null;
  /** A condition in CQL2 that came with the address and that no facet can express; "" when there is none. */
  where: string;
  /** A time that came with the address and that the page does not read; it is said to be, and not applied. */
  unread: string;
  /** The chapter of the guided reading that is open, counted from 0. */
  chapter: number | null;
  /** null: all of it, as the page opens. */
  view: View | null;
  only: "unlocated" | "undated" | null;
  /** Layers that are switched off; "relations" is one of them. */
  off: ReadonlySet<string>;
  measure: string;
  /** The record whose card is open. */
  chosen: Choice | null;
  /** Records to choose from, when several stand at one point. */
  crowd: readonly string[];
  /** The record under the pointer or focus, in list or map. */
  hint: string | null;
}

/** What a page opens with when its address asks for nothing. */
export function firstState(language: Language, tab: Tab, measure = ""): State {
  const none = (): ReadonlySet<string> => new Set();
  return {
    language, tab, query: "", kinds: none(), routeKinds: none(), provinces: none(), zones: none(), standings: none(), bases: none(),
    sources: none(), figure: null, years: null, where: "", unread: "", chapter: null, view: null, only: null, off: none(), measure, chosen: null,
    crowd: [], hint: null,
  };
}

type Key = keyof State;

/** All that decides which records are chosen; whoever shows records listens to these. */
export const CHOOSING: readonly Key[] = [
  "query", "kinds", "routeKinds", "provinces", "zones", "standings", "bases", "sources", "figure", "years", "where", "only",
];

type Listener = (state: State, changed: ReadonlySet<Key>) => void;

export class Store {
  #state: State;
  readonly #listeners: Listener[] = [];

  constructor(first: State) {
    this.#state = first;
  }

  get state(): State {
    return this.#state;
  }

  /** Set some of the state; listeners hear which keys really changed. */
  set(patch: Partial<State>): void {
    const before = this.#state;
    const changed = new Set((Object.keys(patch) as Key[]).filter((key) => patch[key] !== before[key]));
    if (changed.size === 0) return;
    this.#state = { ...before, ...patch };
    for (const listener of this.#listeners) listener(this.#state, changed);
  }

  /** What this asks for has another answer now than when it was set. */
  again(key: Key): void {
    for (const listener of this.#listeners) listener(this.#state, new Set([key]));
  }

  /** Be told of changes, from now on. */
  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }
}

/** The set with a member added or taken away. */
export function toggled<T>(set: ReadonlySet<T>, member: T): ReadonlySet<T> {
  const copy = new Set(set);
  if (!copy.delete(member)) copy.add(member);
  return copy;
}

/** Whether any of the keys changed. */
export function any(changed: ReadonlySet<Key>, ...keys: Key[]): boolean {
  return keys.some((key) => changed.has(key));
}
