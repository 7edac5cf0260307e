/** Numbers of texts and records, read when they are first asked for. */

export type Codes = Uint8Array | Uint16Array | Uint32Array;
export type Lazy<T> = () => T;

/** The narrowest array that holds numbers below one. */
export function codesFor(count: number, below: number): Codes {
  return below <= 0x100 ? new Uint8Array(count) : below <= 0x1_0000 ? new Uint16Array(count) : new Uint32Array(count);
}

/** What is made once, when it is first asked for. */
export function once<T>(make: Lazy<T>): Lazy<T> {
  let made: { it: T } | undefined;
  return () => (made ??= { it: make() }).it;
}

/** Numbers of some bytes each: first the lowest byte of all, then the next. Those of one byte are read where they lie. */
export function planesOf(bytes: Uint8Array, count: number, width: number): Codes {
  if (width === 1) return bytes;
  const into = codesFor(count, 256 ** width);
  const planes = Array.from({ length: width }, (_none, byte) => bytes.subarray(byte * count, (byte + 1) * count));
  const [low, middle, high, highest] = planes as [Uint8Array, Uint8Array, Uint8Array?, Uint8Array?];
  // A loop for each width: asked at each number, the browser would spend its time on the question.
  if (!high) for (let index = 0; index < count; index += 1) into[index] = (low[index] as number) | ((middle[index] as number) << 8);
  else if (!highest) for (let index = 0; index < count; index += 1) into[index] = (low[index] as number) | ((middle[index] as number) << 8) | ((high[index] as number) << 16);
  else for (let index = 0; index < count; index += 1) into[index] = (low[index] as number) | ((middle[index] as number) << 8) | ((high[index] as number) << 16) | ((highest[index] as number) << 24);
  return into;
}

/** Numbers of which is told by how much each differs from the one before: 0, -1, 1, -2, 2, … */
export function summed(steps: Codes): Codes {
  let [sum, most] = [0, 0];
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index] as number;
    sum += (step >>> 1) ^ -(step & 1);
    if (sum > most) most = sum;
  }
  const into = codesFor(steps.length, most + 1);
  sum = 0;
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index] as number;
    sum += (step >>> 1) ^ -(step & 1);
    into[index] = sum;
  }
  return into;
}

/** The most digits of a number that is kept apart: the rule of `word_texts` in geo/webmap/runs.py. */
export const DIGITS = 9;

/** A text as its wording and the numbers in it; null when it has none that is kept apart like this. */
export function numbersIn(text: string): { wording: string; values: number[] } | null {
  const values: number[] = [];
  let fits = true;
  const wording = text.replace(/[0-9]+/g, (digits) => {
    fits &&= digits.length <= DIGITS;
    values.push(Number(digits));
    return digits.length > 1 && digits.startsWith("0") ? String(digits.length) : "0";
  });
  return fits ? { wording, values } : null;
}
