/**
 * Words looked for in records: as typed, and where nothing answers as the nearest names are spelled. The rules are those
 * of geo/query/searching.py and geo/catalogue/indexing.py.
 */

import { fold, sound } from "../fold.ts";

/** What a record is searched in, folded once. */
export interface Haystack {
  /** Its names, between bars. */
  names: string;
  /** Every text, one a line; names, and places that it names, also without their spaces. */
  lines: string;
}

type Texts = readonly (string | undefined)[];

function folded(all: Texts): string[] {
  return all.flatMap((text) => (text && fold(text)) || []);
}

/** Names between bars, as a record is searched in them. */
export function barred(names: Texts): string {
  return `| ${folded(names).join(" | ")} |`;
}

/** Names are joined and parted freely, in every script of the region; other texts are not. */
export function haystack(names: Texts, places: Texts, texts: Texts): Haystack {
  const own = folded(names);
  const lines = [...own, ...folded(places)].flatMap((text) => [text, text.replaceAll(" ", "")]);
  return { names: `| ${own.join(" | ")} |`, lines: [...new Set([...lines, ...folded(texts)])].join("\n") };
}

/** A question: for each word the forms that may stand for it, and the whole as one word. */
export interface Wanted {
  words: readonly (readonly string[])[];
  whole: string;
}

/** Shorter texts are too common to tell anything of a name. */
export const SHORTEST = 3;

export function lettersOf(word: string): number {
  return [...word].length;
}

/** Where letters and digits meet in a word. */
const MEETING = /(?<=[0-9])(?=[^0-9])|(?<=[^0-9])(?=[0-9])/gu;

/** A folded word, and what it is when its letters and digits stand apart: "s21" and "s 21". */
function spelt(word: string): string[] {
  return [...new Set([word, word.replace(MEETING, " ")])];
}

/** The words of a question of which each stands for itself alone; null where one may be another. */
export function typedIn(words: Wanted["words"]): string[] | null {
  const typed = words.map(([word = ""]) => word);
  return words.every((forms, at) => forms.join() === spelt(typed[at] as string).join()) ? typed : null;
}

function wanted(words: readonly (readonly string[])[]): Wanted {
  const whole = typedIn(words)?.join("") ?? "";
  return { words, whole: words.length > 1 && [...whole].length >= SHORTEST ? whole : "" };
}

export function asTyped(query: string): Wanted {
  return wanted([...new Set(fold(query).split(" ").filter(Boolean))].map(spelt));
}

/** Every word must be in a text of the record, or the whole in one. */
export function holds({ lines }: Haystack, { words, whole }: Wanted): boolean {
  return words.every((forms) => forms.some((form) => lines.includes(form))) || (whole !== "" && lines.includes(whole));
}

/** How near a record is to a question that finds it: 0 when a name is just that, 1 when one begins so, 2 when one holds it, 3 otherwise. */
export function nearness({ names }: Pick<Haystack, "names">, { words, whole }: Wanted): number {
  const typed = typedIn(words);
  const spelled = typed ? [typed.join(" "), words.map((forms) => forms.at(-1)).join(" ")] : [];
  if (spelled.some((name) => names.includes(`| ${name} |`))) return 0;
  if (spelled.some((name) => names.includes(`| ${name}`))) return 1;
  const inNames = words.every((forms) => forms.some((form) => names.includes(form)));
  return inNames || (whole !== "" && names.replaceAll(" ", "").includes(whole)) ? 2 : 3;
}

/** Words of four letters or more may hold one slip, from eight on two. */
function slipsIn(word: string): number {
  const letters = lettersOf(word);
  return letters < 4 ? 0 : letters < 8 ? 1 : 2;
}

/** Whether one word becomes the other by so many slips at most: a letter too many, too few, another, or two in turned order. */
export function within(one: string, other: string, slips: number): boolean {
  if (Math.abs(one.length - other.length) > 2 * slips) return false;
  const [a, b] = [[...one], [...other]];
  if (Math.abs(a.length - b.length) > slips) return false;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_none, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : Infinity;
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(changed, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, swap));
    }
    if (Math.min(...row) > slips) return false;
    [before, last] = [last, row];
  }
  return (last[b.length] ?? Infinity) <= slips;
}

/** Whether a word of a name tells enough of it to be what a mistyped one was meant to be. */
export function isNameWord(word: string): boolean {
  return lettersOf(word) >= SHORTEST && !/^[0-9]+$/.test(word);
}

/** Words that a mistyped one may have been: those that sound alike or lie within some slips, and maybe others. */
export interface NameWords {
  alike: (word: string) => Iterable<string>;
  near: (word: string, slips: number) => Iterable<string>;
}

/** The words of names nearest to one that was typed: those that sound alike, else those within the fewest slips. */
export function nearest(word: string, names: readonly NameWords[], occurs: (name: string) => boolean): string[] {
  const key = sound(word);
  const chosen = (some: Iterable<string>[], fits: (name: string) => boolean): string[] => {
    const fitting = new Set<string>();
    for (const words of some) for (const name of words) if (fits(name)) fitting.add(name);
    return [...fitting].filter(occurs).sort();
  };
  const alike = key === "*" ? [] : chosen(names.map((one) => one.alike(word)), (name) => sound(name) === key);
  if (alike.length > 0) return alike;
  for (let slips = 1; slips <= slipsIn(word); slips += 1) {
    const near = chosen(names.map((one) => one.near(word, slips)), (name) => name !== word && within(word, name, slips));
    if (near.length > 0) return near;
  }
  return [];
}

