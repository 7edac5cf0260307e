/** What a mask left out: said where positions are explained, never the finer position itself. */

import { el } from "../dom.ts";
import { digits, distance } from "../numbers.ts";
import type { Language, Mask, MaskRule, Payload, Site } from "../payload.ts";
import { pick, say } from "../words.ts";
import { valueName } from "./facets.ts";
import type { Model } from "../model.ts";

function far(metres: number, language: Language): string {
  return distance(metres, language, { m: say(language, "unit.m"), km: say(language, "unit.km") });
}

/** What is done under a grid of so many metres; without one the position is left out. */
export function maskDeed(metres: number | undefined, language: Language): string {
  return metres === undefined ? say(language, "mask.hidden") : say(language, "mask.grid", { distance: far(metres, language) });
}

/** Why; null without a mask. */
export function maskReason(payload: Payload, language: Language): { text: string; language: string } | null {
  return payload.mask ? pick(payload.mask.reason, language) : null;
}

/** The grids of a mask, the finest first, and last whether positions are left out. */
function deeds(mask: Mask, language: Language): string[] {
  const grids = [...new Set(mask.rules.map((rule) => rule.grid_m))].sort((a, b) => (a ?? Infinity) - (b ?? Infinity));
  return grids.map((metres) => maskDeed(metres, language));
}

/** For the legend: what the mask is called, why it lies over the map, and how coarse it is. */
export function maskRemark(mask: Mask, language: Language): Node[] {
  const [title, reason] = [pick(mask.title, language), pick(mask.reason, language)];
  return [
    el("p", { class: "remark mask" }, el("b", { lang: title.language }, title.text), ". ", el("span", { lang: reason.language }, reason.text), " ", deeds(mask, language).join(" ")),
  ];
}

/** Whom a rule holds for. */
function whom(rule: MaskRule, model: Model, language: Language): string {
  const parts = ([["kinds", rule.kinds], ["standings", rule.standings], ["bases", rule.bases]] as const).flatMap(([key, values]) =>
    values.length > 0 ? [values.map((value) => valueName(key, value, model, language).text).join(", ")] : []);
  return parts.length > 0 ? parts.join("; ") : say(language, "mask.all");
}

/** For the page about the atlas: the reason, each rule, and how much it touched. */
export function maskNodes(model: Model, language: Language): HTMLElement[] {
  const { mask } = model.payload;
  if (!mask) return [];
  const [title, reason] = [pick(mask.title, language), pick(mask.reason, language)];
  const rules = mask.rules.flatMap((rule) => [el("dt", {}, whom(rule, model, language)), el("dd", {}, maskDeed(rule.grid_m, language))]);
  const counts = ([["mask.coarsened", mask.coarsened], ["mask.left", mask.hidden], ["mask.moved", mask.moved_lines], ["mask.dropped", mask.dropped_lines]] as const)
    .flatMap(([key, count]) => (count > 0 ? [el("dt", {}, say(language, key)), el("dd", {}, digits(count, language))] : []));
  return [
    el("p", {}, el("b", { lang: title.language }, title.text), ". ", el("span", { lang: reason.language }, reason.text)),
    el("dl", { class: "facts" }, ...rules),
    el("dl", { class: "facts" }, ...counts),
  ];
}

/** What the mask did to a place, for its card; null when it did nothing. */
export function maskedWords(site: Site, payload: Payload, language: Language): HTMLElement | null {
  const reason = maskReason(payload, language);
  if (site.masked === undefined || !reason) return null;
  return el("span", { class: "masked" }, maskDeed(site.grid_m, language), " ", el("span", { lang: reason.language }, reason.text));
}
