/** The notes of a card: sources numbered in the order in which the card first names them. */

import { el, nextId, outsideLink } from "../dom.ts";
import type { Language, Payload, Reference } from "../payload.ts";
import { DATA_LANGUAGE, isWord, say } from "../words.ts";

interface Note {
  source: string;
  number: number;
  locators: string[];
  item: HTMLLIElement;
}

/** A citation cut to a few words for the table; the whole stands among the sources of the card. */
export function shortNote(note: string, most = 30): string {
  const text = note.trim();
  if (text.length <= most) return text.replace(/[.,;:]$/, "");
  const cut = text.slice(0, most);
  const end = Math.max(cut.lastIndexOf(" "), 12);
  return `${cut.slice(0, end).replace(/[\s.,;:("“–-]+$/, "")}…`;
}

export function gradeWords(grade: string, language: Language): string {
  const key = `grade.${grade}`;
  return say(language, "grade", { grade: isWord(key) ? say(language, key) : grade });
}

/** A locator that only names the file which was read: it belongs to the data, and leads no reader anywhere. */
const FILE = /^(?:path )?[\w./-]+\.(?:csv|geojson|json|pdf|txt|xlsx?)$/i;

/** Where in a source something stands, as a reader is told it; the downloads keep every locator. */
export function placeIn({ locator }: Reference): string | undefined {
  return locator && !FILE.test(locator) ? locator : undefined;
}

export class Notes {
  readonly #notes = new Map<string, Note>();

  constructor(
    readonly sources: Payload["sources"],
    readonly language: Language,
  ) {}

  #note(reference: Reference): Note {
    const known = this.#notes.get(reference.source);
    const note = known ?? {
      source: reference.source,
      number: this.#notes.size + 1,
      locators: [],
      item: el("li", { id: nextId("source"), tabindex: -1 }),
    };
    if (!known) this.#notes.set(reference.source, note);
    const place = placeIn(reference);
    if (place && !note.locators.includes(place)) note.locators.push(place);
    return note;
  }

  /** A source by its short name and number; choosing it leads to the full citation below. */
  cite(reference: Reference, withName = true): HTMLElement {
    const note = this.#note(reference);
    const name = this.sources[reference.source]?.note ?? reference.source;
    const go = (): void => {
      note.item.scrollIntoView({ block: "nearest" });
      note.item.focus({ preventScroll: true });
    };
    return el(
      "button",
      { type: "button", class: "cite", click: go, "aria-label": withName ? undefined : `${say(this.language, "claims.source")} ${note.number}: ${shortNote(name)}` },
      withName ? `${shortNote(name)}\u00a0` : null,
      el("sup", {}, String(note.number)),
    );
  }

  /** Count a source in without a mark in the text. */
  add(references: readonly Reference[]): void {
    for (const reference of references) this.#note(reference);
  }

  /** The sources that were named, in the order of their numbers. */
  named(): string[] {
    return [...this.#notes.keys()];
  }

  /** The numbered list; call it last. */
  list(): HTMLOListElement {
    const items = [...this.#notes.values()].map((note) => {
      fillSource(note.item, note.source, this.sources[note.source], note.locators, this.language);
      return note.item;
    });
    return el("ol", { class: "sources" }, ...items);
  }
}

/** The citation of a source, in the language of the data. */
export function noteText(id: string, source: Payload["sources"][string] | undefined): HTMLElement {
  return el("span", { class: "note-text", lang: DATA_LANGUAGE }, source?.note ?? id);
}

/** One source in full: its citation, the place in it, how far it can be trusted and why, and the way to it. */
export function fillSource(
  item: HTMLElement,
  id: string,
  source: Payload["sources"][string] | undefined,
  locators: readonly string[],
  language: Language,
): void {
  item.append(noteText(id, source));
  if (locators.length > 0) {
    item.append(" ", el("span", { class: "locator" }, say(language, "source.at", { locator: locators.join("; ") })));
  }
  if (!source) return;
  item.append(
    el("span", { class: "trust" }, el("b", {}, gradeWords(source.grade, language)), source.reliability ? " — " : null,
      source.reliability ? el("span", { lang: DATA_LANGUAGE }, source.reliability) : null),
  );
  const link = outsideLink(source.url, (host) => say(language, "source.open", { host }));
  if (link) item.append(link);
}
