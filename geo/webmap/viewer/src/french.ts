/** French dates take an article where English has none: "depuis le 17 avril", "à partir d’avril", "jusqu’en 1979". */

type Articles = Record<"le" | "de" | "a" | "en", string>;

const DAY: Articles = { le: "le ", de: "du ", a: "au ", en: "le " };
const DECADE: Articles = { le: "les ", de: "des ", a: "aux ", en: "dans les " };
const SPRING: Articles = { ...DAY, en: "au " };
const SEASON: Articles = { le: "l’", de: "de l’", a: "à l’", en: "à l’" };
const YEAR: Articles = { le: "", de: "de ", a: "en ", en: "en " };
/** Months that begin with a vowel. */
const AVRIL: Articles = { ...YEAR, de: "d’" };
/** Whatever else a date is, such as "vers 1975", and names of places. */
const OTHER: Articles = { le: "", de: "de ", a: "à ", en: "" };
const VOWEL: Articles = { ...OTHER, de: "d’" };

function articles(date: string): Articles {
  if (/^([0-9]{1,2}|1er) /.test(date)) return DAY;
  if (/^années /.test(date)) return DECADE;
  if (/^printemps /.test(date)) return SPRING;
  if (/^(été|automne|hiver) /.test(date)) return SEASON;
  if (/^(avril|août|octobre) /.test(date)) return AVRIL;
  if (/^([0-9]{4}$|jan|fév|mars |mai |juin|juil|sept|nov|déc)/.test(date)) return YEAR;
  return /^[aeiouéâœ]/i.test(date) ? VOWEL : OTHER;
}

/** A date in French words after "depuis" (`le`), "à partir" (`de`), "jusqu’" (`a`) or "commencé" (`en`). */
export function withArticle(date: string, form: string): string {
  return (Object.hasOwn(DAY, form) ? articles(date)[form as keyof Articles] : "") + date;
}
