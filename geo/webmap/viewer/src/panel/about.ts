/** About the atlas: what it is, what it covers, how to read it, its method, its changes, its sources. The browser's own dialog. */

import { el, outsideLink, replace, sisterLink } from "../dom.ts";
import { type Model, siteNames } from "../model.ts";
import { distance } from "../numbers.ts";
import type { Change, Coverage, Language, Reference } from "../payload.ts";
import type { Store } from "../state.ts";
import { icon } from "../symbols.ts";
import { DATA_LANGUAGE, awaitsReader, isWord, pick, say } from "../words.ts";
import { changeList } from "./changes.ts";
import { coverageList } from "./coverage.ts";
import { maskNodes } from "./mask.ts";
import { proseNodes } from "./prose.ts";
import { fillSource, placeIn } from "./refs.ts";

const MASKED = "masked";
const STANDINGS = ["judged", "surveyed", "alleged", "reported"] as const;

interface Part {
  key: string;
  heading: string;
  nodes: (Node | string | null)[];
}

export class About {
  readonly element = el("dialog", { class: "about" });
  /** The entry of each source in the list at the end. */
  #entries = new Map<string, HTMLElement>();

  constructor(
    readonly model: Model,
    readonly store: Store,
  ) {
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) this.element.close();
    });
    store.listen((state, changed) => {
      if (changed.has("language") && this.element.open) this.#draw(state.language);
    });
  }

  /** Open at the beginning, or at one of its parts. */
  open(part = ""): void {
    const go = this.#draw(this.store.state.language);
    if (!this.element.open) this.element.showModal();
    go(part);
  }

  #draw(language: Language): (part: string) => void {
    const { atlas, page, licences, sources } = this.model.payload;
    const title = pick(atlas.title, language);
    const subtitle = pick(atlas.subtitle, language);
    const closing = say(language, "card.close");
    const { compare } = new Intl.Collator(DATA_LANGUAGE);
    const list = Object.entries(sources).sort(([, a], [, b]) => compare(a.note, b.note)).map(([id, source]) => {
      const item = el("li", { tabindex: -1 });
      fillSource(item, id, source, [], language);
      this.#entries.set(id, item);
      return item;
    });
    const rights = licences.map((licence) =>
      el("details", {}, el("summary", {}, licence.name), el("pre", {}, licence.text), outsideLink(licence.url, (host) => say(language, "source.open", { host }))),
    );
    const parts: Part[] = [
      { key: "coverage", heading: say(language, "about.coverage"), nodes: this.#coverage(language) },
      { key: "mask", heading: say(language, "about.mask"), nodes: maskNodes(this.model, language) },
      { key: "how", heading: say(language, "about.how"), nodes: this.#how(language) },
      { key: "correct", heading: say(language, "about.correct"), nodes: [el("p", {}, say(language, "about.correct.text")), this.#toMethod(language)] },
      { key: "method", heading: say(language, "about.method"), nodes: this.#method(language) },
      { key: "changes", heading: say(language, "about.changes"), nodes: this.#changes(language) },
      {
        key: "sources", heading: `${say(language, "about.sources")} (${say(language, "count.number", { n: list.length })})`,
        nodes: list.length > 0 ? [el("ul", { class: "sources" }, ...list)] : [],
      },
      { key: "licences", heading: say(language, "about.licences"), nodes: [el("p", { lang: DATA_LANGUAGE }, atlas.licence), ...rights] },
    ].filter((part) => part.nodes.some(Boolean));
    const sections = new Map(
      parts.map(({ key, heading, nodes }) => {
        const head = el("h3", { tabindex: -1 }, heading);
        return [key, { heading, head, section: el("section", { "data-part": key }, head, ...nodes) }];
      }),
    );
    const heading = el("h2", { lang: title.language, tabindex: -1 }, title.text);
    const scroller = el("div", { class: "about-scroll" });
    const go = (part: string): void => {
      const head = sections.get(part)?.head;
      (head ?? heading).focus({ preventScroll: true });
      if (head) head.scrollIntoView({ block: "start" });
      else scroller.scrollTop = 0;
    };
    const ways = [...sections].map(([key, part]) => el("li", {}, el("button", { type: "button", class: "link", click: () => go(key) }, part.heading)));
    replace(
      this.element,
      el("button", { type: "button", class: "round close", "aria-label": closing, click: () => this.element.close() }, icon("close")),
      scroller,
    );
    scroller.append(
      ...[
        heading,
        el("p", { class: "lead", lang: subtitle.language }, subtitle.text),
        page.cover ? "" : el("p", {}, pick(page.description, language).text),
        atlas.notice ? el("p", {}, pick(atlas.notice, language).text) : "",
        el("ul", { class: "ways" }, ...ways),
        ...[...sections.values()].map((part) => part.section),
        awaitsReader(language) ? el("p", { class: "more" }, say(language, "about.unreviewed")) : "",
        el("p", { class: "version" }, say(language, "about.version", { version: atlas.version })),
      ],
    );
    this.element.setAttribute("aria-label", say(language, "about"));
    return go;
  }

  /** A way to the full citation at the end of the dialog. */
  #cite(reference: Reference, language: Language): HTMLElement {
    const note = this.model.payload.sources[reference.source]?.note ?? reference.source;
    const locator = placeIn(reference);
    const go = (): void => {
      const entry = this.#entries.get(reference.source);
      entry?.scrollIntoView({ block: "center" });
      entry?.focus({ preventScroll: true });
    };
    return el(
      "span",
      { class: "said-by" },
      el("button", { type: "button", class: "cite", click: go }, note),
      locator ? el("span", { class: "locator" }, " ", say(language, "source.at", { locator })) : null,
    );
  }

  #coverage(language: Language): HTMLElement[] {
    const { payload } = this.model;
    if (payload.coverage.length === 0) return [];
    const cited = (entry: Coverage): HTMLElement => this.#cite(entry.reference, language);
    return [coverageList(payload, language, cited), el("p", { class: "more" }, say(language, "coverage.caution"))];
  }

  #how(language: Language): HTMLElement[] {
    const units = { m: say(language, "unit.m"), km: say(language, "unit.km") };
    // How coarse a mask is stands in a part of its own.
    const precision = this.model.payload.precision.filter(({ basis }) => basis !== MASKED).flatMap(({ basis, floor_m }) => {
      const key = `basis.${basis}`;
      const least = floor_m === undefined ? say(language, "precision.none") : say(language, "precision.least", { distance: distance(floor_m, language, units) });
      return [el("dt", {}, isWord(key) ? say(language, key) : basis), el("dd", {}, least)];
    });
    const standings = STANDINGS.flatMap((one) => [el("dt", {}, say(language, `standing.${one}`)), el("dd", {}, say(language, `standing.${one}.long`))]);
    return [
      el("p", {}, say(language, "about.how.claims")),
      el("p", {}, say(language, "about.how.ranges")),
      el("p", {}, say(language, "about.how.status")),
      el("p", {}, say(language, "about.how.areas")),
      el("p", {}, say(language, "legend.lines")),
      el("h4", {}, say(language, "about.how.standing")),
      el("dl", { class: "facts" }, ...standings),
      el("h4", {}, say(language, "card.precision")),
      el("dl", { class: "facts" }, ...precision),
    ];
  }

  /** On a page without the method, a link to the one that has it. */
  #toMethod(language: Language): HTMLElement | null {
    const { page, pages } = this.model.payload;
    const cover = pages[0];
    return !page.cover && cover ? el("p", {}, sisterLink(cover.href, `lang=${language}&about=method`, {}, say(language, "about.method.link"))) : null;
  }

  #method(language: Language): (Node | string | null)[] {
    const { method } = this.model.payload;
    // The document's own title would repeat the heading of the part.
    const [first, ...rest] = method;
    const body = typeof first === "object" && first.tag === "h3" ? rest : method;
    return method.length > 0 ? [el("div", { class: "prose", lang: DATA_LANGUAGE }, ...proseNodes(body))] : [this.#toMethod(language)];
  }

  #changes(language: Language): HTMLElement[] {
    const { changes } = this.model.payload;
    if (changes.length === 0) return [];
    const heads = (group: readonly Change[]): HTMLElement => el("b", {}, [...new Set(group.map((change) => this.#changed(change, language)))].join("; "));
    return [changeList(changes, language, heads, (reference) => this.#cite(reference, language))];
  }

  /** What was changed: a record by its name, a figure by its id and what it is about; and where it went. */
  #changed(change: Change, language: Language): string {
    const name = this.#name(change.record, language);
    const whole = change.subject ? `${this.#name(change.subject, language)} (${change.record})` : name;
    return change.into ? `${whole} → ${this.#name(change.into, language)}` : whole;
  }

  /** A record by its name; one that is gone by its id. */
  #name(id: string, language: Language): string {
    const { sites, routes, payload } = this.model;
    const site = sites.get(id);
    if (site) return siteNames(site, language)[0].text;
    return routes.get(id)?.name ?? this.model.areaName(id, language)?.text ?? payload.mentioned[id]?.name ?? payload.sources[id]?.note ?? id;
  }
}
