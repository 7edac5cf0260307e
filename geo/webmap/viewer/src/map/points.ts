/** Where the located places stand, sorted into a grid, so that those of a part of the map are found without looking at all. Pure. */

/** What is needed of the places: degrees by index, NaN where a place is not located. */
export interface Positions {
  lon: Float64Array;
  lat: Float64Array;
}

/** West, north, east, south in the world as a square from 0 to 1 (Web Mercator, its corner in the north-west). */
export type WorldBox = readonly [number, number, number, number];

const PER_CELL = 4;
const MOST_CELLS_ACROSS = 1024;

export function worldX(lon: number): number {
  return 0.5 + lon / 360;
}

/** The square ends at this latitude; what lies nearer to a pole is put on its edge. */
const LAST_LAT = 85.0511;

export function worldY(lat: number): number {
  const inside = lat > LAST_LAT ? LAST_LAT : lat < -LAST_LAT ? -LAST_LAT : lat;
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + (inside * Math.PI) / 360)) / (2 * Math.PI);
}

export function lonOf(x: number): number {
  return (x - 0.5) * 360;
}

export function latOf(y: number): number {
  return (360 / Math.PI) * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90;
}

/** The cell in which a place lies on the way across; all places may stand on one line, or at one point. */
function cellAt(place: number, first: number, last: number, across: number): number {
  const part = (place - first) / (last - first);
  return part > 0 ? Math.min(across - 1, Math.floor(part * across)) : 0;
}

type Sorted = Pick<Points, "indexes" | "x" | "y" | "bounds"> & { across: number; starts: Uint32Array };

/** After so many places the sorting pauses. */
const PORTION = 1 << 17;

export class Points {
  /** How many places are located. */
  readonly count: number;
  /** By position in the grid: the index of the place, and where it stands in the world. */
  readonly indexes: Uint32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** The box around all of them. */
  readonly bounds: WorldBox;
  readonly #across: number;
  /** Where each cell begins, row by row of the grid; the last one is the end. */
  readonly #starts: Uint32Array;

  private constructor(made: Sorted) {
    this.count = made.indexes.length;
    [this.indexes, this.x, this.y, this.bounds] = [made.indexes, made.x, made.y, made.bounds];
    [this.#across, this.#starts] = [made.across, made.starts];
  }

  /** Sort places, pausing now and then. */
  static *of({ lon, lat }: Positions): Generator<undefined, Points> {
    const total = lon.length;
    const xs = new Float32Array(total);
    const ys = new Float32Array(total);
    let west = 1;
    let north = 1;
    let east = 0;
    let south = 0;
    let count = 0;
    for (let index = 0; index < total; index += 1) {
      const x = worldX(lon[index] as number);
      const y = worldY(lat[index] as number);
      xs[index] = x;
      ys[index] = y;
      if (x !== x || y !== y) continue;
      count += 1;
      if (x < west) west = x;
      if (x > east) east = x;
      if (y < north) north = y;
      if (y > south) south = y;
      if (index % PORTION === PORTION - 1) yield;
    }
    const across = Math.max(1, Math.min(MOST_CELLS_ACROSS, Math.ceil(Math.sqrt(count / PER_CELL))));
    // A counting sort: how many places each cell holds, where each begins, and each place to its cell.
    const cells = new Uint32Array(total);
    const starts = new Uint32Array(across ** 2 + 1);
    for (let index = 0; index < total; index += 1) {
      const x = xs[index] as number;
      const y = ys[index] as number;
      if (x !== x || y !== y) continue;
      const cell = cellAt(y, north, south, across) * across + cellAt(x, west, east, across);
      cells[index] = cell + 1;
      (starts[cell + 1] as number) += 1;
      if (index % PORTION === PORTION - 1) yield;
    }
    for (let cell = 1; cell < starts.length; cell += 1) (starts[cell] as number) += starts[cell - 1] as number;
    const next = starts.slice();
    const indexes = new Uint32Array(count);
    const sortedX = new Float32Array(count);
    const sortedY = new Float32Array(count);
    for (let index = 0; index < total; index += 1) {
      const cell = cells[index] as number;
      if (cell === 0) continue;
      const at = next[cell - 1] as number;
      next[cell - 1] = at + 1;
      indexes[at] = index;
      sortedX[at] = xs[index] as number;
      sortedY[at] = ys[index] as number;
      if (index % PORTION === PORTION - 1) yield;
    }
    return new Points({ indexes, x: sortedX, y: sortedY, bounds: [west, north, east, south], across, starts });
  }

  #column(x: number): number {
    return cellAt(x, this.bounds[0], this.bounds[2], this.#across);
  }

  #line(y: number): number {
    return cellAt(y, this.bounds[1], this.bounds[3], this.#across);
  }

  /** Call with runs of positions that together hold all places of a box; at the edge of the box a run may reach beyond it. */
  runs([west, north, east, south]: WorldBox, visit: (from: number, to: number) => void): void {
    const [left, top, right, bottom] = this.bounds;
    if (this.count === 0 || east < left || west > right || south < top || north > bottom) return;
    const [first, last] = [this.#column(west), this.#column(east)];
    for (let line = this.#line(north); line <= this.#line(south); line += 1) {
      const from = this.#starts[line * this.#across + first] as number;
      const to = this.#starts[line * this.#across + last + 1] as number;
      if (to > from) visit(from, to);
    }
  }
}
