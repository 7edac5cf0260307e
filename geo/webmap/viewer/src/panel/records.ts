/** The inside of a card, by the schema of the record: a place, a journey, a province. */

import { endWords, spanWords, whenWords } from "../dates.ts";
import { el, langTag, sisterLink } from "../dom.ts";
import { type Model, siteNames } from "../model.ts";
import type { Area, Language, Range, Relation, Route, Site } from "../payload.ts";
import type { Store, Tab } from "../state.ts";
import { colour, sign } from "../symbols.ts";
import { COLON, DATA_LANGUAGE, isWord, pick, say } from "../words.ts";
import { siteSign } from "../map/places.ts";
import { actionRow } from "../quote/actions.ts";
import type { Quoting } from "../quote/dialog.ts";
import { recordFragment } from "../quote/record.ts";
import { changeList } from "./changes.ts";
import { claimsTable } from "./claims.ts";
import { reasonWords } from "./journeys.ts";
import { nameList } from "./names.ts";
import { rows, section } from "./parts.ts";
import { Notes } from "./refs.ts";
import { place, precision } from "./where.ts";

export interface CardParts {
  title: HTMLElement[];
  body: (HTMLElement | null)[];
}

interface Desk {
  model: Model;
  store: Store;
  language: Language;
  notes: Notes;
  quoting: Quoting;
  /** Open a part of what is said about the atlas. */
  about: (part: string) => void;
}

export function desk(model: Model, store: Store, quoting: Quoting, about: (part: string) => void): Desk {
  const { language } = store.state;
  return { model, store, language, notes: new Notes(model.payload.sources, language), quoting, about };
}

/** What the reader may do with the record; the sources are those that the card has named by then. */
function actions(record: Site | Route | Area, at: Desk): HTMLElement {
  return actionRow(at.quoting, () => ({ record, language: at.language, sources: at.notes.named() }));
}

/** The standing with its definition, and the way to where it is published. */
function standing(text: string, { language, about }: Desk): HTMLElement {
  const key = `standing.${text}.long`;
  const short = `standing.${text}`;
  return el(
    "p",
    { class: "standing" },
    el("b", {}, isWord(short) ? say(language, short) : text),
    isWord(key) ? ` — ${say(language, key)} · ` : " · ",
    el("button", { type: "button", class: "link", click: () => about("how") }, say(language, "card.standing.how")),
  );
}

/** A button that opens another record of the page. */
export function recordButton(store: Store, type: Tab, id: string, text: string, lang: string): HTMLElement {
  return el("button", { type: "button", class: "link", lang: langTag(lang), click: () => store.set({ chosen: { type, id }, crowd: [] }) }, text);
}

/** The name of a record of the page as a button; of one that is only mentioned, as text. */
export function named(id: string, at: Pick<Desk, "model" | "store" | "language">): HTMLElement {
  const site = at.model.sites.get(id);
  if (site) {
    const [name] = siteNames(site, at.language);
    return recordButton(at.store, "sites", id, name.text, name.language);
  }
  const route = at.model.routes.get(id);
  if (route) return recordButton(at.store, "routes", id, route.name, DATA_LANGUAGE);
  const area = at.model.areaName(id, at.language);
  if (area) return recordButton(at.store, "areas", id, area.text, area.language);
  const mentioned = at.model.payload.mentioned[id];
  if (!mentioned) return el("span", {}, id);
  const khmer = at.language === "km" ? mentioned.name_km : undefined;
  const attributes = { lang: khmer ? "km" : "en" };
  const page = at.model.payload.pages.find((one) => one.name === mentioned.page);
  if (!page) return el("span", attributes, khmer ?? mentioned.name);
  return sisterLink(page.href, recordFragment(id, at.language), { ...attributes, class: "link" }, khmer ?? mentioned.name);
}

/** What a source says in its own words: these are in the language of the data, what leads to them in that of the page. */
function quotedWords(theirs: string, language: Language): (Node | string)[] {
  const [before = "", after = ""] = say(language, "card.theirwords", { text: "\0" }).split("\0");
  return [before, el("span", { lang: DATA_LANGUAGE }, `“${theirs}”`), after];
}

function date(edtf: string | undefined, theirs: string | undefined, language: Language): HTMLElement | null {
  if (!edtf && !theirs) return null;
  if (!edtf) return el("span", {}, ...quotedWords(theirs ?? "", language));
  const cell = el("span", {}, endWords(edtf, language));
  if (theirs && theirs !== edtf) cell.append(el("span", { class: "more" }, ...quotedWords(theirs, language)));
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
  return section(say(at.language, "card.claims"), ...table);
}

/** What was changed in the record, and how it can be put right. */
function corrections(id: string, at: Desk): HTMLElement | null {
  const changes = at.model.payload.changes.filter((change) => change.record === id || change.subject === id);
  return section(
    say(at.language, "card.changes"),
    changes.length > 0 ? changeList(changes, at.language, () => null, (reference) => at.notes.cite(reference)) : null,
    el("p", { class: "more" }, say(at.language, "card.correct", { id }), " ",
      el("button", { type: "button", class: "link", click: () => at.about("correct") }, say(at.language, "card.correct.how"))),
  );
}

