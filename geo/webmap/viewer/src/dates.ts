/** EDTF (ISO 8601-2) dates as people say them, in three languages. What cannot be read is shown as it stands. */

import months from "../words/months.json";
import { digits } from "./numbers.ts";
import type { Language } from "./payload.ts";
import { say } from "./words.ts";

const MONTHS: Record<Language, readonly string[]> = months;
const SEASONS = ["season.1", "season.2", "season.3", "season.4"] as const;

function yearWords(year: string, language: Language): string {
  if (/^[0-9]{3}X$/.test(year)) return say(language, "date.decade", { decade: digits(`${year.slice(0, 3)}0`, language) });
  if (/X/.test(year)) {
    const years = `${year.replaceAll("X", "0")}–${year.replaceAll("X", "9")}`;
    return say(language, "date.century", { years: digits(years, language) });
  }
  return say(language, "date.year", { year: digits(year, language) });
}

function monthName(month: string, language: Language): string {
  return MONTHS[language][Number(month) - 1] ?? month;
}

function dayWords(day: string, language: Language): string {
  if (language === "fr" && day === "01") return "1er";
  return digits(Number(day), language);
}

/** One date without its qualifiers: year, month or season, day; `X` stands for what is not stated. */
function plainWords(text: string, language: Language): string | null {
  const match = /^([0-9X]{4})(?:-([0-9]{2}|XX)(?:-([0-9]{2}|XX))?)?$/.exec(text);
  if (!match) return null;
  const [, year = "", month, day] = match;
  const inYear = yearWords(year, language);
  if (month === undefined || (month === "XX" && day === undefined)) return inYear;
  if (month === "XX") return say(language, "date.sometime", { year: digits(year, language) });
  if (Number(month) > 12) {
    const season = SEASONS[Number(month) - 21];
    return season && day === undefined ? say(language, "date.season", { season: say(language, season), year: inYear }) : null;
  }
  if (Number(month) < 1) return null;
  const name = monthName(month, language);
  if (day === undefined) return say(language, "date.month", { month: name, year: inYear });
  if (day === "XX") return say(language, "date.someday", { month: name, year: inYear });
  return say(language, "date.day", { day: dayWords(day, language), month: name, year: inYear });
}

/** One date with its qualifiers: `?` uncertain, `~` approximate, `%` both, after the whole or any part. */
function dateWords(text: string, language: Language): string | null {
  const plain = plainWords(text.replace(/[?~%]/g, ""), language);
  if (plain === null) return null;
  const both = text.includes("%") || (text.includes("?") && text.includes("~"));
  if (both) return say(language, "date.about.uncertain", { date: plain });
  if (text.includes("?")) return say(language, "date.uncertain", { date: plain });
  if (text.includes("~")) return say(language, "date.about", { date: plain });
  return plain;
}

function intervalWords(from: string, to: string, language: Language): string | null {
  const [open, first] = [from === "" || from === "..", dateWords(from, language)];
  const [endless, last] = [to === "" || to === "..", dateWords(to, language)];
  if ((!open && first === null) || (!endless && last === null)) return null;
  if (open && endless) return say(language, "date.unknown");
  if (open) return say(language, "date.before", { date: last ?? "" });
  if (endless) return say(language, "date.after", { date: first ?? "" });
  return say(language, "date.between", { from: first ?? "", to: last ?? "" });
}

/** An EDTF text in words; the text itself when it is not one that we can say. */
export function edtfWords(edtf: string, language: Language): string {
  const text = edtf.trim();
  const [from = "", to, more] = text.split("/");
  const words = to === undefined ? dateWords(from, language) : intervalWords(from, to, language);
  return more === undefined && words !== null ? words : text;
}

/** When something happened that has an end of its own, or none. */
export function whenWords({ date, end }: { date: string; end?: string }, language: Language): string {
  const from = edtfWords(date, language);
  return end ? say(language, "date.between", { from, to: edtfWords(end, language) }) : from;
}

/** An end of a record: an interval there means that it lies somewhere within. */
export function endWords(edtf: string, language: Language): string {
  const [from = "", to = ""] = edtf.split("/");
  const closed = /^[0-9X]/.test(from) && /^[0-9X]/.test(to);
  if (!closed) return edtfWords(edtf, language);
  return say(language, "date.within", { from: edtfWords(from, language), to: edtfWords(to, language) });
}

/** Beginning and end of a record in one short phrase; empty when neither is known. */
export function spanWords(record: { begin?: string; end?: string }, language: Language): string {
  const begin = record.begin ? endWords(record.begin, language) : "";
  const end = record.end ? endWords(record.end, language) : "";
  const within = Boolean(record.begin?.includes("/") || record.end?.includes("/"));
  const begun = begin ? say(language, "date.begun", { when: begin }) : "";
  const ended = end ? say(language, "date.ended", { when: end }) : "";
  if (within) return [begun, ended].filter(Boolean).join(", ");
  if (begin && end) return begin === end ? begin : say(language, "date.between", { from: begin, to: end });
  if (begin) return say(language, "date.from", { date: begin });
  return end ? say(language, "date.to", { date: end }) : "";
}
