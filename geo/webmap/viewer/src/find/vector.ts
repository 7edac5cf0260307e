/** A condition in CQL2 asked of all places at once: of each different cell where it asks one column, of each place otherwise. */

import type { Site } from "../payload.ts";
import type { Codes } from "../sites/codes.ts";
import { type Column, spread } from "../sites/column.ts";
import { type ColumnName, type Sites, columnsOfMember, isText, recordOf } from "../sites/sites.ts";
import { type Texts, WordedTexts } from "../sites/texts.ts";
import type { Condition, Expression, Shape } from "./cql2.ts";
import { numbersLike } from "./digits.ts";
import { type Asked, type Truth, isLike, truth } from "./evaluate.ts";

/** How each place answers: 1 yes, 0 no, 2 neither. */
type Answers = Uint8Array;
const NEITHER = 2;

/** How a record is asked, and in which column of the page a column of the catalogue stands; undefined: in none of its own. */
export interface Asking {
  asked: (site: Site) => Asked;
  standsIn: (column: string) => ColumnName | undefined;
}

function coded(value: Truth): number {
  return value === null ? NEITHER : Number(value);
}

/** Which places meet a condition, 1 for each that does. Throws `NotHere` when it asks for something that the page does not have. */
export function meeting(condition: Condition, sites: Sites, asking: Asking): Uint8Array {
  const answers = answersOf(condition, sites, asking);
  for (let index = 0; index < answers.length; index += 1) answers[index] = Number(answers[index] === 1);
  return answers;
}

function answersOf(condition: Condition, sites: Sites, asking: Asking): Answers {
  const columns = columnsIn(condition);
  const [only] = columns;
  const own = columns.size === 1 && only !== undefined ? asking.standsIn(only) : undefined;
  if (own && columnsOfMember(own).every((name) => name === own || only === "sources")) return ofCells(condition, sites.column(own), own, asking);
  if (columns.size === 0) return new Uint8Array(sites.count).fill(coded(truth(condition, NOTHING)));
  switch (condition.type) {
    case "and":
    case "or":
      return joined(condition.parts.map((part) => answersOf(part, sites, asking)), condition.type === "or", sites.count);
    case "not": {
      const answers = answersOf(condition.part, sites, asking);
      for (let index = 0; index < answers.length; index += 1) if (answers[index] !== NEITHER) answers[index] = 1 - (answers[index] as number);
      return answers;
    }
    case "null":
      if (only === "geometry") return sites.unlocated().slice();
      break;
    case "function": {
      const shape = condition.args[1];
      if (columns.size === 1 && only === "geometry" && shape?.type === "shape") return inSpace(condition, sites, shape.value);
      break;
    }
  }
  if (columns.size === 1 && (only === "lon" || only === "lat")) return ofAxis(condition, sites[only]);
  return ofRecords(condition, sites, asking, [...columns]);
}

const NOTHING: Asked = { value: () => undefined, geometry: () => null };

/** AND and OR of three-valued logic. */
function joined(parts: readonly Answers[], or: boolean, count: number): Answers {
  const [settles, otherwise] = or ? [1, 0] : [0, 1];
  const answers = new Uint8Array(count).fill(otherwise);
  for (const part of parts) {
    for (let index = 0; index < count; index += 1) {
      const one = part[index] as number;
      if (one === settles || (one === NEITHER && answers[index] === otherwise)) answers[index] = one;
    }
  }
  return answers;
}

function ofCells(condition: Condition, column: Column, name: ColumnName, asking: Asking): Answers {
  const { texts } = column;
  if (texts instanceof WordedTexts && isText(name) && isBlind(condition)) {
    const by = ofTexts(condition, texts.wordingTexts, name, asking);
    const told = new Uint8Array(texts.count);
    if (texts.codes) spread(told, texts.codes, by);
    else told.fill(by[0] as number);
    return column.spread(told);
  }
  return column.spread(ofTexts(condition, texts, name, asking));
}

/** Whether a condition on a text looks at no digit of it: then what its wording says, the text says. */
function isBlind(condition: Condition): boolean {
  switch (condition.type) {
    case "not":
      return isBlind(condition.part);
    case "and":
    case "or":
      return condition.parts.every(isBlind);
    case "null":
      return condition.of.type === "property";
    case "like":
      return condition.pattern.type === "literal" && typeof condition.pattern.value === "string" && !/[0-9_\\]/.test(condition.pattern.value);
    default:
      return false;
  }
}

function ofTexts(condition: Condition, texts: Texts, name: ColumnName, { asked }: Asking): Uint8Array {
  const told = new Uint8Array(texts.count);
  let cell = "";
  // A cell that is a text is what the column of the same name says; others are read as a record would be.
  const plain: Asked | null = isText(name) ? { value: () => cell || null, geometry: () => null } : null;
  const numbered = plain && texts instanceof WordedTexts ? numberedBy(condition, texts) : null;
  for (let code = 0; code < told.length; code += 1) {
    if (numbered && (numbered.may[numbered.values[code] as number] === 0 || numbered.worded[numbered.codes?.[code] ?? 0] === 0)) continue;
    cell = texts.at(code);
    told[code] = coded(truth(condition, plain ?? asked(recordOf([[name, cell]], null))));
  }
  return told;
}

