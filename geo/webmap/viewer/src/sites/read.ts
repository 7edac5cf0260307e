/** The columns of the places, as geo/webmap/columns.py writes them. */

import { type Codes, Column, codesFor } from "./column.ts";
import { Sites } from "./sites.ts";
import { Texts, startsOf } from "./texts.ts";

/** Whole units of a decimal of a degree above the least, 0 for a place that is not located; or, where more decimals are told, as they are. */
interface Axis {
  decimals?: number;
  least?: number;
  width: 1 | 2 | 4 | 8;
}

/** How the bytes of the columns lie: both axes, then of each column its texts, their lengths and, of several texts, the code of each record. */
export interface Written {
  count: number;
  axes: [Axis, Axis];
  columns: { name: string; texts: number; bytes: number; length: 1 | 2 | 4; code?: 1 | 2 | 4 }[];
}

class Reader {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.bytes.length) throw new Error("the columns end too early");
    const part = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  /** Numbers of some bytes each: first the lowest byte of all, then the next. */
  numbers<T extends Codes | Float64Array>(into: T, width: number): T {
    for (let byte = 0; byte < width; byte += 1) {
      const [plane, worth] = [this.take(into.length), 256 ** byte];
      if (byte === 0) into.set(plane);
      else for (let index = 0; index < plane.length; index += 1) (into[index] as number) += (plane[index] as number) * worth;
    }
    return into;
  }

  axis(count: number, { decimals = 0, least = 0, width }: Axis): Float64Array {
    if (width === 8) return new Float64Array(this.take(8 * count).slice().buffer);
    const places = this.numbers(new Float64Array(count), width);
    const unit = 10 ** decimals;
    for (let index = 0; index < count; index += 1) places[index] = places[index] === 0 ? NaN : ((places[index] as number) - 1 + least) / unit;
    return places;
  }
}

export function readSites(written: Written, bytes: Uint8Array): Sites {
  const { count, axes, columns } = written;
  const reader = new Reader(bytes);
  const [lon, lat] = [reader.axis(count, axes[0]), reader.axis(count, axes[1])];
  const read = columns.map(({ name, texts, bytes: size, length, code }): [string, Column] => {
    const held = reader.take(size);
    const all = new Texts(held, startsOf(reader.numbers(codesFor(texts, 256 ** length), length)));
    return [name, new Column(count, all, code ? reader.numbers(codesFor(count, 256 ** code), code) : null)];
  });
  return new Sites(count, lon, lat, new Map(read));
}
