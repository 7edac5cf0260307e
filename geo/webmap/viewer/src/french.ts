/** French dates take an article where English has none: "depuis le 17 avril", "à partir d’avril", "jusqu’en 1979". */

type Form = "le" | "de" | "a" | "en";

const DAY = /^(?:[0-9]{1,2}|1er) /;
const SEASON: Record<string, Record<Form, string>> = {
  printemps: { le: "le ", de: "du ", a: "au ", en: "au " },
  été: { le: "l’", de: "de l’", a: "à l’", en: "à l’" },
  automne: { le: "l’", de: "de l’", a: "à l’", en: "à l’" },
  hiver: { le: "l’", de: "de l’", a: "à l’", en: "à l’" },
};

/** A date in French words after "depuis" (`le`), "à partir" (`de`), "jusqu’" (`a`) or "commencé" (`en`). */
export function withArticle(date: string, form: string): string {
  if (form !== "le" && form !== "de" && form !== "a" && form !== "en") return date;
  if (DAY.test(date)) return { le: "le ", de: "du ", a: "au ", en: "le " }[form] + date;
  if (date.startsWith("années ")) return { le: "les ", de: "des ", a: "aux ", en: "dans les " }[form] + date;
  const season = SEASON[date.split(" ")[0] ?? ""];
  if (season) return season[form] + date;
  if (form === "le") return date;
  const plain = /^(?:[0-9]{4}$|(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre) )/.test(date);
  if (form === "en") return plain ? `en ${date}` : date;
  if (form === "a") return (plain ? "en " : "à ") + date;
  return (/^[aeiouéâœ]/i.test(date) ? "d’" : "de ") + date;
}
