/** The range of a figure that sources state: what is measured, and from which number to which. */

import { el, nextId } from "../dom.ts";
import type { Listed } from "../find/columns.ts";
import type { Model } from "../model.ts";
import { bound, counted, digits } from "../numbers.ts";
import type { FigureRange, State, Store } from "../state.ts";
import { pick, say } from "../words.ts";

export function measureName(measure: string, model: Model, language: State["language"]): string {
  const term = model.payload.terms.measures[measure];
  return term ? pick(term.label, language).text : measure;
}

/** What is measured, and the range of it that the reader asks for. */
export function figureWords({ measure, from, to }: FigureRange, model: Model, language: State["language"]): [string, string] {
  const [low, high] = [from, to].map((end) => (end === undefined ? "" : bound(end, language)));
  const range = low && high ? say(language, "bounds.range", { low, high }) : low ? say(language, "bounds.atleast", { low }) : say(language, "bounds.upto", { high: high ?? "" });
  return [measureName(measure, model, language), range];
}

export class FigureFields {
  readonly element: HTMLDetailsElement;
  /** What some record of the list has a number for, the most told first. */
  readonly measures: readonly string[];
  readonly #chosen = el("span", { class: "facet-chosen" });
  readonly #select: HTMLSelectElement;
  readonly #from = el("input", { type: "number", inputmode: "numeric", min: 0, step: "any", id: nextId("figure") });
  readonly #to = el("input", { type: "number", inputmode: "numeric", min: 0, step: "any", id: nextId("figure") });
  readonly #reach = el("p", { class: "facet-note" });
  #waiting = 0;

  constructor(
    readonly list: Listed,
    readonly model: Model,
    readonly store: Store,
  ) {
    const { language, figure } = store.state;
    const ranked = Object.keys(model.payload.terms.measures).map((measure) => ({ measure, n: model.figures(list, measure).count })).filter(({ n }) => n > 0).sort((a, b) => b.n - a.n);
    this.measures = ranked.map(({ measure }) => measure);
    const id = nextId("measure");
    this.#select = el(
      "select",
      { id, change: () => this.#set() },
      ...ranked.map(({ measure, n }) =>
        el("option", { value: measure, selected: measure === figure?.measure }, `${measureName(measure, model, language)} (${counted(n, language)})`)),
    );
    for (const field of [this.#from, this.#to]) field.addEventListener("input", () => this.#later());
    const labelled = (field: HTMLElement, text: string): HTMLElement => el("span", { class: "figure-end" }, el("label", { for: field.id }, text), field);
    this.element = el(
      "details",
      { class: "facet", "data-facet": "figure" },
      el("summary", {}, el("span", { class: "facet-name" }, say(language, "facet.figure")), this.#chosen),
      el(
        "div",
        { class: "figure-fields" },
        el("label", { for: id, class: "unseen" }, say(language, "facet.figure")),
        this.#select,
        el("span", { class: "figure-ends" }, labelled(this.#from, say(language, "facet.figure.from")), labelled(this.#to, say(language, "facet.figure.to"))),
        this.#reach,
        el("p", { class: "facet-note" }, say(language, "facet.figure.note")),
      ),
    );
    this.draw(store.state);
  }

  #later(): void {
    window.clearTimeout(this.#waiting);
    this.#waiting = window.setTimeout(() => this.#set(), 250);
  }

  #set(): void {
    const ends = { from: this.#from.valueAsNumber, to: this.#to.valueAsNumber };
    const figure: FigureRange = { measure: this.#select.value };
    if (Number.isFinite(ends.from)) figure.from = ends.from;
    if (Number.isFinite(ends.to)) figure.to = ends.to;
    this.store.set({ figure: figure.from === undefined && figure.to === undefined ? null : figure });
    this.draw(this.store.state);
  }

  draw(state: State): void {
    const { figure, language } = state;
    this.#chosen.textContent = figure && this.measures.includes(figure.measure) ? digits(1, language) : "";
    const typing = this.element.contains(document.activeElement);
    // What is being typed is left alone; a range that came from elsewhere is shown.
    if (figure && this.measures.includes(figure.measure)) this.#select.value = figure.measure;
    if (!typing) {
      this.#from.value = figure?.from === undefined ? "" : String(figure.from);
      this.#to.value = figure?.to === undefined ? "" : String(figure.to);
    }
    const measure = this.#select.value;
    const { low, high } = this.model.figures(this.list, measure);
    const unit = this.model.payload.terms.units[this.model.payload.terms.measures[measure]?.unit ?? ""];
    this.#reach.textContent = say(language, "facet.figure.reach", {
      low: bound(low, language),
      high: bound(high, language),
      unit: unit ? pick(unit.label, language).text : "",
    });
  }
}
