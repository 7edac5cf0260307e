/** A chosen area in words: as people say positions, latitude before longitude. */

import type { Model } from "../model.ts";
import { distance } from "../numbers.ts";
import type { Language } from "../payload.ts";
import { say } from "../words.ts";
import type { Region } from "./region.ts";

export function position(lon: number, lat: number): string {
  const short = (degrees: number): string => String(Math.round(degrees * 1e5) / 1e5);
  return `${short(lat)}, ${short(lon)}`;
}

/** What stands at a position, as it is called, of several the first two; else the position. */
function placeAt(lon: number, lat: number, { sites }: Model, language: Language): string {
  const names: string[] = [];
  for (let index = 0; index < sites.count && names.length < 3; index += 1) {
    if (sites.lon[index] === lon && sites.lat[index] === lat) names.push(sites.names(index, language)[0].text);
  }
  if (names.length === 0) return position(lon, lat);
  return names.slice(0, 2).join("; ") + (names.length > 2 ? " …" : "");
}

export function regionWords(region: Region, model: Model, language: Language): string {
  if (region.type === "outline") return say(language, "region.outline", { n: region.ring.length - 1 });
  if (region.type === "box") {
    const [west, south, east, north] = region.box;
    return say(language, "region.box", { from: position(west, south), to: position(east, north) });
  }
  const units = { m: say(language, "unit.m"), km: say(language, "unit.km") };
  return say(language, "region.circle", { distance: distance(region.metres, language, units), place: placeAt(region.lon, region.lat, model, language) });
}
