/** The chosen days in words. */

import { edtfWords } from "../dates.ts";
import type { Language } from "../payload.ts";
import type { Years } from "../state.ts";
import { say } from "../words.ts";
import { firstDay, lastDay, monthOf, monthText } from "./scale.ts";

/** Whether an end of the chosen days is left open: the first and the last day that an address can name. */
export function isOpen(day: string): boolean {
  return day <= "0001-01-01" || day >= "9999-12-31";
}

/** Whole months by their names, other days in full; "until" and "from … on" where an end is open. */
export function yearsWords({ from, to }: Years, language: Language): string {
  const begin = firstDay(monthOf(from)) === from ? monthText(monthOf(from)) : from;
  const end = isOpen(to) || lastDay(monthOf(to)) !== to ? to : monthText(monthOf(to));
  if (isOpen(from)) return say(language, "date.to", { date: edtfWords(end, language) });
  if (isOpen(to)) return say(language, "date.after", { date: edtfWords(begin, language) });
  if (begin === end) return edtfWords(begin, language);
  return say(language, "date.between", { from: edtfWords(begin, language), to: edtfWords(end, language) });
}
