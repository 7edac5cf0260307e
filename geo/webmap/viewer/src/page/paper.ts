/** A clean sheet for paper: title, question, map, legend and line of time, then the list and the sources it cites, in full. */

import { el, replace } from "../dom.ts";
import type { Model } from "../model.ts";
import type { Payload, Reference } from "../payload.ts";
import type { List, Told } from "../panel/list.ts";
import { fillSource } from "../panel/refs.ts";
import type { State } from "../state.ts";
import type { TimeLine } from "../time/line.ts";
import { pick, say } from "../words.ts";
import { askedWords } from "./asked.ts";

/** The width of what is printed on A4, in CSS pixels. */
export const PAPER_PX = 680;

/** A part of an address as it is written; a name of a file may hold a percent sign that encodes nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address to come back to; of a page on a disk only the file, for the folders are the reader's own. */
function address(): string {
  const { href, protocol, pathname, hash } = window.location;
  return protocol === "file:" ? `${decoded(pathname.split("/").at(-1) ?? "")}${hash}` : href;
}

/** Numbers of sources in the order in which the list first cites them. */
class Numbers {
  readonly #known = new Map<string, number>();

  of(references: readonly Reference[]): number[] {
    const numbers = references.map(({ source }) => {
      const number = this.#known.get(source) ?? this.#known.size + 1;
      this.#known.set(source, number);
      return number;
    });
    return [...new Set(numbers)].sort((a, b) => a - b);
  }

  list(sources: Payload["sources"], state: State): HTMLElement {
    const items = [...this.#known.keys()].map((id) => {
      const item = el("li");
      fillSource(item, id, sources[id], [], state.language);
      return item;
    });
    return el("ol", { class: "sources" }, ...items);
  }
}

export class Paper {
  readonly head = el("header", { class: "paper paper-head" });
  readonly tail = el("section", { class: "paper paper-tail" });

  constructor(
    readonly model: Model,
    readonly list: List,
    readonly time: TimeLine,
    /** The count line of the page. */
    readonly counts: HTMLElement,
  ) {}

  /** The count line as it stands, without the button that belongs to the screen. */
  #counted(): string {
    const copy = this.counts.cloneNode(true) as HTMLElement;
    copy.querySelector("[data-key=reset]")?.remove();
    return (copy.textContent ?? "").trim().replace(/\s*·$/, "");
  }

  /** Write the sheet as the page is now. */
  fill(state: State): void {
    const { payload } = this.model;
    const { language } = state;
    const [atlas, page] = [pick(payload.atlas.title, language), pick(payload.page.title, language)];
    const asked = askedWords(state, this.model);
    const facts = el("dl", { class: "facts" });
    const fact = (term: string, text: string): void => {
      facts.append(el("dt", {}, term), el("dd", {}, text));
    };
    if (asked.length === 0) fact(say(language, "asked"), say(language, "asked.all"));
    for (const [term, text] of asked) fact(term, text);
    fact(say(language, "paper.address"), address());
    replace(
      this.head,
      el("p", { class: "paper-atlas" }, el("span", { lang: atlas.language }, atlas.text), " – ", say(language, "about.version", { version: payload.atlas.version })),
      el("p", { class: "paper-title", lang: page.language }, page.text),
      el("p", { class: "paper-count" }, this.#counted()),
      facts,
    );
    const numbers = new Numbers();
    const strip = state.years ? this.time.strip(PAPER_PX) : null;
    const told = this.list.told();
    const rest = told.shown < told.all ? el("p", { class: "paper-rest" }, say(language, "paper.first", { shown: told.shown, n: told.all })) : null;
    replace(this.tail, strip, ...this.#groups(told.groups, numbers), rest, el("h2", {}, say(language, "paper.sources")), numbers.list(payload.sources, state));
  }

  /** Give the room back; a long list in the page would make each measure of it a slow one. */
  clear(): void {
    replace(this.head);
    replace(this.tail);
  }

  #groups(groups: readonly Told[], numbers: Numbers): HTMLElement[] {
    return groups.map(({ heading, entries }) =>
      el(
        "section",
        { class: "paper-group" },
        heading ? el("h2", {}, heading) : null,
        el(
          "ul",
          { class: "paper-list" },
          ...entries.map(({ references, node }) => {
            const cited = numbers.of(references).join(", ");
            return el("li", {}, node, cited ? el("span", { class: "paper-refs" }, ` [${cited}]`) : null);
          }),
        ),
      ),
    );
  }
}
