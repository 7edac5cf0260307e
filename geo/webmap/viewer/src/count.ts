/** The count line: numbers that add up to all places of the page, whatever is chosen. */

import type { Days, Site } from "./payload.ts";

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
export function tally(sites: readonly Site[], chosen: (site: Site) => boolean, layerOn: boolean): Tally {
  const count: Tally = { all: sites.length, shown: 0, unlocated: 0, setAside: 0, switchedOff: 0, undated: 0 };
  for (const site of sites) {
    if (!chosen(site)) {
      count.setAside += 1;
      continue;
    }
    if (site.point === null) count.unlocated += 1;
    else if (layerOn) count.shown += 1;
    else count.switchedOff += 1;
    if (isUndated(site)) count.undated += 1;
  }
  return count;
}

/** How many records bear each value. */
export function countBy<T>(records: readonly T[], valueOf: (record: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of records) counts.set(valueOf(record), (counts.get(valueOf(record)) ?? 0) + 1);
  return counts;
}
