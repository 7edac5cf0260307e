/** Places in columns, of whole records. */

import type { Site } from "../src/payload.ts";
import { type Column, columnOf } from "../src/sites/column.ts";
import { COLUMN_NAMES, type ColumnName, Sites } from "../src/sites/sites.ts";

/** What a record says in a column: of references their sources, or the places in them. */
function saidIn(record: Site, name: ColumnName): unknown {
  const references = name === "sources" || name === "places" ? record.sources : name === "coord_source" || name === "coord_place" ? [record.coord_source ?? []].flat() : null;
  if (!references) return record[name as keyof Site];
  if (name === "sources" || name === "coord_source") return references.map(({ source }) => source);
  return references.some(({ locator }) => locator !== undefined) ? references.map(({ locator }) => locator ?? null) : [];
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function sitesOf(records: readonly Site[]): Sites {
  const at = (axis: 0 | 1): Float64Array => Float64Array.from(records, ({ point }) => point?.[axis] ?? NaN);
  const columns = new Map<string, Column>(COLUMN_NAMES.map((name) => [name, columnOf(records.map((record) => cellOf(saidIn(record, name))))]));
  return new Sites(records.length, at(0), at(1), columns);
}
