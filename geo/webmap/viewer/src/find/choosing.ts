/** Which places the choices leave: a mark for each place and choice, and what the facets count of them. */

import type { Days } from "../payload.ts";
import { once } from "../sites/codes.ts";
import type { Column } from "../sites/column.ts";
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
  /** How many of the choices each place breaks, and for those that break a single one, which. */
  readonly #broken: Uint8Array;
  readonly #which: Uint8Array;
  #counts: Counts | undefined;

  constructor(
    readonly sites: Sites,
    readonly choices: readonly Choosing[],
    whole: Selection,
  ) {
    const { count } = sites;
    this.#broken = new Uint8Array(choices.length > 0 ? count : 0);
    this.#which = new Uint8Array(choices.length > 1 ? count : 0);
    const [broken, which] = [this.#broken, this.#which];
    choices.forEach(({ mask }, choice) => {
      for (let index = 0; index < count; index += 1) (broken[index] as number) += 1 - (mask[index] as number);
      if (choices.length > 1) for (let index = 0; index < count; index += 1) if (mask[index] === 0) which[index] = choice;
    });
    const [only] = choices;
    if (!only) this.selection = whole;
    else if (choices.length === 1) this.selection = Selection.of(only.mask);
    else {
      const mask = new Uint8Array(count);
      for (let index = 0; index < count; index += 1) mask[index] = Number(broken[index] === 0);
      this.selection = Selection.of(mask);
    }
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
    const by = this.#perCode(column, this.choices.findIndex((choice) => choice.facet === key));
    const map = new Map<string, number>();
    values.forEach((some, code) => {
      if (by[code] !== 0) for (const value of some) map.set(value, (map.get(value) ?? 0) + (by[code] as number));
    });
    return map;
  }

  /** How many places of each code are left when one of the choices is not looked at. */
  #perCode(column: Column, without: number): Uint32Array {
    const by = new Uint32Array(column.texts.count);
    const { count } = this.sites;
    const [broken, which, all] = [this.#broken, this.#which, this.choices.length === 0];
    const single = this.choices.length === 1;
    if (column.isOne && by.length > 0) {
      by[0] = all ? count : this.selection.count + (without < 0 ? 0 : this.#brokenOnly(without));
      return by;
    }
    const { codes } = column;
    if (all || without < 0) {
      // Without a question at each place, which is what takes the time.
      const { mask } = this.selection;
      for (let index = 0; index < count; index += 1) (by[codes[index] as number] as number) += mask[index] as number;
      return by;
    }
    for (let index = 0; index < count; index += 1) {
      if (broken[index] === 0 || (broken[index] === 1 && (single || which[index] === without))) (by[codes[index] as number] as number) += 1;
    }
    return by;
  }

  #brokenOnly(choice: number): number {
    let count = 0;
    for (let index = 0; index < this.#broken.length; index += 1) count += Number(this.#broken[index] === 1 && (this.choices.length === 1 || this.#which[index] === choice));
    return count;
  }

  /** How many places are set aside for nothing but that no time is known of them. */
  undatedAside(): number {
    const years = this.choices.findIndex((choice) => choice.years);
    if (years < 0) return 0;
    const undated = this.sites.column("days").spread(Uint8Array.from(this.sites.times, (days) => Number(days === undefined)));
    let count = 0;
    for (let index = 0; index < undated.length; index += 1) {
      count += Number(undated[index] === 1 && this.#broken[index] === 1 && (this.choices.length === 1 || this.#which[index] === years));
    }
    return count;
  }

  /** How many of the chosen places have each code of a column. */
  perCode(column: Column): Uint32Array {
    return this.#perCode(column, -1);
  }
}
