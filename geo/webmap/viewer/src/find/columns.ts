/** What a record says in each column of its layer in the catalogue: the page asks and takes away what a query answers. */

import type { Days, Name, Payload, Position, Reference, Route, Site } from "../payload.ts";

export type Cell = string | number | null;
/** A cell, or one of the lists that a column may hold. */
export type Value = Cell | readonly string[] | readonly Record<string, Cell>[];

const BOUNDS = ["begin_earliest", "begin_latest", "end_earliest", "end_latest"];

const KHMER = /[\u1780-\u17ff]/;

/** `source-id#locator`, as the data writes it. */
export function refText(reference: Reference): string {
  return reference.locator ? `${reference.source}#${reference.locator}` : reference.source;
}

function khmerName(names: readonly Name[] | undefined): Cell {
  return names?.find((name) => KHMER.test(name.text))?.text ?? null;
}

function shared(record: Site | Route, column: string): Value | undefined {
  const bound = BOUNDS.indexOf(column);
  if (bound >= 0) return (record.days as Days | undefined)?.[bound] || null;
  switch (column) {
    case "id":
    case "name":
    case "kind":
    case "standing":
    case "summary":
      return record[column] || null;
    case "begin":
    case "begin_text":
    case "end":
    case "end_text":
      return record[column] ?? null;
    case "name_km":
      return khmerName(record.names);
    case "sources":
      return record.sources.map(refText);
    default:
      return undefined;
  }
}

/** The value of a column of a site; undefined when sites have no such column. */
export function siteValue(site: Site, column: string): Value | undefined {
  switch (column) {
    case "country":
    case "province":
    case "province_name":
    case "district":
    case "commune":
    case "village":
    case "place_code":
    case "place_text":
    case "precision_m":
    case "coord_text":
    case "part_of":
    case "masked":
      return site[column] ?? null;
    case "dk_zone":
      return site.zone ?? null;
    case "dk_zone_text":
      return site.zone_text ?? null;
    case "dk_sector":
      return site.sector ?? null;
    case "precision_basis":
      return site.basis;
    case "coord_source":
      return site.coord_source ? refText(site.coord_source) : null;
    case "lon":
      return site.point?.[0] ?? null;
    case "lat":
      return site.point?.[1] ?? null;
    default:
      return shared(site, column);
  }
}

/** The value of a column of a route; undefined when routes have no such column. */
export function routeValue(route: Route, column: string): Value | undefined {
  switch (column) {
    case "group":
      return route.group ?? null;
    case "segments":
      return (route.way ?? route.segments).map(({ from, to, certainty, note }) => ({ from, to, certainty, note: note ?? null }));
    case "stops":
      return route.stops.map(({ name, site, place_text }) => ({ name, site: site ?? null, place_text: place_text ?? null }));
    default:
      return shared(route, column);
  }
}

export interface Geometry {
  type: "Point" | "MultiLineString";
  coordinates: Position | Position[][];
}

export function siteGeometry(site: Site): Geometry | null {
  return site.point ? { type: "Point", coordinates: site.point } : null;
}

export function routeGeometry(route: Route): Geometry | null {
  return route.segments.length > 0 ? { type: "MultiLineString", coordinates: route.segments.map((segment) => segment.line) } : null;
}

/** The records of a list, and how each is asked. */
export type Listed = "sites" | "routes";

export function valueOf(list: Listed, record: Site | Route, column: string): Value | undefined {
  return list === "sites" ? siteValue(record as Site, column) : routeValue(record as Route, column);
}

export function geometryOf(list: Listed, record: Site | Route): Geometry | null {
  return list === "sites" ? siteGeometry(record as Site) : routeGeometry(record as Route);
}

/** The columns of a list's layer, as the catalogue orders them. */
export function columnsOf(payload: Payload, list: Listed): readonly string[] {
  const shown = new Set(payload.page.layers);
  return payload.layers.find((layer) => layer.schema === list && shown.has(layer.name))?.columns ?? [];
}
