/** Marks of many places, a byte for each, 1 or 0: joined and counted four at a time. */

/** Marks as numbers of four; what is left over at the end, or lies across them, is looked at one by one. */
function foursOf(mask: Uint8Array): Int32Array {
  const whole = mask.byteOffset % 4 === 0 ? mask.length >>> 2 : 0;
  return new Int32Array(mask.buffer, whole === 0 ? 0 : mask.byteOffset, whole);
}

/** Leave what the other has too. */
export function intersect(into: Uint8Array, other: Uint8Array): void {
  const [ours, theirs] = [foursOf(into), foursOf(other)];
  const fours = Math.min(ours.length, theirs.length);
  for (let at = 0; at < fours; at += 1) (ours[at] as number) &= theirs[at] as number;
  for (let at = 4 * fours; at < into.length; at += 1) (into[at] as number) &= other[at] as number;
}

/** Add what the other has. */
export function unite(into: Uint8Array, other: Uint8Array): void {
  const [ours, theirs] = [foursOf(into), foursOf(other)];
  const fours = Math.min(ours.length, theirs.length);
  for (let at = 0; at < fours; at += 1) (ours[at] as number) |= theirs[at] as number;
  for (let at = 4 * fours; at < into.length; at += 1) (into[at] as number) |= other[at] as number;
}

/** So many marks are added up in one byte at most. */
const SUMMED = 255;

/** How many are marked in both; of one mask: `onesIn(mask, mask)`. */
export function onesIn(one: Uint8Array, other: Uint8Array): number {
  const [ours, theirs] = [foursOf(one), foursOf(other)];
  const fours = Math.min(ours.length, theirs.length);
  let count = 0;
  for (let from = 0; from < fours; from += SUMMED) {
    const to = Math.min(fours, from + SUMMED);
    let sums = 0;
    for (let at = from; at < to; at += 1) sums = (sums + ((ours[at] as number) & (theirs[at] as number))) | 0;
    count += (sums & 0xff) + ((sums >>> 8) & 0xff) + ((sums >>> 16) & 0xff) + (sums >>> 24);
  }
  for (let at = 4 * fours; at < one.length; at += 1) count += (one[at] as number) & (other[at] as number);
  return count;
}
