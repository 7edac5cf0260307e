/** Folded texts, looked through without making a string of any of them. */

import { fold } from "../fold.ts";
import { PlainTexts, type Texts, WordedTexts, utf8 } from "../sites/texts.ts";
import { WordedFolded, isWorded } from "./worded.ts";

/** After so many texts a preparation pauses; after fewer of those that take long. */
const PORTION = 4096;
const SLOW_PORTION = 256;
const SPACE = 32;

/** What an ASCII letter becomes when it is folded: itself in lower case, nothing (0), or a space. */
const ASCII = Uint8Array.from({ length: 128 }, (_none, code) => {
  const letter = String.fromCharCode(code).toLowerCase();
  return /['`]/.test(letter) ? 0 : /[a-z0-9$+<=>^|~]/.test(letter) ? letter.charCodeAt(0) : SPACE;
});

/** Which texts hold a word: 1 for each that does; or for each wording, where that tells it. */
export interface Held {
  by: Uint8Array;
  ofWordings: boolean;
}

/** How texts are looked through, however they are kept. */
export interface FoldedTexts {
  readonly count: number;
  /** Whether any says anything. */
  readonly says: boolean;
  at(index: number): string;
  /** Which texts hold the bytes of a word; only those of `among` are looked at, when it is given. null: none holds them. */
  holding(word: Uint8Array, among?: Held): Held | null;
  /** How texts begin, those of `among` where it is given: 2 it is that word, 1 it begins with it, 0 neither. */
  beginning(word: Uint8Array, among: Uint8Array | null): Held;
}

export class Folded extends PlainTexts implements FoldedTexts {
  /** How often each byte occurs: the rarest one of a word is what is looked for. */
  readonly #often = new Uint32Array(256);

  constructor(bytes: Uint8Array, starts: Uint32Array) {
    super(bytes, starts);
    for (let at = 0; at < bytes.length; at += 1) (this.#often[bytes[at] as number] as number) += 1;
  }

  get says(): boolean {
    return this.bytes.length > 0;
  }

  holding(word: Uint8Array, among?: Held): Held | null {
    const by = this.marks(word, among?.by);
    return by && { by, ofWordings: false };
  }

  beginning(word: Uint8Array, among: Uint8Array | null): Held {
    const { bytes, starts } = this;
    const by = new Uint8Array(this.count);
    for (let index = 0; index < by.length; index += 1) {
      if (among === null || among[index] === 1) by[index] = beginsWith(bytes, starts[index] as number, starts[index + 1] as number, word);
    }
    return { by, ofWordings: false };
  }

  /** 1 for each text that holds the bytes of a word; null: none does. */
  marks(word: Uint8Array, among?: Uint8Array): Uint8Array | null {
    if (word.length === 0) return new Uint8Array(this.count).fill(1);
    let rarest = 0;
    for (let at = 1; at < word.length; at += 1) if (this.#count(word[at]) < this.#count(word[rarest])) rarest = at;
    if (this.#count(word[rarest]) === 0) return null;
    return among ? this.#scanAmong(word, rarest, among) : this.#scan(word, rarest);
  }

  /** Whether no text holds a letter beyond ASCII. */
  get isAscii(): boolean {
    return this.#often.every((count, byte) => byte < 128 || count === 0);
  }

  #count(byte: number | undefined): number {
    return this.#often[byte ?? 0] ?? 0;
  }

  /** All bytes in one go: where one is the rarest of the word, the others are looked at. */
  #scan(word: Uint8Array, rarest: number): Uint8Array | null {
    const { bytes, starts } = this;
    const [wanted, length, size] = [word[rarest] as number, word.length, bytes.length];
    // Below that the browser's own search is the faster one.
    const seldom = this.#count(wanted) * 50 < size;
    const found = new Uint8Array(this.count);
    let [any, text] = [false, 0];
    for (let at = 0; at < size; at += 1) {
      if (seldom) {
        at = bytes.indexOf(wanted, at);
        if (at < 0) break;
      } else if (bytes[at] !== wanted) continue;
      const first = at - rarest;
      while ((starts[text + 1] as number) <= at) text += 1;
      const end = starts[text + 1] as number;
      if (first < (starts[text] as number) || first + length > end) continue;
      let same = 0;
      while (same < length && bytes[first + same] === word[same]) same += 1;
      if (same < length) continue;
      found[text] = 1;
      any = true;
      at = end - 1;
    }
    return any ? found : null;
  }

  #scanAmong(word: Uint8Array, rarest: number, among: Uint8Array): Uint8Array | null {
    const { bytes, starts, count } = this;
    const [wanted, length] = [word[rarest] as number, word.length];
    const found = new Uint8Array(count);
    let any = false;
    for (let text = 0; text < count; text += 1) {
      if (among[text] === 0) continue;
      const last = (starts[text + 1] as number) - length + rarest;
      for (let at = (starts[text] as number) + rarest; at <= last; at += 1) {
        if (bytes[at] !== wanted) continue;
        let same = 0;
        while (same < length && bytes[at - rarest + same] === word[same]) same += 1;
        if (same === length) {
          found[text] = 1;
          any = true;
          break;
        }
      }
    }
    return any ? found : null;
  }
}

/** How a text begins: 2 it is that word, 1 it begins with it, 0 neither. */
export function beginsWith(bytes: Uint8Array, start: number, end: number, word: Uint8Array): 0 | 1 | 2 {
  if (end - start < word.length) return 0;
  for (let at = 0; at < word.length; at += 1) if (bytes[start + at] !== word[at]) return 0;
  return end - start === word.length ? 2 : 1;
}

/** A run of bytes that grows. */
export class Run {
  bytes = new Uint8Array(1 << 16);
  length = 0;

  room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  add(more: Uint8Array): void {
    this.room(more.length);
    this.bytes.set(more, this.length);
    this.length += more.length;
  }
}

/** Fold the ASCII of a text to the end of a run; false when it holds other letters. */
function foldAscii({ bytes, starts }: PlainTexts, index: number, spaced: boolean, run: Run): boolean {
  const [start, end] = [starts[index] as number, starts[index + 1] as number];
  run.room(end - start);
  const [into, from] = [run.bytes, run.length];
  let [to, apart] = [from, false];
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= 128) return false;
    const folded = ASCII[byte] as number;
    if (folded === SPACE) apart = true;
    else if (folded !== 0) {
      if (apart && spaced && to > from) into[to++] = SPACE;
      apart = false;
      into[to++] = folded;
    }
  }
  run.length = to;
  return true;
}

