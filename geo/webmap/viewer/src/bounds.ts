/** The figure of a claim in words: its bounds as the source leaves them, open or closed, never filled in. */

import { edtfWords } from "./dates.ts";
import { grouped } from "./numbers.ts";
import type { Claim, Language, Payload } from "./payload.ts";
import { pick, say } from "./words.ts";

const DATE_UNITS = new Set(["date", "year", "edtf"]);

/** Whether the bounds are dates; they get no thousands space and are said as dates. */
export function isDate(claim: Pick<Claim, "unit">): boolean {
  return DATE_UNITS.has(claim.unit);
}

/** "14 000 – 17 000", "at least 12 273", "up to 20 000", "October 1975"; without the unit. */
export function boundsWords(claim: Pick<Claim, "low" | "high" | "unit">, language: Language): string {
  const words = (text: string): string => (isDate(claim) ? edtfWords(text, language) : grouped(text));
  const low = claim.low ? words(claim.low) : "";
  const high = claim.high ? words(claim.high) : "";
  if (low && high) {
    if (claim.low === claim.high) return low;
    return say(language, isDate(claim) ? "bounds.between" : "bounds.range", { low, high });
  }
  // A source that gives one date gives that date; of a number it gives a lower bound.
  if (low) return isDate(claim) ? low : say(language, "bounds.atleast", { low });
  if (high) return say(language, isDate(claim) ? "bounds.notafter" : "bounds.upto", { high });
  return "";
}

/** The unit as a word of the page, in the singular beside a one; none for dates, which speak for themselves. */
export function unitWords(claim: Pick<Claim, "unit" | "low" | "high">, terms: Payload["terms"], language: Language): string {
  if (isDate(claim)) return "";
  const term = terms.units[claim.unit];
  const label = term ? pick(term.label, language) : { text: claim.unit, language };
  const isOne = (claim.low ?? "1") === "1" && (claim.high ?? "1") === "1";
  return isOne ? singular(label.text, label.language) : label.text;
}

function singular(plural: string, language: Language): string {
  if (language === "km") return plural;
  if (language === "fr") return plural.replace(/(?<=[a-zé]{3})s\b/g, "");
  if (plural === "people") return "person";
  return plural.endsWith("ies") ? `${plural.slice(0, -3)}y` : plural.replace(/(?<=[a-z]{2})s(?= |$)/, "");
}
