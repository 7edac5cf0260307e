/** The payload with its indexes: what is asked again and again is looked up once. Nothing here touches the page. */

import { isUndated } from "./count.ts";
import { type Reach, reachOf } from "./find/claimed.ts";
import { type Listed, columnsOf, geometryOf, valueOf } from "./find/columns.ts";
import { type Condition, NotUnderstood, parseCql2 } from "./find/cql2.ts";
import { NotHere, isTrue } from "./find/evaluate.ts";
import { type Counts, type Listable, type Rule, facetCounts, facetRules } from "./find/facets.ts";
import { type Haystack, type Search, haystack, nameWords, nearness, search } from "./find/search.ts";
import { timing } from "./find/timing.ts";
import type { Area, Claim, Language, Name, Payload, Route, Site } from "./payload.ts";
import { CHOOSING, type State, type Tab } from "./state.ts";
import { pick } from "./words.ts";

/** Bases that tell an area and not a point, whatever the scale of the map. */
const AREA_BASES = new Set(["village", "commune", "district", "masked"]);

export interface Called {
  text: string;
  language: string;
}

export class Model {
  readonly sites: ReadonlyMap<string, Site>;
  readonly routes: ReadonlyMap<string, Route>;
  readonly areas: ReadonlyMap<string, Area>;
  /** Places that say they are part of another, by that other. */
  readonly parts: ReadonlyMap<string, readonly Site[]>;
  readonly #haystacks = new Map<string, Haystack>();
  #nameWords: string[] | undefined;
  readonly #searches = new Map<string, Search>();
  readonly #reaches = new Map<string, Reach | null>();
  readonly #answers = new Map<Listed, Answer>();

  constructor(readonly payload: Payload) {
    // A word of the data may be called "constructor": tables that are asked by such words must know only their own keys.
    for (const table of [...Object.values(payload.terms), payload.sources, payload.mentioned]) Object.setPrototypeOf(table, null);
    this.sites = new Map(payload.sites.map((site) => [site.id, site]));
    this.routes = new Map(payload.routes.map((route) => [route.id, route]));
    const whole = payload.nation ? [payload.nation] : [];
    this.areas = new Map([...whole, ...payload.areas].map((area) => [area.code, area]));
    const parts = new Map<string, Site[]>();
    for (const site of payload.sites) {
      if (site.part_of) parts.set(site.part_of, [...(parts.get(site.part_of) ?? []), site]);
    }
    this.parts = parts;
  }

