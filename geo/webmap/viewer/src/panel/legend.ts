/** The legend and the layer control are one: each layer with its switch, its count, and what its signs mean. */

import { countBy } from "../count.ts";
import { edtfWords } from "../dates.ts";
import { el, nextId, replace } from "../dom.ts";
import type { Figures, Scale } from "../figures.ts";
import type { Model } from "../model.ts";
import { bound, counted, digits } from "../numbers.ts";
import type { Period } from "../payload.ts";
import type { Column } from "../sites/column.ts";
import type { Selection } from "../sites/selection.ts";
import { CHOOSING, type State, type Store, any, toggled } from "../state.ts";
import { INK, NEUTRAL, RELATION_STROKES, colour, dashes, icon, shades, sign } from "../symbols.ts";
import { DATA_LANGUAGE, pick, say } from "../words.ts";
import { THIN_PX, WIDTHS_PX, classBounds, routeWidths, travelMeasures } from "../widths.ts";
import { areaSample, bandSample, dashedSample, faintSample, stroke, swatch } from "./legend_signs.ts";
import { maskRemark } from "./mask.ts";
import { shortNote } from "./refs.ts";

/** How many of the chosen places say each word of a column. */
function countWords(column: Column, chosen: Selection): Map<string, number> {
  const counts = chosen.perCode(column);
  return new Map(column.words.map((word, code) => [word, counts[code] ?? 0]));
}

const CERTAINTIES = ["documented", "reconstructed", "assumed"] as const;

export class Legend {
  readonly element = el("section", { class: "legend" });
  #open: boolean;
  #yielded = false;
  #printing = false;
  readonly #folded = new Set<string>();

