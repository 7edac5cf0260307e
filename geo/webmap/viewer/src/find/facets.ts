/** The facets: what of a record they read, which records they leave, and how many each value would leave. */

import type { Route, Site } from "../payload.ts";
import type { State } from "../state.ts";
import type { Listed } from "./columns.ts";

export type FacetKey = "kinds" | "routeKinds" | "provinces" | "zones" | "standings" | "bases" | "sources";
export type Listable = Site | Route;

export interface Facet {
  key: FacetKey;
  /** The column of the catalogue that it chooses by; `sources` is a list. */
  column: string;
  lists: readonly Listed[];
  /** What a record says; "" when it says nothing. */
  valuesOf: (record: Listable) => readonly string[];
}

const one = (read: (site: Site) => string | undefined) => (record: Listable) => [read(record as Site) ?? ""];

/** In the order in which a question in CQL2 names them. */
export const FACETS: readonly Facet[] = [
  { key: "kinds", column: "kind", lists: ["sites"], valuesOf: (record) => [record.kind] },
  { key: "routeKinds", column: "kind", lists: ["routes"], valuesOf: (record) => [record.kind] },
  { key: "provinces", column: "province", lists: ["sites"], valuesOf: one((site) => site.province) },
  { key: "zones", column: "dk_zone", lists: ["sites"], valuesOf: one((site) => site.zone) },
  { key: "standings", column: "standing", lists: ["sites", "routes"], valuesOf: (record) => [record.standing] },
  { key: "bases", column: "precision_basis", lists: ["sites"], valuesOf: one((site) => site.basis) },
  { key: "sources", column: "sources", lists: ["sites", "routes"], valuesOf: (record) => [...new Set(record.sources.map((reference) => reference.source))] },
];

export function facetsOf(list: Listed): readonly Facet[] {
  return FACETS.filter((facet) => facet.lists.includes(list));
}

/** One condition that a record must meet; of a facet, or of anything else that was asked. */
export interface Rule {
  facet?: FacetKey;
  holds: (record: Listable) => boolean;
}

/** The rules of the facets in which something is chosen: of several values of one facet any may hold. */
export function facetRules(list: Listed, state: State): Rule[] {
  return facetsOf(list).flatMap((facet) => {
    const chosen = state[facet.key];
    if (chosen.size === 0) return [];
    return [{ facet: facet.key, holds: (record: Listable) => facet.valuesOf(record).some((value) => chosen.has(value)) }];
  });
}

export type Counts = Record<FacetKey, Map<string, number>>;

/** For each value of each facet of a list how many records would be left if it were chosen, all other rules holding. */
export function facetCounts(list: Listed, records: readonly Listable[], rules: readonly Rule[]): Counts {
  const counts = Object.fromEntries(FACETS.map((facet) => [facet.key, new Map<string, number>()])) as Counts;
  const facets = facetsOf(list);
  for (const record of records) {
    // A record that breaks one facet's rule alone is still counted there: that choice is the one that would change.
    let broken: Rule | null = null;
    let lost = false;
    for (const rule of rules) {
      if (rule.holds(record)) continue;
      if (broken || !rule.facet) {
        lost = true;
        break;
      }
      broken = rule;
    }
    if (lost) continue;
    for (const facet of facets) {
      if (broken && broken.facet !== facet.key) continue;
      const map = counts[facet.key];
      for (const value of facet.valuesOf(record)) map.set(value, (map.get(value) ?? 0) + 1);
    }
  }
  return counts;
}
