/**
 * The state of the page in its address, after `#`: what is asked, what is open, what part of the map is seen. An address
 * comes from outside: what in it is not known here does nothing.
 */

import { askedBy, clausesOf, listOf } from "../find/asked.ts";
import { clauses, together, writeDuring } from "../find/question.ts";
import type { Model } from "../model.ts";
import type { Language } from "../payload.ts";
import { type Choice, type State, type Store, type View, any, CHOOSING, LONGEST_QUERY, firstState } from "../state.ts";

/** Longer texts than these are nobody's question. */
const LONGEST = { where: 20_000, during: 60 } as const;
/** So much of such a text is shown. */
const TOLD_OF = 100;
const ZOOM_MAX = 19;

/** The language that the address asks for (`#lang=km`), else the first that the reader's browser prefers, else the page's own. */
function languageOf(asked: string | null, model: Model): Language {
  const { atlas, page } = model.payload;
  const wanted = [asked, ...window.navigator.languages.map((tag) => tag.slice(0, 2))];
  const known = wanted.flatMap((tag) => atlas.languages.filter((language) => language === tag));
  return known[0] ?? page.language;
}

function recordOf(id: string, model: Model): Choice | null {
  if (model.sites.has(id)) return { type: "sites", id };
  if (model.routes.has(id)) return { type: "routes", id };
  return model.areas.has(id) ? { type: "areas", id } : null;
}

function viewOf(text: string): View | null {
  const parts = text.split(",");
  const [lat = NaN, lon = NaN, zoom = NaN] = parts.map((part) => (/^-?[0-9]{1,3}(\.[0-9]{1,8})?$/.test(part) ? Number(part) : NaN));
  const inside = Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom >= 0 && zoom <= ZOOM_MAX;
  return parts.length === 3 && inside ? { lat, lon, zoom } : null;
}

