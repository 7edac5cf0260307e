/** One chapter of a guided reading: its text with its notes, the records it names, its sources. */

import { el, nextId, outsideLink } from "../dom.ts";
import { noteText, placeIn } from "../panel/refs.ts";
import type { Chapter, Language, Payload, Reference } from "../payload.ts";
import { pick, say } from "../words.ts";
import { pieces, withTail } from "./marks.ts";

export interface Told {
  chapter: Chapter;
  index: number;
  count: number;
  language: Language;
  sources: Payload["sources"];
  /** A record of the page as a button, with its sign. */
  named: (id: string) => HTMLElement;
}

export interface ChapterParts {
  element: HTMLElement;
  heading: HTMLElement;
}

function sourceItem(reference: Reference, { sources, language }: Told): HTMLElement {
  const source = sources[reference.source];
  const item = el("li", { tabindex: -1 }, noteText(reference.source, source));
  const locator = placeIn(reference);
  if (locator) item.append(" ", el("span", { class: "locator" }, say(language, "source.at", { locator })));
  const link = outsideLink(source?.url, (host) => say(language, "source.open", { host }));
  if (link) item.append(" ", link);
  return item;
}

export function chapterParts(told: Told): ChapterParts {
  const { chapter, index, count, language } = told;
  const [title, text] = [pick(chapter.title, language), pick(chapter.text, language)];
  const items = chapter.sources.map((reference) => sourceItem(reference, told));
  const go = (item: HTMLElement | undefined): void => {
    item?.scrollIntoView({ block: "nearest" });
    item?.focus({ preventScroll: true });
  };
  const mark = (number: number): HTMLElement =>
    el(
      "button",
      { type: "button", class: "mark", "aria-label": say(language, "story.mark", { n: number }), click: () => go(items[number - 1]) },
      el("sup", {}, String(number)),
    );
  const id = nextId("chapter");
  const heading = el(
    "h2",
    { tabindex: -1, id },
    el("span", { class: "step" }, say(language, "story.progress", { n: index + 1, all: count })),
    " ",
    el("span", { lang: title.language }, title.text),
  );
  const body = el("p", { class: "told-text", lang: text.language });
  let held = el("span", { class: "held" });
  body.append(held);
  for (const piece of pieces(text.text, items.length)) {
    if (typeof piece === "number") {
      held.append(mark(piece));
      continue;
    }
    const [front, tail] = withTail(piece);
    held = el("span", { class: "held" }, tail);
    body.append(front, held);
  }
  const records = chapter.records.map((record) => el("li", {}, told.named(record)));
  const element = el(
    "article",
    { class: "chapter", "aria-labelledby": id },
    heading,
    body,
    records.length > 0 ? el("div", { class: "chapter-part" }, el("h3", {}, say(language, "story.records")), el("ul", { class: "chapter-records" }, ...records)) : null,
    el("div", { class: "chapter-part" }, el("h3", {}, say(language, "story.sources")), el("ol", { class: "chapter-sources" }, ...items)),
  );
  return { element, heading };
}
