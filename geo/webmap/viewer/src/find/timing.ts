/** Whether a record's time meets the days that are asked for. ISO dates are compared as text. */

import type { Days } from "../payload.ts";
import type { Years } from "../state.ts";

export type Timing = "certain" | "possible" | "out" | "undated";

/**
 * How a record lies to the days that are asked for. `certain`: it stood then at least at the moment that is known of it.
 * `possible`: nothing that is known of it says otherwise. The rule is that of `during` in geo.query.
 */
export function timing(record: { days?: Days }, years: Years): Timing {
  const [beginEarliest, beginLatest, endEarliest, endLatest] = record.days ?? ["", "", "", ""];
  if (!record.days) return "undated";
  const possible = (!beginEarliest || beginEarliest <= years.to) && (!endLatest || endLatest >= years.from);
  if (!possible) return "out";
  const [begun, ended] = [beginLatest || endLatest, endEarliest || beginEarliest];
  return begun && begun <= years.to && ended && ended >= years.from ? "certain" : "possible";
}
