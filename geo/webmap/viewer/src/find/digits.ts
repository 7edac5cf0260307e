/** Digits that are looked for among texts with one number: which numbers have them is settled once for each number. */

import type { Codes } from "../sites/codes.ts";
import type { WordedTexts } from "../sites/texts.ts";

/** A table of numbers is kept up to this one. */
const LARGEST = 1 << 24;
const FEW = 10;
/** The columns of one list are asked for the same digits one after the other, and mostly have numbers of one size. */
let known: { digits: string; last: boolean; table: Uint8Array } | undefined;

const largest = new WeakMap<Codes, number>();

/** The largest of some numbers, looked for once. */
function mostOf(values: Codes): number {
  const found = largest.get(values);
  if (found !== undefined) return found;
  let most = 0;
  for (let at = 0; at < values.length; at += 1) if ((values[at] as number) > most) most = values[at] as number;
  largest.set(values, most);
  return most;
}

/** By number, 1 for each that holds some digits, as its `last` ones or anywhere; the first is no nought. null where the numbers are too large for a table. */
function numbersHolding(digits: string, last: boolean, values: Codes): Uint8Array | null {
  const most = mostOf(values);
  if (known?.digits === digits && known.last === last && known.table.length > most) return known.table;
  if (most > LARGEST) return null;
  const table = new Uint8Array(most + 1);
  const [wanted, size] = [Number(digits), 10 ** digits.length];
  // Before the digits stands any number, after them so many digits of any kind.
  for (let after = 1; wanted * after <= most && (after === 1 || !last); after *= 10) {
    for (let from = wanted * after; from <= most; from += size * after) {
      // Of a few numbers each is written: handing them to the browser takes longer.
      if (after <= FEW) for (let number = from; number < from + after; number += 1) table[number] = 1;
      else table.fill(1, from, from + after);
    }
  }
  known = { digits, last, table };
  return table;
}

/** By number, 1 where a text with it may hold all that is written here, or end with it; null where that is not told by its only number. */
export function numbersLike(written: string, { slots }: WordedTexts, atEnd = false): Uint8Array | null {
  const [digits] = (written.match(/[0-9]+/g) ?? []).sort((one, other) => other.length - one.length);
  const [slot] = slots;
  return digits && slot && slots.length === 1 && !digits.startsWith("0") ? numbersHolding(digits, atEnd && written.endsWith(digits), slot.values) : null;
}
