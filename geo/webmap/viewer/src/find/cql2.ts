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
const TEMPORAL = new Set(["T_AFTER", "T_BEFORE", "T_DURING", "T_DISJOINT", "T_EQUALS", "T_INTERSECTS"]);
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
    // The one function of our own: a circle, as `--near` and `--radius` of the command line.
    if (name === "NEAR" && this.#followedBy("(")) {
      this.#next += 1;
      const args = this.#many(() => this.#operand());
      if (args.length !== 3) throw this.#refusal(token);
      return { type: "function", name, args, start, end: this.#lastEnd() };
    }
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

  #followedBy(sign: string): boolean {
    return this.#tokens[this.#next + 1]?.text === sign;
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
    if (this.#take(")")) return items;
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
      this.#need(")");
      return { type: "interval", from: first, to };
    }
    this.#need(")");
    if (word === "CASEI" || word === "ACCENTI") return { type: "call", name: word, of: first };
    if ((word === "DATE" || word === "TIMESTAMP") && first.type === "literal") return { type: "instant", text: String(first.value).slice(0, 10) };
    throw this.#refusal(token);
  }

  /** An argument of a function; the ends of an interval may be plain strings. */
  #moment(word: string): Expression {
    const argument = this.#operand();
    if (word !== "INTERVAL" || argument.type !== "literal") return argument;
    return { type: "instant", text: String(argument.value).slice(0, 10) };
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
    const ring = (): Ring => this.#many(position);
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
    return { shape: "box", box: [west, south, east, north] };
  }
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
