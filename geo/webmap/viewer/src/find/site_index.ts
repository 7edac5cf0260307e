/** What the places of a page are searched in: each different text folded once, however many places say it. */

import { atOnce } from "../pause.ts";
import type { Name } from "../payload.ts";
import type { Codes } from "../sites/codes.ts";
import type { Column } from "../sites/column.ts";
import type { ColumnName, Sites } from "../sites/sites.ts";
import { spread } from "../sites/column.ts";
import { intersect, unite } from "../sites/masks.ts";
import { orderOf } from "../sites/order.ts";
import { allOf, startsOf, utf8 } from "../sites/texts.ts";
import { Folded, type FoldedTexts, type Held, beginsWith, foldTexts, spelledOut } from "./folded.ts";
import { type NameWords, SHORTEST, type Wanted, isNameWord, lettersOf, typedIn } from "./search.ts";
import { WordedFolded, isDigit } from "./worded.ts";

interface Part {
  column: Column;
  folded: FoldedTexts;
  /** The names of the place itself. */
  own: boolean;
  /** A cell holds several texts, one a line. */
  several: boolean;
}

/** Whether the bytes of a text may be meant. */
type Test = (bytes: Uint8Array, start: number, end: number) => boolean;

/** Where a word occurs: 1 for each place that says it, and for each in a name of which it stands. */
interface Found {
  anywhere: Uint8Array;
  names: Uint8Array;
  any: boolean;
  /** By part, which texts hold it. */
  hits: (Held | null)[];
}

/** What stands in a cell that is no text itself. */
export interface Told {
  areaNames: (code: string) => readonly (string | undefined)[];
  claimTexts: (cell: string) => readonly (string | undefined)[];
}

/** Names and places that it names are sought without their spaces. */
const CLOSE: readonly ColumnName[] = ["name", "names", "id", "province_name", "district", "commune", "village", "zone_text", "province"];
const APART: readonly ColumnName[] = ["summary", "place_text", "sector", "begin", "begin_text", "end", "end_text", "claims"];
/** So many answers are kept. */
const KEPT = 8;
const LETTERS = /[a-z]/;
const DIGIT = /[0-9]/;

export class SiteIndex implements NameWords {
  #parts: Part[] = [];
  #ready = false;
  readonly #words = new Set<string>();
  /** The different words of names that do not count: a million names may have two million of them. */
  readonly #wordRuns: Folded[] = [];
  readonly #found = new Map<string, Found>();

  constructor(
    readonly sites: Sites,
    readonly told: Told,
  ) {}

  get isReady(): boolean {
    return this.#ready;
  }

  /** Fold all texts, pausing now and then. */
  *prepare(): Generator<undefined, void> {
    if (this.#ready) return;
    const { areaNames, claimTexts } = this.told;
    const namesIn = (cell: string): string[] => (cell === "" ? [] : (JSON.parse(cell) as Name[]).map((name) => name.text));
    const taking: Partial<Record<ColumnName, (cell: string) => readonly (string | undefined)[]>> = { names: namesIn, claims: claimTexts };
    const parts: Part[] = [];
    for (const name of [...CLOSE, ...APART]) {
      const column = this.sites.column(name);
      if (column.isOne && name !== "province" && column.at(0) === "") continue;
      const taken = name === "province" ? (cell: string) => (cell === "" ? [] : areaNames(cell)) : taking[name];
      const folded = yield* foldTexts(column.texts, APART.includes(name), taken);
      if (folded.says) parts.push({ column, folded, own: name === "name" || name === "names", several: taken !== undefined });
    }
    yield* this.#gatherWords(namesIn);
    // Second names are few: written together they are kept with the words.
    for (const { folded } of parts.filter(({ own, several }) => own && several)) {
      for (let text = 0; text < folded.count; text += 1) {
        for (const word of folded.at(text).split("\n")) if (isNameWord(word)) this.#words.add(word);
        if (text % 4096 === 4095) yield;
      }
    }
    this.#parts = parts;
    this.#ready = true;
  }

  /** The words of names; those written together are in the folded names already. */
  *#gatherWords(namesIn: (cell: string) => string[]): Generator<undefined, void> {
    const folded = [yield* foldTexts(this.sites.column("name").texts, true), yield* foldTexts(this.sites.column("names").texts, true, namesIn)];
    for (const texts of folded) {
      const { bytes, starts, count } = texts instanceof WordedFolded ? texts.folded : (texts as Folded);
      const seen = new WordSet();
      for (let text = 0; text < count; text += 1) {
        seen.addAll(bytes, starts[text] as number, starts[text + 1] as number);
        if (text % 4096 === 4095) yield;
      }
      const words = seen.words(bytes);
      if (texts instanceof WordedFolded) {
        for (const word of allOf(words)) if (isNameWord(word) && !DIGIT.test(word)) this.#words.add(word);
        yield* this.#gatherNumbered(texts);
      } else if (words.count > 0) this.#wordRuns.push(words);
    }
  }

