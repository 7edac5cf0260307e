/** About the atlas: how to read it, every source with its grade, every licence. A dialog of the browser's own. */

import { el, outsideLink, replace } from "../dom.ts";
import type { Language, Payload } from "../payload.ts";
import type { Store } from "../state.ts";
import { icon } from "../symbols.ts";
import { pick, say } from "../words.ts";
import { fillSource } from "./refs.ts";

const STANDINGS = ["judged", "surveyed", "alleged", "reported"] as const;

export class About {
  readonly element = el("dialog", { class: "about" });

  constructor(
    readonly payload: Payload,
    readonly store: Store,
  ) {
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) this.element.close();
    });
  }

  open(): void {
    this.#draw(this.store.state.language);
    this.element.showModal();
  }

  #draw(language: Language): void {
    const { atlas, page, sources, licences } = this.payload;
    const title = pick(atlas.title, language);
    const subtitle = pick(atlas.subtitle, language);
    const closing = say(language, "card.close");
    const list = Object.entries(sources).sort(([, a], [, b]) => (a.note < b.note ? -1 : a.note > b.note ? 1 : 0)).map(([id, source]) => {
      const item = el("li");
      fillSource(item, id, source, [], language);
      return item;
    });
    const rights = licences.map((licence) =>
      el("details", {}, el("summary", {}, licence.name), el("pre", {}, licence.text), outsideLink(licence.url, (host) => say(language, "source.open", { host }))),
    );
    const heading = el("h2", { lang: title.language, tabindex: -1 }, title.text);
    replace(
      this.element,
      el("button", { type: "button", class: "round close", "aria-label": closing, click: () => this.element.close() }, icon("close")),
      el(
        "div",
        { class: "about-scroll" },
        heading,
        el("p", { class: "lead", lang: subtitle.language }, subtitle.text),
        el("p", {}, pick(page.description, language).text),
        atlas.notice ? el("p", {}, pick(atlas.notice, language).text) : null,
        el("h3", {}, say(language, "about.how")),
        el("p", {}, say(language, "about.how.claims")),
        el("p", {}, say(language, "about.how.status")),
        el("p", {}, say(language, "about.how.areas")),
        el("p", {}, say(language, "legend.lines")),
        el("h3", {}, say(language, "about.how.standing")),
        el("dl", { class: "facts" }, ...STANDINGS.flatMap((one) => [el("dt", {}, say(language, `standing.${one}`)), el("dd", {}, say(language, `standing.${one}.long`))])),
        el("h3", {}, `${say(language, "about.sources")} (${say(language, "count.number", { n: list.length })})`),
        el("ul", { class: "sources" }, ...list),
        el("h3", {}, say(language, "about.licences")),
        el("p", { lang: "en" }, atlas.licence),
        ...rights,
        el("p", { class: "version" }, say(language, "about.version", { version: atlas.version })),
      ),
    );
    this.element.setAttribute("aria-label", say(language, "about"));
    heading.focus();
  }
}
