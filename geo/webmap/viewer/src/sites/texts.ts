/** Many texts: a million of them weigh what they say, and are made into strings one by one when they are shown. */

import { type Codes, type Lazy, numbersIn } from "./codes.ts";

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const ENCODER = new TextEncoder();
/** Of so few texts each is compared. */
const FEW = 64;

export interface Texts {
  readonly count: number;
  at(index: number): string;
  /** The index of a text; -1: none is that. Of equal texts any. */
  find(text: string): number;
  /** All indexes of a text. */
  every(text: string): Iterable<number>;
}

export function allOf(texts: Texts): string[] {
  return Array.from({ length: texts.count }, (_none, index) => texts.at(index));
}

/** Texts in one run of bytes. */
export class PlainTexts implements Texts {
  #slots: Int32Array | undefined;

  /** `starts[n]` to `starts[n + 1]` are the bytes of the n-th text, in UTF-8. */
  constructor(
    readonly bytes: Uint8Array,
    readonly starts: Uint32Array,
  ) {}

  static of(texts: readonly string[]): PlainTexts {
    const parts = texts.map((text) => ENCODER.encode(text));
    const starts = startsOf(parts.map((part) => part.length));
    const bytes = new Uint8Array(starts.at(-1) ?? 0);
    parts.forEach((part, index) => bytes.set(part, starts[index]));
    return new PlainTexts(bytes, starts);
  }

  get count(): number {
    return this.starts.length - 1;
  }

  at(index: number): string {
    const [start, end] = [this.starts[index] ?? 0, this.starts[index + 1] ?? 0];
    return start === end ? "" : DECODER.decode(this.bytes.subarray(start, end));
  }

  /** Whether the n-th text is these bytes. */
  is(index: number, wanted: Uint8Array): boolean {
    const start = this.starts[index] ?? 0;
    if ((this.starts[index + 1] ?? 0) - start !== wanted.length) return false;
    for (let at = 0; at < wanted.length; at += 1) if (this.bytes[start + at] !== wanted[at]) return false;
    return true;
  }

  find(text: string): number {
    const wanted = utf8(text);
    if (this.count <= FEW) {
      for (let index = 0; index < this.count; index += 1) if (this.is(index, wanted)) return index;
      return -1;
    }
    this.#slots ??= this.#hash();
    const mask = this.#slots.length - 1;
    for (let slot = hashed(wanted, 0, wanted.length) & mask; ; slot = (slot + 1) & mask) {
      const index = (this.#slots[slot] as number) - 1;
      if (index < 0 || this.is(index, wanted)) return index;
    }
  }

  *every(text: string): Generator<number> {
    const wanted = utf8(text);
    for (let index = 0; index < this.count; index += 1) if (this.is(index, wanted)) yield index;
  }

  /** A hash table: index + 1 in the slot of a text or the next free one. */
  #hash(): Int32Array {
    const { bytes, starts, count } = this;
    const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 2)));
    for (let index = 0; index < count; index += 1) {
      let slot = hashed(bytes, starts[index] as number, starts[index + 1] as number) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = index + 1;
    }
    return slots;
  }
}

/** One number of each of some texts: of those whose wording has so many. */
interface Slot {
  values: Codes;
  /** How many of the texts before each of every so many have one; null where all have one. */
  before: Uint32Array | null;
  /** By wording, 1 where it has one. */
  has: Uint8Array;
}

/** A mark is kept of each so many texts: in between they are counted. */
const STRIDE = 64;

/** A wording: the texts between its numbers, and to how many digits each number is filled up; 0: as numbers are written. */
export interface Wording {
  between: readonly string[];
  widths: readonly number[];
}

function wordingOf(text: string): Wording {
  return { between: text.split(/[0-9]/), widths: [...text.matchAll(/[0-9]/g)].map(([digit]) => Number(digit)) };
}

/** Texts that are a few wordings with numbers in them. */
export class WordedTexts implements Texts {
  readonly #readCodes: Lazy<Codes> | null;
  readonly #readNumbers: readonly Lazy<Codes>[];
  #wordings: readonly Wording[] | undefined;
  #codes: Codes | null | undefined;
  #slots: readonly Slot[] | undefined;

