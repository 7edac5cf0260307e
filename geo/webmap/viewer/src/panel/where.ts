/** Where a place lies, and how well that is known, in plain words. */

import { el } from "../dom.ts";
import { type Model, isArea } from "../model.ts";
import { distance } from "../numbers.ts";
import type { Language, Site } from "../payload.ts";
import { DATA_LANGUAGE, isWord, pick, say } from "../words.ts";
import { maskedWords } from "./mask.ts";
import { rows, section } from "./parts.ts";
import type { Notes } from "./refs.ts";

interface At {
  model: Model;
  language: Language;
  notes: Notes;
}

export function place(site: Site, { model, language }: At): HTMLElement | null {
  const province = model.provinceName(site, language);
  const named = [site.village, site.commune, site.district, province?.text].filter(Boolean).join(", ");
  const zone = site.zone ? model.payload.terms.zones[site.zone] : undefined;
  const zoneText = zone ? pick(zone.label, language).text : (site.zone_text ?? null);
  return section(
    say(language, "card.place"),
    named ? el("p", {}, named) : null,
    site.place_text ? el("p", { class: "more", lang: DATA_LANGUAGE }, site.place_text) : null,
    rows([say(language, "card.zone"), zoneText], [say(language, "card.sector"), site.sector]),
  );
}

/** Within how many metres a place is known and by what, or why there is no point. */
function knownWords(site: Site, { model, language }: At): string {
  if (site.point === null) {
    const why = site.basis === "province" ? "known.province" : "known.unknown";
    const shaded = site.province && model.areas.has(site.province);
    return [say(language, why), shaded ? say(language, "known.shaded") : ""].filter(Boolean).join(" ");
  }
  const units = { m: say(language, "unit.m"), km: say(language, "unit.km") };
  const key = `known.${site.basis}`;
  const by = isWord(key) ? say(language, key) : "";
  if (!site.precision_m) return by;
  const within = say(language, "known.within", { distance: distance(site.precision_m, language, units) });
  return [within, by, isArea(site) ? say(language, "known.outline") : ""].filter(Boolean).join(" ");
}

export function precision(site: Site, at: At): HTMLElement | null {
  const { language } = at;
  const basis = `basis.${site.basis}`;
  const masked = maskedWords(site, at.model.payload, language);
  const shaded = site.province !== undefined && at.model.areas.has(site.province) ? say(language, "known.shaded") : "";
  const outside = site.point === null ? shaded : knownWords(site, at);
  return section(
    say(language, "card.precision"),
    masked
      ? el("p", { class: "known" }, el("b", {}, say(language, "basis.masked")), ". ", masked, " ", outside)
      : el("p", { class: "known" }, el("b", {}, isWord(basis) ? say(language, basis) : site.basis), ". ", knownWords(site, at)),
    rows(
      [say(language, "card.coordinate"), site.coord_text ? el("span", { class: "coordinate" }, site.coord_text) : null],
      [say(language, "card.position"), site.coord_source ? at.notes.cite(site.coord_source) : null],
    ),
  );
}
