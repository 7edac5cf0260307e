/** Which places the choices leave: a mark for each place and choice, and what the facets count of them. */

import type { Days } from "../payload.ts";
import { once } from "../sites/codes.ts";
import type { Column } from "../sites/column.ts";
import { intersect } from "../sites/masks.ts";
import { Selection } from "../sites/selection.ts";
import type { ColumnName, Sites } from "../sites/sites.ts";
import type { Years } from "../state.ts";
import { type Counts, FACETS, type FacetKey, facetsOf } from "./facets.ts";
import { type Timing, timing } from "./timing.ts";

/** One condition that a place must meet, of a facet or of anything else: 1 for each place that does. */
export interface Choosing {
  facet?: FacetKey;
  /** It sets aside what nothing is known of. */
  years?: boolean;
  mask: Uint8Array;
}

const COLUMN_OF: Partial<Record<FacetKey, ColumnName>> = {
  kinds: "kind", provinces: "province", zones: "zone", standings: "standing", bases: "basis", sources: "sources",
};

/** A facet of the places: its column, and the values that each different cell of it bears. */
export interface SiteFacet {
  key: FacetKey;
  column: Column;
  values: readonly (readonly string[])[];
}

export function siteFacets(sites: Sites): SiteFacet[] {
  return facetsOf("sites").flatMap(({ key }) => {
    const name = COLUMN_OF[key];
    if (!name) return [];
    const column = sites.column(name);
    const values = column.words.map((cell) => {
      if (key !== "sources") return [cell];
      return cell === "" ? [] : [...new Set(JSON.parse(cell) as string[])];
    });
    return [{ key, column, values }];
  });
}

export function facetMask({ column, values }: SiteFacet, chosen: ReadonlySet<string>): Uint8Array {
  return column.spread(Uint8Array.from(values, (some) => Number(some.some((value) => chosen.has(value)))));
}

/** How the times of the places lie to some days, by the codes of the column `days`. */
export function timings(times: readonly (Days | undefined)[], years: Years): Timing[] {
  return times.map((days) => timing(days ? { days } : {}, years));
}

/** What some choices leave. */
export class Left {
  readonly selection: Selection;
  /** By choice, what all the others leave. */
  readonly #others = new Map<number, Selection>();
  #counts: Counts | undefined;

  constructor(
    readonly sites: Sites,
    readonly choices: readonly Choosing[],
    readonly whole: Selection,
  ) {
    this.selection = this.#meeting(choices);
  }

  #meeting(choices: readonly Choosing[]): Selection {
    const [first, ...others] = choices;
    if (!first) return this.whole;
    if (others.length === 0) return Selection.of(first.mask);
    const mask = first.mask.slice();
    for (const other of others) intersect(mask, other.mask);
    return Selection.of(mask);
  }

  /** What is left when one of the choices is not looked at. */
  #without(choice: number): Selection {
    if (choice < 0) return this.selection;
    const known = this.#others.get(choice);
    if (known) return known;
    const made = this.#meeting(this.choices.filter((_one, at) => at !== choice));
    this.#others.set(choice, made);
    return made;
  }

  /** For each value of each facet how many places would be left if it were chosen, all other choices as they are. */
  counts(facets: readonly SiteFacet[]): Counts {
    return (this.#counts ??= this.#count(facets));
  }

  /** Each facet is counted when it is first shown: most are closed. */
  #count(facets: readonly SiteFacet[]): Counts {
    const counts = {} as Counts;
    for (const { key } of FACETS) {
      const facet = facets.find((one) => one.key === key);
      const get = once(() => (facet ? this.#perValue(facet) : new Map<string, number>()));
      Object.defineProperty(counts, key, { get, enumerable: true });
    }
    return counts;
  }

  #perValue({ key, column, values }: SiteFacet): Map<string, number> {
    const by = this.#without(this.choices.findIndex((choice) => choice.facet === key)).perCode(column);
    const map = new Map<string, number>();
    values.forEach((some, code) => {
      if (by[code] !== 0) for (const value of some) map.set(value, (map.get(value) ?? 0) + (by[code] as number));
    });
    return map;
  }

  /** How many places are set aside for nothing but that no time is known of them: years leave none of those. */
  undatedAside(): number {
    const years = this.choices.findIndex((choice) => choice.years);
    if (years < 0) return 0;
    const by = this.#without(years).perCode(this.sites.column("days"));
    return this.sites.times.reduce((sum, days, code) => (days ? sum : sum + (by[code] as number)), 0);
  }
}
