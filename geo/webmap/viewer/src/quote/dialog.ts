/** Two dialogs of the card: to quote its record, and to suggest a correction. */

import { el, nextId, replace } from "../dom.ts";
import { type Called, type Model, siteNames } from "../model.ts";
import type { Area, Language, Payload, Route, Site } from "../payload.ts";
import { linkTo } from "../page/address.ts";
import type { Store } from "../state.ts";
import { icon } from "../symbols.ts";
import { saveFile } from "../take/save.ts";
import { DATA_LANGUAGE, say } from "../words.ts";
import { copyBox } from "./copy.ts";
import { correctionText, mailAddress } from "./correction.ts";
import { chicago, cslOf, recordAddress } from "./record.ts";
import { asCsl, asRis } from "./ris.ts";

export interface Subject {
  record: Site | Route | Area;
  language: Language;
  /** The sources that the card names, in its order. */
  sources: readonly string[];
}

export function idOf(record: Site | Route | Area): string {
  return "code" in record ? record.code : record.id;
}

/** The names of a record for a citation: English first, whatever the language of the page. */
function namesOf(record: Site | Route | Area): Called[] {
  if ("basis" in record) return siteNames(record, "en").filter((name) => name !== null);
  if (!("code" in record)) return [{ text: record.name, language: "en" }];
  const { en, km } = record.name;
  return [{ text: en, language: "en" }, ...(km ? [{ text: km, language: "km" }] : [])];
}

function cslItems(ids: readonly string[], sources: Payload["sources"]): Record<string, unknown>[] {
  return ids.flatMap((id) => {
    const csl = sources[id]?.csl;
    return csl ? [csl] : [];
  });
}

export class Quoting {
  readonly element = el("dialog", { class: "quote" });

  constructor(
    readonly model: Model,
    readonly store: Store,
  ) {
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) this.element.close();
    });
  }

  address(subject: Subject): string {
    return recordAddress(window.location, idOf(subject.record), subject.language);
  }

  /** The address to give to others, with what is chosen and seen; of a page opened from disk it works where that file lies. */
  link(): string {
    return linkTo(this.store.state, this.model);
  }

  quote(subject: Subject): void {
    const { record, language, sources } = subject;
    const { atlas } = this.model.payload;
    const quoted = { id: idOf(record), names: namesOf(record) };
    const address = this.address(subject);
    const item = cslOf(quoted, atlas, address);
    const items = cslItems(sources, this.model.payload.sources);
    const name = `${atlas.id}-${quoted.id}`;
    const save = (label: string, act: () => void): HTMLElement => el("button", { type: "button", class: "plain", click: act }, label);
    this.#show(
      language,
      say(language, "quote.title"),
      el("p", { class: "more" }, say(language, "quote.hint")),
      copyBox({ label: say(language, "quote.note"), text: chicago(quoted, atlas, address), language, lang: DATA_LANGUAGE }),
      copyBox({ label: "CSL-JSON", text: asCsl([item]).trimEnd(), language, lang: DATA_LANGUAGE }),
      copyBox({ label: "RIS", text: asRis([item]), language, lang: DATA_LANGUAGE }),
      items.length > 0
        ? el(
            "section",
            { class: "copying-sources" },
            el("h3", {}, say(language, "quote.sources", { n: items.length })),
            el(
              "p",
              { class: "copying-ways" },
              save(say(language, "quote.save", { form: "CSL-JSON" }), () => saveFile(`${name}-sources.json`, "application/json", [asCsl(items)])),
              save(say(language, "quote.save", { form: "RIS" }), () => saveFile(`${name}-sources.ris`, "application/x-research-info-systems", [asRis(items)])),
            ),
          )
        : null,
    );
  }

  correct(subject: Subject): void {
    const { record, language } = subject;
    const { atlas } = this.model.payload;
    const text = correctionText(record, this.model, this.address(subject), language);
    const href = mailAddress(atlas.contact, `${idOf(record)} – ${atlas.title.en} ${atlas.version}`, text);
    const mail = href ? el("a", { class: "plain" }, say(language, "correct.mail")) : null;
    if (mail && href) mail.href = href;
    this.#show(
      language,
      say(language, "quote.correct"),
      el("p", { class: "more" }, say(language, "correct.lead")),
      copyBox({ label: say(language, "correct.text"), text, language, lang: language, open: true, more: [mail] }),
    );
  }

  /** An address that could not be copied, to be copied by hand. */
  showLink(): void {
    const { language } = this.store.state;
    this.#show(language, say(language, "quote.link"), copyBox({ label: say(language, "quote.address"), text: this.link(), language, lang: DATA_LANGUAGE }));
    const field = this.element.querySelector("textarea");
    field?.focus();
    field?.select();
  }

  #show(language: Language, title: string, ...parts: (HTMLElement | null)[]): void {
    const id = nextId("quote");
    const heading = el("h2", { id, tabindex: -1 }, title);
    const close = el("button", { type: "button", class: "round close", "aria-label": say(language, "card.close"), click: () => this.element.close() }, icon("close"));
    replace(this.element, close, el("div", { class: "quote-scroll" }, heading, ...parts));
    this.element.setAttribute("aria-labelledby", id);
    this.element.lang = language;
    this.element.showModal();
    heading.focus({ preventScroll: true });
  }
}
