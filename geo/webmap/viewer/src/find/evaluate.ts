/** A condition in CQL2, asked of records. An empty property is NULL, and what compares with NULL is neither true nor false. */

import { ACCENTS, caseless } from "../fold.ts";
import type { Geometry } from "./columns.ts";
import { type Condition, type Expression, type Ring, type Shape, TEMPORAL, boxRing } from "./cql2.ts";

/** What is asked: the columns of a record, and where it lies. */
export interface Asked {
  /** undefined: the list has no such column. */
  value: (column: string) => string | number | null | readonly string[] | undefined;
  geometry: () => Geometry | null;
}

/** Why a condition cannot be asked here: what it names is not known. */
export class NotHere extends Error {}

export type Truth = boolean | null;
type Operand = string | number | boolean | null | readonly (string | number | boolean | null)[];
type Point = readonly [number, number];
/** Begin and end; null where nothing is known of one. */
type Span = readonly [string | null, string | null];

/** Throws `NotHere` when the condition asks for something that the list or the page does not have. */
export function isTrue(condition: Condition, asked: Asked): boolean {
  return truth(condition, asked) === true;
}

/** Throws `NotHere` as `isTrue` does. */
export function truth(condition: Condition, asked: Asked): Truth {
  switch (condition.type) {
    case "constant":
      return condition.value;
    case "and":
    case "or":
      return junction(condition.parts.map((part) => truth(part, asked)), condition.type === "or");
    case "not":
      return not(truth(condition.part, asked));
    case "null":
      return condition.of.type === "property" && condition.of.name === "geometry" ? asked.geometry() === null : empty(operand(condition.of, asked));
    case "compare":
      return compared(operand(condition.left, asked), condition.operator, operand(condition.right, asked));
    case "between": {
      const of = operand(condition.of, asked);
      return junction([compared(of, ">=", operand(condition.low, asked)), compared(of, "<=", operand(condition.high, asked))], false);
    }
    case "in": {
      const of = operand(condition.of, asked);
      return junction(condition.items.map((item) => compared(of, "=", operand(item, asked))), true);
    }
    case "like": {
      const [of, pattern] = [operand(condition.of, asked), operand(condition.pattern, asked)];
      if (of === null || pattern === null) return null;
      if (typeof of !== "string" || typeof pattern !== "string") throw new NotHere("LIKE");
      return isLike(of, pattern);
    }
    case "function":
      if (condition.name.startsWith("S_")) return spatial(condition, asked);
      return condition.name.startsWith("T_") ? temporal(condition, asked) : ofArrays(condition, asked);
  }
}

/** AND and OR of three-valued logic; the one is the other turned over. */
function junction(parts: readonly Truth[], or: boolean): Truth {
  if (parts.includes(or)) return or;
  return parts.includes(null) ? null : !or;
}

function not(value: Truth): Truth {
  return value === null ? null : !value;
}

function empty(value: Operand): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function operand(expression: Expression, asked: Asked): Operand {
  switch (expression.type) {
    case "literal":
      return expression.value;
    case "instant":
      return expression.text;
    case "list":
      return expression.items.map((item) => {
        const value = operand(item, asked);
        if (Array.isArray(value)) throw new NotHere("((…))");
        return value as string | number | boolean | null;
      });
    case "property": {
      const value = asked.value(expression.name);
      if (value === undefined) throw new NotHere(expression.name);
      return value;
    }
    case "call": {
      const value = operand(expression.of, asked);
      if (value === null) return null;
      if (typeof value !== "string") throw new NotHere(expression.name);
      return expression.name === "CASEI" ? caseless(value) : value.normalize("NFD").replace(ACCENTS, "").normalize("NFC");
    }
    case "interval":
      throw new NotHere("INTERVAL");
    case "shape":
      throw new NotHere(expression.value.shape);
  }
}

function compared(left: Operand, operator: string, right: Operand): Truth {
  if (left === null || right === null) return null;
  if (Array.isArray(left) || Array.isArray(right)) throw new NotHere(operator);
  // The command line refuses a number beside a text, too: a text stands in quotation marks, a number does not.
  if (typeof left !== typeof right) throw new NotHere(`${String(left)} ${operator} ${String(right)}`);
  const [a, b] = [left as string | number | boolean, right as string | number | boolean];
  switch (operator) {
    case "=":
      return a === b;
    case "<>":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}

/** `%` stands for any text, `_` for one letter, a backslash before either for itself. Takes time in proportion to both, whatever is asked. */
export function isLike(text: string, pattern: string): boolean {
  if (pattern !== lastPattern) [lastPattern, lastTest] = [pattern, likeness(pattern)];
  return lastTest(text);
}

let lastPattern = "";
let lastTest = (text: string): boolean => text === "";

/** One condition asks very many texts with one pattern: it is read once. */
function likeness(pattern: string): (text: string) => boolean {
  if (/[_\\]/.test(pattern)) return signLikeness(pattern);
  const [first = "", ...rest] = pattern.split("%");
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= text.length - last.length;
  };
}

