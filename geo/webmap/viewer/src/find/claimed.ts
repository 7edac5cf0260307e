/** The numbers that sources state about a record, as its figures are filtered: how far they reach, in one unit. */

import type { Claim, Payload } from "../payload.ts";

export interface Reach {
  low: number;
  high: number;
}

const NUMBER = /^-?[0-9]+(\.[0-9]+)?$/;

/**
 * The smallest and the largest number that the admitted claims of a record state about a measure, partial ones too.
 * Units are not converted: only claims in the unit that the atlas uses most for the measure count.
 */
export function reachOf(claims: readonly Claim[], measure: string, terms: Payload["terms"]): Reach | null {
  const unit = terms.measures[measure]?.unit;
  if (unit === undefined) return null;
  const numbers = claims
    .filter((claim) => claim.measure === measure && claim.unit === unit && (claim.status === "current" || claim.status === "contested"))
    .flatMap((claim) => [claim.low, claim.high].flatMap((text) => (text && NUMBER.test(text) ? [Number(text)] : [])));
  return numbers.length > 0 ? { low: Math.min(...numbers), high: Math.max(...numbers) } : null;
}