  constructor(
    readonly model: Model,
    readonly store: Store,
    readonly figures: Figures,
    open: boolean,
  ) {
    this.#open = open;
    // The list that the page opens with decides which part of the legend is unfolded.
    for (const period of model.payload.periods) this.#folded.add(period.name);
    for (const tab of ["sites", "routes", "areas"] as const) if (tab !== store.state.tab) this.#folded.add(tab);
    store.listen((state, changed) => {
      if (any(changed, "language", "off", "measure", ...CHOOSING)) this.draw(state);
    });
    this.draw(store.state);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  toggle(open = !this.#open): void {
    this.#open = open;
    this.#yielded = false;
    this.draw(this.store.state);
  }

  /** On paper all that is drawn is explained, whatever is folded; layers that are switched off are left out. */
  forPaper(printing: boolean): void {
    this.#printing = printing;
    this.draw(this.store.state);
  }

  /** Fold while a card needs the room, and come back after it, unless the reader decided otherwise meanwhile. */
  yield(toCard: boolean): void {
    if (toCard && this.#open) {
      this.toggle(false);
      this.#yielded = true;
    } else if (!toCard && this.#yielded) this.toggle(true);
  }

  draw(state: State): void {
    const focused = document.activeElement instanceof HTMLElement && this.element.contains(document.activeElement)
      ? document.activeElement.dataset["key"] : undefined;
    const id = nextId("legend");
    const head = el(
      "button",
      { type: "button", class: "legend-head", "data-key": "head", "aria-expanded": String(this.#open), "aria-controls": id, click: () => this.toggle() },
      icon("legend"),
      el("span", {}, say(state.language, "legend")),
      icon("chevron"),
    );
    const open = this.#open || this.#printing;
    const body = el("div", { class: "legend-body", id, hidden: !open });
    if (open) body.append(...this.#parts(state));
    this.element.classList.toggle("open", this.#open);
    replace(this.element, el("h2", {}, head), body);
    if (focused) {
      for (const node of this.element.querySelectorAll<HTMLElement>("[data-key]")) {
        if (node.dataset["key"] === focused) node.focus({ preventScroll: true });
      }
    }
  }

  #parts(state: State): HTMLElement[] {
    const { payload } = this.model;
    const parts: HTMLElement[] = [];
    if (this.model.layerOf("sites")) parts.push(this.#layer(state, "sites", this.#sites(state)));
    if (payload.page.relations.length > 0) parts.push(this.#relations(state));
    if (this.model.layerOf("routes")) parts.push(this.#layer(state, "routes", this.#routes(state)));
    if (this.model.layerOf("areas")) parts.push(this.#layer(state, "areas", this.#areas(state)));
    for (const period of payload.periods) parts.push(this.#group(state, period.name, period.name, pick(period.title, state.language).text, null, this.#period(period, state), dashedSample()));
    return parts;
  }

  /** Former areas: what their outlines mean, how they were made, and by whose word. */
  #period(period: Period, { language }: State): Node[] {
    const note = period.note ? pick(period.note, language) : null;
    const sources = period.sources.map(({ source }) => this.model.payload.sources[source]?.note ?? source);
    return [
      el("p", { class: "remark" }, say(language, "legend.period", { year: digits(period.year ?? "", language) })),
      note ? el("p", { class: "remark", lang: note.language }, note.text) : el("span"),
      el("dl", { class: "facts" }, el("dt", {}, say(language, "legend.by")), ...[...new Set(sources)].map((text) => el("dd", {}, text))),
    ];
  }

  /** A layer with its switch; what its signs mean can be folded away. */
  #layer(state: State, schema: "sites" | "routes" | "areas", rows: Node[]): HTMLElement {
    const { payload } = this.model;
    const layer = payload.layers.find((one) => one.name === this.model.layerOf(schema)?.name);
    const title = layer ? pick(layer.title, state.language).text : schema;
    const count = schema === "sites" ? payload.sites.count : schema === "routes" ? payload.routes.length : payload.areas.length;
    return this.#group(state, schema, layer?.name ?? schema, title, count, rows);
  }

  #group(state: State, key: string, layer: string, title: string, count: number | null, rows: Node[], mark: Node | null = null): HTMLElement {
    const folded = this.#folded.has(key) && !this.#printing;
    const id = nextId("layer");
    const box = el("input", {
      type: "checkbox", "data-key": `layer ${key}`, checked: !state.off.has(layer),
      change: () => this.store.set({ off: toggled(this.store.state.off, layer) }),
    });
    const fold = el(
      "button",
      {
        type: "button", class: "fold", "data-key": `fold ${key}`, "aria-expanded": String(!folded), "aria-controls": id, "aria-label": title,
        click: () => {
          if (!this.#folded.delete(key)) this.#folded.add(key);
          this.draw(this.store.state);
        },
      },
      icon("chevron"),
    );
    return el(
      "div",
      { class: state.off.has(layer) ? "layer layer-off" : "layer" },
      el("div", { class: "layer-head" }, el("label", {}, box, mark, el("span", {}, title),
        count === null ? null : el("span", { class: "count" }, counted(count, state.language))), fold),
      el("div", { class: "layer-body", id, hidden: folded }, ...rows),
    );
  }

  #row(mark: Node, text: string, count: string | null, lang?: string): HTMLElement {
    return el("div", { class: "row" }, el("span", { class: "mark" }, mark), el("span", { lang }, text), count === null ? null : el("span", { class: "count" }, count));
  }

  #sites(state: State): Node[] {
    const { terms, page, sites } = this.model.payload;
    const { language } = state;
    const counts = countWords(sites.kind, this.model.chosenSites(state));
    const present = new Set(sites.kind.words);
    const byZone = page.colour_by === "zone";
    const rows: Node[] = byZone ? [el("h3", {}, say(language, "legend.shapes"))] : [];
    for (const [kind, term] of Object.entries(terms.kinds)) {
      if (!present.has(kind)) continue;
      const label = pick(term.label, language);
      rows.push(this.#row(sign(term.symbol, byZone ? NEUTRAL : colour(term.colour), 17), label.text, counted(counts.get(kind) ?? 0, language), label.language));
    }
    if (byZone) rows.push(el("h3", {}, say(language, "legend.zones")), ...this.#zones(state));
    rows.push(this.#row(areaSample(NEUTRAL), say(language, "legend.area"), null));
    if (state.years) rows.push(this.#row(faintSample(NEUTRAL), say(language, "time.possibly.legend"), null));
    rows.push(this.#row(el("span", { class: "crowd crowd-sample" }, say(language, "count.places", { n: 12 })), say(language, "legend.cluster"), null));
    if (this.model.payload.mask) rows.push(...maskRemark(this.model.payload.mask, language));
    return rows;
  }

  #zones(state: State): Node[] {
    const { terms } = this.model.payload;
    const { zone } = this.model.payload.sites;
    const counts = countWords(zone, this.model.chosenSites(state));
    const present = new Set(zone.words);
    const rows = Object.entries(terms.zones).filter(([zone]) => present.has(zone)).map(([zone, term]) => {
      const label = pick(term.label, state.language);
      return this.#row(sign("circle", colour(term.colour, NEUTRAL), 15), label.text, counted(counts.get(zone) ?? 0, state.language), label.language);
    });
    if (present.has("")) {
      rows.push(this.#row(sign("circle", NEUTRAL, 15, "blank"), say(state.language, "legend.nozone"), counted(counts.get("") ?? 0, state.language)));
    }
    return rows;
  }

  #relations(state: State): HTMLElement {
    const { page, terms } = this.model.payload;
    const rows: Node[] = page.relations.flatMap((relation, index) => {
      const term = terms.relations[relation];
      if (!term) return [];
      const label = pick(term.label, state.language);
      return this.#row(stroke(INK, RELATION_STROKES[index % RELATION_STROKES.length] ?? "", 34, 1.3), label.text, null, label.language);
    });
    rows.push(el("p", { class: "remark" }, say(state.language, "legend.lines")));
    return this.#group(state, "relations", "relations", say(state.language, "legend.relations"), null, rows);
  }

  #routes(state: State): Node[] {
    const { terms, routes } = this.model.payload;
    const { language } = state;
    const counts = countBy(this.model.chosenRoutes(state), (route) => route.kind);
    const present = new Set(routes.map((route) => route.kind));
    const rows: Node[] = CERTAINTIES.map((certainty) => this.#row(stroke(INK, dashes(certainty), 34), say(language, `certainty.${certainty}.long`), null));
    rows.push(el("p", { class: "remark" }, say(language, "legend.lines")));
    for (const [kind, term] of Object.entries(terms.route_kinds)) {
      if (!present.has(kind)) continue;
      const label = pick(term.label, language);
      rows.push(this.#row(stroke(colour(term.colour), "", 34, 2.6), label.text, counted(counts.get(kind) ?? 0, language), label.language));
    }
    return [...rows, ...this.#widths(state)];
  }

  /** What the width of a journey means, as far as widths are drawn: its classes, what is counted, and by whom. */
  #widths({ language }: State): Node[] {
    const { payload } = this.model;
    const drawn = payload.routes.filter((route) => route.segments.length > 0);
    const widths = routeWidths({ ...payload, routes: drawn });
    if (widths.size === 0) return [];
    const all = [...widths.values()];
    const rows: Node[] = [el("h3", {}, say(language, "legend.width")), this.#row(stroke(INK, "", 34, THIN_PX), say(language, "legend.width.none"), counted(drawn.length - widths.size, language))];
    for (const [index, px] of WIDTHS_PX.entries()) {
      const count = all.filter((width) => width.low === index).length;
      if (!all.some((width) => width.low === index || width.high === index)) continue;
      const { from, to } = classBounds(index);
      const words = to === undefined ? say(language, "legend.width.from", { from: bound(from, language) })
        : index === 0 ? say(language, "legend.width.under", { to: bound(to + 1, language) })
        : say(language, "legend.width.class", { from: bound(from, language), to: bound(to, language) });
      rows.push(this.#row(stroke(INK, "", 34, px), words, count > 0 ? counted(count, language) : null));
    }
    if (all.some((width) => width.low < width.high)) rows.push(this.#row(bandSample(INK, WIDTHS_PX[1] ?? 3, WIDTHS_PX[4] ?? 9), say(language, "legend.width.range"), null));
    const term = (measure: string): string => {
      const known = payload.terms.measures[measure];
      return known ? pick(known.label, language).text : measure;
    };
    const used = new Set(all.map((width) => width.said.measure));
    const measures = travelMeasures(payload).filter((measure) => used.has(measure)).map(term).join("; ");
    const notes = all.flatMap((width) => width.said.claims).flatMap((index) => {
      const source = payload.claims[index]?.reference.source;
      return source === undefined ? [] : [shortNote(payload.sources[source]?.note ?? source, 60)];
    });
    rows.push(
      el("p", { class: "remark" }, say(language, "legend.width.scheme", { measures })),
      el("dl", { class: "facts" }, el("dt", {}, say(language, "legend.by")), ...[...new Set(notes)].map((text) => el("dd", {}, text))),
    );
    return rows;
  }

  #areas(state: State): Node[] {
    const { payload } = this.model;
    const scale = this.figures.scale(state.measure);
    if (!scale) return [this.#row(el("span", { class: "swatch swatch-land" }), say(state.language, "legend.provinces"), null)];
    const measureName = (measure: string): string => {
      const term = payload.terms.measures[measure];
      return term ? pick(term.label, state.language).text : measure;
    };
    const rows: Node[] = [];
    if (payload.choropleth.length > 1 && !this.#printing) {
      const id = nextId("measure");
      const select = el(
        "select",
        { id, "data-key": "measure", change: () => this.store.set({ measure: select.value }) },
        ...payload.choropleth.map(({ measure }) => el("option", { value: measure, selected: measure === state.measure }, measureName(measure))),
      );
      rows.push(el("label", { for: id, class: "measure-label" }, say(state.language, "legend.shade")), select);
    } else rows.push(el("h3", {}, measureName(scale.measure)));
    return [...rows, ...this.#classes(scale, state)];
  }

  #classes(scale: Scale, state: State): Node[] {
    const { language } = state;
    const tints = shades(scale.classes.length);
    const rows: Node[] = scale.classes.map(({ low, high, count }, index) => {
      const [from, to] = [bound(low, language), bound(high, language)];
      return this.#row(swatch(tints[index] ?? INK), low === high ? from : `${from} – ${to}`, counted(count, language));
    });
    const without = this.model.payload.areas.length - scale.classes.reduce((sum, shade) => sum + shade.count, 0);
    if (without > 0) rows.push(this.#row(swatch(null), say(language, "legend.nofigure"), counted(without, language)));
    const claims = [...scale.claims.values()];
    const facts = el("dl", { class: "facts" });
    const fact = (term: string, texts: readonly string[], lang?: string): void => {
      if (texts.length === 0) return;
      facts.append(el("dt", {}, term), ...texts.map((text) => el("dd", { lang }, text)));
    };
    const distinct = (texts: readonly (string | undefined)[]): string[] => [...new Set(texts.filter((text): text is string => Boolean(text)))];
    fact(say(language, "legend.counted"), distinct(claims.map((claim) => claim.scope)), DATA_LANGUAGE);
    const notes = this.model.payload.sources;
    fact(say(language, "legend.by"), distinct(claims.map((claim) => notes[claim.reference.source]?.note ?? claim.reference.source)));
    fact(say(language, "legend.asof"), [distinct(claims.map((claim) => claim.as_of)).map((when) => edtfWords(when, language)).join(", ")].filter(Boolean));
    rows.push(facts, el("p", { class: "remark" }, say(language, "legend.scheme")));
    if (claims.some((claim) => claim.low && claim.high && claim.low !== claim.high)) {
      rows.push(el("p", { class: "remark" }, say(language, "legend.lowbound")));
    }
    return rows;
  }
}