function sources(at: Desk): HTMLElement | null {
  const list = at.notes.list();
  return list.childElementCount > 0 ? section(say(at.language, "card.sources"), list) : null;
}

function chip(text: string, lang: string, mark?: Node): HTMLElement {
  return el("span", { class: "chip", lang: langTag(lang) }, mark, text);
}

function relation(link: Relation, at: Desk): HTMLElement {
  const term = at.model.payload.terms.relations[link.relation];
  const label = term ? pick(term.label, at.language) : { text: link.relation, language: "en" as const };
  const words = el("span", { class: "relation", lang: label.language }, label.text);
  const other = named(link.other, at);
  const cite = at.notes.cite(link.reference, false);
  const item = link.outgoing
    ? el("li", {}, words, " ", other, cite)
    : el("li", {}, other, COLON[at.language], words, " ", el("em", {}, say(at.language, "card.this")), cite);
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
  for (const part of model.partsOf(site.id)) {
    if (!told.has(part.id)) items.push(el("li", {}, el("span", { class: "relation" }, say(language, "card.parts")), " ", named(part.id, at)));
  }
  return section(say(language, "card.related"), items.length > 0 ? el("ul", { class: "links" }, ...items) : null);
}

/** What the line of events tells of a place. */
function happened(site: Site, at: Desk): HTMLElement | null {
  const items = at.model.payload.events
    .filter((event) => event.place === site.id)
    .map((event) =>
      el("li", {}, el("span", { class: "when" }, whenWords(event, at.language)), " · ",
        el("span", { lang: DATA_LANGUAGE }, event.title), at.notes.cite(event.reference, false),
        el("span", { class: "told", lang: DATA_LANGUAGE }, event.text),
        event.note ? el("span", { class: "more", lang: DATA_LANGUAGE }, event.note) : null));
  return section(say(at.language, "card.events"), items.length > 0 ? el("ul", { class: "changes" }, ...items) : null);
}

export function siteCard(site: Site, at: Desk): CardParts {
  const { language, model } = at;
  const [name, other] = siteNames(site, language);
  const kind = model.payload.terms.kinds[site.kind];
  const label = kind ? pick(kind.label, language) : { text: site.kind, language: "en" as const };
  const when = spanWords(site, language);
  const body = [
    el("p", { class: "chips" }, chip(label.text, label.language, siteSign(site, model, 15)), when ? chip(when, language) : null),
    standing(site.standing, at),
    summary(site.summary),
    actions(site, at),
    claims(site, at),
    precision(site, at),
    place(site, at),
    dates(site, language),
    happened(site, at),
    related(site, at),
    nameList(site.names, language, at.notes),
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
  const parts = route.segments.length > 0 ? route.segments : (route.way ?? []);
  const way = parts.map((segment) =>
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
    standing(route.standing, at),
    summary(route.summary),
    actions(route, at),
    rows([say(language, "card.who"), route.group]),
    section(
      say(language, "card.way"),
      way.length > 0 ? el("ol", { class: "way" }, ...way) : null,
      route.segments.length > 0 ? null : el("p", {}, reasonWords(route, model, language) ?? say(language, "route.not_drawn")),
    ),
    section(say(language, "card.stops"), stops.length > 0 ? el("ul", { class: "stops" }, ...stops) : null),
    claims(route, at),
    dates(route, language),
    nameList(route.names ?? [], language, at.notes),
    corrections(route.id, at),
  ];
  at.notes.add(route.sources);
  return { title: [el("span", { lang: DATA_LANGUAGE }, route.name)], body: [...body, sources(at)] };
}

/** The card of an area names so many of its places; the list has them all. */
const MOST_INSIDE = 300;

export function areaCard(area: Area, at: Desk): CardParts {
  const { language, model } = at;
  const name = pick(area.name, language);
  const second = language === "km" ? { text: area.name.en, language: "en" } : area.name.km ? { text: area.name.km, language: "km" } : null;
  const { sites } = model;
  const inside = model.sitesIn(area.code);
  const items: Node[] = Array.from(inside.slice(0, MOST_INSIDE), (index) => sites.site(index)).map((site) => el("li", {}, siteSign(site, model, 14), named(site.id, at),
    site.point === null ? el("span", { class: "more" }, say(language, "basis.province")) : null));
  if (inside.length > MOST_INSIDE) {
    const list = (): void => at.store.set({ tab: "sites", provinces: new Set([area.code]), chosen: null });
    items.push(el("li", {}, el("button", { type: "button", class: "link", click: list }, say(language, "count.places", { n: inside.length }))));
  }
  const body = [
    area.polygons.length > 0 ? el("p", { class: "chips" }, chip(area.code, "en")) : null,
    actions(area, at),
    claims(area, at) ?? el("p", { class: "more" }, say(language, "area.no_figure")),
    section(say(language, "area.lists"), items.length > 0 ? el("ul", { class: "inside" }, ...items) : null),
    nameList(area.names ?? [], language, at.notes),
    corrections(area.code, at),
  ];
  at.notes.add(area.sources ?? []);
  return {
    title: [el("span", { lang: name.language }, name.text), ...(second ? [el("span", { class: "second", lang: second.language }, second.text)] : [])],
    body: [...body, sources(at)],
  };
}
