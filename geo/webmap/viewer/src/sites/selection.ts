/** Some of the places: a mark for each of all, and how many are marked. */

import type { Column } from "./column.ts";
import { onesIn } from "./masks.ts";

export class Selection {
  #indexes: Uint32Array | undefined;
  readonly #counts = new Map<Column, Uint32Array>();

  constructor(
    /** 1 where chosen, by index. */
    readonly mask: Uint8Array,
    readonly count: number,
  ) {}

  static of(mask: Uint8Array): Selection {
    return new Selection(mask, onesIn(mask, mask));
  }

  has(index: number): boolean {
    return this.mask[index] === 1;
  }

  /** Ascending; made when first asked for. */
  get indexes(): Uint32Array {
    if (this.#indexes) return this.#indexes;
    const indexes = new Uint32Array(this.count);
    let next = 0;
    for (let index = 0; index < this.mask.length; index += 1) if (this.mask[index] === 1) indexes[next++] = index;
    return (this.#indexes = indexes);
  }

  /** How many of the chosen places have each code of a column; several parts of the page ask for the same. */
  perCode(column: Column): Uint32Array {
    const known = this.#counts.get(column);
    if (known) return known;
    const made = this.#perCode(column);
    this.#counts.set(column, made);
    return made;
  }

  #perCode(column: Column): Uint32Array {
    const by = new Uint32Array(column.texts.count);
    if (column.isOne) {
      if (by.length > 0) by[0] = this.count;
      return by;
    }
    const { mask } = this;
    const { codes } = column;
    // Without a question at each place, which is what takes the time.
    for (let index = 0; index < mask.length; index += 1) (by[codes[index] as number] as number) += mask[index] as number;
    return by;
  }
}