  /** Words in which letters and numbers stand together, of each text. */
  *#gatherNumbered(texts: WordedFolded): Generator<undefined, void> {
    const { folded } = texts;
    let gone = 0;
    for (const index of texts.ofWordings((code) => folded.at(code).split(" ").some((word) => DIGIT.test(word) && isNameWord(word)))) {
      for (const word of texts.at(index).split(" ")) if (DIGIT.test(word) && isNameWord(word)) this.#words.add(word);
      gone += 1;
      if (gone % 4096 === 0) yield;
    }
  }

  /** The indexes of the different names, in the order of their folded letters. */
  *orderedNames(): Generator<undefined, Uint32Array> {
    const folded = yield* foldTexts(this.sites.column("name").texts, true);
    const order = folded instanceof WordedFolded ? yield* folded.ordered() : null;
    return order ?? (yield* orderOf(yield* spelledOut(folded)));
  }

  /** 1 for each place in which all words of a question occur, or what they are when written together; or in a name of which they do. */
  answering({ words, whole }: Wanted, where: "anywhere" | "names"): Uint8Array {
    const [first, ...others] = words.map((forms) => anyOf(forms.map((form) => this.#find(form)[where])));
    const all = first ? first.slice() : new Uint8Array(this.sites.count).fill(1);
    for (const mask of others) intersect(all, mask);
    if (whole !== "") unite(all, this.#find(whole)[where]);
    return all;
  }

  /** How near each place is to a question, as far as that shows in its folded names. */
  nearness(wanted: Wanted): Uint8Array {
    const inNames = this.answering(wanted, "names");
    const words = typedIn(wanted.words);
    const typed = words ? utf8(words.join("")) : null;
    const name = this.#parts.find(({ column }) => column === this.sites.column("name"));
    // What is in no name is farthest; of the others the farther, the less of a name it is that was typed.
    const far = inNames;
    if (!typed || !name) {
      for (let index = 0; index < far.length; index += 1) far[index] = 3 - (far[index] as number);
      return far;
    }
    const { column, folded } = name;
    // Of a column in which several places share a name each different one is asked.
    const held = folded.beginning(typed, column.isPlain ? inNames : null);
    const wordings = column.isPlain && held.ofWordings && folded instanceof WordedFolded ? folded.texts.codes : null;
    if (wordings) {
      const { by } = held;
      for (let index = 0; index < far.length; index += 1) far[index] = 3 - (far[index] as number) * (1 + (by[wordings[index] as number] as number));
      return far;
    }
    const begins = column.isPlain ? ofTexts(held, folded) : column.spread(ofTexts(held, folded));
    for (let index = 0; index < far.length; index += 1) far[index] = 3 - (far[index] as number) * (1 + (begins[index] as number));
    return far;
  }

  #find(form: string): Found {
    return atOnce(this.finding(form));
  }

  /** Look for a folded word without spaces in one column after the other. */
  *finding(form: string): Generator<undefined, Found> {
    const known = this.#found.get(form);
    if (known) return known;
    yield* this.prepare();
    const bytes = utf8(form);
    // While a word is being typed, what holds it is among what held its beginning.
    const before = [...this.#found].filter(([shorter]) => form.includes(shorter)).sort((a, b) => b[0].length - a[0].length)[0]?.[1];
    const [anywhere, names] = [new Uint8Array(this.sites.count), new Uint8Array(this.sites.count)];
    const hits: (Held | null)[] = [];
    for (const [at, { column, folded, own }] of this.#parts.entries()) {
      const among = before?.hits[at];
      const held = among === null ? null : folded.holding(bytes, among);
      if (held) mark(own ? names : anywhere, column, held, folded);
      hits.push(held);
      yield;
    }
    unite(anywhere, names);
    const made = { anywhere, names, any: hits.some((held) => held !== null), hits };
    if (this.#found.size >= KEPT) this.#found.delete(this.#found.keys().next().value ?? "");
    this.#found.set(form, made);
    return made;
  }

  /** Let go of what was found. */
  forget(): void {
    this.#found.clear();
  }

  /** 1 for each place in which a folded word occurs. */
  holding(form: string): Uint8Array {
    return this.#find(form).anywhere;
  }

  occurs(form: string): boolean {
    return this.#find(form).any;
  }

  /** The words of names that sound like a word, and others. */
  *alike(word: string): Generator<string> {
    yield* this.#words;
    const bytes = utf8(word);
    if (!LETTERS.test(word)) {
      // What has no Latin letter sounds like nothing but itself.
      yield* this.#ofWords(() => (run, start, end) => end - start === bytes.length && beginsWith(run, start, end, bytes) === 2);
      return;
    }
    const wanted = skeletonOf(bytes, 0, bytes.length);
    // A digit sounds like nothing but itself: without one in the word no name with a number is meant.
    const digits = bytes.some(isDigit) || wanted >>> OTHERS !== 0;
    const test = (): Test => (folded, start, end) => isSkeleton(folded, start, end, wanted);
    yield* this.#ofWords(test);
    yield* this.#joined(test, () => digits);
  }

  /** The words of names that are within so many slips of a word, and others. */
  *near(word: string, slips: number): Generator<string> {
    yield* this.#words;
    const [bytes, letters] = [utf8(word), lettersOf(word)];
    const [plain, mask] = [isAscii(bytes, 0, bytes.length), lettersIn(bytes, 0, bytes.length)];
    const test = (all: boolean): Test => (folded, start, end) => {
      if (end - start < letters - slips || (all && plain && end - start > letters + slips)) return false;
      if (!plain || (!all && !isAscii(folded, start, end))) return true;
      // Each slip changes two of the letters that occur, or one and the length.
      return end - start <= letters + slips && bitsIn(lettersIn(folded, start, end) ^ mask) <= 2 * slips;
    };
    yield* this.#ofWords(test);
    yield* this.#joined(test, (least) => !plain || least <= letters + slips);
  }

  /** Words of names that do not count, those that may be meant. */
  *#ofWords(test: (isAscii: boolean) => Test): Generator<string> {
    for (const run of this.#wordRuns) {
      const may = test(run.isAscii);
      const { bytes, starts, count } = run;
      for (let text = 0; text < count; text += 1) {
        if (may(bytes, starts[text] as number, starts[text + 1] as number)) yield* [run.at(text)].filter(isNameWord);
      }
    }
  }

  /** Whole names written without their spaces, those that may be meant. */
  *#joined(test: (isAscii: boolean) => Test, numbered: (least: number) => boolean): Generator<string> {
    for (const { folded, own, several } of this.#parts) {
      if (!own || several) continue;
      if (folded instanceof WordedFolded) {
        const may = test(folded.folded.isAscii);
        const { starts } = folded.folded;
        const lengthOf = (code: number): number => (starts[code + 1] as number) - (starts[code] as number);
        // A number has one digit at least, as it has in its wording.
        for (const index of folded.ofWordings((code) => folded.texts.wordings[code]?.widths.length === 0 || numbered(lengthOf(code)))) {
          const bytes = folded.spelled(index);
          if (may(bytes, 0, bytes.length)) yield* [folded.at(index)].filter(isNameWord);
        }
        continue;
      }
      const may = test((folded as Folded).isAscii);
      const { bytes, starts, count } = folded as Folded;
      for (let text = 0; text < count; text += 1) {
        if (may(bytes, starts[text] as number, starts[text + 1] as number)) yield* [folded.at(text)].filter(isNameWord);
      }
    }
  }
}

/** 1 where any of some masks has it. */
function anyOf(masks: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = masks as [Uint8Array, ...Uint8Array[]];
  if (others.length === 0) return first;
  const any = first.slice();
  for (const mask of others) unite(any, mask);
  return any;
}

/** What holds a word, by text. */
function ofTexts({ by, ofWordings }: Held, folded: FoldedTexts): Uint8Array {
  if (!ofWordings || !(folded instanceof WordedFolded)) return by;
  const told = new Uint8Array(folded.count);
  const { codes } = folded.texts;
  if (codes) spread(told, codes, by);
  else told.fill(by[0] ?? 0);
  return told;
}

/** Mark the places of which a text holds a word. */
function mark(into: Uint8Array, column: Column, held: Held, folded: FoldedTexts): void {
  const wordings = held.ofWordings && folded instanceof WordedFolded ? folded.texts.codes : null;
  // Where each place has a text of its own, what its wording tells is told of the place itself.
  if (column.isPlain && wordings) return markBy(into, wordings, held.by);
  const by = ofTexts(held, folded);
  if (column.isPlain) unite(into, by);
  else if (!column.isOne) markBy(into, column.codes, by);
  else if (by[0] === 1) into.fill(1);
}

function markBy(into: Uint8Array, codes: Codes, by: Uint8Array): void {
  for (let index = 0; index < into.length; index += 1) (into[index] as number) |= by[codes[index] as number] as number;
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) >= 128) return false;
  return true;
}

