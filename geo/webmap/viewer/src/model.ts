/** The payload with its indexes: what is asked again and again is looked up once. Nothing here touches the page. */

import { isUndated } from "./count.ts";
import { type Reach, reachOf } from "./find/claimed.ts";
import { type Listed, columnsOf, geometryOf, valueOf } from "./find/columns.ts";
import { type Condition, NotUnderstood, parseCql2 } from "./find/cql2.ts";
import { type Asked, NotHere, isTrue } from "./find/evaluate.ts";
import { type Counts, type Listable, type Rule, facetCounts, facetRules } from "./find/facets.ts";
import { type Haystack, type NameWords, type Search, type Searched, haystack, holds, nameWords, nearness, search, searched } from "./find/search.ts";
import { BIG, type ReadingOrder, SiteList } from "./find/site_list.ts";
import { type Timing, timing } from "./find/timing.ts";
import type { Area, Claim, Language, Name, Payload, Route, Site } from "./payload.ts";
import type { Called } from "./sites/names.ts";
import { clauseOf } from "./region/region.ts";
import { Selection } from "./sites/selection.ts";
import { AREA_BASES, type Sites } from "./sites/sites.ts";
import { CHOOSING, type State, type Tab, type Years, firstState } from "./state.ts";
import { pick } from "./words.ts";

export type { Called } from "./sites/names.ts";
export { nameIn as siteNames } from "./sites/names.ts";

export class Model {
  readonly sites: Sites;
  readonly list: SiteList;
  readonly routes: ReadonlyMap<string, Route>;
  readonly areas: ReadonlyMap<string, Area>;
  readonly #haystacks = new Map<string, Haystack>();
  readonly #searches = new Map<string, Search>();
  readonly #corpora = new Map<Tab, { searched: Searched; names: NameWords }>();
  readonly #reaches = new Map<string, Reach | null>();
  readonly #conditions = new Map<string, Asking>();
  #answer: Answer | undefined;

