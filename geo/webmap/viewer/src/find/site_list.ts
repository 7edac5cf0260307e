/** The list of places: what the reader's choices leave of it, in which order, and what the facets count. */

import { fold } from "../fold.ts";
import { atOnce, inPieces } from "../pause.ts";
import type { Language, Payload, Site } from "../payload.ts";
import { clauseOf } from "../region/region.ts";
import { Selection } from "../sites/selection.ts";
import type { ColumnName, Sites } from "../sites/sites.ts";
import { CHOOSING, type State, type Years } from "../state.ts";
import { type Choosing, Left, type SiteFacet, facetMask, siteFacets, timings } from "./choosing.ts";
import { type Reach, reachOf } from "./claimed.ts";
import type { Condition } from "./cql2.ts";
import type { Asked } from "./evaluate.ts";
import type { Counts } from "./facets.ts";
import { type Searched, type Wanted, barred, isNameWord, nearness } from "./search.ts";
import { SiteIndex, type Told } from "./site_index.ts";
import type { Timing } from "./timing.ts";
import { meeting } from "./vector.ts";

/** Up to so many places are ordered as their language orders names; more by their folded letters. */
const COLLATED = 5_000;
/** A list that is longer is made ready to be searched bit by bit, while the page is read. */
export const BIG = 20_000;
/** Columns of which each answer is counted. */
const REHEARSED: readonly ColumnName[] = ["kind", "days"];
/** So many answers are kept. */
const KEPT = 4;

export interface ReadingOrder {
  located: Uint32Array;
  unlocated: Uint32Array;
}

/** What the rest of the page knows of its places. */
export interface Known extends Told {
  terms: Payload["terms"];
  claimsOf: (cell: string) => Parameters<typeof reachOf>[0];
  /** The columns of the layer in the catalogue. */
  columns: readonly string[];
  asked: (site: Site) => Asked;
  /** 1 for each place that meets a condition; null when it cannot be asked of places. */
  met: (text: string) => Uint8Array | null;
  wanted: (query: string) => Wanted;
  hasFigures: (measure: string) => boolean;
}

export class SiteList {
  readonly index: SiteIndex;
  readonly whole: Selection;
  /** Where nothing is chosen: counted once. */
  readonly #all: Left;
  #facets: SiteFacet[] | undefined;
  #order: ReadingOrder | undefined;
  #unordered: ReadingOrder | undefined;
  #orders: { left: Left; language: string; query: string; order: ReadingOrder }[] = [];
  readonly #answers: { state: State; left: Left }[] = [];
  readonly #masks = new Map<string, { by: unknown; choice: Choosing | null }>();
  readonly #reaches = new Map<string, (Reach | null)[]>();
  readonly #listeners: (() => void)[] = [];
  readonly #answered = new WeakMap<Wanted, Uint8Array>();
  #timings: { years: Years; by: Timing[] } | undefined;

  constructor(
    readonly sites: Sites,
    readonly known: Known,
  ) {
    this.index = new SiteIndex(sites, known);
    this.whole = new Selection(new Uint8Array(sites.count).fill(1), sites.count);
    this.#all = new Left(sites, [], this.whole);
  }

  // --- made ready -------------------------------------------------------------------------------------------------

  /** Whether the list is long and not yet ready to be searched; the reader's words wait then. */
  get preparing(): boolean {
    return this.sites.count > BIG && !this.index.isReady;
  }

  /** Be told when a long list has become ready to be searched, or has got its order. */
  onReady(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Make a long list ready bit by bit. */
  prepare(): void {
    if (this.sites.count > BIG) void inPieces(this.#prepare());
  }

  *#prepare(): Generator<undefined, void> {
    yield* this.index.prepare();
    this.#tell();
    this.#order ??= this.#parted(yield* this.#ordered());
    this.#unordered = undefined;
    this.#tell();
    yield* this.#rehearse(this.#order);
  }

  /**
   * Answer what nobody has asked, step by step: a browser makes a loop fast once it has run for a while, and the first reader
   * who asks would wait for that. What the facets hold is counted on the way, and kept.
   */
  *#rehearse(order: ReadingOrder): Generator<undefined, void> {
    // What was told before may have drawn the list: that is long enough for one piece.
    yield;
    const { facets, index, sites, whole } = this;
    yield;
    for (const facet of facets) {
      if (!facet.column.isOne) facet.column.codeOf(0);
      yield;
      this.#all.counts(facets)[facet.key];
      yield;
    }
    // Words as a reader would type them: of the name of some place the last ones without a digit, which would take long in one piece.
    const words = fold(sites.column("name").at(sites.count >> 1)).split(" ").filter((word) => isNameWord(word) && !/[0-9]/.test(word)).slice(-2);
    for (const word of words) yield* index.finding(word);
    const wanted: Wanted = { words: words.map((word) => [word]), whole: words.length > 1 ? words.join("") : "" };
    if (wanted.whole !== "") yield* index.finding(wanted.whole);
    const choices = [{ mask: index.answering(wanted, "anywhere") }, { mask: sites.unlocated() }];
    for (const some of [choices.slice(0, 1), choices]) {
      const left = new Left(sites, some, whole);
      yield;
      for (const name of REHEARSED) {
        left.selection.perCode(sites.column(name));
        yield;
      }
      const far = index.nearness(wanted);
      yield;
      chosenOf(order.located, left.selection, far);
      yield;
      chosenOf(order.located, left.selection, null);
      yield;
    }
    index.forget();
  }

