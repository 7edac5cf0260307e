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
  /** How many records answer. */
  count: number;
  records: () => Iterable<Listable>;
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
    list, question: questionOf(list, state, model), count: model.left(list, state), records: () => model.chosen(list, state), columns: state.years ? [...columns, "overlap"] : columns,
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

/** Full-width signs too: spreadsheets of East Asia take them for those of ASCII. */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
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
export function* asCsv(answer: Answer, model: Model): Generator<string> {
  yield csvRow([...answer.columns, "citations"]);
  for (const record of answer.records()) {
    yield csvRow([
      ...answer.columns.map((column) => cellText(column, valueIn(answer, record, column))),
      guarded(record.sources.map((reference) => citationText(noteOf(reference, model), reference.locator)).join(" | ")),
    ]);
  }
}

function csvRow(cells: readonly string[]): string {
  return `${cells.map(quotedCell).join(",")}\r\n`;
}

// --- GeoJSON ----------------------------------------------------------------------------------------------------------

function given(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

/** What the head of an answer tells of its records. */
interface Counted {
  located: number;
  undated: number;
  certain: number;
  sources: ReadonlySet<string>;
}

function counted({ records, years }: Answer, list: Listed): Counted {
  const told = { located: 0, undated: 0, certain: 0, sources: new Set<string>() };
  for (const record of records()) {
    told.located += Number(geometryOf(list, record) !== null);
    told.undated += Number(isUndated(record));
    told.certain += Number(years !== null && timing(record, years) === "certain");
    for (const { source } of record.sources) told.sources.add(source);
  }
  return told;
}

/** A FeatureCollection (RFC 7946) with the atlas, the question, the counts and the sources beside its features, part by part. */
export function* asGeoJson(answer: Answer, model: Model): Generator<string> {
  const { payload } = model;
  const { list, question, count, columns, years, setAside } = answer;
  const { located, undated, certain, sources } = counted(answer, list);
  const notes = Object.entries(payload.sources).filter(([id]) => sources.has(id));
  const said = {
    atlas: { id: payload.atlas.id, version: payload.atlas.version, licence: payload.atlas.licence },
    asked: given({
      layer: question.layer, cql2: question.where, where: question.where, text: question.text, read_as: answer.readAs, during: question.during,
      command: commandLine(question, "geojson"),
    }),
    counts: {
      shown: count, matched: count, total: model.layerOf(list)?.records ?? count, located,
      unlocated: count - located, undated, ...(years ? { certain, possible: count - certain, set_aside: setAside } : {}),
    },
    sources: Object.fromEntries(notes.map(([id, source]) => [id, source.note])),
  };
  const head = JSON.stringify({ type: "FeatureCollection", ...said, features: [] }, null, 1);
  yield head.slice(0, -"]\n}".length);
  let parted = "\n";
  for (const record of answer.records()) {
    const feature = {
      type: "Feature",
      geometry: geometryOf(list, record),
      properties: Object.fromEntries(columns.map((column) => [column, valueIn(answer, record, column) ?? null])),
    };
    // No text of JSON holds an end of line of its own.
    yield `${parted}  ${JSON.stringify(feature, null, 1).replaceAll("\n", "\n  ")}`;
    parted = ",\n";
  }
  yield count > 0 ? "\n ]\n}\n" : "]\n}\n";
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
