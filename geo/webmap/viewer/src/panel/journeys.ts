/** Journeys in words: the way and how well each part is known, how many people by whose word, and why one is not drawn. */

import { boundsWords, unitWords } from "../bounds.ts";
import type { Model } from "../model.ts";
import type { Language, Payload, Route } from "../payload.ts";
import type { Width } from "../widths.ts";
import { isWord, pick, say } from "../words.ts";
import { rangeWords } from "./ranges.ts";
import { shortNote } from "./refs.ts";

/** So many sources are named beside a figure in the list; the card names all. */
const NAMED = 3;

function certaintyWord(certainty: string, language: Language): string {
  const key = `certainty.${certainty}`;
  return isWord(key) ? say(language, key) : certainty;
}

/** "From A to B (documented), on to C (assumed)"; of a journey without parts the places that its sources name. */
export function wayWords(route: Pick<Route, "segments" | "way" | "stops">, language: Language): string {
  const parts = route.segments.length > 0 ? route.segments : (route.way ?? []);
  if (parts.length === 0) {
    const places = [...new Set(route.stops.map((stop) => stop.name))].join(", ");
    return places ? say(language, "route.places", { places }) : "";
  }
  const words = parts.map(({ from, to, certainty }, index) => {
    const sure = certaintyWord(certainty, language);
    return parts[index - 1]?.to === from
      ? say(language, "route.onward", { to, certainty: sure }) : say(language, "route.leg", { from, to, certainty: sure });
  });
  const text = words.join(", ");
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

/** How far the figures of a journey reach, with the unit: "22 000 people", "at least 30 000 people". */
export function widthFigure({ said }: Width, terms: Payload["terms"], language: Language): string {
  if (said.claims.length > 1) return rangeWords({ ...said, scopes: 1 }, terms, language);
  return `${boundsWords(said, language)} ${unitWords(said, terms, language)}`;
}

/** What is counted, how many, and by whom; null without a figure for the whole journey. */
export function peopleWords(width: Width | undefined, { payload }: Model, language: Language): string | null {
  if (!width) return null;
  const { said } = width;
  const term = payload.terms.measures[said.measure];
  const notes = said.claims.flatMap((index) => {
    const source = payload.claims[index]?.reference.source;
    return source === undefined ? [] : [payload.sources[source]?.note ?? source];
  });
  const by = [...new Set(notes)].map((note) => shortNote(note));
  const named = by.slice(0, NAMED).join("; ");
  const sources = by.length > NAMED ? say(language, "route.sources.more", { sources: named, n: by.length - NAMED }) : named;
  const label = term ? pick(term.label, language).text : said.measure;
  return say(language, "route.people", { measure: label, figure: widthFigure(width, payload.terms, language), sources });
}

/** Why a journey is not drawn, from what is known of its places; null for one that is. */
export function reasonWords(route: Route, model: Model, language: Language): string | null {
  if (route.segments.length > 0) return null;
  if (route.stops.length < 2) return say(language, "route.reason.one");
  const lost = route.stops.filter((stop) => !stop.site || !model.sites.get(stop.site)?.point).map((stop) => stop.name);
  if (lost.length > 0) return say(language, "route.reason.lost", { places: [...new Set(lost)].join(", ") });
  return say(language, "route.reason.way");
}
