/** The inside of a card, by the schema of the record: a place, a journey, a province. */

import { endWords, spanWords } from "../dates.ts";
import { el, langTag } from "../dom.ts";
import { type Model, isArea, siteNames } from "../model.ts";
import { distance } from "../numbers.ts";
import type { Area, Language, Range, Relation, Route, Site } from "../payload.ts";
import type { Store, Tab } from "../state.ts";
import { colour, sign } from "../symbols.ts";
import { DATA_LANGUAGE, isWord, pick, say } from "../words.ts";
import { siteSign } from "../map/signs.ts";
import { changeList } from "./changes.ts";
import { claimsTable } from "./claims.ts";
import { Notes } from "./refs.ts";

export interface CardParts {
  title: HTMLElement[];
  body: (HTMLElement | null)[];
}

interface Desk {
  model: Model;
  store: Store;
  language: Language;
  notes: Notes;
  about: () => void;
}

export function desk(model: Model, store: Store, about: () => void): Desk {
  const { language } = store.state;
  return { model, store, language, notes: new Notes(model.payload.sources, language), about };
}

function section(heading: string, ...children: (Node | string | null)[]): HTMLElement | null {
  const kept = children.filter((child): child is Node | string => child !== null && child !== "");
  return kept.length === 0 ? null : el("section", {}, el("h3", {}, heading), ...kept);
}

function rows(...pairs: ([string, Node | string | null | undefined] | null)[]): HTMLElement | null {
  const list = el("dl", { class: "facts" });
  for (const pair of pairs) if (pair?.[1]) list.append(el("dt", {}, pair[0]), el("dd", {}, pair[1]));
  return list.childElementCount > 0 ? list : null;
}

function standing(text: string, language: Language): HTMLElement {
  const key = `standing.${text}.long`;
  const short = `standing.${text}`;
  return el(
    "p",
    { class: "standing" },
    el("b", {}, isWord(short) ? say(language, short) : text),
    isWord(key) ? ` — ${say(language, key)}` : null,
  );
}

/** A button that opens another record of the page. */
export function recordButton(store: Store, type: Tab, id: string, text: string, lang: string): HTMLElement {
  return el("button", { type: "button", class: "link", lang: langTag(lang), click: () => store.set({ chosen: { type, id }, crowd: [] }) }, text);
}

/** The name of a record of the page as a button; of one that is only mentioned, as text. */
function named(id: string, at: Desk): HTMLElement {
  const site = at.model.sites.get(id);
  if (site) {
    const [name] = siteNames(site, at.language);
    return recordButton(at.store, "sites", id, name.text, name.language);
  }
  const route = at.model.routes.get(id);
  if (route) return recordButton(at.store, "routes", id, route.name, "en");
  const area = at.model.areaName(id, at.language);
  if (area) return recordButton(at.store, "areas", id, area.text, area.language);
  const mentioned = at.model.payload.mentioned[id];
  if (!mentioned) return el("span", {}, id);
  const khmer = at.language === "km" ? mentioned.name_km : undefined;
  return el("span", { lang: khmer ? "km" : "en" }, khmer ?? mentioned.name);
}

function date(edtf: string | undefined, theirs: string | undefined, language: Language): HTMLElement | null {
  if (!edtf && !theirs) return null;
  if (!edtf) return el("span", {}, say(language, "card.theirwords", { text: `“${theirs}”` }));
  const cell = el("span", {}, endWords(edtf, language));
  if (theirs && theirs !== edtf) {
    cell.append(el("span", { class: "more", lang: DATA_LANGUAGE }, say(language, "card.theirwords", { text: `“${theirs}”` })));
  }
  return cell;
}

function dates(record: Site | Route, language: Language): HTMLElement | null {
  return section(
    say(language, "card.dates"),
    rows(
      [say(language, "card.began"), date(record.begin, record.begin_text, language)],
      [say(language, "card.ended"), date(record.end, record.end_text, language)],
    ) ?? el("p", {}, say(language, "undated")),
  );
}

function summary(text: string): HTMLElement {
  return el("p", { class: "summary", lang: DATA_LANGUAGE }, text);
}

function claims(record: { claims: readonly number[]; ranges?: readonly Range[] }, at: Desk): HTMLElement | null {
  const table = claimsTable(at.model.claims(record), record.ranges ?? [], at.model, at.notes, at.language);
  return section(say(at.language, "card.claims"), table);
}

