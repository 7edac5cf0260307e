/** The part of the earth that the reader asks for: a box, an outline or a circle; as CQL2, and read from it. */

import type { Box, Condition, Ring } from "../find/cql2.ts";
import { isBox, isPosition, isRing } from "./polygon.ts";

export type Region = { type: "box"; box: Box } | { type: "outline"; ring: Ring } | { type: "circle"; lon: number; lat: number; metres: number };

/** A number as CQL2 has it: never with an exponent. */
function written(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(9).replace(/\.?0+$/, "") : text;
}

/** The clause that `memorial query --where` takes. */
export function clauseOf(region: Region): string {
  if (region.type === "box") return `S_INTERSECTS(geometry, BBOX(${region.box.map(written).join(", ")}))`;
  if (region.type === "circle") return `NEAR(geometry, POINT(${written(region.lon)} ${written(region.lat)}), ${written(region.metres)})`;
  return `S_INTERSECTS(geometry, POLYGON((${region.ring.map((point) => point.map(written).join(" ")).join(", ")})))`;
}

/** A condition as a region; null when it is none that the reader could have chosen. */
export function regionOf(condition: Condition): Region | null {
  if (condition.type !== "function" || !["NEAR", "S_INTERSECTS"].includes(condition.name)) return null;
  const [of, among, radius] = condition.args;
  if (of?.type !== "property" || of.name !== "geometry" || among?.type !== "shape") return null;
  const shape = among.value;
  if (condition.name === "NEAR") {
    const metres = radius?.type === "literal" ? radius.value : null;
    if (shape.shape !== "point" || typeof metres !== "number" || !(metres > 0)) return null;
    const [lon, lat] = shape.at;
    return isPosition(lon, lat) ? { type: "circle", lon, lat, metres } : null;
  }
  if (shape.shape === "box") return isBox(shape.box) ? { type: "box", box: shape.box } : null;
  const [ring, hole] = shape.shape === "polygons" && shape.polygons.length === 1 ? (shape.polygons[0] ?? []) : [];
  return ring && !hole && isRing(ring) ? { type: "outline", ring } : null;
}