  #tell(): void {
    this.#answers.length = 0;
    this.#orders = [];
    this.#masks.delete("query");
    for (const listener of this.#listeners) listener();
  }

  // --- chosen -----------------------------------------------------------------------------------------------------

  /** What the choices leave; asked for by many parts of the page, so the latest are kept. */
  left(state: State): Left {
    const known = this.#answers.find((answer) => CHOOSING.every((key) => answer.state[key] === state[key]));
    if (known) return known.left;
    const choices = this.#choices(state);
    const left = choices.length === 0 ? this.#all : new Left(this.sites, choices, this.whole);
    if (this.#answers.unshift({ state, left }) > KEPT) this.#answers.pop();
    return left;
  }

  /** A choice is asked of all places once, until it becomes another. */
  #choice(key: string, by: unknown, make: () => Choosing | null): Choosing[] {
    const known = this.#masks.get(key);
    const choice = known && known.by === by ? known.choice : make();
    this.#masks.set(key, { by, choice });
    return choice ? [choice] : [];
  }

  #choices(state: State): Choosing[] {
    const { sites } = this;
    const { figure, only, region, years, where, query } = state;
    const choices = this.facets.flatMap((facet) =>
      state[facet.key].size === 0 ? [] : this.#choice(facet.key, state[facet.key], () => ({ facet: facet.key, mask: facetMask(facet, state[facet.key]) })));
    if (only === "unlocated") choices.push(...this.#choice("unlocated", true, () => ({ mask: sites.unlocated() })));
    if (only === "undated") choices.push(...this.#choice("undated", true, () => ({ mask: this.#byTime((timing) => timing === "undated", ANY) })));
    if (years) choices.push(...this.#choice("years", years, () => ({ years: true, mask: this.#byTime((timing) => timing === "certain" || timing === "possible", years) })));
    if (figure && this.known.hasFigures(figure.measure)) {
      choices.push(...this.#choice("figure", figure, () => {
        const { measure, from = -Infinity, to = Infinity } = figure;
        const reaches = this.reaches(measure).map((reach) => Number(reach !== null && reach.high >= from && reach.low <= to));
        return { mask: sites.column("claims").spread(reaches) };
      }));
    }
    if (region) {
      choices.push(...this.#choice("region", region, () => {
        const mask = this.known.met(clauseOf(region));
        return mask ? { mask } : null;
      }));
    }
    if (where) {
      choices.push(...this.#choice("where", where, () => {
        const mask = this.known.met(where);
        return mask ? { mask } : null;
      }));
    }
    if (query && !this.preparing) choices.push(...this.#choice("query", query, () => ({ mask: this.#answering(this.known.wanted(query)) })));
    return choices;
  }

  #byTime(fits: (timing: Timing) => boolean, years: Years): Uint8Array {
    return this.sites.column("days").spread(this.timings(years).map((timing) => Number(fits(timing))));
  }

  /** How the times of places lie to some days, by the codes of the column `days`. */
  timings(years: Years): readonly Timing[] {
    if (this.#timings?.years !== years) this.#timings = { years, by: timings(this.sites.times, years) };
    return this.#timings.by;
  }

  /** Throws `NotHere` when the condition cannot be asked of places. */
  meeting(condition: Condition): Uint8Array {
    return meeting(condition, this.sites, { asked: this.known.asked, standsIn: (column) => standsIn(column, this.known.columns) });
  }

  // --- searched ---------------------------------------------------------------------------------------------------

  get searched(): Searched {
    return { any: (wanted) => this.#answering(wanted).includes(1), occurs: (word) => this.index.occurs(word) };
  }

  /** Asked whether anything answers, and then which: looked for once. */
  #answering(wanted: Wanted): Uint8Array {
    const known = this.#answered.get(wanted);
    if (known) return known;
    const made = this.index.answering(wanted, "anywhere");
    this.#answered.set(wanted, made);
    return made;
  }

  // --- figures ----------------------------------------------------------------------------------------------------

  /** How far the numbers about a measure reach, by the codes of the column `claims`. */
  reaches(measure: string): readonly (Reach | null)[] {
    const known = this.#reaches.get(measure);
    if (known) return known;
    const made = this.sites.column("claims").words.map((cell) => reachOf(this.known.claimsOf(cell), measure, this.known.terms));
    this.#reaches.set(measure, made);
    return made;
  }

  // --- counted ----------------------------------------------------------------------------------------------------

  get facets(): readonly SiteFacet[] {
    return (this.#facets ??= siteFacets(this.sites));
  }

  counts(left: Left): Counts {
    return left.counts(this.facets);
  }

  // --- ordered ----------------------------------------------------------------------------------------------------

  /** The chosen places as they are read: the nearest to the words of the question first, then by name. */
  readingOrder(state: State): ReadingOrder {
    const left = this.left(state);
    const { language, query } = state;
    const known = this.#orders.find((one) => one.left === left && one.language === language && one.query === query);
    if (known) return known.order;
    const { count } = left.selection;
    const wanted = query && !this.preparing ? this.known.wanted(query) : null;
    const order = count <= COLLATED ? this.#parted(this.#collated(left.selection, language, wanted)) : this.#byLetters(left.selection, wanted);
    if (this.#orders.unshift({ left, language, query, order }) > KEPT) this.#orders.pop();
    return order;
  }

  #parted(indexes: Uint32Array): ReadingOrder {
    const { lon } = this.sites;
    const [located, unlocated] = [new Uint32Array(indexes.length), new Uint32Array(indexes.length)];
    let [on, off] = [0, 0];
    for (let at = 0; at < indexes.length; at += 1) {
      const index = indexes[at] as number;
      if (Number.isNaN(lon[index])) unlocated[off++] = index;
      else located[on++] = index;
    }
    return { located: located.slice(0, on), unlocated: unlocated.slice(0, off) };
  }

  #collated({ indexes }: Selection, language: Language, wanted: Wanted | null): Uint32Array {
    const { compare } = new Intl.Collator(language);
    const entries = Array.from(indexes, (index) => ({
      index, id: this.sites.id(index), name: this.sites.names(index, language)[0].text, far: wanted ? nearness({ names: barred(this.sites.called(index)) }, wanted) : 0,
    }));
    entries.sort((a, b) => a.far - b.far || compare(a.name, b.name) || (a.id < b.id ? -1 : 1));
    return Uint32Array.from(entries, (entry) => entry.index);
  }

  #byLetters(selection: Selection, wanted: Wanted | null): ReadingOrder {
    if (!this.#order && this.sites.count <= BIG) this.#order = this.#parted(atOnce(this.#ordered()));
    // Until a long list has got its order it is read in that of the catalogue.
    const all = this.#order ?? (this.#unordered ??= this.#parted(this.whole.indexes));
    const far = wanted && this.index.nearness(wanted);
    return { located: chosenOf(all.located, selection, far), unlocated: chosenOf(all.unlocated, selection, far) };
  }

  /** All places by their folded names. */
  *#ordered(): Generator<undefined, Uint32Array> {
    const column = this.sites.column("name");
    const order = yield* this.index.orderedNames();
    if (column.isPlain) return order;
    const ranks = new Uint32Array(order.length);
    order.forEach((code, rank) => (ranks[code] = rank));
    const [ends, codes] = [new Uint32Array(order.length + 1), column.codes];
    for (const code of codes) (ends[(ranks[code] as number) + 1] as number) += 1;
    for (let rank = 1; rank < ends.length; rank += 1) (ends[rank] as number) += ends[rank - 1] as number;
    const sorted = new Uint32Array(codes.length);
    codes.forEach((code, index) => {
      const rank = ranks[code] as number;
      const to = ends[rank] as number;
      ends[rank] = to + 1;
      sorted[to] = index;
    });
    return sorted;
  }
}