/** What was changed in the record, and how it can be put right. */
function corrections(id: string, at: Desk): HTMLElement | null {
  const changes = at.model.payload.changes.filter((change) => change.record === id || change.subject === id);
  return section(
    say(at.language, "card.changes"),
    changes.length > 0 ? changeList(changes, at.language, () => null, (reference) => at.notes.cite(reference)) : null,
    el("p", { class: "more" }, say(at.language, "card.correct", { id }), " ",
      el("button", { type: "button", class: "link", click: at.about }, say(at.language, "card.correct.how"))),
  );
}

function sources(at: Desk): HTMLElement | null {
  const list = at.notes.list();
  return list.childElementCount > 0 ? section(say(at.language, "card.sources"), list) : null;
}

function chip(text: string, lang: string, mark?: Node): HTMLElement {
  return el("span", { class: "chip", lang: langTag(lang) }, mark, text);
}

function place(site: Site, at: Desk): HTMLElement | null {
  const { language, model } = at;
  const province = model.provinceName(site, language);
  const named = [site.village, site.commune, site.district, province?.text ?? site.province_name].filter(Boolean).join(", ");
  const zone = site.zone ? model.payload.terms.zones[site.zone] : undefined;
  const zoneText = zone ? pick(zone.label, language).text : (site.zone_text ?? null);
  return section(
    say(language, "card.place"),
    named ? el("p", {}, named) : null,
    site.place_text ? el("p", { class: "more", lang: DATA_LANGUAGE }, site.place_text) : null,
    rows([say(language, "card.zone"), zoneText], [say(language, "card.sector"), site.sector]),
  );
}

function precision(site: Site, at: Desk): HTMLElement | null {
  const { language } = at;
  const units = { m: say(language, "unit.m"), km: say(language, "unit.km") };
  const basis = `basis.${site.basis}`;
  const lines = [el("b", {}, isWord(basis) ? say(language, basis) : site.basis), ". "];
  if (site.point === null) {
    lines.push(say(language, site.province && at.model.areas.has(site.province) ? "place.not_drawn.province" : "place.not_drawn"));
  } else if (site.precision_m) {
    const key = isArea(site) ? "place.within.area" : "place.within";
    lines.push(say(language, key, { distance: distance(site.precision_m, language, units) }));
  }
  return section(
    say(language, "card.precision"),
    el("p", { class: "known" }, ...lines),
    rows(
      [say(language, "card.coordinate"), site.coord_text ? el("span", { class: "coordinate" }, site.coord_text) : null],
      [say(language, "card.position"), site.coord_source ? at.notes.cite(site.coord_source) : null],
    ),
  );
}

function relation(link: Relation, at: Desk): HTMLElement {
  const term = at.model.payload.terms.relations[link.relation];
  const label = term ? pick(term.label, at.language) : { text: link.relation, language: "en" as const };
  const words = el("span", { class: "relation", lang: label.language }, label.text);
  const other = named(link.other, at);
  const cite = at.notes.cite(link.reference, false);
  const item = link.outgoing
    ? el("li", {}, words, " ", other, cite)
    : el("li", {}, other, ": ", words, " ", el("em", {}, say(at.language, "card.this")), cite);
  if (link.note) item.append(el("span", { class: "more", lang: DATA_LANGUAGE }, link.note));
  return item;
}

function related(site: Site, at: Desk): HTMLElement | null {
  const { language, model } = at;
  const said = new Set(site.relations.filter((link) => link.relation === "part_of" && link.outgoing).map((link) => link.other));
  const items = site.relations.map((link) => relation(link, at));
  if (site.part_of && !said.has(site.part_of)) {
    items.unshift(el("li", {}, el("span", { class: "relation" }, say(language, "card.part_of")), " ", named(site.part_of, at)));
  }
  const told = new Set(site.relations.filter((link) => link.relation === "part_of" && !link.outgoing).map((link) => link.other));
  for (const part of model.parts.get(site.id) ?? []) {
    if (!told.has(part.id)) items.push(el("li", {}, el("span", { class: "relation" }, say(language, "card.parts")), " ", named(part.id, at)));
  }
  return section(say(language, "card.related"), items.length > 0 ? el("ul", { class: "links" }, ...items) : null);
}

