/**
 * CQL2 text (OGC 21-065r2) as a tree, as far as the page can answer it. What lies beyond is refused with a reason;
 * docs/decisions says why this is our own parser.
 */

export type Literal = string | number | boolean;
export type Box = readonly [number, number, number, number];
export type Ring = readonly (readonly [number, number])[];
export type Shape = { shape: "point"; at: readonly [number, number] } | { shape: "box"; box: Box } | { shape: "polygons"; polygons: readonly (readonly Ring[])[] };

export type Expression =
  | { type: "property"; name: string }
  | { type: "literal"; value: Literal }
  | { type: "list"; items: readonly Expression[] }
  | { type: "call"; name: "CASEI" | "ACCENTI"; of: Expression }
  | { type: "instant"; text: string }
  | { type: "interval"; from: Expression; to: Expression }
  | { type: "shape"; value: Shape };

/** A condition with the place in the text where it stands, its parentheses included. */
export type Condition = { start: number; end: number } & (
  | { type: "and" | "or"; parts: readonly Condition[] }
  | { type: "not"; part: Condition }
  | { type: "constant"; value: boolean }
  | { type: "compare"; operator: "=" | "<>" | "<" | "<=" | ">" | ">="; left: Expression; right: Expression }
  | { type: "between"; of: Expression; low: Expression; high: Expression }
  | { type: "in"; of: Expression; items: readonly Expression[] }
  | { type: "like"; of: Expression; pattern: Expression }
  | { type: "null"; of: Expression }
  | { type: "function"; name: string; args: readonly Expression[] }
);

/** Why a text is not answered: it is no CQL2, or more than the page knows. */
export class NotUnderstood extends Error {
  constructor(
    readonly at: number,
    readonly seen: string,
  ) {
    super(seen);
  }
}

interface Token {
  kind: "word" | "name" | "string" | "number" | "sign" | "end";
  text: string;
  start: number;
  end: number;
}

/** Deeper nesting is nothing that a person asks. */
const DEEPEST = 60;
const PATTERN = /\s*(?:("(?:[^"]|"")+")|('(?:[^']|'')*')|(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|([\p{L}_][\p{L}\p{N}_.:]*)|(<>|<=|>=|[=<>(),]))/uy;

function tokens(text: string): Token[] {
  const found: Token[] = [];
  const kinds = ["name", "string", "number", "word", "sign"] as const;
  PATTERN.lastIndex = 0;
  const size = text.trimEnd().length;
  let at = 0;
  while (at < size) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(text);
    if (!match) throw new NotUnderstood(at, text.slice(at, at + 12).trim());
    const which = match.slice(1).findIndex((part) => part !== undefined);
    const raw = match[which + 1] ?? "";
    at += match[0].length;
    found.push({ kind: kinds[which] ?? "sign", text: raw, start: at - raw.length, end: at });
  }
  found.push({ kind: "end", text: "", start: size, end: size });
  return found;
}

const SPATIAL = new Set(["S_INTERSECTS", "S_WITHIN", "S_DISJOINT"]);

/**
 * The relations of two times (OGC 21-065r2, 7.9): which end of the left one (0 its begin, 1 its end) is compared with which end of
 * the right one. All must hold; of T_DISJOINT any.
 */