const ANY: Years = { from: "", to: "" };

/** Those of some places that are chosen, in their order; the nearest to a question first. */
function chosenOf(order: Uint32Array, { mask, count }: Selection, far: Uint8Array | null): Uint32Array {
  if (count === mask.length && !far) return order;
  // One more than there can be: each is written, and the next one over it unless it is chosen. That is faster than asking.
  const sorted = new Uint32Array(Math.min(count, order.length) + 1);
  let to = 0;
  for (let at = 0; at < order.length; at += 1) {
    const index = order[at] as number;
    sorted[to] = index;
    to += mask[index] as number;
  }
  const chosen = sorted.subarray(0, to);
  return far ? nearestFirst(chosen, far) : chosen;
}

/** Some places, those that are nearer first; else in the order that they have. */
function nearestFirst(chosen: Uint32Array, far: Uint8Array): Uint32Array {
  const ends = new Uint32Array(5);
  for (let at = 0; at < chosen.length; at += 1) (ends[(far[chosen[at] as number] as number) + 1] as number) += 1;
  for (let step = 1; step < ends.length; step += 1) (ends[step] as number) += ends[step - 1] as number;
  const near = new Uint32Array(chosen.length);
  for (let at = 0; at < chosen.length; at += 1) {
    const index = chosen[at] as number;
    const step = far[index] as number;
    const place = ends[step] as number;
    ends[step] = place + 1;
    near[place] = index;
  }
  return near;
}

const STANDS_IN: Record<string, ColumnName> = {
  dk_zone: "zone", dk_zone_text: "zone_text", dk_sector: "sector", precision_basis: "basis", name_km: "names",
  begin_earliest: "days", begin_latest: "days", end_earliest: "days", end_latest: "days",
};

/** The column of the page in which a column of the catalogue stands; undefined: the position, or one that is not there. */
function standsIn(column: string, columns: readonly string[]): ColumnName | undefined {
  if (column.startsWith("claimed_")) return "claims";
  if (column === "lon" || column === "lat" || !columns.includes(column)) return undefined;
  return STANDS_IN[column] ?? (column as ColumnName);
}