  /** What a record is searched in; folded when it is first asked for, since most readers never search. */
  #haystack(type: Tab, id: string): Haystack {
    const key = `${type} ${id}`;
    const known = this.#haystacks.get(key);
    if (known) return known;
    const [site, route, area] = [this.sites.get(id), this.routes.get(id), this.areas.get(id)];
    let made = haystack([], [], []);
    if (type === "sites" && site) made = haystack(namesOf(site), this.#sitePlaces(site), [...siteTexts(site), ...this.#claimTexts(site)]);
    if (type === "routes" && route) made = haystack(namesOf(route), [route.id], [...routeTexts(route), ...this.#claimTexts(route)]);
    if (type === "areas" && area) made = haystack(areaNames(area), [area.code], [area.iso, ...this.#claimTexts(area)]);
    this.#haystacks.set(key, made);
    return made;
  }

  #sitePlaces(site: Site): (string | undefined)[] {
    const area = site.province ? this.areas.get(site.province) : undefined;
    return [site.id, site.province_name, site.district, site.commune, site.village, site.zone_text, ...(area ? areaNames(area) : [])];
  }

  #claimTexts(record: { claims: readonly number[] }): (string | undefined)[] {
    return this.claims(record).flatMap((claim) => [claim.scope, claim.note]);
  }

  #records(type: Tab): readonly string[] {
    if (type === "sites") return [...this.sites.keys()];
    return type === "routes" ? [...this.routes.keys()] : [...this.areas.keys()];
  }

  /** The words of the reader, as they are looked for in one list; the latest questions are kept. */
  #search(type: Tab, query: string): Search {
    const key = `${type} ${query}`;
    const known = this.#searches.get(key);
    if (known) return known;
    if (this.#searches.size > 12) this.#searches.clear();
    const all = (list: Tab): Haystack[] => this.#records(list).map((id) => this.#haystack(list, id));
    const made = search(query, () => all(type), () => (this.#nameWords ??= nameWords((["sites", "routes", "areas"] as const).flatMap(all))));
    this.#searches.set(key, made);
    return made;
  }

  /** What the reader's words were read as in a list, when nothing in it answers them as typed. */
  readAs(type: Tab, query: string): string | undefined {
    return this.#search(type, query).readAs;
  }

  /** The layer that holds records of a schema, when the page shows one. */
  layerOf(schema: Tab): Payload["layers"][number] | undefined {
    const shown = new Set(this.payload.page.layers);
    return this.payload.layers.find((layer) => layer.schema === schema && shown.has(layer.name));
  }

  /** The lists that the page has. The layer that its definition names last lies on top, and its list opens first. */
  tabs(): Tab[] {
    const { page, layers, sites, routes, areas } = this.payload;
    const sizes = { sites: sites.length, routes: routes.length, areas: areas.length };
    const schemas = [...page.layers].reverse().map((name) => layers.find((layer) => layer.name === name)?.schema);
    return [...new Set(schemas)].filter((schema): schema is Tab => schema !== undefined && sizes[schema] > 0);
  }

  isOn(schema: Tab, state: State): boolean {
    const layer = this.layerOf(schema);
    return layer !== undefined && !state.off.has(layer.name);
  }

  /** The places that the reader's choices leave, located or not. */
  chosenSites(state: State): Site[] {
    return this.#answer("sites", state).chosen as Site[];
  }

  /** The journeys that the reader's choices leave, drawn or not. */
  chosenRoutes(state: State): Route[] {
    return this.#answer("routes", state).chosen as Route[];
  }

  chosenAreas(state: State): Area[] {
    if (state.query === "") return [...this.payload.areas];
    const { finds } = this.#search("areas", state.query);
    return this.payload.areas.filter((area) => finds(this.#haystack("areas", area.code)));
  }

  /** The country as a whole, where the page has claims about it and the reader's words find it. */
  chosenNation(state: State): Area[] {
    const { nation } = this.payload;
    return nation && this.#search("areas", state.query).finds(this.#haystack("areas", nation.code)) ? [nation] : [];
  }

  /** For each value of each facet how many records it would leave, the other choices as they are. */
  facetCounts(list: Listed, state: State): Counts {
    const answer = this.#answer(list, state);
    answer.counts ??= facetCounts(list, this.listed(list), answer.rules);
    return answer.counts;
  }

  /** How many records are set aside because nothing is known of their time, while days are asked for. */
  undatedAside(list: Listed, state: State): number {
    return state.years ? this.chosen(list, { ...state, years: null }).filter((record) => !record.days).length : 0;
  }

  listed(list: Listed): readonly Listable[] {
    return list === "sites" ? this.payload.sites : this.payload.routes;
  }

  chosen(list: Listed, state: State): readonly Listable[] {
    return list === "sites" ? this.chosenSites(state) : this.chosenRoutes(state);
  }

  /** Answers are asked for by many parts of the page: one is kept until something that it rests on changes. */
  #answer(list: Listed, state: State): Answer {
    const known = this.#answers.get(list);
    if (known && CHOOSING.every((key) => known.state[key] === state[key])) return known;
    const rules = this.#rules(list, state);
    const chosen = this.listed(list).filter((record) => rules.every((rule) => rule.holds(record)));
    const made: Answer = { state, rules, chosen, counts: undefined };
    this.#answers.set(list, made);
    return made;
  }

  #rules(list: Listed, state: State): Rule[] {
    const rules = facetRules(list, state);
    const { figure, years } = state;
    if (state.only === "unlocated") rules.push({ holds: (record) => geometryOf(list, record) === null });
    if (state.only === "undated") rules.push({ holds: isUndated });
    if (years) rules.push({ holds: (record) => ["certain", "possible"].includes(timing(record, years)) });
    if (figure && this.hasFigures(list, figure.measure)) {
      rules.push({
        holds: (record) => {
          const reach = this.reach(record, figure.measure);
          return reach !== null && (figure.from === undefined || reach.high >= figure.from) && (figure.to === undefined || reach.low <= figure.to);
        },
      });
    }
    const where = state.where ? this.condition(list, state.where) : null;
    if (where?.type === "asked") rules.push({ holds: (record) => isTrue(where.condition, this.#asked(list, record)) });
    if (state.query) {
      const { finds } = this.#search(list, state.query);
      rules.push({ holds: (record) => finds(this.#haystack(list, record.id)) });
    }
    return rules;
  }

  /** A condition in CQL2 for a list, or what in it the page cannot answer. */
  condition(list: Listed, text: string): { type: "asked"; condition: Condition } | { type: "refused"; seen: string } {
    try {
      const condition = parseCql2(text);
      // Asked of every record: one that the list has no column for would only show itself at the first that gets so far.
      const nothing = { value: (column: string) => (this.#isColumn(list, column) ? null : undefined), geometry: () => null };
      isTrue(condition, nothing);
      for (const record of this.listed(list)) isTrue(condition, this.#asked(list, record));
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

  #asked(list: Listed, record: Listable): Parameters<typeof isTrue>[1] {
    return {
      geometry: () => geometryOf(list, record),
      value: (column) => {
        if (column === "sources") return [...new Set(record.sources.map((reference) => reference.source))];
        if (!this.#isColumn(list, column)) return undefined;
        const claimed = CLAIMED.exec(column);
        if (claimed) return this.reach(record, claimed[1] ?? "")?.[claimed[2] === "low" ? "low" : "high"] ?? null;
        const value = valueOf(list, record, column);
        return typeof value === "string" || typeof value === "number" ? value : value == null ? null : JSON.stringify(value);
      },
    };
  }

  /** How far the numbers reach that sources state about a record, in the unit in which the measure is filtered. */
  reach(record: Listable, measure: string): Reach | null {
    const key = `${measure} ${record.id}`;
    const known = this.#reaches.get(key);
    if (known !== undefined) return known;
    const made = reachOf(this.claims(record), measure, this.payload.terms);
    this.#reaches.set(key, made);
    return made;
  }

  /** Whether any record of a list has such a figure; where none has, a range of them leaves the list as it is. */
  hasFigures(list: Listed, measure: string): boolean {
    return this.listed(list).some((record) => this.reach(record, measure) !== null);
  }

  /** How near a record's names are to what is searched; 0 is nearest. */
  nearness(type: Tab, id: string, query: string): number {
    return query ? nearness(this.#haystack(type, id), this.#search(type, query).wanted) : 0;
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

interface Answer {
  state: State;
  rules: readonly Rule[];
  chosen: readonly Listable[];
  counts: Counts | undefined;
}

const CLAIMED = /^claimed_(\w+)_(low|high)$/;

function namesOf(record: { name: string; names?: readonly Name[] }): string[] {
  return [record.name, ...(record.names ?? []).map((name) => name.text)];
}

function areaNames(area: Area): (string | undefined)[] {
  return [area.name.en, ...(area.names ?? []).map((name) => name.text), area.name.km, area.name.fr];
}

function siteTexts(site: Site): (string | undefined)[] {
  return [site.summary, site.place_text, site.sector, ...datesOf(site)];
}

function datesOf(record: Site | Route): (string | undefined)[] {
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

function nameIn(names: readonly Name[], language: string): Name | undefined {
  const ours = names.filter((name) => name.language === language);
  return ours.find((name) => name.kind === "main") ?? ours.find((name) => name.kind === "alias");
}

/** The name to show in a language, and the second one beside it, in the other script where there is one. */
export function siteNames(site: Pick<Site, "name" | "names">, language: Language): [Called, Called | null] {
  const latin: Called = { text: site.name, language: "en" };
  const khmer = nameIn(site.names, "km");
  if (language === "km" && khmer) return [khmer, latin];
  const own = language === "fr" ? nameIn(site.names, "fr") : undefined;
  return [own ?? latin, khmer ?? null];
}
