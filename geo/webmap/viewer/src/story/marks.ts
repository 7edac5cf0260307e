/** The text of a chapter with its marks: `[2]` stands where the second of its sources says it. */

export type Piece = string | number;

/** Text and numbers of sources in turn; a mark that leads to none of `count` sources stays text. */
export function pieces(text: string, count: number): Piece[] {
  return text.split(/(\[\d+\])/).flatMap((part): Piece[] => {
    if (!part) return [];
    const number = /^\[\d+\]$/.test(part) ? Number(part.slice(1, -1)) : 0;
    return [number >= 1 && number <= count ? number : part];
  });
}

/** A text and its last few letters, which a mark after it must not be parted from by the end of a line. */
export function withTail(text: string, letters = 4): [string, string] {
  const all = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)];
  const at = all.at(-letters)?.index ?? 0;
  return [text.slice(0, at), text.slice(at)];
}
