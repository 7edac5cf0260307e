/** Curves, distances and scales, in degrees and metres. Pure arithmetic on the Web Mercator plane. */

import type { Position } from "./payload.ts";

const EARTH_RADIUS_M = 6_378_137;
const RADIANS = Math.PI / 180;
const ARC_STEPS = 24;

function toPlane([lon, lat]: Position): Position {
  return [lon * RADIANS, Math.log(Math.tan(Math.PI / 4 + (lat * RADIANS) / 2))];
}

function toDegrees([x, y]: Position): Position {
  return [x / RADIANS, (2 * Math.atan(Math.exp(y)) - Math.PI / 2) / RADIANS];
}

/** Metres on the ground for one pixel of the map, at a latitude and a zoom. */
export function metresPerPixel(latitude: number, zoom: number): number {
  return (2 * Math.PI * EARTH_RADIUS_M * Math.cos(latitude * RADIANS)) / (256 * 2 ** zoom);
}

/** Where a point lies in the zoomed world, in pixels from its north-west corner. */
export function toPixels(point: Position, zoom: number): Position {
  const size = 256 * 2 ** zoom;
  const [x, y] = toPlane(point);
  return [size * (0.5 + x / (2 * Math.PI)), size * (0.5 - y / (2 * Math.PI))];
}

/**
 * A gentle curve from one place to another, bent to the left of the direction of travel, so that a way there and a
 * way back lie beside each other. `trim` cuts that many metres off each end, but never more than a fifth of the way.
 */
export function arc(from: Position, to: Position, bend: number, trim: [number, number] = [0, 0]): Position[] {
  const [x0, y0] = toPlane(from);
  const [x1, y1] = toPlane(to);
  const [cx, cy] = [(x0 + x1) / 2 - (y1 - y0) * bend, (y0 + y1) / 2 + (x1 - x0) * bend];
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length === 0) return [from, to];
  const scale = EARTH_RADIUS_M * Math.cos(((from[1] + to[1]) / 2) * RADIANS);
  const first = Math.min(0.2, trim[0] / scale / length);
  const last = 1 - Math.min(0.2, trim[1] / scale / length);
  const curve: Position[] = [];
  for (let step = 0; step <= ARC_STEPS; step += 1) {
    const t = first + ((last - first) * step) / ARC_STEPS;
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    curve.push(toDegrees([a * x0 + b * cx + c * x1, a * y0 + b * cy + c * y1]));
  }
  return curve;
}

/** A line without its last pixels at a zoom, for a head that stands there; at least half of it is left. */
export function shortened(line: readonly Position[], pixels: number, zoom: number): Position[] {
  const lengths = line.slice(1).map((to, index) => {
    const [[x0, y0], [x1, y1]] = [toPixels(line[index] ?? to, zoom), toPixels(to, zoom)];
    return Math.hypot(x1 - x0, y1 - y0);
  });
  let left = Math.min(pixels, lengths.reduce((sum, length) => sum + length, 0) / 2);
  const kept = [...line];
  for (let index = lengths.length - 1; index >= 0 && left > 0; index -= 1) {
    const [length, from, to] = [lengths[index] ?? 0, kept[index], kept[index + 1]];
    if (!from || !to) break;
    if (length <= left) {
      kept.pop();
      left -= length;
      continue;
    }
    const part = 1 - left / length;
    kept[index + 1] = [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
    left = 0;
  }
  return kept;
}

/** The point at so many metres from another, in a direction counted in degrees clockwise from north. */
export function destination([lon, lat]: Position, metres: number, bearing: number): Position {
  const north = (metres * Math.cos(bearing * RADIANS)) / EARTH_RADIUS_M / RADIANS;
  const east = (metres * Math.sin(bearing * RADIANS)) / (EARTH_RADIUS_M * Math.cos(lat * RADIANS)) / RADIANS;
  return [lon + east, lat + north];
}

/** West, south, east, north of some points; null of none. */
export function boundsOf(points: readonly Position[]): [number, number, number, number] | null {
  if (points.length === 0) return null;
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of points) {
    west = Math.min(west, lon);
    south = Math.min(south, lat);
    east = Math.max(east, lon);
    north = Math.max(north, lat);
  }
  return [west, south, east, north];
}

/** The borders as lines, each stretch once: two dashed lines on top of each other would look like a whole one. */
export function bordersOnce(rings: readonly (readonly Position[])[]): Position[][] {
  const drawn = new Set<string>();
  const lines: Position[][] = [];
  for (const ring of rings) {
    let line: Position[] = [];
    for (const [index, to] of ring.entries()) {
      const from = ring[index - 1];
      if (!from) continue;
      const stretch = [from.join(), to.join()].sort().join(" ");
      if (drawn.has(stretch)) line = [];
      else {
        drawn.add(stretch);
        if (line.length === 0) {
          line = [from];
          lines.push(line);
        }
        line.push(to);
      }
    }
  }
  return lines;
}

/** The centre of mass of a ring and its size, in degrees; close enough to set a name by. */
export function middle(ring: readonly Position[]): { at: Position; size: number } {
  let [twice, x, y] = [0, 0, 0];
  const [x0, y0] = ring[0] ?? [0, 0];
  for (const [index, [ax, ay]] of ring.entries()) {
    const [bx, by] = ring[(index + 1) % ring.length] ?? [x0, y0];
    const cross = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
    twice += cross;
    x += (ax - x0 + bx - x0) * cross;
    y += (ay - y0 + by - y0) * cross;
  }
  if (twice === 0) return { at: [x0, y0], size: 0 };
  return { at: [x0 + x / (3 * twice), y0 + y / (3 * twice)], size: Math.abs(twice) };
}
