/** Events in words: what happened, when, by whose word, and the way to its place. */

import { whenWords } from "../dates.ts";
import { el, outsideLink } from "../dom.ts";
import type { Model } from "../model.ts";
import { named } from "../panel/records.ts";
import { noteText, placeIn } from "../panel/refs.ts";
import type { Happening, Language } from "../payload.ts";
import type { Store } from "../state.ts";
import { NEUTRAL, colour } from "../symbols.ts";
import { DATA_LANGUAGE, pick, say } from "../words.ts";

/** The small sign of a theme; the word always stands beside it or in its place. */
export function themeDot(theme: string, model: Model): HTMLElement {
  const dot = el("span", { class: "theme-dot", "aria-hidden": "true" });
  dot.style.backgroundColor = colour(model.payload.terms.themes[theme]?.colour, NEUTRAL);
  return dot;
}

export function themeWords(theme: string, model: Model, language: Language): { text: string; language: Language } {
  const term = model.payload.terms.themes[theme];
  return term ? pick(term.label, language) : { text: theme, language: DATA_LANGUAGE };
}

/** Where it happened: the place as the way to it, and the source's own words where they say more. */
function where(event: Happening, model: Model, store: Store, follow: () => void): HTMLElement | null {
  const { language } = store.state;
  const place = event.place ? named(event.place, { model, store, language }) : null;
  // Before the place is opened: it takes the room and the focus.
  place?.addEventListener("click", follow, { capture: true });
  const more = event.place_text && event.place_text !== place?.textContent ? el("span", { lang: DATA_LANGUAGE }, event.place_text) : null;
  return place || more ? el("p", { class: "event-place" }, place, place && more ? ", " : null, more) : null;
}

/** The source of an event in full, with the place in it and the way to it. */
function cited({ reference }: Happening, model: Model, language: Language): HTMLElement {
  const source = model.payload.sources[reference.source];
  const locator = placeIn(reference);
  const link = outsideLink(source?.url, (host) => say(language, "source.open", { host }));
  return el(
    "p",
    { class: "event-source" },
    noteText(reference.source, source),
    locator ? ` ${say(language, "source.at", { locator })}` : null,
    link ? " " : null,
    link,
  );
}

/** One event, told whole; `follow` is called before the page goes to its place. */
export function eventItem(event: Happening, model: Model, store: Store, possibly: boolean, follow: () => void): HTMLElement {
  const { language } = store.state;
  const theme = themeWords(event.theme, model, language);
  return el(
    "li",
    { class: "event" },
    el(
      "p",
      { class: "event-when" },
      el("b", {}, whenWords(event, language)),
      possibly ? el("span", { class: "possibly" }, ` (${say(language, "time.possibly")})`) : null,
      el("span", { class: "event-theme", lang: theme.language }, themeDot(event.theme, model), theme.text),
    ),
    el("h3", { lang: DATA_LANGUAGE }, event.title),
    el("p", { lang: DATA_LANGUAGE }, event.text),
    where(event, model, store, follow),
    event.note ? el("p", { class: "remark", lang: DATA_LANGUAGE }, event.note) : null,
    cited(event, model, language),
  );
}
