/** How wide a journey is drawn: by the range of people that the sources state, in classes of powers of ten. Pure. */

import type { Claim, Payload, Range, Route } from "./payload.ts";

/** The width in pixels of a journey without a figure, thinner than any with one. */
export const THIN_PX = 1.2;
/** From under a hundred people to a hundred thousand and more. */
export const WIDTHS_PX: readonly number[] = [2, 3, 4.4, 6, 8];

export interface Width {
  /** What the claims say together, or what the only one says; ends as the sources leave them. */
  said: Pick<Range, "measure" | "unit" | "low" | "high" | "least" | "most" | "claims">;
  /** Classes of the smallest and of the largest number stated. */
  low: number;
  high: number;
}

type Told = Pick<Payload, "claims" | "terms">;

/** Statuses of the claims that may stand for a journey (geo.ledger.ADMITTED_STATUSES). */
const ADMITTED: ReadonlySet<string> = new Set(["current", "contested"]);

/** The class of a number of people: 0 below 100, then one for each power of ten. */
export function widthClass(people: number): number {
  const digits = Math.floor(Math.log10(Math.max(1, people)) + 1e-9);
  return Math.min(WIDTHS_PX.length - 1, Math.max(0, digits - 1));
}

/** The numbers that a class holds: from, and to where it ends. */
export function classBounds(index: number): { from: number; to?: number } {
  const from = index === 0 ? 0 : 10 ** (index + 1);
  return index === WIDTHS_PX.length - 1 ? { from } : { from, to: 10 ** (index + 2) - 1 };
}

/** The measures that count people on a journey, in the order of the vocabulary. */
export function travelMeasures({ terms }: Pick<Payload, "terms">): string[] {
  return Object.entries(terms.measures).filter(([, term]) => term.travel).map(([measure]) => measure);
}

/** The claims about the whole of a journey that may stand for it, of the first measure that has any. */
function admitted(route: Pick<Route, "claims">, { claims, terms }: Told, measures: readonly string[]): [number, Claim][] {
  for (const measure of measures) {
    const unit = terms.measures[measure]?.unit;
    const found = route.claims.flatMap((index): [number, Claim][] => {
      const claim = claims[index];
      const fits = claim?.measure === measure && claim.unit === unit && ADMITTED.has(claim.status) && !claim.partial && (claim.low || claim.high);
      return fits ? [[index, claim]] : [];
    });
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * The width of a journey, or null without a figure for the whole of it. Of several measures the first of the
 * vocabulary counts: how many left and how many arrived are different numbers, and never put together. Claims that
 * all count different things make no range (geo.ledger.ranges), so no width either.
 */
export function widthOf(route: Pick<Route, "claims" | "ranges">, told: Told, measures: readonly string[]): Width | null {
  const [first, ...more] = admitted(route, told, measures);
  if (!first) return null;
  const [index, { measure, unit, low, high }] = first;
  const alone = { measure, unit, claims: [index], ...(low ? { low } : {}), ...(high ? { high } : {}) };
  const said: Width["said"] | undefined = more.length === 0 ? alone : route.ranges?.find((one) => one.measure === measure && one.unit === unit);
  if (!said) return null;
  const least = Number(said.low ?? said.least ?? said.high);
  const most = Number(said.high ?? said.most ?? said.low);
  return least >= 0 && most >= least ? { said, low: widthClass(least), high: widthClass(most) } : null;
}

/** The widths of all journeys of a page that have a figure. */
export function routeWidths(payload: Payload): ReadonlyMap<string, Width> {
  const measures = travelMeasures(payload);
  const widths = new Map<string, Width>();
  for (const route of payload.routes) {
    const width = widthOf(route, payload, measures);
    if (width) widths.set(route.id, width);
  }
  return widths;
}
