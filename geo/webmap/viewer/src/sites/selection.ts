/** Some of the places: a mark for each of all, and how many are marked. */

export class Selection {
  #indexes: Uint32Array | undefined;

  constructor(
    /** 1 where chosen, by index. */
    readonly mask: Uint8Array,
    readonly count: number,
  ) {}

  static of(mask: Uint8Array): Selection {
    let count = 0;
    for (let index = 0; index < mask.length; index += 1) count += mask[index] as number;
    return new Selection(mask, count);
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
}
