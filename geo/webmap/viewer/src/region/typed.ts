/** What a reader types of a place: a position, or edges and lengths in numbers. */

import type { Box } from "../find/cql2.ts";
import { isBox, isPosition } from "./polygon.ts";

/** Digits of Khmer as those of a number; a comma for a point only where it can be nothing else. */
function plain(text: string): string {
  return text.replace(/[០-៩]/g, (digit) => String(digit.charCodeAt(0) - 0x17e0)).replace(/\u2212/g, "-").trim();
}

export function numberOf(text: string): number | null {
  const match = /^([+-]?[0-9]{1,6}(?:[.,][0-9]+)?)\s*°?$/.exec(plain(text));
  return match?.[1] ? Number(match[1].replace(",", ".")) : null;
}

/** `LAT,LON` in degrees, as the command line takes it; longitude and latitude, or null when it is no position. */
export function positionOf(text: string): { lon: number; lat: number } | null {
  const match = /^([+-]?[0-9]+(?:\.[0-9]+)?)\s*°?\s*[,;\s]\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*°?$/.exec(plain(text));
  if (!match) return null;
  const [lat, lon] = [Number(match[1]), Number(match[2])];
  return isPosition(lon, lat) ? { lon, lat } : null;
}

/** West, south, east and north as typed; null when they are no box. */
export function boxOf(texts: readonly string[]): Box | null {
  const [west, south, east, north] = texts.map(numberOf);
  if (west == null || south == null || east == null || north == null) return null;
  const box: Box = [west, south, east, north];
  return isBox(box) ? box : null;
}
