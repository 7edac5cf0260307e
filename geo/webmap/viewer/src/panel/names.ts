/** Every name of a record, with its language and what kind of name it is. */

import { el, langTag } from "../dom.ts";
import type { Language, Name } from "../payload.ts";
import { say } from "../words.ts";
import { section } from "./parts.ts";
import type { Notes } from "./refs.ts";

/** What a language is called in another one; the tag itself when the browser does not know. */
export function languageName(tag: string, language: Language): string {
  try {
    return new Intl.DisplayNames([language], { type: "language", languageDisplay: "standard" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function line(name: Name, language: Language, notes: Notes): HTMLElement {
  const tongue = languageName(name.language, language);
  const about = name.kind === "former" || name.kind === "admin" ? `${tongue}, ${say(language, `name.${name.kind}`)}` : tongue;
  return el(
    "li",
    {},
    el("span", { class: "name", lang: langTag(name.language) }, name.text),
    el("span", { class: "more" }, ` ${about}`),
    name.reference ? notes.cite(name.reference, false) : null,
  );
}

export function nameList(names: readonly Name[], language: Language, notes: Notes): HTMLElement | null {
  const items = names.map((name) => line(name, language, notes));
  return section(say(language, "card.names"), items.length > 0 ? el("ul", { class: "names" }, ...items) : null);
}
