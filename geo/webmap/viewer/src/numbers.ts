/** Numbers as people read them. A figure of a source keeps its digits; only spaces are set between its thousands. */

import type { Language } from "./payload.ts";

const KHMER_DIGITS = "០១២៣៤៥៦៧៨៩";
const FIXED_SPACE = "\u00a0";

/** The interface's own numbers (counts, years, distances) in the digits of the language. */
export function digits(text: string | number, language: Language): string {
  const plain = String(text);
  return language === "km" ? plain.replace(/[0-9]/g, (digit) => KHMER_DIGITS.charAt(Number(digit))) : plain;
}

/** A text with the digits that a reader typed in Khmer as Latin ones. */
export function latinDigits(text: string): string {
  return text.replace(/[០-៩]/g, (digit) => String(KHMER_DIGITS.indexOf(digit)));
}

/** A count of the interface: from ten thousand on with a fixed space between its thousands, as sentences have it. */
export function counted(count: number, language: Language): string {
  return digits(count >= 10_000 ? grouped(String(count)) : count, language);
}

/** A bound that is the interface's own, or the reader's: spaces between its thousands, in the digits of the language. */
export function bound(value: number, language: Language): string {
  return digits(grouped(String(value)), language);
}

/**
 * A number of a source, letter for letter, with a fixed space between thousands: neither comma nor point, which
 * mean opposite things in the three languages. Text that is not a plain number comes back untouched.
 */
export function grouped(text: string): string {
  const match = /^([+-]?)([0-9]{4,})(\.[0-9]+)?$/.exec(text.trim());
  if (!match) return text;
  const [, sign = "", whole = "", fraction = ""] = match;
  return sign + whole.replace(/\B(?=([0-9]{3})+$)/g, FIXED_SPACE) + fraction;
}

/** A radius in metres as a short distance: "50 m", "1.5 km"; the unit words come from the caller. */
export function distance(metres: number, language: Language, units: { m: string; km: string }): string {
  const inKilometres = metres >= 1000;
  const value = inKilometres ? Math.round(metres / 100) / 10 : Math.round(metres);
  const text = language === "en" ? String(value) : String(value).replace(".", ",");
  return `${digits(text, language)}\u00a0${inKilometres ? units.km : units.m}`;
}

/** The value by which an area is shaded: the lower bound, or the upper one where a source gives no other. */
export function shadingValue(claim: { low?: string; high?: string }): number | null {
  const text = claim.low || claim.high;
  if (!text || !/^[+-]?[0-9]+(\.[0-9]+)?$/.test(text.trim())) return null;
  return Number(text);
}
