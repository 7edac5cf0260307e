/** What the reader asked, in words: for paper, where no filter can be seen. */

import { listOf } from "../find/asked.ts";
import { facetsOf } from "../find/facets.ts";
import type { Model } from "../model.ts";
import { valueName } from "../panel/facets.ts";
import { figureWords } from "../panel/figure_fields.ts";
import type { State } from "../state.ts";
import { yearsWords } from "../time/years.ts";
import { say } from "../words.ts";

/** Each condition on the open list with its name; none when everything is shown. */
export function askedWords(state: State, model: Model): [string, string][] {
  const { language } = state;
  const list = listOf(state.tab);
  const asked: [string, string][] = [];
  if (state.query) asked.push([say(language, "asked.words"), state.query]);
  for (const { key } of facetsOf(list)) {
    const values = [...state[key]].map((value) => valueName(key, value, model, language).text);
    if (values.length > 0) asked.push([say(language, `facet.${key}`), values.join("; ")]);
  }
  if (state.figure && model.hasFigures(list, state.figure.measure)) asked.push(figureWords(state.figure, model, language));
  if (state.years) asked.push([say(language, "time"), yearsWords(state.years, language)]);
  if (state.only) asked.push([say(language, "asked.only"), say(language, `only.${state.only}`)]);
  if (state.where && model.condition(list, state.where).type === "asked") asked.push([say(language, "asked.where"), state.where]);
  return asked;
}
