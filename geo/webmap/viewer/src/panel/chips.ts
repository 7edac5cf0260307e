/** The filters in use, each as a button that takes it away; and what of the address the page cannot answer. */

import { edtfWords } from "../dates.ts";
import { el, replace } from "../dom.ts";
import { listOf } from "../find/asked.ts";
import { facetsOf } from "../find/facets.ts";
import { writeDuring } from "../find/question.ts";
import type { Model } from "../model.ts";
import { type State, type Store, toggled } from "../state.ts";
import { icon } from "../symbols.ts";
import { labelled, say } from "../words.ts";
import { valueName } from "./facets.ts";
import { figureWords } from "./figure_fields.ts";

interface Chip {
  key: string;
  text: string;
  lang?: string;
  without: Partial<State>;
}


/** The filters in use on the open list. */
export function chipsOf(state: State, model: Model): Chip[] {
  const { language } = state;
  const list = listOf(state.tab);
  const chips: Chip[] = facetsOf(list).flatMap(({ key }) =>
    [...state[key]].map((value) => {
      const name = valueName(key, value, model, language);
      return { key: `chip ${key} ${value}`, text: value === "" ? labelled(say(language, `facet.${key}`), name.text, language) : name.text, lang: name.language, without: { [key]: toggled(state[key], value) } };
    }));
  if (state.figure && model.hasFigures(list, state.figure.measure)) chips.push({ key: "chip figure", text: labelled(...figureWords(state.figure, model, language), language), without: { figure: null } });
  if (state.years) chips.push({ key: "chip years", text: edtfWords(writeDuring(state.years), language), without: { years: null } });
  if (state.only) chips.push({ key: "chip only", text: say(language, `only.${state.only}`), without: { only: null } });
  if (state.where && model.condition(list, state.where).type === "asked") chips.push({ key: "chip where", text: state.where, lang: "zxx", without: { where: "" } });
  return chips;
}

export class Chips {
  readonly element = el("div", { class: "chips", role: "group" });
  readonly refused = el("div", { class: "refused", role: "status" });

  constructor(
    readonly model: Model,
    readonly store: Store,
  ) {}

  draw(state: State): number {
    const { language } = state;
    const chips = chipsOf(state, this.model);
    this.element.hidden = chips.length === 0;
    this.element.setAttribute("aria-label", say(language, "chips"));
    replace(
      this.element,
      ...chips.map(({ key, text, lang, without }) =>
        el(
          "button",
          { type: "button", class: "chip", "data-key": key, "aria-label": say(language, "chip.remove", { filter: text }), click: () => this.store.set(without) },
          el("span", { lang }, text),
          icon("close"),
        )),
    );
    this.#drawRefused(state);
    return chips.length;
  }

  /** A condition that cannot be answered is never silently left out. */
  #drawRefused(state: State): void {
    const { language } = state;
    const where = state.where ? this.model.condition(listOf(state.tab), state.where) : null;
    const notes: [string, string, Partial<State>][] = [];
    if (where?.type === "refused") notes.push(["refused where", say(language, "chip.where.refused", { text: state.where, seen: where.seen || "…" }), { where: "" }]);
    if (state.unread) notes.push(["refused during", say(language, "chip.during.refused", { text: state.unread }), { unread: "" }]);
    this.refused.hidden = notes.length === 0;
    replace(
      this.refused,
      ...notes.map(([key, text, without]) =>
        el("p", {}, text, " ", el("button", { type: "button", class: "link", "data-key": key, click: () => this.store.set(without) }, say(language, "chip.drop")))),
    );
  }
}
