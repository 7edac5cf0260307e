/**
 * Groups of very many places at a zoom. The map is cut into tiles; in each, places that share a cell of a few pixels are counted
 * together, and what supercluster groups are these cells: its work grows with the window, not with the number of places. Pure.
 */

import Supercluster from "supercluster";

import { type Box, type Look, SAME_PLACE, TRAY, merge } from "./layout.ts";
import { type Points, type WorldBox, latOf, lonOf } from "./points.ts";

const TILE_PX = 512;
const CELL_PX = 32;
/** Many groups want more room than a few signs do: a wall of numbers tells nothing. */
const RADIUS_PX = 72;
const ACROSS = TILE_PX / CELL_PX;
const WORLD_PX = 256;
const NONE = 0xffffffff;

/** Some places that are drawn as one. */
export interface Bunch {
  /** Where it is drawn, in the world. */
  x: number;
  y: number;
  count: number;
  /** How many of its places have each tint. */
  tints: Uint32Array;
  /** The box around its places. */
  reach: WorldBox;
  /** The first position of the chain of places of each of its cells. */
  heads: readonly number[];
  look: Look;
  /** All at one point: coming closer does not part them. */
  together: boolean;
  /** In pixels of the zoomed world. */
  box: Box;
}

/** What of each place is drawn: whether at all, and in which tint. */
export interface Shown {
  /** By index: whether the place is chosen. */
  mask: Uint8Array;
  /** By index: which tint it has. */
  tint: Uint8Array;
  tints: number;
  /** Pixels that the sign of so many places takes, from side to side. */
  widthOf: (count: number) => number;
}

type Cell = Omit<Bunch, "look" | "together" | "box">;

export class Bunches {
  readonly #tiles = new Map<string, Cell[]>();
  /** For each position the next one in the same cell; written anew for each level of tiles. */
  readonly #next: Uint32Array;
  #level = -1;
  #look: Shown | null = null;

  constructor(readonly points: Points) {
    this.#next = new Uint32Array(points.count);
  }

