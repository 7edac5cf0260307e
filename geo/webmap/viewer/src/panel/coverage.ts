/** How much of what is known to exist the atlas holds: counted beside what a source counts, never as a share. */

import { boundsWords } from "../bounds.ts";
import { edtfWords } from "../dates.ts";
import { el } from "../dom.ts";
import type { Coverage, Language, Payload } from "../payload.ts";
import { digits } from "../numbers.ts";
import { COLON, DATA_LANGUAGE, pick, say } from "../words.ts";

/** One sentence for each count, with its source; `cited` gives the citation in full. */
export function coverageList(payload: Payload, language: Language, cited: (entry: Coverage) => Node): HTMLElement {
  const items = payload.coverage.map((entry) => {
    const kinds = entry.kinds.map((kind) => {
      const term = payload.terms.kinds[kind];
      return term ? pick(term.label, language).text : kind;
    });
    const counted = boundsWords({ unit: "places", ...(entry.low ? { low: entry.low } : {}), ...(entry.high ? { high: entry.high } : {}) }, language);
    const blanks = { kinds: kinds.join(", "), held: digits(entry.held, language), counted };
    const words = entry.as_of
      ? say(language, "coverage.entry.asof", { ...blanks, when: edtfWords(entry.as_of, language) })
      : say(language, "coverage.entry", blanks);
    const note = entry.note ? pick(entry.note, language) : null;
    return el(
      "li",
      {},
      el("span", { class: "told" }, words),
      entry.scope ? el("span", { class: "more" }, say(language, "legend.counted"), COLON[language], el("span", { lang: DATA_LANGUAGE }, entry.scope)) : null,
      note ? el("span", { class: "more", lang: note.language }, note.text) : null,
      cited(entry),
    );
  });
  return el("ul", { class: "coverage" }, ...items);
}
