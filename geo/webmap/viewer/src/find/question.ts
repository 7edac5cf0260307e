/** What the reader asks, as the question of `memorial query`: facets to CQL2 and back, years to an interval and back. */

import type { FigureRange, State, Years } from "../state.ts";
import { daysIn } from "../time/scale.ts";
import type { Listed } from "./columns.ts";
import { type Condition, type Expression, parseCql2, quoted } from "./cql2.ts";
import { type FacetKey, facetsOf } from "./facets.ts";

const UNDATED = ["begin_earliest", "begin_latest", "end_earliest", "end_latest"];
const UNDATED_CLAUSE = `(${UNDATED.map((bound) => `${bound} IS NULL`).join(" AND ")})`;

// --- written ----------------------------------------------------------------------------------------------------------

function inList(column: string, values: readonly string[]): string {
  return `${column} IN (${values.map(quoted).join(",")})`;
}

function facetClause(column: string, chosen: ReadonlySet<string>): string {
  const values = [...chosen].filter((value) => value !== "").sort();
  if (column === "sources") return `A_OVERLAPS(sources, (${values.map(quoted).join(",")}))`;
  if (!chosen.has("")) return inList(column, values);
  return values.length > 0 ? `(${inList(column, values)} OR ${column} IS NULL)` : `${column} IS NULL`;
}

function figureClause({ measure, from, to }: FigureRange): string {
  const ends = [from === undefined ? "" : `claimed_${measure}_high >= ${from}`, to === undefined ? "" : `claimed_${measure}_low <= ${to}`].filter(Boolean);
  return ends.length > 1 ? `(${ends.join(" AND ")})` : (ends[0] ?? "");
}

/** The clauses of a list's question, one for each facet in use. */
export function clauses(list: Listed, state: State, figureApplies: boolean): string[] {
  const parts = facetsOf(list).flatMap((facet) => (state[facet.key].size > 0 ? [facetClause(facet.column, state[facet.key])] : []));
  if (state.figure && figureApplies) parts.push(figureClause(state.figure));
  if (state.only === "unlocated") parts.push("geometry IS NULL");
  if (state.only === "undated") parts.push(UNDATED_CLAUSE);
  return parts.filter(Boolean);
}

/** Several conditions as one; one that is made of alternatives is held together. */
export function together(parts: readonly string[]): string {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : parts.map((part) => (needsParentheses(part) ? `(${part})` : part)).join(" AND ");
}

/** A condition, or null where a text is none. */
function read(text: string): Condition | null {
  try {
    return parseCql2(text);
  } catch {
    return null;
  }
}

function needsParentheses(part: string): boolean {
  // "(a) OR (b)" begins and ends with parentheses, too, and is not held together by them.
  const isHeld = part.startsWith("(") && part.endsWith(")") && read(part.slice(1, -1)) !== null;
  return !isHeld && (read(part)?.type ?? "or") === "or";
}

// --- read -------------------------------------------------------------------------------------------------------------

/** What a condition says in terms of the facets, and the rest of it. */
export interface Understood {
  patch: Partial<State>;
  rest: string;
}

function columnName(expression: Expression): string | null {
  return expression.type === "property" ? expression.name : null;
}

function texts(items: readonly Expression[]): string[] | null {
  const found = items.flatMap((item) => (item.type === "literal" && typeof item.value === "string" && item.value !== "" ? [item.value] : []));
  return found.length === items.length && found.length > 0 ? found : null;
}

/** A choice among the values of one column: `kind IN (…)`, `kind = '…'`, `province IS NULL`, or the two joined by OR. */
function choice(condition: Condition): { column: string; values: string[] } | null {
  if (condition.type === "null") {
    const column = columnName(condition.of);
    // Of a list of sources no facet says that it is empty.
    return column && column !== "sources" ? { column, values: [""] } : null;
  }
  if (condition.type === "in") {
    const [column, values] = [columnName(condition.of), texts(condition.items)];
    return column && values ? { column, values } : null;
  }
  if (condition.type === "compare" && condition.operator === "=") {
    const [column, values] = [columnName(condition.left), texts([condition.right])];
    return column && values ? { column, values } : null;
  }
  if (condition.type === "function" && condition.name === "A_OVERLAPS") {
    const [of, among] = condition.args;
    const values = among?.type === "list" ? texts(among.items) : null;
    return of && columnName(of) === "sources" && values ? { column: "sources", values } : null;
  }
  if (condition.type === "or" && condition.parts.length === 2) {
    const [one, other] = condition.parts.map(choice);
    return one && other && one.column === other.column && one.column !== "sources" ? { column: one.column, values: [...one.values, ...other.values] } : null;
  }
  return null;
}

function figureEnd(condition: Condition): FigureRange | null {
  if (condition.type !== "compare") return null;
  const match = /^claimed_(\w+)_(low|high)$/.exec(columnName(condition.left) ?? "");
  const { right } = condition;
  if (!match?.[1] || right.type !== "literal" || typeof right.value !== "number") return null;
  if (match[2] === "high" && condition.operator === ">=") return { measure: match[1], from: right.value };
  return match[2] === "low" && condition.operator === "<=" ? { measure: match[1], to: right.value } : null;
}