type Ends = readonly (readonly [left: 0 | 1, operator: "<" | "<=" | "=" | ">=" | ">", right: 0 | 1])[];
export const TEMPORAL: ReadonlyMap<string, Ends> = new Map<string, Ends>([
  ["T_AFTER", [[0, ">", 1]]], ["T_BEFORE", [[1, "<", 0]]], ["T_CONTAINS", [[0, "<", 0], [1, ">", 1]]], ["T_DISJOINT", [[1, "<", 0], [0, ">", 1]]],
  ["T_DURING", [[0, ">", 0], [1, "<", 1]]], ["T_EQUALS", [[0, "=", 0], [1, "=", 1]]], ["T_FINISHEDBY", [[0, "<", 0], [1, "=", 1]]],
  ["T_FINISHES", [[0, ">", 0], [1, "=", 1]]], ["T_INTERSECTS", [[0, "<=", 1], [1, ">=", 0]]], ["T_MEETS", [[1, "=", 0]]], ["T_METBY", [[0, "=", 1]]],
  ["T_OVERLAPPEDBY", [[0, ">", 0], [0, "<", 1], [1, ">", 1]]], ["T_OVERLAPS", [[0, "<", 0], [1, ">", 0], [1, "<", 1]]],
  ["T_STARTEDBY", [[0, "=", 0], [1, ">", 1]]], ["T_STARTS", [[0, "=", 0], [1, "<", 1]]],
]);
const FUNCTIONS = new Set(["ACCENTI", "CASEI", "DATE", "INTERVAL", "TIMESTAMP"]);
const ARRAY = new Set(["A_CONTAINS", "A_CONTAINEDBY", "A_EQUALS", "A_OVERLAPS"]);

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokens(text);
  }

  whole(): Condition {
    const condition = this.#or();
    if (this.#token.kind !== "end") throw this.#refusal();
    return condition;
  }

  get #token(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #refusal(token = this.#token): NotUnderstood {
    return new NotUnderstood(token.start, token.text);
  }

  #is(text: string): boolean {
    const token = this.#token;
    return (token.kind === "word" && token.text.toUpperCase() === text) || (token.kind === "sign" && token.text === text);
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#next += 1;
    return true;
  }

  #need(text: string): void {
    if (!this.#take(text)) throw this.#refusal();
  }

  #lastEnd(): number {
    return this.#tokens[this.#next - 1]?.end ?? 0;
  }

  #chain(type: "and" | "or", word: string, part: () => Condition): Condition {
    const parts = [part()];
    while (this.#take(word)) parts.push(part());
    const [first] = parts;
    return parts.length === 1 && first ? first : { type, parts, start: first?.start ?? 0, end: this.#lastEnd() };
  }

  #or(): Condition {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.#refusal();
    const condition = this.#chain("or", "OR", () => this.#chain("and", "AND", () => this.#factor()));
    this.#depth -= 1;
    return condition;
  }

  #factor(): Condition {
    const { start } = this.#token;
    if (!this.#take("NOT")) return this.#primary();
    const part = this.#factor();
    return { type: "not", part, start, end: this.#lastEnd() };
  }

  #primary(): Condition {
    const { start } = this.#token;
    const before = this.#next;
    if (this.#take("(")) {
      const condition = this.#or();
      this.#need(")");
      return { ...condition, start, end: this.#lastEnd() };
    }
    const token = this.#token;
    const name = token.kind === "word" ? token.text.toUpperCase() : "";
    if (SPATIAL.has(name) || TEMPORAL.has(name) || ARRAY.has(name)) {
      this.#next += 1;
      this.#need("(");
      const left = this.#operand();
      this.#need(",");
      const right = this.#operand();
      this.#need(")");
      return { type: "function", name, args: [left, right], start, end: this.#lastEnd() };
    }
    if ((name === "TRUE" || name === "FALSE") && !this.#followedByOperator()) {
      this.#next += 1;
      return { type: "constant", value: name === "TRUE", start, end: this.#lastEnd() };
    }
    this.#next = before;
    return this.#predicate(start);
  }

  #followedByOperator(): boolean {
    const after = this.#tokens[this.#next + 1];
    return after?.kind === "sign" && /^[=<>]/.test(after.text);
  }

  #predicate(start: number): Condition {
    const left = this.#operand();
    const sign = this.#token;
    if (sign.kind === "sign" && /^[=<>]/.test(sign.text)) {
      this.#next += 1;
      const right = this.#operand();
      return { type: "compare", operator: sign.text as "=", left, right, start, end: this.#lastEnd() };
    }
    if (this.#take("IS")) {
      const not = this.#take("NOT");
      this.#need("NULL");
      return this.#negated(not, { type: "null", of: left, start, end: this.#lastEnd() });
    }
    const not = this.#take("NOT");
    if (this.#take("IN")) {
      const items = this.#list();
      return this.#negated(not, { type: "in", of: left, items, start, end: this.#lastEnd() });
    }
    if (this.#take("LIKE")) {
      const pattern = this.#operand();
      return this.#negated(not, { type: "like", of: left, pattern, start, end: this.#lastEnd() });
    }
    if (this.#take("BETWEEN")) {
      const low = this.#operand();
      this.#need("AND");
      const high = this.#operand();
      return this.#negated(not, { type: "between", of: left, low, high, start, end: this.#lastEnd() });
    }
    throw this.#refusal();
  }

  #negated(not: boolean, part: Condition): Condition {
    return not ? { type: "not", part, start: part.start, end: part.end } : part;
  }

  #list(): Expression[] {
    this.#need("(");
    const items: Expression[] = [];
    do items.push(this.#operand());
    while (this.#take(","));
    this.#need(")");
    return items;
  }

  #operand(): Expression {
    const token = this.#token;
    if (token.kind === "sign" && token.text === "(") return { type: "list", items: this.#list() };
    this.#next += 1;
    if (token.kind === "string") return { type: "literal", value: unquoted(token.text) };
    if (token.kind === "number") return { type: "literal", value: Number(token.text) };
    if (token.kind === "name") return { type: "property", name: token.text.slice(1, -1).replaceAll('""', '"') };
    if (token.kind !== "word") throw this.#refusal(token);
    const word = token.text.toUpperCase();
    if (word === "TRUE" || word === "FALSE") return { type: "literal", value: word === "TRUE" };
    return this.#is("(") ? this.#call(word, token) : { type: "property", name: token.text };
  }

  #call(word: string, token: Token): Expression {
    if (word === "POINT" || word === "POLYGON" || word === "MULTIPOLYGON" || word === "BBOX") return { type: "shape", value: this.#shape(word) };
    if (!FUNCTIONS.has(word)) throw this.#refusal(token);
    this.#need("(");
    const first = this.#moment(word);
    if (word === "INTERVAL") {
      this.#need(",");
      const to = this.#moment(word);
      const isBackward = first.type === "instant" && to.type === "instant" && first.text !== ".." && to.text !== ".." && first.text > to.text;
      if (isBackward) throw this.#refusal(token);
      this.#need(")");
      return { type: "interval", from: first, to };
    }
    this.#need(")");
    if (word === "CASEI" || word === "ACCENTI") return { type: "call", name: word, of: first };
    const day = first.type === "literal" ? dayOf(first.value) : null;
    if ((word === "DATE" || word === "TIMESTAMP") && day) return { type: "instant", text: day };
    throw this.#refusal(token);
  }

  /** An argument of a function; the ends of an interval may be plain strings, ".." for one that is open. */
  #moment(word: string): Expression {
    const token = this.#token;
    const argument = this.#operand();
    if (word !== "INTERVAL" || argument.type !== "literal") return argument;
    const text = argument.value === ".." ? ".." : dayOf(argument.value);
    if (!text) throw this.#refusal(token);
    return { type: "instant", text };
  }

  #number(): number {
    const token = this.#token;
    if (token.kind !== "number") throw this.#refusal();
    this.#next += 1;
    return Number(token.text);
  }

  #many<T>(one: () => T): T[] {
    this.#need("(");
    const found = [one()];
    while (this.#take(",")) found.push(one());
    this.#need(")");
    return found;
  }

  #shape(word: "POINT" | "POLYGON" | "MULTIPOLYGON" | "BBOX"): Shape {
    const position = (): readonly [number, number] => [this.#number(), this.#number()];
    const ring = (): Ring => {
      const begun = this.#token;
      const points = this.#many(position);
      if (points.length < 4 || points[0]?.join() !== points.at(-1)?.join()) throw this.#refusal(begun);
      return points;
    };
    if (word === "POLYGON") return { shape: "polygons", polygons: [this.#many(ring)] };
    if (word === "MULTIPOLYGON") return { shape: "polygons", polygons: this.#many(() => this.#many(ring)) };
    const start = this.#token;
    if (word === "POINT") {
      const [at, more] = this.#many(position);
      if (!at || more) throw this.#refusal(start);
      return { shape: "point", at };
    }
    const [west, south, east, north, more] = this.#many(() => this.#number());
    if (west === undefined || south === undefined || east === undefined || north === undefined || more !== undefined) throw this.#refusal(start);
    if (Math.max(Math.abs(west), Math.abs(east)) > 180 || Math.max(Math.abs(south), Math.abs(north)) > 90 || south > north) throw this.#refusal(start);
    if (west <= east) return { shape: "box", box: [west, south, east, north] };
    // A west greater than the east crosses the antimeridian.
    return { shape: "polygons", polygons: [[boxRing([west, south, 180, north])], [boxRing([-180, south, east, north])]] };
  }
}

/** The border of a box, closed. */
export function boxRing([west, south, east, north]: Box): Ring {
  return [[west, south], [east, south], [east, north], [west, north], [west, south]];
}

/** The day of a date or of a moment in UTC; null where a literal is neither. */
function dayOf(value: Literal): string | null {
  const match = typeof value === "string" ? /^([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?$/.exec(value) : null;
  if (!match) return null;
  const [, day = "", time] = match;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Date.parse takes a 30 February for a day in March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return null;
  const moment = time ? Date.parse(day + time) : midnight;
  return Number.isNaN(moment) ? null : new Date(moment).toISOString().slice(0, 10);
}

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll("''", "'");
}

/** Read a condition; raises `NotUnderstood`. */
export function parseCql2(text: string): Condition {
  return new Parser(text).whole();
}

/** A text between the quotes of CQL2. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
