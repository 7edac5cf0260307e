/**
 * Folded texts that are a few wordings with numbers in them. What has no digit is looked for in the wordings alone: of a million
 * names that are a few hundred.
 */

import { DIGITS } from "../sites/codes.ts";
import type { WordedTexts } from "../sites/texts.ts";
import { numbersLike } from "./digits.ts";
import { type Folded, type FoldedTexts, type Held, beginsWith } from "./folded.ts";

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const ZERO = 48;
/** So many texts of one wording are ordered by one number each. */
const PLACES = 2 ** 19;
const PORTION = 1 << 16;

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte < ZERO + 10;
}

/** How many digits a number is written with, where it is filled up to some width. */
function digitsOf(number: number, width: number): number {
  let digits = Math.max(1, width);
  for (let power = 10 ** digits; number >= power; power *= 10) digits += 1;
  return digits;
}

/** Whether the digits of folded wordings are those that stand for their numbers, and no others that folding made. */
export function isWorded({ wordings }: WordedTexts, folded: Folded): boolean {
  return wordings.every(({ widths }, code) => {
    const digits = folded.bytes.subarray(folded.starts[code], folded.starts[code + 1]).filter((byte) => isDigit(byte));
    return digits.length === widths.length && widths.every((width, slot) => digits[slot] === ZERO + width);
  });
}

export class WordedFolded implements FoldedTexts {
  #scratch = new Uint8Array(1 << 10);

  constructor(
    readonly texts: WordedTexts,
    /** Of each wording; a digit stands for a number. */
    readonly folded: Folded,
  ) {}

  get count(): number {
    return this.texts.count;
  }

  get says(): boolean {
    return this.folded.says;
  }

