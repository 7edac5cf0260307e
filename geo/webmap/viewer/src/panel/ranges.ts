/** How far the sources reach together: said above the figures of a measure, never instead of them. */

import { boundsWords, unitWords } from "../bounds.ts";
import { edtfWords } from "../dates.ts";
import { el } from "../dom.ts";
import type { Language, Payload, Range } from "../payload.ts";
import { say } from "../words.ts";

/** "12 272 – 20 000 persons", and "or more" where one of the sources sets no upper bound. */
export function rangeWords(range: Range, terms: Payload["terms"], language: Language): string {
  const bounds = { low: range.least ?? range.low ?? "", high: range.most ?? range.high ?? "", unit: range.unit };
  const words = `${boundsWords(bounds, language)} ${unitWords(bounds, terms, language)}`;
  if (range.low && range.high) return words;
  if (!range.low && !range.high) return say(language, "range.openboth", { range: words });
  return `${words} ${say(language, range.low ? "range.ormore" : "range.orfewer")}`;
}

export function rangeLine(range: Range, terms: Payload["terms"], language: Language): HTMLElement {
  const [first, last] = [range.times?.[0], range.times?.at(-1)];
  const remarks = [
    say(language, "range.counts"),
    first && last ? say(language, "range.times", { from: edtfWords(first, language), to: edtfWords(last, language) }) : "",
  ];
  return el(
    "p",
    { class: "range" },
    el("span", {}, say(language, "range.between", { range: rangeWords(range, terms, language), n: range.claims.length })),
    el("span", { class: "more" }, remarks.filter(Boolean).join(" ")),
  );
}
