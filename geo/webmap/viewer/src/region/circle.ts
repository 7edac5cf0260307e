/** Distances on the ellipsoid (WGS 84) and what lies in a circle, by the rule of geo/query/nearness.py. */

import geodesic from "geographiclib-geodesic";

import { isOn } from "./polygon.ts";

const { WGS84, DISTANCE, AZIMUTH, LATITUDE, LONGITUDE, LONG_UNROLL } = geodesic.Geodesic;

const EQUATOR_M = 6_378_137;
const POLE_M = 6_356_752.314245179;
const ECCENTRICITY2 = 1 - (POLE_M / EQUATOR_M) ** 2;
/** The smallest and the largest radius of curvature of the ellipsoid: along the meridian at the equator, and at the poles. */
const [LEAST_M, MOST_M] = [POLE_M ** 2 / EQUATOR_M, EQUATOR_M ** 2 / POLE_M];
const RADIANS = Math.PI / 180;
/** More than what a reckoning in doubles can be wrong by, in metres. */
const SLACK_M = 1e-3;
/** Degrees between the points that stand for a line, as `_STEP` there. */
const STEP = 0.01;
/** Up to here the bound of an arc by its chord is used. */
const BOUNDED_M = 10_000_000;

type Point = readonly [number, number];

/** Karney, C. F. F. (2013), Algorithms for geodesics, Journal of Geodesy 87, 43-55. */
export function metresBetween([lon, lat]: Point, [east, north]: Point): number {
  return WGS84.Inverse(lat, lon, north, east, DISTANCE).s12 as number;
}

/** Points of a circle, one after the other and the first again at the end; the ellipsoid bears each at the radius. */
export function ringAround(lon: number, lat: number, metres: number, count = 96): [number, number][] {
  return Array.from({ length: count + 1 }, (_, step) => {
    const { lat2 = lat, lon2 = lon } = WGS84.Direct(lat, lon, (360 * (step % count)) / count, metres, LATITUDE | LONGITUDE | LONG_UNROLL);
    return [lon2, lat2];
  });
}

export class Circle {
  readonly #sinus: number;
  readonly #x: number;
  readonly #z: number;
  /** Squares of chords: above the one a point lies surely outside, below the other surely inside. */
  readonly #outer: number;
  readonly #inner: number;
  /** Degrees of latitude that reach from the centre to the border, at least; and the longest metres of a degree north and east. */
  readonly #rise: number;
  readonly #north: number;
  readonly #east: number;

  constructor(
    readonly lon: number,
    readonly lat: number,
    readonly metres: number,
  ) {
    this.#sinus = Math.sin(lat * RADIANS);
    const across = EQUATOR_M / Math.sqrt(1 - ECCENTRICITY2 * this.#sinus ** 2);
    [this.#x, this.#z] = [across * Math.cos(lat * RADIANS), across * (1 - ECCENTRICITY2) * this.#sinus];
    this.#outer = (metres + SLACK_M) ** 2;
    // An arc bends nowhere more than the tightest circle of the ellipsoid, so its chord is no shorter than that circle's (Schur).
    const inner = 2 * LEAST_M * Math.sin(Math.min(metres, BOUNDED_M) / (2 * LEAST_M)) - SLACK_M;
    this.#inner = inner > 0 ? inner ** 2 : -1;
    this.#rise = metres / (LEAST_M * RADIANS) + 1e-9;
    this.#north = MOST_M * RADIANS;
    const nearest = Math.max(0, Math.abs(lat) - this.#rise);
    this.#east = MOST_M * RADIANS * Math.cos(nearest * RADIANS);
  }

  holds(lon: number, lat: number): boolean {
    const north = Math.abs(lat - this.lat);
    if (north > this.#rise) return false;
    let east = Math.abs(lon - this.lon);
    if (east > 180) east = 360 - east;
    // First along the meridian, then along the parallel: no geodesic is longer.
    if (north * this.#north + east * this.#east < this.metres - SLACK_M) return true;
    const sinus = Math.sin(lat * RADIANS);
    const across = EQUATOR_M / Math.sqrt(1 - ECCENTRICITY2 * sinus * sinus);
    const flat = across * Math.sqrt(1 - sinus * sinus);
    const z = across * (1 - ECCENTRICITY2) * sinus - this.#z;
    const half = Math.sin((east * RADIANS) / 2);
    const chord = (flat - this.#x) ** 2 + 4 * flat * this.#x * half * half + z * z;
    if (chord > this.#outer) return false;
    if (chord < this.#inner) return true;
    return metresBetween([this.lon, this.lat], [lon, lat]) <= this.metres;
  }

  /** Whether a line lies in the circle or touches it; straight between its vertices in longitude and latitude. */
  touches(line: readonly Point[]): boolean {
    const centre: Point = [this.lon, this.lat];
    let [before] = line;
    if (!before) return false;
    let from = this.#flat(before);
    for (const vertex of line.slice(1)) {
      if (isOn(centre, [before, vertex])) return true;
      const pieces = Math.max(1, Math.ceil(Math.hypot(vertex[0] - before[0], vertex[1] - before[1]) / STEP));
      for (let piece = 1; piece <= pieces; piece += 1) {
        const part = piece / pieces;
        const to = this.#flat(piece === pieces ? vertex : [before[0] + part * (vertex[0] - before[0]), before[1] + part * (vertex[1] - before[1])]);
        if (toOrigin(from, to) <= this.metres) return true;
        from = to;
      }
      before = vertex;
    }
    return false;
  }

  /** In the plane about the centre in which distances from it are true. */
  #flat([lon, lat]: Point): Point {
    const { s12 = 0, azi1 = 0 } = WGS84.Inverse(this.lat, this.lon, lat, lon, DISTANCE | AZIMUTH);
    return [s12 * Math.sin(azi1 * RADIANS), s12 * Math.cos(azi1 * RADIANS)];
  }
}

/** How far a stretch of a line passes from the origin. */
function toOrigin([ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const part = length === 0 ? 0 : Math.max(0, Math.min(1, -(ax * dx + ay * dy) / length));
  return Math.hypot(ax + part * dx, ay + part * dy);
}