  /** The bytes of a text, until the next one is asked for. */
  spelled(index: number): Uint8Array {
    const { bytes, starts } = this.folded;
    const code = this.texts.codeOf(index);
    const [start, end] = [starts[code] as number, starts[code + 1] as number];
    if (this.#scratch.length < 16 * (end - start)) this.#scratch = new Uint8Array(32 * (end - start));
    const into = this.#scratch;
    let [to, slot] = [0, 0];
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte < ZERO || byte >= ZERO + 10) {
        into[to++] = byte;
        continue;
      }
      const number = this.texts.number(index, slot);
      slot += 1;
      const digits = digitsOf(number, byte - ZERO);
      let rest = number;
      for (let place = to + digits - 1; place >= to; place -= 1) {
        const tens = Math.floor(rest / 10);
        into[place] = ZERO + rest - 10 * tens;
        rest = tens;
      }
      to += digits;
    }
    return into.subarray(0, to);
  }

  at(index: number): string {
    return DECODER.decode(this.spelled(index));
  }

  holding(word: Uint8Array, among?: Held): Held | null {
    if (!word.some(isDigit)) {
      const by = this.folded.marks(word);
      return by && { by, ofWordings: true };
    }
    return this.#withDigits(word, among);
  }

  /** The letters around the digits of a word must be in the wording; then the text itself is looked at. */
  #withDigits(word: Uint8Array, before?: Held): Held | null {
    const may = this.#mayHold(word);
    if (before?.ofWordings) for (let code = 0; code < may.length; code += 1) (may[code] as number) &= before.by[code] as number;
    if (!may.includes(1)) return null;
    const { texts } = this;
    const { codes } = texts;
    const only = before && !before.ofWordings ? before.by : null;
    const found = new Uint8Array(this.count);
    // Of a text with one number, digits are looked for in the number.
    const [slot] = texts.slots;
    const among = numbersLike(DECODER.decode(word), texts);
    const settled = among !== null && word.every(isDigit);
    if (among && settled && slot && !slot.before && codes) {
      // Each text has a number, and that settles it: without a question at each of a million.
      const { values } = slot;
      for (let index = 0; index < found.length; index += 1) found[index] = (may[codes[index] as number] as number) & (among[values[index] as number] as number);
      if (only) for (let index = 0; index < found.length; index += 1) (found[index] as number) &= only[index] as number;
      return found.includes(1) ? { by: found, ofWordings: false } : null;
    }
    let any = false;
    for (let index = 0; index < found.length; index += 1) {
      const code = codes?.[index] ?? 0;
      if (may[code] === 0 || (only && only[index] === 0)) continue;
      if (among && among[texts.number(index, 0)] === 0) continue;
      if (!settled && !holds(this.spelled(index), word)) continue;
      found[index] = 1;
      any = true;
    }
    return any ? { by: found, ofWordings: false } : null;
  }

  /** 1 for each wording in which the letters of a word stand as they do in it, with a number wherever it has digits. */
  #mayHold(word: Uint8Array): Uint8Array {
    const { bytes, starts } = this.folded;
    const wanted = word.filter((byte, at) => !isDigit(byte) || !isDigit(word[at - 1]));
    return Uint8Array.from(this.texts.wordings, (_wording, code) => {
      const last = (starts[code + 1] as number) - wanted.length;
      for (let first = starts[code] as number; first <= last; first += 1) {
        let same = 0;
        while (same < wanted.length && (isDigit(wanted[same]) ? isDigit(bytes[first + same]) : bytes[first + same] === wanted[same])) same += 1;
        if (same === wanted.length) return 1;
      }
      return 0;
    });
  }

  beginning(word: Uint8Array, among: Uint8Array | null): Held {
    if (!word.some(isDigit)) return { by: this.folded.beginning(word, null).by, ofWordings: true };
    const by = new Uint8Array(this.count);
    const may = this.#mayBegin(word);
    if (!may.includes(1)) return { by, ofWordings: false };
    const { codes } = this.texts;
    for (let index = 0; index < by.length; index += 1) {
      if ((among !== null && among[index] !== 1) || may[codes?.[index] ?? 0] !== 1) continue;
      const spelled = this.spelled(index);
      by[index] = beginsWith(spelled, 0, spelled.length, word);
    }
    return { by, ofWordings: false };
  }

  /** 1 for each wording that is the word as far as its first digit, and has a number there. */
  #mayBegin(word: Uint8Array): Uint8Array {
    const { bytes, starts } = this.folded;
    const letters = word.findIndex(isDigit);
    return Uint8Array.from(this.texts.wordings, (_wording, code) => {
      const [start, end] = [starts[code] as number, starts[code + 1] as number];
      return Number(start + letters < end && isDigit(bytes[start + letters]) && beginsWith(bytes, start, end, word.subarray(0, letters)) > 0);
    });
  }

  /**
   * The indexes in the order of the texts' bytes, equal ones by index, where each text has one number at most and ends with it: the
   * wordings are ordered, and the numbers of each. null: these are other texts.
   */
  *ordered(): Generator<undefined, Uint32Array | null> {
    const { folded, texts, count } = this;
    const wordings = texts.wordings.map((wording, code) => ({ code, bytes: folded.bytes.subarray(folded.starts[code], folded.starts[code + 1]), wording }));
    const simple = wordings.every(({ bytes, wording }) => wording.widths.length === 0 || (wording.widths.length === 1 && isDigit(bytes.at(-1))));
    if (!simple) return null;
    // A digit stands where the number does: before letters and after spaces, as every digit would.
    const keyOf = ({ bytes, wording }: (typeof wordings)[number]): string => {
      const text = String.fromCharCode(...bytes);
      return wording.widths.length === 1 ? `${text.slice(0, -1)}0` : text;
    };
    const keys = wordings.map(keyOf);
    const ranked = [...new Set(keys)].sort((one, other) => (one < other ? -1 : 1));
    const ranks = Uint32Array.from(keys, (key) => ranked.indexOf(key));
    const numbered = Uint8Array.from(wordings, ({ wording }) => wording.widths.length);
    const widths = Uint8Array.from(wordings, ({ wording }) => wording.widths[0] ?? 0);
    const { codes } = texts;
    const ends = new Uint32Array(ranked.length + 1);
    for (let index = 0; index < count; index += 1) (ends[(ranks[codes?.[index] ?? 0] as number) + 1] as number) += 1;
    for (let rank = 1; rank < ends.length; rank += 1) (ends[rank] as number) += ends[rank - 1] as number;
    const starts = ends.slice();
    const order = new Uint32Array(count);
    yield;
    for (let index = 0; index < count; index += 1) {
      const rank = ranks[codes?.[index] ?? 0] as number;
      const to = ends[rank] as number;
      ends[rank] = to + 1;
      order[to] = index;
      if (index % PORTION === PORTION - 1) yield;
    }
    for (let rank = 0; rank < ranked.length; rank += 1) {
      const part = order.subarray(starts[rank], starts[rank + 1]);
      if (part.length > PLACES) return null;
      // The digits as a fraction, then how many there are, then the place among equals, in one number that a double holds.
      const sorted = new Float64Array(part.length);
      for (let at = 0; at < part.length; at += 1) {
        const code = codes?.[part[at] as number] ?? 0;
        let key = 0;
        if (numbered[code] === 1) {
          const number = texts.number(part[at] as number, 0);
          const digits = digitsOf(number, widths[code] as number);
          key = number * 10 ** (DIGITS - digits) * 16 + digits;
        }
        sorted[at] = key * PLACES + at;
      }
      sorted.sort();
      const before = part.slice();
      for (let at = 0; at < part.length; at += 1) part[at] = before[(sorted[at] as number) % PLACES] as number;
      yield;
    }
    return order;
  }

  /** The texts of some wordings. */
  *ofWordings(may: (code: number) => boolean): Generator<number> {
    const chosen = Uint8Array.from(this.texts.wordings, (_wording, code) => Number(may(code)));
    if (!chosen.includes(1)) return;
    const { codes } = this.texts;
    for (let index = 0; index < this.count; index += 1) if (chosen[codes?.[index] ?? 0] === 1) yield index;
  }
}

function holds(bytes: Uint8Array, word: Uint8Array): boolean {
  const [first, last] = [word[0], bytes.length - word.length];
  for (let at = 0; at <= last; at += 1) {
    if (bytes[at] !== first) continue;
    let same = 1;
    while (same < word.length && bytes[at + same] === word[same]) same += 1;
    if (same === word.length) return true;
  }
  return false;
}
