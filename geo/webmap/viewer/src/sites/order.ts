/** Many texts in the order of their bytes, without making a string of any. */

import type { PlainTexts } from "./texts.ts";

/** After so many keys the sorting pauses. */
const PORTION = 60_000;

/** The indexes of texts, the first in the order of their bytes first; equal ones by index. Pauses now and then. */
export function* orderOf({ bytes, starts, count }: PlainTexts): Generator<undefined, Uint32Array> {
  // Four bytes of a text above its index: the browser sorts such numbers many times faster than it asks a function.
  const keys = new BigUint64Array(count);
  const halves = new Uint32Array(keys.buffer);
  for (let index = 0; index < count; index += 1) halves[2 * index] = index;
  const open: [from: number, to: number, depth: number][] = [[0, count, 0]];
  let work = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const [from, to, depth] = next;
    let longest = 0;
    for (let at = from; at < to; at += 1) {
      const text = halves[2 * at] as number;
      const [start, end] = [(starts[text] as number) + depth, starts[text + 1] as number];
      let key = 0;
      for (let step = 0; step < 4; step += 1) key = key * 256 + (start + step < end ? (bytes[start + step] as number) : 0);
      halves[2 * at + 1] = key;
      longest = Math.max(longest, end - start);
    }
    keys.subarray(from, to).sort();
    work += to - from;
    if (longest > 4) {
      // Those that begin alike are parted by what follows.
      for (let start = from, at = from + 1; at <= to; at += 1) {
        if (at < to && halves[2 * at + 1] === halves[2 * start + 1]) continue;
        if (at - start > 1) open.push([start, at, depth + 4]);
        start = at;
      }
    }
    if (work >= PORTION) {
      work = 0;
      yield;
    }
  }
  return Uint32Array.from({ length: count }, (_none, at) => halves[2 * at] as number);
}
