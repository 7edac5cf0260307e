/**
 * Folded texts that are a few wordings with numbers in them. What has no digit is looked for in the wordings alone: of a million
 * names that are a few hundred.
 */

import type { WordedTexts } from "../sites/texts.ts";
import type { Folded, FoldedTexts, Held } from "./folded.ts";

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const ZERO = 48;

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte < ZERO + 10;
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
      let digits = Math.max(1, byte - ZERO);
      for (let power = 10 ** digits; number >= power; power *= 10) digits += 1;
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
  #withDigits(word: Uint8Array, among?: Held): Held | null {
    const may = this.#mayHold(word);
    if (among?.ofWordings) for (let code = 0; code < may.length; code += 1) (may[code] as number) &= among.by[code] as number;
    if (!may.includes(1)) return null;
    const { texts } = this;
    const { codes } = texts;
    const only = among && !among.ofWordings ? among.by : null;
    const found = new Uint8Array(this.count);
    // Of a text with one number, digits are looked for in the number.
    const number = texts.slots.length === 1 && word.every(isDigit) ? Number(DECODER.decode(word)) : -1;
    const [length, size] = [word.length, 10 ** word.length];
    const widths = Uint8Array.from(texts.wordings, (wording) => wording.widths[0] ?? 0);
    let any = false;
    for (let index = 0; index < found.length; index += 1) {
      const code = codes?.[index] ?? 0;
      if (may[code] === 0 || (only && only[index] === 0)) continue;
      const held = number < 0 ? holds(this.spelled(index), word) : holdsDigits(texts.number(index, 0), widths[code] as number, number, length, size);
      if (!held) continue;
      found[index] = 1;
      any = true;
    }
    return any ? { by: found, ofWordings: false } : null;
  }

  #mayHold(word: Uint8Array): Uint8Array {
    const may = Uint8Array.from(this.texts.wordings, ({ widths }) => Number(widths.length > 0));
    let start = 0;
    for (let at = 0; at <= word.length; at += 1) {
      if (at < word.length && !isDigit(word[at])) continue;
      const marks = at > start ? this.folded.marks(word.subarray(start, at)) : undefined;
      if (marks === null) return may.fill(0);
      if (marks) for (let code = 0; code < may.length; code += 1) (may[code] as number) &= marks[code] as number;
      start = at + 1;
    }
    return may;
  }

  beginning(word: Uint8Array): (index: number) => 0 | 1 | 2 {
    if (word.some(isDigit)) {
      return (index) => {
        const spelled = this.spelled(index);
        if (spelled.length < word.length || !word.every((byte, at) => byte === spelled[at])) return 0;
        return spelled.length === word.length ? 2 : 1;
      };
    }
    const of = this.folded.beginning(word);
    const by = this.texts.wordings.map((_wording, code) => of(code));
    return (index) => by[this.texts.codeOf(index)] as 0 | 1 | 2;
  }

  /** The texts of some wordings. */
  *ofWordings(may: (code: number) => boolean): Generator<number> {
    const chosen = Uint8Array.from(this.texts.wordings, (_wording, code) => Number(may(code)));
    if (!chosen.includes(1)) return;
    const { codes } = this.texts;
    for (let index = 0; index < this.count; index += 1) if (chosen[codes?.[index] ?? 0] === 1) yield index;
  }
}

/** Whether a number as it is written, filled up to a width, holds some digits one after the other. */
function holdsDigits(number: number, width: number, wanted: number, length: number, size: number): boolean {
  let [rest, digits] = [number, Math.max(1, width)];
  for (let power = 10 ** digits; number >= power; power *= 10) digits += 1;
  for (; digits >= length; digits -= 1) {
    if (rest % size === wanted) return true;
    rest = (rest / 10) | 0;
  }
  return false;
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