  /** The groups that lie in a box of the world, and some around it; nothing of it stays valid when looks or levels change. */
  at(zoom: number, box: WorldBox, look: Shown): Bunch[] {
    const level = Math.max(0, Math.floor(zoom));
    if (level !== this.#level || look !== this.#look) this.#tiles.clear();
    [this.#level, this.#look] = [level, look];
    const size = TILE_PX / (WORLD_PX * 2 ** level);
    const [left, top, right, bottom] = this.points.bounds;
    const [west, north, east, south] = [Math.max(box[0], left), Math.max(box[1], top), Math.min(box[2], right), Math.min(box[3], bottom)];
    const cells: Cell[] = [];
    for (let line = Math.floor(north / size); line <= Math.floor(south / size); line += 1) {
      for (let column = Math.floor(west / size); column <= Math.floor(east / size); column += 1) {
        const key = `${column} ${line}`;
        let tile = this.#tiles.get(key);
        if (!tile) {
          tile = this.#tile(column, line, level, look);
          this.#tiles.set(key, tile);
        }
        cells.push(...tile);
      }
    }
    const drawn = cells.map((cell) => this.#drawn(cell, zoom, look));
    return merge(drawn, (bunch) => bunch.count, (one, other) => this.#drawn(joined([one, other]), zoom, look));
  }

  /** The places of a bunch. */
  indexes({ heads }: Bunch): number[] {
    const indexes: number[] = [];
    for (const head of heads) for (let at = head; at !== NONE; at = this.#next[at] as number) indexes.push(this.points.indexes[at] as number);
    return indexes.sort((a, b) => a - b);
  }

  /** Whether something holds of all places of a bunch; asked only until it does not. */
  every({ heads }: Bunch, holds: (index: number) => boolean): boolean {
    for (const head of heads) {
      for (let at = head; at !== NONE; at = this.#next[at] as number) if (!holds(this.points.indexes[at] as number)) return false;
    }
    return true;
  }

  #tile(column: number, line: number, level: number, { mask, tint, tints }: Shown): Cell[] {
    const size = TILE_PX / (WORLD_PX * 2 ** level);
    const [west, north] = [column * size, line * size];
    const [east, south] = [west + size, north + size];
    const { indexes, x: xs, y: ys } = this.points;
    const next = this.#next;
    const heads = new Uint32Array(ACROSS * ACROSS).fill(NONE);
    const counts = new Uint32Array(ACROSS * ACROSS);
    const ofTint = new Uint32Array(ACROSS * ACROSS * tints);
    const sums = new Float64Array(ACROSS * ACROSS * 2);
    const reach = new Float32Array(ACROSS * ACROSS * 4);
    this.points.runs([west, north, east, south], (from, to) => {
      for (let at = from; at < to; at += 1) {
        const index = indexes[at] as number;
        if (mask[index] === 0) continue;
        const [x, y] = [xs[at] as number, ys[at] as number];
        if (x < west || x >= east || y < north || y >= south) continue;
        const cell = Math.min(ACROSS - 1, Math.floor(((y - north) / size) * ACROSS)) * ACROSS + Math.min(ACROSS - 1, Math.floor(((x - west) / size) * ACROSS));
        next[at] = heads[cell] as number;
        heads[cell] = at;
        const box = cell * 4;
        if (counts[cell] === 0) {
          reach[box] = reach[box + 2] = x;
          reach[box + 1] = reach[box + 3] = y;
        } else {
          if (x < (reach[box] as number)) reach[box] = x;
          if (y < (reach[box + 1] as number)) reach[box + 1] = y;
          if (x > (reach[box + 2] as number)) reach[box + 2] = x;
          if (y > (reach[box + 3] as number)) reach[box + 3] = y;
        }
        (counts[cell] as number) += 1;
        (sums[cell * 2] as number) += x;
        (sums[cell * 2 + 1] as number) += y;
        (ofTint[cell * tints + (tint[index] as number)] as number) += 1;
      }
    });
    const features: Parameters<Supercluster<{ cell: number }>["load"]>[0] = [];
    for (let cell = 0; cell < counts.length; cell += 1) {
      const count = counts[cell] as number;
      if (count === 0) continue;
      const coordinates = [lonOf((sums[cell * 2] as number) / count), latOf((sums[cell * 2 + 1] as number) / count)];
      features.push({ type: "Feature", properties: { cell }, geometry: { type: "Point", coordinates } });
    }
    if (features.length === 0) return [];
    const index = new Supercluster<{ cell: number }>({ radius: RADIUS_PX, extent: WORLD_PX, minZoom: level, maxZoom: level });
    index.load(features);
    const cell = (number: number): Cell => ({
      x: (sums[number * 2] as number) / (counts[number] as number), y: (sums[number * 2 + 1] as number) / (counts[number] as number),
      count: counts[number] as number, tints: ofTint.subarray(number * tints, (number + 1) * tints),
      reach: [...reach.subarray(number * 4, number * 4 + 4)] as unknown as WorldBox, heads: [heads[number] as number],
    });
    return index.getClusters([-180, -90, 180, 90], level).map((feature) =>
      "cluster_id" in feature.properties
        ? joined(index.getLeaves(feature.properties["cluster_id"] as number, Infinity).map((leaf) => cell(leaf.properties.cell)))
        : cell(feature.properties["cell"] as number));
  }

  #drawn(cell: Cell, zoom: number, { widthOf }: Shown): Bunch {
    const { count, reach } = cell;
    const together = (reach[2] - reach[0]) * 360 < SAME_PLACE && (reach[3] - reach[1]) * 360 < SAME_PLACE;
    const look: Look = count === 1 ? "sign" : together && count <= TRAY ? "tray" : "crowd";
    const [width, height] = { sign: [26, 26], tray: [28 * count + 4, 32], crowd: [look === "crowd" ? widthOf(count) : 0, 32] }[look] as [number, number];
    const world = WORLD_PX * 2 ** zoom;
    const [x, y] = [cell.x * world, cell.y * world];
    return { ...cell, look, together, box: { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 } };
  }
}

/** Several as one, in the middle of all their places. */
function joined(parts: readonly Cell[]): Cell {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const tints = new Uint32Array(first?.tints.length ?? 0);
  let [x, y, count] = [0, 0, 0];
  let reach: WorldBox = [1, 1, 0, 0];
  for (const part of parts) {
    x += part.x * part.count;
    y += part.y * part.count;
    count += part.count;
    for (const [tint, n] of part.tints.entries()) (tints[tint] as number) += n;
    const [a, b, c, d] = part.reach;
    reach = [Math.min(reach[0], a), Math.min(reach[1], b), Math.max(reach[2], c), Math.max(reach[3], d)];
  }
  return { x: x / count, y: y / count, count, tints, reach, heads: parts.flatMap((part) => part.heads) };
}
