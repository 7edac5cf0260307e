/** The columns of the places, as geo/webmap/columns.py writes them. What of them is not asked for is not read. */

import { type Codes, type Lazy, codesFor, once, planesOf, summed } from "./codes.ts";
import { Column } from "./column.ts";
import { Sites } from "./sites.ts";
import { PlainTexts, type Texts, WordedTexts, startsOf } from "./texts.ts";

/** Whole units of a decimal of a degree above the least, 0 for a place that is not located; or, where more decimals are told, as they are. */
interface Axis {
  decimals?: number;
  least?: number;
  width: number;
}

/** Bytes of a number for each; or the column that settles it, and for each word of that one the number. */
type CodesWritten = number | { by: number; words: number; width: number };

/** A run of numbers, or which one before says the same; `steps`: how they differ. */
type NumbersWritten = { count: number; width: number; steps?: true } | { same: number };

interface PlainWritten { texts: number; bytes: number; length: number }

/** Texts as they are, or as wordings with numbers in them. */
type TextsWritten = PlainWritten | { texts: number; wordings: PlainWritten; wording?: CodesWritten; numbers: NumbersWritten[] };

/** How the bytes of the columns lie: both axes, then of each column its texts and, of several, the code of each record. */
export interface Written {
  count: number;
  axes: [Axis, Axis];
  columns: (TextsWritten & { name: string; code?: CodesWritten })[];
}

class Reader {
  #at = 0;
  readonly #columns: Lazy<Codes>[] = [];
  readonly #runs: Lazy<Codes>[] = [];

  constructor(
    readonly count: number,
    readonly bytes: Uint8Array,
  ) {}

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.bytes.length) throw new Error("the columns end too early");
    const part = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  axis({ decimals = 0, least = 0, width }: Axis): Float64Array {
    const { count } = this;
    if (width === 8) return new Float64Array(this.take(8 * count).slice().buffer);
    const units = planesOf(this.take(width * count), count, width);
    const places = new Float64Array(count);
    const unit = 10 ** decimals;
    for (let index = 0; index < count; index += 1) places[index] = units[index] === 0 ? NaN : ((units[index] as number) - 1 + least) / unit;
    return places;
  }

  /** The numbers of some texts or records; what is told of each record may settle other columns. */
  codes(many: number, written: CodesWritten): Lazy<Codes> {
    let read: Lazy<Codes>;
    if (typeof written === "number") {
      const bytes = this.take(many * written);
      read = once(() => planesOf(bytes, many, written));
    } else {
      const { by, words, width } = written;
      const bytes = this.take(words * width);
      read = once(() => {
        const [lead, table, into] = [(this.#columns[by] as Lazy<Codes>)(), planesOf(bytes, words, width), codesFor(many, 256 ** width)];
        for (let index = 0; index < many; index += 1) into[index] = table[lead[index] as number] as number;
        return into;
      });
    }
    if (many === this.count) this.#columns.push(read);
    return read;
  }

  numbers(written: NumbersWritten): Lazy<Codes> {
    if ("same" in written) return this.#runs[written.same] as Lazy<Codes>;
    const { count, width, steps } = written;
    const bytes = this.take(count * width);
    const read = once(() => (steps ? summed(planesOf(bytes, count, width)) : planesOf(bytes, count, width)));
    this.#runs.push(read);
    return read;
  }

  plain({ texts, bytes, length }: PlainWritten): PlainTexts {
    const held = this.take(bytes);
    return new PlainTexts(held, startsOf(planesOf(this.take(texts * length), texts, length)));
  }

  texts(written: TextsWritten): Texts {
    if (!("wordings" in written)) return this.plain(written);
    const wordings = this.plain(written.wordings);
    const codes = written.wording === undefined ? null : this.codes(written.texts, written.wording);
    return new WordedTexts(written.texts, wordings, codes, written.numbers.map((one) => this.numbers(one)));
  }
}

export function readSites({ count, axes, columns }: Written, bytes: Uint8Array): Sites {
  const reader = new Reader(count, bytes);
  const [lon, lat] = [reader.axis(axes[0]), reader.axis(axes[1])];
  const read = columns.map((written): [string, Column] => {
    const texts = reader.texts(written);
    return [written.name, new Column(count, texts, written.code === undefined ? null : reader.codes(count, written.code))];
  });
  return new Sites(count, lon, lat, new Map(read));
}