  constructor(
    readonly count: number,
    readonly wordingTexts: PlainTexts,
    /** The wording of each text; null where all have the same. */
    codes: Lazy<Codes> | null,
    numbers: readonly Lazy<Codes>[],
  ) {
    this.#readCodes = codes;
    this.#readNumbers = numbers;
  }

  get wordings(): readonly Wording[] {
    return (this.#wordings ??= allOf(this.wordingTexts).map(wordingOf));
  }

  get codes(): Codes | null {
    return this.#codes === undefined ? (this.#codes = this.#readCodes?.() ?? null) : this.#codes;
  }

  codeOf(index: number): number {
    return this.codes?.[index] ?? 0;
  }

  get slots(): readonly Slot[] {
    return (this.#slots ??= this.#readNumbers.map((read, slot) => {
      const has = Uint8Array.from(this.wordings, ({ widths }) => Number(widths.length > slot));
      return { values: read(), has, before: has.includes(0) ? this.#marks(has) : null };
    }));
  }

  #marks(has: Uint8Array): Uint32Array {
    const { codes, count } = this;
    const before = new Uint32Array(Math.ceil(count / STRIDE));
    let sum = 0;
    for (let index = 0; index < count; index += 1) {
      if (index % STRIDE === 0) before[index / STRIDE] = sum;
      sum += has[codes?.[index] ?? 0] as number;
    }
    return before;
  }

  /** A number of a text whose wording has it. */
  number(index: number, slot: number): number {
    const { values, before, has } = this.slots[slot] as Slot;
    if (!before) return values[index] as number;
    const { codes } = this;
    const mark = Math.floor(index / STRIDE);
    let at = before[mark] as number;
    for (let other = mark * STRIDE; other < index; other += 1) at += has[codes?.[other] ?? 0] as number;
    return values[at] as number;
  }

  at(index: number): string {
    const { between, widths } = this.wordings[this.codeOf(index)] as Wording;
    let text = between[0] as string;
    for (let slot = 0; slot < widths.length; slot += 1) text += String(this.number(index, slot)).padStart(widths[slot] as number, "0") + (between[slot + 1] as string);
    return text;
  }

  find(text: string): number {
    for (const index of this.every(text)) return index;
    return -1;
  }

  *every(text: string): Generator<number> {
    const told = numbersIn(text);
    const code = told ? this.wordingTexts.find(told.wording) : -1;
    if (!told || code < 0) return;
    const { codes } = this;
    const [first, slot] = [told.values[0], this.slots[0]];
    if (first !== undefined && slot) {
      // The browser looks for one number among many faster than anything asks each of them.
      for (let at = slot.values.indexOf(first); at >= 0; at = slot.values.indexOf(first, at + 1)) {
        const index = slot.before ? this.#textOf(at, slot, slot.before) : at;
        if ((codes?.[index] ?? 0) === code && this.#says(index, told.values)) yield index;
      }
    } else for (let index = 0; index < this.count; index += 1) if ((codes?.[index] ?? 0) === code && this.#says(index, told.values)) yield index;
  }

  /** The text that the n-th number of a slot stands in. */
  #textOf(at: number, { has }: Slot, before: Uint32Array): number {
    let [low, high] = [0, before.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((before[middle] as number) <= at) low = middle;
      else high = middle - 1;
    }
    let [index, left] = [low * STRIDE, at - (before[low] as number)];
    for (; index < this.count; index += 1) {
      if (has[this.codeOf(index)] === 0) continue;
      if (left === 0) break;
      left -= 1;
    }
    return index;
  }

  #says(index: number, values: readonly number[]): boolean {
    return values.every((value, slot) => this.number(index, slot) === value);
  }
}

/** FNV-1a. */
function hashed(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Where each of some texts starts, and where the last one ends. */
export function startsOf(lengths: ArrayLike<number>): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  let end = 0;
  for (let index = 0; index < lengths.length; index += 1) {
    end += lengths[index] as number;
    starts[index + 1] = end;
  }
  return starts;
}

export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}