function signLikeness(pattern: string): (text: string) => boolean {
  const signs = [...pattern.matchAll(/\\([%_\\])|(%)|(_)|([^])/gu)].map(([, escaped, any, one, plain]) => (any ? "any" : one ? "one" : { is: escaped ?? plain ?? "" }));
  return (text) => {
    const letters = [...text];
    let [at, sign, back, resume] = [0, 0, -1, 0];
    while (at < letters.length) {
      const wanted = signs[sign];
      if (wanted === "any") {
        [back, resume] = [sign, at];
        sign += 1;
      } else if (wanted === "one" || (typeof wanted === "object" && wanted.is === letters[at])) {
        at += 1;
        sign += 1;
      } else if (back >= 0) {
        resume += 1;
        [at, sign] = [resume, back + 1];
      } else return false;
    }
    while (signs[sign] === "any") sign += 1;
    return sign === signs.length;
  };
}

type Call = Extract<Condition, { type: "function" }>;

function ofArrays({ name, args }: Call, asked: Asked): Truth {
  const [left, right] = args.map((argument) => operand(argument, asked));
  if (left === null || right === null) return null;
  if (!Array.isArray(left) || !Array.isArray(right)) throw new NotHere(name);
  const holdsAll = (outer: readonly unknown[], inner: readonly unknown[]): boolean => inner.every((item) => outer.includes(item));
  if (name === "A_CONTAINS") return holdsAll(left, right);
  if (name === "A_CONTAINEDBY") return holdsAll(right, left);
  if (name === "A_EQUALS") return holdsAll(left, right) && holdsAll(right, left);
  return left.some((item) => right.includes(item));
}

// --- time -------------------------------------------------------------------------------------------------------------

function span(expression: Expression, asked: Asked): Span {
  if (expression.type !== "interval") {
    const moment = operand(expression, asked);
    if (moment !== null && typeof moment !== "string") throw new NotHere("DATE");
    return [moment, moment];
  }
  const [from, to] = [operand(expression.from, asked), operand(expression.to, asked)];
  if ((from !== null && typeof from !== "string") || (to !== null && typeof to !== "string")) throw new NotHere("INTERVAL");
  // What sorts before and after every date.
  return [from === ".." ? "" : from, to === ".." ? "~" : to];
}

function temporal({ name, args }: Call, asked: Asked): Truth {
  const [left, right] = args.map((argument) => span(argument, asked));
  const ends = TEMPORAL.get(name);
  if (!left || !right || !ends) throw new NotHere(name);
  return junction(ends.map(([one, operator, other]) => compared(left[one], operator, right[other])), name === "T_DISJOINT");
}

// --- space ------------------------------------------------------------------------------------------------------------

function spatial({ name, args }: Call, asked: Asked): Truth {
  const [of, other] = args;
  if (of?.type !== "property" || of.name !== "geometry" || other?.type !== "shape") throw new NotHere(name);
  const geometry = asked.geometry();
  if (!geometry) return null;
  const lines = (geometry.type === "Point" ? [[geometry.coordinates]] : geometry.coordinates) as Point[][];
  if (name === "S_WITHIN") return isWithin(lines, other.value);
  const meet = lines.some((line) => meets(line, other.value));
  return name === "S_INTERSECTS" ? meet : !meet;
}

function polygonsOf(shape: Exclude<Shape, { shape: "point" }>): readonly (readonly Ring[])[] {
  if (shape.shape === "polygons") return shape.polygons;
  return [[boxRing(shape.box)]];
}

function edges(points: readonly Point[]): [Point, Point][] {
  return points.slice(1).map((point, index) => [points[index] as Point, point]);
}

function side(a: Point, b: Point, c: Point): number {
  return Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
}

function isOn(point: Point, [a, b]: [Point, Point]): boolean {
  const inBox = Math.min(a[0], b[0]) <= point[0] && point[0] <= Math.max(a[0], b[0]) && Math.min(a[1], b[1]) <= point[1] && point[1] <= Math.max(a[1], b[1]);
  return inBox && side(a, b, point) === 0;
}

function cross([a, b]: [Point, Point], [c, d]: [Point, Point]): boolean {
  if (side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)) return true;
  return isOn(a, [c, d]) || isOn(b, [c, d]) || isOn(c, [a, b]) || isOn(d, [a, b]);
}

/** 1 inside, 0 on the border, -1 outside; a hole's inside is outside. */
function place(point: Point, rings: readonly Ring[]): -1 | 0 | 1 {
  let inside = false;
  for (const ring of rings) {
    for (const [a, b] of edges(ring)) {
      if (isOn(point, [a, b])) return 0;
      if (a[1] > point[1] !== b[1] > point[1] && point[0] < ((b[0] - a[0]) * (point[1] - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
    }
  }
  return inside ? 1 : -1;
}

function meets(line: readonly Point[], shape: Shape): boolean {
  if (shape.shape === "point") {
    const [only] = line;
    return line.length === 1 && only ? only[0] === shape.at[0] && only[1] === shape.at[1] : edges(line).some((edge) => isOn(shape.at, edge));
  }
  return polygonsOf(shape).some(
    (rings) => line.some((point) => place(point, rings) >= 0) || edges(line).some((edge) => rings.some((ring) => edges(ring).some((border) => cross(edge, border)))),
  );
}

function isWithin(lines: readonly (readonly Point[])[], shape: Shape): boolean {
  const points = lines.flat();
  if (shape.shape === "point") return points.every((point) => point[0] === shape.at[0] && point[1] === shape.at[1]);
  if (points.length > 1 && shape.shape === "polygons") throw new NotHere("S_WITHIN");
  const places = points.map((point) => Math.max(...polygonsOf(shape).map((rings) => place(point, rings))));
  return places.every((one) => one >= 0) && places.some((one) => one > 0);
}
