/** A question in words (a condition, a time) as choices of the reader, and the choices as a question again. */

import { fold } from "../fold.ts";
import type { Model } from "../model.ts";
import type { State, Tab } from "../state.ts";
import type { Listed } from "./columns.ts";
import { clauses, readDuring, readWhere, together, writeDuring } from "./question.ts";

/** The list that a condition is about; areas have no filters, their map shows the places. */
export function listOf(tab: Tab): Listed {
  return tab === "routes" ? "routes" : "sites";
}

/** What is asked by a condition in CQL2 and an EDTF interval, as choices; what no facet can express stays as it was written. */
export function askedBy(asked: { where?: string; during?: string }, model: Model, list: Listed = "sites"): Partial<State> {
  const { measures } = model.payload.terms;
  const patch: Partial<State> = {};
  if (asked.where) {
    // A range that no record of the list could meet would be a choice without effect; as a condition it leaves none.
    const read = readWhere(asked.where, list, (measure) => measures[measure]?.unit !== undefined && model.hasFigures(list, measure));
    Object.assign(patch, read.patch, { where: read.rest });
  }
  if (asked.during) {
    const years = readDuring(asked.during);
    Object.assign(patch, years ? { years } : { unread: asked.during });
  }
  return patch;
}

/** What the choices ask of a list, as `memorial query` takes it. */
export interface Question {
  layer: string;
  where: string;
  text: string;
  during: string;
}

/** The clauses of a list; what the facets cannot express is left away where it cannot be asked of the list. */
export function clausesOf(list: Listed, state: State, model: Model): string[] {
  const parts = clauses(list, state, state.figure !== null && model.hasFigures(list, state.figure.measure));
  return state.where && model.condition(list, state.where).type === "asked" ? [...parts, state.where] : parts;
}

/** The question that gives the same records as the page: a page that holds only some kinds of places says so. */
export function questionOf(list: Listed, state: State, model: Model): Question {
  const { page } = model.payload;
  const parts = clausesOf(list, state, model);
  const narrower = state.kinds.size > 0 && [...state.kinds].every((kind) => page.kinds.includes(kind));
  if (list === "sites" && page.kinds.length > 0 && !narrower) parts.unshift(together(clauses("sites", { ...state, ...NOTHING, kinds: new Set(page.kinds) }, false)));
  return { layer: model.layerOf(list)?.name ?? list, where: together(parts), text: fold(state.query) === "" ? "" : state.query.trim(), during: writeDuring(state.years) };
}

const NOTHING = {
  kinds: new Set<string>(), routeKinds: new Set<string>(), provinces: new Set<string>(), zones: new Set<string>(), standings: new Set<string>(),
  bases: new Set<string>(), sources: new Set<string>(), figure: null, only: null,
} as const;

/** No filter at all: what "show all again" gives. */
export const UNFILTERED: Partial<State> = { ...NOTHING, query: "", years: null, where: "", unread: "" };

/** A word as a POSIX shell takes it for itself; between the quotes that leave it most legible. */
function shellWord(word: string): string {
  if (/^[A-Za-z0-9_./:=,-]+$/.test(word)) return word;
  return /["$`\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}

/** The same question on the command line. */
export function commandLine(question: Question, format: string): string {
  const options = [["--where", question.where], ["--text", question.text], ["--during", question.during]].flatMap(([option = "", value = ""]) => (value ? [`${option}${value.startsWith("-") ? "=" : " "}${shellWord(value)}`] : []));
  return ["memorial query", shellWord(question.layer), ...options, `--format ${format}`].join(" ");
}
