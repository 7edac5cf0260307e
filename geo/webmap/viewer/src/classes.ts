/** Classes of a choropleth: natural breaks (Ckmeans: optimal one-dimensional clustering, Wang and Song 2011). */

// One file of simple-statistics, named in tsconfig.json: the whole package computes tables when it is loaded.
import ckmeans from "ckmeans";

export interface ShadeClass {
  /** Smallest and largest value that really occur in the class. */
  low: number;
  high: number;
  count: number;
}

/** Three to five classes, fewer only when there are fewer different values. */
export function classCount(values: readonly number[]): number {
  const different = new Set(values).size;
  const wanted = values.length < 9 ? 3 : values.length < 16 ? 4 : 5;
  return Math.min(wanted, different);
}

/** The classes in rising order; each bound is a value that some area has, so nothing is rounded. */
export function shadeClasses(values: readonly number[]): ShadeClass[] {
  if (values.length === 0) return [];
  return ckmeans([...values], classCount(values)).map((members) => ({
    low: Math.min(...members),
    high: Math.max(...members),
    count: members.length,
  }));
}

/** The index of the class that holds a value. */
export function classOf(value: number, classes: readonly ShadeClass[]): number {
  return classes.findIndex((shade) => value <= shade.high);
}
