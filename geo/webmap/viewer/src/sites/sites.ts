/** The places of a page, in columns: a million of them are some numbers each, and a whole record is made when it is shown. */

import type { Days, Language, Name, Position, Site } from "../payload.ts";
import { type Called, nameIn } from "./names.ts";
import { type Coded, Column } from "./column.ts";
import { Texts, utf8 } from "./texts.ts";
import type { Selection } from "./selection.ts";

/** Bases that tell an area and not a point, whatever the scale of the map. */
const AREA_BASES = new Set(["village", "commune", "district", "masked"]);

/** The columns whose cells are JSON; the cells of the others are texts. */
const JSON_COLUMNS = ["names", "days", "precision_m", "coord_source", "sources", "claims", "ranges", "relations", "grid_m"] as const;
const TEXT_COLUMNS = [
  "id", "name", "kind", "country", "province", "province_name", "district", "commune", "village", "place_code", "place_text", "zone", "zone_text", "sector",
  "begin", "begin_text", "end", "end_text", "basis", "coord_text", "standing", "summary", "part_of", "masked",
] as const;
/** What a record has even where its cell is empty. */
const ALWAYS: Record<string, unknown> = { names: [], sources: [], claims: [], relations: [], basis: "", standing: "", summary: "" };

type JsonColumn = (typeof JSON_COLUMNS)[number];
export type ColumnName = JsonColumn | (typeof TEXT_COLUMNS)[number];
export const COLUMN_NAMES: readonly ColumnName[] = [...TEXT_COLUMNS, ...JSON_COLUMNS];

const IS_JSON: ReadonlySet<string> = new Set(JSON_COLUMNS);

export function isText(name: ColumnName): boolean {
  return !IS_JSON.has(name);
}

/** So many records that were shown last are kept as they were made. */
const KEPT = 256;

export class Sites {
  /** How many have a point. */
  readonly located: number;
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #empty: Column;
  readonly #made = new Map<number, Site>();
  #places: Int32Array | undefined;
  #radii: Float64Array | undefined;
  #areas: Uint8Array | undefined;
  #days: (Days | undefined)[] | undefined;
  #names: (readonly Name[])[] | undefined;

  constructor(
    readonly count: number,
    /** Degrees, WGS 84; NaN where a place is not located. */
    readonly lon: Float64Array,
    readonly lat: Float64Array,
    columns: ReadonlyMap<string, Column>,
  ) {
    this.#columns = columns;
    this.#empty = new Column(count, Texts.of([""]), null);
    let located = 0;
    for (let index = 0; index < count; index += 1) if (lon[index] === lon[index]) located += 1;
    this.located = located;
  }

  column(name: ColumnName): Column {
    return this.#columns.get(name) ?? this.#empty;
  }

  get kind(): Coded {
    return this.column("kind");
  }

  get province(): Coded {
    return this.column("province");
  }

  get zone(): Coded {
    return this.column("zone");
  }

  get standing(): Coded {
    return this.column("standing");
  }

  get basis(): Coded {
    return this.column("basis");
  }

  id(index: number): string {
    return this.column("id").at(index);
  }

  isLocated(index: number): boolean {
    return this.lon[index] === this.lon[index];
  }

  point(index: number): Position | null {
    return this.isLocated(index) ? [this.lon[index] as number, this.lat[index] as number] : null;
  }

  /** Whether a place is known only as an area, at any scale. */
  isArea(index: number): boolean {
    this.#areas ??= Uint8Array.from(this.basis.words, (basis) => Number(AREA_BASES.has(basis)));
    return this.#areas[this.column("basis").codeOf(index)] === 1;
  }

  /** Metres within which a place lies; 0 where that is not known. */
  precision(index: number): number {
    const column = this.column("precision_m");
    this.#radii ??= Float64Array.from(column.words, (cell) => (cell === "" ? 0 : Number(cell)));
    return this.#radii[column.codeOf(index)] ?? 0;
  }

  /** The days of a time as the column `days` has them, by its codes; undefined: nothing is known. */
  get times(): readonly (Days | undefined)[] {
    return (this.#days ??= this.column("days").words.map((cell) => (cell === "" ? undefined : (JSON.parse(cell) as Days))));
  }

  days(index: number): Days | undefined {
    return this.times[this.column("days").codeOf(index)];
  }

  /** All that a place is called. */
  called(index: number): string[] {
    const { text } = this.names(index, "en")[0];
    return [text, ...(this.#names?.[this.column("names").codeOf(index)] ?? []).map((name) => name.text)];
  }

  /** The name to show in a language, and the second one beside it, in the other script where there is one. */
  names(index: number, language: Language): [Called, Called | null] {
    const column = this.column("names");
    this.#names ??= column.words.map((cell) => (cell === "" ? [] : (JSON.parse(cell) as Name[])));
    return nameIn({ name: this.column("name").at(index), names: this.#names[column.codeOf(index)] ?? [] }, language);
  }

  /** The whole record. */
  site(index: number): Site {
    const known = this.#made.get(index);
    if (known) return known;
    const made = this.made(index);
    if (this.#made.size >= KEPT) this.#made.clear();
    this.#made.set(index, made);
    return made;
  }

  /** The whole record, made anew: for whoever goes through many. */
  made(index: number): Site {
    const cells: [ColumnName, string][] = COLUMN_NAMES.map((name) => [name, this.column(name).at(index)]);
    return recordOf(cells, this.point(index));
  }

  /** Where the record with an id stands; -1: there is none. */
  indexOf(id: string): number {
    // A page without places has no ids, not even an empty one.
    if (this.count === 0) return -1;
    const { texts } = this.column("id");
    this.#places ??= placesOf(texts);
    const wanted = utf8(id);
    for (let slot = hashed(wanted, 0, wanted.length) & (this.#places.length - 1); ; slot = (slot + 1) & (this.#places.length - 1)) {
      const index = (this.#places[slot] as number) - 1;
      if (index < 0 || texts.is(index, wanted)) return index;
    }
  }

  has(id: string): boolean {
    return this.indexOf(id) >= 0;
  }

  get(id: string): Site | undefined {
    const index = this.indexOf(id);
    return index < 0 ? undefined : this.site(index);
  }

  /** Whole records: of all places, or of those chosen. */
  all(selection?: Selection): Site[] {
    const indexes = selection ? selection.indexes : Uint32Array.from({ length: this.count }, (_none, index) => index);
    return Array.from(indexes, (index) => this.site(index));
  }
}

/** A record of the cells of its columns; one that says nothing is left out. */
export function recordOf(cells: readonly (readonly [ColumnName, string])[], point: Position | null): Site {
  const record: Record<string, unknown> = { ...ALWAYS, point };
  for (const [name, cell] of cells) if (cell !== "") record[name] = IS_JSON.has(name) ? JSON.parse(cell) : cell;
  return record as unknown as Site;
}

/** FNV-1a. */
function hashed(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** A hash table of texts that all differ: index + 1 in the slot of a text or the next free one. */
function placesOf({ bytes, starts, count }: Texts): Int32Array {
  const places = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 2)));
  for (let index = 0; index < count; index += 1) {
    let slot = hashed(bytes, starts[index] as number, starts[index + 1] as number) & (places.length - 1);
    while (places[slot] !== 0) slot = (slot + 1) & (places.length - 1);
    places[slot] = index + 1;
  }
  return places;
}
