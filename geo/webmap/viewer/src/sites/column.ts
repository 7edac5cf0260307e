/** One column of the places: a text for each, kept once for all that say the same, or one after the other where nearly all differ. */

import { Texts } from "./texts.ts";

export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** A column whose values are words of a list: `words[codes[i]]`; "" is a record that says nothing. Some record says each word. */
export interface Coded {
  readonly codes: Codes;
  readonly words: readonly string[];
}

export class Column implements Coded {
  #words: string[] | undefined;
  #codes: Codes | undefined;

  constructor(
    readonly count: number,
    readonly texts: Texts,
    /** null: each record has a text of its own, in the order of the records; or all have the one that there is. */
    codes: Codes | null,
  ) {
    if (codes) this.#codes = codes;
  }

  /** Whether each record has a text of its own. */
  get isPlain(): boolean {
    return this.#codes === undefined && this.texts.count === this.count && this.count > 1;
  }

  /** Whether all records say the same. */
  get isOne(): boolean {
    return this.texts.count <= 1;
  }

  get words(): readonly string[] {
    return (this.#words ??= this.texts.all());
  }

  get codes(): Codes {
    if (this.#codes) return this.#codes;
    if (!this.isPlain) return (this.#codes = new Uint8Array(this.count));
    return Uint32Array.from({ length: this.count }, (_none, index) => index);
  }

  codeOf(index: number): number {
    return this.#codes ? (this.#codes[index] as number) : this.isPlain ? index : 0;
  }

  at(index: number): string {
    const code = this.codeOf(index);
    return this.#words ? (this.#words[code] ?? "") : this.texts.at(code);
  }

  /** What is told by the words, told of the records: `by[codes[i]]` for each of them. */
  spread(by: ArrayLike<number>): Uint8Array {
    const told = new Uint8Array(this.count);
    if (this.isOne) return told.fill(by[0] ?? 0);
    if (this.isPlain) {
      for (let index = 0; index < told.length; index += 1) told[index] = by[index] as number;
      return told;
    }
    const { codes } = this;
    for (let index = 0; index < told.length; index += 1) told[index] = by[codes[index] as number] as number;
    return told;
  }
}

/** The narrowest array that holds codes below a number. */
export function codesFor(count: number, words: number): Codes {
  return words <= 0x100 ? new Uint8Array(count) : words <= 0x1_0000 ? new Uint16Array(count) : new Uint32Array(count);
}

/** A column of some texts. */
export function columnOf(cells: readonly string[]): Column {
  const seen = new Map<string, number>();
  for (const cell of cells) if (!seen.has(cell)) seen.set(cell, seen.size);
  const codes = codesFor(cells.length, seen.size);
  cells.forEach((cell, index) => (codes[index] = seen.get(cell) ?? 0));
  return new Column(cells.length, Texts.of([...seen.keys()]), codes);
}
