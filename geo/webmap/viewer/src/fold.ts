/** Names compared as people mean them: case, accents, hyphens, invisible spaces and word spaces do not matter. */

const SAME_LETTER: Record<string, string> = { đ: "d", ø: "o", ł: "l", ß: "ss", œ: "oe", æ: "ae" };

/**
 * The form of a text that is compared, never shown. Latin accents go, Khmer and Thai signs stay; the law is
 * `fold(fold(text)) === fold(text)`.
 */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[đøłßœæ]/g, (letter) => SAME_LETTER[letter] ?? letter)
    .replace(/[\u00ad\u200b\u200c\u200d\u2060\ufeff'\u2018\u2019\u02bc`\u00b4]/g, "")
    .replace(/[\s.,;:/()\[\]"\u201c\u201d\u00ab\u00bb\u2010-\u2015-]+/g, " ")
    .trim();
}

/** Folded text without any space: Khmer is written without, and "Tuolsleng" means Tuol Sleng. */
export function compact(text: string): string {
  return fold(text).replaceAll(" ", "");
}

/** What a record is searched in, folded once: with spaces, and without. Its names stand first, apart from the rest. */
export interface Haystack {
  names: string;
  spaced: string;
  compact: string;
}

export function haystack(names: readonly (string | undefined)[], texts: readonly (string | undefined)[]): Haystack {
  const folded = (all: typeof names): string[] => all.filter((text): text is string => Boolean(text)).map(fold);
  const own = folded(names);
  const all = [...own, ...folded(texts)];
  return { names: `| ${own.join(" | ")} |`, spaced: all.join(" | "), compact: all.map((text) => text.replaceAll(" ", "")).join("|") };
}

/** How near a record is to a question that finds it: 0 when a name is just that, 1 when one begins so, 2 when one holds it, 3 otherwise. */
export function nearness(query: string, where: Haystack): number {
  const words = fold(query);
  if (where.names.includes(`| ${words} |`)) return 0;
  if (where.names.includes(`| ${words}`)) return 1;
  return words.split(" ").every((word) => where.names.includes(word)) || compact(where.names).includes(compact(query)) ? 2 : 3;
}

/** A question asked of haystacks: every word must be there, or the whole without its spaces. */
export function finder(query: string): (searched: () => Haystack) => boolean {
  const words = fold(query).split(" ").filter(Boolean);
  if (words.length === 0) return () => true;
  const whole = words.join("");
  return (searched) => {
    const where = searched();
    return words.every((word) => where.spaced.includes(word)) || where.compact.includes(whole);
  };
}
