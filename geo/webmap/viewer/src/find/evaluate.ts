/** A condition in CQL2, asked of records. An empty property is NULL, and what compares with NULL is neither true nor false. */

import { ACCENTS, caseless } from "../fold.ts";
import { Circle } from "../region/circle.ts";
import { Polygon, isBox, isOn, isPosition, isRing, meet, partsOf } from "../region/polygon.ts";
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
      // A shape of the question is there.
      if (condition.of.type === "shape") return false;
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
      if (condition.name.startsWith("S_") || condition.name === "NEAR") return spatial(condition, asked);
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

export type Call = Extract<Condition, { type: "function" }>;

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
  const [of, other, radius] = args;
  if (of?.type !== "property" || of.name !== "geometry" || other?.type !== "shape") throw new NotHere(name);
  const holding = name === "NEAR" ? circleOf(other.value, radius) : areaOf(other.value);
  const geometry = asked.geometry();
  if (!geometry) return null;
  const lines = (geometry.type === "Point" ? [[geometry.coordinates]] : geometry.coordinates) as Point[][];
  if (holding instanceof Circle) return lines.some((line) => (line.length === 1 ? holding.holds(...(line[0] as Point)) : holding.touches(line)));
  if (name === "S_WITHIN") return isWithin(lines, holding);
  const meet = lines.some((line) => meets(line, holding));
  return name === "S_INTERSECTS" ? meet : !meet;
}

/** A shape made ready to be asked of many records: a point, or the polygons of an area. */
export interface Prepared {
  at: Point | null;
  /** Whether it came as rings of its own: of journeys that lie within such ones the page does not answer. */
  ringed: boolean;
  polygons: readonly Polygon[];
  edges: readonly (readonly [Point, Point])[];
}

const prepared = new WeakMap<Shape, Prepared>();
const circles = new WeakMap<Shape, Circle>();

/** Throws `NotHere` when a shape is none on the earth. */
export function areaOf(shape: Shape): Prepared {
  const known = prepared.get(shape);
  if (known) return known;
  const rings = ringsOf(shape);
  const edges = rings.flat().flatMap((ring) => ring.slice(1).map((point, index) => [ring[index] as Point, point] as const));
  const made = { at: shape.shape === "point" ? shape.at : null, ringed: shape.shape === "polygons", polygons: rings.map((some) => new Polygon(some)), edges };
  prepared.set(shape, made);
  return made;
}

function ringsOf(shape: Shape): readonly (readonly Ring[])[] {
  if (shape.shape === "point") {
    if (!isPosition(...shape.at)) throw new NotHere("POINT");
    return [];
  }
  if (shape.shape === "polygons") {
    if (!shape.polygons.flat().every(isRing)) throw new NotHere("POLYGON");
    return shape.polygons;
  }
  if (!isBox(shape.box)) throw new NotHere("BBOX");
  return partsOf(shape.box).map((box) => [boxRing(box)]);
}

/** The circle of `NEAR(geometry, POINT(lon lat), metres)`; throws `NotHere` when it is none. */
export function circleOf(centre: Shape, radius: Expression | undefined): Circle {
  const known = circles.get(centre);
  const metres = radius?.type === "literal" ? radius.value : null;
  if (known && known.metres === metres) return known;
  if (centre.shape !== "point" || !isPosition(...centre.at) || typeof metres !== "number" || !(metres >= 0 && metres < Infinity)) throw new NotHere("NEAR");
  const made = new Circle(...centre.at, metres);
  circles.set(centre, made);
  return made;
}

function meets(line: readonly Point[], { at, polygons, edges }: Prepared): boolean {
  const stretches = line.slice(1).map((point, index) => [line[index] as Point, point] as const);
  if (at) {
    const [only] = line;
    return line.length === 1 && only ? only[0] === at[0] && only[1] === at[1] : stretches.some((stretch) => isOn(at, stretch));
  }
  return line.some((point) => polygons.some((polygon) => polygon.place(...point) >= 0)) || stretches.some((stretch) => edges.some((edge) => meet(stretch, edge)));
}

function isWithin(lines: readonly (readonly Point[])[], { at, ringed, polygons }: Prepared): boolean {
  const points = lines.flat();
  if (at) return points.every((point) => point[0] === at[0] && point[1] === at[1]);
  if (points.length > 1 && ringed) throw new NotHere("S_WITHIN");
  const places = points.map((point) => Math.max(...polygons.map((polygon) => polygon.place(...point))));
  return places.every((one) => one >= 0) && places.some((one) => one > 0);
}
