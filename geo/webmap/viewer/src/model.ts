/** The payload with its indexes: what is asked again and again is looked up once. Nothing here touches the page. */

import { isUndated } from "./count.ts";
import { type Haystack, finder, haystack, nearness } from "./fold.ts";
import type { Area, Claim, Language, Name, Payload, Route, Site } from "./payload.ts";
import type { State, Tab } from "./state.ts";
import { pick } from "./words.ts";

/** Bases that tell an area and not a point, whatever the scale of the map. */
const AREA_BASES = new Set(["village", "commune", "district"]);

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
    let made = haystack([], []);
    if (type === "sites" && site) made = haystack([site.name, ...site.names.map((name) => name.text)], this.#siteTexts(site));
    if (type === "routes" && route) made = haystack([route.name], routeTexts(route));
    if (type === "areas" && area) made = haystack([area.name.en, area.name.km, area.name.fr], [area.code]);
    this.#haystacks.set(key, made);
    return made;
  }

  #siteTexts(site: Site): (string | undefined)[] {
    const area = site.province ? this.areas.get(site.province) : undefined;
    return [
      site.village, site.commune, site.district, site.province_name,
      area?.name.en, area?.name.km, area?.name.fr, site.place_text, site.summary, site.id,
    ];
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
    const finds = finder(state.query);
    return this.payload.sites.filter(
      (site) =>
        (state.kinds.size === 0 || state.kinds.has(site.kind)) &&
        (state.only !== "unlocated" || site.point === null) &&
        (state.only !== "undated" || isUndated(site)) &&
        finds(() => this.#haystack("sites", site.id)),
    );
  }

  chosenRoutes(state: State): Route[] {
    const finds = finder(state.query);
    return this.payload.routes.filter(
      (route) =>
        (state.routeKinds.size === 0 || state.routeKinds.has(route.kind)) && finds(() => this.#haystack("routes", route.id)),
    );
  }

  chosenAreas(state: State): Area[] {
    const finds = finder(state.query);
    return this.payload.areas.filter((area) => finds(() => this.#haystack("areas", area.code)));
  }

  /** The country as a whole, where the page has claims about it and the reader's words find it. */
  chosenNation(state: State): Area[] {
    const { nation } = this.payload;
    return nation && finder(state.query)(() => this.#haystack("areas", nation.code)) ? [nation] : [];
  }

  /** How near a record's names are to what is searched; 0 is nearest. */
  nearness(type: Tab, id: string, query: string): number {
    return query ? nearness(query, this.#haystack(type, id)) : 0;
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

function routeTexts(route: Route): (string | undefined)[] {
  return [
    route.group, route.summary, route.id,
    ...route.stops.map((stop) => stop.name), ...route.segments.flatMap((segment) => [segment.from, segment.to]),
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
