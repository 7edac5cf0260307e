/** The places of a page, in columns: a million of them are some numbers each, and a whole record is made when it is shown. */

import type { Days, Language, Name, Position, Reference, Site } from "../payload.ts";
import { type Called, nameIn } from "./names.ts";
import { Column } from "./column.ts";
import { PlainTexts } from "./texts.ts";
import type { Selection } from "./selection.ts";

/** Bases that tell an area and not a point, whatever the scale of the map. */
export const AREA_BASES: ReadonlySet<string> = new Set(["village", "commune", "district", "masked"]);

/** The columns whose cells are JSON; the cells of the others are texts. */
const JSON_COLUMNS = ["names", "days", "precision_m", "coord_source", "sources", "claims", "ranges", "relations", "grid_m"] as const;
const TEXT_COLUMNS = [
  "id", "name", "kind", "country", "province", "province_name", "district", "commune", "village", "place_code", "place_text", "zone", "zone_text", "sector",
  "begin", "begin_text", "end", "end_text", "basis", "coord_text", "standing", "summary", "part_of", "masked",
] as const;
/** Members that are references, and the column of the places in their sources. */
const PLACES_IN = { coord_source: "coord_place", sources: "places" } as const;
/** What a record has even where its cell is empty. */
const ALWAYS: Record<string, unknown> = { names: [], sources: [], claims: [], relations: [], basis: "", standing: "", summary: "" };

type JsonColumn = (typeof JSON_COLUMNS)[number];
type PlacesColumn = (typeof PLACES_IN)[keyof typeof PLACES_IN];
export type ColumnName = JsonColumn | PlacesColumn | (typeof TEXT_COLUMNS)[number];
export const COLUMN_NAMES: readonly ColumnName[] = [...TEXT_COLUMNS, ...JSON_COLUMNS, ...Object.values(PLACES_IN)];

const IS_JSON: ReadonlySet<string> = new Set([...JSON_COLUMNS, ...Object.values(PLACES_IN)]);

/** The columns that tell a member of a record. */
export function columnsOfMember(name: ColumnName): readonly ColumnName[] {
  return name === "coord_source" || name === "sources" ? [name, PLACES_IN[name]] : [name];
}

export function isText(name: ColumnName): boolean {
  return !IS_JSON.has(name);
}

/** So many records that were shown last are kept as they were made: all of a page that draws each of its places as an element. */
const KEPT = 2_000;
const NAMES_KEPT = 5_000;

export class Sites {
  /** How many have a point. */
  readonly located: number;
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #empty: Column;
  readonly #made = new Map<number, Site>();
  #radii: Float64Array | undefined;
  #areas: Uint8Array | undefined;
  #unlocated: Uint8Array | undefined;
  #days: (Days | undefined)[] | undefined;
  readonly #names = new Map<number, readonly Name[]>();

  constructor(
    readonly count: number,
    /** Degrees, WGS 84; NaN where a place is not located. */
    readonly lon: Float64Array,
    readonly lat: Float64Array,
    columns: ReadonlyMap<string, Column>,
  ) {
    this.#columns = columns;
    this.#empty = new Column(count, PlainTexts.of([""]), null);
    let located = 0;
    for (let index = 0; index < count; index += 1) if (lon[index] === lon[index]) located += 1;
    this.located = located;
  }

  column(name: ColumnName): Column {
    return this.#columns.get(name) ?? this.#empty;
  }

  /** Read all columns, pausing between them: whoever is first to show a record would wait for all at once. */
  *read(): Generator<undefined, void> {
    for (const column of this.#columns.values()) {
      column.at(0);
      yield;
    }
  }

  get kind(): Column {
    return this.column("kind");
  }

  get province(): Column {
    return this.column("province");
  }

  get zone(): Column {
    return this.column("zone");
  }

  get standing(): Column {
    return this.column("standing");
  }

  get basis(): Column {
    return this.column("basis");
  }

  id(index: number): string {
    return this.column("id").at(index);
  }

  isLocated(index: number): boolean {
    return this.lon[index] === this.lon[index];
  }

  /** 1 for each place that is not located. */
  unlocated(): Uint8Array {
    if (this.#unlocated) return this.#unlocated;
    const { lon } = this;
    const mask = new Uint8Array(lon.length);
    for (let index = 0; index < mask.length; index += 1) mask[index] = Number(lon[index] !== lon[index]);
    return (this.#unlocated = mask);
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
    return [text, ...this.#othersOf(index).map((name) => name.text)];
  }

  /** The name to show in a language, and the second one beside it, in the other script where there is one. */
  names(index: number, language: Language): [Called, Called | null] {
    return nameIn({ name: this.column("name").at(index), names: this.#othersOf(index) }, language);
  }

  /** The names beside the first one. */
  #othersOf(index: number): readonly Name[] {
    const column = this.column("names");
    const code = column.codeOf(index);
    const known = this.#names.get(code);
    if (known) return known;
    const cell = column.texts.at(code);
    const made = cell === "" ? [] : (JSON.parse(cell) as Name[]);
    if (this.#names.size >= NAMES_KEPT) this.#names.clear();
    this.#names.set(code, made);
    return made;
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
    return this.count === 0 ? -1 : this.column("id").find(id);
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

/** References of the two cells that tell them: their sources, and the places in them. */
function referencesOf(sources: unknown, places: unknown): Reference[] {
  const found = (places as (string | null)[] | undefined) ?? [];
  return (sources as string[]).map((source, at) => ({ source, ...(typeof found[at] === "string" ? { locator: found[at] } : {}) }));
}

/** A record of the cells of its columns; one that says nothing is left out. */
export function recordOf(cells: readonly (readonly [ColumnName, string])[], point: Position | null): Site {
  const record: Record<string, unknown> = { ...ALWAYS, point };
  for (const [name, cell] of cells) if (cell !== "") record[name] = IS_JSON.has(name) ? JSON.parse(cell) : cell;
  const { places, coord_place: place, ...rest } = record;
  if (rest["sources"] !== ALWAYS["sources"]) rest["sources"] = referencesOf(rest["sources"], places);
  if (rest["coord_source"]) [rest["coord_source"]] = referencesOf(rest["coord_source"], place);
  return rest as unknown as Site;
}
