/**
 * Points in polygons, by the rule of GEOS: what lies on a border is told exactly (Shewchuk's predicates), and a point is
 * held against the edges at its latitude alone.
 */

import { orient2d } from "robust-predicates";

import type { Box, Ring } from "../find/cql2.ts";

const BANDS = 256;
/** What is known of a cell of the box: every point in it is placed alike, and how; or an edge may part it. */
const [MIXED, ALIKE, IN, OUT] = [0, 1, 2, 3];
const [WEST, SOUTH, EAST, NORTH] = [-180, -90, 180, 90];

export function isPosition(lon: number, lat: number): boolean {
  return lon >= WEST && lon <= EAST && lat >= SOUTH && lat <= NORTH;
}

/** Whether a box lies on the earth; a west greater than its east crosses the antimeridian. */
export function isBox([west, south, east, north]: Box): boolean {
  return [west, east].every((lon) => lon >= WEST && lon <= EAST) && south >= SOUTH && north <= NORTH && south <= north;
}

/** A box as one or two that do not cross the antimeridian. */
export function partsOf([west, south, east, north]: Box): Box[] {
  return west <= east ? [[west, south, east, north]] : [[west, south, EAST, north], [WEST, south, east, north]];
}

/** Whether a ring bounds an area: closed, on the earth, and neither crossing nor touching itself. */
export function isRing(ring: Ring): boolean {
  const [first, last] = [ring[0], ring.at(-1)];
  if (!first || !last || ring.length < 4 || first[0] !== last[0] || first[1] !== last[1]) return false;
  if (!ring.every((point) => isPosition(...point))) return false;
  return crossing(ring) === null;
}

type Point = readonly [number, number];
type Edge = readonly [Point, Point];

const side = ([a, b]: Edge, c: Point): number => Math.sign(orient2d(a[0], a[1], b[0], b[1], c[0], c[1]));

function inBoxOf([a, b]: Edge, c: Point): boolean {
  return Math.min(a[0], b[0]) <= c[0] && c[0] <= Math.max(a[0], b[0]) && Math.min(a[1], b[1]) <= c[1] && c[1] <= Math.max(a[1], b[1]);
}

/** Whether a point lies on an edge. */
export function isOn(c: Point, edge: Edge): boolean {
  return inBoxOf(edge, c) && side(edge, c) === 0;
}

/** Whether two edges meet, at an end or between. */
export function meet(one: Edge, other: Edge): boolean {
  const sides = [side(one, other[0]) * side(one, other[1]), side(other, one[0]) * side(other, one[1])];
  if (sides[0] === -1 && sides[1] === -1) return true;
  return isOn(one[0], other) || isOn(one[1], other) || isOn(other[0], one) || isOn(other[1], one);
}

/** The first two edges of a ring or of a line that is to become one which meet where they must not; null when none do. */
export function crossing(ring: readonly Point[]): readonly [number, number] | null {
  // Points that stand twice, one after the other, change nothing.
  const points = ring.filter((point, index) => index === 0 || point[0] !== ring[index - 1]?.[0] || point[1] !== ring[index - 1]?.[1]);
  const edges = points.slice(1).map((point, index): Edge => [points[index] as Point, point]);
  if (edges.length < 3) return [0, 0];
  for (let one = 0; one < edges.length; one += 1) {
    for (let other = one + 1; other < edges.length; other += 1) {
      const [a, b] = [edges[one] as Edge, edges[other] as Edge];
      const follows = other === one + 1;
      const closes = one === 0 && other === edges.length - 1;
      if (!follows && !closes) {
        if (meet(a, b)) return [one, other];
      } else {
        // Neighbours share one point, and no more than that.
        const [before, after] = follows ? [a, b] : [b, a];
        if (isOn(after[1], before) || isOn(before[0], after)) return [one, other];
      }
    }
  }
  return null;
}

export class Polygon {
  readonly box: Box;
  /** x and y of the ends of each edge. */
  readonly #edges: Float64Array;
  /** The edges that reach into each band of latitude: where those of a band begin, and which they are. */
  readonly #begins = new Uint32Array(BANDS + 1);
  readonly #members: Uint32Array;
  readonly #scale: number;
  #cells: Uint8Array | null = null;