  constructor(readonly payload: Payload) {
    // A word of the data may be called "constructor": tables that are asked by such words must know only their own keys.
    for (const table of [...Object.values(payload.terms), payload.sources, payload.mentioned]) Object.setPrototypeOf(table, null);
    this.sites = payload.sites;
    this.routes = new Map(payload.routes.map((route) => [route.id, route]));
    const whole = payload.nation ? [payload.nation] : [];
    this.areas = new Map([...whole, ...payload.areas].map((area) => [area.code, area]));
    this.list = new SiteList(payload.sites, {
      terms: payload.terms,
      columns: columnsOf(payload, "sites"),
      areaNames: (code) => areaNames(this.areas.get(code)),
      claimsOf: (cell) => this.claims({ claims: cell === "" ? [] : (JSON.parse(cell) as number[]) }),
      claimTexts: (cell) => (cell === "" ? [] : this.#claimTexts({ claims: JSON.parse(cell) as number[] })),
      asked: (site) => this.#asked("sites", site),
      met: (text) => {
        const read = this.condition("sites", text);
        return read.type === "asked" ? (read.met ?? null) : null;
      },
      wanted: (query) => this.#search("sites", query).wanted,
      hasFigures: (measure) => this.hasFigures("sites", measure),
    });
  }

  /** Places that say they are part of another. */
  partsOf(id: string): { id: string }[] {
    const column = this.sites.column("part_of");
    return Array.from(column.every(id), (index) => ({ id: this.sites.id(index) }));
  }

  /** What a route or an area is searched in; folded when it is first asked for, since most readers never search. */
  #haystack(type: "routes" | "areas", id: string): Haystack {
    const key = `${type} ${id}`;
    const known = this.#haystacks.get(key);
    if (known) return known;
    const [route, area] = [this.routes.get(id), this.areas.get(id)];
    let made = haystack([], [], []);
    if (type === "routes" && route) made = haystack(namesOf(route), [route.id], [...routeTexts(route), ...this.#claimTexts(route)]);
    if (type === "areas" && area) made = haystack(areaNames(area), [area.code], [area.iso, ...this.#claimTexts(area)]);
    this.#haystacks.set(key, made);
    return made;
  }

  #claimTexts(record: { claims: readonly number[] }): (string | undefined)[] {
    return this.claims(record).flatMap((claim) => [claim.scope, claim.note]);
  }

  #corpus(type: Tab): { searched: Searched; names: NameWords } {
    if (type === "sites") return { searched: this.list.searched, names: this.list.index };
    const known = this.#corpora.get(type);
    if (known) return known;
    const all = [...(type === "routes" ? this.routes : this.areas).keys()].map((id) => this.#haystack(type, id));
    const made = { searched: searched(all, this.sites.count > BIG), names: nameWords(all) };
    this.#corpora.set(type, made);
    return made;
  }

  /** The words of the reader, as they are looked for in one list; the latest questions are kept. */
  #search(type: Tab, query: string): Search {
    const key = `${type} ${query}`;
    const known = this.#searches.get(key);
    if (known) return known;
    if (this.#searches.size > 12) this.#searches.clear();
    const made = search(query, this.#corpus(type).searched, () => (["sites", "routes", "areas"] as const).map((list) => this.#corpus(list).names));
    this.#searches.set(key, made);
    return made;
  }

  #finds(type: "routes" | "areas", query: string): (id: string) => boolean {
    const { wanted } = this.#search(type, query);
    return (id) => holds(this.#haystack(type, id), wanted);
  }

  /** What the reader's words were read as in a list, when nothing in it answers them as typed. */
  readAs(type: Tab, query: string): string | undefined {
    return this.list.preparing ? undefined : this.#search(type, query).readAs;
  }

  /** The layer that holds records of a schema, when the page shows one. */
  layerOf(schema: Tab): Payload["layers"][number] | undefined {
    const shown = new Set(this.payload.page.layers);
    return this.payload.layers.find((layer) => layer.schema === schema && shown.has(layer.name));
  }

  /** The lists that the page has. The layer that its definition names last lies on top, and its list opens first. */
  tabs(): Tab[] {
    const { page, layers, sites, routes, areas } = this.payload;
    const sizes = { sites: sites.count, routes: routes.length, areas: areas.length };
    const schemas = [...page.layers].reverse().map((name) => layers.find((layer) => layer.name === name)?.schema);
    return [...new Set(schemas)].filter((schema): schema is Tab => schema !== undefined && sizes[schema] > 0);
  }

  isOn(schema: Tab, state: State): boolean {
    const layer = this.layerOf(schema);
    return layer !== undefined && !state.off.has(layer.name);
  }

  /** The places that the reader's choices leave, located or not. */
  chosenSites(state: State): Selection {
    return this.list.left(state).selection;
  }

  /** The chosen places as they are read. */
  readingOrder(state: State): ReadingOrder {
    return this.list.readingOrder(state);
  }

  /** Whether the reader's words wait until the places of a big page are ready to be searched. */
  get preparing(): boolean {
    return this.list.preparing;
  }

  /** Make the places of a big page ready to be searched, while it is read. */
  prepare(): void {
    this.list.prepare();
  }

  onReady(listener: () => void): void {
    this.list.onReady(listener);
  }

  /** The journeys that the reader's choices leave, drawn or not. */
  chosenRoutes(state: State): readonly Route[] {
    return this.#routesLeft(state).chosen;
  }

  chosenAreas(state: State): Area[] {
    if (state.query === "" || this.preparing) return [...this.payload.areas];
    const finds = this.#finds("areas", state.query);
    return this.payload.areas.filter((area) => finds(area.code));
  }

  /** The country as a whole, where the page has claims about it and the reader's words find it. */
  chosenNation(state: State): Area[] {
    const { nation } = this.payload;
    return nation && (state.query === "" || this.preparing || this.#finds("areas", state.query)(nation.code)) ? [nation] : [];
  }

  /** For each value of each facet how many records it would leave, the other choices as they are. */
  facetCounts(list: Listed, state: State): Counts {
    if (list === "sites") return this.list.counts(this.list.left(state));
    const answer = this.#routesLeft(state);
    answer.counts ??= facetCounts(list, this.payload.routes, answer.rules);
    return answer.counts;
  }

  /** For each value of each facet how many records of the page bear it. */
  facetTotals(list: Listed): Counts {
    return this.facetCounts(list, NOTHING_CHOSEN);
  }

  /** How many records are set aside because nothing is known of their time, while days are asked for. */
  undatedAside(list: Listed, state: State): number {
    if (!state.years) return 0;
    if (list === "sites") return this.list.left(state).undatedAside();
    return this.chosenRoutes({ ...state, years: null }).filter((record) => !record.days).length;
  }

  /** How a place lies to the days that are asked for. */
  timing(index: number, years: Years): Timing {
    return this.list.timings(years)[this.sites.column("days").codeOf(index)] ?? "undated";
  }

  /** Whether a place lies in the chosen days only possibly. */
  isMaybe(index: number, { years }: State): boolean {
    return years !== null && this.timing(index, years) === "possible";
  }

  /** The places that say they lie in an area. */
  sitesIn(code: string): Uint32Array {
    const column = this.sites.column("province");
    return Selection.of(column.spread(Uint8Array.from(column.words, (word) => Number(word === code)))).indexes;
  }

  /** How many records of a list the page holds. */
  size(list: Listed): number {
    return list === "sites" ? this.sites.count : this.payload.routes.length;
  }

  /** How many records of a list the choices leave. */
  left(list: Listed, state: State): number {
    return list === "sites" ? this.chosenSites(state).count : this.chosenRoutes(state).length;
  }

  /** The records that the choices leave, whole, one after the other. */
  *chosen(list: Listed, state: State): Generator<Listable> {
    if (list === "routes") yield* this.chosenRoutes(state);
    else for (const index of this.chosenSites(state).indexes) yield this.sites.made(index);
  }

  /** Answers are asked for by many parts of the page: one is kept until something that it rests on changes. */
  #routesLeft(state: State): Answer {
    const known = this.#answer;
    if (known && known.preparing === this.preparing && CHOOSING.every((key) => known.state[key] === state[key])) return known;
    const rules = this.#rules(state);
    const chosen = this.payload.routes.filter((record) => rules.every((rule) => rule.holds(record)));
    return (this.#answer = { state, rules, chosen, counts: undefined, preparing: this.preparing });
  }

  #rules(state: State): Rule[] {
    const rules = facetRules("routes", state);
    const { figure, years } = state;
    if (state.only === "unlocated") rules.push({ holds: (record) => geometryOf("routes", record) === null });
    if (state.only === "undated") rules.push({ holds: isUndated });
    if (years) rules.push({ holds: (record) => ["certain", "possible"].includes(timing(record, years)) });
    if (figure && this.hasFigures("routes", figure.measure)) {
      rules.push({
        holds: (record) => {
          const reach = this.reach(record, figure.measure);
          return reach !== null && (figure.from === undefined || reach.high >= figure.from) && (figure.to === undefined || reach.low <= figure.to);
        },
      });
    }
    const region = state.region ? this.condition("routes", clauseOf(state.region)) : null;
    if (region?.type === "asked") rules.push({ holds: (record) => isTrue(region.condition, this.#asked("routes", record)) });
    const where = state.where ? this.condition("routes", state.where) : null;
    if (where?.type === "asked") rules.push({ holds: (record) => isTrue(where.condition, this.#asked("routes", record)) });
    if (state.query && !this.preparing) {
      const finds = this.#finds("routes", state.query);
      rules.push({ holds: (record) => finds(record.id) });
    }
    return rules;
  }

  /** A condition in CQL2 for a list, or what in it the page cannot answer. */
  condition(list: Listed, text: string): Asking {
    const key = `${list} ${text}`;
    const known = this.#conditions.get(key);
    if (known) return known;
    if (this.#conditions.size > 12) this.#conditions.clear();
    const made = this.#read(list, text);
    this.#conditions.set(key, made);
    return made;
  }

  #read(list: Listed, text: string): Asking {
    try {
      const condition = parseCql2(text);
      // Asked of every record: one that the list has no column for would only show itself at the first that gets so far.
      const nothing = { value: (column: string) => (this.#isColumn(list, column) ? null : undefined), geometry: () => null };
      isTrue(condition, nothing);
      if (list === "sites") return { type: "asked", condition, met: this.list.meeting(condition) };
      for (const record of this.payload.routes) isTrue(condition, this.#asked(list, record));
      return { type: "asked", condition };
    } catch (error) {
      if (error instanceof NotUnderstood || error instanceof NotHere) return { type: "refused", seen: error.message };
      throw error;
    }
  }

  #isColumn(list: Listed, column: string): boolean {
    const claimed = CLAIMED.exec(column);
    return columnsOf(this.payload, list).includes(column) || this.payload.terms.measures[claimed?.[1] ?? ""]?.unit !== undefined;
  }

  #asked(list: Listed, record: Listable): Asked {
    return {
      geometry: () => geometryOf(list, record),
      value: (column) => {
        if (column === "sources") return [...new Set(record.sources.map((reference) => reference.source))];
        if (!this.#isColumn(list, column)) return undefined;
        const claimed = CLAIMED.exec(column);
        if (claimed) return reachOf(this.claims(record), claimed[1] ?? "", this.payload.terms)?.[claimed[2] === "low" ? "low" : "high"] ?? null;
        const value = valueOf(list, record, column);
        if (typeof value === "string" || typeof value === "number") return value;
        return value == null ? null : value.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
      },
    };
  }

  /** How far the numbers reach that sources state about a route, in the unit in which the measure is filtered. */
  reach(route: Listable, measure: string): Reach | null {
    const key = `${measure} ${route.id}`;
    const known = this.#reaches.get(key);
    if (known !== undefined) return known;
    const made = reachOf(this.claims(route), measure, this.payload.terms);
    this.#reaches.set(key, made);
    return made;
  }

  /** How many records of a list have a figure about a measure, and how far all of them reach. */
  figures(list: Listed, measure: string): { count: number } & Reach {
    const told = { count: 0, low: Infinity, high: -Infinity };
    const take = (reach: Reach | null | undefined, count: number): void => {
      if (!reach || count === 0) return;
      [told.count, told.low, told.high] = [told.count + count, Math.min(told.low, reach.low), Math.max(told.high, reach.high)];
    };
    if (list === "routes") for (const route of this.payload.routes) take(this.reach(route, measure), 1);
    else {
      const counts = this.list.whole.perCode(this.sites.column("claims"));
      this.list.reaches(measure).forEach((reach, code) => take(reach, counts[code] ?? 0));
    }
    return told;
  }

  /** Whether any record of a list has such a figure; where none has, a range of them leaves the list as it is. */
  hasFigures(list: Listed, measure: string): boolean {
    if (list === "sites") return this.list.reaches(measure).some((reach) => reach !== null);
    return this.payload.routes.some((route) => this.reach(route, measure) !== null);
  }

  /** How near the names of a route or area are to what is searched; 0 is nearest. */
  nearness(type: "routes" | "areas", id: string, query: string): number {
    return query && !this.preparing ? nearness(this.#haystack(type, id), this.#search(type, query).wanted) : 0;
  }

  claims(record: { claims: readonly number[] }): Claim[] {
    return record.claims.flatMap((index) => this.payload.claims[index] ?? []);
  }

  areaName(code: string, language: Language): Called | null {
    const area = this.areas.get(code);
    return area ? pick(area.name, language) : null;
  }

  /** Where a place lies, in the fewest words: its province of today, else as the source names it. */
  provinceName(site: Site, language: Language): Called | null {
    const name = site.province ? this.areaName(site.province, language) : null;
    return name ?? (site.province_name ? { text: site.province_name, language: "en" } : null);
  }
}

/** `met`: of places, 1 for each that meets the condition. */
type Asking = { type: "asked"; condition: Condition; met?: Uint8Array } | { type: "refused"; seen: string };

interface Answer {
  state: State;
  rules: readonly Rule[];
  chosen: readonly Route[];
  counts: Counts | undefined;
  preparing: boolean;
}

const NOTHING_CHOSEN = firstState("en", "sites");

const CLAIMED = /^claimed_(\w+)_(low|high)$/;

function namesOf(record: { name: string; names?: readonly Name[] }): string[] {
  return [record.name, ...(record.names ?? []).map((name) => name.text)];
}

function areaNames(area: Area | undefined): (string | undefined)[] {
  return area ? [area.name.en, ...(area.names ?? []).map((name) => name.text), area.name.km, area.name.fr] : [];
}

function datesOf(record: Route): (string | undefined)[] {
  return [record.begin, record.begin_text, record.end, record.end_text];
}

function routeTexts(route: Route): (string | undefined)[] {
  return [
    route.summary, route.group, ...datesOf(route),
    ...route.stops.flatMap((stop) => [stop.name, stop.place_text]),
    ...(route.way ?? route.segments).flatMap((segment) => [segment.from, segment.to, segment.note]),
  ];
}

/** Whether a place is known only as an area, at any scale. */
export function isArea(site: Site): boolean {
  return AREA_BASES.has(site.basis);
}