function otherNames(site: Site, at: Desk): HTMLElement | null {
  const shown = new Set(siteNames(site, at.language).map((name) => name?.text));
  const items = site.names
    .filter((name) => !shown.has(name.text))
    .map((name) =>
      el("li", {}, el("span", { lang: langTag(name.language) }, name.text),
        name.kind === "former" || name.kind === "admin" ? el("span", { class: "more" }, ` (${say(at.language, `name.${name.kind}`)})`) : null));
  return section(say(at.language, "card.names"), items.length > 0 ? el("ul", { class: "names" }, ...items) : null);
}

export function siteCard(site: Site, at: Desk): CardParts {
  const { language, model } = at;
  const [name, other] = siteNames(site, language);
  const kind = model.payload.terms.kinds[site.kind];
  const label = kind ? pick(kind.label, language) : { text: site.kind, language: "en" as const };
  const when = spanWords(site, language);
  const body = [
    el("p", { class: "chips" }, chip(label.text, label.language, siteSign(site, model, 15)), when ? chip(when, language) : null),
    standing(site.standing, language),
    summary(site.summary),
    claims(site, at),
    precision(site, at),
    place(site, at),
    dates(site, language),
    related(site, at),
    otherNames(site, at),
    corrections(site.id, at),
  ];
  at.notes.add(site.sources);
  return {
    title: [el("span", { lang: langTag(name.language) }, name.text), ...(other ? [el("span", { class: "second", lang: langTag(other.language) }, other.text)] : [])],
    body: [...body, sources(at)],
  };
}

function certainty(word: string, language: Language): HTMLElement {
  const key = `certainty.${word}`;
  return el("span", { class: "certainty", "data-certainty": word }, isWord(key) ? say(language, key) : word);
}

export function routeCard(route: Route, at: Desk): CardParts {
  const { language, model } = at;
  const kind = model.payload.terms.route_kinds[route.kind];
  const label = kind ? pick(kind.label, language) : { text: route.kind, language: "en" as const };
  const when = spanWords(route, language);
  const way = route.segments.map((segment) =>
    el(
      "li",
      {},
      say(language, "route.segment", { from: segment.from, to: segment.to }),
      certainty(segment.certainty, language),
      segment.note ? el("span", { class: "more", lang: DATA_LANGUAGE }, segment.note) : null,
    ),
  );
  const stops = route.stops.map((stop) =>
    el("li", {}, stop.site && model.sites.has(stop.site) ? named(stop.site, at) : stop.name,
      stop.place_text ? el("span", { class: "more", lang: DATA_LANGUAGE }, stop.place_text) : null),
  );
  const body = [
    el("p", { class: "chips" }, chip(label.text, label.language, sign("hexagon", colour(kind?.colour), 12)), when ? chip(when, language) : null),
    standing(route.standing, language),
    summary(route.summary),
    rows([say(language, "card.who"), route.group]),
    section(
      say(language, "card.way"),
      way.length > 0 ? el("ol", { class: "way" }, ...way) : el("p", {}, say(language, "route.not_drawn")),
    ),
    section(say(language, "card.stops"), stops.length > 0 ? el("ul", { class: "stops" }, ...stops) : null),
    claims(route, at),
    dates(route, language),
    corrections(route.id, at),
  ];
  at.notes.add(route.sources);
  return { title: [el("span", { lang: DATA_LANGUAGE }, route.name)], body: [...body, sources(at)] };
}

export function areaCard(area: Area, at: Desk): CardParts {
  const { language, model } = at;
  const name = pick(area.name, language);
  const second = language === "km" ? { text: area.name.en, language: "en" } : area.name.km ? { text: area.name.km, language: "km" } : null;
  const inside = model.payload.sites.filter((site) => site.province === area.code);
  const items = inside.map((site) => el("li", {}, siteSign(site, model, 14), named(site.id, at),
    site.point === null ? el("span", { class: "more" }, say(language, "basis.province")) : null));
  return {
    title: [el("span", { lang: name.language }, name.text), ...(second ? [el("span", { class: "second", lang: second.language }, second.text)] : [])],
    body: [
      area.polygons.length > 0 ? el("p", { class: "chips" }, chip(area.code, "en")) : null,
      claims(area, at) ?? el("p", { class: "more" }, say(language, "area.no_figure")),
      section(say(language, "area.lists"), items.length > 0 ? el("ul", { class: "inside" }, ...items) : null),
      corrections(area.code, at),
      sources(at),
    ],
  };
}