  constructor(rings: readonly Ring[]) {
    const edges = rings.flatMap((ring) => ring.slice(1).map((point, index) => [...(ring[index] as Point), ...point]));
    this.#edges = Float64Array.from(edges.flat());
    const [lons, lats] = [0, 1].map((axis) => rings.flat().map((point) => point[axis] as number)) as [number[], number[]];
    const least = (all: readonly number[]): number => all.reduce((one, other) => Math.min(one, other), Infinity);
    const most = (all: readonly number[]): number => all.reduce((one, other) => Math.max(one, other), -Infinity);
    this.box = [least(lons), least(lats), most(lons), most(lats)];
    this.#scale = BANDS / (this.box[3] - this.box[1] || 1);
    const spans = edges.map(([, a = 0, , b = 0]) => [this.#band(Math.min(a, b)), this.#band(Math.max(a, b))] as const);
    for (const [from, to] of spans) for (let band = from; band <= to; band += 1) (this.#begins[band + 1] as number) += 1;
    for (let band = 0; band < BANDS; band += 1) (this.#begins[band + 1] as number) += this.#begins[band] as number;
    this.#members = new Uint32Array(this.#begins[BANDS] as number);
    const next = this.#begins.slice();
    spans.forEach(([from, to], edge) => {
      for (let band = from; band <= to; band += 1) {
        const free = next[band] as number;
        this.#members[free] = edge;
        next[band] = free + 1;
      }
    });
  }

  #band(lat: number): number {
    return Math.max(0, Math.min(BANDS - 1, Math.floor((lat - this.box[1]) * this.#scale)));
  }

  /** 1 inside, 0 on the border, -1 outside; a hole's inside is outside. */
  place(lon: number, lat: number): -1 | 0 | 1 {
    const [west, south, east, north] = this.box;
    if (!(lon >= west && lon <= east && lat >= south && lat <= north)) return -1;
    const [edges, members] = [this.#edges, this.#members];
    const band = this.#band(lat);
    let inside = false;
    for (let at = this.#begins[band] as number; at < (this.#begins[band + 1] as number); at += 1) {
      const edge = 4 * (members[at] as number);
      const [ax, ay, bx, by] = [edges[edge] as number, edges[edge + 1] as number, edges[edge + 2] as number, edges[edge + 3] as number];
      if (ax < lon && bx < lon) continue;
      if ((bx === lon && by === lat) || (ax === lon && ay === lat)) return 0;
      if (ay === lat && by === lat) {
        if ((ax <= lon && lon <= bx) || (bx <= lon && lon <= ax)) return 0;
      } else if (ay > lat !== by > lat) {
        const turn = orient2d(ax, ay, bx, by, lon, lat);
        if (turn === 0) return 0;
        if (turn < 0 === by > ay) inside = !inside;
      }
    }
    return inside ? 1 : -1;
  }

  /** Write a mark for each point that lies inside, and when the border counts on it: what no edge passes near is told by its cell. */
  mark(lons: Float64Array, lats: Float64Array, border: boolean, marks: Uint8Array): void {
    const [west, south, east, north] = this.box;
    const [across, along] = [BANDS / (east - west || 1), this.#scale];
    const cells = (this.#cells ??= this.#crossed());
    for (let index = 0; index < marks.length; index += 1) {
      const lon = lons[index] as number;
      const lat = lats[index] as number;
      // What has no position is not a number, and in no box.
      if (!(lon >= west && lon <= east && lat >= south && lat <= north)) continue;
      const row = Math.min(BANDS - 1, ((lat - south) * along) | 0);
      const cell = BANDS * row + Math.min(BANDS - 1, ((lon - west) * across) | 0);
      let known = cells[cell] as number;
      if (known < IN) {
        const place = this.place(lon, lat);
        const told = place > 0 || (place === 0 && border) ? IN : OUT;
        if (known === ALIKE) cells[cell] = told;
        known = told;
      }
      if (known === IN) marks[index] = 1;
    }
  }

  /** The cells that an edge passes, or that lie beside such a one: in all others every point is placed alike. */
  #crossed(): Uint8Array {
    const cells = new Uint8Array(BANDS * BANDS).fill(ALIKE);
    const [west, south, east] = this.box;
    const scale = BANDS / (east - west || 1);
    for (let band = 0; band < BANDS; band += 1) {
      const [low, high] = [south + (band - 0.5) / this.#scale, south + (band + 1.5) / this.#scale];
      for (let at = this.#begins[band] as number; at < (this.#begins[band + 1] as number); at += 1) {
        const edge = 4 * (this.#members[at] as number);
        const [ax, ay, bx, by] = [...this.#edges.subarray(edge, edge + 4)] as [number, number, number, number];
        const along = (y: number): number => (ay === by ? 0 : Math.max(0, Math.min(1, (y - ay) / (by - ay))));
        const xs = ay === by ? [ax, bx] : [ax + along(low) * (bx - ax), ax + along(high) * (bx - ax)];
        const [from, to] = [Math.floor((Math.min(...xs) - west) * scale) - 1, Math.floor((Math.max(...xs) - west) * scale) + 1];
        cells.fill(MIXED, BANDS * band + Math.max(0, from), BANDS * band + Math.min(BANDS, to + 1));
      }
    }
    return cells;
  }
}