/** A bit for each of the bytes that occur; several share one. */
function lettersIn(bytes: Uint8Array, start: number, end: number): number {
  let mask = 0;
  for (let at = start; at < end; at += 1) mask |= 1 << ((bytes[at] as number) & 31);
  return mask;
}

function bitsIn(mask: number): number {
  let count = 0;
  for (let rest = mask >>> 0; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** What is no letter shares the bits from this one on. */
const OTHERS = 26;
/** Which consonants a word is made of, as far as `sound` keeps them apart: equal for words that sound alike. */
const CONSONANT = Int8Array.from({ length: 256 }, (_none, code) => {
  const letter = String.fromCharCode(code);
  if ("aeiouyh".includes(letter)) return -1;
  if ("cjkq".includes(letter)) return 10;
  if ("szx".includes(letter)) return 18;
  if ("vw".includes(letter)) return 21;
  return /[a-z]/.test(letter) ? code - 97 : OTHERS + (code % 6);
});

function skeletonOf(bytes: Uint8Array, start: number, end: number): number {
  let mask = 0;
  for (let at = start; at < end; at += 1) {
    const bit = CONSONANT[bytes[at] as number] as number;
    if (bit >= 0) mask |= 1 << bit;
  }
  return mask >>> 0;
}

function isSkeleton(bytes: Uint8Array, start: number, end: number, wanted: number): boolean {
  let mask = 0;
  for (let at = start; at < end; at += 1) {
    const bit = CONSONANT[bytes[at] as number] as number;
    if (bit < 0) continue;
    if ((wanted & (1 << bit)) === 0) return false;
    mask |= 1 << bit;
  }
  return mask >>> 0 === wanted;
}

/** The different words of many texts, each remembered by where it first stands. */
class WordSet {
  #slots = new Int32Array(1 << 12).fill(-1);
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  addAll(bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    for (let at = start; at <= end; at += 1) {
      if (at < end && bytes[at] !== 32 && bytes[at] !== 10) continue;
      if (at - from >= SHORTEST && !isNumber(bytes, from, at)) this.#add(bytes, from, at);
      from = at + 1;
    }
  }

  #add(bytes: Uint8Array, start: number, end: number): void {
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (let known = this.#slots[slot] as number; known >= 0; known = this.#slots[slot] as number) {
      if (this.#same(bytes, known, start, end)) return;
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = this.#starts.length;
    this.#starts.push(start);
    this.#ends.push(end);
    if (this.#starts.length * 2 > this.#slots.length) this.#grow(bytes);
  }

  #same(bytes: Uint8Array, known: number, start: number, end: number): boolean {
    const first = this.#starts[known] as number;
    if ((this.#ends[known] as number) - first !== end - start) return false;
    for (let at = 0; at < end - start; at += 1) if (bytes[first + at] !== bytes[start + at]) return false;
    return true;
  }

  #grow(bytes: Uint8Array): void {
    const [starts, ends] = [this.#starts.splice(0), this.#ends.splice(0)];
    this.#slots = new Int32Array(this.#slots.length * 4).fill(-1);
    starts.forEach((start, at) => this.#add(bytes, start, ends[at] as number));
  }

  words(bytes: Uint8Array): Folded {
    const starts = startsOf(this.#starts.map((start, at) => (this.#ends[at] as number) - start));
    const run = new Uint8Array(starts.at(-1) ?? 0);
    this.#starts.forEach((start, at) => run.set(bytes.subarray(start, this.#ends[at]), starts[at]));
    return new Folded(run, starts);
  }
}

function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) < 48 || (bytes[at] as number) > 57) return false;
  return true;
}
