/** The count line: numbers that add up to all places of the page, whatever is chosen. */

import type { Days } from "./payload.ts";
import { onesIn } from "./sites/masks.ts";
import type { Selection } from "./sites/selection.ts";
import type { Sites } from "./sites/sites.ts";

export interface Tally {
  /** Every place of the page. */
  all: number;
  /** Drawn on the map. */
  shown: number;
  /** Chosen, listed, but without a location. */
  unlocated: number;
  /** Not chosen: search, kinds or another filter leaves them out. */
  setAside: number;
  /** Chosen and located, but their layer is switched off. */
  switchedOff: number;
  /** Of the chosen ones: neither a beginning nor an end is known. */
  undated: number;
}

/** Whether nothing at all is known of a record's time. */
export function isUndated(record: { days?: Days }): boolean {
  return record.days === undefined;
}

/** `shown + unlocated + setAside + switchedOff === all`, always. */
export function tally(sites: Sites, chosen: Selection, layerOn: boolean): Tally {
  const located = chosen.count - onesIn(chosen.mask, sites.unlocated());
  const byTime = chosen.perCode(sites.column("days"));
  return {
    all: sites.count, shown: layerOn ? located : 0, unlocated: chosen.count - located, setAside: sites.count - chosen.count,
    switchedOff: layerOn ? 0 : located, undated: sites.times.reduce((sum, days, code) => (days ? sum : sum + (byTime[code] as number)), 0),
  };
}

/** How many records bear each value. */
export function countBy<T>(records: readonly T[], valueOf: (record: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of records) counts.set(valueOf(record), (counts.get(valueOf(record)) ?? 0) + 1);
  return counts;
}
