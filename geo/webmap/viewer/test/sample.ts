/** Small records for the tests. */

import type { Payload, Site } from "../src/payload.ts";
import { sitesOf } from "./made.ts";

export function makeSite(id: string, more: Partial<Site> = {}): Site {
  return {
    id, name: id, names: [], kind: "prison", point: [104.9, 11.5], basis: "gps_survey", precision_m: 50, standing: "reported",
    summary: "", sources: [], claims: [], relations: [], ...more,
  };
}

/** `sites` as whole records; the page has them in columns. */
export function makePayload({ sites = [], ...more }: Partial<Omit<Payload, "sites">> & { sites?: readonly Site[] } = {}): Payload {
  return {
    format: 2,
    atlas: { id: "a", version: "1", title: { en: "A" }, subtitle: { en: "B" }, licence: "", languages: ["en", "km", "fr"] },
    page: {
      name: "p", title: { en: "P" }, description: { en: "D" }, bounds: [102, 10, 108, 15], cover: false,
      layers: ["provinces", "routes", "sites"], kinds: [], relations: [], colour_by: "kind", language: "en", chapters: [],
    },
    pages: [],
    layers: [
      { name: "provinces", schema: "areas", title: { en: "Provinces" }, records: 0, columns: [] },
      { name: "routes", schema: "routes", title: { en: "Journeys" }, records: 0, columns: [] },
      { name: "sites", schema: "sites", title: { en: "Places" }, records: 0, columns: [] },
    ],
    terms: { kinds: {}, route_kinds: {}, zones: {}, relations: {}, measures: {}, units: {}, themes: {} },
    backdrop: { land: [], water: [], river: [], town: [] },
    areas: [], sites: sitesOf(sites), mentioned: {}, routes: [], claims: [], sources: {}, choropleth: [], events: [], changes: [], coverage: [], precision: [], method: [], periods: [], licences: [],
    ...more,
  };
}
