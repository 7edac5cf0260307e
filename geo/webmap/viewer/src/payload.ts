/** What the page is given: made by geo/webmap/payload.py, read by the viewer, never by a template engine. */

import type { Sites } from "./sites/sites.ts";

export type Language = "en" | "km" | "fr";
/** A text in the languages of the page; English always, the others where they exist. */
export interface Words { en: string; km?: string; fr?: string }
/** Longitude, latitude in degrees, WGS 84. */
export type Position = [number, number];
/** A source and the place in it. */
export interface Reference { source: string; locator?: string }
export interface Term {
  label: Words; colour?: string;
  /** Of a measure: the unit in which its figures are filtered, the one that most claims of the atlas are in. */
  unit?: string;
  /** Of a measure: it counts the people of a journey, whose line it may widen. */
  travel?: boolean;
}
export interface KindTerm { label: Words; symbol: string; colour: string }

/** When a record began, earliest and latest, and when it ended: ISO dates, empty text where unknown; never all four. */
export type Days = [string, string, string, string];

export interface Name { text: string; language: string; kind: "main" | "alias" | "former" | "admin"; reference?: Reference }
export interface Relation { relation: string; other: string; outgoing: boolean; reference: Reference; note?: string }

export interface Claim {
  id: string; measure: string; low?: string; high?: string; unit: string; scope?: string; as_of?: string; stated_by?: string;
  reference: Reference; status: "current" | "superseded" | "contested" | "rejected"; partial: boolean; note?: string;
}

/** How far the claims about one measure reach together; an end that a source leaves open is missing. */
export interface Range {
  measure: string; unit: string; low?: string; high?: string;
  /** The smallest and the largest number stated, where the range is open there. */
  least?: string; most?: string;
  /** The times of the claims (EDTF, the earliest first), when they have no moment in common. */
  times?: string[];
  /** How many different things the claims count, by the wording of their scopes. */
  scopes: number;
  /** Indexes into Payload.claims. */
  claims: number[];
}

/** Something that was changed in a record; the record may be gone since. */
export interface Change {
  date: string; record: string; action: string; what: string; why: string; reference?: Reference;
  /** The record that it went into, when it was merged. */
  into?: string;
  /** What the record is about, when it is a claim. */
  subject?: string;
}

/** How many places of some kinds the atlas holds, beside how many a source counts. */
export interface Coverage { kinds: string[]; held: number; low?: string; high?: string; scope?: string; as_of?: string; reference: Reference; note?: Words }

/** A layer of former areas: today's areas put together, always approximate. */
export interface Period {
  name: string; title: Words; note?: Words; year?: string; areas: { id: string; name: string; name_km?: string; polygons: Position[][][] }[];
  sources: Reference[];
}

/** A piece of a document: text, or an element of it; href only of a link to the web. */
export type Prose = string | { tag: string; href?: string; children: Prose[] };

/** A place as one record; the page makes it of the columns when it shows one. */
export interface Site {
  id: string; name: string; names: Name[]; kind: string; country?: string; province?: string; province_name?: string;
  district?: string; commune?: string; village?: string; place_code?: string; place_text?: string; zone?: string; zone_text?: string; sector?: string;
  begin?: string; begin_text?: string; end?: string; end_text?: string; days?: Days;
  /** null: the place is not located; it is listed, never pinned. */
  point: Position | null; precision_m?: number; basis: string; coord_text?: string; coord_source?: Reference;
  standing: "judged" | "alleged" | "surveyed" | "reported"; summary: string; sources: Reference[]; part_of?: string;
  /** What a mask did to the position, in the words of the catalogue; the size of its grid in metres when it is coarsened. */
  masked?: string; grid_m?: number;
  /** Indexes into Payload.claims. */
  claims: number[]; ranges?: Range[]; relations: Relation[];
}

/** A rule of a mask: for places of any of its kinds, standings and bases (empty: of all), a grid in metres, or no position at all. */
export interface MaskRule { kinds: string[]; standings: string[]; bases: string[]; grid_m?: number }
/** A mask that coarsened positions before anything was written; its counts are those of the whole atlas. */
export interface Mask { title: Words; reason: Words; rules: MaskRule[]; coarsened: number; hidden: number; moved_lines: number; dropped_lines: number }

