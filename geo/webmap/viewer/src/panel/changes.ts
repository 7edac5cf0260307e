/** What was changed in the records, and why. */

import { edtfWords } from "../dates.ts";
import { el } from "../dom.ts";
import type { Change, Language, Reference } from "../payload.ts";
import { COLON, DATA_LANGUAGE, isWord, say } from "../words.ts";
import { placeIn } from "./refs.ts";

/** Changes of one day that say the same of several records, as one. */
function alike(changes: readonly Change[]): Change[][] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.date, change.action, change.into, change.what, change.why, change.reference?.source]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()];
}

/** The one source of changes that are told together, with every place in it. */
function together(group: readonly Change[]): Reference {
  const locators = [...new Set(group.flatMap((change) => (change.reference ? (placeIn(change.reference) ?? []) : [])))];
  return { source: group[0]?.reference?.source ?? "", ...(locators.length > 0 ? { locator: locators.join("; ") } : {}) };
}

/** The changes as a list, the latest first; `heads` says of which records, `tail` gives the source. */
export function changeList(
  changes: readonly Change[],
  language: Language,
  heads: (changes: readonly Change[]) => Node | null,
  tail: (reference: Reference) => Node,
): HTMLElement {
  const items = alike(changes).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const key = `change.${first.action}`;
    const item = el("li", {}, el("span", { class: "when" }, edtfWords(first.date, language)), " · ", isWord(key) ? say(language, key) : first.action);
    const subjects = heads(group);
    if (subjects) item.append(COLON[language], subjects);
    item.append(
      el("span", { class: "told", lang: DATA_LANGUAGE }, first.what),
      el("span", { class: "more" }, say(language, "change.why"), " ", el("span", { lang: DATA_LANGUAGE }, first.why)),
    );
    if (first.reference) item.append(tail(together(group)));
    return [item];
  });
  return el("ul", { class: "changes" }, ...items);
}
