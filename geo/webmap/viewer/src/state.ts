/** What the reader has chosen, in one place; every part of the page listens to it. */

import type { Language } from "./payload.ts";

export type Tab = "sites" | "routes" | "areas";
export interface Choice {
  type: Tab;
  id: string;
  /** Chosen on the map: then the map need not move to it. */
  from?: "map";
}

export interface State {
  language: Language;
  tab: Tab;
  query: string;
  /** Kinds of places and of journeys to show; none chosen means all. */
  kinds: ReadonlySet<string>;
  routeKinds: ReadonlySet<string>;
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

type Key = keyof State;
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
