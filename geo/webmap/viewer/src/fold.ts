/**
 * Names compared as people mean them. The rules are those of `fold` and `sound` in geo/gazetteer.py, letter for letter;
 * tests/fold_vectors.json holds both to them.
 */

// Marks that sit on Latin, Greek and Cyrillic letters. Khmer and Thai vowel signs stand elsewhere and are letters to us.
export const ACCENTS = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/gu;
// Letters that do not decompose, and are typed without their stroke by people who lack the key (Vietnamese đ above all).
const PLAIN: Record<string, string> = { đ: "d", ø: "o", ł: "l", ı: "i", ð: "d", þ: "th", æ: "ae", œ: "oe", ħ: "h", ŧ: "t" };
const APOSTROPHES = /['`\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u2018\u2019\u201b\u2032\uff07]/gu;
// Format characters, and what is invisible in Khmer text though not of their category.
const INVISIBLE = /[\p{Cf}\u17b4\u17b5\u180b-\u180d\u3164\ufe00-\ufe0f]/gu;
const APART = /[\p{P}\p{Z}\p{C}]+/gu;
const DIGIT = /\p{Nd}/gu;
const KHMER_CLUSTER = /([\u1780-\u17b3])((?:\u17d2[\u1780-\u17b3]|[\u17b6-\u17d1\u17d3\u17dd])+)/gu;
const KHMER_PART = /\u17d2[\u1780-\u17b3]|[\u17b6-\u17d1\u17d3\u17dd]/gu;
/** Written in two ways that look the same: above all a DA below the line, which is drawn as a TA. */
const KHMER_TWINS = [["\u17d2\u178a", "\u17d2\u178f"], ["\u17c1\u17b8", "\u17be"], ["\u17c1\u17b6", "\u17c4"]] as const;

/**
 * The form of a name in which its spellings are equal; it is compared, never shown. Case, accents, width, invisible
 * characters, punctuation and runs of spaces go; Khmer signs stay, in the order of the standard.
 */
export function fold(text: string): string {
  let folded = foldOnce(text);
  for (let again = foldOnce(folded); again !== folded; again = foldOnce(folded)) folded = again;
  return folded;
}

/** Folded text without any space: Khmer is written without, and "Tuolsleng" means Tuol Sleng. */
export function compact(text: string): string {
  return fold(text).replaceAll(" ", "");
}

function foldOnce(text: string): string {
  // What nearly all texts need, and no more: a page folds tens of thousands of them.
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase().replace(/['`]/g, "").replace(/[^a-z0-9$+<=>^|~]+/g, " ").trim();
  return caseless(text.normalize("NFKD"))
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .replace(/[đøłıðþæœħŧ]/gu, (letter) => PLAIN[letter] ?? letter)
    .replace(APOSTROPHES, "")
    .replace(INVISIBLE, "")
    .replace(DIGIT, asciiDigit)
    .replace(APART, " ")
    .trim()
    .replace(KHMER_CLUSTER, ordered);
}

/** One letter after the other: lower case of a whole word would give the last sigma of a Greek one another form. */
export function caseless(text: string): string {
  let folded = "";
  for (const letter of text) folded += letter === "ı" ? letter : letter.toUpperCase().toLowerCase();
  return folded;
}

function asciiDigit(digit: string): string {
  // Digits of every script stand in runs of ten that begin with their zero.
  let below = 0;
  while (/^\p{Nd}$/u.test(String.fromCodePoint((digit.codePointAt(0) ?? 0) - below - 1))) below += 1;
  return String(below % 10);
}

function ordered(_cluster: string, base: string, tail: string): string {
  let signs = tail;
  for (const [twin, form] of KHMER_TWINS) signs = signs.replaceAll(twin, form);
  const parts = signs.match(KHMER_PART) ?? [];
  return base + parts.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)).join("");
}

function rank(part: string): number {
  if (part.startsWith("\u17d2")) return part[1] === "\u179a" ? 2 : 1; // the RO that is drawn before its consonant comes last
  if (part === "\u17cc") return 0;
  if (part === "\u17c9" || part === "\u17ca") return 3;
  return part >= "\u17b6" && part <= "\u17c5" ? 4 : 5;
}

const SAME_SOUND = [
  ["ph", "p"], ["th", "t"], ["kh", "k"], ["ch", "c"], ["gh", "g"], ["bh", "b"], ["dh", "d"],
  ["ck", "k"], ["q", "k"], ["w", "v"], ["z", "s"], ["x", "s"], ["j", "c"],
] as const;

/** The key that romanised spellings of one folded word share: "toul" and "tuol" are "t*l". Without Latin letters the word itself. */
export function sound(word: string): string {
  if (!/[a-z]/.test(word)) return word;
  let key = word;
  for (const [written, heard] of SAME_SOUND) key = key.replaceAll(written, heard);
  return key.replace(/[aeiouy]+/g, "*").replace(/(.)\1+/gu, "$1").replace(/h$/, "");
}
