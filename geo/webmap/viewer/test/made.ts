/** Places in columns, of whole records. */

import type { Site } from "../src/payload.ts";
import { type Column, columnOf } from "../src/sites/column.ts";
import { COLUMN_NAMES, Sites } from "../src/sites/sites.ts";

function cellOf(value: unknown): string {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function sitesOf(records: readonly Site[]): Sites {
  const at = (axis: 0 | 1): Float64Array => Float64Array.from(records, ({ point }) => point?.[axis] ?? NaN);
  const columns = new Map<string, Column>(COLUMN_NAMES.map((name) => [name, columnOf(records.map((record) => cellOf(record[name])))]));
  return new Sites(records.length, at(0), at(1), columns);
}