/** The number and the wording of each text, and which of them can meet a condition on its digits; null where that is not told by the number. */
function numberedBy(condition: Condition, texts: WordedTexts): { values: Codes; may: Uint8Array; codes: Codes | null; worded: Uint8Array } | null {
  const [slot] = texts.slots;
  if (!slot || slot.before) return null;
  const equal = condition.type === "compare" && condition.operator === "=" && condition.left.type === "property" ? condition.right : null;
  const wanted = condition.type === "like" && condition.of.type === "property" ? condition.pattern : equal;
  if (wanted?.type !== "literal" || typeof wanted.value !== "string" || /[_\\]/.test(wanted.value)) return null;
  const may = numbersLike(wanted.value, texts, true);
  if (!may) return null;
  // What stands around the digits must stand around those of the wording.
  const around = wanted.value.replace(/[0-9]+/g, "%");
  const worded = Uint8Array.from({ length: texts.wordingTexts.count }, (_none, code) => Number(isLike(texts.wordingTexts.at(code), around)));
  return { values: slot.values, may, codes: texts.codes, worded };
}

function ofAxis(condition: Condition, axis: Float64Array): Answers {
  let degrees: number | null = null;
  const asked: Asked = { value: () => degrees, geometry: () => null };
  const answers = new Uint8Array(axis.length);
  for (let index = 0; index < answers.length; index += 1) {
    const one = axis[index] as number;
    degrees = one === one ? one : null;
    answers[index] = coded(truth(condition, asked));
  }
  return answers;
}

function ofRecords(condition: Condition, sites: Sites, { asked, standsIn }: Asking, columns: readonly string[]): Answers {
  const names = [...new Set(columns.flatMap((column) => standsIn(column) ?? []).flatMap(columnsOfMember))];
  const answers = new Uint8Array(sites.count);
  for (let index = 0; index < answers.length; index += 1) {
    const cells = names.map((name) => [name, sites.column(name).at(index)] as const);
    answers[index] = coded(truth(condition, asked(recordOf(cells, sites.point(index)))));
  }
  return answers;
}

/** West, south, east, north of a shape. */
function boxOf(shape: Shape): readonly [number, number, number, number] {
  if (shape.shape === "box") return shape.box;
  const points = shape.shape === "point" ? [shape.at] : shape.polygons.flat(2);
  const [lons, lats] = [points.map((point) => point[0]), points.map((point) => point[1])];
  const least = (all: readonly number[]): number => all.reduce((one, other) => Math.min(one, other), Infinity);
  const most = (all: readonly number[]): number => all.reduce((one, other) => Math.max(one, other), -Infinity);
  return [least(lons), least(lats), most(lons), most(lats)];
}

/** What lies outside of the box around a shape need not be compared with it. */
function inSpace(condition: Condition, sites: Sites, shape: Shape): Answers {
  const [west, south, east, north] = boxOf(shape);
  const at = { lon: 0, lat: 0 };
  const asked: Asked = { value: () => undefined, geometry: () => ({ type: "Point", coordinates: [at.lon, at.lat] }) };
  // What it says of a point that is surely outside, and whether it can be asked at all.
  [at.lon, at.lat] = [west - 1, south - 1];
  const outside = coded(truth(condition, asked));
  const isBox = shape.shape === "box";
  const answers = new Uint8Array(sites.count);
  const inside = isBox ? 1 - outside : NEITHER;
  for (let index = 0; index < answers.length; index += 1) {
    const [lon, lat] = [sites.lon[index] as number, sites.lat[index] as number];
    if (lon !== lon) answers[index] = NEITHER;
    else if (lon < west || lon > east || lat < south || lat > north) answers[index] = outside;
    else if (isBox && lon > west && lon < east && lat > south && lat < north) answers[index] = inside;
    else {
      [at.lon, at.lat] = [lon, lat];
      answers[index] = coded(truth(condition, asked));
    }
  }
  return answers;
}

/** The columns that a condition asks; `geometry` for where a record lies. */
export function columnsIn(condition: Condition): ReadonlySet<string> {
  const found = new Set<string>();
  const read = (expression: Expression): void => {
    if (expression.type === "property") found.add(expression.name);
    else if (expression.type === "list") expression.items.forEach(read);
    else if (expression.type === "call") read(expression.of);
    else if (expression.type === "interval") [expression.from, expression.to].forEach(read);
  };
  const walk = (one: Condition): void => {
    switch (one.type) {
      case "and":
      case "or":
        return one.parts.forEach(walk);
      case "not":
        return walk(one.part);
      case "constant":
        return;
      case "compare":
        return [one.left, one.right].forEach(read);
      case "between":
        return [one.of, one.low, one.high].forEach(read);
      case "in":
        return [one.of, ...one.items].forEach(read);
      case "like":
        return [one.of, one.pattern].forEach(read);
      case "null":
        return read(one.of);
      case "function":
        return one.args.forEach(read);
    }
  };
  walk(condition);
  return found;
}