/** The words of some names. */
export function nameWords(all: readonly Haystack[]): NameWords {
  const names = all.flatMap((where) => where.names.split("|").map((name) => name.trim()));
  const words = [...new Set(names.flatMap((name) => [...name.split(" "), name.replaceAll(" ", "")]))].filter(isNameWord);
  return { alike: () => words, near: () => words };
}

/** The records of one list, as they are searched. */
export interface Searched {
  /** Whether any record answers. */
  any: (wanted: Wanted) => boolean;
  /** Whether a word occurs in any record. */
  occurs: (word: string) => boolean;
  /** Whether anything that occurs could be what a mistyped word was meant to be; asked before the words of a million names are. */
  mayMean?: (word: string) => boolean;
}

/** What the reader asks of a list. */
export interface Search {
  wanted: Wanted;
  /** What the question was read as, when nothing answers it as typed. */
  readAs?: string;
}

/** Records as they are searched; `sieved` where there are so many names that their own texts are asked first. */
export function searched(all: readonly Haystack[], sieved = false): Searched {
  const plain = {
    any: (wanted: Wanted): boolean => all.some((where) => holds(where, wanted)),
    occurs: (word: string): boolean => all.some((where) => where.lines.includes(word)),
  };
  let lines: readonly Line[] | undefined;
  return sieved ? { ...plain, mayMean: (word) => (lines ??= linesOf(all)).some((line) => holdsNear(line, word)) } : plain;
}

/** A text, and of each letter the sound with which what follows begins. */
interface Line {
  text: string;
  heard: readonly string[];
}

function linesOf(all: readonly Haystack[]): Line[] {
  const texts = new Set(all.flatMap((where) => where.lines.split("\n")));
  return Array.from(texts, (text) => ({ text, heard: Array.from({ length: text.length }, (_none, at) => sound(text.slice(at, at + 2))[0] ?? "") }));
}

/** Of a letter, a bit; several share one. */
function bitOf(text: string, at: number): number {
  return 1 << (text.charCodeAt(at) & 31);
}

function bitsIn(mask: number): number {
  let count = 0;
  for (let rest = mask >>> 0; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

const VOWELS = /[aeiouyh]/;

/** Whether a part of a text sounds like a word, or lies within its slips. */
function holdsNear({ text: line, heard }: Line, word: string): boolean {
  const [key, slips] = [sound(word), slipsIn(word)];
  let mask = 0;
  for (let at = 0; at < word.length; at += 1) mask |= bitOf(word, at);
  // What sounds alike begins alike, but for letters that are written in several ways.
  const begins = key[0] ?? "";
  for (let from = 0; from < line.length; from += 1) {
    let letters = 0;
    const alike = key !== "*" && (heard[from] === begins || VOWELS.test(line[from] ?? ""));
    const longest = alike ? line.length : Math.min(line.length, from + word.length + 2 * slips);
    for (let to = from + 1; to <= longest; to += 1) {
      letters |= bitOf(line, to - 1);
      const part = line.slice(from, to);
      if (alike && part.length >= SHORTEST) {
        const said = sound(part);
        if (said === key) return true;
        // More letters are never fewer sounds.
        if (said.length > key.length + 2 && to >= from + word.length + 2 * slips) break;
      }
      if (slips > 0 && bitsIn(letters ^ mask) <= 4 * slips && within(word, part, slips)) return true;
    }
  }
  return false;
}

/**
 * Read a question to one list. Only when none of its records answers, each word that occurs in none is read as the
 * nearest words of names that do; and when still none answers, each of the others as itself or as these.
 */
export function search(query: string, records: Searched, names: () => readonly NameWords[]): Search {
  const typed = asTyped(query);
  if (typed.words.length === 0 || records.any(typed)) return { wanted: typed };
  const known = new Map<string, string[]>();
  const near = (word: string): string[] => {
    const found = known.get(word) ?? (records.mayMean?.(word) === false ? [] : nearest(word, names(), records.occurs));
    known.set(word, found);
    return found;
  };
  for (const freely of [false, true]) {
    const meant = typed.words.map(([word = ""]) => {
      const short = lettersOf(word) < SHORTEST;
      const forms = spelt(word);
      const held = short || forms.some(records.occurs);
      const others = short || (held && !freely) ? [] : near(word);
      return held || others.length === 0 ? [...new Set([...forms, ...others])] : others;
    });
    const read = wanted(meant);
    if (meant.some((forms, at) => forms.join() !== typed.words[at]?.join()) && records.any(read)) {
      return { wanted: read, readAs: meant.map((forms) => forms.filter((form) => !form.includes(" ")).join(" / ")).join(" ") };
    }
  }
  return { wanted: typed };
}