/** The state that an address asks for, whole. */
export function readAddress(fragment: string, model: Model): State {
  const asked = new URLSearchParams(fragment.replace(/^#/, ""));
  const { payload } = model;
  const text = (key: string, longest = 100): string => {
    const value = asked.get(key) ?? "";
    return value.length <= longest ? value : "";
  };
  // What is too long to be a question is shown as one that is not answered, never left away in silence.
  const told = (key: "where" | "during"): string => {
    const value = asked.get(key) ?? "";
    return value.length <= LONGEST[key] ? value : `${value.slice(0, TOLD_OF)}…`;
  };
  const tabs = model.tabs();
  const tab = tabs.find((one) => one === text("tab")) ?? tabs[0] ?? "sites";
  const measures = payload.choropleth.map((one) => one.measure);
  const state = firstState(languageOf(asked.get("lang"), model), tab, measures.find((one) => one === text("measure")) ?? measures[0]);
  if (payload.page.cover) return state;
  const list = listOf(tab);
  const other = list === "sites" ? "routes" : "sites";
  const layers = new Set(["relations", ...payload.page.layers]);
  const chapter = /^[1-9][0-9]{0,2}$/.test(text("chapter")) ? Number(text("chapter")) - 1 : null;
  const beside = askedBy({ where: text("beside", LONGEST.where) }, model, other);
  delete beside.where;
  return {
    ...state,
    ...beside,
    ...askedBy({ where: told("where"), during: told("during") }, model, list),
    query: (asked.get("text") ?? "").slice(0, LONGEST_QUERY),
    chosen: recordOf(text("record"), model),
    view: viewOf(text("map")),
    off: new Set(text("off", 400).split(",").filter((name) => layers.has(name))),
    chapter: chapter !== null && chapter < payload.page.chapters.length ? chapter : null,
  };
}

/** The address of a state: what is as the page opens is left out, the language always stands. */
export function addressOf(state: State, model: Model): string {
  const list = listOf(state.tab);
  const measures = model.payload.choropleth;
  const where = clausesOf(list, state, model);
  // What cannot be asked of the open list is kept all the same: the page says of it that it is not answered.
  if (state.where && !where.includes(state.where)) where.push(state.where);
  const own = new Set(where);
  const beside = clauses(list === "sites" ? "routes" : "sites", state, true).filter((clause) => !own.has(clause));
  const parts: [string, string][] = [
    ["lang", state.language],
    ["where", together(where)],
    ["text", state.query.trim()],
    ["during", state.years ? writeDuring(state.years) : state.unread],
    ["record", state.chosen?.id ?? ""],
    ["tab", state.tab === (model.tabs()[0] ?? "sites") ? "" : state.tab],
    ["map", state.view ? [state.view.lat.toFixed(4), state.view.lon.toFixed(4), String(Math.round(state.view.zoom * 100) / 100)].join() : ""],
    ["off", [...state.off].sort().join()],
    ["measure", state.measure === (measures[0]?.measure ?? "") ? "" : state.measure],
    ["chapter", state.chapter === null ? "" : String(state.chapter + 1)],
    ["beside", together(beside)],
  ];
  return `#${parts.flatMap(([key, value]) => (value ? [`${key}=${encoded(value)}`] : [])).join("&")}`;
}

/** Percent-encoded where an address must be, readable where it may be. */
function encoded(text: string): string {
  // Half of a letter, as an interrupted paste leaves it, cannot be encoded.
  return encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd")).replaceAll("%2C", ",").replaceAll("%2F", "/");
}

/** The whole address of the page in this state, to be copied and sent. */
export function linkTo(state: State, model: Model): string {
  return window.location.href.replace(/#.*$/, "") + addressOf(state, model);
}

/** What an address tells of; the rest of the state passes with the moment. */
const TOLD = [...CHOOSING, "language", "tab", "unread", "chosen", "view", "off", "measure", "chapter"] as const;

/** Milliseconds between two addresses: browsers refuse a page that changes it too often. */
const REST_MS = 250;

/**
 * Keep address and state together. Opening a record is a step that "Back" undoes; everything else only changes the
 * address that stands.
 */
export function followAddress(store: Store, model: Model, openPart: (part: string) => void): void {
  let waiting = 0;
  let reading = false;
  let last = store.state;
  const write = (how: "pushState" | "replaceState", state = store.state): void => {
    window.clearTimeout(waiting);
    waiting = 0;
    const address = addressOf(state, model);
    if (address === window.location.hash) return;
    try {
      window.history[how](null, "", address);
    } catch {
      // A page inside another one, as in a notebook, may have no address of its own: it does without.
    }
  };
  store.listen((_state, changed) => {
    if (!any(changed, ...TOLD)) return;
    // A listener before this one may have set more already: what counts is the state that stands now.
    const [before, now] = [last, store.state];
    last = now;
    if (reading) return;
    if (now.chosen && now.chosen.id !== before.chosen?.id) {
      // What was done just before belongs to the step that "Back" returns to.
      if (waiting !== 0) write("replaceState", before);
      write("pushState");
    } else if (waiting === 0) waiting = window.setTimeout(() => write("replaceState"), REST_MS);
  });
  const read = (): void => {
    const fragment = window.location.hash;
    window.clearTimeout(waiting);
    waiting = 0;
    reading = true;
    const asked = readAddress(fragment, model);
    store.set({ ...changedBy(store.state, asked), crowd: [] });
    // The guided reading, when it closes, gives back what was there before it; what the address asks for counts more.
    if (asked.chapter === null) store.set(changedBy(store.state, asked));
    reading = false;
    follow(openPart);
  };
  window.addEventListener("popstate", read);
  window.addEventListener("pagehide", () => waiting && write("replaceState"));
  follow(openPart);
}

/** Open the part of the "about" that the address names (`#about=method`). */
export function follow(openPart: (part: string) => void): void {
  const part = new URLSearchParams(window.location.hash.slice(1)).get("about");
  if (part !== null) openPart(part);
}

/** Of a state the members that differ in what they say; sets and ranges are compared by content, so that nothing is drawn anew. */
function changedBy(now: State, next: State): Partial<State> {
  const same = (key: keyof State): boolean => JSON.stringify(plain(now[key])) === JSON.stringify(plain(next[key]));
  return Object.fromEntries(TOLD.map((key) => [key, same(key) ? now[key] : next[key]]));
}

function plain(value: unknown): unknown {
  return value instanceof Set ? [...value].sort() : value;
}