function nullColumns(parts: readonly Condition[]): string {
  return parts.map((part) => (part.type === "null" ? (columnName(part.of) ?? "?") : "?")).sort().join();
}

/** The conditions that must all hold, `AND` within `AND` laid open; the four bounds of an undated record stay together. */
function conjuncts(condition: Condition): Condition[] {
  if (condition.type !== "and" || nullColumns(condition.parts) === [...UNDATED].sort().join()) return [condition];
  return condition.parts.flatMap(conjuncts);
}

/**
 * Read a condition of a list: what facets can express becomes theirs, the rest stays as it was written. A text that is
 * no CQL2 stays whole.
 */
export function readWhere(text: string, list: Listed, measures: (measure: string) => boolean): Understood {
  const whole = read(text);
  if (!whole) return { patch: {}, rest: text.trim() };
  const patch: Partial<State> = {};
  const rest: string[] = [];
  for (const condition of gathered(conjuncts(whole))) {
    if (condition.type === "and") {
      if (patch.only) rest.push(UNDATED_CLAUSE);
      patch.only ??= "undated";
    } else if (!take(condition, list, patch, measures)) rest.push(text.slice(condition.start, condition.end));
  }
  return { patch, rest: together(rest) };
}

/** Bounds that stand bare beside other conditions are put together again where all four ask for nothing but emptiness. */
function gathered(conditions: readonly Condition[]): Condition[] {
  const bare = conditions.filter((one) => one.type === "null" && UNDATED.includes(columnName(one.of) ?? ""));
  if (nullColumns(bare) !== [...UNDATED].sort().join()) return [...conditions];
  const first = bare[0] as Condition;
  return [...conditions.filter((one) => !bare.includes(one)), { type: "and", parts: bare, start: first.start, end: first.end }];
}

function take(condition: Condition, list: Listed, patch: Partial<State>, measures: (measure: string) => boolean): boolean {
  const figure = figureEnd(condition);
  if (figure) {
    if (!measures(figure.measure)) return false;
    if (patch.figure && (patch.figure.measure !== figure.measure || ("from" in patch.figure && "from" in figure) || ("to" in patch.figure && "to" in figure))) return false;
    patch.figure = { ...patch.figure, ...figure };
    return true;
  }
  const chosen = choice(condition);
  if (chosen?.column === "geometry" && chosen.values.join() === "" && !patch.only) {
    patch.only = "unlocated";
    return true;
  }
  const facet = chosen && facetsOf(list).find((one) => one.column === chosen.column);
  if (!facet || !chosen || patch[facet.key]) return false;
  const sets: Partial<Record<FacetKey, ReadonlySet<string>>> = { [facet.key]: new Set(chosen.values) };
  Object.assign(patch, sets);
  return true;
}

// --- years ------------------------------------------------------------------------------------------------------------

const FIRST_DAY = "0001-01-01";
const LAST_DAY = "9999-12-31";

function lastOfMonth(year: string, month: string): string {
  return String(daysIn(Number(year), Number(month))).padStart(2, "0");
}

/** The first and the last day of a date written as year, month or day, `X` for digits left open; null for any other text. */
function daysOf(text: string): [string, string] | null {
  const match = /^([0-9]{4}|[0-9]{3}X|[0-9]{2}XX)(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?)?$/.exec(text);
  if (!match) return null;
  const [, year = "", month, day] = match;
  if (year.includes("X")) return month ? null : [`${year.replaceAll("X", "0")}-01-01`, `${year.replaceAll("X", "9")}-12-31`];
  if (year === "0000" || (month && day && day > lastOfMonth(year, month))) return null;
  return [`${year}-${month ?? "01"}-${day ?? "01"}`, `${year}-${month ?? "12"}-${day ?? lastOfMonth(year, month ?? "12")}`];
}

/** An EDTF date or interval as days; null when it is one that the page does not read (a date that is itself uncertain). */
export function readDuring(text: string): Years | null {
  const [begin = "", end = begin, more] = text.trim().split("/");
  if (more !== undefined) return null;
  const [first, last] = [begin === ".." ? [FIRST_DAY, FIRST_DAY] : daysOf(begin), end === ".." ? [LAST_DAY, LAST_DAY] : daysOf(end)];
  const [from, to] = [first?.[0], last?.[1]];
  return from && to && from <= to && !(begin === ".." && end === "..") ? { from, to } : null;
}

/** Days as an EDTF interval, as short as it may be. */
export function writeDuring(years: Years | null): string {
  if (!years) return "";
  const [from, to] = [shortened(years.from, "01-01", "01"), shortened(years.to, "12-31", "")];
  return `${years.from <= FIRST_DAY ? ".." : from}/${years.to >= LAST_DAY ? ".." : to}`;
}

function shortened(day: string, ofYear: string, ofMonth: string): string {
  if (day.slice(5) === ofYear) return day.slice(0, 4);
  const edge = ofMonth || lastOfMonth(day.slice(0, 4), day.slice(5, 7));
  return day.slice(8) === edge ? day.slice(0, 7) : day;
}
