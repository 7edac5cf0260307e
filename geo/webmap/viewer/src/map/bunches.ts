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
const NEAR = SAME_PLACE / 360;

/** Some places that are drawn as one. */
export interface Bunch {
  /** Where it is drawn, in the world. */
  x: number;
  y: number;
  count: number;
  /** How many of its places have each tint. */
  tints: Uint32Array;
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

/** A tile while its places are counted into cells. */
interface Tile extends Omit<Shown, "widthOf"> {
  west: number;
  north: number;
  east: number;
  south: number;
  /** Cells in the width of the world. */
  scale: number;
  heads: Uint32Array;
  ofTint: Uint32Array;
  sums: Float64Array;
  next: Uint32Array;
}

/**
 * Count a run of places into the cells of a tile. Each of a million places passes here at each choice of the reader: nothing is
 * done that a group can be asked later, and all that is read is at hand.
 */
function count({ indexes, x: xs, y: ys }: Points, from: number, to: number, tile: Tile): void {
  const { west, north, east, south, scale, mask, tint, tints, heads, ofTint, sums, next } = tile;
  for (let at = from; at < to; at += 1) {
    const index = indexes[at] as number;
    if (mask[index] === 0) continue;
    const x = xs[at] as number;
    const y = ys[at] as number;
    if (x < west || x >= east || y < north || y >= south) continue;
    const cell = (((y - north) * scale) | 0) * ACROSS + (((x - west) * scale) | 0);
    next[at] = heads[cell] as number;
    heads[cell] = at;
    (sums[2 * cell] as number) += x;
    (sums[2 * cell + 1] as number) += y;
    (ofTint[cell * tints + (tint[index] as number)] as number) += 1;
  }
}

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
    const heads = new Uint32Array(ACROSS * ACROSS).fill(NONE);
    const ofTint = new Uint32Array(ACROSS * ACROSS * tints);
    const sums = new Float64Array(ACROSS * ACROSS * 2);
    const tile: Tile = { west, north, east, south, scale: ACROSS / size, mask, tint, tints, heads, ofTint, sums, next: this.#next };
    this.points.runs([west, north, east, south], (from, to) => count(this.points, from, to, tile));
    const cells = new Map<number, Cell>();
    const features: Parameters<Supercluster<{ cell: number }>["load"]>[0] = [];
    for (let cell = 0; cell < heads.length; cell += 1) {
      if (heads[cell] === NONE) continue;
      const shares = ofTint.subarray(cell * tints, (cell + 1) * tints);
      const n = shares.reduce((sum, some) => sum + some, 0);
      const [x, y] = [(sums[2 * cell] as number) / n, (sums[2 * cell + 1] as number) / n];
      cells.set(cell, { x, y, count: n, tints: shares, heads: [heads[cell] as number] });
      features.push({ type: "Feature", properties: { cell }, geometry: { type: "Point", coordinates: [lonOf(x), latOf(y)] } });
    }
    if (features.length === 0) return [];
    const index = new Supercluster<{ cell: number }>({ radius: RADIUS_PX, extent: WORLD_PX, minZoom: level, maxZoom: level });
    index.load(features);
    const known = (cell: number): Cell => cells.get(cell) as Cell;
    return index.getClusters([-180, -90, 180, 90], level).map((feature) =>
      "cluster_id" in feature.properties
        ? joined(index.getLeaves(feature.properties["cluster_id"] as number, Infinity).map((leaf) => known(leaf.properties.cell)))
        : known(feature.properties["cell"] as number));
  }

  /** Whether all places of a bunch stand at one point; asked only until one does not. */
  #together({ heads }: Cell): boolean {
    const { x: xs, y: ys } = this.points;
    const [x, y] = [xs[heads[0] as number] as number, ys[heads[0] as number] as number];
    for (const head of heads) {
      for (let at = head; at !== NONE; at = this.#next[at] as number) {
        if (Math.abs((xs[at] as number) - x) > NEAR || Math.abs((ys[at] as number) - y) > NEAR) return false;
      }
    }
    return true;
  }

  /** The box around the places of a bunch. */
  reach({ heads }: Bunch): WorldBox {
    const { x: xs, y: ys } = this.points;
    let [west, north, east, south] = [1, 1, 0, 0];
    for (const head of heads) {
      for (let at = head; at !== NONE; at = this.#next[at] as number) {
        const [x, y] = [xs[at] as number, ys[at] as number];
        [west, north, east, south] = [Math.min(west, x), Math.min(north, y), Math.max(east, x), Math.max(south, y)];
      }
    }
    return [west, north, east, south];
  }

  #drawn(cell: Cell, zoom: number, { widthOf }: Shown): Bunch {
    const { count } = cell;
    const together = this.#together(cell);
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
  for (const part of parts) {
    x += part.x * part.count;
    y += part.y * part.count;
    count += part.count;
    for (const [tint, n] of part.tints.entries()) (tints[tint] as number) += n;
  }
  return { x: x / count, y: y / count, count, tints, heads: parts.flatMap((part) => part.heads) };
}
