/** What an entry of the list says: a place, a journey, an area, the whole country. */

import { boundsWords, unitWords } from "../bounds.ts";
import { spanWords } from "../dates.ts";
import { el, langTag } from "../dom.ts";
import type { Figures } from "../figures.ts";
import { timing } from "../find/timing.ts";
import { siteSign } from "../map/places.ts";
import { type Model, siteNames } from "../model.ts";
import type { Area, Route, Site } from "../payload.ts";
import type { State } from "../state.ts";
import { NEUTRAL, colour, dashes } from "../symbols.ts";
import type { Width } from "../widths.ts";
import { DATA_LANGUAGE, isWord, pick, say } from "../words.ts";
import { peopleWords, reasonWords, wayWords } from "./journeys.ts";
import { stroke } from "./legend_signs.ts";

/** Said of a record whose time meets the chosen years only possibly. */
export function maybeWords(record: Site | Route, { years, language }: State): string {
  return years !== null && timing(record, years) === "possible" ? say(language, "time.possibly") : "";
}

export function siteEntry(site: Site, model: Model, state: State): HTMLElement {
  const { language } = state;
  const [name, other] = siteNames(site, language);
  const province = model.provinceName(site, language);
  const standing = `standing.${site.standing}`;
  const facts = [
    province?.text,
    spanWords(site, language) || say(language, "undated"),
    isWord(standing) ? say(language, standing) : site.standing,
    maybeWords(site, state),
  ];
  return el(
    "span",
    { class: "entry" },
    el("span", { class: "mark" }, siteSign(site, model, 17)),
    el("span", { class: "entry-name", lang: langTag(name.language) }, name.text),
    other ? el("span", { class: "entry-other", lang: langTag(other.language) }, other.text) : null,
    el("span", { class: "entry-facts" }, facts.filter(Boolean).join(" · ")),
  );
}

export function routeEntry(route: Route, width: Width | undefined, model: Model, state: State): HTMLElement {
  const { language } = state;
  const kind = model.payload.terms.route_kinds[route.kind];
  const tint = colour(kind?.colour, NEUTRAL);
  // The mark shows the least that is known of any part.
  const parts = new Set(route.segments.map((segment) => segment.certainty));
  const certainty = (["assumed", "reconstructed"] as const).find((word) => parts.has(word)) ?? "documented";
  const label = kind ? pick(kind.label, language).text : route.kind;
  const people = peopleWords(width, model, language) ?? say(language, "route.nopeople");
  const line = (name: string, text: string | null): HTMLElement | null => (text ? el("span", { class: name }, text) : null);
  return el(
    "span",
    { class: "entry entry-route" },
    el("span", { class: "mark" }, route.segments.length > 0 ? stroke(tint, dashes(certainty), 22) : null),
    el("span", { class: "entry-name", lang: DATA_LANGUAGE }, route.name),
    line("entry-facts", [label, spanWords(route, language) || say(language, "undated"), maybeWords(route, state)].filter(Boolean).join(" · ")),
    line("entry-way", wayWords(route, language)),
    line("entry-people", people),
    line("entry-reason", reasonWords(route, model, language)),
  );
}

export function nationEntry(nation: Area, { language }: State): HTMLElement {
  const name = pick(nation.name, language);
  return el(
    "span",
    { class: "entry" },
    el("span", { class: "mark" }),
    el("span", { class: "entry-name", lang: name.language }, name.text),
    el("span", { class: "entry-facts" }, say(language, "list.claims", { n: nation.claims.length })),
  );
}

export function areaEntry(area: Area, figures: Figures, model: Model, state: State): HTMLElement {
  const { language } = state;
  const name = pick(area.name, language);
  const other = language === "km" ? area.name.en : area.name.km;
  const scale = figures.scale(state.measure);
  const claim = scale?.claims.get(area.code);
  const swatch = el("span", { class: "swatch" });
  const shade = scale?.shadeOf(area.code);
  if (shade) swatch.style.backgroundColor = shade;
  else swatch.classList.add("swatch-none");
  const facts = claim
    ? `${boundsWords(claim, language)} ${unitWords(claim, model.payload.terms, language)}`
    : scale ? say(language, "legend.nofigure") : "";
  return el(
    "span",
    { class: "entry" },
    el("span", { class: "mark" }, scale ? swatch : null),
    el("span", { class: "entry-name", lang: name.language }, name.text),
    other ? el("span", { class: "entry-other", lang: language === "km" ? "en" : "km" }, other) : null,
    facts ? el("span", { class: "entry-facts" }, facts) : null,
  );
}