export interface Segment { from: string; to: string; certainty: "documented" | "reconstructed" | "assumed"; note?: string; line: Position[] }
export interface Route {
  id: string; name: string; names?: Name[]; kind: string;
  begin?: string; begin_text?: string; end?: string; end_text?: string; days?: Days; group?: string; summary: string;
  /** The segments as they are told, where none can be drawn. */
  way?: { from: string; to: string; certainty: string; note?: string }[];
  /** Empty when nothing can honestly be drawn. */
  segments: Segment[]; stops: { name: string; site?: string; place_text?: string }[]; sources: Reference[]; standing: string; claims: number[]; ranges?: Range[];
}

/** Something that happened: a mark on the line of time. */
export interface Happening {
  /** Without an end of its own an event ends when it began. */
  days: Days;
  id: string; date: string; end?: string; title: string; text: string; place?: string; place_text?: string; theme: string;
  reference: Reference; note?: string;
}

/** One step of a guided reading: what it says, and what the page shows while it is open. */
export interface Chapter {
  title: Words;
  /** `[1]` marks where the first of `sources` says it. */
  text: Words;
  /** West, south, east, north; without it the map stays where it is. */
  bounds?: [number, number, number, number];
  /** A condition in CQL2, of those that the facets can express. */
  where?: string;
  /** An EDTF interval. */
  during?: string;
  /** The first is marked on the map; all are named in the chapter. */
  records: string[];
  sources: Reference[];
}

export interface Area { code: string; name: Words; iso?: string; names?: Name[]; polygons: Position[][][]; claims: number[]; ranges?: Range[]; sources?: Reference[] }

export interface Payload {
  format: 2;
  atlas: { id: string; version: string; title: Words; subtitle: Words; licence: string; notice?: Words; dedication?: Words; contact?: string;
    /** First and last year of the line of time, "1968/1999"; without it the line reaches as far as the records do. */
    timeline?: string; languages: Language[] };
  page: {
    name: string; title: Words; description: Words; bounds: [number, number, number, number]; cover: boolean;
    layers: string[]; kinds: string[]; relations: string[]; colour_by: "kind" | "zone"; language: Language;
    chapters: Chapter[];
  };
  /** The pages of the atlas, cover first; href is a file beside this one. */
  pages: { name: string; title: Words; description: Words; href: string }[];
  layers: {
    name: string; schema: "sites" | "routes" | "areas"; title: Words;
    /** How many records the layer has in the atlas, and its columns as a query answers them. */
    records: number; columns: string[];
  }[];
  terms: {
    kinds: Record<string, KindTerm>; route_kinds: Record<string, Term>; zones: Record<string, Term>; relations: Record<string, Term>;
    measures: Record<string, Term>; units: Record<string, Term>; themes: Record<string, Term>;
  };
  backdrop: { land: Position[][][]; water: Position[][][]; river: Position[][]; town: { name: string; name_km?: string; point: Position }[] };
  areas: Area[];
  /** The country as a whole, on a page that shades areas: the claims that belong to no single area. It has no polygons. */
  nation?: Area;
  /** In columns: geo/webmap/columns.py writes them, sites/read.ts reads them. */
  sites: Sites;
  /** Names of records that the page mentions but does not hold (a related place of another kind). */
  mentioned: Record<string, { name: string; name_km?: string; kind: string; page?: string }>;
  routes: Route[];
  claims: Claim[];
  sources: Record<string, { note: string; url?: string; grade: string; reliability: string; csl: Record<string, unknown> }>;
  /** The line of time; empty on the cover. */
  events: Happening[];
  /** Measures to shade the areas by, first shown first; values are claim indexes by area code. */
  choropleth: { measure: string; values: Record<string, number> }[];
  /** Changes of the records of the page, the latest first; on the cover those of all records. */
  changes: Change[];
  coverage: Coverage[];
  /** Each basis of a position with the smallest honest radius in metres; none where no point may be given. */
  precision: { basis: string; floor_m?: number }[];
  /** The mask over the atlas, when there is one. */
  mask?: Mask;
  /** The method page of the atlas; only on the cover, the other pages lead there. */
  method: Prose[];
  /** Former areas, to lay over the map. */
  periods: Period[];
  /** Licences of data and code in the page. */
  licences: { name: string; text: string; url?: string }[];
}
