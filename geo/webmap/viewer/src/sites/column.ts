/** One column of the places: a text for each, kept once for all that say the same, or one after the other where nearly all differ. */

import { type Codes, type Lazy, codesFor } from "./codes.ts";
import { PlainTexts, type Texts, allOf } from "./texts.ts";

/** A column whose values are words of a list: `words[codes[i]]`; "" is a record that says nothing. Some record says each word. */
export interface Coded {
  readonly codes: Codes;
  readonly words: readonly string[];
}

export class Column implements Coded {
  /** Whether each record has a text of its own. */
  readonly isPlain: boolean;
  readonly #read: Lazy<Codes> | null;
  #words: readonly string[] | undefined;
  #codes: Codes | undefined;

  constructor(
    readonly count: number,
    readonly texts: Texts,
    /** null: each record has a text of its own, in the order of the records; or all have the one that there is. */
    codes: Lazy<Codes> | null,
  ) {
    this.#read = codes;
    this.isPlain = codes === null && texts.count === count && count > 1;
  }

  /** Whether all records say the same. */
  get isOne(): boolean {
    return this.texts.count <= 1;
  }

  get words(): readonly string[] {
    return (this.#words ??= allOf(this.texts));
  }

  get codes(): Codes {
    if (this.#codes) return this.#codes;
    if (this.#read) return (this.#codes = this.#read());
    if (!this.isPlain) return (this.#codes = new Uint8Array(this.count));
    return Uint32Array.from({ length: this.count }, (_none, index) => index);
  }

  codeOf(index: number): number {
    return this.isPlain ? index : this.isOne ? 0 : (this.codes[index] as number);
  }

  at(index: number): string {
    const code = this.codeOf(index);
    return this.#words ? (this.#words[code] ?? "") : this.texts.at(code);
  }

  /** The first record that says a text; -1: none does. */
  find(text: string): number {
    const code = this.texts.find(text);
    return code < 0 || this.isPlain ? code : this.isOne ? 0 : this.codes.indexOf(code);
  }

  /** All records that say a text. */
  *every(text: string): Generator<number> {
    if (this.isPlain) return yield* this.texts.every(text);
    const code = this.texts.find(text);
    if (code < 0) return;
    const { codes } = this;
    for (let index = codes.indexOf(code); index >= 0; index = codes.indexOf(code, index + 1)) yield index;
  }

  /** What is told by the words, told of the records: `by[codes[i]]` for each of them. */
  spread(by: ArrayLike<number>): Uint8Array {
    const told = new Uint8Array(this.count);
    if (this.isOne) return told.fill(by[0] ?? 0);
    if (this.isPlain) {
      for (let index = 0; index < told.length; index += 1) told[index] = by[index] as number;
      return told;
    }
    spread(told, this.codes, by);
    return told;
  }
}

/** Tell of each record what is told by its code. */
export function spread(told: Uint8Array, codes: Codes, by: ArrayLike<number>): void {
  // An array of one kind: the browser reads it several times faster than one that might be of any.
  const table = by instanceof Uint8Array ? by : Uint8Array.from(by);
  for (let index = 0; index < told.length; index += 1) told[index] = table[codes[index] as number] as number;
}

/** A column of some texts. */
export function columnOf(cells: readonly string[]): Column {
  const seen = new Map<string, number>();
  for (const cell of cells) if (!seen.has(cell)) seen.set(cell, seen.size);
  const codes = codesFor(cells.length, seen.size);
  cells.forEach((cell, index) => (codes[index] = seen.get(cell) ?? 0));
  return new Column(cells.length, PlainTexts.of([...seen.keys()]), () => codes);
}
