/** An answer to be taken away: the records that are left of a list, as `memorial query` gives them. */

import { isUndated } from "../count.ts";
import { type Question, commandLine, questionOf } from "../find/asked.ts";
import { type Listed, type Value, columnsOf, geometryOf, valueOf } from "../find/columns.ts";
import type { Listable } from "../find/facets.ts";
import { timing } from "../find/timing.ts";
import type { Model } from "../model.ts";
import type { Reference } from "../payload.ts";
import type { State } from "../state.ts";

export interface Answer {
  list: Listed;
  question: Question;
  records: readonly Listable[];
  columns: readonly string[];
  years: State["years"];
  readAs: string;
  /** Records that would answer and have no date, while days are asked for. */
  setAside: number;
}

function valueIn({ list, years }: Answer, record: Listable, column: string): Value | undefined {
  return column === "overlap" && years ? timing(record, years) : valueOf(list, record, column);
}

export function answerOf(list: Listed, state: State, model: Model): Answer {
  const columns = columnsOf(model.payload, list);
  return {
    list, question: questionOf(list, state, model), records: model.chosen(list, state), columns: state.years ? [...columns, "overlap"] : columns,
    years: state.years, readAs: model.readAs(list, state.query) ?? "", setAside: model.undatedAside(list, state),
  };
}

/** A source with the place in it that is meant, as a footnote would give it (the rule of `Citation` in geo/query/citing.py). */
export function citationText(note: string, locator: string | undefined): string {
  if (!locator) return note;
  // In this style a comma stands inside the quotation mark that closes a title; "n.d." keeps its own stop.
  const bare = note.endsWith("n.d.") ? note : note.replace(/\.+$/, "");
  const open = note.endsWith(".”") ? `${note.slice(0, -2)},”` : `${bare},`;
  return `${open} ${locator}.`;
}

function noteOf(reference: Reference, model: Model): string {
  return model.payload.sources[reference.source]?.note ?? reference.source;
}

// --- CSV --------------------------------------------------------------------------------------------------------------

const FORMULA = /^'*[=+\-@\t\r]/;
const NUMBER = /^[+-]?\p{Nd}+(\.\p{Nd}+)?([eE][+-]?\p{Nd}+)?$/u;

/** A cell that no spreadsheet takes for a formula: one apostrophe more, and taking it away again gives the text. */
export function guarded(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

function cellText(column: string, value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  // The degrees of a point are numbers with a fraction, also where it is nought.
  if (typeof value === "number") return (column === "lon" || column === "lat") && Number.isInteger(value) ? value.toFixed(1) : String(value);
  if (typeof value === "string") return guarded(value);
  const text = column === "sources" ? value.join(" | ") : spacedJson(value);
  return guarded(text);
}

/** JSON with a space after commas and colons, as Python writes it. */
function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) return `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${spacedJson(one)}`).join(", ")}}`;
  return JSON.stringify(value);
}

function quotedCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180 with every column of the catalogue; citations stand in the last one. */
export function asCsv(answer: Answer, model: Model): string {
  const rows = answer.records.map((record) => [
    ...answer.columns.map((column) => cellText(column, valueIn(answer, record, column))),
    guarded(record.sources.map((reference) => citationText(noteOf(reference, model), reference.locator)).join(" | ")),
  ]);
  return [[...answer.columns, "citations"], ...rows].map((row) => `${row.map(quotedCell).join(",")}\r\n`).join("");
}

// --- GeoJSON ----------------------------------------------------------------------------------------------------------

function given(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

function overlaps({ records, years, setAside }: Answer): Record<string, number> {
  if (!years) return {};
  const certain = records.filter((record) => timing(record, years) === "certain").length;
  return { certain, possible: records.length - certain, set_aside: setAside };
}

/** A FeatureCollection (RFC 7946) with the atlas, the question, the counts and the sources beside its features. */
export function asGeoJson(answer: Answer, model: Model): string {
  const { payload } = model;
  const { list, question, records, columns } = answer;
  const features = records.map((record) => ({
    type: "Feature",
    geometry: geometryOf(list, record),
    properties: Object.fromEntries(columns.map((column) => [column, valueIn(answer, record, column) ?? null])),
  }));
  const located = features.filter((feature) => feature.geometry !== null).length;
  const named = new Set(records.flatMap((record) => record.sources.map((reference) => reference.source)));
  const notes = Object.entries(payload.sources).filter(([id]) => named.has(id));
  const said = {
    atlas: { id: payload.atlas.id, version: payload.atlas.version, licence: payload.atlas.licence },
    asked: given({
      layer: question.layer, cql2: question.where, where: question.where, text: question.text, read_as: answer.readAs, during: question.during,
      command: commandLine(question, "geojson"),
    }),
    counts: {
      shown: records.length, matched: records.length, total: model.layerOf(list)?.records ?? records.length, located,
      unlocated: records.length - located, undated: records.filter(isUndated).length, ...overlaps(answer),
    },
    sources: Object.fromEntries(notes.map(([id, source]) => [id, source.note])),
  };
  return `${JSON.stringify({ type: "FeatureCollection", ...said, features }, null, 1)}\n`;
}

// --- a file -----------------------------------------------------------------------------------------------------------

/** What a file of an answer is called: the atlas, its version, the layer, and of the question what fits a name. */
export function fileName(answer: Answer, model: Model, ending: string): string {
  const { atlas } = model.payload;
  const { layer, where, text, during } = answer.question;
  const asked = [where, text, during].join(" ").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60).replace(/-$/, "");
  const parts = [atlas.id, atlas.version, layer].map((part) => part.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+/, ""));
  return `${[...parts, asked].filter(Boolean).join("_")}.${ending}`;
}