/**
 * Fold texts, pausing now and then. Names, and places that they name, are looked for without their spaces: what is sought
 * has none, so it is in such a text whenever it is in the text with them. `taken` makes texts of a cell that is none itself.
 */
export function* foldTexts(texts: Texts, spaced: boolean, taken?: (cell: string) => readonly (string | undefined)[]): Generator<undefined, FoldedTexts> {
  if (texts instanceof WordedTexts && !taken) {
    const wordings = yield* foldPlain(texts.wordingTexts, spaced);
    if (isWorded(texts, wordings)) return new WordedFolded(texts, wordings);
  }
  return yield* foldPlain(texts, spaced, taken);
}

function* foldPlain(texts: Texts, spaced: boolean, taken?: (cell: string) => readonly (string | undefined)[]): Generator<undefined, Folded> {
  const [run, starts] = [new Run(), new Uint32Array(texts.count + 1)];
  let slow = 0;
  for (let index = 0; index < texts.count; index += 1) {
    if (taken || !(texts instanceof PlainTexts) || !foldAscii(texts, index, spaced, run)) {
      const cell = texts.at(index);
      const folded = (taken ? taken(cell) : [cell]).flatMap((text) => (text ? [spaced ? fold(text) : fold(text).replaceAll(" ", "")] : []));
      run.add(utf8(folded.join("\n")));
      slow += 1;
    }
    starts[index + 1] = run.length;
    if (index % PORTION === PORTION - 1 || slow === SLOW_PORTION) {
      slow = 0;
      yield;
    }
  }
  return new Folded(run.bytes.slice(0, run.length), starts);
}

/** Folded texts as they are, one after the other: to be ordered. */
export function* spelledOut(texts: FoldedTexts): Generator<undefined, PlainTexts> {
  if (texts instanceof PlainTexts) return texts;
  const [run, starts] = [new Run(), new Uint32Array(texts.count + 1)];
  const worded = texts as WordedFolded;
  for (let index = 0; index < texts.count; index += 1) {
    run.add(worded.spelled(index));
    starts[index + 1] = run.length;
    if (index % PORTION === PORTION - 1) yield;
  }
  return new PlainTexts(run.bytes, starts);
}
